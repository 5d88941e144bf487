#include "rules/measure_header.h"

/* An encoded-word is at most 75 characters; what does not end within MAX_LOOK_AHEAD is text. */
enum { MAX_WORD = 75, MAX_LOOK_AHEAD = 512, MAX_FIELD = 64 * 1024, MAX_BAD = 1000 };

typedef struct {
    OvSlice charset;
    OvSlice encoding;
    OvSlice text;
    gsize length; /* the whole word, =? and ?= included */
} Word;

/* The offset of the next ? from at on, or limit. */
static gsize find_question_mark(OvSlice value, gsize at, gsize limit) {
    while (at < limit && value.data[at] != '?')
        at++;
    return at;
}

/* Reads =?charset?encoding?text?= at start; FALSE where it is not meant as one. */
static gboolean read_word(OvSlice value, gsize start, Word *word) {
    gsize limit = MIN(value.length, start + MAX_LOOK_AHEAD);
    gsize charset = start + 2;
    gsize encoding = find_question_mark(value, charset, limit) + 1;
    gsize text = find_question_mark(value, encoding, limit) + 1;
    if (text >= limit || text - encoding != 2)
        return FALSE;
    gsize end = find_question_mark(value, text, limit);
    while (end + 1 < limit && value.data[end + 1] != '=')
        end = find_question_mark(value, end + 1, limit);
    if (end + 1 >= limit)
        return FALSE;
    word->charset = (OvSlice){value.data + charset, encoding - 1 - charset};
    word->encoding = (OvSlice){value.data + encoding, 1};
    word->text = (OvSlice){value.data + text, end - text};
    word->length = end + 2 - start;
    return TRUE;
}

/* Charsets by the start of their names, as the IANA registers them and mail programs write them. */
static gboolean is_charset(OvSlice name) {
    static const char *const starts[] = {
        "utf-8", "utf-7",     "us-ascii", "ascii",     "iso-8859-", "iso8859-",  "windows-",
        "cp125", "cp8",       "cp9",      "koi8-",     "gb2312",    "gbk",       "gb18030",
        "hz-gb", "big5",      "euc-",     "shift_jis", "iso-2022-", "ks_c_5601", "tis-620",
        "ibm",   "macintosh", "viscii",   "x-mac-",    "x-sjis",    "x-euc-",    "x-windows-",
        "x-gbk", "x-big5",    "armscii-", "georgian-", "mac",       "utf8",      "utf-16",
        "cp1",   "johab",     "uhc",      "latin",     "sjis",      "ansi_x3.",
    };
    for (guint i = 0; i < G_N_ELEMENTS(starts); i++) {
        gsize length = strlen(starts[i]);
        if (name.length >= length && g_ascii_strncasecmp(name.data, starts[i], length) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean is_base64(OvSlice text) {
    gsize length = text.length;
    while (length > 0 && text.length - length < 2 && text.data[length - 1] == '=')
        length--;
    for (gsize i = 0; i < length; i++)
        if (!g_ascii_isalnum(text.data[i]) && text.data[i] != '+' && text.data[i] != '/')
            return FALSE;
    return text.length % 4 == 0;
}

static gboolean is_q(OvSlice text) {
    for (gsize i = 0; i < text.length; i++) {
        guchar c = (guchar)text.data[i];
        if (c <= ' ' || c >= 0x7f)
            return FALSE;
        if (c == '=' && (i + 2 >= text.length || !g_ascii_isxdigit(text.data[i + 1]) ||
                         !g_ascii_isxdigit(text.data[i + 2])))
            return FALSE;
    }
    return TRUE;
}

/* What is wrong with the word itself, NULL where nothing is (RFC 2047 section 2). */
static const char *fault_of(const Word *word) {
    const char *star = memchr(word->charset.data, '*', word->charset.length);
    OvSlice charset = word->charset;
    if (star) /* a language tag follows, RFC 2231 5 */
        charset.length = (gsize)(star - charset.data);
    if (!is_charset(charset))
        return "its charset is not known";
    char encoding = g_ascii_tolower(word->encoding.data[0]);
    if (encoding != 'b' && encoding != 'q')
        return "its encoding is neither B nor Q";
    for (gsize i = 0; i < word->text.length; i++)
        if (g_ascii_isspace(word->text.data[i]))
            return "there is white space in it";
    if (encoding == 'b' ? !is_base64(word->text) : !is_q(word->text))
        return encoding == 'b' ? "its base64 is broken" : "its Q encoding is broken";
    return word->length > MAX_WORD ? "it is longer than 75 characters" : NULL;
}

typedef struct {
    guint n;
    const char *first; /* what is wrong with the first, NULL while n is 0 */
} Bad;

static void look_through(OvSlice value, gboolean addresses, Bad *bad) {
    gboolean quoted = FALSE, angle = FALSE;
    value.length = MIN(value.length, MAX_FIELD);
    for (gsize at = 0; at + 1 < value.length && bad->n < MAX_BAD;) {
        Word word;
        char c = value.data[at];
        if (c == '=' && value.data[at + 1] == '?' && read_word(value, at, &word)) {
            const char *fault = fault_of(&word);
            if (!fault && addresses && (quoted || angle))
                fault = quoted ? "it stands in quotation marks" : "it stands in an address";
            if (fault && !bad->first)
                bad->first = fault;
            bad->n += fault != NULL;
            at += word.length;
            continue;
        }
        if (c == '\\' && quoted)
            at++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted)
            angle = (angle || c == '<') && c != '>';
        at++;
    }
}

void ov_measure_encoded_words(OvMeasure *measure) {
    const OvHeader *header = measure->message->header;
    Bad bad = {0, NULL};
    for (guint i = 0; i < header->n_fields && bad.n < MAX_BAD; i++) {
        const OvField *field = &header->fields[i];
        switch (field->id) {
        case OV_FIELD_SUBJECT:
            look_through(field->value, FALSE, &bad);
            break;
        case OV_FIELD_FROM:
        case OV_FIELD_SENDER:
        case OV_FIELD_REPLY_TO:
        case OV_FIELD_TO:
        case OV_FIELD_CC:
            look_through(field->value, TRUE, &bad);
            break;
        default:
            break;
        }
    }
    ov_facts_set_number(measure->facts, OV_FACT_HEADER_ENCODED_WORD_BAD, bad.n);
    ov_facts_set_text(measure->facts, OV_FACT_HEADER_ENCODED_WORD_FAULT,
                      ov_slice(bad.first ? bad.first : ""));
}
