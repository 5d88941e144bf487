#include "policy/spf_ring.h"

#include <string.h>

enum {
    LEAST_RESULTS = 50,
    LEAST_DOMAINS = 3,
    BAD_PERCENT = 20,
    GOOD_PERCENT = 10,
    SLOTS = 2 * OV_SPF_RING_SIZE,
};

static const gint64 MAX_AGE = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;

typedef struct {
    char domain[256]; /* in lower case */
    gint64 time;
    guint failed; /* 1 or 0 */
} Entry;

struct OvSpfRing {
    Entry entries[OV_SPF_RING_SIZE];
    guint n, next;
};

/* One domain's results. */
typedef struct {
    const char *domain; /* NULL: the slot is free */
    guint results, failing;
} Slot;

OvSpfRing *ov_spf_ring_new(void) {
    return g_new0(OvSpfRing, 1);
}

void ov_spf_ring_free(OvSpfRing *ring) {
    g_free(ring);
}

void ov_spf_ring_add(OvSpfRing *ring, const char *domain, gboolean failed, gint64 time) {
    Entry *entry = &ring->entries[ring->next];
    g_autofree char *folded = g_ascii_strdown(domain, -1);
    g_strlcpy(entry->domain, folded, sizeof entry->domain);
    entry->failed = failed ? 1 : 0;
    entry->time = time;
    ring->next = (ring->next + 1) % OV_SPF_RING_SIZE;
    ring->n = MIN(ring->n + 1, OV_SPF_RING_SIZE);
}

void ov_spf_ring_clear(OvSpfRing *ring) {
    ring->n = ring->next = 0;
}

/* There are more slots than entries. */
static Slot *find_slot(Slot slots[SLOTS], const char *domain) {
    guint at = g_str_hash(domain) % SLOTS;
    while (slots[at].domain && strcmp(slots[at].domain, domain) != 0)
        at = (at + 1) % SLOTS;
    slots[at].domain = domain;
    return &slots[at];
}

OvSpfTally ov_spf_ring_tally(const OvSpfRing *ring, gint64 now) {
    Slot slots[SLOTS] = {{.domain = NULL}};
    const Slot *worst = &slots[0];
    OvSpfTally tally = {.results = 0};
    for (guint i = 0; i < ring->n; i++) {
        const Entry *entry = &ring->entries[i];
        if (now - entry->time > MAX_AGE)
            continue;
        Slot *slot = find_slot(slots, entry->domain);
        slot->results++;
        slot->failing += entry->failed;
        tally.results++;
        tally.failing += entry->failed;
        tally.failing_domains += entry->failed && slot->failing == 1;
        if (slot->failing > worst->failing)
            worst = slot;
    }
    gboolean has_worst = worst->failing > 0;
    tally.others = tally.results - (has_worst ? worst->results : 0);
    tally.others_failing = tally.failing - worst->failing;
    return tally;
}

gboolean ov_spf_tally_is_bad(const OvSpfTally *tally) {
    return tally->results >= LEAST_RESULTS && tally->failing_domains >= LEAST_DOMAINS &&
           100 * tally->others_failing > BAD_PERCENT * tally->others;
}

gboolean ov_spf_tally_is_good(const OvSpfTally *tally) {
    return 100 * tally->others_failing <= GOOD_PERCENT * tally->others;
}
