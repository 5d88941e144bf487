/* The DNS tree walk (RFC 9989 4.10), for dmarc.c. */
#pragma once

#include "rules/auth/dmarc.h"

typedef struct {
    OvSlice name;   /* without _dmarc.; an end of the start's name */
    gboolean found; /* exactly one record of this version is there */
    OvDmarcRecord record;
} OvDmarcStep;

typedef struct {
    OvDmarcResult result; /* NONE: the walk is complete; else PENDING or UNKNOWN */
    OvDmarcStep steps[OV_DMARC_MAX_WALK];
    guint n_steps;        /* looked at; the last one perhaps with psd=y or psd=n */
    OvSlice organisation; /* of the start */
    const char *trouble;  /* of UNKNOWN: why, in words */
    const char *fault;    /* as OvDmarc.fault */
} OvDmarcWalk;

void ov_dmarc_walk(OvArena *arena, OvDnsBook *book, OvSlice start, OvDmarcWalk *walk);
