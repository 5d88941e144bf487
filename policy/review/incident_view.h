/* All that is known of an incident, for people: who sent it, what he did before and after, what was
 * done about it, and what stands in the way of the unblock. */
#pragma once

#include "policy/ledger/incident.h"
#include "policy/ledger/suspension.h"
#include "policy/provider/interlock.h"
#include "policy/review/command.h"

#include <jansson.h>

/* What an account of the incident did in the day before its first detection, and since then;
 * counted over its newest messages. */
typedef struct {
    guint messages, recipients, held; /* held: or refused */
    double score;                     /* mean */
    guint bounced, deferred;          /* recipients */
    guint complaints;                 /* of feedback loops, about them */
} OvCulpritDeeds;

typedef struct {
    const OvCulprit *culprit;
    gboolean blamed; /* it must be stopped: ov_response_is_culprit */
    OvCulpritDeeds before, after;
    const char *source; /* how its messages came: "login", "script", ...; NULL not known */
    const char *login, *script;
    const char *clients;               /* addresses that it sent from, the first of them */
    const OvSuspensionRow *suspension; /* the last change; NULL for none */
    const OvLedgerRecord *const *spam; /* messages of it that the provider named, newest first */
    guint n_spam;
} OvSuspect;

typedef struct {
    const OvIncident *incident;
    gint64 now;
    const OvSuspect *suspects; /* the most detections first; one may be nobody known */
    guint n_suspects;
    const OvObstacle *obstacles; /* none while it is not open */
    guint n_obstacles;
    const OvIncidentEvent *events; /* oldest first */
    guint n_events;
    const OvIncident *others; /* other blocks of the address, newest first */
    guint n_others;
    const OvNodeReport *nodes;
    guint n_nodes;
} OvIncidentView;

/* The incident that the command's first operand names by its number; NULL after telling why on
 * standard error, with the exit code. */
OvIncident *ov_incident_named(OvLedger *ledger, const OvArguments *arguments, OvArena *arena,
                              OvExit *code);
/* FALSE with error; what it refers to lives as long as the arena. */
gboolean ov_incident_view_read(OvIncidentView *view, OvLedger *ledger, const OvSettings *settings,
                               const OvIncident *incident, OvArena *arena, GError **error);

/* "blocked until 2026-11-29 11:00:00", in local time; the caller frees it. */
char *ov_incident_state_text(const OvIncident *incident, gint64 now);

/* "account:shop is suspended since 2026-11-29 10:00:00 by olga", and a line feed. */
void ov_suspended_since_append(GString *out, const OvSuspensionRow *suspension);

/* What to look at and do, by the guide's steps (G1-G4, G30, G31). */
void ov_incident_explain_append(GString *out, const OvIncidentView *view, gboolean colour);
/* The facts and the timeline. */
void ov_incident_view_append(GString *out, const OvIncidentView *view, gboolean colour);
json_t *ov_incident_json(const OvIncident *incident);
json_t *ov_incident_view_json(const OvIncidentView *view);
