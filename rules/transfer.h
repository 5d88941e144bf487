/* Transfer encodings of bodies and encoded-words undone (RFC 2045 6.7, 6.8; RFC 2047 4). What does
 * not belong to an encoding is passed over (base64) or kept as it stands (quoted-printable). */
#pragma once

#include "rules/slice.h"

/* Room that decoding length octets of base64 may need. */
#define OV_BASE64_ROOM(length) ((length) / 4 * 3 + 3)

/* Each writes at most room octets to out and returns how many. Quoted-printable never makes more
 * than it gets. */
gsize ov_base64_decode(OvSlice in, char *out, gsize room);
gsize ov_quoted_printable_decode(OvSlice in, char *out, gsize room);
/* The Q encoding of encoded-words: _ is a space, lines mean nothing. */
gsize ov_q_decode(OvSlice in, char *out, gsize room);

/* Octets of in that base64 does not allow: outside the alphabet and no line end or blank, or
 * anything after the padding. */
gsize ov_base64_foreign(OvSlice in);
/* Octets that quoted-printable does not allow: = without two hexadecimal digits or a line end after
 * it, controls, octets from 0x80. long_lines gets the number of lines over 78 octets: RFC 2045 6.7
 * allows 76, but the e-mail libraries of some languages fold at the 78 of RFC 5322 2.1.1, and every
 * reader takes that. */
gsize ov_quoted_printable_foreign(OvSlice in, gsize *long_lines);
