#include "rules/css_declarations.h"

#include "rules/css_colour.h"
#include "rules/css_value.h"
#include "rules/names.h"

static const char *const property_names[] = {
#define P(id, name) name,
#include "rules/css_properties.def"
#undef P
};
G_STATIC_ASSERT(OV_N_CSS_PROPERTIES <= 64);

static void set_background(OvCssDeclarations *declarations, OvSlice value) {
    OvCssValue colour = {.kind = OV_CSS_IS_COLOUR};
    OvCssValue picture = ov_css_keyword(OV_BACKGROUND_NONE);
    OvSlice image = {NULL, 0};
    while (value.length > 0) {
        OvSlice part = ov_css_next_part(&value);
        if (part.length > 0 && part.data[part.length - 1] == ',')
            part.length--;
        if (ov_css_is_picture(part)) {
            picture.keyword = OV_BACKGROUND_PICTURE;
            if (ov_css_is_function(part, "url") && image.length == 0)
                image = ov_css_url(part);
        } else {
            OvColour read;
            if (ov_colour_read(part, &read))
                colour.colour = read;
        }
    }
    ov_css_set(declarations, OV_CSS_BACKGROUND_COLOUR, colour);
    ov_css_set(declarations, OV_CSS_BACKGROUND_IMAGE, picture);
    declarations->image = image;
}

/* style, weight, size/line-height, family. */
static void set_font(OvCssDeclarations *declarations, OvSlice value) {
    OvCssValue weight = ov_css_keyword(FALSE), found;
    while (value.length > 0) {
        OvSlice part = ov_css_next_part(&value);
        OvSlice size = part;
        const char *slash = part.length > 0 ? memchr(part.data, '/', part.length) : NULL;
        if (slash)
            size.length = (gsize)(slash - part.data);
        if (ov_css_read_font_size(size, &found)) {
            ov_css_set(declarations, OV_CSS_FONT_SIZE, found);
            ov_css_set(declarations, OV_CSS_FONT_WEIGHT, weight);
            return; /* what follows is the family */
        }
        if (ov_css_read_value(OV_CSS_FONT_WEIGHT, part, &found) && found.keyword)
            weight = found;
    }
}

/* Sets a property, shorthands taken apart. Returns the bits of what was set. */
static guint64 set_property(OvCssDeclarations *declarations, OvCssProperty property,
                            OvSlice value) {
    guint64 before = declarations->set;
    OvCssValue found;
    declarations->set = 0;
    switch (property) {
    case OV_CSS_BACKGROUND:
        set_background(declarations, value);
        break;
    case OV_CSS_BACKGROUND_IMAGE:
        found =
            ov_css_keyword(ov_css_is_picture(value) ? OV_BACKGROUND_PICTURE : OV_BACKGROUND_NONE);
        declarations->image =
            ov_css_is_function(value, "url")
                ? ov_css_url((OvSlice){value.data, ov_css_skip(value, 0, OV_CSS_AT_COMMA)})
                : (OvSlice){NULL, 0};
        ov_css_set(declarations, property, found);
        break;
    case OV_CSS_FONT:
        set_font(declarations, value);
        break;
    case OV_CSS_BORDER:
        ov_css_set(declarations, OV_CSS_BORDER_LEFT, ov_css_keyword(FALSE));
        break;
    case OV_CSS_MARGIN: {
        /* top, right, bottom, left; what is missing is that of the side opposite */
        OvCssValue side[4];
        guint n = 0;
        while (value.length > 0 && n < 4 &&
               ov_css_read_length(ov_css_next_part(&value), FALSE, &side[n]))
            n++;
        if (n > 0) {
            ov_css_set(declarations, OV_CSS_MARGIN_TOP, side[0]);
            ov_css_set(declarations, OV_CSS_MARGIN_LEFT, side[n == 4 ? 3 : n > 1]);
        }
        break;
    }
    case OV_CSS_BEHAVIOR:
    case OV_CSS_BINDING:
        break;
    default:
        if (!ov_css_read_value(property, value, &found))
            break;
        if (property == OV_CSS_BORDER_LEFT_WIDTH)
            property = OV_CSS_BORDER_LEFT;
        else if (property == OV_CSS_TEXT_DECORATION_LINE)
            property = OV_CSS_TEXT_DECORATION;
        else if (property == OV_CSS_OVERFLOW_X || property == OV_CSS_OVERFLOW_Y)
            property = OV_CSS_OVERFLOW;
        ov_css_set(declarations, property, found);
    }
    guint64 set = declarations->set;
    declarations->set |= before;
    return set;
}

