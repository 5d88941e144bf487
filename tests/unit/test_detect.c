/* What outvet config detect makes of Postfix's settings. Pure: nothing is run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/review/detect.h"

#include <string.h>

static const char main_cf[] = "default_transport = smtp\n"
                              "relayhost =\n"
                              "inet_interfaces = all\n"
                              "inet_protocols = all\n"
                              "smtp_helo_name = mx.example.com\n"
                              "smtp_tls_security_level = may\n"
                              "smtp_bind_address =\n"
                              "smtp_bind_address6 =\n"
                              "smtpd_milters = unix:/run/opendkim/opendkim.sock, "
                              "unix:/run/outvet/milter.sock\n"
                              "non_smtpd_milters = unix:/run/opendkim/opendkim.sock, "
                              "unix:/run/outvet/milter.sock\n"
                              "smtp/inet/command = smtpd\n"
                              "smtp/unix/command = smtp\n"
                              "relay/unix/command = smtp -o syslog_name=postfix/relay\n"
                              "news/unix/command = smtp -o smtp_bind_address=192.0.2.8\n"
                              "news/unix/smtp_bind_address = 192.0.2.8\n"
                              "news/unix/smtp_bind_address6 = ::\n"
                              "news/unix/smtp_helo_name = news.example.com\n"
                              "local/unix/command = local\n"
                              "discard/unix/command = discard\n"
                              "script/unix/command = pipe user=x argv=/y\n";

typedef struct {
    const char *main_cf;                                        /* added to the above */
    const char *sender_transports, *sender_relays, *transports; /* as postmap -s lists them */
    const char *resolv_conf;
    const char *addresses;  /* of eth0; with ! before the preferred, ~ before temporary ones */
    const char *tcp, *tcp6; /* who listens */
} Case;

typedef struct {
    OvArena *arena;
    OvPostfixConfig *config;
    OvPostfixTable *tables[3];
    OvDetected *detected;
    GString *text;
} Outcome;

static guint read_addresses(const char *words, OvHostAddress *all) {
    g_auto(GStrv) list = g_strsplit(words ? words : "!192.0.2.7", " ", -1);
    guint n = 0;
    for (char **word = list; *word; word++, n++) {
        gsize marks = strspn(*word, "!~");
        all[n] = (OvHostAddress){.interface = "eth0",
                                 .preferred = memchr(*word, '!', marks) != NULL,
                                 .temporary = memchr(*word, '~', marks) != NULL};
        assert_true(ov_ip_address_parse(ov_slice(*word + marks), &all[n].address));
    }
    return n;
}

static OvPostfixTable *table_of(const char *listing) {
    OvPostfixTable *table = ov_postfix_table_new();
    if (listing)
        ov_postfix_table_add(table, "hash:/t", listing);
    return table;
}

static OvSettings *settings_of(const char *text) {
    g_autoptr(GError) error = NULL;
    OvSettings *settings = ov_settings_parse(text, strlen(text), "outvet.conf", &error);
    if (!settings)
        fail_msg("%s in:\n%s", error->message, text);
    return settings;
}

/* Detects, with the settings that are in force. */
static void detect(const Case *given, const char *in_force, Outcome *out) {
    OvHostAddress addresses[8];
    g_autofree char *output = g_strconcat(main_cf, given->main_cf, NULL);
    g_autoptr(OvSettings) settings = settings_of(in_force);
    out->arena = ov_arena_new();
    out->config = ov_postfix_config_parse(output);
    out->tables[0] = table_of(given->sender_transports);
    out->tables[1] = table_of(given->sender_relays);
    out->tables[2] = table_of(given->transports);
    OvDetectInput input = {out->config,
                           out->tables[0],
                           out->tables[1],
                           out->tables[2],
                           addresses,
                           read_addresses(given->addresses, addresses),
                           "unix:/run/outvet/milter.sock",
                           given->resolv_conf,
                           given->tcp,
                           given->tcp6};
    out->detected = ov_detect(&input, out->arena);
    ov_detected_compare(out->detected, settings, out->arena);
    out->text = g_string_new(NULL);
    ov_detected_append(out->text, out->detected, "outvet.conf");
}

