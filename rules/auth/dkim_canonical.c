/* Canonical forms (RFC 6376 3.4), fed to the digest without being kept. A line may end in LF or
 * CRLF: what a file holds with LF went over the wire with CRLF. */
#include "rules/auth/dkim_internal.h"

/* Collects small pieces, so that the digest is called seldom. */
typedef struct {
    EVP_MD_CTX *digest;
    guint64 room; /* canonical octets that still count (l=) */
    gboolean longer;
    gsize used;
    char buffer[4096];
} Sink;

static void sink_flush(Sink *sink) {
    EVP_DigestUpdate(sink->digest, sink->buffer, sink->used);
    sink->used = 0;
}

static void sink_start(Sink *sink, guint64 room) {
    sink->digest = EVP_MD_CTX_new();
    EVP_DigestInit_ex(sink->digest, EVP_sha256(), NULL);
    sink->room = room;
    sink->longer = FALSE;
    sink->used = 0;
}

static void sink_end(Sink *sink, guchar hash[32]) {
    sink_flush(sink);
    EVP_DigestFinal_ex(sink->digest, hash, NULL);
    EVP_MD_CTX_free(sink->digest);
}

static void put(Sink *sink, const char *data, gsize length) {
    if (length > sink->room) {
        sink->longer = TRUE;
        length = sink->room;
    }
    sink->room -= length;
    if (length > sizeof sink->buffer - sink->used)
        sink_flush(sink);
    if (length > sizeof sink->buffer) {
        EVP_DigestUpdate(sink->digest, data, length);
        return;
    }
    memcpy(sink->buffer + sink->used, data, length);
    sink->used += length;
}

static gboolean is_blank(char c) {
    return c == ' ' || c == '\t';
}

/* Takes the next line off rest, without its line end. */
static OvSlice take_line(OvSlice *rest) {
    const char *end = memchr(rest->data, '\n', rest->length);
    gsize length = end ? (gsize)(end - rest->data) : rest->length;
    OvSlice line = {rest->data, length};
    gsize passed = MIN(length + 1, rest->length);
    *rest = (OvSlice){rest->data + passed, rest->length - passed};
    if (end && line.length > 0 && line.data[line.length - 1] == '\r')
        line.length--;
    return line;
}

/* The words of a line with one space between them; blanks at its end are left for the next call.
 * blank: there were blanks since the last word; started: there was a word, or blanks before the
 * first one count. */
static void put_words(Sink *sink, OvSlice line, gboolean *started, gboolean *blank) {
    for (gsize at = 0; at < line.length;) {
        gsize word = at;
        while (word < line.length && is_blank(line.data[word]))
            word++;
        gsize end = word;
        while (end < line.length && !is_blank(line.data[end]))
            end++;
        *blank |= word > at;
        if (end > word) {
            if (*blank && *started)
                put(sink, " ", 1);
            put(sink, line.data + word, end - word);
            *started = TRUE;
            *blank = FALSE;
        }
        at = end;
    }
}

static gboolean only_blanks(OvSlice line) {
    for (gsize i = 0; i < line.length; i++)
        if (!is_blank(line.data[i]))
            return FALSE;
    return TRUE;
}

/* Most lines are in the relaxed form already: single spaces, and none at the end. */
static gboolean is_relaxed(OvSlice line) {
    const char *blank = memchr(line.data, ' ', line.length);
    if (memchr(line.data, '\t', line.length))
        return FALSE;
    return !blank || (line.data[line.length - 1] != ' ' &&
                      !memmem(blank, line.length - (gsize)(blank - line.data), "  ", 2));
}

/* Empty lines at the end are left out; an empty body is one line end in the simple form, nothing in
 * the relaxed one. */
