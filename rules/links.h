/* The links of a message: those of its HTML, and the addresses that stand bare in the plain text
 * that is shown, each with where it goes and what it is for. */
#pragma once

#include "rules/html.h"
#include "rules/link_hosts.h"
#include "rules/measure.h"

enum { OV_MAX_LINKS = 1000 }; /* the first ones; no letter has as many */

typedef enum {
    OV_LINK_CONTENT,
    OV_LINK_UNSUBSCRIBE, /* to leave the list, or to set what one gets */
    OV_LINK_LEGAL,       /* terms, privacy, imprint */
    OV_LINK_SOCIAL,      /* to a social network */
} OvLinkRole;

typedef struct {
    OvTarget target;
    OvLinkHost host;
    OvLinkRole role;
    const OvHtml *page;     /* NULL of a bare address, with: */
    const OvHtmlLink *html; /* of page */
    OvSlice text;           /* what is seen of it; empty of a picture */
    OvSlice address;        /* its target, cleaned; the bare address itself */
    guint shown;            /* number of the shown text that it is in */
    guint32 at;             /* octet there, of a bare address */
    gboolean form;          /* a form's, not a link's */
    gboolean hidden;
    gboolean quoted; /* never where measure->own_quotes */
} OvLink;

typedef struct {
    const OvLink *links; /* in order of the message */
    guint n_links;
    /* Of the texts that are shown and not quoted (rule catalogue 1.3): visible characters, and
     * those of them that are links. */
    guint32 visible;
    guint32 visible_linked;
    guint32 visible_quoted;
    gboolean has_html;
    gboolean has_picture; /* one that is seen, not a pixel, not quoted */
    gboolean cut;
} OvLinks;

/* Never NULL. Arena. */
const OvLinks *ov_links_read(OvMeasure *measure);

/* A web address that is not hidden and has a host. */
gboolean ov_link_is_web(const OvLink *link);
