#include "rules/init.h"
#include "rules/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static OvArena *arena;
static const OvEnvelope envelope = {0};

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

static const OvMime *parse(const char *raw) {
    return ov_message_parse(arena, &envelope, ov_slice(raw), strlen(raw), 0)->mime;
}

static void assert_slice(OvSlice slice, const char *text) {
    assert_int_equal(slice.length, strlen(text));
    if (slice.length > 0)
        assert_memory_equal(slice.data, text, slice.length);
}

/* "0 multipart/mixed; 1 text/plain {content}; 1 image/png name [file.png] attached". */
static char *outline(const OvMime *mime) {
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < mime->n_parts; i++) {
        const OvPart *part = &mime->parts[i];
        g_string_append_printf(out, "%s%u %s/%s", i ? "; " : "", part->depth, part->type,
                               part->subtype);
        if (!part->container)
            g_string_append_printf(out, " {%.*s}", (int)part->raw.length, part->raw.data);
        if (part->name)
            g_string_append_printf(out, " [%s]", part->name);
        g_string_append(out, part->attachment ? " attached" : "");
        g_string_append(out, part->forwarded ? " forwarded" : "");
    }
    return g_string_free(out, FALSE);
}

typedef enum {
    BAD_TYPE = 1,
    MISSING = 2,
    UNCLOSED = 4,
} Faults;

#define MIXED "Content-Type: multipart/mixed; boundary=b\n\n"

