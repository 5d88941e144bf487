#include "policy/ledger/window_table.h"

enum { WAYS = 8, FIRST_SETS = 256 };

typedef struct {
    OvWindowEntry ways[WAYS];
} Set;

struct OvWindowTable {
    Set *sets;
    gsize n_sets; /* a power of two */
    gsize most_sets;
    gsize n_entries;
};

OvWindowTable *ov_window_table_new(gsize memory) {
    OvWindowTable *table = g_new0(OvWindowTable, 1);
    table->most_sets = FIRST_SETS;
    while (2 * table->most_sets * sizeof(Set) <= memory)
        table->most_sets *= 2;
    table->n_sets = FIRST_SETS;
    table->sets = g_new0(Set, table->n_sets);
    return table;
}

void ov_window_table_free(OvWindowTable *table) {
    if (!table)
        return;
    g_free(table->sets);
    g_free(table);
}

/* A key may stand in either of two sets, and goes where there is more room: so hardly any set is
 * full before nearly all are (Azar et al., Balanced allocations). */
static Set *set_of(const OvWindowTable *table, guint64 key, guint choice) {
    return &table->sets[(choice == 0 ? key : key >> 32) & (table->n_sets - 1)];
}

static gboolean is_crowded(const OvWindowTable *table) {
    return table->n_entries >= table->n_sets * WAYS / 8 * 7;
}

gboolean ov_window_table_full(const OvWindowTable *table) {
    return table->n_sets == table->most_sets && is_crowded(table);
}

static OvWindowEntry *find_in(Set *set, guint64 key, gsize way) {
    for (; way < WAYS; way++)
        if (set->ways[way].key == key)
            return &set->ways[way];
    return NULL;
}

OvWindowEntry *ov_window_table_find(OvWindowTable *table, guint64 key, const OvWindowEntry *after) {
    Set *first = set_of(table, key, 0), *second = set_of(table, key, 1);
    gboolean in_first = !after || (after >= first->ways && after < first->ways + WAYS);
    OvWindowEntry *found = NULL;
    if (in_first) {
        found = find_in(first, key, after ? (gsize)(after - first->ways) + 1 : 0);
        after = NULL;
    }
    if (!found && second != first)
        found = find_in(second, key, after ? (gsize)(after - second->ways) + 1 : 0);
    return found;
}

static guint empty_ways(const Set *set) {
    guint n = 0;
    for (guint way = 0; way < WAYS; way++)
        n += set->ways[way].key == 0;
    return n;
}

/* The entry to write to: an empty one, else the one seen longest ago. */
static OvWindowEntry *place_for(OvWindowTable *table, guint64 key) {
    Set *sets[] = {set_of(table, key, 0), set_of(table, key, 1)};
    guint empty[] = {empty_ways(sets[0]), empty_ways(sets[1])};
    if (empty[0] + empty[1] > 0) {
        table->n_entries++;
        return find_in(sets[empty[1] > empty[0]], 0, 0);
    }
    OvWindowEntry *oldest = &sets[0]->ways[0];
    for (guint way = 0; way < 2 * WAYS; way++) {
        OvWindowEntry *entry = &sets[way / WAYS]->ways[way % WAYS];
        if (entry->time < oldest->time)
            oldest = entry;
    }
    return oldest;
}

static void grow(OvWindowTable *table) {
    Set *before = table->sets;
    gsize n_before = table->n_sets;
    table->n_sets *= 2;
    table->n_entries = 0;
    table->sets = g_new0(Set, table->n_sets);
    for (gsize i = 0; i < n_before; i++)
        for (guint way = 0; way < WAYS; way++)
            if (before[i].ways[way].key != 0)
                *place_for(table, before[i].ways[way].key) = before[i].ways[way];
    g_free(before);
}

OvWindowEntry *ov_window_table_put(OvWindowTable *table, guint64 key, guint32 time) {
    if (is_crowded(table) && table->n_sets < table->most_sets)
        grow(table);
    OvWindowEntry *entry = place_for(table, key);
    *entry = (OvWindowEntry){.key = key, .time = time};
    return entry;
}
