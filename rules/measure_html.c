#include "rules/characters.h"
#include "rules/measure_content.h"
#include "rules/measure_header.h"
#include "rules/plain_links.h"

/* All HTML parts together. */
typedef struct {
    guint n;
    gsize octets;
    guint visible, hidden, low_contrast, huge;
    guint tiny_in_words, tiny_in_sentences, split_words;
    OvSlice tiny, split; /* the first of each */
    const OvHtmlHidden *longest_hidden;
    guint tags, unknown, errors, depth;
    const OvHtml *first;
    OvSlice base; /* address of the first base href */
} Sums;

static void add_finding(guint *count, OvSlice *first, const OvHtmlFinding *finding) {
    if (finding->count > 0 && first->length == 0)
        *first = finding->evidence;
    *count += finding->count;
}

/* Octets, those of line ends as with LF. */
static gsize size_of(const OvShownText *text) {
    gsize size = text->html->size;
    for (gsize i = 0; i < text->text.length; i++)
        size -= text->text.data[i] == '\r';
    return size;
}

static void add_page(Sums *sums, const OvShownText *text) {
    const OvHtml *page = text->html;
    if (sums->n++ == 0)
        sums->first = page;
    sums->octets = MAX(sums->octets, size_of(text));
    sums->visible += page->visible;
    sums->hidden += page->hidden_characters;
    sums->low_contrast += page->low_contrast;
    sums->huge += page->huge;
    add_finding(&sums->tiny_in_words, &sums->tiny, &page->tiny_in_words);
    add_finding(&sums->tiny_in_sentences, &sums->tiny, &page->tiny_in_sentences);
    add_finding(&sums->split_words, &sums->split, &page->split_words);
    for (guint i = 0; i < page->n_hidden; i++) {
        const OvHtmlHidden *hidden = &page->hidden[i];
        if (hidden->exempt == OV_HTML_COUNTS &&
            (!sums->longest_hidden || hidden->visible > sums->longest_hidden->visible))
            sums->longest_hidden = hidden;
    }
    sums->tags += page->n_tags;
    sums->unknown += page->n_unknown;
    sums->errors += page->n_errors;
    sums->depth = MAX(sums->depth, page->depth);
    if (sums->base.length == 0 && page->active[OV_HTML_BASE].count > 0)
        sums->base = page->active[OV_HTML_BASE].evidence;
}

static void set_text(OvMeasure *measure, const Sums *sums) {
    OvFacts *facts = measure->facts;
    const OvHtmlHidden *hidden = sums->longest_hidden;
    guint all = sums->visible + sums->hidden;
    ov_facts_set_number(facts, OV_FACT_HTML_OCTETS, (double)sums->octets);
    ov_facts_set_number(facts, OV_FACT_HTML_VISIBLE, sums->visible);
    ov_facts_set_number(facts, OV_FACT_HTML_HIDDEN, sums->hidden);
    ov_facts_set_number(facts, OV_FACT_HTML_HIDDEN_SHARE, all > 0 ? (double)sums->hidden / all : 0);
    ov_facts_set_text(facts, OV_FACT_HTML_HIDDEN_TEXT,
                      hidden ? hidden->text : OV_SLICE_LITERAL(""));
    ov_facts_set_text(facts, OV_FACT_HTML_HIDDEN_WHY,
                      ov_slice(hidden ? ov_html_hidden_name(hidden->why) : ""));
    ov_facts_set_number(facts, OV_FACT_HTML_LOW_CONTRAST, sums->low_contrast);
    ov_facts_set_number(facts, OV_FACT_HTML_TINY_IN_WORDS, sums->tiny_in_words);
    ov_facts_set_number(facts, OV_FACT_HTML_TINY_IN_SENTENCES, sums->tiny_in_sentences);
    ov_facts_set_text(facts, OV_FACT_HTML_TINY_TEXT, sums->tiny);
    ov_facts_set_number(facts, OV_FACT_HTML_SPLIT_WORDS, sums->split_words);
    ov_facts_set_text(facts, OV_FACT_HTML_SPLIT_TEXT, sums->split);
    ov_facts_set_number(facts, OV_FACT_HTML_HUGE, sums->huge);
    ov_facts_set_number(facts, OV_FACT_HTML_TAGS, sums->tags);
    ov_facts_set_number(facts, OV_FACT_HTML_UNKNOWN_TAGS, sums->unknown);
    ov_facts_set_number(facts, OV_FACT_HTML_ERRORS, sums->errors);
    ov_facts_set_number(facts, OV_FACT_HTML_DEPTH, sums->depth);
}

