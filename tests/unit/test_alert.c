/* Alerts: what is gathered and when it is sent, what is told, and mail that can't be forged. */
#include "policy/alert/groups.h"
#include "policy/alert/message.h"
#include "policy/alert/sender_notice.h"
#include "policy/alert/webhook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const gint64 SECOND = G_USEC_PER_SEC;
static const gint64 MINUTE = 60 * G_USEC_PER_SEC;
static const gint64 HOUR = G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;
static const gint64 EPOCH = G_GINT64_CONSTANT(1795435200) * G_USEC_PER_SEC;
static const guint8 KEY[OV_ALERT_KEY_SIZE] = "0123456789abcdef0123456789abcde";

static int set_up(void **state) {
    OvAlertGroups *groups = ov_alert_groups_new(0);
    ov_alert_groups_set(groups, 15 * MINUTE, 20);
    *state = groups;
    return 0;
}

static int tear_down(void **state) {
    ov_alert_groups_free(*state);
    return 0;
}

static void raise_alert(OvAlertGroups *groups, OvAlertKind kind, const char *subject,
                        const char *reason, gint64 now) {
    ov_alert_groups_add(
        groups, &(OvAlert){.kind = kind, .subject = subject, .reason = reason, .queue_id = "4abc"},
        EPOCH + now, now);
}

static OvNotice *take(OvAlertGroups *groups, gint64 now) {
    return ov_alert_groups_take(groups, EPOCH + now, now);
}

static const OvNoticeEntry *entry(const OvNotice *notice, guint i) {
    assert_true(i < notice->entries->len);
    return notice->entries->pdata[i];
}

static void test_the_first_alert_goes_out_within_five_seconds(void **state) {
    raise_alert(*state, OV_ALERT_LIMIT, "shop", "500 messages in an hour", 0);
    assert_true(ov_alert_groups_due(*state) < 5 * SECOND);
    assert_null(take(*state, SECOND));
    g_autoptr(OvNotice) notice = take(*state, 2 * SECOND);
    assert_non_null(notice);
    assert_string_equal(entry(notice, 0)->subject, "shop");
    assert_int_equal(entry(notice, 0)->count, 1);
    assert_string_equal(entry(notice, 0)->samples[0].reason, "500 messages in an hour");
    assert_string_equal(entry(notice, 0)->samples[0].queue_id, "4abc");
    assert_true(ov_alert_groups_due(*state) == G_MAXINT64);
}

static void test_four_thousand_alerts_are_one_notice_with_a_count(void **state) {
    for (gint64 i = 0; i < 4000; i++)
        raise_alert(*state, OV_ALERT_LIMIT, "shop", "over the limit", i * SECOND / 1000);
    g_autoptr(OvNotice) first = take(*state, 4 * SECOND);
    assert_int_equal(first->entries->len, 1);
    assert_int_equal(entry(first, 0)->count, 4000);
    assert_int_equal(ov_alert_groups_lost(*state), 0);
    g_autofree char *title = ov_notice_title(first);
    assert_string_equal(title, "Limit passed: shop (4000 times)");
}

static void test_what_comes_again_waits_until_it_was_quiet(void **state) {
    raise_alert(*state, OV_ALERT_LIMIT, "shop", "over", 0);
    ov_notice_unref(take(*state, 2 * SECOND));
    for (gint64 i = 0; i < 100; i++)
        raise_alert(*state, OV_ALERT_LIMIT, "shop", "over", (3 + i) * SECOND);
    assert_null(take(*state, 14 * MINUTE));
    g_autoptr(OvNotice) second = take(*state, 15 * MINUTE + 2 * SECOND);
    assert_int_equal(entry(second, 0)->count, 100);
    assert_true(entry(second, 0)->first == EPOCH + 3 * SECOND);
    assert_true(entry(second, 0)->last == EPOCH + 102 * SECOND);
}

static void test_another_subject_or_kind_does_not_wait(void **state) {
    raise_alert(*state, OV_ALERT_LIMIT, "shop", "over", 0);
    ov_notice_unref(take(*state, 2 * SECOND));
    raise_alert(*state, OV_ALERT_LIMIT, "shop", "over", 10 * SECOND);
    raise_alert(*state, OV_ALERT_LIMIT, "blog", "over", 10 * SECOND);
    raise_alert(*state, OV_ALERT_SUSPENDED, "shop", "by a rule", 11 * SECOND);
    g_autoptr(OvNotice) notice = take(*state, 12 * SECOND);
    assert_int_equal(notice->entries->len, 2);
    assert_string_equal(entry(notice, 0)->subject, "shop"); /* the graver first */
    assert_int_equal(entry(notice, 0)->kind, OV_ALERT_SUSPENDED);
    assert_string_equal(entry(notice, 1)->subject, "blog");
}

