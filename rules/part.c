#include "rules/charset.h"
#include "rules/mime.h"
#include "rules/transfer.h"

OvSlice ov_part_bytes(OvArena *arena, const OvPart *part, gsize limit) {
    if (part->container)
        return (OvSlice){NULL, 0};
    OvSlice raw = part->raw;
    if (part->encoding != OV_ENCODING_BASE64 && part->encoding != OV_ENCODING_QUOTED_PRINTABLE)
        return (OvSlice){raw.data, MIN(raw.length, limit)};
    gboolean base64 = part->encoding == OV_ENCODING_BASE64;
    gsize room = MIN(limit, base64 ? OV_BASE64_ROOM(raw.length) : raw.length);
    char *out = ov_arena_alloc(arena, room);
    gsize length =
        base64 ? ov_base64_decode(raw, out, room) : ov_quoted_printable_decode(raw, out, room);
    return (OvSlice){out, length};
}

OvSlice ov_part_text(OvArena *arena, const OvPart *part, gsize limit, guint *bad_sequences,
                     gboolean *charset_known) {
    if (charset_known)
        *charset_known = !part->charset || ov_charset_known(part->charset);
    /* No charset needs more than four octets for what is one in UTF-8. */
    OvSlice bytes = ov_part_bytes(arena, part, limit > G_MAXSIZE / 4 ? limit : limit * 4);
    return ov_charset_to_utf8(arena, part->charset, bytes, limit, bad_sequences);
}

void ov_part_faults(const OvPart *part, OvPartFaults *faults) {
    *faults = (OvPartFaults){0};
    if (part->container)
        return;
    OvSlice raw = part->raw;
    for (gsize i = 0; i < raw.length; i++) {
        guchar octet = (guchar)raw.data[i];
        faults->octets += octet != '\n' && octet != '\r';
        faults->eight_bit += octet >= 0x80;
        faults->nul += octet == '\0';
    }
    if (part->encoding == OV_ENCODING_BASE64)
        faults->foreign = ov_base64_foreign(raw);
    else if (part->encoding == OV_ENCODING_QUOTED_PRINTABLE)
        faults->foreign = ov_quoted_printable_foreign(raw, &faults->long_lines);
}
