#include "policy/limits/counters_redis.h"

#include "policy/limits/counters_redis_call.h"
#include "rules/hash.h"

#include <string.h>

enum {
    MOST_CALLS = 128,     /* of one round trip that decide, */
    MOST_NEWS = 128,      /* and that tell news, */
    MOST_OCTETS = 262144, /* with parts of so many octets, that it may end in time */
    MOST_TRIES = 8,       /* round trips for one decision */
    OPEN_SECONDS = 2,     /* for connecting: nobody waits meanwhile */
    RETRY_SECONDS = 1,    /* from one try to the next, */
    OTHER_SECONDS = 30,   /* and where another node takes our place */
    MOST_REFILLED = 1000, /* subjects at one go, or all of a shard */
    IDLE_SECONDS = 1,     /* after which is looked whether all is well */
    STOP_SECONDS = 1,
};

/* A word that is another for each set of data. */
static const char DATA_KEY[] = OV_COUNTERS_KEYS "data";

/* Who asked, and waits until all is answered. */
typedef struct {
    guint left;
    GCond answered;
} Asker;

typedef struct {
    OvDecision *wanted;
    Asker *asker;
    guint tries;
} Ask;

typedef enum { TAKEN, REFUSED, LOCAL /* by this node alone */ } Answer;

struct OvCountersRedis {
    OvSharing sharing; /* first: what the counters know of it */
    OvCounters *counters;
    OvCountersRedisSettings settings;
    guint64 node;
    GThread *thread;
    OvRedisLink *link; /* the thread's own */
    char *script, *connection;
    gboolean no_script; /* it is to be loaded again */
    /* Under the counters' lock. */
    GCond work;    /* something to do, or to stop */
    GCond tried;   /* to connect, for the first time */
    GQueue asks;   /* Ask */
    GQueue untold; /* OvCounter */
    gboolean stopping, answering, has_tried;
    char *data;   /* word of the set of data that was there last; NULL before */
    guint refill; /* shards of which all is still to be told again */
    gint64 retry; /* monotonic: before that it is not tried again to connect */
    char *trouble;
    gint64 since;
    guint64 asked, again, alone;
};

/* One call of a round trip. */
typedef struct {
    Ask *ask; /* NULL: news alone */
    OvTelling *tellings;
    guint n;
} Call;

/* One round trip. */
typedef struct {
    OvCountersRedis *redis;
    OvArena *arena;
    Call calls[MOST_CALLS + MOST_NEWS + 1];
    redisReply *replies[MOST_CALLS + MOST_NEWS + 1]; /* NULL: none came */
    guint n;
    gint64 now;
    GError *error; /* NULL: all came */
} Batch;

/* Once all is answered, who asked may look at nothing of ours any more. */
static void answer(OvCountersRedis *redis, const Ask *ask, Answer result) {
    if (result == LOCAL)
        redis->alone++;
    else
        redis->asked++;
    ask->wanted->decided = result != LOCAL;
    ask->wanted->taken = result == TAKEN;
    if (--ask->asker->left == 0)
        g_cond_signal(&ask->asker->answered);
}

static void take_asks(OvSharing *sharing, OvDecision *decisions, guint n) {
    OvCountersRedis *redis = (OvCountersRedis *)sharing;
    GMutex *lock = &redis->counters->lock;
    g_autofree Ask *asks = g_new(Ask, n);
    Asker asker = {.left = 0};
    for (guint i = 0; i < n; i++)
        if (ov_decision_is_weighed(&decisions[i]))
            asks[asker.left++] = (Ask){&decisions[i], &asker, 0};
    if (!redis->answering) {
        redis->alone += asker.left;
        return;
    }
    g_cond_init(&asker.answered);
    for (guint i = 0; i < asker.left; i++)
        g_queue_push_tail(&redis->asks, &asks[i]);
    g_cond_signal(&redis->work);
    while (asker.left > 0)
        g_cond_wait(&asker.answered, lock);
    g_cond_clear(&asker.answered);
}

static void queue_counter(OvSharing *sharing, OvCounter *counter) {
    OvCountersRedis *redis = (OvCountersRedis *)sharing;
    g_queue_push_tail(&redis->untold, counter);
    if (redis->answering)
        g_cond_signal(&redis->work);
}

static void tell_change(OvCountersRedis *redis, const char *trouble) {
    g_mutex_unlock(&redis->counters->lock);
    redis->settings.change(trouble, redis->settings.data);
    g_mutex_lock(&redis->counters->lock);
}

