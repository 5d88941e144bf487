#include "rules/html_stack.h"

/* TRUE where one of the words of a class attribute is in the list. */
static gboolean has_word(OvSlice words, const char *const *list, gsize n) {
    for (gsize at = 0; at < words.length;) {
        OvSlice word = {words.data + at, 0};
        while (at < words.length && !g_ascii_isspace(words.data[at]))
            at++;
        word.length = (gsize)(words.data + at - word.data);
        for (gsize i = 0; word.length > 0 && i < n; i++)
            if (ov_slice_equal_nocase(word, ov_slice(list[i])))
                return TRUE;
        at++;
    }
    return FALSE;
}

static gboolean starts_with(OvSlice text, const char *start) {
    gsize length = strlen(start);
    return text.length >= length && g_ascii_strncasecmp(text.data, start, length) == 0;
}

static gboolean holds(OvSlice text, const char *what) {
    return text.length > 0 && memmem(text.data, text.length, what, strlen(what));
}

/* The last line of text so far ends with a colon, as that above a quotation does. */
static gboolean is_below_colon(const OvHtmlReader *reader) {
    const OvTextStream *text = &reader->text;
    return text->length > 0 && text->data[text->length - 1] == ':';
}

gboolean ov_html_is_quote(const OvHtmlReader *reader, guint at) {
    const OvToken *token = &reader->token;
    const OvCssSubject *subject = &reader->subjects[at];
    const OvCssDeclarations *declarations = &reader->declared[at];
    static const char *const classes[] = {
        "gmail_quote", "gmail_extra",     "yahoo_quoted", "protonmail_quote",
        "zmail_extra", "moz-cite-prefix", "gmail_attr",   "OutlookMessageHeader"};
    static const char *const ids[] = {"yahoo_quoted", "mail-editor-reference-message-container"};
    if (has_word(subject->classes, classes, G_N_ELEMENTS(classes)))
        return TRUE;
    for (gsize i = 0; subject->id.length > 0 && i < G_N_ELEMENTS(ids); i++)
        if (starts_with(subject->id, ids[i]))
            return TRUE;
    if (token->tag != OV_TAG_BLOCKQUOTE)
        return FALSE;
    gboolean bordered = ov_css_is_set(declarations, OV_CSS_BORDER_LEFT) &&
                        declarations->value[OV_CSS_BORDER_LEFT].keyword;
    return ov_token_has(token, OV_ATTRIBUTE_CITE) || bordered || is_below_colon(reader) ||
           ov_slice_equal_nocase(ov_token_value(token, OV_ATTRIBUTE_TYPE), ov_slice("cite")) ||
           holds(subject->classes, "quote") || holds(subject->classes, "cite");
}
