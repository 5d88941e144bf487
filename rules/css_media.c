#include "rules/css_sheet.h"

enum { WINDOW_WIDTH = 800, WINDOW_HEIGHT = 600 };

static OvSlice take_word(OvSlice *text) {
    *text = ov_slice_trim(*text);
    gsize end = 0;
    while (end < text->length && (g_ascii_isalnum(text->data[end]) || text->data[end] == '-'))
        end++;
    OvSlice word = {text->data, end};
    text->data += end;
    text->length -= end;
    return word;
}

static gboolean is_word(OvSlice word, const char *what) {
    return ov_slice_equal_nocase(word, ov_slice(what));
}

/* (min-width: 600px), (orientation: landscape). */
static gboolean feature_matches(OvSlice feature) {
    OvSlice name = take_word(&feature);
    feature = ov_slice_trim(feature);
    if (feature.length > 0 && feature.data[0] == ':')
        feature.data++, feature.length--;
    OvSlice value = ov_slice_trim(feature);
    if (is_word(name, "orientation"))
        return is_word(value, "landscape");
    if (is_word(name, "prefers-color-scheme"))
        return is_word(value, "light");
    if (is_word(name, "-webkit-min-device-pixel-ratio"))
        return value.length == 1 && (value.data[0] == '0' || value.data[0] == '1');
    if (is_word(name, "color") || is_word(name, "hover"))
        return TRUE;
    int bound = 0; /* -1 for min-, 1 for max- */
    if (name.length > 4 && g_ascii_strncasecmp(name.data, "min-", 4) == 0)
        bound = -1;
    else if (name.length > 4 && g_ascii_strncasecmp(name.data, "max-", 4) == 0)
        bound = 1;
    if (bound)
        name.data += 4, name.length -= 4;
    double actual;
    if (is_word(name, "width") || is_word(name, "device-width"))
        actual = WINDOW_WIDTH;
    else if (is_word(name, "height") || is_word(name, "device-height"))
        actual = WINDOW_HEIGHT;
    else
        return FALSE;
    if (value.length == 0)
        return bound == 0;
    OvCssValue length;
    if (!ov_css_length(value, FALSE, &length))
        return FALSE;
    double px = length.kind == OV_CSS_EM ? length.number * 16 : length.number;
    return bound < 0 ? actual >= px : bound > 0 ? actual <= px : actual == px;
}

static gboolean query_matches(OvSlice query) {
    gboolean negated = FALSE, matches = TRUE;
    OvSlice word = take_word(&query);
    if (is_word(word, "not") || is_word(word, "only")) {
        negated = is_word(word, "not");
        word = take_word(&query);
    }
    if (word.length > 0)
        matches = is_word(word, "all") || is_word(word, "screen");
    while (query.length > 0) {
        query = ov_slice_trim(query);
        if (query.length == 0)
            break;
        if (query.data[0] == '(') {
            gsize end =
                ov_css_skip((OvSlice){query.data + 1, query.length - 1}, 0, OV_CSS_AT_ROUND) + 1;
            matches = matches && feature_matches((OvSlice){query.data + 1, end - 1});
            end = MIN(end + 1, query.length);
            query.data += end;
            query.length -= end;
        } else if (!is_word(take_word(&query), "and")) {
            return FALSE;
        }
    }
    return negated ? !matches : matches;
}

gboolean ov_css_media_matches(OvSlice queries) {
    queries = ov_slice_trim(queries);
    if (queries.length == 0)
        return TRUE;
    for (gsize at = 0; at < queries.length;) {
        gsize end = ov_css_skip(queries, at, OV_CSS_AT_COMMA);
        if (query_matches((OvSlice){queries.data + at, end - at}))
            return TRUE;
        at = end + 1;
    }
    return FALSE;
}