/* Ends the connection, for so many seconds at least; who waits goes on alone. */
static void leave(OvCountersRedis *redis, const char *trouble, guint seconds) {
    Ask *ask;
    gboolean changed = !redis->trouble;
    g_autofree char *sentence = g_strdup(trouble);
    g_clear_pointer(&redis->link, ov_redis_link_close);
    redis->answering = FALSE;
    redis->retry = g_get_monotonic_time() + (gint64)seconds * G_USEC_PER_SEC;
    while ((ask = g_queue_pop_head(&redis->asks)))
        answer(redis, ask, LOCAL);
    if (changed)
        redis->since = g_get_real_time();
    g_free(redis->trouble);
    redis->trouble = g_strdup(trouble);
    if (changed && !redis->stopping)
        tell_change(redis, sentence);
}

/* The text of a reply; NULL with error where it is none. */
static char *take_text(OvRedisLink *link, gint64 deadline, GError **error) {
    redisReply *reply = ov_redis_link_reply(link, deadline, error);
    if (!reply)
        return NULL;
    char *text = reply->type == REDIS_REPLY_STRING || reply->type == REDIS_REPLY_STATUS
                     ? g_strndup(reply->str, (gsize)reply->len)
                 : reply->type == REDIS_REPLY_INTEGER ? g_strdup_printf("%lld", reply->integer)
                                                      : NULL;
    if (!text) {
        g_autofree char *words = ov_counters_error(reply);
        g_set_error_literal(error, OV_REDIS_ERROR, OV_REDIS_ERROR_REFUSED, words);
    }
    freeReplyObject(reply);
    return text;
}

static char *random_word(void) {
    return g_strdup_printf("%08x%08x%08x", g_random_int(), g_random_int(), g_random_int());
}

/* Enters the connection as the node's; *data: the word of the data there. */
static gboolean enter(OvCountersRedis *redis, OvRedisLink *link, gint64 deadline, char **data,
                      GError **error) {
    g_autofree char *fresh = random_word();
    guint64 node = GUINT64_TO_LE(redis->node);
    g_free(redis->connection);
    redis->connection = random_word();
    ov_redis_link_command(link, "SCRIPT", "LOAD", ov_counters_script, NULL);
    ov_redis_link_command(link, "SETNX", DATA_KEY, fresh, NULL);
    ov_redis_link_command(link, "GET", DATA_KEY, NULL);
    ov_redis_link_begin(link, 4);
    ov_redis_link_word(link, "HSET", 4);
    ov_redis_link_word(link, OV_COUNTERS_NODES, strlen(OV_COUNTERS_NODES));
    ov_redis_link_word(link, &node, sizeof node);
    ov_redis_link_word(link, redis->connection, strlen(redis->connection));
    g_free(redis->script);
    redis->script = take_text(link, deadline, error);
    g_autofree char *set = redis->script ? take_text(link, deadline, error) : NULL;
    *data = set ? take_text(link, deadline, error) : NULL;
    g_autofree char *entered = *data ? take_text(link, deadline, error) : NULL;
    return entered != NULL;
}

/* Called under the lock, and lets go of it meanwhile. */
static void try_connect(OvCountersRedis *redis) {
    g_autoptr(GError) error = NULL;
    g_autofree char *data = NULL;
    g_mutex_unlock(&redis->counters->lock);
    gint64 deadline = g_get_monotonic_time() + (gint64)OPEN_SECONDS * G_USEC_PER_SEC;
    g_autoptr(OvRedisLink) link = ov_redis_link_open(redis->settings.place, deadline, &error);
    gboolean entered = link && enter(redis, link, deadline, &data, &error);
    g_mutex_lock(&redis->counters->lock);
    if (entered) {
        gboolean back = redis->trouble != NULL;
        if (redis->data && !g_str_equal(redis->data, data))
            redis->refill = OV_COUNTERS_SHARDS;
        g_free(redis->data);
        redis->data = g_steal_pointer(&data);
        redis->link = g_steal_pointer(&link);
        redis->no_script = FALSE;
        redis->answering = TRUE;
        g_clear_pointer(&redis->trouble, g_free);
        redis->since = g_get_real_time();
        if (back)
            tell_change(redis, NULL);
    } else {
        leave(redis, error->message, RETRY_SECONDS);
    }
    redis->has_tried = TRUE;
    g_cond_signal(&redis->tried);
}

