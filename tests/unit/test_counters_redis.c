/* policy/limits/counters_redis.h: nodes that count together through a real Redis. */
#include "policy/limits/counters_internal.h"
#include "policy/limits/counters_redis.h"
#include "tests/unit/redis_server.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { N_NODES = 3 };

static const gint64 MINUTE = G_GINT64_CONSTANT(60) * G_USEC_PER_SEC;
static const gint64 DAY = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;
static const OvSubject SHOP = {OV_SUBJECT_ACCOUNT, "shop"};
static const char *const NAMES[N_NODES] = {"mx1", "mx2", "mx3"};

typedef struct {
    RedisServer *server;
    OvRedisPlace place;
    OvCounters *counters[N_NODES];
    OvCountersRedis *redis[N_NODES];
    gint troubles, recoveries; /* atomic */
    gint64 now;
} Fleet;

static void note_change(const char *trouble, gpointer data) {
    Fleet *fleet = data;
    g_atomic_int_inc(trouble ? &fleet->troubles : &fleet->recoveries);
}

static void join_as(Fleet *fleet, guint node, const char *name) {
    OvCountersRedisSettings settings = {.place = &fleet->place,
                                        .node = name,
                                        .time_limit = 5 * G_USEC_PER_SEC,
                                        .change = note_change,
                                        .data = fleet};
    fleet->counters[node] = ov_counters_new();
    fleet->redis[node] = ov_counters_redis_start(fleet->counters[node], &settings);
}

static void leave(Fleet *fleet, guint node) {
    ov_counters_redis_stop(g_steal_pointer(&fleet->redis[node]));
    ov_counters_free(g_steal_pointer(&fleet->counters[node]));
}

static int set_up(void **state) {
    Fleet *fleet = g_new0(Fleet, 1);
    fleet->server = redis_server_start(NULL);
    fleet->place.path = redis_server_socket(fleet->server);
    fleet->now = g_get_real_time();
    for (guint i = 0; i < N_NODES; i++)
        join_as(fleet, i, NAMES[i]);
    *state = fleet;
    return 0;
}

static int tear_down(void **state) {
    Fleet *fleet = *state;
    for (guint i = 0; i < N_NODES; i++)
        leave(fleet, i);
    redis_server_free(fleet->server);
    g_free(fleet);
    return 0;
}

static OvBound most(OvAmount amount, OvSpan span, guint64 most) {
    return (OvBound){
        .form = OV_BOUND_MOST, .amount = amount, .span = span, .most = most, .refuses = TRUE};
}

static OvClaim mail(guint64 recipients, OvBound *bound) {
    return (OvClaim){.subject = SHOP,
                     .amounts = {{1, recipients, 1000}},
                     .bounds = bound,
                     .n_bounds = bound ? 1 : 0};
}

/* Recipients of shop. */
static gboolean count(Fleet *fleet, guint node, guint64 recipients, guint64 limit) {
    OvBound bound = most(OV_AMOUNT_RECIPIENTS, OV_SPAN_DAY, limit);
    OvClaim claim = mail(recipients, &bound);
    return ov_counters_count(fleet->counters[node], 0, &claim, 1, fleet->now);
}

static guint64 sum(Fleet *fleet, guint node, const OvSubject *subject) {
    OvActivity activity;
    ov_counters_read(fleet->counters[node], subject, 0, fleet->now, &activity);
    return activity.sums[OV_SPAN_DAY].of[OV_AMOUNT_RECIPIENTS];
}

/* Returns when what the node had to tell is told. */
static void tell(Fleet *fleet, guint node) {
    OvBound bound = most(OV_AMOUNT_MESSAGES, OV_SPAN_DAY, G_MAXINT64);
    OvClaim claim = {.subject = {OV_SUBJECT_EVERYTHING, ""}, .bounds = &bound, .n_bounds = 1};
    ov_counters_count(fleet->counters[node], 0, &claim, 1, fleet->now);
}

/* The node hears of shop what the others told. */
static guint64 heard(Fleet *fleet, guint node) {
    count(fleet, node, 1, 0);
    return sum(fleet, node, &SHOP);
}

