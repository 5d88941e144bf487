/* outvet trace: everything the ledger knows of a message, and where it is now. */
#include <stdio.h>
#include <string.h>

#include "policy/review/held_command.h"
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

OvExit ov_command_trace(const OvArguments *arguments) {
    g_autoptr(OvSettings) settings = ov_command_settings(arguments);
    if (!settings)
        return OV_EXIT_SETTINGS;
    OvExit code = OV_EXIT_OK;
    g_autoptr(OvLedger) ledger = ov_record_ledger(settings, &code);
    if (!ledger)
        return code;
    g_autoptr(OvArena) arena = ov_arena_new();
    guint n = 0;
    OvLedgerRecord **records = ov_records_named(ledger, arguments, SHOWN, arena, &n, &code);
    if (!records)
        return code;
    g_autoptr(GError) error = NULL;
    gboolean json = ov_arguments_has(arguments, "json");
    g_autoptr(GPtrArray) list = list_queue(settings);
    for (guint i = 0; i < n; i++) {
        guint n_actions = 0;
        const OvLedgerAction *actions =
            ov_ledger_actions(ledger, records[i]->id, arena, &n_actions, &error);
        OvFate fate;
        if ((!actions && error) || !ov_fate_read(ledger, records[i]->id, arena, &fate, &error)) {
            ov_complain("%s", error->message);
            return OV_EXIT_UNAVAILABLE;
        }
        if (i > 0 && !json)
            putchar('\n');
        print_one(records[i], actions, n_actions, &fate, list, json);
    }
    return OV_EXIT_OK;
}