static void wait_for_work(OvCountersRedis *redis, gint64 until) {
    while (!redis->stopping && g_queue_is_empty(&redis->asks) &&
           (!redis->answering || g_queue_is_empty(&redis->untold)) &&
           g_cond_wait_until(&redis->work, &redis->counters->lock, until))
        continue;
}

/* All of a shard's subjects are to be told again. */
static void refill_shard(OvCountersRedis *redis) {
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init(&iter, redis->counters->shards[--redis->refill]);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        ov_replica_tell_all(redis->counters, key);
}

static Call *add_call(Batch *batch, Ask *ask, guint n) {
    Call *call = &batch->calls[batch->n++];
    *call = (Call){ask, OV_ARENA_NEW(batch->arena, OvTelling, n), 0};
    return call;
}

static void build_ask(Batch *batch, Ask *ask) {
    OvCounters *counters = batch->redis->counters;
    const OvDecision *wanted = ask->wanted;
    Call *call = add_call(batch, ask, wanted->n_claims);
    double *rooms = OV_ARENA_NEW(batch->arena, double, wanted->n_claims *OV_N_WEIGHTS);
    for (guint i = 0; i < wanted->n_claims; i++)
        if (ov_claim_is_weighed(&wanted->claims[i]))
            ov_telling_begin(&call->tellings[call->n++],
                             ov_counter_have(counters, &wanted->claims[i].subject),
                             batch->redis->node, batch->now);
    if (!ov_counters_weigh(counters, wanted, rooms))
        return;
    guint n = 0;
    for (guint i = 0; i < wanted->n_claims; i++)
        if (ov_claim_is_weighed(&wanted->claims[i]))
            ov_telling_claim(&call->tellings[n++], counters, wanted, &wanted->claims[i],
                             rooms + (gsize)i * OV_N_WEIGHTS);
}

/* Two of one ticket would not know of each other. */
static gboolean has_ticket(const Batch *batch, guint64 ticket) {
    for (guint i = 0; ticket && i < batch->n; i++)
        if (batch->calls[i].ask && batch->calls[i].ask->wanted->ticket == ticket)
            return TRUE;
    return FALSE;
}

static gboolean has_something(const OvReplica *replica) {
    return !replica->met || replica->all || replica->news;
}

static void build_news(Batch *batch) {
    GQueue *untold = &batch->redis->untold;
    OvCounter *counter;
    gsize octets = 0;
    for (guint n = 0; n < MOST_NEWS && octets < MOST_OCTETS && (counter = g_queue_pop_head(untold));
         n++) {
        counter->replica->queued = FALSE;
        if (!has_something(counter->replica))
            continue;
        Call *call = add_call(batch, NULL, 1);
        OvTelling *telling = &call->tellings[call->n++];
        ov_telling_begin(telling, counter, batch->redis->node, batch->now);
        octets += telling->part ? telling->part->len : 0;
    }
}

static void build(Batch *batch) {
    OvCountersRedis *redis = batch->redis;
    while (redis->refill > 0 && redis->untold.length < MOST_REFILLED)
        refill_shard(redis);
    for (guint left = redis->asks.length; left > 0 && batch->n < MOST_CALLS; left--) {
        Ask *ask = g_queue_pop_head(&redis->asks);
        if (has_ticket(batch, ask->wanted->ticket))
            g_queue_push_tail(&redis->asks, ask);
        else
            build_ask(batch, ask);
    }
    build_news(batch);
    if (batch->n == 0)
        add_call(batch, NULL, 0);
}

/* Without the lock: the tellings' own are not touched by others, but for the subject's name. */
static void exchange(Batch *batch) {
    OvCountersRedis *redis = batch->redis;
    OvCountersCaller caller = {redis->script, redis->node, redis->connection};
    gint64 deadline = g_get_monotonic_time() + redis->settings.time_limit;
    if (redis->no_script)
        ov_redis_link_command(redis->link, "SCRIPT", "LOAD", ov_counters_script, NULL);
    for (guint i = 0; i < batch->n; i++)
        ov_counters_call(redis->link, &caller, batch->calls[i].tellings, batch->calls[i].n);
    if (redis->no_script) {
        g_free(take_text(redis->link, deadline, &batch->error));
        redis->no_script = FALSE;
    }
    for (guint i = 0; !batch->error && i < batch->n; i++)
        batch->replies[i] = ov_redis_link_reply(redis->link, deadline, &batch->error);
}