static void wait_for(gint *counter, gint least) {
    for (guint i = 0; i < 2000 && g_atomic_int_get(counter) < least; i++)
        g_usleep(10000);
    assert_true(g_atomic_int_get(counter) >= least);
}

static void test_a_limit_holds_for_all_nodes_together(void **state) {
    Fleet *fleet = *state;
    guint taken = 0;
    for (guint i = 0; i < 30; i++)
        taken += count(fleet, i % N_NODES, 3, 40) ? 1 : 0;
    assert_int_equal(taken, 13);
    for (guint i = 0; i < N_NODES; i++)
        assert_int_equal(heard(fleet, i), 39);
}

typedef struct {
    Fleet *fleet;
    guint node;
    guint taken;
} Sender;

static gpointer send_much(gpointer data) {
    Sender *sender = data;
    for (guint i = 0; i < 400; i++)
        sender->taken += count(sender->fleet, sender->node, 1, 1000) ? 1 : 0;
    return NULL;
}

static void test_a_limit_holds_where_all_send_at_once(void **state) {
    Fleet *fleet = *state;
    Sender senders[2 * N_NODES];
    GThread *threads[2 * N_NODES];
    guint taken = 0;
    for (guint i = 0; i < G_N_ELEMENTS(senders); i++) {
        senders[i] = (Sender){fleet, i % N_NODES, 0};
        threads[i] = g_thread_new("sender", send_much, &senders[i]);
    }
    for (guint i = 0; i < G_N_ELEMENTS(senders); i++) {
        g_thread_join(threads[i]);
        taken += senders[i].taken;
    }
    assert_int_equal(taken, 1000);
    for (guint i = 0; i < N_NODES; i++)
        assert_int_equal(heard(fleet, i), 1000);
    assert_int_equal(g_atomic_int_get(&fleet->troubles), 0);
}

/* Everything that was taken, one by one. */
typedef struct {
    gint64 time;
    guint64 recipients;
} Event;

static guint64 naive(const GArray *events, gint64 length, gint64 now) {
    guint64 recipients = 0;
    for (guint i = 0; i < events->len; i++)
        if (now - g_array_index(events, Event, i).time < length)
            recipients += g_array_index(events, Event, i).recipients;
    return recipients;
}

/* A claim of a node at random is taken where a naive list of all nodes' mail says so: exactly, but
 * for the hundredth of its length by which a window forgets late. */
static void claim_at_random(Fleet *fleet, GRand *rand, GArray *events) {
    OvSpan span = (OvSpan)g_rand_int_range(rand, 0, OV_N_SPANS);
    guint64 limit = (guint64)g_rand_int_range(rand, 50, 3000);
    guint64 recipients = (guint64)g_rand_int_range(rand, 1, 60);
    guint node = (guint)g_rand_int_range(rand, 0, N_NODES);
    OvBound bound = most(OV_AMOUNT_RECIPIENTS, span, limit);
    OvClaim claim = mail(recipients, &bound);
    OvCounters *counters = fleet->counters[node];
    gboolean reserves = g_rand_boolean(rand);
    gboolean taken = reserves ? ov_counters_reserve(counters, 1 + node, &claim, 1, fleet->now)
                              : ov_counters_count(counters, 0, &claim, 1, fleet->now);
    if (reserves && taken)
        ov_counters_keep(counters, 1 + node, fleet->now);
    tell(fleet, node);
    gint64 length = ov_span_length(span), tick = G_USEC_PER_SEC / 4;
    if (taken)
        assert_true(naive(events, length - tick, fleet->now) + recipients <= limit);
    else
        assert_true(naive(events, length + length / 100 + 2 * tick, fleet->now) + recipients >
                    limit);
    Event event = {fleet->now, recipients};
    if (taken)
        g_array_append_val(events, event);
}

