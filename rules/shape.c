#include "rules/shape.h"

#include "rules/hash.h"

enum {
    LEAST_OCTETS = 4, /* of a word that counts */
    MAX_NAMES = 16,
    PLANES = 18, /* binary digits of a count of words: a body's text has at most 256 KiB */
};

typedef struct {
    /* Digit i of 64 counts, one a bit of the hash: how many words have that bit set. */
    guint64 planes[PLANES];
    guint n_words;
    guint64 names[MAX_NAMES]; /* hashes of words that are left out */
    guint64 name_bits;        /* one for each, by its lowest digits */
    guint n_names;
} Counter;

typedef enum { APART = 0, LETTER = 1, DIGIT = 2 } Kind;

/* Of folded text: without capitals. */
static const guint8 kinds[256] = {
    ['0' ... '9'] = DIGIT,
    ['a' ... 'z'] = LETTER,
    [0x80 ... 0xff] = LETTER,
};

/* The hash of the next word of text from *at on that counts, 0 where there is none. */
static guint64 next_word(OvSlice text, gsize *at) {
    const guint8 *end = (const guint8 *)text.data + text.length;
    const guint8 *next = (const guint8 *)text.data + *at;
    while (next < end) {
        guint64 hash = 0;
        const guint8 *start = next;
        guint found = 0;
        for (guint8 kind; next < end && (kind = kinds[*next]) != APART; next++) {
            hash = (hash ^ *next) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
            found |= kind;
        }
        if (next - start >= LEAST_OCTETS && !(found & DIGIT)) {
            *at = (gsize)(next - (const guint8 *)text.data);
            return ov_hash_spread(hash);
        }
        next++;
    }
    *at = text.length;
    return 0;
}

static void read_names(Counter *counter, OvSlice name) {
    guint64 hash;
    for (gsize at = 0; counter->n_names < MAX_NAMES && (hash = next_word(name, &at)) != 0;) {
        counter->names[counter->n_names++] = hash;
        counter->name_bits |= G_GUINT64_CONSTANT(1) << (hash & 63);
    }
}

static gboolean is_name(const Counter *counter, guint64 hash) {
    if (!(counter->name_bits >> (hash & 63) & 1))
        return FALSE;
    for (guint i = 0; i < counter->n_names; i++)
        if (counter->names[i] == hash)
            return TRUE;
    return FALSE;
}

/* Adds one to each count whose bit is set. */
static void count(Counter *counter, guint64 hash) {
    for (guint i = 0; hash != 0 && i < PLANES; i++) {
        guint64 carry = counter->planes[i] & hash;
        counter->planes[i] ^= hash;
        hash = carry;
    }
    counter->n_words++;
}

static void count_words(Counter *counter, OvSlice text) {
    guint64 hash;
    for (gsize at = 0; (hash = next_word(text, &at)) != 0;)
        if (!is_name(counter, hash))
            count(counter, hash);
}

/* The bits that more than half of the words have: all 64 counts compared at once, digit by digit.
 */
static guint64 majority(const Counter *counter) {
    guint half = counter->n_words / 2;
    guint64 more = 0, equal = G_MAXUINT64;
    for (guint i = PLANES; i-- > 0;) {
        if (half >> i & 1) {
            equal &= counter->planes[i];
        } else {
            more |= equal & counter->planes[i];
            equal &= ~counter->planes[i];
        }
    }
    return more;
}

guint64 ov_shape(const OvFolded *text, const OvBlock *blocks, guint n_blocks, OvSlice name) {
    Counter counter = {.n_words = 0};
    read_names(&counter, name);
    for (guint i = 0; i < n_blocks; i++) {
        if (blocks[i].kind != OV_BLOCK_OWN)
            continue;
        guint32 start = ov_folded_offset(text, blocks[i].start);
        guint32 end = ov_folded_offset(text, blocks[i].end);
        count_words(&counter, (OvSlice){text->text.data + start, end - start});
    }
    if (counter.n_words < OV_SHAPE_LEAST_WORDS)
        return 0;
    guint64 shape = majority(&counter);
    return shape ? shape : 1;
}
