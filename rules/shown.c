#include "rules/shown.h"

#include "rules/flowed.h"
#include "rules/parameter.h"

/* Branches with HTML that are kept in mind; a message has one, seldom two. */
enum { MAX_BRANCHES = 16 };

static gboolean kind_of(const OvPart *part, OvShownKind *kind) {
    gboolean text = strcmp(part->type, "text") == 0,
             multipart = strcmp(part->type, "multipart") == 0;
    if (part->container || part->attachment || part->forwarded || !(text || multipart))
        return FALSE;
    /* A message that is one part shows it, whatever its name. */
    if (part->name && part->parent)
        return FALSE;
    if (multipart || strcmp(part->subtype, "plain") == 0)
        *kind = OV_SHOWN_PLAIN;
    else if (strcmp(part->subtype, "html") == 0)
        *kind = OV_SHOWN_HTML;
    else if (strcmp(part->subtype, "x-amp-html") == 0)
        *kind = OV_SHOWN_AMP;
    else
        return FALSE;
    return TRUE;
}

static gboolean is_alternative(const OvPart *part) {
    return strcmp(part->type, "multipart") == 0 && strcmp(part->subtype, "alternative") == 0;
}

/* A branch of a multipart/alternative in which HTML stands. */
typedef struct {
    const OvPart *alternative;
    const OvPart *branch; /* a part of it */
} Branch;

static guint branches_with_html(const OvShownText *texts, guint n, Branch *branches) {
    guint n_branches = 0;
    for (guint i = 0; i < n; i++) {
        if (texts[i].kind != OV_SHOWN_HTML)
            continue;
        for (const OvPart *part = texts[i].part; part->parent; part = part->parent) {
            if (n_branches == MAX_BRANCHES)
                return n_branches;
            if (is_alternative(part->parent))
                branches[n_branches++] = (Branch){part->parent, part};
        }
    }
    return n_branches;
}

/* HTML stands in another branch of an alternative around text. */
static gboolean is_replaced(const OvPart *text, const Branch *branches, guint n) {
    for (const OvPart *part = text; part->parent; part = part->parent)
        for (guint i = 0; i < n && is_alternative(part->parent); i++)
            if (branches[i].alternative == part->parent && branches[i].branch != part)
                return TRUE;
    return FALSE;
}

static void mark_replaced(OvShownText *texts, guint n) {
    Branch branches[MAX_BRANCHES];
    guint n_branches = branches_with_html(texts, n, branches);
    for (guint i = 0; i < n && n_branches > 0; i++)
        texts[i].replaced =
            texts[i].kind != OV_SHOWN_HTML && is_replaced(texts[i].part, branches, n_branches);
}

static gboolean has_parameter(OvArena *arena, OvSlice value, const char *name, const char *wanted) {
    return ov_slice_equal_nocase(ov_parameter_find(arena, value, name), ov_slice(wanted));
}

static OvSlice plain_text(OvArena *arena, const OvPart *part, OvSlice text) {
    const OvField *field = ov_header_find(part->header, OV_FIELD_CONTENT_TYPE);
    if (!field || !has_parameter(arena, field->value, "format", "flowed"))
        return text;
    return ov_flowed_join(arena, text, has_parameter(arena, field->value, "delsp", "yes"));
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
        if (kind == OV_SHOWN_PLAIN)
            text = plain_text(arena, part, text);
        const OvHtml *html = kind == OV_SHOWN_PLAIN ? NULL : ov_html_read(arena, text, deadline);
        texts[shown->n_texts++] =
            (OvShownText){.kind = kind, .part = part, .text = text, .html = html};
    }
    mark_replaced(texts, shown->n_texts);
    return shown;
}
