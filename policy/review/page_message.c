#include "policy/review/page_message.h"

#include "policy/review/markup.h"
#include "policy/review/message_text.h"
#include "rules/shown.h"

enum {
    SHOWN_OCTETS = 64 * 1024, /* of texts, hidden ones included */
    BLOCK_OCTETS = 16,        /* that a block counts for beside its text */
    SHOWN_HIDDEN = 2000,      /* octets of one hidden text */
    SHOWN_FIELDS = 20,
    SHOWN_FIELD = 600, /* octets of one field, address or name */
    SHOWN_LINKS = 60,
    SHOWN_PICTURES = 20,
    SHOWN_ATTACHMENTS = 30,
};

typedef struct {
    GString *out;
    OvMarks *marks;
    gboolean *labelled; /* by number - 1: there is a label of it */
    gsize left;         /* octets of text that may still be shown */
} Page;

/* A text with its marks, written from front to back. */
typedef struct {
    Page *page;
    OvSlice text;
    OvMarked marked;
    guint range, label; /* the next ones */
} Writer;

static OvSlice beginning(OvSlice text, gsize limit) {
    if (text.length <= limit)
        return text;
    while (limit > 0 && ((guchar)text.data[limit] & 0xC0) == 0x80)
        limit--;
    return (OvSlice){text.data, limit};
}

static Writer writer_of(Page *page, OvPlace place, OvSlice text) {
    return (Writer){.page = page, .text = text, .marked = ov_marks_find(page->marks, place, text)};
}

/* The labels of what ends up to `at`; each leads to its entry of the list of hits. */
static void write_labels(Writer *writer, guint32 at) {
    GString *out = writer->page->out;
    gboolean open = FALSE;
    guint last = 0;
    for (; writer->label < writer->marked.n_labels; writer->label++) {
        const OvMarkLabel *label = &writer->marked.labels[writer->label];
        if (label->at > at)
            break;
        if (label->number == last)
            continue;
        last = label->number;
        g_string_append(out, open ? " " : "<sup>");
        open = TRUE;
        gboolean *labelled = &writer->page->labelled[label->number - 1];
        g_string_append_printf(out, "<a href=\"#c%u\"", label->number);
        if (!*labelled)
            g_string_append_printf(out, " id=\"m%u\"", label->number);
        g_string_append_printf(out, ">%u</a>", label->number);
        *labelled = TRUE;
    }
    if (open)
        g_string_append(out, "</sup>");
}

/* Octets start to end; calls ascend. */
static void write_piece(Writer *writer, guint32 start, guint32 end) {
    GString *out = writer->page->out;
    while (start < end) {
        write_labels(writer, start);
        while (writer->range < writer->marked.n_ranges &&
               writer->marked.ranges[writer->range].end <= start)
            writer->range++;
        const OvRange *range =
            writer->range < writer->marked.n_ranges ? &writer->marked.ranges[writer->range] : NULL;
        gboolean marked = range && range->start <= start;
        guint32 stop = end;
        if (range)
            stop = MIN(stop, marked ? range->end : range->start);
        if (marked && writer->label < writer->marked.n_labels) {
            guint32 at = writer->marked.labels[writer->label].at;
            stop = at > start ? MIN(stop, at) : stop;
        }
        g_string_append(out, marked ? "<mark>" : "");
        ov_markup_append(out, (OvSlice){writer->text.data + start, stop - start});
        if (marked)
            write_labels(writer, stop);
        g_string_append(out, marked ? "</mark>" : "");
        start = stop;
    }
}

static void write_all(Page *page, OvPlace place, OvSlice text) {
    Writer writer = writer_of(page, place, text);
    write_piece(&writer, 0, (guint32)text.length);
}

static void append_number_left(GString *out, guint n, guint shown, const char *what) {
    if (n > shown)
        g_string_append_printf(out, "<p class=\"note\">And %u more %s.</p>\n", n - shown, what);
}

static void append_fields(Page *page, const OvHeader *header, OvArena *arena) {
    g_string_append(page->out, "<dl>\n");
    guint n = 0;
    for (guint i = 0; i < header->n_fields && n < SHOWN_FIELDS; i++) {
        const OvField *field = &header->fields[i];
        if (!ov_message_text_shows(field))
            continue;
        n++;
        OvSlice value = ov_field_text(arena, field), shown = beginning(value, SHOWN_FIELD);
        g_string_append(page->out, "<div><dt>");
        ov_markup_append(page->out, field->name);
        g_string_append(page->out, "</dt><dd dir=\"auto\">");
        write_all(page, field->id == OV_FIELD_SUBJECT ? OV_PLACE_SUBJECT : OV_PLACE_HEADER, shown);
        g_string_append(page->out,
                        shown.length < value.length ? " … (cut)</dd></div>\n" : "</dd></div>\n");
    }
    g_string_append(page->out, "</dl>\n");
}

