/* Incidents: one for each block of one address by the provider, with its detections, what was done
 * about it, and by whom. They stay in the ledger as long as an auditor may ask: they are never
 * pruned. All functions work on a reader too, where the process may write the file, and are
 * thread-safe. Texts are made valid UTF-8 and cut at 1,000 octets. Times are microseconds since the
 * epoch. */
#pragma once

#include "policy/ledger/ledger.h"

/* Of hosting: known from a mail or a list alone. */
#define OV_HOSTING_IMPORT "import"

/* How far it has come. */
typedef enum {
    OV_INCIDENT_OPEN,    /* blocked; nobody asked for the unblock yet */
    OV_INCIDENT_ASKED,   /* an operator asked for the unblock; outvetd is to send the request */
    OV_INCIDENT_SENDING, /* recorded before the request goes out: after a crash here the provider is
                            asked how it stands, before anything is sent again */
    OV_INCIDENT_UNBLOCKING, /* the provider has taken it */
    OV_INCIDENT_EASING,     /* unblocked; who was suspended for it sends at a small rate */
    OV_INCIDENT_CLOSED,
    OV_N_INCIDENT_PHASES
} OvIncidentPhase;
/* "open", "asked", "sending", "unblocking", "easing", "closed". */
const char *ov_incident_phase_name(OvIncidentPhase phase);
gboolean ov_incident_phase_parse(const char *name, OvIncidentPhase *phase);

typedef struct {
    gint64 id;           /* ascending from 1 */
    const char *hosting; /* "ovh"; or OV_HOSTING_IMPORT */
    const char *network; /* as the provider lists it; "" where it is not known */
    const char *address; /* dotted quad */
    gint64 since;        /* when the block began; of an import when it was first seen */
    gint64 duration;     /* of the whole block, seconds; 0: not known */
    const char *state;   /* the provider's, ov_block_state_name */
    OvIncidentPhase phase;
    gint64 opened;                /* first sight */
    gint64 unblocked;             /* 0: not yet */
    gint64 closed;                /* 0: not yet */
    gint64 wake;                  /* when the phase wants to be looked at next; 0: at once */
    gint64 total, spams, average; /* of the provider's report; -1: not told */
    gint64 detections;            /* how many are recorded; reading only */
    gint64 explained;             /* of those neither new nor unknown; reading only */
} OvIncident;

/* Opens one, unless there is one of that address and since (to the second) already: *id is its,
 * *opened (may be NULL) tells. id, detections and explained are not read. */
gboolean ov_ledger_open_incident(OvLedger *ledger, const OvIncident *incident, gint64 *id,
                                 gboolean *opened, GError **error);
/* Sets network, duration, state, unblocked, closed, wake, total, spams, average and phase of the
 * incident with that id, where its phase is still from: else nothing, and *changed is FALSE. */
gboolean ov_ledger_change_incident(OvLedger *ledger, const OvIncident *incident,
                                   OvIncidentPhase from, gboolean *changed, GError **error);
/* NULL without error where there is none of that id. */
OvIncident *ov_ledger_incident(OvLedger *ledger, gint64 id, OvArena *arena, GError **error);
/* Newest first; of one address where that is not NULL; open: only those that are not closed. */
OvIncident *ov_ledger_incidents(OvLedger *ledger, const char *address, gboolean open, guint limit,
                                OvArena *arena, guint *n, GError **error);

/* What the incident's detections come from, as far as it is known. */
typedef enum {
    OV_DETECTION_NEW,     /* not looked for yet */
    OV_DETECTION_FOUND,   /* one message of the ledger, or one that is the likeliest by far */
    OV_DETECTION_SEVERAL, /* several; the likeliest is told */
    OV_DETECTION_UNKNOWN, /* not in the ledger */
    OV_DETECTION_LOGS,    /* in the MTA's old logs; text tells */
    OV_DETECTION_MARKED,  /* an operator says what it is; text and operator_name tell */
    OV_N_DETECTION_FINDINGS
} OvDetectionFinding;
const char *ov_detection_finding_name(OvDetectionFinding finding);

typedef struct {
    gint64 id;
    const char *message_id;  /* "" for none */
    const char *destination; /* NULL for none */
    gint64 time;             /* 0: not told */
    gint64 score;            /* G_MININT64: not told */
    const char *origin;      /* "api", "mail", "list" */
    OvDetectionFinding finding;
    gint64 message;      /* of the ledger; 0 for none */
    const char *account; /* of the message, or of the logs; NULL where it is not known */
    const char *text, *operator_name; /* NULL for none */
} OvDetection;

