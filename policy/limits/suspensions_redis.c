#include "policy/limits/suspensions_redis.h"

#include "policy/limits/counters_redis_call.h"
#include "policy/limits/redis_link.h"
#include "policy/limits/suspension_text.h"
#include "policy/log.h"

#include <string.h>

#define LIST OV_COUNTERS_KEYS "suspensions"

enum {
    OPEN_SECONDS = 2,
    AT_ONCE = 500,      /* changes read or told in one round */
    MOST_KEPT = 10000,  /* changes in the list, which then begins anew */
    NUMBER_LENGTH = 24, /* characters of a position */
};

static const gint64 PAUSE = G_USEC_PER_SEC / 10;
static const gint64 RETRY = G_USEC_PER_SEC;
static const gint64 MONTH = G_GINT64_CONSTANT(31) * 24 * 3600 * G_USEC_PER_SEC;

struct OvSuspensionsRedis {
    OvSuspensions *suspensions;
    OvLedger *ledger;
    const OvRedisPlace *place;
    const char *node;
    gint64 time_limit;
    GMutex lock; /* of stopping */
    GCond stop;
    gboolean stopping;
    GThread *thread;
    /* The thread's. */
    OvRedisLink *link;
    gboolean failing;
    gint64 position;   /* changes of the list that were read */
    GBytes *newest;    /* the last of them; NULL for none */
    GHashTable *known; /* subject: the time of its latest change in the list, gint64 * */
    gint64 looked;     /* id of the ledger's last row that was told, or need not be */
};

static void note(OvSuspensionsRedis *redis, const char *subject, gint64 time) {
    gint64 *known = g_new(gint64, 1);
    *known = time;
    g_hash_table_replace(redis->known, g_strdup(subject), known);
}

static gint64 known_time(const OvSuspensionsRedis *redis, const char *subject) {
    const gint64 *known = g_hash_table_lookup(redis->known, subject);
    return known ? *known : 0;
}

static gboolean matters(const OvSuspensionRow *row, gint64 now) {
    return row->time > now - MONTH || (!row->ended && row->until > now);
}

/* --- what others told --- */

/* FALSE where the ledger can't take it: it is read again then. */
static gboolean take(OvSuspensionsRedis *redis, const redisReply *element, GError **error) {
    g_autoptr(OvArena) arena = ov_arena_new();
    OvSuspensionRow row;
    if (element->type != REDIS_REPLY_STRING ||
        !ov_suspension_text_read(element->str, (gsize)element->len, arena, &row))
        return TRUE;
    if (row.time <= known_time(redis, row.subject))
        return TRUE;
    if (matters(&row, g_get_real_time()) && !ov_suspensions_take(redis->suspensions, &row, error))
        return FALSE;
    note(redis, row.subject, row.time);
    return TRUE;
}

static gboolean is_newest(const OvSuspensionsRedis *redis, const redisReply *element) {
    gsize length = 0;
    gconstpointer newest = g_bytes_get_data(redis->newest, &length);
    return element->type == REDIS_REPLY_STRING && (gsize)element->len == length &&
           memcmp(element->str, newest, length) == 0;
}

/* The list is another one: it is read from its beginning, and all is told to it. */
static void begin_anew(OvSuspensionsRedis *redis) {
    redis->position = redis->looked = 0;
    g_clear_pointer(&redis->newest, g_bytes_unref);
    g_hash_table_remove_all(redis->known);
}

static gboolean take_all(OvSuspensionsRedis *redis, const redisReply *reply, GError **error) {
    size_t first = redis->newest ? 1 : 0;
    for (size_t i = first; i < reply->elements; i++) {
        const redisReply *element = reply->element[i];
        if (!take(redis, element, error))
            return FALSE;
        redis->position++;
        g_clear_pointer(&redis->newest, g_bytes_unref);
        redis->newest = g_bytes_new(element->str ? element->str : "", (gsize)element->len);
    }
    return TRUE;
}

static gboolean refused(const redisReply *reply, GError **error) {
    g_set_error(error, OV_REDIS_ERROR, OV_REDIS_ERROR_REFUSED, "Redis answers %s",
                reply->type == REDIS_REPLY_ERROR ? reply->str : "what is no answer");
    return FALSE;
}

/* The list from the change that was read last. *more: there may be more. */
static gboolean read_list(OvSuspensionsRedis *redis, gboolean *more, GError **error) {
    char from[NUMBER_LENGTH], to[NUMBER_LENGTH];
    gint64 first = redis->newest ? redis->position - 1 : 0;
    g_snprintf(from, sizeof from, "%" G_GINT64_FORMAT, first);
    g_snprintf(to, sizeof to, "%" G_GINT64_FORMAT, first + AT_ONCE - 1);
    ov_redis_link_command(redis->link, "LRANGE", LIST, from, to, NULL);
    redisReply *reply =
        ov_redis_link_reply(redis->link, g_get_monotonic_time() + redis->time_limit, error);
    if (!reply)
        return FALSE;
    gboolean done = reply->type == REDIS_REPLY_ARRAY || refused(reply, error);
    if (done && redis->newest && (reply->elements == 0 || !is_newest(redis, reply->element[0]))) {
        begin_anew(redis);
        *more = TRUE;
    } else if (done) {
        *more = reply->elements == AT_ONCE;
        done = take_all(redis, reply, error);
    }
    freeReplyObject(reply);
    return done;
}

/* --- what we tell --- */

/* A change that is later for its ledger is told as a later one, also where the clock was set back
 * between the two. */
