#include "rules/hash.h"

enum { WORD = sizeof(guint64) };

static const guint64 FACTOR = G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);

static guint64 step(guint64 hash, guint64 word) {
    hash = (hash ^ word) * FACTOR;
    return hash ^ (hash >> 29);
}

/* Up to a word's octets, the first the least. */
static guint64 read_word(const char *data, gsize length) {
    guint64 word = 0;
    memcpy(&word, data, length);
    return GUINT64_FROM_LE(word);
}

guint64 ov_hash(OvSlice data, guint64 before) {
    guint64 hash = before + FACTOR;
    gsize i = 0;
    for (; i + WORD <= data.length; i += WORD)
        hash = step(hash, read_word(data.data + i, WORD));
    if (i < data.length)
        hash = step(hash, read_word(data.data + i, data.length - i));
    return ov_hash_spread(hash ^ data.length);
}

guint64 ov_hash_nocase(OvSlice data, guint64 before) {
    guint64 hash = before + FACTOR;
    for (gsize i = 0; i < data.length; i++)
        hash = step(hash, (guchar)g_ascii_tolower(data.data[i]));
    return ov_hash_spread(hash ^ data.length);
}
