/* Whether a mail server takes mail for an address, asked of a server on loopback that says what a
 * test has it say. */
#include "policy/mailboxes/probe.h"
#include "policy/mailboxes/smtp_reply.h"

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static const char SILENCE[] = "says nothing until the client goes";

/* Takes one connection, says the first of its replies, and one more for each line that comes; after
 * the last it closes. */
typedef struct {
    int listener;
    guint16 port;
    const char *const *replies; /* NULL-terminated */
    GThread *thread;
    GString *heard; /* the thread's until it ends */
} Server;

static gboolean hear_line(Server *server, int client) {
    char octet = 0;
    while (octet != '\n') {
        if (recv(client, &octet, 1, 0) != 1)
            return FALSE;
        g_string_append_c(server->heard, octet);
    }
    return TRUE;
}

static gpointer serve(gpointer data) {
    Server *server = data;
    int client = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
    guint i = 0;
    for (; client >= 0 && server->replies[i]; i++) {
        const char *reply = server->replies[i];
        if (i > 0 && !hear_line(server, client))
            break;
        if (reply == SILENCE) {
            while (hear_line(server, client))
                continue;
            break;
        }
        if (send(client, reply, strlen(reply), MSG_NOSIGNAL) != (gssize)strlen(reply))
            break;
    }
    /* Not before the client has heard it all. */
    if (i > 1 && !server->replies[i])
        hear_line(server, client);
    if (client >= 0)
        close(client);
    return NULL;
}

static void server_start(Server *server, const char *const *replies) {
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof place;
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(server->listener, (struct sockaddr *)&place, size), 0);
    assert_int_equal(listen(server->listener, 1), 0);
    assert_int_equal(getsockname(server->listener, (struct sockaddr *)&place, &size), 0);
    server->port = ntohs(place.sin_port);
    server->replies = replies;
    server->heard = g_string_new(NULL);
    server->thread = g_thread_new("server", serve, server);
}

static void server_end(Server *server) {
    shutdown(server->listener, SHUT_RDWR);
    g_thread_join(server->thread);
    close(server->listener);
    g_string_free(server->heard, TRUE);
}

static const char *const BOTH[] = {"abuse@kranichwerke.example", "postmaster@kranichwerke.example"};

static gboolean ask(guint16 port, gint64 time_limit, int stop, OvArena *arena,
                    OvMailboxAnswer answers[2]) {
    OvIpAddress loopback;
    assert_true(ov_ip_address_parse(ov_slice("127.0.0.1"), &loopback));
    OvMailboxProbe probe = {
        .server = &loopback,
        .port = port,
        .helo = "mta.kranichwerke.example",
        .connect_limit = time_limit,
        .time_limit = time_limit,
        .stop = stop,
        .recipients = BOTH,
        .n_recipients = 2,
    };
    return ov_mailbox_probe(&probe, arena, answers);
}

typedef struct {
    const char *what;
    const char *replies[10];
    gboolean spoke;
    OvMailboxState states[2];
    const char *answers[2]; /* what is in them */
} Dialogue;

static void check(const Dialogue *dialogue) {
    g_autoptr(OvArena) arena = ov_arena_new();
    OvMailboxAnswer answers[2];
    Server server;
    server_start(&server, dialogue->replies);
    gboolean spoke = ask(server.port, 20 * G_USEC_PER_SEC, -1, arena, answers);
    if (!spoke != !dialogue->spoke)
        fail_msg("%s: %s", dialogue->what, spoke ? "it spoke" : "it did not speak");
    for (guint i = 0; i < 2; i++) {
        if (answers[i].state != dialogue->states[i])
            fail_msg("%s: %s is %s (%s)", dialogue->what, BOTH[i],
                     ov_mailbox_state_name(answers[i].state), answers[i].answer);
        if (!strstr(answers[i].answer, dialogue->answers[i]) ||
            (*dialogue->answers[i] == '\0') != (*answers[i].answer == '\0'))
            fail_msg("%s: %s", dialogue->what, answers[i].answer);
    }
    server_end(&server);
}

#define HELLO "220 mx.example ESMTP\r\n", "250-mx.example\r\n250-SIZE 1000\r\n250 PIPELINING\r\n"
#define BYE   "250 2.0.0 Ok\r\n", "221 2.0.0 Bye\r\n"

