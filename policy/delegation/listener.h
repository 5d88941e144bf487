/* A listening socket by the words of a setting. */
#pragma once

#include <glib.h>

/* socket: "unix:PATH", "inet:PORT@HOST" or "inet6:PORT@HOST". Non-blocking, close-on-exec; a Unix
 * socket gets mode 0660 and, where it is not "", the group. Returns the file descriptor, or -1 with
 * *trouble, a sentence that the caller frees. */
int ov_listener_open(const char *socket, const char *group, char **trouble);
/* Closes it, and removes a Unix socket's file. */
void ov_listener_close(const char *socket, int listener);
