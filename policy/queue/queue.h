/* The MTA's queue: what waits in it, and acting on one message of it: by the MTA's own ways
 * (policy/queue/commands.h), or through outvet-queue, which has the rights for them
 * (policy/queue/agent.h). */
#pragma once

#include "policy/queue/request.h"
#include "policy/settings.h"

typedef struct OvQueue OvQueue;

/* For a command: root works by the MTA's own commands, others through the agent where it answers;
 * where it doesn't they may only list. */
OvQueue *ov_queue_open(const OvSettings *settings, GError **error);
/* Through the agent alone. Each call waits for it some two minutes at most, and ends when wake can
 * be read (-1: nothing does that). */
OvQueue *ov_queue_open_agent(const OvSettings *settings, int wake);
void ov_queue_free(OvQueue *queue);

/* TRUE where messages may be read and acted upon; else with error, which tells what it takes. what:
 * "reading a message in the queue". */
gboolean ov_queue_may_act(const OvQueue *queue, const char *what, GError **error);
/* Asks the agent for nothing. FALSE where it doesn't answer, or there is none. */
gboolean ov_queue_answers(OvQueue *queue, GError **error);

/* One message in the queue. */
typedef struct {
    char *queue; /* "hold", "active", "deferred", "incoming", "maildrop"; Sendmail's quarantine is
                    "hold" */
    char *queue_id;
    gint64 arrival; /* microseconds since the epoch, whole seconds */
    guint64 size;   /* octets; Sendmail's: of the body */
    char *sender;
    GPtrArray *recipients; /* char * */
    char *reason;          /* the first recipient's delay reason, or NULL */
} OvQueued;

/* Everything in the queue, as an array of OvQueued, or that of one name ("hold"; NULL for all).
 * What moves while it is read may be there twice or not at all. */
GPtrArray *ov_queue_list(OvQueue *queue, const char *name, GError **error);
/* The same from the text of a listing. */
GPtrArray *ov_queue_parse(const char *text, gsize length, const char *name);

/* The start of the message in the queue, header and body as they would be sent, lines ended by LF:
 * at most limit octets. header: only that. The caller frees it. */
char *ov_queue_read(OvQueue *queue, const char *queue_id, gboolean header, gsize limit,
                    gsize *length, GError **error);

/* Releases or holds messages by as many commands as it takes; those that are not there any more, or
 * not in the queues that the action is for, are passed over. */
gboolean ov_queue_act_all(OvQueue *queue, OvQueueVerb verb, const char *const *queue_ids, guint n,
                          GError **error);

/* Releases, requeues or deletes one message of the hold queue; never one in another queue. */
gboolean ov_queue_act(OvQueue *queue, OvQueueVerb verb, const char *queue_id, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvQueue, ov_queue_free)
