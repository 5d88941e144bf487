#include "rules/html_internal.h"

static gboolean starts_with(OvSlice text, const char *start) {
    gsize length = strlen(start);
    return text.length >= length && g_ascii_strncasecmp(text.data, start, length) == 0;
}

static gboolean is_word(OvSlice text, const char *word) {
    return ov_slice_equal_nocase(ov_slice_trim(text), ov_slice(word));
}

/* TRUE where a letter of neither side makes it part of a longer word: "pin", "card_pin". */
static gboolean has_word(OvSlice text, const char *word, gboolean whole) {
    gsize length = strlen(word);
    for (gsize at = 0; at + length <= text.length; at++) {
        if (g_ascii_strncasecmp(text.data + at, word, length) != 0)
            continue;
        if (!whole || ((at == 0 || !g_ascii_isalpha(text.data[at - 1])) &&
                       (at + length == text.length || !g_ascii_isalpha(text.data[at + length]))))
            return TRUE;
    }
    return FALSE;
}

void ov_html_found(OvHtmlReader *reader, OvHtmlFinding *finding, OvSlice evidence) {
    if (finding->count++ > 0)
        return;
    char *text = ov_arena_alloc(reader->arena, OV_HTML_MAX_EVIDENCE);
    gsize length = 0, at = 0;
    for (; at < evidence.length && length < OV_HTML_MAX_EVIDENCE; at++)
        if (evidence.data[at] != '\r')
            text[length++] = evidence.data[at];
    while (length > 0 && at < evidence.length && ((guchar)evidence.data[at] & 0xC0) == 0x80)
        at--, length--;
    finding->evidence = (OvSlice){text, length};
}

static void found(OvHtmlReader *reader, OvHtmlActive what, OvSlice evidence) {
    ov_html_found(reader, &reader->html->active[what], evidence);
}

static gboolean is_script_type(OvSlice type) {
    static const char *const types[] = {"",
                                        "module",
                                        "text/javascript",
                                        "application/javascript",
                                        "application/x-javascript",
                                        "text/x-javascript",
                                        "application/ecmascript",
                                        "text/ecmascript",
                                        "text/jscript",
                                        "text/livescript",
                                        "text/vbscript",
                                        "text/javascript1.0",
                                        "text/javascript1.1",
                                        "text/javascript1.2",
                                        "text/javascript1.3",
                                        "text/javascript1.4",
                                        "text/javascript1.5"};
    const char *semicolon = type.length > 0 ? memchr(type.data, ';', type.length) : NULL;
    if (semicolon)
        type.length = (gsize)(semicolon - type.data);
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        if (is_word(type, types[i]))
            return TRUE;
    return FALSE;
}

static void find_script(OvHtmlReader *reader, const OvToken *token) {
    OvSlice type = ov_html_decode(reader, ov_token_value(token, OV_ATTRIBUTE_TYPE), TRUE);
    OvSlice source = ov_html_address(reader, ov_token_value(token, OV_ATTRIBUTE_SRC));
    if (starts_with(source, "https://cdn.ampproject.org/"))
        found(reader, OV_HTML_SCRIPT_AMP, token->raw);
    else
        found(reader, is_script_type(type) ? OV_HTML_SCRIPT : OV_HTML_SCRIPT_DATA, token->raw);
}

static void find_field(OvHtmlReader *reader, const OvToken *token) {
    static const char *const parts[] = {"pass", "pwd", "card", "cvv", "cvc", "iban"};
    gboolean in_form = reader->last_open[OV_TAG_FORM] != OV_NO_OPEN;
    OvSlice type = ov_token_value(token, OV_ATTRIBUTE_TYPE);
    gboolean is_input = token->tag == OV_TAG_INPUT;
    if (is_input && is_word(type, "hidden"))
        return;
    if (is_input && (is_word(type, "checkbox") || is_word(type, "radio"))) {
        if (!in_form)
            found(reader, OV_HTML_CHECK_INPUT, token->raw);
        return;
    }
    if (is_input && is_word(type, "password"))
        found(reader, OV_HTML_PASSWORD, token->raw);
    OvSlice name = ov_token_value(token, OV_ATTRIBUTE_NAME);
    gboolean secret = has_word(name, "pin", TRUE);
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
        secret = secret || has_word(name, parts[i], FALSE);
    if (secret)
        found(reader, OV_HTML_SECRET_INPUT, token->raw);
    found(reader, OV_HTML_INPUT, token->raw);
}

