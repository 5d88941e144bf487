/* Whether a login may use an address. This layer asks; who keeps the maps of logins and addresses
 * answers (see policy/ownership.h). An answer is one fact more of the message: the judgement stays
 * pure. */
#pragma once

#include "rules/slice.h"

typedef enum {
    OV_OWNED_UNKNOWN, /* no map tells, or not in time */
    OV_OWNED_NO,
    OV_OWNED_YES,
} OvOwned;

/* The questions. address: local@domain without <>, not empty, quotes as it came. Thread-safe. data
 * is theirs. */
typedef struct OvOwnership OvOwnership;
struct OvOwnership {
    gpointer data;
    gint64 time_limit; /* microseconds that one message may wait for all its answers */
    /* Puts a question on its way, so that its answer is there when it is wanted. Waits for nothing.
     */
    void (*ask)(gpointer data, const char *login, OvSlice address);
    /* The answer, waited for until deadline (monotonic microseconds). */
    OvOwned (*answer)(gpointer data, const char *login, OvSlice address, gint64 deadline);
};
