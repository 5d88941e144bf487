/* The interlock (guide G30, G31): what stands in the way of an unblock. Nobody may ask for it while
 * mail can still flow from what sent the spam: the next block comes at once and lasts longer. */
#pragma once

#include "policy/ledger/incident.h"

typedef enum {
    OV_OBSTACLE_SENDING,     /* who sent the spam is not suspended */
    OV_OBSTACLE_NODE,        /* a node does not report, or does not know the suspension yet */
    OV_OBSTACLE_QUEUE,       /* its queue moves, or can't be looked through */
    OV_OBSTACLE_DELIVERED,   /* mail left through the address a while ago */
    OV_OBSTACLE_UNEXPLAINED, /* detections that nobody explained */
} OvObstacleKind;

/* "sending", ... */
const char *ov_obstacle_name(OvObstacleKind kind);

typedef struct {
    OvObstacleKind kind;
    const char *text;    /* what is missing, a sentence without full stop */
    const char *command; /* that clears it, or shows more; NULL where only time helps */
} OvObstacle;

/* All of them, an empty array where the unblock may be asked for; NULL with error. Nodes that said
 * nothing for a week are gone; those that report only addresses other than the incident's have no
 * part in it. */
OvObstacle *ov_interlock(OvLedger *ledger, const OvSettings *settings, const OvIncident *incident,
                         gint64 now, OvArena *arena, guint *n, GError **error);
