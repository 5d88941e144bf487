/* The stack of open elements and the list of formatting elements: for html_tree.c, which knows when
 * an element begins and ends. */
#pragma once

#include "rules/html_internal.h"

/* The token's element begins: its style, link and kind are found, and its block. */
void ov_html_push(OvHtmlReader *reader, OvNamespace space);
/* An element begins that has no tag. */
void ov_html_push_implied(OvHtmlReader *reader, OvTag tag);
/* The token's element, which holds nothing: a picture, a field, a line break. */
void ov_html_put_void(OvHtmlReader *reader);
/* Finds the style of <html> (0) or <body> (1) again, by the token. */
void ov_html_restyle(OvHtmlReader *reader, guint at);

void ov_html_pop(OvHtmlReader *reader);
/* Ends all elements from number `at` on. */
void ov_html_pop_to(OvHtmlReader *reader, guint at);
/* Ends the element, those inside it go on. */
void ov_html_take_out(OvHtmlReader *reader, guint at);
/* Ends the innermost element of that tag unless a special one is inside it. The token's name tells
 * unknown ones apart. */
void ov_html_close_any(OvHtmlReader *reader, OvTag tag);

/* TRUE where the token's element, declared at place `at`, is what a mail program quotes in. */
gboolean ov_html_is_quote(const OvHtmlReader *reader, guint at);

/* The list of formatting elements (html_formatting.c). */
/* The one at place `at` of the stack goes on when its block ends; of more than three that are the
 * same, the first is dropped. */
void ov_html_add_formatting(OvHtmlReader *reader, guint at);
/* What was open before does not go on in what comes. */
void ov_html_add_marker(OvHtmlReader *reader);
void ov_html_drop_to_marker(OvHtmlReader *reader);
void ov_html_forget_formatting(OvHtmlReader *reader, guint entry);
void ov_html_reopen_formatting(OvHtmlReader *reader, guint entry);
/* A link ends the link that it stands in. */
void ov_html_close_same(OvHtmlReader *reader, OvTag tag);

/* SVG and MathML (html_foreign.c). TRUE where what is in the element is of theirs. */
gboolean ov_html_is_foreign(const OvOpen *open);
/* TRUE for elements of HTML that end SVG and MathML where they stand in there. */
gboolean ov_html_breaks_out(const OvToken *token);
/* Ends the element of SVG or MathML that the token names; FALSE where none of them is open. */
gboolean ov_html_end_foreign(OvHtmlReader *reader);
