#include "policy/delivery/answer_text.h"
#include "policy/delivery/log_line.h"
#include "policy/delivery/outcome.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <time.h>

static const gint64 NOW = G_GINT64_CONSTANT(1795917600) * G_USEC_PER_SEC; /* 2026-11-29 02:00 UTC */

static const struct {
    const char *line;
    gint64 seconds; /* 0: no line of a log */
    const char *program, *text;
} LINES[] = {
    {"Nov 29 01:11:44 mx1 postfix/smtp[123]: 4AbC: to=<x>", 1795914704, "postfix/smtp",
     "4AbC: to=<x>"},
    {"Nov  9 01:11:44 mx1 postfix/smtp[123]: a b", 1794186704, "postfix/smtp", "a b"},
    /* up to a day ahead is this year, more is last year */
    {"Nov 30 01:00:00 mx1 postfix/smtp[123]: a", 1796000400, "postfix/smtp", "a"},
    {"Dec 31 23:59:59 mx1 postfix/smtp[123]: a", 1767225599, "postfix/smtp", "a"},
    {"Feb 29 00:00:00 mx1 postfix/smtp[123]: a", 1709164800, "postfix/smtp", "a"},
    {"2026-11-29T02:11:44.123456+01:00 mx1 postfix-out/smtp[9]: a", 1795914704, "postfix-out/smtp",
     "a"},
    {"2026-11-29T01:11:44Z mx1 sm-mta[9]: a", 1795914704, "sm-mta", "a"},
    {"2026-11-28T20:11:44-0500 mx1 sm-mta: a", 1795914704, "sm-mta", "a"},
    {"<22>Nov 29 01:11:44 mx1 postfix/smtp[123]: a\r", 1795914704, "postfix/smtp", "a"},
    {"Nov 29 01:11:44 mx1 postfix/submission/smtpd[123]:   a", 1795914704,
     "postfix/submission/smtpd", "a"},
    {"", 0, NULL, NULL},
    {"Nov 29", 0, NULL, NULL},
    {"Nov 31 01:11:44 mx1 postfix/smtp[123]: a", 0, NULL, NULL},
    {"Nox 29 01:11:44 mx1 postfix/smtp[123]: a", 0, NULL, NULL},
    {"Nov 29 24:11:44 mx1 postfix/smtp[123]: a", 0, NULL, NULL},
    {"Nov 29 01:61:44 mx1 postfix/smtp[123]: a", 0, NULL, NULL},
    {"Nov 29 01:11:44 mx1", 0, NULL, NULL},
    {"Nov 29 01:11:44 mx1 last message repeated 3 times", 0, NULL, NULL},
    {"2026-13-29T01:11:44Z mx1 sm-mta[9]: a", 0, NULL, NULL},
    {"2026-11-29T01:11:44 mx1 sm-mta[9]: a", 0, NULL, NULL},
    {"2026-11-29T01:11:44+99:00 mx1 sm-mta[9]: a", 0, NULL, NULL},
    {"<22", 0, NULL, NULL},
};

static void assert_slice(OvSlice slice, const char *text) {
    g_autofree char *got = g_strndup(slice.data ? slice.data : "", slice.length);
    assert_string_equal(got, text);
}

static void test_lines_of_every_form_are_told_from_others(void **state) {
    (void)state;
    OvLogClock clock = {0};
    ov_log_clock_set(&clock, NOW);
    for (guint round = 0; round < 2; round++)
        for (guint i = 0; i < G_N_ELEMENTS(LINES); i++) {
            OvLogLine line;
            gboolean parsed = ov_log_line_parse(ov_slice(LINES[i].line), &clock, &line);
            if (parsed != (LINES[i].seconds != 0))
                fail_msg("%s", LINES[i].line);
            if (!parsed)
                continue;
            if (line.time / G_USEC_PER_SEC != LINES[i].seconds)
                fail_msg("%s: %" G_GINT64_FORMAT, LINES[i].line, line.time / G_USEC_PER_SEC);
            assert_slice(line.program, LINES[i].program);
            assert_slice(line.text, LINES[i].text);
        }
}

