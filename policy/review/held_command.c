#include "policy/review/held_command.h"

#include <string.h>

#include "policy/review/ledger_command.h"
#include "policy/review/output.h"
#include "policy/review/record.h"

enum { CANDIDATES = 16 /* records of one id that are looked at */ };

gboolean ov_held_open(OvHeld *held, const OvArguments *arguments, OvExit *code) {
    g_autoptr(GError) error = NULL;
    *held = (OvHeld){.arena = ov_arena_new()};
    held->settings = ov_command_settings(arguments);
    if (!held->settings) {
        *code = OV_EXIT_SETTINGS;
        return FALSE;
    }
    held->queue = ov_queue_open(held->settings, &error);
    if (!held->queue) {
        ov_complain("%s", error->message);
        *code = ov_held_exit(error);
        return FALSE;
    }
    held->ledger = ov_command_ledger(held->settings, code);
    return held->ledger != NULL;
}

OvExit ov_held_exit(const GError *error) {
    if (error->domain != OV_QUEUE_ERROR)
        return ov_ledger_exit(error);
    switch ((OvQueueError)error->code) {
    case OV_QUEUE_ERROR_PERMISSION:
        return OV_EXIT_NO_PERMISSION;
    case OV_QUEUE_ERROR_ID:
        return OV_EXIT_USAGE;
    case OV_QUEUE_ERROR_GONE:
        return OV_EXIT_NO_INPUT;
    case OV_QUEUE_ERROR_MTA:
    case OV_QUEUE_ERROR_COMMAND:
    case OV_QUEUE_ERROR_REQUEST:
    case OV_QUEUE_ERROR_ABSENT:
    case OV_QUEUE_ERROR_SILENT:
        break;
    }
    return OV_EXIT_UNAVAILABLE;
}

static const OvQueued *by_queue_id(const GPtrArray *list, const char *queue_id) {
    for (guint i = 0; i < list->len; i++) {
        const OvQueued *queued = list->pdata[i];
        if (strcmp(queued->queue_id, queue_id) == 0)
            return queued;
    }
    return NULL;
}

const OvQueued *ov_held_find(OvHeld *held, const GPtrArray *list, const char *text) {
    const OvQueued *queued = by_queue_id(list, text);
    if (queued)
        return queued;
    g_autoptr(GError) error = NULL;
    guint n = 0;
    OvLedgerRecord **records =
        ov_records_find(held->ledger, text, CANDIDATES, held->arena, &n, &error);
    for (guint i = 0; records && i < n; i++) {
        queued = records[i]->queue_id ? by_queue_id(list, records[i]->queue_id) : NULL;
        if (queued && ov_held_in_time(queued->arrival, records[i]->time))
            return queued;
    }
    if (error)
        ov_complain("%s", error->message);
    else if (records && n > 0)
        ov_complain("%s is not in the hold queue; `outvet trace %s` tells what is known of it",
                    text, text);
    else
        ov_complain("%s is not in the hold queue, and the ledger knows no such id", text);
    return NULL;
}
