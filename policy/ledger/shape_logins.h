/* Which logins sent a text within the last hour: of each login the shapes (rules/shape.h) of what
 * it sent lately, so that the logins that share one are found. 2 MiB, whatever is told to it.
 *
 * It knows about 32,768 pairs of login and shape, and of one login 8 shapes at most: who sends ever
 * new ones takes the place of his own alone. One thread at a time. */
#pragma once

#include "rules/history.h"

typedef struct OvShapeLogins OvShapeLogins;

OvShapeLogins *ov_shape_logins_new(void);
void ov_shape_logins_free(OvShapeLogins *logins);

/* Who sent a message, as numbers that are spread evenly (rules/hash.h). */
typedef struct {
    guint64 name;   /* the login */
    guint32 domain; /* its organisational domain; 0 where it is no address */
    guint32 sender; /* the message's sender (OvFingerprint) */
} OvShapeLogin;

/* A message. shape: not 0; time: microseconds since the epoch, in any order. One that is told again
 * changes nothing. */
void ov_shape_logins_add(OvShapeLogins *logins, const OvShapeLogin *login, guint64 shape,
                         gint64 time);
/* The logins with shapes near this one, with the login itself; at most OV_SHAPE_LOGINS_MOST are
 * told apart. */
enum { OV_SHAPE_LOGINS_MOST = 32 };
OvLogins ov_shape_logins_of(const OvShapeLogins *logins, const OvShapeLogin *login, guint64 shape,
                            gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvShapeLogins, ov_shape_logins_free)
