/* The policy service's socket: kept-open and evil connections. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/delegation/connection.h"
#include "policy/delegation/server.h"

#include <glib/gstdio.h>
#include <poll.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define REQUEST(sender) "request=smtpd_access_policy\nsender=" sender "\n\n"

typedef struct {
    char *directory, *path, *socket;
    OvPolicyServer *server;
} Place;

/* Tells the sender back. */
static void echo(const OvPolicyRequest *requests, GString *const *answers, guint n, gpointer data) {
    (void)data;
    for (guint i = 0; i < n; i++) {
        OvSlice sender = requests[i].value[OV_POLICY_SENDER];
        g_string_append(answers[i], "INFO ");
        g_string_append_len(answers[i], sender.data, (gssize)sender.length);
    }
}

/* A turn of one connection alone. */
static OvPolicyFate serve(OvPolicyConnection *connection, guint *answered, const char **fault) {
    OvPolicyRequest request;
    OvPolicyFate fate;
    ov_policy_connection_begin(connection);
    while ((fate = ov_policy_connection_next(connection, &request, fault)) == OV_POLICY_ASKED) {
        GString *answer = ov_policy_connection_answer(connection);
        echo(&request, &answer, 1, NULL);
        ov_policy_connection_answered(connection);
    }
    *answered = connection->answered;
    return fate;
}

static OvPolicyServer *start(const Place *place, guint threads, GError **error) {
    OvPolicyPlace where = {.socket = place->socket, .group = "", .threads = threads};
    return ov_policy_server_start(&where, echo, NULL, error);
}

static int set_up(void **state) {
    Place *place = g_new0(Place, 1);
    place->directory = g_dir_make_tmp("outvet-policy-XXXXXX", NULL);
    place->path = g_build_filename(place->directory, "policy.sock", NULL);
    place->socket = g_strconcat("unix:", place->path, NULL);
    place->server = start(place, 2, NULL);
    *state = place;
    return place->server ? 0 : -1;
}

static int tear_down(void **state) {
    Place *place = *state;
    ov_policy_server_stop(place->server);
    gboolean removed = !g_file_test(place->path, G_FILE_TEST_EXISTS);
    rmdir(place->directory);
    g_free(place->directory);
    g_free(place->path);
    g_free(place->socket);
    g_free(place);
    return removed ? 0 : -1;
}

static int connect_to(const Place *place) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    g_strlcpy(address.sun_path, place->path, sizeof address.sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void send_text(int fd, const char *text, gsize length) {
    while (length > 0) {
        ssize_t n = send(fd, text, length, MSG_NOSIGNAL);
        if (n <= 0)
            return; /* closed by the server: the test looks at that */
        text += n;
        length -= (gsize)n;
    }
}

/* What comes until n answers are there or the server closes; at most 10 s. */
static char *receive(int fd, guint n) {
    GString *text = g_string_new(NULL);
    char block[4096];
    guint ends = 0;
    while (ends < n) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        if (poll(&ready, 1, 10 * 1000) != 1)
            break;
        ssize_t got = recv(fd, block, sizeof block, 0);
        if (got <= 0)
            break;
        for (ssize_t i = 0; i < got; i++)
            ends += block[i] == '\n' && text->len > 0 && text->str[text->len - 1] == '\n',
                g_string_append_c(text, block[i]);
    }
    return g_string_free(text, FALSE);
}

static gboolean is_closed(int fd) {
    char octet;
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    return poll(&ready, 1, 10 * 1000) == 1 && recv(fd, &octet, 1, 0) <= 0;
}

static void ask(int fd, const char *request, const char *expected) {
    send_text(fd, request, strlen(request));
    g_autofree char *answer = receive(fd, 1);
    assert_string_equal(answer, expected);
}

static void test_a_connection_is_kept_for_many_requests(void **state) {
    int fd = connect_to(*state);
    for (guint i = 0; i < 100; i++)
        ask(fd, REQUEST("a"), "action=INFO a\n\n");
    close(fd);
}

