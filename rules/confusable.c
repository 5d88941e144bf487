#include "rules/confusable.h"

#include <idn2.h>

#include "rules/lookalike.h"

enum {
    MAX_LABEL = 63,
    MAX_HOST = 255,
    MAX_SKELETON = 4 * MAX_LABEL,
    MOST_PAIRS = 3, /* that look like one letter, in a name */
};

static const OvSlice imitated[] = {
#define NAME(label) OV_SLICE_LITERAL(label),
#define ALSO(label, name)
#define ORDINARY(name)
#include "rules/imitated_names.def"
#undef ORDINARY
#undef ALSO
#undef NAME
};

static gboolean is_a_label(OvSlice label) {
    return label.length > 4 && memcmp(label.data, "xn--", 4) == 0;
}

/* The label in Unicode, in out; 0 where it is no valid A-label. */
static gsize decode_label(OvSlice label, char out[MAX_SKELETON]) {
    char name[MAX_LABEL + 1];
    if (label.length > MAX_LABEL)
        return 0;
    memcpy(name, label.data, label.length);
    name[label.length] = '\0';
    char *unicode = NULL;
    if (idn2_to_unicode_8z8z(name, &unicode, 0) != IDN2_OK)
        return 0;
    gsize length = strlen(unicode);
    if (length < MAX_SKELETON)
        memcpy(out, unicode, length + 1);
    idn2_free(unicode);
    return length < MAX_SKELETON ? length : 0;
}

typedef enum {
    LATIN = 1 << 0,
    HAN = 1 << 1,
    KANA = 1 << 2,
    BOPOMOFO = 1 << 3,
    HANGUL = 1 << 4,
    OTHER = 1 << 5,
} Script;

static guint script_of(gunichar c, GUnicodeScript *other) {
    GUnicodeScript script = g_unichar_get_script(c);
    switch (script) {
    case G_UNICODE_SCRIPT_COMMON:
    case G_UNICODE_SCRIPT_INHERITED:
        return 0;
    case G_UNICODE_SCRIPT_LATIN:
        return LATIN;
    case G_UNICODE_SCRIPT_HAN:
        return HAN;
    case G_UNICODE_SCRIPT_HIRAGANA:
    case G_UNICODE_SCRIPT_KATAKANA:
        return KANA;
    case G_UNICODE_SCRIPT_BOPOMOFO:
        return BOPOMOFO;
    case G_UNICODE_SCRIPT_HANGUL:
        return HANGUL;
    default:
        break;
    }
    guint found = OTHER;
    if (*other != G_UNICODE_SCRIPT_INVALID_CODE && *other != script)
        found |= LATIN; /* two others: mixed, whatever else there is */
    *other = script;
    return found;
}

static gboolean mixes_scripts(const char *text, gsize length) {
    guint found = 0;
    GUnicodeScript other = G_UNICODE_SCRIPT_INVALID_CODE;
    for (const char *p = text; p < text + length; p = g_utf8_next_char(p))
        found |= script_of(g_utf8_get_char(p), &other);
    if (found & OTHER)
        return found != OTHER;
    guint eastern = found & (guint) ~(LATIN | HAN);
    return (eastern & (eastern - 1)) != 0; /* more than one of the three */
}

/* Takes the first label off host. */
static OvSlice take_label(OvSlice *host) {
    const char *dot = memchr(host->data, '.', host->length);
    OvSlice label = {host->data, dot ? (gsize)(dot - host->data) : host->length};
    gsize taken = label.length + (dot ? 1 : 0);
    host->data += taken;
    host->length -= taken;
    return label;
}

gboolean ov_host_mixes_scripts(OvSlice host) {
    char unicode[MAX_SKELETON];
    while (host.length > 0) {
        OvSlice label = take_label(&host);
        if (is_a_label(label) && mixes_scripts(unicode, decode_label(label, unicode)))
            return TRUE;
    }
    return FALSE;
}

typedef struct {
    char text[MAX_SKELETON];
    gsize length;    /* 0 where a letter looks like no Latin one */
    gboolean marked; /* a letter had an accent */
} Shape;

