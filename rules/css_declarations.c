#include "rules/css_declarations.h"

#include "rules/css_colour.h"
#include "rules/css_number.h"
#include "rules/html_names.h"
#include "rules/names.h"

enum { ROOT_FONT = 16, WINDOW_WIDTH = 800, WINDOW_HEIGHT = 600, BOLD_FROM = 600 };

static const char *const property_names[] = {
#define P(id, name) name,
#include "rules/css_properties.def"
#undef P
};
G_STATIC_ASSERT(OV_N_CSS_PROPERTIES <= 64);

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

/* A length, or one of the words that mean none; calc() and the like are not known. */
static gboolean read_length(OvSlice value, gboolean bare, OvCssValue *found) {
    if (ov_css_length(value, bare, found))
        return TRUE;
    if (!is_word(value, "auto") && !is_word(value, "none") && !is_word(value, "normal") &&
        !memchr(value.data, '(', value.length) && !is_word(value, "max-content") &&
        !is_word(value, "min-content") && !is_word(value, "fit-content"))
        return FALSE;
    *found = (OvCssValue){.kind = OV_CSS_AUTO};
    return TRUE;
}

static gboolean read_font_size(OvSlice value, OvCssValue *found) {
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

/* The next part of a value that blanks separate. */
static OvSlice next_part(OvSlice *value) {
    while (value->length > 0 && value->data[0] && strchr(" \t\r\n\f", value->data[0]))
        value->data++, value->length--;
    gsize end = ov_css_skip(*value, 0, " \t\r\n\f");
    OvSlice part = {value->data, end};
    value->data += end;
    value->length -= end;
    return part;
}

static gboolean is_function(OvSlice part, const char *name) {
    gsize length = strlen(name);
    return part.length > length && part.data[length] == '(' &&
           g_ascii_strncasecmp(part.data, name, length) == 0;
}

/* What stands in url(...). */
static OvSlice url_of(OvSlice part) {
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

/* A picture or a gradient. */
static gboolean is_picture(OvSlice part) {
    return is_function(part, "url") || is_function(part, "image-set") ||
           (part.length > 0 && part.data[part.length - 1] == ')' &&
            memmem(part.data, part.length, "gradient(", 9));
}

static void set_background(OvCssDeclarations *declarations, OvSlice value) {
    OvCssValue colour = {.kind = OV_CSS_IS_COLOUR};
    OvCssValue picture = ov_css_keyword(OV_BACKGROUND_NONE);
    OvSlice image = {NULL, 0};
    while (value.length > 0) {
        OvSlice part = next_part(&value);
        if (part.length > 0 && part.data[part.length - 1] == ',')
            part.length--;
        if (is_picture(part)) {
            picture.keyword = OV_BACKGROUND_PICTURE;
            if (is_function(part, "url") && image.length == 0)
                image = url_of(part);
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

static void set_font(OvCssDeclarations *declarations, OvSlice value) {
    OvCssValue weight = ov_css_keyword(FALSE), found;
    while (value.length > 0) {
        OvSlice part = next_part(&value);
        OvSlice size = part;
        const char *slash = part.length > 0 ? memchr(part.data, '/', part.length) : NULL;
        if (slash)
            size.length = (gsize)(slash - part.data);
        double number;
        if (FIND_WORD(part, weights, &found)) {
            weight = found.keyword ? found : weight;
        } else if (ov_css_number(part, &number) == part.length && number >= 100) {
            weight.keyword = number >= BOLD_FROM;
        } else if (read_font_size(size, &found)) {
            ov_css_set(declarations, OV_CSS_FONT_SIZE, found);
            ov_css_set(declarations, OV_CSS_FONT_WEIGHT, weight);
            return; /* what follows is the family */
        }
    }
}

/* A border that is seen: it has a width, and no none. */
static gboolean is_border(OvSlice value) {
    gboolean width = FALSE;
    while (value.length > 0) {
        OvSlice part = next_part(&value);
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
    if (!is_function(value, "rect"))
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
    if (is_function(value, "inset"))
        return ov_css_number((OvSlice){value.data + 6, value.length - 6}, &number) > 0 &&
               number >= 50 && memchr(value.data, '%', value.length);
    return is_function(value, "circle") &&
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

/* The value of a property that stands for itself; FALSE where it is none. */
static gboolean read_value(OvCssProperty property, OvSlice value, OvCssValue *found) {
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
        return read_font_size(value, found) || read_inherited(value, TRUE, found);
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
        OvSlice first = next_part(&value);
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
        return read_length(value, FALSE, found);
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
        return read_length(value, FALSE, found);
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
        found = ov_css_keyword(is_picture(value) ? OV_BACKGROUND_PICTURE : OV_BACKGROUND_NONE);
        declarations->image = is_function(value, "url")
                                  ? url_of((OvSlice){value.data, ov_css_skip(value, 0, ",")})
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
        while (value.length > 0 && n < 4 && read_length(next_part(&value), FALSE, &side[n]))
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
        if (!read_value(property, value, &found))
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
        gsize end = ov_css_skip(text, at, ";");
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
