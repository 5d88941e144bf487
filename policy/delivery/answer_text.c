#include "policy/delivery/answer_text.h"

enum {
    KEPT = 200,      /* octets */
    LOOKED_AT = 1000 /* octets; what is left out is not more than they */
};

static const char ELLIPSIS[] = "…";

static gboolean is_word(char c) {
    return g_ascii_isalnum(c) || (guchar)c >= 0x80;
}

/* Where the local part before an @ begins; at where there is none. from: it begins not before. */
static gsize local_start(const char *text, gsize from, gsize at) {
    gsize start = at;
    if (at > from && text[at - 1] == '"') {
        for (start = at - 1; start > from && text[start - 1] != '"';)
            start--;
        return start > from ? start - 1 : from;
    }
    while (start > from && !ov_is_blank(text[start - 1]) &&
           !strchr("<>()[],;:\"'", text[start - 1]))
        start--;
    return start;
}

/* The text with a star for the local part of each address. */
static GString *hide_addresses(const char *text, gsize length) {
    GString *hidden = g_string_sized_new(length);
    gsize done = 0;
    for (gsize at = 0; at < length; at++) {
        if (text[at] != '@')
            continue;
        gsize start = local_start(text, done, at);
        g_string_append_len(hidden, text + done, (gssize)(start - done));
        if (start < at)
            g_string_append_c(hidden, '*');
        done = at;
    }
    g_string_append_len(hidden, text + done, (gssize)(length - done));
    return hidden;
}

/* The same for a word that is the recipient's local part. */
static GString *hide_word(const GString *text, OvSlice word) {
    GString *hidden = g_string_sized_new(text->len);
    for (gsize i = 0; i < text->len;) {
        gsize end = i + word.length;
        if (word.length > 0 && end <= text->len && (i == 0 || !is_word(text->str[i - 1])) &&
            (end == text->len || !is_word(text->str[end])) &&
            g_ascii_strncasecmp(text->str + i, word.data, word.length) == 0) {
            g_string_append_c(hidden, '*');
            i = end;
        } else {
            g_string_append_c(hidden, text->str[i++]);
        }
    }
    return hidden;
}

static OvSlice local_part(OvSlice address) {
    const char *at = address.length > 0 ? memrchr(address.data, '@', address.length) : NULL;
    return at ? (OvSlice){address.data, (gsize)(at - address.data)} : address;
}

/* Cut at KEPT octets, the ellipsis among them. */
static void cut(GString *text) {
    gsize length = KEPT - strlen(ELLIPSIS);
    if (text->len <= KEPT)
        return;
    while (length > 0 && ((guchar)text->str[length] & 0xc0) == 0x80)
        length--;
    g_string_truncate(text, length);
    g_string_append(text, ELLIPSIS);
}

char *ov_answer_text(OvSlice answer, OvSlice recipient) {
    gsize length = MIN(answer.length, LOOKED_AT);
    g_autoptr(GString) hidden = hide_addresses(answer.data ? answer.data : "", length);
    g_autoptr(GString) text = hide_word(hidden, local_part(recipient));
    g_autofree char *valid = g_utf8_make_valid(text->str, (gssize)text->len);
    GString *kept = g_string_sized_new(KEPT);
    for (const char *p = valid; *p && kept->len <= KEPT; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        g_string_append_unichar(kept, g_unichar_iscntrl(c) ? ' ' : c);
    }
    cut(kept);
    return g_string_free(kept, FALSE);
}
