/* outvet held list, show, why: what waits in the MTA's hold queue, and for what reason. */
#include <stdio.h>
#include <string.h>

#include "policy/review/guide.h"
#include "policy/review/held_command.h"
#include "policy/review/ledger_command.h"
#include "policy/review/message_text.h"
#include "policy/review/output.h"
#include "policy/review/record.h"
#include "rules/init.h"

enum {
    SHOWN_HITS = 4, /* in a line of the list */
    MAX_MESSAGE = 16 * 1024 * 1024,
    CANDIDATES = 16,
    PAGE_WIDTH = 78,
    REASON_INDENT = 5,
};

static gboolean ours(const OvLedgerRecord *record) {
    return record && g_strcmp0(record->verdict, "hold") == 0;
}

static json_t *queued_json(const OvQueued *queued, const OvLedgerRecord *record) {
    json_t *object = record ? ov_record_json(record) : json_object();
    json_t *recipients = json_array();
    for (guint i = 0; i < queued->recipients->len; i++)
        json_array_append_new(recipients, ov_json_text(queued->recipients->pdata[i]));
    json_object_set_new(object, "queue_id", json_string(queued->queue_id));
    json_object_set_new(object, "queue", json_string(queued->queue));
    json_object_set_new(object, "arrived", ov_json_time(queued->arrival));
    json_object_set_new(object, "queue_size", json_integer((json_int_t)queued->size));
    json_object_set_new(object, "sender", ov_json_text(queued->sender));
    json_object_set_new(object, "recipients", recipients);
    json_object_set_new(object, "held_by_outvet", json_boolean(ours(record)));
    return object;
}

static char *hits_in_short(const OvLedgerRecord *record) {
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < record->n_hits && i < SHOWN_HITS; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "", record->hits[i].rule);
    if (record->n_hits > SHOWN_HITS)
        g_string_append_printf(text, " +%u", record->n_hits - SHOWN_HITS);
    return g_string_free(text, FALSE);
}

static void add_row(OvTable *table, const OvQueued *queued, const OvLedgerRecord *record) {
    g_autofree char *arrived = ov_time_for_people(queued->arrival);
    const char *first = queued->recipients->len > 0 ? queued->recipients->pdata[0] : "";
    g_autofree char *recipients =
        queued->recipients->len > 1 ? g_strdup_printf("%s +%u", first, queued->recipients->len - 1)
                                    : g_strdup(first);
    if (!record) {
        ov_table_add(table, queued->queue_id, arrived, "-", queued->sender, recipients, "-",
                     "(held by something else: the ledger does not know it)");
        return;
    }
    g_autofree char *score = g_strdup_printf("%.2f", record->score);
    g_autofree char *hits = hits_in_short(record);
    g_autofree char *reason =
        ours(record)
            ? g_strdup(hits)
            : g_strdup_printf("(held by something else: Outvet's verdict was %s)", record->verdict);
    ov_table_add(table, queued->queue_id, arrived, score, record->account, recipients,
                 record->subject, reason);
}

OvExit ov_command_held_list(const OvArguments *arguments) {
    OvExit code = OV_EXIT_OK;
    g_auto(OvHeld) held = {0};
    if (!ov_held_open(&held, arguments, &code))
        return code;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = ov_queue_list(held.queue, "hold", &error);
    const char *account = ov_arguments_value(arguments, "account");
    gboolean json = ov_arguments_has(arguments, "json");
    g_autoptr(OvTable) table =
        ov_table_new(7, "QUEUE ID", "ARRIVED", ">SCORE", "ACCOUNT", "TO", "SUBJECT", "REASONS");
    guint shown = 0;
    for (guint i = 0; list && i < list->len; i++) {
        const OvQueued *queued = list->pdata[i];
        /* What one message needs is not kept for the next ones. */
        ov_arena_reset(held.arena);
        const OvLedgerRecord *record = ov_held_record(&held, queued, &error);
        if (error)
            break;
        if (account && (!record || g_ascii_strcasecmp(record->account, account) != 0))
            continue;
        shown++;
        if (json)
            ov_json_print(queued_json(queued, record));
        else
            add_row(table, queued, record);
    }
    if (error) {
        ov_complain("%s", error->message);
        return ov_held_exit(error);
    }
    if (!json) {
        g_autoptr(GString) out = g_string_new(NULL);
        if (shown > 0)
            ov_table_append(table, out, ov_output_colour());
        else
            g_string_append(out, "Nothing is held.\n");
        fwrite(out->str, 1, out->len, stdout);
    }
    return OV_EXIT_OK;
}

