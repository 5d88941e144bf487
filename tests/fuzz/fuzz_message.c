/* A message: header, parts, and the text of every part. The first octet chooses the limit of text
 * and whether the message was cut. */
#include "rules/init.h"
#include "rules/message.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(OvSlice text, gsize limit) {
    g_assert_true(text.length <= limit);
    g_assert_true(text.length == 0 || g_utf8_validate(text.data, (gssize)text.length, NULL));
}

static void read_part(OvArena *arena, const OvMessage *message, guint number, gsize limit) {
    const OvPart *part = &message->mime->parts[number];
    guint bad;
    gboolean known;
    check_text(ov_part_text(arena, part, limit, &bad, &known), limit);
    g_assert_true(ov_part_bytes(arena, part, limit).length <= limit);
    OvPartFaults faults;
    ov_part_faults(part, &faults);
    g_assert_true(faults.octets <= part->raw.length);
    g_assert_true(part->raw.data >= message->body.data);
    g_assert_true(part->raw.data + part->raw.length <= message->raw.data + message->raw.length);
    g_assert_true(part->depth <= OV_MIME_MAX_DEPTH);
    g_assert_true(!part->parent || part->parent->container);
    g_assert_true(part->type && part->subtype && part->header);
    g_assert_true(!part->name || g_utf8_validate(part->name, -1, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const OvEnvelope envelope;
    if (size < 1)
        return 0;
    ov_rules_init();
    OvSlice raw = {(const char *)data + 1, size - 1};
    gsize limit = data[0] & 0x7f ? data[0] & 0x7f : G_MAXSIZE;
    OvArena *arena = ov_arena_new();
    OvMessage *message =
        ov_message_parse(arena, &envelope, raw, raw.length + (data[0] & 0x80 ? 1 : 0), 0);
    for (guint i = 0; i < message->header->n_fields; i++)
        check_text(ov_field_text(arena, &message->header->fields[i]), 64 * 1024);
    for (guint i = 0; i < message->mime->n_parts; i++)
        read_part(arena, message, i, limit);
    ov_arena_free(arena);
    return 0;
}
