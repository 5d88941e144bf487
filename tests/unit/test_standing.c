#include "rules/auth/standing.h"
#include "tests/unit/dns_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const gint64 hour = G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;
static const gint64 start = G_GINT64_CONSTANT(1795435140) * G_USEC_PER_SEC;

static const char right[] = "25.2.0.192.in-addr.arpa PTR mail.kranich-test.net\n"
                            "mail.kranich-test.net A 192.0.2.25\n"
                            "2.0.0.127.zen.spamhaus.org A 127.0.0.2\n"
                            "test.dbl.spamhaus.org A 127.0.1.2\n";
static const char dead[] = "25.2.0.192.in-addr.arpa failed\n"
                           "mail.kranich-test.net failed\n"
                           "2.0.0.127.zen.spamhaus.org failed\n"
                           "test.dbl.spamhaus.org failed\n";
static const char *const zones[] = {"zen.spamhaus.org", NULL};

static OvIpAddress address_of(const char *text) {
    OvIpAddress address;
    assert_true(ov_ip_address_parse(ov_slice(text), &address));
    return address;
}

/* The standing that the zone gives, at an hour. */
static OvStanding *stand(const char *zone, const OvStanding *before, gint64 hours) {
    g_autoptr(OvDnsBook) book = dns_table_new();
    OvIpAddress address = address_of("192.0.2.25");
    dns_table_read(book, zone);
    dns_table_be_slow(book);
    OvStanding *standing = ov_standing_new();
    gint64 now = start + hours * hour;
    ov_standing_add_address(standing, book, &address, "mail.kranich-test.net", zones, before, now);
    ov_standing_add_domain_list(standing, book, "dbl.spamhaus.org", before, now);
    return standing;
}

static void test_what_the_dns_says_is_kept_without_the_book(void **state) {
    (void)state;
    g_autoptr(OvStanding) standing = stand(right, NULL, 0);
    assert_int_equal(ov_standing_n_addresses(standing), 1);
    const OvStandingAddress *address = ov_standing_address(standing, 0);
    assert_string_equal(address->text, "192.0.2.25");
    assert_string_equal(address->helo, "mail.kranich-test.net");
    assert_string_equal(address->name, "mail.kranich-test.net");
    assert_int_equal(address->n_names, 1);
    assert_int_equal(address->reverse, OV_REVERSE_CONFIRMED);
    assert_int_equal(address->kind, OV_HOST_NAME_OWN);
    assert_true(address->helo_is_name);
    assert_int_equal(address->helo_state, OV_HELO_HAS_ADDRESS);
    assert_int_equal(address->n_lists, 1);
    assert_string_equal(address->lists[0].name, "zen.spamhaus.org");
    assert_int_equal(address->lists[0].owner, OV_BLOCK_LIST_SPAMHAUS);
    assert_int_equal(address->lists[0].listing.state, OV_BLOCK_LIST_CLEAR);
    assert_int_equal(ov_standing_domain_list(standing, 0)->listing.state, OV_BLOCK_LIST_CLEAR);
    assert_false(ov_standing_is_partial(standing));
    assert_string_equal(ov_standing_reverse_word(address), "confirmed");
    assert_string_equal(ov_standing_helo_word(address), "matches");
    assert_true(address->reverse_age.since == start && address->reverse_age.checked == start);
}

static void test_an_address_is_found_with_its_name_alone(void **state) {
    (void)state;
    g_autoptr(OvStanding) standing = stand(right, NULL, 0);
    OvIpAddress mine = address_of("192.0.2.25"), other = address_of("192.0.2.26"),
                six = address_of("2001:db8::25");
    assert_non_null(ov_standing_find(standing, &mine, "MAIL.kranich-test.net"));
    assert_null(ov_standing_find(standing, &mine, NULL));
    assert_null(ov_standing_find(standing, &other, "mail.kranich-test.net"));
    assert_null(ov_standing_find(standing, &six, "mail.kranich-test.net"));
    assert_non_null(ov_standing_find_domain_list(standing, "DBL.spamhaus.org"));
    assert_null(ov_standing_find_domain_list(standing, "zen.spamhaus.org"));
}

static void test_since_when_tells_of_the_last_change(void **state) {
    (void)state;
    static const char listed[] = "25.2.0.192.in-addr.arpa PTR gate.kranich-test.net\n"
                                 "gate.kranich-test.net A 192.0.2.26\n"
                                 "mail.kranich-test.net A 192.0.2.25\n"
                                 "25.2.0.192.zen.spamhaus.org A 127.0.0.2\n"
                                 "2.0.0.127.zen.spamhaus.org A 127.0.0.2\n"
                                 "test.dbl.spamhaus.org A 127.0.1.2\n";
    g_autoptr(OvStanding) first = stand(right, NULL, 0);
    g_autoptr(OvStanding) second = stand(right, first, 1);
    g_autoptr(OvStanding) third = stand(listed, second, 2);
    const OvStandingAddress *same = ov_standing_address(second, 0),
                            *changed = ov_standing_address(third, 0);
    assert_true(same->reverse_age.since == start && same->reverse_age.checked == start + hour);
    assert_true(same->lists[0].age.since == start);
    assert_int_equal(changed->reverse, OV_REVERSE_UNCONFIRMED);
    assert_true(changed->reverse_age.since == start + 2 * hour);
    assert_true(changed->helo_age.since == start);
    assert_false(changed->helo_is_name);
    assert_int_equal(changed->lists[0].listing.state, OV_BLOCK_LIST_LISTED);
    assert_int_equal(changed->lists[0].listing.listing, OV_LISTING_SPAM);
    assert_true(changed->lists[0].age.since == start + 2 * hour);
}

