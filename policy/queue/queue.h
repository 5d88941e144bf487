/* The MTA's queue: what waits in it, and acting on one message of it. Postfix's, through postqueue,
 * postcat and postsuper. */
#pragma once

#include "policy/settings.h"

typedef struct OvQueue OvQueue;

#define OV_QUEUE_ERROR (ov_queue_error_quark())
GQuark ov_queue_error_quark(void);
typedef enum {
    OV_QUEUE_ERROR_MTA,        /* no MTA whose queue can be asked */
    OV_QUEUE_ERROR_COMMAND,    /* its command failed; the message has its words */
    OV_QUEUE_ERROR_PERMISSION, /* this takes root */
    OV_QUEUE_ERROR_ID,         /* not a queue id */
    OV_QUEUE_ERROR_GONE,       /* there is no such message any more */
} OvQueueError;

/* Finds the MTA's commands by the settings. */
OvQueue *ov_queue_open(const OvSettings *settings, GError **error);
void ov_queue_free(OvQueue *queue);

/* TRUE for what can be a queue id of Postfix: short ones are hexadecimal, long ones of its 52
 * letters and digits. Everything that goes to a command passes this. */
gboolean ov_queue_id_valid(const char *text);

/* One message in the queue. */
typedef struct {
    char *queue; /* "hold", "active", "deferred", "incoming", "maildrop" */
    char *queue_id;
    gint64 arrival; /* microseconds since the epoch, whole seconds */
    guint64 size;   /* octets */
    char *sender;
    GPtrArray *recipients; /* char * */
    char *reason;          /* the first recipient's delay reason, or NULL */
} OvQueued;

/* Everything in the queue, as an array of OvQueued, or that of one name ("hold"; NULL for all).
 * What moves while it is read may be there twice or not at all. */
GPtrArray *ov_queue_list(OvQueue *queue, const char *name, GError **error);
/* The same from postqueue -j's output. */
GPtrArray *ov_queue_parse(const char *text, gsize length, const char *name);

/* The start of the message in the queue, header and body as they would be sent, lines ended by LF:
 * at most limit octets. header: only that. The caller frees it. */
char *ov_queue_read(OvQueue *queue, const char *queue_id, gboolean header, gsize limit,
                    gsize *length, GError **error);

typedef enum {
    OV_QUEUE_RELEASE, /* out of the hold queue */
    OV_QUEUE_REQUEUE, /* the same, as new mail with a full lifetime and a new queue id */
    OV_QUEUE_DELETE,
    OV_QUEUE_HOLD, /* from the incoming, active and deferred queues */
} OvQueueAction;

/* Releases or holds messages by one command; those that are not there any more, or not in the
 * queues that the action is for, are passed over. */
gboolean ov_queue_act_all(OvQueue *queue, OvQueueAction action, const char *const *queue_ids,
                          guint n, GError **error);

/* Acts on one message of the hold queue; never on one in another queue. */
gboolean ov_queue_act(OvQueue *queue, OvQueueAction action, const char *queue_id, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvQueue, ov_queue_free)
