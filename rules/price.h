/* Amounts of money: a currency's sign or code beside a number, in either order. */
#pragma once

#include "rules/slice.h"

/* The price that text starts with; empty where it starts with none. */
OvSlice ov_price_at_start(OvSlice text);
/* TRUE when there is a price anywhere in text (valid UTF-8). */
gboolean ov_price_in(OvSlice text);
