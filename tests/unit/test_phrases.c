#include "rules/phrases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <glib/gstdio.h>

/* A directory of lists, made for one test. */
typedef struct {
    char *root;
    char *shipped;
    char *own;
    char *cache;
} Lists;

static int make(void **state) {
    Lists *lists = g_new0(Lists, 1);
    lists->root = g_dir_make_tmp("phrases-XXXXXX", NULL);
    lists->shipped = g_build_filename(lists->root, "shipped", NULL);
    lists->own = g_build_filename(lists->root, "own", NULL);
    lists->cache = g_build_filename(lists->root, "cache", NULL);
    g_mkdir(lists->shipped, 0700);
    g_mkdir(lists->own, 0700);
    *state = lists;
    return 0;
}

static void remove_all(const char *directory) {
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(directory, name, NULL);
        g_remove(path);
    }
    g_rmdir(directory);
}

static int clean(void **state) {
    Lists *lists = *state;
    remove_all(lists->shipped);
    remove_all(lists->own);
    remove_all(lists->root);
    g_free(lists->root);
    g_free(lists->shipped);
    g_free(lists->own);
    g_free(lists->cache);
    g_free(lists);
    return 0;
}

static void put(const char *directory, const char *name, const char *text) {
    g_autofree char *path = g_build_filename(directory, name, NULL);
    assert_true(g_file_set_contents(path, text, -1, NULL));
}

static OvPhraseSet *load(const Lists *lists, GError **error) {
    const char *directories[] = {lists->shipped, lists->own, NULL};
    OvPhraseCache cache = {lists->cache, TRUE};
    return ov_phrase_set_load(directories, lists->cache ? &cache : NULL, error);
}

static OvPhraseSet *load_well(const Lists *lists) {
    g_autoptr(GError) error = NULL;
    OvPhraseSet *set = load(lists, &error);
    if (!set)
        print_error("%s\n", error->message);
    assert_non_null(set);
    return set;
}

/* What was found, as "phrase@original|...". */
static char *found(const OvPhraseSet *set, const char *text) {
    g_autoptr(OvPhraseScratch) scratch = ov_phrase_scratch_new(set, NULL);
    g_autoptr(OvArena) arena = ov_arena_new();
    const OvFolded *folded = ov_fold(arena, ov_slice(text));
    const OvPhraseScan *scan = ov_phrase_set_scan(set, scratch, arena, folded);
    g_autoptr(GString) all = g_string_new(NULL);
    for (guint i = 0; i < scan->n_hits; i++) {
        OvSlice original = ov_folded_original(folded, scan->hits[i].start, scan->hits[i].end);
        g_string_append_printf(all, "%s%s@%.*s", i ? "|" : "",
                               ov_phrase_set_text(set, scan->hits[i].phrase), (int)original.length,
                               original.data);
    }
    return g_string_free(g_steal_pointer(&all), FALSE);
}

