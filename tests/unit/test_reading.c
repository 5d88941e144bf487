/* Messages as they lie about: files, directories, mboxes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/review/reading.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    char *directory;
} Place;

static int make_place(void **state) {
    Place *place = g_new0(Place, 1);
    place->directory = g_dir_make_tmp("outvet-reading-XXXXXX", NULL);
    *state = place;
    return place->directory ? 0 : -1;
}

static int remove_place(void **state) {
    Place *place = *state;
    const char *argv[] = {"/bin/rm", "-rf", place->directory, NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, NULL, NULL);
    g_free(place->directory);
    g_free(place);
    return 0;
}

static char *put(Place *place, const char *name, const char *text, gssize length) {
    char *path = g_build_filename(place->directory, name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);
    assert_int_equal(g_mkdir_with_parents(parent, 0700), 0);
    assert_true(g_file_set_contents(path, text, length, NULL));
    return path;
}

/* Everything read from path, as "name#number|size|text;" with the place's path cut off. */
static char *read_all(Place *place, const char *path, gsize limit) {
    g_autoptr(OvReading) reading = ov_reading_new(&path, 1, limit);
    GString *seen = g_string_new(NULL);
    for (;;) {
        g_autoptr(GError) error = NULL;
        OvStored *stored = NULL;
        OvReadingResult result = ov_reading_next(reading, &stored, &error);
        if (result == OV_READING_END)
            return g_string_free(seen, FALSE);
        if (result == OV_READING_TROUBLE) {
            g_string_append_printf(seen, "trouble: %s;", error->message);
            continue;
        }
        const char *name = stored->name;
        if (g_str_has_prefix(name, place->directory))
            name += strlen(place->directory);
        g_string_append_printf(seen, "%s#%u|%" G_GUINT64_FORMAT "|%.*s;", name, stored->number,
                               stored->size, (int)stored->length, stored->data);
        ov_stored_free(stored);
    }
}

static void check(Place *place, const char *path, gsize limit, const char *expected) {
    g_autofree char *seen = read_all(place, path, limit);
    assert_string_equal(seen, expected);
}

static void test_a_file_is_one_message_as_it_lies(void **state) {
    g_autofree char *path = put(*state, "a.eml", "Subject: x\r\n\r\nbody\r\n", -1);
    check(*state, path, 1000, "/a.eml#0|20|Subject: x\r\n\r\nbody\r\n;");
}

static void test_a_large_file_is_read_up_to_the_limit_and_its_size_told(void **state) {
    g_autofree char *path = put(*state, "a.eml", "0123456789", -1);
    check(*state, path, 4, "/a.eml#0|10|0123;");
    check(*state, path, 10, "/a.eml#0|10|0123456789;");
}

static void test_an_empty_file_is_an_empty_message(void **state) {
    g_autofree char *path = put(*state, "a.eml", "", 0);
    check(*state, path, 4, "/a.eml#0|0|;");
}

static void test_what_is_not_there_is_told_by_name(void **state) {
    Place *place = *state;
    g_autofree char *path = g_build_filename(place->directory, "none.eml", NULL);
    g_autofree char *expected = g_strdup_printf("trouble: %s: No such file or directory;", path);
    check(place, path, 4, expected);
}

static void test_directories_are_read_in_order_of_name(void **state) {
    Place *place = *state;
    g_free(put(place, "d/b.eml", "B", -1));
    g_free(put(place, "d/a/z.eml", "Z", -1));
    g_free(put(place, "d/a/B.eml", "b", -1));
    g_free(put(place, "d/A.eml", "A", -1));
    g_free(put(place, "d/.hidden", "no", -1));
    g_autofree char *link = g_build_filename(place->directory, "d", "up", NULL);
    assert_int_equal(symlink("..", link), 0);
    g_autofree char *gone = g_build_filename(place->directory, "d", "gone", NULL);
    assert_int_equal(symlink("nowhere", gone), 0);
    g_autofree char *pipe_path = g_build_filename(place->directory, "d", "pipe", NULL);
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    g_autofree char *path = g_build_filename(place->directory, "d", NULL);
    check(place, path, 9, "/d/A.eml#0|1|A;/d/a/B.eml#0|1|b;/d/a/z.eml#0|1|Z;/d/b.eml#0|1|B;");
}

