#include "policy/message_id.h"

#include <string.h>

enum {
    NODE_BITS = 10,
    COUNTER_BITS = 12,
    HALF = 1 << (COUNTER_BITS - 1),
    CHARACTERS = OV_ID_TEXT_SIZE - 1
};

static const gint64 EPOCH_MS = G_GINT64_CONSTANT(1577836800000); /* 2020-01-01T00:00:00Z */
/* So far the clock may step back and ids go on from the last one. */
static const gint64 SET_BACK_MS = 30 * 1000;
static const gint64 LAST_MS = (G_GINT64_CONSTANT(1) << 41) - 1;
static const char ALPHABET[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

struct OvIdSource {
    GMutex lock; /* the last id's time and counter */
    gint64 ms;
    gint64 counter;
    gint64 least; /* of counters in this run of the clock */
    gint64 node;
};

OvIdSource *ov_id_source_new(const char *node) {
    OvIdSource *source = g_new0(OvIdSource, 1);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(sum, (const guchar *)node, (gssize)strlen(node));
    guint8 digest[32];
    gsize length = sizeof digest;
    g_checksum_get_digest(sum, digest, &length);
    source->node = (digest[0] << 8 | digest[1]) & ((1 << NODE_BITS) - 1);
    g_mutex_init(&source->lock);
    return source;
}

void ov_id_source_free(OvIdSource *source) {
    if (!source)
        return;
    g_mutex_clear(&source->lock);
    g_free(source);
}

static gint64 compose(gint64 ms, gint64 node, gint64 counter) {
    return CLAMP(ms, 0, LAST_MS) << (NODE_BITS + COUNTER_BITS) | node << COUNTER_BITS | counter;
}

gint64 ov_id_next(OvIdSource *source) {
    gint64 now = g_get_real_time() / 1000 - EPOCH_MS;
    g_mutex_lock(&source->lock);
    /* Times that come a second time have counters of the other half. */
    gboolean set_back = source->ms - now > SET_BACK_MS;
    if (set_back)
        source->least ^= HALF;
    if (set_back || now > source->ms) {
        source->ms = now;
        /* Starting anywhere in the lower part of a half makes it unlikely that a restart after the
         * clock was set back gives an id a second time. */
        source->counter = source->least + g_random_int_range(1, HALF / 2);
    } else if (++source->counter == 1 << COUNTER_BITS) {
        source->ms++;
        source->counter = 1;
    }
    gint64 id = compose(source->ms, source->node, source->counter);
    g_mutex_unlock(&source->lock);
    return id;
}

gint64 ov_id_time(gint64 id) {
    return ((id >> (NODE_BITS + COUNTER_BITS)) + EPOCH_MS) * 1000;
}

gint64 ov_id_first_at(gint64 time) {
    gint64 ms = time / 1000 - EPOCH_MS;
    return ms > LAST_MS ? G_MAXINT64 : compose(ms, 0, 0);
}

void ov_id_format(gint64 id, char text[OV_ID_TEXT_SIZE]) {
    guint64 rest = (guint64)id;
    for (int i = CHARACTERS; i-- > 0; rest >>= 5)
        text[i] = ALPHABET[rest & 31];
    text[CHARACTERS] = '\0';
}

static int digit_of(char character) {
    char c = g_ascii_toupper(character);
    c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
    const char *at = c ? strchr(ALPHABET, c) : NULL;
    return at ? (int)(at - ALPHABET) : -1;
}

gboolean ov_id_parse(const char *text, gint64 *id) {
    guint64 value = 0;
    int digits = 0;
    while (g_ascii_isspace(*text))
        text++;
    for (; *text && !g_ascii_isspace(*text); text++) {
        if (*text == '-')
            continue;
        int digit = digit_of(*text);
        if (digit < 0 || ++digits > CHARACTERS)
            return FALSE;
        value = value << 5 | (guint64)digit;
    }
    while (g_ascii_isspace(*text))
        text++;
    if (*text || digits != CHARACTERS || value == 0 || value > G_MAXINT64)
        return FALSE;
    *id = (gint64)value;
    return TRUE;
}
