/* Packed logs give the lines of plain ones, and whole lines before their damage. */
#include "policy/delivery/log_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>

enum { CHUNK = 256 * 1024 /* what is unpacked at a time */, LINE = 64 };

static char *directory, *path;

static int set_up(void **state) {
    (void)state;
    directory = g_dir_make_tmp("outvet-XXXXXX", NULL);
    path = g_build_filename(directory, "log", NULL);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    g_unlink(path);
    g_rmdir(directory);
    g_free(path);
    g_free(directory);
    return 0;
}

/* Lines of LINE octets that pack badly, so many octets in all. */
static GString *make_log(gsize length) {
    GString *log = g_string_new(NULL);
    for (guint64 i = 1; log->len < length; i++) {
        guint64 mixed = i * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
        g_string_append_printf(log,
                               "%015" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER
                               "x%016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x\n",
                               i, mixed, mixed * mixed, mixed * 31);
    }
    return g_string_truncate(log, length);
}

/* What the program makes of the log, in the file. */
static void pack(const GString *log, const char *program) {
    g_autofree char *command = g_strdup_printf("/bin/sh -c '%s -c \"%s\" >\"%s.new\" && mv "
                                               "\"%s.new\" \"%s\"'",
                                               program, path, path, path, path);
    int status = 1;
    assert_true(g_file_set_contents(path, log->str, (gssize)log->len, NULL));
    assert_true(g_spawn_command_line_sync(command, NULL, NULL, &status, NULL));
    assert_int_equal(status, 0);
}

/* Adds to an octet of the packed file, counted from its end. */
static void damage(gsize from_end) {
    g_autofree char *octets = NULL;
    gsize length = 0;
    assert_true(g_file_get_contents(path, &octets, &length, NULL));
    octets[length - from_end]++;
    assert_true(g_file_set_contents(path, octets, (gssize)length, NULL));
}

static GString *read_all(GError **error) {
    g_autoptr(OvLogReader) reader = ov_log_reader_open(path, NULL);
    GString *all = g_string_new(NULL);
    OvSlice lines;
    assert_non_null(reader);
    assert_int_equal(ov_log_reader_size(reader), 0);
    while (ov_log_reader_lines(reader, &lines, error))
        g_string_append_len(all, lines.data, (gssize)lines.length);
    return all;
}

static const char *const PROGRAMS[] = {"gzip -1", "xz -0", "xz -0 -T2 --block-size=100000"};

static void test_packed_logs_of_any_length_give_their_lines(void **state) {
    (void)state;
    static const gsize LENGTHS[] = {0,         1,         CHUNK - 1,     CHUNK,
                                    CHUNK + 1, 2 * CHUNK, 4 * CHUNK + 5, 12 * CHUNK};
    for (guint i = 0; i < G_N_ELEMENTS(PROGRAMS); i++)
        for (guint j = 0; j < G_N_ELEMENTS(LENGTHS); j++) {
            g_autoptr(GError) error = NULL;
            g_autoptr(GString) log = make_log(LENGTHS[j]);
            pack(log, PROGRAMS[i]);
            g_autoptr(GString) all = read_all(&error);
            assert_null(error);
            assert_int_equal(all->len, log->len);
            assert_true(g_string_equal(all, log));
        }
}

/* The checksum is found wrong when all octets are unpacked. */
static void test_lines_before_the_damage_are_given(void **state) {
    (void)state;
    static const gsize LENGTHS[] = {LINE, CHUNK, 3 * CHUNK};
    for (guint j = 0; j < G_N_ELEMENTS(LENGTHS); j++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GString) log = make_log(LENGTHS[j]);
        pack(log, "gzip -1");
        damage(8);
        g_autoptr(GString) all = read_all(&error);
        assert_true(g_error_matches(error, OV_LOG_READER_ERROR, OV_LOG_READER_ERROR_DATA));
        assert_non_null(strstr(error->message, "the file is damaged"));
        assert_true(g_string_equal(all, log));
    }
}

/* A block's checksum is found wrong behind its octets: the blocks before it are whole. */
static void test_damage_in_a_block_of_many_is_told(void **state) {
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) log = make_log(12 * CHUNK);
    pack(log, PROGRAMS[2]);
    damage(log->len / 4);
    g_autoptr(GString) all = read_all(&error);
    assert_true(g_error_matches(error, OV_LOG_READER_ERROR, OV_LOG_READER_ERROR_DATA));
    assert_in_range(all->len, log->len / 4, log->len - 1);
    assert_memory_equal(all->str, log->str, log->len / 4);
}

static void test_a_packed_log_may_be_left_before_its_end(void **state) {
    (void)state;
    g_autoptr(GString) log = make_log(12 * CHUNK);
    for (guint i = 0; i < G_N_ELEMENTS(PROGRAMS); i++) {
        pack(log, PROGRAMS[i]);
        g_autoptr(OvLogReader) reader = ov_log_reader_open(path, NULL);
        OvSlice line;
        assert_true(ov_log_reader_next(reader, &line, NULL));
        assert_int_equal(line.length, LINE - 1);
        assert_memory_equal(line.data, log->str, line.length);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_packed_logs_of_any_length_give_their_lines),
        TEST(test_lines_before_the_damage_are_given),
        TEST(test_damage_in_a_block_of_many_is_told),
        TEST(test_a_packed_log_may_be_left_before_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
