#include "rules/html_internal.h"

#include "rules/html_stack.h"

void ov_html_tree_init(OvHtmlReader *reader) {
    static const OvTag tags[] = {OV_TAG_HTML, OV_TAG_BODY};
    memset(reader->last_open, 0xFF, sizeof reader->last_open);
    OvStyle initial = ov_style_initial();
    for (guint i = 0; i < G_N_ELEMENTS(tags); i++) {
        reader->declared[i].set = reader->declared[i].important = 0;
        reader->declared[i].image = (OvSlice){NULL, 0};
        reader->subjects[i] =
            (OvCssSubject){.tag = tags[i], .name = ov_slice(ov_tag_name(tags[i]))};
        reader->open[i] = (OvOpen){.tag = tags[i],
                                   .link = OV_HTML_NONE,
                                   .own_link = OV_HTML_NONE,
                                   .same = OV_NO_OPEN,
                                   .special = (guint16)i,
                                   .item = (guint16)i,
                                   .p = OV_NO_OPEN,
                                   .table = OV_NO_OPEN,
                                   .style = initial};
    }
    reader->n_open = G_N_ELEMENTS(tags);
    if (ov_css_sheet_is_empty(reader->sheet))
        return;
    reader->token.present = 0;
    reader->token.n_attributes = 0;
    for (guint i = 0; i < G_N_ELEMENTS(tags); i++) {
        reader->token.tag = tags[i];
        ov_html_restyle(reader, i);
    }
}

/* The first <html> or <body> tag is that of an element that is open already. */
static void start_outermost(OvHtmlReader *reader, guint at) {
    if (reader->open[at].number > 0)
        return;
    ov_html_restyle(reader, at);
    reader->open[at].number = ++reader->n_elements;
    OvSlice language = ov_token_value(&reader->token, OV_ATTRIBUTE_LANG);
    if (language.length > 0 && reader->html->language.length == 0)
        reader->html->language = ov_html_decode(reader, language, TRUE);
}

static void close_p(OvHtmlReader *reader) {
    guint16 p = ov_html_top(reader)->p;
    if (p != OV_NO_OPEN)
        ov_html_pop_to(reader, p);
}

/* Elements that end by themselves where one around them ends. */
static void close_implied(OvHtmlReader *reader, OvTag but) {
    for (;;) {
        OvTag tag = ov_html_top(reader)->tag;
        switch (tag) {
        case OV_TAG_DD:
        case OV_TAG_DT:
        case OV_TAG_LI:
        case OV_TAG_OPTGROUP:
        case OV_TAG_OPTION:
        case OV_TAG_P:
        case OV_TAG_RB:
        case OV_TAG_RP:
        case OV_TAG_RT:
        case OV_TAG_RTC:
            if (tag == but)
                return;
            ov_html_pop(reader);
            break;
        default:
            return;
        }
    }
}

static gboolean in_scope(const OvHtmlReader *reader, OvTag tag) {
    guint16 at = reader->last_open[tag];
    return at != OV_NO_OPEN && at >= reader->open[reader->n_open - 1].scope;
}

/* Ends the innermost tag, if its scope allows; an error where others end with it. */
static gboolean close_in_scope(OvHtmlReader *reader, OvTag tag) {
    if (!in_scope(reader, tag))
        return FALSE;
    close_implied(reader, tag);
    reader->html->n_errors += ov_html_top(reader)->tag != tag;
    ov_html_pop_to(reader, reader->last_open[tag]);
    return TRUE;
}

/* A list item ends the one before it, if nothing special but address, div and p is between. */
static void close_item(OvHtmlReader *reader, OvTag one, OvTag other) {
    guint16 at = ov_html_top(reader)->item;
    if (reader->open[at].tag == one || reader->open[at].tag == other)
        ov_html_pop_to(reader, at);
}

/* <a>, <b> ... end; what is open inside them goes on without them (the adoption agency of WHATWG
 * HTML 13.2.6.4.7, as far as text tells the difference). */
