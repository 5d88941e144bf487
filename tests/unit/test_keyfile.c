#include "rules/keyfile.h"

#include "rules/nearest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static OvKeyFile *parse(const char *text) {
    g_autoptr(GError) error = NULL;
    OvKeyFile *keyfile = ov_keyfile_parse(text, strlen(text), "test.conf", &error);
    assert_null(error);
    assert_non_null(keyfile);
    return keyfile;
}

static void test_sections_and_keys_keep_the_order_of_the_file(void **state) {
    (void)state;
    g_autoptr(OvKeyFile) keyfile = parse("# first\n\n[b]\nz = 1\na=2\r\n\n[ account   x@y ]\n"
                                         "  # a comment that is set in\nempty =\n[none]");
    assert_int_equal(ov_keyfile_n_sections(keyfile), 3);
    const OvKeySection *b = ov_keyfile_section(keyfile, 0);
    assert_string_equal(b->name, "b");
    assert_string_equal(b->file, "test.conf");
    assert_int_equal(b->line, 3);
    assert_int_equal(b->n_keys, 2);
    assert_string_equal(b->keys[0].name, "z");
    assert_string_equal(b->keys[0].value, "1");
    assert_int_equal(b->keys[0].line, 4);
    assert_int_equal(b->keys[0].column, 5);
    assert_string_equal(b->keys[1].name, "a");
    assert_string_equal(b->keys[1].value, "2");
    assert_int_equal(b->keys[1].column, 3);
    const OvKeySection *account = ov_keyfile_section(keyfile, 1);
    assert_string_equal(account->name, "account x@y");
    assert_string_equal(ov_key_find(account, "empty")->value, "");
    assert_null(ov_key_find(account, "z"));
    assert_int_equal(ov_keyfile_section(keyfile, 2)->n_keys, 0);
}

static void test_a_value_goes_on_over_lines_that_are_set_in(void **state) {
    (void)state;
    g_autoptr(OvKeyFile) keyfile = parse("[s]\nwhen = é and  \n    # why\n\tsecond   # no comment\n"
                                         "      third\nnext =\n  below\n");
    const OvKeySection *section = ov_keyfile_section(keyfile, 0);
    const OvKey *when = &section->keys[0];
    assert_string_equal(when->value, "é and second   # no comment third");
    static const struct {
        guint character, line, column;
    } cases[] = {{0, 2, 8}, {2, 2, 10}, {6, 4, 2}, {9, 4, 5}, {28, 5, 7}, {33, 5, 12}};
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        guint line, column;
        ov_key_position(when, cases[i].character, &line, &column);
        assert_int_equal(line, cases[i].line);
        assert_int_equal(column, cases[i].column);
    }
    assert_string_equal(section->keys[1].value, "below");
    guint line, column;
    ov_key_position(&section->keys[1], 0, &line, &column);
    assert_int_equal(line, 7);
    assert_int_equal(column, 3);
}