static void forget(Outcome *out) {
    for (guint i = 0; i < G_N_ELEMENTS(out->tables); i++)
        ov_postfix_table_free(out->tables[i]);
    ov_postfix_config_free(out->config);
    ov_arena_free(out->arena);
    g_string_free(out->text, TRUE);
}

/* Lines that are no comments, and those with #name =. */
static char *settings_lines(const char *text) {
    GString *kept = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++)
        if (**line && !g_str_has_prefix(*line, "# "))
            g_string_append_printf(kept, "%s\n", *line);
    return g_string_free(kept, FALSE);
}

/* What is printed is a settings file, and once it is in force it is the same. */
static void assert_settles(const Case *given, const char *text) {
    Outcome again;
    g_autofree char *copy = g_strdup(text);
    detect(given, copy, &again);
    gboolean hint = strstr(text, "#addresses = ") != NULL;
    if (again.detected->differs && !hint)
        fail_msg("still differs:\n%s", again.text->str);
    forget(&again);
}

static void assert_lines(const Case *given, const char *expected) {
    Outcome out;
    detect(given, "", &out);
    g_autofree char *lines = settings_lines(out.text->str);
    assert_string_equal(lines, expected);
    assert_settles(given, out.text->str);
    forget(&out);
}

static void assert_tells(const Case *given, const char *words) {
    Outcome out;
    detect(given, "", &out);
    g_autofree char *flat = g_strdup(out.text->str);
    g_auto(GStrv) pieces = g_strsplit(flat, "\n# ", -1);
    g_autofree char *joined = g_strjoinv(" ", pieces);
    if (!strstr(joined, words))
        fail_msg("\"%s\" is not told in:\n%s", words, out.text->str);
    forget(&out);
}

#define REST "helo = mx.example.com\nsigning = before\ntls = yes\n"

