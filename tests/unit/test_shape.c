/* Shapes of texts, as the fingerprint of a judged message tells them. */
#include "rules/judge.h"
#include "rules/shape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static OvJudge *judge;

static OvSeen never_seen(gpointer data, guint64 sender, guint64 shape, gint64 now) {
    (void)data, (void)sender, (void)shape, (void)now;
    return (OvSeen){0, 0};
}

static OvSeen never_shared(gpointer data, guint64 address, gint64 now) {
    (void)data, (void)address, (void)now;
    return (OvSeen){0, 0};
}

static gboolean no_other_body(gpointer data, guint64 message_id, guint64 body, gint64 now) {
    (void)data, (void)message_id, (void)body, (void)now;
    return FALSE;
}

static guint no_streams(gpointer data, guint64 from, gint64 now) {
    (void)data, (void)from, (void)now;
    return 0;
}

static gint64 not_suppressed(gpointer data, OvSlice sender, const char *recipient) {
    (void)data, (void)sender, (void)recipient;
    return 0;
}

static OvVolume no_volume(gpointer data, OvSlice sender, OvProvider provider, gint64 now) {
    (void)data, (void)sender, (void)provider, (void)now;
    return (OvVolume){.messages = 0};
}

/* Its questions of logins are not asked: nobody logged in. */
static const OvHistory nothing = {
    .shape = never_seen,
    .unsubscribe = never_shared,
    .other_body = no_other_body,
    .streams = no_streams,
    .suppressed = not_suppressed,
    .volume = no_volume,
};

static OvFingerprint fingerprint(const char *to, const char *type, const char *body) {
    g_autofree char *text = g_strdup_printf("From: Kranichwerke <news@kranichwerke-test.net>\n"
                                            "To: %s\n"
                                            "Message-ID: <1@kranichwerke-test.net>\n"
                                            "MIME-Version: 1.0\n"
                                            "Content-Type: %s; charset=utf-8\n\n%s",
                                            to, type, body);
    OvEnvelope envelope = {.sender = "news@kranichwerke-test.net", .history = &nothing};
    g_autoptr(OvJudgement) judgement =
        ov_judge_message(judge, &envelope, ov_slice(text), strlen(text), 0);
    return *ov_judgement_fingerprint(judgement);
}

static guint64 shape(const char *to, const char *body) {
    return fingerprint(to, "text/plain", body).shape;
}

#define INVITATION(name, number, address)                                                          \
    "Dear " name ",\n\nyour ticket number " number " for the open weekend is reserved. Everybody " \
    "who would like\nto see how the large crane was restored is welcome in our workshop, on "      \
    "both days.\nCoffee and home made cake wait beside the entrance hall. "                        \
    "Please show this letter\nat the gate: " address "\n\nThe people of Kranichwerke\n"

#define OTHER                                                                                      \
    "Dear members,\n\nthe annual meeting will elect a treasurer, because the present one moves "   \
    "abroad.\nWhoever stands for election should send a short introduction before the end of\n"    \
    "January, so that it can be printed with the agenda and the balance sheet.\n"

static const char bert[] = "Bert Beispiel <bert@otherhouse-test.org>";
static const char clara[] = "Clara Mustermann-Kowalski <clara.mk@third-test.com>";

static void test_letters_of_one_template_are_near(void **state) {
    (void)state;
    guint64 one = shape(bert, INVITATION("Bert Beispiel", "4711", "https://a.test/t/91ab"));
    guint64 other =
        shape(clara, INVITATION("Clara Mustermann-Kowalski", "0815-77", "https://a.test/t/c7"));
    assert_true(one != 0);
    assert_int_equal(one, other);
}

static void test_a_few_words_of_difference_leave_them_near(void **state) {
    (void)state;
    guint64 one = shape(bert, INVITATION("Bert", "4711", ""));
    guint64 other = shape(bert, INVITATION("Lieselotte", "4711", ""));
    assert_in_range(ov_shape_distance(one, other), 1, OV_SHAPE_NEAR);
}

