#include "rules/html_stack.h"

enum { MAX_SAME = 3 };

static guint32 hash_of(OvSlice text) {
    guint32 hash = 2166136261u;
    for (gsize i = 0; i < text.length; i++)
        hash = (hash ^ (guchar)text.data[i]) * 16777619u;
    return hash;
}

void ov_html_forget_formatting(OvHtmlReader *reader, guint entry) {
    OvFormatting *list = reader->formatting;
    memmove(&list[entry], &list[entry + 1], sizeof *list * (reader->n_formatting - entry - 1));
    reader->n_formatting--;
}

static OvFormatting *add_entry(OvHtmlReader *reader) {
    if (reader->n_formatting == OV_HTML_MAX_FORMATTING)
        ov_html_forget_formatting(reader, 0);
    return &reader->formatting[reader->n_formatting++];
}

/* Of more than three that are the same, the first goes. */
void ov_html_add_formatting(OvHtmlReader *reader, guint at) {
    guint32 hash = hash_of(reader->token.raw);
    guint same = 0, earliest = 0;
    for (guint i = reader->n_formatting; i > 0 && !reader->formatting[i - 1].marker; i--)
        if (reader->formatting[i - 1].hash == hash) {
            same++;
            earliest = i - 1;
        }
    if (same >= MAX_SAME)
        ov_html_forget_formatting(reader, earliest);
    OvFormatting *formatting = add_entry(reader);
    formatting->marker = FALSE;
    formatting->tag = reader->open[at].tag;
    formatting->open = (guint16)at;
    formatting->hash = hash;
    formatting->link = reader->open[at].own_link;
    formatting->declarations.set = formatting->declarations.important = 0;
    formatting->declarations.image = (OvSlice){NULL, 0};
    ov_css_lay_over(&formatting->declarations, &reader->declared[at], G_MAXUINT64);
}

void ov_html_add_marker(OvHtmlReader *reader) {
    add_entry(reader)->marker = TRUE;
}

void ov_html_drop_to_marker(OvHtmlReader *reader) {
    while (reader->n_formatting > 0 && !reader->formatting[--reader->n_formatting].marker)
        continue;
}

void ov_html_close_same(OvHtmlReader *reader, OvTag tag) {
    for (guint i = reader->n_formatting; i > 0 && !reader->formatting[i - 1].marker; i--) {
        if (reader->formatting[i - 1].tag != tag)
            continue;
        guint16 at = reader->formatting[i - 1].open;
        reader->html->n_errors++;
        ov_html_forget_formatting(reader, i - 1);
        if (at == OV_NO_OPEN)
            return;
        if (ov_html_top(reader)->special > at)
            ov_html_take_out(reader, at);
        else
            ov_html_pop_to(reader, at);
        return;
    }
}
