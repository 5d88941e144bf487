/* One connection of the policy service: octets in, answers out. Knows requests, not epoll. */
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
    gsize searched; /* octets of in that have no end of a request */
    gsize written;  /* octets of out that are gone */
    gboolean ended; /* the other side sends no more */
} OvPolicyConnection;

typedef enum {
    OV_POLICY_GO_ON,
    OV_POLICY_OVER, /* the other side has gone */
    OV_POLICY_DROP, /* it is to be closed for its fault */
} OvPolicyFate;

OvPolicyConnection *ov_policy_connection_new(int fd);
void ov_policy_connection_free(OvPolicyConnection *connection); /* closes fd, too */

/* Reads what is there, answers the whole requests in it, writes what can be written. *answered: so
 * many requests. *fault: of DROP, in words. */
OvPolicyFate ov_policy_connection_serve(OvPolicyConnection *connection, OvPolicyHandler handler,
                                        gpointer data, guint *answered, const char **fault);
/* TRUE where a part of a request, or an answer that is not taken, waits: it has
 * OV_POLICY_HALF_SECONDS. */
gboolean ov_policy_connection_is_half(const OvPolicyConnection *connection);
/* What it waits for: EPOLLIN, EPOLLOUT or both. */
guint ov_policy_connection_events(const OvPolicyConnection *connection);