static void test_phrases_are_found_at_word_boundaries(void **state) {
    Lists *lists = *state;
    put(lists->shipped, "urgency.en",
        "# comment\n\nA last chance\nB hurry\nA 100% free\nC price\nA don't miss\nA risk free\n"
        "B wow!\nA Straße frei\n");
    g_autoptr(OvPhraseSet) set = load_well(lists);
    static const struct {
        const char *text, *found;
    } cases[] = {
        {"Your LAST CHANCE!", "last chance@LAST CHANCE"},
        {"last, chance", "last chance@last, chance"},
        {"last\r\n  chance", "last chance@last\r\n  chance"},
        {"last\n\nchance", ""},
        {"last. chance", ""},
        {"last    chance", ""},
        {"blast chance", ""},
        {"last chances", ""},
        {"last chance2", ""},
        {"(last chance)", "last chance@last chance"},
        {"last_chance last chance_", "last chance@last chance"},
        {"Ulast chance \u00e9last chance last chance\u00e9", ""},
        {"\u3000last\u3000chance\u3002", "last chance@last\u3000chance"},
        {"hurry hurry", "hurry@hurry|hurry@hurry"},
        {"Hurry-up, hurrying", "hurry@Hurry"},
        {"100 % FREE", "100% free@100 % FREE"},
        {"1100% free", ""},
        {"Don’t miss risk-free", "don't miss@Don’t miss|risk free@risk-free"},
        {"wow! wow!!", "wow!@wow!|wow!@wow!"},
        {"STRASSE FREI", "Straße frei@STRASSE FREI"},
        {"", ""},
        {"\n\n", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *hits = found(set, cases[i].text);
        assert_string_equal(hits, cases[i].found);
    }
}

static void test_wildcards_stand_for_letters_and_numbers(void **state) {
    Lists *lists = *state;
    put(lists->shipped, "buy.en",
        "A bargain*\nA earn # per week\nA # euro now\nB pill* for you\nA win # euro\nB # % off*\n");
    g_autoptr(OvPhraseSet) set = load_well(lists);
    static const struct {
        const char *text, *found;
    } cases[] = {
        {"bargain bargains BARGAINING", "bargain*@bargain|bargain*@bargains|bargain*@BARGAINING"},
        {"bargain2 abargain", ""},
        {"earn 500 per week", "earn # per week@earn 500 per week"},
        {"earn $1,500 per week", "earn # per week@earn $1,500 per week"},
        {"earn 1.500,00 € per week", "earn # per week@earn 1.500,00 € per week"},
        {"earn 300 EUR per week", "earn # per week@earn 300 EUR per week"},
        {"earn money per week", ""},
        {"earn per week", ""},
        {"20 euro now, 20 euros now", "# euro now@20 euro now"},
        {"win 20 euro", "win # euro@win 20 euro"},
        {"win € 20 euro", "win # euro@win € 20 euro"},
        {"pills for you, pill for you", "pill* for you@pills for you|pill* for you@pill for you"},
        {"30% off", "# % off*@30% off"},
        {"earn 111111111111111111111111111111111111111111111 per week", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *hits = found(set, cases[i].text);
        assert_string_equal(hits, cases[i].found);
    }
}

static void test_german_umlauts_may_be_spelt_out(void **state) {
    Lists *lists = *state;
    put(lists->shipped, "buy.de", "A übrige Stücke\nB Räumungsverkauf\n");
    put(lists->shipped, "buy.fr", "A à la Noël\n");
    g_autoptr(OvPhraseSet) set = load_well(lists);
    g_autofree char *hits =
        found(set, "Uebrige Stuecke, übrige Stücke, RAEUMUNGSVERKAUF, a la noel "
                   "a la noeel");
    assert_string_equal(hits, "übrige Stücke@Uebrige Stuecke|übrige Stücke@übrige Stücke|"
                              "Räumungsverkauf@RAEUMUNGSVERKAUF|à la Noël@a la noel");
}

static void test_an_own_list_takes_the_place_of_the_shipped_one(void **state) {
    Lists *lists = *state;
    put(lists->shipped, "urgency.en", "A last chance\n");
    put(lists->shipped, "money.en", "A easy money\n");
    put(lists->own, "urgency.en", "A act now\n");
    put(lists->own, "money.en", "# nothing\n");
    put(lists->own, "local.any", "C thing");
    put(lists->own, "local.any~", "no list");
    put(lists->own, ".hidden", "no list");
    put(lists->own, "urgency.en.dpkg-old", "no list");
    g_autoptr(OvPhraseSet) set = load_well(lists);
    g_autofree char *hits = found(set, "last chance act now easy money thing");
    assert_string_equal(hits, "act now@act now|thing@thing");
    assert_int_equal(ov_phrase_set_n_lists(set), 3);
    assert_int_equal(ov_phrase_set_n_categories(set), 3);
    assert_int_equal(ov_phrase_set_find_category(set, "money"), 1);
    assert_int_equal(ov_phrase_set_find_category(set, "prize"), -1);
}

static void test_no_lists_find_nothing(void **state) {
    Lists *lists = *state;
    const char *directories[] = {"/nonexistent", lists->shipped, NULL};
    g_autoptr(OvPhraseSet) set = ov_phrase_set_load(directories, NULL, NULL);
    assert_non_null(set);
    assert_int_equal(ov_phrase_set_n_categories(set), 0);
    g_autofree char *hits = found(set, "last chance");
    assert_string_equal(hits, "");
}

static void test_a_faulty_list_is_told_with_its_line(void **state) {
    Lists *lists = *state;
    static const struct {
        const char *name, *text, *message;
    } cases[] = {
        {"urgency.en", "A fine\nlast chance\n", "urgency.en:2: a phrase stands behind its tier"},
        {"urgency.en", "D last chance\n", "urgency.en:1: a phrase stands behind its tier"},
        {"urgency.en", "A\n", "urgency.en:1: a phrase stands behind its tier"},
        {"urgency.en", "A last chance\n\nB Last-Chance\n", "urgency.en:3: this phrase stands in"},
        {"urgency.en", "A * chance\n", "urgency.en:1: `*` stands only at the end of a word"},
        {"urgency.en", "A la*st\n", "urgency.en:1: `*` stands only at the end of a word"},
        {"urgency.en", "A #\n", "urgency.en:1: there is no word"},
        {"urgency.en", "A --\n", "urgency.en:1: there is no word"},
        {"urgency.en", "A last\x01\n", "urgency.en:1: control characters"},
        {"urgency.en", "A caf\xe9\n", "urgency.en:1: this line is not UTF-8"},
        {"urgency.en", "A last    chance\n", "urgency.en:1: more than three"},
        {"lexicon-stopwords.en", "the\nof the\n", "lexicon-stopwords.en:2: a stop word is one"},
        {"Urgency.en", "A last\n", "Urgency.en: a phrase list is named"},
        {"urgency", "A last\n", "urgency: a phrase list is named"},
        {"urgency.english", "A last\n", "urgency.english: a phrase list is named"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        put(lists->shipped, cases[i].name, cases[i].text);
        g_autoptr(GError) error = NULL;
        g_autoptr(OvPhraseSet) set = load(lists, &error);
        assert_null(set);
        assert_true(g_error_matches(error, OV_PHRASE_ERROR, OV_PHRASE_ERROR_FILE) ||
                    g_error_matches(error, OV_PHRASE_ERROR, OV_PHRASE_ERROR_SYNTAX));
        assert_non_null(strstr(error->message, cases[i].message));
        g_autofree char *path = g_build_filename(lists->shipped, cases[i].name, NULL);
        g_remove(path);
    }
}

static void test_stop_words_are_counted_and_not_reported(void **state) {
    Lists *lists = *state;
    put(lists->shipped, "lexicon-stopwords.en", "the\nand\n");
    put(lists->shipped, "lexicon-stopwords.de", "für\nund\n");
    put(lists->shipped, "x.en", "A and\n");
    g_autoptr(OvPhraseSet) set = load_well(lists);
    g_autoptr(OvPhraseScratch) scratch = ov_phrase_scratch_new(set, NULL);
    g_autoptr(OvArena) arena = ov_arena_new();
    const OvFolded *text = ov_fold(arena, ov_slice("The end and the fuer und FÜR, 3 more"));
    const OvPhraseScan *scan = ov_phrase_set_scan(set, scratch, arena, text);
    assert_int_equal(scan->n_tokens, 9);
    assert_int_equal(scan->n_hits, 1);
    gint german = ov_phrase_set_find_language(set, ov_slice("DE-at"));
    gint english = ov_phrase_set_find_language(set, ov_slice("en"));
    assert_int_equal(scan->stop_words[german], 3);
    assert_int_equal(scan->stop_words[english], 3);
    assert_int_equal(ov_phrase_set_find_language(set, ov_slice("deu")), -1);
}

static void test_the_digest_follows_contents_not_layout(void **state) {
    Lists *lists = *state;
    static const struct {
        const char *name, *text;
        gboolean same;
    } cases[] = {
        {"x.en", "A last chance\nB hurry\n", TRUE},
        {"x.en", "# hello\n\n  A last chance\r\nB hurry", TRUE},
        {"x.en", "A last chance\n", FALSE},
        {"x.en", "B last chance\nB hurry\n", FALSE},
        {"y.en", "A last chance\nB hurry\n", FALSE},
        {"x.fr", "A last chance\nB hurry\n", FALSE},
    };
    g_autofree char *first = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        put(lists->shipped, cases[i].name, cases[i].text);
        g_autoptr(OvPhraseSet) set = load_well(lists);
        g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
        ov_phrase_set_digest(set, checksum);
        if (!first)
            first = g_strdup(g_checksum_get_string(checksum));
        assert_int_equal(strcmp(first, g_checksum_get_string(checksum)) == 0, cases[i].same);
        g_autofree char *path = g_build_filename(lists->shipped, cases[i].name, NULL);
        g_remove(path);
    }
}

/* The set finds what it should, and says of its cache file what it should; NULL for nothing. */
static void assert_finds_last_chance(const Lists *lists, const char *trouble) {
    g_autoptr(OvPhraseSet) set = load_well(lists);
    g_autofree char *hits = found(set, "your last chance");
    assert_string_equal(hits, "last chance@last chance");
    const char *told = ov_phrase_set_cache_trouble(set);
    if (!trouble)
        assert_null(told);
    else if (!told || !strstr(told, trouble))
        fail_msg("told \"%s\" instead of \"%s\"", told ? told : "nothing", trouble);
}

static guint64 inode(const char *path) {
    GStatBuf status;
    assert_int_equal(g_stat(path, &status), 0);
    return (guint64)status.st_ino;
}

static guint mode(const char *path) {
    GStatBuf status;
    assert_int_equal(g_stat(path, &status), 0);
    return status.st_mode & 0777;
}

static void test_the_database_is_kept_and_made_anew_when_lists_change(void **state) {
    Lists *lists = *state;
    put(lists->shipped, "x.en", "A last chance\n");
    assert_finds_last_chance(lists, NULL);
    assert_int_equal(mode(lists->cache), 0640);

    guint64 kept = inode(lists->cache);
    assert_finds_last_chance(lists, NULL);
    assert_true(inode(lists->cache) == kept);
    put(lists->shipped, "x.en", "B last chance\n");
    assert_finds_last_chance(lists, NULL);
    assert_true(inode(lists->cache) == kept);
    put(lists->shipped, "x.en", "A last chance\nA act now\n");
    assert_finds_last_chance(lists, NULL);
    assert_true(inode(lists->cache) != kept);
}

static void test_a_damaged_cache_is_told_of_and_made_anew(void **state) {
    Lists *lists = *state;
    put(lists->shipped, "x.en", "A last chance\n");
    assert_finds_last_chance(lists, NULL);
    g_autofree char *good = NULL;
    gsize length;
    assert_true(g_file_get_contents(lists->cache, &good, &length, NULL));

    static const gsize places[] = {0, 20, 60, 95, 500};
    for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *bad = g_memdup2(good, length);
        bad[MIN(places[i], length - 1)] ^= 0x40;
        assert_true(g_file_set_contents(lists->cache, bad, (gssize)length, NULL));
        assert_finds_last_chance(lists, "damaged");
        assert_finds_last_chance(lists, NULL);
    }
    for (gsize cut = 0; cut < length; cut += length / 7) {
        assert_true(g_file_set_contents(lists->cache, good, (gssize)cut, NULL));
        assert_finds_last_chance(lists, "damaged");
    }
    /* For other lists, or of another library: not damaged, and of no use. */
    g_autofree char *other = g_memdup2(good, length);
    other[30] ^= 0x40;
    assert_true(g_file_set_contents(lists->cache, other, (gssize)length, NULL));
    assert_finds_last_chance(lists, NULL);
}

static void test_a_cache_that_others_could_have_written_is_not_read(void **state) {
    Lists *lists = *state;
    put(lists->shipped, "x.en", "A last chance\n");
    assert_finds_last_chance(lists, NULL);
    assert_int_equal(g_chmod(lists->cache, 0666), 0);
    assert_finds_last_chance(lists, "only this process's user");
    assert_int_equal(mode(lists->cache), 0640);

    g_autofree char *elsewhere = g_build_filename(lists->root, "elsewhere", NULL);
    assert_int_equal(g_rename(lists->cache, elsewhere), 0);
    assert_int_equal(symlink(elsewhere, lists->cache), 0);
    assert_finds_last_chance(lists, "can't be read");
    assert_true(inode(lists->cache) != inode(elsewhere));
}

static void test_a_cache_that_cannot_be_written_costs_time_only(void **state) {
    Lists *lists = *state;
    put(lists->shipped, "x.en", "A last chance\n");
    g_mkdir(lists->cache, 0700);
    assert_finds_last_chance(lists, "can't be written");
    g_rmdir(lists->cache);
    Lists elsewhere = *lists;
    elsewhere.cache = (char *)"/nonexistent/cache";
    assert_finds_last_chance(&elsewhere, NULL);
    elsewhere.cache = NULL;
    assert_finds_last_chance(&elsewhere, NULL);
}

static void test_a_cache_to_be_read_only_is_not_written(void **state) {
    Lists *lists = *state;
    put(lists->shipped, "x.en", "A last chance\n");
    const char *directories[] = {lists->shipped, NULL};
    OvPhraseCache cache = {lists->cache, FALSE};
    g_autoptr(OvPhraseSet) set = ov_phrase_set_load(directories, &cache, NULL);
    assert_non_null(set);
    assert_null(ov_phrase_set_cache_trouble(set));
    assert_false(g_file_test(lists->cache, G_FILE_TEST_EXISTS));
}

static void test_hits_are_bounded(void **state) {
    Lists *lists = *state;
    put(lists->shipped, "x.en", "A act now\nC free\n");
    g_autoptr(OvPhraseSet) set = load_well(lists);
    g_autoptr(OvPhraseScratch) scratch = ov_phrase_scratch_new(set, NULL);
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < 15000; i++)
        g_string_append(text, "free act now ");
    const OvPhraseScan *scan =
        ov_phrase_set_scan(set, scratch, arena, ov_fold(arena, (OvSlice){text->str, text->len}));
    assert_int_equal(scan->n_hits, OV_PHRASE_MAX_HITS);
    assert_int_equal(scan->n_tokens, 45000);
    for (guint i = 1; i < scan->n_hits; i++)
        assert_true(scan->hits[i - 1].start <= scan->hits[i].start);
}

