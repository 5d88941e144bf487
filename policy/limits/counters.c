#include "policy/limits/counters.h"

#include "rules/hash.h"

#include <string.h>

enum {
    N_SHARDS = 256, /* so that no table grows at one go for longer than a moment */
    MOST_SUBJECTS = 2000000,
    TRIES = 32, /* of those that may make room */
};

/* The key of its shard's table; a name follows it in memory. */
typedef struct {
    OvSubject subject;
    guint64 hash;
    OvMeter meter;
    OvAmounts *reserved;  /* NULL where nothing is */
    OvDistinct *distinct; /* NULL where there is nothing of it */
    gint64 since;
    gboolean changed; /* and so in the list */
} Counter;

typedef struct {
    Counter *counter;
    OvAmounts amounts;
    guint32 *marks; /* of all things, one kind after the other; NULL for none */
    guint n_marks[OV_N_THINGS];
} Part;

typedef struct {
    guint64 ticket;
    guint n_parts;
    Part parts[];
} Reservation;

struct OvCounters {
    GMutex lock; /* all of it */
    GHashTable *shards[N_SHARDS];
    GHashTable *reservations;
    GQueue changed; /* Counter *, oldest change first */
    guint n_subjects;
    guint hand;  /* shard where room is made next */
    guint swept; /* shard that was swept last */
    guint64 forgotten;
};

static guint hash_counter(gconstpointer counter) {
    return (guint)(((const Counter *)counter)->hash >> 32);
}

static gboolean same_counter(gconstpointer one, gconstpointer other) {
    const Counter *a = one, *b = other;
    return a->hash == b->hash && ov_subject_equal(&a->subject, &b->subject);
}

static void free_counter(gpointer data) {
    Counter *counter = data;
    ov_meter_clear(&counter->meter);
    ov_distinct_free(counter->distinct);
    g_free(counter->reserved);
    g_free(counter);
}

static void free_reservation(gpointer data) {
    Reservation *reservation = data;
    for (guint i = 0; i < reservation->n_parts; i++)
        g_free(reservation->parts[i].marks);
    g_free(reservation);
}

OvCounters *ov_counters_new(void) {
    OvCounters *counters = g_new0(OvCounters, 1);
    g_mutex_init(&counters->lock);
    for (guint i = 0; i < N_SHARDS; i++)
        counters->shards[i] = g_hash_table_new_full(hash_counter, same_counter, free_counter, NULL);
    counters->reservations =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, free_reservation);
    g_queue_init(&counters->changed);
    return counters;
}

void ov_counters_free(OvCounters *counters) {
    if (!counters)
        return;
    g_hash_table_unref(counters->reservations);
    g_queue_clear(&counters->changed);
    for (guint i = 0; i < N_SHARDS; i++)
        g_hash_table_unref(counters->shards[i]);
    g_mutex_clear(&counters->lock);
    g_free(counters);
}

static Counter key_of(const OvSubject *subject) {
    guint64 hash = ov_hash(ov_slice(subject->name), (guint64)subject->kind + 1);
    return (Counter){.subject = *subject, .hash = ov_hash_spread(hash)};
}

static GHashTable *shard_of(OvCounters *counters, const Counter *key) {
    return counters->shards[key->hash % N_SHARDS];
}

static Counter *find(OvCounters *counters, const OvSubject *subject) {
    Counter key = key_of(subject);
    return g_hash_table_lookup(shard_of(counters, &key), &key);
}

/* Forgets, of some that nothing holds, the one that was idle longest. */
static void make_room(OvCounters *counters) {
    Counter *idlest = NULL;
    for (guint looked = 0; !idlest && looked < N_SHARDS; looked++) {
        GHashTableIter iter;
        gpointer key;
        guint tries = 0;
        g_hash_table_iter_init(&iter, counters->shards[counters->hand++ % N_SHARDS]);
        while (tries++ < TRIES && g_hash_table_iter_next(&iter, &key, NULL)) {
            Counter *counter = key;
            if (!counter->changed && !counter->reserved &&
                (!idlest || counter->meter.last < idlest->meter.last))
                idlest = counter;
        }
    }
    if (!idlest)
        return;
    g_hash_table_remove(shard_of(counters, idlest), idlest);
    counters->n_subjects--;
    counters->forgotten++;
}

