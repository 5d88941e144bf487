#include "rules/html_stack.h"

enum {
    MAX_MOVED = 100 * 1000, /* more is no mail; what is open then stays as it is */
    MAX_NAMES_WALKED = 16,  /* open elements with unknown names that an end tag is compared with */
};

static OvHtmlBlockKind kind_of(const OvOpen *parent, OvTag tag, gboolean quotes) {
    if (quotes || parent->kind == OV_HTML_QUOTED)
        return OV_HTML_QUOTED;
    guint flags = ov_tag_info[tag].flags;
    if (flags & OV_TAG_IS_PREFORMATTED || parent->kind == OV_HTML_CODE)
        return OV_HTML_CODE;
    if (flags & OV_TAG_IS_HEADING)
        return OV_HTML_HEADING;
    switch (tag) {
    case OV_TAG_TH:
    case OV_TAG_CAPTION:
        return OV_HTML_TABLE_HEADER;
    case OV_TAG_BUTTON:
    case OV_TAG_OPTION:
    case OV_TAG_INPUT:
        return OV_HTML_BUTTON;
    case OV_TAG_LI:
        return OV_HTML_LIST_ITEM;
    case OV_TAG_TABLE:
    case OV_TAG_TD:
        return OV_HTML_ORDINARY;
    default:
        return parent->kind;
    }
}

/* Names of SVG and MathML mean nothing in HTML. In SVG only the text of <text> and of HTML inside
 * is seen, in colours that are not those of HTML. */
static void style_open(OvHtmlReader *reader, guint at) {
    OvOpen *open = &reader->open[at];
    OvStyle *style = &open->style;
    OvTag tag = open->tag;
    if (open->space == OV_SPACE_HTML && ov_tag_info[tag].flags & OV_TAG_IS_FOREIGN)
        tag = OV_TAG_UNKNOWN;
    ov_style_of(style, &reader->open[at - 1].style, tag, &reader->declared[at]);
    if (open->closed && style->why == OV_HTML_SEEN)
        style->inside_why = OV_HTML_HIDDEN_DISPLAY;
    if (open->space != OV_SPACE_SVG)
        return;
    style->background_known = style->faint = FALSE;
    style->contrast = 0;
    if (tag == OV_TAG_SVG)
        style->unread = TRUE;
    else if (tag == OV_TAG_TEXT || tag == OV_TAG_FOREIGNOBJECT)
        style->unread = FALSE;
}

/* What an element has from the one it is in. */
static void link_up(OvHtmlReader *reader, guint at) {
    OvOpen *open = &reader->open[at];
    const OvOpen *parent = &reader->open[at - 1];
    guint flags = ov_tag_info[open->tag].flags;
    guint16 self = (guint16)at;
    open->same = reader->last_open[open->tag];
    reader->last_open[open->tag] = self;
    gboolean html = open->space == OV_SPACE_HTML;
    gboolean special = html && flags & OV_TAG_IS_SPECIAL;
    open->special = special || !html ? self : parent->special;
    gboolean passed =
        open->tag == OV_TAG_ADDRESS || open->tag == OV_TAG_DIV || open->tag == OV_TAG_P;
    open->item = (special && !passed) || !html ? self : parent->item;
    open->scope = flags & OV_TAG_IS_SCOPE || !html ? self : parent->scope;
    open->p = parent->p;
    if (open->tag == OV_TAG_P && html)
        open->p = self;
    else if (flags & OV_TAG_IS_SCOPE || open->tag == OV_TAG_BUTTON || !html)
        open->p = OV_NO_OPEN;
    open->table = parent->table;
    switch (open->tag) {
    case OV_TAG_TABLE:
    case OV_TAG_CAPTION:
    case OV_TAG_COLGROUP:
    case OV_TAG_TBODY:
    case OV_TAG_THEAD:
    case OV_TAG_TFOOT:
    case OV_TAG_TR:
    case OV_TAG_TD:
    case OV_TAG_TH:
        open->table = self;
        break;
    case OV_TAG_TEMPLATE:
        open->table = OV_NO_OPEN;
        break;
    default:
        break;
    }
    style_open(reader, at);
    open->kind = (guint8)kind_of(parent, open->tag, open->quotes);
    open->link = open->own_link == OV_HTML_NONE ? parent->link : open->own_link;
    OvHtmlHiddenWhy why = ov_style_hides(&open->style);
    open->hidden_root = why == OV_HTML_SEEN                     ? 0
                        : ov_style_hides(&parent->style) == why ? parent->hidden_root
                                                                : open->number;
}

