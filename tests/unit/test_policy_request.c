/* Requests of Postfix's policy delegation protocol, one at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/delegation/request.h"

/* As Postfix 3.7 sends it at RCPT TO. */
static const char AT_RCPT[] = "request=smtpd_access_policy\n"
                              "protocol_state=RCPT\n"
                              "protocol_name=ESMTP\n"
                              "client_address=192.0.2.7\n"
                              "client_name=unknown\n"
                              "client_port=40044\n"
                              "reverse_client_name=unknown\n"
                              "server_address=192.0.2.1\n"
                              "server_port=587\n"
                              "helo_name=laptop.example\n"
                              "sender=ann=list@example.org\n"
                              "recipient=paul@example.net\n"
                              "recipient_count=0\n"
                              "queue_id=\n"
                              "instance=1a2b.692a4c11.5f.0\n"
                              "size=12345\n"
                              "etrn_domain=\n"
                              "stress=\n"
                              "sasl_method=PLAIN\n"
                              "sasl_username=ann\n"
                              "sasl_sender=\n"
                              "encryption_keysize=256\n"
                              "policy_context=\n"
                              "compatibility_level=3.6\n"
                              "mail_version=3.7.11\n"
                              "\n";

static OvPolicyReading read_text(const char *text, OvPolicyRequest *request, gsize *length,
                                 const char **fault) {
    return ov_policy_request_read(ov_slice(text), request, length, fault);
}

static void assert_value(const OvPolicyRequest *request, OvPolicyAttribute attribute,
                         const char *expected) {
    assert_int_equal(request->value[attribute].length, strlen(expected));
    assert_memory_equal(request->value[attribute].data, expected, strlen(expected));
}

static void test_a_request_of_postfix_is_read(void **state) {
    (void)state;
    OvPolicyRequest request;
    const char *fault;
    gsize length;
    assert_int_equal(read_text(AT_RCPT, &request, &length, &fault), OV_POLICY_READ);
    assert_null(fault);
    assert_int_equal(length, strlen(AT_RCPT));
    assert_int_equal(request.state, OV_POLICY_AT_RCPT);
    assert_int_equal(request.size, 12345);
    assert_int_equal(request.recipients, 0);
    assert_value(&request, OV_POLICY_SENDER, "ann=list@example.org");
    assert_value(&request, OV_POLICY_SASL_USERNAME, "ann");
    assert_value(&request, OV_POLICY_INSTANCE, "1a2b.692a4c11.5f.0");
    assert_value(&request, OV_POLICY_QUEUE_ID, "");
}

static void test_every_beginning_of_a_request_waits_for_the_rest(void **state) {
    (void)state;
    OvPolicyRequest request;
    const char *fault;
    gsize length;
    for (gsize i = 0; i < strlen(AT_RCPT); i++)
        assert_int_equal(ov_policy_request_read((OvSlice){AT_RCPT, i}, &request, &length, &fault),
                         OV_POLICY_INCOMPLETE);
}

static void test_the_next_request_is_left_alone(void **state) {
    (void)state;
    OvPolicyRequest request;
    const char *fault;
    gsize length;
    g_autofree char *both = g_strconcat(AT_RCPT, "request=", NULL);
    assert_int_equal(read_text(both, &request, &length, &fault), OV_POLICY_READ);
    assert_int_equal(length, strlen(AT_RCPT));
}

static void test_the_places_in_the_dialogue_are_told_apart(void **state) {
    (void)state;
    static const struct {
        const char *name;
        OvPolicyState state;
    } cases[] = {
        {"RCPT", OV_POLICY_AT_RCPT},  {"END-OF-MESSAGE", OV_POLICY_AT_END_OF_MESSAGE},
        {"MAIL", OV_POLICY_AT_MAIL},  {"DATA", OV_POLICY_AT_DATA},
        {"EHLO", OV_POLICY_AT_OTHER}, {"VRFY", OV_POLICY_AT_OTHER},
        {"", OV_POLICY_AT_OTHER},     {"BDAT-OF-TOMORROW", OV_POLICY_AT_OTHER},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text =
            g_strdup_printf("request=smtpd_access_policy\nprotocol_state=%s\n\n", cases[i].name);
        OvPolicyRequest request;
        const char *fault;
        gsize length;
        assert_int_equal(read_text(text, &request, &length, &fault), OV_POLICY_READ);
        assert_int_equal(request.state, cases[i].state);
    }
}

