/* The daemon's control socket: how `outvet` asks a running outvetd. A Unix socket (0660); one JSON
 * object and a line feed each way, then closed. Requests: {"command":"status"}, {"command":
 * "reload"}. Answers: {"ok":true, ...} or {"ok":false,"error":"one sentence"}. Requests over 64 KiB
 * or slower than 5 s are dropped. */
#pragma once

#include <glib.h>
#include <jansson.h>

typedef struct OvControl OvControl;

/* Answers one request; called on the control thread. Returns a new reference. */
typedef json_t *(*OvControlHandler)(const char *command, json_t *request, gpointer data);

OvControl *ov_control_start(const char *socket, OvControlHandler handler, gpointer data,
                            GError **error);
void ov_control_stop(OvControl *control); /* removes the socket, joins the thread */

/* The client's side: sends one command, waits at most timeout seconds. NULL with error when nobody
 * answers ("outvetd does not answer on /run/outvet/control.sock: is it running?"). */
json_t *ov_control_ask(const char *socket, const char *command, guint timeout, GError **error);
