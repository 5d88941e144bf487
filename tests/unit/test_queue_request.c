/* What outvet-queue may be asked, and what it answers: octet for octet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/queue/request.h"

#include <string.h>

#define ID "4jYHR36lPQz1bY8f"

static gboolean parse(const char *text, gsize length, OvQueueRequest *request, OvArena *arena) {
    g_autoptr(GError) error = NULL;
    gboolean done = ov_queue_request_parse(request, text, length, arena, &error);
    assert_true(done == (error == NULL));
    if (error)
        assert_true(error->domain == OV_QUEUE_ERROR && strlen(error->message) > 0);
    return done;
}

static void test_each_verb_takes_the_ids_that_it_needs(void **state) {
    static const struct {
        const char *verb;
        gboolean none, one, two;
    } CASES[] = {
        {"hello", TRUE, FALSE, FALSE},  {"list", TRUE, FALSE, FALSE},
        {"header", FALSE, TRUE, FALSE}, {"show", FALSE, TRUE, FALSE},
        {"hold", FALSE, TRUE, TRUE},    {"release", FALSE, TRUE, TRUE},
        {"requeue", FALSE, TRUE, TRUE}, {"delete", FALSE, TRUE, TRUE},
    };
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    G_STATIC_ASSERT(G_N_ELEMENTS(CASES) == OV_N_QUEUE_VERBS);
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        static const char *const ids[] = {"", ",\"ids\":[\"" ID "\"]",
                                          ",\"ids\":[\"" ID "\",\"3A5F21C0B7\"]"};
        gboolean right[] = {CASES[i].none, CASES[i].one, CASES[i].two};
        for (guint n = 0; n < 3; n++) {
            g_autofree char *text = g_strdup_printf("{\"verb\":\"%s\"%s}\n", CASES[i].verb, ids[n]);
            OvQueueRequest request;
            assert_int_equal(parse(text, strlen(text), &request, arena), right[n]);
            if (!right[n])
                continue;
            assert_string_equal(ov_queue_verb_name(request.verb), CASES[i].verb);
            assert_int_equal(request.n, n);
            g_autofree char *again = ov_queue_request_format(&request);
            assert_string_equal(again, text);
        }
    }
}

static void test_what_is_no_request_is_refused(void **state) {
    static const char *const CASES[] = {
        "",
        "\n",
        "{}\n",
        "[]\n",
        "\"list\"\n",
        "null\n",
        "{\"verb\":\"list\"}",                        /* not ended */
        "{\"verb\":\"list\"}\n\n",                    /* more than one line */
        "{\"verb\":\"list\"}\n{\"verb\":\"list\"}\n", /* two */
        "{\"verb\":\"list\"} x\n",                    /* something after it */
        "{\"verb\":\"list\",\"verb\":\"hold\"}\n",    /* twice */
        "{\"verb\":\"list\",\"queue\":\"hold\"}\n",   /* what nobody asked for */
        "{\"verb\":\"List\"}\n",
        "{\"verb\":\"purge\"}\n",
        "{\"verb\":7}\n",
        "{\"ids\":[\"" ID "\"]}\n",
        "{\"verb\":\"hold\",\"ids\":\"" ID "\"}\n",
        "{\"verb\":\"hold\",\"ids\":{\"a\":\"" ID "\"}}\n",
        "{\"verb\":\"hold\",\"ids\":[]}\n",
        "{\"verb\":\"hold\",\"ids\":[null]}\n",
        "{\"verb\":\"hold\",\"ids\":[123456]}\n",
        "{\"verb\":\"hold\",\"ids\":[\"ALL\"]}\n",
        "{\"verb\":\"hold\",\"ids\":[\"" ID "\",\"ALL\"]}\n",
        "{\"verb\":\"delete\",\"ids\":[\"-\"]}\n",
        "{\"verb\":\"delete\",\"ids\":[\"-d\"]}\n",
        "{\"verb\":\"delete\",\"ids\":[\"\"]}\n",
        "{\"verb\":\"delete\",\"ids\":[\"" ID "\\nALL\"]}\n",
        "{\"verb\":\"delete\",\"ids\":[\"" ID "\\u0000ALL\"]}\n",
        "{\"verb\":\"delete\",\"ids\":[\"" ID " hold\"]}\n",
        "{\"verb\":\"delete\",\"ids\":[\" " ID "\"]}\n",
        "{\"verb\":\"delete\",\"ids\":[\"../" ID "\"]}\n",
        "{\"verb\":\"delete\",\"ids\":[\"\xff\xfe\"]}\n",
    };
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    OvQueueRequest request;
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++)
        if (parse(CASES[i], strlen(CASES[i]), &request, arena))
            fail_msg("taken: %s", CASES[i]);
    static const char zero[] = "{\"verb\":\"list\"}\0\n";
    assert_false(parse(zero, sizeof zero - 1, &request, arena));
}

