/* Where a TCP service of ours listens, as a setting has it. */
#pragma once

#include <glib.h>

/* text: "127.0.0.1:9469" or "[::1]:9469", an IP address and a port from 1 to 65535. The same as
 * policy/delegation/listener.h takes it ("inet:9469@127.0.0.1"), which the caller frees; NULL where
 * it is none. *loopback (may be NULL): nobody but this machine reaches it. */
char *ov_listen_address_socket(const char *text, gboolean *loopback);