static Counter *have(OvCounters *counters, const OvSubject *subject) {
    Counter key = key_of(subject);
    Counter *counter = g_hash_table_lookup(shard_of(counters, &key), &key);
    if (counter)
        return counter;
    if (counters->n_subjects >= MOST_SUBJECTS)
        make_room(counters);
    gsize size = strlen(subject->name) + 1;
    counter = g_malloc0(sizeof *counter + size);
    counter->hash = key.hash;
    counter->subject.kind = subject->kind;
    counter->subject.name = memcpy(counter + 1, subject->name, size);
    g_hash_table_add(shard_of(counters, &key), counter);
    counters->n_subjects++;
    return counter;
}

static void mark_changed(OvCounters *counters, Counter *counter) {
    if (counter->changed)
        return;
    counter->changed = TRUE;
    g_queue_push_tail(&counters->changed, counter);
}

static void add(OvAmounts *to, const OvAmounts *amounts) {
    for (guint i = 0; i < OV_N_AMOUNTS; i++)
        to->of[i] += amounts->of[i];
}

static void see(Counter *counter, OvThing thing, OvThings things, gint64 now) {
    if (things.n == 0)
        return;
    if (!counter->distinct)
        counter->distinct = ov_distinct_new();
    ov_distinct_see(counter->distinct, thing, things, now);
}

static void count(OvCounters *counters, Counter *counter, const OvAmounts *amounts,
                  const OvThings things[OV_N_THINGS], gint64 now) {
    if (counter->since == 0)
        counter->since = now;
    ov_meter_add(&counter->meter, amounts, now);
    for (guint i = 0; i < OV_N_THINGS; i++)
        see(counter, (OvThing)i, things[i], now);
    mark_changed(counters, counter);
}

/* What was reserved is no longer; nothing where nothing was. */
static void unreserve(OvCounters *counters, guint64 ticket) {
    const Reservation *reservation = g_hash_table_lookup(counters->reservations, &ticket);
    if (!reservation)
        return;
    for (guint i = 0; i < reservation->n_parts; i++) {
        Counter *counter = reservation->parts[i].counter;
        gboolean left = FALSE;
        for (guint j = 0; j < OV_N_AMOUNTS; j++) {
            counter->reserved->of[j] -= reservation->parts[i].amounts.of[j];
            left = left || counter->reserved->of[j] > 0;
        }
        if (!left)
            g_clear_pointer(&counter->reserved, g_free);
    }
    g_hash_table_remove(counters->reservations, &ticket);
}

static void keep_marks(Part *part, const OvThings things[OV_N_THINGS]) {
    guint n = 0;
    for (guint i = 0; i < OV_N_THINGS; i++)
        n += part->n_marks[i] = things[i].n;
    if (n == 0)
        return;
    guint32 *to = part->marks = g_new(guint32, n);
    for (guint i = 0; i < OV_N_THINGS; to += things[i++].n)
        if (things[i].n > 0)
            memcpy(to, things[i].marks, things[i].n * sizeof *to);
}

static void reserve(OvCounters *counters, guint64 ticket, const OvClaim *claims, guint n_claims) {
    Reservation *reservation = g_malloc(sizeof *reservation + n_claims * sizeof(Part));
    reservation->ticket = ticket;
    reservation->n_parts = n_claims;
    for (guint i = 0; i < n_claims; i++) {
        Counter *counter = have(counters, &claims[i].subject);
        if (!counter->reserved)
            counter->reserved = g_new0(OvAmounts, 1);
        add(counter->reserved, &claims[i].amounts);
        reservation->parts[i] = (Part){.counter = counter, .amounts = claims[i].amounts};
        keep_marks(&reservation->parts[i], claims[i].things);
    }
    g_hash_table_replace(counters->reservations, &reservation->ticket, reservation);
}

