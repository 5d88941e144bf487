/* Log files that are rotated, cut and damaged; the journal; old logs. */
#include "policy/delivery/log_reader.h"
#include "policy/delivery/source.h"
#include "tests/unit/ledger_place.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    Place *place;
    OvLedger *ledger;
    OvIntake *intake;
    char *log;
} Scene;

static int begin(void **state) {
    set_up(state);
    Scene *scene = g_new0(Scene, 1);
    scene->place = *state;
    scene->ledger = open_ledger(scene->place);
    scene->intake = ov_intake_new(scene->ledger, "mx1", NULL, NULL);
    scene->log = g_build_filename(scene->place->directory, "mail.log", NULL);
    *state = scene;
    return 0;
}

static int end(void **state) {
    Scene *scene = *state;
    ov_intake_free(scene->intake);
    ov_ledger_close(scene->ledger);
    g_free(scene->log);
    *state = scene->place;
    g_free(scene);
    return tear_down(state);
}

static void put(const char *path, int flags, const char *text, gsize length) {
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, length), (ssize_t)length);
    close(file);
}

static void append(const Scene *scene, const char *text) {
    put(scene->log, O_APPEND, text, strlen(text));
}

static void rotate(const Scene *scene, const char *suffix) {
    g_autofree char *older = g_strconcat(scene->log, suffix, NULL);
    assert_int_equal(rename(scene->log, older), 0);
}

/* Reads all that is there; gives how many lines came. */
static guint64 read_all(Scene *scene, OvLogSource *source) {
    guint64 before = ov_intake_counts(scene->intake).lines;
    gboolean more = TRUE;
    while (more) {
        g_autoptr(GError) error = NULL;
        if (!ov_source_read(source, scene->intake, &more, &error))
            fail_msg("%s", error->message);
    }
    return ov_intake_counts(scene->intake).lines - before;
}

/* The same by a new source that begins at the old one's position. */
static guint64 read_anew(Scene *scene, OvLogSource **source) {
    g_autofree char *position = ov_source_position(*source);
    ov_source_free(*source);
    *source = ov_source_file_new(scene->log, position);
    return read_all(scene, *source);
}

static void test_a_file_is_read_on_from_where_it_was_left(void **state) {
    Scene *scene = *state;
    append(scene, "one\ntwo\nthr");
    g_autoptr(OvLogSource) source = ov_source_file_new(scene->log, NULL);
    assert_int_equal(read_all(scene, source), 2); /* a line that is not whole waits */
    assert_int_equal(read_all(scene, source), 0);
    append(scene, "ee\nfour\n");
    assert_int_equal(read_all(scene, source), 2);
    append(scene, "five\nsi");
    assert_int_equal(read_anew(scene, &source), 1);
    append(scene, "x\n");
    assert_int_equal(read_anew(scene, &source), 1);
    assert_int_equal(read_anew(scene, &source), 0);
}

static void test_a_file_that_is_not_there_is_waited_for(void **state) {
    Scene *scene = *state;
    g_autoptr(OvLogSource) source = ov_source_file_new(scene->log, NULL);
    g_autoptr(GError) error = NULL;
    gboolean more;
    assert_false(ov_source_read(source, scene->intake, &more, &error));
    assert_true(g_error_matches(error, OV_SOURCE_ERROR, OV_SOURCE_ERROR_MISSING));
    assert_null(ov_source_position(source));
    append(scene, "one\n");
    assert_int_equal(read_all(scene, source), 1);
}

static void test_a_rotated_file_is_read_to_its_end(void **state) {
    Scene *scene = *state;
    append(scene, "one\n");
    g_autoptr(OvLogSource) source = ov_source_file_new(scene->log, NULL);
    assert_int_equal(read_all(scene, source), 1);
    append(scene, "two\n");
    rotate(scene, ".1");
    append(scene, "three\nfour\n");
    assert_int_equal(read_all(scene, source), 3);
    append(scene, "five\n");
    assert_int_equal(read_all(scene, source), 1);
}

