#include "policy/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

static OvSettings *parse(const char *text, GError **error) {
    return ov_settings_parse(text, strlen(text), "outvet.conf", error);
}

static OvSettings *settings_of(const char *text) {
    g_autoptr(GError) error = NULL;
    OvSettings *settings = parse(text, &error);
    if (error)
        fail_msg("%s", error->message);
    return settings;
}

static const char *source_path(const char *name) {
    static char path[4096];
    const char *source = g_getenv("OUTVET_SOURCE");
    g_snprintf(path, sizeof path, "%s/%s", source ? source : ".", name);
    return path;
}

static char *contents_of(const char *name) {
    char *text = NULL;
    if (!g_file_get_contents(source_path(name), &text, NULL, NULL))
        fail_msg("%s can't be read", name);
    return text;
}

static void test_defaults_are_those_of_the_table(void **state) {
    (void)state;
    g_autoptr(OvSettings) settings = settings_of("");
    char host[256] = "";
    gethostname(host, sizeof host - 1);
    assert_string_equal(settings->node, host);
    assert_string_equal(settings->milter_socket, "unix:/run/outvet/milter.sock");
    assert_string_equal(settings->milter_socket_group, "");
    assert_int_equal(settings->scan_limit, 10 * 1024 * 1024);
    assert_int_equal(settings->time_limit, 5 * G_USEC_PER_SEC);
    assert_int_equal(settings->on_error, OV_ON_ERROR_TEMPFAIL);
    assert_true(settings->hold_by_tempfail);
    assert_true(settings->thresholds.tag == 3.0);
    assert_true(settings->thresholds.hold == 6.0);
    assert_true(settings->thresholds.reject == G_MAXDOUBLE);
    assert_false(settings->shadow);
    assert_null(settings->exempt_accounts[0]);
    assert_int_equal(settings->n_exempt_networks, 0);
    assert_int_equal(settings->n_account_order, 4);
    assert_int_equal(settings->account_order[1], OV_ACCOUNT_SCRIPT);
    assert_non_null(settings->rules_directories[1]);
    assert_null(settings->rules_directories[2]);
    assert_true(settings->retention == G_GINT64_CONSTANT(90) * 24 * 3600 * G_USEC_PER_SEC);
    assert_false(settings->keep_recipients);
    assert_string_equal(settings->log_target, "auto");
    assert_string_equal(settings->mta, "auto");
    for (guint i = 0; i < OV_N_CLASSES; i++) {
        assert_true(isnan(settings->classes[i].thresholds.hold));
        assert_int_equal(settings->classes[i].shadow, -1);
    }
}

