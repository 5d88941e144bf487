/* Phrase lists: words and phrases of one category and one language, one file each, all found in
 * one Hyperscan pass over folded text.
 *
 * A file NAME.LANG (urgency.en, lexicon-unsubscribe.de; LANG `any` for all) has one phrase a line:
 * `A last chance` with its tier for a category, the phrase alone for a lexicon. `#` at the start of
 * a line is a comment. In a phrase `*` ends a token with any further letters, a token `#` stands
 * for a number; everything else is literal and folded as the text is (rules/fold.h). Between tokens
 * of a phrase the text may have one to three of white space, hyphen, comma, colon, quote. A phrase
 * starts and ends at a token boundary. */
#pragma once

#include "rules/arena.h"
#include "rules/fold.h"

typedef struct OvPhraseSet OvPhraseSet;

typedef enum {
    OV_TIER_NONE, /* a lexicon's entry: never scores */
    OV_TIER_A,    /* scores alone: 0.8 */
    OV_TIER_B,    /* 0.4 */
    OV_TIER_C,    /* context: 0.1, and only beside an A or B phrase, see rules/keywords.h */
} OvTier;

/* One list, one file. */
typedef struct {
    const char *name;     /* "urgency", "lexicon-unsubscribe" */
    gboolean lexicon;     /* its name starts with lexicon- */
    guint category;       /* number of name among all names, in order of name */
    const char *language; /* "en", ... or "any" */
    const char *path;     /* the file it came from */
    guint n_phrases;
} OvPhraseList;

/* One phrase found. Sorted by start, then by phrase. */
typedef struct {
    guint phrase;  /* number in the set */
    guint list;    /* number of its list */
    guint32 start; /* in the folded text, octets */
    guint32 end;
} OvPhraseHit;

/* Loads every list in the directories; a file in a later directory takes the place of one of the
 * same name in an earlier one (an administrator's copy survives upgrades). Errors name file and
 * line. cache: a file to keep the compiled database in, NULL for none; it is made anew when lists
 * or library changed, and trouble with it is no error. An absent directory is no error. */
OvPhraseSet *ov_phrase_set_load(const char *const *directories, const char *cache, GError **error);
OvPhraseSet *ov_phrase_set_ref(OvPhraseSet *set);
void ov_phrase_set_unref(OvPhraseSet *set);

guint ov_phrase_set_n_lists(const OvPhraseSet *set);
const OvPhraseList *ov_phrase_set_list(const OvPhraseSet *set, guint list);
/* Names of all categories and lexicons, sorted; n_categories of them. */
guint ov_phrase_set_n_categories(const OvPhraseSet *set);
const char *ov_phrase_set_category(const OvPhraseSet *set, guint category);
/* The number of a category by name, or -1. */
gint ov_phrase_set_find_category(const OvPhraseSet *set, const char *name);
const char *ov_phrase_set_text(const OvPhraseSet *set, guint phrase); /* as it stands in its file */
OvTier ov_phrase_set_tier(const OvPhraseSet *set, guint phrase);

/* Adds names and contents of all lists to checksum: the ruleset's digest covers them. */
void ov_phrase_set_digest(const OvPhraseSet *set, GChecksum *checksum);

/* What a pass needs; one for each judgement that runs at a time. */
typedef struct OvPhraseScratch OvPhraseScratch;
OvPhraseScratch *ov_phrase_scratch_new(const OvPhraseSet *set, GError **error);
void ov_phrase_scratch_free(OvPhraseScratch *scratch);

/* Every phrase of every list in text; n_hits at most OV_PHRASE_MAX_HITS, the rest is dropped.
 * Arena. */
enum { OV_PHRASE_MAX_HITS = 20000 };
const OvPhraseHit *ov_phrase_set_scan(const OvPhraseSet *set, OvPhraseScratch *scratch,
                                      OvArena *arena, const OvFolded *text, guint *n_hits);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvPhraseSet, ov_phrase_set_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvPhraseScratch, ov_phrase_scratch_free)
