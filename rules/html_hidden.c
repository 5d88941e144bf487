#include "rules/html_internal.h"

#include "rules/characters.h"

enum {
    PREHEADER = 250,        /* visible characters, at most */
    BEFORE_PREHEADER = 150, /* of text that is seen, at most: "View in browser" */
    TWIN_PERCENT = 80,      /* of hidden characters that the visible text has too */
    RUN_WORDS = 3,          /* in a row, by which texts are compared */
};

const char *ov_html_hidden_name(OvHtmlHiddenWhy why) {
    static const char *const names[OV_HTML_N_HIDDEN] = {
        [OV_HTML_SEEN] = "seen",
        [OV_HTML_HIDDEN_DISPLAY] = "not displayed",
        [OV_HTML_HIDDEN_VISIBILITY] = "not visible",
        [OV_HTML_HIDDEN_OPACITY] = "opacity",
        [OV_HTML_HIDDEN_FONT] = "font size",
        [OV_HTML_HIDDEN_BOX] = "box without size",
        [OV_HTML_HIDDEN_PLACE] = "outside the window",
        [OV_HTML_HIDDEN_CLIP] = "clipped",
        [OV_HTML_HIDDEN_COLOUR] = "colour of its background",
    };
    return why < OV_HTML_N_HIDDEN ? names[why] : "";
}

static gboolean is_letter_before(const OvTextStream *stream) {
    if (stream->length == 0 || stream->space || stream->line_break || !stream->open)
        return FALSE;
    const char *end = stream->data + stream->length;
    const char *last = g_utf8_find_prev_char(stream->data, end);
    return last && (ov_character(g_utf8_get_char(last)) & OV_CHARACTER_LETTER);
}

static gboolean has_letter(OvSlice text) {
    const char *at = text.data, *end = text.data + text.length;
    while (at < end)
        if (ov_character(ov_character_next(&at)) & OV_CHARACTER_LETTER)
            return TRUE;
    return FALSE;
}

static void write_hidden(OvTextStream *stream, OvSlice text) {
    for (gsize at = 0; at < text.length; at++) {
        if (g_ascii_isspace(text.data[at])) {
            stream->space |= stream->open && !stream->line_break;
            continue;
        }
        if (stream->line_break)
            stream->data[stream->length++] = '\n';
        else if (stream->space)
            stream->data[stream->length++] = ' ';
        stream->line_break = stream->space = FALSE;
        stream->open = TRUE;
        stream->data[stream->length++] = text.data[at];
    }
}

void ov_html_put_hidden(OvHtmlReader *reader, OvSlice text, OvHtmlHiddenWhy why) {
    OvHtml *html = reader->html;
    OvTextStream *stream = &reader->hidden;
    const OvOpen *open = ov_html_top(reader);
    OvHtmlHidden *last = html->n_hidden > 0 ? &reader->hiddens[html->n_hidden - 1] : NULL;
    guint32 visible = ov_html_count_visible(text);
    gboolean goes_on = last && last->at == reader->text.length && last->why == why &&
                       (reader->hidden_root == open->hidden_root || visible == 0);
    if (!goes_on) {
        stream->space = stream->line_break = stream->open = FALSE;
        if (visible == 0)
            return; /* layout: nothing is hidden there */
        void *hiddens = reader->hiddens;
        if (!ov_html_grow(reader, &hiddens, sizeof *reader->hiddens, html->n_hidden,
                          &reader->hidden_room, OV_HTML_MAX_HIDDEN))
            return;
        reader->hiddens = hiddens;
        last = &reader->hiddens[html->n_hidden++];
        *last = (OvHtmlHidden){.text = {stream->data + stream->length, 0},
                               .why = why,
                               .at = (guint32)reader->text.length};
        reader->hidden_root = open->hidden_root;
    }
    guint32 start = (guint32)stream->length;
    write_hidden(stream, text);
    last->text.length = (gsize)(stream->data + stream->length - last->text.data);
    last->visible += visible;
    if (open->link != OV_HTML_NONE)
        reader->links[open->link].hidden_characters += visible;
    if (why == OV_HTML_HIDDEN_FONT && open->style.font <= 1 && reader->block_open &&
        has_letter(text)) {
        reader->tiny_due = TRUE;
        reader->tiny_in_word = is_letter_before(&reader->text);
        reader->tiny_start = start;
        reader->tiny_end = (guint32)stream->length;
    }
}

void ov_html_mark_split(OvHtmlReader *reader) {
    if (reader->split_due && reader->split_at == reader->text.length)
        return;
    reader->split_due = is_letter_before(&reader->text);
    reader->split_at = (guint32)reader->text.length;
}

static gboolean is_one_word(const OvTextStream *stream, guint32 start, guint32 end) {
    const char *at = stream->data + start;
    while (at < stream->data + end)
        if (!(ov_character(ov_character_next(&at)) & (OV_CHARACTER_LETTER | OV_CHARACTER_MARK)))
            return FALSE;
    return TRUE;
}