static void test_windows_slide_as_exactly_as_one_nodes(void **state) {
    Fleet *fleet = *state;
    for (guint32 seed = 1; seed <= 8; seed++) {
        g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
        g_autoptr(GArray) events = g_array_new(FALSE, FALSE, sizeof(Event));
        double pace = g_rand_double_range(rand, 0, 4.5); /* up to some 9 hours between two */
        for (guint i = 0; i < 700; i++) {
            fleet->now += (gint64)(pow(10, g_rand_double_range(rand, -2, pace)) * G_USEC_PER_SEC);
            claim_at_random(fleet, rand, events);
        }
        fleet->now += 31 * DAY;
    }
    assert_int_equal(g_atomic_int_get(&fleet->troubles), 0);
}

static void test_what_one_node_reserves_others_may_not_use(void **state) {
    Fleet *fleet = *state;
    OvBound bound = most(OV_AMOUNT_RECIPIENTS, OV_SPAN_DAY, 10);
    OvClaim five = mail(5, &bound), six = mail(6, &bound);
    assert_true(ov_counters_reserve(fleet->counters[0], 77, &five, 1, fleet->now));
    assert_false(count(fleet, 1, 6, 10));
    assert_true(ov_counters_reserve(fleet->counters[0], 77, &six, 1, fleet->now));
    assert_false(count(fleet, 1, 5, 10));
    assert_true(count(fleet, 1, 4, 10));
    assert_int_equal(heard(fleet, 2), 10);
    ov_counters_give_back(fleet->counters[0], 77);
    tell(fleet, 0);
    assert_int_equal(heard(fleet, 1), 4);
    assert_true(ov_counters_reserve(fleet->counters[0], 77, &five, 1, fleet->now));
    assert_true(ov_counters_keep(fleet->counters[0], 77, fleet->now));
    tell(fleet, 0);
    for (guint i = 0; i < N_NODES; i++)
        assert_int_equal(heard(fleet, i), 9);
}

static void test_reservations_of_a_node_that_died_end(void **state) {
    Fleet *fleet = *state;
    OvBound bound = most(OV_AMOUNT_RECIPIENTS, OV_SPAN_DAY, 10);
    OvClaim claim = mail(8, &bound);
    assert_true(ov_counters_reserve(fleet->counters[0], 77, &claim, 1, fleet->now));
    assert_false(count(fleet, 1, 8, 10));
    fleet->now += 14 * MINUTE;
    assert_false(count(fleet, 1, 8, 10));
    fleet->now += 2 * MINUTE;
    assert_true(count(fleet, 1, 8, 10));
}

static void test_all_subjects_count_or_none(void **state) {
    Fleet *fleet = *state;
    OvBound bounds[] = {most(OV_AMOUNT_RECIPIENTS, OV_SPAN_DAY, 100),
                        most(OV_AMOUNT_RECIPIENTS, OV_SPAN_DAY, 5)};
    OvClaim claims[] = {mail(3, &bounds[0]), mail(3, &bounds[1]), mail(3, NULL)};
    claims[1].subject = (OvSubject){OV_SUBJECT_CLIENT, "192.0.2.7"};
    claims[2].subject = (OvSubject){OV_SUBJECT_SENDER_DOMAIN, "shop.example"};
    assert_true(ov_counters_count(fleet->counters[0], 0, claims, 3, fleet->now));
    assert_false(ov_counters_count(fleet->counters[1], 0, claims, 3, fleet->now));
    tell(fleet, 0);
    assert_int_equal(heard(fleet, 2), 3);
    OvBound bound = most(OV_AMOUNT_RECIPIENTS, OV_SPAN_DAY, 3);
    claims[2].bounds = &bound;
    claims[2].n_bounds = 1;
    assert_false(ov_counters_count(fleet->counters[1], 0, &claims[2], 1, fleet->now));
    assert_int_equal(bound.used, 6);
}

