#include "rules/address.h"
#include "rules/init.h"

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

static void assert_slice(OvSlice slice, const char *text) {
    assert_int_equal(slice.length, strlen(text));
    if (slice.length > 0)
        assert_memory_equal(slice.data, text, slice.length);
}

/* "Name <address>", in order, joined by "; ". */
static char *outline(const OvAddressList *list) {
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < list->n_mailboxes; i++) {
        const OvMailbox *mailbox = &list->mailboxes[i];
        g_string_append_printf(out, "%s%.*s%s<%.*s>%s", i ? "; " : "", (int)mailbox->name.length,
                               mailbox->name.data, mailbox->name.length ? " " : "",
                               (int)mailbox->address.length, mailbox->address.data,
                               mailbox->in_group ? " in group" : "");
    }
    return g_string_free(out, FALSE);
}

static const struct {
    const char *value, *outline;
    guint faults, obsolete;
} lists[] = {
    {"ann@example.org", "<ann@example.org>", 0, 0},
    {" Ann Example <ann@Example.ORG>\r\n", "Ann Example <ann@example.org>", 0, 0},
    {"ann@example.org (Ann Example)", "Ann Example <ann@example.org>", 0, 0},
    {"(all of us) ann@example.org", "all of us <ann@example.org>", 0, 0},
    {"\"Example, Ann\" <ann@example.org>, bob@example.net",
     "Example, Ann <ann@example.org>; <bob@example.net>", 0, 0},
    {"\"Ann \\\"A\\\" Example\" <ann@example.org>", "Ann \"A\" Example <ann@example.org>", 0, 0},
    {"Ann\r\n Example\r\n <ann@example.org>", "Ann Example <ann@example.org>", 0, 0},
    {"=?utf-8?Q?J=C3=BCrgen?= <j@example.org>", "Jürgen <j@example.org>", 0, 0},
    {"=?utf-8?Q?M=C3=BCller,_J.?= <j@example.org>", "Müller, J. <j@example.org>", 0,
     OV_ADDRESS_OBS_PHRASE},
    {"\"=?utf-8?B?SsO8cmdlbg==?=\" <j@example.org>", "Jürgen <j@example.org>", 0, 0},
    {"J\xfcrgen <j@example.org>", "Jürgen <j@example.org>", 0, 0},
    {"Jürgen <j@bücher.example>", "Jürgen <j@xn--bcher-kva.example>", 0, 0},
    {"<j@BÜCHER.example>", "<j@xn--bcher-kva.example>", 0, 0},
    {"undisclosed-recipients:;", "", 0, 0},
    {"Team: a@example.org, B <b@example.org>;, c@example.org",
     "<a@example.org> in group; B <b@example.org> in group; <c@example.org>", 0, 0},
    {"\"a b\"@example.org", "<\"a b\"@example.org>", 0, 0},
    {"o'neil+tag@example.org", "<o'neil+tag@example.org>", 0, 0},
    {"", "", 0, 0},
    {" (nobody) ", "", 0, 0},
    /* obsolete, and read */
    {"<@relay.example,@r2.example:user@example.org>", "<user@example.org>", 0,
     OV_ADDRESS_OBS_ROUTE},
    {"John Q. Public <jqp@example.org>", "John Q. Public <jqp@example.org>", 0,
     OV_ADDRESS_OBS_PHRASE},
    {"user . name @ example . org", "<user.name@example.org>", 0, OV_ADDRESS_OBS_LOCAL},
    {"a@example.org,, b@example.org,", "<a@example.org>; <b@example.org>", 0,
     OV_ADDRESS_OBS_ELEMENT},
    {",a@example.org", "<a@example.org>", 0, OV_ADDRESS_OBS_ELEMENT},
    /* wrong */
    {"Ann", "<Ann>", OV_ADDRESS_NO_AT, 0},
    {"Ann <>", "Ann <>", OV_ADDRESS_NO_AT, 0},
    {"@example.org", "<@example.org>", OV_ADDRESS_EMPTY_LOCAL, 0},
    {"\"\"@example.org", "<\"\"@example.org>", OV_ADDRESS_EMPTY_LOCAL, 0},
    {"ann@", "<ann@>", OV_ADDRESS_EMPTY_DOMAIN, 0},
    {"ann@example", "<ann@example>", OV_ADDRESS_NO_DOT, 0},
    {"ann@[192.0.2.1]", "<ann@[192.0.2.1]>", OV_ADDRESS_LITERAL, 0},
    {"ann@-x.example.org", "<ann@-x.example.org>", OV_ADDRESS_BAD_LABEL, 0},
    {"ann@x..example.org", "<ann@x..example.org>", OV_ADDRESS_BAD_LABEL, 0},
    {"ann@example.org.", "<ann@example.org>", OV_ADDRESS_BAD_LABEL, 0},
    {"ann@x_y.example.org", "<ann@x_y.example.org>", OV_ADDRESS_BAD_CHARACTER, 0},
    {"a..b@example.org", "<a..b@example.org>", OV_ADDRESS_BAD_CHARACTER, 0},
    {".a@example.org", "<.a@example.org>", OV_ADDRESS_BAD_CHARACTER, 0},
    {"a.@example.org", "<a.@example.org>", OV_ADDRESS_BAD_CHARACTER, 0},
    {"a@b@example.org", "<a@b@example.org>", OV_ADDRESS_BAD_CHARACTER, 0},
    {"a\\b@example.org", "<a\\b@example.org>", OV_ADDRESS_BAD_CHARACTER, 0},
    {"j\xfcrgen@example.org", "<j\xef\xbf\xbdrgen@example.org>",
     OV_ADDRESS_BAD_CHARACTER | OV_ADDRESS_UTF8_LOCAL, 0},
    {"jürgen@example.org", "<jürgen@example.org>", OV_ADDRESS_UTF8_LOCAL, 0},
    {"a@b\xfc.example", "<a@b\xef\xbf\xbd.example>", OV_ADDRESS_BAD_IDN, 0},
    {"Ann Example ann@example.org", "Ann Example <ann@example.org>", OV_ADDRESS_SYNTAX, 0},
    {"ann@example.org Ann Example", "<ann@example.org>", OV_ADDRESS_SYNTAX, 0},
    {"\"Ann <ann@example.org>", "\"Ann <ann@example.org>", OV_ADDRESS_SYNTAX, 0},
    {"Ann (x <ann@example.org>", "Ann (x <ann@example.org>", OV_ADDRESS_SYNTAX, 0},
    {"Ann <ann@example.org", "Ann <ann@example.org>", OV_ADDRESS_SYNTAX, 0},
    {"ann@example.org>", "<ann@example.org>", OV_ADDRESS_SYNTAX, 0},
    {"<<ann@example.org>>", "<ann@example.org>", OV_ADDRESS_SYNTAX, 0},
    {"Ann <ann@example.org> or so", "Ann <ann@example.org>", OV_ADDRESS_SYNTAX, 0},
    {"<ann@example.org> <bob@example.net>", "<ann@example.org>", OV_ADDRESS_SYNTAX, 0},
    {"bob@example.net <ann@example.org>", "bob@example.net <ann@example.org>", OV_ADDRESS_SYNTAX,
     OV_ADDRESS_OBS_PHRASE},
    {"a@example.org; b@example.org", "<a@example.org>; <b@example.org>", OV_ADDRESS_SYNTAX, 0},
    {"Team: a@example.org", "<a@example.org> in group", OV_ADDRESS_SYNTAX, 0},
    {"mailto:a@example.org", "<a@example.org> in group", OV_ADDRESS_SYNTAX, 0},
};