static void append_cut(Page *page) {
    g_string_append(page->out,
                    "<p class=\"note\">Cut: the rest of the text is not shown here.</p>\n");
}

static void append_plain(Page *page, OvSlice text) {
    OvSlice shown = beginning(text, page->left);
    page->left -= shown.length;
    g_string_append(page->out, "<div class=\"letter plain\" dir=\"auto\">");
    write_all(page, OV_PLACE_TEXT, shown);
    g_string_append(page->out, "</div>\n");
    if (shown.length < text.length)
        append_cut(page);
}

static void spend(Page *page, gsize octets) {
    page->left -= MIN(page->left, octets + BLOCK_OCTETS);
}

static void append_hidden(Page *page, const OvHtmlHidden *hidden) {
    OvSlice shown = beginning(hidden->text, MIN(page->left, SHOWN_HIDDEN));
    spend(page, shown.length);
    g_string_append(page->out, hidden->exempt == OV_HTML_COUNTS
                                   ? "<div class=\"hidden\"><strong>"
                                   : "<div class=\"hidden usual\"><strong>");
    switch (hidden->exempt) {
    case OV_HTML_COUNTS:
        g_string_append_printf(page->out,
                               "Hidden from the reader (%s):", ov_html_hidden_name(hidden->why));
        break;
    case OV_HTML_PREHEADER:
        g_string_append(page->out, "Hidden preview line, which is usual:");
        break;
    case OV_HTML_TWIN:
        g_string_append(page->out, "Shown at another size of screen:");
        break;
    }
    g_string_append(page->out, "</strong> <span dir=\"auto\">");
    write_all(page, OV_PLACE_HIDDEN, shown);
    g_string_append(page->out, shown.length < hidden->text.length ? " … (cut)" : "");
    g_string_append(page->out, "</span></div>\n");
}

static const char *tag_of(OvHtmlBlockKind kind) {
    switch (kind) {
    case OV_HTML_HEADING:
    case OV_HTML_TABLE_HEADER:
        return "<p class=\"heading\" dir=\"auto\">";
    case OV_HTML_LIST_ITEM:
        return "<p class=\"item\" dir=\"auto\">";
    case OV_HTML_CODE:
        return "<p class=\"code\" dir=\"auto\">";
    case OV_HTML_QUOTED:
        return "<p class=\"quoted\" dir=\"auto\">";
    case OV_HTML_ORDINARY:
    case OV_HTML_BUTTON:
        break;
    }
    return "<p dir=\"auto\">";
}

/* Visible text from start to end, what is in a link underlined. Runs ascend. */
static void append_runs(Writer *writer, const OvHtml *html, guint *run, guint32 start,
                        guint32 end) {
    while (start < end) {
        while (*run < html->n_runs && html->runs[*run].range.end <= start)
            (*run)++;
        const OvHtmlRun *here = *run < html->n_runs ? &html->runs[*run] : NULL;
        guint32 stop = end;
        gboolean link = FALSE;
        if (here) {
            gboolean inside = here->range.start <= start;
            link = inside && here->link != OV_HTML_NONE;
            stop = MIN(stop, inside ? here->range.end : here->range.start);
        }
        if (link && writer->text.data[start] == ' ') {
            write_piece(writer, start, start + 1);
            start++;
            link = start < stop;
        }
        g_string_append(writer->page->out, link ? "<u>" : "");
        write_piece(writer, start, stop);
        g_string_append(writer->page->out, link ? "</u>" : "");
        start = stop;
    }
}

static void append_html(Page *page, const OvHtml *html) {
    OvSlice shown = beginning(html->text, page->left);
    Writer writer = writer_of(page, OV_PLACE_TEXT, shown);
    guint run = 0, hidden = 0;
    g_string_append(page->out, "<div class=\"letter\">\n");
    for (guint i = 0; i <= html->n_blocks; i++) {
        const OvHtmlBlock *block = i < html->n_blocks ? &html->blocks[i] : NULL;
        guint32 start = block ? block->range.start : G_MAXUINT32;
        if (page->left == 0 || (block && start >= shown.length))
            break;
        for (; hidden < html->n_hidden && html->hidden[hidden].at <= start && page->left > 0;
             hidden++)
            append_hidden(page, &html->hidden[hidden]);
        if (!block)
            break;
        guint32 end = MIN(block->range.end, (guint32)shown.length);
        spend(page, end - start);
        g_string_append(page->out, tag_of(block->kind));
        append_runs(&writer, html, &run, start, end);
        g_string_append(page->out, "</p>\n");
    }
    g_string_append(page->out, "</div>\n");
    if (page->left == 0 || shown.length < html->text.length)
        append_cut(page);
}