static void test_held_messages_of_an_account_are_told_once_a_day(void **state) {
    raise_alert(*state, OV_ALERT_HELD, "shop", "score 7", 0);
    ov_notice_unref(take(*state, 2 * SECOND));
    for (gint64 hour = 1; hour < 24; hour++) {
        raise_alert(*state, OV_ALERT_HELD, "shop", "score 7", hour * HOUR);
        assert_null(take(*state, hour * HOUR + 5 * SECOND));
    }
    g_autoptr(OvNotice) next = take(*state, 24 * HOUR + 2 * SECOND);
    assert_int_equal(entry(next, 0)->count, 23);
}

static void test_an_hour_has_a_bound_and_nothing_is_forgotten(void **state) {
    guint notices = 0;
    guint64 told = 0, raised = 0;
    for (gint64 now = 0; now < HOUR; now += SECOND) {
        g_autofree char *subject = g_strdup_printf("account%" G_GINT64_FORMAT, now / SECOND);
        raise_alert(*state, OV_ALERT_LIMIT, subject, "over", now);
        raised++;
        g_autoptr(OvNotice) notice = take(*state, now);
        notices += notice != NULL;
        told += notice ? ov_notice_n_alerts(notice) : 0;
    }
    assert_in_range(notices, 10, 20);
    g_autoptr(OvNotice) rest = ov_alert_groups_take_all(*state, EPOCH + HOUR, HOUR);
    assert_int_equal(told + ov_notice_n_alerts(rest), raised);
}

static void test_a_notice_of_many_subjects_is_bounded(void **state) {
    for (gint64 i = 0; i < 300; i++) {
        g_autofree char *subject = g_strdup_printf("account%d", (int)i);
        raise_alert(*state, OV_ALERT_LIMIT, subject, "over", i);
        raise_alert(*state, OV_ALERT_LIMIT, subject, "over", i);
    }
    raise_alert(*state, OV_ALERT_PROVIDER, "192.0.2.1", "blocked", SECOND);
    g_autoptr(OvNotice) notice = take(*state, 2 * SECOND);
    assert_int_equal(notice->entries->len, OV_NOTICE_MAX_ENTRIES);
    assert_int_equal(entry(notice, 0)->kind, OV_ALERT_PROVIDER);
    assert_int_equal(notice->more, 251);
    assert_int_equal(notice->more_alerts, 502);
    g_autofree char *title = ov_notice_title(notice);
    assert_string_equal(title,
                        "601 alerts: address blocked by the provider (1), limit passed (49), ...");
    g_autofree char *text = ov_notice_text(notice, "mx");
    assert_non_null(strstr(text, "And 502 alerts of 251 others"));
}

static void test_more_subjects_than_can_be_kept_are_counted(void **state) {
    for (guint i = 0; i < OV_ALERT_MAX_GROUPS + 7; i++) {
        g_autofree char *subject = g_strdup_printf("account%u", i);
        raise_alert(*state, OV_ALERT_LIMIT, subject, "over", 0);
    }
    assert_int_equal(ov_alert_groups_lost(*state), 7);
    g_autoptr(OvNotice) notice = take(*state, 2 * SECOND);
    assert_int_equal(notice->lost, 7);
    raise_alert(*state, OV_ALERT_SUSPENDED, "shop", "by a rule", 10 * SECOND);
    g_autoptr(OvNotice) later = take(*state, 12 * SECOND);
    assert_string_equal(entry(later, 0)->subject, "shop"); /* there is room again */
}

static void test_reasons_that_differ_are_kept_up_to_five(void **state) {
    static const char *const reasons[] = {"one", "one", "two", "three", "four", "five", "six"};
    for (guint i = 0; i < G_N_ELEMENTS(reasons); i++)
        raise_alert(*state, OV_ALERT_TROUBLE, "ledger", reasons[i], 0);
    g_autoptr(OvNotice) notice = take(*state, 2 * SECOND);
    assert_int_equal(entry(notice, 0)->n_samples, 5);
    assert_string_equal(entry(notice, 0)->samples[0].reason, "one");
    assert_string_equal(entry(notice, 0)->samples[3].reason, "four");
    assert_string_equal(entry(notice, 0)->samples[4].reason, "six"); /* the last, always */
}

