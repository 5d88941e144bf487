/* Encoded-words of header fields (RFC 2047, RFC 2231 5) for people. */
#pragma once

#include "rules/arena.h"

/* The unfolded value with its encoded-words decoded. Always valid UTF-8: 8-bit octets outside of
 * encoded-words are UTF-8 where they are that, else windows-1252. Broken senders are met half way:
 * words without white space around them or over 75 octets are decoded, and characters cut in two
 * between neighbouring words of one charset are put together. What is no encoded-word, or has an
 * unknown charset's name that can't be one, stays as it is. Arena, or value itself. */
OvSlice ov_encoded_words_decode(OvArena *arena, OvSlice value);