static const struct {
    const char *what, *raw, *outline;
    guint faults;
} structures[] = {
    {"no MIME", "Subject: a\n\nbody\n", "0 text/plain {body\n}", 0},
    {"CRLF", "Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\n\r\none\r\n--b--\r\n",
     "0 multipart/mixed; 1 text/plain {one}", 0},
    {"preamble and epilogue", MIXED "before\n--b\n\none\n\n--b\n\ntwo\n--b--\nafter\n--b\n\nthree",
     "0 multipart/mixed; 1 text/plain {one\n}; 1 text/plain {two}", 0},
    {"blanks after delimiters", MIXED "--b \t\r\n\none\n--b-- \n",
     "0 multipart/mixed; 1 text/plain {one}", 0},
    {"empty part", MIXED "--b\n\n--b--\n", "0 multipart/mixed; 1 text/plain {}", 0},
    {"part without empty line", MIXED "--b\nContent-Type: text/html\n--b--\n",
     "0 multipart/mixed; 1 text/html {}", 0},
    {"part without header", MIXED "--b\nDear Ann,\nbuy it\n--b--\n",
     "0 multipart/mixed; 1 text/plain {Dear Ann,\nbuy it}", 0},
    {"nested",
     MIXED "--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\none\n--c\n"
           "Content-Type: text/html\n\ntwo\n--c--\nbetween\n--b\n\nthree\n--b--\n",
     "0 multipart/mixed; 1 multipart/alternative; 2 text/plain {one}; 2 text/html {two}; "
     "1 text/plain {three}",
     0},
    {"boundary that starts like another",
     MIXED "--b\nContent-Type: multipart/alternative; boundary=bb\n\n--bb\n\none\n--bb--\n--b--\n",
     "0 multipart/mixed; 1 multipart/alternative; 2 text/plain {one}", 0},
    {"inner boundary before the empty line",
     MIXED "--b\nContent-Type: multipart/mixed; boundary=c\n--c\n\none\n--c--\n--b--\n",
     "0 multipart/mixed; 1 multipart/mixed; 2 text/plain {one}", 0},
    {"the same boundary within",
     MIXED "--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\ntwo\n--b--\n",
     "0 multipart/mixed; 1 multipart/mixed; 2 text/plain {one}", 0},
    {"boundary with dashes at its end",
     "Content-Type: multipart/mixed; boundary=\"b--\"\n\n--b--\n\none\n--b----\n",
     "0 multipart/mixed; 1 text/plain {one}", 0},
    {"inner multipart not closed",
     MIXED "--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\none\n--b\n\ntwo\n--b--\n",
     "0 multipart/mixed; 1 multipart/mixed; 2 text/plain {one}; 1 text/plain {two}", UNCLOSED},
    {"not closed", MIXED "--b\n\none\n", "0 multipart/mixed; 1 text/plain {one\n}", UNCLOSED},
    {"never opened", MIXED "words\n", "0 multipart/mixed {words\n}", MISSING},
    {"closed, never opened", MIXED "words\n--b--\n", "0 multipart/mixed", 0},
    {"no boundary", "Content-Type: multipart/mixed\n\nwords\n", "0 multipart/mixed {words\n}",
     BAD_TYPE},
    {"empty boundary", "Content-Type: multipart/mixed; boundary=\"\"\n\n--\nwords\n",
     "0 multipart/mixed {--\nwords\n}", BAD_TYPE},
    {"boundary of 71",
     "Content-Type: multipart/mixed; boundary="
     "12345678901234567890123456789012345678901234567890123456789012345678901\n\n"
     "--12345678901234567890123456789012345678901234567890123456789012345678901\n\none\n"
     "--12345678901234567890123456789012345678901234567890123456789012345678901--\n",
     "0 multipart/mixed; 1 text/plain {one}", BAD_TYPE},
    {"boundary with a bad character",
     "Content-Type: multipart/mixed; boundary=\"b*\"\n\n--b*\n\none\n--b*--\n",
     "0 multipart/mixed; 1 text/plain {one}", BAD_TYPE},
    {"no subtype", "Content-Type: text\n\nwords", "0 text/plain {words}", BAD_TYPE},
    {"nothing", "Content-Type:\n\nwords", "0 text/plain {words}", BAD_TYPE},
    {"text after the type", "Content-Type: text/html charset=utf-8\n\nwords", "0 text/html {words}",
     BAD_TYPE},
    {"comments and blanks", "Content-Type: (a (b)) text / HTML (c) ; (d) charset = utf-8\n\nwords",
     "0 text/html {words}", 0},
    {"forwarded",
     MIXED "--b\nContent-Type: message/rfc822\n\nSubject: x\nContent-Type: multipart/mixed; "
           "boundary=c\n\n--c\n\none\n--b--\n",
     "0 multipart/mixed; 1 message/rfc822; 2 multipart/mixed forwarded; "
     "3 text/plain {one} forwarded",
     0},
    {"digest", "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\none\n--b--\n",
     "0 multipart/digest; 1 message/rfc822; 2 text/plain {one} forwarded", 0},
    {"encoded message is not looked into",
     "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDo=\n",
     "0 message/rfc822 {U3ViamVjdDo=\n}", 0},
    {"attachment",
     MIXED "--b\nContent-Type: application/pdf; name=b.pdf\n"
           "Content-Disposition: attachment; filename=\"a \\\"1\\\".pdf\"\n\nx\n--b--\n",
     "0 multipart/mixed; 1 application/pdf {x} [a \"1\".pdf] attached", 0},
    {"inline", "Content-Type: image/png; name=a.png\nContent-Disposition: inline\n\nx",
     "0 image/png {x} [a.png]", 0},
    {"unquoted name", "Content-Type: image/png; name=my file (1).png\n\nx",
     "0 image/png {x} [my file (1).png]", 0},
    {"encoded-word as name", "Content-Type: image/png; name=\"=?utf-8?q?=C3=A9.png?=\"\n\nx",
     "0 image/png {x} [\xc3\xa9.png]", 0},
    {"RFC 2231 name", "Content-Disposition: attachment; filename*=iso-8859-1'fr'%E9.png\n\nx",
     "0 text/plain {x} [\xc3\xa9.png] attached", 0},
    {"RFC 2231 name in sections",
     "Content-Disposition: attachment; filename*1=\"b%\"; filename*0*=utf-8''%C3%A9;\n"
     " filename*2*=%2Epng\n\nx",
     "0 text/plain {x} [\xc3\xa9"
     "b%.png] attached",
     0},
    {"boundary in sections",
     "Content-Type: multipart/mixed; boundary*0=a; boundary*1=b\n\n--ab\n\none\n--ab--\n",
     "0 multipart/mixed; 1 text/plain {one}", 0},
};

static void test_structure_is_found_as_receivers_see_it(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(structures); i++) {
        print_message("# %s\n", structures[i].what);
        const OvMime *mime = parse(structures[i].raw);
        g_autofree char *found = outline(mime);
        assert_string_equal(found, structures[i].outline);
        guint faults = (mime->bad_content_type ? BAD_TYPE : 0U) |
                       (mime->boundary_missing ? MISSING : 0U) | (mime->not_closed ? UNCLOSED : 0U);
        assert_int_equal(faults, structures[i].faults);
    }
}

static void test_parents_and_headers_are_told(void **state) {
    (void)state;
    const OvMime *mime = parse(MIXED "--b\nContent-ID: <1@example.org>\n\none\n--b--\n");
    assert_int_equal(mime->n_parts, 2);
    assert_null(mime->parts[0].parent);
    assert_ptr_equal(mime->parts[1].parent, &mime->parts[0]);
    const OvField *id = ov_header_find(mime->parts[1].header, OV_FIELD_CONTENT_ID);
    assert_slice(ov_field_unfolded(arena, id), "<1@example.org>");
}

