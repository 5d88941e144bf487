#include "rules/measure_content.h"
#include "rules/tally.h"

/* Kinds that a fact is the plain sum of. */
static const struct {
    OvHtmlActive kind;
    OvTallyFacts facts;
} summed[] = {
    {OV_HTML_HANDLER, {OV_FACT_HTML_HANDLERS, OV_FACT_HTML_HANDLER_TEXT}},
    {OV_HTML_SCRIPT_URL, {OV_FACT_HTML_SCRIPT_URLS, OV_FACT_HTML_SCRIPT_URL_TEXT}},
    {OV_HTML_ACTIVE_CSS, {OV_FACT_HTML_ACTIVE_CSS, OV_FACT_HTML_ACTIVE_CSS_TEXT}},
    {OV_HTML_REFRESH, {OV_FACT_HTML_REFRESH, OV_FACT_HTML_REFRESH_TEXT}},
    {OV_HTML_FRAME, {OV_FACT_HTML_FRAMES, OV_FACT_HTML_FRAME_TEXT}},
    {OV_HTML_OBJECT, {OV_FACT_HTML_OBJECTS, OV_FACT_HTML_OBJECT_TEXT}},
    {OV_HTML_DATA_DOCUMENT, {OV_FACT_HTML_DATA_DOCUMENTS, OV_FACT_HTML_DATA_DOCUMENT_TEXT}},
    {OV_HTML_EXTERNAL_CSS, {OV_FACT_HTML_EXTERNAL_CSS, OV_FACT_HTML_EXTERNAL_CSS_TEXT}},
};

static void add(OvTally *tally, const OvHtml *page, OvHtmlActive kind) {
    const OvHtmlFinding *finding = &page->active[kind];
    if (tally->n == 0 && finding->count > 0)
        tally->first = finding->evidence;
    tally->n += finding->count;
}

static OvTally sum(const OvMeasure *measure, OvShownKind shown, OvHtmlActive kind) {
    OvTally tally = {0, {NULL, 0}};
    for (guint i = 0; i < measure->shown->n_texts; i++)
        if (measure->shown->texts[i].html && measure->shown->texts[i].kind == shown)
            add(&tally, measure->shown->texts[i].html, kind);
    return tally;
}

static void merge(OvTally *tally, OvTally other) {
    if (tally->n == 0)
        tally->first = other.first;
    tally->n += other.n;
}

/* SVG pictures that the message carries, shown in the text or not. */
static OvTally active_pictures(OvMeasure *measure) {
    enum { MOST_READ = 512 * 1024 };
    static const OvHtmlActive kinds[] = {OV_HTML_ACTIVE_SVG, OV_HTML_SCRIPT, OV_HTML_HANDLER,
                                         OV_HTML_SCRIPT_URL};
    OvTally tally = {0, {NULL, 0}};
    const OvMime *mime = measure->message->mime;
    for (guint i = 0; i < mime->n_parts && tally.n == 0; i++) {
        const OvPart *part = &mime->parts[i];
        if (part->container || part->attachment || strcmp(part->type, "image") != 0 ||
            strncmp(part->subtype, "svg", 3) != 0)
            continue;
        OvSlice text = ov_part_text(measure->arena, part, MOST_READ, NULL, NULL);
        const OvHtml *page = ov_html_read(measure->arena, text, measure->deadline);
        for (gsize j = 0; j < G_N_ELEMENTS(kinds); j++)
            add(&tally, page, kinds[j]);
    }
    return tally;
}

void ov_measure_html_active(OvMeasure *measure) {
    OvFacts *facts = measure->facts;
    for (gsize i = 0; i < G_N_ELEMENTS(summed); i++) {
        OvTally tally = sum(measure, OV_SHOWN_HTML, summed[i].kind);
        ov_tally_set(measure, summed[i].facts, &tally);
    }
    OvTally scripts = sum(measure, OV_SHOWN_HTML, OV_HTML_SCRIPT);
    merge(&scripts, sum(measure, OV_SHOWN_HTML, OV_HTML_SCRIPT_AMP));
    merge(&scripts, sum(measure, OV_SHOWN_AMP, OV_HTML_SCRIPT));
    ov_tally_set(measure, (OvTallyFacts){OV_FACT_HTML_SCRIPTS, OV_FACT_HTML_SCRIPT_TEXT}, &scripts);
    OvTally forms = sum(measure, OV_SHOWN_HTML, OV_HTML_FORM);
    merge(&forms, sum(measure, OV_SHOWN_HTML, OV_HTML_INPUT));
    ov_tally_set(measure, (OvTallyFacts){OV_FACT_HTML_FORMS, OV_FACT_HTML_FORM_TEXT}, &forms);
    OvTally secrets = sum(measure, OV_SHOWN_HTML, OV_HTML_PASSWORD);
    merge(&secrets, sum(measure, OV_SHOWN_HTML, OV_HTML_SECRET_INPUT));
    ov_tally_set(measure,
                 (OvTallyFacts){OV_FACT_HTML_SECRET_INPUTS, OV_FACT_HTML_SECRET_INPUT_TEXT},
                 &secrets);
    OvTally drawings = sum(measure, OV_SHOWN_HTML, OV_HTML_ACTIVE_SVG);
    merge(&drawings, active_pictures(measure));
    ov_tally_set(measure, (OvTallyFacts){OV_FACT_HTML_ACTIVE_SVG, OV_FACT_HTML_ACTIVE_SVG_TEXT},
                 &drawings);
    ov_facts_set_number(facts, OV_FACT_HTML_CHECK_INPUTS,
                        sum(measure, OV_SHOWN_HTML, OV_HTML_CHECK_INPUT).n);
    ov_facts_set_number(facts, OV_FACT_HTML_MEDIA, sum(measure, OV_SHOWN_HTML, OV_HTML_MEDIA).n);
}
