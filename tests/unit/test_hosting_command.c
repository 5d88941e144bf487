/* A provider that a program asks: what it is asked, and what its answers and exit codes come to. */
#include "policy/provider/hosting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#define NETWORK "192.0.2.0/28"
#define ADDRESS "192.0.2.1"

static const gint64 SECOND = G_USEC_PER_SEC;

/* A client whose program is a script, which notes its words in the file asked. */
typedef struct {
    char *directory, *script, *asked;
    OvArena *arena;
    OvHosting *hosting;
} Place;

static void answer(Place *place, const char *body, const char *time_limit) {
    g_autofree char *script =
        g_strdup_printf("#!/bin/sh\necho \"$*\" >>%s\n%s\n", place->asked, body);
    g_autofree char *text = g_strdup_printf("[provider]\nkind = command\ncommand = %s 'with blank'"
                                            "\ntime_limit = %s\n",
                                            place->script, time_limit);
    g_autoptr(OvSettings) settings = ov_settings_parse(text, strlen(text), "test.conf", NULL);
    assert_non_null(settings);
    g_unlink(place->asked);
    assert_true(g_file_set_contents_full(place->script, script, -1, G_FILE_SET_CONTENTS_CONSISTENT,
                                         0700, NULL));
    ov_hosting_free(place->hosting);
    place->hosting = ov_hosting_new(settings, NULL);
    assert_non_null(place->hosting);
}

static int set_up(void **state) {
    Place *place = g_new0(Place, 1);
    place->directory = g_dir_make_tmp("outvet-provider-XXXXXX", NULL);
    place->script = g_build_filename(place->directory, "ask", NULL);
    place->asked = g_build_filename(place->directory, "asked", NULL);
    place->arena = ov_arena_new();
    *state = place;
    return 0;
}

static int tear_down(void **state) {
    Place *place = *state;
    ov_hosting_free(place->hosting);
    ov_arena_free(place->arena);
    g_unlink(place->script);
    g_unlink(place->asked);
    g_rmdir(place->directory);
    g_free(place->directory);
    g_free(place->script);
    g_free(place->asked);
    g_free(place);
    return 0;
}

static void check_asked(const Place *place, const char *lines) {
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(place->asked, &text, NULL, NULL));
    assert_string_equal(text, lines);
}

static void test_the_program_is_asked_by_words_and_answers_in_json(void **state) {
    Place *place = *state;
    guint n = 0;
    OvBlock block;
    answer(place,
           "case $2 in\n"
           "networks) echo '[\"192.0.2.0/28\",\"2001:db8::/64\"]';;\n"
           "blocked) echo '[\"192.0.2.1\",\"8.8.8.8\"]';;\n"
           "detected) echo '[{\"detections\":[{\"message_id\":\"a@b\",\"score\":5}]}]';;\n"
           "*) echo '{\"state\":\"unblocking\"}';;\n"
           "esac",
           "20s");
    assert_string_equal(ov_hosting_name(place->hosting), "command");
    const char **networks = ov_hosting_networks(place->hosting, NULL, place->arena, &n, NULL);
    assert_int_equal(n, 1);
    assert_string_equal(networks[0], NETWORK);
    assert_non_null(ov_hosting_networks(place->hosting, "vps", place->arena, &n, NULL));
    assert_non_null(ov_hosting_blocked(place->hosting, NETWORK, FALSE, place->arena, &n, NULL));
    assert_int_equal(n, 1);
    assert_non_null(ov_hosting_blocked(place->hosting, NETWORK, TRUE, place->arena, &n, NULL));
    assert_true(ov_hosting_block(place->hosting, NETWORK, ADDRESS, &block, place->arena, NULL));
    assert_int_equal(block.state, OV_BLOCK_UNBLOCKING);
    OvDetected *detected =
        ov_hosting_detected(place->hosting, NETWORK, ADDRESS, 1387816970 * SECOND,
                            1387903370 * SECOND, place->arena, &n, NULL, NULL, NULL);
    assert_int_equal(n, 1);
    assert_string_equal(detected[0].message_id, "a@b");
    assert_true(ov_hosting_unblock(place->hosting, NETWORK, ADDRESS, &block, place->arena, NULL));
    check_asked(place, "with blank networks\n"
                       "with blank networks vps\n"
                       "with blank blocked 192.0.2.0/28\n"
                       "with blank blocked 192.0.2.0/28 past\n"
                       "with blank block 192.0.2.0/28 192.0.2.1\n"
                       "with blank detected 192.0.2.0/28 192.0.2.1 2013-12-23T16:42:50Z "
                       "2013-12-24T16:42:50Z\n"
                       "with blank unblock 192.0.2.0/28 192.0.2.1\n");
}

static void check_error(GError *error, OvHostingError code, const char *says) {
    assert_non_null(error);
    if (error->code != (int)code || !strstr(error->message, says))
        fail_msg("%d %s, not %d %s", error->code, error->message, code, says);
    g_error_free(error);
}

static void fail_networks(Place *place, OvHostingError code, const char *says) {
    GError *error = NULL;
    guint n = 0;
    assert_null(ov_hosting_networks(place->hosting, NULL, place->arena, &n, &error));
    check_error(error, code, says);
}

static void fail_unblock(Place *place, OvHostingError code, const char *says) {
    GError *error = NULL;
    OvBlock block;
    assert_false(
        ov_hosting_unblock(place->hosting, NETWORK, ADDRESS, &block, place->arena, &error));
    check_error(error, code, says);
}

