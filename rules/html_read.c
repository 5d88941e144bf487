#include "rules/html_internal.h"

#include "rules/html_entity.h"
#include "rules/html_stack.h"

enum { TOKENS_PER_LOOK = 256 }; /* between two looks at the clock */

static gboolean is_late(OvHtmlReader *reader) {
    if (reader->deadline == 0 || g_get_monotonic_time() < reader->deadline)
        return FALSE;
    reader->html->late = TRUE;
    return TRUE;
}

/* Where the last <style tag can begin; NULL where there is none. With it a part whose styles stand
 * at its head, as they mostly do, need not be read twice. */
static const char *last_style(OvSlice text) {
    const char *at = text.data, *end = text.data + text.length, *last = NULL;
    for (; (at = memchr(at, '<', (gsize)(end - at))); at++)
        if (end - at > 6 && g_ascii_strncasecmp(at, "<style", 6) == 0)
            last = at;
    return last;
}

static gboolean has_doctype(const OvToken *token) {
    static const char *const quirky[] = {"-//w3c//dtd html 3.", "-//ietf//dtd html",
                                         "-//w3c//dtd html 4.0 transitional"};
    OvSlice text = token->text;
    for (gsize i = 0; i < G_N_ELEMENTS(quirky); i++)
        for (gsize at = 0; at + strlen(quirky[i]) <= text.length; at++)
            if (g_ascii_strncasecmp(text.data + at, quirky[i], strlen(quirky[i])) == 0)
                return FALSE;
    return TRUE;
}

static gboolean is_css_type(OvSlice type) {
    return type.length == 0 || ov_slice_equal_nocase(ov_slice_trim(type), ov_slice("text/css"));
}

/* Style sheets count for all of the document, whatever stands before them: they are read first. */
static void read_sheets(OvHtmlReader *reader, OvSlice text) {
    const char *last = last_style(text);
    gboolean quirks = TRUE, wanted = FALSE;
    OvToken *token = &reader->token;
    ov_tokenizer_init(&reader->tokenizer, text);
    guint n = 0;
    OvCssSheet *sheet = NULL;
    while (ov_tokenizer_next(&reader->tokenizer, token)) {
        if (token->kind == OV_TOKEN_DOCTYPE && n == 0)
            quirks = !has_doctype(token);
        if (token->kind == OV_TOKEN_START || token->kind == OV_TOKEN_END || sheet) {
            if (!sheet)
                sheet = ov_css_sheet_new(reader->arena, quirks);
            if (!last || (token->raw.data > last && !wanted))
                break;
        }
        if (token->kind == OV_TOKEN_TEXT && wanted)
            ov_css_sheet_add(sheet, token->text, &reader->active_css, &reader->imports);
        wanted = token->kind == OV_TOKEN_START && token->tag == OV_TAG_STYLE &&
                 is_css_type(ov_token_value(token, OV_ATTRIBUTE_TYPE)) &&
                 ov_css_media_matches(ov_token_value(token, OV_ATTRIBUTE_MEDIA));
        n++;
        if (n == OV_HTML_MAX_TOKENS || (n % TOKENS_PER_LOOK == 0 && is_late(reader)))
            break;
    }
    reader->quirks = quirks;
    reader->sheet = sheet ? sheet : ov_css_sheet_new(reader->arena, quirks);
    reader->tokenizer.n_errors = 0;
}

/* <title>: white space folded. */
static void read_title(OvHtmlReader *reader, OvSlice text) {
    reader->title_read = TRUE;
    OvSlice decoded = ov_html_decode(reader, text, FALSE);
    char *title = ov_arena_alloc(reader->arena, decoded.length + 1);
    gsize length = 0;
    for (gsize i = 0; i < decoded.length; i++) {
        gboolean space = g_ascii_isspace(decoded.data[i]);
        if (!space)
            title[length++] = decoded.data[i];
        else if (length > 0 && title[length - 1] != ' ')
            title[length++] = ' ';
    }
    if (length > 0 && title[length - 1] == ' ')
        length--;
    reader->html->title = (OvSlice){title, length};
}

static gboolean is_blank(OvSlice text) {
    for (gsize i = 0; i < text.length; i++)
        if (!g_ascii_isspace(text.data[i]))
            return FALSE;
    return TRUE;
}

