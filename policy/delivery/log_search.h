/* An MTA's old logs, searched for messages by their Message-IDs (guide G3): mail from before
 * Outvet, or of another node. Postfix's and Sendmail's forms, plain, .gz and .xz, in any order of
 * files.
 *
 * Two passes: the first finds the queue ids of the Message-IDs, the second the other lines of those
 * queue ids: who handed the message in stands before the line that names the Message-ID, what
 * became of it stands behind, maybe in another file. Postfix uses short queue ids again: a client's
 * line counts within an hour, what follows within 10 days, both up to where the id changes hands.
 *
 * Several threads read, large plain files in parts. What is kept does not grow with the logs, only
 * with what is found, and that is bounded, too. */
#pragma once

#include "policy/ledger/delivery.h"

enum {
    OV_LOG_SEARCH_MAX_IDS = 10000,
    OV_LOG_SEARCH_MAX_MESSAGES = 20, /* of one Message-ID that are told, the newest */
};

/* Texts are valid UTF-8 as logged, NULL where nothing is told. */
typedef struct {
    const char *address; /* without <> */
    OvOutcome outcome;   /* of the last try */
    guint tries;
    gint64 first, last; /* tries, microseconds since the epoch */
    const char *transport, *relay, *enhanced, *answer;
} OvLoggedRecipient;

typedef struct {
    const char *host, *queue_id;
    gint64 time;      /* of the line that names the Message-ID, microseconds since the epoch */
    const char *file; /* where that line stands */
    guint64 line;     /* from 1 */
    const char
        *client;       /* "pc.example[192.0.2.7]"; Sendmail: "paul@localhost" for its own machine */
    const char *login; /* SASL login */
    gint64 uid;        /* who called sendmail(1); -1 where it came by SMTP */
    const char *sender;                  /* "" is the null sender */
    gint64 size;                         /* octets; 0: not told */
    const OvLoggedRecipient *recipients; /* in order of their first try */
    guint n_recipients;
    gboolean finished; /* the MTA has told that it is done with it */
} OvLoggedMessage;

typedef struct {
    const char *message_id;          /* as wanted, without <> */
    const OvLoggedMessage *messages; /* newest first */
    guint n_messages;
    guint64 n_seen; /* how often a log names it; more than n_messages where some are not told */
} OvLogFound;

typedef struct {
    const OvLogFound *found; /* one for each wanted, in their order, also for those not found */
    guint n_found;
    const char *const
        *troubles; /* files that can't be read, or not to the end; the rest is searched */
    guint n_troubles;
    guint64 lines, octets; /* read in the first pass */
    gboolean left_out;     /* more was found than is kept: recipients are missing */
} OvLogSearch;

/* Wanted Message-IDs (at most OV_LOG_SEARCH_MAX_IDS) are compared without <>, white space around
 * them, and ASCII case. files: paths, "-" is none, as each is read twice. threads: 0 for as many as
 * there are processors. Takes seconds for a gigabyte. Everything in the arena, but paths. */
OvLogSearch *ov_log_search(const char *const *message_ids, guint n_message_ids,
                           const char *const *files, guint n_files, guint threads, OvArena *arena);
