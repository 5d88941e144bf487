/* The envelope by which a sample is judged: policy/review/sample_check.h. */
#include "tests/unit/ledger_place.h"

#include "policy/review/sample_check.h"

static const char RAW[] = "From: Paul <paul@shop.example>\r\n"
                          "To: ann@One.example, Bob <bob@two.example>, cy@one.example\r\n"
                          "Cc: dora@elsewhere.example\r\n"
                          "Date: Mon, 23 Nov 2026 12:00:00 +0000\r\n\r\nText\r\n";

/* The recipients, separated by blanks. */
static char *recipients_of(const OvEnvelope *envelope) {
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < envelope->n_recipients; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "", envelope->recipients[i]);
    return g_string_free(text, FALSE);
}

static void test_recipients_are_as_many_and_in_the_domains_that_the_ledger_has(void **state) {
    const Place *place = *state;
    static const struct {
        const char *domains;
        guint n;
        const char *recipients;
    } CASES[] = {
        {"one.example two.example", 3, "ann@one.example bob@two.example cy@one.example"},
        {"one.example two.example", 2, "ann@one.example bob@two.example"},
        {"elsewhere.example", 1, "dora@elsewhere.example"},
        {"blind.example", 1, "recipient@blind.example"},
        {"blind.example two.example", 2, "bob@two.example recipient@blind.example"},
        {"two.example", 3, "bob@two.example recipient-1@two.example recipient-2@two.example"},
        {"one.example three.example two.example", 1, "ann@one.example"},
        {"", 2, "ann@one.example bob@two.example cy@one.example dora@elsewhere.example"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        OvLedgerRecord record = {
            .sender = "news@shop.example",
            .recipient_domains = CASES[i].domains,
            .n_recipients = CASES[i].n,
            .time = 4711,
        };
        OvEnvelope envelope;
        ov_sample_envelope(&envelope, &record, ov_slice(RAW), place->arena);
        g_autofree char *recipients = recipients_of(&envelope);
        assert_string_equal(recipients, CASES[i].recipients);
        assert_string_equal(envelope.sender, "news@shop.example");
        assert_int_equal(envelope.now, 4711);
    }
}

static void test_addresses_that_are_kept_are_the_recipients(void **state) {
    const Place *place = *state;
    const char *const kept[] = {"x@one.example", "y@two.example"};
    OvLedgerRecord record = {.recipients = kept,
                             .n_recipients = 2,
                             .recipient_domains = "one.example two.example",
                             .login = "shop",
                             .client_address = "192.0.2.7"};
    OvEnvelope envelope;
    ov_sample_envelope(&envelope, &record, ov_slice(RAW), place->arena);
    g_autofree char *recipients = recipients_of(&envelope);
    assert_string_equal(recipients, "x@one.example y@two.example");
    assert_string_equal(envelope.sender, ""); /* what is not recorded was empty */
    assert_string_equal(envelope.login, "shop");
    assert_string_equal(envelope.client_address, "192.0.2.7");
    assert_false(envelope.local);
}

static void test_without_a_record_the_header_tells(void **state) {
    const Place *place = *state;
    OvEnvelope envelope;
    ov_sample_envelope(&envelope, NULL, ov_slice(RAW), place->arena);
    assert_string_equal(envelope.sender, "paul@shop.example");
    assert_int_equal(envelope.n_recipients, 4);
    assert_int_equal(envelope.now, G_GINT64_CONSTANT(1795435200) * G_USEC_PER_SEC);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_recipients_are_as_many_and_in_the_domains_that_the_ledger_has),
        TEST(test_addresses_that_are_kept_are_the_recipients),
        TEST(test_without_a_record_the_header_tells),
    };
    return cmocka_run_group_tests_name("sample_check", tests, NULL, NULL);
}
