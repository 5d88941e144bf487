#include "rules/placeholders.h"

enum { MAX_INSIDE = 60 };

static const struct {
    const char *open;
    const char *close;
} brackets[] = {{"{{", "}}"}, {"${", "}"}, {"*|", "|*"}, {"[[", "]]"}, {"<#", "#>"}};

/* Greetings that always have a name; when a comma follows at once, it is missing. */
static const char *const greetings[] = {"Dear",     "Liebe",    "Lieber", "Cher", "Chère",
                                        "Estimado", "Estimada", "Caro",   "Cara", "Gentile",
                                        "Beste",    "Drogi",    "Droga"};

static const char *bracketed(const char *p, const char *end) {
    for (gsize i = 0; i < G_N_ELEMENTS(brackets); i++) {
        if (end - p < 4 || memcmp(p, brackets[i].open, 2) != 0)
            continue;
        gsize length = strlen(brackets[i].close);
        const char *inside = p + 2;
        for (const char *q = inside; q + length <= end && q - inside <= MAX_INSIDE && *q != '\n';
             q++)
            if (memcmp(q, brackets[i].close, length) == 0)
                return q > inside ? q + length : NULL;
    }
    return NULL;
}

/* %FIRST_NAME%: at least two characters, a letter first. */
static const char *percent_name(const char *p, const char *end) {
    const char *q = p + 1;
    if (q == end || !g_ascii_isupper(*q))
        return NULL;
    while (q < end && (g_ascii_isupper(*q) || g_ascii_isdigit(*q) || *q == '_'))
        q++;
    return q < end && *q == '%' && q - p > 2 ? q + 1 : NULL;
}

/* "Dear ," or "Dear  ,", at the start of a line: the space tells that a name was meant to stand
 * there ("Hi, ..." has none). */
static const char *empty_greeting(const char *p, const char *end) {
    for (gsize i = 0; i < G_N_ELEMENTS(greetings); i++) {
        gsize length = strlen(greetings[i]);
        if ((gsize)(end - p) < length + 2 || memcmp(p, greetings[i], length) != 0)
            continue;
        const char *q = p + length;
        while (q < end && *q == ' ')
            q++;
        if (q > p + length && q < end && *q == ',')
            return q + 1;
    }
    return NULL;
}

guint ov_placeholders_find(OvSlice text, OvSlice *first) {
    guint n = 0;
    const char *end = text.data + text.length;
    for (const char *p = text.data; p < end;) {
        const char *after = NULL;
        if (p == text.data || p[-1] == '\n')
            after = empty_greeting(p, end);
        if (!after && *p == '%')
            after = percent_name(p, end);
        else if (!after && (*p == '{' || *p == '$' || *p == '*' || *p == '[' || *p == '<'))
            after = bracketed(p, end);
        if (!after) {
            p++;
            continue;
        }
        if (n++ == 0 && first)
            *first = (OvSlice){p, (gsize)(after - p)};
        p = after;
    }
    return n;
}
