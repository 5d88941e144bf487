/* Addresses to which crypto-currencies are paid, told by their checksums, so that no ordinary word
 * or number is taken for one: those of base58check (Bitcoin, Litecoin, Dogecoin, Dash, Tron) and
 * of bech32 and bech32m (BIP 173 and 350; Bitcoin, Litecoin). Ethereum's have no checksum that
 * everybody writes, and are not looked for. */
#pragma once

#include "rules/slice.h"

/* Words that are looked at in a message; no letter has as many that are as long. */
enum { OV_WALLET_TRIES = 500 };

/* The first address at octet *at of text (valid UTF-8) or later; *at moves behind it. The empty
 * slice where there is none, or *tries words as long as an address were none; *tries, at first
 * OV_WALLET_TRIES, falls by what was tried. */
OvSlice ov_wallet_next(OvSlice text, gsize *at, guint *tries);
