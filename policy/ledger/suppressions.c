#include "policy/ledger/suppressions.h"

#include "rules/hash.h"

struct OvSuppressions {
    GMutex lock;
    GArray *entries; /* OvSuppressed, ascending by number, each number once */
};

OvSuppressions *ov_suppressions_new(void) {
    OvSuppressions *suppressions = g_new0(OvSuppressions, 1);
    g_mutex_init(&suppressions->lock);
    suppressions->entries = g_array_new(FALSE, FALSE, sizeof(OvSuppressed));
    return suppressions;
}

void ov_suppressions_free(OvSuppressions *suppressions) {
    if (!suppressions)
        return;
    g_array_unref(suppressions->entries);
    g_mutex_clear(&suppressions->lock);
    g_free(suppressions);
}

guint64 ov_suppression_number(const char *sender, gsize length,
                              const guint8 recipient[OV_RECIPIENT_HASH_SIZE]) {
    return ov_hash((OvSlice){(const char *)recipient, OV_RECIPIENT_HASH_SIZE},
                   ov_hash_nocase((OvSlice){sender, length}, 0));
}

static gint by_number(gconstpointer a, gconstpointer b) {
    const OvSuppressed *one = a, *other = b;
    return (one->number > other->number) - (one->number < other->number);
}

/* Both sorted; of changes the last of a number counts. */
static GArray *merge(const GArray *before, const GArray *changes) {
    GArray *merged =
        g_array_sized_new(FALSE, FALSE, sizeof(OvSuppressed), before->len + changes->len);
    guint next = 0;
    for (guint i = 0; i < changes->len; i++) {
        const OvSuppressed *change = &g_array_index(changes, OvSuppressed, i);
        if (i + 1 < changes->len && by_number(change, change + 1) == 0)
            continue;
        guint first = next;
        while (next < before->len &&
               by_number(&g_array_index(before, OvSuppressed, next), change) < 0)
            next++;
        if (next > first)
            g_array_append_vals(merged, &g_array_index(before, OvSuppressed, first), next - first);
        if (next < before->len &&
            by_number(&g_array_index(before, OvSuppressed, next), change) == 0)
            next++;
        if (change->since != 0)
            g_array_append_vals(merged, change, 1);
    }
    if (next < before->len)
        g_array_append_vals(merged, &g_array_index(before, OvSuppressed, next), before->len - next);
    return merged;
}

void ov_suppressions_change(OvSuppressions *suppressions, const OvSuppressed *changes, guint n) {
    g_autoptr(GArray) sorted = g_array_sized_new(FALSE, FALSE, sizeof(OvSuppressed), n);
    if (n > 0)
        g_array_append_vals(sorted, changes, n);
    g_array_sort(sorted, by_number); /* stable: the last of a number stays the last */
    /* Only the thread that follows the ledger changes it: what is merged stays what is there. */
    GArray *merged = merge(suppressions->entries, sorted);
    g_mutex_lock(&suppressions->lock);
    GArray *before = suppressions->entries;
    suppressions->entries = merged;
    g_mutex_unlock(&suppressions->lock);
    g_array_unref(before);
}

gboolean ov_suppressions_empty(OvSuppressions *suppressions) {
    g_mutex_lock(&suppressions->lock);
    gboolean empty = suppressions->entries->len == 0;
    g_mutex_unlock(&suppressions->lock);
    return empty;
}

gint64 ov_suppressions_since(OvSuppressions *suppressions, guint64 number) {
    OvSuppressed wanted = {.number = number};
    guint at;
    g_mutex_lock(&suppressions->lock);
    gint64 since = g_array_binary_search(suppressions->entries, &wanted, by_number, &at)
                       ? g_array_index(suppressions->entries, OvSuppressed, at).since
                       : 0;
    g_mutex_unlock(&suppressions->lock);
    return since;
}
