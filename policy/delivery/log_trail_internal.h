/* What a search keeps, inside: for log_trail.c and log_trail_fold.c. */
#pragma once

#include "policy/delivery/log_trail.h"

enum { OV_LOG_TRAIL_FILTER = 1 << 16 /* bits */, OV_LOG_TRAIL_MAX_NAME = 255 /* octets */ };

/* One line, or one recipient of it. */
typedef struct OvLogTrailEvent OvLogTrailEvent;
struct OvLogTrailEvent {
    OvLogTrailEvent *before; /* the one that was added before it */
    OvLogEventKind kind;
    OvOutcome outcome;
    guint file;
    guint64 line;
    gint64 time;
    gint64 since; /* first time of its queue id in this file */
    gint64 uid, size;
    const char *message_id, *sender, *client, *login, *process;
    const char *recipient, *transport, *relay, *enhanced, *answer;
};

typedef struct {
    OvSlice host, key;       /* the queue id; or the process in [], which no queue id has */
    gint64 first, last;      /* when messages of it were named */
    OvLogTrailEvent *latest; /* that was added; NULL for none */
    guint n_events;
} OvLogTrail;

struct OvLogTrails {
    const char *const *files;
    GHashTable *trails; /* set of OvLogTrail */
    guint64 filter[OV_LOG_TRAIL_FILTER / 64];
    GMutex lock; /* of all events */
    OvArena *arena;
    gboolean left_out;
};

/* NULL where it is not followed. */
OvLogTrail *ov_log_trails_find(const OvLogTrails *trails, OvSlice host, OvSlice key);

/* Longer ones are no process ids, and like no other. */
typedef struct {
    char text[24];
} OvLogProcessKey;
OvSlice ov_log_trail_process_key(OvLogProcessKey *key, OvSlice process);
