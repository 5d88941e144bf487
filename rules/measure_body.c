#include "rules/text.h"

enum { OWN_TEXT_LIMIT = 256 * 1024 }; /* octets that are measured */

/* What the header, or a page for itself, says of the language. */
static OvLanguages hinted_languages(const OvMeasure *measure) {
    const OvField *field = ov_header_find(measure->message->header, OV_FIELD_CONTENT_LANGUAGE);
    OvLanguages hinted = field ? ov_language_hints(measure->phrases, field->value) : 0;
    for (guint i = 0; i < measure->shown->n_texts; i++) {
        const OvShownText *text = &measure->shown->texts[i];
        if (text->kind == OV_SHOWN_HTML && text->html->language.length > 0)
            hinted |= ov_language_hints(measure->phrases, text->html->language);
    }
    return hinted;
}

/* The richest form of each text: HTML in place of its plain alternative. NULL where there is none.
 */
static OvZones *read_zones(OvMeasure *measure) {
    const OvShown *shown = measure->shown;
    OvZonesBuilder *builder = ov_zones_begin(measure->arena, OWN_TEXT_LIMIT);
    if (measure->own_quotes)
        ov_zones_keep_quotes(builder);
    gboolean has_text = FALSE;
    for (guint i = 0; i < shown->n_texts; i++) {
        const OvShownText *text = &shown->texts[i];
        if (text->replaced || text->kind == OV_SHOWN_AMP)
            continue;
        if (has_text && ov_measure_late(measure))
            break;
        has_text = TRUE;
        if (text->kind == OV_SHOWN_HTML)
            ov_zones_add_html(builder, text->html);
        else
            ov_zones_add_plain(builder, text->text);
    }
    return has_text ? ov_zones_end(builder) : NULL;
}

/* Marks of quotation cost nothing. They are believed in an answer: something is said beside what is
 * quoted, and the header, the subject or an attribution tells that there was a message before. */
static gboolean is_answer(OvMeasure *measure, const OvZones *zones) {
    return ov_zones_own_words(zones, 1) > 0 &&
           (ov_facts_truth(measure->facts, OV_FACT_MESSAGE_THREADED) || zones->attributed ||
            ov_subject_has_prefix(measure));
}

gboolean ov_body_text(OvText *text) {
    OvMeasure *measure = text->measure;
    OvZones *zones = read_zones(measure);
    if (zones && zones->n_quoted_lines > 0 && !is_answer(measure, zones)) {
        measure->own_quotes = TRUE;
        zones = read_zones(measure);
    }
    ov_facts_set_number(measure->facts, OV_FACT_TEXT_QUOTED_LINES,
                        zones ? zones->n_quoted_lines : 0);
    if (!zones)
        return FALSE;
    text->text = zones->text;
    text->blocks = zones->blocks;
    text->n_blocks = zones->n_blocks;
    ov_text_scan(text);
    text->language = ov_language_of(measure->phrases, text->scan, hinted_languages(measure));

    guint n_attributions, n_notices, n_unsubscribe;
    const OvRange *attributions =
        ov_text_ranges(text, "lexicon-quote-attribution", OV_ALL_LANGUAGES, &n_attributions);
    if (!measure->own_quotes)
        ov_zones_cut_quoted(zones, attributions, n_attributions);
    const OvRange *notices =
        ov_text_ranges(text, "lexicon-legal-notice", OV_ALL_LANGUAGES, &n_notices);
    const OvRange *unsubscribe = ov_text_ranges(
        text, "lexicon-unsubscribe", ov_language_lexicons(text->language), &n_unsubscribe);
    ov_zones_mark_footers(zones, notices, n_notices, unsubscribe, n_unsubscribe);
    ov_zones_settle(zones);
    ov_facts_set_number(measure->facts, OV_FACT_BODY_OCTETS, (double)zones->text.length);
    ov_facts_set_truth(measure->facts, OV_FACT_BODY_CUT, zones->cut);
    return TRUE;
}

static gboolean in_own_block(gsize offset, gconstpointer data) {
    const OvText *text = data;
    return ov_blocks_own(text->blocks, text->n_blocks, (guint32)offset);
}

static void set_keywords(const OvText *text, const OvKeywords *keywords, guint words) {
    OvFacts *facts = text->measure->facts;
    ov_facts_set_number(facts, OV_FACT_BODY_PHRASES, keywords->total);
    ov_facts_set_number(facts, OV_FACT_BODY_PHRASES_BULK, keywords->bulk_total);
    ov_facts_set_number(facts, OV_FACT_BODY_PHRASES_A, keywords->n_a);
    ov_facts_set_number(facts, OV_FACT_BODY_PHRASES_AB, keywords->n_strong);
    ov_facts_set_number(facts, OV_FACT_BODY_PHRASE_DENSITY,
                        words > 0 ? MIN(1.0, (double)keywords->n_tokens / words) : 0);
    ov_facts_set_text(facts, OV_FACT_BODY_PHRASE_LIST, keywords->evidence);
}

const OvKeywords *ov_measure_body(const OvText *text) {
    OvMeasure *measure = text->measure;
    OvFacts *facts = measure->facts;
    OvCapitals capitals = ov_text_capitals(text, TRUE);
    ov_facts_set_number(facts, OV_FACT_BODY_VISIBLE, capitals.visible);
    ov_facts_set_number(facts, OV_FACT_BODY_WORDS, capitals.visible_words);
    ov_facts_set_number(facts, OV_FACT_BODY_CAPITALS, ov_capitals_share(&capitals));
    ov_facts_set_number(facts, OV_FACT_BODY_CASED_LETTERS, capitals.cased);
    ov_facts_set_number(facts, OV_FACT_BODY_SHOUT_RUNS, capitals.shout_runs);
    ov_facts_set_text(facts, OV_FACT_BODY_SHOUTED, capitals.shouted);

    OvExclamations exclamations = ov_text_exclamations(text, TRUE);
    ov_facts_set_number(facts, OV_FACT_BODY_EXCLAMATIONS, exclamations.marks);
    ov_facts_set_number(facts, OV_FACT_BODY_EXCLAMATION_DENSITY,
                        capitals.visible > 0 ? 1000.0 * exclamations.marks / capitals.visible : 0);
    ov_facts_set_number(facts, OV_FACT_BODY_EXCLAMATION_RUNS, exclamations.runs_of_three);
    ov_facts_set_text(facts, OV_FACT_BODY_EXCLAIMED, exclamations.evidence);

    OvDiscounts discounts = ov_text_discounts(text);
    ov_facts_set_number(facts, OV_FACT_BODY_PERCENT_DISCOUNTS, discounts.distinct);
    ov_facts_set_text(facts, OV_FACT_BODY_PERCENT_TEXT, discounts.first);

    OvKeywordZone zone = {
        .factor = 1.0, .language = text->language, .counts = in_own_block, .data = text};
    const OvKeywords *keywords = ov_keywords(measure->phrases, text->scan, &zone, measure->arena);
    set_keywords(text, keywords, capitals.visible_words);
    ov_measure_body_disguise(text);
    ov_measure_template(text);
    OvSlice language = ov_text_language(text);
    if (language.length > 0)
        ov_facts_set_text(facts, OV_FACT_BODY_LANGUAGE, language);
    return keywords;
}
