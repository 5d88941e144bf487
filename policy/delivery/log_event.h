/* What a line of an MTA's log tells of a message: Postfix's and Sendmail's forms. Pure; slices lie
 * in the text that was parsed.
 *
 * A sender chooses addresses and Message-IDs, a receiver chooses his answer, and both may look like
 * log lines. So a line is read from its start, by the keys that the MTA writes in that order: an
 * address ends where its quoting ends it, and the answer is what stands behind `status=WORD (` or
 * `stat=`, whatever it contains. */
#pragma once

#include "policy/ledger/delivery.h"
#include "rules/arena.h"

typedef enum {
    OV_LOG_NOTHING,    /* of no interest here */
    OV_LOG_MESSAGE_ID, /* message_id */
    OV_LOG_CLIENT,     /* client, login; or handed to sendmail(1): uid, sender */
    OV_LOG_QUEUED,     /* sender, size, n_recipients; Sendmail: message_id and client, too */
    OV_LOG_OUTCOME,    /* uid of Sendmail's; recipients, relay, delay, enhanced, outcome, answer */
    OV_LOG_EXPIRED,    /* who still waited gets no more tries */
    OV_LOG_HELD,       /* put on hold; answer: why, without whose message */
    OV_LOG_RELEASED,
    OV_LOG_DELETED,  /* by an operator, or thrown away before it was queued */
    OV_LOG_FINISHED, /* the MTA is done with it */
    OV_LOG_NOTIFIED, /* other_id: the queue id of the bounce to its sender */
    OV_LOG_SPLIT,    /* Sendmail: other_id: the queue ids of parts of it, see ov_log_event_part */
} OvLogEventKind;

typedef struct {
    OvLogEventKind kind;
    OvSlice queue_id;
    OvSlice other_id;
    OvSlice message_id; /* with its <> where it has them */
    OvSlice sender;     /* without <> */
    OvSlice client;     /* as logged: host[address] */
    OvSlice login;
    OvSlice uid;        /* of who called sendmail(1), digits */
    OvSlice recipients; /* as logged, one or more: see ov_log_event_recipient */
    OvSlice original;   /* what the recipient was before it was rewritten, or empty */
    OvSlice transport;  /* see ov_log_transport; Sendmail's mailer */
    OvSlice relay;      /* host[address]:port, or a word: none, local; without Sendmail's spaces */
    OvSlice enhanced;   /* the MTA's own: "5.1.1"; empty where there is none */
    OvSlice answer;     /* the text: the receiver's answer, or the MTA's own words */
    double delay;       /* seconds since the message came; negative where it is not told */
    gint64 size;        /* octets */
    guint n_recipients;
    OvOutcome outcome;
} OvLogEvent;

/* program and text as in OvLogLine, or of the journal's fields. FALSE with kind NOTHING where the
 * line tells nothing. */
gboolean ov_log_event_parse(OvSlice program, OvSlice text, OvLogEvent *event);

/* The next recipient of an OUTCOME, without <>. *position starts at 0. FALSE at the end. */
gboolean ov_log_event_recipient(const OvLogEvent *event, gsize *position, OvSlice *recipient);

/* The next queue id of a SPLIT. *position starts at 0. FALSE at the end. */
gboolean ov_log_event_part(const OvLogEvent *event, gsize *position, OvSlice *queue_id);

/* The name that Postfix logs a delivery under, as far as it tells transports apart: the program
 * without a leading "postfix/" and without the daemon at its end where something is left then.
 * "postfix/smtp" is smtp, "postfix/relay/smtp" relay, "smtp-out2/smtp" smtp-out2. */
OvSlice ov_log_transport(OvSlice program);

/* Sendmail's line of a login: it names no queue id, and tells of the messages that the same process
 * takes after it. FALSE where text is none. */
gboolean ov_log_login_parse(OvSlice text, OvSlice *client, OvSlice *login);

/* A text of an event for keeping: valid UTF-8, of at most longest octets of it. NULL for an empty
 * one. */
const char *ov_log_keep(OvArena *arena, OvSlice text, gsize longest);