static void test_addresses_are_those_that_postfix_sends_from(void **state) {
    (void)state;
    static const struct {
        Case given;
        const char *expected;
    } cases[] = {
        {{NULL}, "[egress]\naddresses = 192.0.2.7\n" REST},
        {{.main_cf = "smtp_bind_address = 198.51.100.3\n"},
         "[egress]\naddresses = 198.51.100.3\n" REST},
        {{.addresses = "192.0.2.9 !192.0.2.7 !2001:db8::7 fd00::1"},
         "[egress]\naddresses = 192.0.2.7 2001:db8::7\n" REST},
        {{.addresses = "!192.0.2.7 !2001:db8::7", .main_cf = "inet_protocols = ipv4\n"},
         "[egress]\naddresses = 192.0.2.7\n" REST},
        {{.addresses = "!192.0.2.7 !2001:db8::7", .main_cf = "smtp_bind_address6 = 2001:db8::9\n"},
         "[egress]\naddresses = 192.0.2.7 2001:db8::9\n" REST},
        /* postconf(5): bound where inet_interfaces has just one. */
        {{.main_cf = "inet_interfaces = 127.0.0.1 198.51.100.4\n"},
         "[egress]\naddresses = 192.0.2.7\n" REST},
        {{.main_cf = "inet_interfaces = 198.51.100.4 [2001:db8::4]\n"},
         "[egress]\naddresses = 198.51.100.4 2001:db8::4\n" REST},
        {{.main_cf = "inet_interfaces = 127.0.0.1\n"}, "[egress]\naddresses = 192.0.2.7\n" REST},
        /* A temporary address is another one tomorrow. */
        {{.addresses = "!192.0.2.7 !~2001:db8::7 2001:db8::8"},
         "[egress]\naddresses = 192.0.2.7\n" REST},
        /* Several and none preferred: whichever. */
        {{.addresses = "192.0.2.7 192.0.2.9"}, "[egress]\naddresses = 192.0.2.7 192.0.2.9\n" REST},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_lines(&cases[i].given, cases[i].expected);
}

static void test_a_private_address_is_a_hint_and_nat_is_told(void **state) {
    (void)state;
    static const Case nat = {.addresses = "!10.0.0.5"};
    assert_lines(&nat, "[egress]\n#addresses = 10.0.0.5\n" REST);
    assert_tells(&nat, "address translation (NAT)");
    static const char *const in_force[] = {
        "[egress]\naddresses = 192.0.2.7\n" REST,
        "[egress]\n" REST,
    };
    for (guint i = 0; i < G_N_ELEMENTS(in_force); i++) {
        Outcome out;
        detect(&nat, in_force[i], &out);
        assert_int_equal(out.detected->differs, i);
        forget(&out);
    }
}

static void test_the_address_of_a_relay_is_not_made_up(void **state) {
    (void)state;
    static const Case relay = {.main_cf = "relayhost = [relay.example]:587\n"};
    assert_lines(&relay, "[egress]\n#addresses =\n#helo =\nsigning = before\n#tls = unknown\n");
    assert_tells(&relay, "leaves by the relay [relay.example]:587, whose address to the outside is "
                         "not known here");
    static const Case by_transport = {.main_cf = "default_transport = smtp:[relay.example]\n"};
    assert_tells(&by_transport, "leaves by the relay [relay.example], whose");
}

static void test_senders_and_recipients_that_leave_another_way_get_sections(void **state) {
    (void)state;
    static const struct {
        Case given;
        const char *expected;
    } cases[] = {
        {{.sender_transports = "@news.example\tnews:\n@Shop.example\tnews:\n@x.example\tsmtp:\n"},
         "[egress news]\nsenders = news.example shop.example\naddresses = 192.0.2.8\n"
         "helo = news.example.com\n"},
        /* The whole address is looked up before its domain. */
        {{.sender_transports = "@news.example\tnews:\nboss@news.example\tsmtp:\n"},
         "[egress smtp]\nsenders = boss@news.example\n[egress news]\nsenders = news.example\n"
         "addresses = 192.0.2.8\nhelo = news.example.com\n"},
        {{.sender_transports = "@news.example\tnews:\nboss@news.example\tnews:\n"},
         "[egress news]\nsenders = news.example\naddresses = 192.0.2.8\nhelo = news.example.com\n"},
        {{.sender_relays = "@a.example\t[smart.example]:587\n@b.example\tDUNNO\n<>\t[other]\n"},
         "[egress relay]\nsenders = <>\naddresses =\nhelo =\ntls = unknown\n"
         "[egress relay-2]\nsenders = a.example\naddresses =\nhelo =\ntls = unknown\n"},
        {{.sender_transports = "@a.example\tnews:\n", .sender_relays = "@a.example\t[smart]\n"},
         "[egress relay]\nsenders = a.example\naddresses =\nhelo =\ntls = unknown\n"},
        {{.transports = "slow.example\tnews:\n.slow.example\tnews:\n*\tsmtp:\nx.example\tlocal:\n"},
         "[egress news]\nrecipients = slow.example\naddresses = 192.0.2.8\n"
         "helo = news.example.com\n[egress news-2]\nrecipients = *.slow.example\n"
         "addresses = 192.0.2.8\nhelo = news.example.com\n"},
        {{.transports = "in.example\tsmtp:[10.0.0.9]\nx.example\t:\ny.example\tdiscard:\n"},
         "[egress relay]\nrecipients = in.example\naddresses =\nhelo =\ntls = unknown\n"},
        /* A next hop that is the domain itself is no relay. */
        {{.transports = "b.example\tnews:B.example\nc.example\tsmtp:c.example\n"},
         "[egress news]\nrecipients = b.example\naddresses = 192.0.2.8\n"
         "helo = news.example.com\n"},
        {{.transports = "a.example\tnews:\n",
          .main_cf = "parent_domain_matches_subdomains = transport_maps\n"},
         "[egress news]\nrecipients = a.example *.a.example\naddresses = 192.0.2.8\n"
         "helo = news.example.com\n"},
        /* transport_maps goes before what the sender says, and says so of the common way, too. */
        {{.transports = "a.example\tsmtp:\n", .sender_transports = "@n.example\tnews:\n"},
         "[egress smtp]\nrecipients = a.example\n[egress news]\nsenders = n.example\n"
         "addresses = 192.0.2.8\nhelo = news.example.com\n"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *expected =
            g_strconcat("[egress]\naddresses = 192.0.2.7\n" REST, cases[i].expected, NULL);
        assert_lines(&cases[i].given, expected);
    }
}

static void test_what_cannot_be_told_is_said(void **state) {
    (void)state;
    static const struct {
        Case given;
        const char *words;
    } cases[] = {
        {{.transports = "a.example\tscript:\n"}, "gives the mail of a.example to pipe"},
        {{.transports = "a.example\tnowhere:\n"}, "to a service that is not there"},
        {{.sender_transports = "a*b@x.example\tnews:\n"}, "can't be written as a pattern"},
        {{.addresses = "!2001:db8::7"}, "smtp_bind_address6 is not set"},
        {{.addresses = "!192.0.2.7 !~2001:db8::7"},
         "2001:db8::7 (interface eth0), from which the kernel sends, is a temporary address"},
        {{.main_cf = "smtp_bind_address = 198.51.100.3\n"},
         "smtp_bind_address of main.cf is 198.51.100.3, which is no address of this machine now"},
        {{.sender_transports = "@n.example\tnews:\n"},
         "-o smtp_bind_address of the service news in master.cf is 192.0.2.8, which is no address"},
        {{.main_cf = "smtp_fallback_relay = [f.example]\n"}, "smtp_fallback_relay = [f.example]"},
        {{.main_cf = "default_transport = script\n"}, "how mail leaves is not known"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_tells(&cases[i].given, cases[i].words);
    OvPostfixTable *table = table_of(NULL);
    ov_postfix_table_add_trouble(table, "regexp:/x", "no");
    assert_string_equal(g_ptr_array_index(table->troubles, 0), "regexp:/x can't be listed (no)");
    ov_postfix_table_free(table);
}

static void assert_silent(const Case *given, const char *words) {
    Outcome out;
    detect(given, "", &out);
    if (strstr(out.text->str, words))
        fail_msg("\"%s\" is told in:\n%s", words, out.text->str);
    forget(&out);
}

static void test_addresses_that_are_right_are_not_doubted(void **state) {
    (void)state;
    static const Case bound6 = {.addresses = "!192.0.2.7 !2001:db8::7",
                                .main_cf = "smtp_bind_address6 = 2001:db8::7\n"};
    assert_silent(&bound6, "smtp_bind_address6 is not set");
    assert_silent(&bound6, "no address of this machine");
    static const Case listening6 = {.addresses = "!192.0.2.7 !2001:db8::7",
                                    .main_cf = "inet_interfaces = 192.0.2.7 2001:db8::7\n"};
    assert_silent(&listening6, "smtp_bind_address6 is not set");
}

/* Lines as the kernel writes them on this machine: words of 32 bits in its byte order. */
static char *listening(const char *address, guint port, const char *state) {
    OvIpAddress parsed;
    assert_true(ov_ip_address_parse(ov_slice(address), &parsed) ||
                g_str_has_prefix(address, "::ffff:"));
    g_autoptr(GString) hex = g_string_new(NULL);
    gboolean mapped = g_str_has_prefix(address, "::ffff:");
    if (mapped)
        for (guint i = 0; i < 3; i++)
            g_string_append_printf(hex, "%08X", i < 2 ? 0 : GUINT32_TO_BE(0xFFFF));
    for (guint at = 0; at < parsed.length; at += 4) {
        guint32 word;
        memcpy(&word, parsed.octets + at, 4);
        g_string_append_printf(hex, "%08X", word);
    }
    return g_strdup_printf("  sl  local_address rem_address   st tx_queue rx_queue\n"
                           "   0: %s:%04X 00000000:0000 %s 00000000:00000000 00:00000000 00000000"
                           "     0        0 20337 1 0000000000000000 100 0 0 10 0\n",
                           hex->str, port, state);
}

static void test_a_web_server_at_an_egress_address_is_told(void **state) {
    (void)state;
    static const struct {
        const char *listens;
        guint port;
        const char *socket_state, *served; /* NULL: nothing is told */
    } cases[] = {
        {"192.0.2.7", 80, "0A", "192.0.2.7 (port 80)."},
        {"192.0.2.7", 443, "0A", "192.0.2.7 (port 443)."},
        {"192.0.2.7", 25, "0A", NULL},
        {"192.0.2.7", 443, "01", NULL}, /* a connection */
        {"192.0.2.9", 443, "0A", NULL},
        {"127.0.0.1", 80, "0A", NULL},
        {"0.0.0.0", 80, "0A", "192.0.2.7 (port 80)."},
        {"::", 80, "0A", "192.0.2.7 (port 80), 2001:db8::7 (port 80)."},
        {"2001:db8::7", 443, "0A", "2001:db8::7 (port 443)."},
        {"::1", 443, "0A", NULL},
        {"::ffff:192.0.2.7", 80, "0A", "192.0.2.7 (port 80)."},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = listening(cases[i].listens, cases[i].port, cases[i].socket_state);
        gboolean v6 = strchr(cases[i].listens, ':') != NULL;
        Case given = {.addresses = "!192.0.2.7 !2001:db8::7",
                      .tcp = v6 ? NULL : text,
                      .tcp6 = v6 ? text : NULL};
        if (!cases[i].served) {
            assert_silent(&given, "web server");
            continue;
        }
        g_autofree char *words = g_strdup_printf(
            "A web server answers at an address that mail leaves from: %s", cases[i].served);
        assert_tells(&given, words);
    }
    /* Those of sections, too, and each once. */
    g_autofree char *all = listening("0.0.0.0", 443, "0A");
    Case news = {.sender_transports = "@a.example\tnews:\n", .tcp = all};
    assert_tells(&news, ": 192.0.2.7 (port 443), 192.0.2.8 (port 443).");
    /* Also one that is the end of another. */
    Case alike = {.addresses = "192.0.2.7 92.0.2.7", .tcp = all};
    assert_tells(&alike, ": 192.0.2.7 (port 443), 92.0.2.7 (port 443).");
    Case broken = {.tcp = "0: 0A\n0: XYZ:0050 0 0A\n0: 00000000 0 0A\n: : : :\n0:"};
    assert_silent(&broken, "web server");
}

static void test_temporary_addresses_are_known_by_their_flag(void **state) {
    (void)state;
    static const char if_inet6[] = "00000000000000000000000000000001 01 80 10 80       lo\n"
                                   "20010db8000000000000000000000007 02 40 00 01     eth0\n"
                                   "20010db8000000000000000000000008 02 40 00 80     eth0\n";
    static const struct {
        const char *address;
        gboolean temporary;
    } cases[] = {{"2001:db8::7", TRUE},
                 {"2001:db8::8", FALSE},
                 {"::1", FALSE},
                 {"2001:db8::9", FALSE},
                 {"192.0.2.7", FALSE}};
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        OvIpAddress address;
        assert_true(ov_ip_address_parse(ov_slice(cases[i].address), &address));
        assert_int_equal(ov_host_address_is_temporary(if_inet6, &address), cases[i].temporary);
        assert_false(ov_host_address_is_temporary(NULL, &address));
    }
}

static void test_signing_is_by_the_order_of_milters(void **state) {
    (void)state;
    static const struct {
        const char *main_cf, *line, *words;
    } cases[] = {
        {"smtpd_milters = unix:/run/outvet/milter.sock unix:/opendkim/opendkim.sock\n"
         "non_smtpd_milters = unix:/outvet/milter.sock, inet:localhost:8891\n",
         "\nsigning = after\n", "opendkim behind Outvet in smtpd_milters"},
        {"smtpd_milters = { inet:127.0.0.1:11332, default_action = accept }, { "
         "unix:/run/outvet/milter.sock, default_action = tempfail }\nnon_smtpd_milters =\n",
         "\nsigning = before\n", "rspamd before Outvet in smtpd_milters"},
        {"smtpd_milters = unix:/run/outvet/milter.sock\n", "\nsigning = auto\n",
         "not the same for all mail"},
        {"smtpd_milters = unix:/run/outvet/milter.sock unix:/run/openarc.sock\n"
         "non_smtpd_milters = unix:/run/outvet/milter.sock\n",
         "\n#signing = none\n", "no known DKIM signer"},
        {"smtpd_milters = unix:/run/outvet/milter.sock\nnon_smtpd_milters =\n"
         "content_filter = amavis:[127.0.0.1]:10024\n",
         "\n#signing = after\n", "if the content_filter amavis:[127.0.0.1]:10024 signs"},
        {"smtpd_milters =\nnon_smtpd_milters =\n", "\n#signing = auto\n",
         "Outvet stands in no list of milters"},
        {"smtpd_milters =\nnon_smtpd_milters =\nsubmission/inet/command = smtpd\n"
         "submission/inet/smtpd_milters = unix:/dkimpy.sock unix:/run/outvet/milter.sock\n",
         "\nsigning = before\n", "smtpd_milters of the service submission"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        Case given = {.main_cf = cases[i].main_cf};
        Outcome out;
        detect(&given, "", &out);
        if (!strstr(out.text->str, cases[i].line))
            fail_msg("no line%sin:\n%s", cases[i].line, out.text->str);
        forget(&out);
        assert_tells(&given, cases[i].words);
    }
}

static void test_tls_is_what_postfix_delivers_with(void **state) {
    (void)state;
    static const struct {
        const char *main_cf, *line;
    } cases[] = {
        {"smtp_tls_security_level = none\n", "\ntls = no\n"},
        {"smtp_tls_security_level =\n", "\ntls = no\n"},
        {"smtp_tls_security_level = dane\n", "\ntls = yes\n"},
        {"smtp_tls_security_level =\nsmtp_use_tls = yes\n", "\ntls = yes\n"},
        {"smtp_tls_security_level =\nsmtp_use_tls = no\nsmtp_enforce_tls = no\n", "\ntls = no\n"},
        {"smtp_tls_security_level = none\nsmtp_use_tls = yes\n", "\ntls = no\n"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        Case given = {.main_cf = cases[i].main_cf};
        Outcome out;
        detect(&given, "", &out);
        if (!strstr(out.text->str, cases[i].line))
            fail_msg("case %u: no line%sin:\n%s", i, cases[i].line, out.text->str);
        forget(&out);
    }
    static const Case clear = {.main_cf = "smtp_tls_security_level =\n"};
    assert_tells(&clear, "smtp_tls_security_level of main.cf is empty; Gmail asks for TLS");
}

static void test_a_name_server_of_this_machine_is_a_hint(void **state) {
    (void)state;
    static const struct {
        const char *resolv_conf;
        gboolean told;
    } cases[] = {
        {"# mine\nnameserver 127.0.0.1\nnameserver ::1\nsearch example.com\n", TRUE},
        {"nameserver 127.0.0.53\noptions edns0\n", FALSE},
        {"nameserver 127.0.0.1\nnameserver 192.0.2.53\n", FALSE},
        {"search example.com\n", FALSE},
        {NULL, FALSE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        Case given = {.resolv_conf = cases[i].resolv_conf};
        Outcome out;
        detect(&given, "[egress]\naddresses = 192.0.2.7\n" REST, &out);
        assert_int_equal(strstr(out.text->str, "\n[dns]\n") != NULL, cases[i].told);
        assert_int_equal(strstr(out.text->str, "\n#servers = system\n") != NULL, cases[i].told);
        assert_false(out.detected->differs);
        forget(&out);
    }
}

static void test_differences_from_what_is_in_force_are_told(void **state) {
    (void)state;
    static const struct {
        const char *in_force;
        gboolean differs;
        const char *words;
    } cases[] = {
        {"[egress]\naddresses = 192.0.2.7\nhelo = MX.example.com\nsigning = before\ntls = "
         "yes\n[egress n]\n"
         "senders = NEWS.example\naddresses = 192.0.2.8\nhelo = news.example.com\n",
         FALSE, "says the same"},
        {"[egress]\naddresses = 192.0.2.6\n" REST, TRUE, "# in force: addresses = 192.0.2.6"},
        {"[egress]\naddresses = 192.0.2.7 192.0.2.8\n" REST, TRUE,
         "# in force: addresses = 192.0.2.7 192.0.2.8"},
        {"[egress]\nhelo = other.example\n", TRUE, "# in force: helo = other.example"},
        {"", TRUE, "# in force: addresses = (none)"},
        {"", TRUE, "# no section in force takes this mail"},
        {"[egress old]\nsenders = old.example\n", TRUE, "[egress old] is in force, but"},
    };
    static const Case given = {.sender_transports = "@news.example\tnews:\n"};
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        Outcome out;
        detect(&given, cases[i].in_force, &out);
        assert_int_equal(out.detected->differs, cases[i].differs);
        if (!strstr(out.text->str, cases[i].words))
            fail_msg("\"%s\" is not told in:\n%s", cases[i].words, out.text->str);
        forget(&out);
    }
}

static void test_scopes_of_addresses(void **state) {
    (void)state;
    static const struct {
        const char *address;
        OvAddressScope scope;
    } cases[] = {
        {"127.0.0.1", OV_SCOPE_NONE},      {"::1", OV_SCOPE_NONE},
        {"169.254.1.1", OV_SCOPE_NONE},    {"fe80::1", OV_SCOPE_NONE},
        {"224.0.0.1", OV_SCOPE_NONE},      {"ff02::1", OV_SCOPE_NONE},
        {"10.1.2.3", OV_SCOPE_PRIVATE},    {"172.31.0.1", OV_SCOPE_PRIVATE},
        {"192.168.1.1", OV_SCOPE_PRIVATE}, {"100.127.0.1", OV_SCOPE_PRIVATE},
        {"fd12::1", OV_SCOPE_PRIVATE},     {"172.32.0.1", OV_SCOPE_GLOBAL},
        {"100.128.0.1", OV_SCOPE_GLOBAL},  {"2001:41d0::1", OV_SCOPE_GLOBAL},
        {"0.0.0.0", OV_SCOPE_NONE},        {"::", OV_SCOPE_NONE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        OvIpAddress address;
        assert_true(ov_ip_address_parse(ov_slice(cases[i].address), &address));
        if (ov_address_scope(&address) != cases[i].scope)
            fail_msg("%s", cases[i].address);
    }
    OvIpAddress none = {.length = 0};
    assert_int_equal(ov_address_scope(&none), OV_SCOPE_NONE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses_are_those_that_postfix_sends_from),
        cmocka_unit_test(test_a_private_address_is_a_hint_and_nat_is_told),
        cmocka_unit_test(test_the_address_of_a_relay_is_not_made_up),
        cmocka_unit_test(test_senders_and_recipients_that_leave_another_way_get_sections),
        cmocka_unit_test(test_what_cannot_be_told_is_said),
        cmocka_unit_test(test_addresses_that_are_right_are_not_doubted),
        cmocka_unit_test(test_a_web_server_at_an_egress_address_is_told),
        cmocka_unit_test(test_temporary_addresses_are_known_by_their_flag),
        cmocka_unit_test(test_signing_is_by_the_order_of_milters),
        cmocka_unit_test(test_tls_is_what_postfix_delivers_with),
        cmocka_unit_test(test_a_name_server_of_this_machine_is_a_hint),
        cmocka_unit_test(test_differences_from_what_is_in_force_are_told),
        cmocka_unit_test(test_scopes_of_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
