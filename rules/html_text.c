#include "rules/html_internal.h"

#include "rules/characters.h"
#include "rules/html_entity.h"
#include "rules/zones_internal.h"

enum { HUGE_FONT = 48 }; /* px, and more */

gboolean ov_html_grow(OvHtmlReader *reader, void **array, gsize size, guint n, guint *room,
                      guint most) {
    if (n < *room)
        return TRUE;
    if (n >= most) {
        reader->html->cut = TRUE;
        return FALSE;
    }
    guint more = MIN(most, MAX(32, 2 * *room));
    void *grown = ov_arena_alloc(reader->arena, size * more);
    if (n > 0)
        memcpy(grown, *array, size * n);
    *array = grown;
    *room = more;
    return TRUE;
}

OvSlice ov_html_decode(OvHtmlReader *reader, OvSlice text, gboolean attribute) {
    if (text.length == 0 || !memchr(text.data, '&', text.length))
        return text;
    char *decoded = ov_arena_alloc(reader->arena, OV_ENTITIES_ROOM(text.length));
    return (OvSlice){decoded, ov_entities_decode(text, attribute, decoded)};
}

static gboolean is_space(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

/* TRUE where text has something that leaves ink: no blanks, fillers and controls alone. */
static gboolean has_ink(const char *at, const char *end) {
    while (at < end) {
        gunichar c = ov_character_next(&at);
        if (c < 0x80 ? c > 0x20 && c < 0x7F
                     : g_unichar_isgraph(c) && !g_unichar_iszerowidth(c) &&
                           g_unichar_type(c) != G_UNICODE_PRIVATE_USE)
            return TRUE;
    }
    return FALSE;
}

guint32 ov_html_count_visible(OvSlice text) {
    const char *at = text.data, *end = text.data + text.length;
    guint32 n = 0;
    while (at < end) {
        while (at < end && (guchar)*at < 0x80)
            n += (ov_ascii_characters[(guchar)*at++] & OV_CHARACTER_VISIBLE) != 0;
        if (at < end)
            n += (ov_character(ov_character_next(&at)) & OV_CHARACTER_VISIBLE) != 0;
    }
    return n;
}

static void end_block(OvHtmlReader *reader) {
    OvTextStream *stream = &reader->text;
    stream->space = stream->line_break = stream->open = FALSE;
    reader->tiny_due = FALSE;
    if (!reader->block_open)
        return;
    reader->block_open = FALSE;
    OvHtml *html = reader->html;
    OvHtmlBlock *block = &reader->blocks[html->n_blocks - 1];
    if (reader->block_ink) {
        block->range.end = (guint32)stream->length;
        return;
    }
    html->n_blocks--;
    html->n_runs = reader->block_first_run;
    stream->length = html->n_blocks > 0 ? block[-1].range.end : 0;
    for (guint i = html->n_hidden; i > 0 && reader->hiddens[i - 1].at > stream->length; i--)
        reader->hiddens[i - 1].at = (guint32)stream->length;
}

void ov_html_break_hidden(OvHtmlReader *reader) {
    reader->hidden.space = FALSE;
    reader->hidden.line_break = reader->hidden.open;
}

void ov_html_break(OvHtmlReader *reader) {
    end_block(reader);
    ov_html_break_hidden(reader);
}

void ov_html_line_break(OvHtmlReader *reader) {
    if (ov_style_hides(&ov_html_top(reader)->style) != OV_HTML_SEEN) {
        reader->hidden.line_break = reader->hidden.open;
        return;
    }
    OvTextStream *stream = &reader->text;
    if (stream->line_break)
        end_block(reader); /* an empty line */
    else
        stream->line_break = stream->open;
    stream->space = FALSE;
}

/* Text is about to be written: opens a block where none is. FALSE where there are too many. */
static gboolean open_block(OvHtmlReader *reader) {
    if (reader->block_open)
        return TRUE;
    OvHtml *html = reader->html;
    OvTextStream *stream = &reader->text;
    void *blocks = reader->blocks;
    if (!ov_html_grow(reader, &blocks, sizeof *reader->blocks, html->n_blocks, &reader->block_room,
                      OV_HTML_MAX_BLOCKS))
        return FALSE;
    reader->blocks = blocks;
    if (html->n_blocks > 0) {
        memcpy(stream->data + stream->length, "\n\n", 2);
        stream->length += 2;
    }
    reader->blocks[html->n_blocks++] =
        (OvHtmlBlock){.range = {(guint32)stream->length, (guint32)stream->length},
                      .kind = ov_html_top(reader)->kind};
    reader->block_open = TRUE;
    reader->block_ink = FALSE;
    reader->block_first_run = html->n_runs;
    return TRUE;
}

/* The run that text of such a look goes on with; NULL where there are too many. */
static OvHtmlRun *run_for(OvHtmlReader *reader, const OvOpen *open) {
    OvHtml *html = reader->html;
    const OvStyle *style = &open->style;
    if (html->n_runs > reader->block_first_run) {
        OvHtmlRun *last = &reader->runs[html->n_runs - 1];
        if (last->flags == style->flags && last->link == open->link && last->font == style->font &&
            last->contrast == style->contrast)
            return last;
    }
    void *runs = reader->runs;
    if (!ov_html_grow(reader, &runs, sizeof *reader->runs, html->n_runs, &reader->run_room,
                      OV_HTML_MAX_RUNS))
        return NULL;
    reader->runs = runs;
    OvHtmlRun *run = &reader->runs[html->n_runs++];
    *run = (OvHtmlRun){.flags = style->flags,
                       .link = open->link,
                       .font = style->font,
                       .contrast = style->contrast};
    return run;
}

/* A line end, or the space that is due, before the next character. */
static void flush(OvTextStream *stream) {
    if (stream->line_break)
        stream->data[stream->length++] = '\n';
    else if (stream->space)
        stream->data[stream->length++] = ' ';
    stream->line_break = stream->space = FALSE;
    stream->open = TRUE;
}

/* Writes text up to the next line end that is kept, white space collapsed. Returns what it took. */
static gsize write_collapsed(OvTextStream *stream, OvSlice text, gboolean keep_lines) {
    const char *at = text.data, *end = text.data + text.length;
    while (at < end) {
        if (is_space(*at)) {
            if (keep_lines && *at == '\n')
                break;
            stream->space |= stream->open && !stream->line_break;
            at++;
            continue;
        }
        const char *word = at;
        while (at < end && !is_space(*at))
            at++;
        flush(stream);
        memcpy(stream->data + stream->length, word, (gsize)(at - word));
        stream->length += (gsize)(at - word);
    }
    return (gsize)(at - text.data);
}

/* The same of text whose spaces are kept. */
static gsize write_kept(OvTextStream *stream, OvSlice text) {
    const char *end = memchr(text.data, '\n', text.length);
    gsize taken = end ? (gsize)(end - text.data) : text.length;
    gsize length = taken;
    if (length > 0 && end && text.data[length - 1] == '\r')
        length--;
    if (length > 0) {
        flush(stream);
        memcpy(stream->data + stream->length, text.data, length);
        stream->length += length;
    }
    return taken;
}

static void note_link(OvHtmlReader *reader, const OvOpen *open, guint32 start, guint32 end,
                      guint32 visible) {
    if (open->link == OV_HTML_NONE || !has_ink(reader->text.data + start, reader->text.data + end))
        return;
    OvHtmlLink *link = &reader->links[open->link];
    while (start < end && is_space(reader->text.data[start]))
        start++;
    if (link->range.end == 0)
        link->range.start = start;
    link->range.end = end;
    link->visible += visible;
    link->font = MAX(link->font, open->style.font);
    link->contrast = MAX(link->contrast, open->style.contrast);
    reader->html->visible_linked += visible;
}

static void put_line(OvHtmlReader *reader, const OvOpen *open, OvSlice *text) {
    OvTextStream *stream = &reader->text;
    gboolean keep = open->style.space == OV_SPACE_KEEP;
    /* White space where no line is open leaves no trace. */
    gsize skip = 0;
    while (!stream->open && !keep && skip < text->length && is_space(text->data[skip]))
        skip++;
    text->data += skip;
    text->length -= skip;
    if (text->length == 0)
        return;
    if (!open_block(reader)) {
        text->length = 0;
        return;
    }
    gsize before = stream->length;
    gsize taken = keep ? write_kept(stream, *text)
                       : write_collapsed(stream, *text, open->style.space != OV_SPACE_COLLAPSE);
    text->data += taken;
    text->length -= taken;
    if (stream->length == before)
        return;
    OvHtmlRun *run = run_for(reader, open);
    guint32 start = (guint32)before, end = (guint32)stream->length;
    guint32 visible = ov_html_count_visible((OvSlice){stream->data + start, end - start});
    if (run) {
        if (run->range.end == 0)
            run->range.start = start;
        run->range.end = end;
    }
    reader->blocks[reader->html->n_blocks - 1].visible += visible;
    reader->html->visible += visible;
    if (open->style.font > HUGE_FONT)
        reader->html->huge += visible;
    if (!reader->block_ink)
        reader->block_ink = has_ink(stream->data + start, stream->data + end);
    note_link(reader, open, start, end, visible);
    if (reader->tiny_due || reader->split_due)
        ov_html_seen_after(reader, start, end);
}

void ov_html_put(OvHtmlReader *reader, OvSlice text) {
    const OvOpen *open = ov_html_top(reader);
    if (reader->skip_line_end && text.length > 0) {
        reader->skip_line_end = FALSE;
        if (text.data[0] == '\r')
            text.data++, text.length--;
        if (text.length > 0 && text.data[0] == '\n')
            text.data++, text.length--;
    }
    if (text.length == 0 || open->style.unread)
        return;
    OvHtmlHiddenWhy why = ov_style_hides(&open->style);
    if (why != OV_HTML_SEEN) {
        ov_html_put_hidden(reader, text, why);
        return;
    }
    while (text.length > 0) {
        put_line(reader, open, &text);
        if (text.length > 0 && text.data[0] == '\n') {
            ov_html_line_break(reader);
            text.data++;
            text.length--;
        }
    }
}

void ov_html_put_encoded(OvHtmlReader *reader, OvSlice text, gboolean literal) {
    if (literal || text.length == 0 || !memchr(text.data, '&', text.length)) {
        ov_html_put(reader, text);
        return;
    }
    gsize room = OV_ENTITIES_ROOM(text.length);
    if (reader->scratch_room < room) {
        reader->scratch_room = 2 * room;
        reader->scratch = ov_arena_alloc(reader->arena, reader->scratch_room);
    }
    gsize length = ov_entities_decode(text, FALSE, reader->scratch);
    ov_html_put(reader, (OvSlice){reader->scratch, length});
}

/* All that follows the divider of Outlook, or header lines of a quoted message, is quoted. */
static void mark_quoted_rest(OvHtmlReader *reader) {
    OvHtml *html = reader->html;
    for (guint i = 0; i < html->n_blocks; i++) {
        OvHtmlBlock *block = &reader->blocks[i];
        OvSlice rest = {reader->text.data + block->range.start,
                        reader->text.length - block->range.start};
        OvSlice line = ov_take_line(&rest);
        if (block->kind == OV_HTML_QUOTED || !ov_quotation_starts(line, rest))
            continue;
        for (; i < html->n_blocks; i++)
            reader->blocks[i].kind = OV_HTML_QUOTED;
    }
}

/* Blocks all of whose runs are code are code. */
static void mark_code(OvHtmlReader *reader) {
    const OvHtml *html = reader->html;
    guint run = 0;
    for (guint i = 0; i < html->n_blocks; i++) {
        OvHtmlBlock *block = &reader->blocks[i];
        gboolean code = TRUE;
        for (; run < html->n_runs && reader->runs[run].range.end <= block->range.end; run++)
            code &= (reader->runs[run].flags & OV_HTML_INLINE_CODE) != 0;
        if (code && block->kind != OV_HTML_QUOTED && html->n_runs > 0)
            block->kind = OV_HTML_CODE;
    }
}

void ov_html_finish_text(OvHtmlReader *reader) {
    end_block(reader);
    mark_code(reader);
    mark_quoted_rest(reader);
    reader->html->text = (OvSlice){reader->text.data, reader->text.length};
    reader->html->blocks = reader->blocks;
    reader->html->runs = reader->runs;
}