/* The address that a refresh goes to: "0; url=https://...". */
static void find_refresh(OvHtmlReader *reader, const OvToken *token) {
    if (!is_word(ov_token_value(token, OV_ATTRIBUTE_HTTP_EQUIV), "refresh"))
        return;
    OvSlice content = ov_html_decode(reader, ov_token_value(token, OV_ATTRIBUTE_CONTENT), TRUE);
    while (content.length > 0 &&
           (g_ascii_isdigit(content.data[0]) || strchr(" \t\r\n\f.,;", content.data[0])))
        content.data++, content.length--;
    if (starts_with(content, "url")) {
        content.data += 3, content.length -= 3;
        content = ov_slice_trim(content);
        if (content.length > 0 && content.data[0] == '=')
            content.data++, content.length--;
    }
    content = ov_slice_trim(content);
    if (content.length > 0 && strchr("\"'", content.data[0]))
        content.data++, content.length--;
    if (content.length > 0)
        found(reader, OV_HTML_REFRESH, content);
}

static gboolean is_document(OvSlice address) {
    static const char *const types[] = {
        "data:text/html",       "data:application/xhtml+xml",  "data:image/svg+xml",
        "data:text/javascript", "data:application/javascript", "data:application/x-javascript",
        "data:text/xml",        "data:application/xml"};
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        if (starts_with(address, types[i]))
            return TRUE;
    return FALSE;
}

/* Pictures may be SVG as data: there no script of it runs. */
static gboolean shows_picture(OvTag tag, OvAttribute attribute) {
    return (tag == OV_TAG_IMG && attribute == OV_ATTRIBUTE_SRC) ||
           attribute == OV_ATTRIBUTE_BACKGROUND || attribute == OV_ATTRIBUTE_POSTER;
}

static void find_addresses(OvHtmlReader *reader, const OvToken *token, gboolean foreign) {
    static const OvAttribute attributes[] = {
        OV_ATTRIBUTE_HREF,       OV_ATTRIBUTE_SRC,        OV_ATTRIBUTE_ACTION,
        OV_ATTRIBUTE_FORMACTION, OV_ATTRIBUTE_BACKGROUND, OV_ATTRIBUTE_DATA,
        OV_ATTRIBUTE_POSTER,     OV_ATTRIBUTE_DYNSRC,     OV_ATTRIBUTE_LOWSRC,
        OV_ATTRIBUTE_XLINK_HREF, OV_ATTRIBUTE_CITE,       OV_ATTRIBUTE_LONGDESC};
    for (gsize i = 0; i < G_N_ELEMENTS(attributes); i++) {
        if (!ov_token_has(token, attributes[i]))
            continue;
        OvSlice address = ov_html_address(reader, ov_token_value(token, attributes[i]));
        gboolean script = starts_with(address, "javascript:") || starts_with(address, "vbscript:");
        gboolean document = starts_with(address, "data:") && is_document(address) &&
                            !shows_picture(token->tag, attributes[i]);
        if (script)
            found(reader, OV_HTML_SCRIPT_URL, address);
        if (document)
            found(reader, OV_HTML_DATA_DOCUMENT, address);
        if (foreign && (script || (starts_with(address, "data:") && token->tag == OV_TAG_A) ||
                        (token->tag == OV_TAG_USE && address.length > 0 && address.data[0] != '#')))
            found(reader, OV_HTML_ACTIVE_SVG, token->raw);
    }
}