/* TRUE where a block begins or ends with the element. */
static gboolean is_block(const OvOpen *open) {
    guint display = open->style.display;
    return (display >= OV_DISPLAY_BLOCK && display < OV_DISPLAY_NONE) ||
           (open->tag == OV_TAG_P && display != OV_DISPLAY_NONE) || open->tag == OV_TAG_BUTTON ||
           open->tag == OV_TAG_TEXTAREA;
}

/* Finds what is declared for the token's element at place `at`: declared[at], subjects[at]. */
static void declare(OvHtmlReader *reader, guint at) {
    const OvToken *token = &reader->token;
    OvCssDeclarations *declared = &reader->declared[at];
    OvCssSubject *subject = &reader->subjects[at];
    *subject = (OvCssSubject){.tag = token->tag, .name = token->name};
    ov_style_hints(token, declared);
    if (!token->present && ov_css_sheet_is_empty(reader->sheet))
        return;
    if (token->present) {
        subject->id = ov_html_decode(reader, ov_token_value(token, OV_ATTRIBUTE_ID), TRUE);
        subject->classes = ov_html_decode(reader, ov_token_value(token, OV_ATTRIBUTE_CLASS), TRUE);
    }
    OvCssDeclarations own;
    own.set = 0;
    own.important = 0;
    if (ov_token_has(token, OV_ATTRIBUTE_STYLE)) {
        OvSlice style = ov_html_decode(reader, ov_token_value(token, OV_ATTRIBUTE_STYLE), TRUE);
        ov_css_read(reader->arena, style, &own, &reader->active_css);
    }
    ov_css_cascade(reader->sheet, reader->subjects, at + 1, token, &own, declared);
}

/* A deeper element takes the place of the one that it is in. */
static guint next_place(OvHtmlReader *reader) {
    if (reader->n_open == OV_HTML_MAX_DEPTH) {
        ov_html_pop(reader);
        reader->overflow++;
    }
    reader->html->depth = MAX(reader->html->depth, reader->n_open + 1 + reader->overflow);
    return reader->n_open;
}

/* What is not displayed breaks no line of what is. */
static void break_at(OvHtmlReader *reader, const OvOpen *open) {
    if (open->style.why == OV_HTML_HIDDEN_DISPLAY)
        ov_html_break_hidden(reader);
    else
        ov_html_break(reader);
}

/* Puts the element at place n_open on the stack: declared and subjects are set. */
static OvOpen *add_open(OvHtmlReader *reader, OvOpen element) {
    OvOpen *open = &reader->open[reader->n_open];
    *open = element;
    open->number = ++reader->n_elements;
    open->text_at = (guint32)reader->text.length;
    open->hidden_at = (guint32)reader->hidden.length;
    link_up(reader, reader->n_open++);
    if (is_block(open))
        break_at(reader, open);
    return open;
}

static guint32 link_of(OvHtmlReader *reader, OvNamespace space) {
    const OvToken *token = &reader->token;
    if (token->tag != OV_TAG_A)
        return OV_HTML_NONE;
    if (ov_token_has(token, OV_ATTRIBUTE_HREF))
        return ov_html_add_link(reader, space == OV_SPACE_HTML ? OV_HTML_LINK_A : OV_HTML_LINK_SVG,
                                ov_token_value(token, OV_ATTRIBUTE_HREF));
    if (space == OV_SPACE_SVG && ov_token_has(token, OV_ATTRIBUTE_XLINK_HREF))
        return ov_html_add_link(reader, OV_HTML_LINK_SVG,
                                ov_token_value(token, OV_ATTRIBUTE_XLINK_HREF));
    return OV_HTML_NONE;
}

void ov_html_push(OvHtmlReader *reader, OvNamespace space) {
    const OvToken *token = &reader->token;
    guint at = next_place(reader);
    declare(reader, at);
    const OvCssDeclarations *declared = &reader->declared[at];
    OvOpen element = {.tag = token->tag,
                      .space = (guint8)space,
                      .own_link = link_of(reader, space),
                      .quotes = ov_html_is_quote(reader, at),
                      .closed =
                          token->tag == OV_TAG_DETAILS && !ov_token_has(token, OV_ATTRIBUTE_OPEN)};
    OvOpen *open = add_open(reader, element);
    if (ov_css_is_set(declared, OV_CSS_BACKGROUND_IMAGE) && declared->image.length > 0)
        ov_html_add_image(reader, declared->image, &open->style, declared, TRUE);
    if (space != OV_SPACE_HTML)
        return;
    guint flags = ov_tag_info[token->tag].flags;
    if (flags & OV_TAG_IS_MARKER)
        ov_html_add_marker(reader);
    else if (flags & OV_TAG_IS_FORMATTING)
        ov_html_add_formatting(reader, at);
}

