/* Small pages and their visible text as Chromium gives it (tests/data/html). */
#include "rules/html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct {
    char *name;
    GString *text;
} Section;

static void section_free(gpointer data) {
    Section *section = data;
    g_free(section->name);
    g_string_free(section->text, TRUE);
    g_free(section);
}

/* Writes {U+0041} as the character that it stands for. */
static void append_unescaped(GString *text, const char *line) {
    while (*line) {
        if (g_str_has_prefix(line, "{U+")) {
            char *end;
            gunichar c = (gunichar)strtoul(line + 3, &end, 16);
            g_assert_true(*end == '}');
            g_string_append_unichar(text, c);
            if (c == 0)
                text->str[text->len - 1] = '\0';
            line = end + 1;
        } else {
            g_string_append_c(text, *line++);
        }
    }
}

/* The sections of a file below lines "=== name". */
static GPtrArray *read_sections(const char *file) {
    g_autofree char *path =
        g_build_filename(g_getenv("OUTVET_SOURCE"), "tests", "data", "html", file, NULL);
    g_autofree char *content = NULL;
    g_autoptr(GError) error = NULL;
    if (!g_file_get_contents(path, &content, NULL, &error))
        g_error("%s", error->message);
    GPtrArray *sections = g_ptr_array_new_with_free_func(section_free);
    g_auto(GStrv) lines = g_strsplit(content, "\n", -1);
    for (guint i = 0; lines[i] && (lines[i][0] || lines[i + 1]); i++) {
        if (g_str_has_prefix(lines[i], "=== ")) {
            Section *section = g_new0(Section, 1);
            section->name = g_strdup(lines[i] + 4);
            section->text = g_string_new(NULL);
            g_ptr_array_add(sections, section);
        } else if (sections->len > 0) {
            GString *text = ((Section *)sections->pdata[sections->len - 1])->text;
            if (i > 0 && !g_str_has_prefix(lines[i - 1], "=== "))
                g_string_append_c(text, '\n');
            append_unescaped(text, lines[i]);
        }
    }
    return sections;
}

/* White space, no-break spaces too, folded to single spaces; none at the ends. */
static char *fold(const char *text, gsize length) {
    GString *folded = g_string_new(NULL);
    for (gsize i = 0; i < length; i++) {
        gboolean wide = i + 1 < length && memcmp(text + i, "\302\240", 2) == 0;
        i += wide ? 1 : 0;
        if (!wide && !strchr(" \t\r\n\f", text[i] ? text[i] : 'x'))
            g_string_append_c(folded, text[i]);
        else if (folded->len > 0 && folded->str[folded->len - 1] != ' ')
            g_string_append_c(folded, ' ');
    }
    if (folded->len > 0 && folded->str[folded->len - 1] == ' ')
        g_string_truncate(folded, folded->len - 1);
    return g_string_free(folded, FALSE);
}

static char *read_folded(const GString *page) {
    g_autoptr(OvArena) arena = ov_arena_new();
    OvHtml *html = ov_html_read(arena, (OvSlice){page->str, page->len}, 0);
    assert_true(g_utf8_validate_len(html->text.data, html->text.length, NULL) ||
                memchr(page->str, '\0', page->len));
    return fold(html->text.data, html->text.length);
}

/* What is expected instead of Chromium's text: "why\ntext"; NULL where nothing is. */
static const char *difference_of(const GPtrArray *differences, const char *subject,
                                 const char *name) {
    g_autofree char *full = g_strdup_printf("%s: %s", subject, name);
    for (guint i = 0; i < differences->len; i++) {
        const Section *section = differences->pdata[i];
        if (g_str_equal(section->name, full))
            return strchr(section->text->str, '\n') + 1;
    }
    return NULL;
}

static void test_visible_text_is_that_of_chromium(void **state) {
    (void)state;
    static const char *const subjects[] = {"blocks", "broken",  "comments", "entities", "hidden",
                                           "mail",   "scripts", "styles",   "tables"};
    g_autoptr(GPtrArray) differences = read_sections("differences");
    guint n = 0, wrong = 0, explained = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(subjects); i++) {
        g_autofree char *cases_file = g_strconcat(subjects[i], ".cases", NULL);
        g_autofree char *expected_file = g_strconcat(subjects[i], ".expected", NULL);
        g_autoptr(GPtrArray) cases = read_sections(cases_file);
        g_autoptr(GPtrArray) expected = read_sections(expected_file);
        assert_int_equal(cases->len, expected->len);
        for (guint j = 0; j < cases->len; j++, n++) {
            const Section *page = cases->pdata[j], *answer = expected->pdata[j];
            assert_string_equal(page->name, answer->name);
            const char *different = difference_of(differences, subjects[i], page->name);
            g_autofree char *wanted = different ? fold(different, strlen(different))
                                                : fold(answer->text->str, answer->text->len);
            g_autofree char *given = read_folded(page->text);
            explained += different != NULL;
            if (g_str_equal(wanted, given))
                continue;
            wrong++;
            print_error("%s: %s:\n  wanted [%s]\n  got    [%s]\n", subjects[i], page->name, wanted,
                        given);
        }
    }
    assert_true(n >= 150);
    assert_int_equal(explained, differences->len);
    if (wrong > 0)
        fail_msg("%u of %u pages have another text", wrong, n);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_visible_text_is_that_of_chromium)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
