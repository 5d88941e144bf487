/* What the window answers of earlier mail, by a clock of the tests' own. */
#include "policy/ledger/window.h"

#include "rules/hash.h"
#include "rules/shape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static const gint64 MINUTE = G_GINT64_CONSTANT(60) * G_USEC_PER_SEC;
static const gint64 HOUR = G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;
/* 2026-11-23 12:00:00 UTC */
static const gint64 NOON = G_GINT64_CONSTANT(1795435200) * G_USEC_PER_SEC;

enum { MEMORY = 4 * 1024 * 1024 };

static int set_up(void **state) {
    *state = ov_window_new(MEMORY, NULL);
    return 0;
}

static int tear_down(void **state) {
    ov_window_free(*state);
    return 0;
}

/* A number that is spread like a hash, by a small one. */
static guint64 number(guint64 n) {
    return ov_hash_spread(n + 1);
}

static OvFingerprint message(guint n) {
    return (OvFingerprint){
        .sender = number(1),
        .from = number(2),
        .shape = number(3),
        .message_id = number(1000 + n),
        .body = number(2000000 + n),
    };
}

static void add_of(OvWindow *window, const OvFingerprint *fingerprint, const char *login,
                   gint64 time, guint recipient, guint n_recipients) {
    g_autofree guint8 *hashes = g_malloc0((gsize)n_recipients * OV_RECIPIENT_HASH_SIZE);
    for (guint i = 0; i < n_recipients; i++) {
        guint64 hash = number(5000000 + recipient + i);
        memcpy(hashes + (gsize)i * OV_RECIPIENT_HASH_SIZE, &hash, sizeof hash);
    }
    ov_window_add(window, fingerprint, login, time, hashes, n_recipients);
}

static void add(OvWindow *window, const OvFingerprint *fingerprint, gint64 time, guint recipient,
                guint n_recipients) {
    add_of(window, fingerprint, NULL, time, recipient, n_recipients);
}

/* As asked for a message of eve@evil.example with the shape of message(). */
static OvLogins logins(OvWindow *window, guint64 shape, gint64 now) {
    const OvHistory *history = ov_window_history(window);
    return history->logins(history->data, "eve@evil.example", number(1), shape, now);
}

static OvSeen seen(OvWindow *window, guint64 sender, guint64 shape, gint64 now) {
    const OvHistory *history = ov_window_history(window);
    return history->shape(history->data, sender, shape, now);
}

static gboolean other_body(OvWindow *window, const OvFingerprint *fingerprint, gint64 now) {
    const OvHistory *history = ov_window_history(window);
    return history->other_body(history->data, fingerprint->message_id, fingerprint->body, now);
}

static OvSeen shared(OvWindow *window, guint64 address, gint64 now) {
    const OvHistory *history = ov_window_history(window);
    return history->unsubscribe(history->data, address, now);
}

static guint streams(OvWindow *window, guint64 from, gint64 now) {
    const OvHistory *history = ov_window_history(window);
    return history->streams(history->data, from, now);
}

static void assert_about(guint value, guint wanted) {
    guint off = MAX(wanted / 6, 1);
    assert_in_range(value, wanted - off, wanted + off);
}

static void test_nothing_is_known_at_first(void **state) {
    OvFingerprint one = message(1);
    assert_int_equal(seen(*state, one.sender, one.shape, NOON).messages, 0);
    assert_false(other_body(*state, &one, NOON));
    assert_int_equal(shared(*state, number(9), NOON).messages, 0);
    assert_int_equal(streams(*state, one.from, NOON), OV_STREAM_NONE);
}

static void test_messages_and_recipients_of_a_shape_are_counted(void **state) {
    static const guint counts[] = {1, 2, 5, 20, 60, 100, 120, 200};
    guint sent = 0;
    for (guint i = 0; i < G_N_ELEMENTS(counts); i++) {
        for (; sent < counts[i]; sent++) {
            OvFingerprint one = message(sent);
            add(*state, &one, NOON + sent * MINUTE, sent, 1);
        }
        OvSeen found = seen(*state, number(1), number(3), NOON + sent * MINUTE);
        assert_about(found.messages, sent);
        assert_about(found.recipients, sent);
    }
}