static void test_json_has_all_of_it(void **state) {
    OvAlert alert = {
        .kind = OV_ALERT_SUSPENDED,
        .subject = "sho\"p\n\xff",
        .reason = "by rule STOLEN",
        .queue_id = "4abc",
        .advice = "outvet resume shop",
        .details = (const char *const[]){"until", "tomorrow", NULL},
    };
    ov_alert_groups_add(*state, &alert, EPOCH, 0);
    g_autoptr(OvNotice) notice = take(*state, 2 * SECOND);
    json_t *json = ov_notice_json(notice, "mx.example.com");
    json_t *first = json_array_get(json_object_get(json, "alerts"), 0);
    json_t *sample = json_array_get(json_object_get(first, "samples"), 0);
    assert_string_equal(json_string_value(json_object_get(json, "node")), "mx.example.com");
    assert_string_equal(json_string_value(json_object_get(json, "time")), "2026-11-23T12:00:02Z");
    assert_string_equal(json_string_value(json_object_get(first, "kind")), "suspended");
    assert_string_equal(json_string_value(json_object_get(first, "subject")),
                        "sho\"p \xEF\xBF\xBD");
    assert_int_equal(json_integer_value(json_object_get(first, "count")), 1);
    assert_string_equal(json_string_value(json_object_get(sample, "reason")), "by rule STOLEN");
    assert_string_equal(json_string_value(json_object_get(sample, "queue_id")), "4abc");
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(first, "details"), "until")), "tomorrow");
    json_decref(json);
}

static char *message_about(const char *subject, const char *text) {
    static const char *const to[] = {"root@example.com", "ops@example.com", NULL};
    return ov_own_message(&(OvOwnMessage){.from = "outvet@example.com",
                                          .to = to,
                                          .auto_submitted = "auto-generated",
                                          .subject = subject,
                                          .text = text,
                                          .host = "m x.example.com>\r\n",
                                          .time = EPOCH},
                          KEY);
}

static char *field_of(const char *message, const char *name) {
    g_autofree char *start = g_strdup_printf("\n%s: ", name);
    const char *field = strstr(message, start);
    assert_non_null(field);
    field += strlen(start);
    return g_strndup(field, strcspn(field, "\n"));
}

static void test_no_text_makes_a_header_field(void **state) {
    (void)state;
    g_autofree char *message =
        message_about("shop\r\nBcc: all@example.org\n\nHello\xC3\xA9", "Text\n");
    char *end = strstr(message, "\n\n");
    assert_non_null(end);
    *end = '\0';
    assert_null(strstr(message, "\nBcc"));
    g_autofree char *subject = field_of(message, "Subject");
    assert_string_equal(subject, "shop??Bcc: all@example.org??Helloe");
    g_autofree char *date = field_of(message, "Date");
    assert_string_equal(date, "Mon, 23 Nov 2026 12:00:00 +0000");
    g_autofree char *id = field_of(message, "Message-ID");
    assert_true(g_str_has_prefix(id, "<outvet-alert.1795435200."));
    assert_true(g_str_has_suffix(id, "@mx.example.com>"));
    for (const char *line = message; line; line = strchr(line + 1, '\n'))
        assert_true(line == message || line[1] == ' ' ||
                    strcspn(line + 1, ": ") < strcspn(line + 1, "\n "));
}

static void test_no_text_breaks_the_body(void **state) {
    (void)state;
    g_autofree char *words = g_strnfill(3000, 'x');
    g_autofree char *text = g_strdup_printf(".\nFrom here\na=b \n%s\nGr\xC3\xBC\xC3\x9F"
                                            "e\n",
                                            words);
    g_autofree char *message = message_about("shop", text);
    const char *body = strstr(message, "\n\n") + 2;
    assert_true(g_str_has_prefix(body, "=2E\n=46rom here\na=3Db=20\nxxx"));
    assert_true(g_str_has_suffix(body, "\nGr=C3=BC=C3=9Fe\n"));
    for (const char *line = body; *line; line += strcspn(line, "\n") + 1)
        assert_true(strcspn(line, "\n") <= 76);
}

