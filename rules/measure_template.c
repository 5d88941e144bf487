#include "rules/placeholders.h"
#include "rules/text.h"

/* A page that explains a merge field sets it in the letters of code. */
static gboolean is_shown_as_code(const OvMeasure *measure, OvSlice field) {
    for (guint i = 0; i < measure->shown->n_texts; i++) {
        const OvHtml *html = measure->shown->texts[i].html;
        for (guint j = 0; html && j < html->n_runs; j++) {
            OvRange range = html->runs[j].range;
            if ((html->runs[j].flags & OV_HTML_INLINE_CODE) &&
                memmem(html->text.data + range.start, range.end - range.start, field.data,
                       field.length))
                return TRUE;
        }
    }
    return FALSE;
}

static OvSlice first_filler(const OvText *text) {
    guint n;
    const OvRange *ranges = ov_text_ranges(text, "lexicon-filler-text", OV_ALL_LANGUAGES, &n);
    for (guint i = 0; i < n; i++)
        if (ov_blocks_own(text->blocks, text->n_blocks, ranges[i].start))
            return (OvSlice){text->text.data + ranges[i].start, ranges[i].end - ranges[i].start};
    return OV_SLICE_LITERAL("");
}

void ov_measure_template(const OvText *text) {
    OvSlice placeholder = OV_SLICE_LITERAL("");
    for (guint i = 0; i < text->n_blocks && placeholder.length == 0; i++) {
        const OvBlock *block = &text->blocks[i];
        OvSlice own = {text->text.data + block->start, block->end - block->start};
        OvSlice found;
        if (block->kind == OV_BLOCK_OWN && ov_placeholders_find(own, &found) > 0 &&
            !is_shown_as_code(text->measure, found))
            placeholder = found;
    }
    ov_facts_set_text(text->measure->facts, OV_FACT_BODY_PLACEHOLDER,
                      placeholder.length > 0 ? placeholder : first_filler(text));
}