void ov_html_seen_after(OvHtmlReader *reader, guint32 start, guint32 end) {
    OvTextStream *stream = &reader->text;
    OvHtml *html = reader->html;
    const char *first = stream->data + start;
    gboolean letter = (ov_character(g_utf8_get_char(first)) & OV_CHARACTER_LETTER) != 0;
    if (reader->split_due && reader->split_at == start && letter) {
        if (html->split_words.count == 0 || !is_one_word(stream, reader->split_last, start)) {
            guint32 from = start;
            while (from > 0 && is_one_word(stream, from - 1, from) &&
                   (guchar)stream->data[from - 1] < 0x80)
                from--;
            ov_html_found(reader, &html->split_words, (OvSlice){stream->data + from, end - from});
        }
        reader->split_last = start;
    }
    reader->split_due = FALSE;
    if (!reader->tiny_due || !has_letter((OvSlice){first, end - start}))
        return;
    reader->tiny_due = FALSE;
    const OvHtmlBlock *block = &reader->blocks[html->n_blocks - 1];
    OvSlice tiny = {reader->hidden.data + reader->tiny_start,
                    reader->tiny_end - reader->tiny_start};
    if (reader->tiny_in_word && letter)
        ov_html_found(reader, &html->tiny_in_words, tiny);
    else if (block->range.start < start)
        ov_html_found(reader, &html->tiny_in_sentences, tiny);
}

/* Runs of words that are seen, as hashes, each at its place or behind it. */
typedef struct {
    guint64 *slots;
    gsize mask;
} Seen;

/* Words of a text one after the other; hash is that of the last RUN_WORDS of them. */
typedef struct {
    const char *at, *end;
    guint64 words[RUN_WORDS];
    guint n;
    guint32 visible; /* characters of the last word */
} Words;

static guint64 mix(guint64 hash, guint64 value) {
    return (hash ^ value) * G_GUINT64_CONSTANT(1099511628211); /* FNV-1a */
}

/* Takes the next word (letters and digits; punctuation and white space part them). */
static gboolean next_word(Words *words) {
    guint64 hash = 0;
    words->visible = 0;
    while (words->at < words->end) {
        gunichar c = ov_character_next(&words->at);
        gboolean letter = (ov_character(c) & OV_CHARACTER_WORD) != 0;
        if (!letter && words->visible > 0)
            break;
        if (letter) {
            hash = mix(hash, c);
            words->visible++;
        }
        /* A script without spaces has a word of each character. */
        if (letter && ov_character_ideographic(c))
            break;
    }
    if (words->visible > 0)
        words->words[words->n++ % RUN_WORDS] = hash;
    return words->visible > 0;
}

/* The last n words, in their order; n is at most RUN_WORDS, and no more than there were. */
static guint64 run_of(const Words *words, guint n) {
    guint64 hash = G_GUINT64_CONSTANT(14695981039346656037);
    for (guint i = words->n - n; i < words->n; i++)
        hash = mix(hash, words->words[i % RUN_WORDS]);
    return hash | 1; /* 0 is an empty slot */
}

static gsize slot_of(const Seen *seen, guint64 hash) {
    gsize slot = (hash >> 7) & seen->mask;
    while (seen->slots[slot] && seen->slots[slot] != hash)
        slot = (slot + 1) & seen->mask;
    return slot;
}

static Words words_of(OvSlice text) {
    return (Words){.at = text.data, .end = text.data + text.length};
}

/* Every run of up to RUN_WORDS words of the visible text. */
static Seen read_seen(OvHtmlReader *reader) {
    OvSlice text = reader->html->text;
    gsize n = 0, size = 64;
    for (Words words = words_of(text); next_word(&words);)
        n += RUN_WORDS;
    while (size < 2 * n)
        size *= 2;
    Seen seen = {.slots = OV_ARENA_NEW(reader->arena, guint64, size), .mask = size - 1};
    for (Words words = words_of(text); next_word(&words);)
        for (guint run = 1; run <= MIN(words.n, (guint)RUN_WORDS); run++) {
            guint64 hash = run_of(&words, run);
            seen.slots[slot_of(&seen, hash)] = hash;
        }
    return seen;
}

static gboolean is_seen(const Seen *seen, guint64 hash) {
    return seen->slots[slot_of(seen, hash)] == hash;
}

/* Most of what hidden says is said in visible text too, by runs of the same words. */
static gboolean is_twin(const Seen *seen, const OvHtmlHidden *hidden) {
    guint32 said = 0, all = 0, waiting = 0;
    Words words = words_of(hidden->text);
    while (next_word(&words)) {
        all += words.visible;
        waiting += words.visible; /* the first words count when the run that they begin does */
        if (words.n < RUN_WORDS)
            continue;
        said += is_seen(seen, run_of(&words, RUN_WORDS)) ? waiting : 0;
        waiting = 0;
    }
    if (words.n < RUN_WORDS && words.n > 0 && is_seen(seen, run_of(&words, words.n)))
        said = all;
    return said > 0 && (guint64)said * 100 >= (guint64)all * TWIN_PERCENT;
}

/* What mail programs show beside the subject stands at the top. */
static gboolean is_preheader(const OvHtml *html, const OvHtmlHidden *hidden) {
    return hidden->visible <= PREHEADER &&
           ov_html_count_visible((OvSlice){html->text.data, hidden->at}) <= BEFORE_PREHEADER;
}

void ov_html_finish_hidden(OvHtmlReader *reader) {
    OvHtml *html = reader->html;
    html->hidden = reader->hiddens;
    if (html->n_hidden == 0)
        return;
    Seen seen = {.slots = NULL};
    for (guint i = 0; i < html->n_hidden; i++) {
        OvHtmlHidden *hidden = &reader->hiddens[i];
        gboolean preheader = i == 0 && is_preheader(html, hidden);
        if (!preheader && !seen.slots)
            seen = read_seen(reader);
        if (preheader)
            hidden->exempt = OV_HTML_PREHEADER;
        else if (is_twin(&seen, hidden))
            hidden->exempt = OV_HTML_TWIN;
        if (hidden->exempt) {
            html->hidden_exempt += hidden->visible;
            continue;
        }
        html->hidden_characters += hidden->visible;
        if (hidden->why == OV_HTML_HIDDEN_COLOUR)
            html->low_contrast += hidden->visible;
    }
}