static void test_what_was_rotated_away_is_read_after_a_pause(void **state) {
    Scene *scene = *state;
    append(scene, "one\n");
    g_autoptr(OvLogSource) source = ov_source_file_new(scene->log, NULL);
    assert_int_equal(read_all(scene, source), 1);
    append(scene, "two\n");
    rotate(scene, "-20261128");
    g_usleep(20000);
    append(scene, "three\n");
    rotate(scene, ".1");
    g_autofree char *compressed = g_strconcat(scene->log, ".2.gz", NULL);
    put(compressed, 0, "one\ntwo\n", 8);
    append(scene, "four\n");
    assert_int_equal(read_anew(scene, &source), 3);
    assert_int_equal(read_anew(scene, &source), 0);
    /* Where it is gone the current file is read whole: what is known changes nothing. */
    append(scene, "five\n");
    assert_int_equal(read_all(scene, source), 1);
    g_unlink(scene->log);
    append(scene, "six\nseven\n");
    assert_int_equal(read_anew(scene, &source), 2);
}

static void test_a_late_writer_hides_no_file(void **state) {
    Scene *scene = *state;
    append(scene, "one\n");
    g_autoptr(OvLogSource) source = ov_source_file_new(scene->log, NULL);
    assert_int_equal(read_all(scene, source), 1);
    rotate(scene, ".2");
    append(scene, "two\n");
    rotate(scene, ".1");
    g_usleep(20000);
    g_autofree char *left = g_strconcat(scene->log, ".2", NULL);
    put(left, O_APPEND, "three\n", 6); /* so it is the newer one */
    append(scene, "four\n");
    assert_int_equal(read_anew(scene, &source), 3);
}

static void test_a_file_may_be_copied_and_truncated(void **state) {
    Scene *scene = *state;
    g_autofree char *copy = g_strconcat(scene->log, ".1", NULL);
    append(scene, "one is the first\n");
    g_autoptr(OvLogSource) source = ov_source_file_new(scene->log, NULL);
    assert_int_equal(read_all(scene, source), 1);
    put(copy, 0, "one is the first\ntwo\n", 21);
    assert_int_equal(truncate(scene->log, 0), 0);
    append(scene, "three\n");
    assert_int_equal(read_all(scene, source), 2);
    /* also where it is as long again before anybody looks */
    assert_int_equal(truncate(scene->log, 0), 0);
    append(scene, "a longer line than before\nb\n");
    assert_int_equal(read_all(scene, source), 2);
}

static void test_a_gigantic_line_is_passed_over(void **state) {
    Scene *scene = *state;
    g_autofree char *huge = g_malloc(3000000);
    memset(huge, 'x', 3000000);
    append(scene, "one\n");
    put(scene->log, O_APPEND, huge, 3000000);
    put(scene->log, O_APPEND, "\nt\0wo\n", 7);
    g_autoptr(OvLogSource) source = ov_source_file_new(scene->log, NULL);
    guint64 lines = read_all(scene, source);
    assert_int_equal(lines, 2);
    assert_int_equal(read_anew(scene, &source), 0);
}

static void test_a_file_without_the_right_to_read_it_is_told(void **state) {
    enum { NOBODY = 65534 };
    Scene *scene = *state;
    append(scene, "one\n");
    g_chmod(scene->log, 0);
    g_autoptr(OvLogSource) source = ov_source_file_new(scene->log, NULL);
    g_autoptr(GError) error = NULL;
    gboolean more, root = geteuid() == 0;
    if (root) /* who may read everything */
        assert_int_equal(seteuid(NOBODY), 0);
    gboolean done = ov_source_read(source, scene->intake, &more, &error);
    if (root)
        assert_int_equal(seteuid(0), 0);
    assert_false(done);
    assert_true(g_error_matches(error, OV_SOURCE_ERROR, OV_SOURCE_ERROR_DENIED));
}

