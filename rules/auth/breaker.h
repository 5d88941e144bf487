/* Whether DNS is alive at all. Questions that fail may mean a broken domain, so a row of failures
 * only raises suspicion; a probe decides. Once DNS is down nobody asks or waits; probes go on, at
 * growing distances, and the first answer to anything ends it. Pure: times are given, in monotonic
 * microseconds. Not thread-safe. */
#pragma once

#include <glib.h>

typedef struct {
    gboolean down;
    guint failures;    /* in a row */
    gboolean probing;  /* a probe is under way */
    gint64 next_probe; /* not before */
    gint64 pause;      /* between probes while down */
} OvBreaker;

/* A question was answered (NXDOMAIN too), or failed (no answer, SERVFAIL, REFUSED). */
void ov_breaker_answered(OvBreaker *breaker);
void ov_breaker_failed(OvBreaker *breaker);

/* TRUE when a probe is due; the caller sends it and tells ov_breaker_answered, or that nothing
 * came. */
gboolean ov_breaker_begin_probe(OvBreaker *breaker, gint64 now);
void ov_breaker_probe_failed(OvBreaker *breaker, gint64 now);
/* When ov_breaker_begin_probe is to be called again without anything told; G_MAXINT64 for never. */
gint64 ov_breaker_next(const OvBreaker *breaker);