static void test_trouble_keeps_what_was_known_for_a_day(void **state) {
    (void)state;
    g_autoptr(OvStanding) known = stand(right, NULL, 0);
    g_autoptr(OvStanding) later = stand(dead, known, 12);
    g_autoptr(OvStanding) late = stand(dead, later, 23);
    g_autoptr(OvStanding) too_late = stand(dead, late, 24);
    const OvStandingAddress *address = ov_standing_address(late, 0);
    assert_int_equal(address->reverse, OV_REVERSE_CONFIRMED);
    assert_string_equal(address->name, "mail.kranich-test.net");
    assert_true(address->helo_is_name);
    assert_int_equal(address->helo_state, OV_HELO_HAS_ADDRESS);
    assert_int_equal(address->lists[0].listing.state, OV_BLOCK_LIST_CLEAR);
    assert_true(address->reverse_age.checked == start);
    assert_int_equal(ov_standing_domain_list(late, 0)->listing.state, OV_BLOCK_LIST_CLEAR);
    assert_false(ov_standing_is_partial(late));

    address = ov_standing_address(too_late, 0);
    assert_int_equal(address->reverse, OV_REVERSE_UNKNOWN);
    assert_int_equal(address->helo_state, OV_HELO_UNKNOWN);
    assert_int_equal(address->lists[0].listing.state, OV_BLOCK_LIST_UNKNOWN);
    assert_int_equal(ov_standing_domain_list(too_late, 0)->listing.state, OV_BLOCK_LIST_UNKNOWN);
    assert_true(ov_standing_is_partial(too_late));
    assert_string_equal(ov_standing_reverse_word(address), "unknown");
}

static void test_what_was_never_known_is_unknown(void **state) {
    (void)state;
    g_autoptr(OvStanding) standing = stand(dead, NULL, 0);
    const OvStandingAddress *address = ov_standing_address(standing, 0);
    assert_int_equal(address->reverse, OV_REVERSE_UNKNOWN);
    assert_true(address->reverse_age.checked == 0 && address->reverse_age.since == 0);
    assert_string_equal(ov_standing_helo_word(address), "unknown");
    assert_true(ov_standing_is_partial(standing));
}

static void test_a_list_that_refuses_lists_nobody(void **state) {
    (void)state;
    static const char refusing[] = "25.2.0.192.zen.spamhaus.org A 127.255.255.254\n"
                                   "2.0.0.127.zen.spamhaus.org A 127.255.255.254\n"
                                   "1.0.0.127.zen.spamhaus.org A 127.255.255.254\n"
                                   "test.dbl.spamhaus.org A 127.255.255.254\n"
                                   "invalid.dbl.spamhaus.org A 127.255.255.254\n";
    g_autoptr(OvStanding) standing = stand(refusing, NULL, 0);
    const OvStandingList *list = &ov_standing_address(standing, 0)->lists[0];
    assert_int_equal(list->listing.state, OV_BLOCK_LIST_REFUSED);
    assert_true(*list->listing.trouble != '\0');
    assert_int_equal(ov_standing_domain_list(standing, 0)->listing.state, OV_BLOCK_LIST_REFUSED);
}

static void test_a_key_in_a_zone_is_not_in_its_name(void **state) {
    (void)state;
    static const char *const keyed[] = {"abcdefghijklmnopqrstuvwxyz.zen.dq.spamhaus.net", NULL};
    g_autoptr(OvDnsBook) book = dns_table_new();
    g_autoptr(OvStanding) standing = ov_standing_new();
    OvIpAddress address = address_of("192.0.2.25");
    ov_standing_add_address(standing, book, &address, NULL, keyed, NULL, start);
    assert_string_equal(ov_standing_address(standing, 0)->lists[0].name, "***.zen.dq.spamhaus.net");
    assert_string_equal(ov_standing_helo_word(ov_standing_address(standing, 0)), "not told");
}

static void test_no_more_lists_are_asked_than_may_be(void **state) {
    (void)state;
    static const char *const many[] = {"a.test", "b.test", "c.test", "d.test", "e.test",
                                       "f.test", "g.test", "h.test", "i.test", NULL};
    g_autoptr(OvDnsBook) book = dns_table_new();
    g_autoptr(OvStanding) standing = ov_standing_new();
    OvIpAddress address = address_of("2001:db8::25");
    ov_standing_add_address(standing, book, &address, "mail", many, NULL, start);
    assert_int_equal(ov_standing_address(standing, 0)->n_lists, OV_STANDING_MAX_LISTS);
    assert_false(dns_table_was_asked(book, "2.0.0.127.i.test", OV_DNS_A));
    assert_string_equal(ov_standing_helo_word(ov_standing_address(standing, 0)), "unqualified");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_the_dns_says_is_kept_without_the_book),
        cmocka_unit_test(test_an_address_is_found_with_its_name_alone),
        cmocka_unit_test(test_since_when_tells_of_the_last_change),
        cmocka_unit_test(test_trouble_keeps_what_was_known_for_a_day),
        cmocka_unit_test(test_what_was_never_known_is_unknown),
        cmocka_unit_test(test_a_list_that_refuses_lists_nobody),
        cmocka_unit_test(test_a_key_in_a_zone_is_not_in_its_name),
        cmocka_unit_test(test_no_more_lists_are_asked_than_may_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
