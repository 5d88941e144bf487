/* Phrase lists: words and phrases of one category and one language, one file each, all found in
 * one pass over folded text.
 *
 * A file NAME.LANG (urgency.en, lexicon-unsubscribe.de; LANG two letters of ISO 639-1, or `any`)
 * has one phrase a line. In a category it stands behind its tier, `A last chance`; `- feel free`
 * is an exclusion: what the category finds inside it doesn't count. A lexicon, a list whose name
 * starts with `lexicon-`, has the phrase alone. `#` at the start of a line is a comment.
 *
 * In a phrase `*` ends a token with any further letters, a token `#` stands for a number, also with
 * a currency beside it; everything else is literal and folded as the text is (rules/fold.h), so
 * between tokens the text may have one to three of white space, dash, comma, colon, double quote. A
 * phrase that starts (ends) with a letter or digit has none before (behind) it. In German lists a
 * phrase with an umlaut is found in the spelling with ae, oe, ue too.
 *
 * Files that editors and packages leave behind (.name, name~, name.bak, name.dpkg-old ...) are
 * passed over. `lexicon-stopwords` holds very frequent words of a language, one token each; they
 * are counted, not reported, and tell the language (rules/language.h). */
#pragma once

#include "rules/arena.h"
#include "rules/fold.h"

typedef struct OvPhraseSet OvPhraseSet;

typedef enum {
    OV_TIER_NONE,    /* a lexicon's entry: never scores */
    OV_TIER_A,       /* scores alone: 0.8 */
    OV_TIER_B,       /* 0.4 */
    OV_TIER_C,       /* context: 0.1, and only beside an A or B phrase, see rules/keywords.h */
    OV_TIER_EXCLUDE, /* what its category finds inside it doesn't count */
} OvTier;

/* Languages of a set, language n as bit n. */
typedef guint32 OvLanguages;
enum { OV_MAX_LANGUAGES = 32 };
#define OV_ALL_LANGUAGES G_MAXUINT32

/* One list, one file. */
typedef struct {
    const char *name;      /* "urgency", "lexicon-unsubscribe" */
    gboolean lexicon;      /* its name starts with lexicon- */
    guint category;        /* number of name among all names, in order of name */
    const char *language;  /* "en", ... or "any" */
    gboolean english;      /* the language is "en" */
    OvLanguages languages; /* one bit, or OV_ALL_LANGUAGES for "any" */
    const char *path;      /* the file it came from */
    guint n_phrases;
} OvPhraseList;

/* One phrase found. Sorted by start, then by phrase. */
typedef struct {
    guint phrase;  /* number in the set */
    guint list;    /* number of its list */
    guint32 start; /* in the folded text, octets */
    guint32 end;
} OvPhraseHit;

/* What one pass found. */
typedef struct {
    const OvFolded *text;
    const OvPhraseHit *hits;
    guint n_hits;
    guint n_tokens;                     /* runs of letters and digits */
    guint stop_words[OV_MAX_LANGUAGES]; /* tokens that are a stop word of each language */
} OvPhraseScan;

#define OV_PHRASE_ERROR (ov_phrase_error_quark())
GQuark ov_phrase_error_quark(void);
typedef enum {
    OV_PHRASE_ERROR_FILE,    /* a list or directory can't be read, or has a bad name */
    OV_PHRASE_ERROR_SYNTAX,  /* a line that is no phrase */
    OV_PHRASE_ERROR_COMPILE, /* the library can't make a database of them */
} OvPhraseError;

/* Where the compiled database is kept from one start to the next. Only a file that nobody but the
 * process's own user (or root) can have written is read, and only as its digest tells it. */
typedef struct {
    const char *path;
    gboolean write; /* made anew, whole or not at all, mode 0640, where it is not what is needed */
} OvPhraseCache;

/* Loads every list in the directories; a file in a later directory takes the place of one of the
 * same name in an earlier one (an administrator's copy survives upgrades, an empty one switches a
 * list off). Errors name file and line. An absent directory is no error. cache: NULL for none;
 * trouble with it is no error. */
OvPhraseSet *ov_phrase_set_load(const char *const *directories, const OvPhraseCache *cache,
                                GError **error);
/* What was wrong with the cache, "it is damaged", or NULL. An absent file, or one for other lists,
 * library or processor, is nothing wrong. */
const char *ov_phrase_set_cache_trouble(const OvPhraseSet *set);
OvPhraseSet *ov_phrase_set_ref(OvPhraseSet *set);
void ov_phrase_set_unref(OvPhraseSet *set);

guint ov_phrase_set_n_lists(const OvPhraseSet *set);
const OvPhraseList *ov_phrase_set_list(const OvPhraseSet *set, guint list);
/* Names of all categories and lexicons, sorted; n_categories of them. As facts are named: `_` for
 * `-`, as in `phrases.free_discount`. */
guint ov_phrase_set_n_categories(const OvPhraseSet *set);
const char *ov_phrase_set_category(const OvPhraseSet *set, guint category);
/* The number of a category or lexicon by name (with `-` or `_`), or -1. */
gint ov_phrase_set_find_category(const OvPhraseSet *set, const char *name);
/* Languages in order of name, without "any"; n_languages of them. */
guint ov_phrase_set_n_languages(const OvPhraseSet *set);
const char *ov_phrase_set_language(const OvPhraseSet *set, guint language);
/* The number of a language by its two letters in any case (of "de-AT" the first two), or -1. */
gint ov_phrase_set_find_language(const OvPhraseSet *set, OvSlice tag);
guint ov_phrase_set_n_phrases(const OvPhraseSet *set);
const char *ov_phrase_set_text(const OvPhraseSet *set, guint phrase); /* as it stands in its file */
OvTier ov_phrase_set_tier(const OvPhraseSet *set, guint phrase);
const OvPhraseList *ov_phrase_set_list_of(const OvPhraseSet *set, guint phrase);
/* The longest phrase of tier A, without wildcards, whose folded letters and digits are those that
 * letters starts with, or -1; *length gets their octets. */
gint ov_phrase_set_find_unspaced(const OvPhraseSet *set, OvSlice letters, gsize *length);

/* Adds names and contents of all lists to checksum: the ruleset's digest covers them. */
void ov_phrase_set_digest(const OvPhraseSet *set, GChecksum *checksum);

/* What a pass needs; one for each judgement that runs at a time. */
typedef struct OvPhraseScratch OvPhraseScratch;
OvPhraseScratch *ov_phrase_scratch_new(const OvPhraseSet *set, GError **error);
void ov_phrase_scratch_free(OvPhraseScratch *scratch);

/* Every phrase of every list in text, whatever its language; at most OV_PHRASE_MAX_HITS, the rest
 * is dropped, phrases of one word first. Never NULL. Arena. */
enum { OV_PHRASE_MAX_HITS = 20000 };
const OvPhraseScan *ov_phrase_set_scan(const OvPhraseSet *set, OvPhraseScratch *scratch,
                                       OvArena *arena, const OvFolded *text);

/* The first hit at index *from or later of category (as ov_phrase_set_find_category gives it; -1
 * finds nothing) in a list of languages, or NULL; *from becomes the next index. */
const OvPhraseHit *ov_phrase_scan_next(const OvPhraseSet *set, const OvPhraseScan *scan,
                                       gint category, OvLanguages languages, guint *from);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvPhraseSet, ov_phrase_set_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvPhraseScratch, ov_phrase_scratch_free)
