/* Octets of a charset to UTF-8. ASCII and UTF-8 are only looked through; ISO-8859-1 and
 * windows-1252 have a table here; the other charsets of mail go through iconv. Thread-safe. */
#pragma once

#include "rules/arena.h"

/* TRUE when name (any case, with or without -, _ and blanks) is a charset that is read. */
gboolean ov_charset_known(const char *name);

/* Valid UTF-8 of octets, at most limit bytes, whole characters. charset NULL: none is declared,
 * which, as US-ASCII, reads as UTF-8 what is that, else as windows-1252. An unknown charset reads
 * so too. ISO-8859-1 means windows-1252, and other charsets their usual supersets (as the WHATWG
 * Encoding Standard has them). What does not belong to the charset, and NUL, becomes U+FFFD.
 * bad_sequences (may be NULL) gets the number of octet sequences that do not belong: of all that
 * are not ASCII where the charset is NULL, US-ASCII or unknown. Arena, or octets itself. */
OvSlice ov_charset_to_utf8(OvArena *arena, const char *charset, OvSlice octets, gsize limit,
                           guint *bad_sequences);

/* Length of the longest start of text that is at most limit bytes and ends between characters of
 * valid UTF-8. */
gsize ov_utf8_cut(OvSlice text, gsize limit);