/* What is reserved of the counter (NULL: nothing), but for what the ticket has. */
static OvAmounts reserved_by_others(OvCounters *counters, guint64 ticket, const Counter *counter) {
    OvAmounts amounts = {{0}};
    if (!counter || !counter->reserved)
        return amounts;
    amounts = *counter->reserved;
    const Reservation *reservation =
        ticket ? g_hash_table_lookup(counters->reservations, &ticket) : NULL;
    for (guint i = 0; reservation && i < reservation->n_parts; i++)
        for (guint j = 0; reservation->parts[i].counter == counter && j < OV_N_AMOUNTS; j++)
            amounts.of[j] -= reservation->parts[i].amounts.of[j];
    return amounts;
}

/* With more in every span. */
static void read_activity(const Counter *counter, const OvAmounts *more, gint64 now,
                          OvActivity *activity) {
    static const OvMeter nothing = {.octets = NULL};
    ov_activity_take(activity, counter ? &counter->meter : &nothing, counter ? counter->since : 0,
                     now);
    for (guint i = 0; i < OV_N_SPANS; i++)
        add(&activity->sums[i], more);
}

/* What was drawn on the announcement without the claim; others: what is reserved. */
static OvAmounts drawn_before(const Counter *counter, const OvAllowance *announced,
                              const OvAmounts *others) {
    OvAmounts drawn = *others;
    if (counter)
        ov_meter_since(&counter->meter, announced->since, &drawn);
    return drawn;
}

/* Draws the claim on its announcement where it has to be, and there is room for it. */
static void draw(const Counter *counter, const OvActivity *activity, const OvAmounts *others,
                 OvClaim *claim) {
    const OvAllowance *announced = claim->announced;
    gboolean needed = !ov_activity_is_usual(activity);
    for (guint i = 0; i < claim->n_bounds; i++)
        needed = needed || (claim->bounds[i].passed && ov_bound_can_be_raised(&claim->bounds[i]));
    OvAmounts drawn = drawn_before(counter, announced, others);
    guint64 recipients = claim->amounts.of[OV_AMOUNT_RECIPIENTS];
    guint64 messages = claim->amounts.of[OV_AMOUNT_MESSAGES];
    if (!needed || drawn.of[OV_AMOUNT_DRAWN] + recipients > announced->recipients ||
        drawn.of[OV_AMOUNT_DRAWN_MESSAGES] + messages > announced->messages)
        return;
    claim->drawn = TRUE;
    claim->n_drawn = drawn.of[OV_AMOUNT_DRAWN] + recipients;
    claim->amounts.of[OV_AMOUNT_DRAWN] = recipients;
    claim->amounts.of[OV_AMOUNT_DRAWN_MESSAGES] = messages;
    claim->things[OV_THING_DOMAINS] = (OvThings){NULL, 0};
    for (guint i = 0; i < claim->n_bounds; i++) {
        OvBound *bound = &claim->bounds[i];
        bound->raised = bound->passed && ov_bound_can_be_raised(bound);
        bound->passed = bound->passed && !bound->raised;
    }
}

/* Mail that is announced for one of its subjects is so for all of them. */
static void mark_announced(OvClaim *claims, guint n_claims) {
    gboolean announced = FALSE;
    for (guint i = 0; i < n_claims; i++)
        announced = announced || claims[i].drawn;
    for (guint i = 0; announced && i < n_claims; i++) {
        OvAmounts *amounts = &claims[i].amounts;
        amounts->of[OV_AMOUNT_ANNOUNCED] = amounts->of[OV_AMOUNT_RECIPIENTS];
        amounts->of[OV_AMOUNT_ANNOUNCED_MESSAGES] = amounts->of[OV_AMOUNT_MESSAGES];
    }
}

/* Weighs the claim's bounds, the claim in the place of what the ticket has reserved. */
static void weigh(OvCounters *counters, guint64 ticket, OvClaim *claim, gint64 now) {
    const Counter *counter = find(counters, &claim->subject);
    OvActivity activity;
    OvAmounts others = reserved_by_others(counters, ticket, counter), more = others;
    add(&more, &claim->amounts);
    read_activity(counter, &more, now, &activity);
    activity.distinct = counter ? counter->distinct : NULL;
    memcpy(activity.things, claim->things, sizeof activity.things);
    for (guint i = 0; i < claim->n_bounds; i++)
        ov_bound_weigh(&claim->bounds[i], &activity, now);
    if (claim->announced)
        draw(counter, &activity, &others, claim);
}

