/* Which node does what for all, and what each tells of itself: policy/ledger/incident.h. */
#include "tests/unit/incident_place.h"

#include <sys/wait.h>
#include <unistd.h>

static gboolean take(OvLedger *ledger, const char *holder, gint64 now, gint64 until) {
    gboolean taken = FALSE;
    g_autoptr(GError) error = NULL;
    if (!ov_ledger_take_lease(ledger, "poll", holder, now, until, &taken, &error))
        fail_msg("%s", error->message);
    return taken;
}

static void test_a_lease_has_one_holder_until_its_time_is_over(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    g_autoptr(OvLedger) reader = open_reader(place);
    assert_true(take(ledger, "mx1", NOW, NOW + 10));
    assert_false(take(reader, "mx2", NOW, NOW + 10));
    assert_false(take(reader, "mx2", NOW + 9, NOW + 20));
    assert_true(take(ledger, "mx1", NOW + 1, NOW + 15));
    assert_true(take(ledger, "mx1", NOW + 2, NOW + 5)); /* never shorter */
    assert_false(take(reader, "mx2", NOW + 14, NOW + 20));
    assert_true(take(reader, "mx2", NOW + 15, NOW + 20));
    assert_false(take(ledger, "mx1", NOW + 16, NOW + 30));
    assert_true(ov_ledger_give_lease(ledger, "poll", "mx1", NULL)); /* not its own */
    assert_false(take(ledger, "mx1", NOW + 16, NOW + 30));
    assert_true(ov_ledger_give_lease(reader, "poll", "mx2", NULL));
    assert_true(take(ledger, "mx1", NOW + 16, NOW + 30));
    assert_int_equal(ask(place->path, "SELECT count(*) FROM leases"), 1);
}

static void test_a_lease_from_before_the_clock_was_set_back_holds_nobody_up(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    const gint64 minute = 60 * G_USEC_PER_SEC, then = NOW + 40 * 24 * 60 * minute;
    assert_true(take(ledger, "mx1", then, then + minute));
    /* the holder goes on, and holds it no longer than a holder does */
    assert_true(take(ledger, "mx1", NOW, NOW + minute));
    assert_false(take(ledger, "mx2", NOW, NOW + minute));
    assert_true(take(ledger, "mx2", NOW + minute, NOW + 2 * minute));
    /* or is gone */
    assert_true(take(ledger, "mx2", then, then + minute));
    assert_true(take(ledger, "mx1", NOW, NOW + minute));
    /* clocks of two nodes may differ by less */
    assert_false(take(ledger, "mx2", NOW - 30 * minute, NOW - 29 * minute));
}

enum { THREADS = 8, ROUNDS = 20 };

typedef struct {
    OvLedger *ledger;
    char name[8];
    guint won[2 * ROUNDS];
} Racer;

/* Takes each lease, and asks for the unblock of each incident, as all others do. */
static gpointer race(gpointer data) {
    Racer *racer = data;
    for (guint i = 0; i < ROUNDS; i++) {
        char lease[16];
        g_snprintf(lease, sizeof lease, "lease %u", i);
        OvIncident asked = {.id = (gint64)i + 1, .phase = OV_INCIDENT_ASKED};
        gboolean taken = FALSE, changed = FALSE;
        if (ov_ledger_take_lease(racer->ledger, lease, racer->name, NOW, NOW + DAY, &taken, NULL))
            racer->won[2 * i] = taken != FALSE;
        if (ov_ledger_change_incident(racer->ledger, &asked, OV_INCIDENT_OPEN, &changed, NULL))
            racer->won[2 * i + 1] = changed != FALSE;
    }
    return NULL;
}

static void test_of_many_threads_one_takes_a_lease_and_changes_a_phase(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    g_autoptr(OvLedger) reader = open_reader(place);
    for (guint i = 0; i < ROUNDS; i++)
        open_block(ledger, "192.0.2.1", NOW + i * SECOND, NULL);
    Racer racers[THREADS] = {{.ledger = NULL}};
    GThread *threads[THREADS];
    for (guint i = 0; i < THREADS; i++) {
        racers[i].ledger = i % 2 ? ledger : reader;
        g_snprintf(racers[i].name, sizeof racers[i].name, "mx%u", i);
    }
    for (guint i = 0; i < THREADS; i++)
        threads[i] = g_thread_new("race", race, &racers[i]);
    for (guint i = 0; i < THREADS; i++)
        g_thread_join(threads[i]);
    for (guint round = 0; round < 2 * ROUNDS; round++) {
        guint winners = 0;
        for (guint i = 0; i < THREADS; i++)
            winners += racers[i].won[round];
        assert_int_equal(winners, 1);
    }
}

