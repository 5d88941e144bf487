#include "rules/characters.h"
#include "rules/measure_content.h"

enum {
    LEAST_TEXT = 50, /* different words of the plain text; a stub is HTML_ALT_STUB's */
    LEAST_HTML = 30,
    LEAST_LETTERS = 3, /* of a word; shorter ones every text has */
    SLOTS = 16384,     /* a power of two; twice the words that are compared */
    MOST_WORDS = 8192,
    MOST_STEPS = 32, /* from slot to slot; a word that finds none is left out */
    IN_TEXT = 1,
    IN_HTML = 2,
};

/* The different words of two texts. */
typedef struct {
    guint32 hash[SLOTS];
    guint8 where[SLOTS]; /* IN_TEXT, IN_HTML */
    guint n, in_text, in_html, in_both;
} Words;

static void add_word(Words *words, guint32 hash, guint8 where) {
    guint slot = hash % SLOTS;
    for (guint step = 0; words->where[slot] != 0 && words->hash[slot] != hash; step++) {
        if (step == MOST_STEPS)
            return;
        slot = (slot + 1) % SLOTS;
    }
    guint8 before = words->where[slot];
    if (before & where || (before == 0 && words->n == MOST_WORDS))
        return;
    words->hash[slot] = hash;
    words->where[slot] = before | where;
    words->n += before == 0;
    words->in_text += where == IN_TEXT;
    words->in_html += where == IN_HTML;
    words->in_both += before != 0;
}

/* What stands between white space, of text from p on, is an address. */
static gboolean is_address(const char *p, const char *end) {
    return memmem(p, (gsize)(end - p), "://", 3) || memchr(p, '@', (gsize)(end - p)) ||
           (end - p > 4 && g_ascii_strncasecmp(p, "www.", 4) == 0);
}

/* Words of letters and digits, without regard to case; in scripts without spaces characters. */
static void add_words(Words *words, OvSlice text, guint8 where) {
    const char *end = text.length > 0 ? text.data + text.length : text.data;
    for (const char *p = text.data; p < end;) {
        const char *start = p;
        while (p < end && (guchar)*p > ' ')
            p++;
        if (p == start || is_address(start, p)) {
            p += p == start;
            continue;
        }
        guint32 hash = 0;
        guint letters = 0;
        for (const char *q = start; q < p;) {
            gunichar c = ov_character_next(&q);
            gboolean alone = ov_character_ideographic(c);
            if (!alone && (ov_character(c) & (OV_CHARACTER_WORD | OV_CHARACTER_MARK))) {
                c = c < 128 ? (gunichar)g_ascii_tolower((char)c) : g_unichar_tolower(c);
                hash = (hash ^ c) * 0x01000193u + 0x9E3779B9u;
                letters++;
                continue;
            }
            if (letters >= LEAST_LETTERS)
                add_word(words, hash ^ (hash >> 15), where);
            hash = letters = 0;
            if (alone)
                add_word(words, (guint32)c * 0x9E3779B1u, where);
        }
        if (letters >= LEAST_LETTERS)
            add_word(words, hash ^ (hash >> 15), where);
    }
}

/* A text made of HTML has what stands for pictures too. */
static void add_page(Words *words, const OvHtml *page) {
    add_words(words, page->text, IN_HTML);
    for (guint i = 0; i < page->n_images; i++)
        if (!page->images[i].hidden)
            add_words(words, page->images[i].alt_text, IN_HTML);
}

void ov_measure_alternative(OvMeasure *measure) {
    const OvShown *shown = measure->shown;
    gboolean has_text = FALSE;
    for (guint i = 0; i < shown->n_texts; i++)
        has_text |= shown->texts[i].kind == OV_SHOWN_PLAIN && shown->texts[i].replaced;
    if (!has_text)
        return;
    Words *words = OV_ARENA_NEW(measure->arena, Words, 1);
    for (guint i = 0; i < shown->n_texts; i++) {
        const OvShownText *text = &shown->texts[i];
        if (text->kind == OV_SHOWN_PLAIN && text->replaced)
            add_words(words, text->text, IN_TEXT);
        else if (text->kind == OV_SHOWN_HTML)
            add_page(words, text->html);
    }
    if (words->in_text >= LEAST_TEXT && words->in_html >= LEAST_HTML)
        ov_facts_set_number(measure->facts, OV_FACT_BODY_ALTERNATIVE_DIFFERENCE,
                            1.0 - (double)words->in_both / words->in_text);
}
