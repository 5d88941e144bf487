/* What a search keeps of each queue id that it follows: the events of its lines, and the messages
 * that they make. For log_search.c. */
#pragma once

#include "policy/delivery/log_event.h"
#include "policy/delivery/log_line.h"
#include "policy/delivery/log_search.h"

/* How long before its Message-ID is named a message's lines may begin, and how long behind they
 * end; microseconds. */
#define OV_LOG_TRAIL_BEFORE (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)
#define OV_LOG_TRAIL_AFTER  (G_GINT64_CONSTANT(10) * 24 * 3600 * G_USEC_PER_SEC)

typedef struct OvLogTrails OvLogTrails;

/* files: of the numbers that places have. */
OvLogTrails *ov_log_trails_new(const char *const *files);
void ov_log_trails_free(OvLogTrails *trails);

/* A message of that host, queue id and process (empty for none) was named at that time. Not to be
 * called any more once one of the following was. */
void ov_log_trails_follow(OvLogTrails *trails, OvSlice host, OvSlice queue_id, OvSlice process,
                          gint64 time);

/* Whether a line of any host's queue id may be of interest: few that are not pass. */
gboolean ov_log_trails_may_follow(const OvLogTrails *trails, OvSlice queue_id);
/* Whether lines of that host's queue id, or of its process, at that time are of interest. */
gboolean ov_log_trails_follows(const OvLogTrails *trails, OvSlice host, OvSlice queue_id,
                               gint64 time);
gboolean ov_log_trails_follows_process(const OvLogTrails *trails, OvSlice host, OvSlice process,
                                       gint64 time);

typedef struct {
    guint file;   /* number of the file */
    guint64 line; /* from 1 */
    gint64 time;  /* microseconds since the epoch */
    OvSlice host, process;
} OvLogPlace;
/* Thread-safe. What is more than is kept is left out. */
void ov_log_trails_add(OvLogTrails *trails, const OvLogPlace *place, const OvLogEvent *event);
void ov_log_trails_add_login(OvLogTrails *trails, const OvLogPlace *place, OvSlice client,
                             OvSlice login);
gboolean ov_log_trails_left_out(const OvLogTrails *trails);

/* Calls take for each message that has a Message-ID, the events of each queue id in their order;
 * its texts live in the arena. message_id: as logged. */
typedef void (*OvLogTrailFunc)(const OvLoggedMessage *message, OvSlice message_id, gpointer data);
void ov_log_trails_fold(OvLogTrails *trails, OvArena *arena, OvLogTrailFunc take, gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvLogTrails, ov_log_trails_free)
