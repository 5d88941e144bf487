/* Messages made to hurt: each is read whole, in bounded time and memory. */
#include "rules/address.h"
#include "rules/date.h"
#include "rules/init.h"
#include "rules/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

/* Sanitizers and busy machines are slow; the figure that is aimed at is 0.3 s. */
static const double cpu_limit = 6.0;
/* Arena bytes allowed for a message: what it says of itself, and its text. */
enum { FIXED_MEMORY = 8 * 1024 * 1024, MEMORY_FACTOR = 3, TEN_MIB = 10 * 1024 * 1024 };

static const OvEnvelope envelope = {0};

static double cpu_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void append_times(GString *text, const char *piece, gsize times) {
    for (gsize i = 0; i < times; i++)
        g_string_append(text, piece);
}

/* Fills up to ten mebibytes. */
static void fill(GString *text, const char *piece) {
    gsize length = strlen(piece);
    while (text->len + length <= TEN_MIB)
        g_string_append_len(text, piece, (gssize)length);
}

/* What a judgement does with a message, and more. */
static void read_all(OvArena *arena, const OvMessage *message) {
    for (guint i = 0; i < message->header->n_fields; i++) {
        const OvField *field = &message->header->fields[i];
        ov_field_text(arena, field);
        if (field->id == OV_FIELD_FROM || field->id == OV_FIELD_TO)
            ov_address_list_parse(arena, field->value);
        if (field->id == OV_FIELD_DATE)
            ov_date_parse(field->value);
    }
    for (guint i = 0; i < message->mime->n_parts; i++) {
        const OvPart *part = &message->mime->parts[i];
        OvSlice text = ov_part_text(arena, part, 256 * 1024, NULL, NULL);
        assert_true(g_utf8_validate(text.data ? text.data : "", (gssize)text.length, NULL));
        OvPartFaults faults;
        ov_part_faults(part, &faults);
    }
}

typedef struct {
    const char *name;
    void (*make)(GString *raw);
    void (*check)(const OvMessage *message);
} Evil;

static void nothing(GString *raw) {
    (void)raw;
}

static void is_empty(const OvMessage *message) {
    assert_int_equal(message->header->n_fields, 0);
    assert_int_equal(message->mime->n_parts, 1);
    assert_int_equal(message->body.length, 0);
}

static void no_header(GString *raw) {
    append_times(raw, "There is no header here, only words.\n", 1000);
}

static void is_all_body(const OvMessage *message) {
    assert_int_equal(message->header->n_fields, 0);
    assert_int_equal(message->body.length, message->raw.length);
}

static void only_header(GString *raw) {
    g_string_append(raw, "Subject: a\r\nFrom: a@example.org\r\n");
}

static void has_no_body(const OvMessage *message) {
    assert_int_equal(message->header->n_fields, 2);
    assert_false(message->header->ended);
    assert_int_equal(message->body.length, 0);
}

static void many_fields(GString *raw) {
    for (guint i = 0; i < 100000; i++)
        g_string_append_printf(raw, "X-Field-%u: %u\r\n", i, i);
    g_string_append(raw, "Subject: the last\r\nSubject: again\r\n\r\nbody\r\n");
}

static void knows_late_fields(const OvMessage *message) {
    assert_true(message->header->n_fields < 20000);
    assert_int_equal(message->header->count[OV_FIELD_SUBJECT], 2);
    const OvField *subject = ov_header_find(message->header, OV_FIELD_SUBJECT);
    assert_true(ov_slice_equal(ov_slice_trim(subject->value), OV_SLICE_LITERAL("the last")));
    assert_true(ov_slice_equal(message->body, OV_SLICE_LITERAL("body\r\n")));
}

static void long_line(GString *raw) {
    g_string_append(raw, "From: ");
    append_times(raw, "(\"<[=?utf-8?q?", 80000);
    g_string_append(raw, "\r\nSubject: ");
    append_times(raw, "=?utf-8?q?", 100000);
    g_string_append(raw, "\r\nDate: ");
    append_times(raw, "(", 1000000);
    g_string_append(raw, "\r\n\r\n");
}

static void has_three_fields(const OvMessage *message) {
    assert_int_equal(message->header->n_fields, 3);
}

static void folded_header(GString *raw) {
    g_string_append(raw, "To: a");
    append_times(raw, "\r\n ,<=?,a@b", 100000);
    g_string_append(raw, "\r\n\r\n");
}

static void has_one_field(const OvMessage *message) {
    assert_int_equal(message->header->n_fields, 1);
}