void ov_html_push_implied(OvHtmlReader *reader, OvTag tag) {
    guint at = next_place(reader);
    reader->declared[at].set = reader->declared[at].important = 0;
    reader->subjects[at] = (OvCssSubject){.tag = tag, .name = ov_slice(ov_tag_name(tag))};
    add_open(reader, (OvOpen){.tag = tag, .own_link = OV_HTML_NONE});
}

void ov_html_reopen_formatting(OvHtmlReader *reader, guint entry) {
    OvFormatting *formatting = &reader->formatting[entry];
    if (reader->n_moved++ >= MAX_MOVED || reader->n_open == OV_HTML_MAX_DEPTH)
        return;
    guint at = next_place(reader);
    reader->declared[at].set = reader->declared[at].important = 0;
    ov_css_lay_over(&reader->declared[at], &formatting->declarations, G_MAXUINT64);
    reader->subjects[at] =
        (OvCssSubject){.tag = formatting->tag, .name = ov_slice(ov_tag_name(formatting->tag))};
    add_open(reader, (OvOpen){.tag = formatting->tag, .own_link = formatting->link});
    formatting->open = (guint16)at;
}

/* What a field shows: the text on a button, or the one that it begins with. */
static void put_field(OvHtmlReader *reader) {
    static const char *const silent[] = {"hidden", "checkbox", "radio", "file",
                                         "image",  "password", "color", "range"};
    const OvToken *token = &reader->token;
    OvSlice type = ov_token_value(token, OV_ATTRIBUTE_TYPE);
    for (gsize i = 0; i < G_N_ELEMENTS(silent); i++)
        if (ov_slice_equal_nocase(type, ov_slice(silent[i])))
            return;
    OvSlice value = ov_token_value(token, OV_ATTRIBUTE_VALUE);
    if (value.length == 0)
        return;
    ov_html_break(reader);
    ov_html_put_encoded(reader, value, FALSE);
    ov_html_break(reader);
}

/* The address of a picture: src, and for want of it lowsrc or the first of srcset. */
static OvSlice picture_source(const OvToken *token) {
    if (ov_token_has(token, OV_ATTRIBUTE_SRC))
        return ov_token_value(token, OV_ATTRIBUTE_SRC);
    OvSlice set = ov_slice_trim(ov_token_value(token, OV_ATTRIBUTE_SRCSET));
    gsize end = 0;
    while (end < set.length && !g_ascii_isspace(set.data[end]))
        end++;
    return (OvSlice){set.data, end};
}

static gboolean is_image_input(const OvToken *token) {
    return token->tag == OV_TAG_INPUT &&
           ov_slice_equal_nocase(ov_token_value(token, OV_ATTRIBUTE_TYPE), ov_slice("image"));
}

void ov_html_put_void(OvHtmlReader *reader) {
    const OvToken *token = &reader->token;
    if (token->tag == OV_TAG_AREA && ov_token_has(token, OV_ATTRIBUTE_HREF))
        ov_html_add_link(reader, OV_HTML_LINK_AREA, ov_token_value(token, OV_ATTRIBUTE_HREF));
    if (token->tag == OV_TAG_WBR || ov_tag_info[token->tag].display == OV_DISPLAY_NONE)
        return;
    guint at = next_place(reader);
    declare(reader, at);
    OvOpen *open = add_open(reader, (OvOpen){.tag = token->tag, .own_link = OV_HTML_NONE});
    switch (token->tag) {
    case OV_TAG_BR:
        if (open->style.why != OV_HTML_HIDDEN_DISPLAY)
            ov_html_line_break(reader);
        break;
    case OV_TAG_IMG:
        ov_html_add_image(reader, picture_source(token), &open->style, &reader->declared[at],
                          FALSE);
        break;
    case OV_TAG_INPUT:
        if (is_image_input(token))
            ov_html_add_image(reader, picture_source(token), &open->style, &reader->declared[at],
                              FALSE);
        else
            put_field(reader);
        break;
    default:
        break;
    }
    ov_html_pop(reader);
}

