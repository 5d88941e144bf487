/* A socketmap server in a thread of its own, on a Unix socket and on a port of loopback; it says to
 * every question what it is told to. */
#pragma once

#include <glib.h>

typedef struct SocketmapServer SocketmapServer;

/* reply: the octets of every answer, the netstring's frame too; "" closes the connection
 * unanswered, as a reply that is no whole netstring does after it. per_connection: answers after
 * which it closes a connection; 0 for never. */
SocketmapServer *socketmap_server_start(const char *directory, const char *reply,
                                        guint per_connection);
void socketmap_server_stop(SocketmapServer *server);
const char *socketmap_server_path(const SocketmapServer *server);
guint socketmap_server_port(const SocketmapServer *server);

void socketmap_server_reply(SocketmapServer *server, const char *reply);
/* While TRUE, questions are taken and not answered. */
void socketmap_server_hold(SocketmapServer *server, gboolean hold);
/* The last question as it came; lives until the next. */
const char *socketmap_server_asked(SocketmapServer *server);
guint socketmap_server_questions(SocketmapServer *server);
guint socketmap_server_connections(SocketmapServer *server);
