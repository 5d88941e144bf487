#include "rules/contact_details.h"

#include "rules/characters.h"

enum { MOST_GROUPS = 8, LEAST_DIGITS = 9, MOST_DIGITS = 15, INTERNATIONAL_DIGITS = 8 };

typedef struct {
    guint n; /* groups of digits */
    guint digits[MOST_GROUPS];
    guint total;
    gboolean slashes; /* a separator is / or . */
    const char *end;
} Groups;

static gboolean is_separator(char c) {
    return c == ' ' || c == '-' || c == '.' || c == '/' || c == '(' || c == ')' || c == '{' ||
           c == '}';
}

/* Groups of digits with up to three separators between them, on one line; no further ones where
 * these are too many digits. */
static Groups read_groups(const char *p, const char *end) {
    Groups groups = {.end = p};
    while (groups.n < MOST_GROUPS && groups.total <= MOST_DIGITS) {
        const char *start = p;
        guint separators = 0;
        gboolean slash = FALSE;
        while (p < end && separators < 3) {
            gsize length = is_separator(*p) ? 1 : 0;
            if (end - p >= 2 && memcmp(p, "\u00A0", 2) == 0)
                length = 2;
            if (length == 0)
                break;
            slash |= *p == '/' || *p == '.';
            p += length;
            separators++;
        }
        if (p == end || !g_ascii_isdigit(*p) || (groups.n > 0 && separators == 0))
            break;
        start = p;
        while (p < end && g_ascii_isdigit(*p))
            p++;
        groups.digits[groups.n++] = (guint)(p - start);
        groups.total += (guint)(p - start);
        groups.slashes |= slash && groups.n > 1;
        groups.end = p;
    }
    return groups;
}

static gboolean is_date(const Groups *groups) {
    return groups->n >= 3 && ((groups->digits[0] <= 2 && groups->digits[1] <= 2) ||
                              (groups->digits[0] == 4 && groups->digits[1] <= 2));
}

static gboolean is_north_american(const Groups *groups, const char *start) {
    guint first = groups->n == 4 && groups->digits[0] == 1 && *start == '1' ? 1 : 0;
    return groups->n == first + 3 && groups->digits[first] == 3 && groups->digits[first + 1] == 3 &&
           groups->digits[first + 2] == 4;
}

/* The end of the telephone number that starts at p, or NULL. */
static const char *telephone(const char *p, const char *end) {
    gboolean international = *p == '+' || (end - p > 3 && memcmp(p, "00", 2) == 0 && p[2] != '0');
    const char *start = p + (*p == '+');
    if (start == end || (*p != '+' && *p != '(' && !g_ascii_isdigit(*p)))
        return NULL;
    Groups groups = read_groups(start, end);
    if (groups.n == 0 || groups.total > MOST_DIGITS)
        return NULL;
    if (*p == '+')
        return groups.total >= INTERNATIONAL_DIGITS ? groups.end : NULL;
    if (is_north_american(&groups, *start == '(' ? start + 1 : start))
        return groups.end;
    const char *digit = *start == '(' ? start + 1 : start;
    if (digit == end || *digit != '0' || groups.n < 2 || groups.total < LEAST_DIGITS)
        return NULL;
    return international || groups.digits[0] > 2 || !is_date(&groups) || !groups.slashes
               ? groups.end
               : NULL;
}

static gboolean is_capital_at(const char *p, const char *end) {
    return p < end && (ov_character(g_utf8_get_char(p)) & OV_CHARACTER_UPPER) != 0;
}

/* A place's name: a capital and two more letters at least. */
static const char *place(const char *p, const char *end) {
    if (!is_capital_at(p, end))
        return NULL;
    guint letters = 0;
    for (const char *next = p; p < end; p = next, letters++)
        if (!(ov_character(ov_character_next(&next)) & OV_CHARACTER_LETTER))
            break;
    return letters >= 3 ? p : NULL;
}

static guint count_digits(const char *p, const char *end) {
    guint n = 0;
    while (p + n < end && g_ascii_isdigit(p[n]))
        n++;
    return n;
}