/* Adds those that are not there yet: the same (Message-ID, destination, time, score) told n times
 * in one call stands for n messages, and told n times again for the same. One told without time is
 * one of those told with a time, before or after it, and then has that time. Times told to the
 * second and without zone by a mail are not told at all. *n_new (may be NULL). All or none. */
gboolean ov_ledger_add_detections(OvLedger *ledger, gint64 incident, const OvDetection *detections,
                                  guint n, guint *n_new, GError **error);
/* Sets finding, message, account, text and operator_name by id; all or none. What an operator has
 * marked changes by another mark alone, also where it was marked meanwhile. */
gboolean ov_ledger_explain_detections(OvLedger *ledger, const OvDetection *detections, guint n,
                                      GError **error);
/* Oldest first, those after an id, at most limit; finding OV_N_DETECTION_FINDINGS: all. */
OvDetection *ov_ledger_detections(OvLedger *ledger, gint64 incident, OvDetectionFinding finding,
                                  gint64 after, guint limit, OvArena *arena, guint *n,
                                  GError **error);
/* The accounts of an incident's detections, the most first. */
typedef struct {
    const char *account; /* "" for those that are not known */
    gint64 detections;
    gint64 first, last; /* of the messages; 0 where not known */
} OvCulprit;
OvCulprit *ov_ledger_culprits(OvLedger *ledger, gint64 incident, OvArena *arena, guint *n,
                              GError **error);

/* The timeline. kind, one word: "opened", "detections", "suspended", "held" (its queue), "alert",
 * "note", "imported", "marked", "asked", "refused", "sent", "still_blocked", "unblocking",
 * "unblocked", "eased", "resumed", "sample", "forced", "trouble", "closed". */
typedef struct {
    gint64 time;
    const char *kind;
    const char *operator_name; /* "" for Outvet itself */
    const char *text;
} OvIncidentEvent;
gboolean ov_ledger_add_incident_event(OvLedger *ledger, gint64 incident,
                                      const OvIncidentEvent *event, GError **error);
/* Oldest first; since: at that time or later. */
OvIncidentEvent *ov_ledger_incident_events(OvLedger *ledger, gint64 incident, gint64 since,
                                           OvArena *arena, guint *n, GError **error);

/* Subjects (policy/limits/subject.h, text form) that are suspended for an incident, so that they
 * are eased and resumed with it. step: 0 suspended, 1 eased, 2 resumed, or an operator's to
 * resume. */
typedef struct {
    const char *subject;
    guint step;
} OvIncidentSubject;
gboolean ov_ledger_put_incident_subject(OvLedger *ledger, gint64 incident, const char *subject,
                                        guint step, GError **error);
OvIncidentSubject *ov_ledger_incident_subjects(OvLedger *ledger, gint64 incident, OvArena *arena,
                                               guint *n, GError **error);

/* A lease: at most one holder at a time, until then or until it gives it back. *taken: whether it
 * is holder's now; taking one's own again prolongs it, and never makes it shorter. One that ends
 * more than an hour later than this one would was taken before the clock was set back, and holds
 * nobody up. */
gboolean ov_ledger_take_lease(OvLedger *ledger, const char *name, const char *holder, gint64 now,
                              gint64 until, gboolean *taken, GError **error);
gboolean ov_ledger_give_lease(OvLedger *ledger, const char *name, const char *holder,
                              GError **error);

/* What the poller remembers, by a name of its own: the last success, the time up to which an
 * address's reports were read. value NULL forgets it; *value: NULL for none. */
gboolean ov_ledger_put_mark(OvLedger *ledger, const char *name, const char *value, GError **error);
gboolean ov_ledger_mark(OvLedger *ledger, const char *name, OvArena *arena, const char **value,
                        GError **error);

/* What each node does: that it runs, up to which row it knows the suspensions, from which addresses
 * it sends, and what it saw in its queue of the subjects that are suspended. */
typedef struct {
    const char *node;
    gint64 seen;
    gint64 suspension; /* id of the last row that is in force there */
    const char
        *egress;   /* addresses, separated by blanks, cut at 100,000 octets; "" where not told */
    gint64 looked; /* when it last looked through its queue; 0: never, or it can't */
    gint64 moving; /* messages of suspended subjects that are not on hold then */
    const char *trouble; /* why it could not look; "" for none */
} OvNodeReport;
/* In place of what it told before. Nodes that were seen last over 60 days before it are forgotten.
 */
gboolean ov_ledger_put_node(OvLedger *ledger, const OvNodeReport *report, GError **error);
/* By name. */
OvNodeReport *ov_ledger_nodes(OvLedger *ledger, OvArena *arena, guint *n, GError **error);