static void read_text(OvHtmlReader *reader) {
    const OvToken *token = &reader->token;
    const OvOpen *top = ov_html_top(reader);
    if (top->tag == OV_TAG_TITLE && top->space == OV_SPACE_HTML) {
        if (!reader->title_read)
            read_title(reader, token->text);
        return;
    }
    if (top->style.unread)
        return;
    if (reader->n_formatting > 0 && !is_blank(token->text))
        ov_html_reconstruct(reader);
    ov_html_put_encoded(reader, token->text, token->literal);
}

/* <!--[if mso]> and its like, which Outlook reads. */
static gboolean is_conditional(const OvToken *token) {
    OvSlice text = ov_slice_trim(token->text);
    return (text.length >= 3 && g_ascii_strncasecmp(text.data, "[if", 3) == 0) ||
           (text.length >= 6 && memmem(text.data, text.length, "[endif", 6));
}

static void read_token(OvHtmlReader *reader) {
    const OvToken *token = &reader->token;
    switch (token->kind) {
    case OV_TOKEN_TEXT:
        read_text(reader);
        break;
    case OV_TOKEN_START:
        ov_html_find_active(reader);
        ov_html_start_tag(reader);
        break;
    case OV_TOKEN_END:
        ov_html_end_tag(reader);
        break;
    case OV_TOKEN_COMMENT:
        reader->html->n_comments++;
        if (!is_conditional(token))
            ov_html_mark_split(reader);
        break;
    case OV_TOKEN_DOCTYPE:
    case OV_TOKEN_LAST:
        break;
    }
}

static void finish(OvHtmlReader *reader) {
    OvHtml *html = reader->html;
    ov_html_pop_to(reader, 0);
    ov_html_finish_text(reader);
    ov_html_finish_hidden(reader);
    ov_html_finish_links(reader);
    html->n_errors += reader->tokenizer.n_errors;
    if (reader->active_css.count > 0) {
        ov_html_found(reader, &html->active[OV_HTML_ACTIVE_CSS], reader->active_css.first);
        html->active[OV_HTML_ACTIVE_CSS].count = reader->active_css.count;
    }
    if (reader->imports.count > 0) {
        guint links = html->active[OV_HTML_EXTERNAL_CSS].count;
        ov_html_found(reader, &html->active[OV_HTML_EXTERNAL_CSS], reader->imports.first);
        html->active[OV_HTML_EXTERNAL_CSS].count = links + reader->imports.count;
    }
}

OvHtml *ov_html_read(OvArena *arena, OvSlice text, gint64 deadline) {
    /* Large, and not needed longer than this: a message may have thousands of pages. The stack is
     * the most of it, and is written before it is read. */
    g_autofree OvHtmlReader *reader = g_malloc(sizeof *reader);
    memset((char *)reader + G_STRUCT_OFFSET(OvHtmlReader, n_open), 0,
           sizeof *reader - G_STRUCT_OFFSET(OvHtmlReader, n_open));
    reader->arena = arena;
    reader->html = OV_ARENA_NEW(arena, OvHtml, 1);
    reader->html->size = text.length;
    reader->deadline = deadline;
    reader->active_css = reader->imports = (OvCssActive){0};
    if (text.length > OV_HTML_MAX_OCTETS) {
        text.length = OV_HTML_MAX_OCTETS;
        while (text.length > 0 && ((guchar)text.data[text.length] & 0xC0) == 0x80)
            text.length--;
        reader->html->cut = TRUE;
    }
    if (text.length == 0)
        return reader->html;
    /* Between two blocks there is a tag, which is longer than the empty line that stands for it. */
    gsize room = OV_ENTITIES_ROOM(text.length) + 64;
    reader->text.data = ov_arena_alloc(arena, room);
    reader->hidden.data = ov_arena_alloc(arena, room);
    read_sheets(reader, text);
    ov_html_tree_init(reader);
    ov_tokenizer_init(&reader->tokenizer, text);
    guint n = 0;
    while (ov_tokenizer_next(&reader->tokenizer, &reader->token)) {
        read_token(reader);
        n++;
        reader->html->cut = reader->html->cut || n == OV_HTML_MAX_TOKENS;
        if (n == OV_HTML_MAX_TOKENS || (n % TOKENS_PER_LOOK == 0 && is_late(reader)))
            break;
    }
    finish(reader);
    return reader->html;
}