static void test_an_mbox_is_cut_into_its_messages(void **state) {
    static const char mbox[] = "From paul@example.org Mon Nov 23 20:02:53 2026\n"
                               "Subject: one\n\nFrom here on it is text.\n\n"
                               "From now on, 20 people know.\n\n"
                               ">From quoted\n>>From twice\n > From\n\n"
                               "From ann@example.net Mon Nov 23 20:03:00 2026\n"
                               "Subject: two\n\nend\n";
    g_autofree char *path = put(*state, "box", mbox, -1);
    check(*state, path, 1000,
          "/box#1|102|Subject: one\n\nFrom here on it is text.\n\nFrom now on, 20 people know.\n\n"
          "From quoted\n>From twice\n > From\n;"
          "/box#2|18|Subject: two\n\nend\n;");
}

static void test_an_mbox_with_crlf_is_cut_the_same_way(void **state) {
    static const char mbox[] = "From a Mon Nov 23 20:02:53 2026\r\nA: 1\r\n\r\nx\r\n\r\n"
                               "From b Mon Nov 23 20:02:53 2026\r\nB: 2\r\n\r\n";
    g_autofree char *path = put(*state, "box", mbox, -1);
    check(*state, path, 1000, "/box#1|11|A: 1\r\n\r\nx\r\n;/box#2|6|B: 2\r\n;");
}

static void test_messages_of_an_mbox_are_limited_one_by_one(void **state) {
    static const char mbox[] = "From a Mon Nov 23 20:02:53 2026\n0123456789\n\n"
                               "From b Mon Nov 23 20:02:53 2026\nabc\n";
    g_autofree char *path = put(*state, "box", mbox, -1);
    check(*state, path, 60, "/box#1|11|0123456789\n;/box#2|4|abc\n;");
    check(*state, path, 8, "/box#1|11|01234567;/box#2|4|abc\n;");
}

static void test_lines_longer_than_any_buffer_pass_through_an_mbox(void **state) {
    g_autoptr(GString) mbox = g_string_new("From a Mon Nov 23 20:02:53 2026\n");
    for (guint i = 0; i < 300000; i++)
        g_string_append_c(mbox, 'x');
    g_string_append(mbox, "\n\nFrom b Mon Nov 23 20:02:53 2026\nabc\n");
    g_autofree char *path = put(*state, "box", mbox->str, (gssize)mbox->len);
    check(*state, path, 5, "/box#1|300001|xxxxx;/box#2|4|abc\n;");
}

static void test_two_separators_in_a_row_are_an_empty_message(void **state) {
    static const char mbox[] = "From a Mon Nov 23 20:02:53 2026\n"
                               "From b Mon Nov 23 20:02:53 2026\nabc\n";
    g_autofree char *path = put(*state, "box", mbox, -1);
    check(*state, path, 100, "/box#1|0|;/box#2|4|abc\n;");
}

static void test_reading_goes_on_after_trouble(void **state) {
    Place *place = *state;
    g_autofree char *good = put(place, "good.eml", "A: 1\n", -1);
    const char *paths[] = {"/nonexistent/x", good};
    g_autoptr(OvReading) reading = ov_reading_new(paths, 2, 100);
    g_autoptr(GError) error = NULL;
    g_autoptr(OvStored) stored = NULL;
    assert_int_equal(ov_reading_next(reading, &stored, &error), OV_READING_TROUBLE);
    assert_int_equal(ov_reading_next(reading, &stored, NULL), OV_READING_MESSAGE);
    OvStored *none = NULL;
    assert_int_equal(ov_reading_next(reading, &none, NULL), OV_READING_END);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_place, remove_place)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_file_is_one_message_as_it_lies),
        TEST(test_a_large_file_is_read_up_to_the_limit_and_its_size_told),
        TEST(test_an_empty_file_is_an_empty_message),
        TEST(test_what_is_not_there_is_told_by_name),
        TEST(test_directories_are_read_in_order_of_name),
        TEST(test_an_mbox_is_cut_into_its_messages),
        TEST(test_an_mbox_with_crlf_is_cut_the_same_way),
        TEST(test_messages_of_an_mbox_are_limited_one_by_one),
        TEST(test_lines_longer_than_any_buffer_pass_through_an_mbox),
        TEST(test_two_separators_in_a_row_are_an_empty_message),
        TEST(test_reading_goes_on_after_trouble),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
