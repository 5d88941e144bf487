/* One message as it came: its envelope and its bytes, cut into header fields and MIME parts. Pure
 * input of a judgement; everything points into the caller's buffer or the judgement's arena. */
#pragma once

#include "rules/activity.h"
#include "rules/arena.h"
#include "rules/auth/dns.h"
#include "rules/auth/egress.h"
#include "rules/auth/standing.h"
#include "rules/header.h"
#include "rules/history.h"
#include "rules/mime.h"
#include "rules/ownership.h"

/* What the MTA (or the command line) knows of a message beside its bytes. Strings are NULL where
 * unknown; none is owned. Nothing here names an MTA: what matters of it is told as a property. */
typedef struct {
    const char *sender; /* envelope sender without <>; "" is the null sender; NULL unknown */
    const char *const *recipients; /* without <>, n_recipients of them */
    guint n_recipients;
    const char *client_address; /* IP address in text form */
    const char *client_name;    /* as the MTA verified it */
    const char *helo;
    const char *login;       /* SASL login */
    const char *tls_version; /* of the client's connection: "TLSv1.3"; "" for none */
    gboolean local;          /* handed to sendmail(1) on this machine, not by SMTP */
    gboolean smtputf8;       /* MAIL FROM had SMTPUTF8 (RFC 6531) */
    gboolean smtputf8_known; /* the transport tells; where it does not, 8-bit UTF-8 is not blamed */
    gboolean completed_later; /* the MTA adds a missing Date, Message-ID or From after us */
    gint64 now; /* time of judgement, microseconds since the epoch; Date is compared with it */
    const OvHistory *history;     /* NULL: nothing is known of earlier mail */
    OvDnsBook *dns;               /* asked about the names in it; NULL: nothing is known of them */
    const OvEgress *egress;       /* how it will leave; NULL: not known */
    const OvEgress *egress_all;   /* how any mail of this server leaves; NULL: not known */
    gboolean egress_doubtful;     /* so much mail fails SPF that those addresses are not trusted */
    const OvStanding *standing;   /* how those addresses stand in the DNS; NULL: not known */
    const OvRecent *recent;       /* what those who send it sent lately; NULL: not known */
    const OvOwnership *ownership; /* whose addresses are whose; NULL: not known */
    gboolean traps_known;         /* it is known which addresses never asked for mail */
    guint trap_recipients;        /* how many of the recipients are such; where that is known */
} OvEnvelope;

typedef struct {
    const OvEnvelope *envelope;
    OvSlice raw;      /* header, empty line, body; bytes as they came, LF or CRLF */
    gsize size;       /* octets of the whole message; more than raw.length when it was cut */
    gboolean cut;     /* raw is the first part only (scan_limit) */
    OvHeader *header; /* never NULL */
    OvSlice body;     /* raw after the empty line */
    OvMime *mime;     /* never NULL */
} OvMessage;

/* Cuts raw into header and parts. Never fails: what is broken is told by header and mime. raw and
 * envelope must outlive the message; the rest lives in arena, which also bounds it.
 * deadline: monotonic microseconds (g_get_monotonic_time) after which the walk stops; 0 for none.
 */
OvMessage *ov_message_parse(OvArena *arena, const OvEnvelope *envelope, OvSlice raw, gsize size,
                            gint64 deadline);