static void test_a_seal_holds_for_its_message_and_a_week(void **state) {
    (void)state;
    g_autofree char *message = message_about("shop", "Text\n");
    g_autofree char *seal = field_of(message, "X-Outvet-Alert");
    g_autofree char *id = field_of(message, "Message-ID");
    assert_true(ov_seal_holds(KEY, seal, id, EPOCH));
    assert_true(ov_seal_holds(KEY, seal, id, EPOCH + 6 * 24 * HOUR));
    assert_false(ov_seal_holds(KEY, seal, id, EPOCH + 8 * 24 * HOUR));
    assert_false(ov_seal_holds(KEY, seal, id, EPOCH - 24 * HOUR));
    assert_false(ov_seal_holds(KEY, NULL, id, EPOCH));
    assert_false(ov_seal_holds(KEY, seal, NULL, EPOCH));
    assert_false(ov_seal_holds(KEY, "", id, EPOCH));
    assert_false(ov_seal_holds(KEY, seal, "<1@example.com>", EPOCH));
    static const guint8 other[OV_ALERT_KEY_SIZE] = "another";
    assert_false(ov_seal_holds(other, seal, id, EPOCH));
    seal[10] = seal[10] == '0' ? '1' : '0';
    assert_false(ov_seal_holds(KEY, seal, id, EPOCH));
    /* Only what looks like an alert can be sealed at all. */
    char foreign[OV_SEAL_SIZE];
    ov_seal_make(KEY, "<1795435200@example.com>", foreign);
    assert_false(ov_seal_holds(KEY, foreign, "<1795435200@example.com>", EPOCH));
}

static void test_a_sender_is_told_each_advice_once(void **state) {
    (void)state;
    static const OvLedgerHit hits[] = {
        {.rule = "A", .score = 3, .advice = "Write in\nnormal case."},
        {.rule = "B", .score = 2, .advice = "Write in\nnormal case."},
        {.rule = "C", .score = 2, .advice = "Only watched.", .shadow = TRUE},
        {.rule = "D", .score = -1, .advice = "Well done."},
        {.rule = "E", .score = 1, .advice = ""},
        {.rule = "F", .score = 1, .advice = "Sign it."},
        {.rule = "G", .score = 1, .advice = "For operators.", .private = TRUE},
    };
    OvHeldMessage message = {.account = "shop",
                             .sender = "shop@example.com",
                             .subject = "Buy\r\nBcc: x",
                             .n_recipients = 3,
                             .hits = hits,
                             .n_hits = G_N_ELEMENTS(hits)};
    g_autofree char *text = ov_sender_notice_text(&message, "mx");
    assert_non_null(strstr(text, "\n  Subject: Buy  Bcc: x\n  Recipients: 3\n"));
    assert_non_null(strstr(text, "please mend:\n\n  - Write in normal case.\n  - Sign it.\n\n"));
    message.n_hits = 0;
    g_autofree char *bare = ov_sender_notice_text(&message, "mx");
    assert_null(strstr(bare, "please mend"));
}

/* As `openssl dgst -sha256 -hmac` has it. */
static void test_a_signature_is_what_receivers_reckon(void **state) {
    (void)state;
    static const char secret[] = "a key that both sides have";
    g_autoptr(GBytes) key = g_bytes_new_static(secret, sizeof secret - 1);
    g_autofree char *signature = ov_webhook_signature(key, "1764405432", "{\"id\":\"1\"}");
    assert_string_equal(signature, "sha256=9f9a93a5767a03b1e2374683ebcdb048"
                                   "13e34775eea59a20cc0f13d59a52c65e");
}

static void test_urls_that_notices_may_be_posted_to(void **state) {
    (void)state;
    static const char *const good[] = {"https://example.com/hook?a=b", "HTTPS://example.com",
                                       "http://localhost:8080/", "http://[::1]/",
                                       "http://127.0.0.1"};
    static const char *const bad[] = {"",
                                      "https://",
                                      "/etc/passwd",
                                      "file:///etc/passwd",
                                      "http://example.com/",
                                      "http://127.0.0.1.example.com/",
                                      "https://user@example.com/",
                                      "https://example.com/a b",

                                      "https://example.com/\r\nX: y"};
    const char *why;
    for (guint i = 0; i < G_N_ELEMENTS(good); i++)
        assert_true(ov_webhook_url_is(good[i], &why));
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_false(ov_webhook_url_is(bad[i], &why));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_first_alert_goes_out_within_five_seconds, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_four_thousand_alerts_are_one_notice_with_a_count,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_comes_again_waits_until_it_was_quiet, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_another_subject_or_kind_does_not_wait, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_held_messages_of_an_account_are_told_once_a_day,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_hour_has_a_bound_and_nothing_is_forgotten, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_notice_of_many_subjects_is_bounded, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_more_subjects_than_can_be_kept_are_counted, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_reasons_that_differ_are_kept_up_to_five, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_json_has_all_of_it, set_up, tear_down),
        cmocka_unit_test(test_no_text_makes_a_header_field),
        cmocka_unit_test(test_no_text_breaks_the_body),
        cmocka_unit_test(test_a_sender_is_told_each_advice_once),
        cmocka_unit_test(test_a_signature_is_what_receivers_reckon),
        cmocka_unit_test(test_urls_that_notices_may_be_posted_to),
        cmocka_unit_test(test_a_seal_holds_for_its_message_and_a_week),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
