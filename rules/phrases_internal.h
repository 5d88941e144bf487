/* What the files of the phrase engine share: phrases.c (the set and look-ups in it),
 * phrases_load.c (files to phrases), phrases_index.c (phrases to what a pass looks for),
 * phrases_database.c (the compiled database and its cache), phrases_scan.c (the pass). */
#pragma once

#include <hs/hs.h>

#include "rules/phrases.h"

/* Take the place of `*` and of the token `#` in a folded phrase; no phrase may contain them. */
enum { PHRASE_LETTERS = 0x01, PHRASE_NUMBER = 0x02 };

typedef struct {
    const char *text; /* as in its file, without the tier */
    guint list;
    OvTier tier;
} Phrase;

/* How a spelling is found: as a token, by its literal start, or at a number. */
typedef enum { KIND_STOP_WORD, KIND_WORD, KIND_LITERAL, KIND_NUMBER, N_KINDS } SpellingKind;

/* One spelling of a phrase, as the pass compares it. */
typedef struct {
    const char *folded; /* with PHRASE_LETTERS and PHRASE_NUMBER */
    guint32 length;
    guint32 phrase;
    SpellingKind kind;
} Spelling;

/* One token that is a phrase, or several phrases, or a stop word. */
typedef struct {
    const char *word;
    guint32 length;
    OvLanguages stop_word; /* of which languages */
    guint32 first;         /* its phrases are spellings[first .. first + n) of the set */
    guint32 n;
} Word;

/* Words by hash, in slots of open addressing. */
typedef struct {
    guint32 *hashes; /* 0 for an empty slot */
    Word *slots;
    guint32 mask;    /* number of slots - 1 */
    guint32 longest; /* octets */
} Words;

static inline guint32 phrase_hash_step(guint32 hash, guint8 octet) {
    return (hash ^ octet) * 16777619u;
}
enum { PHRASE_HASH_START = 0x11c9dc5 };

static inline guint32 phrase_hash(const char *text, gsize length) {
    guint32 hash = PHRASE_HASH_START;
    for (gsize i = 0; i < length; i++)
        hash = phrase_hash_step(hash, (guint8)text[i]);
    return hash | 1;
}

/* The word with that hash and text, or NULL. hash is not 0. */
static inline const Word *phrase_find_word(const Words *words, guint32 hash, const char *text,
                                           gsize length) {
    for (guint32 i = hash & words->mask; words->hashes[i] != 0; i = (i + 1) & words->mask)
        if (words->hashes[i] == hash && words->slots[i].length == length &&
            memcmp(words->slots[i].word, text, length) == 0)
            return &words->slots[i];
    return NULL;
}

/* What the database looks for: the literal start of one or more spellings. */
typedef struct {
    guint32 length;
    guint32 first; /* its spellings are spellings[first .. first + n) of the set */
    guint32 n;
} Literal;

struct OvPhraseSet {
    gint references;
    OvPhraseList *lists;
    guint n_lists;
    GPtrArray *categories; /* names with `_` */
    GPtrArray *languages;
    GArray *phrases; /* Phrase */
    GStringChunk *strings;
    char *digest; /* SHA-256 over names and contents of the lists, hex */

    GArray *spellings;       /* Spelling, by kind and folded text */
    Words words;             /* spellings of one token without wildcard */
    Words unspaced;          /* of tier A without wildcard, spaces removed; first is a phrase */
    GArray *literals;        /* Literal: spellings that start with other than a number */
    guint first_number;      /* spellings[first_number .. len) start with a number */
    hs_database_t *database; /* NULL where there are no literals */
    hs_scratch_t *scratch;   /* cloned for every pass */
    char *cache_trouble;     /* NULL for none */
};

/* Reads the lists into set: lists, categories, languages, phrases, digest, and spellings in order
 * of phrase. Stop words are those of the lists named STOP_WORDS. */
#define STOP_WORDS "lexicon-stopwords"
gboolean phrases_load(OvPhraseSet *set, const char *const *directories, GError **error);

/* Sorts the spellings and fills words, unspaced, literals and first_number. */
void phrases_index(OvPhraseSet *set);

/* Fills database, scratch and cache_trouble, from the cache (NULL for none) where it fits. */
gboolean phrases_compile(OvPhraseSet *set, const OvPhraseCache *cache, GError **error);
