/* Sender-ID (guide G21; RFC 4406, RFC 4407, both historic): may this address send for the purported
 * responsible address of the message? Informative: hardly a receiver asks. */
#pragma once

#include "rules/address.h"
#include "rules/auth/spf.h"
#include "rules/header.h"

typedef struct {
    OvMailbox address;
    const char *field; /* "Resent-Sender", "Resent-From", "Sender" or "From"; NULL: there is none */
    const char *why;   /* there is none: why, in words, static */
} OvPra;

/* The purported responsible address (RFC 4407 2). FALSE where it can't be told. */
gboolean ov_pra_find(OvArena *arena, const OvHeader *header, OvPra *pra);

typedef struct {
    OvSpf spf;         /* its result is the test's: a name that does not exist is a fail */
    const char *fault; /* what is wrong with a spf2.0 record of the domain, in words; "" for
                          nothing */
} OvSenderId;

/* The PRA test. question->sender is not looked at. Among the domain's records one of spf2.0 with
 * the scope pra goes before one of SPF (RFC 4406 4.4). Arena: all of *sender_id. */
void ov_sender_id_check(OvArena *arena, OvDnsBook *book, const OvSpfQuestion *question,
                        const OvPra *pra, OvSenderId *sender_id);