static void test_things_are_counted_once_whoever_saw_them(void **state) {
    Fleet *fleet = *state;
    for (guint i = 0; i < 30; i++) {
        guint32 marks[] = {i % 10, 100 + i % 2};
        OvBound bound = {.form = OV_BOUND_THINGS,
                         .thing = OV_THING_DOMAINS,
                         .span = OV_SPAN_HOUR,
                         .most = 12,
                         .refuses = TRUE};
        OvClaim claim = mail(1, &bound);
        claim.things[OV_THING_DOMAINS] = (OvThings){marks, G_N_ELEMENTS(marks)};
        assert_true(ov_counters_count(fleet->counters[i % N_NODES], 0, &claim, 1, fleet->now));
        marks[0] = 1000;
        if (i >= 10)
            assert_false(
                ov_counters_count(fleet->counters[(i + 1) % N_NODES], 0, &claim, 1, fleet->now));
    }
}

static void test_a_share_is_that_of_all_nodes(void **state) {
    Fleet *fleet = *state;
    OvClaim fine = mail(1, NULL), held = mail(1, NULL);
    held.amounts.of[OV_AMOUNT_HELD] = 1;
    for (guint i = 0; i < 20; i++) {
        OvBound bound = {.form = OV_BOUND_SHARE,
                         .amount = OV_AMOUNT_HELD,
                         .span = OV_SPAN_HOUR,
                         .most = 2000,
                         .least = 10,
                         .refuses = TRUE};
        OvClaim claim = i % 4 == 3 ? held : fine;
        claim.bounds = &bound;
        claim.n_bounds = 1;
        /* Every fourth is held: of 12 and of 19 that would be too many. */
        gboolean taken = ov_counters_count(fleet->counters[i % N_NODES], 0, &claim, 1, fleet->now);
        assert_int_equal(taken, i != 11 && i != 19);
    }
}

/* 100 beyond the plan are announced: all nodes draw on the same hundred. */
static void test_an_announcement_is_one_for_all_nodes(void **state) {
    Fleet *fleet = *state;
    OvAllowance announced = {
        .recipients = 100, .messages = 100, .since = fleet->now - MINUTE, .until = G_MAXINT64};
    guint taken = 0, drawn = 0;
    for (guint i = 0; i < 80; i++) {
        OvBound bound = most(OV_AMOUNT_RECIPIENTS, OV_SPAN_DAY, 50);
        OvClaim claim = mail(2, &bound);
        claim.announced = &announced;
        if (ov_counters_count(fleet->counters[i % N_NODES], 0, &claim, 1, fleet->now)) {
            taken++;
            drawn += claim.drawn ? 1 : 0;
        }
    }
    assert_int_equal(taken, 75);
    assert_int_equal(drawn, 50);
    for (guint i = 0; i < N_NODES; i++)
        assert_int_equal(heard(fleet, i), 150);
}

/* More than is kept as single news, and a node that comes late. */
static void test_long_histories_are_told_whole(void **state) {
    Fleet *fleet = *state;
    for (guint i = 0; i < 1000; i++) {
        fleet->now += 7 * G_USEC_PER_SEC;
        assert_true(count(fleet, i % 2, 1, G_MAXINT64));
    }
    assert_int_equal(heard(fleet, 2), 1000);
    redisReply *reply = redis_server_ask(fleet->server, "LLEN", "outvet:2:news:account:shop", NULL);
    assert_in_range(reply->integer, 1, 400);
    freeReplyObject(reply);
    reply = redis_server_ask(fleet->server, "TTL", "outvet:2:parts:account:shop", NULL);
    assert_in_range(reply->integer, 30 * 24 * 3600, 31 * 24 * 3600);
    freeReplyObject(reply);
}

static void test_redis_away_and_empty_when_it_is_back(void **state) {
    Fleet *fleet = *state;
    for (guint i = 0; i < N_NODES; i++)
        assert_true(count(fleet, i, 10, G_MAXINT64));
    assert_int_equal(heard(fleet, 0), 30);
    redis_server_stop(fleet->server);
    wait_for(&fleet->troubles, N_NODES);
    /* Each goes on with what it knows: the first of all, the second and the third of less. */
    assert_false(count(fleet, 0, 1, 30));
    assert_true(count(fleet, 0, 1, 31));
    assert_true(count(fleet, 1, 5, 100));
    assert_int_equal(sum(fleet, 0, &SHOP), 31);
    redis_server_restart(fleet->server);
    wait_for(&fleet->recoveries, N_NODES);
    for (guint i = 0; i < N_NODES; i++)
        tell(fleet, i);
    for (guint i = 0; i < N_NODES; i++)
        assert_int_equal(heard(fleet, i), 36);
    assert_true(count(fleet, 2, 4, 40));
    assert_false(count(fleet, 1, 1, 40));
}

