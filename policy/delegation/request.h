/* One request of Postfix's policy delegation protocol: lines "name=value" up to an empty line
 * (SMTPD_POLICY_README, rule catalogue 8.4). Pure, and bounded: what comes may be anybody's octets.
 */
#pragma once

#include "rules/slice.h"

enum {
    OV_POLICY_REQUEST_LIMIT = 64 * 1024, /* octets of a request, its empty line counted */
    OV_POLICY_MAX_ATTRIBUTES = 100,
};

typedef enum {
#define ATTRIBUTE(id, name) OV_POLICY_##id,
#include "policy/delegation/attributes.def"
#undef ATTRIBUTE
    OV_N_POLICY_ATTRIBUTES
} OvPolicyAttribute;

/* Where in the SMTP dialogue Postfix asks. */
typedef enum {
    OV_POLICY_AT_OTHER, /* a place where nothing is counted: CONNECT, EHLO, HELO, VRFY, ETRN, ... */
    OV_POLICY_AT_MAIL,
    OV_POLICY_AT_RCPT,
    OV_POLICY_AT_DATA,
    OV_POLICY_AT_END_OF_MESSAGE,
} OvPolicyState;

typedef struct {
    OvSlice value[OV_N_POLICY_ATTRIBUTES]; /* part of what was read; empty where not told */
    OvPolicyState state;
    guint64 size; /* octets; exact at the end of the message, before that what MAIL FROM declared */
    guint recipients; /* told at DATA and END-OF-MESSAGE; else 0 */
} OvPolicyRequest;

typedef enum {
    OV_POLICY_INCOMPLETE, /* its empty line has not come yet */
    OV_POLICY_READ,
    OV_POLICY_FAULTY, /* no request: what follows can't be told from it, so the connection is over
                       */
} OvPolicyReading;

/* Reads the request at the start of text. READ: *request points into text, *length is how much of
 * it the request takes. FAULTY: *fault is why, in words: a line without "=", an attribute twice, a
 * NUL, a number that is none, too long, no request=smtpd_access_policy; else it is NULL. */
OvPolicyReading ov_policy_request_read(OvSlice text, OvPolicyRequest *request, gsize *length,
                                       const char **fault);