static void test_each_answer_is_told(void **state) {
    (void)state;
    static const Dialogue DIALOGUES[] = {
        {"both are taken",
         {HELLO, "250 Ok\r\n", "250 2.1.5 Ok\r\n", "251 will forward\r\n", BYE},
         TRUE,
         {OV_MAILBOX_ACCEPTED, OV_MAILBOX_ACCEPTED},
         {"", ""}},
        {"one does not exist",
         {HELLO, "250 Ok\r\n", "550 5.1.1 <abuse@kranichwerke.example>: unknown user\r\n",
          "250 Ok\r\n", BYE},
         TRUE,
         {OV_MAILBOX_REFUSED, OV_MAILBOX_ACCEPTED},
         {"550 5.1.1 <*@kranichwerke.example>: unknown user", ""}},
        {"a code alone, and a disabled mailbox",
         {HELLO, "250 Ok\r\n", "550\r\n", "554 5.2.1 disabled\r\n", BYE},
         TRUE,
         {OV_MAILBOX_REFUSED, OV_MAILBOX_REFUSED},
         {"550", "554 5.2.1 disabled"}},
        {"we are blocked, and greylisted",
         {HELLO, "250 Ok\r\n", "550 5.7.1 blocked using zen.spamhaus.org\r\n",
          "451 4.7.1 try again later\r\n", BYE},
         TRUE,
         {OV_MAILBOX_UNKNOWN, OV_MAILBOX_UNKNOWN},
         {"blocked using", "try again later"}},
        {"no relaying",
         {HELLO, "250 Ok\r\n", "554 5.7.1 Relay access denied\r\n", "554 no\r\n", BYE},
         TRUE,
         {OV_MAILBOX_UNKNOWN, OV_MAILBOX_UNKNOWN},
         {"Relay access denied", "554 no"}},
        {"an old server",
         {"220 mx\r\n", "502 what?\r\n", "250 mx\r\n", "250 Ok\r\n", "250 Ok\n", "250 Ok\r\n", BYE},
         TRUE,
         {OV_MAILBOX_ACCEPTED, OV_MAILBOX_ACCEPTED},
         {"", ""}},
        {"it wants nothing of us",
         {"554 5.7.1 go away\r\n", BYE},
         TRUE,
         {OV_MAILBOX_UNKNOWN, OV_MAILBOX_UNKNOWN},
         {"554 5.7.1 go away", "go away"}},
        {"it takes no bounces",
         {HELLO, "550 5.7.1 no null sender\r\n", BYE},
         TRUE,
         {OV_MAILBOX_UNKNOWN, OV_MAILBOX_UNKNOWN},
         {"no null sender", "no null sender"}},
        {"it goes between the two",
         {HELLO, "250 Ok\r\n", "421 4.3.2 shutting down\r\n", BYE},
         TRUE,
         {OV_MAILBOX_UNKNOWN, OV_MAILBOX_UNKNOWN},
         {"shutting down", "shutting down"}},
        {"it hangs up",
         {HELLO, "250 Ok\r\n", "250 Ok\r\n"},
         TRUE,
         {OV_MAILBOX_ACCEPTED, OV_MAILBOX_UNKNOWN},
         {"", "closed the connection"}},
        {"another protocol",
         {"SSH-2.0-OpenSSH_9.2\r\n"},
         FALSE,
         {OV_MAILBOX_UNKNOWN, OV_MAILBOX_UNKNOWN},
         {"does not speak SMTP", "does not speak SMTP"}},
        {"nothing at all",
         {""},
         FALSE,
         {OV_MAILBOX_UNKNOWN, OV_MAILBOX_UNKNOWN},
         {"closed the connection", "closed the connection"}},
        {"octets that steer a terminal",
         {HELLO, "250 Ok\r\n", "550 5.1.1 \033[31m\xff no\r\n", "250 Ok\r\n", BYE},
         TRUE,
         {OV_MAILBOX_REFUSED, OV_MAILBOX_ACCEPTED},
         {"550 5.1.1 ", ""}},
    };
    for (guint i = 0; i < G_N_ELEMENTS(DIALOGUES); i++)
        check(&DIALOGUES[i]);
}

static void test_the_dialogue_is_polite_and_sends_no_mail(void **state) {
    (void)state;
    static const char *const REPLIES[] = {HELLO,        "250 Ok\r\n", "250 Ok\r\n",
                                          "250 Ok\r\n", BYE,          NULL};
    g_autoptr(OvArena) arena = ov_arena_new();
    OvMailboxAnswer answers[2];
    Server server;
    server_start(&server, REPLIES);
    assert_true(ask(server.port, 20 * G_USEC_PER_SEC, -1, arena, answers));
    g_thread_join(server.thread);
    assert_string_equal(server.heard->str, "EHLO mta.kranichwerke.example\r\n"
                                           "MAIL FROM:<>\r\n"
                                           "RCPT TO:<abuse@kranichwerke.example>\r\n"
                                           "RCPT TO:<postmaster@kranichwerke.example>\r\n"
                                           "RSET\r\n"
                                           "QUIT\r\n");
    close(server.listener);
    g_string_free(server.heard, TRUE);
}

