/* What an answer of OVH's API that is no 2xx means. Bodies come in two generations,
 * {"errorCode","httpCode","message"} and {"class","message","details"}, so an answer is known by
 * its status and by either's words. Pure. */
#pragma once

#include "policy/provider/hosting.h"

typedef enum {
    OV_OVH_NO_TROUBLE,    /* also: there was no answer */
    OV_OVH_CLOCK,         /* the time of the signature is too far off */
    OV_OVH_SIGNATURE,     /* wrong secret; or, told so by operators, a stale time */
    OV_OVH_KEY,           /* application key unknown at this endpoint; or a stale time, likewise */
    OV_OVH_NO_CREDENTIAL, /* consumer key unknown, or of another application */
    OV_OVH_NOT_VALID,     /* consumer key not confirmed yet, expired or revoked */
    OV_OVH_NOT_GRANTED,   /* the consumer key lacks the right */
    OV_OVH_FORBIDDEN,     /* the account lacks it; actions may name it */
    OV_OVH_LOGIN,         /* not signed, or the token is over */
    OV_OVH_NOT_FOUND,     /* network, address or object */
    OV_OVH_EXPIRED,       /* the service has expired (460) */
    OV_OVH_STILL,         /* unblock: too early; wait says how long */
    OV_OVH_BUSY,          /* 429 */
    OV_OVH_AWAY,          /* 408, 5xx */
    OV_OVH_REDIRECT,      /* 3xx: none is followed */
    OV_OVH_REQUEST,       /* it doesn't like the request; or it is not the API that answered */
    OV_N_OVH_TROUBLES
} OvOvhTroubleKind;

enum { OV_OVH_MAX_WORDS = 240 };

typedef struct {
    OvOvhTroubleKind kind;
    char message[OV_OVH_MAX_WORDS]; /* its words, fit to be shown; "" for none */
    char actions[OV_OVH_MAX_WORDS]; /* of FORBIDDEN: the rights that lack; "" for none */
    gint64 wait;                    /* of STILL: microseconds */
} OvOvhTrouble;

/* What each kind is told as. */
typedef struct {
    const char *words; /* a sentence, with what to do */
    OvHostingError code;
    gboolean of_the_call; /* it says something of what was asked for, not of the way there */
} OvOvhTroubleMeaning;
extern const OvOvhTroubleMeaning ov_ovh_trouble_meanings[OV_N_OVH_TROUBLES];

/* status: not 2xx. */
void ov_ovh_trouble_read(long status, const char *body, gsize length, OvOvhTrouble *trouble);
