/* One connection of the MTA, and the message that is being told on it: collects, and knows nothing
 * of libmilter or of judging. Used by one thread at a time. */
#pragma once

#include "milter/daemon.h"

typedef enum { OV_MTA_UNKNOWN, OV_MTA_POSTFIX, OV_MTA_SENDMAIL } OvMta;

/* A header field of ours that the message already had. */
typedef struct {
    const char *name; /* as it came first; the arena's */
    guint count;
} OvForged;

enum {
    OV_ENVELOPE_LIMIT = 4 * 1024 * 1024, /* octets of recipients kept; later ones are counted */
    OV_SEAL_LIMIT = 1000,                /* octets */
    OV_MAX_FORGED = 100, /* forged fields that are taken out; a message with more is refused */
};

typedef struct {
    /* What MTA and milter agreed on. */
    guint32 steps; /* SMFIP_ bits */
    gboolean can_quarantine, can_add, can_change, tells_tls;

    /* The connection. */
    char *client_address, *client_name, *helo;
    guint64 ticket; /* of policy/limits/limits.h; 0 where the client has no port */
    OvMta mta;
    gboolean simulated; /* the MTA tells of a message handed to sendmail(1) */

    /* The message; all of it is gone after ov_session_reset. */
    gboolean open;    /* between its begin and its end */
    gboolean in_hand; /* counted by the daemon; FALSE when it began while outvetd goes down */
    gboolean broken;  /* no memory for it */
    OvSnapshot *snapshot;
    OvDnsBook *dns;         /* its answers of the DNS; NULL where that is not asked */
    const OvEgress *egress; /* how it will leave; found when the header ends, NULL until then */
    OvStanding *standing;   /* how the egress addresses stood when it began; NULL: not known */
    OvArena *arena;
    const char *sender, *login, *queue_id;
    const char *tls_version; /* "" for none; NULL where the MTA does not tell */
    GPtrArray *recipients;   /* const char *, in arena; within OV_ENVELOPE_LIMIT */
    guint n_recipients;      /* all of them */
    gboolean smtputf8;
    gsize declared; /* SIZE= of MAIL FROM (RFC 1870), 0 where not given */
    GArray *forged; /* OvForged */
    guint n_forged; /* fields, all names */
    /* The last X-Outvet-Alert and Message-ID, without white space around them, cut at
     * OV_SEAL_LIMIT; NULL for none. */
    const char *seal, *message_id;
    gboolean header_ended;
    char *raw; /* the first raw_length octets of the message */
    gsize raw_length, raw_capacity;
    gsize size; /* octets that came */
} OvSession;

OvSession *ov_session_new(void);
void ov_session_free(OvSession *session, OvDaemon *daemon);

/* address: IP address as text, or NULL. port: as text, or NULL. name: as the MTA verified it;
 * "[192.0.2.1]" and "unknown" mean that it has none. */
void ov_session_connect(OvSession *session, OvDaemon *daemon, const char *address, const char *port,
                        const char *name);
void ov_session_helo(OvSession *session, const char *helo);

/* Begins a message; sender with or without <>, arguments as in MAIL FROM:<...> SIZE=... */
void ov_session_begin(OvSession *session, OvDaemon *daemon, const char *sender,
                      const char *const *arguments);
/* Who logged in for the message that began, NULL for nobody, and the version of TLS as OvEnvelope
 * has it. */
void ov_session_submission(OvSession *session, const char *login, const char *tls_version);
void ov_session_recipient(OvSession *session, const char *recipient);
/* One header field. leading_space: value has what stood after the colon, else one space is put
 * there. Line feeds within value become CRLF, everything else stays as it is. */
void ov_session_header(OvSession *session, const char *name, const char *value,
                       gboolean leading_space);
void ov_session_end_header(OvSession *session);
void ov_session_body(OvSession *session, const char *data, gsize length);
/* TRUE when no further octet of the message will be looked at. */
gboolean ov_session_full(const OvSession *session);
/* Ends the message, however it ended, and makes room for the next. */
void ov_session_reset(OvSession *session, OvDaemon *daemon);

/* The envelope as judgement takes it, when all recipients are there; points into the session. */
void ov_session_envelope(OvSession *session, OvEnvelope *envelope);
/* Size of the whole message, as far as it is known. */
gsize ov_session_size(const OvSession *session);
