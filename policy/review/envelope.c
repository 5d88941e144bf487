#include "policy/review/envelope.h"

#include "rules/address.h"
#include "rules/date.h"

enum { MAX_FIELDS = 1000 };

static const char *text(OvArena *arena, OvSlice slice) {
    return ov_arena_strndup(arena, slice.data, slice.length);
}

static const char *sender_of(const OvHeader *header, OvArena *arena) {
    const OvField *path = ov_header_find(header, OV_FIELD_RETURN_PATH);
    if (path) {
        OvSlice value = ov_slice_trim(path->value);
        if (ov_slice_equal(value, OV_SLICE_LITERAL("<>")))
            return "";
        const OvAddressList *list = ov_address_list_parse(arena, value);
        if (list->n_mailboxes > 0 && list->mailboxes[0].domain.length > 0)
            return text(arena, list->mailboxes[0].address);
    }
    const OvField *from = ov_header_find(header, OV_FIELD_FROM);
    if (!from)
        return NULL;
    const OvAddressList *list = ov_address_list_parse(arena, from->value);
    return list->n_mailboxes > 0 ? text(arena, list->mailboxes[0].address) : NULL;
}

static void recipients_of(OvEnvelope *envelope, const OvHeader *header, OvArena *arena) {
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) recipients = g_ptr_array_new();
    for (guint i = 0; i < header->n_fields; i++) {
        const OvField *field = &header->fields[i];
        if (field->id != OV_FIELD_TO && field->id != OV_FIELD_CC)
            continue;
        const OvAddressList *list = ov_address_list_parse(arena, field->value);
        for (guint k = 0; k < list->n_mailboxes; k++) {
            if (list->mailboxes[k].domain.length == 0)
                continue;
            const char *address = text(arena, list->mailboxes[k].address);
            if (g_hash_table_add(seen, (gpointer)address))
                g_ptr_array_add(recipients, (gpointer)address);
        }
    }
    const char **copy = OV_ARENA_NEW(arena, const char *, recipients->len + 1);
    if (recipients->len > 0)
        memcpy(copy, recipients->pdata, recipients->len * sizeof(char *));
    envelope->recipients = copy;
    envelope->n_recipients = recipients->len;
}

void ov_envelope_complete(OvEnvelope *envelope, const OvEnvelopeWish *wish, OvSlice raw,
                          OvArena *arena) {
    *envelope = wish->known;
    if (envelope->sender && envelope->n_recipients > 0 && !wish->now_is_date)
        return;
    const OvHeader *header = ov_header_parse(arena, raw, MAX_FIELDS);
    if (!envelope->sender)
        envelope->sender = sender_of(header, arena);
    if (envelope->n_recipients == 0)
        recipients_of(envelope, header, arena);
    const OvField *field = ov_header_find(header, OV_FIELD_DATE);
    if (wish->now_is_date && field) {
        OvDate date = ov_date_parse(field->value);
        if (date.known)
            envelope->now = date.time;
    }
}
