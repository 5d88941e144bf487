/* Held mail: is the queue file the message that the ledger speaks of? */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/message_id.h"
#include "policy/queue/held.h"

static const gint64 second = G_USEC_PER_SEC;

static void test_a_message_is_recorded_when_it_is_complete(void **state) {
    (void)state;
    gint64 arrival = 1795465311 * second;
    assert_true(ov_held_in_time(arrival, arrival));
    assert_true(ov_held_in_time(arrival, arrival + 30 * second));
    assert_true(ov_held_in_time(arrival, arrival + 3600 * second));
    assert_true(ov_held_in_time(arrival, arrival - second));
}

static void test_a_record_of_another_time_is_of_another_message(void **state) {
    (void)state;
    gint64 arrival = 1795465311 * second;
    assert_false(ov_held_in_time(arrival, arrival - 60 * second));
    assert_false(ov_held_in_time(arrival, arrival + 86400 * second));
}

static void test_a_queue_file_is_acted_upon_only_when_it_is_the_recorded_message(void **state) {
    enum { ID = 123456789 };
    char own[OV_ID_TEXT_SIZE], other[OV_ID_TEXT_SIZE];
    ov_id_format(ID, own);
    ov_id_format(ID + 1, other);
    const struct {
        const char *format, *id; /* of the header, and the X-Outvet-Id in it */
        OvHeldMatch match;
    } cases[] = {
        {"Subject: x\nX-Outvet-Id: %s\nMessage-ID: <a@example.org>\n", own, OV_HELD_SAME},
        {"x-outvet-id:\n %s\n", own, OV_HELD_SAME},
        /* The Outvet id decides, whatever the Message-ID: clients may send that twice. */
        {"X-Outvet-Id: %s\nMessage-ID: <a@example.org>\n", other, OV_HELD_DIFFERENT},
        {"X-Outvet-Id: nonsense%s\nMessage-ID: <a@example.org>\n", "", OV_HELD_DIFFERENT},
        {"Message-ID: <A@Example.org>\n%s", "", OV_HELD_SAME},
        {"Message-ID: <b@example.org>\n%s", "", OV_HELD_DIFFERENT},
        {"Message-ID: <>\n%s", "", OV_HELD_DIFFERENT},
        {"Subject: no id at all\n%s", "", OV_HELD_DIFFERENT},
        {"%s", "", OV_HELD_DIFFERENT},
    };
    (void)state;
    const OvLedgerRecord record = {.id = ID, .message_id = "<a@example.org>"};
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(OvArena) arena = ov_arena_new();
        g_autoptr(GString) header = g_string_new(cases[i].format);
        g_string_replace(header, "%s", cases[i].id, 1);
        assert_int_equal(ov_held_match(&record, ov_slice(header->str), arena), cases[i].match);
    }
}

static void test_a_record_without_message_id_matches_by_outvet_id_alone(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    const OvLedgerRecord record = {.id = 7};
    assert_int_equal(ov_held_match(&record, ov_slice("Message-ID: <a@example.org>\n"), arena),
                     OV_HELD_DIFFERENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_message_is_recorded_when_it_is_complete),
        cmocka_unit_test(test_a_record_of_another_time_is_of_another_message),
        cmocka_unit_test(test_a_queue_file_is_acted_upon_only_when_it_is_the_recorded_message),
        cmocka_unit_test(test_a_record_without_message_id_matches_by_outvet_id_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
