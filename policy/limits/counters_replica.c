#include "policy/limits/counters_replica.h"

#include <string.h>

enum {
    LEAST_TOLD = 48,       /* news of ours in Redis before they are joined in our part there */
    OCTETS_A_NEWS = 32,    /* and one more for so many octets of it */
    RESERVED_MINUTES = 15, /* that reservations of a node that says nothing more count */
};

/* After that what a usual day is may have changed unseen. */
static const gint64 FRESH = G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;

static void free_news(OvCounterNews *news) {
    if (news)
        ov_counter_part_clear(&news->part);
    g_free(news);
}

void ov_replica_free(OvReplica *replica) {
    if (!replica)
        return;
    free_news(replica->news);
    g_free(replica->ahead);
    if (replica->others)
        g_array_unref(replica->others);
    g_free(replica);
}

OvReplica *ov_replica_have(OvCounter *counter) {
    if (!counter->replica) {
        counter->replica = g_new0(OvReplica, 1);
        counter->replica->before = counter->meter.used > 0 ? counter->meter.last : 0;
    }
    return counter->replica;
}

gboolean ov_replica_is_busy(const OvReplica *replica) {
    return replica && (replica->under_way > 0 || replica->queued);
}

static guint n_others(const OvReplica *replica) {
    return replica && replica->others ? replica->others->len : 0;
}

static OvCounterPart *other_at(const OvReplica *replica, guint i) {
    return &g_array_index(replica->others, OvCounterPart, i);
}

gboolean ov_replica_is_over(const OvReplica *replica, gint64 now) {
    for (guint i = 0; i < n_others(replica); i++)
        if (!ov_meter_is_over(&other_at(replica, i)->meter, now))
            return FALSE;
    return TRUE;
}

guint ov_replica_meters(const OvReplica *replica, const OvMeter **meters) {
    for (guint i = 0; i < n_others(replica); i++)
        meters[i] = &other_at(replica, i)->meter;
    return n_others(replica);
}

void ov_replica_add_reserved(const OvReplica *replica, gint64 now, OvAmounts *amounts) {
    gint64 from = now - (gint64)RESERVED_MINUTES * 60 * G_USEC_PER_SEC;
    for (guint i = 0; i < n_others(replica); i++) {
        const OvCounterPart *other = other_at(replica, i);
        for (guint j = 0; other->time > from && j < OV_N_AMOUNTS; j++)
            amounts->of[j] += (guint64)MAX(other->reserved[j], 0);
    }
}

/* Where all is to be told, there are no news. */
static OvCounterNews *have_news(OvReplica *replica) {
    if (!replica->news && !replica->all)
        replica->news = g_new0(OvCounterNews, 1);
    return replica->news;
}

static gboolean is_empty(const OvCounterPart *part) {
    for (guint i = 0; i < OV_N_AMOUNTS; i++)
        if (part->reserved[i] != 0)
            return FALSE;
    return part->meter.used == 0 && !part->distinct;
}

static void queue(OvCounters *counters, OvCounter *counter) {
    if (!counter->replica->queued)
        counters->sharing->queue(counters->sharing, counter);
    counter->replica->queued = TRUE;
}

static void count_news(OvCounterNews *news, const OvAmounts *amounts,
                       const OvThings things[OV_N_THINGS], gint64 now) {
    ov_counter_part_count(&news->part, amounts, things, now);
    for (guint i = 0; i < OV_N_AMOUNTS; i++)
        news->weights[i] += (double)amounts->of[i];
    for (guint i = 0; i < OV_N_THINGS; i++)
        news->weights[OV_N_AMOUNTS + i] += things[i].n;
}

static void reserve_news(OvCounterNews *news, const OvAmounts *amounts, gint sign) {
    for (guint i = 0; i < OV_N_AMOUNTS; i++) {
        gint64 more = (gint64)amounts->of[i] * sign;
        news->part.reserved[i] += more;
        news->weights[i] += (double)more;
    }
}

void ov_replica_note_count(OvCounters *counters, OvCounter *counter, const OvAmounts *amounts,
                           const OvThings things[OV_N_THINGS], gint64 now) {
    if (!counters->sharing)
        return;
    OvReplica *replica = ov_replica_have(counter);
    if (replica->quiet)
        return;
    OvCounterNews *news = have_news(replica);
    if (news)
        count_news(news, amounts, things, now);
    queue(counters, counter);
}

