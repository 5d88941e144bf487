#include "rules/fine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>

static const char rules[] = "[group subject]\n"
                            "title = Subject\n"
                            "applies = subject.present\n"
                            "[SUBJ_CAPITALS]\n"
                            "when = subject.capitals > 0.9\n"
                            "score = 1\n"
                            "group = subject\n"
                            "fine = no capitals\n"
                            "[SUBJ_MARK]\n"
                            "when = subject.exclamations = 1\n"
                            "score = 1\n"
                            "group = subject\n"
                            "fine = no exclamation marks\n"
                            "[SUBJ_MARKS]\n"
                            "when = subject.exclamations > 1\n"
                            "score = 1\n"
                            "group = subject\n"
                            "fine = no exclamation marks\n"
                            "[SUBJ_SILENT]\n"
                            "when = subject.exclamations > 100\n"
                            "score = 1\n"
                            "group = subject\n"
                            "[group html]\n"
                            "title = HTML\n"
                            "[HTML_RUNS]\n"
                            "when = html.scripts > 0\n"
                            "score = 1\n"
                            "group = html\n"
                            "fine = nothing that runs\n"
                            "[group post]\n"
                            "[POST_MANY]\n"
                            "when = message.recipients > 9\n"
                            "score = 1\n"
                            "group = post\n"
                            "shadow = yes\n"
                            "fine = {message.recipients} to read it\n";

static OvJudge *judge;

static int make_judge(void **state) {
    (void)state;
    g_autofree char *directory = g_dir_make_tmp("fine-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(directory, "a.conf", NULL);
    g_autoptr(GError) error = NULL;
    if (!g_file_set_contents(file, rules, -1, &error))
        return -1;
    g_autoptr(OvRuleset) ruleset =
        ov_ruleset_load((const char *const[]){directory, NULL}, NULL, &error);
    g_unlink(file);
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

/* "Subject: no capitals; post: 1 to read it" */
static void assert_fine(const char *message, guint n_recipients, const char *expected) {
    const char *const recipients[] = {
        "a@example.net", "b@example.net", "c@example.net", "d@example.net", "e@example.net",
        "f@example.net", "g@example.net", "h@example.net", "i@example.net", "j@example.net"};
    OvEnvelope envelope = {.recipients = recipients, .n_recipients = n_recipients};
    g_autoptr(OvJudgement) judgement =
        ov_judge_message(judge, &envelope, ov_slice(message), strlen(message), 0);
    guint n = 0;
    const OvFine *fine = ov_fine_read(judgement, &n);
    g_autoptr(GString) found = g_string_new(NULL);
    for (guint i = 0; i < n; i++)
        g_string_append_printf(found, "%s%s: %s", i > 0 ? "; " : "", fine[i].title, fine[i].text);
    assert_string_equal(found->str, expected);
}

static void test_what_was_measured_and_did_not_hit_is_fine(void **state) {
    (void)state;
    assert_fine("Subject: The winter coat\n\nText.\n", 1,
                "Subject: no capitals, no exclamation marks; post: 1 to read it");
}

static void test_a_text_of_several_rules_is_told_when_none_hits(void **state) {
    (void)state;
    assert_fine("Subject: The winter coat!\n\nText.\n", 1,
                "Subject: no capitals; post: 1 to read it");
    assert_fine("Subject: The winter coat!! Yes!\n\nText.\n", 1,
                "Subject: no capitals; post: 1 to read it");
}

static void test_a_group_that_does_not_apply_is_silent(void **state) {
    (void)state;
    assert_fine("From: a@example.org\n\nText.\n", 1, "post: 1 to read it");
}

static void test_what_is_unknown_is_not_said_to_be_fine(void **state) {
    (void)state;
    assert_fine(
        "Subject: 17\nContent-Type: text/html\n\n<p>Text.\n", 1,
        "Subject: no capitals, no exclamation marks; HTML: nothing that runs; post: 1 to read it");
    assert_fine("Subject: 17\n\n<p>Text.\n", 1,
                "Subject: no capitals, no exclamation marks; post: 1 to read it");
}

static void test_a_hit_in_shadow_is_not_fine(void **state) {
    (void)state;
    assert_fine("Subject: 17\n\nText.\n", 10, "Subject: no capitals, no exclamation marks");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_was_measured_and_did_not_hit_is_fine),
        cmocka_unit_test(test_a_text_of_several_rules_is_told_when_none_hits),
        cmocka_unit_test(test_a_group_that_does_not_apply_is_silent),
        cmocka_unit_test(test_what_is_unknown_is_not_said_to_be_fine),
        cmocka_unit_test(test_a_hit_in_shadow_is_not_fine),
    };
    return cmocka_run_group_tests(tests, make_judge, free_judge);
}