static void test_each_setting_is_read(void **state) {
    (void)state;
    g_autoptr(OvSettings) settings = settings_of("[node]\nname = mx1\n"
                                                 "[milter]\nsocket = inet:8895@127.0.0.1\n"
                                                 "socket_group = postfix\nscan_limit = 512 k\n"
                                                 "time_limit=1500ms\non_error = Accept\n"
                                                 "without_quarantine = tag\n"
                                                 "[verdict]\ntag = off\nhold=0\nreject = 12.5\n"
                                                 "shadow = YES\n"
                                                 "[exempt]\naccounts = a, b  c\n"
                                                 "clients = 192.0.2.0/24\n   2001:db8::/32\n"
                                                 "[accounts]\norder = sender client\n"
                                                 "[rules]\ndirectories = /a /b /c\n"
                                                 "[ledger]\npath = /l\nkey = /k\nretention = 2w\n"
                                                 "keep_recipients = true\nhistory_memory = 8M\n"
                                                 "[egress]\naddresses = 192.0.2.1 2001:db8::1\n"
                                                 "helo = mx1.example.net\nsigning = after\n"
                                                 "[control]\nsocket = /c\n"
                                                 "[log]\ntarget = syslog\n"
                                                 "[mta]\nkind = postfix\ncommand_directory = /x\n"
                                                 "postfix_config_directory =\n");
    assert_string_equal(settings->node, "mx1");
    assert_string_equal(settings->milter_socket, "inet:8895@127.0.0.1");
    assert_string_equal(settings->milter_socket_group, "postfix");
    assert_int_equal(settings->scan_limit, 512 * 1024);
    assert_int_equal(settings->time_limit, 1500000);
    assert_int_equal(settings->on_error, OV_ON_ERROR_ACCEPT);
    assert_false(settings->hold_by_tempfail);
    assert_true(settings->thresholds.tag == G_MAXDOUBLE);
    assert_true(settings->thresholds.hold == 0);
    assert_true(settings->thresholds.reject == 12.5);
    assert_true(settings->shadow);
    assert_string_equal(settings->exempt_accounts[2], "c");
    assert_null(settings->exempt_accounts[3]);
    assert_int_equal(settings->n_exempt_networks, 2);
    assert_string_equal(settings->exempt_clients[1], "2001:db8::/32");
    assert_int_equal(settings->n_account_order, 2);
    assert_int_equal(settings->account_order[0], OV_ACCOUNT_SENDER);
    assert_string_equal(settings->rules_directories[2], "/c");
    assert_null(settings->rules_directories[3]);
    assert_string_equal(settings->ledger_path, "/l");
    assert_string_equal(settings->ledger_key_path, "/k");
    assert_true(settings->retention == G_GINT64_CONSTANT(14) * 24 * 3600 * G_USEC_PER_SEC);
    assert_true(settings->keep_recipients);
    assert_true(settings->history_memory == 8 * 1024 * 1024);
    assert_string_equal(settings->egress.common.addresses[1], "2001:db8::1");
    assert_int_equal(settings->egress.common.out.n_points, 2);
    assert_int_equal(settings->egress.common.out.points[1].address.length, 16);
    assert_string_equal(settings->egress.common.out.points[1].helo, "mx1.example.net");
    assert_int_equal(settings->egress.common.out.signing, OV_SIGNING_AFTER);
    assert_string_equal(settings->control_socket, "/c");
    assert_string_equal(settings->log_target, "syslog");
    assert_string_equal(settings->mta, "postfix");
    assert_string_equal(settings->command_directory, "/x");
    assert_string_equal(settings->postfix_config_directory, "");
}

static void test_overrides_keep_their_order_and_leave_the_rest_unset(void **state) {
    (void)state;
    g_autoptr(OvSettings) settings = settings_of("[account  Billing@*]\nhold = off\n"
                                                 "[domain *.example.com]\nshadow = yes\n"
                                                 "[account *]\ntag = 1\n[class bulk]\nhold = 4\n");
    assert_int_equal(settings->n_accounts, 2);
    assert_string_equal(settings->accounts[0].pattern, "Billing@*");
    assert_true(settings->accounts[0].thresholds.hold == G_MAXDOUBLE);
    assert_true(isnan(settings->accounts[0].thresholds.tag));
    assert_int_equal(settings->accounts[0].shadow, -1);
    assert_string_equal(settings->accounts[1].pattern, "*");
    assert_int_equal(settings->n_domains, 1);
    assert_int_equal(settings->domains[0].shadow, 1);
    assert_true(settings->classes[OV_CLASS_BULK].thresholds.hold == 4);
    assert_true(isnan(settings->classes[OV_CLASS_LIST].thresholds.hold));
    assert_true(settings->thresholds.hold == 6.0);
}