static void test_a_change_wakes_who_waits(void **state) {
    Scene *scene = *state;
    g_autoptr(OvLogSource) source = ov_source_file_new(scene->log, NULL);
    GPollFD poll = {ov_source_descriptor(source), G_IO_IN, 0};
    ov_source_woken(source);
    assert_int_equal(g_poll(&poll, 1, 0), 0);
    append(scene, "one\n");
    assert_int_equal(g_poll(&poll, 1, 10000), 1);
    ov_source_woken(source);
    assert_int_equal(g_poll(&poll, 1, 0), 0);
}

static guint count_lines(const char *path, GError **error) {
    guint n = 0;
    OvSlice line;
    g_autoptr(OvLogReader) reader = ov_log_reader_open(path, error);
    while (reader && ov_log_reader_next(reader, &line, error))
        n++;
    return n;
}

static void run(const char *command) {
    if (system(command) != 0)
        fail_msg("%s", command);
}

static void test_old_logs_are_read_in_every_form(void **state) {
    Scene *scene = *state;
    append(scene, "the first line\n");
    g_autofree char *many = g_strnfill(400000, 'y');
    for (gsize i = 20; i < 400000; i += 21)
        many[i] = '\n';
    put(scene->log, O_APPEND, many, 400000);
    g_autoptr(GError) error = NULL;
    guint plain = count_lines(scene->log, &error);
    assert_null(error);
    assert_int_equal(plain, 1 + 400000 / 21 + 1);
    static const char *const TOOLS[] = {"gzip", "xz"};
    for (guint i = 0; i < G_N_ELEMENTS(TOOLS); i++) {
        /* Two members, one behind the other, are one log. */
        g_autofree char *packed = g_strdup_printf("%s.%s", scene->log, TOOLS[i]);
        g_autofree char *command =
            g_strdup_printf("%s -c %s > %s && %s -c %s >> %s", TOOLS[i], scene->log, packed,
                            TOOLS[i], scene->log, packed);
        run(command);
        /* the end of the first and the start of the second are one line */
        assert_int_equal(count_lines(packed, &error), 2 * plain - 1);
        assert_null(error);
        struct stat status;
        assert_int_equal(stat(packed, &status), 0);
        assert_int_equal(truncate(packed, status.st_size - 20), 0);
        assert_true(count_lines(packed, &error) > 0);
        assert_true(g_error_matches(error, OV_LOG_READER_ERROR, OV_LOG_READER_ERROR_DATA));
        g_clear_error(&error);
    }
    g_autofree char *none = g_strconcat(scene->log, ".none", NULL);
    assert_int_equal(count_lines(none, &error), 0);
    assert_true(g_error_matches(error, OV_LOG_READER_ERROR, OV_LOG_READER_ERROR_OPEN));
    g_clear_error(&error);
    put(none, 0, "", 0);
    assert_int_equal(count_lines(none, &error), 0);
    assert_null(error);
}

static void test_a_gigantic_line_of_an_old_log_is_left_out(void **state) {
    Scene *scene = *state;
    g_autofree char *huge = g_strnfill(1000000, 'x');
    append(scene, "one\n");
    append(scene, huge);
    append(scene, "\ntwo");
    g_autoptr(GError) error = NULL;
    assert_int_equal(count_lines(scene->log, &error), 2);
    assert_null(error);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
        TEST(test_a_file_is_read_on_from_where_it_was_left),
        TEST(test_a_file_that_is_not_there_is_waited_for),
        TEST(test_a_rotated_file_is_read_to_its_end),
        TEST(test_what_was_rotated_away_is_read_after_a_pause),
        TEST(test_a_late_writer_hides_no_file),
        TEST(test_a_file_may_be_copied_and_truncated),
        TEST(test_a_gigantic_line_is_passed_over),
        TEST(test_a_file_without_the_right_to_read_it_is_told),
        TEST(test_a_change_wakes_who_waits),
        TEST(test_old_logs_are_read_in_every_form),
        TEST(test_a_gigantic_line_of_an_old_log_is_left_out),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
