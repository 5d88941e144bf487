#include "policy/limits/counters_replica.h"

#include "rules/hash.h"

#include <math.h>
#include <string.h>

enum {
    MOST_SUBJECTS = 2000000,
    TRIES = 32, /* of those that may make room */
};

typedef struct {
    OvCounter *counter;
    OvAmounts amounts;
    guint32 *marks; /* of all things, one kind after the other; NULL for none */
    guint n_marks[OV_N_THINGS];
} Part;

typedef struct {
    guint64 ticket;
    guint n_parts;
    Part parts[];
} Reservation;

static guint hash_counter(gconstpointer counter) {
    return (guint)(((const OvCounter *)counter)->hash >> 32);
}

static gboolean same_counter(gconstpointer one, gconstpointer other) {
    const OvCounter *a = one, *b = other;
    return a->hash == b->hash && ov_subject_equal(&a->subject, &b->subject);
}

static void free_counter(gpointer data) {
    OvCounter *counter = data;
    ov_meter_clear(&counter->meter);
    ov_distinct_free(counter->distinct);
    ov_replica_free(counter->replica);
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
    for (guint i = 0; i < OV_COUNTERS_SHARDS; i++)
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
    for (guint i = 0; i < OV_COUNTERS_SHARDS; i++)
        g_hash_table_unref(counters->shards[i]);
    g_mutex_clear(&counters->lock);
    g_free(counters);
}

static OvCounter key_of(const OvSubject *subject) {
    guint64 hash = ov_hash(ov_slice(subject->name), (guint64)subject->kind + 1);
    return (OvCounter){.subject = *subject, .hash = ov_hash_spread(hash)};
}

static GHashTable *shard_of(OvCounters *counters, const OvCounter *key) {
    return counters->shards[key->hash % OV_COUNTERS_SHARDS];
}

static OvCounter *find(OvCounters *counters, const OvSubject *subject) {
    OvCounter key = key_of(subject);
    return g_hash_table_lookup(shard_of(counters, &key), &key);
}

void ov_counter_forget(OvCounters *counters, OvCounter *counter) {
    g_hash_table_remove(shard_of(counters, counter), counter);
    counters->n_subjects--;
}

gboolean ov_counter_is_over(const OvCounter *counter, gint64 now) {
    return !counter->reserved && !ov_replica_is_busy(counter->replica) &&
           ov_meter_is_over(&counter->meter, now) && ov_replica_is_over(counter->replica, now);
}

/* Forgets, of some that nothing holds, the one that was idle longest. */
static void make_room(OvCounters *counters) {
    OvCounter *idlest = NULL;
    for (guint looked = 0; !idlest && looked < OV_COUNTERS_SHARDS; looked++) {
        GHashTableIter iter;
        gpointer key;
        guint tries = 0;
        g_hash_table_iter_init(&iter, counters->shards[counters->hand++ % OV_COUNTERS_SHARDS]);
        while (tries++ < TRIES && g_hash_table_iter_next(&iter, &key, NULL)) {
            OvCounter *counter = key;
            if (!counter->changed && !counter->reserved && !ov_replica_is_busy(counter->replica) &&
                (!idlest || counter->meter.last < idlest->meter.last))
                idlest = counter;
        }
    }
    if (!idlest)
        return;
    ov_counter_forget(counters, idlest);
    counters->forgotten++;
}

