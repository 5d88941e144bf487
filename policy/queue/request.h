/* What outvet-queue is asked, and what it answers: one request and one answer a connection, each a
 * JSON object in a line of its own:
 *     {"verb":"hold","ids":["4jYHR36lPQz1bY8f"]}
 *     {"ok":true,"length":0,"truncated":false,"said":"postsuper: Placed on hold: 1 message",
 *      "changed":1}
 *     {"ok":false,"error":"one sentence"}
 * The program's output, `length` octets, follows the answer's line. */
#pragma once

#include "rules/arena.h"

/* All that can be asked for. */
typedef enum {
    OV_QUEUE_HELLO,   /* nothing is done; for who wants to know whether there is an agent */
    OV_QUEUE_LIST,    /* the whole queue, in the form of Postfix's postqueue -j */
    OV_QUEUE_HEADER,  /* of one message */
    OV_QUEUE_SHOW,    /* header and body of one message */
    OV_QUEUE_HOLD,    /* from the incoming, active and deferred queues */
    OV_QUEUE_RELEASE, /* out of the hold queue */
    OV_QUEUE_REQUEUE, /* the same, as new mail with a full lifetime and a new queue id */
    OV_QUEUE_DELETE,  /* from the hold queue */
    OV_N_QUEUE_VERBS
} OvQueueVerb;

enum {
    OV_QUEUE_MAX_IDS = 1000,            /* of one request */
    OV_QUEUE_MAX_REQUEST = 64 * 1024,   /* octets, with the line feed */
    OV_QUEUE_MAX_ANSWER_LINE = 8 * 1024 /* likewise */
};

typedef struct {
    OvQueueVerb verb;
    const char *const *ids; /* queue ids: as many as the verb takes */
    guint n;
} OvQueueRequest;

typedef struct {
    char *output; /* of the program; NUL-terminated */
    gsize length;
    gboolean truncated; /* there was more, and the program was ended */
    char *said;         /* the last line of its standard error; "" for none */
    guint changed;      /* messages that were held, released, requeued or deleted */
} OvQueueAnswer;
void ov_queue_answer_clear(OvQueueAnswer *answer);

/* "hold". */
const char *ov_queue_verb_name(OvQueueVerb verb);

/* TRUE for what can be a queue id of Postfix (short ones are hexadecimal, long ones of its 52
 * letters and digits) or of Sendmail. Everything that goes to a command passes this. */
gboolean ov_queue_id_valid(const char *text);
/* TRUE for what can be one of Sendmail 8.12 and later: eight of its 60 letters and digits for the
 * time, and six or more digits of a process id. */
gboolean ov_queue_id_is_sendmail(const char *text);

/* TRUE where it has as many ids as its verb takes, and each can be one. */
gboolean ov_queue_request_check(const OvQueueRequest *request, GError **error);

/* Reads a request, which must be one whole line and nothing more, a verb that there is, and ids
 * that are valid; anything else in it is refused. What it gives lies in the arena. */
gboolean ov_queue_request_parse(OvQueueRequest *request, const char *text, gsize length,
                                OvArena *arena, GError **error);
/* The line of one that is valid. The caller frees it. */
char *ov_queue_request_format(const OvQueueRequest *request);

/* Reads an answer with what follows it. FALSE with error when it says so, or is none. */
gboolean ov_queue_answer_parse(OvQueueAnswer *answer, const char *text, gsize length,
                               GError **error);
/* Its line, with the line feed; the output is to follow. The caller frees it. */
char *ov_queue_answer_format(const OvQueueAnswer *answer);
char *ov_queue_refusal_format(const char *sentence);

#define OV_QUEUE_ERROR (ov_queue_error_quark())
GQuark ov_queue_error_quark(void);
typedef enum {
    OV_QUEUE_ERROR_MTA,        /* no MTA whose queue can be asked */
    OV_QUEUE_ERROR_COMMAND,    /* its command failed; the message has its words */
    OV_QUEUE_ERROR_PERMISSION, /* this takes root, or a place in the agent's group */
    OV_QUEUE_ERROR_ID,         /* not a queue id */
    OV_QUEUE_ERROR_GONE,       /* there is no such message any more */
    OV_QUEUE_ERROR_REQUEST,    /* not a request */
    OV_QUEUE_ERROR_ABSENT,     /* there is no agent's socket */
    OV_QUEUE_ERROR_SILENT,     /* there is one, and nobody answers, or not in time */
} OvQueueError;

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OvQueueAnswer, ov_queue_answer_clear)