static void put_body(Sink *sink, OvSlice body, gboolean relaxed) {
    gsize empty = 0;
    gboolean any = FALSE;
    while (body.length > 0 && !sink->longer) {
        OvSlice line = take_line(&body);
        if (line.length == 0 || (relaxed && only_blanks(line))) {
            empty++;
            continue;
        }
        for (; empty > 0 && !sink->longer; empty--)
            put(sink, "\r\n", 2);
        gboolean started = TRUE, blank = FALSE;
        if (relaxed && !is_relaxed(line))
            put_words(sink, line, &started, &blank);
        else
            put(sink, line.data, line.length);
        put(sink, "\r\n", 2);
        any = TRUE;
    }
    if (!any && !relaxed)
        put(sink, "\r\n", 2);
}

gboolean ov_dkim_body_hash(OvSlice body, gboolean relaxed, guint64 length, guchar hash[32],
                           gboolean *longer) {
    Sink sink;
    sink_start(&sink, length);
    put_body(&sink, body, relaxed);
    gboolean enough = length == G_MAXUINT64 || sink.room == 0;
    *longer = sink.longer;
    sink_end(&sink, hash);
    return enough;
}

/* The field in the simple form: as it stands, with CRLF between its lines but none at its end. */
static void put_simple_field(Sink *sink, OvSlice text) {
    while (text.length > 0) {
        OvSlice line = take_line(&text);
        put(sink, line.data, line.length);
        if (text.length > 0)
            put(sink, "\r\n", 2);
    }
}

/* The field in the relaxed form: its name in lower case, folds undone, blanks made one space. */
static void put_relaxed_field(Sink *sink, OvSlice name, OvSlice value) {
    for (gsize i = 0; i < name.length; i++) {
        char c = g_ascii_tolower(name.data[i]);
        put(sink, &c, 1);
    }
    put(sink, ":", 1);
    gboolean started = FALSE, blank = FALSE;
    while (value.length > 0)
        put_words(sink, take_line(&value), &started, &blank);
}

static void put_field(Sink *sink, const OvField *field, gboolean relaxed) {
    if (relaxed)
        put_relaxed_field(sink, field->name, field->value);
    else
        put_simple_field(sink, field->line);
}

/* The DKIM-Signature itself, as if b= were empty (RFC 6376 3.7). */
static void put_signature(Sink *sink, OvArena *arena, const OvField *field, OvSlice b_value,
                          gboolean relaxed) {
    const char *end = field->value.data + field->value.length;
    const char *from = b_value.data, *to = b_value.data + b_value.length;
    while (from[-1] != '=')
        from--;
    while (to < end && *to != ';')
        to++;
    gsize before = (gsize)(from - field->line.data), after = (gsize)(end - to);
    char *copy = ov_arena_alloc(arena, before + after);
    memcpy(copy, field->line.data, before);
    memcpy(copy + before, to, after);
    gsize value = (gsize)(field->value.data - field->line.data);
    OvField emptied = {.name = field->name,
                       .value = {copy + value, before + after - value},
                       .line = {copy, before + after}};
    put_field(sink, &emptied, relaxed);
}

/* The last field of that name that is not taken yet: h= names fields from the bottom up (RFC 6376
 * 5.4.2). NULL: there is none, and none is what was signed. */
static const OvField *take_field(const OvHeader *header, OvSlice name, guint8 *taken) {
    for (guint i = header->n_fields; i-- > 0;)
        if (!taken[i] && ov_slice_equal_nocase(header->fields[i].name, name)) {
            taken[i] = TRUE;
            return &header->fields[i];
        }
    return NULL;
}

void ov_dkim_header_hash(OvArena *arena, const OvHeader *header, const OvDkimSignature *signature,
                         const OvDkimWork *work, guchar hash[32]) {
    Sink sink;
    sink_start(&sink, G_MAXUINT64);
    guint8 *taken = OV_ARENA_NEW(arena, guint8, header->n_fields);
    OvSlice names = signature->signed_names, name;
    while (ov_dkim_next_name(&names, &name)) {
        const OvField *field = take_field(header, name, taken);
        if (!field)
            continue;
        put_field(&sink, field, work->relaxed_header);
        put(&sink, "\r\n", 2);
    }
    put_signature(&sink, arena, signature->field, work->b_value, work->relaxed_header);
    sink_end(&sink, hash);
}