static gboolean is_word(OvSlice value, const char *word) {
    return ov_slice_equal_nocase(value, ov_slice(word));
}

static gboolean holds(OvSlice text, const char *what) {
    gsize length = strlen(what);
    for (gsize i = 0; i + length <= text.length; i++)
        if (g_ascii_strncasecmp(text.data + i, what, length) == 0)
            return TRUE;
    return FALSE;
}

/* Word's own behavior:url(#default#VML) does nothing elsewhere. */
static gboolean acts(OvCssProperty property, OvSlice value) {
    if (property == OV_CSS_BINDING)
        return TRUE;
    if (property == OV_CSS_BEHAVIOR)
        return !holds(value, "url(#default#") && !is_word(value, "none") && value.length > 0;
    return memchr(value.data, '(', value.length) &&
           (holds(value, "expression(") || holds(value, "javascript:") ||
            holds(value, "vbscript:"));
}

static gboolean take_important(OvSlice *value) {
    const char *sign = value->length > 0 ? memrchr(value->data, '!', value->length) : NULL;
    if (!sign)
        return FALSE;
    OvSlice word =
        ov_slice_trim((OvSlice){sign + 1, (gsize)(value->data + value->length - sign) - 1});
    if (!is_word(word, "important"))
        return FALSE;
    *value = ov_slice_trim((OvSlice){value->data, (gsize)(sign - value->data)});
    return TRUE;
}

static gboolean is_name_octet(char c) {
    return g_ascii_isalnum(c) || c == '-' || c == '_' || (guchar)c >= 0x80;
}

void ov_css_read(OvArena *arena, OvSlice text, OvCssDeclarations *declarations,
                 OvCssActive *active) {
    static OvNames names = {.names = property_names, .n = G_N_ELEMENTS(property_names)};
    text.length = MIN(text.length, (gsize)OV_CSS_MAX_BLOCK);
    text = ov_css_plain(arena, text);
    declarations->set = declarations->important = 0;
    declarations->image = (OvSlice){NULL, 0};
    for (gsize at = 0; at < text.length;) {
        while (at < text.length && (g_ascii_isspace(text.data[at]) || text.data[at] == ';'))
            at++;
        OvSlice name = {text.data + at, 0};
        gsize start = at;
        while (at < text.length && is_name_octet(text.data[at]))
            at++;
        name.length = at - start;
        while (at < text.length && g_ascii_isspace(text.data[at]))
            at++;
        gboolean colon = at < text.length && text.data[at] == ':' && name.length > 0;
        gsize end = ov_css_skip(text, at, OV_CSS_AT_SEMICOLON);
        OvSlice value = {text.data + at, end - at};
        at = end;
        if (!colon)
            continue;
        value.data++, value.length--;
        value = ov_slice_trim(value);
        guint property = ov_names_find(&names, name);
        if (active && value.length > 0 && acts((OvCssProperty)property, value) &&
            active->count++ == 0)
            active->first = (OvSlice){name.data, (gsize)(value.data + value.length - name.data)};
        if (property == names.n)
            continue;
        gboolean important = take_important(&value);
        if (value.length == 0)
            continue;
        OvCssDeclarations before = {.set = 0};
        guint64 locked = important ? 0 : declarations->important;
        if (locked)
            before = *declarations;
        guint64 set = set_property(declarations, (OvCssProperty)property, value);
        if (important)
            declarations->important |= set;
        else if (set & locked)
            ov_css_lay_over(declarations, &before, set & locked);
    }
}

void ov_css_lay_over(OvCssDeclarations *onto, const OvCssDeclarations *from, guint64 which) {
    which &= from->set;
    onto->set |= which;
    if (which >> OV_CSS_BACKGROUND_IMAGE & 1)
        onto->image = from->image;
    while (which) {
        guint property = (guint)__builtin_ctzll(which);
        onto->value[property] = from->value[property];
        which &= which - 1;
    }
}