/* A Redis that hangs takes what it was sent when nobody waits for it any more. */
static void test_nothing_counts_twice_after_redis_hung(void **state) {
    Fleet *fleet = *state;
    for (guint i = 0; i < N_NODES; i++)
        leave(fleet, i);
    OvCountersRedisSettings settings = {.place = &fleet->place,
                                        .time_limit = G_USEC_PER_SEC / 5,
                                        .change = note_change,
                                        .data = fleet};
    for (guint i = 0; i < N_NODES; i++) {
        settings.node = NAMES[i];
        fleet->counters[i] = ov_counters_new();
        fleet->redis[i] = ov_counters_redis_start(fleet->counters[i], &settings);
        assert_true(count(fleet, i, 1, 100));
    }
    redis_server_pause(fleet->server);
    for (guint i = 0; i < N_NODES; i++)
        for (guint j = 0; j < 5; j++)
            assert_true(count(fleet, i, 1, 100));
    wait_for(&fleet->troubles, N_NODES);
    redis_server_go_on(fleet->server);
    wait_for(&fleet->recoveries, N_NODES);
    for (guint i = 0; i < N_NODES; i++)
        tell(fleet, i);
    for (guint i = 0; i < N_NODES; i++)
        assert_int_equal(heard(fleet, i), 18);
    OvCountersRedisStatus status;
    ov_counters_redis_status(fleet->redis[0], &status);
    assert_null(status.trouble);
    assert_true(status.alone >= 5);
}

static void test_a_script_that_redis_forgot_is_loaded_again(void **state) {
    Fleet *fleet = *state;
    assert_true(count(fleet, 0, 10, 20));
    redis_server_do(fleet->server, "SCRIPT", "FLUSH");
    assert_true(count(fleet, 1, 10, 20));
    assert_false(count(fleet, 0, 1, 20));
    assert_int_equal(g_atomic_int_get(&fleet->troubles), 0);
}

static void test_data_that_redis_lost_come_back(void **state) {
    Fleet *fleet = *state;
    for (guint i = 0; i < N_NODES; i++)
        assert_true(count(fleet, i, 10, 100));
    OvClaim other = mail(7, NULL);
    other.subject.name = "other";
    ov_counters_add(fleet->counters[0], &other, fleet->now);
    tell(fleet, 0);
    redis_server_do(fleet->server, "FLUSHALL", NULL);
    /* Whoever looks next finds out; the others within a second or two, as they look now and then.
     */
    wait_for(&fleet->recoveries, N_NODES);
    for (guint i = 0; i < N_NODES; i++)
        tell(fleet, i);
    for (guint i = 0; i < N_NODES; i++)
        assert_int_equal(heard(fleet, i), 30);
    OvBound bound = most(OV_AMOUNT_RECIPIENTS, OV_SPAN_DAY, 7);
    other.bounds = &bound;
    other.n_bounds = 1;
    assert_false(ov_counters_count(fleet->counters[2], 0, &other, 1, fleet->now));
    assert_int_equal(bound.used, 14);
}

/* One subject alone is gone, as where Redis may put out what it has no room for. */
static void test_a_subject_that_redis_lost_comes_back(void **state) {
    Fleet *fleet = *state;
    assert_true(count(fleet, 0, 10, 100));
    assert_true(count(fleet, 1, 5, 100));
    assert_int_equal(heard(fleet, 0), 15);
    redis_server_do(fleet->server, "DEL", "outvet:2:parts:account:shop");
    redis_server_do(fleet->server, "DEL", "outvet:2:news:account:shop");
    assert_true(count(fleet, 0, 10, 100));
    assert_int_equal(sum(fleet, 0, &SHOP), 25);
    assert_int_equal(heard(fleet, 1), 25);
    assert_int_equal(heard(fleet, 2), 25);
    assert_false(count(fleet, 2, 1, 25));
}