static void test_a_message_that_was_cut_is_not_blamed_for_its_end(void **state) {
    (void)state;
    OvSlice raw = OV_SLICE_LITERAL(MIXED "--b\n\none\n");
    OvMessage *message = ov_message_parse(arena, &envelope, raw, raw.length + 1, 0);
    assert_true(message->cut);
    assert_false(message->mime->not_closed);
    message = ov_message_parse(arena, &envelope, raw, raw.length, 0);
    assert_false(message->cut);
    assert_true(message->mime->not_closed);
}

/* Encoded content and what it says. */
static const struct {
    const char *what, *fields, *body, *text;
    guint bad;
    gboolean unknown;
} contents[] = {
    {"ASCII", "", "Hello\n", "Hello\n", 0, FALSE},
    {"undeclared UTF-8", "", "Caf\xc3\xa9", "Caf\xc3\xa9", 1, FALSE},
    {"undeclared windows-1252", "", "Caf\xe9 \x93", "Caf\xc3\xa9 \xe2\x80\x9c", 2, FALSE},
    {"UTF-8", "Content-Type: text/plain; charset=UTF-8\n", "Caf\xc3\xa9", "Caf\xc3\xa9", 0, FALSE},
    {"UTF-8 that is none", "Content-Type: text/plain; charset=utf-8\n", "a\xe9 \xf0\x9f\x98 b",
     "a\xef\xbf\xbd \xef\xbf\xbd b", 2, FALSE},
    {"Latin-1 stands for windows-1252", "Content-Type: text/plain; charset=\"ISO-8859-1\"\n",
     "\x80\xe9", "\xe2\x82\xac\xc3\xa9", 0, FALSE},
    {"Latin-9", "Content-Type: text/plain; charset=iso-8859-15\n", "\xa4", "\xe2\x82\xac", 0,
     FALSE},
    {"UTF-16", "Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64\n",
     "/v8AQQDp", "A\xc3\xa9", 0, FALSE},
    {"unknown charset", "Content-Type: text/plain; charset=x-klingon\n", "a\xe9", "a\xc3\xa9", 1,
     TRUE},
    {"a converter's option is no charset", "Content-Type: text/plain; charset=utf-16//IGNORE\n",
     "ab", "ab", 0, TRUE},
    {"lying charset", "Content-Type: text/plain; charset=euc-jp\n", "a\xff\xff z",
     "a\xef\xbf\xbd\xef\xbf\xbd z", 2, FALSE},
    {"NUL", "", "a\xc3\xa9", "a\xc3\xa9", 1, FALSE},
    {"quoted-printable", "Content-Transfer-Encoding: Quoted-Printable\n",
     "a=3D=\r\nb  \r\nc=20\r\n=C3=A9", "a=b\r\nc \r\n\xc3\xa9", 1, FALSE},
    {"quoted-printable, broken", "Content-Transfer-Encoding: quoted-printable\n",
     "a=zz =4= =\n\nb=", "a=zz =4= \nb", 0, FALSE},
    {"base64", "Content-Transfer-Encoding: base64\n", "SGVs\r\nbG8=\r\n", "Hello", 0, FALSE},
    {"base64 without padding", "Content-Transfer-Encoding: base64\n", "SGVsbG8", "Hello", 0, FALSE},
    {"base64 in pieces", "Content-Transfer-Encoding: base64\n", "SGU=bGxv", "Hello", 0, FALSE},
    {"base64 with rubbish", "Content-Transfer-Encoding: base64\n", "S!G*V\xffs\nbG8=", "Hello", 0,
     FALSE},
    {"semicolon after the encoding", "Content-Transfer-Encoding: base64;\n", "SGVsbG8=", "Hello", 0,
     FALSE},
    {"unknown encoding", "Content-Transfer-Encoding: rot13\n", "Uryyb", "Uryyb", 0, FALSE},
};

static void test_text_is_decoded_or_says_what_it_could_not(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(contents); i++) {
        print_message("# %s\n", contents[i].what);
        g_autofree char *raw = g_strconcat(contents[i].fields, "\n", contents[i].body, NULL);
        const OvMime *mime = parse(raw);
        guint bad = 99;
        gboolean known = 99;
        OvSlice text = ov_part_text(arena, &mime->parts[0], 1000, &bad, &known);
        assert_slice(text, contents[i].text);
        assert_int_equal(bad, contents[i].bad);
        assert_int_equal(known, !contents[i].unknown);
    }
}

