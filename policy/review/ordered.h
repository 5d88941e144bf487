/* Work on many items by several threads, results taken in the order the items were given. What is
 * under way is bounded in number and in octets, so a directory of any size needs the same memory.
 */
#pragma once

#include <glib.h>

typedef struct OvOrdered OvOrdered;

/* work is called on a worker thread with an item and data. threads 0: one for each core. */
OvOrdered *ov_ordered_new(guint threads, guint max_items, gsize max_octets, GFunc work,
                          gpointer data);
/* Waits for the work under way; all items must have been taken. */
void ov_ordered_free(OvOrdered *ordered);

/* TRUE when the oldest item must be taken before another is put. */
gboolean ov_ordered_full(const OvOrdered *ordered);
void ov_ordered_put(OvOrdered *ordered, gpointer item, gsize octets);

/* The oldest item with its work done; NULL when there is none, or, unless wait is TRUE, when its
 * work is not done yet. */
gpointer ov_ordered_take(OvOrdered *ordered, gboolean wait);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvOrdered, ov_ordered_free)
