/* Which mail Postfix sends another way than the rest: the [egress NAME]
 * sections, from its tables by sender and recipient. Pure. */
#pragma once

#include "policy/review/detect_way.h"

/* The way of mail that no table sends elsewhere: default_transport and
 * relayhost. */
OvWay *ov_route_default(const OvDetectInput *input, OvArena *arena);
/* The sections in the order in which Postfix would look: recipients
 * (transport_maps) before senders, whole addresses before domains.
 * OvDetectedSection *. Adds sentences to notes (char *, the arena's) on what
 * can't be told. */
void ov_routes_find(const OvDetectInput *input, const OvWay *common, OvArena *arena,
                    GPtrArray *sections, GPtrArray *notes);
