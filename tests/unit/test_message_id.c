#include "policy/message_id.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <time.h>

/* Stands in for GLib's, so that a test sets the clock. */
static gint64 ahead; /* microseconds */
gint64 g_get_real_time(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000 + ahead;
}

static void test_ids_follow_a_clock_that_is_set_back(void **state) {
    (void)state;
    static const gint64 STEPS[] = {2 * 3600, 40 * 24 * 3600};
    for (guint i = 0; i < G_N_ELEMENTS(STEPS); i++) {
        g_autoptr(OvIdSource) source = ov_id_source_new("mx1");
        ahead = STEPS[i] * G_USEC_PER_SEC;
        gint64 last = ov_id_next(source);
        ahead = 0;
        gint64 id = ov_id_next(source), now = g_get_real_time();
        assert_true(id < last);
        assert_in_range(ov_id_time(id), now - 10 * G_USEC_PER_SEC, now);
        assert_true(ov_id_next(source) > id);
    }
}

/* The same milliseconds twice. */
static void test_times_that_come_again_give_other_ids(void **state) {
    (void)state;
    g_autoptr(OvIdSource) source = ov_id_source_new("mx1");
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    gint64 begin = g_get_real_time() / 1000 * 1000;
    for (guint run = 0; run < 2; run++)
        for (guint ms = 0; ms < 100000; ms += 2) {
            ahead += begin + ms * 1000 - g_get_real_time();
            gint64 id = ov_id_next(source);
            assert_true(g_hash_table_add(seen, g_memdup2(&id, sizeof id)));
        }
    ahead = 0;
}

static void test_a_small_step_back_leaves_ids_growing(void **state) {
    (void)state;
    g_autoptr(OvIdSource) source = ov_id_source_new("mx1");
    ahead = 10 * G_USEC_PER_SEC;
    gint64 last = ov_id_next(source);
    ahead = 0;
    assert_true(ov_id_next(source) > last);
}

static void test_ids_grow_and_hold_their_time(void **state) {
    (void)state;
    g_autoptr(OvIdSource) source = ov_id_source_new("mx1");
    gint64 before = g_get_real_time() / 1000 * 1000;
    gint64 last = 0;
    for (guint i = 0; i < 50000; i++) {
        gint64 id = ov_id_next(source);
        assert_true(id > last);
        last = id;
    }
    gint64 borrowed = 20 * 1000; /* more ids than a millisecond holds take from the next ones */
    assert_in_range(ov_id_time(last), before, g_get_real_time() + borrowed);
    assert_true(ov_id_first_at(before) <= last);
    assert_true(ov_id_first_at(g_get_real_time() + G_USEC_PER_SEC) > last);
}

static void test_times_outside_of_the_range_give_its_ends(void **state) {
    (void)state;
    assert_int_equal(ov_id_first_at(0), 0);
    assert_int_equal(ov_id_first_at(G_GINT64_CONSTANT(5000000000) * G_USEC_PER_SEC), G_MAXINT64);
    gint64 time = G_GINT64_CONSTANT(1764000000123) * 1000;
    assert_int_equal(ov_id_time(ov_id_first_at(time)), time);
}

static gpointer take_many(gpointer data) {
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (guint i = 0; i < 20000; i++) {
        gint64 id = ov_id_next(data);
        g_array_append_val(ids, id);
    }
    return ids;
}

static void test_no_two_threads_get_the_same_id(void **state) {
    (void)state;
    g_autoptr(OvIdSource) source = ov_id_source_new("mx1");
    GThread *threads[8];
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("ids", take_many, source);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_int64_hash, g_int64_equal);
    GArray *all[G_N_ELEMENTS(threads)];
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++) {
        all[i] = g_thread_join(threads[i]);
        for (guint j = 0; j < all[i]->len; j++)
            assert_true(g_hash_table_add(seen, &g_array_index(all[i], gint64, j)));
    }
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        g_array_unref(all[i]);
}

static void test_two_nodes_get_different_ids(void **state) {
    (void)state;
    g_autoptr(OvIdSource) one = ov_id_source_new("mx1");
    g_autoptr(OvIdSource) other = ov_id_source_new("mx2");
    gint64 node_bits = G_GINT64_CONSTANT(1023) << 12;
    assert_int_not_equal(ov_id_next(one) & node_bits, ov_id_next(other) & node_bits);
}

static void test_text_is_read_back_as_people_type_it(void **state) {
    (void)state;
    static const gint64 IDS[] = {1, 31, 32, G_GINT64_CONSTANT(1234567890123456789), G_MAXINT64};
    for (guint i = 0; i < G_N_ELEMENTS(IDS); i++) {
        char text[OV_ID_TEXT_SIZE];
        ov_id_format(IDS[i], text);
        assert_int_equal(strlen(text), 13);
        g_autofree char *typed = g_strdup_printf(" %.4s-%.4s-%s\n", text, text + 4, text + 8);
        for (char *c = typed; *c; c++)
            *c = *c == '0' ? 'o' : *c == '1' ? 'l' : g_ascii_tolower(*c);
        gint64 id = 0;
        assert_true(ov_id_parse(text, &id));
        assert_int_equal(id, IDS[i]);
        id = 0;
        assert_true(ov_id_parse(typed, &id));
        assert_int_equal(id, IDS[i]);
    }
    char text[OV_ID_TEXT_SIZE];
    ov_id_format(32, text);
    assert_string_equal(text, "0000000000010");
}

static void test_what_is_no_id_is_refused(void **state) {
    (void)state;
    static const char *const WRONG[] = {
        "",
        " ",
        "0",
        "0000000000000",  /* never given */
        "000000000001",   /* too short */
        "00000000000001", /* too long */
        "000000000000U",  /* U is no digit */
        "8000000000000",  /* 64th bit */
        "ZZZZZZZZZZZZZ",
        "00000 00000001",
        "4bQxY12345z6789",
        "000000000000\xc3\xa9",
    };
    for (guint i = 0; i < G_N_ELEMENTS(WRONG); i++) {
        gint64 id = 7;
        assert_false(ov_id_parse(WRONG[i], &id));
        assert_int_equal(id, 7);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids_follow_a_clock_that_is_set_back),
        cmocka_unit_test(test_times_that_come_again_give_other_ids),
        cmocka_unit_test(test_a_small_step_back_leaves_ids_growing),
        cmocka_unit_test(test_ids_grow_and_hold_their_time),
        cmocka_unit_test(test_times_outside_of_the_range_give_its_ends),
        cmocka_unit_test(test_no_two_threads_get_the_same_id),
        cmocka_unit_test(test_two_nodes_get_different_ids),
        cmocka_unit_test(test_text_is_read_back_as_people_type_it),
        cmocka_unit_test(test_what_is_no_id_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
