/* The control socket, both sides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/control.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct {
    char *directory, *socket;
} Place;

static int set_up(void **state) {
    Place *place = g_new0(Place, 1);
    place->directory = g_dir_make_tmp("outvet-control-XXXXXX", NULL);
    place->socket = g_build_filename(place->directory, "control.sock", NULL);
    *state = place;
    return place->directory ? 0 : -1;
}

static int tear_down(void **state) {
    Place *place = *state;
    unlink(place->socket);
    rmdir(place->directory);
    g_free(place->socket);
    g_free(place->directory);
    g_free(place);
    return 0;
}

static json_t *echo(const char *command, json_t *request, gpointer data) {
    (void)request;
    g_atomic_int_inc((gint *)data);
    return json_pack("{s:b, s:s}", "ok", 1, "command", command);
}

static int connect_to(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* Sends text as it is, returns what comes back up to the end. */
static char *talk(const char *path, const char *text) {
    int fd = connect_to(path);
    GString *answer = g_string_new(NULL);
    char block[256];
    ssize_t n;

    assert_true(send(fd, text, strlen(text), MSG_NOSIGNAL) > 0);
    while ((n = read(fd, block, sizeof block)) > 0)
        g_string_append_len(answer, block, n);
    close(fd);
    return g_string_free(answer, FALSE);
}

static void test_a_command_gets_its_answer(void **state) {
    Place *place = *state;
    gint calls = 0;
    OvControl *control = ov_control_start(place->socket, echo, &calls, NULL);
    assert_non_null(control);

    for (gint i = 1; i <= 3; i++) {
        json_t *answer = ov_control_ask(place->socket, "status", 5, NULL);
        assert_true(json_is_true(json_object_get(answer, "ok")));
        assert_string_equal(json_string_value(json_object_get(answer, "command")), "status");
        json_decref(answer);
        assert_int_equal(g_atomic_int_get(&calls), i);
    }
    ov_control_stop(control);
}

static void test_nobody_there_is_said_so(void **state) {
    Place *place = *state;
    g_autoptr(GError) error = NULL;

    assert_null(ov_control_ask(place->socket, "status", 1, &error));
    assert_true(g_error_matches(error, OV_CONTROL_ERROR, OV_CONTROL_ERROR_SILENT));
    assert_non_null(strstr(error->message, "is it running?"));
}

static void test_what_is_no_request_gets_an_error(void **state) {
    static const char *const requests[] = {
        "nonsense\n", "[]\n", "{}\n", "{\"command\":7}\n", "\n", "{\"command\":\"a\"} x\n",
    };
    Place *place = *state;
    gint calls = 0;
    OvControl *control = ov_control_start(place->socket, echo, &calls, NULL);

    for (guint i = 0; i < G_N_ELEMENTS(requests); i++) {
        g_autofree char *text = talk(place->socket, requests[i]);
        assert_true(g_str_has_prefix(text, "{\"error\":"));
        assert_true(g_str_has_suffix(text, "\"ok\":false}\n"));
    }
    assert_int_equal(calls, 0);
    ov_control_stop(control);
}

static void test_a_request_too_long_is_dropped(void **state) {
    Place *place = *state;
    gint calls = 0;
    OvControl *control = ov_control_start(place->socket, echo, &calls, NULL);
    g_autofree char *request = g_strnfill(70 * 1024, ' ');
    int fd = connect_to(place->socket);
    char byte;

    /* The daemon may close before all is written. */
    while (send(fd, request, strlen(request), MSG_NOSIGNAL) > 0)
        continue;
    assert_true(read(fd, &byte, 1) <= 0);
    close(fd);

    json_t *answer = ov_control_ask(place->socket, "status", 5, NULL);
    assert_non_null(answer);
    json_decref(answer);
    assert_int_equal(calls, 1);
    ov_control_stop(control);
}

static void test_the_socket_is_for_owner_and_group(void **state) {
    Place *place = *state;
    gint calls = 0;
    struct stat status;
    OvControl *control = ov_control_start(place->socket, echo, &calls, NULL);

    assert_int_equal(stat(place->socket, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0660);
    ov_control_stop(control);
    assert_int_not_equal(stat(place->socket, &status), 0);
}

static void test_a_second_daemon_is_told_of_the_first(void **state) {
    Place *place = *state;
    gint calls = 0;
    g_autoptr(GError) error = NULL;
    OvControl *first = ov_control_start(place->socket, echo, &calls, NULL);

    assert_null(ov_control_start(place->socket, echo, &calls, &error));
    assert_true(g_error_matches(error, OV_CONTROL_ERROR, OV_CONTROL_ERROR_RUNNING));
    assert_true(ov_control_is_live(place->socket));
    ov_control_stop(first);
}

static void test_a_socket_left_by_a_crash_is_replaced(void **state) {
    Place *place = *state;
    gint calls = 0;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    g_strlcpy(address.sun_path, place->socket, sizeof address.sun_path);
    int left = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(left, (struct sockaddr *)&address, sizeof address), 0);
    close(left);
    assert_false(ov_control_is_live(place->socket));

    OvControl *control = ov_control_start(place->socket, echo, &calls, NULL);
    assert_non_null(control);
    ov_control_stop(control);
}

static void test_a_file_in_the_way_is_left_alone(void **state) {
    Place *place = *state;
    gint calls = 0;
    g_autoptr(GError) error = NULL;

    assert_true(g_file_set_contents(place->socket, "precious", -1, NULL));
    assert_null(ov_control_start(place->socket, echo, &calls, &error));
    assert_non_null(strstr(error->message, "is not a socket"));
    assert_true(g_file_test(place->socket, G_FILE_TEST_IS_REGULAR));
}

static void test_stopping_does_not_wait_for_a_silent_client(void **state) {
    Place *place = *state;
    gint calls = 0;
    OvControl *control = ov_control_start(place->socket, echo, &calls, NULL);
    int fd = connect_to(place->socket);

    assert_true(send(fd, "{", 1, MSG_NOSIGNAL) == 1);
    gint64 before = g_get_monotonic_time();
    ov_control_stop(control);
    assert_true(g_get_monotonic_time() - before < 4 * G_USEC_PER_SEC);
    close(fd);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_command_gets_its_answer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nobody_there_is_said_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_no_request_gets_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_request_too_long_is_dropped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_socket_is_for_owner_and_group, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_second_daemon_is_told_of_the_first, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_socket_left_by_a_crash_is_replaced, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_file_in_the_way_is_left_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_stopping_does_not_wait_for_a_silent_client, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
