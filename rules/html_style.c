#include "rules/html_style.h"

#include "rules/css_number.h"

static const double HIDDEN_FONT = 2;       /* px, and less */
static const float HIDDEN_OPACITY = 0.05F; /* and less */
static const double HIDDEN_INDENT = -200;  /* px, and less */
static const double HIDDEN_PLACE = -500;   /* px, and less */
static const double HIDDEN_BOX = 1;        /* px, and less */
static const double HIDDEN_DISTANCE = 12;  /* of colours; less is hidden (rule catalogue 1.4) */
static const double HIDDEN_CONTRAST = 1.2;
static const double CONTAINER = 600; /* px, where the width of one is not known */
static const float ROOT_FONT = 16;

enum { WHITE = 0xFFFFFFFF, BLACK = 0x000000FF };

OvStyle ov_style_initial(void) {
    return (OvStyle){.display = OV_DISPLAY_BLOCK,
                     .font = ROOT_FONT,
                     .opacity = 1,
                     .colour = BLACK,
                     .background = WHITE};
}

/* A length of an attribute: px, or percent; of "100px" the number. */
static void hint_length(const OvToken *token, OvAttribute attribute, OvCssProperty property,
                        OvCssDeclarations *hints) {
    OvSlice value = ov_slice_trim(ov_token_value(token, attribute));
    double number;
    gsize taken = ov_css_number(value, &number);
    if (taken == 0 || number < 0)
        return;
    gboolean percent = taken < value.length && value.data[taken] == '%';
    ov_css_set(hints, property,
               (OvCssValue){.kind = percent ? OV_CSS_PERCENT : OV_CSS_PX, .number = (float)number});
}

static void hint_colour(const OvToken *token, OvAttribute attribute, OvCssProperty property,
                        OvCssDeclarations *hints) {
    OvColour colour;
    if (ov_token_has(token, attribute) &&
        ov_colour_read_attribute(ov_token_value(token, attribute), &colour))
        ov_css_set(hints, property, (OvCssValue){.kind = OV_CSS_IS_COLOUR, .colour = colour});
}

/* <font size>: 1 to 7, or +n and -n of 3. */
static void hint_font_size(OvSlice value, OvCssDeclarations *hints) {
    static const float sizes[] = {10, 13, 16, 18, 24, 32, 48};
    double number;
    value = ov_slice_trim(value);
    if (ov_css_number(value, &number) == 0)
        return;
    if (value.data[0] == '+' || value.data[0] == '-')
        number += 3;
    int size = (int)CLAMP(number, 1, 7);
    ov_css_set(hints, OV_CSS_FONT_SIZE, (OvCssValue){.kind = OV_CSS_PX, .number = sizes[size - 1]});
}

void ov_style_hints(const OvToken *token, OvCssDeclarations *hints) {
    hints->set = hints->important = 0;
    hints->image = (OvSlice){NULL, 0};
    if (token->tag == OV_TAG_DIALOG && !ov_token_has(token, OV_ATTRIBUTE_OPEN))
        ov_css_set(hints, OV_CSS_DISPLAY, ov_css_keyword(OV_DISPLAY_NONE));
    if (!token->present)
        return;
    if (ov_token_has(token, OV_ATTRIBUTE_HIDDEN))
        ov_css_set(hints, OV_CSS_DISPLAY, ov_css_keyword(OV_DISPLAY_NONE));
    if (ov_token_has(token, OV_ATTRIBUTE_BACKGROUND)) {
        ov_css_set(hints, OV_CSS_BACKGROUND_IMAGE, ov_css_keyword(OV_BACKGROUND_PICTURE));
        hints->image = ov_token_value(token, OV_ATTRIBUTE_BACKGROUND);
    }
    hint_colour(token, OV_ATTRIBUTE_BGCOLOR, OV_CSS_BACKGROUND_COLOUR, hints);
    hint_length(token, OV_ATTRIBUTE_WIDTH, OV_CSS_WIDTH, hints);
    hint_length(token, OV_ATTRIBUTE_HEIGHT, OV_CSS_HEIGHT, hints);
    switch (token->tag) {
    case OV_TAG_BODY:
        hint_colour(token, OV_ATTRIBUTE_TEXT, OV_CSS_COLOUR, hints);
        break;
    case OV_TAG_FONT:
        hint_colour(token, OV_ATTRIBUTE_COLOR, OV_CSS_COLOUR, hints);
        if (ov_token_has(token, OV_ATTRIBUTE_SIZE))
            hint_font_size(ov_token_value(token, OV_ATTRIBUTE_SIZE), hints);
        break;
    default:
        break;
    }
}

