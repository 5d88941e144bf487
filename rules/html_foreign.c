#include "rules/html_stack.h"

enum { MAX_WALK = 32 }; /* open elements that an end tag is compared with */

/* TRUE where HTML stands inside SVG or MathML. */
static gboolean is_html_inside(const OvOpen *open) {
    switch (open->tag) {
    case OV_TAG_FOREIGNOBJECT:
    case OV_TAG_DESC:
    case OV_TAG_TITLE:
        return open->space == OV_SPACE_SVG;
    case OV_TAG_MI:
    case OV_TAG_MO:
    case OV_TAG_MN:
    case OV_TAG_MS:
    case OV_TAG_MTEXT:
    case OV_TAG_ANNOTATION_XML:
        return open->space == OV_SPACE_MATHML;
    default:
        return FALSE;
    }
}

gboolean ov_html_is_foreign(const OvOpen *open) {
    return open->space != OV_SPACE_HTML && !is_html_inside(open);
}

gboolean ov_html_breaks_out(const OvToken *token) {
    OvTag tag = token->tag;
    guint flags = ov_tag_info[tag].flags;
    if (tag == OV_TAG_UNKNOWN || flags & OV_TAG_IS_FOREIGN)
        return FALSE;
    if (tag == OV_TAG_FONT)
        return ov_token_has(token, OV_ATTRIBUTE_COLOR) || ov_token_has(token, OV_ATTRIBUTE_SIZE);
    if (flags & OV_TAG_IS_FORMATTING)
        return tag != OV_TAG_A;
    if (flags & (OV_TAG_CLOSES_P | OV_TAG_IS_HEADING))
        return tag != OV_TAG_SUMMARY && tag != OV_TAG_SEARCH && tag != OV_TAG_DETAILS;
    switch (tag) {
    case OV_TAG_BODY:
    case OV_TAG_BR:
    case OV_TAG_DD:
    case OV_TAG_DT:
    case OV_TAG_EMBED:
    case OV_TAG_HEAD:
    case OV_TAG_IMG:
    case OV_TAG_LI:
    case OV_TAG_META:
    case OV_TAG_RUBY:
    case OV_TAG_SPAN:
    case OV_TAG_SUB:
    case OV_TAG_SUP:
    case OV_TAG_TABLE:
    case OV_TAG_VAR:
        return TRUE;
    default:
        return FALSE;
    }
}

gboolean ov_html_end_foreign(OvHtmlReader *reader) {
    const OvToken *token = &reader->token;
    for (guint i = reader->n_open - 1, walked = 0; i > 0 && walked < MAX_WALK; i--) {
        if (reader->open[i].space == OV_SPACE_HTML)
            return FALSE;
        walked++;
        if (reader->open[i].tag == token->tag &&
            ov_slice_equal_nocase(reader->subjects[i].name, token->name)) {
            ov_html_pop_to(reader, i);
            return TRUE;
        }
    }
    return FALSE;
}