static void test_a_log_may_cross_the_new_year_and_step_back(void **state) {
    (void)state;
    OvLogClock clock = {0};
    OvLogLine line;
    ov_log_clock_set(&clock, G_GINT64_CONSTANT(1798766000) * G_USEC_PER_SEC); /* 1 January 2027 */
    const struct {
        const char *line;
        gint64 seconds;
    } steps[] = {
        {"Dec 31 23:59:59 h p/s[1]: a", 1798761599},
        {"Jan  1 00:00:00 h p/s[1]: a", 1798761600},
        {"Dec 31 23:59:58 h p/s[1]: a", 1798761598},
    };
    for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
        assert_true(ov_log_line_parse(ov_slice(steps[i].line), &clock, &line));
        assert_int_equal(line.time / G_USEC_PER_SEC, steps[i].seconds);
    }
}

typedef struct {
    const char *program, *text;
    OvLogEventKind kind;
    const char *queue_id;
    const char *recipients; /* each and a line feed; NULL: not looked at, like all that follow */
    const char *relay, *enhanced, *transport, *answer;
    OvOutcome outcome;
} Case;

static const Case CASES[] = {
    {"postfix/smtp",
     "4dJx2y3Zq1z9: to=<ann@one.example>, relay=mx.one.example[192.0.2.1]:25, delay=1.3, "
     "delays=0.1/0/0.5/0.7, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4X)",
     OV_LOG_OUTCOME, "4dJx2y3Zq1z9", "ann@one.example\n", "mx.one.example[192.0.2.1]:25", "2.0.0",
     "smtp", "250 2.0.0 Ok: queued as 4X", OV_OUTCOME_DELIVERED},
    {"smtp-out2/smtp",
     "A1B2C3D4E5: to=<bob@two.example>, orig_to=<info@two.example>, "
     "relay=mx.two.example[2001:db8::1]:25, conn_use=3, delay=5, delays=0/0/1/4, tls=good, "
     "dsn=4.7.1, status=deferred (host mx.two.example[2001:db8::1] said: 450 4.7.1 Greylisted (in "
     "reply to RCPT TO command))",
     OV_LOG_OUTCOME, "A1B2C3D4E5", "bob@two.example\n", "mx.two.example[2001:db8::1]:25", "4.7.1",
     "smtp-out2",
     "host mx.two.example[2001:db8::1] said: 450 4.7.1 Greylisted (in reply to RCPT TO command)",
     OV_OUTCOME_DEFERRED},
    {"postfix/relay/smtp",
     "A1B2C3D4E5: to=<b@x.example>, relay=none, delay=3, delays=0/0/3/0, dsn=5.4.4, "
     "status=bounced (Host or domain name not found. Name service error for name=x.example "
     "type=AAAA: Host not found)",
     OV_LOG_OUTCOME, "A1B2C3D4E5", "b@x.example\n", "none", "5.4.4", "relay", NULL,
     OV_OUTCOME_BOUNCED},
    {"postfix-out/cleanup",
     "A1B2C3D4E5: to=<b@x.example>, relay=none, delay=0, delays=0/0/0/0, dsn=5.7.1, "
     "status=bounced (optional text)",
     OV_LOG_OUTCOME, "A1B2C3D4E5", "b@x.example\n", "none", "5.7.1", "postfix-out", "optional text",
     OV_OUTCOME_BOUNCED},
    {"postfix/local",
     "A1B2C3D4E5: to=<root@here.example>, orig_to=<root>, relay=local, delay=0.01, "
     "delays=0/0/0/0, dsn=5.1.1, status=SOFTBOUNCE (unknown user: \"root\")",
     OV_LOG_OUTCOME, "A1B2C3D4E5", "root@here.example\n", "local", "5.1.1", "local",
     "unknown user: \"root\"", OV_OUTCOME_DEFERRED},
    {"postfix/discard",
     "A1B2C3D4E5: to=<b@x.example>, relay=none, delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent "
     "(x)",
     OV_LOG_OUTCOME, "A1B2C3D4E5", "b@x.example\n", "none", "2.0.0", "discard", "x",
     OV_OUTCOME_DELETED},
    /* what a receiver says is no more than what he says */
    {"postfix/smtp",
     "A1B2C3D4E5: to=<b@x.example>, relay=x[192.0.2.1]:25, delay=0, delays=0/0/0/0, dsn=5.1.1, "
     "status=bounced (host x[192.0.2.1] said: 550 5.1.1 no), dsn=2.0.0, status=sent (to=<c@y>)",
     OV_LOG_OUTCOME, "A1B2C3D4E5", "b@x.example\n", "x[192.0.2.1]:25", "5.1.1", "smtp", NULL,
     OV_OUTCOME_BOUNCED},
    /* nor does a quoted address reach beyond its quotes */
    {"postfix/smtp",
     "A1B2C3D4E5: to=<\"a\\\">, relay=none, delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent "
     "(x\"@x.example>, relay=x[192.0.2.1]:25, delay=0, delays=0/0/0/0, dsn=5.1.1, status=bounced "
     "(no)",
     OV_LOG_OUTCOME, "A1B2C3D4E5", NULL, "x[192.0.2.1]:25", "5.1.1", "smtp", "no",
     OV_OUTCOME_BOUNCED},
    {"postfix/verify",
     "A1B2C3D4E5: to=<b@x.example>, relay=x, delay=0, delays=0/0/0/0, dsn=2.0.0, "
     "status=deliverable (x)",
     OV_LOG_NOTHING, NULL, NULL, NULL, NULL, NULL, NULL, 0},
    {"postfix/smtp", "A1B2C3D4E5: to=<b@x.example>, relay=none, delay=0", OV_LOG_NOTHING, NULL,
     NULL, NULL, NULL, NULL, NULL, 0},
    {"postfix/smtp", "A1B2C3D4E5: to=<b@x.example", OV_LOG_NOTHING, NULL, NULL, NULL, NULL, NULL,
     NULL, 0},
    {"postfix/smtp", "NOQUEUE: to=<b@x.example>, relay=x, status=sent (x)", OV_LOG_NOTHING, NULL,
     NULL, NULL, NULL, NULL, NULL, 0},
    {"postfix/smtpd",
     "NOQUEUE: reject: RCPT from x[192.0.2.1]: 554 5.7.1 <b@x>: Relay access denied; "
     "from=<a@y> to=<b@x> proto=ESMTP helo=<A1B2C3D4E5: to=<b@x>, status=sent (>",
     OV_LOG_NOTHING, NULL, NULL, NULL, NULL, NULL, NULL, 0},
    {"postfix/smtpd", "A1B2C3D4E5: to=<b@x.example>, relay=x, dsn=2.0.0, status=sent (x)",
     OV_LOG_NOTHING, NULL, NULL, NULL, NULL, NULL, NULL, 0},
    {"postfix/smtp", "warning: A1B2C3D4E5: to=<b@x>, relay=x, dsn=2.0.0, status=sent (x)",
     OV_LOG_NOTHING, NULL, NULL, NULL, NULL, NULL, NULL, 0},
    {"postfix/cleanup", "A1B2C3D4E5: message-id=<1@x.example>", OV_LOG_MESSAGE_ID, "A1B2C3D4E5",
     NULL, NULL, NULL, NULL, NULL, 0},
    {"postfix/cleanup", "A1B2C3D4E5: resent-message-id=<1@x.example>", OV_LOG_NOTHING, NULL, NULL,
     NULL, NULL, NULL, NULL, 0},
    {"postfix/cleanup",
     "A1B2C3D4E5: milter-hold: END-OF-MESSAGE from x[192.0.2.1]: milter triggers HOLD action; "
     "from=<a@y> to=<b@x> proto=ESMTP helo=<x>",
     OV_LOG_HELD, "A1B2C3D4E5", NULL, NULL, NULL, NULL, NULL, 0},
    {"postfix/cleanup", "A1B2C3D4E5: removed (canceled)", OV_LOG_DELETED, "A1B2C3D4E5", NULL, NULL,
     NULL, NULL, NULL, 0},
    {"postfix/qmgr", "A1B2C3D4E5: from=<a@y.example>, size=1234, nrcpt=2 (queue active)",
     OV_LOG_QUEUED, "A1B2C3D4E5", NULL, NULL, NULL, NULL, NULL, 0},
    {"postfix/qmgr", "A1B2C3D4E5: from=<a@y.example>, status=expired, returned to sender",
     OV_LOG_EXPIRED, "A1B2C3D4E5", NULL, NULL, NULL, NULL, NULL, 0},
    {"postfix/qmgr", "A1B2C3D4E5: from=<a@y.example>, status=force-expired, returned to sender",
     OV_LOG_EXPIRED, "A1B2C3D4E5", NULL, NULL, NULL, NULL, NULL, 0},
    {"postfix/qmgr", "A1B2C3D4E5: removed", OV_LOG_FINISHED, "A1B2C3D4E5", NULL, NULL, NULL, NULL,
     NULL, 0},
    {"postfix/postsuper", "A1B2C3D4E5: removed", OV_LOG_DELETED, "A1B2C3D4E5", NULL, NULL, NULL,
     NULL, NULL, 0},
    {"postfix/postsuper", "A1B2C3D4E5: placed on hold", OV_LOG_HELD, "A1B2C3D4E5", NULL, NULL, NULL,
     NULL, NULL, 0},
    {"postfix/postsuper", "A1B2C3D4E5: released from hold", OV_LOG_RELEASED, "A1B2C3D4E5", NULL,
     NULL, NULL, NULL, NULL, 0},
    {"postfix/bounce", "A1B2C3D4E5: sender non-delivery notification: F6A7B8C9D0", OV_LOG_NOTIFIED,
     "A1B2C3D4E5", NULL, NULL, NULL, NULL, NULL, 0},
    {"postfix/bounce", "A1B2C3D4E5: sender delay notification: F6A7B8C9D0", OV_LOG_NOTHING, NULL,
     NULL, NULL, NULL, NULL, NULL, 0},
    {"postfix/submission/smtpd",
     "A1B2C3D4E5: client=pc.example[192.0.2.7], sasl_method=PLAIN, sasl_username=shop",
     OV_LOG_CLIENT, "A1B2C3D4E5", NULL, NULL, NULL, NULL, NULL, 0},
    {"sm-mta",
     "4AT1B2cd001234: to=<ann@one.example>,<bob@one.example>, ctladdr=<paul@here.example> "
     "(1000/1000), delay=00:00:02, xdelay=00:00:01, mailer=esmtp, pri=120345, "
     "relay=mx.one.example. [192.0.2.1], dsn=2.0.0, stat=Sent (OK id=1sT)",
     OV_LOG_OUTCOME, "4AT1B2cd001234", "ann@one.example\nbob@one.example\n",
     "mx.one.example. [192.0.2.1]", "2.0.0", "esmtp", "Sent (OK id=1sT)", OV_OUTCOME_DELIVERED},
    {"sendmail",
     "mBDIYhEa031574: to=<customer@example.com>, delay=1+00:00:00, xdelay=00:00:00, mailer=esmtp, "
     "pri=41874, relay=mail.example.com., dsn=4.0.0, stat=Deferred",
     OV_LOG_OUTCOME, "mBDIYhEa031574", "customer@example.com\n", "mail.example.com.", "4.0.0",
     "esmtp", "Deferred", OV_OUTCOME_DEFERRED},
    {"sm-mta",
     "4AT1B2cd001234: to=bob, delay=00:00:01, mailer=local, pri=1, dsn=5.1.1, stat=User unknown",
     OV_LOG_OUTCOME, "4AT1B2cd001234", "bob\n", "", "5.1.1", "local", "User unknown",
     OV_OUTCOME_BOUNCED},
    {"sm-mta",
     "4AT1B2cd001234: to=<a@b.example>, delay=5+00:00:01, mailer=esmtp, pri=1, dsn=4.4.7, "
     "stat=Cannot send message for 5 days",
     OV_LOG_OUTCOME, "4AT1B2cd001234", "a@b.example\n", "", "4.4.7", "esmtp", NULL,
     OV_OUTCOME_EXPIRED},
    {"sm-mta", "4AT1B2cd001234: to=<a@b.example>, mailer=esmtp, stat=queued", OV_LOG_NOTHING, NULL,
     NULL, NULL, NULL, NULL, NULL, 0},
    {"sm-mta",
     "4AT1B2cd001234: from=<paul@here.example>, size=345, class=0, nrcpts=2, "
     "msgid=<1, size=2@x.example>, proto=ESMTP, daemon=MTA, relay=pc.example [192.0.2.7]",
     OV_LOG_QUEUED, "4AT1B2cd001234", NULL, NULL, NULL, NULL, NULL, 0},
    {"sm-mta", "4AT1B2cd001234: milter=outvet, quarantine=score 7", OV_LOG_HELD, "4AT1B2cd001234",
     NULL, NULL, NULL, NULL, NULL, 0},
    {"sm-mta", "4AT1B2cd001234: 4AT1B2ce001234: DSN: User unknown", OV_LOG_NOTIFIED,
     "4AT1B2cd001234", NULL, NULL, NULL, NULL, NULL, 0},
    {"sm-mta",
     "4AT1B2cd001234: split: maxrcpts=2, rcpts=5, count=2, ids=4AT1B2ce001234; 4AT1B2cf001234",
     OV_LOG_SPLIT, "4AT1B2cd001234", NULL, NULL, NULL, NULL, NULL, 0},
    {"sm-mta", "4AT1B2cd001234: split: maxrcpts=2, rcpts=5, count=2", OV_LOG_NOTHING, NULL, NULL,
     NULL, NULL, NULL, NULL, 0},
    {"dovecot", "A1B2C3D4E5: to=<b@x>, relay=x, dsn=2.0.0, status=sent (x)", OV_LOG_NOTHING, NULL,
     NULL, NULL, NULL, NULL, NULL, 0},
};

