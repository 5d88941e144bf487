#include "rules/ruleset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>

/* Two directories, as shipped rules and rules.d are. */
typedef struct {
    char *base, *shipped, *local;
} Place;

static void place_make(Place *place) {
    place->base = g_dir_make_tmp("rules-XXXXXX", NULL);
    place->shipped = g_build_filename(place->base, "shipped", NULL);
    place->local = g_build_filename(place->base, "rules.d", NULL);
    assert_int_equal(g_mkdir(place->shipped, 0700), 0);
}

static void place_write(const char *directory, const char *name, const char *text) {
    g_mkdir(directory, 0700);
    g_autofree char *path = g_build_filename(directory, name, NULL);
    assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void remove_all(const char *path) {
    g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
    for (const char *name; directory && (name = g_dir_read_name(directory));) {
        g_autofree char *inner = g_build_filename(path, name, NULL);
        if (g_file_test(inner, G_FILE_TEST_IS_DIR))
            remove_all(inner);
        else
            g_unlink(inner);
    }
    g_rmdir(path);
}

static void place_clear(Place *place) {
    for (guint i = 0; i < 2; i++) {
        const char *directory = i ? place->local : place->shipped;
        g_autofree char *phrases = g_build_filename(directory, "phrases", NULL);
        remove_all(phrases);
        remove_all(directory);
    }
    g_rmdir(place->base);
    g_free(place->base);
    g_free(place->shipped);
    g_free(place->local);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Place, place_clear)

static OvRuleset *load(const Place *place, GError **error) {
    const char *const directories[] = {place->shipped, place->local, NULL};
    return ov_ruleset_load(directories, NULL, error);
}

static OvRuleset *load_well(const Place *place) {
    g_autoptr(GError) error = NULL;
    OvRuleset *ruleset = load(place, &error);
    if (error)
        print_error("%s\n", error->message);
    assert_non_null(ruleset);
    return ruleset;
}

static const char shipped[] = "# comment\n"
                              "[group subject]\n"
                              "cap = 4\n"
                              "title = Subject\n"
                              "applies = subject.present\n"
                              "[group free]\n"
                              "[class personal]\n"
                              "content = 0.5\n"
                              "[class transactional]\n"
                              "senders = bounce@*, shop-?@example.org\n"
                              "[SUBJ_MANY]\n"
                              "when = message.recipients > 10 and\n"
                              "       not message.threaded\n"
                              "score = min(2, message.recipients * 0.1)\n"
                              "group = subject\n"
                              "scale = content\n"
                              "guide = G9\n"
                              "reference = RFC 5322 3.6.5\n"
                              "evidence = message.class\n"
                              "ask = hold\n"
                              "shadow = yes\n"
                              "private = yes\n"
                              "advice = Send {message.recipients} mails {{singly}.\n"
                              "fine = few recipients\n"
                              "[PLAIN]\n"
                              "when = message.late\n"
                              "score = 1\n"
                              "group = free\n";

static void test_a_rule_is_what_its_section_says(void **state) {
    (void)state;
    g_auto(Place) place;
    place_make(&place);
    place_write(place.shipped, "a.conf", shipped);
    g_autoptr(OvRuleset) ruleset = load_well(&place);
    assert_int_equal(ov_ruleset_n_rules(ruleset), 2);
    const OvRule *rule = ov_ruleset_rule(ruleset, 0);
    assert_string_equal(rule->name, "SUBJ_MANY");
    assert_string_equal(ov_ruleset_group(ruleset, rule->group)->name, "subject");
    assert_float_equal(ov_ruleset_group(ruleset, rule->group)->cap, 4, 0);
    assert_string_equal(ov_ruleset_group(ruleset, rule->group)->title, "Subject");
    assert_string_equal(ov_expression_text(ov_ruleset_group(ruleset, rule->group)->applies),
                        "subject.present");
    assert_string_equal(rule->fine, "few recipients");
    assert_true(rule->content);
    assert_int_equal(rule->ask, OV_ASK_HOLD);
    assert_true(rule->shadow);
    assert_true(rule->private);
    assert_string_equal(rule->guide, "G9");
    assert_string_equal(rule->reference, "RFC 5322 3.6.5");
    assert_int_equal(rule->evidence, OV_FACT_MESSAGE_CLASS);
    assert_string_equal(rule->when_text, "message.recipients > 10 and not message.threaded");
    assert_true(g_str_has_suffix(rule->file, "/shipped/a.conf"));
    assert_int_equal(rule->line, 11);
}

static void test_what_a_rule_leaves_out_has_a_plain_default(void **state) {
    (void)state;
    g_auto(Place) place;
    place_make(&place);
    place_write(place.shipped, "a.conf", shipped);
    g_autoptr(OvRuleset) ruleset = load_well(&place);
    const OvRule *rule = ov_ruleset_find(ruleset, "PLAIN");
    assert_false(rule->content);
    assert_int_equal(rule->ask, OV_ASK_NOTHING);
    assert_false(rule->shadow);
    assert_false(rule->private);
    assert_int_equal(rule->evidence, -1);
    assert_string_equal(rule->guide, "");
    assert_string_equal(rule->reference, "");
    assert_string_equal(rule->advice, "");
    assert_string_equal(rule->fine, "");
    assert_string_equal(ov_ruleset_group(ruleset, rule->group)->title, "free");
    assert_null(ov_ruleset_group(ruleset, rule->group)->applies);
    assert_true(ov_ruleset_group(ruleset, rule->group)->cap == G_MAXDOUBLE);
    assert_float_equal(ov_ruleset_multiplier(ruleset, OV_CLASS_PERSONAL), 0.5, 0);
    assert_float_equal(ov_ruleset_multiplier(ruleset, OV_CLASS_BULK), 1, 0);
    const char *const *senders = ov_ruleset_class_senders(ruleset, OV_CLASS_TRANSACTIONAL);
    assert_string_equal(senders[0], "bounce@*");
    assert_string_equal(senders[1], "shop-?@example.org");
    assert_null(senders[2]);
    assert_null(ov_ruleset_class_senders(ruleset, OV_CLASS_BULK)[0]);
    assert_null(ov_ruleset_find(ruleset, "ABSENT"));
    assert_string_equal(ov_ruleset_nearest(ruleset, "SUBJ_MANNY"), "SUBJ_MANY");
}

static void test_a_local_file_changes_single_keys(void **state) {
    (void)state;
    g_auto(Place) place;
    place_make(&place);
    place_write(place.shipped, "a.conf", shipped);
    place_write(place.local, "50-own.conf",
                "[group subject]\ncap = 3\n\n[SUBJ_MANY]\nscore = 7\n"
                "[class personal]\nsenders = *@example.org\n"
                "[OWN_RULE]\nwhen = true\nscore = 1\ngroup = subject\n");
    place_write(place.local, "60-later.conf", "[SUBJ_MANY]\nask = reject\n");
    place_write(place.local, "60-later.conf.dpkg-old", "not read");
    place_write(place.local, ".hidden.conf", "not read");
    g_autoptr(OvRuleset) ruleset = load_well(&place);
    assert_int_equal(ov_ruleset_n_rules(ruleset), 3);
    const OvRule *rule = ov_ruleset_find(ruleset, "SUBJ_MANY");
    assert_string_equal(rule->score_text, "7");
    assert_string_equal(rule->guide, "G9");
    assert_int_equal(rule->ask, OV_ASK_REJECT);
    assert_true(g_str_has_suffix(rule->file, "/rules.d/60-later.conf"));
    assert_int_equal(rule->line, 1);
    assert_float_equal(ov_ruleset_group(ruleset, rule->group)->cap, 3, 0);
    assert_float_equal(ov_ruleset_multiplier(ruleset, OV_CLASS_PERSONAL), 0.5, 0);
    assert_string_equal(ov_ruleset_class_senders(ruleset, OV_CLASS_PERSONAL)[0], "*@example.org");
    assert_string_equal(ov_ruleset_rule(ruleset, 2)->name, "OWN_RULE");
}

static void test_a_rule_that_is_not_enabled_is_gone(void **state) {
    (void)state;
    g_auto(Place) place;
    place_make(&place);
    place_write(place.shipped, "a.conf", shipped);
    place_write(place.local, "own.conf", "[SUBJ_MANY]\nenabled = no\n");
    g_autoptr(OvRuleset) ruleset = load_well(&place);
    assert_int_equal(ov_ruleset_n_rules(ruleset), 1);
    assert_null(ov_ruleset_find(ruleset, "SUBJ_MANY"));
}

static void test_a_mistake_is_told_with_file_line_rule_key_and_column(void **state) {
    (void)state;
    static const struct {
        const char *local, *said;
    } cases[] = {
        {"[SUBJ_MANY]\nwhen = message.recipents > 1\n",
         "own.conf:2: [SUBJ_MANY] when, column 8: there is no fact message.recipents; did you "
         "mean message.recipients?"},
        {"[SUBJ_MANY]\nwhen = true and\n\n[X]\n", "own.conf:2: [SUBJ_MANY] when, column 16: the "},
        {"[SUBJ_MANY]\nwhen = true and\n   1 > 2 and\n   message.sise > 1",
         "own.conf:4: [SUBJ_MANY] when, column 4: there is no fact message.sise; did you mean "
         "message.size?"},
        {"[SUBJ_MANY]\nscore = message.late\n",
         "own.conf:2: [SUBJ_MANY] score, column 9: a number is wanted here"},
        {"[SUBJ_MANY]\nsocre = 1\n",
         "own.conf:2: [SUBJ_MANY]: there is no key socre; did you mean score?"},
        {"[SUBJ_MANY]\ncap = 1\n",
         "own.conf:2: [SUBJ_MANY]: there is no key cap; here may stand: when, score, group"},
        {"[SUBJ_MANY]\ngroup = subjects\n",
         "own.conf:2: [SUBJ_MANY] group, column 9: there is no group subjects; did you mean "
         "subject?"},
        {"[SUBJ_MANY]\ngroup = none-such\n",
         "own.conf:2: [SUBJ_MANY] group, column 9: there is no group none-such; a section [group "
         "NAME] makes one."},
        {"[SUBJ_MANY]\nscale = class\n",
         "own.conf:2: [SUBJ_MANY] scale, column 9: safety or content is expected here."},
        {"[SUBJ_MANY]\nask = drop\n",
         "own.conf:2: [SUBJ_MANY] ask, column 7: none, hold or reject is expected here."},
        {"[SUBJ_MANY]\nshadow = maybe\n",
         "own.conf:2: [SUBJ_MANY] shadow, column 10: yes or no is expected here."},
        {"[SUBJ_MANY]\nenabled =\n",
         "own.conf:2: [SUBJ_MANY] enabled, column 10: yes or no is expected here."},
        {"[SUBJ_MANY]\nevidence = message.clas\n",
         "own.conf:2: [SUBJ_MANY] evidence, column 12: there is no fact message.clas; did you mean "
         "message.class?"},
        {"[SUBJ_MANY]\nadvice = Use {message.clas}.\n",
         "own.conf:2: [SUBJ_MANY] advice, column 14: there is no fact message.clas; did you mean "
         "message.class?"},
        {"[SUBJ_MANY]\nadvice = Use {name\n",
         "own.conf:2: [SUBJ_MANY] advice, column 14: the { lacks its }; write {{ for a brace"},
        {"[SUBJ_MANY]\nfine = {name} is right\n",
         "own.conf:2: [SUBJ_MANY] fine, column 8: there is no fact name; write {{ for a brace"},
        {"[SUBJ_MANNY]\nscore = 1\n",
         "own.conf:1: [SUBJ_MANNY]: the rule has no key when; if it is to change another rule, "
         "did you mean SUBJ_MANY?"},
        {"[OTHER]\nwhen = true\ngroup = subject\n", "own.conf:1: [OTHER]: the rule has no key "
                                                    "score."},
        {"[OTHER]\nwhen = true\nscore = 1\n", "own.conf:1: [OTHER]: the rule has no key group."},
        {"[subj_many]\n", "own.conf:1: [subj_many]: this is no section of a rule file"},
        {"[9LIVES]\n", "own.conf:1: [9LIVES]: this is no section of a rule file"},
        {"[group Subject]\n", "own.conf:1: [group Subject]: a group's name has small letters"},
        {"[group subject]\ncap = -1\n", "own.conf:2: [group subject] cap, column 7: a number such"},
        {"[group subject]\ncap = 1 x\n",
         "own.conf:2: [group subject] cap, column 7: a number such"},
        {"[group subject]\napplies = subject.text\n",
         "own.conf:2: [group subject] applies, column 11: a truth value is wanted here"},
        {"[class bulky]\n",
         "own.conf:1: [class bulky]: there is no class bulky; did you mean bulk?"},
        {"[class xyzzy]\n", "own.conf:1: [class xyzzy]: there is no class xyzzy; the classes are"},
        {"[class bulk]\ncontent = much\n", "own.conf:2: [class bulk] content, column 11: a number"},
        {"[SUBJ_MANY]\n[SUBJ_MANY]\n", "own.conf:2: section [SUBJ_MANY] stands twice"},
        {"nonsense\n", "own.conf:1: the line is no comment"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(Place) place;
        place_make(&place);
        place_write(place.shipped, "a.conf", shipped);
        place_write(place.local, "own.conf", cases[i].local);
        g_autoptr(GError) error = NULL;
        g_autofree char *path = g_strconcat(place.local, "/", NULL);
        OvRuleset *ruleset = load(&place, &error);
        assert_null(ruleset);
        assert_int_equal(error->domain, OV_RULESET_ERROR);
        assert_true(g_str_has_prefix(error->message, path));
        if (!g_str_has_prefix(error->message + strlen(path), cases[i].said))
            fail_msg("%s", error->message);
    }
}

static void test_only_the_shipped_directory_must_be_there(void **state) {
    (void)state;
    g_auto(Place) place;
    place_make(&place);
    g_autoptr(OvRuleset) ruleset = load_well(&place);
    assert_int_equal(ov_ruleset_n_rules(ruleset), 0);
    const char *const absent[] = {place.local, NULL};
    g_autoptr(GError) error = NULL;
    assert_null(ov_ruleset_load(absent, NULL, &error));
    assert_int_equal(error->code, OV_RULESET_ERROR_FILE);
    assert_true(g_str_has_prefix(error->message, place.local));
}

static char *digest_of(const char *first, const char *second) {
    g_auto(Place) place;
    place_make(&place);
    place_write(place.shipped, "a.conf", first);
    if (second)
        place_write(place.local, "b.conf", second);
    g_autoptr(OvRuleset) ruleset = load_well(&place);
    return g_strdup(ov_ruleset_digest(ruleset));
}

#define RULE(score) "[A]\nwhen = true and message.late\nscore = " score "\ngroup = g\n"

static void test_the_digest_names_the_rules_not_their_layout(void **state) {
    (void)state;
    g_autofree char *one = digest_of(
        "[group g]\ncap = 4\n" RULE("1") "[B]\nwhen = true\nscore = 1\ngroup = g\n", NULL);
    assert_int_equal(strlen(one), 16);
    static const struct {
        const char *first, *second;
    } same[] = {
        {"# other words\n[B]\ngroup = g\nscore = 1\nwhen =  true\n\n[group g]\ncap = 4.0\n",
         "[A]\nwhen = true  and\n  message.late\nscore = 1\ngroup = g\nask = none\n"},
        {"[group g]\ncap = 9\n[B]\ngroup = g\nscore = 1\nwhen = true\n" RULE("1"),
         "[group g]\ncap = 4\n"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(same); i++) {
        g_autofree char *digest = digest_of(same[i].first, same[i].second);
        assert_string_equal(digest, one);
    }
    static const char *const other[] = {
        "[A]\nscore = 2\n",
        "[A]\nwhen = message.late\n",
        "[A]\nask = hold\n",
        "[A]\nshadow = yes\n",
        "[A]\nprivate = yes\n",
        "[A]\nscale = content\n",
        "[A]\nadvice = x\n",
        "[A]\nguide = x\n",
        "[A]\nreference = x\n",
        "[A]\nevidence = message.late\n",
        "[group g]\ncap = 5\n",
        "[class dsn]\ncontent = 0\n",
        "[class dsn]\nsenders = a\n",
        "[A]\nenabled = no\n",
        "[group h]\n[A]\ngroup = h\n",
        "[A]\nfine = x\n",
        "[group g]\ntitle = x\n",
        "[group g]\napplies = true\n",
    };
    for (guint i = 0; i < G_N_ELEMENTS(other); i++) {
        g_autofree char *digest = digest_of(
            "[group g]\ncap = 4\n" RULE("1") "[B]\nwhen = true\nscore = 1\ngroup = g\n", other[i]);
        if (g_str_equal(digest, one))
            fail_msg("%s", other[i]);
    }
}

static void test_phrase_categories_are_facts(void **state) {
    (void)state;
    g_auto(Place) place;
    place_make(&place);
    place_write(place.shipped, "a.conf",
                "[group g]\n[P]\nwhen = phrases.urgency > 0\nscore = "
                "phrases.lexicon_thanks\ngroup = g\n");
    g_autofree char *phrases = g_build_filename(place.shipped, "phrases", NULL);
    place_write(phrases, "urgency.en", "A right now\n");
    place_write(phrases, "lexicon-thanks.en", "thank you\n");
    g_autoptr(OvRuleset) ruleset = load_well(&place);
    assert_int_equal(ov_ruleset_n_facts(ruleset), OV_N_FACTS + 2);
    guint slot;
    assert_true(ov_ruleset_find_fact(ruleset, "phrases.urgency", &slot));
    assert_true(slot >= OV_N_FACTS);
    OvFactSpec fact = ov_ruleset_fact(ruleset, slot);
    assert_string_equal(fact.name, "phrases.urgency");
    assert_int_equal(fact.type, OV_NUMBER);
    assert_false(ov_ruleset_find_fact(ruleset, "phrases.absent", &slot));
    assert_int_equal(ov_phrase_set_n_categories(ov_ruleset_phrases(ruleset)), 2);
}

static void test_advice_is_filled_with_what_was_measured(void **state) {
    (void)state;
    static const struct {
        const char *advice, *shown;
    } cases[] = {
        {"Plain.", "Plain."},
        {"", ""},
        {"{message.recipients}", "12"},
        {"Size {message.size} of {{braces}} and } {message.late}, {message.threaded}.",
         "Size 0.67 of {braces}} and } yes, unknown."},
        {"It is \xc3\xa9 {message.class}", "It is \xc3\xa9 bu\\u{0007}lk"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(Place) place;
        place_make(&place);
        g_autofree char *text = g_strdup_printf(
            "[group g]\n[A]\nwhen = true\nscore = 1\ngroup = g\nadvice = %s\n", cases[i].advice);
        place_write(place.shipped, "a.conf", text);
        g_autoptr(OvRuleset) ruleset = load_well(&place);
        g_autoptr(OvArena) arena = ov_arena_new();
        guint n_facts = ov_ruleset_n_facts(ruleset);
        OvFacts *facts = ov_arena_alloc0(arena, sizeof(OvFacts) + n_facts * sizeof(OvValue));
        facts->n_values = n_facts;
        ov_facts_set_number(facts, OV_FACT_MESSAGE_RECIPIENTS, 12);
        ov_facts_set_number(facts, OV_FACT_MESSAGE_SIZE, 2.0 / 3);
        ov_facts_set_truth(facts, OV_FACT_MESSAGE_LATE, TRUE);
        ov_facts_set_text(facts, OV_FACT_MESSAGE_CLASS, ov_slice("bu\alk"));
        assert_string_equal(ov_ruleset_advice(ruleset, ov_ruleset_rule(ruleset, 0), facts, arena),
                            cases[i].shown);
    }
}

static void test_advice_never_grows_beyond_its_limit(void **state) {
    (void)state;
    g_auto(Place) place;
    place_make(&place);
    g_autoptr(GString) text =
        g_string_new("[group g]\n[A]\nwhen = true\nscore = 1\ngroup = g\nadvice = ");
    for (guint i = 0; i < 20; i++)
        g_string_append(text, "{message.class}");
    place_write(place.shipped, "a.conf", text->str);
    g_autoptr(OvRuleset) ruleset = load_well(&place);
    g_autoptr(OvArena) arena = ov_arena_new();
    guint n_facts = ov_ruleset_n_facts(ruleset);
    OvFacts *facts = ov_arena_alloc0(arena, sizeof(OvFacts) + n_facts * sizeof(OvValue));
    facts->n_values = n_facts;
    g_autoptr(GString) long_class = g_string_new(NULL);
    for (guint i = 0; i < 70; i++)
        g_string_append(long_class, "\xf0\x9d\x84\x9e");
    ov_facts_set_text(facts, OV_FACT_MESSAGE_CLASS, ov_slice(long_class->str));
    const char *advice = ov_ruleset_advice(ruleset, ov_ruleset_rule(ruleset, 0), facts, arena);
    assert_true(g_utf8_validate(advice, -1, NULL));
    assert_int_equal(g_utf8_strlen(advice, -1), 400);
}

static void test_classes_have_one_name_each(void **state) {
    (void)state;
    for (guint i = 0; i < OV_N_CLASSES; i++) {
        OvClass found = OV_N_CLASSES;
        assert_true(ov_class_from_name(ov_class_name((OvClass)i), &found));
        assert_int_equal(found, i);
    }
    OvClass none;
    assert_false(ov_class_from_name("Bulk", &none));
}

static void test_the_shipped_groups_cap_every_kind_of_habit(void **state) {
    (void)state;
    const char *source = g_getenv("OUTVET_SOURCE");
    assert_non_null(source);
    g_autofree char *directory = g_build_filename(source, "rules", NULL);
    const char *const directories[] = {directory, NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(OvRuleset) ruleset = ov_ruleset_load(directories, NULL, &error);
    if (error)
        print_error("%s\n", error->message);
    assert_non_null(ruleset);
    for (guint i = 0; i < ov_ruleset_n_groups(ruleset); i++)
        assert_true(ov_ruleset_group(ruleset, i)->cap <= 6);
    assert_float_equal(ov_ruleset_multiplier(ruleset, OV_CLASS_DSN), 0, 0);
    assert_float_equal(ov_ruleset_multiplier(ruleset, OV_CLASS_TRANSACTIONAL), 0.6, 0);
}

/* The literal blocks of a manual page behind a heading, as its reader sees them. */
static char *examples_of(const char *page, const char *heading) {
    const char *at = strstr(page, heading);
    assert_non_null(at);
    g_auto(GStrv) lines = g_strsplit(at, "\n", -1);
    g_autoptr(GString) examples = g_string_new(NULL);
    gboolean inside = FALSE;
    for (char **line = lines; *line; line++) {
        if (g_str_has_prefix(*line, ".Bd") || g_str_has_prefix(*line, ".Ed"))
            inside = g_str_has_prefix(*line, ".Bd");
        else if (inside)
            g_string_append_printf(examples, "%s\n", *line);
    }
    g_string_replace(examples, "\\e", "\\", 0);
    return g_string_free(g_steal_pointer(&examples), FALSE);
}

static void test_the_examples_of_the_manual_page_work(void **state) {
    (void)state;
    const char *source = g_getenv("OUTVET_SOURCE");
    assert_non_null(source);
    g_autofree char *page_file = g_build_filename(source, "contrib", "man", "outvet-rules.5", NULL);
    g_autofree char *page = NULL;
    assert_true(g_file_get_contents(page_file, &page, NULL, NULL));
    g_autofree char *examples = examples_of(page, ".Sh EXAMPLES");
    g_auto(Place) place;
    place_make(&place);
    place_write(place.local, "examples.conf", examples);
    g_autofree char *shipped_rules = g_build_filename(source, "rules", NULL);
    const char *const directories[] = {shipped_rules, place.local, NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(OvRuleset) ruleset = ov_ruleset_load(directories, NULL, &error);
    if (error)
        print_error("%s\n", error->message);
    assert_non_null(ruleset);
    assert_true(ov_ruleset_find(ruleset, "OWN_INVOICE_TO_MANY")->shadow);
    assert_null(ov_ruleset_find(ruleset, "SUBJ_EMOJI"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_rule_is_what_its_section_says),
        cmocka_unit_test(test_what_a_rule_leaves_out_has_a_plain_default),
        cmocka_unit_test(test_a_local_file_changes_single_keys),
        cmocka_unit_test(test_a_rule_that_is_not_enabled_is_gone),
        cmocka_unit_test(test_a_mistake_is_told_with_file_line_rule_key_and_column),
        cmocka_unit_test(test_only_the_shipped_directory_must_be_there),
        cmocka_unit_test(test_the_digest_names_the_rules_not_their_layout),
        cmocka_unit_test(test_phrase_categories_are_facts),
        cmocka_unit_test(test_advice_is_filled_with_what_was_measured),
        cmocka_unit_test(test_advice_never_grows_beyond_its_limit),
        cmocka_unit_test(test_classes_have_one_name_each),
        cmocka_unit_test(test_the_shipped_groups_cap_every_kind_of_habit),
        cmocka_unit_test(test_the_examples_of_the_manual_page_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