static void find_handlers(OvHtmlReader *reader, const OvToken *token, gboolean foreign) {
    for (guint i = 0; i < token->n_attributes; i++) {
        const OvTokenAttribute *attribute = &token->attributes[i];
        if ((attribute->name.data[0] | 0x20) != 'o' ||
            ov_slice_trim(attribute->value).length == 0 || !ov_attribute_is_event(attribute->name))
            continue;
        const char *end = attribute->value.data + attribute->value.length;
        if (end < token->raw.data + token->raw.length && (*end == '"' || *end == '\''))
            end++;
        found(reader, OV_HTML_HANDLER,
              (OvSlice){attribute->name.data, (gsize)(end - attribute->name.data)});
        if (foreign)
            found(reader, OV_HTML_ACTIVE_SVG, token->raw);
    }
}

static void find_link_element(OvHtmlReader *reader, const OvToken *token) {
    if (has_word(ov_token_value(token, OV_ATTRIBUTE_REL), "stylesheet", TRUE))
        found(reader, OV_HTML_EXTERNAL_CSS,
              ov_html_address(reader, ov_token_value(token, OV_ATTRIBUTE_HREF)));
}

void ov_html_find_active(OvHtmlReader *reader) {
    const OvToken *token = &reader->token;
    gboolean foreign = ov_html_top(reader)->space == OV_SPACE_SVG;
    switch (token->tag) {
    case OV_TAG_SCRIPT:
        if (foreign)
            found(reader, OV_HTML_ACTIVE_SVG, token->raw);
        find_script(reader, token);
        break;
    case OV_TAG_FORM:
        found(reader, OV_HTML_FORM, token->raw);
        if (ov_token_has(token, OV_ATTRIBUTE_ACTION))
            ov_html_add_link(reader, OV_HTML_LINK_FORM, ov_token_value(token, OV_ATTRIBUTE_ACTION));
        break;
    case OV_TAG_INPUT:
    case OV_TAG_TEXTAREA:
    case OV_TAG_SELECT:
    case OV_TAG_BUTTON:
        if (ov_token_has(token, OV_ATTRIBUTE_FORMACTION))
            ov_html_add_link(reader, OV_HTML_LINK_FORM,
                             ov_token_value(token, OV_ATTRIBUTE_FORMACTION));
        if (token->tag != OV_TAG_BUTTON || reader->last_open[OV_TAG_FORM] != OV_NO_OPEN)
            find_field(reader, token);
        break;
    case OV_TAG_IFRAME:
    case OV_TAG_FRAME:
    case OV_TAG_PORTAL:
        found(reader, OV_HTML_FRAME, token->raw);
        break;
    case OV_TAG_OBJECT:
    case OV_TAG_EMBED:
    case OV_TAG_APPLET:
        found(reader, OV_HTML_OBJECT, token->raw);
        break;
    case OV_TAG_AUDIO:
    case OV_TAG_VIDEO:
        found(reader, ov_token_has(token, OV_ATTRIBUTE_AUTOPLAY) ? OV_HTML_OBJECT : OV_HTML_MEDIA,
              token->raw);
        break;
    case OV_TAG_META:
        find_refresh(reader, token);
        break;
    case OV_TAG_BASE:
        if (ov_token_has(token, OV_ATTRIBUTE_HREF))
            found(reader, OV_HTML_BASE,
                  ov_html_address(reader, ov_token_value(token, OV_ATTRIBUTE_HREF)));
        break;
    case OV_TAG_LINK:
        find_link_element(reader, token);
        break;
    case OV_TAG_SVG:
        found(reader, OV_HTML_SVG, token->raw);
        foreign = TRUE;
        break;
    case OV_TAG_FOREIGNOBJECT:
        if (foreign)
            found(reader, OV_HTML_ACTIVE_SVG, token->raw);
        break;
    default:
        break;
    }
    if (token->present)
        find_addresses(reader, token, foreign);
    if (token->n_attributes > 0)
        find_handlers(reader, token, foreign);
}
