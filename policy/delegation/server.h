/* The policy service's socket: many kept-open connections of Postfix's smtpd(8) on an epoll loop,
 * requests answered in the order in which they came, also where several come at once.
 *
 * A connection that sends what is no request, holds back the rest of one for 10 s, does not take
 * its answers, or says nothing for 20 minutes (Postfix itself ends one after 5), is closed with a
 * log line; the others don't notice. Postfix then asks again on another connection, and defers the
 * mail where that fails too. */
#pragma once

#include "policy/delegation/request.h"

typedef struct OvPolicyServer OvPolicyServer;

/* Answers n requests, each of another connection, that came at the same time: appends to each
 * answer its action, "DUNNO" or "DEFER_IF_PERMIT 4.7.1 ..." (access(5)), one line without its end.
 * Called on a thread of the server's, on several at once where there are several; whatever it waits
 * for keeps the other connections of that thread waiting. */
typedef void (*OvPolicyHandler)(const OvPolicyRequest *requests, GString *const *answers, guint n,
                                gpointer data);

#define OV_POLICY_SERVER_ERROR (ov_policy_server_error_quark())
GQuark ov_policy_server_error_quark(void);
typedef enum { OV_POLICY_SERVER_ERROR_SOCKET } OvPolicyServerError;

enum {
    OV_POLICY_MAX_CONNECTIONS = 8192, /* more are closed at once, and said so */
    OV_POLICY_MAX_THREADS = 64,
};

typedef struct {
    const char *socket; /* unix:PATH or inet:PORT@HOST, as [milter] socket */
    const char *group;  /* that may use a Unix socket (0660); "" leaves it to outvetd's own */
    guint threads;      /* 1 to OV_POLICY_MAX_THREADS */
} OvPolicyPlace;

typedef struct {
    guint connections;
    guint64 requests; /* answered */
    guint64 closed;   /* connections that Outvet closed for a fault of theirs */
} OvPolicyStatus;

/* Makes the socket, in the place of one that nobody listens on any more, and serves it. NULL with a
 * sentence where it can't be had. */
OvPolicyServer *ov_policy_server_start(const OvPolicyPlace *place, OvPolicyHandler handler,
                                       gpointer data, GError **error);
/* Closes all connections; no handler runs afterwards. */
void ov_policy_server_stop(OvPolicyServer *server);
void ov_policy_server_status(OvPolicyServer *server, OvPolicyStatus *status);
