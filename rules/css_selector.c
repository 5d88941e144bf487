#include "rules/css_selector.h"

#include "rules/names.h"

enum { WEIGHT_ID = 1 << 16, WEIGHT_CLASS = 1 << 8, WEIGHT_TAG = 1 };

/* Classes and elements of CSS that begin with a colon. */
static const char *const pseudo_names[] = {
    "active",
    "after",
    "any-link",
    "autofill",
    "backdrop",
    "before",
    "checked",
    "default",
    "dir",
    "disabled",
    "empty",
    "enabled",
    "first-child",
    "first-letter",
    "first-line",
    "first-of-type",
    "focus",
    "focus-visible",
    "focus-within",
    "has",
    "hover",
    "in-range",
    "indeterminate",
    "invalid",
    "is",
    "lang",
    "last-child",
    "last-of-type",
    "link",
    "marker",
    "not",
    "nth-child",
    "nth-last-child",
    "nth-last-of-type",
    "nth-of-type",
    "only-child",
    "only-of-type",
    "optional",
    "out-of-range",
    "placeholder",
    "placeholder-shown",
    "read-only",
    "read-write",
    "required",
    "root",
    "scope",
    "selection",
    "target",
    "valid",
    "visited",
    "where",
};

typedef struct {
    OvArena *arena;
    OvSlice text;
    gsize at;
    OvSelectorResult result;
    guint32 weight;
} Reader;

static char peek(const Reader *reader) {
    return reader->at < reader->text.length ? reader->text.data[reader->at] : '\0';
}

static gboolean is_name_octet(char c) {
    return g_ascii_isalnum(c) || c == '-' || c == '_' || (guchar)c >= 0x80;
}

static gboolean skip_space(Reader *reader) {
    gsize start = reader->at;
    while (g_ascii_isspace(peek(reader)))
        reader->at++;
    return reader->at > start;
}

/* A name, escapes decoded; empty where there is none. */
static OvSlice read_name(Reader *reader) {
    gsize start = reader->at;
    while (is_name_octet(peek(reader)))
        reader->at++;
    if (peek(reader) != '\\')
        return (OvSlice){reader->text.data + start, reader->at - start};
    char *name = ov_arena_alloc(reader->arena, 2 * (reader->text.length - start) + 8);
    gsize length = reader->at - start;
    memcpy(name, reader->text.data + start, length);
    while (is_name_octet(peek(reader)) || peek(reader) == '\\') {
        if (peek(reader) != '\\') {
            name[length++] = reader->text.data[reader->at++];
            continue;
        }
        gunichar c;
        reader->at = ov_css_escape(reader->text, reader->at, &c);
        length += (gsize)g_unichar_to_utf8(c, name + length);
    }
    return (OvSlice){name, length};
}

/* A later result never makes an earlier one better. */
static void worsen(Reader *reader, OvSelectorResult result) {
    reader->result = MAX(reader->result, result);
}

static void read_test(Reader *reader, OvSelectorPart *part) {
    OvSelectorTest test = {.sign = '\0'};
    reader->at++;
    skip_space(reader);
    test.name = read_name(reader);
    skip_space(reader);
    char c = peek(reader);
    if (c && strchr("~|^$*", c)) {
        test.sign = c;
        reader->at++;
    } else if (c == '=') {
        test.sign = '=';
    }
    if (test.sign && peek(reader) == '=') {
        reader->at++;
        skip_space(reader);
        c = peek(reader);
        if (c == '"' || c == '\'') {
            gsize start = ++reader->at;
            while (reader->at < reader->text.length && peek(reader) != c)
                reader->at++;
            test.value = (OvSlice){reader->text.data + start, reader->at - start};
            reader->at += reader->at < reader->text.length;
        } else {
            test.value = read_name(reader);
        }
        skip_space(reader);
    } else if (test.sign) {
        worsen(reader, OV_SELECTOR_WRONG);
    }
    if (peek(reader) != ']' || test.name.length == 0)
        worsen(reader, OV_SELECTOR_WRONG);
    else
        reader->at++;
    reader->weight += WEIGHT_CLASS;
    if (part->n_tests < OV_SELECTOR_MAX_TESTS)
        part->tests[part->n_tests++] = test;
    else
        worsen(reader, OV_SELECTOR_NEVER);
}