OvCounter *ov_counter_have(OvCounters *counters, const OvSubject *subject) {
    OvCounter key = key_of(subject);
    OvCounter *counter = g_hash_table_lookup(shard_of(counters, &key), &key);
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

void ov_counter_changed(OvCounters *counters, OvCounter *counter) {
    if (counter->changed)
        return;
    counter->changed = TRUE;
    g_queue_push_tail(&counters->changed, counter);
}

void ov_counter_follow_clock(OvCounters *counters, OvCounter *counter, gint64 now) {
    static const gint64 LEAST = 60 * G_USEC_PER_SEC;
    gint64 ahead = ov_meter_ahead(&counter->meter, now);
    if (ahead < LEAST)
        return;
    ov_meter_set_back(&counter->meter, ahead);
    if (counter->distinct)
        ov_distinct_set_back(counter->distinct, ahead);
    counter->since = MAX(counter->since - ahead, 1);
    counters->set_back = MAX(counters->set_back, ahead);
    ov_replica_set_back(counters, counter);
    ov_counter_changed(counters, counter);
}

/* Likewise; NULL where there is none. */
static OvCounter *find_now(OvCounters *counters, const OvSubject *subject, gint64 now) {
    OvCounter *counter = find(counters, subject);
    if (counter)
        ov_counter_follow_clock(counters, counter, now);
    return counter;
}

static void add(OvAmounts *to, const OvAmounts *amounts) {
    for (guint i = 0; i < OV_N_AMOUNTS; i++)
        to->of[i] += amounts->of[i];
}

static void see(OvCounter *counter, OvThing thing, OvThings things, gint64 now) {
    if (things.n == 0)
        return;
    if (!counter->distinct)
        counter->distinct = ov_distinct_new();
    ov_distinct_see(counter->distinct, thing, things, now);
}

void ov_claim_things(const OvClaim *claim, OvThings things[OV_N_THINGS]) {
    memcpy(things, claim->things, OV_N_THINGS * sizeof *things);
    if (claim->drawn)
        things[OV_THING_DOMAINS] = (OvThings){NULL, 0};
}

static void count(OvCounters *counters, OvCounter *counter, const OvAmounts *amounts,
                  const OvThings things[OV_N_THINGS], gint64 now) {
    ov_counter_follow_clock(counters, counter, now);
    ov_replica_note_count(counters, counter, amounts, things, now);
    if (counter->since == 0)
        counter->since = now;
    ov_meter_add(&counter->meter, amounts, now);
    for (guint i = 0; i < OV_N_THINGS; i++)
        see(counter, (OvThing)i, things[i], now);
    ov_counter_changed(counters, counter);
}

void ov_counters_unreserve(OvCounters *counters, guint64 ticket) {
    const Reservation *reservation = g_hash_table_lookup(counters->reservations, &ticket);
    if (!reservation)
        return;
    for (guint i = 0; i < reservation->n_parts; i++) {
        OvCounter *counter = reservation->parts[i].counter;
        gboolean left = FALSE;
        ov_replica_note_reserved(counters, counter, &reservation->parts[i].amounts, -1);
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
        OvCounter *counter = ov_counter_have(counters, &claims[i].subject);
        if (!counter->reserved)
            counter->reserved = g_new0(OvAmounts, 1);
        add(counter->reserved, &claims[i].amounts);
        ov_replica_note_reserved(counters, counter, &claims[i].amounts, 1);
        reservation->parts[i] = (Part){.counter = counter, .amounts = claims[i].amounts};
        OvThings things[OV_N_THINGS];
        ov_claim_things(&claims[i], things);
        keep_marks(&reservation->parts[i], things);
    }
    g_hash_table_replace(counters->reservations, &reservation->ticket, reservation);
}

OvAmounts ov_counters_reserved(OvCounters *counters, guint64 ticket, const OvCounter *counter) {
    OvAmounts amounts = {{0}};
    const Reservation *reservation =
        ticket ? g_hash_table_lookup(counters->reservations, &ticket) : NULL;
    for (guint i = 0; reservation && i < reservation->n_parts; i++)
        if (reservation->parts[i].counter == counter)
            add(&amounts, &reservation->parts[i].amounts);
    return amounts;
}

/* What is reserved of the counter (NULL: nothing), but for what the ticket has. */
static OvAmounts reserved_by_others(OvCounters *counters, guint64 ticket, const OvCounter *counter,
                                    gint64 now) {
    OvAmounts amounts = {{0}};
    if (!counter)
        return amounts;
    if (counter->reserved) {
        OvAmounts ours = ov_counters_reserved(counters, ticket, counter);
        for (guint i = 0; i < OV_N_AMOUNTS; i++)
            amounts.of[i] = counter->reserved->of[i] - ours.of[i];
    }
    ov_replica_add_reserved(counter->replica, now, &amounts);
    return amounts;
}

/* Of whoever counted it; into room for all. */
static guint meters_of(const OvCounter *counter, const OvMeter **meters) {
    if (!counter)
        return 0;
    meters[0] = &counter->meter;
    return 1 + ov_replica_meters(counter->replica, meters + 1);
}

/* With more in every span. */
static void read_activity(const OvCounter *counter, const OvAmounts *more, gint64 now,
                          OvActivity *activity) {
    const OvMeter *meters[1 + OV_REPLICA_MOST_OTHERS];
    guint n = meters_of(counter, meters);
    ov_activity_take(activity, meters, n, counter ? counter->since : 0, now);
    for (guint i = 0; i < OV_N_SPANS; i++)
        add(&activity->sums[i], more);
}

/* Since when draws on it count: what was drawn may have been set back with the clock since then,
 * and more rather than less is counted for that. */
static gint64 draws_since(const OvCounters *counters, const OvAllowance *announced, gint64 now) {
    return announced->since > now ? 0 : announced->since - counters->set_back;
}

/* What was drawn on the announcement without the claim; others: what is reserved. */
static OvAmounts drawn_before(const OvCounter *counter, gint64 since, const OvAmounts *others) {
    const OvMeter *meters[1 + OV_REPLICA_MOST_OTHERS];
    guint n = meters_of(counter, meters);
    OvAmounts drawn = *others;
    for (guint i = 0; i < n; i++)
        ov_meter_since(meters[i], since, &drawn);
    return drawn;
}

/* Draws the claim on its announcement where it has to be, and there is room for it. */
static void draw(const OvCounter *counter, const OvActivity *activity, const OvAmounts *others,
                 gint64 since, OvClaim *claim) {
    const OvAllowance *announced = claim->announced;
    gboolean needed = !ov_activity_is_usual(activity);
    for (guint i = 0; i < claim->n_bounds; i++)
        needed = needed || (claim->bounds[i].passed && ov_bound_can_be_raised(&claim->bounds[i]));
    OvAmounts drawn = drawn_before(counter, since, others);
    guint64 recipients = claim->amounts.of[OV_AMOUNT_RECIPIENTS];
    guint64 messages = claim->amounts.of[OV_AMOUNT_MESSAGES];
    if (!needed || drawn.of[OV_AMOUNT_DRAWN] + recipients > announced->recipients ||
        drawn.of[OV_AMOUNT_DRAWN_MESSAGES] + messages > announced->messages)
        return;
    claim->drawn = TRUE;
    claim->n_drawn = drawn.of[OV_AMOUNT_DRAWN] + recipients;
    claim->amounts.of[OV_AMOUNT_DRAWN] = recipients;
    claim->amounts.of[OV_AMOUNT_DRAWN_MESSAGES] = messages;
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

/* What an earlier weighing made of the claim is no longer. */
static void reset(OvClaim *claim) {
    static const OvAmount MADE[] = {OV_AMOUNT_DRAWN, OV_AMOUNT_DRAWN_MESSAGES, OV_AMOUNT_ANNOUNCED,
                                    OV_AMOUNT_ANNOUNCED_MESSAGES};
    for (guint i = 0; i < G_N_ELEMENTS(MADE); i++)
        claim->amounts.of[MADE[i]] = 0;
    for (guint i = 0; i < claim->n_bounds; i++)
        claim->bounds[i].raised = FALSE;
    claim->drawn = FALSE;
    claim->n_drawn = 0;
}

/* What the bounds that refuse leave. What an announcement is drawn for depends on every other
 * message, so there is room for none that is not known. */
static void find_room(const OvClaim *claim, const OvActivity *activity, double *room) {
    for (guint i = 0; i < OV_N_WEIGHTS; i++)
        room[i] = claim->announced ? 0 : INFINITY;
    for (guint i = 0; i < claim->n_bounds; i++) {
        const OvBound *bound = &claim->bounds[i];
        if (bound->refuses && !bound->passed && !bound->raised)
            ov_bound_room(bound, activity, room);
    }
}

/* Weighs the claim's bounds, the claim in the place of what the ticket has reserved. room: NULL, or
 * OV_N_WEIGHTS. */
static void weigh(OvCounters *counters, const OvDecision *decision, OvClaim *claim, double *room) {
    const OvCounter *counter = find_now(counters, &claim->subject, decision->now);
    OvActivity activity;
    OvAmounts others = reserved_by_others(counters, decision->ticket, counter, decision->now),
              more = others;
    add(&more, &claim->amounts);
    read_activity(counter, &more, decision->now, &activity);
    activity.distinct = counter ? counter->distinct : NULL;
    memcpy(activity.things, claim->things, sizeof activity.things);
    for (guint i = 0; i < claim->n_bounds; i++)
        ov_bound_weigh(&claim->bounds[i], &activity, decision->now);
    if (claim->announced)
        draw(counter, &activity, &others, draws_since(counters, claim->announced, decision->now),
             claim);
    if (room)
        find_room(claim, &activity, room);
}

gboolean ov_claim_is_weighed(const OvClaim *claim) {
    return claim->n_bounds > 0 || claim->announced;
}

gboolean ov_counters_weigh(OvCounters *counters, const OvDecision *decision, double *rooms) {
    gboolean welcome = TRUE;
    for (guint i = 0; i < decision->n_claims; i++) {
        OvClaim *claim = &decision->claims[i];
        reset(claim);
        if (ov_claim_is_weighed(claim))
            weigh(counters, decision, claim, rooms ? rooms + (gsize)i * OV_N_WEIGHTS : NULL);
        for (guint j = 0; j < claim->n_bounds; j++)
            if (claim->bounds[j].passed && claim->bounds[j].refuses)
                welcome = FALSE;
    }
    mark_announced(decision->claims, decision->n_claims);
    return welcome;
}

void ov_counters_settle(OvCounters *counters, const OvDecision *decision) {
    ov_counters_unreserve(counters, decision->ticket);
    if (decision->reserves)
        reserve(counters, decision->ticket, decision->claims, decision->n_claims);
    for (guint i = 0; !decision->reserves && i < decision->n_claims; i++) {
        OvThings things[OV_N_THINGS];
        ov_claim_things(&decision->claims[i], things);
        count(counters, ov_counter_have(counters, &decision->claims[i].subject),
              &decision->claims[i].amounts, things, decision->now);
    }
}

gboolean ov_decision_is_weighed(const OvDecision *decision) {
    for (guint i = 0; i < decision->n_claims; i++)
        if (ov_claim_is_weighed(&decision->claims[i]))
            return TRUE;
    return FALSE;
}

static void decide_alone(OvCounters *counters, OvDecision *decision) {
    decision->taken = ov_counters_weigh(counters, decision, NULL);
    if (decision->taken)
        ov_counters_settle(counters, decision);
}

void ov_counters_decide(OvCounters *counters, OvDecision *decisions, guint n) {
    g_mutex_lock(&counters->lock);
    for (guint i = 0; i < n; i++)
        decisions[i].decided = FALSE;
    if (counters->sharing)
        counters->sharing->ask(counters->sharing, decisions, n);
    for (guint i = 0; i < n; i++) {
        if (!decisions[i].decided)
            decide_alone(counters, &decisions[i]);
        if (!decisions[i].taken && !decisions[i].reserves)
            ov_counters_unreserve(counters, decisions[i].ticket);
    }
    g_mutex_unlock(&counters->lock);
}

gboolean ov_counters_reserve(OvCounters *counters, guint64 ticket, OvClaim *claims, guint n_claims,
                             gint64 now) {
    OvDecision decision = {
        .claims = claims, .n_claims = n_claims, .ticket = ticket, .reserves = TRUE, .now = now};
    g_assert(ticket != 0);
    ov_counters_decide(counters, &decision, 1);
    return decision.taken;
}

gboolean ov_counters_count(OvCounters *counters, guint64 ticket, OvClaim *claims, guint n_claims,
                           gint64 now) {
    OvDecision decision = {.claims = claims, .n_claims = n_claims, .ticket = ticket, .now = now};
    ov_counters_decide(counters, &decision, 1);
    return decision.taken;
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
    ov_counters_unreserve(counters, ticket);
    g_mutex_unlock(&counters->lock);
    return reservation != NULL;
}

void ov_counters_give_back(OvCounters *counters, guint64 ticket) {
    g_mutex_lock(&counters->lock);
    ov_counters_unreserve(counters, ticket);
    g_mutex_unlock(&counters->lock);
}

void ov_counters_add(OvCounters *counters, const OvClaim *claim, gint64 now) {
    g_mutex_lock(&counters->lock);
    count(counters, ov_counter_have(counters, &claim->subject), &claim->amounts, claim->things,
          now);
    g_mutex_unlock(&counters->lock);
}

guint ov_counters_things(OvCounters *counters, const OvSubject *subject, OvThing thing, OvSpan span,
                         gint64 now) {
    g_mutex_lock(&counters->lock);
    const OvCounter *counter = find_now(counters, subject, now);
    guint n = ov_distinct_count(counter ? counter->distinct : NULL, thing, span,
                                (OvThings){NULL, 0}, now);
    g_mutex_unlock(&counters->lock);
    return n;
}

void ov_counters_read(OvCounters *counters, const OvSubject *subject, guint64 ticket, gint64 now,
                      OvActivity *activity) {
    g_mutex_lock(&counters->lock);
    const OvCounter *counter = find_now(counters, subject, now);
    OvAmounts others = reserved_by_others(counters, ticket, counter, now);
    read_activity(counter, &others, now, activity);
    g_mutex_unlock(&counters->lock);
}

void ov_counters_each(OvCounters *counters, OvSubjectKind kind, gint64 now, OvCountersEach each,
                      gpointer data) {
    for (guint i = 0; i < OV_COUNTERS_SHARDS; i++) {
        GHashTableIter iter;
        gpointer key;
        g_mutex_lock(&counters->lock);
        g_hash_table_iter_init(&iter, counters->shards[i]);
        while (g_hash_table_iter_next(&iter, &key, NULL)) {
            OvCounter *counter = key;
            OvActivity activity;
            if (counter->subject.kind != kind)
                continue;
            ov_counter_follow_clock(counters, counter, now);
            OvAmounts reserved = reserved_by_others(counters, 0, counter, now);
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
