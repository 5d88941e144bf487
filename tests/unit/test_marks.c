#include "policy/review/marks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>

/* Their scores set the order of the hits: SUBJ_TEXT is 1, SUBJ_MARKS 2, BODY_PHRASES 3. */
static const char rules[] = "[group g]\n"
                            "[SUBJ_TEXT]\n"
                            "when = subject.present\n"
                            "score = 3\n"
                            "group = g\n"
                            "evidence = subject.text\n"
                            "[SUBJ_MARKS]\n"
                            "when = subject.exclamations > 0\n"
                            "score = 2\n"
                            "group = g\n"
                            "evidence = subject.exclaimed\n"
                            "[BODY_PHRASES]\n"
                            "when = body.phrases > 0\n"
                            "score = 1.5\n"
                            "group = g\n"
                            "evidence = body.phrase_list\n"
                            "[MESSAGE_SIZE]\n"
                            "when = message.size > 0\n"
                            "score = 0.1\n"
                            "group = g\n"
                            "evidence = message.size\n";

static OvJudge *judge;

static int make_judge(void **state) {
    (void)state;
    g_autofree char *directory = g_dir_make_tmp("marks-XXXXXX", NULL);
    g_autofree char *phrases = g_build_filename(directory, "phrases", NULL);
    g_autofree char *list = g_build_filename(phrases, "urgency.any", NULL);
    g_autofree char *file = g_build_filename(directory, "a.conf", NULL);
    g_autoptr(GError) error = NULL;
    if (g_mkdir(phrases, 0700) != 0 || !g_file_set_contents(file, rules, -1, &error) ||
        !g_file_set_contents(list, "A last chance\nA act now\nB act\n", -1, &error))
        return -1;
    g_autoptr(OvRuleset) ruleset =
        ov_ruleset_load((const char *const[]){directory, NULL}, NULL, &error);
    g_unlink(list);
    g_unlink(file);
    g_rmdir(phrases);
    g_rmdir(directory);
    if (!ruleset) {
        print_error("%s\n", error->message);
        return -1;
    }
    judge = ov_judge_new(ruleset);
    return 0;
}

static int free_judge(void **state) {
    (void)state;
    ov_judge_unref(judge);
    return 0;
}

/* The text with ranges in brackets, and the numbers where they end: "[last chance 3]". */
static char *mark(const char *message, OvPlace place, const char *text) {
    OvEnvelope envelope = {0};
    g_autoptr(OvJudgement) judgement =
        ov_judge_message(judge, &envelope, ov_slice(message), strlen(message), 0);
    OvMarked marked = ov_marks_find(ov_marks_new(judgement), place, ov_slice(text));
    GString *out = g_string_new(NULL);
    guint range = 0, label = 0;
    for (guint32 at = 0; at <= strlen(text); at++) {
        for (; label < marked.n_labels && marked.labels[label].at == at; label++)
            g_string_append_printf(out, " %u", marked.labels[label].number);
        if (range < marked.n_ranges && marked.ranges[range].end == at) {
            g_string_append_c(out, ']');
            range++;
        }
        if (range < marked.n_ranges && marked.ranges[range].start == at)
            g_string_append_c(out, '[');
        if (text[at])
            g_string_append_c(out, text[at]);
    }
    return g_string_free(out, FALSE);
}

static const char urgent[] =
    "Subject: New coats!! Today\n\nIt is your LAST CHANCE, so act now and today.\n";

static void assert_marked(OvPlace place, const char *text, const char *expected) {
    g_autofree char *found = mark(urgent, place, text);
    assert_string_equal(found, expected);
}

static void test_evidence_is_marked_with_the_number_of_its_hit(void **state) {
    (void)state;
    assert_marked(OV_PLACE_TEXT, "It is your LAST CHANCE, so act now and today.",
                  "It is your [LAST CHANCE 3], so [act now 3] and today.");
    assert_marked(OV_PLACE_TEXT, "Nothing of it.", "Nothing of it.");
    assert_marked(OV_PLACE_TEXT, "", "");
}

static void test_overlapping_evidence_is_one_range_with_several_numbers(void **state) {
    (void)state;
    assert_marked(OV_PLACE_SUBJECT, "New coats!! Today", "[New coats!! 2 Today 1]");
}

static void test_evidence_is_marked_where_it_was_measured_only(void **state) {
    (void)state;
    assert_marked(OV_PLACE_SUBJECT, "last chance", "last chance");
    assert_marked(OV_PLACE_TEXT, "New coats!!", "New coats!!");
    assert_marked(OV_PLACE_ATTACHMENT, "New coats!!.pdf", "New coats!!.pdf");
}

static void test_evidence_is_found_however_it_is_laid_out(void **state) {
    (void)state;
    assert_marked(OV_PLACE_TEXT, "LAST\n  chance", "[LAST\n  chance 3]");
    assert_marked(OV_PLACE_TEXT, "l\u00E0st-ch\u200Bance!", "[l\u00E0st-ch\u200Bance 3]!");
}

static void test_evidence_inside_of_a_word_is_none(void **state) {
    (void)state;
    assert_marked(OV_PLACE_TEXT, "a fact nowhere, last chances", "a fact nowhere, last chances");
}

static void test_marks_of_a_long_text_are_bounded(void **state) {
    (void)state;
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < 10000; i++)
        g_string_append(text, "last chance, ");
    g_autofree char *found = mark(urgent, OV_PLACE_TEXT, text->str);
    guint n = 0;
    for (const char *at = found; (at = strchr(at, '[')); at++)
        n++;
    assert_in_range(n, 1, 1000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_evidence_is_marked_with_the_number_of_its_hit),
        cmocka_unit_test(test_overlapping_evidence_is_one_range_with_several_numbers),
        cmocka_unit_test(test_evidence_is_marked_where_it_was_measured_only),
        cmocka_unit_test(test_evidence_is_found_however_it_is_laid_out),
        cmocka_unit_test(test_evidence_inside_of_a_word_is_none),
        cmocka_unit_test(test_marks_of_a_long_text_are_bounded),
    };
    return cmocka_run_group_tests(tests, make_judge, free_judge);
}
