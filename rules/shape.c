#include "rules/shape.h"

#include "rules/hash.h"

enum {
    LEAST_OCTETS = 4, /* of a word that counts */
    MAX_NAMES = 16,
    MOST_OCTETS = 4 * 1024, /* of a text that are looked at: a template is known by its beginning */
    PLANES = 10,            /* binary digits of a count of words: enough for MOST_OCTETS */
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

/* A word's number, eight octets at a time; end is that of the text around it. */
static guint64 hash_word(const guint8 *word, gsize length, const guint8 *end) {
    guint64 hash = length;
    for (gsize left = length; left > 0;) {
        gsize n = MIN(left, sizeof(guint64));
        guint64 octets = 0;
        if (end - word >= (gssize)sizeof octets)
            memcpy(&octets, word, sizeof octets);
        else
            memcpy(&octets, word, n);
        octets = GUINT64_FROM_LE(octets);
        if (n < sizeof octets)
            octets &= (G_GUINT64_CONSTANT(1) << (8 * n)) - 1;
        hash = (hash ^ octets) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
        word += n;
        left -= n;
    }
    return ov_hash_spread(hash);
}

/* The hash of the next word of text from *at on that counts, 0 where there is none. */
static guint64 next_word(OvSlice text, gsize *at) {
    const guint8 *start = (const guint8 *)text.data, *end = start + text.length;
    const guint8 *next = start + *at;
    while (next < end) {
        const guint8 *word = next;
        guint found = 0;
        for (guint8 kind; next < end && (kind = kinds[*next]) != APART; next++)
            found |= kind;
        if (next - word >= LEAST_OCTETS && !(found & DIGIT)) {
            *at = (gsize)(next - start);
            return hash_word(word, (gsize)(next - word), end);
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
    gsize left = MOST_OCTETS;
    for (guint i = 0; i < n_blocks && left > 0; i++) {
        if (blocks[i].kind != OV_BLOCK_OWN)
            continue;
        guint32 start = ov_folded_offset(text, blocks[i].start);
        guint32 end = ov_folded_offset(text, blocks[i].end);
        OvSlice own = {text->text.data + start, MIN(end - start, left)};
        count_words(&counter, own);
        left -= own.length;
    }
    if (counter.n_words < OV_SHAPE_LEAST_WORDS)
        return 0;
    guint64 shape = majority(&counter);
    return shape ? shape : 1;
}