static void test_near_shapes_have_a_band_in_common(void **state) {
    (void)state;
    guint64 one = shape(bert, OTHER);
    /* Changes in as many bands as near shapes may differ in. */
    guint64 other = one;
    for (guint band = 0; band < OV_SHAPE_NEAR; band++)
        other ^= G_GUINT64_CONSTANT(1) << (band * 64 / OV_SHAPE_BANDS);
    guint common = 0;
    for (guint band = 0; band < OV_SHAPE_BANDS; band++)
        common += ov_shape_band(one, band) == ov_shape_band(other, band);
    assert_int_equal(ov_shape_distance(one, other), OV_SHAPE_NEAR);
    assert_int_equal(common, 1);
}

static void test_different_letters_are_not_near(void **state) {
    (void)state;
    guint distance =
        ov_shape_distance(shape(bert, INVITATION("Bert", "1", "")), shape(bert, OTHER));
    assert_true(distance > 2 * OV_SHAPE_NEAR);
}

static void test_html_and_plain_text_of_one_letter_have_one_shape(void **state) {
    (void)state;
    guint64 plain = shape(bert, OTHER);
    guint64 html =
        fingerprint(bert, "text/html", "<html><body><p>" OTHER "</p></body></html>").shape;
    assert_int_equal(plain, html);
}

static void test_quoted_text_has_no_part_in_a_shape(void **state) {
    (void)state;
    const char answer[] =
        OTHER "\nOn 3 May Ann wrote:\n> the crane was restored\n> by many people in the workshop\n";
    assert_int_equal(shape(bert, answer), shape(bert, OTHER));
}

static void test_a_short_text_has_no_shape(void **state) {
    (void)state;
    assert_true(shape(bert, "Thank you, see you tomorrow at the station!\n") == 0);
    assert_true(shape(bert, "") == 0);
    assert_true(shape(bert, "1234 5678 9012 3456 7890 1234 5678 9012 3456 7890 1234 5678 9012 "
                            "3456 7890 1234 5678 9012 3456 7890\n") == 0);
}

static void test_line_ends_change_no_fingerprint(void **state) {
    (void)state;
    g_auto(GStrv) lines = g_strsplit(OTHER, "\n", -1);
    g_autofree char *crlf = g_strjoinv("\r\n", lines);
    OvFingerprint one = fingerprint(bert, "text/plain", OTHER);
    OvFingerprint other = fingerprint(bert, "text/plain", crlf);
    assert_memory_equal(&one, &other, sizeof one);
    OvFingerprint longer = fingerprint(bert, "text/plain", OTHER "\n\n");
    assert_int_equal(one.body, longer.body);
    OvFingerprint changed = fingerprint(bert, "text/plain", OTHER "A word more.\n");
    assert_true(one.body != changed.body);
}

int main(void) {
    const char *source = g_getenv("OUTVET_SOURCE");
    g_autofree char *rules = g_build_filename(source ? source : ".", "rules", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(OvRuleset) ruleset =
        ov_ruleset_load((const char *const[]){rules, NULL}, NULL, &error);
    if (!ruleset)
        g_error("%s", error->message);
    judge = ov_judge_new(ruleset);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_letters_of_one_template_are_near),
        cmocka_unit_test(test_a_few_words_of_difference_leave_them_near),
        cmocka_unit_test(test_near_shapes_have_a_band_in_common),
        cmocka_unit_test(test_different_letters_are_not_near),
        cmocka_unit_test(test_html_and_plain_text_of_one_letter_have_one_shape),
        cmocka_unit_test(test_quoted_text_has_no_part_in_a_shape),
        cmocka_unit_test(test_a_short_text_has_no_shape),
        cmocka_unit_test(test_line_ends_change_no_fingerprint),
    };
    int failed = cmocka_run_group_tests_name("shapes", tests, NULL, NULL);
    ov_judge_unref(judge);
    return failed;
}
