/* The rules of all <style> elements of a part, and which of them an element gets. */
#pragma once

#include "rules/css_declarations.h"
#include "rules/html_token.h"

enum {
    OV_CSS_MAX_OCTETS = 512 * 1024, /* of all sheets together */
    OV_CSS_MAX_RULES = 4000,
    OV_CSS_MAX_SELECTORS = 8000,
};

typedef struct OvCssSheet OvCssSheet;

/* An element as selectors see it. */
typedef struct {
    OvTag tag;
    OvSlice name;
    OvSlice id;      /* empty where it has none */
    OvSlice classes; /* its class attribute, entities decoded */
} OvCssSubject;

/* fold_case: ids and classes match whatever their case, as in documents without a doctype. */
OvCssSheet *ov_css_sheet_new(OvArena *arena, gboolean fold_case);
/* Adds the text of a <style> element. Adds to active what acts, and to imports the @import rules;
 * the text must outlive the sheet. */
void ov_css_sheet_add(OvCssSheet *sheet, OvSlice text, OvCssActive *active, OvCssActive *imports);
gboolean ov_css_sheet_is_empty(const OvCssSheet *sheet);

/* Lays what the element is given over `onto`, which has its defaults: rules by their weight, then
 * its style attribute, then what is important of both. The element is the last of n subjects, its
 * ancestors are before it; token is its start tag. */
void ov_css_cascade(OvCssSheet *sheet, const OvCssSubject *subjects, guint n, const OvToken *token,
                    const OvCssDeclarations *own, OvCssDeclarations *onto);

/* TRUE when a list of media queries is met by a window of 800 x 600 px on a screen. */
gboolean ov_css_media_matches(OvSlice queries);
