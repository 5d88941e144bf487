#include "rules/text.h"

enum { MAX_NAMES = 8, MIN_NAME_OCTETS = 2 };

void ov_text_scan(OvText *text) {
    OvMeasure *measure = text->measure;
    text->scan = ov_phrase_set_scan(measure->phrases, measure->phrase_scratch, measure->arena,
                                    ov_fold(measure->arena, text->text));
}

const OvRange *ov_text_ranges(const OvText *text, const char *lexicon, OvLanguages languages,
                              guint *n) {
    const OvPhraseSet *set = text->measure->phrases;
    gint category = ov_phrase_set_find_category(set, lexicon);
    OvRange *ranges = NULL;
    guint room = 0;
    *n = 0;
    for (guint from = 0;;) {
        const OvPhraseHit *hit = ov_phrase_scan_next(set, text->scan, category, languages, &from);
        if (!hit)
            return ranges;
        if (*n == room) {
            OvRange *more = OV_ARENA_NEW(text->measure->arena, OvRange, MAX(8, 2 * room));
            if (room > 0)
                memcpy(more, ranges, sizeof *ranges * room);
            ranges = more;
            room = MAX(8, 2 * room);
        }
        OvSlice found = ov_folded_original(text->scan->text, hit->start, hit->end);
        guint32 start = (guint32)(found.data - text->text.data);
        ranges[(*n)++] = (OvRange){start, start + (guint32)found.length};
    }
}

OvSlice ov_text_language(const OvText *text) {
    const OvPhraseSet *set = text->measure->phrases;
    for (guint i = 0; i < ov_phrase_set_n_languages(set); i++)
        if (text->language.told & (1u << i))
            return ov_slice(ov_phrase_set_language(set, i));
    return (OvSlice){"", 0};
}

OvCapitals ov_text_capitals(const OvText *text, gboolean headings) {
    OvCapitalsExempt exempt = {.names = text->names->words, .n_names = text->names->n_words};
    exempt.acronyms =
        ov_text_ranges(text, "lexicon-acronyms", OV_ALL_LANGUAGES, &exempt.n_acronyms);
    return ov_capitals_measure(text->text, text->blocks, text->n_blocks, &exempt, headings);
}

/* Words of the display name that have a mark there ("Acme!") have one of their own. */
static void add_display_brands(const OvText *text, OvRange *brands, guint *n, guint room) {
    OvSlice display = text->names->display;
    const char *end = display.data + display.length;
    for (const char *p = display.data; p < end && *n < room; p++) {
        if (*p != '!')
            continue;
        const char *word = p;
        while (word > display.data && word[-1] != ' ' && word[-1] != '!')
            word--;
        gsize length = (gsize)(p - word) + 1;
        const char *at = length > 2 && text->text.length > 0
                             ? memmem(text->text.data, text->text.length, word, length)
                             : NULL;
        if (at) {
            guint32 start = (guint32)(at - text->text.data);
            brands[(*n)++] = (OvRange){start, start + (guint32)length - 1};
        }
    }
}

static gint by_start(gconstpointer a, gconstpointer b) {
    const OvRange *x = a, *y = b;
    return (x->start > y->start) - (x->start < y->start);
}

OvExclamations ov_text_exclamations(const OvText *text, gboolean greeting) {
    OvExclamationsExempt exempt = {.greeting = greeting};
    exempt.brands =
        ov_text_ranges(text, "lexicon-brands-with-mark", OV_ALL_LANGUAGES, &exempt.n_brands);
    OvSlice display = text->names->display;
    if (display.length > 0 && memchr(display.data, '!', display.length)) {
        guint room = exempt.n_brands + 4;
        OvRange *brands = OV_ARENA_NEW(text->measure->arena, OvRange, room);
        if (exempt.n_brands > 0)
            memcpy(brands, exempt.brands, sizeof *brands * exempt.n_brands);
        add_display_brands(text, brands, &exempt.n_brands, room);
        qsort(brands, exempt.n_brands, sizeof *brands, by_start);
        exempt.brands = brands;
    }
    return ov_exclamations_measure(text->text, text->blocks, text->n_blocks, &exempt);
}

/* The cues that discounts are told by, in order of the text. */
static const OvCue *cues_of(const OvText *text, guint *n) {
    const OvPhraseSet *set = text->measure->phrases;
    OvLanguages languages = ov_language_lexicons(text->language);
    struct {
        gint category;
        OvCueKind kind;
    } lists[] = {
        {ov_phrase_set_find_category(set, "lexicon-discount-cue"), OV_CUE_DISCOUNT},
        {ov_phrase_set_find_category(set, "lexicon-percent-not-discount"), OV_CUE_NOT_DISCOUNT},
        {ov_phrase_set_find_category(set, "lexicon-percent-word"), OV_CUE_PERCENT},
    };
    OvCue *cues = OV_ARENA_NEW(text->measure->arena, OvCue, text->scan->n_hits);
    *n = 0;
    for (guint i = 0; i < text->scan->n_hits; i++) {
        const OvPhraseHit *hit = &text->scan->hits[i];
        const OvPhraseList *list = ov_phrase_set_list(set, hit->list);
        for (gsize j = 0; j < G_N_ELEMENTS(lists); j++) {
            if (lists[j].category != (gint)list->category || !(list->languages & languages))
                continue;
            OvSlice found = ov_folded_original(text->scan->text, hit->start, hit->end);
            guint32 start = (guint32)(found.data - text->text.data);
            OvCueKind kind = lists[j].kind;
            if (kind == OV_CUE_DISCOUNT && strcmp(ov_phrase_set_text(set, hit->phrase), "off") == 0)
                kind = OV_CUE_OFF;
            cues[(*n)++] = (OvCue){{start, start + (guint32)found.length}, kind};
        }
    }
    return cues;
}

