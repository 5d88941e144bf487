/* Character references (WHATWG HTML 13.2.5.72-80): &amp; &#8217; &copy. */
#pragma once

#include "rules/slice.h"

/* Reads the reference at text.data[0], which is '&'. Writes what it stands for, at most 8 octets of
 * UTF-8, to out and its length to out_length; returns the octets of the text that it took, 0 where
 * it is no reference. attribute: read as in an attribute's value, where a name without a semicolon
 * and with = or a letter behind it stands for itself. */
enum { OV_ENTITY_MAX_OCTETS = 8 };
gsize ov_entity_read(OvSlice text, gboolean attribute, char *out, gsize *out_length);

/* Room for what text of length octets decodes to: &nGt; stands for six octets. */
#define OV_ENTITIES_ROOM(length) ((length) + (length) / 5 + OV_ENTITY_MAX_OCTETS)

/* Decodes all of text into out, which has room for it. Returns the octets written. */
gsize ov_entities_decode(OvSlice text, gboolean attribute, char *out);