static void test_a_server_that_says_nothing_is_left_in_time(void **state) {
    (void)state;
    static const char *const SILENT[] = {SILENCE, NULL};
    static const char *const LATER[] = {HELLO, SILENCE, NULL};
    g_autoptr(OvArena) arena = ov_arena_new();
    OvMailboxAnswer answers[2];
    Server server;
    server_start(&server, SILENT);
    assert_false(ask(server.port, G_USEC_PER_SEC / 10, -1, arena, answers));
    assert_int_equal(answers[0].state, OV_MAILBOX_UNKNOWN);
    assert_string_equal(answers[0].answer, "no answer in time");
    server_end(&server);
    server_start(&server, LATER);
    ask(server.port, G_USEC_PER_SEC / 10, -1, arena, answers);
    assert_string_equal(answers[1].answer, "no answer in time");
    server_end(&server);
}

static void test_it_ends_when_it_is_told(void **state) {
    (void)state;
    static const char *const SILENT[] = {HELLO, SILENCE, NULL};
    g_autoptr(OvArena) arena = ov_arena_new();
    OvMailboxAnswer answers[2];
    Server server;
    int stop = eventfd(1, EFD_CLOEXEC);
    server_start(&server, SILENT);
    ask(server.port, G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC, stop, arena, answers);
    assert_int_equal(answers[0].state, OV_MAILBOX_UNKNOWN);
    server_end(&server);
    close(stop);
}

static void test_a_port_without_a_server_is_told(void **state) {
    (void)state;
    static const char *const NOTHING[] = {NULL};
    g_autoptr(OvArena) arena = ov_arena_new();
    OvMailboxAnswer answers[2];
    Server server;
    server_start(&server, NOTHING);
    guint16 port = server.port;
    server_end(&server);
    assert_false(ask(port, 20 * G_USEC_PER_SEC, -1, arena, answers));
    assert_string_equal(answers[0].answer, g_strerror(ECONNREFUSED));
}

static void test_replies_are_read_as_they_come(void **state) {
    (void)state;
    static const struct {
        const char *octets;
        OvSmtpReplyResult result;
        guint code, subject;
        const char *text;
    } REPLIES[] = {
        {"250 Ok\r\n", OV_SMTP_REPLY_READ, 250, 0, "Ok"},
        {"250 2.1.5 Ok\n221 Bye\r\n", OV_SMTP_REPLY_READ, 250, 1, "2.1.5 Ok"},
        {"550-5.1.1 no\r\n550 5.2.2 such\r\n", OV_SMTP_REPLY_READ, 550, 2, "5.2.2 such"},
        {"550 2.1.1 odd\r\n", OV_SMTP_REPLY_READ, 550, 0, "2.1.1 odd"},
        {"550 5.1234.1 odd\r\n", OV_SMTP_REPLY_READ, 550, 0, "5.1234.1 odd"},
        {"250\r\n", OV_SMTP_REPLY_READ, 250, 0, ""},
        {"250 Ok", OV_SMTP_REPLY_INCOMPLETE, 0, 0, ""},
        {"250-Ok\r\n", OV_SMTP_REPLY_INCOMPLETE, 0, 0, ""},
        {"", OV_SMTP_REPLY_INCOMPLETE, 0, 0, ""},
        {"250-Ok\r\n251 no\r\n", OV_SMTP_REPLY_MALFORMED, 0, 0, ""},
        {"hello\r\n", OV_SMTP_REPLY_MALFORMED, 0, 0, ""},
        {"2500 Ok\r\n", OV_SMTP_REPLY_MALFORMED, 0, 0, ""},
        {"650 Ok\r\n", OV_SMTP_REPLY_MALFORMED, 0, 0, ""},
        {"\r\n", OV_SMTP_REPLY_MALFORMED, 0, 0, ""},
    };
    for (guint i = 0; i < G_N_ELEMENTS(REPLIES); i++) {
        OvSmtpReply reply = {.text = {"", 0}};
        OvSmtpReplyResult result = ov_smtp_reply_read(ov_slice(REPLIES[i].octets), &reply);
        if (result != REPLIES[i].result)
            fail_msg("%s: %d", REPLIES[i].octets, (int)result);
        assert_int_equal(reply.code, REPLIES[i].code);
        assert_int_equal(reply.subject, REPLIES[i].subject);
        assert_true(ov_slice_equal(reply.text, ov_slice(REPLIES[i].text)));
    }
}

static void test_a_reply_without_end_is_malformed(void **state) {
    (void)state;
    g_autoptr(GString) lines = g_string_new(NULL);
    OvSmtpReply reply;
    while (lines->len < OV_SMTP_REPLY_LIMIT)
        g_string_append(lines, "250-more\r\n");
    assert_int_equal(ov_smtp_reply_read((OvSlice){lines->str, lines->len}, &reply),
                     OV_SMTP_REPLY_MALFORMED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_answer_is_told),
        cmocka_unit_test(test_the_dialogue_is_polite_and_sends_no_mail),
        cmocka_unit_test(test_a_server_that_says_nothing_is_left_in_time),
        cmocka_unit_test(test_it_ends_when_it_is_told),
        cmocka_unit_test(test_a_port_without_a_server_is_told),
        cmocka_unit_test(test_replies_are_read_as_they_come),
        cmocka_unit_test(test_a_reply_without_end_is_malformed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
