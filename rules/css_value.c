#include "rules/css_value.h"

#include "rules/css_colour.h"
#include "rules/css_number.h"
#include "rules/html_names.h"

enum { ROOT_FONT = 16, WINDOW_WIDTH = 800, WINDOW_HEIGHT = 600, BOLD_FROM = 600 };

typedef struct {
    const char *name;
    guint value;
} Word;

static const Word displays[] = {
    {"none", OV_DISPLAY_NONE},
    {"block", OV_DISPLAY_BLOCK},
    {"inline", OV_DISPLAY_INLINE},
    {"inline-block", OV_DISPLAY_INLINE_BLOCK},
    {"inline-table", OV_DISPLAY_INLINE_BLOCK},
    {"inline-flex", OV_DISPLAY_INLINE_BLOCK},
    {"inline-grid", OV_DISPLAY_INLINE_BLOCK},
    {"table", OV_DISPLAY_TABLE},
    {"table-row", OV_DISPLAY_ROW},
    {"table-cell", OV_DISPLAY_CELL},
    {"table-row-group", OV_DISPLAY_ROW_GROUP},
    {"table-header-group", OV_DISPLAY_ROW_GROUP},
    {"table-footer-group", OV_DISPLAY_ROW_GROUP},
    {"table-caption", OV_DISPLAY_BLOCK},
    {"table-column", OV_DISPLAY_NONE},
    {"table-column-group", OV_DISPLAY_NONE},
    {"list-item", OV_DISPLAY_LIST_ITEM},
    {"flex", OV_DISPLAY_FLEX},
    {"grid", OV_DISPLAY_FLEX},
    {"-webkit-box", OV_DISPLAY_FLEX},
    {"-webkit-inline-box", OV_DISPLAY_INLINE_BLOCK},
    {"flow-root", OV_DISPLAY_BLOCK},
    {"contents", OV_DISPLAY_CONTENTS},
    {"ruby", OV_DISPLAY_INLINE},
    {"ruby-text", OV_DISPLAY_INLINE},
};

static const Word spaces[] = {
    {"normal", OV_SPACE_COLLAPSE},
    {"nowrap", OV_SPACE_COLLAPSE},
    {"pre", OV_SPACE_KEEP},
    {"pre-wrap", OV_SPACE_KEEP},
    {"break-spaces", OV_SPACE_KEEP},
    {"-moz-pre-wrap", OV_SPACE_KEEP},
    {"pre-line", OV_SPACE_KEEP_LINES},
};

static const Word visibilities[] = {{"visible", FALSE}, {"hidden", TRUE}, {"collapse", TRUE}};
static const Word content_visibilities[] = {{"visible", FALSE}, {"auto", FALSE}, {"hidden", TRUE}};
static const Word overflows[] = {
    {"visible", FALSE}, {"hidden", TRUE}, {"clip", TRUE}, {"auto", FALSE}, {"scroll", FALSE}};
static const Word positions[] = {
    {"static", FALSE}, {"relative", FALSE}, {"sticky", FALSE}, {"absolute", TRUE}, {"fixed", TRUE}};
static const Word floats[] = {
    {"none", FALSE}, {"left", TRUE}, {"right", TRUE}, {"inline-start", TRUE}, {"inline-end", TRUE}};
static const Word weights[] = {
    {"normal", FALSE}, {"lighter", FALSE}, {"bold", TRUE}, {"bolder", TRUE}};
static const Word capitals[] = {
    {"none", FALSE}, {"lowercase", FALSE}, {"capitalize", FALSE}, {"uppercase", TRUE}};

/* The first word of value in a list. */
static gboolean find_word(OvSlice value, const Word *words, gsize n, OvCssValue *found) {
    for (gsize i = 0; i < n; i++)
        if (ov_slice_equal_nocase(value, ov_slice(words[i].name))) {
            *found = ov_css_keyword(words[i].value);
            return TRUE;
        }
    return FALSE;
}

#define FIND_WORD(value, words, found) find_word((value), (words), G_N_ELEMENTS(words), (found))

static gboolean is_word(OvSlice value, const char *word) {
    return ov_slice_equal_nocase(value, ov_slice(word));
}

