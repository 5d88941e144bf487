/* ARC (RFC 8617): mail that was passed on carries what those who passed it on found and sealed. It
 * is recognised and not judged: whether to believe a sealer is the receiver's business. */
#pragma once

#include "rules/header.h"

enum { OV_ARC_MAX_SETS = 50 }; /* RFC 8617 4.2.1 */

/* How many sets the header has: of ARC-Seal, ARC-Message-Signature and ARC-Authentication-Results
 * one each with the instances 1, 2, ... n, and no other. 0 where it has no ARC fields; -1 where
 * they make no chain: a field is missing, stands twice, or has no instance from 1 to 50. Arena. */
gint ov_arc_sets(const OvHeader *header, OvArena *arena);
