/* Vets the message that a session has collected: judgement, account, verdict, ledger row, log line.
 * Knows nothing of libmilter; what comes out is what the MTA is to be told. */
#pragma once

#include "milter/answer.h"
#include "milter/session.h"

/* What is done with the message. */
typedef enum {
    OV_ACTION_PASS,  /* accept */
    OV_ACTION_HOLD,  /* accept, and quarantine with reason */
    OV_ACTION_REPLY, /* refuse, for now or for good, as reply says */
} OvActionKind;

typedef struct {
    OvActionKind kind;
    gboolean clean; /* take forged fields out */
    gboolean tag;   /* add our header fields; score, hits and id are set, auth may be NULL */
    const char *score, *hits, *auth, *id, *reason;
    OvReply reply;
} OvAction;

/* Never fails: trouble becomes an action too ([milter] on_error). The action's text lives in the
 * session's arena, up to ov_session_reset. */
void ov_vet(OvSession *session, OvDaemon *daemon, OvAction *action);

/* The action for trouble outside ov_vet: tempfail or pass, as [milter] on_error says; logged. */
void ov_vet_trouble(OvSession *session, OvDaemon *daemon, OvAction *action, const char *what);