gboolean ov_css_length(OvSlice text, gboolean bare, OvCssValue *value) {
    static const struct {
        const char *name;
        OvCssKind kind;
        double factor;
    } units[] = {
        {"px", OV_CSS_PX, 1},
        {"pt", OV_CSS_PX, 96.0 / 72},
        {"em", OV_CSS_EM, 1},
        {"%", OV_CSS_PERCENT, 1},
        {"rem", OV_CSS_PX, ROOT_FONT},
        {"ex", OV_CSS_EM, 0.5},
        {"ch", OV_CSS_EM, 0.5},
        {"pc", OV_CSS_PX, 16},
        {"in", OV_CSS_PX, 96},
        {"cm", OV_CSS_PX, 96 / 2.54},
        {"mm", OV_CSS_PX, 9.6 / 2.54},
        {"vw", OV_CSS_PX, WINDOW_WIDTH / 100.0},
        {"vh", OV_CSS_PX, WINDOW_HEIGHT / 100.0},
        {"vmin", OV_CSS_PX, WINDOW_HEIGHT / 100.0},
        {"vmax", OV_CSS_PX, WINDOW_WIDTH / 100.0},
    };
    double number;
    gsize taken = ov_css_number(text, &number);
    if (taken == 0)
        return FALSE;
    OvSlice unit = {text.data + taken, text.length - taken};
    if (unit.length == 0) {
        *value = (OvCssValue){.kind = OV_CSS_PX, .number = (float)number};
        return bare || number == 0;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(units); i++)
        if (is_word(unit, units[i].name)) {
            *value = (OvCssValue){.kind = (guint16)units[i].kind,
                                  .number = (float)(number * units[i].factor)};
            return TRUE;
        }
    return FALSE;
}

gboolean ov_css_read_length(OvSlice value, gboolean bare, OvCssValue *found) {
    if (ov_css_length(value, bare, found))
        return TRUE;
    if (!is_word(value, "auto") && !is_word(value, "none") && !is_word(value, "normal") &&
        !memchr(value.data, '(', value.length) && !is_word(value, "max-content") &&
        !is_word(value, "min-content") && !is_word(value, "fit-content"))
        return FALSE;
    *found = (OvCssValue){.kind = OV_CSS_AUTO};
    return TRUE;
}

gboolean ov_css_read_font_size(OvSlice value, OvCssValue *found) {
    static const Word named[] = {{"xx-small", 9},  {"x-small", 10},  {"small", 13},
                                 {"medium", 16},   {"large", 18},    {"x-large", 24},
                                 {"xx-large", 32}, {"xxx-large", 48}};
    static const Word relative[] = {{"smaller", OV_FONT_SMALLER}, {"larger", OV_FONT_LARGER}};
    if (ov_css_length(value, FALSE, found))
        return found->number >= 0;
    if (FIND_WORD(value, relative, found))
        return TRUE;
    if (!FIND_WORD(value, named, found))
        return FALSE;
    *found = (OvCssValue){.kind = OV_CSS_PX, .number = found->keyword};
    return TRUE;
}

OvSlice ov_css_next_part(OvSlice *value) {
    while (value->length > 0 && value->data[0] && strchr(" \t\r\n\f", value->data[0]))
        value->data++, value->length--;
    gsize end = ov_css_skip(*value, 0, OV_CSS_AT_SPACE);
    OvSlice part = {value->data, end};
    value->data += end;
    value->length -= end;
    return part;
}

gboolean ov_css_is_function(OvSlice part, const char *name) {
    gsize length = strlen(name);
    return part.length > length && part.data[length] == '(' &&
           g_ascii_strncasecmp(part.data, name, length) == 0;
}

OvSlice ov_css_url(OvSlice part) {
    OvSlice address = {part.data + 4, part.length - 4};
    if (address.length > 0 && address.data[address.length - 1] == ')')
        address.length--;
    address = ov_slice_trim(address);
    if (address.length >= 2 && (address.data[0] == '"' || address.data[0] == '\'') &&
        address.data[address.length - 1] == address.data[0]) {
        address.data++;
        address.length -= 2;
    }
    return address;
}

gboolean ov_css_is_picture(OvSlice part) {
    return ov_css_is_function(part, "url") || ov_css_is_function(part, "image-set") ||
           (part.length > 0 && part.data[part.length - 1] == ')' &&
            memmem(part.data, part.length, "gradient(", 9));
}

/* A border that is seen: it has a width, and no none. */
static gboolean is_border(OvSlice value) {
    gboolean width = FALSE;
    while (value.length > 0) {
        OvSlice part = ov_css_next_part(&value);
        OvCssValue found;
        if (is_word(part, "none") || is_word(part, "hidden"))
            return FALSE;
        if (is_word(part, "thin") || is_word(part, "medium") || is_word(part, "thick") ||
            (ov_css_length(part, TRUE, &found) && found.number > 0))
            width = TRUE;
    }
    return width;
}

/* clip: rect(0 0 0 0), rect(1px, 1px, 1px, 1px): top and bottom, or left and right, are one. */
static gboolean clips_all(OvSlice value) {
    if (!ov_css_is_function(value, "rect"))
        return FALSE;
    double edge[4] = {0};
    guint n = 0;
    value.data += 5, value.length -= 5;
    while (value.length > 0 && n < 4) {
        gsize taken = ov_css_number(value, &edge[n]);
        if (taken > 0)
            n++;
        else
            taken = 1;
        value.data += taken;
        value.length -= taken;
    }
    return n == 4 && (edge[2] - edge[0] < 1 || edge[1] - edge[3] < 1);
}

