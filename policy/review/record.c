#include "policy/review/record.h"

#include <string.h>

#include "policy/message_id.h"
#include "policy/queue/queue.h"
#include "policy/review/hits.h"
#include "policy/review/output.h"

OvLedgerRecord **ov_records_find(OvLedger *ledger, const char *text, guint limit, OvArena *arena,
                                 guint *n_records, GError **error) {
    gboolean message_id = strpbrk(text, "@<>") != NULL;
    gint64 id = 0;
    if (!message_id && ov_queue_id_valid(text)) {
        OvLedgerRecord **records =
            ov_ledger_find(ledger, OV_LEDGER_BY_QUEUE_ID, text, limit, arena, n_records, error);
        if (records && *n_records == 0)
            records = ov_ledger_find(ledger, OV_LEDGER_BY_OTHER_QUEUE_ID, text, limit, arena,
                                     n_records, error);
        if (!records || *n_records > 0)
            return records;
    }
    if (!message_id && ov_id_parse(text, &id)) {
        char exact[OV_ID_TEXT_SIZE];
        ov_id_format(id, exact);
        OvLedgerRecord **records =
            ov_ledger_find(ledger, OV_LEDGER_BY_ID, exact, limit, arena, n_records, error);
        if (!records || *n_records > 0)
            return records;
    }
    return ov_ledger_find(ledger, OV_LEDGER_BY_MESSAGE_ID, text, limit, arena, n_records, error);
}

OvLedgerRecord **ov_records_named(OvLedger *ledger, const OvArguments *arguments, guint limit,
                                  OvArena *arena, guint *n_records, OvExit *code) {
    g_autoptr(GError) error = NULL;
    guint n_operands;
    const char *id = ov_arguments_operands(arguments, &n_operands)[0];
    OvLedgerRecord **records = ov_records_find(ledger, id, limit, arena, n_records, &error);
    if (records && *n_records > 0)
        return records;
    *code = records ? OV_EXIT_NO_INPUT : OV_EXIT_UNAVAILABLE;
    if (records)
        ov_complain("the ledger knows no message %s", id);
    else
        ov_complain("%s", error->message);
    return NULL;
}

char *ov_record_recipients(const OvLedgerRecord *record) {
    if (record->recipients) {
        GString *list = g_string_new(NULL);
        for (guint i = 0; i < record->n_recipients; i++)
            g_string_append_printf(list, "%s%s", i > 0 ? ", " : "", record->recipients[i]);
        return g_string_free(list, FALSE);
    }
    const char *domains = record->recipient_domains;
    return domains && domains[0] ? g_strdup_printf("%u at %s", record->n_recipients, domains)
                                 : g_strdup_printf("%u", record->n_recipients);
}

static void append_line(GString *out, const char *name, const char *value) {
    if (!value || !value[0])
        return;
    g_string_append_printf(out, "  %-12s ", name);
    ov_safe_append(out, value, -1, FALSE);
    g_string_append_c(out, '\n');
}

static void append_client(GString *out, const OvLedgerRecord *record) {
    if (record->local) {
        append_line(out, "client", "this machine, by sendmail(1)");
        return;
    }
    g_autoptr(GString) client = g_string_new(record->client_address);
    if (record->client_name && record->client_name[0])
        g_string_append_printf(client, " (%s)", record->client_name);
    if (record->helo && record->helo[0])
        g_string_append_printf(client, ", HELO %s", record->helo);
    append_line(out, "client", client->str);
}

static void append_auth(GString *out, const OvAuthResults *auth) {
    g_autoptr(OvArena) arena = ov_arena_new();
    const char *parts[OV_AUTH_MAX_PARTS];
    guint n = ov_auth_results_parts(auth, arena, parts);
    g_autoptr(GString) line = g_string_new(NULL);
    for (guint i = 0; i < n; i++)
        g_string_append_printf(line, "%s%s", i > 0 ? ", " : "", parts[i]);
    if (auth->aligned)
        g_string_append_printf(line, "%s%s", line->len > 0 ? ", " : "",
                               strcmp(auth->aligned, "none") == 0       ? "From is not aligned"
                               : strcmp(auth->aligned, "spf dkim") == 0 ? "From is aligned by both"
                               : strcmp(auth->aligned, "spf") == 0      ? "From is aligned by SPF"
                                                                   : "From is aligned by DKIM");
    append_line(out, "auth", line->str);
}

