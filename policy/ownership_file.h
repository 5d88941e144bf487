/* A text file of policy/ownership_text.h that is read again when it changes. Thread-safe, but for
 * ov_owner_file_refresh, which one thread calls at a time. */
#pragma once

#include "policy/ownership_text.h"

typedef struct OvOwnerFile OvOwnerFile;

/* NULL with a sentence where it is faulty. Keeps path. */
OvOwnerFile *ov_owner_file_new(const char *path, OvOwnerTextKind kind, GError **error);
void ov_owner_file_free(OvOwnerFile *file);

/* As ov_owner_text_listed. */
OvListed ov_owner_file_listed(OvOwnerFile *file, const char *login, const char *const *keys,
                              guint n);
/* As ov_owner_text_value; the caller frees it. */
char *ov_owner_file_value(OvOwnerFile *file, const char *key);
/* Reads it anew where it changed; TRUE then. A faulty one changes nothing, and error says so as
 * long as it is. */
gboolean ov_owner_file_refresh(OvOwnerFile *file, GError **error);
