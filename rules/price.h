/* Amounts of money: a currency's sign or code beside a number, in either order. */
#pragma once

#include "rules/slice.h"

/* The price that text starts with; empty where it starts with none. */
OvSlice ov_price_at_start(OvSlice text);
/* TRUE when there is a price anywhere in text (valid UTF-8). */
gboolean ov_price_in(OvSlice text);

typedef struct {
    OvSlice text;
    double value; /* of the number; what tells thousands from decimals is where separators stand */
    gboolean currency; /* FALSE of a number alone */
} OvPrice;

/* The first price, or where bare is TRUE number, at octet *at of text or later; *at moves behind
 * it. FALSE where there is none. text: valid UTF-8. */
gboolean ov_price_next(OvSlice text, gboolean bare, gsize *at, OvPrice *price);
