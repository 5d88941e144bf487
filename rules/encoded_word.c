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
    char *out;
    gsize n_out, room;
    char *pending; /* as long as the value, which no decoding exceeds */
    gsize n_pending;
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
    if (octets.length == 0)
        return;
    OvSlice text =
        ov_charset_to_utf8(decoder->arena, charset, octets, decoder->room - decoder->n_out, NULL);
    memcpy(decoder->out + decoder->n_out, text.data, text.length);
    decoder->n_out += text.length;
}

static void flush(Decoder *decoder) {
    append(decoder, decoder->charset, (OvSlice){decoder->pending, decoder->n_pending});
    decoder->n_pending = 0;
}

static void take_word(Decoder *decoder, const Word *word) {
    if (strcmp(decoder->charset, word->charset) != 0) {
        flush(decoder);
        g_strlcpy(decoder->charset, word->charset, sizeof decoder->charset);
    }
    char *pending = decoder->pending + decoder->n_pending;
    decoder->n_pending += word->encoding == 'b'
                              ? ov_base64_decode(word->text, pending, word->text.length)
                              : ov_q_decode(word->text, pending, word->text.length);
}

OvSlice ov_encoded_words_decode(OvArena *arena, OvSlice value) {
    if (value.length == 0 || !memmem(value.data, value.length, "=?", 2))
        return ov_charset_to_utf8(arena, NULL, value, G_MAXSIZE, NULL);
    /* No charset makes more than three octets of one. */
    gsize room = MIN(value.length, G_MAXSIZE / 4) * 3;
    Decoder decoder = {
        .arena = arena,
        .out = ov_arena_alloc(arena, room),
        .room = room,
        .pending = ov_arena_alloc(arena, value.length),
    };
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
    return (OvSlice){decoder.out, decoder.n_out};
}
