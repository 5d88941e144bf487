/* What ThreadSanitizer can't see of GLib, which is not built for it: mutexes and conditions (of
 * futexes), reference counts, counted blocks, pools and once-only starts, here on pthreads and on
 * the compiler's atomics. Linked into SANITIZE=thread builds before GLib; what GLib itself locks
 * stays with its own. */
#include <dlfcn.h>
#include <errno.h>
#include <glib.h>
#include <pthread.h>
#include <stddef.h>
#include <time.h>

static pthread_mutex_t *mutex_of(GMutex *mutex) {
    pthread_mutex_t *made = g_atomic_pointer_get(&mutex->p);
    if (made)
        return made;
    made = g_new(pthread_mutex_t, 1);
    pthread_mutex_init(made, NULL);
    if (g_atomic_pointer_compare_and_exchange(&mutex->p, NULL, made))
        return made;
    pthread_mutex_destroy(made);
    g_free(made);
    return g_atomic_pointer_get(&mutex->p);
}

static pthread_cond_t *cond_of(GCond *cond) {
    pthread_cond_t *made = g_atomic_pointer_get(&cond->p);
    if (made)
        return made;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    made = g_new(pthread_cond_t, 1);
    pthread_cond_init(made, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (g_atomic_pointer_compare_and_exchange(&cond->p, NULL, made))
        return made;
    pthread_cond_destroy(made);
    g_free(made);
    return g_atomic_pointer_get(&cond->p);
}

void g_mutex_init(GMutex *mutex) {
    mutex->p = NULL;
}

void g_mutex_clear(GMutex *mutex) {
    if (!mutex->p)
        return;
    pthread_mutex_destroy(mutex->p);
    g_clear_pointer(&mutex->p, g_free);
}

void(g_mutex_lock)(GMutex *mutex) {
    pthread_mutex_lock(mutex_of(mutex));
}

gboolean(g_mutex_trylock)(GMutex *mutex) {
    return pthread_mutex_trylock(mutex_of(mutex)) == 0;
}

void(g_mutex_unlock)(GMutex *mutex) {
    pthread_mutex_unlock(mutex_of(mutex));
}

void g_cond_init(GCond *cond) {
    cond->p = NULL;
}

void g_cond_clear(GCond *cond) {
    if (!cond->p)
        return;
    pthread_cond_destroy(cond->p);
    g_clear_pointer(&cond->p, g_free);
}

void g_cond_wait(GCond *cond, GMutex *mutex) {
    pthread_cond_wait(cond_of(cond), mutex_of(mutex));
}

gboolean g_cond_wait_until(GCond *cond, GMutex *mutex, gint64 end_time) {
    struct timespec end = {
        .tv_sec = end_time / G_USEC_PER_SEC,
        .tv_nsec = end_time % G_USEC_PER_SEC * 1000,
    };
    return pthread_cond_timedwait(cond_of(cond), mutex_of(mutex), &end) != ETIMEDOUT;
}

void g_cond_signal(GCond *cond) {
    pthread_cond_signal(cond_of(cond));
}

void g_cond_broadcast(GCond *cond) {
    pthread_cond_broadcast(cond_of(cond));
}

void(g_atomic_ref_count_init)(gatomicrefcount *count) {
    g_atomic_int_set(count, 1);
}

void(g_atomic_ref_count_inc)(gatomicrefcount *count) {
    g_atomic_int_inc(count);
}

gboolean(g_atomic_ref_count_dec)(gatomicrefcount *count) {
    return g_atomic_int_dec_and_test(count);
}

/* What stands before a counted block, as large as any type wants its place to be a multiple of. */
typedef struct {
    gint references;
    _Alignas(max_align_t) char block[];
} Box;

static Box *box_of(gpointer block) {
    return (Box *)((char *)block - offsetof(Box, block));
}

gpointer(g_atomic_rc_box_alloc0)(gsize size) {
    Box *box = g_malloc0(sizeof(Box) + size);
    g_atomic_int_set(&box->references, 1);
    return box->block;
}

gpointer(g_atomic_rc_box_acquire)(gpointer block) {
    g_atomic_int_inc(&box_of(block)->references);
    return block;
}

void(g_atomic_rc_box_release_full)(gpointer block, GDestroyNotify clear) {
    Box *box = box_of(block);
    if (!g_atomic_int_dec_and_test(&box->references))
        return;
    if (clear)
        clear(block);
    g_free(box);
}

/* A pool's threads get what is pushed, and who ends it waits for them, by a lock inside GLib: here
 * a number that both touch tells it. */
static gint handed;

typedef struct {
    GFunc work;
    gpointer data;
} Pool;

static void work(gpointer item, gpointer data) {
    const Pool *pool = data;
    g_atomic_int_get(&handed);
    pool->work(item, pool->data);
    g_atomic_int_inc(&handed);
}

GThreadPool *g_thread_pool_new(GFunc function, gpointer data, gint threads, gboolean exclusive,
                               GError **error) {
    typedef GThreadPool *New(GFunc, gpointer, gint, gboolean, GError **);
    Pool *pool = g_new(Pool, 1); /* for as long as the program runs */
    *pool = (Pool){function, data};
    return ((New *)dlsym(RTLD_NEXT, "g_thread_pool_new"))(work, pool, threads, exclusive, error);
}

gboolean g_thread_pool_push(GThreadPool *pool, gpointer item, GError **error) {
    typedef gboolean Push(GThreadPool *, gpointer, GError **);
    g_atomic_int_inc(&handed);
    return ((Push *)dlsym(RTLD_NEXT, "g_thread_pool_push"))(pool, item, error);
}

void g_thread_pool_free(GThreadPool *pool, gboolean immediate, gboolean wait) {
    typedef void Free(GThreadPool *, gboolean, gboolean);
    ((Free *)dlsym(RTLD_NEXT, "g_thread_pool_free"))(pool, immediate, wait);
    g_atomic_int_get(&handed);
}

/* Held from enter to leave: one initialisation at a time, which may begin others. */
static pthread_mutex_t once = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

gboolean(g_once_init_enter)(volatile void *location) {
    pthread_mutex_lock(&once);
    gboolean first = __atomic_load_n((gsize *)(guintptr)location, __ATOMIC_ACQUIRE) == 0;
    if (!first)
        pthread_mutex_unlock(&once);
    return first;
}

void(g_once_init_leave)(volatile void *location, gsize result) {
    __atomic_store_n((gsize *)(guintptr)location, result, __ATOMIC_RELEASE);
    pthread_mutex_unlock(&once);
}

/* outvetd makes its threads' stacks small; ThreadSanitizer keeps much of its own in them. */
int pthread_setattr_default_np(const pthread_attr_t *attributes) {
    (void)attributes;
    return 0;
}
