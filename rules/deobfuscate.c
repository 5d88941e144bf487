#include "rules/deobfuscate.h"

#include <string.h>

enum { LEAST_LETTERS = 4, MOST_BETWEEN = 3, LEAST_PHRASE = 5, LONGEST_PHRASE = 80 };

/* Letters set apart: octets of the original, and of the copy that has them together. */
typedef struct {
    gsize start, end;
    gsize copy_start, copy_end;
} Run;

typedef struct {
    const OvPhraseSet *set;
    OvSlice text;
    OvLanguage language;
    char *copy;
    gsize copy_length;
    Run *runs;
    guint n_runs;
    GHashTable *seen; /* phrases */
    OvGaps gaps;
} Search;

static gboolean is_word_at(OvSlice text, gsize at) {
    return at < text.length && g_unichar_isalnum(g_utf8_get_char(text.data + at));
}

static gsize next(OvSlice text, gsize at) {
    return MIN(at + (gsize)g_utf8_skip[(guint8)text.data[at]], text.length);
}

/* A letter at `at` without letter or digit behind it. */
static gboolean is_single_letter(OvSlice text, gsize at) {
    return at < text.length && g_unichar_isalpha(g_utf8_get_char(text.data + at)) &&
           !is_word_at(text, next(text, at));
}

static gsize skip_between(OvSlice text, gsize at) {
    gsize end = at;
    while (end < text.length && end - at < MOST_BETWEEN && text.data[end] &&
           strchr(" ._-", text.data[end]))
        end++;
    return end;
}

/* The end of the run of single letters at `at`, and how many it has. */
static gsize run_at(OvSlice text, gsize at, guint *n_letters) {
    gsize end = at;
    *n_letters = 0;
    while (is_single_letter(text, at)) {
        end = next(text, at);
        ++*n_letters;
        at = skip_between(text, end);
        if (at == end)
            break;
    }
    return end;
}

static void put(Search *search, gsize start, gsize end) {
    memcpy(search->copy + search->copy_length, search->text.data + start, end - start);
    search->copy_length += end - start;
}

static void put_run(Search *search, gsize start, gsize end) {
    Run *run = &search->runs[search->n_runs++];
    *run = (Run){.start = start, .end = end, .copy_start = search->copy_length};
    while (start < end) {
        gsize after = next(search->text, start);
        put(search, start, after);
        start = skip_between(search->text, after);
    }
    run->copy_end = search->copy_length;
}

/* Fills copy and runs. */
static void join_letters(Search *search) {
    OvSlice text = search->text;
    gboolean inside_word = FALSE;
    for (gsize at = 0; at < text.length;) {
        guint n_letters = 0;
        gsize end = inside_word ? at : run_at(text, at, &n_letters);
        if (n_letters >= LEAST_LETTERS) {
            put_run(search, at, end);
            at = end;
            continue;
        }
        /* A run that is too short may not be a longer one's start: its letters are passed over. */
        end = n_letters > 0 ? end : next(text, at);
        inside_word = is_word_at(text, at) && n_letters == 0;
        put(search, at, end);
        at = end;
    }
}

static void found(Search *search, guint phrase, const Run *run) {
    if (!g_hash_table_add(search->seen, GUINT_TO_POINTER(phrase)))
        return;
    if (search->gaps.n_phrases++ > 0)
        return;
    search->gaps.phrase = phrase;
    search->gaps.found = (OvSlice){search->text.data + run->start, run->end - run->start};
}

static gboolean admits(const Search *search, guint phrase, const OvPhraseList *list) {
    OvTier tier = ov_phrase_set_tier(search->set, phrase);
    return tier == OV_TIER_A && ov_language_admits(search->language, list, tier);
}

/* Phrases that are a run, or lie in it, without the spaces they have in their list. */
static void search_run(Search *search, const Run *run, OvArena *arena) {
    OvSlice letters = {search->copy + run->copy_start, run->copy_end - run->copy_start};
    OvSlice folded = ov_fold(arena, letters)->text;
    for (gsize start = 0; start < folded.length; start++)
        for (gsize length = LEAST_PHRASE;
             length <= LONGEST_PHRASE && start + length <= folded.length; length++) {
            OvSlice part = {folded.data + start, length};
            gint phrase = ov_phrase_set_find_unspaced(search->set, part);
            if (phrase >= 0 &&
                admits(search, (guint)phrase, ov_phrase_set_list_of(search->set, (guint)phrase)))
                found(search, (guint)phrase, run);
        }
}

/* Phrases of the copy that a run is part of. */
static void search_copy(Search *search, OvPhraseScratch *scratch, OvArena *arena) {
    const OvFolded *folded = ov_fold(arena, (OvSlice){search->copy, search->copy_length});
    const OvPhraseScan *scan = ov_phrase_set_scan(search->set, scratch, arena, folded);
    for (guint i = 0; i < scan->n_hits; i++) {
        const OvPhraseHit *hit = &scan->hits[i];
        if (!admits(search, hit->phrase, ov_phrase_set_list(search->set, hit->list)))
            continue;
        OvSlice part = ov_folded_original(folded, hit->start, hit->end);
        gsize start = (gsize)(part.data - search->copy);
        for (guint run = 0; run < search->n_runs; run++)
            if (search->runs[run].copy_start < start + part.length &&
                search->runs[run].copy_end > start)
                found(search, hit->phrase, &search->runs[run]);
    }
}

OvGaps ov_deobfuscate_gaps(const OvPhraseSet *set, OvPhraseScratch *scratch, OvArena *arena,
                           OvSlice text, OvLanguage language) {
    if (text.length > OV_GAPS_MAX) {
        text.length = OV_GAPS_MAX;
        while (text.length > 0 && (text.data[text.length] & 0xc0) == 0x80)
            text.length--;
    }
    Search search = {.set = set, .text = text, .language = language};
    search.copy = ov_arena_alloc(arena, text.length);
    search.runs = OV_ARENA_NEW(arena, Run, text.length / LEAST_LETTERS + 1);
    join_letters(&search);
    if (search.n_runs == 0)
        return search.gaps;
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    search.seen = seen;
    for (guint i = 0; i < search.n_runs; i++)
        search_run(&search, &search.runs[i], arena);
    search_copy(&search, scratch, arena);
    return search.gaps;
}
