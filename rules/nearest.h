/* The name a person probably meant. */
#pragma once

#include <glib.h>

/* Keeps the nearest of names by edit distance (a swap of neighbours is one edit). */
typedef struct {
    const char *wanted;
    const char *best; /* NULL until one is near enough: at most a third of its letters differ */
    guint distance;
} OvNearest;

static inline OvNearest ov_nearest(const char *wanted) {
    return (OvNearest){wanted, NULL, G_MAXUINT};
}
/* Offers one known name. */
void ov_nearest_offer(OvNearest *nearest, const char *name);