static void test_hits_are_looked_up_by_category_and_language(void **state) {
    Lists *lists = *state;
    put(lists->shipped, "lexicon-cue.en", "off\nper cent\n");
    put(lists->shipped, "lexicon-cue.fr", "remise\n");
    put(lists->shipped, "lexicon-cue.any", "x%\n");
    put(lists->shipped, "lexicon-other.en", "off\n");
    g_autoptr(OvPhraseSet) set = load_well(lists);
    g_autoptr(OvPhraseScratch) scratch = ov_phrase_scratch_new(set, NULL);
    g_autoptr(OvArena) arena = ov_arena_new();
    const OvPhraseScan *scan = ov_phrase_set_scan(
        set, scratch, arena, ov_fold(arena, ov_slice("off 20 per cent x% remise")));
    OvLanguages french = 1u << ov_phrase_set_find_language(set, ov_slice("fr"));
    const struct {
        const char *category;
        OvLanguages languages;
        guint n;
    } cases[] = {
        {"lexicon-cue", OV_ALL_LANGUAGES, 4}, {"lexicon_cue", OV_ALL_LANGUAGES, 4},
        {"lexicon-cue", french, 2},           {"lexicon-cue", 0, 0},
        {"lexicon-other", french, 0},         {"lexicon-none", OV_ALL_LANGUAGES, 0},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        gint category = ov_phrase_set_find_category(set, cases[i].category);
        guint n = 0;
        for (guint from = 0; ov_phrase_scan_next(set, scan, category, cases[i].languages, &from);)
            n++;
        assert_int_equal(n, cases[i].n);
    }
}