static void settle(const Batch *batch, const Call *call, gboolean moved) {
    OvCounters *counters = batch->redis->counters;
    const OvDecision *wanted = call->ask->wanted;
    if (moved)
        ov_counters_weigh(counters, wanted, NULL);
    for (guint i = 0; i < call->n; i++)
        ov_telling_settle(&call->tellings[i]);
    ov_counters_settle(counters, wanted);
    guint n = 0;
    for (guint i = 0; i < wanted->n_claims; i++)
        if (ov_claim_is_weighed(&wanted->claims[i]))
            ov_telling_settled(&call->tellings[n++], counters, wanted, &wanted->claims[i]);
    answer(batch->redis, call->ask, TAKEN);
}

static void ask_again(const Batch *batch, Ask *ask) {
    if (++ask->tries == MOST_TRIES) {
        answer(batch->redis, ask, LOCAL);
        return;
    }
    batch->redis->again++;
    g_queue_push_tail(&batch->redis->asks, ask);
}

static void decide(const Batch *batch, const Call *call, OvCalled called, gboolean moved) {
    switch (called) {
    case OV_CALLED_CLAIMED:
        settle(batch, call, moved);
        break;
    case OV_CALLED_TOLD:
        if (ov_counters_weigh(batch->redis->counters, call->ask->wanted, NULL))
            ask_again(batch, call->ask);
        else
            answer(batch->redis, call->ask, REFUSED);
        break;
    case OV_CALLED_NOTHING:
    case OV_CALLED_NO_SCRIPT:
        ask_again(batch, call->ask);
        break;
    case OV_CALLED_DATA_LOST:
    case OV_CALLED_OTHER_NODE:
    case OV_CALLED_ERROR:
        answer(batch->redis, call->ask, LOCAL);
        break;
    }
}

static OvTellingEnd end_of(OvCalled called) {
    switch (called) {
    case OV_CALLED_CLAIMED:
    case OV_CALLED_TOLD:
        return OV_TELLING_TAKEN;
    case OV_CALLED_ERROR:
        return OV_TELLING_UNKNOWN;
    case OV_CALLED_NOTHING:
    case OV_CALLED_NO_SCRIPT:
    case OV_CALLED_DATA_LOST:
    case OV_CALLED_OTHER_NODE:
        break;
    }
    return OV_TELLING_LEFT;
}

/* Why the connection is of no more use. */
typedef struct {
    char *sentence; /* NULL: it is */
    guint seconds;  /* in which it is not tried again */
} Trouble;

static Trouble trouble_of(const Batch *batch, OvCalled called, const redisReply *reply) {
    switch (called) {
    case OV_CALLED_DATA_LOST:
        return (Trouble){g_strdup("its data are gone; each node tells it again what it counted"),
                         0};
    case OV_CALLED_OTHER_NODE:
        return (Trouble){
            g_strdup_printf("another outvetd is called %s, too: give each its own [node] name",
                            batch->redis->settings.node),
            OTHER_SECONDS};
    case OV_CALLED_ERROR:
        return (Trouble){ov_counters_error(reply), RETRY_SECONDS};
    case OV_CALLED_CLAIMED:
    case OV_CALLED_TOLD:
    case OV_CALLED_NOTHING:
    case OV_CALLED_NO_SCRIPT:
        break;
    }
    return (Trouble){NULL, 0};
}

static Trouble take_reply(Batch *batch, guint at) {
    const Call *call = &batch->calls[at];
    OvToldSubject *subjects = OV_ARENA_NEW(batch->arena, OvToldSubject, call->n);
    const redisReply *reply = batch->replies[at];
    OvCalled called =
        reply ? ov_counters_called(reply, subjects, call->n, batch->arena) : OV_CALLED_ERROR;
    gboolean answered =
        called == OV_CALLED_CLAIMED || called == OV_CALLED_TOLD || called == OV_CALLED_NOTHING;
    gboolean any_moved = FALSE, sense = TRUE;
    for (guint i = 0; i < call->n; i++) {
        gboolean moved;
        if (!ov_telling_end(&call->tellings[i], batch->redis->counters, end_of(called),
                            answered ? &subjects[i] : NULL, batch->redis->node, batch->now, &moved))
            sense = FALSE;
        any_moved = any_moved || moved;
    }
    if (call->ask)
        decide(batch, call, called, any_moved);
    for (guint i = 0; i < call->n; i++)
        ov_telling_clear(&call->tellings[i]);
    if (called == OV_CALLED_NO_SCRIPT)
        batch->redis->no_script = TRUE;
    if (!sense)
        return (Trouble){g_strdup("what other nodes told makes no sense"), RETRY_SECONDS};
    return reply ? trouble_of(batch, called, reply) : (Trouble){NULL, 0};
}

