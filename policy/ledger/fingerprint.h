/* A fingerprint (rules/history.h) as octets of a ledger's row. */
#pragma once

#include "rules/history.h"

enum { OV_FINGERPRINT_SIZE = 57 };

void ov_fingerprint_write(const OvFingerprint *fingerprint, guint8 octets[OV_FINGERPRINT_SIZE]);
/* FALSE where the octets are none. */
gboolean ov_fingerprint_read(const guint8 *octets, gsize length, OvFingerprint *fingerprint);