static void test_exit_codes_say_what_is_wrong(void **state) {
    static const struct {
        int status;
        OvHostingError code, of_unblock;
    } cases[] = {
        {66, OV_HOSTING_ERROR_GONE, OV_HOSTING_ERROR_GONE},
        {69, OV_HOSTING_ERROR_AWAY, OV_HOSTING_ERROR_AWAY},
        {75, OV_HOSTING_ERROR_BUSY, OV_HOSTING_ERROR_STILL},
        {77, OV_HOSTING_ERROR_DENIED, OV_HOSTING_ERROR_DENIED},
        {78, OV_HOSTING_ERROR_SETUP, OV_HOSTING_ERROR_SETUP},
        {1, OV_HOSTING_ERROR_AWAY, OV_HOSTING_ERROR_UNSURE},
        {127, OV_HOSTING_ERROR_AWAY, OV_HOSTING_ERROR_UNSURE},
    };
    Place *place = *state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *body = g_strdup_printf(
            "echo '{\"wait\":129}'; echo first >&2; echo because >&2; exit %d", cases[i].status);
        answer(place, body, "20s");
        fail_networks(place, cases[i].code, "[provider] command, networks: because");
        assert_int_equal(ov_hosting_wait(place->hosting), cases[i].status == 75 ? 129 * SECOND : 0);
        fail_unblock(place, cases[i].of_unblock, "because");
        check_asked(place, "with blank networks\nwith blank unblock 192.0.2.0/28 192.0.2.1\n");
    }
    answer(place, "kill -9 $$", "20s");
    fail_networks(place, OV_HOSTING_ERROR_AWAY, "signal 9");
    fail_unblock(place, OV_HOSTING_ERROR_UNSURE, "signal 9");
}

static void test_a_program_that_hangs_is_ended(void **state) {
    Place *place = *state;
    answer(place, "sleep 600", "500ms");
    fail_networks(place, OV_HOSTING_ERROR_AWAY, "did not end within 0.5 s");
    fail_unblock(place, OV_HOSTING_ERROR_UNSURE, "did not end within 0.5 s");
}

static gpointer stop_later(gpointer hosting) {
    g_usleep(200000);
    ov_hosting_stop(hosting);
    return NULL;
}

static void test_a_program_ends_when_outvet_does(void **state) {
    Place *place = *state;
    answer(place, "sleep 600", "600s");
    gint64 start = g_get_monotonic_time();
    GThread *thread = g_thread_new("stop", stop_later, place->hosting);
    fail_networks(place, OV_HOSTING_ERROR_AWAY, "Outvet ends");
    g_thread_join(thread);
    assert_true(g_get_monotonic_time() - start < 60 * SECOND);
}

static void test_what_makes_no_sense_is_refused(void **state) {
    Place *place = *state;
    OvBlock block;
    answer(place, "head -c 9000000 /dev/zero | tr '\\0' ' '", "60s");
    fail_networks(place, OV_HOSTING_ERROR_ANSWER, "longer than 8 MiB");
    fail_unblock(place, OV_HOSTING_ERROR_UNSURE, "longer than 8 MiB");
    answer(place, "echo nonsense", "20s");
    fail_networks(place, OV_HOSTING_ERROR_ANSWER, "it is no JSON");
    /* Of an unblock that was done: no answer is needed. */
    assert_true(ov_hosting_unblock(place->hosting, NETWORK, ADDRESS, &block, place->arena, NULL));
    assert_int_equal(block.state, OV_BLOCK_UNBLOCKING);
    check_asked(place, "with blank networks\nwith blank unblock 192.0.2.0/28 192.0.2.1\n"
                       "with blank block 192.0.2.0/28 192.0.2.1\n");
}

static void test_only_addresses_become_arguments(void **state) {
    static const char *const evil[] = {
        "",        "--help",      "192.0.2.1;reboot", "$(id)", "192.0.2.1 x",
        "8.8.8.8", "2001:db8::1", "192.0.2.1\n"};
    Place *place = *state;
    OvBlock block;
    guint n = 0;
    answer(place, "echo '{\"state\":\"blocked\"}'", "20s");
    for (guint i = 0; i < G_N_ELEMENTS(evil); i++) {
        GError *error = NULL;
        assert_false(
            ov_hosting_block(place->hosting, NETWORK, evil[i], &block, place->arena, &error));
        check_error(error, OV_HOSTING_ERROR_GONE, "is no IPv4 address of");
    }
    GError *error = NULL;
    assert_null(ov_hosting_blocked(place->hosting, "-x/28", FALSE, place->arena, &n, &error));
    check_error(error, OV_HOSTING_ERROR_GONE, "is no IPv4 address or network");
    assert_false(g_file_test(place->asked, G_FILE_TEST_EXISTS));
}

static void test_no_provider_is_no_error(void **state) {
    g_autoptr(GError) error = NULL;
    g_autoptr(OvSettings) none = ov_settings_parse("", 0, "test.conf", NULL);
    static const char text[] = "[provider]\nkind = command\n";
    g_autoptr(OvSettings) empty = ov_settings_parse(text, strlen(text), "test.conf", NULL);
    (void)state;
    assert_null(ov_hosting_new(none, &error));
    assert_null(error);
    assert_null(ov_hosting_new(empty, &error));
    assert_true(g_error_matches(error, OV_HOSTING_ERROR, OV_HOSTING_ERROR_SETUP));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_the_program_is_asked_by_words_and_answers_in_json),
        TEST(test_exit_codes_say_what_is_wrong),
        TEST(test_a_program_that_hangs_is_ended),
        TEST(test_a_program_ends_when_outvet_does),
        TEST(test_what_makes_no_sense_is_refused),
        TEST(test_only_addresses_become_arguments),
        TEST(test_no_provider_is_no_error),
    };
    return cmocka_run_group_tests_name("hosting_command", tests, NULL, NULL);
}
