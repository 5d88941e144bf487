/* tests/tools/name-server as a child process: a name server on loopback that lies as asked. */
#pragma once

#include <glib.h>

typedef struct NameServer NameServer;

/* table: lines "NAME TYPE VALUE", or NULL. delay: of *.slow-test.net, milliseconds. */
NameServer *name_server_new(const char *table, guint delay);
void name_server_free(NameServer *server);
const char *name_server_address(const NameServer *server); /* "127.0.0.1@PORT" */
/* A deaf one answers nothing. */
void name_server_set_deaf(NameServer *server, gboolean deaf);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(NameServer, name_server_free)
