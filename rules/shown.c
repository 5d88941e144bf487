#include "rules/shown.h"

/* Multiparts with HTML that are kept in mind; a message has one, seldom two. */
enum { MAX_ALTERNATIVES = 16 };

static gboolean kind_of(const OvPart *part, OvShownKind *kind) {
    if (part->container || part->attachment || part->forwarded || strcmp(part->type, "text") != 0)
        return FALSE;
    /* A message that is one part shows it, whatever its name. */
    if (part->name && part->parent)
        return FALSE;
    if (strcmp(part->subtype, "plain") == 0)
        *kind = OV_SHOWN_PLAIN;
    else if (strcmp(part->subtype, "html") == 0)
        *kind = OV_SHOWN_HTML;
    else if (strcmp(part->subtype, "x-amp-html") == 0)
        *kind = OV_SHOWN_AMP;
    else
        return FALSE;
    return TRUE;
}

/* The outermost multipart/alternative around a part, or NULL. */
static const OvPart *alternative_of(const OvPart *part) {
    const OvPart *found = NULL;
    for (const OvPart *up = part->parent; up; up = up->parent)
        if (strcmp(up->type, "multipart") == 0 && strcmp(up->subtype, "alternative") == 0)
            found = up;
    return found;
}

static void mark_replaced(OvShownText *texts, guint n) {
    const OvPart *with_html[MAX_ALTERNATIVES];
    guint n_with_html = 0;
    for (guint i = 0; i < n && n_with_html < MAX_ALTERNATIVES; i++) {
        const OvPart *alternative = alternative_of(texts[i].part);
        if (texts[i].kind == OV_SHOWN_HTML && alternative)
            with_html[n_with_html++] = alternative;
    }
    for (guint i = 0; i < n && n_with_html > 0; i++) {
        if (texts[i].kind == OV_SHOWN_HTML)
            continue;
        const OvPart *alternative = alternative_of(texts[i].part);
        for (guint j = 0; j < n_with_html && alternative && !texts[i].replaced; j++)
            texts[i].replaced = with_html[j] == alternative;
    }
}

const OvShown *ov_shown_read(OvArena *arena, const OvMime *mime, gint64 deadline) {
    guint n = 0;
    OvShownKind kind;
    for (guint i = 0; i < mime->n_parts; i++)
        n += kind_of(&mime->parts[i], &kind) ? 1 : 0;
    OvShownText *texts = OV_ARENA_NEW(arena, OvShownText, n);
    OvShown *shown = OV_ARENA_NEW(arena, OvShown, 1);
    shown->texts = texts;
    gsize left = OV_SHOWN_MAX_OCTETS;
    for (guint i = 0; i < mime->n_parts && shown->n_texts < n && !shown->cut; i++) {
        const OvPart *part = &mime->parts[i];
        if (!kind_of(part, &kind))
            continue;
        shown->cut = shown->n_texts > 0 && deadline > 0 && g_get_monotonic_time() > deadline;
        if (shown->cut)
            break;
        OvSlice text = ov_part_text(arena, part, left, NULL, NULL);
        left -= MIN(left, text.length);
        shown->cut = left < 4; /* a character has up to four octets, and none is cut */
        const OvHtml *html = kind == OV_SHOWN_PLAIN ? NULL : ov_html_read(arena, text, deadline);
        texts[shown->n_texts++] =
            (OvShownText){.kind = kind, .part = part, .text = text, .html = html};
    }
    mark_replaced(texts, shown->n_texts);
    return shown;
}