/* The ledger had some of it, or all, when the process was killed. */
static void test_a_node_that_begins_again_counts_nothing_twice(void **state) {
    Fleet *fleet = *state;
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(OvCounterRow));
    g_array_set_clear_func(rows, (GDestroyNotify)ov_counter_row_clear);
    for (guint round = 0; round < 3; round++) {
        fleet->now += G_USEC_PER_SEC;
        assert_true(count(fleet, 0, 10, 1000));
        if (round == 0)
            ov_counters_take_changed(fleet->counters[0], 10, fleet->now, rows);
    }
    assert_true(count(fleet, 1, 5, 1000));
    leave(fleet, 0);
    fleet->counters[0] = ov_counters_new();
    for (guint i = 0; i < rows->len; i++)
        assert_true(ov_counters_recall(fleet->counters[0], &g_array_index(rows, OvCounterRow, i),
                                       fleet->now));
    ov_counters_free(g_steal_pointer(&fleet->counters[0]));
    join_as(fleet, 0, NAMES[0]);
    assert_true(
        ov_counters_recall(fleet->counters[0], &g_array_index(rows, OvCounterRow, 0), fleet->now));
    OvClaim before_it_met = mail(2, NULL);
    ov_counters_add(fleet->counters[0], &before_it_met, fleet->now);
    assert_true(count(fleet, 0, 1, 1000));
    for (guint i = 0; i < N_NODES; i++)
        assert_int_equal(heard(fleet, i), 38);
    assert_false(count(fleet, 2, 1, 38));
}

/* Counted while Redis was away, and kept by the ledger alone when the process began again. */
static void test_what_the_ledger_alone_has_is_told(void **state) {
    Fleet *fleet = *state;
    assert_true(count(fleet, 0, 10, 1000));
    g_autoptr(OvCounters) alone = ov_counters_new();
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(OvCounterRow));
    g_array_set_clear_func(rows, (GDestroyNotify)ov_counter_row_clear);
    OvClaim claim = mail(10, NULL), more = mail(3, NULL);
    ov_counters_add(alone, &claim, fleet->now);
    ov_counters_add(alone, &more, fleet->now + MINUTE);
    ov_counters_take_changed(alone, 10, fleet->now, rows);
    leave(fleet, 0);
    fleet->now += 2 * MINUTE;
    join_as(fleet, 0, NAMES[0]);
    assert_true(
        ov_counters_recall(fleet->counters[0], &g_array_index(rows, OvCounterRow, 0), fleet->now));
    assert_true(count(fleet, 0, 1, 1000));
    for (guint i = 0; i < N_NODES; i++)
        assert_int_equal(heard(fleet, i), 14);
}

static void test_no_name_breaks_a_key(void **state) {
    Fleet *fleet = *state;
    g_autofree char *longest = g_strnfill(10000, 'a');
    g_autofree char *longer = g_strconcat(longest, "b", NULL);
    const char *const names[] = {"a/b",   "a'b\"c", "a\nb\r\n*1\r\n$8\r\nFLUSHALL\r\n",
                                 longest, longer,   "{a}",
                                 "a b",   "",       "\xff\xfe",
                                 "#",     "a:b",    "a*?[b]"};
    for (guint round = 0; round < 2; round++)
        for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
            OvBound bound = most(OV_AMOUNT_RECIPIENTS, OV_SPAN_DAY, 1);
            OvClaim claim = mail(1, &bound);
            claim.subject.name = names[i];
            assert_int_equal(ov_counters_count(fleet->counters[round], 0, &claim, 1, fleet->now),
                             round == 0);
        }
    redisReply *reply = redis_server_ask(fleet->server, "KEYS", "*", NULL);
    for (gsize i = 0; i < reply->elements; i++)
        for (const char *at = reply->element[i]->str; *at; at++)
            assert_true(g_ascii_isalnum(*at) || strchr(":#.-_@+", *at));
    /* A hash and a list of each, and what the nodes need. */
    assert_int_equal(reply->elements, 2 * G_N_ELEMENTS(names) + 2);
    freeReplyObject(reply);
    assert_int_equal(g_atomic_int_get(&fleet->troubles), 0);
}

