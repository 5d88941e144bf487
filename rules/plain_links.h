/* Web and mail addresses that stand bare in plain text, where mail programs make links of them. */
#pragma once

#include "rules/arena.h"

enum { OV_PLAIN_MAX_LINKS = 10000 };

typedef struct {
    OvSlice address; /* as written: from its scheme or `www.` on; of a mail address local@domain */
    guint32 start;   /* octet of the text where it stands */
    gboolean mail;
    gboolean quoted; /* in a line with `>`, or below the divider of what is quoted */
} OvPlainLink;

typedef struct {
    const OvPlainLink *links; /* in order of the text */
    guint n_links;
    /* Visible characters (OV_CHARACTER_VISIBLE) of lines that are not quoted, addresses included,
     * and of them those in web addresses. */
    guint32 visible;
    guint32 visible_linked;
    guint32 visible_quoted;
} OvPlainLinks;

/* text: valid UTF-8. Brackets, quotes and marks that close a sentence are no part of an address.
 * Arena. */
OvPlainLinks ov_plain_links(OvArena *arena, OvSlice text);
