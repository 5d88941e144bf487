#include "rules/link_text.h"

#include "rules/address.h"

enum { MAX_HOST = 255, LEAST_LABEL = 2 };

static gboolean starts_nocase(OvSlice text, const char *start) {
    gsize length = strlen(start);
    return text.length >= length && g_ascii_strncasecmp(text.data, start, length) == 0;
}

static OvSlice without(OvSlice text, gsize octets) {
    return (OvSlice){text.data + octets, text.length - octets};
}

static gboolean ends_word(char c) {
    return g_ascii_isspace(c) || (c && strchr("<>\"'()[]{},;|", c));
}

/* Top-level domains that file names end in as well. */
static gboolean is_file_suffix(OvSlice host) {
    static const char *const suffixes[] = {"zip", "mov", "md", "py", "rs", "sh",  "ps", "so",
                                           "pm",  "mk",  "cc", "pl", "ai", "app", "inc"};
    const char *dot = memrchr(host.data, '.', host.length);
    if (!dot || memchr(host.data, '.', (gsize)(dot - host.data)))
        return FALSE; /* with a second dot it is a host: setup.example.py */
    OvSlice last = without(host, (gsize)(dot + 1 - host.data));
    for (gsize i = 0; i < G_N_ELEMENTS(suffixes); i++)
        if (ov_slice_equal_nocase(last, ov_slice(suffixes[i])))
            return TRUE;
    return FALSE;
}

/* "St.Gallen", "e.g": a name has labels of two letters and more above its suffix. */
static gboolean has_full_label(OvSlice organisation) {
    const char *dot = memchr(organisation.data, '.', organisation.length);
    return dot && dot - organisation.data >= LEAST_LABEL;
}

/* Reads a word, which is the whole text where alone is TRUE. */
static gboolean read_word(OvArena *arena, OvSlice word, gboolean alone, OvShownHost *shown) {
    OvSlice rest = word;
    shown->scheme = OV_SHOWN_NO_SCHEME;
    if (starts_nocase(rest, "https://")) {
        shown->scheme = OV_SHOWN_HTTPS;
        rest = without(rest, 8);
    } else if (starts_nocase(rest, "http://")) {
        shown->scheme = OV_SHOWN_HTTP;
        rest = without(rest, 7);
    }
    gboolean sure = shown->scheme != OV_SHOWN_NO_SCHEME || starts_nocase(rest, "www.");
    gsize length = 0;
    while (length < rest.length && !strchr("/?#:\\", rest.data[length]))
        length++;
    OvSlice host = {rest.data, length};
    sure = sure || (length < rest.length && rest.data[length] == '/');
    if ((!sure && !alone) || host.length == 0 || host.length > MAX_HOST ||
        memchr(host.data, '@', host.length) || (!sure && is_file_suffix(host)))
        return FALSE;
    guint faults;
    shown->host = ov_domain_canonical(arena, host, &faults);
    if (faults || !ov_domain_suffix_known(shown->host))
        return FALSE;
    shown->organisation = ov_organisational_domain(shown->host);
    return has_full_label(shown->organisation);
}

gboolean ov_shown_host_next(OvArena *arena, OvSlice text, gsize *at, OvShownHost *shown) {
    text.length = MIN(text.length, (gsize)OV_SHOWN_MAX_TEXT);
    if (*at == 0 && text.length > 0 && !memchr(text.data, '.', text.length))
        return FALSE;
    OvSlice trimmed = ov_slice_trim(text);
    while (*at < text.length) {
        gsize start = *at;
        while (start < text.length && ends_word(text.data[start]))
            start++;
        gsize end = start;
        while (end < text.length && !ends_word(text.data[end]))
            end++;
        *at = end;
        gboolean alone = end - start == trimmed.length;
        while (end > start && strchr(".:!?*", text.data[end - 1]))
            end--;
        OvSlice word = {text.data + start, end - start};
        if (word.length > 0 && memchr(word.data, '.', word.length) &&
            read_word(arena, word, alone, shown))
            return TRUE;
    }
    return FALSE;
}
