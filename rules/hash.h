/* A fast hash for what is compared again later: the same number on every machine and in every
 * version, so that it may be stored. It tells texts apart; it keeps no secret and withstands nobody
 * who looks for two texts of one number. */
#pragma once

#include "rules/slice.h"

/* Spreads every bit of number over all bits. */
static inline guint64 ov_hash_spread(guint64 number) {
    number ^= number >> 30;
    number *= G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
    number ^= number >> 27;
    number *= G_GUINT64_CONSTANT(0x94d049bb133111eb);
    return number ^ (number >> 31);
}

/* The number of data after what gave before; 0 to begin with. Linear. */
guint64 ov_hash(OvSlice data, guint64 before);
/* The same without regard to ASCII case. */
guint64 ov_hash_nocase(OvSlice data, guint64 before);
