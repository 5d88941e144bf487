/* outvet feedback: complaints that feedback loops report, taken in and listed. */
#include <stdio.h>

#include "policy/feedback/take_in.h"
#include "policy/message_id.h"
#include "policy/review/command.h"
#include "policy/review/json.h"
#include "policy/review/ledger_command.h"
#include "policy/review/operator.h"
#include "policy/review/output.h"
#include "policy/review/reading.h"
#include "policy/review/when.h"

static const gint64 MONTH = G_GINT64_CONSTANT(30) * 24 * 3600 * G_USEC_PER_SEC;

typedef struct {
    OvLedgerCommand work;
    char *operator_name;
    gboolean json;
} Import;

static void import_clear(Import *import) {
    ov_ledger_command_clear(&import->work);
    g_clear_pointer(&import->operator_name, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Import, import_clear)

/* NULL for none. */
static json_t *message_json(gint64 message) {
    char id[OV_ID_TEXT_SIZE];
    if (message == 0)
        return json_null();
    ov_id_format(message, id);
    return json_string(id);
}

static json_t *text_or_null(const char *text) {
    return ov_json_text(text && *text ? text : NULL);
}

static void put_origin(json_t *object, const char *type, const char *reporter,
                       const char *message_id, guint incidents) {
    json_object_set_new(object, "type", ov_json_text(type));
    json_object_set_new(object, "reporter", text_or_null(reporter));
    json_object_set_new(object, "message_id", text_or_null(message_id));
    json_object_set_new(object, "incidents", json_integer(incidents));
}

/* {"file": ..., "number": of the message in an mbox, "report": ...}. */
static json_t *report_json(const OvStored *stored, gboolean report) {
    json_t *object = json_pack("{s:o}", "file", ov_json_text(stored->name));
    if (stored->number > 0)
        json_object_set_new(object, "number", json_integer(stored->number));
    json_object_set_new(object, "report", json_boolean(report));
    return object;
}

static void print_taken_json(const OvStored *stored, const OvTakenIn *taken) {
    const OvLedgerRecord *record = taken->record;
    json_t *object = report_json(stored, TRUE);
    json_object_set_new(object, "known", json_boolean(taken->done.known));
    put_origin(object, taken->arf.type, taken->arf.reporter, taken->arf.message_id,
               taken->arf.incidents);
    json_object_set_new(object, "message", message_json(record ? record->id : 0));
    json_object_set_new(object, "tie", ov_json_text(ov_tie_name(taken->tie)));
    json_object_set_new(object, "account", ov_json_text(record ? record->account : NULL));
    json_object_set_new(object, "domain", text_or_null(taken->domain));
    json_object_set_new(object, "recipient_known", json_boolean(taken->done.recipient));
    json_object_set_new(object, "suppressed", json_boolean(taken->done.suppressed));
    ov_json_print(object);
}

/* "; its recipient gets no more mailings of shop.example". */
static void append_consequence(GString *out, const OvTakenIn *taken) {
    if (taken->done.suppressed) {
        g_string_append(out, "; its recipient gets no more mailings of ");
        ov_safe_append(out, taken->domain, -1, FALSE);
    } else if (!taken->done.recipient) {
        g_string_append(out, "; which of its recipients complained is not told: nobody is "
                             "suppressed");
    }
}

/* "abuse by yahoo.example: message 0ABC... of account shop; its recipient ...". */
static void print_taken(const char *path, const OvTakenIn *taken) {
    const OvLedgerRecord *record = taken->record;
    g_autoptr(GString) out = g_string_new(NULL);
    ov_safe_append(out, path, -1, FALSE);
    g_string_append_printf(out, ": %s by ", taken->arf.type);
    ov_safe_append(out, *taken->arf.reporter ? taken->arf.reporter : "?", -1, FALSE);
    if (record) {
        char id[OV_ID_TEXT_SIZE];
        ov_id_format(record->id, id);
        g_string_append_printf(out, ": message %s of account ", id);
        ov_safe_append(out, record->account ? record->account : "?", -1, FALSE);
    } else {
        g_string_append(out, ": not ours: the ledger has no such message");
    }
    if (taken->done.known)
        g_string_append(out, "; it is known already");
    else if (record)
        append_consequence(out, taken);
    g_string_append(out, ".\n");
    fwrite(out->str, 1, out->len, stdout);
}

/* "reports.mbox (message 2)". */
static char *name_of(const OvStored *stored) {
    return stored->number > 0 ? g_strdup_printf("%s (message %u)", stored->name, stored->number)
                              : g_strdup(stored->name);
}

/* What is no report is told, and no trouble: an MTA that pipes its mail here would send a bounce to
 * whoever wrote it. */
static OvExit tell_no_take(const Import *import, const OvStored *stored, const GError *error) {
    gboolean no_report = error->domain == OV_ARF_ERROR;
    if (no_report && import->json) {
        json_t *object = report_json(stored, FALSE);
        json_object_set_new(object, "error", ov_json_text(error->message));
        ov_json_print(object);
    } else {
        g_autofree char *name = name_of(stored);
        ov_complain("%s: %s", name, error->message);
    }
    return no_report ? OV_EXIT_OK : OV_EXIT_TRY_AGAIN;
}

static OvExit take_mail(const Import *import, const OvStored *stored) {
    g_autoptr(GError) error = NULL;
    g_autoptr(OvArena) arena = ov_arena_new();
    OvTakenIn taken;
    if (!ov_feedback_take_in(import->work.ledger, stored->data, stored->length,
                             import->operator_name, arena, &taken, &error))
        return tell_no_take(import, stored, error);
    if (import->json) {
        print_taken_json(stored, &taken);
    } else {
        g_autofree char *name = name_of(stored);
        print_taken(name, &taken);
    }
    return OV_EXIT_OK;
}

/* An empty file is no report, any other trouble one that the caller wants to know of. */
static OvExit tell_trouble(const GError *error) {
    ov_complain("%s", error->message);
    return g_error_matches(error, OV_READING_ERROR, OV_READING_ERROR_EMPTY) ? OV_EXIT_OK
                                                                            : OV_EXIT_NO_INPUT;
}

static OvExit take_all(const Import *import, OvReading *reading) {
    OvExit code = OV_EXIT_OK;
    for (;;) {
        g_autoptr(GError) error = NULL;
        g_autoptr(OvStored) stored = NULL;
        OvExit one = OV_EXIT_OK;
        switch (ov_reading_next(reading, &stored, &error)) {
        case OV_READING_MESSAGE:
            one = take_mail(import, stored);
            break;
        case OV_READING_TROUBLE:
            one = tell_trouble(error);
            break;
        case OV_READING_END:
            return code;
        }
        if (one == OV_EXIT_TRY_AGAIN)
            return one;
        code = one == OV_EXIT_OK ? code : one;
    }
}

/* Whatever keeps the ledger from being written, also settings that are being edited, is worth
 * another try by the MTA. */
OvExit ov_command_feedback_import(const OvArguments *arguments) {
    g_auto(Import)
        import = {.json = ov_arguments_has(arguments, "json"), .operator_name = ov_operator_name()};
    OvExit code;
    guint n;
    const char *const *paths = ov_arguments_operands(arguments, &n);
    if (!ov_ledger_command_open(&import.work, arguments, &code))
        return OV_EXIT_TRY_AGAIN;
    /* One octet more than is read, so that a larger one is known by it. */
    g_autoptr(OvReading) reading = ov_reading_new(paths, n, (gsize)OV_ARF_MAX_OCTETS + 1);
    return take_all(&import, reading);
}

static void print_complaint_json(const OvComplaint *complaint) {
    json_t *object = json_pack("{s:I, s:o}", "id", (json_int_t)complaint->id, "time",
                               ov_json_time(complaint->time));
    put_origin(object, complaint->type, complaint->reporter, complaint->message_id,
               complaint->incidents);
    json_object_set_new(object, "source", text_or_null(complaint->source));
    json_object_set_new(object, "arrival",
                        complaint->arrival ? ov_json_time(complaint->arrival) : json_null());
    json_object_set_new(object, "message", message_json(complaint->message));
    json_object_set_new(object, "tie", ov_json_text(complaint->tie));
    json_object_set_new(object, "account", ov_json_text(complaint->account));
    json_object_set_new(object, "domain", text_or_null(complaint->domain));
    json_object_set_new(object, "recipient_hash", ov_json_text(complaint->recipient));
    json_object_set_new(object, "suppressed",
                        complaint->suppressed ? ov_json_time(complaint->suppressed) : json_null());
    json_object_set_new(object, "operator", ov_json_text(complaint->operator_name));
    ov_json_print(object);
}

static const char *done_about(const OvComplaint *complaint) {
    return complaint->message == 0 ? "not ours"
           : complaint->suppressed ? "recipient suppressed"
           : complaint->recipient  ? "recorded"
                                   : "recorded; recipient not told";
}

static void print_table(const OvComplaint *complaints, guint n) {
    g_autoptr(OvTable) table =
        ov_table_new(8, ">NUMBER", "TIME", "TYPE", "BY", "ACCOUNT", "DOMAIN", "MESSAGE", "DONE");
    g_autoptr(GString) out = g_string_new(NULL);
    for (guint i = 0; i < n; i++) {
        const OvComplaint *complaint = &complaints[i];
        char id[OV_ID_TEXT_SIZE] = "";
        g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, complaint->id);
        g_autofree char *time = ov_time_for_people(complaint->time);
        if (complaint->message != 0)
            ov_id_format(complaint->message, id);
        ov_table_add(table, number, time, complaint->type, complaint->reporter, complaint->account,
                     complaint->domain, id, done_about(complaint));
    }
    if (n > 0)
        ov_table_append(table, out, ov_output_colour());
    else
        g_string_append(out, "No complaints.\n");
    fwrite(out->str, 1, out->len, stdout);
    if (n == OV_LEDGER_MAX_COMPLAINTS)
        ov_complain("these are the last %d; tell a time by --since or an account", (int)n);
}

OvExit ov_command_feedback_list(const OvArguments *arguments) {
    g_auto(OvLedgerCommand) command = {.arena = NULL};
    g_autoptr(GError) error = NULL;
    const char *since_text = ov_arguments_value(arguments, "since");
    const char *account = ov_arguments_value(arguments, "account");
    gint64 now = g_get_real_time(), since = now - MONTH;
    if (since_text && !(since = ov_when_parse(since_text, now))) {
        ov_complain("--since %s: not a day or time that is past, such as 2026-11-23 or "
                    "2026-11-23T20:02:53Z",
                    since_text);
        return OV_EXIT_USAGE;
    }
    OvExit code;
    guint n = 0;
    if (!ov_ledger_command_open(&command, arguments, &code))
        return code;
    const OvComplaint *complaints =
        ov_ledger_complaints(command.ledger, account, since, command.arena, &n, &error);
    if (!complaints)
        return ov_ledger_complain(error);
    if (!ov_arguments_has(arguments, "json"))
        print_table(complaints, n);
    else
        for (guint i = 0; i < n; i++)
            print_complaint_json(&complaints[i]);
    return OV_EXIT_OK;
}