/* Each phrase of each shipped list is found in itself, alone and inside other text. */
static void test_every_shipped_phrase_finds_itself(void **state) {
    (void)state;
    g_autofree char *directory = g_build_filename(g_getenv("OUTVET_SOURCE"), "rules/phrases", NULL);
    const char *directories[] = {directory, NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(OvPhraseSet) set = ov_phrase_set_load(directories, NULL, &error);
    if (!set)
        print_error("%s\n", error->message);
    assert_non_null(set);
    assert_true(ov_phrase_set_n_phrases(set) > 3000);
    g_autoptr(OvPhraseScratch) scratch = ov_phrase_scratch_new(set, NULL);
    g_autoptr(OvArena) arena = ov_arena_new();
    guint n = 0;
    for (guint i = 0; i < ov_phrase_set_n_lists(set); i++) {
        const OvPhraseList *list = ov_phrase_set_list(set, i);
        guint end = n + list->n_phrases;
        for (; n < end; n++) {
            ov_arena_reset(arena);
            g_autofree char *plain = g_strdelimit(g_strdup(ov_phrase_set_text(set, n)), "*", 's');
            g_strdelimit(plain, "#", '7');
            g_autofree char *text = g_strdup_printf("(%s) – \"%s\"", plain, plain);
            const OvPhraseScan *scan =
                ov_phrase_set_scan(set, scratch, arena, ov_fold(arena, ov_slice(text)));
            guint times = 0;
            for (guint hit = 0; hit < scan->n_hits; hit++)
                times += scan->hits[hit].phrase == n ? 1 : 0;
            guint wanted = strcmp(list->name, "lexicon-stopwords") == 0 ? 0 : 2;
            if (times != wanted)
                print_error("%s: %s\n", list->path, ov_phrase_set_text(set, n));
            assert_int_equal(times, wanted);
        }
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, clean)
    const struct CMUnitTest tests[] = {
        TEST(test_phrases_are_found_at_word_boundaries),
        TEST(test_wildcards_stand_for_letters_and_numbers),
        TEST(test_german_umlauts_may_be_spelt_out),
        TEST(test_an_own_list_takes_the_place_of_the_shipped_one),
        TEST(test_no_lists_find_nothing),
        TEST(test_a_faulty_list_is_told_with_its_line),
        TEST(test_stop_words_are_counted_and_not_reported),
        TEST(test_the_digest_follows_contents_not_layout),
        TEST(test_the_database_is_kept_and_made_anew_when_lists_change),
        TEST(test_a_damaged_cache_is_told_of_and_made_anew),
        TEST(test_a_cache_that_others_could_have_written_is_not_read),
        TEST(test_a_cache_that_cannot_be_written_costs_time_only),
        TEST(test_a_cache_to_be_read_only_is_not_written),
        TEST(test_hits_are_bounded),
        TEST(test_hits_are_looked_up_by_category_and_language),
        cmocka_unit_test(test_every_shipped_phrase_finds_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
