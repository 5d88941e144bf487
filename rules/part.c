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

/* Counts octets in runs whose length the compiler knows, so that it takes many at a time. */
static void count_octets(OvSlice raw, OvPartFaults *faults) {
    enum { RUN = 128 };
    gsize i = 0, line_ends = 0, eight_bit = 0, nul = 0;
    for (; i + RUN <= raw.length; i += RUN) {
        guint8 ends_here = 0, eight_bit_here = 0, nul_here = 0;
        for (guint j = 0; j < RUN; j++) {
            guint8 octet = (guint8)raw.data[i + j];
            ends_here = (guint8)(ends_here + ((octet == '\n') | (octet == '\r')));
            eight_bit_here = (guint8)(eight_bit_here + (octet >> 7));
            nul_here = (guint8)(nul_here + (octet == '\0'));
        }
        line_ends += ends_here;
        eight_bit += eight_bit_here;
        nul += nul_here;
    }
    for (; i < raw.length; i++) {
        guint8 octet = (guint8)raw.data[i];
        line_ends += octet == '\n' || octet == '\r';
        eight_bit += octet >> 7;
        nul += octet == '\0';
    }
    faults->octets = raw.length - line_ends;
    faults->eight_bit = eight_bit;
    faults->nul = nul;
}

void ov_part_faults(const OvPart *part, OvPartFaults *faults) {
    *faults = (OvPartFaults){0};
    if (part->container)
        return;
    OvSlice raw = part->raw;
    count_octets(raw, faults);
    if (part->encoding == OV_ENCODING_BASE64)
        faults->foreign = ov_base64_foreign(raw);
    else if (part->encoding == OV_ENCODING_QUOTED_PRINTABLE)
        faults->foreign = ov_quoted_printable_foreign(raw, &faults->long_lines);
}
