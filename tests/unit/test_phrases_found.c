/* The engine against a plain search: in the phrases themselves and in the texts of other tests, the
 * shipped phrases are found where each of them, looked for by itself, stands. */
#include "rules/phrases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

/* A phrase that is literal, or has its one `*` at the end. */
typedef struct {
    guint phrase;
    char *folded; /* without `*`; NULL for a phrase that is left out */
    gsize length;
    gboolean open; /* any letters may follow */
} Plain;

typedef struct {
    OvPhraseSet *set;
    OvPhraseScratch *scratch;
    Plain *plain;
    guint n;
} Phrases;

static const char *source(void) {
    const char *path = g_getenv("OUTVET_SOURCE");
    return path ? path : ".";
}

static int load(void **state) {
    Phrases *phrases = g_new0(Phrases, 1);
    g_autofree char *path = g_build_filename(source(), "rules", "phrases", NULL);
    phrases->set = ov_phrase_set_load((const char *const[]){path, NULL}, NULL, NULL);
    assert_non_null(phrases->set);
    phrases->scratch = ov_phrase_scratch_new(phrases->set, NULL);
    phrases->n = ov_phrase_set_n_phrases(phrases->set);
    phrases->plain = g_new0(Plain, phrases->n);
    guint left_out = 0;
    for (guint i = 0; i < phrases->n; i++) {
        Plain *plain = &phrases->plain[i];
        g_autofree char *text = g_strdup(ov_phrase_set_text(phrases->set, i));
        const OvPhraseList *list = ov_phrase_set_list_of(phrases->set, i);
        plain->phrase = i;
        plain->open = g_str_has_suffix(text, "*");
        if (plain->open)
            text[strlen(text) - 1] = '\0';
        /* Numbers have a grammar of their own, stop words are counted and not reported. */
        if (strpbrk(text, "#*") || g_str_equal(list->name, "lexicon-stopwords")) {
            left_out++;
            continue;
        }
        plain->folded = ov_fold_string(text);
        plain->length = strlen(plain->folded);
    }
    assert_true(left_out < phrases->n / 2);
    *state = phrases;
    return 0;
}

static int unload(void **state) {
    Phrases *phrases = *state;
    for (guint i = 0; i < phrases->n; i++)
        g_free(phrases->plain[i].folded);
    g_free(phrases->plain);
    ov_phrase_scratch_free(phrases->scratch);
    ov_phrase_set_unref(phrases->set);
    g_free(phrases);
    return 0;
}

static gboolean alnum_before(OvSlice text, gsize at) {
    const char *p = at > 0 ? g_utf8_find_prev_char(text.data, text.data + at) : NULL;
    return p && g_unichar_isalnum(g_utf8_get_char(p));
}

static gboolean alnum_at(OvSlice text, gsize at) {
    return at < text.length && g_unichar_isalnum(g_utf8_get_char(text.data + at));
}

/* Where the phrase that begins at `at` ends; 0 where it is part of a longer word. */
static gsize end_of(const Plain *plain, OvSlice text, gsize at) {
    OvSlice phrase = {plain->folded, plain->length};
    gsize end = at + plain->length;
    if (alnum_at(phrase, 0) && alnum_before(text, at))
        return 0;
    while (plain->open && end < text.length && g_unichar_isalpha(g_utf8_get_char(text.data + end)))
        end = (gsize)(g_utf8_next_char(text.data + end) - text.data);
    gboolean edge = plain->open || alnum_before(phrase, phrase.length);
    return edge && alnum_at(text, end) ? 0 : end;
}

static void search(const Plain *plain, OvSlice text, GHashTable *found) {
    for (gsize at = 0; at < text.length;) {
        const char *next = memmem(text.data + at, text.length - at, plain->folded, plain->length);
        if (!next)
            return;
        at = (gsize)(next - text.data);
        gsize end = end_of(plain, text, at);
        if (end > 0)
            g_hash_table_add(found, g_strdup_printf("%u %zu-%zu", plain->phrase, at, end));
        at++;
    }
}

/* The number of hits that both agree on. */
static guint compare(const Phrases *phrases, const char *what, const char *octets, gsize length) {
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autofree char *text = g_utf8_make_valid(octets, (gssize)length);
    const OvFolded *folded = ov_fold(arena, ov_slice(text));
    const OvPhraseScan *scan = ov_phrase_set_scan(phrases->set, phrases->scratch, arena, folded);
    assert_true(scan->n_hits < OV_PHRASE_MAX_HITS);
    g_autoptr(GHashTable) found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < phrases->n; i++)
        if (phrases->plain[i].folded)
            search(&phrases->plain[i], folded->text, found);
    guint agreed = 0;
    for (guint i = 0; i < scan->n_hits; i++) {
        const OvPhraseHit *hit = &scan->hits[i];
        const Plain *plain = &phrases->plain[hit->phrase];
        /* German phrases are found with ae for ä, too. */
        if (!plain->folded || hit->end - hit->start < plain->length ||
            memcmp(folded->text.data + hit->start, plain->folded, plain->length) != 0)
            continue;
        g_autofree char *key = g_strdup_printf("%u %u-%u", hit->phrase, hit->start, hit->end);
        if (!g_hash_table_remove(found, key))
            fail_msg("%s: \"%s\" is found where it does not stand: %s", what,
                     ov_phrase_set_text(phrases->set, hit->phrase), key);
        agreed++;
    }
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init(&iter, found);
    if (g_hash_table_iter_next(&iter, &key, NULL)) {
        guint phrase = (guint)g_ascii_strtoull(key, NULL, 10);
        fail_msg("%s: \"%s\" is not found: %s", what, ov_phrase_set_text(phrases->set, phrase),
                 (const char *)key);
    }
    return agreed;
}

static void test_every_phrase_is_found_by_itself_and_not_inside_words(void **state) {
    enum { PIECE = 32 * 1024 };
    const Phrases *phrases = *state;
    g_autoptr(GString) text = g_string_new(NULL);
    guint agreed = 0;
    for (guint i = 0; i < phrases->n; i++) {
        g_autofree char *phrase =
            g_strdelimit(g_strdup(ov_phrase_set_text(phrases->set, i)), "*", 's');
        g_string_append_printf(text, "%s.\nA%s, %sb\n", phrase, phrase, phrase);
        if (text->len < PIECE && i + 1 < phrases->n)
            continue;
        agreed += compare(phrases, "the phrases", text->str, text->len);
        g_string_truncate(text, 0);
    }
    assert_true(agreed > phrases->n / 2);
}

static void test_phrases_in_texts_of_other_tests_are_found(void **state) {
    static const char *const directories[] = {"tests/data/rules", "tests/fuzz/seeds/judge",
                                              "tests/fuzz/seeds/phrases", "tests/fuzz/seeds/html"};
    const Phrases *phrases = *state;
    guint agreed = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(directories); i++) {
        g_autofree char *path = g_build_filename(source(), directories[i], NULL);
        g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
        assert_non_null(directory);
        for (const char *name; (name = g_dir_read_name(directory));) {
            g_autofree char *file = g_build_filename(path, name, NULL), *text = NULL;
            gsize length;
            if (g_file_get_contents(file, &text, &length, NULL))
                agreed += compare(phrases, name, text, length);
        }
    }
    assert_true(agreed > 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_phrase_is_found_by_itself_and_not_inside_words),
        cmocka_unit_test(test_phrases_in_texts_of_other_tests_are_found),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