static void test_one_reader_of_many_messages_is_one(void **state) {
    for (guint i = 0; i < 50; i++) {
        OvFingerprint one = message(i);
        add(*state, &one, NOON, 7, 1);
    }
    OvSeen found = seen(*state, number(1), number(3), NOON);
    assert_about(found.messages, 50);
    assert_int_equal(found.recipients, 1);
}

static void test_one_message_to_many_is_one(void **state) {
    OvFingerprint one = message(1);
    add(*state, &one, NOON, 0, 80);
    /* Its copies, as an MTA makes them. */
    for (guint i = 0; i < 40; i++)
        add(*state, &one, NOON, 80 + i, 1);
    OvSeen found = seen(*state, number(1), number(3), NOON);
    assert_int_equal(found.messages, 1);
    assert_about(found.recipients, 120);
}

static void test_a_message_that_comes_again_is_counted_once(void **state) {
    OvSeen once = {0, 0};
    for (guint turn = 0; turn < 3; turn++) {
        for (guint i = 0; i < 30; i++) {
            OvFingerprint one = message(i);
            if (i % 2)
                one.message_id = 0; /* one that has none, too */
            add(*state, &one, NOON + i * MINUTE, i, 1);
        }
        OvSeen found = seen(*state, number(1), number(3), NOON + HOUR);
        assert_about(found.messages, 30);
        assert_true(turn == 0 || found.messages == once.messages);
        assert_true(turn == 0 || found.recipients == once.recipients);
        once = found;
    }
}

static void test_near_shapes_are_one_and_others_are_not(void **state) {
    guint64 shape = number(3);
    OvFingerprint one = message(1), two = message(2), three = message(3);
    two.shape ^= 0x0123000000001001;
    three.shape = number(4);
    assert_true(ov_shape_distance(shape, two.shape) <= OV_SHAPE_NEAR);
    add(*state, &one, NOON, 1, 1);
    add(*state, &two, NOON, 2, 1);
    add(*state, &three, NOON, 3, 1);
    assert_int_equal(seen(*state, number(1), shape, NOON).messages, 2);
    assert_int_equal(seen(*state, number(1), shape ^ 0x8000000000000000, NOON).messages, 2);
    assert_int_equal(seen(*state, number(1), three.shape, NOON).messages, 1);
}

static void test_a_shape_is_one_senders_own(void **state) {
    OvFingerprint one = message(1);
    add(*state, &one, NOON, 1, 1);
    assert_int_equal(seen(*state, number(77), one.shape, NOON).messages, 0);
}

static void test_logins_that_share_a_shape_are_counted_with_the_one_at_hand(void **state) {
    static const char *const senders[] = {"anna@firm.example", "Bert@mail.firm.example",
                                          "carl@shop.example", "BERT@mail.firm.example",
                                          "anna@firm.example"};
    OvLogins found = logins(*state, number(3), NOON);
    assert_int_equal(found.logins, 1);
    assert_int_equal(found.organisations, 1);
    for (guint i = 0; i < G_N_ELEMENTS(senders); i++) {
        OvFingerprint one = message(i);
        one.shape ^= (guint64)1 << (i * 11);
        add_of(*state, &one, senders[i], NOON + i * MINUTE, i, 1);
    }
    found = logins(*state, number(3), NOON + 10 * MINUTE);
    assert_int_equal(found.logins, 4); /* anna, bert, carl, eve */
    assert_int_equal(found.organisations, 3);
    assert_int_equal(logins(*state, number(4), NOON + 10 * MINUTE).logins, 1);
    OvFingerprint own = message(9);
    add_of(*state, &own, "eve@evil.example", NOON + 10 * MINUTE, 9, 1);
    assert_int_equal(logins(*state, number(3), NOON + 10 * MINUTE).logins, 4);
}

static void test_logins_of_one_domain_are_told_apart_by_their_senders(void **state) {
    static const char *const names[] = {"anna@evil.example", "bert@evil.example",
                                        "carl@evil.example", "dora@evil.example"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        OvFingerprint one = message(i);
        one.sender = number(700 + i / 2);
        add_of(*state, &one, names[i], NOON, i, 1);
    }
    OvLogins found = logins(*state, number(3), NOON);
    assert_int_equal(found.logins, 5);
    assert_int_equal(found.organisations, 3); /* two, and that of the message at hand */
}

