/* DMARC (RFC 9989): what the domain in From asks receivers to do with mail that neither SPF nor
 * DKIM ties to it, and whether that is such mail. A pure function of DNS answers, like SPF
 * (rules/auth/spf.h): where an answer is missing, everything that will be needed has been asked. */
#pragma once

#include "rules/auth/dmarc_record.h"
#include "rules/auth/dns.h"

typedef enum {
    OV_DMARC_RESULT_PENDING,
    OV_DMARC_RESULT_NONE, /* there is no policy that could apply */
    OV_DMARC_RESULT_PASS,
    OV_DMARC_RESULT_FAIL,
    OV_DMARC_RESULT_UNKNOWN, /* DNS failed, or SPF or DKIM is not known and would matter */
} OvDmarcResult;

/* Look-ups of one tree walk (RFC 9989 4.10), and signatures that are looked at. */
enum { OV_DMARC_MAX_WALK = 8, OV_DMARC_MAX_SIGNATURES = 10 };

typedef enum {
    OV_IDENTITY_UNKNOWN, /* not known yet, or its DNS failed */
    OV_IDENTITY_FAILED,  /* anything but a pass */
    OV_IDENTITY_PASSED,
} OvIdentity;

typedef struct {
    OvSlice author;              /* domain of From, canonical (rules/address.h) */
    OvIdentity spf;              /* of MAIL FROM */
    OvSlice spf_domain;          /* that was checked */
    OvIdentity dkim;             /* OV_IDENTITY_PASSED where a signature is valid */
    const OvSlice *dkim_domains; /* d= of each valid signature */
    guint n_dkim_domains;        /* the first OV_DMARC_MAX_SIGNATURES are looked at */
} OvDmarcQuestion;

typedef struct {
    OvDmarcResult result;
    gboolean found; /* a policy applies: the members down to policy are set */
    OvSlice domain; /* where its record is: under _dmarc. of this */
    OvDmarcRecord record;
    OvDmarcPolicy published; /* p, sp or np of it, whichever applies to the author's domain */
    OvDmarcPolicy policy;    /* that, one level lower for t=y: none, quarantine or reject */
    OvSlice organisation;    /* organisational domain of the author by the tree walk */
    gboolean spf_aligned;    /* SPF passed, for a domain aligned with the author's */
    gboolean dkim_aligned;   /* so for DKIM */
    gboolean psl_differs;    /* with organisational domains by the public suffix list, as RFC 7489
                                receivers have them, pass and fail would be the other way round */
    const char *reason;      /* why, in words: a clause without a full stop */
    const char *fault; /* what is wrong with a record met on the way, in words; "" for nothing */
} OvDmarc;

/* "pending", "none", "pass", "fail", "unknown". Never NULL. */
const char *ov_dmarc_result_name(OvDmarcResult result);

/* Arena: all of *dmarc. */
void ov_dmarc_check(OvArena *arena, OvDnsBook *book, const OvDmarcQuestion *question,
                    OvDmarc *dmarc);

/* The organisational domain by the tree walk (RFC 9989 4.10.2). PENDING, UNKNOWN, or NONE with the
 * domain in *organisation, part of domain. */
OvDmarcResult ov_dmarc_organisation(OvArena *arena, OvDnsBook *book, OvSlice domain,
                                    OvSlice *organisation);
