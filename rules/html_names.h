/* The elements and attributes of HTML by number. */
#pragma once

#include "rules/slice.h"

typedef enum {
#define TAG(id, name, display, flags) OV_TAG_##id,
#include "rules/html_tags.def"
#undef TAG
    OV_TAG_UNKNOWN,
    OV_N_TAGS = OV_TAG_UNKNOWN
} OvTag;

/* How an element is laid out where no style says otherwise. */
typedef enum {
    OV_DISPLAY_INLINE,
    OV_DISPLAY_INLINE_BLOCK,
    OV_DISPLAY_CONTENTS,
    /* from here on its own block: */
    OV_DISPLAY_BLOCK,
    OV_DISPLAY_LIST_ITEM,
    OV_DISPLAY_FLEX, /* its children are blocks */
    OV_DISPLAY_TABLE,
    OV_DISPLAY_ROW_GROUP,
    OV_DISPLAY_ROW,
    OV_DISPLAY_CELL,
    OV_DISPLAY_NONE,
} OvDisplay;

/* What its markup does (WHATWG HTML 13.2.6). */
typedef enum {
    OV_TAG_IS_SPECIAL = 1 << 0,    /* ends the search for what an end tag closes */
    OV_TAG_IS_SCOPE = 1 << 1,      /* end tags do not reach beyond it */
    OV_TAG_IS_MARKER = 1 << 2,     /* formatting does not go on into it */
    OV_TAG_IS_FORMATTING = 1 << 3, /* goes on after the block that it was opened in */
    OV_TAG_IS_VOID = 1 << 4,       /* has no content */
    OV_TAG_CLOSES_P = 1 << 5,
    OV_TAG_IS_HEADING = 1 << 6,
    OV_TAG_IS_PREFORMATTED = 1 << 7, /* white space is kept, a first line end is not */
    OV_TAG_IS_RCDATA = 1 << 8,       /* content is text with references */
    OV_TAG_IS_RAWTEXT = 1 << 9,      /* content is text */
    OV_TAG_RECONSTRUCTS = 1 << 10,   /* open formatting goes on around it */
    OV_TAG_IS_FOREIGN = 1 << 11,     /* of SVG or MathML */
} OvTagFlags;

typedef struct {
    guint16 display; /* OvDisplay */
    guint16 flags;
} OvTagInfo;

extern const OvTagInfo ov_tag_info[OV_N_TAGS + 1]; /* the last is that of unknown elements */

/* Its number, whatever the case; OV_TAG_UNKNOWN where it is none. */
OvTag ov_tag_find(OvSlice name);
/* Its name in lower case; "" of OV_TAG_UNKNOWN. */
const char *ov_tag_name(OvTag tag);

typedef enum {
#define ATTRIBUTE(id, name) OV_ATTRIBUTE_##id,
#include "rules/html_attributes.def"
#undef ATTRIBUTE
    OV_N_ATTRIBUTES
} OvAttribute;

/* Its number, whatever the case; OV_N_ATTRIBUTES where it is not looked at. */
OvAttribute ov_attribute_find(OvSlice name);
/* TRUE for "onclick" and the other names of events that browsers know. */
gboolean ov_attribute_is_event(OvSlice name);
