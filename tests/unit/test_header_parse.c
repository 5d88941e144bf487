#include "rules/header.h"
#include "rules/init.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static OvArena *arena;

static int set_up(void **state) {
    (void)state;
    ov_rules_init();
    arena = ov_arena_new();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    ov_arena_free(arena);
    return 0;
}

static OvHeader *parse(const char *raw) {
    return ov_header_parse(arena, ov_slice(raw), 100);
}

static void assert_slice(OvSlice slice, const char *text) {
    assert_int_equal(slice.length, strlen(text));
    if (slice.length > 0)
        assert_memory_equal(slice.data, text, slice.length);
}

/* Where header and body part, and what is no field. */
static const struct {
    const char *what, *raw;
    guint n_fields, n_bad_lines;
    gboolean ended;
    const char *body;
} splits[] = {
    {"CRLF", "A: 1\r\nB: 2\r\n\r\nbody\r\n", 2, 0, TRUE, "body\r\n"},
    {"LF", "A: 1\nB: 2\n\nbody\n", 2, 0, TRUE, "body\n"},
    {"both", "A: 1\r\nB: 2\n\r\nbody", 2, 0, TRUE, "body"},
    {"no body", "A: 1\r\n\r\n", 1, 0, TRUE, ""},
    {"no empty line", "A: 1\r\nB: 2\r\n", 2, 0, FALSE, ""},
    {"no line end", "A: 1", 1, 0, FALSE, ""},
    {"nothing", "", 0, 0, FALSE, ""},
    {"empty line first", "\r\nbody", 0, 0, TRUE, "body"},
    {"no header", "Hello,\nthis is it.\n\nBye\n", 0, 2, FALSE, "Hello,\nthis is it.\n\nBye\n"},
    {"one line alone", "Hello\n", 0, 1, FALSE, "Hello\n"},
    {"one line before text", "Hello\n\nBye\n", 0, 1, FALSE, "Hello\n\nBye\n"},
    {"folds", "A: 1\r\n 2\r\n\t3\r\nB: 4\r\n\r\nx", 2, 0, TRUE, "x"},
    {"a fold of blanks", "A: 1\r\n \r\nB: 4\r\n\r\nx", 2, 0, TRUE, "x"},
    {"one bad line", "A: 1\nnonsense\nB: 2\n\nx", 2, 1, TRUE, "x"},
    {"a bad line first", "nonsense\nB: 2\n\nx", 1, 1, TRUE, "x"},
    {"separator forgotten", "A: 1\nDear Ann,\nbuy it.\n\nBye", 1, 2, FALSE,
     "Dear Ann,\nbuy it.\n\nBye"},
    {"delimiter in the header", "A: 1\n--b\nB: 2\n\nx", 1, 1, FALSE, "--b\nB: 2\n\nx"},
    {"blank in the name", "A b: 1\nB: 2\n\n", 1, 1, TRUE, ""},
    {"8-bit in the name", "\xc3\x84: 1\nB: 2\n\n", 1, 1, TRUE, ""},
    {"no name", ": 1\nB: 2\n\n", 1, 1, TRUE, ""},
    {"mbox separator", "From a@example.org Mon Nov 23 10:00:00 2026\nA: 1\n\nx", 1, 0, TRUE, "x"},
    {"quoted mbox separator", "A: 1\n>From a@example.org\nB: 2\n\nx", 2, 1, TRUE, "x"},
    {"bare CR kept", "A: 1\r2\r\n\r\nx\ry", 1, 0, TRUE, "x\ry"},
};

static void test_header_and_body_part_where_an_mta_parts_them(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(splits); i++) {
        print_message("# %s\n", splits[i].what);
        OvHeader *header = parse(splits[i].raw);
        assert_int_equal(header->n_fields, splits[i].n_fields);
        assert_int_equal(header->n_bad_lines, splits[i].n_bad_lines);
        assert_int_equal(header->ended, splits[i].ended);
        assert_string_equal(splits[i].raw + header->body_offset, splits[i].body);
    }
}

static void test_fields_keep_their_bytes(void **state) {
    (void)state;
    OvHeader *header = parse("SUBJECT :  a\r\n  b \r\nX:\r\nFrom:\xe9\n\n");
    assert_int_equal(header->n_fields, 3);
    assert_int_equal(header->fields[0].id, OV_FIELD_SUBJECT);
    assert_slice(header->fields[0].name, "SUBJECT");
    assert_slice(header->fields[0].value, "  a\r\n  b ");
    assert_slice(header->fields[0].line, "SUBJECT :  a\r\n  b \r\n");
    assert_slice(ov_field_unfolded(arena, &header->fields[0]), "a  b");
    assert_int_equal(header->fields[1].id, OV_FIELD_OTHER);
    assert_slice(header->fields[1].value, "");
    assert_slice(header->fields[2].value, "\xe9");
    assert_slice(header->raw, "SUBJECT :  a\r\n  b \r\nX:\r\nFrom:\xe9\n");
}

