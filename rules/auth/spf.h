/* SPF (RFC 7208): may this address send mail for this domain? Our own evaluator is the authority;
 * libspf2 is not used, not even to compare with: its last release lets eleven look-ups and any
 * number of void ones pass, cuts macros with digits short, and has known overflows in macro
 * expansion (CVE-2021-20314, CVE-2021-33912, CVE-2023-42118), so that guarding it takes a strict
 * parser, a counter and a macro expander of one's own, which is most of what evaluating takes.
 * The suite of openspf.org is the judge of the outcome (tests/data/spf).
 *
 * Pure: DNS answers are taken from a book (rules/auth/dns.h). Where one is missing the result is
 * OV_SPF_PENDING, all names that will be needed soon have been asked, and the caller asks again
 * when answers have come. Explanations (exp=) are checked for their syntax and never fetched: they
 * are the receiver's to show. */
#pragma once

#include "rules/auth/dns.h"
#include "rules/auth/ip_address.h"

typedef enum {
    OV_SPF_PENDING,
    OV_SPF_NONE,
    OV_SPF_NEUTRAL,
    OV_SPF_PASS,
    OV_SPF_FAIL,
    OV_SPF_SOFTFAIL,
    OV_SPF_TEMPERROR, /* DNS failed: nothing is known, and nothing is anybody's fault */
    OV_SPF_PERMERROR,
} OvSpfResult;

/* RFC 7208 4.6.4. */
enum { OV_SPF_MAX_LOOKUPS = 10, OV_SPF_MAX_VOID = 2, OV_SPF_MAX_NAMES = 10 };

typedef struct {
    OvIpAddress address; /* from which the mail will leave */
    OvSlice sender;      /* MAIL FROM without <>; empty is the null sender */
    OvSlice helo;        /* the name our MTA will say */
} OvSpfQuestion;

typedef struct {
    OvSpfResult result;
    OvSlice domain;      /* whose record was asked for */
    OvSlice record;      /* as published there; empty where there is none, or several */
    OvSlice term;        /* the term of it that decided, or that is wrong; empty where none did */
    OvSlice term_domain; /* whose record has that term: another than domain after redirect=, and
                            for the error in an included record */
    const char *reason;  /* why it came out so, in words: a clause without a full stop */
    guint n_lookups;     /* terms that asked the DNS up to the decision */
    guint n_void;        /* DNS answers without a record that they got */
    guint n_records;     /* SPF records at domain; more than 1 is a permerror */
    /* What the records of domain and of its redirects hold, whether or not it was reached. */
    gboolean uses_ptr;   /* the ptr mechanism or the macro p (RFC 7208 5.5: SHOULD NOT) */
    gboolean passes_all; /* +all, or networks of less than 8 bits (IPv4) or 16 bits (IPv6) */
} OvSpf;

/* "pass", "softfail" ...; "pending". Never NULL. */
const char *ov_spf_result_name(OvSpfResult result);

/* The MAIL FROM identity (RFC 7208 2.4); of the null sender postmaster@HELO. Arena: all of *spf. */
void ov_spf_check_mail_from(OvArena *arena, OvDnsBook *book, const OvSpfQuestion *question,
                            OvSpf *spf);
/* The HELO identity (2.3). */
void ov_spf_check_helo(OvArena *arena, OvDnsBook *book, const OvSpfQuestion *question, OvSpf *spf);

/* What a choice among the TXT records of a name found. */
typedef struct {
    guint n;       /* records that fit */
    OvSlice whole; /* the one that fits, where n is 1 */
    OvSlice terms; /* of it, what follows the version */
} OvSpfChoice;

/* Chooses among TXT records: SPF's own choice, or that of Sender-ID. */
typedef OvSpfChoice OvSpfChoose(const OvDnsAnswer *txt);

/* check_host() of RFC 7208 4 itself, with another choice of records: for Sender-ID. */
void ov_spf_check_host(OvArena *arena, OvDnsBook *book, const OvSpfQuestion *question,
                       OvSlice domain, OvSpfChoose *choose, OvSpf *spf);