/* Weighs every bound of every claim, and draws on announcements. TRUE where none refuses. */
static gboolean weigh_all(OvCounters *counters, guint64 ticket, OvClaim *claims, guint n_claims,
                          gint64 now) {
    gboolean welcome = TRUE;
    for (guint i = 0; i < n_claims; i++) {
        if (claims[i].n_bounds > 0 || claims[i].announced)
            weigh(counters, ticket, &claims[i], now);
        for (guint j = 0; j < claims[i].n_bounds; j++)
            if (claims[i].bounds[j].passed && claims[i].bounds[j].refuses)
                welcome = FALSE;
    }
    mark_announced(claims, n_claims);
    return welcome;
}

gboolean ov_counters_reserve(OvCounters *counters, guint64 ticket, OvClaim *claims, guint n_claims,
                             gint64 now) {
    g_assert(ticket != 0);
    g_mutex_lock(&counters->lock);
    gboolean welcome = weigh_all(counters, ticket, claims, n_claims, now);
    if (welcome) {
        unreserve(counters, ticket);
        reserve(counters, ticket, claims, n_claims);
    }
    g_mutex_unlock(&counters->lock);
    return welcome;
}

gboolean ov_counters_count(OvCounters *counters, guint64 ticket, OvClaim *claims, guint n_claims,
                           gint64 now) {
    g_mutex_lock(&counters->lock);
    gboolean welcome = weigh_all(counters, ticket, claims, n_claims, now);
    unreserve(counters, ticket);
    for (guint i = 0; welcome && i < n_claims; i++)
        count(counters, have(counters, &claims[i].subject), &claims[i].amounts, claims[i].things,
              now);
    g_mutex_unlock(&counters->lock);
    return welcome;
}

static void count_part(OvCounters *counters, const Part *part, gint64 now) {
    OvThings things[OV_N_THINGS];
    const guint32 *from = part->marks;
    for (guint i = 0; i < OV_N_THINGS; from += part->n_marks[i++])
        things[i] = (OvThings){from, part->n_marks[i]};
    count(counters, part->counter, &part->amounts, things, now);
}

gboolean ov_counters_keep(OvCounters *counters, guint64 ticket, gint64 now) {
    g_mutex_lock(&counters->lock);
    const Reservation *reservation = g_hash_table_lookup(counters->reservations, &ticket);
    for (guint i = 0; reservation && i < reservation->n_parts; i++)
        count_part(counters, &reservation->parts[i], now);
    unreserve(counters, ticket);
    g_mutex_unlock(&counters->lock);
    return reservation != NULL;
}

void ov_counters_give_back(OvCounters *counters, guint64 ticket) {
    g_mutex_lock(&counters->lock);
    unreserve(counters, ticket);
    g_mutex_unlock(&counters->lock);
}

void ov_counters_add(OvCounters *counters, const OvClaim *claim, gint64 now) {
    g_mutex_lock(&counters->lock);
    count(counters, have(counters, &claim->subject), &claim->amounts, claim->things, now);
    g_mutex_unlock(&counters->lock);
}

guint ov_counters_things(OvCounters *counters, const OvSubject *subject, OvThing thing, OvSpan span,
                         gint64 now) {
    g_mutex_lock(&counters->lock);
    const Counter *counter = find(counters, subject);
    guint n = ov_distinct_count(counter ? counter->distinct : NULL, thing, span,
                                (OvThings){NULL, 0}, now);
    g_mutex_unlock(&counters->lock);
    return n;
}

void ov_counters_read(OvCounters *counters, const OvSubject *subject, guint64 ticket, gint64 now,
                      OvActivity *activity) {
    g_mutex_lock(&counters->lock);
    const Counter *counter = find(counters, subject);
    OvAmounts others = reserved_by_others(counters, ticket, counter);
    read_activity(counter, &others, now, activity);
    g_mutex_unlock(&counters->lock);
}

