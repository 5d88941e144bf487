/* What MTA and sender are told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "milter/answer.h"

#include <string.h>

static int set_up(void **state) {
    *state = ov_arena_new();
    return 0;
}

static int tear_down(void **state) {
    ov_arena_free(*state);
    return 0;
}

static void assert_plain(const char *text) {
    for (const char *p = text; *p; p++)
        assert_true(*p >= ' ' && *p <= '~');
}

/* Many hits; every fifth of a rule in shadow. */
static OvLedgerHit *many_hits(OvArena *arena, guint n) {
    OvLedgerHit *hits = OV_ARENA_NEW(arena, OvLedgerHit, n);
    for (guint i = 0; i < n; i++)
        hits[i] = (OvLedgerHit){
            .rule = ov_arena_printf(arena, "RULE_NUMBER_%u", i),
            .score = 1.5,
            .shadow = i % 5 == 4,
            .advice = ov_arena_printf(arena, "Advice %u.", i),
        };
    return hits;
}

static void test_the_score_tells_the_verdict(void **state) {
    assert_string_equal(ov_answer_score(*state, 6.4, OV_VERDICT_HOLD), "6.40 (hold)");
    assert_string_equal(ov_answer_score(*state, -0.5, OV_VERDICT_TAG), "-0.50 (tag)");
}

static void test_hits_are_named_with_their_scores(void **state) {
    const OvLedgerHit hits[] = {
        {.rule = "SUBJ_ALL_CAPS", .score = 2},
        {.rule = "HDR_TRIAL", .score = 9, .shadow = TRUE},
        {.rule = "BODY_EXCLAM", .score = 0.5},
    };

    assert_string_equal(ov_answer_hits(*state, hits, 3), "SUBJ_ALL_CAPS=2.00, BODY_EXCLAM=0.50");
    assert_string_equal(ov_answer_hits(*state, hits, 0), "none");
    assert_string_equal(ov_answer_hits_line(*state, hits, 3, FALSE),
                        "SUBJ_ALL_CAPS=2.00,BODY_EXCLAM=0.50");
    assert_string_equal(ov_answer_hits_line(*state, hits, 3, TRUE), "HDR_TRIAL=9.00");
    assert_null(ov_answer_hits_line(*state, hits, 1, TRUE));
}

/* A header field goes to all recipients, and comes back in a bounce. */
static void test_private_hits_are_for_logs_alone(void **state) {
    const OvLedgerHit hits[] = {
        {.rule = "VOL_SECRET", .score = 3, .private = TRUE, .advice = "For the operator."},
        {.rule = "BODY_EXCLAM", .score = 0.5, .advice = "Fewer exclamation marks."},
    };
    OvReply reply;

    assert_string_equal(ov_answer_hits(*state, hits, 2), "BODY_EXCLAM=0.50");
    assert_string_equal(ov_answer_hits(*state, hits, 1), "none");
    assert_string_equal(ov_answer_hits_line(*state, hits, 2, FALSE),
                        "VOL_SECRET=3.00,BODY_EXCLAM=0.50");
    ov_answer_reject(&reply, *state, 12, hits, 2);
    assert_int_equal(reply.n_lines, 2);
    assert_string_equal(reply.lines[1], "BODY_EXCLAM: Fewer exclamation marks.");
}

static void test_long_hits_are_folded_within_78_columns(void **state) {
    for (guint n = 1; n < 60; n++) {
        g_autofree char *field = g_strconcat(OV_FIELD_HITS_NAME, ": ",
                                             ov_answer_hits(*state, many_hits(*state, n), n), NULL);
        g_auto(GStrv) lines = g_strsplit(field, "\n", -1);

        assert_null(strchr(field, '\r'));
        for (guint i = 0; lines[i]; i++) {
            assert_true((i == 0) == (lines[i][0] != '\t'));
            assert_true(strlen(lines[i]) + (i ? 7 : 0) <= 78);
            assert_plain(lines[i] + (i ? 1 : 0));
            assert_int_equal(g_str_has_suffix(lines[i], ","), lines[i + 1] != NULL);
        }
    }
}

static void test_a_rule_with_an_endless_name_makes_no_endless_line(void **state) {
    g_autofree char *name = g_strnfill(5000, 'X');
    const OvLedgerHit hits[] = {{.rule = name, .score = 1}, {.rule = name, .score = 1}};
    g_auto(GStrv) lines = g_strsplit(ov_answer_hits(*state, hits, 2), "\n", -1);

    for (guint i = 0; lines[i]; i++)
        assert_true(strlen(lines[i]) < 200);
}

