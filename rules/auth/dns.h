/* DNS as authentication asks it: answers that are there or not yet, never a wait. An evaluator
 * (SPF, DMARC, reverse DNS) is a pure function of a book of answers: where one is still missing it
 * says "pending" and is simply run again, from its beginning, when the answer has come. So nothing
 * blocks a worker of the MTA's, no state machine is written, and tests and fuzzers give answers by
 * a table. */
#pragma once

#include "rules/slice.h"

typedef enum {
    OV_DNS_A,
    OV_DNS_AAAA,
    OV_DNS_MX,
    OV_DNS_TXT,
    OV_DNS_PTR,
    OV_DNS_CNAME,
    OV_N_DNS_TYPES
} OvDnsType;

typedef enum {
    OV_DNS_PENDING, /* asked, not answered yet */
    OV_DNS_FOUND,   /* at least one record */
    OV_DNS_NO_DATA, /* the name exists, without such a record */
    OV_DNS_NO_NAME, /* NXDOMAIN */
    OV_DNS_FAILED,  /* SERVFAIL, REFUSED, time-out, bogus, malformed: unknown, never a fault of the
                       sender */
} OvDnsStatus;

enum {
    OV_DNS_NAME_LIMIT = 253,  /* octets of a name as text, without final dot (RFC 1035 2.3.4) */
    OV_DNS_LABEL_LIMIT = 63,  /* octets of a label */
    OV_DNS_MAX_RECORDS = 100, /* of an answer; more are dropped */
};

typedef struct {
    OvSlice data;     /* A: 4 octets; AAAA: 16; TXT: its strings joined, any octets; MX, PTR, CNAME:
                         the name, lower case, without final dot ("" is the root: a null MX) */
    guint preference; /* MX only */
} OvDnsRecord;

typedef struct {
    OvDnsStatus status;
    gboolean secure; /* DNSSEC-validated */
    guint n_records; /* 0 but for OV_DNS_FOUND; in the order of the answer */
    const OvDnsRecord *records;
    const char *trouble; /* of OV_DNS_FAILED: why, in words ("no answer in time"); else "" */
} OvDnsAnswer;

/* The answers that one message (or one command) needs; ov_dns_look_up and ov_dns_wait are how it is
 * used. A CNAME is followed within the answer: a record asked for is found under its alias. */
typedef struct OvDnsBook OvDnsBook;
struct OvDnsBook {
    /* name is canonical (ov_dns_name). Never NULL, never waits. */
    const OvDnsAnswer *(*ask)(OvDnsBook *book, OvSlice name, OvDnsType type);
    /* As ov_dns_wait. NULL where every answer is there at once. */
    void (*wait)(OvDnsBook *book);
};

/* name: any octets, ASCII or A-labels where it is to be found; case and one final dot make no
 * difference. A name that cannot be asked (ov_dns_name) is OV_DNS_NO_NAME. The answer lives as long
 * as the book; never NULL. */
const OvDnsAnswer *ov_dns_look_up(OvDnsBook *book, OvSlice name, OvDnsType type);

/* Waits until everything that was asked is answered, or the book's time is over: what is pending
 * then has failed. No answer is pending afterwards; what is evaluated next may ask for more, so
 * this is called until an evaluation ends without a pending answer. */
void ov_dns_wait(OvDnsBook *book);

/* Writes name to canonical, lower case (ASCII), without final dot, not NUL-terminated; its length,
 * 0 for the root. -1 where it can't be asked: an empty label, one of over 63 octets, over 253 in
 * all. Other octets than letters are taken as they are. */
gssize ov_dns_name(OvSlice name, char canonical[OV_DNS_NAME_LIMIT]);

/* "MX". */
const char *ov_dns_type_name(OvDnsType type);
