/* What became of the ledger's messages after the MTA took them: by recipient the last outcome and
 * how often it was tried, and what happened to the message in the queue. It leaves the ledger with
 * its message. What the ledger knows no message of is not kept.
 *
 * The same events told again change nothing: an event of a recipient whose time lies between the
 * first and the last try that are known is one of them. */
#pragma once

#include "policy/ledger/ledger.h"

typedef enum {
    OV_OUTCOME_DEFERRED,
    OV_OUTCOME_DELIVERED,
    OV_OUTCOME_BOUNCED, /* for good */
    OV_OUTCOME_EXPIRED, /* deferred until its time was over */
    OV_OUTCOME_DELETED, /* deleted while it waited, or discarded */
    OV_N_OUTCOMES
} OvOutcome;

/* "deferred", "delivered", "bounced", "expired", "deleted". */
const char *ov_outcome_name(OvOutcome outcome);

typedef enum {
    OV_DELIVERY_OUTCOME,  /* of one try for one recipient */
    OV_DELIVERY_QUEUED,   /* nothing happened; only finds out whose queue id it is */
    OV_DELIVERY_EXPIRED,  /* what was deferred has expired */
    OV_DELIVERY_DELETED,  /* what was deferred is deleted */
    OV_DELIVERY_HELD,     /* put on hold; text: why */
    OV_DELIVERY_RELEASED, /* from hold */
    OV_DELIVERY_NOTIFIED, /* its sender got a bounce; text: the bounce's queue id */
} OvDeliveryKind;

/* One event. Texts are valid UTF-8; NULL where they are unknown. */
typedef struct {
    OvDeliveryKind kind;
    gint64 time; /* microseconds since the epoch */
    const char *queue_id;
    const char *message_id; /* of that queue id */
    const char *text;       /* of an outcome: the answer */
    /* Of an outcome: */
    OvOutcome outcome;
    const char *recipient; /* address without <> */
    const char *relay, *transport;
    guint code; /* of SMTP; 0 for none */
    const char *enhanced;
    const char *reason; /* why not delivered: a class, in one word */
    /* What ov_ledger_add_deliveries found out: */
    gint64 message; /* 0 where the ledger knows none */
    gboolean fresh; /* it was not known before */
    const char *account, *sender;
} OvDelivery;

/* How far a log was read; what position says is the reader's business. */
typedef struct {
    const char *name, *position;
} OvLogMark;

/* Records all events, in their order, and the mark (NULL for none), or nothing. A message is found
 * by node and queue id, the newest that is not younger than the event, where its Message-ID does
 * not speak against it; else by Message-ID, within a week. What is found lives in the arena. Works
 * on a reader too, where the process may write the file. Thread-safe. */
gboolean ov_ledger_add_deliveries(OvLedger *ledger, const char *node, OvDelivery *deliveries,
                                  guint n, const OvLogMark *mark, OvArena *arena, GError **error);

/* *position: NULL where there is no such mark. FALSE with error. */
gboolean ov_ledger_log_position(OvLedger *ledger, const char *name, OvArena *arena,
                                const char **position, GError **error);

/* What is known of a recipient of a message. */
typedef struct {
    const char *queue_id;          /* NULL where it is the message's own */
    const char *domain;            /* in lower case */
    const char *address;           /* NULL where addresses are not kept */
    OvOutcome outcome;             /* the last one */
    gint64 attempts;               /* tries that are known */
    gint64 first, last;            /* microseconds since the epoch */
    guint code;                    /* 0 for none */
    const char *enhanced, *reason; /* as above; NULL for none */
    const char *transport, *relay, *text;
} OvDelivered;
/* In order of their last try; an empty array where none is known, NULL with error. */
OvDelivered *ov_ledger_delivered(OvLedger *ledger, gint64 message, OvArena *arena, guint *n,
                                 GError **error);

typedef struct {
    gint64 time;
    const char *event; /* "held", "released", "expired", "deleted", "notified" */
    const char *text;  /* NULL for none */
} OvQueueEvent;
/* Oldest first. */
OvQueueEvent *ov_ledger_queue_events(OvLedger *ledger, gint64 message, OvArena *arena, guint *n,
                                     GError **error);

/* Outcomes of messages that were taken since then, by transport, recipient's domain, outcome and
 * reason, the most first. */
typedef struct {
    const char *transport, *domain, *reason; /* "" where there is none */
    OvOutcome outcome;
    gint64 recipients, attempts;
    gint64 last;
    const char *text; /* the answer of the last of them */
} OvDeliveryCount;
OvDeliveryCount *ov_ledger_count_deliveries(OvLedger *ledger, gint64 since, guint limit,
                                            OvArena *arena, guint *n, GError **error);

/* What was delivered at since or later, of messages that were taken in the day before or since
 * then: the newest messages first, at most limit. */
typedef struct {
    gint64 message, time;
    const char *sender, *domain, *relay; /* relay NULL where none is told */
} OvDeparture;
OvDeparture *ov_ledger_departures(OvLedger *ledger, gint64 since, guint limit, OvArena *arena,
                                  guint *n, GError **error);
