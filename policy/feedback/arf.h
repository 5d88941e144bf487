/* A feedback loop's report of one complaint (guide G20): a mail in the Abuse Reporting Format (RFC
 * 5965; RFC 6650 on its use; RFC 9477 for loops by CFBL-Address). Also a mail that has the message
 * attached and tells nothing of it, as Microsoft's JMRP sent until 2026, and people do.
 *
 * Reports come from outside, and anybody may write one: all of it is claims. What is tied to a
 * message of ours, and how, is policy/feedback/tie.h's. */
#pragma once

#include "rules/arena.h"

#define OV_ARF_ERROR (ov_arf_error_quark())
GQuark ov_arf_error_quark(void);
typedef enum {
    OV_ARF_ERROR_SIZE,       /* larger than is read */
    OV_ARF_ERROR_NOT_REPORT, /* neither a feedback report nor a mail with a message attached */
} OvArfError;

enum {
    OV_ARF_MAX_OCTETS = 10 * 1024 * 1024,
    OV_ARF_MAX_RECIPIENTS = 10, /* of Original-Rcpt-To; more are not told */
    OV_ARF_MAX_HOPS = 20,       /* of Received, from above */
};

/* A Received field of the message: where it was, when, under which queue id. */
typedef struct {
    const char *queue_id;
    gint64 time; /* microseconds since the epoch; 0: not told */
} OvArfHop;

/* Texts are valid UTF-8, without white space around them, of at most 1,000 octets; "" where nothing
 * is told. Addresses are without <>, and may be redacted (RFC 6590). */
typedef struct {
    const char *type;     /* Feedback-Type in lower case; "abuse" where nothing tells */
    const char *reporter; /* domain of the report's From */
    const char *source;   /* Source-IP */
    const char *recipients[OV_ARF_MAX_RECIPIENTS];
    guint n_recipients;
    gint64 arrival;  /* Arrival-Date or Received-Date, microseconds since the epoch; 0: not told */
    guint incidents; /* how many such it stands for, 1 or more (RFC 5965 3.2) */
    /* Of the message that it is about. */
    const char *message_id, *outvet_id; /* its X-Outvet-Id */
    const char *from_domain;            /* of From, in lower case */
    OvArfHop hops[OV_ARF_MAX_HOPS];
    guint n_hops;
} OvArf;

/* data: a mail as it came. Of what is malformed it tells what can be read. A bounce or another
 * multipart/report is no report. Everything in the arena. */
gboolean ov_arf_read(const char *data, gsize length, OvArena *arena, OvArf *arf, GError **error);
