#include "rules/placeholders.h"

enum { MAX_INSIDE = 60 };

typedef enum {
    ANY_WORDS,   /* nobody else writes these brackets */
    FIELD_WORDS, /* many do */
} Inside;

static const struct {
    const char *open;
    const char *close;
    Inside inside;
} brackets[] = {
    {"{{", "}}", ANY_WORDS},   {"*|", "|*", ANY_WORDS}, {"<#", "#>", ANY_WORDS},
    {"{%", "%}", ANY_WORDS},   {"%%", "%%", ANY_WORDS}, {"${", "}", FIELD_WORDS},
    {"[[", "]]", FIELD_WORDS}, {"{", "}", FIELD_WORDS},
};

/* What fields are called, blanks and signs left out. */
static const char *const fields[] = {
    "achternaam",     "anrede",     "apellido",     "apellidos", "cognome",     "company",
    "companyname",    "email",      "emailaddress", "firma",     "firstname",   "fname",
    "fullname",       "greeting",   "imie",         "lastname",  "lname",       "nachname",
    "name",           "nazwisko",   "nom",          "nombre",    "nome",        "prenom",
    "recipient",      "salutation", "sobrenome",    "surname",   "unsubscribe", "unsubscribelink",
    "unsubscribeurl", "voornaam",   "vorname",
};

/* What data bases put before them. */
static const char *const owners[] = {"contact",   "customer",   "client", "lead", "member",
                                     "recipient", "subscriber", "user",   "your"};

/* Names that Windows gives its own. */
static const char *const windows[] = {
    "ALLUSERSPROFILE",
    "APPDATA",
    "COMPUTERNAME",
    "COMSPEC",
    "ERRORLEVEL",
    "HOMEDRIVE",
    "HOMEPATH",
    "LOCALAPPDATA",
    "LOGONSERVER",
    "OS",
    "PATH",
    "PATHEXT",
    "PROCESSOR_ARCHITECTURE",
    "PROGRAMDATA",
    "PROGRAMFILES",
    "PUBLIC",
    "RANDOM",
    "SYSTEMDRIVE",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "USERDOMAIN",
    "USERNAME",
    "USERPROFILE",
    "WINDIR",
};

/* Greetings that always have a name; when a comma follows at once, it is missing. */
static const char *const greetings[] = {"Dear",     "Liebe",    "Lieber", "Cher", "Chère",
                                        "Estimado", "Estimada", "Caro",   "Cara", "Gentile",
                                        "Beste",    "Drogi",    "Droga"};

static gboolean is_one_of(OvSlice word, const char *const *words, gsize n) {
    for (gsize i = 0; i < n; i++)
        if (ov_slice_equal(word, ov_slice(words[i])))
            return TRUE;
    return FALSE;
}

static gboolean is_words(OvSlice inside) {
    inside = ov_slice_trim(inside);
    if (inside.length == 0 || !g_ascii_isalpha(inside.data[0]))
        return FALSE;
    for (gsize i = 0; i < inside.length; i++)
        if (!g_ascii_isalnum(inside.data[i]) && (guint8)inside.data[i] < 0x80 &&
            !strchr(" ._-|:'\"()", inside.data[i]))
            return FALSE;
    return TRUE;
}

static gboolean is_field(OvSlice inside) {
    char letters[MAX_INSIDE];
    OvSlice word = {letters, 0};
    for (gsize i = 0; i < inside.length; i++) {
        if (g_ascii_isalnum(inside.data[i]))
            letters[word.length++] = g_ascii_tolower(inside.data[i]);
        else if (inside.data[i] == '\0' || !strchr(" ._-!$#", inside.data[i]))
            return FALSE;
    }
    if (is_one_of(word, fields, G_N_ELEMENTS(fields)))
        return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(owners); i++) {
        gsize length = strlen(owners[i]);
        if (word.length > length && memcmp(letters, owners[i], length) == 0)
            return is_one_of((OvSlice){letters + length, word.length - length}, fields,
                             G_N_ELEMENTS(fields));
    }
    return FALSE;
}

static const char *bracketed(const char *p, const char *end, gsize kind) {
    gsize length = strlen(brackets[kind].close);
    const char *inside = p + strlen(brackets[kind].open);
    for (const char *q = inside; q + length <= end && q - inside < MAX_INSIDE && *q != '\n'; q++) {
        if (*q == '{' || *q == '[' || *q == '<')
            return NULL; /* another one begins, so this one has no end */
        if (memcmp(q, brackets[kind].close, length) != 0)
            continue;
        OvSlice words = {inside, (gsize)(q - inside)};
        gboolean fits = brackets[kind].inside == ANY_WORDS ? is_words(words) : is_field(words);
        return fits ? q + length : NULL;
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
    OvSlice name = {p + 1, (gsize)(q - p) - 1};
    return q < end && *q == '%' && name.length > 1 &&
                   !is_one_of(name, windows, G_N_ELEMENTS(windows))
               ? q + 1
               : NULL;
}

/* "Dear ," or "Dear  ,", at the start of a line: the space tells that a name was meant to stand
 * there ("Hi, ..." has none). */
static const char *empty_greeting(const char *p, const char *end) {
    for (gsize i = 0; i < G_N_ELEMENTS(greetings); i++) {
        if (*p != greetings[i][0])
            continue;
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

/* The end of the field at p, or NULL; before: the character before it. */
static const char *field_at(const char *p, const char *end, char before) {
    const char *after = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(brackets) && !after; i++) {
        const char *open = brackets[i].open;
        /* ${{ }} is of build scripts. */
        if (*p == open[0] && (!open[1] || (p + 1 < end && p[1] == open[1])) &&
            !(*p == '{' && before == '$'))
            after = bracketed(p, end, i);
    }
    return !after && *p == '%' ? percent_name(p, end) : after;
}

/* What a field begins with, and the line end that a greeting stands behind. */
static const guint8 begins[256] = {
    ['\n'] = 1, ['{'] = 1, ['%'] = 1, ['$'] = 1, ['['] = 1, ['*'] = 1, ['<'] = 1};

guint ov_placeholders_find(OvSlice text, OvSlice *first) {
    guint n = 0;
    const char *end = text.data + text.length, *p = text.data;
    const char *after = text.length > 0 ? empty_greeting(p, end) : NULL;
    while (p < end) {
        if (!after && !begins[(guint8)*p]) {
            p++;
            continue;
        }
        if (!after && *p != '\n')
            after = field_at(p, end, p > text.data ? p[-1] : '\n');
        if (after && n++ == 0 && first)
            *first = (OvSlice){p, (gsize)(after - p)};
        gboolean line_ended = !after && *p == '\n';
        p = after ? after : p + 1;
        after = line_ended && p < end ? empty_greeting(p, end) : NULL;
    }
    return n;
}