/* "10115 Berlin", "D-10115 Berlin", "1012 AB Amsterdam", "00-950 Warszawa", "4000-123 Porto". */
static const char *code_before_place(const char *p, const char *end) {
    for (guint i = 0; i < 2 && p < end && g_ascii_isupper(*p); i++)
        if (p + 1 + i < end && p[1 + i] == '-') {
            p += 2 + i;
            break;
        }
    guint digits = count_digits(p, end);
    if (digits < 2 || digits > 6)
        return NULL;
    gboolean year = digits == 4 && (memcmp(p, "19", 2) == 0 || memcmp(p, "20", 2) == 0);
    p += digits;
    gboolean two_parts = end - p > 3 && *p == '-' && count_digits(p + 1, end) == 3;
    if (two_parts)
        p += 4;
    else if (digits < 4 || year)
        return NULL;
    if (p == end || *p != ' ')
        return NULL;
    p++;
    if (digits == 4 && end - p > 3 && g_ascii_isupper(p[0]) && g_ascii_isupper(p[1]) && p[2] == ' ')
        p += 3;
    return place(p, end);
}

/* "SW1A 1AA". */
static const char *british_code(const char *p, const char *end) {
    guint letters = 0, others = 0;
    while (p < end && letters < 2 && g_ascii_isupper(*p))
        p++, letters++;
    if (letters == 0 || p == end || !g_ascii_isdigit(*p))
        return NULL;
    while (p < end && others < 2 && (g_ascii_isdigit(*p) || g_ascii_isupper(*p)))
        p++, others++;
    if (end - p < 4 || *p != ' ' || !g_ascii_isdigit(p[1]) || !g_ascii_isupper(p[2]) ||
        !g_ascii_isupper(p[3]) || (end - p > 4 && g_ascii_isalnum(p[4])))
        return NULL;
    return p + 4;
}

/* ", IL 62701" behind a place; p is at the comma. */
static const char *american_code(const char *p, const char *end) {
    if (end - p < 10 || memcmp(p, ", ", 2) != 0 || !g_ascii_isupper(p[2]) || !g_ascii_isupper(p[3]))
        return NULL;
    p += 4;
    while (p < end && *p == ' ')
        p++;
    return count_digits(p, end) == 5 ? p + 5 : NULL;
}

/* p is inside a number: a date, an amount. */
static gboolean is_inside_number(const char *start, const char *p) {
    return p - start >= 2 && g_ascii_isdigit(p[-2]) && p[-1] && strchr("./-,'", p[-1]);
}

/* The octet before p ends a word. */
static gboolean is_in_word(const char *start, const char *p) {
    if (p == start)
        return FALSE;
    return (ov_character(g_utf8_get_char(g_utf8_prev_char(p))) & OV_CHARACTER_WORD) != 0;
}

OvSlice ov_contact_details_telephone(OvSlice text) {
    const char *end = text.data + text.length;
    for (const char *p = text.data; p < end; p++) {
        if (!g_ascii_isdigit(*p) && *p != '+' && *p != '(')
            continue;
        if (is_in_word(text.data, p) || is_inside_number(text.data, p))
            continue;
        const char *found = telephone(p, end);
        if (found)
            return (OvSlice){p, (gsize)(found - p)};
    }
    return (OvSlice){NULL, 0};
}

OvSlice ov_contact_details_find(OvSlice text) {
    if (text.length == 0)
        return text;
    const char *end = text.data + text.length;
    gboolean in_word = FALSE, line_start = TRUE;
    for (const char *p = text.data; p < end;) {
        const char *start = p, *found = NULL;
        gboolean word = (ov_character(ov_character_next(&p)) & OV_CHARACTER_WORD) != 0;
        if (!in_word && !is_inside_number(text.data, start))
            found = telephone(start, end);
        if (!found && !in_word && line_start)
            found = code_before_place(start, end);
        if (!found && !in_word)
            found = british_code(start, end);
        if (!found && *start == ',')
            found = american_code(start, end);
        if (found)
            return (OvSlice){start, (gsize)(found - start)};
        in_word = word;
        if (word || *start == '\n' || *start == ',' || *start == '|')
            line_start = !word;
    }
    return (OvSlice){NULL, 0};
}