void ov_replica_note_reserved(OvCounters *counters, OvCounter *counter, const OvAmounts *amounts,
                              gint sign) {
    if (!counters->sharing)
        return;
    OvReplica *replica = ov_replica_have(counter);
    OvCounterNews *news = have_news(replica);
    if (news)
        reserve_news(news, amounts, sign);
    if (news && is_empty(&news->part))
        free_news(g_steal_pointer(&replica->news));
    else
        queue(counters, counter);
}

void ov_replica_tell_all(OvCounters *counters, OvCounter *counter) {
    OvReplica *replica = ov_replica_have(counter);
    if (replica->met) {
        replica->all = TRUE;
        free_news(g_steal_pointer(&replica->news));
    }
    queue(counters, counter);
}

void ov_replica_set_back(OvCounters *counters, OvCounter *counter) {
    if (!counters->sharing || !counter->replica)
        return;
    counter->replica->before = MIN(counter->replica->before, counter->meter.last);
    ov_replica_tell_all(counters, counter);
}

gboolean ov_replica_recall(OvCounters *counters, OvCounter *counter, const OvMeter *kept) {
    if (!counters->sharing || kept->used == 0)
        return TRUE;
    OvReplica *replica = ov_replica_have(counter);
    if (replica->met && replica->before >= kept->last)
        return FALSE;
    replica->before = MAX(replica->before, kept->last);
    if (replica->met)
        ov_replica_tell_all(counters, counter);
    return TRUE;
}

static GByteArray *write_all(const OvCounter *counter, guint64 node, gint64 now) {
    OvCounterPart part = {.node = node,
                          .time = now,
                          .since = counter->since,
                          .meter = counter->meter,
                          .distinct = counter->distinct};
    for (guint i = 0; counter->reserved && i < OV_N_AMOUNTS; i++)
        part.reserved[i] = (gint64)counter->reserved->of[i];
    return ov_counter_part_write(&part);
}

static void add_ahead(OvReplica *replica, const OvCounterNews *news, double sign) {
    if (!replica->ahead)
        replica->ahead = g_new0(double, OV_N_WEIGHTS);
    for (guint i = 0; i < OV_N_WEIGHTS; i++)
        replica->ahead[i] += sign * news->weights[i];
}

void ov_telling_begin(OvTelling *telling, OvCounter *counter, guint64 node, gint64 now) {
    OvReplica *replica = ov_replica_have(counter);
    gboolean idle = replica->under_way == 0;
    *telling = (OvTelling){
        .counter = counter,
        .epoch = replica->met ? replica->epoch : 0,
        .known = replica->number,
        .alone = !replica->all && (replica->met ? replica->epoch == 0 : replica->before == 0),
        .news = g_steal_pointer(&replica->news),
        .claim.part = {.node = node, .time = now},
    };
    guint most_told = LEAST_TOLD + counter->meter.used / OCTETS_A_NEWS;
    if (idle && replica->met && (replica->all || (replica->epoch && replica->told >= most_told))) {
        telling->part = write_all(counter, node, now);
        telling->replaces = replica->all;
        replica->all = FALSE;
    }
    if (telling->news) {
        telling->news->part.node = node;
        telling->news->part.time = now;
        add_ahead(replica, telling->news, 1);
    }
    replica->under_way++;
}

static void count_claim(OvCounterNews *news, const OvClaim *claim, gint64 now) {
    OvThings things[OV_N_THINGS];
    ov_claim_things(claim, things);
    count_news(news, &claim->amounts, things, now);
}

void ov_telling_claim(OvTelling *telling, OvCounters *counters, const OvDecision *decision,
                      const OvClaim *claim, const double room[OV_N_WEIGHTS]) {
    const OvReplica *replica = telling->counter->replica;
    OvCounterNews *news = &telling->claim;
    telling->claims = TRUE;
    telling->before = ov_counters_reserved(counters, decision->ticket, telling->counter);
    reserve_news(news, &telling->before, -1);
    if (decision->reserves)
        reserve_news(news, &claim->amounts, 1);
    else
        count_claim(news, claim, decision->now);
    gboolean fresh = replica->taken > 0 && decision->now - replica->taken < FRESH;
    for (guint i = 0; i < OV_N_WEIGHTS; i++)
        telling->limits[i] =
            replica->weights[i] + (replica->ahead ? replica->ahead[i] : 0) + (fresh ? room[i] : 0);
}