static void close_formatting(OvHtmlReader *reader, OvTag tag) {
    guint entry = reader->n_formatting;
    while (entry > 0 && !reader->formatting[entry - 1].marker &&
           reader->formatting[entry - 1].tag != tag)
        entry--;
    if (entry == 0 || reader->formatting[entry - 1].marker) {
        ov_html_close_any(reader, tag);
        return;
    }
    entry--;
    guint16 at = reader->formatting[entry].open;
    const OvOpen *top = ov_html_top(reader);
    if (at == OV_NO_OPEN) {
        reader->html->n_errors++;
        ov_html_forget_formatting(reader, entry);
        return;
    }
    if (at < top->scope) {
        reader->html->n_errors++;
        return;
    }
    reader->html->n_errors += at + 1u != reader->n_open;
    gboolean holds_block = top->special > at;
    ov_html_forget_formatting(reader, entry);
    if (holds_block)
        ov_html_take_out(reader, at);
    else
        ov_html_pop_to(reader, at);
}

void ov_html_reconstruct(OvHtmlReader *reader) {
    guint n = reader->n_formatting, first = n;
    while (first > 0 && !reader->formatting[first - 1].marker &&
           reader->formatting[first - 1].open == OV_NO_OPEN)
        first--;
    for (; first < n; first++)
        ov_html_reopen_formatting(reader, first);
}

/* Where in a table the innermost open element is; the tags that a table is made of are ignored
 * elsewhere. */
static gboolean start_table_part(OvHtmlReader *reader, OvTag tag) {
    guint16 at = ov_html_top(reader)->table;
    if (at == OV_NO_OPEN)
        return FALSE;
    OvTag context = reader->open[at].tag;
    gboolean is_cell = tag == OV_TAG_TD || tag == OV_TAG_TH;
    if (context == OV_TAG_TD || context == OV_TAG_TH || context == OV_TAG_CAPTION ||
        context == OV_TAG_COLGROUP) {
        ov_html_pop_to(reader, at);
        at = ov_html_top(reader)->table;
        context = at == OV_NO_OPEN ? OV_TAG_UNKNOWN : reader->open[at].tag;
    }
    if (context == OV_TAG_TR && !is_cell) {
        ov_html_pop_to(reader, at);
        at = ov_html_top(reader)->table;
        context = at == OV_NO_OPEN ? OV_TAG_UNKNOWN : reader->open[at].tag;
    }
    if (context != OV_TAG_TABLE && context != OV_TAG_TR && !is_cell && tag != OV_TAG_TR &&
        at != OV_NO_OPEN) {
        ov_html_pop_to(reader, at);
        at = ov_html_top(reader)->table;
    }
    if (at == OV_NO_OPEN)
        return FALSE;
    /* What stands between the parts of the table ends with the next part. */
    ov_html_pop_to(reader, at + 1u);
    context = reader->open[at].tag;
    if ((is_cell || tag == OV_TAG_TR) && context == OV_TAG_TABLE) {
        ov_html_push_implied(reader, OV_TAG_TBODY);
        context = OV_TAG_TBODY;
    }
    if (is_cell && context != OV_TAG_TR)
        ov_html_push_implied(reader, OV_TAG_TR);
    return TRUE;
}

static gboolean is_table_part(OvTag tag) {
    switch (tag) {
    case OV_TAG_CAPTION:
    case OV_TAG_COLGROUP:
    case OV_TAG_TBODY:
    case OV_TAG_THEAD:
    case OV_TAG_TFOOT:
    case OV_TAG_TR:
    case OV_TAG_TD:
    case OV_TAG_TH:
        return TRUE;
    default:
        return FALSE;
    }
}

/* TRUE between the parts of a table, where text belongs before it. */
static gboolean is_between_cells(const OvHtmlReader *reader) {
    OvTag tag = reader->open[reader->n_open - 1].tag;
    return tag == OV_TAG_TABLE ||
           (is_table_part(tag) && tag != OV_TAG_TD && tag != OV_TAG_TH && tag != OV_TAG_CAPTION);
}

static void leave_foreign(OvHtmlReader *reader) {
    reader->html->n_errors++;
    while (ov_html_is_foreign(ov_html_top(reader)))
        ov_html_pop(reader);
}

