#include "rules/subject.h"

#include "rules/characters.h"
#include "rules/disguise_word.h"

enum { MAX_TAG = 40, MAX_PREFIXES = 20 };

enum {
    ZWNJ = 0x200C,
    ZWJ = 0x200D,
    SOFT_HYPHEN = 0xAD,
    BLACK_FLAG = 0x1F3F4,
    TAGS = 0xE0000,
};

static const char *skip_space(const char *p, const char *end) {
    while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    return p;
}

/* The end of "[2]", "(2)", "^2" or nothing, white space, colon; NULL where no colon follows. */
static const char *prefix_end(const char *p, const char *end) {
    const char *q = skip_space(p, end);
    if (q < end && (*q == '[' || *q == '(' || *q == '^')) {
        char close = *q == '[' ? ']' : *q == '(' ? ')' : 0;
        q++;
        while (q < end && g_ascii_isdigit(*q))
            q++;
        if (close && (q == end || *q++ != close))
            return NULL;
    }
    q = skip_space(q, end);
    return q < end && *q == ':' ? q + 1 : NULL;
}

static const char *tag_end(const char *p, const char *end) {
    if (p == end || *p != '[')
        return NULL;
    guint characters = 0;
    for (const char *q = p + 1; q < end && characters <= MAX_TAG; q = g_utf8_next_char(q)) {
        if (*q == ']')
            return characters > 0 ? q + 1 : NULL;
        characters++;
    }
    return NULL;
}

OvSubjectParts ov_subject_parts(OvSlice text, const OvSubjectPrefix *candidates, guint n) {
    OvSubjectParts parts = {0};
    const char *end = text.data + text.length, *p = skip_space(text.data, end);
    guint next = 0;
    for (guint i = 0; i < MAX_PREFIXES; i++) {
        const char *after = tag_end(p, end);
        if (after) {
            if (parts.tag.length == 0)
                parts.tag = (OvSlice){p, (gsize)(after - p)};
            p = skip_space(after, end);
            continue;
        }
        guint32 offset = (guint32)(p - text.data);
        while (next < n && candidates[next].range.start < offset)
            next++;
        const OvSubjectPrefix *prefix = NULL;
        for (guint j = next; j < n && candidates[j].range.start == offset && !after; j++) {
            prefix = &candidates[j];
            after = prefix_end(text.data + prefix->range.end, end);
        }
        if (!after)
            break;
        parts.forward |= prefix->forward;
        parts.reply |= !prefix->forward;
        if (parts.prefixes.length == 0)
            parts.prefixes.data = p;
        parts.prefixes.length = (gsize)(after - parts.prefixes.data);
        p = skip_space(after, end);
    }
    parts.topic = ov_slice_trim((OvSlice){p, (gsize)(end - p)});
    return parts;
}

static gboolean regional(gunichar c) {
    return c >= 0x1F1E6 && c <= 0x1F1FF;
}

static gboolean part_of_cluster(gunichar c) {
    return c == ZWJ || c == ZWNJ || (c >= 0xFE00 && c <= 0xFE0F) ||
           (c >= 0x1F3FB && c <= 0x1F3FF) || (c >= TAGS && c < TAGS + 0x80) ||
           (ov_character(c) & OV_CHARACTER_MARK);
}

OvSubjectSigns ov_subject_signs(OvSlice text) {
    OvSubjectSigns signs = {0};
    gunichar before = 0;
    gboolean half_flag = FALSE;
    const char *end = text.data + text.length;
    for (const char *p = text.data; p < end;) {
        gunichar c = ov_character_next(&p);
        guint kind = ov_character(c);
        if (half_flag && regional(c)) {
            half_flag = FALSE;
        } else if (!part_of_cluster(c) && before != ZWJ) {
            signs.characters++;
            half_flag = regional(c);
            if (kind & OV_CHARACTER_WORD)
                signs.signs += ov_character_ideographic(c) ? 2 : 1;
            else if (ov_character_emoji(c))
                signs.emoji++;
        }
        before = c;
    }
    return signs;
}

/* Regional indicators and the signs of blood groups and parking places are no letters. */
static gboolean styled(gunichar c) {
    return (c >= 0x1D400 && c <= 0x1D7CB) || (c >= 0x249C && c <= 0x24E9) ||
           (c >= 0x1F110 && c <= 0x1F169 && c != 0x1F12F);
}

guint ov_styled_letters(OvSlice text) {
    guint n = 0;
    if (text.length == 0)
        return 0;
    for (const char *p = text.data, *end = p + text.length; p < end;)
        n += styled(ov_character_next(&p)) ? 1 : 0;
    return n;
}

/* Scripts whose letters take other forms by joiners: Arabic, Syriac, N'Ko, Brahmi's, Mongolian. */
static gboolean takes_joiners(gunichar c) {
    return (c >= 0x0600 && c <= 0x07FF) || (c >= 0x0900 && c <= 0x0DFF) ||
           (c >= 0x1000 && c <= 0x109F) || (c >= 0x1780 && c <= 0x18AF) ||
           (c >= 0xFB50 && c <= 0xFDFF) || (c >= 0xFE70 && c <= 0xFEFC);
}