static void check_outcome(const Case *want, const OvLogEvent *event) {
    assert_int_equal(event->outcome, want->outcome);
    assert_slice(event->relay, want->relay);
    assert_slice(event->enhanced, want->enhanced);
    assert_slice(event->transport, want->transport);
    if (want->answer)
        assert_slice(event->answer, want->answer);
    if (!want->recipients)
        return;
    g_autoptr(GString) recipients = g_string_new(NULL);
    OvSlice recipient;
    for (gsize position = 0; ov_log_event_recipient(event, &position, &recipient);)
        g_string_append_printf(recipients, "%.*s\n", (int)recipient.length, recipient.data);
    assert_string_equal(recipients->str, want->recipients);
}

static void test_each_line_tells_what_the_mta_means(void **state) {
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        const Case *want = &CASES[i];
        OvLogEvent event;
        ov_log_event_parse(ov_slice(want->program), ov_slice(want->text), &event);
        if (event.kind != want->kind)
            fail_msg("%s: %s: kind %d", want->program, want->text, event.kind);
        if (want->queue_id)
            assert_slice(event.queue_id, want->queue_id);
        if (want->kind == OV_LOG_OUTCOME)
            check_outcome(want, &event);
    }
}

static OvLogEvent parse(const char *program, const char *text) {
    OvLogEvent event;
    assert_true(ov_log_event_parse(ov_slice(program), ov_slice(text), &event));
    return event;
}