static void test_two_nodes_of_one_name_are_told(void **state) {
    Fleet *fleet = *state;
    leave(fleet, 2);
    join_as(fleet, 2, NAMES[0]);
    wait_for(&fleet->troubles, 1);
    for (guint i = 0; i < 2000; i++) {
        OvCountersRedisStatus status;
        ov_counters_redis_status(fleet->redis[i % 2 * 2], &status);
        gboolean told = status.trouble && strstr(status.trouble, "another outvetd is called mx1");
        g_free(status.trouble);
        if (told)
            return;
        g_usleep(1000);
    }
    fail_msg("nobody tells");
}

/* A Redis that answers, but takes nothing more. */
static void test_a_full_redis_is_as_good_as_none(void **state) {
    Fleet *fleet = *state;
    assert_true(count(fleet, 0, 10, 100));
    redisReply *reply = redis_server_ask(fleet->server, "CONFIG", "SET", NULL);
    freeReplyObject(reply);
    g_autoptr(OvRedisLink) link =
        ov_redis_link_open(&fleet->place, g_get_monotonic_time() + 10 * G_USEC_PER_SEC, NULL);
    ov_redis_link_command(link, "CONFIG", "SET", "maxmemory", "1", NULL);
    reply = ov_redis_link_reply(link, g_get_monotonic_time() + 10 * G_USEC_PER_SEC, NULL);
    assert_int_equal(reply->type, REDIS_REPLY_STATUS);
    freeReplyObject(reply);
    assert_true(count(fleet, 0, 10, 100));
    wait_for(&fleet->troubles, 1);
    OvCountersRedisStatus status;
    ov_counters_redis_status(fleet->redis[0], &status);
    assert_non_null(strstr(status.trouble, "OOM"));
    g_free(status.trouble);
    ov_redis_link_command(link, "CONFIG", "SET", "maxmemory", "0", NULL);
    reply = ov_redis_link_reply(link, g_get_monotonic_time() + 10 * G_USEC_PER_SEC, NULL);
    freeReplyObject(reply);
    wait_for(&fleet->recoveries, 1);
    tell(fleet, 0);
    assert_int_equal(heard(fleet, 1), 20);
}

int main(void) {
#define WITH_FLEET(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_FLEET(test_a_limit_holds_for_all_nodes_together),
        WITH_FLEET(test_a_limit_holds_where_all_send_at_once),
        WITH_FLEET(test_windows_slide_as_exactly_as_one_nodes),
        WITH_FLEET(test_what_one_node_reserves_others_may_not_use),
        WITH_FLEET(test_reservations_of_a_node_that_died_end),
        WITH_FLEET(test_all_subjects_count_or_none),
        WITH_FLEET(test_things_are_counted_once_whoever_saw_them),
        WITH_FLEET(test_a_share_is_that_of_all_nodes),
        WITH_FLEET(test_an_announcement_is_one_for_all_nodes),
        WITH_FLEET(test_long_histories_are_told_whole),
        WITH_FLEET(test_redis_away_and_empty_when_it_is_back),
        WITH_FLEET(test_nothing_counts_twice_after_redis_hung),
        WITH_FLEET(test_a_script_that_redis_forgot_is_loaded_again),
        WITH_FLEET(test_data_that_redis_lost_come_back),
        WITH_FLEET(test_a_subject_that_redis_lost_comes_back),
        WITH_FLEET(test_a_node_that_begins_again_counts_nothing_twice),
        WITH_FLEET(test_what_the_ledger_alone_has_is_told),
        WITH_FLEET(test_no_name_breaks_a_key),
        WITH_FLEET(test_two_nodes_of_one_name_are_told),
        WITH_FLEET(test_a_full_redis_is_as_good_as_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
