/* Alerts: what an operator is to hear of now: a stolen account, a block, trouble of Outvet itself.
 * Any thread raises them; they are gathered by kind and subject (policy/alert/groups.h), logged,
 * and sent over the channels that [alert] names, each on a thread of its own, so that one that
 * hangs keeps no other waiting. Raising never waits for any of it. */
#pragma once

#include "policy/settings.h"

#include <jansson.h>

/* The gravest first; so they are told. */
typedef enum {
    OV_ALERT_TEST,       /* outvet alert test */
    OV_ALERT_PROVIDER,   /* the provider blocks an address; subject: the address */
    OV_ALERT_SUSPENDED,  /* somebody may not send any more; subject: who or what */
    OV_ALERT_BLOCK_LIST, /* subject: the address, and the list */
    OV_ALERT_TROUBLE,    /* of Outvet itself; subject: "ledger", "dns", ... */
    OV_ALERT_LIMIT,      /* subject: the account, domain, ... that passed it */
    OV_ALERT_BOUNCES,    /* too many; subject: the account or domain */
    OV_ALERT_HELD,       /* a message is held, the first of that account today; subject: account */
    OV_N_ALERT_KINDS
} OvAlertKind;

enum { OV_ALERT_MAX_DETAILS = 16 };

typedef struct {
    OvAlertKind kind;
    const char *subject;  /* whom or what it is about. Alerts of one kind and subject go together */
    const char *reason;   /* a sentence or some: what happened */
    const char *queue_id; /* of the message that it is about; or NULL */
    const char *advice;   /* what to do, with the command for it; or NULL */
    const char *const *details; /* name, value, ..., NULL: for programs, and shown to people; the
                                   first OV_ALERT_MAX_DETAILS pairs; or NULL */
} OvAlert;

typedef struct OvAlerts OvAlerts;

/* Takes alerts from now on; sends none before ov_alerts_start. */
OvAlerts *ov_alerts_new(void);
/* At any time. Thread-safe; copies what it needs, waits for nothing. Texts may be any octets: they
 * are made fit to be shown, and cut at 1,000 octets (subject: 255). alerts NULL: does nothing. */
void ov_alerts_raise(OvAlerts *alerts, const OvAlert *alert);

/* key: the node's own, by which it knows its alert mails (policy/alert/seal.h); is copied. Refers
 * to settings. Before the functions below are called. */
enum { OV_ALERT_KEY_SIZE = 32 };
void ov_alerts_start(OvAlerts *alerts, OvSettings *settings, const guint8 key[OV_ALERT_KEY_SIZE]);
/* At a reload. Thread-safe. */
void ov_alerts_set(OvAlerts *alerts, OvSettings *settings);
/* Sends what is gathered, each channel with one attempt, and ends the threads. */
void ov_alerts_stop(OvAlerts *alerts);
/* When no thread raises any more. NULL does nothing. */
void ov_alerts_free(OvAlerts *alerts);

/* Whether a message that came without login from this machine is an alert mail of ours: what its
 * X-Outvet-Alert and Message-ID say. Each may be NULL. Thread-safe. */
gboolean ov_alerts_own(OvAlerts *alerts, const char *seal, const char *message_id);

/* Sends a test alert over every channel that is set, one attempt each, and waits for them: an array
 * of {"channel", "ok", "error"}. Thread-safe. */
json_t *ov_alerts_test(OvAlerts *alerts);
/* For `outvet status`. Thread-safe. */
json_t *ov_alerts_status(OvAlerts *alerts);

/* "held"; "First held message". */
const char *ov_alert_kind_name(OvAlertKind kind);
const char *ov_alert_kind_title(OvAlertKind kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvAlerts, ov_alerts_free)
