#include "rules/plain_links.h"

#include "rules/characters.h"
#include "rules/zones_internal.h"

enum { MAX_SCHEME = 16, MAX_LOCAL = 64 };

typedef struct {
    OvArena *arena;
    const char *text; /* start of the whole text */
    OvPlainLink *links;
    guint n, room;
    gboolean quoted;
} Finder;

static guint32 count_visible(const char *from, const char *end) {
    guint32 n = 0;
    while (from < end)
        n += (ov_character(ov_character_next(&from)) & OV_CHARACTER_VISIBLE) != 0;
    return n;
}

static void add(Finder *finder, const char *from, const char *end, gboolean mail) {
    if (finder->n == OV_PLAIN_MAX_LINKS)
        return;
    if (finder->n == finder->room) {
        guint room = MAX(8, finder->room * 2);
        OvPlainLink *links = ov_arena_alloc(finder->arena, sizeof *links * room);
        if (finder->n > 0)
            memcpy(links, finder->links, sizeof *links * finder->n);
        finder->links = links;
        finder->room = room;
    }
    finder->links[finder->n++] = (OvPlainLink){
        .address = {from, (gsize)(end - from)},
        .start = (guint32)(from - finder->text),
        .mail = mail,
        .quoted = finder->quoted,
    };
}

/* Where an address that starts at from ends: at white space, a bracket or quote, and at a
 * character that no one puts into an address without escaping it. */
static const char *address_end(const char *from, const char *end) {
    const char *p = from;
    while (p < end) {
        const char *next = p;
        gunichar c = ov_character_next(&next);
        if (c < 128 ? c <= ' ' || c == 127 || strchr("<>\"`{}|\\", (int)c)
                    : !(ov_character(c) & (OV_CHARACTER_WORD | OV_CHARACTER_MARK)) ||
                          ov_character_ideographic(c))
            break;
        p = next;
    }
    /* A closing bracket belongs to it when it opens one too. */
    gsize open = 0, closed = 0;
    for (const char *q = from; q < p; q++) {
        open += *q == '(';
        closed += *q == ')';
    }
    while (p > from) {
        char last = p[-1];
        if (last == ')' ? closed <= open : !strchr(".,;:!?'*]_~", last))
            break;
        closed -= last == ')';
        p--;
    }
    return p;
}

static gboolean is_scheme(const char *from, const char *end) {
    static const char *const schemes[] = {"http", "https", "ftp", "file"};
    OvSlice scheme = {from, (gsize)(end - from)};
    for (gsize i = 0; i < G_N_ELEMENTS(schemes); i++)
        if (ov_slice_equal_nocase(scheme, ov_slice(schemes[i])))
            return TRUE;
    return FALSE;
}

/* The end of a web address that has its :// or www. at mark, or NULL where there is none; linked
 * grows by its visible characters. */
static const char *take_web(Finder *finder, const char *line, const char *mark, const char *end,
                            guint32 *linked) {
    const char *start = mark;
    if (*mark == ':') {
        while (start > line && mark - start < MAX_SCHEME && g_ascii_isalpha(start[-1]))
            start--;
        if (!is_scheme(start, mark))
            return NULL;
    } else if (mark > line && (g_ascii_isalnum(mark[-1]) || strchr("@./-_", mark[-1]))) {
        return NULL;
    }
    const char *stop = address_end(start, end);
    if (stop - mark < 5)
        return NULL;
    add(finder, start, stop, FALSE);
    *linked += count_visible(start, stop);
    return stop;
}

static gboolean is_local(char c) {
    return g_ascii_isalnum(c) || (c && strchr(".!#$%&*+-/=?^_~", c));
}

/* The same of a mail address that has its @ at mark. */
static const char *take_mail(Finder *finder, const char *line, const char *mark, const char *end) {
    const char *start = mark, *stop = mark + 1;
    while (start > line && mark - start < MAX_LOCAL && is_local(start[-1]))
        start--;
    gboolean dot = FALSE;
    while (stop < end &&
           (g_ascii_isalnum(*stop) || *stop == '-' || *stop == '.' || (guchar)*stop >= 128)) {
        dot = dot || *stop == '.';
        stop++;
    }
    while (stop > mark + 1 && (stop[-1] == '.' || stop[-1] == '-'))
        stop--;
    if (start == mark || stop - mark < 5 || !dot)
        return NULL;
    add(finder, start, stop, TRUE);
    return stop;
}

/* The next octet of a line that an address may be told by: the : of ://, the w of www., or @. */
static const char *next_mark(const char *from, const char *end) {
    for (const char *p = from; p < end; p++) {
        if (*p == '@')
            return p;
        if (*p == ':' && end - p > 3 && p[1] == '/' && p[2] == '/')
            return p;
        if ((*p == 'w' || *p == 'W') && end - p > 4 && g_ascii_strncasecmp(p, "www.", 4) == 0)
            return p;
    }
    return NULL;
}

/* Finds the addresses of a line; returns visible characters in web addresses. */
static guint32 take_line(Finder *finder, OvSlice line) {
    guint32 linked = 0;
    const char *from = line.data, *end = line.data + line.length;
    while (from < end) {
        const char *mark = next_mark(from, end);
        if (!mark)
            break;
        const char *stop = *mark == '@' ? take_mail(finder, from, mark, end)
                                        : take_web(finder, from, mark, end, &linked);
        from = stop ? stop : mark + 1;
    }
    return linked;
}

OvPlainLinks ov_plain_links(OvArena *arena, OvSlice text) {
    Finder finder = {.arena = arena, .text = text.data};
    OvPlainLinks result = {.links = NULL};
    gboolean below_divider = FALSE;
    while (text.length > 0) {
        OvSlice line = ov_take_line(&text);
        below_divider = below_divider || ov_quotation_starts(line, text);
        finder.quoted = below_divider || ov_line_is_quoted(line);
        guint32 visible = count_visible(line.data, line.data + line.length);
        guint32 linked = take_line(&finder, line);
        if (finder.quoted) {
            result.visible_quoted += visible;
        } else {
            result.visible += visible;
            result.visible_linked += linked;
        }
    }
    result.links = finder.links;
    result.n_links = finder.n;
    return result;
}