static void test_details_of_other_lines_are_kept(void **state) {
    (void)state;
    OvLogEvent event = parse("postfix/cleanup", "A1B2C3D4E5: message-id= <1, 2> @x.example ");
    assert_slice(event.message_id, "<1, 2> @x.example");
    event = parse("postfix/qmgr", "A1B2C3D4E5: from=<\">, size=1\"@y.example>, size=99, nrcpt=3 "
                                  "(queue active)");
    assert_slice(event.sender, "\">, size=1\"@y.example");
    assert_int_equal(event.size, 99);
    assert_int_equal(event.n_recipients, 3);
    event = parse("postfix/smtpd", "A1B2C3D4E5: client=pc[192.0.2.7], sasl_method=PLAIN, "
                                   "sasl_username=shop, orig_queue_id=1");
    assert_slice(event.client, "pc[192.0.2.7]");
    assert_slice(event.login, "shop");
    event = parse("postfix/pickup", "A1B2C3D4E5: uid=1007 from=<web>");
    assert_int_equal(event.kind, OV_LOG_CLIENT);
    assert_slice(event.uid, "1007");
    assert_slice(event.sender, "web");
    event = parse("postfix/pickup", "A1B2C3D4E5: uid=89 from=<web> orig_id=B1B2C3D4E5");
    assert_slice(event.uid, "");
    event = parse("sm-mta", "4AT1B2cd001234: to=b, ctladdr=<paul(x)@here.example> (1000/1001), "
                            "dsn=2.0.0, stat=Sent");
    assert_slice(event.uid, "1000");
    event = parse("sm-mta", "4AT1B2cd001234: from=<a@y.example>, size=345, class=0, nrcpts=2, "
                            "msgid=<1, nrcpts=9@x.example>, relay=pc.example [192.0.2.7]");
    assert_slice(event.sender, "a@y.example");
    assert_slice(event.message_id, "<1, nrcpts=9@x.example>");
    assert_slice(event.client, "pc.example [192.0.2.7]");
    assert_int_equal(event.n_recipients, 2);
    event = parse("sendmail", "4AT1B2cd001234: split: count=2, ids=4AT1B2ce001234; 4AT1B2cf001234");
    gsize position = 0;
    OvSlice part;
    assert_true(ov_log_event_part(&event, &position, &part));
    assert_slice(part, "4AT1B2ce001234");
    assert_true(ov_log_event_part(&event, &position, &part));
    assert_slice(part, "4AT1B2cf001234");
    assert_false(ov_log_event_part(&event, &position, &part));
    event = parse("postfix/bounce", "A1B2C3D4E5: sender non-delivery notification: F6A7B8C9D0");
    assert_slice(event.other_id, "F6A7B8C9D0");
    event = parse("postfix/smtp", "A1B2C3D4E5: to=<b@x>, relay=x, delay=12.25, delays=0/0/0/0, "
                                  "dsn=2.0.0, status=sent (x)");
    assert_true(event.delay > 12.24 && event.delay < 12.26);
    event = parse("sm-mta", "4AT1B2cd001234: to=b, delay=1+01:00:05, dsn=2.0.0, stat=Sent");
    assert_true(event.delay > 90004.9 && event.delay < 90005.1);
}

