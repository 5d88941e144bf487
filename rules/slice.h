/* A run of bytes that belongs to somebody else: usually the message's own buffer or a judgement's
 * arena. Never NUL-terminated unless its source says so; it may contain NUL. */
#pragma once

#include <glib.h>
#include <string.h>

typedef struct {
    const char *data; /* NULL only when length is 0 */
    gsize length;     /* bytes */
} OvSlice;

#define OV_SLICE_LITERAL(text) ((OvSlice){(text), sizeof(text) - 1})

/* A slice over a NUL-terminated string; NULL gives the empty slice. */
static inline OvSlice ov_slice(const char *text) {
    return (OvSlice){text, text ? strlen(text) : 0};
}

static inline gboolean ov_slice_equal(OvSlice a, OvSlice b) {
    return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

/* Compares without regard to ASCII case, as header field names and domains are (RFC 5322 1.2.2). */
static inline gboolean ov_slice_equal_nocase(OvSlice a, OvSlice b) {
    return a.length == b.length &&
           (a.length == 0 || g_ascii_strncasecmp(a.data, b.data, a.length) == 0);
}

/* Below, at or above 0 as a stands before, with or behind b: octet by octet, the shorter first. */
static inline int ov_slice_compare(OvSlice a, OvSlice b) {
    gsize least = MIN(a.length, b.length);
    int order = least > 0 ? memcmp(a.data, b.data, least) : 0;
    return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

/* For bsearch in texts that ascend so: an OvSlice, and a pointer to a NUL-terminated text. */
static inline int ov_slice_compare_text(const void *slice, const void *text) {
    return ov_slice_compare(*(const OvSlice *)slice, ov_slice(*(const char *const *)text));
}

/* ASCII white space that mail has (space, tab, CR, LF). */
static inline gboolean ov_is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The first LF in data to end, or NULL. Short lines, of which there may be millions, cost no call.
 */
static inline const char *ov_find_feed(const char *data, const char *end) {
    enum { NEAR = 4 };
    gsize length = (gsize)(end - data);
    for (gsize i = 0; i < NEAR && i < length; i++)
        if (data[i] == '\n')
            return data + i;
    return length > NEAR ? memchr(data + NEAR, '\n', length - NEAR) : NULL;
}

/* The slice without ASCII white space (space, tab, CR, LF) at either end. */
static inline OvSlice ov_slice_trim(OvSlice s) {
    while (s.length > 0 && ov_is_blank(s.data[0]))
        s.data++, s.length--;
    while (s.length > 0 && ov_is_blank(s.data[s.length - 1]))
        s.length--;
    return s;
}