static float default_font(OvTag tag, float parent) {
    switch (tag) {
    case OV_TAG_H1:
        return 2 * parent;
    case OV_TAG_H2:
        return 1.5F * parent;
    case OV_TAG_H3:
        return 1.17F * parent;
    case OV_TAG_H5:
    case OV_TAG_SMALL:
    case OV_TAG_SUB:
    case OV_TAG_SUP:
        return parent / 1.2F;
    case OV_TAG_H6:
        return 0.67F * parent;
    case OV_TAG_BIG:
        return 1.2F * parent;
    case OV_TAG_RT:
        return parent / 2;
    default:
        return parent;
    }
}

/* What browsers do with an element before any style. */
static void set_defaults(OvStyle *style, OvTag tag) {
    const OvTagInfo *info = &ov_tag_info[tag];
    style->display = (guint8)info->display;
    if (info->flags & OV_TAG_IS_PREFORMATTED || tag == OV_TAG_TEXTAREA)
        style->space = OV_SPACE_KEEP;
    if (info->flags & OV_TAG_IS_HEADING)
        style->flags |= OV_HTML_BOLD;
    style->font = default_font(tag, style->font);
    switch (tag) {
    case OV_TAG_B:
    case OV_TAG_STRONG:
    case OV_TAG_TH:
        style->flags |= OV_HTML_BOLD;
        break;
    case OV_TAG_S:
    case OV_TAG_STRIKE:
    case OV_TAG_DEL:
        style->flags |= OV_HTML_STRUCK;
        break;
    case OV_TAG_CODE:
    case OV_TAG_KBD:
    case OV_TAG_SAMP:
    case OV_TAG_TT:
        style->flags |= OV_HTML_INLINE_CODE;
        break;
    case OV_TAG_MARK:
        style->background = 0xFFFF00FF;
        style->colour = BLACK;
        style->background_known = TRUE;
        break;
    case OV_TAG_TITLE:
    case OV_TAG_STYLE:
    case OV_TAG_SCRIPT:
    case OV_TAG_RP:
    case OV_TAG_PROGRESS:
    case OV_TAG_METER:
    case OV_TAG_DESC:
    case OV_TAG_METADATA:
    case OV_TAG_ANNOTATION:
    case OV_TAG_ANNOTATION_XML:
    case OV_TAG_FRAMESET:
        style->unread = TRUE;
        break;
    default:
        break;
    }
}

static double px_of(OvCssValue value, double font, double container) {
    switch (value.kind) {
    case OV_CSS_PX:
        return value.number;
    case OV_CSS_EM:
        return value.number * font;
    case OV_CSS_PERCENT:
        return value.number * container / 100;
    default:
        return 0;
    }
}

double ov_style_px(const OvCssDeclarations *declarations, OvCssProperty property, double font,
                   double container) {
    return ov_css_is_set(declarations, property)
               ? px_of(declarations->value[property], font, container)
               : 0;
}

static gboolean is_on(const OvCssDeclarations *declarations, OvCssProperty property) {
    return ov_css_is_set(declarations, property) &&
           declarations->value[property].kind == OV_CSS_KEYWORD &&
           declarations->value[property].keyword;
}

static gboolean is_length(const OvCssDeclarations *declarations, OvCssProperty property) {
    if (!ov_css_is_set(declarations, property))
        return FALSE;
    guint kind = declarations->value[property].kind;
    return kind == OV_CSS_PX || kind == OV_CSS_EM || kind == OV_CSS_PERCENT;
}

static void set_font(OvStyle *style, const OvStyle *parent, OvCssValue value) {
    if (value.kind == OV_CSS_KEYWORD)
        style->font = value.keyword == OV_FONT_SMALLER ? parent->font / 1.2F : parent->font * 1.2F;
    else if (value.kind == OV_CSS_INHERIT)
        style->font = parent->font;
    else if (value.kind == OV_CSS_INITIAL)
        style->font = ROOT_FONT;
    else
        style->font = (float)px_of(value, parent->font, parent->font);
    style->font = CLAMP(style->font, 0, 10000);
}

