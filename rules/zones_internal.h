/* What a line of plain text is, for rules/zones.c and rules/zones_settle.c. Lines are without their
 * line end; `rest` is the text that follows the line. */
#pragma once

#include "rules/slice.h"

enum { ATTRIBUTION_OCTETS = 250 }; /* at most, of "On 3 May Ann wrote:" */

/* Takes the first line off text; its line end (LF, CR LF) is left out. */
OvSlice ov_take_line(OvSlice *text);
/* Lines that are not empty, counted up to most. */
guint ov_count_lines(OvSlice rest, guint most);
/* Indented lines in a row, empty ones not counted, up to most. */
guint ov_count_indented(OvSlice rest, guint most);

gboolean ov_line_is_quoted(OvSlice line); /* "> ", "JD> "; not the ">From " of mailboxes */
/* The line behind all marks of quotation. */
OvSlice ov_line_unquoted(OvSlice line);
gboolean ov_line_is_signature_mark(OvSlice line);     /* "-- " */
gboolean ov_line_is_indented(OvSlice line);           /* by a tab or four spaces */
gboolean ov_line_is_underscores(OvSlice trimmed);     /* 20 or more and nothing else */
gboolean ov_patch_starts(OvSlice line, OvSlice rest); /* "diff --git ", or "--- " above "+++ " */
gboolean ov_line_is_of_patch(OvSlice line);           /* a hunk's line, or one between hunks */
gboolean ov_line_is_fence(OvSlice line);              /* ``` or ~~~ */
/* TRUE when a fence of mark stands in the rest too. */
gboolean ov_fence_closes(OvSlice rest, char mark);

/* TRUE when line opens a quotation that goes on to the end: "-----Original Message-----" above
 * header lines, underscores above header lines, or "From:" above "Sent:" in some language. */
gboolean ov_quotation_starts(OvSlice line, OvSlice rest);

/* Copies line to out (at least line.length octets) with a space for every web and e-mail address.
 * Returns the octets written. */
gsize ov_line_without_addresses(OvSlice line, char *out);

/* Attributions have one: they give a date. */
gboolean ov_has_digit(OvSlice text);
