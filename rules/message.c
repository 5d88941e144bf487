#include "rules/message.h"

enum { MAX_FIELDS = 10000 };

OvMessage *ov_message_parse(OvArena *arena, const OvEnvelope *envelope, OvSlice raw, gsize size,
                            gint64 deadline) {
    OvMessage *message = OV_ARENA_NEW(arena, OvMessage, 1);
    message->envelope = envelope;
    message->raw = raw;
    message->size = MAX(size, raw.length);
    message->cut = message->size > raw.length;
    message->header = ov_header_parse(arena, raw, MAX_FIELDS);
    gsize offset = message->header->body_offset;
    message->body = (OvSlice){raw.data ? raw.data + offset : NULL, raw.length - offset};
    message->mime = ov_mime_parse(arena, message->header, message->body, deadline);
    /* What is not here may be in the rest of the message. */
    if (message->cut)
        message->mime->boundary_missing = message->mime->not_closed = FALSE;
    return message;
}