static gboolean clip_path_hides(OvSlice value) {
    double number = 0;
    if (ov_css_is_function(value, "inset"))
        return ov_css_number((OvSlice){value.data + 6, value.length - 6}, &number) > 0 &&
               number >= 50 && memchr(value.data, '%', value.length);
    return ov_css_is_function(value, "circle") &&
           ov_css_number((OvSlice){value.data + 7, value.length - 7}, &number) > 0 && number == 0;
}

/* scale(0), scaleX(0), scale3d(0, ...), among other functions. */
static gboolean scales_to_nothing(OvSlice value) {
    for (gsize at = 0; at + 7 < value.length; at++) {
        if (g_ascii_strncasecmp(value.data + at, "scale", 5) != 0)
            continue;
        const char *open = memchr(value.data + at, '(', value.length - at);
        if (!open)
            return FALSE;
        OvSlice inside = {open + 1, (gsize)(value.data + value.length - open) - 1};
        double number = 1;
        if (ov_css_number(ov_slice_trim(inside), &number) > 0 && number > -0.01 && number < 0.01)
            return TRUE;
    }
    return FALSE;
}

static gboolean read_inherited(OvSlice value, gboolean inherits, OvCssValue *found) {
    gboolean unset = is_word(value, "unset");
    if (is_word(value, "inherit") || (unset && inherits))
        found->kind = OV_CSS_INHERIT;
    else if (is_word(value, "initial") || unset)
        found->kind = OV_CSS_INITIAL;
    else
        return FALSE;
    return TRUE;
}

gboolean ov_css_read_value(OvCssProperty property, OvSlice value, OvCssValue *found) {
    double number;
    OvColour colour;
    *found = (OvCssValue){.kind = OV_CSS_KEYWORD};
    switch (property) {
    case OV_CSS_DISPLAY:
        return FIND_WORD(value, displays, found) || read_inherited(value, FALSE, found);
    case OV_CSS_VISIBILITY:
        return FIND_WORD(value, visibilities, found) || read_inherited(value, TRUE, found);
    case OV_CSS_CONTENT_VISIBILITY:
        return FIND_WORD(value, content_visibilities, found);
    case OV_CSS_WHITE_SPACE:
        return FIND_WORD(value, spaces, found) || read_inherited(value, TRUE, found);
    case OV_CSS_COLOUR:
    case OV_CSS_BACKGROUND_COLOUR:
        if (!ov_colour_read(value, &colour))
            return read_inherited(value, property == OV_CSS_COLOUR, found);
        *found = (OvCssValue){.kind = OV_CSS_IS_COLOUR, .colour = colour};
        return TRUE;
    case OV_CSS_FONT_SIZE:
        return ov_css_read_font_size(value, found) || read_inherited(value, TRUE, found);
    case OV_CSS_FONT_WEIGHT:
        if (FIND_WORD(value, weights, found))
            return TRUE;
        if (ov_css_number(value, &number) == 0)
            return read_inherited(value, TRUE, found);
        found->keyword = number >= BOLD_FROM;
        return TRUE;
    case OV_CSS_TEXT_DECORATION:
    case OV_CSS_TEXT_DECORATION_LINE:
        found->keyword = memmem(value.data, value.length, "line-through", 12) != NULL;
        return TRUE;
    case OV_CSS_TEXT_TRANSFORM:
        return FIND_WORD(value, capitals, found);
    case OV_CSS_OPACITY: {
        gsize taken = ov_css_number(value, &number);
        if (taken == 0)
            return FALSE;
        if (taken < value.length && value.data[taken] == '%')
            number /= 100;
        *found = (OvCssValue){.kind = OV_CSS_NUMBER, .number = (float)CLAMP(number, 0, 1)};
        return TRUE;
    }
    case OV_CSS_OVERFLOW:
    case OV_CSS_OVERFLOW_X:
    case OV_CSS_OVERFLOW_Y: {
        OvSlice first = ov_css_next_part(&value);
        return FIND_WORD(first, overflows, found);
    }
    case OV_CSS_POSITION:
        return FIND_WORD(value, positions, found);
    case OV_CSS_FLOAT:
        return FIND_WORD(value, floats, found);
    case OV_CSS_LINE_HEIGHT:
        if (ov_css_number(value, &number) == value.length) {
            *found = (OvCssValue){.kind = OV_CSS_EM, .number = (float)number};
            return TRUE;
        }
        return ov_css_read_length(value, FALSE, found);
    case OV_CSS_CLIP:
        found->keyword = clips_all(value) != FALSE;
        return TRUE;
    case OV_CSS_CLIP_PATH:
        found->keyword = clip_path_hides(value) != FALSE;
        return TRUE;
    case OV_CSS_TRANSFORM:
        found->keyword = scales_to_nothing(value) != FALSE;
        return TRUE;
    case OV_CSS_BORDER_LEFT:
    case OV_CSS_BORDER_LEFT_WIDTH:
        found->keyword = is_border(value) != FALSE;
        return TRUE;
    default:
        return ov_css_read_length(value, FALSE, found);
    }
}