static void read_pseudo(Reader *reader, OvSelectorPart *part) {
    static OvNames names = {.names = pseudo_names, .n = G_N_ELEMENTS(pseudo_names)};
    gboolean element = FALSE;
    reader->at++;
    if (peek(reader) == ':') {
        element = TRUE;
        reader->at++;
    }
    OvSlice name = read_name(reader);
    if (peek(reader) == '(') {
        reader->at = ov_css_skip(reader->text, reader->at + 1, OV_CSS_AT_ROUND);
        reader->at += reader->at < reader->text.length;
    }
    gboolean vendor = name.length > 8 && g_ascii_strncasecmp(name.data, "-webkit-", 8) == 0;
    if (ov_names_find(&names, name) == names.n && !vendor) {
        worsen(reader, OV_SELECTOR_WRONG);
    } else if (!element && (ov_slice_equal_nocase(name, ov_slice("link")) ||
                            ov_slice_equal_nocase(name, ov_slice("any-link")))) {
        part->link = TRUE;
        reader->weight += WEIGHT_CLASS;
    } else if (!element && ov_slice_equal_nocase(name, ov_slice("root"))) {
        part->any_tag = FALSE;
        part->tag = OV_TAG_HTML;
        reader->weight += WEIGHT_CLASS;
    } else {
        worsen(reader, OV_SELECTOR_NEVER);
    }
}

static void read_part(Reader *reader, OvSelectorPart *part) {
    gsize start = reader->at;
    *part = (OvSelectorPart){.any_tag = TRUE};
    if (peek(reader) == '*') {
        reader->at++;
    } else if (is_name_octet(peek(reader)) || peek(reader) == '\\') {
        part->any_tag = FALSE;
        part->name = read_name(reader);
        part->tag = ov_tag_find(part->name);
        reader->weight += WEIGHT_TAG;
    }
    for (;;) {
        char c = peek(reader);
        if (c == '.') {
            reader->at++;
            OvSlice name = read_name(reader);
            if (name.length == 0)
                worsen(reader, OV_SELECTOR_WRONG);
            reader->weight += WEIGHT_CLASS;
            if (part->n_classes < OV_SELECTOR_MAX_CLASSES)
                part->classes[part->n_classes++] = name;
            else
                worsen(reader, OV_SELECTOR_NEVER);
        } else if (c == '#') {
            reader->at++;
            part->id = read_name(reader);
            if (part->id.length == 0)
                worsen(reader, OV_SELECTOR_WRONG);
            reader->weight += WEIGHT_ID;
        } else if (c == '[') {
            read_test(reader, part);
        } else if (c == ':') {
            read_pseudo(reader, part);
        } else {
            break;
        }
    }
    if (reader->at == start)
        worsen(reader, OV_SELECTOR_WRONG);
}

OvSelectorResult ov_selector_read(OvArena *arena, OvSlice text, OvSelector *selector) {
    Reader reader = {.arena = arena, .text = ov_slice_trim(text)};
    OvSelectorPart parts[OV_SELECTOR_MAX_PARTS];
    guint n = 0;
    gboolean child = FALSE;
    while (reader.result != OV_SELECTOR_WRONG) {
        if (n == OV_SELECTOR_MAX_PARTS)
            return OV_SELECTOR_NEVER;
        read_part(&reader, &parts[n]);
        parts[n++].child = child;
        child = FALSE;
        gboolean space = skip_space(&reader);
        char c = peek(&reader);
        if (reader.at == reader.text.length)
            break;
        if (c == '>' || c == '+' || c == '~') {
            child = c == '>';
            if (!child)
                worsen(&reader, OV_SELECTOR_NEVER);
            reader.at++;
            skip_space(&reader);
        } else if (!space) {
            worsen(&reader, OV_SELECTOR_WRONG);
        }
    }
    if (reader.result != OV_SELECTOR_READ)
        return reader.result;
    OvSelectorPart *kept = OV_ARENA_NEW(arena, OvSelectorPart, n);
    memcpy(kept, parts, sizeof *parts * n);
    *selector = (OvSelector){.parts = kept, .n_parts = n, .weight = reader.weight};
    return OV_SELECTOR_READ;
}

