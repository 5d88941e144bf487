/* Declarations of CSS, as a style attribute or the block of a rule has them; of all properties only
 * those that decide what is seen. */
#pragma once

#include "rules/arena.h"

typedef enum {
#define P(id, name) OV_CSS_##id,
#include "rules/css_properties.def"
#undef P
    OV_N_CSS_PROPERTIES
} OvCssProperty;

typedef enum {
    OV_CSS_KEYWORD, /* see below */
    OV_CSS_PX,
    OV_CSS_EM, /* times the font size */
    OV_CSS_PERCENT,
    OV_CSS_NUMBER,
    OV_CSS_IS_COLOUR,
    OV_CSS_AUTO, /* auto, none, normal, and what is not known before it is laid out */
    OV_CSS_INHERIT,
    OV_CSS_INITIAL,
} OvCssKind;

/* Keywords of white-space. */
enum { OV_SPACE_COLLAPSE, OV_SPACE_KEEP_LINES, OV_SPACE_KEEP };
/* Keywords of font-size beside lengths; the sizes that have a name are given in px. */
enum { OV_FONT_SMALLER, OV_FONT_LARGER };
/* Keywords of background-image. */
enum { OV_BACKGROUND_NONE, OV_BACKGROUND_PICTURE };

/* A keyword is, by property: display an OvDisplay; visibility, overflow, position, float, clip,
 * clip-path, transform, content-visibility whether it hides, or takes out of the flow; border-left
 * whether there is one; font-weight whether it is bold; text-decoration whether it strikes
 * through; text-transform whether it makes capitals. */
typedef struct {
    guint16 kind; /* OvCssKind */
    guint16 keyword;
    union {
        float number;
        guint32 colour;
    };
} OvCssValue;

typedef struct {
    guint64 set;       /* bit n: OvCssProperty n has a value; shorthands are taken apart */
    guint64 important; /* of them, those with !important */
    OvCssValue value[OV_N_CSS_PROPERTIES];
    OvSlice image; /* the address in background-image; empty where it has none */
} OvCssDeclarations;

/* What of CSS acts: expression(), behavior:, -moz-binding, url(javascript:). */
typedef struct {
    guint count;
    OvSlice first; /* the declaration */
} OvCssActive;

enum { OV_CSS_MAX_BLOCK = 256 * 1024 }; /* octets of one block or style attribute that are read */

/* Reads declarations; wrong ones are left out, and of one property the last counts. Adds to active
 * where that is not NULL. `declarations` points into text, or into the arena. */
void ov_css_read(OvArena *arena, OvSlice text, OvCssDeclarations *declarations,
                 OvCssActive *active);
/* Lays those of `from` that are in `which` over `onto`. */
void ov_css_lay_over(OvCssDeclarations *onto, const OvCssDeclarations *from, guint64 which);

/* A length: px, pt, em, %, ...; of a bare number, 0 alone is one, any where `bare` is TRUE. */
gboolean ov_css_length(OvSlice text, gboolean bare, OvCssValue *value);

static inline gboolean ov_css_is_set(const OvCssDeclarations *declarations,
                                     OvCssProperty property) {
    return (declarations->set >> property & 1) != 0;
}

static inline void ov_css_set(OvCssDeclarations *declarations, OvCssProperty property,
                              OvCssValue value) {
    declarations->set |= G_GUINT64_CONSTANT(1) << property;
    declarations->value[property] = value;
}

static inline OvCssValue ov_css_keyword(guint keyword) {
    return (OvCssValue){.kind = OV_CSS_KEYWORD, .keyword = (guint16)keyword};
}

/* Puts a space for each comment; text itself where it has none. */
OvSlice ov_css_without_comments(OvArena *arena, OvSlice text);
/* Takes escapes out as well, so that declarations can be cut at their signs. */
OvSlice ov_css_plain(OvArena *arena, OvSlice text);
/* Reads the escape at text.data[at], a backslash: its character, U+FFFD for what is none. Returns
 * where reading goes on. */
gsize ov_css_escape(OvSlice text, gsize at, gunichar *c);
/* Where to stop; any of them together. */
typedef enum {
    OV_CSS_AT_SPACE = 1 << 0,
    OV_CSS_AT_SEMICOLON = 1 << 1,
    OV_CSS_AT_COMMA = 1 << 2,
    OV_CSS_AT_OPEN = 1 << 3,  /* { */
    OV_CSS_AT_CLOSE = 1 << 4, /* } */
    OV_CSS_AT_ROUND = 1 << 5, /* ) */
} OvCssStop;

/* The end of what starts at `at`: where the first stop is that is outside strings and brackets, or
 * the text's end. */
gsize ov_css_skip(OvSlice text, gsize at, guint stops);
