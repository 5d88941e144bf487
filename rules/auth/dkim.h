/* The DKIM signatures of a message (RFC 6376, RFC 8301, RFC 8463), verified on its original octets,
 * as a receiver will. A pure function of the message, the keys' records in a book of DNS answers
 * and the time.
 *
 * Own code over OpenSSL's libcrypto: libopendkim 2.11 needs the message copied field by field,
 * takes rsa-sha1 and a differing body hash for a pass, lets a signature's l= leak into the next
 * one's, stops by assert() on what a header may hold, and knows a name that was not answered only
 * as an error. The tests compare with opendkim, Mail::DKIM and dkimpy. */
#pragma once

#include "rules/auth/dns.h"
#include "rules/message.h"

enum {
    OV_DKIM_MAX_SIGNATURES = 10, /* the first of a message; more are counted, not verified */
    OV_DKIM_MAX_SIGNED = 256,    /* names in h= */
    OV_DKIM_MAX_BODIES = 4,      /* different canonical bodies that one message is hashed as */
    OV_DKIM_MIN_BITS = 1024,     /* RFC 8301 3.2 */
    OV_DKIM_MAX_BITS = 4096,     /* what verifiers must support; more is only slow */
};

/* Results by RFC 8601 2.7.1, as far as they matter here. */
typedef enum {
    OV_DKIM_PENDING, /* the key's record was not answered yet */
    OV_DKIM_PASS,
    OV_DKIM_FAIL,      /* the message differs from what was signed */
    OV_DKIM_PERMERROR, /* signature or key can't be used by anyone */
    OV_DKIM_TEMPERROR, /* unknown: DNS failed, or the message was cut */
} OvDkimResult;

typedef enum {
#define FAULT(id, text) OV_DKIM_##id,
#include "rules/auth/dkim_faults.def"
#undef FAULT
} OvDkimFault;

typedef struct {
    OvDkimResult result;
    OvDkimFault fault;    /* why it is no pass; OV_DKIM_NO_FAULT of a pass */
    OvSlice domain;       /* d=, lower case; empty where it could not be read */
    OvSlice selector;     /* s=, lower case */
    OvSlice signed_names; /* h= as written */
    const OvField *field; /* the DKIM-Signature itself */
    guint key_bits;       /* of an RSA key that was found; 0 of others */
    gboolean ed25519;
    gboolean test_key;         /* the key's record says t=y (RFC 6376 3.6.1) */
    gboolean has_length;       /* l= is there (RFC 6376 8.2) */
    gboolean uncovered;        /* ... and the body is longer */
    gint64 signed_at, expires; /* t= and x=, seconds since the epoch; -1 where absent */
} OvDkimSignature;

typedef struct {
    guint n_signatures; /* that follow, in the header's order; at most OV_DKIM_MAX_SIGNATURES */
    guint n_fields;     /* DKIM-Signature fields in the header */
    OvDkimSignature *signatures;
    struct OvDkimWork *work; /* what verifying needs beside, as many */
} OvDkim;

/* Why a signature is no pass, in words that follow "the signature of DOMAIN:"; never NULL. */
const char *ov_dkim_fault_text(OvDkimFault fault);

/* Reads the signatures of a header and asks book for their keys, so that the answers are on their
 * way while the body is still coming. now: seconds since the epoch. What can't be verified by
 * anyone has its final result at once, the rest is pending. All in arena; header must outlive it.
 */
OvDkim *ov_dkim_read(OvArena *arena, const OvHeader *header, OvDnsBook *book, gint64 now);

/* Verifies what is pending and whose key is answered by now. FALSE while one is still pending. */
gboolean ov_dkim_verify(OvDkim *dkim, const OvMessage *message, OvDnsBook *book, OvArena *arena);

/* How often h= names that field, in any case. */
guint ov_dkim_signs(const OvDkimSignature *signature, const char *name);
