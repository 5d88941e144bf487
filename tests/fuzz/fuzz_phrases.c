/* Folds any text, looks for every shipped phrase in it, and weighs what was found. Each finding
 * must lie in the text, and its original must fold to a text that has it. */
#include "rules/deobfuscate.h"
#include "rules/keywords.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static OvPhraseSet *load(void) {
    g_autofree char *directory = g_build_filename(g_getenv("OUTVET_SOURCE"), "rules/phrases", NULL);
    const char *directories[] = {directory, NULL};
    g_autoptr(GError) error = NULL;
    OvPhraseSet *set = ov_phrase_set_load(directories, NULL, &error);
    if (!set || ov_phrase_set_n_phrases(set) == 0)
        g_error("OUTVET_SOURCE must name the source tree: %s", error ? error->message : "no lists");
    return set;
}

static void check_fold(const OvFolded *folded) {
    g_assert(g_utf8_validate_len(folded->text.data, folded->text.length, NULL));
    g_assert(folded->n_points >= 2);
    for (guint i = 1; i < folded->n_points; i++) {
        g_assert(folded->folded_at[i - 1] <= folded->folded_at[i]);
        g_assert(folded->original_at[i - 1] <= folded->original_at[i]);
    }
    g_assert(folded->folded_at[folded->n_points - 1] == folded->text.length);
    g_assert(folded->original_at[folded->n_points - 1] <= folded->original.length);
}

static void check_hit(OvArena *arena, const OvPhraseScan *scan, const OvPhraseHit *hit) {
    const OvFolded *folded = scan->text;
    g_assert(hit->start < hit->end && hit->end <= folded->text.length);
    OvSlice original = ov_folded_original(folded, hit->start, hit->end);
    g_assert(original.length > 0 && original.data >= folded->original.data);
    g_assert(original.data + original.length <= folded->original.data + folded->original.length);
    g_assert(g_utf8_validate_len(original.data, original.length, NULL));
    OvSlice again = ov_fold(arena, original)->text;
    g_assert(
        memmem(again.data, again.length, folded->text.data + hit->start, hit->end - hit->start));
}

static void check_within(OvSlice part, OvSlice text) {
    g_assert(part.data >= text.data && part.data + part.length <= text.data + text.length);
    g_assert(part.length > 0 && g_utf8_validate_len(part.data, part.length, NULL));
}

static void check_disguises(const OvPhraseSet *set, OvPhraseScratch *scratch, OvArena *arena,
                            OvSlice text, OvLanguage language) {
    OvBlock block = {0, (guint32)text.length, OV_BLOCK_OWN, FALSE};
    OvDisguises disguises = ov_disguises_find(arena, text, &block, 1);
    guint32 end = 0;
    for (guint i = 0; i < disguises.n_places; i++) {
        OvRange range = disguises.places[i].range;
        g_assert(range.start >= end && range.end > range.start && range.end <= text.length);
        end = range.end;
    }
    if (disguises.n_invisible > 0)
        check_within(disguises.invisible, text);
    if (disguises.n_mixed > 0)
        check_within(disguises.mixed, text);
    OvHiddenPhrases hidden = ov_deobfuscate(set, scratch, arena, text, &disguises, language);
    for (guint i = 0; i < hidden.n_phrases; i++)
        check_within(hidden.phrases[i].found, text);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
    static OvPhraseSet *set;
    static OvPhraseScratch *scratch;
    if (!set) {
        set = load();
        scratch = ov_phrase_scratch_new(set, NULL);
    }
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autofree char *valid = g_utf8_make_valid((const char *)data, (gssize)size);
    /* Without the NUL, so that reading beyond the end shows. */
    gsize length = strlen(valid);
    g_autofree char *text = g_memdup2(valid, length);
    OvSlice slice = {text, length};

    const OvFolded *folded = ov_fold(arena, slice);
    check_fold(folded);
    const OvPhraseScan *scan = ov_phrase_set_scan(set, scratch, arena, folded);
    g_assert(scan->n_hits <= OV_PHRASE_MAX_HITS);
    for (guint i = 0; i < scan->n_hits; i++) {
        g_assert(i == 0 || scan->hits[i - 1].start <= scan->hits[i].start);
        check_hit(arena, scan, &scan->hits[i]);
    }
    OvKeywordZone zone = {.factor = 1.0, .language = ov_language_of(set, scan, 0)};
    const OvKeywords *keywords = ov_keywords(set, scan, &zone, arena);
    g_assert(keywords->evidence.length <= OV_KEYWORD_EVIDENCE);
    g_assert(keywords->n_a <= keywords->n_strong);
    g_assert(keywords->total <= keywords->bulk_total + 1e-9);
    check_disguises(set, scratch, arena, slice, zone.language);
    return 0;
}