void ov_html_restyle(OvHtmlReader *reader, guint at) {
    OvStyle initial = ov_style_initial();
    OvOpen *open = &reader->open[at];
    if (open->number > 0)
        return;
    declare(reader, at);
    for (guint i = at; i < reader->n_open; i++) {
        OvOpen *one = &reader->open[i];
        ov_style_of(&one->style, i > 0 ? &reader->open[i - 1].style : &initial, one->tag,
                    &reader->declared[i]);
        one->hidden_root = ov_style_hides(&one->style) == OV_HTML_SEEN ? 0 : G_MAXUINT32 - i;
    }
    const OvCssDeclarations *declared = &reader->declared[at];
    if (ov_css_is_set(declared, OV_CSS_BACKGROUND_IMAGE) && declared->image.length > 0)
        ov_html_add_image(reader, declared->image, &open->style, declared, TRUE);
}

/* An inline element that holds nothing splits the word that it stands in. */
static void mark_empty(OvHtmlReader *reader, const OvOpen *open) {
    if (open->style.display == OV_DISPLAY_INLINE && open->text_at == reader->text.length &&
        open->hidden_at == reader->hidden.length &&
        !(ov_tag_info[open->tag].flags & OV_TAG_IS_VOID) && open->space == OV_SPACE_HTML &&
        !reader->text.space)
        ov_html_mark_split(reader);
}

static void unlink_open(OvHtmlReader *reader, guint at) {
    const OvOpen *open = &reader->open[at];
    reader->last_open[open->tag] = open->same;
}

void ov_html_pop(OvHtmlReader *reader) {
    OvOpen *open = ov_html_top(reader);
    if (is_block(open)) {
        break_at(reader, open);
    } else {
        mark_empty(reader, open);
    }
    guint at = --reader->n_open;
    unlink_open(reader, at);
    guint flags = ov_tag_info[open->tag].flags;
    if (open->space != OV_SPACE_HTML)
        return;
    if (flags & OV_TAG_IS_MARKER) {
        ov_html_drop_to_marker(reader);
    } else if (flags & OV_TAG_IS_FORMATTING) {
        for (guint i = reader->n_formatting; i > 0; i--)
            if (reader->formatting[i - 1].open == at && !reader->formatting[i - 1].marker)
                reader->formatting[i - 1].open = OV_NO_OPEN;
    }
}

void ov_html_pop_to(OvHtmlReader *reader, guint at) {
    at = MAX(at, 2);
    while (reader->n_open > at)
        ov_html_pop(reader);
}

void ov_html_take_out(OvHtmlReader *reader, guint at) {
    guint above = reader->n_open - at - 1;
    if (at < 2 || reader->n_moved >= MAX_MOVED)
        return;
    reader->n_moved += above;
    if (is_block(&reader->open[at]))
        ov_html_break(reader);
    for (guint i = reader->n_open; i > at; i--)
        unlink_open(reader, i - 1);
    memmove(&reader->open[at], &reader->open[at + 1], sizeof *reader->open * above);
    memmove(&reader->subjects[at], &reader->subjects[at + 1], sizeof *reader->subjects * above);
    memmove(&reader->declared[at], &reader->declared[at + 1], sizeof *reader->declared * above);
    reader->n_open--;
    for (guint i = 0; i < reader->n_formatting; i++) {
        OvFormatting *formatting = &reader->formatting[i];
        if (formatting->marker || formatting->open == OV_NO_OPEN || formatting->open < at)
            continue;
        formatting->open = formatting->open == at ? OV_NO_OPEN : (guint16)(formatting->open - 1);
    }
    for (guint i = at; i < reader->n_open; i++)
        link_up(reader, i);
}

void ov_html_close_any(OvHtmlReader *reader, OvTag tag) {
    const OvToken *token = &reader->token;
    guint16 at = reader->last_open[tag];
    guint walked = 0;
    while (tag == OV_TAG_UNKNOWN && at != OV_NO_OPEN && walked++ < MAX_NAMES_WALKED &&
           !ov_slice_equal_nocase(reader->subjects[at].name, token->name))
        at = reader->open[at].same;
    if (at == OV_NO_OPEN || at < ov_html_top(reader)->special || walked > MAX_NAMES_WALKED) {
        reader->html->n_errors++;
        if (reader->overflow > 0)
            reader->overflow--;
        return;
    }
    reader->html->n_errors += at + 1u != reader->n_open;
    ov_html_pop_to(reader, at);
}
