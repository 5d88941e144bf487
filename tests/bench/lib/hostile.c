#include "tests/bench/lib/hostile.h"

#include <string.h>

/* In a case's text MANY stands where its repetitions go (half of the size each where it stands
 * twice), COUNT in them for a number that is another each time. */
#define MANY  "\x11"
#define COUNT "\x12"

typedef enum { PLAIN, BASE64, BASE64_ONE_LINE, QUOTED } Coding;

typedef struct {
    const char *name;
    Coding coding; /* of all behind the header */
    const char *frame;
    const char *repeated, *then; /* for the first and the second MANY; then may be NULL */
} Case;

static const Case CASES[] = {
#define CASE(name, coding, frame, repeated, then) {name, coding, frame, repeated, then},
#include "tests/bench/lib/hostile.def"
#undef CASE
};

guint ov_hostile_n(void) {
    return G_N_ELEMENTS(CASES);
}

const char *ov_hostile_name(guint number) {
    return CASES[number].name;
}

/* Every phrase of every list, a line each. */
static char *all_phrases(void) {
    const char *source = g_getenv("OUTVET_SOURCE");
    g_autofree char *path = g_build_filename(source ? source : ".", "rules", "phrases", NULL);
    g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
    g_autoptr(GString) all = g_string_new(NULL);
    for (const char *name; directory && (name = g_dir_read_name(directory));) {
        g_autofree char *file = g_build_filename(path, name, NULL), *text = NULL;
        if (!g_file_get_contents(file, &text, NULL, NULL))
            continue;
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        for (char **line = lines; *line; line++)
            if (**line && **line != '#' && strlen(*line) > 2)
                g_string_append_printf(all, "%s.\r\n", *line + ((*line)[1] == ' ' ? 2 : 0));
    }
    return g_string_free(g_steal_pointer(&all), FALSE);
}

static void repeat(GString *out, const char *text, gsize until) {
    const char *count = strstr(text, COUNT);
    gsize length = strlen(text);
    for (guint n = 1; length > 0 && out->len < until; n++) {
        if (!count) {
            g_string_append_len(out, text, (gssize)length);
            continue;
        }
        for (const char *at = text; *at; at++)
            if (*at == *COUNT)
                g_string_append_printf(out, "%u", n);
            else
                g_string_append_c(out, *at);
    }
}

/* text as base64 in lines, or in one. */
static void append_base64(GString *out, const char *text, gsize length, gboolean lines) {
    g_autofree char *coded = g_base64_encode((const guchar *)text, length);
    gsize total = strlen(coded), line = lines ? 76 : total;
    for (gsize at = 0; at < total; at += line) {
        g_string_append_len(out, coded + at, (gssize)MIN(line, total - at));
        g_string_append(out, "\r\n");
    }
}

static void append_quoted(GString *out, const char *text, gsize length) {
    for (gsize i = 0; i < length; i++)
        g_string_append_printf(out, "=%02X%s", (guint8)text[i], i % 24 == 23 ? "=\r\n" : "");
}

GString *ov_hostile_make(guint number, gsize size) {
    const Case *one = &CASES[number];
    static const gsize grown[] = {[PLAIN] = 1, [BASE64] = 4, [BASE64_ONE_LINE] = 4, [QUOTED] = 3};
    gsize room =
        one->coding == PLAIN ? size : size / grown[one->coding] * (one->coding < QUOTED ? 3 : 1);
    g_autofree char *phrases = g_str_equal(one->repeated, "phrases") ? all_phrases() : NULL;
    g_autoptr(GString) plain = g_string_new(NULL);
    const char *first = strstr(one->frame, MANY), *second = strstr(first + 1, MANY);
    g_string_append_len(plain, one->frame, first - one->frame);
    repeat(plain, phrases ? phrases : one->repeated, second ? room / 2 : room);
    if (second) {
        g_string_append_len(plain, first + 1, second - first - 1);
        repeat(plain, one->then, room);
    }
    if (one->coding != PLAIN) {
        const char *body = strstr(plain->str, "\r\n\r\n") + 4;
        gsize head = (gsize)(body - plain->str), length = plain->len - head;
        g_autoptr(GString) coded = g_string_new_len(plain->str, (gssize)head);
        if (one->coding == QUOTED)
            append_quoted(coded, body, length);
        else
            append_base64(coded, body, length, one->coding == BASE64);
        g_string_truncate(coded, MIN(coded->len, size));
        return g_steal_pointer(&coded);
    }
    g_string_truncate(plain, MIN(plain->len, size));
    return g_steal_pointer(&plain);
}