static void test_a_login_of_sendmails_is_told(void **state) {
    (void)state;
    OvSlice client, login;
    assert_true(ov_log_login_parse(ov_slice("AUTH=server, relay=pc.example [192.0.2.7], "
                                            "authid=shop, mech=PLAIN, bits=0"),
                                   &client, &login));
    assert_slice(client, "pc.example [192.0.2.7]");
    assert_slice(login, "shop");
    assert_false(ov_log_login_parse(ov_slice("AUTH=server, relay=pc"), &client, &login));
    assert_false(ov_log_login_parse(ov_slice("4AT1B2cd001234: AUTH"), &client, &login));
}

static void test_a_line_split_is_the_line_parsed(void **state) {
    (void)state;
    OvLogClock clock = {0};
    ov_log_clock_set(&clock, NOW);
    for (guint i = 0; i < G_N_ELEMENTS(LINES); i++) {
        OvLogLine parsed, split;
        if (!ov_log_line_parse(ov_slice(LINES[i].line), &clock, &parsed))
            continue;
        assert_true(ov_log_line_split(ov_slice(LINES[i].line), &split));
        assert_true(ov_slice_equal(split.host, parsed.host));
        assert_true(ov_slice_equal(split.program, parsed.program));
        assert_true(ov_slice_equal(split.process, parsed.process));
        assert_true(ov_slice_equal(split.text, parsed.text));
    }
    OvLogLine line;
    assert_true(ov_log_line_split(ov_slice("Nov 29 01:11:44 mx1 postfix/smtp[123]: a"), &line));
    assert_slice(line.process, "123");
    assert_true(ov_log_line_split(ov_slice("Nov 29 01:11:44 mx1 sm-mta: a"), &line));
    assert_slice(line.process, "");
}