static gboolean is_same(OvSlice a, OvSlice b, gboolean fold_case) {
    return fold_case ? ov_slice_equal_nocase(a, b) : ov_slice_equal(a, b);
}

static gboolean has_word(OvSlice words, OvSlice word, gboolean fold_case) {
    gsize at = 0;
    while (at < words.length) {
        gsize start = at;
        while (at < words.length && !g_ascii_isspace(words.data[at]))
            at++;
        if (at - start == word.length &&
            is_same((OvSlice){words.data + start, at - start}, word, fold_case))
            return TRUE;
        while (at < words.length && g_ascii_isspace(words.data[at]))
            at++;
    }
    return FALSE;
}

static gboolean test_holds(const OvSelectorTest *test, const OvToken *token) {
    for (guint i = 0; i < token->n_attributes; i++) {
        if (!ov_slice_equal_nocase(token->attributes[i].name, test->name))
            continue;
        OvSlice value = token->attributes[i].value, wanted = test->value;
        if (!test->sign)
            return TRUE;
        if (test->sign == '=')
            return ov_slice_equal(value, wanted);
        if (test->sign == '~')
            return wanted.length > 0 && has_word(value, wanted, FALSE);
        if (wanted.length == 0 || value.length < wanted.length)
            return FALSE;
        OvSlice head = {value.data, wanted.length};
        OvSlice tail = {value.data + value.length - wanted.length, wanted.length};
        switch (test->sign) {
        case '|':
            return ov_slice_equal(head, wanted) &&
                   (value.length == wanted.length || value.data[wanted.length] == '-');
        case '^':
            return ov_slice_equal(head, wanted);
        case '$':
            return ov_slice_equal(tail, wanted);
        default:
            return memmem(value.data, value.length, wanted.data, wanted.length) != NULL;
        }
    }
    return FALSE;
}

/* token is NULL for what is not the element itself: its attributes are not kept. */
static gboolean part_matches(const OvSelectorPart *part, const OvCssSubject *subject,
                             const OvToken *token, gboolean fold_case) {
    if (!part->any_tag &&
        (part->tag != subject->tag ||
         (part->tag == OV_TAG_UNKNOWN && !ov_slice_equal_nocase(part->name, subject->name))))
        return FALSE;
    if (part->id.length > 0 && !is_same(part->id, subject->id, fold_case))
        return FALSE;
    for (guint i = 0; i < part->n_classes; i++)
        if (!has_word(subject->classes, part->classes[i], fold_case))
            return FALSE;
    if ((part->n_tests > 0 || part->link) && !token)
        return FALSE;
    if (part->link && (subject->tag != OV_TAG_A || !ov_token_has(token, OV_ATTRIBUTE_HREF)))
        return FALSE;
    for (guint i = 0; i < part->n_tests; i++)
        if (!test_holds(&part->tests[i], token))
            return FALSE;
    return TRUE;
}

static gint work_of(const OvCssSubject *subject) {
    return 1 + (gint)(subject->classes.length / 16);
}

gboolean ov_selector_matches(const OvSelector *selector, const OvCssSubject *subjects, guint n,
                             const OvToken *token, gboolean fold_case, gint *work_left) {
    guint part = selector->n_parts - 1, at = n - 1;
    *work_left -= work_of(&subjects[at]);
    if (!part_matches(&selector->parts[part], &subjects[at], token, fold_case))
        return FALSE;
    /* From inside out. A part that must be the very parent and is not sends the search back to the
     * last one that may be any ancestor. */
    guint retry_part = 0, retry_at = 0;
    while (part > 0) {
        gboolean child = selector->parts[part].child;
        gboolean found = FALSE;
        part--;
        while (at > 0 && !found) {
            at--;
            *work_left -= work_of(&subjects[at]);
            found = part_matches(&selector->parts[part], &subjects[at], NULL, fold_case);
            if (child)
                break;
        }
        if (found && !child) {
            retry_part = part + 1;
            retry_at = at;
        }
        if (found)
            continue;
        if (!child || retry_at == 0 || *work_left <= 0)
            return FALSE;
        part = retry_part;
        at = retry_at;
        retry_at = 0;
    }
    return TRUE;
}
