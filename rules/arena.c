#include "rules/arena.h"

#include <stdarg.h>
#include <stdio.h>

enum { BLOCK_SIZE = 64 * 1024, ALIGNMENT = 16 };

typedef struct Block Block;
struct Block {
    Block *next;
    gsize size; /* bytes in data */
    gsize used;
    _Alignas(ALIGNMENT) char data[];
};

struct OvArena {
    Block *blocks; /* the one in use first; the oldest, kept by reset, last */
    gsize handed_out;
};

static Block *block_new(gsize size, Block *next) {
    Block *block = g_malloc(sizeof(Block) + size);
    block->next = next;
    block->size = size;
    block->used = 0;
    return block;
}

OvArena *ov_arena_new(void) {
    OvArena *arena = g_new0(OvArena, 1);
    arena->blocks = block_new(BLOCK_SIZE, NULL);
    return arena;
}

void ov_arena_reset(OvArena *arena) {
    while (arena->blocks->next) {
        Block *block = arena->blocks;
        arena->blocks = block->next;
        g_free(block);
    }
    arena->blocks->used = 0;
    arena->handed_out = 0;
}

void ov_arena_free(OvArena *arena) {
    if (!arena)
        return;
    ov_arena_reset(arena);
    g_free(arena->blocks);
    g_free(arena);
}

void *ov_arena_alloc(OvArena *arena, gsize size) {
    gsize rounded = (size + ALIGNMENT - 1) & ~(gsize)(ALIGNMENT - 1);
    g_assert(rounded >= size);
    if (arena->blocks->size - arena->blocks->used < rounded)
        arena->blocks = block_new(MAX(rounded, BLOCK_SIZE), arena->blocks);
    Block *block = arena->blocks;
    void *memory = block->data + block->used;
    block->used += rounded;
    arena->handed_out += rounded;
    return memory;
}

void *ov_arena_alloc0(OvArena *arena, gsize size) {
    return memset(ov_arena_alloc(arena, size), 0, size);
}

char *ov_arena_strndup(OvArena *arena, const char *data, gsize length) {
    char *copy = ov_arena_alloc(arena, length + 1);
    if (length > 0)
        memcpy(copy, data, length);
    copy[length] = '\0';
    return copy;
}

OvSlice ov_arena_dup(OvArena *arena, OvSlice slice) {
    return (OvSlice){ov_arena_strndup(arena, slice.data, slice.length), slice.length};
}

char *ov_arena_printf(OvArena *arena, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    g_assert(length >= 0);
    char *text = ov_arena_alloc(arena, (gsize)length + 1);
    vsnprintf(text, (gsize)length + 1, format, again);
    va_end(again);
    return text;
}

gsize ov_arena_used(const OvArena *arena) {
    return arena->handed_out;
}