void ov_telling_clear(OvTelling *telling) {
    OvReplica *replica = telling->counter->replica;
    if (--replica->under_way == 0)
        g_clear_pointer(&replica->ahead, g_free);
    if (telling->part)
        g_byte_array_unref(telling->part);
    free_news(telling->news);
    ov_counter_part_clear(&telling->claim.part);
    *telling = (OvTelling){.counter = NULL};
}

static OvCounterPart *have_other(OvReplica *replica, guint64 node) {
    for (guint i = 0; i < n_others(replica); i++)
        if (other_at(replica, i)->node == node)
            return other_at(replica, i);
    if (n_others(replica) == OV_REPLICA_MOST_OTHERS)
        return NULL;
    if (!replica->others) {
        replica->others = g_array_new(FALSE, TRUE, sizeof(OvCounterPart));
        g_array_set_clear_func(replica->others, (GDestroyNotify)ov_counter_part_clear);
    }
    OvCounterPart other = {.node = node};
    g_array_append_val(replica->others, other);
    return other_at(replica, replica->others->len - 1);
}

/* Things and first sight are one for all. */
static void share_rest(OvCounter *counter, OvCounterPart *part) {
    if (part->since > 0 && (counter->since == 0 || part->since < counter->since))
        counter->since = part->since;
    if (!part->distinct)
        return;
    if (!counter->distinct)
        counter->distinct = ov_distinct_new();
    ov_distinct_merge(counter->distinct, part->distinct);
    g_clear_pointer(&part->distinct, ov_distinct_free);
}

/* What is told of one node at once. */
typedef struct {
    OvCounter *counter;
    guint64 node;       /* of this process */
    OvCounterPart ours; /* what is told of it, summed up */
    gboolean has_ours;
} Hearing;

static gboolean hear(Hearing *hearing, const OvTold *told, gboolean begins) {
    g_auto(OvCounterPart) part = {.node = 0};
    if (!ov_counter_part_read(&part, told->octets, told->length))
        return FALSE;
    gboolean is_ours = part.node == hearing->node;
    OvCounterPart *to = is_ours ? &hearing->ours : have_other(hearing->counter->replica, part.node);
    if (!to)
        return FALSE;
    hearing->has_ours = hearing->has_ours || is_ours;
    if (begins) {
        guint64 node = part.node;
        ov_counter_part_clear(to);
        to->node = node;
    }
    ov_counter_part_extend(to, &part);
    share_rest(hearing->counter, to);
    return TRUE;
}

static guint64 node_of(const OvTold *told) {
    guint64 node = 0;
    if (told->length >= sizeof node)
        memcpy(&node, told->octets, sizeof node);
    return GUINT64_FROM_LE(node);
}

static gboolean hear_news(Hearing *hearing, const OvToldSubject *told, guint64 known) {
    for (guint i = 0; i < told->n_news; i++)
        if (told->news[i].number > known && node_of(&told->news[i]) != hearing->node &&
            !hear(hearing, &told->news[i], FALSE))
            return FALSE;
    return TRUE;
}

/* Of a node's news: those that its part has are passed over; without a part the first begin it. */
static gboolean hear_all_news(Hearing *hearing, const OvToldSubject *told, guint i) {
    guint64 node = node_of(&told->news[i]);
    for (guint j = 0; j < told->n_parts; j++)
        if (node_of(&told->parts[j]) == node)
            return told->news[i].number <= told->parts[j].number ||
                   hear(hearing, &told->news[i], FALSE);
    guint j = 0;
    while (j < i && node_of(&told->news[j]) != node)
        j++;
    return hear(hearing, &told->news[i], j == i);
}

/* Nodes that are not told of stay as they are known: Redis may have lost what they told. */
static gboolean hear_all(Hearing *hearing, const OvToldSubject *told) {
    for (guint i = 0; i < told->n_parts; i++)
        if (!hear(hearing, &told->parts[i], TRUE))
            return FALSE;
    for (guint i = 0; i < told->n_news; i++)
        if (!hear_all_news(hearing, told, i))
            return FALSE;
    return TRUE;
}

static gboolean reserves(const Hearing *hearing) {
    for (guint i = 0; i < OV_N_AMOUNTS; i++)
        if (hearing->ours.reserved[i] != 0)
            return TRUE;
    return hearing->counter->reserved != NULL;
}

/* Hears for the first time in this process what the node itself told before. That is at least what
 * the ledger has of it, unless Redis was away; the later of the two is right. */
