/* Selectors: tags, classes, ids and attributes, as descendants and children. For css_sheet.c. */
#pragma once

#include "rules/css_sheet.h"

enum { OV_SELECTOR_MAX_CLASSES = 4, OV_SELECTOR_MAX_TESTS = 2, OV_SELECTOR_MAX_PARTS = 8 };

/* [name], [name=value], [name^=value] ... */
typedef struct {
    OvSlice name;
    char sign; /* '\0' where the attribute only must be there; '=', '~', '|', '^', '$', '*' */
    OvSlice value;
} OvSelectorTest;

/* What one element must be. */
typedef struct {
    gboolean any_tag;
    OvTag tag;
    OvSlice name; /* where the tag is not known */
    OvSlice id;
    OvSlice classes[OV_SELECTOR_MAX_CLASSES];
    guint n_classes;
    OvSelectorTest tests[OV_SELECTOR_MAX_TESTS];
    guint n_tests;
    gboolean link;  /* :link */
    gboolean child; /* of the element of the part before; otherwise any descendant */
} OvSelectorPart;

typedef struct {
    const OvSelectorPart *parts; /* outermost first */
    guint n_parts;
    guint32 weight; /* specificity */
} OvSelector;

typedef enum {
    OV_SELECTOR_READ,
    OV_SELECTOR_NEVER, /* right, and matches nothing that is looked at: :hover, a + b */
    OV_SELECTOR_WRONG, /* spoils its rule */
} OvSelectorResult;

OvSelectorResult ov_selector_read(OvArena *arena, OvSlice text, OvSelector *selector);

/* TRUE when the last of n subjects is what the selector means. Takes from work_left for each
 * element that it looks at, and for each 16 octets of its classes. */
gboolean ov_selector_matches(const OvSelector *selector, const OvCssSubject *subjects, guint n,
                             const OvToken *token, gboolean fold_case, gint *work_left);
