/* Reads any octets, as the charset decoder would hand them over, as an HTML part, and checks that
 * what comes of it holds together. */
#include "rules/html.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void check_text(OvSlice text) {
    g_assert(text.length == 0 || g_utf8_validate_len(text.data, text.length, NULL));
}

static void check_blocks(const OvHtml *html) {
    guint32 at = 0, visible = 0;
    for (guint i = 0; i < html->n_blocks; i++) {
        const OvHtmlBlock *block = &html->blocks[i];
        g_assert(block->range.start >= at && block->range.end > block->range.start);
        at = block->range.end;
        visible += block->visible;
    }
    g_assert(at == html->text.length && visible == html->visible);
    at = 0;
    for (guint i = 0; i < html->n_runs; i++) {
        const OvHtmlRun *run = &html->runs[i];
        g_assert(run->range.start >= at && run->range.end > run->range.start);
        g_assert(run->link == OV_HTML_NONE || run->link < html->n_links);
        g_assert(run->font > 2 && run->contrast >= 0 && run->contrast <= 21.01F);
        at = run->range.end;
    }
    g_assert(at <= html->text.length);
}

static void check_links(const OvHtml *html) {
    guint32 visible = 0;
    for (guint i = 0; i < html->n_links; i++) {
        const OvHtmlLink *link = &html->links[i];
        g_assert(link->range.start <= link->range.end && link->range.end <= html->text.length);
        check_text(link->target);
        check_text(link->title);
        check_text(link->alt);
        check_text(
            (OvSlice){html->text.data + link->range.start, link->range.end - link->range.start});
        visible += link->visible;
    }
    g_assert(visible == html->visible_linked && visible <= html->visible);
    for (guint i = 0; i < html->n_images; i++) {
        const OvHtmlImage *image = &html->images[i];
        double width, height;
        ov_html_image_size(image, 0, 0, &width, &height);
        g_assert(width > 0 && width <= 800 && height > 0 && height <= 4000);
        g_assert(image->link == OV_HTML_NONE || image->link < html->n_links);
        check_text(image->src);
        check_text(image->alt_text);
    }
}

static void check_hidden(const OvHtml *html) {
    guint32 hidden = 0;
    for (guint i = 0; i < html->n_hidden; i++) {
        const OvHtmlHidden *one = &html->hidden[i];
        g_assert(one->why > OV_HTML_SEEN && one->why < OV_HTML_N_HIDDEN);
        g_assert(one->at <= html->text.length && one->text.length > 0);
        check_text(one->text);
        hidden += one->visible;
    }
    g_assert(hidden == html->hidden_characters + html->hidden_exempt);
    g_assert(html->low_contrast <= html->hidden_characters);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
    static OvArena *arena;
    if (!arena)
        arena = ov_arena_new();
    ov_arena_reset(arena);
    g_autofree char *text = g_utf8_make_valid((const char *)data, (gssize)size);
    /* A copy of its own, so that reading beyond it is seen. */
    gsize length = strlen(text);
    char *copy = g_memdup2(text, length);
    OvHtml *html = ov_html_read(arena, (OvSlice){copy, length}, 0);
    check_text(html->text);
    check_text(html->title);
    check_text(html->language);
    check_blocks(html);
    check_links(html);
    check_hidden(html);
    for (guint i = 0; i < OV_HTML_N_ACTIVE; i++) {
        check_text(html->active[i].evidence);
        g_assert((html->active[i].count > 0) || html->active[i].evidence.length == 0);
    }
    g_assert(ov_arena_used(arena) < 64 * length + 1024 * 1024);
    g_free(copy);
    return 0;
}