/* status and answer, as smtp(8) logs them */
static const struct {
    const char *status, *dsn, *answer;
    OvReason reason;
    guint code;
    const char *enhanced;
} ANSWERS[] = {
#define SAID "host mx.spam-filter.example[192.0.2.1] said: "
    {"sent", "2.0.0", "250 2.0.0 OK  1795917600 a-b.12 - gsmtp", OV_REASON_NONE, 250, "2.0.0"},
    {"sent", "2.0.0", "250 Ok", OV_REASON_NONE, 250, "2.0.0"},
    {"sent", "2.0.0", "delivered to maildir", OV_REASON_NONE, 0, "2.0.0"},
    {"bounced", "5.1.1",
     SAID "550-5.1.1 The email account that you tried to reach does not exist. 550 5.1.1 "
          "https://support.google.com/mail/?p=NoSuchUser - gsmtp (in reply to RCPT TO command)",
     OV_REASON_UNKNOWN_USER, 550, "5.1.1"},
    {"bounced", "5.4.1",
     SAID "550 5.4.1 Recipient address rejected: Access denied. (in reply to RCPT TO command)",
     OV_REASON_UNKNOWN_USER, 550, "5.4.1"},
    {"bounced", "5.0.0", SAID "550 No such user here (in reply to RCPT TO command)",
     OV_REASON_UNKNOWN_USER, 550, "5.0.0"},
    {"bounced", "5.1.1", "unknown user: \"bob\"", OV_REASON_UNKNOWN_USER, 0, "5.1.1"},
    {"bounced", "5.7.26",
     SAID "550-5.7.26 This mail has been blocked because the sender is unauthenticated. (in reply "
          "to end of DATA command)",
     OV_REASON_AUTHENTICATION, 550, "5.7.26"},
    {"bounced", "5.7.1",
     SAID "550-5.7.1 [192.0.2.9      12] Our system has detected that this message is 550-5.7.1 "
          "likely unsolicited mail. To reduce the amount of spam sent to Gmail, 550 5.7.1 this "
          "message has been blocked. (in reply to end of DATA command)",
     OV_REASON_SPAM, 550, "5.7.1"},
    {"deferred", "4.7.28",
     SAID "421-4.7.28 [192.0.2.9] Our system has detected an unusual rate of unsolicited mail "
          "originating from your IP address. (in reply to end of DATA command)",
     OV_REASON_RATE, 421, "4.7.28"},
    {"bounced", "5.7.1",
     "host x.olc.protection.outlook.com[192.0.2.1] said: 550 5.7.1 Unfortunately, messages from "
     "[192.0.2.9] weren't sent. Please contact your Internet service provider since part of their "
     "network is on our block list (S3150). (in reply to MAIL FROM command)",
     OV_REASON_BLOCKED, 550, "5.7.1"},
    {"deferred", "4.7.650",
     SAID "451 4.7.650 The mail server [192.0.2.9] has been temporarily rate limited due to IP "
          "reputation. (in reply to MAIL FROM command)",
     OV_REASON_BLOCKED, 451, "4.7.650"},
    {"deferred", "4.7.0",
     "host mta5.am0.yahoodns.net[192.0.2.1] refused to talk to me: 421 4.7.0 [TSS04] Messages from "
     "192.0.2.9 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; see "
     "https://postmaster.yahooinc.com/error-codes",
     OV_REASON_BLOCKED, 421, "4.7.0"},
    {"deferred", "4.7.0",
     "delivery temporarily suspended: host mta5.am0.yahoodns.net[192.0.2.1] refused to talk to me: "
     "553 5.7.2 [TSS09] All messages from 192.0.2.9 will be permanently deferred",
     OV_REASON_BLOCKED, 553, "5.7.2"},
    {"bounced", "5.7.1",
     SAID "554 5.7.1 Service unavailable; Client host [192.0.2.9] blocked using zen.spamhaus.org "
          "(in reply to RCPT TO command)",
     OV_REASON_LISTED, 554, "5.7.1"},
    {"deferred", "4.2.0", SAID "450 4.2.0 <b@x>: Recipient address rejected: Greylisted",
     OV_REASON_GREYLISTED, 450, "4.2.0"},
    {"bounced", "5.2.2", SAID "552 5.2.2 Mailbox is over quota", OV_REASON_MAILBOX_FULL, 552,
     "5.2.2"},
    {"deferred", "4.7.25",
     SAID "450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.9]",
     OV_REASON_REVERSE_DNS, 450, "4.7.25"},
    {"bounced", "5.3.4", "message size 20000000 exceeds size limit 10000000 of server x[192.0.2.1]",
     OV_REASON_TOO_BIG, 0, "5.3.4"},
    {"deferred", "4.4.1", "connect to mx.spam-filter.example[192.0.2.1]:25: Connection timed out",
     OV_REASON_CONNECTION, 0, "4.4.1"},
    {"deferred", "4.4.2",
     "lost connection with mx.blocked.example[192.0.2.1] while receiving the initial server "
     "greeting",
     OV_REASON_CONNECTION, 0, "4.4.2"},
    {"deferred", "4.4.3",
     "Host or domain name not found. Name service error for name=x type=MX: Host not found, try "
     "again",
     OV_REASON_DNS, 0, "4.4.3"},
    {"bounced", "5.4.6", "mail for x.example loops back to myself", OV_REASON_LOOP, 0, "5.4.6"},
    {"deferred", "4.7.4", "TLS is required, but was not offered by host x[192.0.2.1]",
     OV_REASON_TLS, 0, "4.7.4"},
    {"bounced", "5.7.1", SAID "554 5.7.1 No.", OV_REASON_POLICY, 554, "5.7.1"},
    {"bounced", "5.0.0", SAID "554 No.", OV_REASON_OTHER, 554, "5.0.0"},
    {"deferred", "4.0.0", SAID "4", OV_REASON_OTHER, 0, "4.0.0"},
    {"deferred", "nonsense", "", OV_REASON_OTHER, 0, ""},
#undef SAID
};