/* One round trip. Called under the lock, and lets go of it meanwhile. */
static void go_round(OvCountersRedis *redis) {
    g_autoptr(OvArena) arena = ov_arena_new();
    Batch *batch = OV_ARENA_NEW(arena, Batch, 1);
    batch->redis = redis;
    batch->arena = arena;
    batch->now = g_get_real_time();
    build(batch);
    g_mutex_unlock(&redis->counters->lock);
    exchange(batch);
    g_mutex_lock(&redis->counters->lock);
    Trouble trouble = {NULL, 0};
    for (guint i = 0; i < batch->n; i++) {
        Trouble next = take_reply(batch, i);
        if (trouble.sentence)
            g_free(next.sentence);
        else
            trouble = next;
        if (batch->replies[i])
            freeReplyObject(batch->replies[i]);
    }
    if (batch->error)
        leave(redis, batch->error->message, RETRY_SECONDS);
    else if (trouble.sentence)
        leave(redis, trouble.sentence, trouble.seconds);
    g_free(trouble.sentence);
    g_clear_error(&batch->error);
}

static void finish(OvCountersRedis *redis) {
    gint64 deadline = g_get_monotonic_time() + (gint64)STOP_SECONDS * G_USEC_PER_SEC;
    while (redis->link && g_get_monotonic_time() < deadline &&
           !(g_queue_is_empty(&redis->untold) && g_queue_is_empty(&redis->asks)))
        go_round(redis);
    leave(redis, "outvetd is stopping", 0);
}

static gpointer run(gpointer data) {
    OvCountersRedis *redis = data;
    g_mutex_lock(&redis->counters->lock);
    while (!redis->stopping) {
        if (!redis->link && g_get_monotonic_time() < redis->retry) {
            wait_for_work(redis, redis->retry);
        } else if (!redis->link) {
            try_connect(redis);
        } else {
            if (redis->refill == 0)
                wait_for_work(redis,
                              g_get_monotonic_time() + (gint64)IDLE_SECONDS * G_USEC_PER_SEC);
            go_round(redis);
        }
    }
    finish(redis);
    g_mutex_unlock(&redis->counters->lock);
    return NULL;
}

OvCountersRedis *ov_counters_redis_start(OvCounters *counters,
                                         const OvCountersRedisSettings *settings) {
    OvCountersRedis *redis = g_new0(OvCountersRedis, 1);
    redis->sharing = (OvSharing){take_asks, queue_counter};
    redis->counters = counters;
    redis->settings = *settings;
    redis->node = ov_hash_spread(ov_hash(ov_slice(settings->node), 1));
    redis->since = g_get_real_time();
    g_cond_init(&redis->work);
    g_cond_init(&redis->tried);
    g_queue_init(&redis->asks);
    g_queue_init(&redis->untold);
    g_mutex_lock(&counters->lock);
    counters->sharing = &redis->sharing;
    redis->thread = g_thread_new("redis", run, redis);
    while (!redis->has_tried)
        g_cond_wait(&redis->tried, &counters->lock);
    g_mutex_unlock(&counters->lock);
    return redis;
}

void ov_counters_redis_stop(OvCountersRedis *redis) {
    if (!redis)
        return;
    OvCounters *counters = redis->counters;
    g_mutex_lock(&counters->lock);
    redis->stopping = TRUE;
    g_cond_signal(&redis->work);
    g_mutex_unlock(&counters->lock);
    g_thread_join(redis->thread);
    g_mutex_lock(&counters->lock);
    counters->sharing = NULL;
    g_mutex_unlock(&counters->lock);
    g_queue_clear(&redis->untold);
    g_cond_clear(&redis->work);
    g_cond_clear(&redis->tried);
    g_free(redis->script);
    g_free(redis->connection);
    g_free(redis->data);
    g_free(redis->trouble);
    g_free(redis);
}

void ov_counters_redis_status(OvCountersRedis *redis, OvCountersRedisStatus *status) {
    g_mutex_lock(&redis->counters->lock);
    *status = (OvCountersRedisStatus){
        .trouble = g_strdup(redis->trouble),
        .since = redis->since,
        .asked = redis->asked,
        .again = redis->again,
        .alone = redis->alone,
        .untold = redis->untold.length,
    };
    g_mutex_unlock(&redis->counters->lock);
}