static gboolean tell(OvSuspensionsRedis *redis, const OvSuspensionRow *row, GError **error) {
    OvSuspensionRow told = *row;
    told.time = MAX(row->time, known_time(redis, row->subject) + 1);
    g_autofree char *text = ov_suspension_text_write(&told, redis->node);
    ov_redis_link_command(redis->link, "RPUSH", LIST, text, NULL);
    redisReply *reply =
        ov_redis_link_reply(redis->link, g_get_monotonic_time() + redis->time_limit, error);
    if (!reply)
        return FALSE;
    gboolean done = reply->type == REDIS_REPLY_INTEGER || refused(reply, error);
    freeReplyObject(reply);
    if (done)
        note(redis, row->subject, told.time);
    return done;
}

/* The last change of its subject that the ledger has, and not in the list already, be it that it
 * comes from there. */
static gboolean is_news(OvSuspensionsRedis *redis, const OvSuspensionRow *rows, guint i, guint n) {
    for (guint later = i + 1; later < n; later++)
        if (strcmp(rows[later].subject, rows[i].subject) == 0)
            return FALSE;
    return rows[i].time != known_time(redis, rows[i].subject) &&
           matters(&rows[i], g_get_real_time());
}

static gboolean tell_news(OvSuspensionsRedis *redis, gboolean *more, GError **error) {
    if (ov_suspensions_last(redis->suspensions) <= redis->looked)
        return TRUE;
    g_autoptr(OvArena) arena = ov_arena_new();
    guint n = 0;
    OvSuspensionRow *rows =
        ov_ledger_suspension_rows(redis->ledger, NULL, redis->looked, AT_ONCE, arena, &n, error);
    if (!rows)
        return FALSE;
    for (guint i = 0; i < n; i++)
        if (is_news(redis, rows, i, n) && !tell(redis, &rows[i], error))
            return FALSE;
    if (n > 0)
        redis->looked = rows[n - 1].id;
    *more = *more || n == AT_ONCE;
    return TRUE;
}

static gboolean shorten(OvSuspensionsRedis *redis, GError **error) {
    if (redis->position <= MOST_KEPT)
        return TRUE;
    ov_redis_link_command(redis->link, "DEL", LIST, NULL);
    redisReply *reply =
        ov_redis_link_reply(redis->link, g_get_monotonic_time() + redis->time_limit, error);
    if (reply)
        freeReplyObject(reply);
    return reply != NULL;
}

/* --- rounds --- */

/* What is there is read before anything is told, so that nobody's later change is missed. */
static gboolean exchange(OvSuspensionsRedis *redis, GError **error) {
    gboolean more = TRUE;
    while (more)
        if (!read_list(redis, &more, error))
            return FALSE;
    more = TRUE;
    while (more) {
        more = FALSE;
        if (!tell_news(redis, &more, error))
            return FALSE;
    }
    return shorten(redis, error);
}

static gboolean connect_to(OvSuspensionsRedis *redis, GError **error) {
    if (redis->link)
        return TRUE;
    redis->link = ov_redis_link_open(redis->place,
                                     g_get_monotonic_time() + OPEN_SECONDS * G_USEC_PER_SEC, error);
    return redis->link != NULL;
}

static gint64 go_round(OvSuspensionsRedis *redis) {
    g_autoptr(GError) error = NULL;
    gboolean done = connect_to(redis, &error) && exchange(redis, &error);
    if (!done) {
        ov_redis_link_close(redis->link);
        redis->link = NULL;
    }
    if (done == redis->failing) {
        ov_log(done ? OV_LOG_INFO : OV_LOG_ERROR, NULL, "event", "suspension", "fleet",
               done ? "reached" : "out-of-reach", "error", done ? NULL : error->message, NULL);
        redis->failing = !done;
    }
    return done ? PAUSE : RETRY;
}

static gpointer follow(gpointer data) {
    OvSuspensionsRedis *redis = data;
    g_mutex_lock(&redis->lock);
    while (!redis->stopping) {
        g_mutex_unlock(&redis->lock);
        gint64 until = go_round(redis) + g_get_monotonic_time();
        g_mutex_lock(&redis->lock);
        while (!redis->stopping && g_cond_wait_until(&redis->stop, &redis->lock, until))
            continue;
    }
    g_mutex_unlock(&redis->lock);
    return NULL;
}

OvSuspensionsRedis *ov_suspensions_redis_start(OvSuspensions *suspensions, OvLedger *ledger,
                                               const OvRedisPlace *place, const char *node,
                                               gint64 time_limit) {
    OvSuspensionsRedis *redis = g_new0(OvSuspensionsRedis, 1);
    redis->suspensions = suspensions;
    redis->ledger = ledger;
    redis->place = place;
    redis->node = node;
    redis->time_limit = time_limit;
    redis->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_mutex_init(&redis->lock);
    g_cond_init(&redis->stop);
    redis->thread = g_thread_new("suspensions-redis", follow, redis);
    return redis;
}

void ov_suspensions_redis_stop(OvSuspensionsRedis *redis) {
    if (!redis)
        return;
    g_mutex_lock(&redis->lock);
    redis->stopping = TRUE;
    g_cond_signal(&redis->stop);
    g_mutex_unlock(&redis->lock);
    g_thread_join(redis->thread);
    ov_redis_link_close(redis->link);
    g_clear_pointer(&redis->newest, g_bytes_unref);
    g_hash_table_unref(redis->known);
    g_mutex_clear(&redis->lock);
    g_cond_clear(&redis->stop);
    g_free(redis);
}
