/* One DMARC policy record (RFC 9989 4.7, 4.8). */
#pragma once

#include "rules/arena.h"

typedef enum {
    OV_DMARC_ABSENT,  /* the tag is not there */
    OV_DMARC_INVALID, /* it has none of the values below */
    OV_DMARC_NONE,
    OV_DMARC_QUARANTINE,
    OV_DMARC_REJECT,
} OvDmarcPolicy;

typedef struct {
    OvSlice text; /* as published */
    OvDmarcPolicy p, sp, np;
    char psd;             /* y, n or u (4.10) */
    gboolean testing;     /* t=y: one level lower is asked for */
    gboolean strict_dkim; /* adkim=s */
    gboolean strict_spf;  /* aspf=s */
    gboolean reports;     /* rua= with an address that is one */
    gboolean old_tags;    /* pct, rf or ri, which RFC 9989 took away */
    OvSlice fault;        /* the first tag that is wrong, and is left out; empty where none is */
} OvDmarcRecord;

/* The record is one of this version, so that it counts (4.10 step 2): v=DMARC1 comes first. */
gboolean ov_dmarc_record_is(OvSlice text);
/* It is none, and was meant to be one: "DMARC" stands in it. */
gboolean ov_dmarc_record_was_meant(OvSlice text);

/* text: one that ov_dmarc_record_is. Tags that are wrong have their default values. */
void ov_dmarc_record_read(OvSlice text, OvDmarcRecord *record);

/* One tag of a record. Not rules/auth/tags.h: there one wrong tag breaks the list, here it is
 * passed over (RFC 9989 4.8). */
typedef struct {
    OvSlice whole;       /* trimmed */
    OvSlice name, value; /* trimmed; the name is empty where the tag has no such form */
} OvDmarcTag;

/* Takes the next tag from the start of *rest, whose data is NULL when all are taken: then FALSE. */
gboolean ov_dmarc_next_tag(OvSlice *rest, OvDmarcTag *tag);

/* "none", "quarantine", "reject"; "absent", "invalid". Never NULL. */
const char *ov_dmarc_policy_name(OvDmarcPolicy policy);
