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

void ov_html_forget_formatting(OvHtmlReader *reader, guint entry);
void ov_html_reopen_formatting(OvHtmlReader *reader, guint entry);
/* A link ends the link that it stands in. */
void ov_html_close_same(OvHtmlReader *reader, OvTag tag);