/* A background that lets the one behind it through is mixed with it. */
static void set_background(OvStyle *style, const OvStyle *parent,
                           const OvCssDeclarations *declarations) {
    OvCssValue colour = declarations->value[OV_CSS_BACKGROUND_COLOUR];
    if (ov_css_is_set(declarations, OV_CSS_BACKGROUND_COLOUR) && colour.kind == OV_CSS_IS_COLOUR &&
        (colour.colour & 255) > 0) {
        gboolean opaque = (colour.colour & 255) == 255;
        style->background =
            opaque ? colour.colour : ov_colour_over(colour.colour, parent->background);
        style->background_known = opaque || parent->background_known;
    }
    if (is_on(declarations, OV_CSS_BACKGROUND_IMAGE))
        style->background_known = FALSE;
}

static void set_inherited(OvStyle *style, const OvStyle *parent,
                          const OvCssDeclarations *declarations) {
    const OvCssValue *value = declarations->value;
    if (ov_css_is_set(declarations, OV_CSS_FONT_SIZE))
        set_font(style, parent, value[OV_CSS_FONT_SIZE]);
    if (ov_css_is_set(declarations, OV_CSS_FONT_WEIGHT)) {
        style->flags &= (guint8)~OV_HTML_BOLD;
        if (value[OV_CSS_FONT_WEIGHT].kind == OV_CSS_INHERIT)
            style->flags |= parent->flags & OV_HTML_BOLD;
        else if (is_on(declarations, OV_CSS_FONT_WEIGHT))
            style->flags |= OV_HTML_BOLD;
    }
    if (is_on(declarations, OV_CSS_TEXT_DECORATION))
        style->flags |= OV_HTML_STRUCK;
    if (ov_css_is_set(declarations, OV_CSS_TEXT_TRANSFORM)) {
        style->flags &= (guint8)~OV_HTML_UPPERCASE;
        if (is_on(declarations, OV_CSS_TEXT_TRANSFORM))
            style->flags |= OV_HTML_UPPERCASE;
    }
    if (ov_css_is_set(declarations, OV_CSS_COLOUR)) {
        OvCssValue colour = value[OV_CSS_COLOUR];
        if (colour.kind == OV_CSS_IS_COLOUR)
            style->colour = colour.colour;
        else
            style->colour = colour.kind == OV_CSS_INITIAL ? BLACK : parent->colour;
    }
    if (ov_css_is_set(declarations, OV_CSS_VISIBILITY))
        style->unseen = value[OV_CSS_VISIBILITY].kind == OV_CSS_INHERIT
                            ? parent->unseen
                            : is_on(declarations, OV_CSS_VISIBILITY);
    if (ov_css_is_set(declarations, OV_CSS_WHITE_SPACE)) {
        OvCssValue space = value[OV_CSS_WHITE_SPACE];
        style->space = space.kind == OV_CSS_KEYWORD   ? (guint8)space.keyword
                       : space.kind == OV_CSS_INHERIT ? parent->space
                                                      : OV_SPACE_COLLAPSE;
    }
    if (is_length(declarations, OV_CSS_TEXT_INDENT))
        style->indent = (float)px_of(value[OV_CSS_TEXT_INDENT], style->font, CONTAINER);
}

static void set_display(OvStyle *style, const OvStyle *parent,
                        const OvCssDeclarations *declarations) {
    if (ov_css_is_set(declarations, OV_CSS_DISPLAY)) {
        OvCssValue display = declarations->value[OV_CSS_DISPLAY];
        style->display = display.kind == OV_CSS_KEYWORD   ? (guint8)display.keyword
                         : display.kind == OV_CSS_INHERIT ? parent->display
                                                          : OV_DISPLAY_INLINE;
    }
    if (style->display < OV_DISPLAY_BLOCK && style->display != OV_DISPLAY_CONTENTS &&
        (is_on(declarations, OV_CSS_FLOAT) || is_on(declarations, OV_CSS_POSITION) ||
         parent->display == OV_DISPLAY_FLEX))
        style->display = OV_DISPLAY_BLOCK;
}

/* A box too small for any text, whose content does not go beyond it. Cells and inline elements
 * grow with their content. */