static void test_requests_that_come_together_are_answered_in_order(void **state) {
    int fd = connect_to(*state);
    g_autoptr(GString) asked = g_string_new(NULL);
    g_autoptr(GString) expected = g_string_new(NULL);
    for (guint i = 0; i < 2000; i++) {
        g_string_append_printf(asked, REQUEST("%u"), i);
        g_string_append_printf(expected, "action=INFO %u\n\n", i);
    }
    send_text(fd, asked->str, asked->len);
    g_autofree char *answer = receive(fd, 2000);
    assert_string_equal(answer, expected->str);
    close(fd);
}

static void test_a_request_may_come_octet_by_octet(void **state) {
    int fd = connect_to(*state);
    const char *request = REQUEST("a@b.example");
    for (const char *at = request; *at; at++)
        send_text(fd, at, 1);
    g_autofree char *answer = receive(fd, 1);
    assert_string_equal(answer, "action=INFO a@b.example\n\n");
    close(fd);
}

static void test_a_faulty_request_ends_its_connection_alone(void **state) {
    static const char *const evil[] = {
        "GET / HTTP/1.1\r\n\r\n",
        "\n",
        "request=smtpd_access_policy\nsender=a\nsender=b\n\n",
        "request=smtpd_access_policy\nsize=x\n\n",
    };
    const Place *place = *state;
    int good = connect_to(place);
    ask(good, REQUEST("a"), "action=INFO a\n\n");
    for (gsize i = 0; i < G_N_ELEMENTS(evil); i++) {
        int fd = connect_to(place);
        send_text(fd, evil[i], strlen(evil[i]));
        if (!is_closed(fd))
            fail_msg("still open after %s", evil[i]);
        close(fd);
        ask(good, REQUEST("b"), "action=INFO b\n\n");
    }
    OvPolicyStatus status;
    ov_policy_server_status(place->server, &status);
    assert_int_equal(status.closed, G_N_ELEMENTS(evil));
    assert_int_equal(status.connections, 1);
    assert_int_equal(status.requests, 1 + G_N_ELEMENTS(evil));
    close(good);
}

static void test_a_request_without_end_is_not_kept(void **state) {
    int fd = connect_to(*state);
    g_autofree char *line = g_strnfill(1024 * 1024, 'x');
    memcpy(line, "sender=", 7);
    send_text(fd, line, strlen(line));
    assert_true(is_closed(fd));
    close(fd);
}

static void test_what_was_right_before_a_fault_is_answered(void **state) {
    int fd = connect_to(*state);
    ask(fd, REQUEST("a") "junk\n\n", "action=INFO a\n\n");
    assert_true(is_closed(fd));
    close(fd);
}

static void test_thousands_of_half_open_connections_hinder_nobody(void **state) {
    enum { N = 2000 };
    const Place *place = *state;
    int *fds = g_new(int, N);
    for (guint i = 0; i < N; i++) {
        fds[i] = connect_to(place);
        send_text(fds[i], "request=smtpd_ac", 16);
    }
    int good = connect_to(place);
    ask(good, REQUEST("a"), "action=INFO a\n\n");
    for (guint i = 0; i < N; i++)
        close(fds[i]);
    ask(good, REQUEST("b"), "action=INFO b\n\n");
    close(good);
    g_free(fds);
}

