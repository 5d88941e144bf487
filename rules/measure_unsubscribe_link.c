#include "rules/measure_content.h"
#include "rules/measure_header.h"
#include "rules/text.h"

enum { LEAST_FONT = 8, NEAR = 200, MOST_READ = 256 * 1024, MOST_HIDDEN = 100 };

static const double least_contrast = 1.5;

typedef struct {
    guint readable;
    guint unreadable;
    OvSlice text;    /* of the first that is readable, else of the first */
    const char *why; /* of the first that is not */
} Findings;

/* Why the reader won't find a link, or NULL. */
static const char *unreadable(const OvHtmlLink *html) {
    if (html->hidden)
        return "hidden";
    if (html->font > 0 && html->font < LEAST_FONT)
        return "smaller than 8 px";
    if (html->contrast > 0 && html->contrast < least_contrast)
        return "next to the colour of its background";
    return NULL;
}

static void look_at(const OvLink *link, Findings *found) {
    if (link->role != OV_LINK_UNSUBSCRIBE || link->form || link->quoted ||
        (link->target.kind != OV_TARGET_WEB && link->target.kind != OV_TARGET_MAIL))
        return;
    OvSlice label = link->text.length > 0 || !link->html ? link->text : link->html->alt;
    const char *why = link->html ? unreadable(link->html) : NULL;
    if (found->readable + found->unreadable == 0 || (!why && found->readable == 0))
        found->text = label;
    if (!why)
        found->readable++;
    else if (found->unreadable++ == 0)
        found->why = why;
}

/* Characters between two places of a text, up to NEAR + 1. */
static gsize distance(OvSlice text, gsize from, gsize to) {
    gsize n = 0;
    for (gsize i = from; i < to && n <= NEAR; i++)
        n += ((guchar)text.data[i] & 0xC0) != 0x80;
    return n;
}

/* The text, of a long one the end. */
static OvSlice end_of(OvSlice text) {
    gsize start = text.length > MOST_READ ? text.length - MOST_READ : 0;
    while (start < text.length && start > 0 && ((guchar)text.data[start] & 0xC0) == 0x80)
        start++;
    return (OvSlice){text.data + start, text.length - start};
}

static gsize apart(OvSlice text, const OvLink *link, OvRange phrase) {
    gsize end = link->at + link->address.length;
    if (link->at >= phrase.end)
        return distance(text, phrase.end, link->at);
    return end <= phrase.start ? distance(text, end, phrase.start) : 0;
}

/* The first of links that is near the phrase. Those too far before it are too far before all later
 * ones too: next is moved behind them. */
static gboolean has_near(OvSlice text, const OvLink *links, guint n, guint *next, OvRange phrase) {
    for (guint i = *next; i < n; i++) {
        if (apart(text, &links[i], phrase) <= NEAR)
            return TRUE;
        if (links[i].at >= phrase.end)
            return FALSE;
        *next = i + 1;
    }
    return FALSE;
}

/* In plain text: an address near a phrase that says it. */
static void look_at_plain(OvMeasure *measure, const OvLink *links, guint n, OvSlice text,
                          Findings *found) {
    const OvPhraseSet *set = measure->phrases;
    const OvPhraseScan *scan = ov_phrase_set_scan(set, measure->phrase_scratch, measure->arena,
                                                  ov_fold(measure->arena, end_of(text)));
    gint category = ov_phrase_set_find_category(set, "lexicon-unsubscribe");
    guint from = 0, next = 0;
    const OvPhraseHit *hit;
    while ((hit = ov_phrase_scan_next(set, scan, category, OV_ALL_LANGUAGES, &from))) {
        OvSlice phrase = ov_folded_original(scan->text, hit->start, hit->end);
        guint32 start = (guint32)(phrase.data - text.data);
        if (has_near(text, links, n, &next, (OvRange){start, start + (guint32)phrase.length})) {
            found->readable++;
            found->text = phrase;
            return;
        }
    }
}

static void look_at_plain_texts(OvMeasure *measure, const OvLinks *links, Findings *found) {
    const OvShown *shown = measure->shown;
    guint first = 0;
    for (guint i = 0; i < shown->n_texts && found->readable == 0; i++) {
        while (first < links->n_links && links->links[first].shown < i)
            first++;
        guint end = first;
        while (end < links->n_links && links->links[end].shown == i)
            end++;
        if (shown->texts[i].kind == OV_SHOWN_PLAIN && !shown->texts[i].replaced && end > first)
            look_at_plain(measure, links->links + first, end - first, shown->texts[i].text, found);
    }
}

/* The phrase that says it in the hidden texts of a page; empty where none does. */
static OvSlice hidden_phrase(OvMeasure *measure, const OvHtml *page) {
    const OvPhraseSet *set = measure->phrases;
    gint category = ov_phrase_set_find_category(set, "lexicon-unsubscribe");
    for (guint i = 0; i < page->n_hidden && i < MOST_HIDDEN; i++) {
        guint from = 0;
        const OvPhraseScan *scan =
            ov_phrase_set_scan(set, measure->phrase_scratch, measure->arena,
                               ov_fold(measure->arena, end_of(page->hidden[i].text)));
        const OvPhraseHit *hit = ov_phrase_scan_next(set, scan, category, OV_ALL_LANGUAGES, &from);
        if (hit)
            return ov_folded_original(scan->text, hit->start, hit->end);
    }
    return (OvSlice){NULL, 0};
}

/* Where a page hides a link and a text that says it, the link is there, and can't be read. */
static void look_at_hidden(OvMeasure *measure, const OvLinks *links, Findings *found) {
    const OvHtml *page = NULL;
    for (guint i = 0; i < links->n_links && found->unreadable == 0; i++) {
        const OvLink *link = &links->links[i];
        if (!link->hidden || link->page == page)
            continue;
        page = link->page;
        found->text = hidden_phrase(measure, page);
        found->unreadable = found->text.length > 0;
        found->why = "hidden";
    }
}

void ov_measure_unsubscribe_links(OvMeasure *measure, const OvLinks *links) {
    OvFacts *facts = measure->facts;
    if (measure->message_class != OV_CLASS_BULK)
        return;
    Findings found = {.why = "", .text = OV_SLICE_LITERAL("")};
    for (guint i = 0; i < links->n_links; i++)
        look_at(&links->links[i], &found);
    if (found.readable == 0)
        look_at_plain_texts(measure, links, &found);
    if (found.readable + found.unreadable == 0)
        look_at_hidden(measure, links, &found);
    /* It may be among the links that are not kept. */
    if (found.readable == 0 && links->cut)
        return;
    ov_facts_set_number(facts, OV_FACT_UNSUBSCRIBE_LINKS, found.readable);
    ov_facts_set_number(facts, OV_FACT_UNSUBSCRIBE_LINKS_UNREADABLE, found.unreadable);
    ov_measure_set_text(measure, OV_FACT_UNSUBSCRIBE_LINK_TEXT, found.text);
    ov_facts_set_text(facts, OV_FACT_UNSUBSCRIBE_LINK_WHY, ov_slice(found.why));
    ov_facts_set_truth(facts, OV_FACT_UNSUBSCRIBE_LANGUAGE_KNOWN,
                       facts->value[OV_FACT_BODY_LANGUAGE].type == OV_TEXT);
}
