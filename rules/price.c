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

/* Digits with separators between them. */
static const char *amount(const char *p, const char *end) {
    if (p == end || !g_ascii_isdigit(*p))
        return NULL;
    while (p < end && (g_ascii_isdigit(*p) || ((*p == '.' || *p == ',' || *p == '\'') &&
                                               p + 1 < end && g_ascii_isdigit(p[1]))))
        p++;
    return p;
}

static const char *price(const char *p, const char *end) {
    const char *next = currency(p, end);
    if (next)
        return amount(skip_space(next, end), end);
    next = amount(p, end);
    return next ? currency(skip_space(next, end), end) : NULL;
}

OvSlice ov_price_at_start(OvSlice text) {
    const char *end = price(text.data, text.data + text.length);
    return (OvSlice){text.data, end ? (gsize)(end - text.data) : 0};
}

gboolean ov_price_in(OvSlice text) {
    const char *end = text.data + text.length;
    gboolean in_word = FALSE;
    for (const char *p = text.data; p < end;) {
        const char *at = p;
        gboolean word = (ov_character(ov_character_next(&p)) & OV_CHARACTER_WORD) != 0;
        if (!in_word && price(at, end))
            return TRUE;
        in_word = word;
    }
    return FALSE;
}