static void append_links(Page *page, const OvHtml *html) {
    if (html->n_links == 0)
        return;
    g_string_append(page->out, "<h3>Where links lead</h3>\n<ul class=\"links\">\n");
    for (guint i = 0; i < html->n_links && i < SHOWN_LINKS; i++) {
        const OvHtmlLink *link = &html->links[i];
        OvSlice text = {html->text.data + link->range.start, link->range.end - link->range.start};
        g_string_append(page->out, "<li><span dir=\"auto\">");
        if (text.length > 0)
            ov_markup_append(page->out, beginning(text, SHOWN_FIELD / 4));
        else if (link->alt.length > 0)
            ov_markup_append(page->out, beginning(link->alt, SHOWN_FIELD / 4));
        else
            g_string_append(page->out, link->n_images > 0 ? "(a picture)" : "(without text)");
        g_string_append(page->out, "</span> <span class=\"arrow\">→</span> <code>");
        write_all(page, OV_PLACE_TEXT, beginning(link->target, SHOWN_FIELD));
        g_string_append(page->out, "</code></li>\n");
    }
    g_string_append(page->out, "</ul>\n");
    append_number_left(page->out, html->n_links, SHOWN_LINKS, "links");
}

static void append_pictures(Page *page, const OvHtml *html) {
    if (html->n_images == 0)
        return;
    g_string_append(page->out, "<h3>Pictures, not loaded here</h3>\n<ul class=\"links\">\n");
    for (guint i = 0; i < html->n_images && i < SHOWN_PICTURES; i++) {
        const OvHtmlImage *image = &html->images[i];
        g_string_append(page->out, "<li>");
        if (image->background)
            g_string_append(page->out, "(background)");
        else if (image->alt == OV_HTML_ALT_TEXT)
            ov_markup_append(page->out, beginning(image->alt_text, SHOWN_FIELD / 4));
        else
            g_string_append(page->out, image->alt == OV_HTML_ALT_EMPTY
                                           ? "(decoration)"
                                           : "(without alternative text)");
        if (image->width > 0 && image->height > 0)
            g_string_append_printf(page->out, ", %.0f × %.0f", image->width, image->height);
        g_string_append(page->out, image->hidden ? ", hidden</li>\n" : "</li>\n");
    }
    g_string_append(page->out, "</ul>\n");
    append_number_left(page->out, html->n_images, SHOWN_PICTURES, "pictures");
}

static void append_text(Page *page, const OvShownText *text, gboolean several) {
    static const char *const kinds[] = {
        [OV_SHOWN_PLAIN] = "plain text", [OV_SHOWN_HTML] = "HTML", [OV_SHOWN_AMP] = "AMP"};
    g_string_append_printf(page->out, several ? "<h3>Text (%s)</h3>\n" : "<h3>Text</h3>\n",
                           kinds[text->kind]);
    if (page->left == 0) {
        append_cut(page);
    } else if (text->html) {
        append_html(page, text->html);
        append_links(page, text->html);
        append_pictures(page, text->html);
    } else {
        append_plain(page, text->text);
    }
}

static void append_attachments(Page *page, const OvMime *mime) {
    guint n = 0;
    for (guint i = 0; i < mime->n_parts; i++) {
        const OvPart *part = &mime->parts[i];
        if (part->container || !(part->attachment || part->name))
            continue;
        if (n++ == 0)
            g_string_append(page->out, "<h3>Attachments</h3>\n<ul class=\"links\">\n");
        if (n > SHOWN_ATTACHMENTS)
            continue;
        g_string_append(page->out, "<li>");
        write_all(page, OV_PLACE_ATTACHMENT,
                  beginning(ov_slice(part->name ? part->name : "(without a name)"), SHOWN_FIELD));
        g_string_append(page->out, " <span class=\"note\">");
        ov_markup_append_text(page->out, part->type);
        g_string_append_c(page->out, '/');
        ov_markup_append_text(page->out, part->subtype);
        g_string_append_printf(page->out, ", %" G_GSIZE_FORMAT " octets</span></li>\n",
                               part->raw.length);
    }
    if (n > 0)
        g_string_append(page->out, "</ul>\n");
    append_number_left(page->out, n, SHOWN_ATTACHMENTS, "attachments");
}

void ov_page_message_append(GString *out, OvJudgement *judgement, OvMarks *marks,
                            gboolean *marked) {
    const OvMessage *message = ov_judgement_message(judgement);
    OvArena *arena = ov_judgement_arena(judgement);
    Page page = {
        .out = out,
        .marks = marks,
        .labelled = marked,
        .left = SHOWN_OCTETS,
    };
    append_fields(&page, message->header, arena);
    const OvShown *shown = ov_shown_read(arena, message->mime, 0);
    guint n = 0;
    for (guint i = 0; i < shown->n_texts; i++)
        n += !shown->texts[i].replaced;
    for (guint i = 0; i < shown->n_texts; i++)
        if (!shown->texts[i].replaced)
            append_text(&page, &shown->texts[i], n > 1);
    if (n == 0)
        g_string_append(out, "<p class=\"note\">There is no text that is shown.</p>\n");
    append_attachments(&page, message->mime);
}