static gboolean is_box_closed(const OvStyle *style, const OvCssDeclarations *declarations) {
    static const OvCssProperty sides[] = {OV_CSS_HEIGHT, OV_CSS_MAX_HEIGHT, OV_CSS_WIDTH,
                                          OV_CSS_MAX_WIDTH, OV_CSS_LINE_HEIGHT};
    if (!is_on(declarations, OV_CSS_OVERFLOW) ||
        (style->display != OV_DISPLAY_BLOCK && style->display != OV_DISPLAY_INLINE_BLOCK &&
         style->display != OV_DISPLAY_LIST_ITEM && style->display != OV_DISPLAY_FLEX))
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(sides); i++)
        if (is_length(declarations, sides[i]) &&
            ov_style_px(declarations, sides[i], style->font, CONTAINER) <= HIDDEN_BOX)
            return TRUE;
    return FALSE;
}

static gboolean is_outside(const OvStyle *style, const OvCssDeclarations *declarations) {
    gboolean placed = is_on(declarations, OV_CSS_POSITION);
    static const struct {
        OvCssProperty property;
        gboolean placed;
    } sides[] = {{OV_CSS_LEFT, TRUE},
                 {OV_CSS_TOP, TRUE},
                 {OV_CSS_MARGIN_LEFT, FALSE},
                 {OV_CSS_MARGIN_TOP, FALSE}};
    for (gsize i = 0; i < G_N_ELEMENTS(sides); i++)
        if ((placed || !sides[i].placed) &&
            ov_style_px(declarations, sides[i].property, style->font, CONTAINER) <= HIDDEN_PLACE)
            return TRUE;
    return FALSE;
}

static void set_hidden(OvStyle *style, const OvCssDeclarations *declarations) {
    if (ov_css_is_set(declarations, OV_CSS_OPACITY))
        style->opacity *= declarations->value[OV_CSS_OPACITY].number;
    if (style->why != OV_HTML_SEEN)
        return;
    gboolean placed = is_on(declarations, OV_CSS_POSITION);
    if (style->display == OV_DISPLAY_NONE || is_on(declarations, OV_CSS_CONTENT_VISIBILITY))
        style->why = OV_HTML_HIDDEN_DISPLAY;
    else if (style->opacity <= HIDDEN_OPACITY)
        style->why = OV_HTML_HIDDEN_OPACITY;
    else if (is_box_closed(style, declarations))
        style->why = OV_HTML_HIDDEN_BOX;
    else if (is_outside(style, declarations))
        style->why = OV_HTML_HIDDEN_PLACE;
    else if ((placed && is_on(declarations, OV_CSS_CLIP)) ||
             is_on(declarations, OV_CSS_CLIP_PATH) || is_on(declarations, OV_CSS_TRANSFORM))
        style->why = OV_HTML_HIDDEN_CLIP;
}

static void set_contrast(OvStyle *style, const OvStyle *parent) {
    if (style->colour == parent->colour && style->background == parent->background &&
        style->background_known == parent->background_known)
        return;
    style->contrast = 0;
    style->faint = (style->colour & 255) < HIDDEN_OPACITY * 255;
    if (!style->background_known)
        return;
    OvColour seen = ov_colour_over(style->colour, style->background);
    style->contrast = (float)ov_colour_contrast(seen, style->background);
    style->faint |= style->contrast < HIDDEN_CONTRAST ||
                    ov_colour_distance(seen, style->background) < HIDDEN_DISTANCE;
}

void ov_style_of(OvStyle *style, const OvStyle *parent, OvTag tag,
                 const OvCssDeclarations *declarations) {
    *style = *parent;
    style->why = parent->inside_why;
    set_defaults(style, tag);
    if (tag == OV_TAG_SUMMARY)
        style->why = parent->why;
    if (declarations->set) {
        set_inherited(style, parent, declarations);
        set_background(style, parent, declarations);
    }
    set_display(style, parent, declarations);
    set_hidden(style, declarations);
    set_contrast(style, parent);
    style->inside_why = style->why;
}

OvHtmlHiddenWhy ov_style_hides(const OvStyle *style) {
    if (style->inside_why != OV_HTML_SEEN)
        return (OvHtmlHiddenWhy)style->inside_why;
    if (style->unseen)
        return OV_HTML_HIDDEN_VISIBILITY;
    if (style->font <= HIDDEN_FONT)
        return OV_HTML_HIDDEN_FONT;
    if (style->indent <= HIDDEN_INDENT)
        return OV_HTML_HIDDEN_PLACE;
    if (style->faint)
        return OV_HTML_HIDDEN_COLOUR;
    return OV_HTML_SEEN;
}