/* What a start tag ends before it begins. Returns FALSE where it is to be ignored. */
static gboolean make_way(OvHtmlReader *reader, OvTag tag) {
    guint flags = ov_tag_info[tag].flags;
    if (is_table_part(tag))
        return start_table_part(reader, tag);
    if (tag == OV_TAG_COL || tag == OV_TAG_FRAME || tag == OV_TAG_FRAMESET || tag == OV_TAG_HEAD)
        return FALSE;
    if (flags & OV_TAG_CLOSES_P)
        close_p(reader);
    if (flags & OV_TAG_IS_HEADING &&
        ov_tag_info[ov_html_top(reader)->tag].flags & OV_TAG_IS_HEADING)
        ov_html_pop(reader);
    switch (tag) {
    case OV_TAG_LI:
        close_item(reader, OV_TAG_LI, OV_TAG_LI);
        close_p(reader);
        break;
    case OV_TAG_DD:
    case OV_TAG_DT:
        close_item(reader, OV_TAG_DD, OV_TAG_DT);
        close_p(reader);
        break;
    case OV_TAG_BUTTON:
        close_in_scope(reader, OV_TAG_BUTTON);
        break;
    case OV_TAG_FORM:
        if (reader->last_open[OV_TAG_FORM] != OV_NO_OPEN)
            return FALSE;
        break;
    case OV_TAG_A:
    case OV_TAG_NOBR:
        if (reader->last_open[tag] != OV_NO_OPEN || reader->n_formatting > 0)
            ov_html_close_same(reader, tag);
        break;
    case OV_TAG_TABLE:
        if (is_between_cells(reader))
            ov_html_pop_to(reader, reader->last_open[OV_TAG_TABLE]);
        else if (!reader->quirks)
            close_p(reader);
        break;
    case OV_TAG_SELECT:
        close_in_scope(reader, OV_TAG_SELECT);
        break;
    case OV_TAG_OPTGROUP:
    case OV_TAG_OPTION:
        if (ov_html_top(reader)->tag == OV_TAG_OPTION)
            ov_html_pop(reader);
        if (tag == OV_TAG_OPTGROUP && ov_html_top(reader)->tag == OV_TAG_OPTGROUP)
            ov_html_pop(reader);
        break;
    case OV_TAG_RB:
    case OV_TAG_RT:
    case OV_TAG_RTC:
    case OV_TAG_RP:
        if (in_scope(reader, OV_TAG_RUBY))
            close_implied(reader, tag == OV_TAG_RT || tag == OV_TAG_RP ? OV_TAG_RTC : tag);
        break;
    default:
        break;
    }
    if (flags & OV_TAG_RECONSTRUCTS)
        ov_html_reconstruct(reader);
    return TRUE;
}

/* Names that Word and AMP write are not blamed. */
static gboolean is_known(const OvToken *token) {
    static const char *const prefixes[] = {"o:", "v:", "w:", "m:", "st1:", "amp-", "x:", "d:"};
    if (token->tag != OV_TAG_UNKNOWN)
        return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++)
        if (token->name.length > strlen(prefixes[i]) &&
            g_ascii_strncasecmp(token->name.data, prefixes[i], strlen(prefixes[i])) == 0)
            return TRUE;
    return FALSE;
}

void ov_html_start_tag(OvHtmlReader *reader) {
    OvToken *token = &reader->token;
    reader->html->n_tags++;
    reader->html->n_unknown += !is_known(token);
    reader->skip_line_end = FALSE;
    if (token->tag == OV_TAG_IMAGE && ov_html_top(reader)->space == OV_SPACE_HTML)
        token->tag = OV_TAG_IMG;
    if (token->tag == OV_TAG_HTML || token->tag == OV_TAG_BODY) {
        start_outermost(reader, token->tag == OV_TAG_HTML ? 0 : 1);
        return;
    }
    if (ov_html_is_foreign(ov_html_top(reader)) && ov_html_breaks_out(token))
        leave_foreign(reader);
    if (ov_html_is_foreign(ov_html_top(reader))) {
        reader->tokenizer.raw = OV_TAG_UNKNOWN;
        ov_html_push(reader, (OvNamespace)ov_html_top(reader)->space);
        if (token->self_closing)
            ov_html_pop(reader);
    } else if (!make_way(reader, token->tag)) {
        return;
    } else if (ov_tag_info[token->tag].flags & OV_TAG_IS_VOID) {
        ov_html_put_void(reader);
    } else if (token->tag == OV_TAG_SVG || token->tag == OV_TAG_MATH) {
        ov_html_push(reader, token->tag == OV_TAG_SVG ? OV_SPACE_SVG : OV_SPACE_MATHML);
        if (token->self_closing)
            ov_html_pop(reader);
    } else {
        gboolean between = token->tag == OV_TAG_FORM && is_between_cells(reader);
        ov_html_push(reader, OV_SPACE_HTML);
        if (between)
            ov_html_pop(reader); /* a form there holds nothing */
        reader->skip_line_end =
            (ov_tag_info[token->tag].flags & OV_TAG_IS_PREFORMATTED && token->tag != OV_TAG_XMP) ||
            token->tag == OV_TAG_TEXTAREA;
    }
    reader->tokenizer.foreign = ov_html_top(reader)->space != OV_SPACE_HTML;
}

