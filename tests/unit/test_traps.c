/* Addresses that never asked for mail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "policy/traps.h"

static const char LIST[] = "# seeded in spring\n"
                           "Hidden@Shop.example\n"
                           "\n"
                           "  @never.example   # no mailbox was ever there\r\n"
                           "@xn--mller-kva.example\n"
                           "trap+seed@shop.example";

static OvOwnerText *list_of(const char *text, GError **error) {
    return ov_owner_text_parse(text, strlen(text), "traps", OV_OWNER_TEXT_ADDRESSES, error);
}

static guint count(const OvOwnerText *traps, const char *const *recipients, guint n) {
    OvEnvelope envelope = {.recipients = recipients, .n_recipients = n};
    ov_traps_count(traps, &envelope);
    assert_true(envelope.traps_known);
    return envelope.trap_recipients;
}

static void test_recipients_are_traps_by_address_and_by_domain(void **state) {
    (void)state;
    static const struct {
        const char *recipient;
        guint traps;
    } rows[] = {
        {"hidden@shop.example", 1},
        {"HIDDEN@SHOP.EXAMPLE", 1},
        {"\"hidden\"@shop.example", 1},
        {"hidden2@shop.example", 0},
        {"hidden@shop.example.org", 0},
        {"anybody@Never.example", 1},
        {"anybody@mail.never.example", 0},
        {"ann@m\xc3\xbcller.example", 1},
        {"ann@xn--mller-kva.example", 1},
        {"trap+seed@shop.example", 1},
        {"trap+other@shop.example", 0},
        {"trap@shop.example", 0},
        {"seeded", 0},
        {"", 0},
        {"@never.example", 0},
        {"\xff@never.example", 0},
    };
    g_autoptr(OvOwnerText) traps = list_of(LIST, NULL);
    assert_non_null(traps);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        if (count(traps, &rows[i].recipient, 1) != rows[i].traps)
            fail_msg("%s is%s a trap", rows[i].recipient, rows[i].traps ? " not" : "");
}

static void test_each_of_many_recipients_counts(void **state) {
    (void)state;
    static const char *const recipients[] = {"ann@one.example", "x@never.example",
                                             "hidden@shop.example", "y@never.example"};
    g_autoptr(OvOwnerText) traps = list_of(LIST, NULL);
    assert_int_equal(count(traps, recipients, 4), 3);
    assert_int_equal(count(traps, recipients, 0), 0);
    g_autoptr(OvOwnerText) empty = list_of("# none yet\n", NULL);
    assert_int_equal(count(empty, recipients, 4), 0);
}

static void test_without_a_list_nothing_is_known(void **state) {
    (void)state;
    OvEnvelope envelope = {.n_recipients = 0};
    ov_traps_count(NULL, &envelope);
    assert_false(envelope.traps_known);
    g_autoptr(OvSettings) settings = ov_settings_parse("", 0, "test.conf", NULL);
    OvOwnerText *traps;
    assert_true(ov_traps_load(settings, &traps, NULL));
    assert_null(traps);
}

static void test_a_faulty_line_is_named(void **state) {
    (void)state;
    static const struct {
        const char *text, *error;
    } rows[] = {
        {"a@b.example\nshop.example\n", "traps:2: write user@example.com or @example.com."},
        {"*@never.example\n", "traps:1: write user@example.com or @example.com."},
        {"ann@\n", "traps:1: write user@example.com or @example.com."},
        {"a@b.example c@d.example\n", "traps:1: one address a line."},
        {"\xff@b.example\n", "traps:1: it is no valid UTF-8, or has a NUL."},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(list_of(rows[i].text, &error));
        assert_string_equal(error->message, rows[i].error);
    }
    static const char settings_text[] = "[recipients]\ntraps = /none/such\n";
    g_autoptr(OvSettings) settings =
        ov_settings_parse(settings_text, strlen(settings_text), "test.conf", NULL);
    g_autoptr(GError) error = NULL;
    OvOwnerText *traps;
    assert_false(ov_traps_load(settings, &traps, &error));
    assert_non_null(strstr(error->message, "/none/such: "));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recipients_are_traps_by_address_and_by_domain),
        cmocka_unit_test(test_each_of_many_recipients_counts),
        cmocka_unit_test(test_without_a_list_nothing_is_known),
        cmocka_unit_test(test_a_faulty_line_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