static gboolean bidi_control(gunichar c) {
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

static gboolean joiner(gunichar c) {
    return c == ZWJ || c == ZWNJ;
}

static gboolean tag(gunichar c) {
    return c >= TAGS && c < TAGS + 0x80;
}

/* Controls but for white space, and characters without width. */
static gboolean hidden(gunichar c) {
    return (c < 0x20 && c != '\t' && c != '\r' && c != '\n') || (c >= 0x7F && c < 0xA0) ||
           c == 0x200B || (c >= 0x2060 && c <= 0x2064) || c == 0xFEFF || c == 0x034F || c == 0x180E;
}

/* Variation selectors beyond the first 16, which only ideographs have. */
static gboolean selector(gunichar c) {
    return c >= 0xE0100 && c <= 0xE01EF;
}

/* Soft hyphens as no syllables have them: around single letters. */
static guint odd_soft_hyphens(OvSlice text) {
    guint n = 0;
    while (text.length > 0 && memmem(text.data, text.length, "\u00AD", strlen("\u00AD"))) {
        OvWord word;
        if (!ov_word_next(text, &word, &text) && text.length > 0 &&
            g_utf8_get_char(text.data) == RIGHT_TO_LEFT_OVERRIDE) {
            text.data += strlen("\u202E");
            text.length -= strlen("\u202E");
        }
        n += word.lone_letters > 0 ? word.soft_hyphens : 0;
    }
    return n;
}

guint ov_subject_invisible(OvSlice text) {
    guint bidi = 0, other = 0;
    gboolean right_to_left = FALSE, flag = FALSE;
    gunichar before = 0;
    const char *end = text.data + text.length;
    for (const char *p = text.data; p < end;) {
        gunichar c = ov_character_next(&p);
        right_to_left |= ov_character_right_to_left(c);
        if (bidi_control(c)) {
            bidi++;
        } else if (joiner(c)) {
            gboolean joins = takes_joiners(before) || ov_character_emoji(before) ||
                             (before >= 0xFE00 && before <= 0xFE0F);
            other += !joins;
        } else if (tag(c)) {
            other += !flag;
        } else if (hidden(c) || (selector(c) && !ov_character_ideographic(before))) {
            other++;
        }
        flag = c == BLACK_FLAG || (flag && tag(c));
        before = c;
    }
    return other + (right_to_left ? 0 : bidi) + odd_soft_hyphens(text);
}

OvSlice ov_subject_visible(OvArena *arena, OvSlice text) {
    char *visible = ov_arena_alloc(arena, text.length);
    char *to = visible;
    const char *end = text.data + text.length;
    for (const char *p = text.data; p < end;) {
        const char *at = p;
        gunichar c = ov_character_next(&p);
        if (bidi_control(c) || joiner(c) || tag(c) || hidden(c) || selector(c) || c == SOFT_HYPHEN)
            continue;
        memcpy(to, at, (gsize)(p - at));
        to += p - at;
    }
    return (OvSlice){visible, (gsize)(to - visible)};
}

/* Top-level domains that subjects name hosts in; others need a scheme, www. or a path. */
static const char *const domains[] = {
    "com", "net", "org", "info", "biz", "eu",  "de",   "at",   "ch",     "fr",   "be",
    "lu",  "es",  "it",  "pt",   "nl",  "pl",  "uk",   "ie",   "us",     "ca",   "co",
    "io",  "tv",  "app", "dev",  "xyz", "top", "shop", "club", "online", "site", "store",
    "br",  "mx",  "ru",  "cz",   "se",  "no",  "dk",   "fi",   "example"};

static gboolean known_domain(const char *label, gsize length) {
    for (gsize i = 0; i < G_N_ELEMENTS(domains); i++)
        if (strlen(domains[i]) == length && g_ascii_strncasecmp(domains[i], label, length) == 0)
            return TRUE;
    return FALSE;
}

/* Length of the host name that word starts with, its last label a known domain; else 0. */
static gsize host_length(const char *word, gsize length) {
    gsize n = 0, dot = 0;
    while (n < length && (g_ascii_isalnum(word[n]) || word[n] == '-' || word[n] == '.')) {
        if (word[n] == '.') {
            if (n == 0 || word[n - 1] == '.')
                return 0;
            dot = n;
        }
        n++;
    }
    return dot > 0 && known_domain(word + dot + 1, n - dot - 1) ? n : 0;
}

static gboolean is_url(const char *word, gsize length) {
    const char *scheme = memmem(word, length, "://", 3);
    if (scheme && scheme > word && g_ascii_isalpha(scheme[-1]))
        return TRUE;
    if (length > 4 && g_ascii_strncasecmp(word, "www.", 4) == 0)
        return TRUE;
    if (memchr(word, '@', length))
        return FALSE;
    gsize host = host_length(word, length);
    return host > 0 && host + 1 < length && (word[host] == '/' || word[host] == '?');
}

OvSlice ov_subject_url(OvSlice text) {
    const char *end = text.data + text.length;
    for (const char *p = text.data; p < end; p++) {
        const char *start = p;
        while (p < end && !strchr(" \t\r\n<>\"", *p))
            p++;
        const char *last = p;
        while (start < last && strchr("([{'", *start))
            start++;
        while (last > start && strchr(")]}'.,;:!?", last[-1]))
            last--;
        if (last > start && is_url(start, (gsize)(last - start)))
            return (OvSlice){start, (gsize)(last - start)};
    }
    return (OvSlice){"", 0};
}
