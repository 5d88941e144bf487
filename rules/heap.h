/* What the heap gives: for bounds that are told in octets of memory. */
#pragma once

#include <glib.h>
#include <malloc.h>

/* Octets that a block of g_malloc's takes, the allocator's own word included. */
static inline gsize ov_heap_octets(gconstpointer block) {
    return malloc_usable_size((gpointer)(guintptr)block) + sizeof(gsize);
}
