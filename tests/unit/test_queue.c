/* The MTA queue: which ids may reach a command, what postqueue says, programs that misbehave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/queue/queue.h"
#include "policy/run.h"

#include <string.h>

static void test_only_queue_ids_reach_a_command(void **state) {
    static const struct {
        const char *text;
        gboolean valid;
    } cases[] = {
        {"4jYHR36lPQz1bY8f", TRUE},
        {"3A5F21C0B7", TRUE},
        {"0123456789", TRUE},
        {"ABCDE", FALSE},                             /* too short */
        {"ABCDEF", TRUE},                             /* the shortest */
        {"abcdef", FALSE},                            /* hexadecimal is upper case */
        {"4jYHR36lPQz1bY8a", FALSE},                  /* vowels are not used */
        {"4jYHR36lPQz1bY8fB0123456789012345", FALSE}, /* too long */
        {"6AU3ouDs029243", TRUE},                     /* Sendmail's */
        {"6AU3ouDs4194303", TRUE},                    /* with a long process id */
        {"6AUaeiou029243", TRUE},                     /* vowels are used there */
        {"6AUaeioy029243", FALSE},                    /* of 60 letters and digits */
        {"6AUaeiou02924", FALSE},                     /* too short */
        {"6AUaeiou02924a", FALSE},                    /* no process id */
        {"6AUaeiou0292431234567", FALSE},             /* too long */
        {"", FALSE},
        {"ALL", FALSE},
        {"-", FALSE},
        {"-d", FALSE},
        {"ABCDEF1;reboot", FALSE},
        {"ABCDEF1\n", FALSE},
        {"../ABCDEF1", FALSE},
        {"ABCDEF1 hold", FALSE},
    };
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        if (ov_queue_id_valid(cases[i].text) != cases[i].valid)
            fail_msg("%s", cases[i].text);
}

static const char listing[] =
    "{\"queue_name\": \"hold\", \"queue_id\": \"4jYHR36lPQz1bY8f\", \"arrival_time\": 1795465311, "
    "\"message_size\": 322, \"forced_expire\": false, \"sender\": \"a@example.org\", "
    "\"recipients\": [{\"address\": \"b@example.net\"}, {\"address\": \"c@example.net\"}]}\n"
    "{\"queue_name\": \"deferred\", \"queue_id\": \"3A5F21C0B7\", \"arrival_time\": 1795465312, "
    "\"message_size\": 9, \"sender\": \"\", \"recipients\": [{\"address\": \"d@example.net\", "
    "\"delay_reason\": \"connection refused\"}]}\n"
    "this is no JSON\n"
    "{\"queue_name\": \"hold\", \"queue_id\": \"ALL\", \"arrival_time\": 1}\n"
    "{\"queue_name\": \"hold\", \"queue_id\": \"ABCDEF12\", \"sender\": \"caf\xE9@example.org\"}\n";

static void test_the_listing_is_read_and_what_is_odd_passed_over(void **state) {
    (void)state;
    g_autoptr(GPtrArray) all = ov_queue_parse(listing, strlen(listing), NULL);
    assert_int_equal(all->len, 3);
    const OvQueued *first = all->pdata[0];
    assert_string_equal(first->queue, "hold");
    assert_string_equal(first->queue_id, "4jYHR36lPQz1bY8f");
    assert_int_equal(first->arrival, 1795465311 * (gint64)G_USEC_PER_SEC);
    assert_int_equal(first->size, 322);
    assert_string_equal(first->sender, "a@example.org");
    assert_int_equal(first->recipients->len, 2);
    assert_string_equal(first->recipients->pdata[1], "c@example.net");
    assert_null(first->reason);
    const OvQueued *second = all->pdata[1];
    assert_string_equal(second->sender, "");
    assert_string_equal(second->reason, "connection refused");
    const OvQueued *third = all->pdata[2];
    assert_true(g_utf8_validate(third->sender, -1, NULL));
}

static void test_one_queue_of_the_listing_can_be_asked_for(void **state) {
    (void)state;
    g_autoptr(GPtrArray) held = ov_queue_parse(listing, strlen(listing), "hold");
    assert_int_equal(held->len, 2);
    g_autoptr(GPtrArray) none = ov_queue_parse("", 0, "hold");
    assert_int_equal(none->len, 0);
}

static char *run(const char *script, gsize limit, guint seconds, gboolean *truncated,
                 GError **error) {
    const char *argv[] = {"/bin/sh", "-c", script, NULL};
    gsize length = 0;
    return ov_run(argv, limit, seconds, &length, truncated, NULL, error);
}

static void test_a_program_gives_its_output(void **state) {
    (void)state;
    g_autofree char *out = run("echo hello; cat; echo $LC_ALL", 100, 10, NULL, NULL);
    assert_string_equal(out, "hello\nC\n");
}

static void test_endless_output_is_cut_and_the_program_ended(void **state) {
    (void)state;
    gboolean truncated = FALSE;
    g_autofree char *out = run("while :; do echo y; done", 1000, 10, &truncated, NULL);
    assert_true(truncated);
    assert_int_equal(strlen(out), 1000);
}

static void test_a_program_that_hangs_is_ended(void **state) {
    (void)state;
    g_autoptr(GError) error = NULL;
    assert_null(run("exec sleep 60", 100, 1, NULL, &error));
    assert_int_equal(error->code, OV_RUN_ERROR_TIME);
}

static void test_a_failing_program_is_quoted(void **state) {
    (void)state;
    g_autoptr(GError) error = NULL;
    assert_null(
        run("echo warning >&2; echo fatal: no such thing >&2; exit 3", 100, 10, NULL, &error));
    assert_string_equal(error->message, "fatal: no such thing");
    g_clear_error(&error);
    assert_null(run("exit 3", 100, 10, NULL, &error));
    assert_string_equal(error->message, "/bin/sh ended with status 3");
}

static void test_a_missing_program_is_told(void **state) {
    (void)state;
    const char *argv[] = {"/nonexistent/postqueue", NULL};
    g_autoptr(GError) error = NULL;
    gsize length = 0;
    assert_null(ov_run(argv, 10, 1, &length, NULL, NULL, &error));
    assert_int_equal(error->code, OV_RUN_ERROR_START);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_queue_ids_reach_a_command),
        cmocka_unit_test(test_the_listing_is_read_and_what_is_odd_passed_over),
        cmocka_unit_test(test_one_queue_of_the_listing_can_be_asked_for),
        cmocka_unit_test(test_a_program_gives_its_output),
        cmocka_unit_test(test_endless_output_is_cut_and_the_program_ended),
        cmocka_unit_test(test_a_program_that_hangs_is_ended),
        cmocka_unit_test(test_a_failing_program_is_quoted),
        cmocka_unit_test(test_a_missing_program_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