/* Each error is one line: where, what, and what was probably meant. */
static void test_errors_name_place_value_and_the_nearest_name(void **state) {
    (void)state;
    static const struct {
        const char *text, *error;
        OvSettingsError code;
    } CASES[] = {
        {"[dns]\nblock_lists = zen.spamhaus.org bl..example\n",
         "outvet.conf:2: [dns] block_lists = zen.spamhaus.org bl..example: bl..example is no zone "
         "of a list; write its name without a final dot: list.example.com.",
         OV_SETTINGS_ERROR_VALUE},
        {"[dns]\ndomain_block_lists = a.aa b.bb c.cc d.dd e.ee f.ff g.gg h.hh i.ii\n",
         "outvet.conf:2: [dns] domain_block_lists = a.aa b.bb c.cc d.dd e.ee f.ff g.gg h.hh i.ii: "
         "8 lists at most.",
         OV_SETTINGS_ERROR_VALUE},
        {"[egress]\naddresses = 192.0.2.1 mail.example\n",
         "outvet.conf:2: [egress] addresses = 192.0.2.1 mail.example: mail.example is no IP "
         "address; write 192.0.2.1 or 2001:db8::1.",
         OV_SETTINGS_ERROR_VALUE},
        {"[verdict]\n\nhld = 6\n",
         "outvet.conf:3: [verdict] hld = 6: there is no setting hld; did you mean hold?",
         OV_SETTINGS_ERROR_NAME},
        {"[verdict]\nbackground = 6\n",
         "outvet.conf:2: [verdict] background = 6: there is no setting background here.",
         OV_SETTINGS_ERROR_NAME},
        {"[verdcit]\n",
         "outvet.conf:1: [verdcit]: there is no such section; did you mean [verdict]?",
         OV_SETTINGS_ERROR_NAME},
        {"[zzzzzz]\n", "outvet.conf:1: [zzzzzz]: there is no such section.",
         OV_SETTINGS_ERROR_NAME},
        {"[class bluk]\n",
         "outvet.conf:1: [class bluk]: there is no class bluk; did you mean bulk?",
         OV_SETTINGS_ERROR_NAME},
        {"[class]\n", "outvet.conf:1: [class]: a class must follow: [class bulk].",
         OV_SETTINGS_ERROR_NAME},
        {"[account]\n",
         "outvet.conf:1: [account]: a pattern must follow: [account shop*], [domain "
         "*.example.com].",
         OV_SETTINGS_ERROR_NAME},
        {"[account x]\nscan_limit = 1\n",
         "outvet.conf:2: [account x] scan_limit = 1: there is no setting scan_limit here.",
         OV_SETTINGS_ERROR_NAME},
        {"[verdict]\nhold = high\n",
         "outvet.conf:2: [verdict] hold = high: a threshold is a number from 0 to 10000, or off.",
         OV_SETTINGS_ERROR_VALUE},
        {"[milter]\non_error = tmpfail\n",
         "outvet.conf:2: [milter] on_error = tmpfail: it is one of tempfail, accept; did you mean "
         "tempfail?",
         OV_SETTINGS_ERROR_VALUE},
        {"[verdict]\nhold = 1\nhold = 2\n", NULL, OV_SETTINGS_ERROR_SYNTAX},
        {"hold = 1\n", NULL, OV_SETTINGS_ERROR_SYNTAX},
        {"[verdict]\nhold\n", NULL, OV_SETTINGS_ERROR_SYNTAX},
        {"[verdict\n", NULL, OV_SETTINGS_ERROR_SYNTAX},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(parse(CASES[i].text, &error));
        assert_int_equal(error->domain, OV_SETTINGS_ERROR);
        assert_int_equal(error->code, CASES[i].code);
        if (CASES[i].error)
            assert_string_equal(error->message, CASES[i].error);
        assert_true(g_str_has_prefix(error->message, "outvet.conf:"));
        assert_null(strchr(error->message, '\n'));
    }
}