static void test_answers_are_told_apart_by_code_and_words(void **state) {
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(ANSWERS); i++) {
        g_autofree char *text = g_strdup_printf(
            "A1B2C3D4E5: to=<b@x.example>, relay=x[192.0.2.1]:25, delay=0, delays=0/0/0/0, dsn=%s, "
            "status=%s (%s)",
            ANSWERS[i].dsn, ANSWERS[i].status, ANSWERS[i].answer);
        OvLogEvent event = parse("postfix/smtp", text);
        OvRemoteAnswer answer = ov_remote_answer(&event);
        OvReason reason = ov_reason_of(&event, &answer);
        if (reason != ANSWERS[i].reason)
            fail_msg("%s: %s", ANSWERS[i].answer, ov_reason_name(reason));
        if (answer.code != ANSWERS[i].code || g_strcmp0(answer.enhanced, ANSWERS[i].enhanced) != 0)
            fail_msg("%s: %u %s", ANSWERS[i].answer, answer.code, answer.enhanced);
    }
}

static void test_every_reason_has_a_name_of_its_own(void **state) {
    (void)state;
    for (guint i = 1; i < OV_N_REASONS; i++) {
        OvReason reason;
        assert_true(ov_reason_from_name(ov_reason_name((OvReason)i), &reason));
        assert_int_equal(reason, i);
        assert_true(*ov_reason_text((OvReason)i));
    }
    OvReason reason;
    assert_false(ov_reason_from_name("weather", &reason));
}

