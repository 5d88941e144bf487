/* Memory that lives as long as one judgement and is freed at once. Blocks grow to 64 KiB; a larger
 * request gets a block of its own. Not thread-safe: an arena belongs to one judgement. */
#pragma once

#include "rules/slice.h"

typedef struct OvArena OvArena;

OvArena *ov_arena_new(void);
void ov_arena_free(OvArena *arena);
/* Forgets everything handed out; keeps the first block for the next judgement. */
void ov_arena_reset(OvArena *arena);

/* Memory aligned for any type, uninitialised, never NULL (aborts when the machine has none, as
 * g_malloc does). size may be 0. */
void *ov_arena_alloc(OvArena *arena, gsize size);
void *ov_arena_alloc0(OvArena *arena, gsize size);
/* A NUL-terminated copy of data[0..length). */
char *ov_arena_strndup(OvArena *arena, const char *data, gsize length);
OvSlice ov_arena_dup(OvArena *arena, OvSlice slice);
char *ov_arena_printf(OvArena *arena, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Bytes handed out since new or reset; the bound on a message's memory is checked against it. */
gsize ov_arena_used(const OvArena *arena);

#define OV_ARENA_NEW(arena, type, n) ((type *)ov_arena_alloc0((arena), sizeof(type) * (gsize)(n)))

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvArena, ov_arena_free)