static void test_values_out_of_range_or_form_are_refused(void **state) {
    (void)state;
    static const char *const WRONG[] = {
        "[milter]\nscan_limit = 0",
        "[milter]\nscan_limit = 10 megabytes",
        "[milter]\nscan_limit = -1",
        "[milter]\nscan_limit = 2G",
        "[milter]\nscan_limit = 99999999999999999999G",
        "[milter]\nscan_limit =",
        "[milter]\ntime_limit = 0",
        "[milter]\ntime_limit = 5",
        "[milter]\ntime_limit = 5 sec",
        "[milter]\nsocket = /run/x.sock",
        "[milter]\nsocket = unix:x.sock",
        "[milter]\nsocket = inet:8895",
        "[milter]\nsocket = inet:8895@",
        "[milter]\nsocket = inet:0@127.0.0.1",
        "[milter]\nsocket = inet:65536@127.0.0.1",
        "[milter]\nsocket = unix:/"
        "a123456789b123456789c123456789d123456789e123456789f123456789g123456789h123456789i123456789"
        "j123456789k123456789",
        "[ledger]\nretention = 200000000d",
        "[ledger]\nretention = 99999999999999999999d",
        "[ledger]\npath = ledger.sqlite",
        "[ledger]\npath =",
        "[ledger]\nkeep_recipients = maybe",
        "[verdict]\nhold = -1",
        "[verdict]\nhold = 1e3",
        "[verdict]\nhold = nan",
        "[verdict]\nhold = inf",
        "[verdict]\nhold = 0x10",
        "[verdict]\nhold = 1.2.3",
        "[verdict]\nhold = 3,5",
        "[verdict]\nhold = .",
        "[verdict]\nhold = 10001",
        "[exempt]\nclients = 192.0.2.1/24",
        "[exempt]\nclients = localhost",
        "[accounts]\norder =",
        "[accounts]\norder = login login",
        "[accounts]\norder = login none",
        "[rules]\ndirectories =",
        "[rules]\ndirectories = /a b",
        "[mta]\ncommand_directory = bin",
    };
    for (guint i = 0; i < G_N_ELEMENTS(WRONG); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(OvSettings) settings = parse(WRONG[i], &error);
        if (settings)
            fail_msg("taken: %s", WRONG[i]);
        assert_true(g_error_matches(error, OV_SETTINGS_ERROR, OV_SETTINGS_ERROR_VALUE));
        assert_true(g_str_has_prefix(error->message, "outvet.conf:2: ["));
    }
}

static void test_what_is_shown_can_be_read_again(void **state) {
    (void)state;
    g_autoptr(OvSettings) settings =
        settings_of("[milter]\nscan_limit = 2M\n[verdict]\nreject = 9\n[exempt]\naccounts = a b\n");
    g_autoptr(GString) text = g_string_new(NULL);
    const char *section = "";
    for (guint i = 0; i < ov_settings_n_specs(); i++) {
        const OvSettingSpec *spec = ov_settings_spec(i);
        g_autofree char *value = NULL, *origin = NULL;
        ov_settings_value(settings, i, &value, &origin);
        if (g_str_equal(spec->name, "scan_limit")) {
            assert_string_equal(value, "2M");
            assert_string_equal(origin, "outvet.conf:2");
        } else if (g_str_equal(spec->name, "retention")) {
            assert_string_equal(value, "90d");
            assert_string_equal(origin, "default");
        }
        if (!g_str_equal(section, spec->section))
            g_string_append_printf(text, "[%s]\n", spec->section);
        section = spec->section;
        g_string_append_printf(text, "%s = %s\n", spec->name, value);
    }
    g_autoptr(OvSettings) again = settings_of(text->str);
    assert_int_equal(again->scan_limit, 2 * 1024 * 1024);
    assert_true(again->thresholds.reject == 9);
    assert_string_equal(again->exempt_accounts[1], "b");
    assert_string_equal(again->node, settings->node);
}

static void collect(const char *section, const char *name, const char *value, const char *origin,
                    gpointer data) {
    g_string_append_printf(data, "[%s] %s = %s (%s)\n", section, name, value, origin);
}

static void test_overrides_are_listed_in_order_of_the_file(void **state) {
    (void)state;
    g_autoptr(OvSettings) settings =
        settings_of("[class bulk]\nhold = 4\n[account a@b]\ntag = off\nshadow = no\n");
    g_autoptr(GString) text = g_string_new(NULL);
    ov_settings_each_override(settings, collect, text);
    assert_string_equal(text->str, "[class bulk] hold = 4 (outvet.conf:2)\n"
                                   "[account a@b] tag = off (outvet.conf:4)\n"
                                   "[account a@b] shadow = no (outvet.conf:5)\n");
}

static void test_a_file_that_is_not_there_is_an_error_when_it_was_named(void **state) {
    (void)state;
    g_autoptr(GError) error = NULL;
    assert_null(ov_settings_load("/nonexistent/outvet.conf", &error));
    assert_true(g_error_matches(error, OV_SETTINGS_ERROR, OV_SETTINGS_ERROR_FILE));
    assert_non_null(strstr(error->message, "/nonexistent/outvet.conf"));
}