static const OvSlice NONE = {NULL, 0};

static void test_an_answer_is_kept_short_and_harmless(void **state) {
    (void)state;
    g_autofree char *safe = ov_answer_text(OV_SLICE_LITERAL("a\x1b[31mb\xff\x00z"), NONE);
    assert_string_equal(safe, "a [31mb\xef\xbf\xbd\xef\xbf\xbdz");
    g_autoptr(GString) longer = g_string_new(NULL);
    while (longer->len < 5000)
        g_string_append(longer, "ä");
    g_autofree char *cut = ov_answer_text(ov_slice(longer->str), NONE);
    assert_true(strlen(cut) <= 200 && g_utf8_validate(cut, -1, NULL));
    assert_true(g_str_has_suffix(cut, "…"));
    g_autofree char *empty = ov_answer_text(NONE, NONE);
    assert_string_equal(empty, "");
}

static void test_an_answer_tells_no_address(void **state) {
    (void)state;
    static const char *const TEXTS[][2] = {
        {"550 5.1.1 <Ann.Weaver@x.example>: Recipient address rejected",
         "550 5.1.1 <*@x.example>: Recipient address rejected"},
        {"unknown user: \"ann.weaver\"", "unknown user: \"*\""},
        {"<ann.weaver>... User unknown", "<*>... User unknown"},
        {"no bounce+ann.weaver=x.example@y.example, \"a b\"@z.example @",
         "no *@y.example, *@z.example @"},
        {"Joann.weavers of joann.weaver", "Joann.weavers of joann.weaver"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(TEXTS); i++) {
        g_autofree char *text =
            ov_answer_text(ov_slice(TEXTS[i][0]), OV_SLICE_LITERAL("ann.weaver@x.example"));
        assert_string_equal(text, TEXTS[i][1]);
    }
    /* also where it stands beyond what is kept, and is cut */
    g_autofree char *filler = g_strnfill(180, '-');
    g_autofree char *at_the_edge = g_strconcat(filler, "<a-very-long-name-of-somebody@x>", NULL);
    g_autofree char *text = ov_answer_text(ov_slice(at_the_edge), NONE);
    assert_null(strstr(text, "long"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_of_every_form_are_told_from_others),
        cmocka_unit_test(test_a_log_may_cross_the_new_year_and_step_back),
        cmocka_unit_test(test_each_line_tells_what_the_mta_means),
        cmocka_unit_test(test_details_of_other_lines_are_kept),
        cmocka_unit_test(test_a_login_of_sendmails_is_told),
        cmocka_unit_test(test_a_line_split_is_the_line_parsed),
        cmocka_unit_test(test_answers_are_told_apart_by_code_and_words),
        cmocka_unit_test(test_every_reason_has_a_name_of_its_own),
        cmocka_unit_test(test_an_answer_is_kept_short_and_harmless),
        cmocka_unit_test(test_an_answer_tells_no_address),
    };
    setenv("TZ", "UTC", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