void ov_record_append(GString *out, const OvLedgerRecord *record, gboolean colour) {
    char id[OV_ID_TEXT_SIZE];
    ov_id_format(record->id, id);
    g_autofree char *time = ov_time_for_people(record->time);
    g_autofree char *recipients = ov_record_recipients(record);
    g_string_append_printf(out, "%s  ", time);
    ov_paint(out, colour, ov_verdict_paint(record->verdict), record->verdict);
    g_string_append_printf(out, "  score %.2f  class %s", record->score, record->message_class);
    if (record->computed && strcmp(record->computed, record->verdict) != 0)
        g_string_append_printf(out, "  (in shadow mode: else %s)", record->computed);
    g_string_append_c(out, '\n');
    append_line(out, "exempt", record->exempt);
    append_line(out, "Outvet id", id);
    append_line(out, "queue id", record->queue_id);
    append_line(out, "node", record->node);
    append_line(out, "Message-ID", record->message_id);
    g_autofree char *account =
        record->account_source
            ? g_strdup_printf("%s (by %s)", record->account, record->account_source)
            : g_strdup(record->account);
    append_line(out, "account", account);
    append_line(out, "login", record->login);
    append_line(out, "script", record->script);
    append_line(out, "says it is", record->claimed_script);
    append_client(out, record);
    append_line(out, "sender",
                record->sender && !record->sender[0] ? "<> (a bounce)" : record->sender);
    append_line(out, "From", record->from);
    append_line(out, "recipients", recipients);
    append_auth(out, &record->auth);
    append_line(out, "Subject", record->subject);
    g_string_append_printf(out, "  %-12s %" G_GINT64_FORMAT " octets%s%s\n", "size", record->size,
                           record->truncated ? ", judged on its first part" : "",
                           record->late ? ", not all measured in time" : "");
    append_line(out, "ruleset", record->ruleset);
    ov_hits_append(out, record->hits, record->n_hits, colour);
}

/* Null is what is not known. */
static json_t *auth_json(const OvAuthResults *auth) {
    json_t *object = json_object();
    json_object_set_new(object, "spf", ov_json_text(auth->spf));
    json_object_set_new(object, "spf_address", ov_json_text(auth->spf_address));
    json_object_set_new(object, "dkim", ov_json_text(auth->dkim));
    json_object_set_new(object, "dkim_domain", ov_json_text(auth->dkim_domain));
    json_object_set_new(object, "dkim_selector", ov_json_text(auth->dkim_selector));
    json_object_set_new(object, "dmarc", ov_json_text(auth->dmarc));
    json_object_set_new(object, "aligned", ov_json_text(auth->aligned));
    return object;
}

json_t *ov_record_json(const OvLedgerRecord *record) {
    char id[OV_ID_TEXT_SIZE];
    ov_id_format(record->id, id);
    const struct {
        const char *name, *value;
    } texts[] = {
        {"node", record->node},
        {"queue_id", record->queue_id},
        {"message_id", record->message_id},
        {"account", record->account},
        {"account_source", record->account_source},
        {"login", record->login},
        {"script", record->script},
        {"claimed_script", record->claimed_script},
        {"client_address", record->client_address},
        {"client_name", record->client_name},
        {"helo", record->helo},
        {"sender", record->sender},
        {"from", record->from},
        {"subject", record->subject},
        {"class", record->message_class},
        {"verdict", record->verdict},
        {"computed", record->computed},
        {"exempt", record->exempt},
        {"ruleset", record->ruleset},
        {"recipient_domains", record->recipient_domains},
    };
    json_t *object = json_object();
    json_object_set_new(object, "outvet_id", json_string(id));
    json_object_set_new(object, "time", ov_json_time(record->time));
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        json_object_set_new(object, texts[i].name, ov_json_text(texts[i].value));
    json_object_set_new(object, "auth", auth_json(&record->auth));
    json_object_set_new(object, "n_recipients", json_integer(record->n_recipients));
    if (record->recipients) {
        json_t *recipients = json_array();
        for (guint i = 0; i < record->n_recipients; i++)
            json_array_append_new(recipients, ov_json_text(record->recipients[i]));
        json_object_set_new(object, "recipients", recipients);
    }
    json_object_set_new(object, "size", json_integer(record->size));
    json_object_set_new(object, "truncated", json_boolean(record->truncated));
    json_object_set_new(object, "late", json_boolean(record->late));
    json_object_set_new(object, "local", json_boolean(record->local));
    json_object_set_new(object, "score", ov_json_number(record->score));
    json_object_set_new(object, "hits", ov_hits_json(record->hits, record->n_hits));
    return object;
}

void ov_actions_append(GString *out, const OvLedgerAction *actions, guint n) {
    for (guint i = 0; i < n; i++) {
        g_autofree char *time = ov_time_for_people(actions[i].time);
        g_string_append_printf(out, "  %s  %s by ", time, actions[i].action);
        ov_safe_append(out, actions[i].operator_name, -1, FALSE);
        if (actions[i].detail && actions[i].detail[0]) {
            g_string_append(out, ": ");
            ov_safe_append(out, actions[i].detail, -1, FALSE);
        }
        g_string_append_c(out, '\n');
    }
}

json_t *ov_actions_json(const OvLedgerAction *actions, guint n) {
    json_t *array = json_array();
    for (guint i = 0; i < n; i++) {
        json_t *object = json_object();
        json_object_set_new(object, "time", ov_json_time(actions[i].time));
        json_object_set_new(object, "action", ov_json_text(actions[i].action));
        json_object_set_new(object, "operator", ov_json_text(actions[i].operator_name));
        ov_json_put_text(object, "detail", actions[i].detail);
        json_array_append_new(array, object);
    }
    return array;
}