static void test_a_mistake_is_told_with_file_and_line(void **state) {
    (void)state;
    static const struct {
        const char *text, *said;
    } cases[] = {
        {"a = 1\n", "test.conf:1: a [section] must stand before the first name."},
        {"[s]\n\n[s]\n", "test.conf:3: section [s] stands twice; it is on line 1 already."},
        {"[s]\na=1\nb=1\na=2\n", "test.conf:4: a stands twice; it is on line 2 already."},
        {"[s\n", "test.conf:1: the section heading lacks its closing ]."},
        {"[]\n", "test.conf:1: the section has no name."},
        {"[ ]\n", "test.conf:1: the section has no name."},
        {"[a[b]]\n", "test.conf:1: a section's name can't hold [ or ]."},
        {"[s]\nwords\n", "test.conf:2: the line is no comment, [section] or \"name = value\""},
        {"[s]\n = 1\n", "test.conf:2: the line starts with white space"},
        {"[s]\n=1\n", "test.conf:2: a name is missing before the =."},
        {"[s]\na b = 1\n", "test.conf:2: column 2: a name has letters"},
        {"[s]\na = 1\n\n  2\n", "test.conf:4: the line starts with white space"},
        {"[s]\na = \xff\n", "test.conf:2: column 5: the text is not UTF-8."},
        {"[s]\na = \x01\n", "test.conf:2: column 5: a control character (code 1)"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        OvKeyFile *keyfile =
            ov_keyfile_parse(cases[i].text, strlen(cases[i].text), "test.conf", &error);
        assert_null(keyfile);
        assert_true(g_str_has_prefix(error->message, cases[i].said));
    }
    g_autoptr(GError) error = NULL;
    assert_null(ov_keyfile_parse("[s]\na=\0b\n", 9, "test.conf", &error));
    assert_true(strstr(error->message, "test.conf:2: column 3:") != NULL);
}

static void test_a_byte_order_mark_is_no_mistake(void **state) {
    (void)state;
    g_autoptr(OvKeyFile) keyfile = parse("\xEF\xBB\xBF[s]\na = 1");
    assert_string_equal(ov_keyfile_section(keyfile, 0)->name, "s");
}

static void test_a_file_may_have_nothing_to_say(void **state) {
    (void)state;
    g_autoptr(OvKeyFile) empty = parse("");
    assert_int_equal(ov_keyfile_n_sections(empty), 0);
    g_autoptr(OvKeyFile) heading = parse("[s]\n[t]");
    assert_int_equal(ov_keyfile_section(heading, 1)->n_keys, 0);
}

static void test_a_file_without_bound_is_refused(void **state) {
    (void)state;
    g_autoptr(GError) error = NULL;
    assert_null(ov_keyfile_load("/dev/zero", &error));
    assert_string_equal(error->message, "/dev/zero: the file is larger than 1048576 octets.");
}

static void test_a_file_that_cannot_be_read_says_why(void **state) {
    (void)state;
    g_autoptr(GError) missing = NULL;
    assert_null(ov_keyfile_load("/nowhere/at.all", &missing));
    assert_string_equal(missing->message,
                        "/nowhere/at.all: the file can't be read: No such file or directory.");
    g_autoptr(GError) directory = NULL;
    assert_null(ov_keyfile_load("/", &directory));
    assert_string_equal(directory->message, "/: the file can't be read: Is a directory.");
}

static void test_a_file_is_read_whole(void **state) {
    (void)state;
    g_autofree char *path = NULL;
    int handle = g_file_open_tmp("keyfile-XXXXXX.conf", &path, NULL);
    assert_int_equal(write(handle, "[s]\na = 1\n", 10), 10);
    close(handle);
    g_autoptr(GError) error = NULL;
    g_autoptr(OvKeyFile) keyfile = ov_keyfile_load(path, &error);
    g_remove(path);
    assert_non_null(keyfile);
    assert_string_equal(ov_keyfile_section(keyfile, 0)->file, path);
    assert_string_equal(ov_keyfile_section(keyfile, 0)->keys[0].value, "1");
}

static void test_truth_is_written_yes_or_no(void **state) {
    (void)state;
    gboolean truth = FALSE;
    assert_true(ov_key_truth("Yes", &truth));
    assert_true(truth);
    assert_true(ov_key_truth("false", &truth));
    assert_false(truth);
    assert_false(ov_key_truth("1", &truth));
    assert_false(ov_key_truth("", &truth));
}

static void test_words_are_parted_by_commas_or_space(void **state) {
    (void)state;
    g_auto(GStrv) words = ov_key_words(" a, b\tc,,d ");
    assert_int_equal(g_strv_length(words), 4);
    assert_string_equal(words[3], "d");
    g_auto(GStrv) none = ov_key_words("");
    assert_int_equal(g_strv_length(none), 0);
}

static void test_the_nearest_name_is_what_was_probably_meant(void **state) {
    (void)state;
    static const struct {
        const char *wanted, *best;
    } cases[] = {
        {"subject.captals", "subject.capitals"},
        {"subejct.capitals", "subject.capitals"},
        {"SUBJECT.LETTERS", "subject.letters"},
        {"socre", "score"},
        {"colour", NULL},
        {"", NULL},
    };
    static const char *const known[] = {"subject.letters", "subject.capitals", "score", "cap"};
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        OvNearest nearest = ov_nearest(cases[i].wanted);
        for (guint j = 0; j < G_N_ELEMENTS(known); j++)
            ov_nearest_offer(&nearest, known[j]);
        if (cases[i].best)
            assert_string_equal(nearest.best, cases[i].best);
        else
            assert_null(nearest.best);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sections_and_keys_keep_the_order_of_the_file),
        cmocka_unit_test(test_a_value_goes_on_over_lines_that_are_set_in),
        cmocka_unit_test(test_a_mistake_is_told_with_file_and_line),
        cmocka_unit_test(test_a_byte_order_mark_is_no_mistake),
        cmocka_unit_test(test_a_file_may_have_nothing_to_say),
        cmocka_unit_test(test_a_file_without_bound_is_refused),
        cmocka_unit_test(test_a_file_that_cannot_be_read_says_why),
        cmocka_unit_test(test_a_file_is_read_whole),
        cmocka_unit_test(test_truth_is_written_yes_or_no),
        cmocka_unit_test(test_words_are_parted_by_commas_or_space),
        cmocka_unit_test(test_the_nearest_name_is_what_was_probably_meant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