static void test_logins_of_one_sender_are_told_apart_by_their_domains(void **state) {
    static const char *const names[] = {"anna@one.example", "bert@two.example",
                                        "carl@three.example", "dora", "emil"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        OvFingerprint one = message(i);
        add_of(*state, &one, names[i], NOON, i, 1);
    }
    OvLogins found = logins(*state, number(3), NOON);
    assert_int_equal(found.logins, 6);
    assert_int_equal(found.organisations, 5); /* dora and emil are of one, whatever it is */
}

static void test_colleagues_are_one_organisation(void **state) {
    for (guint i = 0; i < 20; i++) {
        g_autofree char *name = g_strdup_printf("u%u@branch%u.evil.example", i, i % 3);
        OvFingerprint one = message(i);
        add_of(*state, &one, name, NOON, i, 1);
    }
    OvLogins found = logins(*state, number(3), NOON);
    assert_int_equal(found.logins, 21);
    assert_int_equal(found.organisations, 1);
}

static void test_logins_that_share_a_shape_are_known_for_an_hour(void **state) {
    static const char *const senders[] = {"anna@one.example", "bert@two.example",
                                          "carl@three.example"};
    for (guint i = 0; i < G_N_ELEMENTS(senders); i++) {
        OvFingerprint one = message(i);
        add_of(*state, &one, senders[i], NOON - i * 20 * MINUTE, i, 1);
    }
    assert_int_equal(logins(*state, number(3), NOON).logins, 4);
    assert_int_equal(logins(*state, number(3), NOON + 30 * MINUTE).logins, 3);
    assert_int_equal(logins(*state, number(3), NOON + 50 * MINUTE).logins, 2);
    assert_int_equal(logins(*state, number(3), NOON + 61 * MINUTE).logins, 1);
    OvFingerprint again = message(7);
    add_of(*state, &again, senders[2], NOON + 61 * MINUTE, 7, 1);
    assert_int_equal(logins(*state, number(3), NOON + 62 * MINUTE).logins, 2);
}

static void test_mail_without_a_login_is_nobodys(void **state) {
    OvFingerprint one = message(1);
    add(*state, &one, NOON, 1, 1);
    assert_int_equal(logins(*state, number(3), NOON).logins, 1);
}

static void test_after_a_day_a_shape_is_forgotten_hour_by_hour(void **state) {
    for (guint hour = 0; hour < 30; hour++) {
        OvFingerprint one = message(hour);
        add(*state, &one, NOON + hour * HOUR, hour, 1);
    }
    gint64 last = NOON + 29 * HOUR;
    assert_about(seen(*state, number(1), number(3), last).messages, 24);
    assert_about(seen(*state, number(1), number(3), last + 12 * HOUR).recipients, 12);
    assert_int_equal(seen(*state, number(1), number(3), last + 23 * HOUR).messages, 1);
    assert_int_equal(seen(*state, number(1), number(3), last + 24 * HOUR).messages, 0);
    /* Nor does an old mark come back when hours look alike. */
    for (guint hour = 0; hour < 600; hour++)
        assert_int_equal(seen(*state, number(1), number(3), last + (24 + hour) * HOUR).messages, 0);
}

static void test_after_a_clock_that_is_set_back_shapes_are_counted(void **state) {
    static const gint64 STEPS[] = {2, 40 * 24};
    gint64 now = NOON;
    for (guint i = 0; i <= G_N_ELEMENTS(STEPS); i++) {
        for (guint n = 0; n < 30; n++) {
            OvFingerprint one = message(100 * i + n);
            ov_window_follow_clock(*state, now);
            add(*state, &one, now, 100 * i + n, 1);
        }
        /* what was before a step of hours still counts, what was before one of days no more */
        assert_about(seen(*state, number(1), number(3), now).recipients, i == 1 ? 60 : 30);
        now -= i < G_N_ELEMENTS(STEPS) ? STEPS[i] * HOUR : 0;
    }
}

static guint volume(OvWindow *window, gint64 now) {
    return ov_volumes_of(ov_window_volumes(window), ov_slice("shop.example"), OV_PROVIDER_GMAIL,
                         now)
        .messages;
}

