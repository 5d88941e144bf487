#include "rules/encoded_word.h"

#include "rules/charset.h"
#include "rules/transfer.h"

enum { MAX_CHARSET = 40 };

typedef struct {
    char charset[MAX_CHARSET];
    char encoding; /* 'b' or 'q' */
    OvSlice text;
    gsize length; /* of the whole word */
} Word;

/* What is being put together. Octets of neighbouring words of one charset wait in pending. */
typedef struct {
    OvArena *arena;
    GString *out;
    GString *pending;
    char charset[MAX_CHARSET];
} Decoder;

static gboolean is_blank(OvSlice text) {
    for (gsize i = 0; i < text.length; i++)
        if (!strchr(" \t\r\n", text.data[i]) || text.data[i] == '\0')
            return FALSE;
    return TRUE;
}

/* Reads the encoded-word at the start of text. *never is set where no later word can be one either,
 * because nothing ends it. */
static gboolean word_read(OvSlice text, Word *word, gboolean *never) {
    gsize i = 2, n = 0;
    while (i < text.length && n + 1 < MAX_CHARSET && text.data[i] > ' ' && text.data[i] < 0x7f &&
           !strchr("?=\"(),:;<>@[]", text.data[i]))
        word->charset[n++] = text.data[i++];
    word->charset[n] = '\0';
    if (n == 0 || i + 3 > text.length || text.data[i] != '?' || text.data[i + 2] != '?')
        return FALSE;
    word->charset[strcspn(word->charset, "*")] = '\0'; /* RFC 2231 5: charset*language */
    word->encoding = g_ascii_tolower(text.data[i + 1]);
    if (word->encoding != 'b' && word->encoding != 'q')
        return FALSE;
    const char *start = text.data + i + 3;
    const char *end = memmem(start, text.length - i - 3, "?=", 2);
    if (!end) {
        *never = TRUE;
        return FALSE;
    }
    word->text = (OvSlice){start, (gsize)(end - start)};
    word->length = (gsize)(end - text.data) + 2;
    return TRUE;
}

static void append(Decoder *decoder, const char *charset, OvSlice octets) {
    OvSlice text = ov_charset_to_utf8(decoder->arena, charset, octets, G_MAXSIZE, NULL);
    g_string_append_len(decoder->out, text.data, (gssize)text.length);
}

static void flush(Decoder *decoder) {
    if (decoder->pending->len == 0)
        return;
    /* What was converted may point into pending, which is used again. */
    OvSlice octets = {decoder->pending->str, decoder->pending->len};
    append(decoder, decoder->charset, octets);
    g_string_truncate(decoder->pending, 0);
}

static void take_word(Decoder *decoder, const Word *word) {
    if (strcmp(decoder->charset, word->charset) != 0) {
        flush(decoder);
        g_strlcpy(decoder->charset, word->charset, sizeof decoder->charset);
    }
    GString *pending = decoder->pending;
    gsize before = pending->len;
    g_string_set_size(pending, before + OV_BASE64_ROOM(word->text.length) + word->text.length);
    gsize room = pending->len - before;
    gsize n = word->encoding == 'b' ? ov_base64_decode(word->text, pending->str + before, room)
                                    : ov_q_decode(word->text, pending->str + before, room);
    g_string_set_size(pending, before + n);
}

OvSlice ov_encoded_words_decode(OvArena *arena, OvSlice value) {
    if (value.length == 0 || !memmem(value.data, value.length, "=?", 2))
        return ov_charset_to_utf8(arena, NULL, value, G_MAXSIZE, NULL);
    g_autoptr(GString) out = g_string_sized_new(value.length);
    g_autoptr(GString) pending = g_string_sized_new(value.length);
    Decoder decoder = {.arena = arena, .out = out, .pending = pending};
    gboolean after_word = FALSE, never = FALSE;
    gsize plain = 0; /* start of what is no encoded-word */
    for (gsize i = 0; i < value.length && !never;) {
        const char *mark = memmem(value.data + i, value.length - i, "=?", 2);
        if (!mark)
            break;
        i = (gsize)(mark - value.data);
        Word word;
        if (!word_read((OvSlice){mark, value.length - i}, &word, &never)) {
            i += 2;
            continue;
        }
        OvSlice between = {value.data + plain, i - plain};
        if (!after_word || !is_blank(between)) {
            flush(&decoder);
            append(&decoder, NULL, between);
        }
        take_word(&decoder, &word);
        after_word = TRUE;
        i += word.length;
        plain = i;
    }
    flush(&decoder);
    append(&decoder, NULL, (OvSlice){value.data + plain, value.length - plain});
    return ov_arena_dup(arena, (OvSlice){out->str, out->len});
}
