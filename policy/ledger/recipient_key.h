/* Recipients as keyed hashes: the ledger can tell that two messages went to one address, and
 * whether one went to a given address, but not whose addresses it holds (HMAC-SHA256, 128 bits of
 * it). */
#pragma once

#include <glib.h>

enum { OV_RECIPIENT_HASH_SIZE = 16 };

typedef struct OvRecipientKey OvRecipientKey;

/* Reads the key file; makes it (32 random octets, mode 0600) where there is none. NULL with error
 * (OV_LEDGER_ERROR_OPEN) when it can't be read or made, has another size, or others than its owner
 * may read it. */
OvRecipientKey *ov_recipient_key_load(const char *path, GError **error);
/* The same, but a key that is not there is an error: for who would make it as another user. */
OvRecipientKey *ov_recipient_key_open(const char *path, GError **error);
void ov_recipient_key_free(OvRecipientKey *key);

/* address without <>, compared without ASCII case. Thread-safe. */
void ov_recipient_hash(const OvRecipientKey *key, const char *address,
                       guint8 hash[OV_RECIPIENT_HASH_SIZE]);

/* A key for another purpose, which nobody can tell without this one. */
enum { OV_DERIVED_KEY_SIZE = 32 };
void ov_recipient_key_derive(const OvRecipientKey *key, const char *purpose,
                             guint8 derived[OV_DERIVED_KEY_SIZE]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvRecipientKey, ov_recipient_key_free)
