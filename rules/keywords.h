/* What the phrases found in one zone, subject or body, weigh (guide G8, rule catalogue 3.1
 * and 3.2).
 *
 * Each distinct phrase weighs by its tier, A 0.8, B 0.4, C 0.1, times the zone's factor. A category
 * is worth its weights in falling order, each halved once more than the one before (w1 + w2/2 +
 * w3/4 ...), at most OV_KEYWORD_CATEGORY_CAP. C counts only in a zone that has a phrase of tier A
 * or B, of any category.
 *
 * Not counted: what lies in an exclusion of its category ("feel free"); what lies in a longer
 * phrase of its category; a word of tier C that is part of a compound, a name or an address
 * ("sugar-free", "free.fr"); phrases whose language the zone does not have (rules/language.h). */
#pragma once

#include "rules/facts.h"
#include "rules/language.h"

#define OV_KEYWORD_CATEGORY_CAP 1.5

/* One distinct phrase that counts. */
typedef struct {
    guint phrase; /* number in the set */
    guint category;
    OvTier tier;   /* A, B or C */
    OvSlice found; /* where it was found first, in the original text */
} OvKeyword;

typedef struct {
    double total;      /* sum of the categories */
    double bulk_total; /* the same for a bulk message, where three distinct C of a category count
                          too */
    guint n_strong;    /* distinct phrases of tier A and B */
    guint n_a;         /* of tier A */
    guint n_context;   /* of tier C, counted or not */
    guint n_tokens;    /* tokens inside phrases of tier A and B, repeated ones too */
    const OvKeyword *keywords; /* what counts towards total: A first, then in order of text */
    guint n_keywords;
    /* By category, n_categories of the set. For a lexicon 0 and the number of its distinct entries
     * found. */
    const double *category;
    const guint *n_category; /* distinct phrases that count */
    /* The phrases for people, as found: "buy now", "last chance"; at most OV_KEYWORD_EVIDENCE
     * octets, whole phrases, "" where there are none. Raw: ov_evidence() makes it printable. */
    OvSlice evidence;
} OvKeywords;

enum { OV_KEYWORD_EVIDENCE = 200 };

typedef struct {
    double factor; /* 1.5 in a subject, 1.0 in a body */
    OvLanguage language;
    /* Whether what stands at this octet of the original text counts (zones); NULL for all. */
    gboolean (*counts)(gsize original, gconstpointer data);
    gconstpointer data;
} OvKeywordZone;

/* Never NULL. Arena. */
const OvKeywords *ov_keywords(const OvPhraseSet *set, const OvPhraseScan *scan,
                              const OvKeywordZone *zone, OvArena *arena);

/* Sets the facts phrases.CATEGORY, slots OV_N_FACTS + category: distinct phrases that count, summed
 * over the n zones. */
void ov_keywords_set_facts(const OvPhraseSet *set, const OvKeywords *const *zones, guint n,
                           OvFacts *facts);
