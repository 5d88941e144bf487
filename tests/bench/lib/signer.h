/* Signs messages with DKIM, as a signer before outvetd would. */
#pragma once

#include "rules/slice.h"

/* The value of a DKIM-Signature (rsa-sha256, relaxed/relaxed, the usual fields) for raw, with its
 * leading space, which the caller frees. key: an RSA key in a PEM file; its record belongs at
 * SELECTOR._domainkey.DOMAIN. Ends the process where the key can't be read. */
char *ov_sign(const char *key, const char *domain, const char *selector, OvSlice raw);
