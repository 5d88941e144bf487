#include "policy/queue/held.h"

#include <string.h>

#include "policy/message_id.h"

enum {
    CANDIDATES = 16, /* records of one queue id that are looked at */
    MAX_FIELDS = 1000,
};

/* The queue's times are whole seconds. */
static const gint64 clock_slack = 2 * G_USEC_PER_SEC;
/* From MAIL FROM to the end of the message. */
static const gint64 longest_transfer = 6 * 3600 * (gint64)G_USEC_PER_SEC;
/* From there to its arrival under another queue id. */
static const gint64 longest_detour = 24 * 3600 * (gint64)G_USEC_PER_SEC;

void ov_held_clear(OvHeld *held) {
    g_clear_pointer(&held->ledger, ov_ledger_close);
    g_clear_pointer(&held->queue, ov_queue_free);
    g_clear_pointer(&held->settings, ov_settings_unref);
    g_clear_pointer(&held->arena, ov_arena_free);
}

gboolean ov_held_in_time(gint64 arrival, gint64 recorded) {
    return recorded >= arrival - clock_slack && recorded <= arrival + longest_transfer;
}

/* A part of a message that Sendmail split arrived when the whole did, before it was judged. */
static gboolean in_time_as_other(const OvQueued *queued, const OvLedgerRecord *record) {
    return record->time >= queued->arrival - longest_detour &&
           record->time <= queued->arrival + longest_transfer &&
           g_ascii_strcasecmp(record->sender ? record->sender : "", queued->sender) == 0;
}

OvLedgerRecord *ov_held_record(OvHeld *held, const OvQueued *queued, GError **error) {
    guint n = 0;
    OvLedgerRecord **records = ov_ledger_find(held->ledger, OV_LEDGER_BY_QUEUE_ID, queued->queue_id,
                                              CANDIDATES, held->arena, &n, error);
    for (guint i = 0; records && i < n; i++)
        if (ov_held_in_time(queued->arrival, records[i]->time))
            return records[i];
    if (records)
        records = ov_ledger_find(held->ledger, OV_LEDGER_BY_OTHER_QUEUE_ID, queued->queue_id,
                                 CANDIDATES, held->arena, &n, error);
    for (guint i = 0; records && i < n; i++)
        if (in_time_as_other(queued, records[i]))
            return records[i];
    return NULL;
}

/* Message-IDs are the same with and without <>. */
static OvSlice bare(OvSlice id) {
    id = ov_slice_trim(id);
    if (id.length >= 2 && id.data[0] == '<' && id.data[id.length - 1] == '>')
        return (OvSlice){id.data + 1, id.length - 2};
    return id;
}

OvHeldMatch ov_held_match(const OvLedgerRecord *record, OvSlice raw, OvArena *arena) {
    const OvHeader *header = ov_header_parse(arena, raw, MAX_FIELDS);
    for (guint i = 0; i < header->n_fields; i++) {
        if (!ov_slice_equal_nocase(header->fields[i].name, OV_SLICE_LITERAL("X-Outvet-Id")))
            continue;
        OvSlice value = ov_field_unfolded(arena, &header->fields[i]);
        gint64 id = 0;
        gboolean same =
            ov_id_parse(ov_arena_strndup(arena, value.data, value.length), &id) && id == record->id;
        return same ? OV_HELD_SAME : OV_HELD_DIFFERENT;
    }
    const OvField *field = ov_header_find(header, OV_FIELD_MESSAGE_ID);
    if (!field || !record->message_id)
        return OV_HELD_DIFFERENT;
    OvSlice here = bare(ov_field_unfolded(arena, field));
    OvSlice recorded = bare(ov_slice(record->message_id));
    return here.length > 0 && ov_slice_equal_nocase(here, recorded) ? OV_HELD_SAME
                                                                    : OV_HELD_DIFFERENT;
}
