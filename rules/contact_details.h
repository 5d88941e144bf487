/* How to reach a sender, told by its form: telephone numbers and postal codes, in the ways that
 * they are written in many countries. Numbers beside a word for them ("phone", "Postfach", "VAT")
 * are found by phrase lists, not here. */
#pragma once

#include "rules/slice.h"

/* The first telephone number or postal code with its place in text (valid UTF-8); the empty slice
 * where there is none. A telephone number is in international form (+49 30 1234567), in North
 * American groups (800-555-0199), or starts with 0 and is grouped; dates, amounts and numbers
 * without any grouping are none. A postal code stands before a place (10115 Berlin, 1012 AB
 * Amsterdam, 00-950 Warszawa) at the start of a line or behind a comma, or is in British (SW1A 1AA)
 * or American form (Springfield, IL 62701). */
OvSlice ov_contact_details_find(OvSlice text);

/* The first telephone number alone; the empty slice where there is none. */
OvSlice ov_contact_details_telephone(OvSlice text);