static void set_alternative(OvMeasure *measure) {
    const OvShown *shown = measure->shown;
    OvFacts *facts = measure->facts;
    const OvShownText *plain = NULL;
    for (guint i = 0; i < shown->n_texts && !plain; i++)
        if (shown->texts[i].kind == OV_SHOWN_PLAIN && shown->texts[i].replaced)
            plain = &shown->texts[i];
    ov_facts_set_truth(facts, OV_FACT_HTML_ALTERNATIVE, plain != NULL);
    if (!plain)
        return;
    OvPlainLinks links = ov_plain_links(measure->arena, plain->text);
    guint web = 0;
    for (guint i = 0; i < links.n_links; i++)
        web += !links.links[i].mail;
    ov_facts_set_number(facts, OV_FACT_HTML_ALTERNATIVE_VISIBLE,
                        links.visible + links.visible_quoted - links.visible_linked);
    ov_facts_set_number(facts, OV_FACT_HTML_ALTERNATIVE_LINKS, web);
}

static gboolean has_calendar(const OvMime *mime) {
    for (guint i = 0; i < mime->n_parts; i++)
        if (strcmp(mime->parts[i].type, "text") == 0 &&
            strcmp(mime->parts[i].subtype, "calendar") == 0)
            return TRUE;
    return FALSE;
}

/* The next word of three letters or digits and more; FALSE at the end. */
static gboolean next_word(OvSlice text, gsize *at, OvSlice *word) {
    enum { LEAST_LETTERS = 3 };
    const char *end = text.data + text.length;
    for (const char *p = text.data + *at; p < end;) {
        const char *start = p;
        guint letters = 0;
        while (p < end) {
            const char *next = p;
            if (!(ov_character(ov_character_next(&next)) & OV_CHARACTER_WORD))
                break;
            p = next;
            letters++;
        }
        *word = (OvSlice){start, (gsize)(p - start)};
        if (p < end)
            p = g_utf8_next_char(p);
        *at = (gsize)(p - text.data);
        if (letters >= LEAST_LETTERS)
            return TRUE;
    }
    return FALSE;
}

/* TRUE where the title is much longer than the subject and has no word of it. */
static gboolean is_strange_title(OvSlice title, OvSlice subject) {
    if (title.length == 0 || subject.length == 0 ||
        (double)g_utf8_strlen(title.data, (gssize)title.length) <=
            3.5 * (double)g_utf8_strlen(subject.data, (gssize)subject.length))
        return FALSE;
    g_autofree char *folded_title = g_utf8_casefold(title.data, (gssize)title.length);
    g_autofree char *folded_subject = g_utf8_casefold(subject.data, (gssize)subject.length);
    OvSlice word, all = ov_slice(folded_title);
    for (gsize at = 0; next_word(ov_slice(folded_subject), &at, &word);)
        if (memmem(all.data, all.length, word.data, word.length))
            return FALSE;
    return TRUE;
}

static void set_title(OvMeasure *measure, const Sums *sums) {
    enum { MOST_OCTETS = 1000 }; /* of each */
    OvSlice topic = ov_facts_text(measure->facts, OV_FACT_SUBJECT_TOPIC);
    ov_facts_set_text(measure->facts, OV_FACT_HTML_TITLE, sums->first->title);
    ov_facts_set_truth(measure->facts, OV_FACT_HTML_TITLE_STRANGE,
                       topic.length <= MOST_OCTETS && sums->first->title.length <= MOST_OCTETS &&
                           is_strange_title(sums->first->title, topic));
}

static void set_base(OvMeasure *measure, const Sums *sums, const OvLinks *links,
                     const OvOwnDomains *own) {
    OvTarget base = ov_target_read(measure->arena, sums->base, NULL);
    gboolean known = base.organisation.length == 0 || ov_own_domains_has(own, base.organisation);
    for (guint i = 0; i < links->n_links && !known; i++) {
        const OvLink *link = &links->links[i];
        /* One that is written in full, not one that the base completes. */
        known = link->target.kind == OV_TARGET_WEB &&
                memmem(link->address.data, link->address.length, "//", 2) != NULL &&
                ov_slice_equal(link->target.organisation, base.organisation);
    }
    ov_measure_set_text(measure, OV_FACT_HTML_BASE_FOREIGN,
                        known ? OV_SLICE_LITERAL("") : base.organisation);
}

void ov_measure_html(OvMeasure *measure, const OvLinks *links, const OvOwnDomains *own) {
    const OvShown *shown = measure->shown;
    Sums sums = {.n = 0};
    for (guint i = 0; i < shown->n_texts; i++)
        if (shown->texts[i].kind == OV_SHOWN_HTML && shown->texts[i].html)
            add_page(&sums, &shown->texts[i]);
    ov_facts_set_truth(measure->facts, OV_FACT_HTML_PRESENT, sums.n > 0);
    if (sums.n == 0)
        return;
    set_text(measure, &sums);
    set_alternative(measure);
    set_title(measure, &sums);
    set_base(measure, &sums, links, own);
    ov_facts_set_truth(measure->facts, OV_FACT_HTML_CALENDAR, has_calendar(measure->message->mime));
    ov_measure_html_active(measure);
    ov_measure_html_images(measure, links);
}
