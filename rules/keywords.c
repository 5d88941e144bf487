#include "rules/keywords.h"

#include <string.h>

enum { LEAST_CONTEXT = 3, N_TIERS = OV_TIER_C + 1 };

static const double weights[N_TIERS] = {[OV_TIER_A] = 0.8, [OV_TIER_B] = 0.4, [OV_TIER_C] = 0.1};

/* A hit of a category that the language admits. */
typedef struct {
    OvPhraseHit hit;
    guint category;
    OvTier tier;
    gboolean dropped;
    OvSlice found;
} Candidate;

typedef struct {
    const OvPhraseSet *set;
    const OvPhraseScan *scan;
    const OvKeywordZone *zone;
    OvArena *arena;
    guint8 *seen; /* a bit for each phrase of the set */
    Candidate *candidates;
    guint n_candidates;
    guint (*distinct)[N_TIERS]; /* by category and tier */
    guint *n_category;
} Scoring;

/* TRUE the first time. */
static gboolean see(Scoring *scoring, guint phrase) {
    guint8 bit = (guint8)(1u << (phrase % 8));
    if (scoring->seen[phrase / 8] & bit)
        return FALSE;
    scoring->seen[phrase / 8] |= bit;
    return TRUE;
}

static gboolean is_joint(char c) {
    return c != '\0' && strchr("-./@_", c);
}

static gboolean is_word(char c) {
    return g_ascii_isalnum(c) || (guint8)c >= 0x80;
}

/* A word that a hyphen, dot, slash, @ or underscore joins to another. */
static gboolean is_joined(OvSlice text, OvSlice found) {
    const char *start = found.data;
    const char *end = found.data + found.length;
    const char *last = text.data + text.length;
    return (start - text.data >= 2 && is_joint(start[-1]) && is_word(start[-2])) ||
           (last - end >= 2 && is_joint(end[0]) && is_word(end[1]));
}

static gboolean is_one_token(OvSlice folded, const OvPhraseHit *hit) {
    return !memchr(folded.data + hit->start, ' ', hit->end - hit->start);
}

/* Sorts the hits: lexicons' are counted, categories' become candidates. */
static void take_hits(Scoring *scoring) {
    const OvFolded *text = scoring->scan->text;
    const OvKeywordZone *zone = scoring->zone;
    for (guint i = 0; i < scoring->scan->n_hits; i++) {
        const OvPhraseHit *hit = &scoring->scan->hits[i];
        const OvPhraseList *list = ov_phrase_set_list(scoring->set, hit->list);
        OvTier tier = ov_phrase_set_tier(scoring->set, hit->phrase);
        if (!ov_language_admits(zone->language, list, tier))
            continue;
        OvSlice found = ov_folded_original(text, hit->start, hit->end);
        if (zone->counts && !zone->counts((gsize)(found.data - text->original.data), zone->data))
            continue;
        if (list->lexicon) {
            scoring->n_category[list->category] += see(scoring, hit->phrase) ? 1 : 0;
            continue;
        }
        if (tier == OV_TIER_C && is_one_token(text->text, hit) && is_joined(text->original, found))
            continue;
        scoring->candidates[scoring->n_candidates++] =
            (Candidate){.hit = *hit, .category = list->category, .tier = tier, .found = found};
    }
}

static gboolean covers(const Candidate *a, const Candidate *b) {
    return a->hit.start <= b->hit.start && a->hit.end >= b->hit.end;
}

static guint32 length_of(const Candidate *candidate) {
    return candidate->hit.end - candidate->hit.start;
}

/* Of two phrases of a category on the same words one counts: the stronger, or the longer, or the
 * first. An exclusion takes what it covers. */
static void settle(Candidate *first, Candidate *second) {
    if (first->category != second->category || !(covers(first, second) || covers(second, first)))
        return;
    gboolean exclude_first = second->tier == OV_TIER_EXCLUDE;
    if (first->tier == OV_TIER_EXCLUDE || exclude_first) {
        if (first->tier != second->tier &&
            covers(exclude_first ? second : first, exclude_first ? first : second))
            *(exclude_first ? &first->dropped : &second->dropped) = TRUE;
        return;
    }
    gboolean second_wins = first->tier != second->tier ? second->tier < first->tier
                                                       : length_of(second) > length_of(first);
    *(second_wins ? &first->dropped : &second->dropped) = TRUE;
}

static void settle_all(Scoring *scoring) {
    for (guint i = 0; i < scoring->n_candidates; i++) {
        Candidate *first = &scoring->candidates[i];
        for (guint j = i + 1; j < scoring->n_candidates; j++) {
            Candidate *second = &scoring->candidates[j];
            if (second->hit.start >= first->hit.end)
                break;
            settle(first, second);
        }
    }
}

/* The worth of a category with so many distinct phrases of each tier. */
static double category_sum(const guint distinct[N_TIERS], gboolean context, double factor) {
    double sum = 0;
    double share = factor;
    for (OvTier tier = OV_TIER_A; tier <= (context ? OV_TIER_C : OV_TIER_B); tier++)
        for (guint i = 0; i < distinct[tier] && share > 1e-6; i++, share /= 2)
            sum += weights[tier] * share;
    return MIN(sum, OV_KEYWORD_CATEGORY_CAP);
}