static void end_table_part(OvHtmlReader *reader, OvTag tag) {
    guint16 at = reader->last_open[tag];
    guint16 table = reader->last_open[OV_TAG_TABLE];
    if (at == OV_NO_OPEN || table == OV_NO_OPEN || at < table) {
        reader->html->n_errors++;
        return;
    }
    close_implied(reader, OV_TAG_UNKNOWN);
    ov_html_pop_to(reader, at);
}

static void end_heading(OvHtmlReader *reader) {
    static const OvTag headings[] = {OV_TAG_H1, OV_TAG_H2, OV_TAG_H3,
                                     OV_TAG_H4, OV_TAG_H5, OV_TAG_H6};
    guint innermost = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(headings); i++)
        if (in_scope(reader, headings[i]))
            innermost = MAX(innermost, reader->last_open[headings[i]]);
    if (innermost > 0)
        ov_html_pop_to(reader, innermost);
    else
        reader->html->n_errors++;
}

static gboolean is_below(const OvHtmlReader *reader, OvTag inner, OvTag outer) {
    return reader->last_open[outer] == OV_NO_OPEN ||
           reader->last_open[inner] > reader->last_open[outer];
}

static void end_html_element(OvHtmlReader *reader, OvTag tag) {
    guint flags = ov_tag_info[tag].flags;
    if (is_table_part(tag) || tag == OV_TAG_TABLE) {
        end_table_part(reader, tag);
        return;
    }
    if (flags & OV_TAG_IS_HEADING) {
        end_heading(reader);
        return;
    }
    if (flags & OV_TAG_IS_FORMATTING) {
        close_formatting(reader, tag);
        return;
    }
    switch (tag) {
    case OV_TAG_HTML:
    case OV_TAG_BODY:
    case OV_TAG_HEAD:
    case OV_TAG_COL:
        return;
    case OV_TAG_P:
        if (ov_html_top(reader)->p == OV_NO_OPEN) {
            reader->html->n_errors++;
            ov_html_break(reader);
        } else {
            close_implied(reader, OV_TAG_P);
            close_p(reader);
        }
        return;
    case OV_TAG_BR:
        reader->html->n_errors++;
        ov_html_reconstruct(reader);
        ov_html_line_break(reader);
        return;
    case OV_TAG_LI:
        if (is_below(reader, tag, OV_TAG_UL) && is_below(reader, tag, OV_TAG_OL))
            close_in_scope(reader, tag);
        return;
    case OV_TAG_FORM:
        /* It ends without those inside it. */
        if (ov_html_top(reader)->tag == OV_TAG_FORM)
            ov_html_pop(reader);
        else if (in_scope(reader, tag))
            ov_html_take_out(reader, reader->last_open[tag]);
        return;
    case OV_TAG_TEMPLATE:
        if (reader->last_open[tag] != OV_NO_OPEN)
            ov_html_pop_to(reader, reader->last_open[tag]);
        return;
    default:
        break;
    }
    if (flags & OV_TAG_IS_SPECIAL && !(flags & OV_TAG_IS_VOID))
        reader->html->n_errors += !close_in_scope(reader, tag);
    else
        ov_html_close_any(reader, tag);
}

void ov_html_end_tag(OvHtmlReader *reader) {
    const OvToken *token = &reader->token;
    reader->skip_line_end = FALSE;
    OvOpen *top = ov_html_top(reader);
    gboolean done = FALSE;
    if (top->space != OV_SPACE_HTML) {
        if (token->tag == OV_TAG_P || token->tag == OV_TAG_BR)
            leave_foreign(reader);
        else
            done = ov_html_end_foreign(reader);
    }
    if (!done)
        end_html_element(reader, token->tag);
    reader->tokenizer.foreign = ov_html_top(reader)->space != OV_SPACE_HTML;
}