static void many_mailboxes(GString *raw) {
    g_string_append(raw, "To: ");
    append_times(raw, "a@\xc3\xbc.example,\r\n ", 100000);
    g_string_append(raw, "b@example.org\r\n\r\n");
}

static void many_parts(GString *raw) {
    g_string_append(raw, "Content-Type: multipart/mixed; boundary=b\r\n\r\n");
    append_times(raw, "--b\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\n\xd0\xd2\r\n", 6000);
    g_string_append(raw, "--b--\r\n");
}

static void has_too_many_parts(const OvMessage *message) {
    assert_int_equal(message->mime->n_parts, OV_MIME_MAX_PARTS);
    assert_true(message->mime->too_many);
}

static void nest(GString *raw, guint levels) {
    for (guint i = 0; i < levels; i++)
        g_string_append_printf(raw, "Content-Type: multipart/mixed; boundary=\"b%u\"\n\n--b%u\n", i,
                               i);
}

static void deep_nesting(GString *raw) {
    nest(raw, 1000);
    g_string_append(raw, "\ntext\n");
}

static void is_too_deep(const OvMessage *message) {
    assert_true(message->mime->too_deep);
    assert_true(message->mime->n_parts <= OV_MIME_MAX_DEPTH + 1);
}

static void deep_messages(GString *raw) {
    append_times(raw, "Content-Type: message/rfc822\n\n", 100000);
}

static void boundary_lines(GString *raw) {
    nest(raw, 1000);
    g_string_append_c(raw, '\n');
    fill(raw, "--b\n--\n--b1--x\n");
}

static void matching_lines(GString *raw) {
    nest(raw, 99);
    g_string_append_c(raw, '\n');
    fill(raw, "--b98\n");
}

static void dashes(GString *raw) {
    nest(raw, 50);
    g_string_append_c(raw, '\n');
    fill(raw, "--------------------------------");
}

/* Headers without end, which every level would read again. */
static void endless_part_headers(GString *raw) {
    for (guint chain = 0; chain < 40; chain++) {
        g_string_append_printf(raw, chain ? "--o\n"
                                          : "Content-Type: multipart/mixed; boundary=o\n\n--o\n");
        for (guint i = 0; i < 99; i++)
            g_string_append_printf(raw, "Content-Type: multipart/mixed; boundary=\"c%u\"\n--c%u\n",
                                   i, i);
        append_times(raw, "a:\n", 10000);
    }
}

static void lost_boundary(GString *raw) {
    g_string_append(raw, "Content-Type: multipart/mixed; boundary=\"never\"\n\n");
    fill(raw, "\n--nearly\n");
}

static void misses_boundary(const OvMessage *message) {
    assert_true(message->mime->boundary_missing);
    assert_int_equal(message->mime->n_parts, 1);
}

static void lying_charset(GString *raw) {
    g_string_append(raw, "Content-Type: text/plain; charset=iso-2022-jp\n"
                         "Content-Transfer-Encoding: 8bit\n\n");
    fill(raw, "\xff\xfe\x1b$B\x80 plain \xe9");
}

static void lying_utf16(GString *raw) {
    g_string_append(raw, "Content-Type: text/plain; charset=utf-16be\n\n");
    fill(raw, "\xd8\x41\xdc");
}

static void unknown_charset(GString *raw) {
    g_string_append(raw, "Content-Type: text/plain; charset=\"//TRANSLIT//IGNORE,klingon\"\n\n");
    fill(raw, "\xe9\xe8\n");
}

static void not_utf8(GString *raw) {
    g_string_append(raw, "Content-Type: text/plain; charset=utf-8\n\n");
    fill(raw, "\xc3\xc3\x28\xf0\x9f\x98 ");
}

static void nul_octets(GString *raw) {
    g_string_append(raw, "Subject: a");
    g_string_append_len(raw, "\0\0", 2);
    g_string_append(raw, "b\n\n");
    while (raw->len < TEN_MIB)
        g_string_append_len(raw, "\0--\0\n", 5);
}

static void keeps_subject(const OvMessage *message) {
    OvArena *arena = ov_arena_new();
    const OvField *subject = ov_header_find(message->header, OV_FIELD_SUBJECT);
    assert_string_equal(ov_field_text(arena, subject).data, "a\xef\xbf\xbd\xef\xbf\xbd"
                                                            "b");
    ov_arena_free(arena);
}

static void bad_base64(GString *raw) {
    g_string_append(raw, "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n");
    fill(raw, "=Q=U=\xff?J\nD");
}

static void bad_quoted_printable(GString *raw) {
    g_string_append(raw,
                    "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n");
    fill(raw, "==X=\n= \t \n=4");
}

