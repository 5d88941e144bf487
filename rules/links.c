#include "rules/links.h"

#include "rules/link_roles.h"
#include "rules/plain_links.h"

typedef struct {
    OvArena *arena;
    OvLink *links;
    guint n, room;
    gboolean cut;
    guint shown; /* number of the text that is read */
    gboolean own_quotes;
} Collector;

/* Asked before a target is read, which takes longest. */
static gboolean is_full(Collector *collector) {
    collector->cut = collector->cut || collector->n == OV_MAX_LINKS;
    return collector->cut;
}

static OvLink *add(Collector *collector, const OvTarget *target) {
    if (collector->n == collector->room) {
        guint room = MAX(32, collector->room * 2);
        OvLink *links = ov_arena_alloc(collector->arena, sizeof *links * room);
        if (collector->n > 0)
            memcpy(links, collector->links, sizeof *links * collector->n);
        collector->links = links;
        collector->room = room;
    }
    OvLink *link = &collector->links[collector->n++];
    *link = (OvLink){.target = *target, .host = ov_link_host(target), .shown = collector->shown};
    return link;
}

static void add_html_link(Collector *collector, const OvHtml *page, const OvHtmlLink *html,
                          const OvTarget *base) {
    if (is_full(collector))
        return;
    OvTarget target = ov_target_read(collector->arena, html->target, base);
    OvLink *link = add(collector, &target);
    link->page = page;
    link->html = html;
    link->address = html->target;
    link->text =
        (OvSlice){page->text.data + html->range.start, html->range.end - html->range.start};
    link->form = html->kind == OV_HTML_LINK_FORM;
    link->hidden = html->hidden;
    link->quoted = html->quoted && !collector->own_quotes;
}

static gboolean is_picture(const OvHtmlImage *image, gboolean own_quotes) {
    enum { PIXEL = 3 };
    gboolean pixel = (image->width > 0 && image->width <= PIXEL) ||
                     (image->height > 0 && image->height <= PIXEL);
    return !image->hidden && (own_quotes || !image->quoted) && !pixel;
}

static void add_page(Collector *collector, OvLinks *links, const OvHtml *page) {
    OvSlice address = page->active[OV_HTML_BASE].evidence;
    OvTarget base = {.kind = OV_TARGET_EMPTY};
    if (page->active[OV_HTML_BASE].count > 0)
        base = ov_target_read(collector->arena, address, NULL);
    guint32 quoted = 0, quoted_linked = 0;
    for (guint i = 0; i < page->n_blocks && !collector->own_quotes; i++)
        if (page->blocks[i].kind == OV_HTML_QUOTED)
            quoted += page->blocks[i].visible;
    for (guint i = 0; i < page->n_links; i++) {
        const OvHtmlLink *html = &page->links[i];
        if (html->quoted && !collector->own_quotes)
            quoted_linked += html->visible;
        add_html_link(collector, page, html, base.kind == OV_TARGET_WEB ? &base : NULL);
    }
    for (guint i = 0; i < page->n_images && !links->has_picture; i++)
        links->has_picture = is_picture(&page->images[i], collector->own_quotes);
    links->has_html = TRUE;
    links->visible_quoted += quoted;
    links->visible += page->visible - MIN(quoted, page->visible);
    links->visible_linked += page->visible_linked - MIN(quoted_linked, page->visible_linked);
}

static void add_plain(Collector *collector, OvLinks *links, OvSlice text) {
    OvPlainLinks plain = ov_plain_links(collector->arena, text);
    for (guint i = 0; i < plain.n_links && !is_full(collector); i++) {
        const OvPlainLink *bare = &plain.links[i];
        OvTarget target;
        if (bare->mail)
            target = (OvTarget){.kind = OV_TARGET_MAIL, .rest = bare->address};
        else if (g_ascii_isalpha(bare->address.data[0]) &&
                 g_ascii_strncasecmp(bare->address.data, "www.", 4) == 0)
            target = ov_target_read(
                collector->arena,
                ov_slice(ov_arena_printf(collector->arena, "http://%.*s", (int)bare->address.length,
                                         bare->address.data)),
                NULL);
        else
            target = ov_target_read(collector->arena, bare->address, NULL);
        OvLink *link = add(collector, &target);
        link->text = link->address = bare->address;
        link->at = bare->start;
        link->quoted = bare->quoted && !collector->own_quotes;
    }
    links->visible += plain.visible;
    links->visible_linked += plain.visible_linked;
    *(collector->own_quotes ? &links->visible : &links->visible_quoted) += plain.visible_quoted;
}

const OvLinks *ov_links_read(OvMeasure *measure) {
    OvLinks *links = OV_ARENA_NEW(measure->arena, OvLinks, 1);
    Collector collector = {.arena = measure->arena, .own_quotes = measure->own_quotes};
    const OvShown *shown = measure->shown;
    for (guint i = 0; i < shown->n_texts; i++) {
        const OvShownText *text = &shown->texts[i];
        collector.shown = i;
        if (text->kind == OV_SHOWN_HTML && text->html)
            add_page(&collector, links, text->html);
        else if (text->kind == OV_SHOWN_PLAIN && !text->replaced)
            add_plain(&collector, links, text->text);
    }
    ov_link_roles(measure, collector.links, collector.n);
    links->links = collector.links;
    links->n_links = collector.n;
    links->cut = collector.cut;
    return links;
}

gboolean ov_link_is_web(const OvLink *link) {
    return link->target.kind == OV_TARGET_WEB && link->target.host.length > 0 && !link->hidden;
}
