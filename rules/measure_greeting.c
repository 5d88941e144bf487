#include "rules/characters.h"
#include "rules/text.h"

/* Above a greeting there may be a heading, a date or a way to see the message in a browser. */
enum { LINES = 8, GREETING_OCTETS = 100 };

/* The next line of the own blocks with a letter in it; FALSE where there is none. */
static gboolean next_line(const OvText *text, guint *block, guint32 *at, OvSlice *line) {
    for (; *block < text->n_blocks; (*block)++, *at = 0) {
        const OvBlock *own = &text->blocks[*block];
        *at = MAX(*at, own->start);
        while (own->kind == OV_BLOCK_OWN && *at < own->end) {
            const char *start = text->text.data + *at, *end = text->text.data + own->end;
            const char *line_end = memchr(start, '\n', (gsize)(end - start));
            end = line_end ? line_end : end;
            *at = (guint32)(end - text->text.data) + 1;
            const char *letter = start;
            while (letter < end) {
                const char *from = letter;
                if (!(ov_character(ov_character_next(&letter)) & OV_CHARACTER_WORD))
                    continue;
                *line = (OvSlice){from, (gsize)(end - from)};
                return TRUE;
            }
        }
    }
    return FALSE;
}

/* The entry of the lexicon that line starts with, and goes on with nothing but punctuation: "Dear
 * customer Ann Miller" names somebody. */
static gboolean starts_with_entry(const OvText *text, const char *lexicon, OvSlice line) {
    const OvPhraseSet *set = text->measure->phrases;
    gint category = ov_phrase_set_find_category(set, lexicon);
    guint32 start = (guint32)(line.data - text->text.data);
    const OvPhraseHit *hit;
    for (guint from = 0;
         (hit = ov_phrase_scan_next(set, text->scan, category, OV_ALL_LANGUAGES, &from));) {
        OvSlice found = ov_folded_original(text->scan->text, hit->start, hit->end);
        guint32 at = (guint32)(found.data - text->text.data);
        if (at > start)
            return FALSE;
        if (at < start)
            continue;
        const char *next = found.data + found.length, *end = line.data + line.length;
        while (next < end && (*next == ' ' || *next == '\t'))
            next++;
        if (next >= end || (ov_character(g_utf8_get_char(next)) & OV_CHARACTER_PUNCTUATION))
            return TRUE;
    }
    return FALSE;
}

void ov_measure_greeting(const OvText *text) {
    OvFacts *facts = text->measure->facts;
    OvSlice line, greeting = {"", 0};
    gboolean formal = FALSE;
    guint block = 0;
    guint32 at = 0;
    for (guint n = 0; n < LINES && greeting.length == 0 && next_line(text, &block, &at, &line);
         n++) {
        formal = starts_with_entry(text, "lexicon-formal-greeting", line);
        if (formal || starts_with_entry(text, "lexicon-impersonal-greeting", line))
            greeting = line;
    }
    if (greeting.length > GREETING_OCTETS) {
        greeting.length = GREETING_OCTETS;
        while (((guchar)greeting.data[greeting.length] & 0xC0) == 0x80)
            greeting.length--;
    }
    ov_facts_set_text(facts, OV_FACT_BODY_GREETING, greeting);
    ov_facts_set_truth(facts, OV_FACT_BODY_GREETING_FORMAL, formal);
}