static void test_what_is_no_request_is_told_why(void **state) {
    (void)state;
    static const struct {
        const char *text, *fault;
    } cases[] = {
        {"\n", "no request=smtpd_access_policy"},
        {"request=junk\n\n", "no request=smtpd_access_policy"},
        {"sender=a@b.example\n\n", "no request=smtpd_access_policy"},
        {"GET / HTTP/1.1\r\n", "a line without \"=\""},
        {"request=smtpd_access_policy\nsender=a\nsender=b\n\n", "an attribute that comes twice"},
        {"request=smtpd_access_policy\nsize=12k\n\n", "a size that is no number"},
        {"request=smtpd_access_policy\nsize=-1\n\n", "a size that is no number"},
        {"request=smtpd_access_policy\nsize=99999999999999999999\n\n", "a size that is no number"},
        {"request=smtpd_access_policy\nrecipient_count=two\n\n",
         "a recipient_count that is no number"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        OvPolicyRequest request;
        const char *fault;
        gsize length;
        assert_int_equal(read_text(cases[i].text, &request, &length, &fault), OV_POLICY_FAULTY);
        assert_string_equal(fault, cases[i].fault);
    }
}

static void test_a_nul_is_no_part_of_a_value(void **state) {
    (void)state;
    static const char text[] = "request=smtpd_access_policy\nsasl_username=ann\0root\n\n";
    OvPolicyRequest request;
    const char *fault;
    gsize length;
    assert_int_equal(
        ov_policy_request_read((OvSlice){text, sizeof text - 1}, &request, &length, &fault),
        OV_POLICY_FAULTY);
    assert_string_equal(fault, "a NUL");
}

static void test_attributes_of_later_versions_are_passed_over(void **state) {
    (void)state;
    OvPolicyRequest request;
    const char *fault;
    gsize length;
    assert_int_equal(read_text("request=smtpd_access_policy\ntls_sni=a\ntls_sni=b\n=\n"
                               "sender=\xff\xfe\n\n",
                               &request, &length, &fault),
                     OV_POLICY_READ);
    assert_value(&request, OV_POLICY_SENDER, "\xff\xfe");
}

static void test_length_and_number_of_attributes_are_bounded(void **state) {
    (void)state;
    OvPolicyRequest request;
    const char *fault;
    gsize length;
    g_autoptr(GString) text = g_string_new("request=smtpd_access_policy\nsender=");
    while (text->len < OV_POLICY_REQUEST_LIMIT - 1)
        g_string_append_c(text, 'x');
    assert_int_equal(read_text(text->str, &request, &length, &fault), OV_POLICY_INCOMPLETE);
    g_string_append_c(text, 'x');
    assert_int_equal(read_text(text->str, &request, &length, &fault), OV_POLICY_FAULTY);
    assert_string_equal(fault, "longer than 64 KiB");

    g_string_assign(text, "request=smtpd_access_policy\n");
    for (guint i = 0; i < OV_POLICY_MAX_ATTRIBUTES; i++)
        g_string_append_printf(text, "x%u=\n", i);
    assert_int_equal(read_text(text->str, &request, &length, &fault), OV_POLICY_FAULTY);
    assert_string_equal(fault, "over 100 attributes");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_request_of_postfix_is_read),
        cmocka_unit_test(test_every_beginning_of_a_request_waits_for_the_rest),
        cmocka_unit_test(test_the_next_request_is_left_alone),
        cmocka_unit_test(test_the_places_in_the_dialogue_are_told_apart),
        cmocka_unit_test(test_what_is_no_request_is_told_why),
        cmocka_unit_test(test_a_nul_is_no_part_of_a_value),
        cmocka_unit_test(test_attributes_of_later_versions_are_passed_over),
        cmocka_unit_test(test_length_and_number_of_attributes_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
