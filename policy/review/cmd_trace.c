/* outvet trace: everything the ledger knows of messages, and where they are now; and what the MTA's
 * old logs tell of those that it does not know. */
#include <stdio.h>
#include <string.h>

#include "policy/review/alert_file.h"
#include "policy/review/held_command.h"
#include "policy/review/ledger_command.h"
#include "policy/review/logged.h"
#include "policy/review/output.h"
#include "policy/review/record.h"
#include "policy/review/record_delivery.h"

enum { SHOWN = 100 };

/* The queue's message that the record is of, or NULL. */
static const OvQueued *in_queue(const GPtrArray *list, const OvLedgerRecord *record) {
    for (guint i = 0; record->queue_id && i < list->len; i++) {
        const OvQueued *queued = list->pdata[i];
        if (strcmp(queued->queue_id, record->queue_id) == 0 &&
            ov_held_in_time(queued->arrival, record->time))
            return queued;
    }
    return NULL;
}

/* list NULL: the queue could not be asked. */
static void print_one(const OvLedgerRecord *record, const OvLedgerAction *actions, guint n_actions,
                      const OvFate *fate, const GPtrArray *list, gboolean json) {
    const OvQueued *queued = list ? in_queue(list, record) : NULL;
    if (json) {
        json_t *object = ov_record_json(record);
        json_object_set_new(object, "actions", ov_actions_json(actions, n_actions));
        ov_fate_put_json(object, fate);
        if (list)
            json_object_set_new(object, "queue", ov_json_text(queued ? queued->queue : NULL));
        ov_json_print(object);
        return;
    }
    g_autoptr(GString) out = g_string_new(NULL);
    ov_record_append(out, record, ov_output_colour());
    ov_actions_append(out, actions, n_actions);
    ov_fate_append(out, fate, ov_output_colour());
    if (queued) {
        g_string_append_printf(out, "  It is in the MTA's %s queue now.\n", queued->queue);
        if (queued->reason) {
            g_string_append(out, "  Its delivery is delayed: ");
            ov_safe_append(out, queued->reason, -1, FALSE);
            g_string_append_c(out, '\n');
        }
    } else if (list) {
        g_string_append(out, "  It is not in the MTA's queue any more.\n");
    }
    fwrite(out->str, 1, out->len, stdout);
}

static GPtrArray *list_queue(const OvSettings *settings) {
    g_autoptr(GError) error = NULL;
    g_autoptr(OvQueue) queue = ov_queue_open(settings, &error);
    GPtrArray *list = queue ? ov_queue_list(queue, NULL, &error) : NULL;
    if (!list)
        ov_complain("where the message is now can't be told: %s", error->message);
    return list;
}

/* What is asked for. */
typedef struct {
    const OvSettings *settings;
    OvLedger *ledger; /* NULL: it can't be read, and only logs are asked */
    OvArena *arena;
    gboolean asked;   /* the MTA, for its queue */
    GPtrArray *queue; /* NULL: it could not tell */
    gboolean json;
    gboolean printed; /* something was */
} Trace;

static void separate(Trace *trace) {
    if (trace->printed && !trace->json)
        putchar('\n');
    trace->printed = TRUE;
}

static OvExit complain(const GError *error) {
    ov_complain("%s", error->message);
    return OV_EXIT_UNAVAILABLE;
}

/* The records that id names; *n is how many. */
static OvExit trace_records(Trace *trace, const char *id, guint *n) {
    g_autoptr(GError) error = NULL;
    OvLedgerRecord **records = ov_records_find(trace->ledger, id, SHOWN, trace->arena, n, &error);
    if (!records)
        return complain(error);
    if (*n > 0 && !trace->asked)
        trace->queue = list_queue(trace->settings);
    trace->asked |= *n > 0;
    for (guint i = 0; i < *n; i++) {
        guint n_actions = 0;
        const OvLedgerAction *actions =
            ov_ledger_actions(trace->ledger, records[i]->id, trace->arena, &n_actions, &error);
        OvFate fate;
        if ((!actions && error) ||
            !ov_fate_read(trace->ledger, records[i]->id, trace->arena, &fate, &error))
            return complain(error);
        separate(trace);
        print_one(records[i], actions, n_actions, &fate, trace->queue, trace->json);
    }
    return OV_EXIT_OK;
}