static void meet(OvCounters *counters, Hearing *hearing) {
    OvCounter *counter = hearing->counter;
    OvReplica *replica = counter->replica;
    OvMeter *ours = &hearing->ours.meter;
    gboolean later = ours->used > 0 && ours->last >= replica->before;
    if (later) {
        replica->before = ours->last;
        ov_meter_clear(&counter->meter);
        counter->meter = *ours;
        *ours = (OvMeter){.octets = NULL};
        if (replica->news)
            ov_meter_extend(&counter->meter, &replica->news->part.meter);
        ov_counter_changed(counters, counter);
    }
    /* What an earlier process had reserved goes with it. */
    if (reserves(hearing) || (!later && (replica->before > 0 || hearing->has_ours)))
        ov_replica_tell_all(counters, counter);
}

/* What was to be told was not taken. */
static void take_back(OvTelling *telling) {
    OvReplica *replica = telling->counter->replica;
    if (telling->replaces)
        replica->all = TRUE;
    if (replica->all)
        free_news(g_steal_pointer(&replica->news));
    if (replica->all || !telling->news)
        return;
    OvCounterNews *earlier = g_steal_pointer(&telling->news), *later = replica->news;
    if (later) {
        ov_counter_part_extend(&earlier->part, &later->part);
        for (guint i = 0; i < OV_N_WEIGHTS; i++)
            earlier->weights[i] += later->weights[i];
        free_news(later);
    }
    replica->news = earlier;
}

/* It may have been taken. Where it is not known what there was before, what the meter has now is
 * what is compared with that. */
static void doubt(const OvTelling *telling, OvCounters *counters) {
    OvReplica *replica = telling->counter->replica;
    if (!replica->met) {
        replica->before = telling->counter->meter.used > 0 ? telling->counter->meter.last : 0;
        free_news(g_steal_pointer(&replica->news));
    }
    ov_replica_tell_all(counters, telling->counter);
}

static gboolean take_told(OvTelling *telling, OvCounters *counters, const OvToldSubject *told,
                          guint64 node, gint64 now) {
    OvReplica *replica = telling->counter->replica;
    Hearing hearing = {.counter = telling->counter, .node = node};
    gboolean sense = told->state == OV_TOLD_NEWS ? hear_news(&hearing, told, replica->number)
                                                 : hear_all(&hearing, told);
    gboolean first = !replica->met, other = told->epoch != replica->epoch;
    replica->met = TRUE;
    replica->epoch = told->epoch;
    replica->number = told->number;
    replica->taken = now;
    memcpy(replica->weights, told->weights, sizeof replica->weights);
    if (sense && told->state == OV_TOLD_OTHER && first)
        meet(counters, &hearing);
    else if (sense && told->state == OV_TOLD_OTHER && other)
        ov_replica_tell_all(counters, telling->counter);
    ov_counter_part_clear(&hearing.ours);
    return sense;
}

static void count_told(OvTelling *telling) {
    OvReplica *replica = telling->counter->replica;
    if (telling->part)
        replica->told = 0;
    if (telling->news)
        replica->told++;
}

gboolean ov_telling_end(OvTelling *telling, OvCounters *counters, OvTellingEnd end,
                        const OvToldSubject *told, guint64 node, gint64 now, gboolean *moved) {
    OvReplica *replica = telling->counter->replica;
    gboolean sense = TRUE;
    if (telling->news)
        add_ahead(replica, telling->news, -1);
    if (end == OV_TELLING_LEFT)
        take_back(telling);
    else if (end == OV_TELLING_UNKNOWN)
        doubt(telling, counters);
    else
        count_told(telling);
    *moved = !told || told->state != OV_TOLD_NEWS || told->n_news > 0;
    if (told)
        sense = take_told(telling, counters, told, node, now);
    if (replica->all || replica->news)
        queue(counters, telling->counter);
    return sense;
}

void ov_telling_settle(const OvTelling *telling) {
    telling->counter->replica->quiet = TRUE;
}

void ov_telling_settled(const OvTelling *telling, OvCounters *counters, const OvDecision *decision,
                        const OvClaim *claim) {
    OvReplica *replica = telling->counter->replica;
    replica->quiet = FALSE;
    replica->told++;
    if (decision->reserves)
        ov_replica_note_reserved(counters, telling->counter, &claim->amounts, -1);
    ov_replica_note_reserved(counters, telling->counter, &telling->before, 1);
}