OvDiscounts ov_text_discounts(const OvText *text) {
    OvDiscounts discounts = {0};
    const OvPhraseSet *set = text->measure->phrases;
    guint from = 0, n_cues, n;
    if (!ov_percent_sign_in(text->text) &&
        !ov_phrase_scan_next(set, text->scan,
                             ov_phrase_set_find_category(set, "lexicon-percent-word"),
                             OV_ALL_LANGUAGES, &from))
        return discounts;
    const OvCue *cues = cues_of(text, &n_cues);
    const OvPercentage *found = ov_percent_find(text->measure->arena, text->text, text->blocks,
                                                text->n_blocks, cues, n_cues, &n);
    for (guint i = 0; i < n; i++) {
        if (!found[i].discount)
            continue;
        gboolean known = FALSE;
        for (guint j = 0; j < i && !known; j++)
            known = found[j].discount && found[j].value == found[i].value;
        if (known)
            continue;
        if (discounts.distinct++ == 0) {
            guint block = 0;
            while (text->blocks[block].end < found[i].range.end)
                block++;
            discounts.first = ov_context(text->text, &text->blocks[block], found[i].range, 20);
        }
        discounts.highest = MAX(discounts.highest, found[i].value);
    }
    return discounts;
}

static void add_name(OvSlice *words, guint *n, OvSlice word) {
    while (word.length > 0 && g_ascii_ispunct(word.data[0]))
        word.data++, word.length--;
    while (word.length > 0 && g_ascii_ispunct(word.data[word.length - 1]))
        word.length--;
    if (word.length >= MIN_NAME_OCTETS && *n < MAX_NAMES)
        words[(*n)++] = word;
}

static OvSenderNames sender_names(OvMeasure *measure) {
    OvSenderNames names = {.display = ov_facts_text(measure->facts, OV_FACT_HEADER_FROM_NAME)};
    OvSlice organisation = ov_facts_text(measure->facts, OV_FACT_HEADER_FROM_ORGANISATION);
    OvSlice *words = OV_ARENA_NEW(measure->arena, OvSlice, MAX_NAMES);
    const char *dot =
        organisation.length > 0 ? memchr(organisation.data, '.', organisation.length) : NULL;
    OvSlice label = {organisation.data, dot ? (gsize)(dot - organisation.data) : 0};
    g_autofree char *upper_label =
        g_ascii_strup(label.data ? label.data : "", (gssize)label.length);
    add_name(words, &names.n_words, ov_arena_dup(measure->arena, ov_slice(upper_label)));
    if (names.display.length > 0) {
        g_autofree char *upper = g_utf8_strup(names.display.data, (gssize)names.display.length);
        OvSlice rest = ov_arena_dup(measure->arena, ov_slice(upper));
        while (rest.length > 0) {
            const char *space = memchr(rest.data, ' ', rest.length);
            gsize length = space ? (gsize)(space - rest.data) : rest.length;
            add_name(words, &names.n_words, (OvSlice){rest.data, length});
            length += space != NULL;
            rest.data += length;
            rest.length -= length;
        }
    }
    names.words = words;
    return names;
}

void ov_measure_text(OvMeasure *measure) {
    if (ov_measure_late(measure))
        return;
    OvSenderNames *names = OV_ARENA_NEW(measure->arena, OvSenderNames, 1);
    *names = sender_names(measure);
    OvText *body = OV_ARENA_NEW(measure->arena, OvText, 1);
    *body = (OvText){.measure = measure, .names = names, .language = {.open = TRUE}};
    gboolean has_body = ov_body_text(body);
    if (has_body && measure->message->envelope->history)
        ov_measure_shape(body);
    const OvKeywords *zones[2];
    guint n = 0;
    if (!ov_measure_late(measure)) {
        zones[n] = ov_measure_subject(measure, names, body->language);
        n += zones[n] != NULL;
    }
    if (has_body && !ov_measure_late(measure)) {
        zones[n] = ov_measure_body(body);
        n++;
        ov_measure_greeting(body);
        ov_measure_price_cuts(body);
        ov_measure_contact(body);
        measure->body = body;
    }
    ov_keywords_set_facts(measure->phrases, zones, n, measure->facts);
    double tier_a = 0;
    for (guint i = 0; i < n; i++)
        tier_a += zones[i]->n_a;
    ov_facts_set_number(measure->facts, OV_FACT_TEXT_PHRASES_A, tier_a);
}
