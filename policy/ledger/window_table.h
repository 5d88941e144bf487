/* A table of bounded size that remembers what was seen lately: pairs of a key and a number, each
 * with the time it was seen last. When a place is needed, of the sixteen that a key may stand in,
 * an empty one is taken, else the one that was seen longest ago. One thread at a time. */
#pragma once

#include <glib.h>

typedef struct {
    guint64 key; /* 0: empty */
    guint32 time;
    guint32 value;
} OvWindowEntry;

typedef struct OvWindowTable OvWindowTable;

/* memory: the most octets it may grow to; it starts small. */
OvWindowTable *ov_window_table_new(gsize memory);
void ov_window_table_free(OvWindowTable *table);

/* The first entry of the key, or the one after `after`; NULL for none. A key may have several.
 * Valid until the next put. keys are spread evenly (rules/hash.h) and not 0. */
OvWindowEntry *ov_window_table_find(OvWindowTable *table, guint64 key, const OvWindowEntry *after);
/* A new entry, with value 0. It may take the place of another, of any key. */
OvWindowEntry *ov_window_table_put(OvWindowTable *table, guint64 key, guint32 time);

/* TRUE when it has grown to its bound and has hardly a place left. */
gboolean ov_window_table_full(const OvWindowTable *table);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvWindowTable, ov_window_table_free)