static void blanks(GString *raw) {
    g_string_append(raw, "Content-Transfer-Encoding: quoted-printable\n\n");
    fill(raw, "                                ");
}

static void empty_lines(GString *raw) {
    g_string_append(raw, "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n");
    fill(raw, "\n");
}

static void large_body(GString *raw) {
    g_string_append(raw, "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
                         "Content-Transfer-Encoding: base64\r\n\r\n");
    fill(raw, "VGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcyBvdmVyIHRoZSBsYXp5IGRvZy4gVGhlIHF1aWNrIGJy\r\n");
    g_string_append(raw, "--b--\r\n");
}

static void large_header(GString *raw) {
    fill(raw, "a:\n");
}

static void many_parameters(GString *raw) {
    g_string_append(raw, "Content-Type: text/plain");
    for (guint i = 0; i < 100000; i++)
        g_string_append_printf(raw, ";\r\n name*%u*=utf-8''%%41", i);
    g_string_append(raw, "\r\n\r\n");
}

static const Evil evils[] = {
    {"nothing", nothing, is_empty},
    {"no header", no_header, is_all_body},
    {"only header", only_header, has_no_body},
    {"100,000 fields", many_fields, knows_late_fields},
    {"1 MB header lines", long_line, has_three_fields},
    {"1 MB folded header", folded_header, has_one_field},
    {"100,000 mailboxes", many_mailboxes, has_one_field},
    {"100,000 parameters", many_parameters, has_one_field},
    {"6,000 parts", many_parts, has_too_many_parts},
    {"1,000 multiparts nested", deep_nesting, is_too_deep},
    {"100,000 messages nested", deep_messages, is_too_deep},
    {"boundary lines without end", boundary_lines, is_too_deep},
    {"parts without content", matching_lines, has_too_many_parts},
    {"one line of dashes", dashes, NULL},
    {"part headers without end", endless_part_headers, NULL},
    {"a boundary that never comes", lost_boundary, misses_boundary},
    {"lying ISO-2022-JP", lying_charset, NULL},
    {"lying UTF-16", lying_utf16, NULL},
    {"an unknown charset", unknown_charset, NULL},
    {"broken UTF-8", not_utf8, NULL},
    {"NUL octets", nul_octets, keeps_subject},
    {"bad base64", bad_base64, NULL},
    {"bad quoted-printable", bad_quoted_printable, NULL},
    {"blanks without end", blanks, NULL},
    {"empty lines", empty_lines, NULL},
    {"a large attachment", large_body, NULL},
    {"10 MiB of header", large_header, NULL},
};

static void test_evil_messages_are_read_in_bounded_time_and_memory(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(evils); i++) {
        g_autoptr(GString) made = g_string_new(NULL);
        evils[i].make(made);
        /* A buffer of exactly that size lets a sanitizer see one octet too far. */
        g_autofree char *raw = made->len > 0 ? g_memdup2(made->str, made->len) : NULL;
        g_autoptr(OvArena) arena = ov_arena_new();
        double start = cpu_seconds();
        OvMessage *message =
            ov_message_parse(arena, &envelope, (OvSlice){raw, made->len}, made->len, 0);
        double parsed = cpu_seconds();
        read_all(arena, message);
        double done = cpu_seconds();
        gsize used = ov_arena_used(arena);
        print_message("# %-30s %8" G_GSIZE_FORMAT " octets, parsed %6.1f ms, read %6.1f ms, "
                      "%9" G_GSIZE_FORMAT " octets of memory\n",
                      evils[i].name, made->len, (parsed - start) * 1e3, (done - parsed) * 1e3,
                      used);
        assert_true(done - start < cpu_limit);
        assert_true(used < FIXED_MEMORY + MEMORY_FACTOR * made->len);
        if (evils[i].check)
            evils[i].check(message);
    }
}

static void test_a_deadline_stops_the_walk(void **state) {
    (void)state;
    g_autoptr(GString) raw = g_string_new(NULL);
    boundary_lines(raw);
    g_autoptr(OvArena) arena = ov_arena_new();
    gint64 past = g_get_monotonic_time() - 1;
    OvMessage *message =
        ov_message_parse(arena, &envelope, (OvSlice){raw->str, raw->len}, raw->len, past);
    assert_true(message->mime->late);
    assert_true(message->mime->n_parts > 0);
}

static int set_up(void **state) {
    (void)state;
    ov_rules_init();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_evil_messages_are_read_in_bounded_time_and_memory),
        cmocka_unit_test(test_a_deadline_stops_the_walk),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