static OvExit search_logs(Trace *trace, const GPtrArray *ids, const char *const *files,
                          guint n_files) {
    const OvLogSearch *search =
        ov_log_search((const char *const *)ids->pdata, ids->len, files, n_files, 0, trace->arena);
    OvExit code = ov_logged_complain(search) ? OV_EXIT_OK : OV_EXIT_NO_INPUT;
    for (guint i = 0; i < search->n_found; i++) {
        const OvLogFound *found = &search->found[i];
        if (found->n_messages == 0) {
            ov_complain("neither the ledger nor the logs know the Message-ID %s",
                        found->message_id);
            code = OV_EXIT_NO_INPUT;
        } else if (trace->json) {
            for (guint j = 0; j < found->n_messages; j++)
                ov_json_print(ov_logged_json(found, &found->messages[j]));
        } else {
            g_autoptr(GString) out = g_string_new(NULL);
            ov_logged_append(out, found, ov_output_colour());
            separate(trace);
            fwrite(out->str, 1, out->len, stdout);
        }
    }
    return code;
}

/* Operands, and what --ids names; FALSE after telling what is wrong. */
static gboolean take_ids(const OvArguments *arguments, OvArena *arena, GPtrArray *ids,
                         OvExit *code) {
    guint n = 0;
    const char *const *operands = ov_arguments_operands(arguments, &n);
    const char *path = ov_arguments_value(arguments, "ids");
    for (guint i = 0; i < n; i++)
        g_ptr_array_add(ids, (gpointer)operands[i]);
    OvAlertMail alert = {0};
    if (path && !ov_alert_file_read(path, arena, &alert, code))
        return FALSE;
    for (guint i = 0; i < alert.n_detections; i++)
        if (*alert.detections[i].message_id)
            g_ptr_array_add(ids, (gpointer)alert.detections[i].message_id);
    *code = OV_EXIT_USAGE;
    if (ids->len == 0)
        ov_complain(path ? "%s: there is no Message-ID in it" : "tell an ID, or a file by --ids",
                    path);
    else if (ids->len > OV_LOG_SEARCH_MAX_IDS)
        ov_complain("more than %d IDs; ask in parts", OV_LOG_SEARCH_MAX_IDS);
    else
        *code = OV_EXIT_OK;
    return *code == OV_EXIT_OK;
}

static OvExit trace_all(Trace *trace, const GPtrArray *ids, const char *const *files,
                        guint n_files) {
    g_autoptr(GPtrArray) unknown = g_ptr_array_new();
    OvExit code = OV_EXIT_OK;
    for (guint i = 0; i < ids->len; i++) {
        guint n = 0;
        OvExit trouble = trace->ledger ? trace_records(trace, ids->pdata[i], &n) : OV_EXIT_OK;
        if (trouble != OV_EXIT_OK)
            return trouble;
        if (n == 0)
            g_ptr_array_add(unknown, ids->pdata[i]);
    }
    if (unknown->len > 0 && n_files > 0)
        return search_logs(trace, unknown, files, n_files);
    for (guint i = 0; i < unknown->len; i++) {
        ov_complain("the ledger knows no message %s", (const char *)unknown->pdata[i]);
        code = OV_EXIT_NO_INPUT;
    }
    return code;
}

OvExit ov_command_trace(const OvArguments *arguments) {
    g_autoptr(OvSettings) settings = ov_command_settings(arguments);
    if (!settings)
        return OV_EXIT_SETTINGS;
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    OvExit code = OV_EXIT_OK, without = OV_EXIT_OK;
    if (!take_ids(arguments, arena, ids, &code))
        return code;
    guint n_files = 0;
    const char *const *files = ov_arguments_values(arguments, "logs", &n_files);
    g_autoptr(OvLedger) ledger = ov_command_ledger(settings, &without);
    if (!ledger && n_files == 0)
        return without;
    Trace trace = {
        .settings = settings,
        .ledger = ledger,
        .arena = arena,
        .json = ov_arguments_has(arguments, "json"),
    };
    code = trace_all(&trace, ids, files, n_files);
    g_clear_pointer(&trace.queue, g_ptr_array_unref);
    return MAX(code, without);
}