/* What a label looks like, in Latin small letters without accents. */
static Shape shape_of(const char *text, gsize length) {
    Shape shape = {.length = 0};
    char *out = shape.text;
    gsize n = 0;
    for (const char *p = text; p < text + length && n < MAX_SKELETON; p = g_utf8_next_char(p)) {
        gunichar base[G_UNICHAR_MAX_DECOMPOSITION_LENGTH], c = (guchar)*p;
        if (c >= 128) {
            gsize parts =
                g_unichar_fully_decompose(g_utf8_get_char(p), FALSE, base, G_N_ELEMENTS(base));
            c = base[0];
            gboolean mark = g_unichar_ismark(c);
            shape.marked = shape.marked || parts > 1 || mark;
            if (mark)
                continue;
        }
        char like = c < 128 ? (char)c : ov_lookalike(c);
        if (!like)
            return (Shape){.length = 0};
        out[n++] = like == '1' ? 'l' : like == '0' ? 'o' : like;
    }
    /* Pairs that look like one letter. */
    for (gsize i = 0; i < n; i++) {
        gboolean pair = i + 1 < n;
        if (pair && out[i] == 'r' && out[i + 1] == 'n')
            out[shape.length++] = 'm', i++;
        else if (pair && out[i] == 'v' && out[i + 1] == 'v')
            out[shape.length++] = 'w', i++;
        else
            out[shape.length++] = out[i];
    }
    return shape;
}

/* A label of ASCII that can't look like another one, as most are. */
static gboolean is_unlike_others(OvSlice label) {
    for (gsize i = 0; i < label.length; i++) {
        char c = label.data[i], next = i + 1 < label.length ? label.data[i + 1] : '\0';
        if (c == '0' || c == '1' || (c == 'r' && next == 'n') || (c == 'v' && next == 'v'))
            return FALSE;
    }
    return TRUE;
}

static gboolean may_be(char shaped, char letter) {
    return shaped == letter || g_ascii_isdigit(letter);
}

static gboolean has_pair(OvSlice name) {
    for (gsize i = 0; i + 1 < name.length; i++)
        if ((name.data[i] == 'r' && name.data[i + 1] == 'n') ||
            (name.data[i] == 'v' && name.data[i + 1] == 'v'))
            return TRUE;
    return FALSE;
}

/* Without taking the name's shape: most names are told apart by their length, first or last letter.
 */
static gboolean may_look_like(const Shape *shape, OvSlice name) {
    if (name.length > shape->length) /* pairs in it made its shape shorter */
        return name.length - shape->length <= MOST_PAIRS && has_pair(name);
    gsize last = name.length - 1;
    return name.length == shape->length && may_be(shape->text[0], name.data[0]) &&
           may_be(shape->text[last], name.data[last]);
}

static gboolean looks_like(const Shape *shape, OvSlice label, OvSlice name) {
    if (name.length == 0 || name.length > MAX_LABEL || shape->length == 0 || is_a_label(name) ||
        ov_slice_equal(label, name) || !may_look_like(shape, name))
        return FALSE;
    /* Most names have no such pair, and look like themselves alone. */
    if (is_unlike_others(name))
        return name.length == shape->length && memcmp(shape->text, name.data, name.length) == 0;
    Shape other = shape_of(name.data, name.length);
    return other.length == shape->length && memcmp(shape->text, other.text, other.length) == 0;
}

OvSlice ov_imitated_name(OvSlice label, const OvSlice *names, guint n_names) {
    enum { LEAST_LETTERS = 3, LEAST_WITH_ACCENT = 5 };
    OvSlice none = {NULL, 0};
    char text[MAX_SKELETON];
    gsize length = label.length;
    if (label.length > MAX_LABEL || (!is_a_label(label) && is_unlike_others(label)))
        return none;
    if (is_a_label(label))
        length = decode_label(label, text);
    else
        memcpy(text, label.data, label.length);
    Shape shape = shape_of(text, length);
    if (shape.length < (shape.marked ? LEAST_WITH_ACCENT : LEAST_LETTERS))
        return none;
    /* With and without its accents a name is often one house's. */
    for (guint i = 0; i < n_names && !shape.marked; i++)
        if (looks_like(&shape, label, names[i]))
            return names[i];
    for (gsize i = 0; i < G_N_ELEMENTS(imitated); i++)
        if (looks_like(&shape, label, imitated[i]))
            return imitated[i];
    return none;
}

OvSlice ov_name_like(OvSlice text) {
    if (text.length == 0 || text.length > MAX_LABEL)
        return (OvSlice){NULL, 0};
    Shape shape = shape_of(text.data, text.length);
    for (gsize i = 0; i < G_N_ELEMENTS(imitated) && shape.length > 0; i++) {
        if (ov_slice_equal(text, imitated[i]) || looks_like(&shape, text, imitated[i]))
            return imitated[i];
    }
    return (OvSlice){NULL, 0};
}

OvSlice ov_host_readable(OvArena *arena, OvSlice host) {
    char name[MAX_HOST + 1];
    if (host.length == 0 || host.length > MAX_HOST || !memmem(host.data, host.length, "xn--", 4))
        return host;
    memcpy(name, host.data, host.length);
    name[host.length] = '\0';
    char *unicode = NULL;
    if (idn2_to_unicode_8z8z(name, &unicode, 0) != IDN2_OK)
        return host;
    OvSlice readable = ov_arena_dup(arena, ov_slice(unicode));
    idn2_free(unicode);
    return readable;
}