static void test_mailboxes_are_read_and_faults_told(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
        print_message("# %s\n", lists[i].value);
        OvAddressList *list = ov_address_list_parse(arena, ov_slice(lists[i].value));
        g_autofree char *found = outline(list);
        assert_string_equal(found, lists[i].outline);
        assert_int_equal(list->faults, lists[i].faults);
        assert_int_equal(list->obsolete, lists[i].obsolete);
    }
}

static void test_empty_groups_are_counted(void **state) {
    (void)state;
    OvAddressList *list = ov_address_list_parse(
        arena, OV_SLICE_LITERAL("undisclosed-recipients: (none);, Team: a@example.org;, X:,;"));
    assert_int_equal(list->n_groups, 3);
    assert_int_equal(list->n_empty_groups, 2);
    assert_int_equal(list->n_mailboxes, 1);
}

static void test_lengths_of_rfc_5321_are_kept(void **state) {
    (void)state;
    g_autofree char *a64 = g_strnfill(64, 'a'), *a63 = g_strnfill(63, 'a'),
                    *a55 = g_strnfill(55, 'a');
    g_autofree char *good =
        g_strconcat(a64, "@", a63, ".", a63, ".", a63, ".", a55, ".example", NULL);
    g_autofree char *local = g_strconcat(a64, "a@example.org", NULL);
    g_autofree char *label = g_strconcat("a@", a64, ".example.org", NULL);
    g_autofree char *domain = g_strconcat("a@x", good + 65, NULL);
    struct {
        const char *address;
        guint faults;
    } cases[] = {
        {good, 0},
        {local, OV_ADDRESS_LONG_LOCAL},
        {label, OV_ADDRESS_BAD_LABEL},
        {domain, OV_ADDRESS_LONG_DOMAIN | OV_ADDRESS_BAD_LABEL},
    };
    assert_int_equal(strlen(good + 65), 255);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        OvMailbox mailbox;
        ov_address_parse(arena, ov_slice(cases[i].address), &mailbox);
        assert_int_equal(mailbox.faults, cases[i].faults);
    }
}