static void test_after_a_clock_that_is_set_back_volumes_are_counted(void **state) {
    OvVolumes *volumes = ov_window_volumes(*state);
    OvSlice shop = ov_slice("shop.example");
    OvFingerprint one = message(1);
    gint64 before = NOON - 40 * 24 * HOUR;
    add(*state, &one, NOON, 1, 1);
    ov_volumes_add(volumes, shop, OV_PROVIDER_GMAIL, OV_VOLUME_BULK - 1, NOON);
    ov_window_follow_clock(*state, NOON - 2 * HOUR);
    assert_int_equal(volume(*state, NOON - 2 * HOUR), OV_VOLUME_BULK - 1);
    ov_window_follow_clock(*state, before);
    assert_int_equal(ov_volumes_add(volumes, shop, OV_PROVIDER_GMAIL, 3, before),
                     OV_VOLUME_STEP_NONE);
    assert_int_equal(volume(*state, before), 3);
    assert_int_equal(ov_volumes_add(volumes, shop, OV_PROVIDER_GMAIL, OV_VOLUME_BULK, before),
                     OV_VOLUME_STEP_BULK);
}

static void test_marks_of_a_shape_that_goes_on_grow_old_all_the_same(void **state) {
    for (guint hour = 0; hour < 1000; hour++) {
        OvFingerprint one = message(hour);
        add(*state, &one, NOON + hour * HOUR, hour, 1);
        assert_true(seen(*state, number(1), number(3), NOON + hour * HOUR).messages <= 30);
    }
}

static void test_the_order_of_messages_does_not_matter(void **state) {
    OvWindow *forward = *state;
    g_autoptr(OvWindow) backward = ov_window_new(MEMORY, NULL);
    for (guint i = 0; i < 60; i++) {
        OvFingerprint one = message(i), other = message(59 - i);
        add(forward, &one, NOON + i * 20 * MINUTE, i, 1);
        add(backward, &other, NOON + (59 - i) * 20 * MINUTE, 59 - i, 1);
    }
    for (guint hour = 0; hour < 50; hour++) {
        gint64 now = NOON + (19 + hour) * HOUR;
        OvSeen a = seen(forward, number(1), number(3), now);
        OvSeen b = seen(backward, number(1), number(3), now);
        assert_int_equal(a.messages, b.messages);
        assert_int_equal(a.recipients, b.recipients);
    }
}

static void test_a_message_id_with_another_body_is_noticed_for_7_days(void **state) {
    OvFingerprint one = message(1), other = message(1), stranger = message(2);
    other.body = number(42);
    add(*state, &one, NOON, 1, 1);
    assert_false(other_body(*state, &one, NOON));
    assert_false(other_body(*state, &stranger, NOON));
    assert_true(other_body(*state, &other, NOON));
    assert_true(other_body(*state, &other, NOON + 167 * HOUR));
    assert_false(other_body(*state, &other, NOON + 169 * HOUR));
    add(*state, &other, NOON + HOUR, 2, 1);
    assert_true(other_body(*state, &one, NOON + 2 * HOUR));
    assert_true(other_body(*state, &other, NOON + 2 * HOUR));
    /* Used anew after that time, it is as new. */
    add(*state, &other, NOON + 400 * HOUR, 2, 1);
    assert_false(other_body(*state, &other, NOON + 401 * HOUR));
}

static void test_addresses_to_unsubscribe_are_counted(void **state) {
    for (guint i = 0; i < 25; i++) {
        OvFingerprint one = message(i);
        one.shape = 0;
        one.unsubscribe = number(9);
        add(*state, &one, NOON, i, 1);
    }
    assert_about(shared(*state, number(9), NOON).messages, 25);
    assert_about(shared(*state, number(9), NOON).recipients, 25);
    assert_int_equal(shared(*state, number(8), NOON).messages, 0);
    assert_int_equal(shared(*state, number(9), NOON + 24 * HOUR).messages, 0);
}

static void test_streams_of_an_address_are_known_for_a_day(void **state) {
    OvFingerprint one = message(1);
    one.stream = OV_STREAM_TRANSACTIONAL;
    add(*state, &one, NOON, 1, 1);
    assert_int_equal(streams(*state, one.from, NOON), OV_STREAM_TRANSACTIONAL);
    one.stream = OV_STREAM_BULK;
    add(*state, &one, NOON + 12 * HOUR, 1, 1);
    assert_int_equal(streams(*state, one.from, NOON + 13 * HOUR),
                     OV_STREAM_TRANSACTIONAL | OV_STREAM_BULK);
    assert_int_equal(streams(*state, one.from, NOON + 25 * HOUR), OV_STREAM_BULK);
    assert_int_equal(streams(*state, number(99), NOON), OV_STREAM_NONE);
}