static void test_text_is_cut_between_characters(void **state) {
    (void)state;
    static const char *const fields[] = {
        "Content-Type: text/plain; charset=utf-8\n",
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n",
        "\n",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
        g_autofree char *raw =
            g_strconcat(fields[i], "\n\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac", NULL);
        const OvMime *mime = parse(i == 2 ? raw + 1 : raw);
        for (gsize limit = 0; limit < 12; limit++) {
            guint bad;
            OvSlice text = ov_part_text(arena, &mime->parts[0], limit, &bad, NULL);
            assert_int_equal(text.length, MIN(limit, 9) / 3 * 3);
        }
    }
    const OvMime *mime = parse("Content-Type: text/plain; charset=iso-8859-1\n\n\xe9\xe9\xe9");
    for (gsize limit = 0; limit < 8; limit++)
        assert_int_equal(ov_part_text(arena, &mime->parts[0], limit, NULL, NULL).length,
                         MIN(limit, 6) / 2 * 2);
}

static void test_nul_octets_become_visible(void **state) {
    (void)state;
    OvSlice raw = OV_SLICE_LITERAL("Content-Type: text/plain; charset=utf-8\n\na\0b");
    OvMessage *message = ov_message_parse(arena, &envelope, raw, raw.length, 0);
    assert_slice(ov_part_text(arena, message->mime->parts, 100, NULL, NULL), "a\xef\xbf\xbd"
                                                                             "b");
    OvPartFaults faults;
    ov_part_faults(message->mime->parts, &faults);
    assert_int_equal(faults.nul, 1);
}

static void test_faults_of_the_encoding_are_counted(void **state) {
    (void)state;
    OvPartFaults faults;
    ov_part_faults(parse("Content-Transfer-Encoding: base64\n\nSG!V\r\nbG8=xx\r\n")->parts,
                   &faults);
    assert_int_equal(faults.octets, 10);
    assert_int_equal(faults.foreign, 3);
    g_autofree char *line = g_strnfill(79, 'a');
    g_autofree char *raw = g_strconcat("Content-Transfer-Encoding: quoted-printable\n\n", line,
                                       "\n=zz=3D=\n\xe9", NULL);
    ov_part_faults(parse(raw)->parts, &faults);
    assert_int_equal(faults.long_lines, 1);
    assert_int_equal(faults.foreign, 2);
    assert_int_equal(faults.eight_bit, 1);
}

static void test_faults_of_long_parts_are_counted_octet_by_octet(void **state) {
    (void)state;
    for (gsize length = 120; length < 400; length++) {
        g_autoptr(GString) raw = g_string_new("Content-Transfer-Encoding: 8bit\n\n");
        gsize line_ends = 0, eight_bit = 0, nul = 0;
        for (gsize i = 0; i < length; i++) {
            static const char octets[] = {'a', '\xe9', '\0', '\r', 'b', '\n', '\x80', '\x7f'};
            char octet = octets[i * i % 7 % sizeof octets];
            g_string_append_c(raw, octet);
            line_ends += octet == '\r' || octet == '\n';
            eight_bit += (guchar)octet >= 0x80;
            nul += octet == '\0';
        }
        OvSlice slice = {raw->str, raw->len};
        OvMessage *message = ov_message_parse(arena, &envelope, slice, raw->len, 0);
        OvPartFaults faults;
        ov_part_faults(message->mime->parts, &faults);
        assert_int_equal(faults.octets, length - line_ends);
        assert_int_equal(faults.eight_bit, eight_bit);
        assert_int_equal(faults.nul, nul);
    }
}

static void test_containers_have_no_text(void **state) {
    (void)state;
    const OvMime *mime = parse(MIXED "--b\n\none\n--b--\n");
    assert_int_equal(ov_part_text(arena, &mime->parts[0], 100, NULL, NULL).length, 0);
    assert_int_equal(ov_part_bytes(arena, &mime->parts[0], 100).length, 0);
    assert_slice(ov_part_bytes(arena, &mime->parts[1], 2), "on");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_structure_is_found_as_receivers_see_it),
        cmocka_unit_test(test_parents_and_headers_are_told),
        cmocka_unit_test(test_a_message_that_was_cut_is_not_blamed_for_its_end),
        cmocka_unit_test(test_text_is_decoded_or_says_what_it_could_not),
        cmocka_unit_test(test_text_is_cut_between_characters),
        cmocka_unit_test(test_nul_octets_become_visible),
        cmocka_unit_test(test_faults_of_the_encoding_are_counted),
        cmocka_unit_test(test_faults_of_long_parts_are_counted_octet_by_octet),
        cmocka_unit_test(test_containers_have_no_text),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
