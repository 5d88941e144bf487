/* How an element is shown: what its style, its attributes and the elements around it come to. */
#pragma once

#include "rules/css_colour.h"
#include "rules/css_declarations.h"
#include "rules/html.h"
#include "rules/html_token.h"

typedef struct {
    guint8 display;    /* OvDisplay */
    guint8 space;      /* OV_SPACE_... */
    guint8 why;        /* OvHtmlHiddenWhy that nothing inside can undo */
    guint8 inside_why; /* the same for what is inside: a closed <details> shows its summary */
    guint8 flags;      /* OvHtmlRunFlags */
    gboolean unseen;   /* visibility */
    gboolean unread;   /* its content is no text: <style>, <title> */
    gboolean background_known;
    gboolean faint; /* the text has the colour of its background, or next to it */
    OvColour colour, background;
    float font;     /* px */
    float opacity;  /* of all around it together */
    float indent;   /* px */
    float contrast; /* of colour and background; 0 where the latter is not known */
} OvStyle;

/* That of the window, before anything was read. */
OvStyle ov_style_initial(void);

/* What the attributes of an element say of its style (WHATWG HTML 15), for it and without `style`.
 */
void ov_style_hints(const OvToken *token, OvCssDeclarations *hints);

/* The style of an element inside another. */
void ov_style_of(OvStyle *style, const OvStyle *parent, OvTag tag,
                 const OvCssDeclarations *declarations);

/* Why text right inside such an element is not seen; OV_HTML_SEEN where it is. */
OvHtmlHiddenWhy ov_style_hides(const OvStyle *style);

/* A declared size in px: 0 where there is none. container: what percents are of. */
double ov_style_px(const OvCssDeclarations *declarations, OvCssProperty property, double font,
                   double container);
