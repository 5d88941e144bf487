#include "rules/init.h"
#include "rules/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const OvEnvelope envelope = {.sender = "ann@example.org"};

static void test_header_body_and_parts_share_the_message(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    OvSlice raw = OV_SLICE_LITERAL("From: ann@example.org\r\nSubject: Hello\r\n\r\nWords.\r\n");
    OvMessage *message = ov_message_parse(arena, &envelope, raw, raw.length, 0);
    assert_ptr_equal(message->envelope, &envelope);
    assert_int_equal(message->header->n_fields, 2);
    assert_string_equal(message->body.data, "Words.\r\n");
    assert_ptr_equal(message->body.data, raw.data + raw.length - 8);
    assert_ptr_equal(message->mime->parts[0].raw.data, message->body.data);
    assert_ptr_equal(message->mime->parts[0].header, message->header);
    assert_int_equal(message->size, raw.length);
    assert_false(message->cut);
}

static void test_the_first_part_of_a_large_message_is_told_from_the_whole(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    OvSlice raw = OV_SLICE_LITERAL("Subject: Hello\n\nWor");
    OvMessage *message = ov_message_parse(arena, &envelope, raw, 5000, 0);
    assert_true(message->cut);
    assert_int_equal(message->size, 5000);
}

static void test_an_empty_message_has_one_empty_part(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    OvMessage *message = ov_message_parse(arena, &envelope, (OvSlice){NULL, 0}, 0, 0);
    assert_int_equal(message->header->n_fields, 0);
    assert_int_equal(message->mime->n_parts, 1);
    assert_int_equal(message->mime->parts[0].raw.length, 0);
    assert_int_equal(ov_part_text(arena, message->mime->parts, 100, NULL, NULL).length, 0);
}

static gpointer parse_many(gpointer data) {
    OvSlice raw = OV_SLICE_LITERAL("Subject: =?koi8-r?B?8NLJ18XU?=\n"
                                   "Content-Type: text/plain; charset=shift_jis\n\n"
                                   "\x83\x65\x83\x58\x83\x67\n");
    guint *wrong = data;
    for (guint i = 0; i < 2000; i++) {
        g_autoptr(OvArena) arena = ov_arena_new();
        OvMessage *message = ov_message_parse(arena, &envelope, raw, raw.length, 0);
        OvSlice subject = ov_field_text(arena, &message->header->fields[0]);
        OvSlice text = ov_part_text(arena, message->mime->parts, 100, NULL, NULL);
        *wrong += !ov_slice_equal(subject, OV_SLICE_LITERAL("Привет"));
        *wrong += !ov_slice_equal(text, OV_SLICE_LITERAL("テスト\n"));
    }
    return NULL;
}

static void test_many_messages_are_read_at_a_time(void **state) {
    (void)state;
    GThread *threads[4];
    guint wrong[4] = {0};
    for (guint i = 0; i < 4; i++)
        threads[i] = g_thread_new("parse", parse_many, &wrong[i]);
    for (guint i = 0; i < 4; i++) {
        g_thread_join(threads[i]);
        assert_int_equal(wrong[i], 0);
    }
}

static int set_up(void **state) {
    (void)state;
    ov_rules_init();
    ov_rules_init();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_header_body_and_parts_share_the_message),
        cmocka_unit_test(test_the_first_part_of_a_large_message_is_told_from_the_whole),
        cmocka_unit_test(test_an_empty_message_has_one_empty_part),
        cmocka_unit_test(test_many_messages_are_read_at_a_time),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