void ov_counters_each(OvCounters *counters, OvSubjectKind kind, gint64 now, OvCountersEach each,
                      gpointer data) {
    for (guint i = 0; i < N_SHARDS; i++) {
        GHashTableIter iter;
        gpointer key;
        g_mutex_lock(&counters->lock);
        g_hash_table_iter_init(&iter, counters->shards[i]);
        while (g_hash_table_iter_next(&iter, &key, NULL)) {
            const Counter *counter = key;
            OvActivity activity;
            if (counter->subject.kind != kind)
                continue;
            OvAmounts reserved = reserved_by_others(counters, 0, counter);
            read_activity(counter, &reserved, now, &activity);
            each(&counter->subject, &activity, data);
        }
        g_mutex_unlock(&counters->lock);
    }
}

void ov_counters_status(OvCounters *counters, OvCountersStatus *status) {
    g_mutex_lock(&counters->lock);
    *status = (OvCountersStatus){
        .subjects = counters->n_subjects,
        .reserved = g_hash_table_size(counters->reservations),
        .forgotten = counters->forgotten,
    };
    g_mutex_unlock(&counters->lock);
}

/* Called under the lock. A subject of which nothing is left goes away. */
static OvCounterRow take_row(OvCounters *counters, Counter *counter, gint64 now) {
    OvCounterRow row = {
        .subject = {counter->subject.kind, g_strdup(counter->subject.name)},
        .since = counter->since,
    };
    counter->changed = FALSE;
    if (!ov_meter_is_over(&counter->meter, now)) {
        row.first = counter->meter.first;
        row.length = counter->meter.used;
        row.octets = g_memdup2(counter->meter.octets, row.length);
        row.things = counter->distinct ? ov_distinct_write(counter->distinct, now) : NULL;
    } else if (!counter->reserved) {
        g_hash_table_remove(shard_of(counters, counter), counter);
        counters->n_subjects--;
    }
    return row;
}

guint ov_counters_take_changed(OvCounters *counters, guint most, gint64 now, GArray *rows) {
    guint n = 0;
    g_mutex_lock(&counters->lock);
    for (Counter *counter; n < most && (counter = g_queue_pop_head(&counters->changed)); n++) {
        OvCounterRow row = take_row(counters, counter, now);
        g_array_append_val(rows, row);
    }
    g_mutex_unlock(&counters->lock);
    return n;
}

void ov_counters_sweep(OvCounters *counters, gint64 now) {
    GHashTableIter iter;
    gpointer key;
    g_mutex_lock(&counters->lock);
    counters->swept = (counters->swept + 1) % N_SHARDS;
    g_hash_table_iter_init(&iter, counters->shards[counters->swept]);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        Counter *counter = key;
        if (!counter->reserved && ov_meter_is_over(&counter->meter, now))
            mark_changed(counters, counter);
    }
    g_mutex_unlock(&counters->lock);
}

void ov_counters_return(OvCounters *counters, const GArray *rows) {
    g_mutex_lock(&counters->lock);
    for (guint i = 0; i < rows->len; i++)
        mark_changed(counters, have(counters, &g_array_index(rows, OvCounterRow, i).subject));
    g_mutex_unlock(&counters->lock);
}

static gboolean recall_things(Counter *counter, const GByteArray *things) {
    if (!things)
        return TRUE;
    if (!counter->distinct)
        counter->distinct = ov_distinct_new();
    return ov_distinct_read(counter->distinct, things->data, things->len);
}

gboolean ov_counters_recall(OvCounters *counters, const OvCounterRow *row, gint64 now) {
    OvMeter read;
    if (!ov_meter_read(&read, row->octets, row->length, row->first))
        return FALSE;
    g_mutex_lock(&counters->lock);
    Counter *counter = have(counters, &row->subject);
    gboolean whole = recall_things(counter, row->things);
    if (counter->meter.used > 0) {
        ov_meter_merge(&counter->meter, &read, now);
        ov_meter_clear(&read);
        mark_changed(counters, counter);
    } else {
        counter->meter = read;
    }
    if (counter->since == 0 || row->since < counter->since)
        counter->since = row->since;
    g_mutex_unlock(&counters->lock);
    return whole;
}