static void test_what_was_seen_lately_stays_when_memory_is_short(void **state) {
    (void)state;
    g_autoptr(OvWindow) window = ov_window_new(1024 * 1024, NULL);
    OvFingerprint campaign = message(0);
    guint n = 0;
    assert_false(ov_window_full(window));
    for (guint i = 0; i < 60000; i++) {
        OvFingerprint other = message(1 + i);
        other.sender = number(500 + i % 50);
        other.shape = number(1000000 + i);
        other.unsubscribe = number(8000000 + i);
        add(window, &other, NOON + i * G_USEC_PER_SEC, i, 1);
        if (i % 500 != 0)
            continue;
        campaign.message_id = number(9000000 + i);
        add(window, &campaign, NOON + i * G_USEC_PER_SEC, 70000 + n++, 1);
    }
    assert_true(ov_window_full(window));
    gint64 now = NOON + 1000 * MINUTE;
    assert_about(seen(window, number(1), number(3), now).recipients, n);
    OvFingerprint last = message(60000);
    last.body = number(4);
    assert_true(other_body(window, &last, now));
}

enum { THREADS = 4, EACH = 3000 };

static gpointer work(gpointer data) {
    OvWindow *window = data;
    const OvHistory *history = ov_window_history(window);
    for (guint i = 0; i < EACH; i++) {
        OvFingerprint one = message(i);
        one.unsubscribe = number(i % 10);
        one.stream = i % 2 ? OV_STREAM_BULK : OV_STREAM_TRANSACTIONAL;
        add_of(window, &one, i % 2 ? "anna@one.example" : "bert@two.example", NOON, i, 1);
        history->logins(history->data, "carl@three.example", one.sender, one.shape, NOON);
        history->shape(history->data, one.sender, one.shape, NOON);
        history->unsubscribe(history->data, one.unsubscribe, NOON);
        history->other_body(history->data, one.message_id, one.body, NOON);
        history->streams(history->data, one.from, NOON);
    }
    return NULL;
}

static void test_threads_share_it(void **state) {
    GThread *threads[THREADS];
    for (guint i = 0; i < THREADS; i++)
        threads[i] = g_thread_new("work", work, *state);
    for (guint i = 0; i < THREADS; i++)
        g_thread_join(threads[i]);
    assert_true(seen(*state, number(1), number(3), NOON).recipients > 500);
    for (guint i = 0; i < EACH; i++) {
        OvFingerprint one = message(i);
        assert_false(other_body(*state, &one, NOON));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_nothing_is_known_at_first),
        TEST(test_messages_and_recipients_of_a_shape_are_counted),
        TEST(test_one_reader_of_many_messages_is_one),
        TEST(test_one_message_to_many_is_one),
        TEST(test_a_message_that_comes_again_is_counted_once),
        TEST(test_near_shapes_are_one_and_others_are_not),
        TEST(test_a_shape_is_one_senders_own),
        TEST(test_logins_that_share_a_shape_are_counted_with_the_one_at_hand),
        TEST(test_logins_of_one_domain_are_told_apart_by_their_senders),
        TEST(test_logins_of_one_sender_are_told_apart_by_their_domains),
        TEST(test_colleagues_are_one_organisation),
        TEST(test_logins_that_share_a_shape_are_known_for_an_hour),
        TEST(test_mail_without_a_login_is_nobodys),
        TEST(test_after_a_day_a_shape_is_forgotten_hour_by_hour),
        TEST(test_after_a_clock_that_is_set_back_shapes_are_counted),
        TEST(test_after_a_clock_that_is_set_back_volumes_are_counted),
        TEST(test_marks_of_a_shape_that_goes_on_grow_old_all_the_same),
        TEST(test_the_order_of_messages_does_not_matter),
        TEST(test_a_message_id_with_another_body_is_noticed_for_7_days),
        TEST(test_addresses_to_unsubscribe_are_counted),
        TEST(test_streams_of_an_address_are_known_for_a_day),
        TEST(test_what_was_seen_lately_stays_when_memory_is_short),
        TEST(test_threads_share_it),
#undef TEST
    };
    return cmocka_run_group_tests_name("window", tests, NULL, NULL);
}
