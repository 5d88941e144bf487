#include "rules/auth/block_list.h"
#include "tests/unit/dns_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char working[] = "2.0.0.127.zen.spamhaus.org A 127.0.0.2\n"
                              "2.0.0.127.bl.spamcop.net A 127.0.0.2\n"
                              "2.0.0.127.list.example A 127.0.0.2\n"
                              "test.dbl.spamhaus.org A 127.0.1.2\n";

static const char address_4[] = "192.0.2.25", address_6[] = "2001:db8::25";

static OvSlice subject_of(OvArena *arena, const char *text) {
    OvIpAddress address;
    if (!ov_ip_address_parse(ov_slice(text), &address))
        return ov_slice(text);
    return ov_block_list_subject(arena, &address);
}

static OvBlockListing check(OvArena *arena, OvDnsBook *book, const char *zone, OvBlockListKind kind,
                            const char *subject) {
    OvBlockListing listing;
    OvSlice name = subject_of(arena, subject);
    ov_block_list_check(arena, book, ov_slice(zone), kind, name, &listing);
    for (guint i = 0; i < 2 && listing.state == OV_BLOCK_LIST_PENDING; i++) {
        ov_dns_wait(book);
        ov_block_list_check(arena, book, ov_slice(zone), kind, name, &listing);
    }
    return listing;
}

static OvBlockListing check_answers(OvArena *arena, OvDnsBook *book, const char *zone,
                                    const char *answers) {
    gboolean domains = g_str_equal(zone, "dbl.spamhaus.org") || g_str_has_prefix(zone, "domains");
    const char *subject = domains ? "shop.example" : address_4;
    g_autofree char *name = g_strdup_printf("%s.%s", domains ? "shop.example" : "25.2.0.192", zone);
    g_auto(GStrv) values = g_strsplit(answers, " ", -1);
    dns_table_read(book, working);
    for (guint i = 0; values[i]; i++)
        if (*values[i])
            dns_table_add(book, name, OV_DNS_A, values[i]);
    return check(arena, book, zone, domains ? OV_BLOCK_LIST_OF_DOMAINS : OV_BLOCK_LIST_OF_ADDRESSES,
                 subject);
}

