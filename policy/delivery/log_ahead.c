#include "policy/delivery/log_ahead.h"

#include <string.h>

enum { CHUNK = 256 * 1024, CHUNKS = 4 };

typedef struct {
    char *octets;
    gsize length; /* less than CHUNK in the file's last one */
    gsize taken;
    GError *error; /* behind them */
} Chunk;

/* The thread fills chunks in turn, the reader empties them. */
struct OvLogAhead {
    OvLogUnpack *unpack;
    GThread *thread;
    Chunk chunks[CHUNKS];
    guint next; /* chunk, of the reader */
    GMutex lock;
    GCond changed;
    guint filled; /* chunks, from next on */
    gboolean stopped;
};

/* Waits for a chunk that is empty; FALSE where the reader wants no more. */
static gboolean wait_for_room(OvLogAhead *ahead) {
    g_mutex_lock(&ahead->lock);
    while (ahead->filled == CHUNKS && !ahead->stopped)
        g_cond_wait(&ahead->changed, &ahead->lock);
    gboolean wanted = !ahead->stopped;
    g_mutex_unlock(&ahead->lock);
    return wanted;
}

static Chunk *wait_for_chunk(OvLogAhead *ahead) {
    g_mutex_lock(&ahead->lock);
    while (ahead->filled == 0)
        g_cond_wait(&ahead->changed, &ahead->lock);
    g_mutex_unlock(&ahead->lock);
    return &ahead->chunks[ahead->next];
}

/* A chunk was filled (1) or emptied (-1). */
static void change_filled(OvLogAhead *ahead, gint by) {
    g_mutex_lock(&ahead->lock);
    ahead->filled += (guint)by;
    g_cond_signal(&ahead->changed);
    g_mutex_unlock(&ahead->lock);
}

static gpointer unpack_file(gpointer data) {
    OvLogAhead *ahead = data;
    gboolean more = TRUE;
    for (guint i = 0; more && wait_for_room(ahead); i = (i + 1) % CHUNKS) {
        Chunk *chunk = &ahead->chunks[i];
        more = ov_log_unpack_read(ahead->unpack, chunk->octets, CHUNK, &chunk->length,
                                  &chunk->error) &&
               chunk->length == CHUNK;
        chunk->taken = 0;
        change_filled(ahead, 1);
    }
    return NULL;
}

OvLogAhead *ov_log_ahead_new(OvLogUnpack *unpack) {
    OvLogAhead *ahead = g_new0(OvLogAhead, 1);
    ahead->unpack = unpack;
    g_mutex_init(&ahead->lock);
    g_cond_init(&ahead->changed);
    for (guint i = 0; i < CHUNKS; i++)
        ahead->chunks[i].octets = g_malloc(CHUNK);
    ahead->thread = g_thread_new("log-unpack", unpack_file, ahead);
    return ahead;
}

void ov_log_ahead_free(OvLogAhead *ahead) {
    if (!ahead)
        return;
    g_mutex_lock(&ahead->lock);
    ahead->stopped = TRUE;
    g_cond_signal(&ahead->changed);
    g_mutex_unlock(&ahead->lock);
    g_thread_join(ahead->thread);
    for (guint i = 0; i < CHUNKS; i++) {
        g_clear_error(&ahead->chunks[i].error);
        g_free(ahead->chunks[i].octets);
    }
    g_cond_clear(&ahead->changed);
    g_mutex_clear(&ahead->lock);
    g_free(ahead);
}

gboolean ov_log_ahead_read(OvLogAhead *ahead, char *to, gsize room, gsize *got, GError **error) {
    Chunk *chunk = wait_for_chunk(ahead);
    if (chunk->taken == CHUNK && !chunk->error) {
        ahead->next = (ahead->next + 1) % CHUNKS;
        change_filled(ahead, -1);
        chunk = wait_for_chunk(ahead);
    }
    *got = MIN(room, chunk->length - chunk->taken);
    if (*got == 0 && chunk->error) {
        g_propagate_error(error, g_steal_pointer(&chunk->error));
        return FALSE;
    }
    memcpy(to, chunk->octets + chunk->taken, *got);
    chunk->taken += *got;
    return TRUE;
}