static void test_fields_over_the_limit_are_counted_and_known_ones_kept(void **state) {
    (void)state;
    g_autoptr(GString) raw = g_string_new(NULL);
    for (guint i = 0; i < 200; i++)
        g_string_append(raw, "X-A: 1\n");
    g_string_append(raw, "Subject: 1\nSubject: 2\n\nbody");
    OvHeader *header = parse(raw->str);
    assert_int_equal(header->n_fields, 101);
    assert_int_equal(header->count[OV_FIELD_SUBJECT], 2);
    assert_slice(ov_header_find(header, OV_FIELD_SUBJECT)->value, " 1");
    assert_null(ov_header_find(header, OV_FIELD_FROM));
    assert_string_equal(raw->str + header->body_offset, "body");
}

/* Values as people see them. */
static const struct {
    const char *what, *value, *text;
} texts[] = {
    {"ASCII", " Hello ", "Hello"},
    {"folded", " Hello\r\n world", "Hello world"},
    {"UTF-8 as it is", " Caf\xc3\xa9", "Caf\xc3\xa9"},
    {"windows-1252 as it is", " Caf\xe9 \x80", "Caf\xc3\xa9 \xe2\x82\xac"},
    {"Q", " =?iso-8859-1?Q?Caf=E9_a=20b?=", "Caf\xc3\xa9 a b"},
    {"B", " =?UTF-8?B?Q2Fmw6k=?=", "Caf\xc3\xa9"},
    {"language told", " =?UTF-8*fr?B?Q2Fmw6k=?=", "Caf\xc3\xa9"},
    {"words in text", " a =?utf-8?q?b?= c", "a b c"},
    {"blanks between words go", " =?utf-8?q?a?=\r\n =?utf-8?q?b?=", "ab"},
    {"a character cut in two", " =?utf-8?B?Q2Fmww==?= =?utf-8?B?qQ==?=", "Caf\xc3\xa9"},
    {"no blanks around", " x=?utf-8?q?a?=y", "xay"},
    {"a blank inside", " =?utf-8?q?a b?=", "a b"},
    {"two charsets", " =?koi8-r?B?8NLJ18XU?= =?utf-8?q?_!?=",
     "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2"
     "\xd0\xb5\xd1\x82 !"},
    {"charset that switches",
     " =?iso-2022-jp?B?GyRCJUYlOSVIGyhC?=", "\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88"},
    {"superset of gb2312", " =?gb2312?B?t9bT0A==?=", "\xe5\x88\x86\xe6\x9c\x89"},
    {"not closed", " =?utf-8?q?a", "=?utf-8?q?a"},
    {"no such encoding", " =?utf-8?x?a?=", "=?utf-8?x?a?="},
    {"no charset", " =??q?a?=", "=??q?a?="},
    {"unknown charset", " =?klingon?q?a=C3=A9?=", "a\xc3\xa9"},
    {"lying charset", " =?utf-8?q?a=FFb?=",
     "a\xef\xbf\xbd"
     "b"},
    {"NUL", " =?utf-8?q?a=00b?=",
     "a\xef\xbf\xbd"
     "b"},
    {"broken base64", " =?utf-8?B?Q2F?=", "Ca"},
    {"empty", "", ""},
};

static void test_text_is_decoded_for_people(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        print_message("# %s\n", texts[i].what);
        OvField field = {.value = ov_slice(texts[i].value)};
        OvSlice text = ov_field_text(arena, &field);
        assert_string_equal(text.data, texts[i].text);
        assert_int_equal(text.length, strlen(texts[i].text));
    }
}

static void test_text_is_cut_at_64_kib_between_characters(void **state) {
    (void)state;
    g_autoptr(GString) value = g_string_new("a");
    for (guint i = 0; i < 50000; i++)
        g_string_append(value, "\xc3\xa9");
    OvField field = {.value = {value->str, value->len}};
    OvSlice text = ov_field_text(arena, &field);
    assert_true(text.length <= 64 * 1024);
    assert_true(text.length > 63 * 1024);
    assert_true(g_utf8_validate(text.data, (gssize)text.length, NULL));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_header_and_body_part_where_an_mta_parts_them),
        cmocka_unit_test(test_fields_keep_their_bytes),
        cmocka_unit_test(test_fields_over_the_limit_are_counted_and_known_ones_kept),
        cmocka_unit_test(test_text_is_decoded_for_people),
        cmocka_unit_test(test_text_is_cut_at_64_kib_between_characters),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
