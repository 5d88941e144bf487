/* Of one of Postfix's delivery services: from which addresses its mail leaves,
 * and under which name. Pure. */
#pragma once

#include "policy/review/detect.h"

enum { OV_WAY_MAX_NOTES = 4 };

typedef struct {
    const OvPostfixService *service; /* NULL where there is none of that name */
    const char *relay;               /* the host that gets all its mail; NULL for the recipients' */
    OvDetectedSetting addresses, helo, tls;
    const char *notes[OV_WAY_MAX_NOTES]; /* n_notes sentences on where else its mail may leave */
    guint n_notes;
} OvWay;

/* The way by a service of that name; relay "" or NULL for none. Of a service
 * that does not speak SMTP, nothing is known. */
OvWay *ov_way_of_service(const OvDetectInput *input, const char *name, const char *relay,
                         OvArena *arena);
/* TRUE where both leave from the same addresses, under the same name, and under TLS or not. Two
 * relays are the same where they are the same host. */
gboolean ov_way_equal(const OvWay *one, const OvWay *other);
/* TRUE where a service delivers by SMTP to other hosts. */
gboolean ov_way_leaves(const OvWay *way);
