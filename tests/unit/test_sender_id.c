#include "rules/auth/sender_id.h"
#include "rules/init.h"
#include "tests/unit/dns_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static OvArena *arena;

static int set_up(void **state) {
    (void)state;
    ov_rules_init();
    arena = ov_arena_new();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    ov_arena_free(arena);
    return 0;
}

/* The steps of RFC 4407 2. */
static const struct {
    const char *header, *field, *address;
} headers[] = {
    {"From: a@example.org\n", "From", "a@example.org"},
    {"From: a@example.org\nSender: b@example.org\n", "Sender", "b@example.org"},
    {"From: a@example.org\nSender:  \t\n", "From", "a@example.org"},
    {"From: a@example.org\nSender: b@example.org\nSender: c@example.org\n", NULL, NULL},
    {"From: a@example.org\nFrom: b@example.org\n", NULL, NULL},
    {"From: a@example.org\nFrom: b@example.org\nSender: c@example.org\n", "Sender",
     "c@example.org"},
    {"From: a@example.org, b@example.org\n", NULL, NULL},
    {"From: a@example.org, b@example.org\nSender: c@example.org\n", "Sender", "c@example.org"},
    {"From: Ann\n", NULL, NULL},
    {"From: team: a@example.org;\n", NULL, NULL},
    {"From: undisclosed:;\n", NULL, NULL},
    {"Subject: x\n", NULL, NULL},
    {"Resent-From: r@example.org\nFrom: a@example.org\nSender: b@example.org\n", "Resent-From",
     "r@example.org"},
    {"Resent-Sender: s@example.org\nResent-From: r@example.org\nFrom: a@example.org\n",
     "Resent-Sender", "s@example.org"},
    {"Resent-From: r@example.org\nResent-Sender: s@example.org\nFrom: a@example.org\n",
     "Resent-Sender", "s@example.org"},
    /* two resendings: that of the first block counts */
    {"Resent-From: r@example.org\nReceived: by x\nResent-Sender: s@example.org\n"
     "From: a@example.org\n",
     "Resent-From", "r@example.org"},
    {"Resent-From: r@example.org\nReturn-Path: <x@example.org>\nResent-Sender: s@example.org\n"
     "From: a@example.org\n",
     "Resent-From", "r@example.org"},
    {"Received: by x\nResent-From: r@example.org\nResent-Sender: s@example.org\n"
     "From: a@example.org\n",
     "Resent-Sender", "s@example.org"},
    {"Resent-From: \nReceived: by x\nResent-Sender: s@example.org\nFrom: a@example.org\n",
     "Resent-Sender", "s@example.org"},
    {"RESENT-SENDER: Bob <s@example.org>\nResent-Sender: t@example.org\nFrom: a@example.org\n",
     "Resent-Sender", "s@example.org"},
};

static void test_the_responsible_address_is_found(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(headers); i++) {
        OvHeader *header = ov_header_parse(arena, ov_slice(headers[i].header), 100);
        OvPra pra;
        gboolean found = ov_pra_find(arena, header, &pra);
        if (found != (headers[i].field != NULL))
            fail_msg("%s: %s %s", headers[i].header, found ? pra.field : "none", pra.why);
        if (!found) {
            assert_true(*pra.why);
            continue;
        }
        assert_string_equal(pra.field, headers[i].field);
        assert_string_equal(
            ov_arena_strndup(arena, pra.address.address.data, pra.address.address.length),
            headers[i].address);
    }
}

/* Which record is taken (RFC 4406 4.4), for 192.0.2.1. */
static const struct {
    const char *zone, *result, *fault;
} records[] = {
    {"example.org TXT v=spf1 +all", "pass", ""},
    {"example.org TXT v=spf1 -all\nexample.org TXT spf2.0/pra +all", "pass", ""},
    {"example.org TXT spf2.0/mfrom,pra +all\nexample.org TXT v=spf1 -all", "pass", ""},
    {"example.org TXT SPF2.0/PRA ip4:192.0.2.0/24 -all", "pass", ""},
    {"example.org TXT spf2.1/pra", "neutral", ""},
    {"example.org TXT spf2.0/mfrom -all\nexample.org TXT v=spf1 ~all", "softfail", ""},
    {"example.org TXT spf2.0/prato -all\nexample.org TXT v=spf1 ~all", "softfail", ""},
    {"example.org TXT spf2.0/mfrom -all", "none", ""},
    {"example.org TXT spf2.0/pra -all\nexample.org TXT spf2.0/pra,mfrom +all", "permerror",
     "two records have the scope pra"},
    {"example.org TXT spf2.0 -all", "none", "malformed: spf2.0 -all"},
    {"example.org TXT spf2.0/ -all", "none", "malformed: spf2.0/ -all"},
    {"example.org TXT spf2.0/pra, -all", "none", "malformed: spf2.0/pra, -all"},
    {"example.org TXT spf2./pra -all", "none", "malformed: spf2./pra -all"},
    {"example.org TXT spf2.0/p!ra -all\nexample.org TXT v=spf1 ~all", "softfail",
     "malformed: spf2.0/p!ra -all"},
    /* included and redirected records are chosen the same way */
    {"example.org TXT v=spf1 include:i.net -all\ni.net TXT spf2.0/pra +all\ni.net TXT v=spf1 -all",
     "pass", ""},
    {"example.org TXT v=spf1 exists:%{l}.%{o}.x.net -all\nann.example.org.x.net A 127.0.0.2",
     "pass", ""},
    {"example.org A 192.0.2.9", "none", ""},
    {"", "fail", ""},
    {"example.org failed", "temperror", ""},
    {"example.org pending", "pending", ""},
    {"example.org TXT spf2.0/pra x", "permerror", ""},
};

static void test_the_record_of_the_scope_is_chosen(void **state) {
    (void)state;
    OvHeader *header = ov_header_parse(arena, ov_slice("From: Ann <ann@Example.org>\n"), 100);
    OvPra pra;
    assert_true(ov_pra_find(arena, header, &pra));
    OvSpfQuestion question = {.sender = ov_slice("other@example.net"),
                              .helo = ov_slice("mta.example.net")};
    assert_true(ov_ip_address_parse(ov_slice("192.0.2.1"), &question.address));
    for (gsize i = 0; i < G_N_ELEMENTS(records); i++) {
        g_autoptr(OvDnsBook) book = dns_table_new();
        dns_table_read(book, records[i].zone);
        OvSenderId sender_id;
        ov_sender_id_check(arena, book, &question, &pra, &sender_id);
        if (strcmp(ov_spf_result_name(sender_id.spf.result), records[i].result) != 0)
            fail_msg("%s: %s: %s", records[i].zone, ov_spf_result_name(sender_id.spf.result),
                     sender_id.spf.reason);
        assert_string_equal(sender_id.fault, records[i].fault);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_responsible_address_is_found),
        cmocka_unit_test(test_the_record_of_the_scope_is_chosen),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