/* One who sends and sends and takes no answer. */
static void test_a_client_that_takes_no_answers_is_not_read_for_ever(void **state) {
    (void)state;
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    OvPolicyConnection *connection = ov_policy_connection_new(ends[0]);
    static const char request[] = REQUEST("someone@with.a.long.name.example");
    guint sent = 0, served = 0, answered;
    const char *fault;
    while (ov_policy_connection_events(connection) & (guint)EPOLLIN && sent < 100000) {
        sent += send(ends[1], request, strlen(request), MSG_NOSIGNAL) > 0;
        assert_int_equal(serve(connection, &answered, &fault), OV_POLICY_GO_ON);
        served += answered;
    }
    assert_int_equal(ov_policy_connection_events(connection), (guint)EPOLLOUT);
    assert_true(ov_policy_connection_is_half(connection));
    assert_true(connection->out->len < 2 * OV_POLICY_MAX_OWED);
    for (guint i = 0; i < 50; i++)
        sent += send(ends[1], request, strlen(request), MSG_NOSIGNAL) > 0;
    assert_true(sent > served);
    /* Once it takes them, it is served again, and nothing is lost. */
    guint got = 0;
    for (guint quiet = 0; quiet < 2;) {
        char block[4096];
        ssize_t n = recv(ends[1], block, sizeof block, 0);
        for (ssize_t i = 0; i < n; i++)
            got += block[i] == '@';
        assert_int_equal(serve(connection, &answered, &fault), OV_POLICY_GO_ON);
        quiet = n > 0 ? 0 : quiet + 1;
    }
    assert_int_equal(got, sent);
    assert_false(ov_policy_connection_is_half(connection));
    assert_int_equal(ov_policy_connection_events(connection), (guint)EPOLLIN);
    ov_policy_connection_free(connection);
    close(ends[1]);
}

static void test_a_connection_that_ends_within_a_request_is_a_fault(void **state) {
    (void)state;
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    OvPolicyConnection *connection = ov_policy_connection_new(ends[0]);
    guint answered;
    const char *fault;
    send(ends[1], "request=", 8, MSG_NOSIGNAL);
    close(ends[1]);
    OvPolicyFate fate;
    do {
        fate = serve(connection, &answered, &fault);
    } while (fate == OV_POLICY_GO_ON);
    assert_int_equal(fate, OV_POLICY_DROP);
    assert_string_equal(fault, "ended within a request");
    ov_policy_connection_free(connection);
}

static void test_the_socket_is_for_owner_and_group(void **state) {
    const Place *place = *state;
    GStatBuf info;
    assert_int_equal(g_stat(place->path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0660);
}

static void test_trouble_with_the_socket_is_told(void **state) {
    const Place *place = *state;
    static const struct {
        const char *socket, *group, *sentence;
    } cases[] = {
        {"unix:/nowhere/at/all/policy.sock", "",
         "[policy] socket = unix:/nowhere/at/all/policy.sock: cannot listen on "
         "/nowhere/at/all/policy.sock: No such file or directory; can outvetd write to "
         "/nowhere/at/all?"},
        {"carrier:pigeon", "",
         "[policy] socket = carrier:pigeon: carrier:pigeon is no socket: write unix:PATH or "
         "inet:PORT@HOST"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        OvPolicyPlace where = {.socket = cases[i].socket, .group = cases[i].group, .threads = 1};
        g_autoptr(GError) error = NULL;
        assert_null(ov_policy_server_start(&where, echo, NULL, &error));
        assert_string_equal(error->message, cases[i].sentence);
    }
    /* Somebody listens there. */
    g_autoptr(GError) error = NULL;
    assert_null(start(place, 1, &error));
    assert_non_null(error);
}

static void test_an_inet_socket_is_served_too(void **state) {
    (void)state;
    OvPolicyPlace where = {.socket = "inet:0@127.0.0.1", .group = "", .threads = 1};
    g_autoptr(GError) error = NULL;
    OvPolicyServer *server = ov_policy_server_start(&where, echo, NULL, &error);
    assert_non_null(server);
    ov_policy_server_stop(server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_connection_is_kept_for_many_requests, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_requests_that_come_together_are_answered_in_order,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_request_may_come_octet_by_octet, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_faulty_request_ends_its_connection_alone, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_request_without_end_is_not_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_was_right_before_a_fault_is_answered, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_thousands_of_half_open_connections_hinder_nobody,
                                        set_up, tear_down),
        cmocka_unit_test(test_a_client_that_takes_no_answers_is_not_read_for_ever),
        cmocka_unit_test(test_a_connection_that_ends_within_a_request_is_a_fault),
        cmocka_unit_test_setup_teardown(test_the_socket_is_for_owner_and_group, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_trouble_with_the_socket_is_told, set_up, tear_down),
        cmocka_unit_test(test_an_inet_socket_is_served_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