static void test_the_reason_fits_into_100_octets(void **state) {
    OvLedgerHit *hits = many_hits(*state, 40);

    for (guint n = 0; n <= 40; n++) {
        const char *reason = ov_answer_reason(*state, 12.345, hits, n);
        assert_true(strlen(reason) < 100);
        assert_plain(reason);
    }
    assert_string_equal(ov_answer_reason(*state, 6, hits, 1), "score 6.00: RULE_NUMBER_0");
    assert_true(g_str_has_suffix(ov_answer_reason(*state, 6, hits, 40), ", ..."));
    assert_string_equal(ov_answer_reason(*state, 6, hits, 0), "score 6.00");
}

static void test_a_rejection_gives_five_lines_of_advice_at_most(void **state) {
    OvReply reply;

    ov_answer_reject(&reply, *state, 12, many_hits(*state, 20), 20);
    assert_string_equal(reply.code, "550");
    assert_string_equal(reply.enhanced, "5.7.1");
    assert_int_equal(reply.n_lines, 6);
    assert_string_equal(reply.lines[1], "RULE_NUMBER_0: Advice 0.");
    /* The fifth hit is a shadow rule's. */
    assert_string_equal(reply.lines[5], "RULE_NUMBER_5: Advice 5.");
}

static void test_a_rejection_without_advice_is_one_line(void **state) {
    const OvLedgerHit hits[] = {{.rule = "A", .score = 12, .advice = ""}, {.rule = "B"}};
    OvReply reply;

    ov_answer_reject(&reply, *state, 12, hits, 2);
    assert_int_equal(reply.n_lines, 1);
    assert_non_null(strstr(reply.lines[0], "12.00"));
}

static void test_reply_lines_are_printable_ascii_and_short(void **state) {
    g_autofree char *endless = g_strnfill(5000, '%');
    const struct {
        const char *advice, *line;
    } cases[] = {
        {"Offer 20% less.", "A: Offer 20%% less."},
        {"Use \xE2\x80\x9Cquotes\xE2\x80\x9D.", "A: Use \"quotes\"."},
        {"Gr\xC3\xBC\xC3\x9F Gott", NULL},
        {"one\r\n550 two\n\nthree", "A: one  550 two  three"},
        {"\xFF\xFE\x01", NULL},
        {endless, NULL},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const OvLedgerHit hit = {.rule = "A", .score = 9, .advice = cases[i].advice};
        OvReply reply;
        ov_answer_reject(&reply, *state, 9, &hit, 1);
        assert_int_equal(reply.n_lines, 2);
        if (cases[i].line)
            assert_string_equal(reply.lines[1], cases[i].line);
        assert_true(strlen(reply.lines[1]) <= 980);
        assert_plain(reply.lines[1]);
    }
}

static void test_authentication_is_told_on_short_lines(void **state) {
    OvAuthResults none = {.spf = NULL};
    assert_null(ov_answer_auth(*state, &none));
    OvAuthResults usual = {"pass", "192.0.2.1", "pass", "shop.example", "s1", "pass", "spf dkim"};
    assert_string_equal(ov_answer_auth(*state, &usual),
                        "spf=pass (192.0.2.1) dkim=pass (shop.example) dmarc=pass");
    OvAuthResults unsigned_yet = {.spf = "fail", .spf_address = "2001:db8::7", .dmarc = "none"};
    assert_string_equal(ov_answer_auth(*state, &unsigned_yet), "spf=fail (2001:db8::7) dmarc=none");
    OvAuthResults bare = {.dkim = "none"};
    assert_string_equal(ov_answer_auth(*state, &bare), "dkim=none");
    char domain[254];
    memset(domain, 'x', sizeof domain - 1);
    domain[sizeof domain - 1] = '\0';
    domain[9] = '\n';
    OvAuthResults long_name = {"pass", "192.0.2.1", "pass", domain, "s1", "pass", "dkim"};
    g_auto(GStrv) lines = g_strsplit(ov_answer_auth(*state, &long_name), "\n\t", -1);
    assert_int_equal(g_strv_length(lines), 3);
    for (guint i = 0; lines[i]; i++) {
        assert_plain(lines[i]);
        assert_true(strlen(lines[i]) < 300);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_score_tells_the_verdict, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_hits_are_named_with_their_scores, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_private_hits_are_for_logs_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_long_hits_are_folded_within_78_columns, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_rule_with_an_endless_name_makes_no_endless_line,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_reason_fits_into_100_octets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_rejection_gives_five_lines_of_advice_at_most, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_rejection_without_advice_is_one_line, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_authentication_is_told_on_short_lines, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_reply_lines_are_printable_ascii_and_short, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