static void test_the_shipped_file_changes_nothing_and_its_examples_are_right(void **state) {
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(OvSettings) settings = ov_settings_load(source_path("contrib/outvet.conf"), &error);
    if (error)
        fail_msg("%s", error->message);
    for (guint i = 0; i < ov_settings_n_specs(); i++) {
        g_autofree char *value = NULL, *origin = NULL;
        ov_settings_value(settings, i, &value, &origin);
        assert_string_equal(origin, "default");
    }
    /* Its commented lines are settings too: with the # gone the file must still be right. */
    g_autofree char *text = contents_of("contrib/outvet.conf");
    g_autoptr(GRegex) commented = g_regex_new("^#(?=[a-z_]+ = |\\[)", G_REGEX_MULTILINE, 0, NULL);
    g_autofree char *all = g_regex_replace_literal(commented, text, -1, 0, "", 0, NULL);
    g_autoptr(OvSettings) every = parse(all, &error);
    if (error)
        fail_msg("%s", error->message);
}

/* The manual page has a heading for each section and, in it, an entry for each setting with its
 * default. */
static void test_every_setting_is_in_the_manual_page(void **state) {
    (void)state;
    g_autofree char *page = contents_of("contrib/man/outvet.conf.5");
    for (guint i = 0; i < ov_settings_n_specs(); i++) {
        const OvSettingSpec *spec = ov_settings_spec(i);
        g_autofree char *heading = g_strdup_printf(".Ss [%s]\n", spec->section);
        const char *start = strstr(page, heading);
        if (!start)
            fail_msg("the page has no section [%s]", spec->section);
        const char *end = strstr(start + 1, "\n.S");
        g_autofree char *part = end ? g_strndup(start, (gsize)(end - start)) : g_strdup(start);
        g_autofree char *entry = g_strdup_printf(".It Cm %s\n", spec->name);
        const char *text = strstr(part, entry);
        if (!text)
            fail_msg("the page does not tell of [%s] %s", spec->section, spec->name);
        const char *next = strstr(text + 1, "\n.It ");
        g_autofree char *item = next ? g_strndup(text, (gsize)(next - text)) : g_strdup(text);
        g_autoptr(GString) value = g_string_new(spec->default_value);
        g_string_replace(value, OV_LOCALSTATEDIR, "/var", 0);
        g_string_replace(value, OV_SYSCONFDIR, "/etc", 0);
        g_string_replace(value, OV_DATADIR, "/usr/local/share/outvet", 0);
        g_autofree char *told =
            value->len > 0 ? g_strdup_printf("Default: %s", value->str) : g_strdup("Default: none");
        if (!strstr(item, told))
            fail_msg("[%s] %s: the page lacks \"%s\"", spec->section, spec->name, told);
        g_auto(GStrv) choices = g_strsplit(spec->choices ? spec->choices : "", ", ", -1);
        for (char **choice = choices; *choice; choice++)
            if (**choice && !strstr(item, *choice))
                fail_msg("[%s] %s: the page does not tell of %s", spec->section, spec->name,
                         *choice);
    }
}

static void test_texts_of_the_table_are_sentences(void **state) {
    (void)state;
    for (guint i = 0; i < ov_settings_n_specs(); i++) {
        const OvSettingSpec *spec = ov_settings_spec(i);
        assert_true(g_str_has_suffix(spec->text, "."));
        assert_true(strlen(spec->type) > 0);
        assert_int_equal(spec->choices != NULL, g_str_equal(spec->type, "one of"));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults_are_those_of_the_table),
        cmocka_unit_test(test_each_setting_is_read),
        cmocka_unit_test(test_overrides_keep_their_order_and_leave_the_rest_unset),
        cmocka_unit_test(test_errors_name_place_value_and_the_nearest_name),
        cmocka_unit_test(test_values_out_of_range_or_form_are_refused),
        cmocka_unit_test(test_what_is_shown_can_be_read_again),
        cmocka_unit_test(test_overrides_are_listed_in_order_of_the_file),
        cmocka_unit_test(test_a_file_that_is_not_there_is_an_error_when_it_was_named),
        cmocka_unit_test(test_the_shipped_file_changes_nothing_and_its_examples_are_right),
        cmocka_unit_test(test_every_setting_is_in_the_manual_page),
        cmocka_unit_test(test_texts_of_the_table_are_sentences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
