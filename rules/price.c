#include "rules/price.h"

#include "rules/characters.h"

/* Codes end at a word boundary; signs need none. Longer ones first. */
static const struct {
    const char *text;
    gboolean word;
} currencies[] = {
    {"US$", FALSE},  {"R$", FALSE},  {"€", FALSE},    {"$", FALSE},   {"£", FALSE},  {"¥", FALSE},
    {"EUR", TRUE},   {"USD", TRUE},  {"GBP", TRUE},   {"CHF", TRUE},  {"PLN", TRUE}, {"SEK", TRUE},
    {"NOK", TRUE},   {"DKK", TRUE},  {"CZK", TRUE},   {"zł", TRUE},   {"zl", TRUE},  {"kr", TRUE},
    {"SFr.", FALSE}, {"Fr.", FALSE}, {"euros", TRUE}, {"euro", TRUE},
};

static const char *skip_space(const char *p, const char *end) {
    const char *next = p;
    if (next < end && (ov_character(ov_character_next(&next)) & OV_CHARACTER_SPACE) && *p != '\n')
        return next;
    return p;
}

static const char *currency(const char *p, const char *end) {
    for (gsize i = 0; i < G_N_ELEMENTS(currencies); i++) {
        gsize length = strlen(currencies[i].text);
        if ((gsize)(end - p) < length || g_ascii_strncasecmp(p, currencies[i].text, length) != 0)
            continue;
        const char *after = p + length, *peek = after;
        if (currencies[i].word && after < end &&
            (ov_character(ov_character_next(&peek)) & OV_CHARACTER_LETTER))
            continue;
        return after;
    }
    return NULL;
}

/* Spaces that keep a number together: no-break, narrow no-break, thin. */
static const char *grouping_space(const char *p, const char *end) {
    static const char *const spaces[] = {"\u00A0", "\u202F", "\u2009"};
    for (gsize i = 0; i < G_N_ELEMENTS(spaces); i++) {
        gsize length = strlen(spaces[i]);
        if ((gsize)(end - p) >= length && memcmp(p, spaces[i], length) == 0)
            return p + length;
    }
    return NULL;
}

static gboolean is_group(const char *p, const char *end) {
    return end - p >= 3 && g_ascii_isdigit(p[0]) && g_ascii_isdigit(p[1]) &&
           g_ascii_isdigit(p[2]) && (end - p == 3 || !g_ascii_isdigit(p[3]));
}

/* Digits with separators between them, and the dash that stands for no cents ("99,-"). */
static const char *amount(const char *p, const char *end) {
    if (p == end || !g_ascii_isdigit(*p))
        return NULL;
    while (p < end) {
        const char *group;
        if (g_ascii_isdigit(*p) ||
            ((*p == '.' || *p == ',' || *p == '\'') && p + 1 < end && g_ascii_isdigit(p[1])))
            p++;
        else if ((group = grouping_space(p, end)) && is_group(group, end))
            p = group;
        else
            break;
    }
    if (end - p >= 2 && (*p == ',' || *p == '.') && p[1] == '-')
        return p + 2;
    return p;
}

/* The number in the text of a price. A separator is that of decimals where it is the last one and
 * one or two digits follow it. */
static double value_of(OvSlice text) {
    const char *start = text.data, *end = text.data + text.length, *separator = NULL;
    while (start < end && !g_ascii_isdigit(*start))
        start++;
    while (end > start && !g_ascii_isdigit(end[-1]))
        end--;
    for (const char *p = end; p > start && !separator; p--)
        if (p[-1] == '.' || p[-1] == ',')
            separator = p - 1;
    gboolean decimals = separator && end - separator <= 3;
    double value = 0, weight = 1;
    for (const char *p = start; p < end; p++) {
        if (!g_ascii_isdigit(*p))
            continue;
        if (decimals && p > separator)
            value += (*p - '0') * (weight /= 10);
        else
            value = value * 10 + (*p - '0');
    }
    return value;
}

/* The end of the price that starts at p, or NULL; currency is FALSE where bare takes a number. */
static const char *price(const char *p, const char *end, gboolean bare, gboolean *has_currency) {
    const char *next = currency(p, end);
    *has_currency = TRUE;
    if (next)
        return amount(skip_space(next, end), end);
    const char *number = amount(p, end);
    next = number ? currency(skip_space(number, end), end) : NULL;
    *has_currency = next != NULL;
    return next || !bare ? next : number;
}

OvSlice ov_price_at_start(OvSlice text) {
    gboolean has_currency;
    const char *end = price(text.data, text.data + text.length, FALSE, &has_currency);
    return (OvSlice){text.data, end ? (gsize)(end - text.data) : 0};
}

gboolean ov_price_next(OvSlice text, gboolean bare, gsize *at, OvPrice *found) {
    if (*at >= text.length)
        return FALSE;
    const char *end = text.data + text.length;
    gboolean in_word = FALSE;
    for (const char *p = text.data + *at; p < end;) {
        const char *start = p;
        gboolean word = (ov_character(ov_character_next(&p)) & OV_CHARACTER_WORD) != 0;
        const char *behind = in_word ? NULL : price(start, end, bare, &found->currency);
        if (behind) {
            *at = (gsize)(behind - text.data);
            found->text = (OvSlice){start, (gsize)(behind - start)};
            found->value = value_of(found->text);
            return TRUE;
        }
        in_word = word;
    }
    *at = text.length;
    return FALSE;
}

gboolean ov_price_in(OvSlice text) {
    OvPrice found;
    gsize at = 0;
    return ov_price_next(text, FALSE, &at, &found);
}
