#include "rules/measure_content.h"

enum { PIXEL = 3 }; /* px: no picture, a counter or a spacer */

static gboolean has_visible(OvSlice text) {
    if (text.length == 0)
        return FALSE;
    for (const char *p = text.data, *end = p + text.length; p < end; p = g_utf8_next_char(p))
        if ((guchar)*p > ' ' && g_unichar_isgraph(g_utf8_get_char(p)))
            return TRUE;
    return FALSE;
}

static gboolean is_pixel(const OvHtmlImage *image) {
    return (image->width > 0 && image->width <= PIXEL) ||
           (image->height > 0 && image->height <= PIXEL);
}

/* Text, a picture, or what a mail program shows in a box of its own. */
static gboolean shows_something(const OvHtml *page) {
    static const OvHtmlActive boxes[] = {OV_HTML_INPUT,  OV_HTML_CHECK_INPUT, OV_HTML_FRAME,
                                         OV_HTML_OBJECT, OV_HTML_MEDIA,       OV_HTML_SVG};
    for (gsize i = 0; i < G_N_ELEMENTS(boxes); i++)
        if (page->active[boxes[i]].count > 0)
            return TRUE;
    for (guint i = 0; i < page->n_images; i++)
        if (!page->images[i].hidden && !is_pixel(&page->images[i]))
            return TRUE;
    return has_visible(page->text) || page->cut || page->late;
}

/* What is no text of the message itself: an attachment, a signature, an encrypted content, a
 * report, a calendar's entry, another message. */
static gboolean is_other_content(const OvPart *part) {
    gboolean text = strcmp(part->type, "text") == 0 &&
                    (strcmp(part->subtype, "plain") == 0 || strcmp(part->subtype, "html") == 0 ||
                     strcmp(part->subtype, "x-amp-html") == 0);
    return !part->container && (!text || part->forwarded || part->attachment || part->name);
}

static gboolean is_empty(const OvMeasure *measure) {
    const OvMime *mime = measure->message->mime;
    for (guint i = 0; i < mime->n_parts; i++)
        if (is_other_content(&mime->parts[i]))
            return FALSE;
    for (guint i = 0; i < measure->shown->n_texts; i++) {
        const OvShownText *text = &measure->shown->texts[i];
        if (text->html ? shows_something(text->html) : has_visible(text->text))
            return FALSE;
    }
    return TRUE;
}

static gboolean is_of_program(const char *address) {
    static const char *const names[] = {"ecartis",   "listproc", "listserv",  "mailman",
                                        "majordomo", "sympa",    "subscribe", "unsubscribe"};
    static const char *const endings[] = {"confirm",   "help", "join",  "leave",      "request",
                                          "subscribe", "sub",  "unsub", "unsubscribe"};
    const char *at = strrchr(address, '@');
    gsize length = at ? (gsize)(at - address) : strlen(address);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (ov_slice_equal_nocase((OvSlice){address, length}, ov_slice(names[i])))
            return TRUE;
    /* list-request, list+confirm+4711 */
    for (gsize i = 0; i < length; i++) {
        if (address[i] != '-' && address[i] != '+')
            continue;
        gsize end = i + 1;
        while (end < length && g_ascii_isalpha(address[end]))
            end++;
        OvSlice word = {address + i + 1, end - i - 1};
        for (gsize j = 0; j < G_N_ELEMENTS(endings); j++)
            if (ov_slice_equal_nocase(word, ov_slice(endings[j])))
                return TRUE;
    }
    return FALSE;
}

static gboolean is_to_program(const OvEnvelope *envelope) {
    enum { MOST = 20 };
    for (guint i = 0; i < MIN(envelope->n_recipients, MOST); i++)
        if (is_of_program(envelope->recipients[i]))
            return TRUE;
    return FALSE;
}

void ov_measure_empty(OvMeasure *measure) {
    const OvMessage *message = measure->message;
    ov_facts_set_truth(measure->facts, OV_FACT_MESSAGE_TO_PROGRAM,
                       is_to_program(message->envelope));
    if (!message->cut && !message->mime->late && !message->mime->too_deep &&
        !message->mime->too_many && !measure->shown->cut)
        ov_facts_set_truth(measure->facts, OV_FACT_BODY_EMPTY, is_empty(measure));
}