static guint count_tokens(OvSlice folded, const OvPhraseHit *hit) {
    guint n = 1;
    for (guint32 i = hit->start; i < hit->end; i++)
        n += folded.data[i] == ' ' ? 1 : 0;
    return n;
}

/* Keeps the distinct ones, in order of text; returns how many. */
static guint keep_distinct(Scoring *scoring, OvKeywords *keywords) {
    guint n = 0;
    for (guint i = 0; i < scoring->n_candidates; i++) {
        const Candidate *candidate = &scoring->candidates[i];
        if (candidate->dropped || candidate->tier == OV_TIER_EXCLUDE)
            continue;
        if (candidate->tier != OV_TIER_C)
            keywords->n_tokens += count_tokens(scoring->scan->text->text, &candidate->hit);
        if (!see(scoring, candidate->hit.phrase))
            continue;
        scoring->distinct[candidate->category][candidate->tier]++;
        scoring->candidates[n++] = *candidate;
    }
    return n;
}

static void list_keywords(Scoring *scoring, OvKeywords *keywords, guint n) {
    OvKeyword *list = OV_ARENA_NEW(scoring->arena, OvKeyword, n);
    OvTier last = keywords->n_strong > 0 ? OV_TIER_C : OV_TIER_NONE;
    for (OvTier tier = OV_TIER_A; tier <= last; tier++)
        for (guint i = 0; i < n; i++) {
            const Candidate *candidate = &scoring->candidates[i];
            if (candidate->tier != tier)
                continue;
            scoring->n_category[candidate->category]++;
            list[keywords->n_keywords++] = (OvKeyword){.phrase = candidate->hit.phrase,
                                                       .category = candidate->category,
                                                       .tier = tier,
                                                       .found = candidate->found};
        }
    keywords->keywords = list;
}

static OvSlice evidence_of(const OvKeywords *keywords, OvArena *arena) {
    char *text = ov_arena_alloc(arena, OV_KEYWORD_EVIDENCE);
    gsize length = 0;
    for (guint i = 0; i < keywords->n_keywords; i++) {
        OvSlice found = keywords->keywords[i].found;
        if (length + found.length + 4 > OV_KEYWORD_EVIDENCE)
            break;
        if (length > 0) {
            text[length++] = ',';
            text[length++] = ' ';
        }
        text[length++] = '"';
        memcpy(text + length, found.data, found.length);
        length += found.length;
        text[length++] = '"';
    }
    return (OvSlice){text, length};
}

const OvKeywords *ov_keywords(const OvPhraseSet *set, const OvPhraseScan *scan,
                              const OvKeywordZone *zone, OvArena *arena) {
    guint n_categories = ov_phrase_set_n_categories(set);
    OvKeywords *keywords = OV_ARENA_NEW(arena, OvKeywords, 1);
    double *category = OV_ARENA_NEW(arena, double, n_categories);
    Scoring scoring = {
        .set = set,
        .scan = scan,
        .zone = zone,
        .arena = arena,
        .seen = ov_arena_alloc0(arena, ov_phrase_set_n_phrases(set) / 8 + 1),
        .candidates = OV_ARENA_NEW(arena, Candidate, scan->n_hits),
        .distinct = ov_arena_alloc0(arena, n_categories * sizeof(guint[N_TIERS])),
        .n_category = OV_ARENA_NEW(arena, guint, n_categories),
    };
    take_hits(&scoring);
    settle_all(&scoring);
    guint n = keep_distinct(&scoring, keywords);

    for (guint i = 0; i < n_categories; i++) {
        const guint *distinct = scoring.distinct[i];
        keywords->n_a += distinct[OV_TIER_A];
        keywords->n_strong += distinct[OV_TIER_A] + distinct[OV_TIER_B];
        keywords->n_context += distinct[OV_TIER_C];
    }
    for (guint i = 0; i < n_categories; i++) {
        const guint *distinct = scoring.distinct[i];
        gboolean beside = keywords->n_strong > 0;
        category[i] = category_sum(distinct, beside, zone->factor);
        keywords->total += category[i];
        keywords->bulk_total +=
            category_sum(distinct, beside || distinct[OV_TIER_C] >= LEAST_CONTEXT, zone->factor);
    }
    list_keywords(&scoring, keywords, n);
    keywords->category = category;
    keywords->n_category = scoring.n_category;
    keywords->evidence = evidence_of(keywords, arena);
    return keywords;
}

void ov_keywords_set_facts(const OvPhraseSet *set, const OvKeywords *const *zones, guint n,
                           OvFacts *facts) {
    for (guint i = 0; i < ov_phrase_set_n_categories(set); i++) {
        guint sum = 0;
        for (guint zone = 0; zone < n; zone++)
            sum += zones[zone]->n_category[i];
        ov_facts_set_number(facts, OV_N_FACTS + i, sum);
    }
}
