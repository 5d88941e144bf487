/* The daemon's control socket: how `outvet` asks a running outvetd. A Unix socket (0660); one JSON
 * object and a line feed each way, then closed. Requests: {"command":"status"}, {"command":
 * "reload"}, {"command":"alert test"}, {"command":"top", "kind":"account", "by":"rate", "most":20}.
 * Answers: {"ok":true, ...} or {"ok":false,"error":"one sentence"}. Requests over 64 KiB or slower
 * than 5 s are dropped. */
#pragma once

#include <glib.h>
#include <jansson.h>

#define OV_CONTROL_ERROR (ov_control_error_quark())
GQuark ov_control_error_quark(void);
typedef enum {
    OV_CONTROL_ERROR_SOCKET,  /* the socket can't be made: path, rights */
    OV_CONTROL_ERROR_RUNNING, /* another outvetd answers there */
    OV_CONTROL_ERROR_SILENT,  /* nobody answers, or not in time */
    OV_CONTROL_ERROR_DENIED,  /* no right to use the socket */
    OV_CONTROL_ERROR_ANSWER,  /* what came back is no answer */
} OvControlError;

typedef struct OvControl OvControl;

/* Answers one request; called on the control thread. Returns a new reference. */
typedef json_t *(*OvControlHandler)(const char *command, json_t *request, gpointer data);

/* Makes the socket, in the place of one that nobody listens on any more, and starts its thread. */
OvControl *ov_control_start(const char *socket, OvControlHandler handler, gpointer data,
                            GError **error);
void ov_control_stop(OvControl *control); /* removes the socket, joins the thread */

/* The client's side: sends one request, waits at most timeout seconds. NULL with error when nobody
 * answers ("outvetd does not answer on /run/outvet/control.sock: is it running?"). */
json_t *ov_control_request(const char *socket, const json_t *request, guint timeout,
                           GError **error);
/* The same with a command alone. */
json_t *ov_control_ask(const char *socket, const char *command, guint timeout, GError **error);

/* TRUE when somebody accepts connections on that Unix socket. */
gboolean ov_control_is_live(const char *socket);

/* Makes path free for a new Unix socket: removes a socket that nobody listens on. FALSE with error
 * when somebody does (RUNNING), or when path is something else than a socket. */
gboolean ov_control_clear(const char *path, GError **error);