/* In a process of its own; tells how many leases it took. */
static void run_apart(const Place *place, const char *name, int start) {
    char byte;
    Racer racer = {.ledger = ov_ledger_open_reader(place->settings, NULL)};
    g_strlcpy(racer.name, name, sizeof racer.name);
    int taken = 0;
    if (read(start, &byte, 1) < 0) /* until the pipe is closed, for all at once */
        _exit(255);
    race(&racer);
    for (guint i = 0; i < ROUNDS; i++)
        taken += (int)racer.won[2 * i];
    _exit(taken);
}

static void test_of_two_processes_one_takes_a_lease(void **state) {
    const Place *place = *state;
    ov_ledger_close(open_ledger(place));
    int start[2];
    assert_int_equal(pipe(start), 0);
    pid_t pids[2];
    for (guint i = 0; i < 2; i++) {
        pids[i] = fork();
        assert_true(pids[i] >= 0);
        if (pids[i] == 0) {
            close(start[1]);
            run_apart(place, i ? "mx2" : "mx1", start[0]);
        }
    }
    close(start[0]);
    close(start[1]);
    int taken = 0;
    for (guint i = 0; i < 2; i++) {
        int status;
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_true(WIFEXITED(status));
        taken += WEXITSTATUS(status);
    }
    assert_int_equal(taken, ROUNDS);
    assert_int_equal(ask(place->path, "SELECT count(*) FROM leases"), ROUNDS);
}

static void test_a_mark_is_what_was_put_last(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    assert_null(mark_of(ledger, place, "last"));
    assert_true(ov_ledger_put_mark(ledger, "last", "1", NULL));
    assert_true(ov_ledger_put_mark(ledger, "last", "2", NULL));
    assert_true(ov_ledger_put_mark(ledger, "read 192.0.2.1", "", NULL));
    assert_string_equal(mark_of(ledger, place, "last"), "2");
    assert_string_equal(mark_of(ledger, place, "read 192.0.2.1"), "");
    assert_true(ov_ledger_put_mark(ledger, "last", NULL, NULL));
    assert_null(mark_of(ledger, place, "last"));
}

static void test_a_node_tells_how_it_stands_now(void **state) {
    const Place *place = *state;
    g_autoptr(OvLedger) ledger = open_ledger(place);
    OvNodeReport mx2 = {"mx2", NOW, 3, "192.0.2.1 192.0.2.2", NOW - 5, 7, "outvet-queue is away"};
    OvNodeReport mx1 = {.node = "mx1", .seen = NOW - 59 * DAY};
    assert_true(ov_ledger_put_node(ledger, &mx1, NULL));
    assert_true(ov_ledger_put_node(ledger, &mx2, NULL));
    mx2.suspension = 4;
    assert_true(ov_ledger_put_node(ledger, &mx2, NULL));
    guint n;
    const OvNodeReport *nodes = ov_ledger_nodes(ledger, place->arena, &n, NULL);
    assert_int_equal(n, 2);
    assert_string_equal(nodes[0].node, "mx1");
    assert_string_equal(nodes[0].egress, "");
    assert_string_equal(nodes[0].trouble, "");
    assert_string_equal(nodes[1].node, "mx2");
    assert_int_equal(nodes[1].seen, NOW);
    assert_int_equal(nodes[1].suspension, 4);
    assert_string_equal(nodes[1].egress, "192.0.2.1 192.0.2.2");
    assert_int_equal(nodes[1].looked, NOW - 5);
    assert_int_equal(nodes[1].moving, 7);
    assert_string_equal(nodes[1].trouble, "outvet-queue is away");
    mx2.seen = NOW + 2 * DAY; /* mx1 is gone for good by now */
    assert_true(ov_ledger_put_node(ledger, &mx2, NULL));
    nodes = ov_ledger_nodes(ledger, place->arena, &n, NULL);
    assert_int_equal(n, 1);
    assert_string_equal(nodes[0].node, "mx2");
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_a_lease_has_one_holder_until_its_time_is_over),
        TEST(test_a_lease_from_before_the_clock_was_set_back_holds_nobody_up),
        TEST(test_of_many_threads_one_takes_a_lease_and_changes_a_phase),
        TEST(test_of_two_processes_one_takes_a_lease),
        TEST(test_a_mark_is_what_was_put_last),
        TEST(test_a_node_tells_how_it_stands_now),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
