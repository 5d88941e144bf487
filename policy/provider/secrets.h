/* Memory for keys and tokens: locked where the limit of locked memory allows it, left out of core
 * dumps, wiped when it is freed. What libcurl copies for a request is out of its reach. */
#pragma once

#include <glib.h>

enum { OV_SECRETS_SIZE = 128 * 1024 };

typedef struct OvSecrets OvSecrets;

OvSecrets *ov_secrets_new(void);
void ov_secrets_free(OvSecrets *secrets);
/* Zeroed room of that size; NULL where OV_SECRETS_SIZE is used up. */
char *ov_secrets_room(OvSecrets *secrets, gsize size);
/* A NUL-terminated copy; NULL likewise. */
char *ov_secrets_keep(OvSecrets *secrets, const char *text, gsize length);
/* Wipes and forgets all that was handed out. */
void ov_secrets_reset(OvSecrets *secrets);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvSecrets, ov_secrets_free)