static void test_mailboxes_over_the_limit_are_told(void **state) {
    (void)state;
    g_autoptr(GString) value = g_string_new(NULL);
    for (guint i = 0; i <= OV_ADDRESS_MAX_MAILBOXES; i++)
        g_string_append(value, "a@example.org, ");
    OvAddressList *list = ov_address_list_parse(arena, (OvSlice){value->str, value->len});
    assert_int_equal(list->n_mailboxes, OV_ADDRESS_MAX_MAILBOXES);
    assert_true(list->too_many);
}

static void test_envelope_addresses_stand_without_brackets(void **state) {
    (void)state;
    OvMailbox mailbox;
    ov_address_parse(arena, OV_SLICE_LITERAL("Ann@Example.org"), &mailbox);
    assert_int_equal(mailbox.faults, 0);
    assert_slice(mailbox.local, "Ann");
    assert_slice(mailbox.domain, "example.org");
    ov_address_parse(arena, OV_SLICE_LITERAL("ann"), &mailbox);
    assert_int_equal(mailbox.faults, OV_ADDRESS_NO_AT);
    ov_address_parse(arena, OV_SLICE_LITERAL(""), &mailbox);
    assert_int_equal(mailbox.faults, OV_ADDRESS_NO_AT);
    ov_address_parse(arena, OV_SLICE_LITERAL("Ann <ann@example.org>"), &mailbox);
    assert_true(mailbox.faults & OV_ADDRESS_BAD_CHARACTER);
}

static void test_the_organisation_stands_below_the_public_suffix(void **state) {
    (void)state;
    static const struct {
        const char *domain, *organisation;
    } cases[] = {
        {"example.org", "example.org"},
        {"mail.example.org", "example.org"},
        {"a.b.example.co.uk", "example.co.uk"},
        {"co.uk", "co.uk"},
        {"localhost", "localhost"},
        {"host.invalid", "host.invalid"},
        {"www.xn--bcher-kva.example", "xn--bcher-kva.example"},
        {"[192.0.2.1]", ""},
        {"", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_slice(ov_organisational_domain(ov_slice(cases[i].domain)), cases[i].organisation);
    g_autofree char *longer = g_strnfill(300, 'a');
    assert_slice(ov_organisational_domain(ov_slice(longer)), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mailboxes_are_read_and_faults_told),
        cmocka_unit_test(test_empty_groups_are_counted),
        cmocka_unit_test(test_lengths_of_rfc_5321_are_kept),
        cmocka_unit_test(test_mailboxes_over_the_limit_are_told),
        cmocka_unit_test(test_envelope_addresses_stand_without_brackets),
        cmocka_unit_test(test_the_organisation_stands_below_the_public_suffix),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
