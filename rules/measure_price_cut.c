#include "rules/price.h"
#include "rules/tally.h"
#include "rules/text.h"

/* Characters between the two prices; between "instead of" and the old price; octets of text that is
 * crossed out as a price. */
enum { NEAR = 80, CUE_NEAR = 20, STRUCK_OCTETS = 60, MOST_LOOKED_AT = 200 };

/* The octet at belongs to a number. */
static gboolean is_of_number(OvSlice text, guint32 at) {
    char c = at < text.length ? text.data[at] : ' ';
    return g_ascii_isdigit(c) || c == '.' || c == ',';
}

/* Where what is up to n characters before or behind at begins or ends; no number is cut. */
static guint32 back(OvSlice text, guint32 at, guint n) {
    guint32 from = at;
    for (; n > 0 && from > 0; n--)
        from = (guint32)(g_utf8_prev_char(text.data + from) - text.data);
    while (from > 0 && from < at && is_of_number(text, from - 1) && is_of_number(text, from))
        from++;
    return from;
}

static guint32 forth(OvSlice text, guint32 at, guint n) {
    guint32 to = at;
    for (; n > 0 && to < text.length; n--)
        to = (guint32)(g_utf8_next_char(text.data + to) - text.data);
    while (to > at && is_of_number(text, to - 1) && is_of_number(text, to))
        to--;
    return to;
}

/* A price in range lower than value; FALSE where there is none. */
static gboolean has_lower(OvSlice text, OvRange range, double value, OvRange *found) {
    OvSlice part = {text.data + range.start, range.end - range.start};
    OvPrice price;
    for (gsize at = 0; ov_price_next(part, FALSE, &at, &price);) {
        if (price.value <= 0 || price.value >= value)
            continue;
        guint32 start = (guint32)(price.text.data - text.data);
        *found = (OvRange){start, start + (guint32)price.text.length};
        return TRUE;
    }
    return FALSE;
}

/* Counts the old price at range where a lower one is near it. */
static void look_near(OvTally *tally, OvSlice text, OvRange old, double value) {
    OvRange lower, before = {back(text, old.start, NEAR), old.start};
    OvRange behind = {old.end, forth(text, old.end, NEAR)};
    if (!has_lower(text, behind, value, &lower) && !has_lower(text, before, value, &lower))
        return;
    guint32 start = MIN(old.start, lower.start), end = MAX(old.end, lower.end);
    ov_tally(tally, ov_slice_trim((OvSlice){text.data + start, end - start}));
}

static gboolean is_quoted(const OvHtml *page, guint32 at, guint *block) {
    while (*block < page->n_blocks && page->blocks[*block].range.end <= at)
        (*block)++;
    return *block < page->n_blocks && page->blocks[*block].kind == OV_HTML_QUOTED;
}

static void look_at_struck(OvTally *tally, const OvHtml *page, gboolean own_quotes) {
    guint block = 0, n = 0;
    for (guint i = 0; i < page->n_runs && n < MOST_LOOKED_AT; i++) {
        if (!(page->runs[i].flags & OV_HTML_STRUCK))
            continue;
        OvRange struck = page->runs[i].range;
        while (i + 1 < page->n_runs && page->runs[i + 1].flags & OV_HTML_STRUCK &&
               page->runs[i + 1].range.start == struck.end)
            struck.end = page->runs[++i].range.end;
        if (struck.end - struck.start > STRUCK_OCTETS ||
            (!own_quotes && is_quoted(page, struck.start, &block)))
            continue;
        n++;
        OvSlice text = {page->text.data + struck.start, struck.end - struck.start};
        OvPrice price;
        gsize at = 0;
        if (ov_price_next(text, TRUE, &at, &price))
            look_near(tally, page->text, struck, price.value);
    }
}

/* "49 € instead of 99 €": the old price follows the cue. */
static void look_at_cues(OvTally *tally, const OvText *text) {
    guint n;
    const OvRange *cues = ov_text_ranges(text, "lexicon-old-price", OV_ALL_LANGUAGES, &n);
    for (guint i = 0; i < n && i < MOST_LOOKED_AT; i++) {
        if (!ov_blocks_own(text->blocks, text->n_blocks, cues[i].start))
            continue;
        guint32 end = forth(text->text, cues[i].end, NEAR);
        OvSlice behind = {text->text.data + cues[i].end, end - cues[i].end};
        OvPrice price;
        gsize at = 0;
        if (!ov_price_next(behind, TRUE, &at, &price))
            continue;
        guint32 start = (guint32)(price.text.data - text->text.data);
        if (start <= forth(text->text, cues[i].end, CUE_NEAR))
            look_near(tally, text->text, (OvRange){start, start + (guint32)price.text.length},
                      price.value);
    }
}

void ov_measure_price_cuts(const OvText *text) {
    const OvShown *shown = text->measure->shown;
    OvTally tally = {.first = {"", 0}};
    for (guint i = 0; i < shown->n_texts; i++)
        if (shown->texts[i].kind == OV_SHOWN_HTML)
            look_at_struck(&tally, shown->texts[i].html, text->measure->own_quotes);
    look_at_cues(&tally, text);
    ov_tally_set(text->measure, (OvTallyFacts){OV_FACT_BODY_PRICE_CUTS, OV_FACT_BODY_PRICE_CUT},
                 &tally);
}
