/* One step of an incident on its way back to an address that sends: what unblock.c, which asks for
 * the unblock, and easing.c, which lets go who was suspended, have in common. */
#pragma once

#include "policy/provider/response.h"

/* A step at work; all borrowed. */
typedef struct {
    const OvResponder *responder;
    OvHosting *hosting;
    OvIncident *incident; /* as the ledger has it; changed with it */
    gint64 now;           /* microseconds since the epoch */
    OvArena *arena;       /* of the step */
} OvUnblockStep;

/* Records the phase with the rest of the incident, and then the event (kind NULL: none). *moved
 * (may be NULL): FALSE where another was faster, and nothing is done. */
gboolean ov_unblock_move(OvUnblockStep *step, OvIncidentPhase phase, gint64 wake, const char *kind,
                         const char *text, gboolean *moved, GError **error);

/* The address is unblocked: records the small rate of who will be let go, then the phase easing. */
gboolean ov_easing_begin(OvUnblockStep *step, GError **error);
/* First lets go, then waits for the quiet time to be over, which may have passed while no outvetd
 * ran, and closes the incident. */
gboolean ov_easing_step(OvUnblockStep *step, GError **error);
