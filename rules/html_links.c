#include "rules/html_internal.h"

enum { SPACER = 3 }; /* px: a picture of that width or height is none to look at */

static const double MAX_WIDTH = 800, MAX_HEIGHT = 4000, UNKNOWN_SIDE = 200, CONTAINER = 600;

static gboolean is_blank(char c) {
    return (guchar)c <= ' ';
}

/* What browsers leave out of addresses. */
static gboolean is_dropped(char c) {
    return c == '\t' || c == '\n' || c == '\r';
}

OvSlice ov_html_address(OvHtmlReader *reader, OvSlice value) {
    value = ov_html_decode(reader, value, TRUE);
    while (value.length > 0 && is_blank(value.data[0]))
        value.data++, value.length--;
    while (value.length > 0 && is_blank(value.data[value.length - 1]))
        value.length--;
    gsize at = 0;
    while (at < value.length && !is_dropped(value.data[at]))
        at++;
    if (at == value.length)
        return value;
    char *clean = ov_arena_alloc(reader->arena, value.length);
    gsize length = 0;
    for (at = 0; at < value.length; at++)
        if (!is_dropped(value.data[at]))
            clean[length++] = value.data[at];
    return (OvSlice){clean, length};
}

guint32 ov_html_add_link(OvHtmlReader *reader, OvHtmlLinkKind kind, OvSlice href) {
    OvHtml *html = reader->html;
    void *links = reader->links;
    if (!ov_html_grow(reader, &links, sizeof *reader->links, html->n_links, &reader->link_room,
                      OV_HTML_MAX_LINKS))
        return OV_HTML_NONE;
    reader->links = links;
    const OvToken *token = &reader->token;
    reader->links[html->n_links] = (OvHtmlLink){
        .kind = kind,
        .href = href,
        .target = ov_html_address(reader, href),
        .title = ov_html_decode(reader, ov_token_value(token, OV_ATTRIBUTE_TITLE), TRUE),
        .quoted = ov_html_top(reader)->kind == OV_HTML_QUOTED,
    };
    if (kind == OV_HTML_LINK_AREA)
        reader->links[html->n_links].alt =
            ov_html_decode(reader, ov_token_value(token, OV_ATTRIBUTE_ALT), TRUE);
    return html->n_links++;
}

/* Width or height: of a style attribute or an attribute or a style sheet, in px, else in percent.
 */
static double side_of(const OvCssDeclarations *declarations, OvCssProperty property,
                      const OvStyle *style) {
    if (!ov_css_is_set(declarations, property))
        return 0;
    /* Percents of a height that nothing tells are not known. */
    if (property == OV_CSS_HEIGHT && declarations->value[property].kind == OV_CSS_PERCENT)
        return 0;
    double side = ov_style_px(declarations, property, style->font, CONTAINER);
    return MAX(side, 0);
}

static void note_in_link(OvHtmlReader *reader, const OvHtmlImage *image) {
    OvHtmlLink *link = &reader->links[image->link];
    if (link->alt.length == 0)
        link->alt = image->alt_text;
    gboolean spacer = (image->width > 0 && image->width <= SPACER) ||
                      (image->height > 0 && image->height <= SPACER);
    if (image->hidden || spacer)
        return;
    link->n_images++;
    link->image_area += image->width * image->height;
}

void ov_html_add_image(OvHtmlReader *reader, OvSlice source, const OvStyle *style,
                       const OvCssDeclarations *declarations, gboolean background) {
    OvHtml *html = reader->html;
    void *images = reader->images;
    if (!ov_html_grow(reader, &images, sizeof *reader->images, html->n_images, &reader->image_room,
                      OV_HTML_MAX_IMAGES))
        return;
    reader->images = images;
    const OvToken *token = &reader->token;
    OvHtmlImage *image = &reader->images[html->n_images++];
    /* Letters of no size or colour hide no picture. */
    gboolean hidden = style->why != OV_HTML_SEEN || style->unseen;
    *image = (OvHtmlImage){
        .src = ov_html_address(reader, source),
        .width = side_of(declarations, OV_CSS_WIDTH, style),
        .height = side_of(declarations, OV_CSS_HEIGHT, style),
        .link = ov_html_top(reader)->link,
        .background = background,
        .hidden = hidden,
        .quoted = ov_html_top(reader)->kind == OV_HTML_QUOTED,
        .alt = OV_HTML_ALT_MISSING,
    };
    if (!background && ov_token_has(token, OV_ATTRIBUTE_ALT)) {
        OvSlice alt = ov_token_value(token, OV_ATTRIBUTE_ALT);
        image->alt_text = ov_slice_trim(ov_html_decode(reader, alt, TRUE));
        image->alt = image->alt_text.length > 0 ? OV_HTML_ALT_TEXT : OV_HTML_ALT_EMPTY;
    }
    if (image->link != OV_HTML_NONE)
        note_in_link(reader, image);
}

void ov_html_image_size(const OvHtmlImage *image, double own_width, double own_height,
                        double *width, double *height) {
    double w = image->width, h = image->height;
    gboolean own = own_width > 0 && own_height > 0;
    if (w <= 0 && h <= 0) {
        w = own ? own_width : UNKNOWN_SIDE;
        h = own ? own_height : UNKNOWN_SIDE;
    } else if (w <= 0) {
        w = own ? h * own_width / own_height : h;
    } else if (h <= 0) {
        h = own ? w * own_height / own_width : w;
    }
    *width = MIN(w, MAX_WIDTH);
    *height = MIN(h, MAX_HEIGHT);
}

void ov_html_finish_links(OvHtmlReader *reader) {
    OvHtml *html = reader->html;
    for (guint i = 0; i < html->n_links; i++) {
        OvHtmlLink *link = &reader->links[i];
        if (link->kind == OV_HTML_LINK_A || link->kind == OV_HTML_LINK_SVG)
            link->hidden = link->range.end == 0 && link->n_images == 0;
    }
    html->links = reader->links;
    html->images = reader->images;
}
