#include "rules/percent.h"

#include "rules/characters.h"
#include "rules/price.h"

enum { CUE_NEAR = 45, PRICE_NEAR = 60, MAX_DIGITS = 3 };

typedef struct {
    OvSlice text;
    const OvBlock *block;
    const OvCue *cues;
    guint n_cues;
} Place;

static gboolean percent_sign(gunichar c) {
    return c == '%' || c == 0xFF05 || c == 0xFE6A || c == 0x066A;
}

static gboolean has_character(OvSlice text, const char *character) {
    const char *end = text.data + text.length;
    gsize length = strlen(character);
    for (const char *p = text.data; (p = memchr(p, character[0], (gsize)(end - p))); p++)
        if ((gsize)(end - p) >= length && memcmp(p, character, length) == 0)
            return TRUE;
    return FALSE;
}

gboolean ov_percent_sign_in(OvSlice text) {
    return text.length > 0 && (has_character(text, "%") || has_character(text, "\uFF05") ||
                               has_character(text, "\uFE6A") || has_character(text, "\u066A"));
}

/* The character that ends at *p, stepped back over; 0 at the start. */
static gunichar before(const char *start, const char **p) {
    if (*p <= start)
        return 0;
    *p = g_utf8_prev_char(*p);
    return g_utf8_get_char(*p);
}

static gunichar peek_before(const char *start, const char *p) {
    return before(start, &p);
}

static gboolean blank(gunichar c) {
    return c != '\n' && (ov_character(c) & OV_CHARACTER_SPACE);
}

static gboolean dash(gunichar c) {
    return c == '-' || c == 0x2212 || c == 0x2013;
}

/* Reads the number that ends at *p backwards; -1 where there is none from 1 to 3 digits, with at
 * most one decimal separator. */
static double number_before(const char *start, const char **p) {
    const char *q = *p;
    double value = 0, fraction = 0, weight = 1, fraction_weight = 1;
    guint digits = 0;
    gboolean separated = FALSE;
    for (;;) {
        const char *at = q;
        gunichar c = before(start, &at);
        int digit = c ? g_unichar_digit_value(c) : -1;
        if (digit >= 0) {
            if (++digits > MAX_DIGITS)
                return -1;
            value += digit * weight;
            weight *= 10;
        } else if ((c == '.' || c == ',') && digits > 0 && !separated &&
                   g_unichar_isdigit(peek_before(start, at))) {
            separated = TRUE;
            fraction = value;
            fraction_weight = weight;
            value = 0;
            weight = 1;
            digits = 0;
        } else {
            if (digits == 0 || c == '.' || c == ',' || (c && (ov_character(c) & OV_CHARACTER_WORD)))
                return -1;
            break;
        }
        q = at;
    }
    *p = q;
    return value + fraction / fraction_weight;
}

/* TRUE when a minus stands before the number that starts at *p; *p moves to it. The hyphen of a
 * range and the dash of a list are none. */
static gboolean minus_before(const char *start, const char **p) {
    const char *q = *p;
    gunichar c = before(start, &q);
    gboolean spaced = c && blank(c);
    if (spaced)
        c = before(start, &q);
    if (!c || !dash(c))
        return FALSE;
    const char *ahead = q;
    gunichar previous = before(start, &ahead);
    if (spaced && (previous == 0 || previous == '\n'))
        return FALSE;
    if (previous == '.' || previous == ',' || percent_sign(previous) ||
        (ov_character(previous) & OV_CHARACTER_WORD))
        return FALSE;
    if (previous && blank(previous) && spaced && g_unichar_isdigit(peek_before(start, ahead)))
        return FALSE;
    *p = q;
    return TRUE;
}

static OvRange around(OvSlice text, const OvBlock *block, OvRange range, guint characters) {
    const char *from = text.data + range.start, *to = text.data + range.end;
    const char *first = text.data + block->start, *last = text.data + block->end;
    for (guint i = 0; i < characters && from > first; i++)
        from = g_utf8_prev_char(from);
    for (guint i = 0; i < characters && to < last; i++)
        to = g_utf8_next_char(to);
    return (OvRange){(guint32)(from - text.data), (guint32)(to - text.data)};
}

OvSlice ov_context(OvSlice text, const OvBlock *block, OvRange range, guint characters) {
    OvRange wide = around(text, block, range, characters);
    while (wide.start > block->start && wide.start < range.start && text.data[wide.start] != ' ')
        wide.start++;
    while (wide.end < block->end && wide.end > range.end && text.data[wide.end] != ' ')
        wide.end--;
    return ov_slice_trim((OvSlice){text.data + wide.start, wide.end - wide.start});
}

