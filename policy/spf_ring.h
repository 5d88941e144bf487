/* What SPF came to for the last messages: whether so much mail, of so many domains, fails that not
 * the domains' records are wrong, but the list of egress addresses. Pure; not thread-safe. */
#pragma once

#include <glib.h>

enum { OV_SPF_RING_SIZE = 256 /* messages */ };

typedef struct OvSpfRing OvSpfRing;

typedef struct {
    guint results; /* of the last OV_SPF_RING_SIZE messages those of the last 24 hours */
    guint failing;
    guint failing_domains;
    /* Without the domain of which most fail: one that is misused, or whose record is wrong. */
    guint others, others_failing;
} OvSpfTally;

OvSpfRing *ov_spf_ring_new(void);
void ov_spf_ring_free(OvSpfRing *ring);
/* time: microseconds, never decreasing by much. Domains are compared without regard to case, by
 * their first 255 octets. */
void ov_spf_ring_add(OvSpfRing *ring, const char *domain, gboolean failed, gint64 time);
void ov_spf_ring_clear(OvSpfRing *ring);
OvSpfTally ov_spf_ring_tally(const OvSpfRing *ring, gint64 now);

/* 50 results or more, 3 failing domains or more, more than 20 % of the others failing. */
gboolean ov_spf_tally_is_bad(const OvSpfTally *tally);
/* At most 10 % of the others failing. Between the two nothing changes. */
gboolean ov_spf_tally_is_good(const OvSpfTally *tally);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvSpfRing, ov_spf_ring_free)
