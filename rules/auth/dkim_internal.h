/* What the files of DKIM share. */
#pragma once

#include <openssl/evp.h>

#include "rules/auth/dkim.h"

/* A signature's tags that only verifying reads. */
typedef struct OvDkimWork {
    OvSlice signature; /* b=, decoded */
    OvSlice body_hash; /* bh=, decoded */
    OvSlice b_value;   /* the text of b=, in the field's line */
    gboolean relaxed_header, relaxed_body;
    gboolean strict_identity; /* i= has another domain than d=: a key with t=s forbids that */
    guint64 length;           /* l=, G_MAXUINT64 where absent */
    OvSlice key_name;         /* SELECTOR._domainkey.DOMAIN */
} OvDkimWork;

/* Reads one DKIM-Signature field; pending where it can be verified. */
void ov_dkim_signature_read(OvArena *arena, const OvField *field, gint64 now,
                            OvDkimSignature *signature, OvDkimWork *work);

/* The public key of a signature from the answer for its key's name. NULL: the signature has got its
 * result. Free with EVP_PKEY_free. */
EVP_PKEY *ov_dkim_key_read(OvArena *arena, const OvDnsAnswer *answer, const OvDkimWork *work,
                           OvDkimSignature *signature);

/* The SHA-256 of the canonical body up to length octets of it (RFC 6376 3.4.3, 3.4.4); FALSE where
 * it is shorter than that. longer tells whether there is more. length G_MAXUINT64: all. */
gboolean ov_dkim_body_hash(OvSlice body, gboolean relaxed, guint64 length, guchar hash[32],
                           gboolean *longer);

/* The SHA-256 of the signed fields and of the DKIM-Signature without its b= (RFC 6376 3.7). */
void ov_dkim_header_hash(OvArena *arena, const OvHeader *header, const OvDkimSignature *signature,
                         const OvDkimWork *work, guchar hash[32]);

/* Takes the next name from h=, trimmed; FALSE at its end. */
gboolean ov_dkim_next_name(OvSlice *names, OvSlice *name);