OvExit ov_command_held_show(const OvArguments *arguments) {
    OvExit code = OV_EXIT_OK;
    g_auto(OvHeld) held = {0};
    if (!ov_held_open(&held, arguments, &code))
        return code;
    ov_rules_init();
    guint n = 0;
    const char *id = ov_arguments_operands(arguments, &n)[0];
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = ov_queue_list(held.queue, "hold", &error);
    if (!list) {
        ov_complain("%s", error->message);
        return ov_held_exit(error);
    }
    const OvQueued *queued = ov_held_find(&held, list, id);
    if (!queued)
        return OV_EXIT_NO_INPUT;
    const OvLedgerRecord *record = ov_held_record(&held, queued, &error);
    gsize length = 0;
    g_autofree char *text =
        error ? NULL
              : ov_queue_read(held.queue, queued->queue_id, FALSE, MAX_MESSAGE, &length, &error);
    OvEnvelope envelope = {0};
    OvSlice raw = {text, length};
    const OvMessage *message =
        text ? ov_message_parse(held.arena, &envelope, raw, length, 0) : NULL;
    if (ov_arguments_has(arguments, "json")) {
        json_t *object = queued_json(queued, record);
        if (message)
            json_object_set_new(object, "message", ov_message_text_json(message, held.arena));
        ov_json_print(object);
    } else {
        gboolean colour = ov_output_colour();
        g_autoptr(GString) out = g_string_new(NULL);
        if (record)
            ov_record_append(out, record, colour);
        else
            g_string_append(out, "The ledger does not know this message.\n");
        g_string_append_c(out, '\n');
        if (message)
            ov_message_text_append(out, message, held.arena, colour);
        fwrite(out->str, 1, out->len, stdout);
    }
    if (error) {
        ov_complain("%s", error->message);
        return ov_held_exit(error);
    }
    return OV_EXIT_OK;
}

/* The record that a sender would ask about: the newest that was held, else the newest. */
static const OvLedgerRecord *held_one(OvLedgerRecord *const *records, guint n) {
    for (guint i = 0; i < n; i++)
        if (ours(records[i]))
            return records[i];
    return records[0];
}

static void append_paragraph(GString *out, guint indent, const char *text) {
    g_autoptr(GString) safe = g_string_new(NULL);
    ov_safe_append(safe, text, -1, FALSE);
    ov_wrap_append(out, safe->str, indent, PAGE_WIDTH - indent);
}

static void append_reason(GString *out, guint number, const OvLedgerHit *hit) {
    const char *guide = ov_guide_text(hit->guide);
    gsize start = out->len;
    append_paragraph(out, REASON_INDENT,
                     hit->advice && hit->advice[0] ? hit->advice : "(There is no advice.)");
    /* The number stands in the first line's indentation. */
    char digits[REASON_INDENT + 1];
    g_snprintf(digits, sizeof digits, "%3u. ", number % 1000);
    memcpy(out->str + start, digits, REASON_INDENT);
    g_autoptr(GString) grounds = g_string_new(NULL);
    if (hit->evidence && hit->evidence[0]) {
        const char *mark = strchr(hit->evidence, '"') ? "" : "\"";
        g_string_append_printf(grounds, "Found: %s%s%s. ", mark, hit->evidence, mark);
    }
    if (guide)
        g_string_append_printf(grounds, "The provider's guide asks for: %s. ", guide);
    g_string_append_printf(grounds, "(%s, %+.1f%s%s)", hit->rule, hit->score,
                           hit->reference && hit->reference[0] ? ", " : "",
                           hit->reference ? hit->reference : "");
    append_paragraph(out, REASON_INDENT, grounds->str);
}

/* Something of what was found is for the sender. */
static gboolean is_told(const OvLedgerRecord *record) {
    for (guint i = 0; i < record->n_hits; i++)
        if (!record->hits[i].private)
            return TRUE;
    return FALSE;
}

static void append_why(GString *out, const OvLedgerRecord *record) {
    g_autofree char *time = ov_time_for_people(record->time);
    g_autofree char *recipients = ov_record_recipients(record);
    g_autofree char *opening = g_strdup_printf(
        "Your message \"%s\" of %s (recipients: %s) %s", record->subject ? record->subject : "",
        time, recipients,
        ours(record) ? "was held back: it waits here until a person has looked at it."
                     : "was judged by this server's rules for outgoing mail.");
    append_paragraph(out, 0, opening);
    if (!ours(record)) {
        g_autofree char *verdict =
            g_strdup_printf("It was not held: the verdict was %s.", record->verdict);
        append_paragraph(out, 0, verdict);
    }
    g_string_append_c(out, '\n');
    if (record->n_hits == 0 || !is_told(record)) {
        append_paragraph(out, 0,
                         record->n_hits == 0 ? "No rule found anything to say about it."
                                             : "Ask those who run this server why.");
        return;
    }
    append_paragraph(out, 0,
                     "Mail like it makes other providers refuse mail from this server, which would "
                     "stop the mail of all its users. What would help, the weightiest first:");
    g_string_append_c(out, '\n');
    guint number = 0;
    for (guint i = 0; i < record->n_hits; i++)
        if (!record->hits[i].shadow && !record->hits[i].private)
            append_reason(out, ++number, &record->hits[i]);
}

OvExit ov_command_held_why(const OvArguments *arguments) {
    g_auto(OvLedgerCommand) command = {.settings = NULL};
    OvExit code;
    if (!ov_ledger_command_open(&command, arguments, &code))
        return code;
    guint n = 0;
    OvLedgerRecord **records =
        ov_records_named(command.ledger, arguments, CANDIDATES, command.arena, &n, &code);
    if (!records)
        return code;
    const OvLedgerRecord *record = held_one(records, n);
    g_autoptr(GString) out = g_string_new(NULL);
    append_why(out, record);
    if (ov_arguments_has(arguments, "json")) {
        json_t *object = ov_record_json(record);
        json_object_set_new(object, "explanation", ov_json_text(out->str));
        ov_json_print(object);
    } else {
        fwrite(out->str, 1, out->len, stdout);
    }
    return OV_EXIT_OK;
}
