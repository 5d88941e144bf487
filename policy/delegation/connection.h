/* One connection of the policy service: octets in, answers out. Knows requests, not epoll. In a
 * turn it is asked for its next request again and again, and each is answered, until it has no
 * more. */
#pragma once

#include "policy/delegation/server.h"

enum {
    OV_POLICY_HALF_SECONDS = 10,      /* the rest of a request, and room for answers, within */
    OV_POLICY_IDLE_SECONDS = 20 * 60, /* between requests */
    OV_POLICY_MAX_OWED = 64 * 1024,   /* octets of answers that wait to be taken; until they are
                                         fewer, no further request is read */
};

typedef struct {
    int fd;
    GList link;      /* in the list of its loop, oldest deadline first; data is the connection */
    gboolean half;   /* in the list of those that owe a rest */
    gint64 deadline; /* monotonic, when it is closed if nothing changes */
    GString *in, *out;
    guint events;   /* that are waited for */
    gsize taken;    /* octets of in that are answered */
    gsize asked;    /* octets of the request that is being answered */
    gsize searched; /* octets of in that have no end of a request */
    gsize written;  /* octets of out that are gone */
    gboolean ended; /* the other side sends no more */
    guint rounds;   /* of this turn: blocks that were read, */
    guint answered; /* requests that were answered, */
    gboolean more;  /* and there may be more to read */
} OvPolicyConnection;

typedef enum {
    OV_POLICY_ASKED, /* there is a request */
    OV_POLICY_GO_ON, /* there is none now */
    OV_POLICY_OVER,  /* the other side has gone */
    OV_POLICY_DROP,  /* it is to be closed for its fault */
} OvPolicyFate;

OvPolicyConnection *ov_policy_connection_new(int fd);
void ov_policy_connection_free(OvPolicyConnection *connection); /* closes fd, too */

/* A turn begins. */
void ov_policy_connection_begin(OvPolicyConnection *connection);
/* Reads what is there, and writes what can be written. ASKED: *request is the next one, until it is
 * answered. DROP: *fault is why, in words. */
OvPolicyFate ov_policy_connection_next(OvPolicyConnection *connection, OvPolicyRequest *request,
                                       const char **fault);
/* Where the action is appended that answers the request; then it is answered. */
GString *ov_policy_connection_answer(OvPolicyConnection *connection);
void ov_policy_connection_answered(OvPolicyConnection *connection);
/* TRUE where a part of a request, or an answer that is not taken, waits: it has
 * OV_POLICY_HALF_SECONDS. */
gboolean ov_policy_connection_is_half(const OvPolicyConnection *connection);
/* What it waits for: EPOLLIN, EPOLLOUT or both. */
guint ov_policy_connection_events(const OvPolicyConnection *connection);