static void test_codes_are_read_by_their_lists_meaning(void **state) {
    (void)state;
    static const struct {
        const char *zone, *answers;
        OvBlockListState state;
        OvListing listing;
        const char *code, *meaning; /* its start */
    } CASES[] = {
        {"zen.spamhaus.org", "", OV_BLOCK_LIST_CLEAR, OV_LISTING_NONE, "", ""},
        {"zen.spamhaus.org", "127.0.0.2", OV_BLOCK_LIST_LISTED, OV_LISTING_SPAM, "127.0.0.2",
         "SBL"},
        {"zen.spamhaus.org", "127.0.0.3", OV_BLOCK_LIST_LISTED, OV_LISTING_SPAM, "127.0.0.3",
         "CSS"},
        {"zen.spamhaus.org", "127.0.0.4", OV_BLOCK_LIST_LISTED, OV_LISTING_SPAM, "127.0.0.4",
         "XBL"},
        {"zen.spamhaus.org", "127.0.0.9", OV_BLOCK_LIST_LISTED, OV_LISTING_SPAM, "127.0.0.9",
         "DROP"},
        {"zen.spamhaus.org", "127.0.0.10", OV_BLOCK_LIST_LISTED, OV_LISTING_POLICY, "127.0.0.10",
         "PBL"},
        {"zen.spamhaus.org", "127.0.0.11", OV_BLOCK_LIST_LISTED, OV_LISTING_POLICY, "127.0.0.11",
         "PBL"},
        {"zen.spamhaus.org", "127.0.0.30", OV_BLOCK_LIST_LISTED, OV_LISTING_SPAM, "127.0.0.30",
         "BCL"},
        /* The gravest of several. */
        {"zen.spamhaus.org", "127.0.0.11 127.0.0.4", OV_BLOCK_LIST_LISTED, OV_LISTING_SPAM,
         "127.0.0.4", "XBL"},
        {"zen.spamhaus.org", "127.0.0.77", OV_BLOCK_LIST_UNKNOWN, OV_LISTING_NONE, "127.0.0.77",
         ""},
        {"zen.spamhaus.org", "127.0.1.2", OV_BLOCK_LIST_UNKNOWN, OV_LISTING_NONE, "127.0.1.2", ""},
        {"zen.spamhaus.org", "127.0.0.77 127.0.0.2", OV_BLOCK_LIST_LISTED, OV_LISTING_SPAM,
         "127.0.0.2", "SBL"},
        {"zen.spamhaus.org", "127.0.0.2 198.51.100.7", OV_BLOCK_LIST_LISTED, OV_LISTING_SPAM,
         "127.0.0.2", "SBL"},
        {"dbl.spamhaus.org", "127.0.1.2", OV_BLOCK_LIST_LISTED, OV_LISTING_SPAM, "127.0.1.2",
         "DBL"},
        {"dbl.spamhaus.org", "127.0.1.4", OV_BLOCK_LIST_LISTED, OV_LISTING_SPAM, "127.0.1.4",
         "DBL"},
        {"dbl.spamhaus.org", "127.0.1.102", OV_BLOCK_LIST_LISTED, OV_LISTING_ABUSED, "127.0.1.102",
         "DBL"},
        {"dbl.spamhaus.org", "127.0.1.106", OV_BLOCK_LIST_LISTED, OV_LISTING_ABUSED, "127.0.1.106",
         "DBL"},
        {"dbl.spamhaus.org", "127.0.0.2", OV_BLOCK_LIST_UNKNOWN, OV_LISTING_NONE, "127.0.0.2", ""},
        {"bl.spamcop.net", "127.0.0.2", OV_BLOCK_LIST_LISTED, OV_LISTING_SPAM, "127.0.0.2",
         "reported"},
        {"list.example", "127.0.0.38", OV_BLOCK_LIST_LISTED, OV_LISTING_SPAM, "127.0.0.38",
         "listed"},
        {"domains.example", "127.0.0.2", OV_BLOCK_LIST_LISTED, OV_LISTING_SPAM, "127.0.0.2",
         "listed"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(OvArena) arena = ov_arena_new();
        g_autoptr(OvDnsBook) book = dns_table_new();
        OvBlockListing listing = check_answers(arena, book, CASES[i].zone, CASES[i].answers);
        if (listing.state != CASES[i].state || listing.listing != CASES[i].listing ||
            !g_str_equal(listing.code, CASES[i].code) ||
            !g_str_has_prefix(listing.meaning, CASES[i].meaning) ||
            !*listing.meaning != !*CASES[i].meaning)
            fail_msg("%s: %s: %s %s %s \"%s\"", CASES[i].zone, CASES[i].answers,
                     ov_block_list_state_name(listing.state), ov_listing_name(listing.listing),
                     listing.code, listing.meaning);
    }
}

static void test_what_is_said_of_the_question_is_no_listing(void **state) {
    (void)state;
    static const struct {
        const char *zone, *answers;
        OvBlockListState state;
        const char *trouble; /* part of it */
    } CASES[] = {
        {"zen.spamhaus.org", "127.255.255.252", OV_BLOCK_LIST_REFUSED, "zone's name is wrong"},
        {"zen.spamhaus.org", "127.255.255.254", OV_BLOCK_LIST_REFUSED, "public resolvers"},
        {"zen.spamhaus.org", "127.255.255.255", OV_BLOCK_LIST_REFUSED, "too often"},
        {"zen.spamhaus.org", "127.255.255.250", OV_BLOCK_LIST_REFUSED, "what its owner says"},
        {"zen.spamhaus.org", "127.0.0.2 127.255.255.254", OV_BLOCK_LIST_REFUSED, "public"},
        {"zen.spamhaus.org", "127.255.255.254 127.0.0.2", OV_BLOCK_LIST_REFUSED, "public"},
        {"dbl.spamhaus.org", "127.0.1.255", OV_BLOCK_LIST_REFUSED, "domain_block_lists"},
        {"dbl.spamhaus.org", "127.255.255.254", OV_BLOCK_LIST_REFUSED, "public resolvers"},
        {"bl.spamcop.net", "127.255.255.255", OV_BLOCK_LIST_REFUSED, "too often"},
        {"list.example", "127.0.0.1", OV_BLOCK_LIST_REFUSED, "127.0.0.1"},
        {"list.example", "127.255.255.254", OV_BLOCK_LIST_REFUSED, "public resolvers"},
        {"list.example", "198.51.100.7", OV_BLOCK_LIST_BROKEN, "outside of 127.0.0.0/8"},
        {"zen.spamhaus.org", "198.51.100.7", OV_BLOCK_LIST_BROKEN, "outside of 127.0.0.0/8"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(OvArena) arena = ov_arena_new();
        g_autoptr(OvDnsBook) book = dns_table_new();
        OvBlockListing listing = check_answers(arena, book, CASES[i].zone, CASES[i].answers);
        if (listing.state != CASES[i].state || listing.listing != OV_LISTING_NONE ||
            *listing.meaning || !strstr(listing.trouble, CASES[i].trouble))
            fail_msg("%s: %s: %s: %s", CASES[i].zone, CASES[i].answers,
                     ov_block_list_state_name(listing.state), listing.trouble);
    }
}

static void test_a_list_that_does_not_work_says_nothing(void **state) {
    (void)state;
    static const struct {
        const char *told, *zone, *records;
        OvBlockListKind kind;
        OvBlockListState state; /* of a subject that the records list */
        const char *trouble;
    } CASES[] = {
        {"lists everything", "list.example",
         "2.0.0.127.list.example A 127.0.0.2\n1.0.0.127.list.example A 127.0.0.2\n"
         "25.2.0.192.list.example A 127.0.0.2\n",
         OV_BLOCK_LIST_OF_ADDRESSES, OV_BLOCK_LIST_BROKEN, "lists everything"},
        {"answers for every name", "list.example",
         "2.0.0.127.list.example A 198.51.100.7\n1.0.0.127.list.example A 198.51.100.7\n"
         "25.2.0.192.list.example A 198.51.100.7\n",
         OV_BLOCK_LIST_OF_ADDRESSES, OV_BLOCK_LIST_BROKEN, "outside"},
        {"is gone", "list.example", "", OV_BLOCK_LIST_OF_ADDRESSES, OV_BLOCK_LIST_BROKEN,
         "lacks the entry"},
        {"refuses its test entry too", "zen.spamhaus.org",
         "2.0.0.127.zen.spamhaus.org A 127.255.255.254\n"
         "1.0.0.127.zen.spamhaus.org A 127.255.255.254\n"
         "25.2.0.192.zen.spamhaus.org A 127.255.255.254\n",
         OV_BLOCK_LIST_OF_ADDRESSES, OV_BLOCK_LIST_REFUSED, "public resolvers"},
        {"fails", "list.example",
         "2.0.0.127.list.example failed\n25.2.0.192.list.example A 127.0.0.2\n",
         OV_BLOCK_LIST_OF_ADDRESSES, OV_BLOCK_LIST_UNKNOWN, "SERVFAIL"},
        {"fails for the address alone", "list.example",
         "2.0.0.127.list.example A 127.0.0.2\n25.2.0.192.list.example failed\n",
         OV_BLOCK_LIST_OF_ADDRESSES, OV_BLOCK_LIST_UNKNOWN, "SERVFAIL"},
        {"of domains lists everything", "domains.example",
         "invalid.domains.example A 127.0.0.2\nshop.example.domains.example A 127.0.0.2\n",
         OV_BLOCK_LIST_OF_DOMAINS, OV_BLOCK_LIST_BROKEN, "lists everything"},
        {"of Spamhaus' lacks its entry", "dbl.spamhaus.org", "", OV_BLOCK_LIST_OF_DOMAINS,
         OV_BLOCK_LIST_BROKEN, "lacks the entry"},
        {"of other domains need not have one", "domains.example",
         "shop.example.domains.example A 127.0.0.2\n", OV_BLOCK_LIST_OF_DOMAINS,
         OV_BLOCK_LIST_LISTED, ""},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++)
        for (guint slow = 0; slow < 2; slow++) {
            g_autoptr(OvArena) arena = ov_arena_new();
            g_autoptr(OvDnsBook) book = dns_table_new();
            dns_table_read(book, CASES[i].records);
            if (slow)
                dns_table_be_slow(book);
            OvBlockListing listing =
                check(arena, book, CASES[i].zone, CASES[i].kind,
                      CASES[i].kind == OV_BLOCK_LIST_OF_ADDRESSES ? address_4 : "shop.example");
            if (listing.state != CASES[i].state || !strstr(listing.trouble, CASES[i].trouble))
                fail_msg("%s: %s: %s", CASES[i].told, ov_block_list_state_name(listing.state),
                         listing.trouble);
        }
}

static void test_addresses_are_asked_in_reverse(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(OvDnsBook) book = dns_table_new();
    OvBlockListing listing;
    ov_block_list_find(arena, book, ov_slice("zen.spamhaus.org."), subject_of(arena, address_4),
                       &listing);
    ov_block_list_find(arena, book, ov_slice("zen.spamhaus.org"), subject_of(arena, address_6),
                       &listing);
    assert_true(dns_table_was_asked(book, "25.2.0.192.zen.spamhaus.org", OV_DNS_A));
    assert_true(dns_table_was_asked(
        book, "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.zen.spamhaus.org",
        OV_DNS_A));
}

/* One round of questions, so that a slow resolver is waited for once. */
static void test_list_and_test_entries_are_asked_together(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(OvDnsBook) book = dns_table_new();
    dns_table_read(book, working);
    dns_table_be_slow(book);
    OvBlockListing listing;
    ov_block_list_check(arena, book, ov_slice("zen.spamhaus.org"), OV_BLOCK_LIST_OF_ADDRESSES,
                        subject_of(arena, address_4), &listing);
    assert_int_equal(listing.state, OV_BLOCK_LIST_PENDING);
    assert_int_equal(dns_table_asked(book), 3);
}

static void test_owners_are_known_by_their_zones(void **state) {
    (void)state;
    static const struct {
        const char *zone;
        OvBlockListOwner owner;
    } CASES[] = {
        {"zen.spamhaus.org", OV_BLOCK_LIST_SPAMHAUS},
        {"ZEN.SPAMHAUS.ORG.", OV_BLOCK_LIST_SPAMHAUS},
        {"0a1b2c.zen.dq.spamhaus.net", OV_BLOCK_LIST_SPAMHAUS},
        {"dbl.spamhaus.org", OV_BLOCK_LIST_SPAMHAUS},
        {"notspamhaus.org", OV_BLOCK_LIST_OTHER},
        {"bl.spamcop.net", OV_BLOCK_LIST_SPAMCOP},
        {"b.barracudacentral.org", OV_BLOCK_LIST_OTHER},
        {"", OV_BLOCK_LIST_OTHER},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++)
        if (ov_block_list_owner(ov_slice(CASES[i].zone)) != CASES[i].owner)
            fail_msg("%s", CASES[i].zone);
}

static void test_keys_are_not_shown(void **state) {
    (void)state;
    static const struct {
        const char *zone, *name;
    } CASES[] = {
        {"zen.spamhaus.org", "zen.spamhaus.org"},
        {"zen.dq.spamhaus.net", "zen.dq.spamhaus.net"},
        {"secret.zen.dq.spamhaus.net", "***.zen.dq.spamhaus.net"},
        {"SECRET.Zen.dq.spamhaus.net.", "***.Zen.dq.spamhaus.net"},
        {"secret.dbl.dq.spamhaus.net", "***.dbl.dq.spamhaus.net"},
        {"0123456789abcdef0123456789abcdef.combined.mail.abusix.zone",
         "***.combined.mail.abusix.zone"},
        {"b.barracudacentral.org", "b.barracudacentral.org"},
        {"list", "list"},
        {"", ""},
    };
    g_autoptr(OvArena) arena = ov_arena_new();
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++)
        assert_string_equal(ov_block_list_name(arena, ov_slice(CASES[i].zone)), CASES[i].name);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codes_are_read_by_their_lists_meaning),
        cmocka_unit_test(test_what_is_said_of_the_question_is_no_listing),
        cmocka_unit_test(test_a_list_that_does_not_work_says_nothing),
        cmocka_unit_test(test_addresses_are_asked_in_reverse),
        cmocka_unit_test(test_list_and_test_entries_are_asked_together),
        cmocka_unit_test(test_owners_are_known_by_their_zones),
        cmocka_unit_test(test_keys_are_not_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