static gboolean is_discount(const Place *place, const OvPercentage *percentage, gboolean minus) {
    if (percentage->value < 1 || percentage->value >= 100)
        return FALSE;
    gboolean cue = FALSE, off = FALSE, otherwise = FALSE;
    OvRange near = around(place->text, place->block, percentage->range, CUE_NEAR);
    for (guint i = 0; i < place->n_cues && place->cues[i].range.start < near.end; i++) {
        const OvCue *c = &place->cues[i];
        if (c->range.start < near.start || c->range.end > near.end)
            continue;
        cue |= c->kind == OV_CUE_DISCOUNT || c->kind == OV_CUE_OFF;
        off |= c->kind == OV_CUE_OFF;
        otherwise |= c->kind == OV_CUE_NOT_DISCOUNT;
    }
    if (!cue && !minus)
        return FALSE;
    OvRange wide = around(place->text, place->block, percentage->range, PRICE_NEAR);
    gboolean price = ov_price_in((OvSlice){place->text.data + wide.start, wide.end - wide.start});
    if (cue)
        return !otherwise || (minus && (price || off));
    int whole = (int)percentage->value;
    return !otherwise && percentage->value == whole && whole % 5 == 0 && (whole >= 10 || price);
}

/* The percentage whose sign or word is mark; FALSE where no number stands before it. */
static gboolean percentage_at(const Place *place, OvRange mark, OvPercentage *percentage) {
    const char *start = place->text.data + place->block->start;
    const char *p = place->text.data + mark.start;
    gunichar c = peek_before(start, p);
    for (int i = 0; i < 2 && c && blank(c); i++) {
        before(start, &p);
        c = peek_before(start, p);
    }
    percentage->value = number_before(start, &p);
    if (percentage->value < 0)
        return FALSE;
    gboolean minus = minus_before(start, &p);
    /* A share of something: "save 20% of your time", "21 percent of its capacity". */
    const char *end = place->text.data + place->block->end, *next = place->text.data + mark.end;
    gboolean share = end - next >= 4 && memcmp(next, " of ", 4) == 0;
    percentage->range = (OvRange){(guint32)(p - place->text.data), mark.end};
    percentage->discount = !share && is_discount(place, percentage, minus);
    return TRUE;
}

static int by_start(gconstpointer a, gconstpointer b) {
    const OvPercentage *x = a, *y = b;
    return (x->range.start > y->range.start) - (x->range.start < y->range.start);
}

static guint find_in_block(const Place *place, OvPercentage *found, guint room) {
    guint n = 0;
    const char *end = place->text.data + place->block->end;
    for (const char *p = place->text.data + place->block->start; p < end && n < room;) {
        const char *at = p;
        if (!percent_sign(ov_character_next(&p)))
            continue;
        OvRange mark = {(guint32)(at - place->text.data), (guint32)(p - place->text.data)};
        if (percentage_at(place, mark, &found[n]))
            n++;
    }
    for (guint i = 0; i < place->n_cues && n < room; i++)
        if (place->cues[i].kind == OV_CUE_PERCENT &&
            !percent_sign(g_utf8_get_char(place->text.data + place->cues[i].range.start)) &&
            percentage_at(place, place->cues[i].range, &found[n]))
            n++;
    qsort(found, n, sizeof *found, by_start);
    return n;
}

const OvPercentage *ov_percent_find(OvArena *arena, OvSlice text, const OvBlock *blocks,
                                    guint n_blocks, const OvCue *cues, guint n_cues,
                                    guint *n_percentages) {
    OvPercentage *found = OV_ARENA_NEW(arena, OvPercentage, OV_PERCENT_MAX);
    guint n = 0, first = 0;
    for (guint i = 0; i < n_blocks && n < OV_PERCENT_MAX; i++) {
        while (first < n_cues && cues[first].range.start < blocks[i].start)
            first++;
        guint last = first;
        while (last < n_cues && cues[last].range.start < blocks[i].end)
            last++;
        if (blocks[i].kind == OV_BLOCK_OWN) {
            Place place = {text, &blocks[i], cues + first, last - first};
            n += find_in_block(&place, found + n, OV_PERCENT_MAX - n);
        }
        first = last;
    }
    *n_percentages = n;
    return found;
}