/* A request for n messages. */
static char *request_of(guint n) {
    GString *text = g_string_new("{\"verb\":\"hold\",\"ids\":[");
    for (guint i = 0; i < n; i++)
        g_string_append_printf(text, "%s\"%s\"", i > 0 ? "," : "",
                               "4jYHR36lPQz1bY8fB012345678901BC");
    g_string_append(text, "]}\n");
    return g_string_free(text, FALSE);
}

static void test_a_request_is_bounded(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    OvQueueRequest request;
    g_autofree char *most = request_of(OV_QUEUE_MAX_IDS), *more = request_of(OV_QUEUE_MAX_IDS + 1);
    assert_true(strlen(most) <= OV_QUEUE_MAX_REQUEST);
    assert_true(parse(most, strlen(most), &request, arena));
    assert_int_equal(request.n, OV_QUEUE_MAX_IDS);
    assert_false(parse(more, strlen(more), &request, arena));
    g_autofree char *blanks = g_strdup_printf("{\"verb\":\"list\"%*s}\n", OV_QUEUE_MAX_REQUEST, "");
    assert_false(parse(blanks, strlen(blanks), &request, arena));
}

static void test_an_answer_comes_back_with_its_output(void **state) {
    (void)state;
    g_autoptr(GString) text = g_string_new(NULL);
    OvQueueAnswer given = {.output = (char *)"one\ntwo\0three",
                           .length = 13,
                           .truncated = TRUE,
                           .said = (char *)"postsuper: Deleted: 1 message \xff",
                           .changed = 1};
    g_autofree char *line = ov_queue_answer_format(&given);
    g_string_append(text, line);
    g_string_append_len(text, given.output, (gssize)given.length);
    g_auto(OvQueueAnswer) answer = {.output = NULL};
    assert_true(ov_queue_answer_parse(&answer, text->str, text->len, NULL));
    assert_int_equal(answer.length, 13);
    assert_memory_equal(answer.output, given.output, 14);
    assert_true(answer.truncated);
    assert_int_equal(answer.changed, 1);
    assert_true(g_str_has_prefix(answer.said, "postsuper: Deleted: 1 message "));
    /* Cut off. */
    OvQueueAnswer cut = {.output = NULL};
    for (gsize length = 0; length < text->len; length++)
        assert_false(ov_queue_answer_parse(&cut, text->str, length, NULL));
}

static void test_a_refusal_is_told(void **state) {
    (void)state;
    g_autofree char *line = ov_queue_refusal_format("postsuper: fatal: no such \"thing\"");
    OvQueueAnswer answer = {.output = NULL};
    g_autoptr(GError) error = NULL;
    assert_false(ov_queue_answer_parse(&answer, line, strlen(line), &error));
    assert_int_equal(error->code, OV_QUEUE_ERROR_COMMAND);
    assert_string_equal(error->message, "postsuper: fatal: no such \"thing\"");
    assert_null(answer.output);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_verb_takes_the_ids_that_it_needs),
        cmocka_unit_test(test_what_is_no_request_is_refused),
        cmocka_unit_test(test_a_request_is_bounded),
        cmocka_unit_test(test_an_answer_comes_back_with_its_output),
        cmocka_unit_test(test_a_refusal_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
