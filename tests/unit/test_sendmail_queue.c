/* Sendmail's queue by its files: what is read of them, where they are looked for, what is asked of
 * sendmail(8), and what is taken away. tests/t/sendmail.t does the same with a real Sendmail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/queue/commands.h"
#include "policy/queue/queue.h"
#include "policy/queue/queue_file.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define FIRST  "6AU3ouDs029243"
#define SECOND "6AU3oulJ029247"
#define LONGER FIRST "7"

static const char control[] = "V8\nT1796010656\nK1796010656\nN1\nP60248\n"
                              "MDeferred: Connection refused by [127.0.0.1]\nFbs\n"
                              "$_localhost [127.0.0.1]\n${daemon_flags}\n"
                              "S<shop@sandbox.example>\nrRFC822; ann@later.example\n"
                              "RPFD:<ann@later.example>\nRPFD:<\"a:b\"@later.example>\n"
                              "H?P?Return-Path: <\x81g>\n"
                              "H??Received: from client (localhost [127.0.0.1])\n"
                              "\tby mx.sandbox.example with ESMTP id " FIRST ";\n"
                              "H?D?Date: Mon, 30 Nov 2026 03:50:56 +0000\nH?x?Full-Name: Shop\n"
                              "\tand Co\n"
                              "H??Subject: \xc3\xff\x81 \xd0\xff\x81\n more\nH??X-Empty:\n.\n";

static void test_a_control_file_is_read(void **state) {
    (void)state;
    g_auto(OvQueueFile) file = {.sender = NULL};
    assert_true(ov_queue_file_parse(&file, control, sizeof control - 1));
    assert_int_equal(file.created, 1796010656);
    assert_int_equal(file.tries, 1);
    assert_string_equal(file.sender, "shop@sandbox.example");
    assert_int_equal(file.recipients->len, 2);
    assert_string_equal(file.recipients->pdata[0], "ann@later.example");
    assert_string_equal(file.recipients->pdata[1], "\"a:b\"@later.example");
    assert_string_equal(file.reason, "Deferred: Connection refused by [127.0.0.1]");
    assert_null(file.data_directory);
    assert_string_equal(file.header->str, "Received: from client (localhost [127.0.0.1])\n"
                                          "\tby mx.sandbox.example with ESMTP id " FIRST ";\n"
                                          "Date: Mon, 30 Nov 2026 03:50:56 +0000\n"
                                          "Subject: \xc3\x81 \xd0\x81\n more\nX-Empty:\n");
}

static void test_what_is_no_control_file_is_none(void **state) {
    static const char *const CASES[] = {"",       ".\n",     "T1\n.\n",
                                        "\n\n\n", " \n\t\n", "H\nHa\nH?\nH??\n"};
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_auto(OvQueueFile) file = {.sender = NULL};
        assert_false(ov_queue_file_parse(&file, CASES[i], strlen(CASES[i])));
    }
    for (gsize length = 0; length < sizeof control - 1; length++) {
        g_auto(OvQueueFile) file = {.sender = NULL};
        assert_false(ov_queue_file_parse(&file, control, length));
    }
}

/* --- A queue in a directory of its own --- */

typedef struct {
    char *directory;
    OvSettings *settings;
    OvQueueCommands *commands;
} Queue;

static char *path_of(const Queue *queue, const char *name) {
    return g_build_filename(queue->directory, name, NULL);
}

static void put(const Queue *queue, const char *name, const char *text) {
    g_autofree char *path = path_of(queue, name);
    g_autofree char *above = g_path_get_dirname(path);
    assert_int_equal(g_mkdir_with_parents(above, 0700), 0);
    assert_true(g_file_set_contents(path, text, -1, NULL));
}

static gboolean is_there(const Queue *queue, const char *name) {
    g_autofree char *path = path_of(queue, name);
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

/* Two directories by "*", one of them with directories for each kind of file; and a queue group. */
static int set_up(void **state) {
    Queue *queue = g_new0(Queue, 1);
    queue->directory = g_dir_make_tmp("outvet-queue-XXXXXX", NULL);
    g_autofree char *configuration =
        g_strdup_printf("# O QueueDirectory=/nowhere\nO QueueDirectory=%s/q*\nO QueueSortOrder=h\n"
                        "Qlocal, F=f, P=%s/group\nQsame, R=3\n",
                        queue->directory, queue->directory);
    put(queue, "sendmail.cf", configuration);
    put(queue, "bin/sendmail",
        "#!/bin/sh\nprintf '%s\\n' \"$@\" >\"${0%/bin/*}/asked\"\n"
        "echo 'Processing q1:'\necho '2 changes'\n");
    g_autofree char *program = path_of(queue, "bin/sendmail");
    assert_int_equal(g_chmod(program, 0700), 0);
    put(queue, "q1/qf" FIRST, control);
    put(queue, "q1/df" FIRST, "Line one\n");
    put(queue, "q1/xf" FIRST, "");
    put(queue, "q1/qfALL", control);
    put(queue, "q1/tf" SECOND, control);
    put(queue, "q1/qf6AU3ouDs02924;", control);
    put(queue, "q2/qf/hf" SECOND, "V8\nT5\nqby hand\nS<>\nRPFD:<bob@later.example>\nH??X: y\n.\n");
    put(queue, "q2/df/df" SECOND, "Line two\n");
    put(queue, "q2/xf/xf" SECOND, "");
    put(queue, "group/qf6AU3oulJ100001", "T6\nN0\ndq1\nS<boss@sandbox.example>\nR<a@b>\n.\n");
    put(queue, "q1/df6AU3oulJ100001", "Elsewhere\n");
    put(queue, "old/qf6AU3oulJ100002", control);
    g_autofree char *text = g_strdup_printf("[mta]\nkind = sendmail\ncommand_directory = %s/bin\n"
                                            "sendmail_config_file = %s/sendmail.cf\n",
                                            queue->directory, queue->directory);
    queue->settings = ov_settings_parse(text, strlen(text), "test.conf", NULL);
    assert_non_null(queue->settings);
    queue->commands = ov_queue_commands_find(queue->settings, NULL);
    assert_non_null(queue->commands);
    *state = queue;
    return 0;
}

static int tear_down(void **state) {
    Queue *queue = *state;
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", queue->directory);
    ov_queue_commands_free(queue->commands);
    ov_settings_unref(queue->settings);
    int status = system(command);
    g_free(queue->directory);
    g_free(queue);
    return status;
}

static gboolean run(const Queue *queue, OvQueueVerb verb, const char *const *ids, guint n,
                    OvQueueAnswer *answer) {
    OvQueueRequest request = {verb, ids, n};
    return ov_queue_commands_run(queue->commands, &request, answer, NULL);
}

static gint by_id(gconstpointer a, gconstpointer b) {
    const OvQueued *const *one = a, *const *other = b;
    return strcmp((*one)->queue_id, (*other)->queue_id);
}

static void test_all_queue_directories_are_listed_and_no_others(void **state) {
    const Queue *queue = *state;
    g_auto(OvQueueAnswer) answer = {.output = NULL};
    assert_true(run(queue, OV_QUEUE_LIST, NULL, 0, &answer));
    g_autoptr(GPtrArray) list = ov_queue_parse(answer.output, answer.length, NULL);
    assert_int_equal(list->len, 3);
    g_ptr_array_sort(list, by_id);
    const OvQueued *first = list->pdata[0], *second = list->pdata[1], *third = list->pdata[2];
    assert_string_equal(first->queue_id, FIRST);
    assert_string_equal(first->queue, "deferred");
    assert_int_equal(first->arrival, 1796010656 * (gint64)G_USEC_PER_SEC);
    assert_int_equal(first->size, strlen("Line one\n"));
    assert_string_equal(first->sender, "shop@sandbox.example");
    assert_string_equal(first->reason, "Deferred: Connection refused by [127.0.0.1]");
    assert_string_equal(second->queue_id, SECOND);
    assert_string_equal(second->queue, "hold");
    assert_string_equal(second->sender, "");
    assert_string_equal(third->queue, "incoming");
    assert_int_equal(third->size, strlen("Elsewhere\n"));
}

static void test_a_message_is_shown_as_it_is_sent(void **state) {
    const char *id = SECOND, *elsewhere = "6AU3oulJ100001", *none = "6AU3oulJ999999";
    g_auto(OvQueueAnswer) header = {.output = NULL}, whole = {.output = NULL},
                          other = {.output = NULL};
    assert_true(run(*state, OV_QUEUE_HEADER, &id, 1, &header));
    assert_string_equal(header.output, "X: y\n");
    assert_true(run(*state, OV_QUEUE_SHOW, &id, 1, &whole));
    assert_string_equal(whole.output, "X: y\n\nLine two\n");
    assert_int_equal(whole.length, strlen(whole.output));
    assert_true(run(*state, OV_QUEUE_SHOW, &elsewhere, 1, &other));
    assert_string_equal(other.output, "\nElsewhere\n");
    assert_false(run(*state, OV_QUEUE_SHOW, &none, 1, &header));
}

static void test_a_link_is_never_followed(void **state) {
    const Queue *queue = *state;
    const char *id = "6AU3oulJ100003";
    g_autofree char *secret = path_of(queue, "secret");
    g_autofree char *link = path_of(queue, "q1/qf6AU3oulJ100003");
    put(queue, "secret", control);
    assert_int_equal(symlink(secret, link), 0);
    g_auto(OvQueueAnswer) answer = {.output = NULL};
    assert_false(run(queue, OV_QUEUE_HEADER, &id, 1, &answer));
}

/* The arguments that sendmail got, a line each; "" where it was not run. */
static char *asked(const Queue *queue) {
    g_autofree char *path = path_of(queue, "asked");
    char *text = NULL;
    return g_file_get_contents(path, &text, NULL, NULL) ? text : g_strdup("");
}

static void test_only_what_is_there_is_asked_for(void **state) {
    const Queue *queue = *state;
    static const char *const ids[] = {FIRST, SECOND, "6AU3oulJ999999", "4jYHR36lPQz1bY8f"};
    g_auto(OvQueueAnswer) answer = {.output = NULL}, again = {.output = NULL};
    assert_true(run(queue, OV_QUEUE_HOLD, ids, G_N_ELEMENTS(ids), &answer));
    assert_int_equal(answer.changed, 2);
    assert_string_equal(answer.said, "2 changes");
    g_autofree char *hold = asked(queue);
    g_autofree char *expected =
        g_strdup_printf("-C%s/sendmail.cf\n-v\n-Qheld by Outvet\n-qI" FIRST "\n", queue->directory);
    assert_string_equal(hold, expected);
    assert_true(run(queue, OV_QUEUE_RELEASE, ids, G_N_ELEMENTS(ids), &again));
    g_autofree char *release = asked(queue);
    assert_true(g_str_has_suffix(release, "-v\n-Q\n-qQ\n-qI" SECOND "\n"));
}

static void test_an_id_that_begins_another_one_waits(void **state) {
    const Queue *queue = *state;
    static const char *const ids[] = {FIRST, LONGER};
    g_auto(OvQueueAnswer) answer = {.output = NULL}, alone = {.output = NULL};
    put(queue, "group/hf" LONGER, control);
    assert_true(run(queue, OV_QUEUE_HOLD, ids, 1, &answer));
    assert_int_equal(answer.changed, 0);
    g_autofree char *nothing = asked(queue);
    assert_string_equal(nothing, "");
    assert_true(run(queue, OV_QUEUE_RELEASE, ids, G_N_ELEMENTS(ids), &alone));
    g_autofree char *longer = asked(queue);
    assert_true(g_str_has_suffix(longer, "-qQ\n-qI" LONGER "\n"));
}

static void test_only_what_is_quarantined_and_free_is_deleted(void **state) {
    const Queue *queue = *state;
    static const char *const ids[] = {FIRST, SECOND};
    g_auto(OvQueueAnswer) locked = {.output = NULL}, answer = {.output = NULL};
    g_autofree char *path = path_of(queue, "q2/qf/hf" SECOND);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0 && flock(fd, LOCK_EX) == 0);
    assert_true(run(queue, OV_QUEUE_DELETE, ids, G_N_ELEMENTS(ids), &locked));
    assert_int_equal(locked.changed, 0);
    close(fd);
    assert_true(is_there(queue, "q2/df/df" SECOND));
    assert_true(run(queue, OV_QUEUE_DELETE, ids, G_N_ELEMENTS(ids), &answer));
    assert_int_equal(answer.changed, 1);
    assert_false(is_there(queue, "q2/qf/hf" SECOND));
    assert_false(is_there(queue, "q2/df/df" SECOND));
    assert_false(is_there(queue, "q2/xf/xf" SECOND));
    assert_true(is_there(queue, "q1/qf" FIRST) && is_there(queue, "q1/df" FIRST));
}

static void test_a_sendmail_that_fails_or_lacks_is_told(void **state) {
    Queue *queue = *state;
    static const char *const ids[] = {FIRST};
    OvQueueAnswer answer = {.output = NULL};
    put(queue, "bin/sendmail", "#!/bin/sh\necho 'open: Permission denied' >&2\nexit 71\n");
    g_autofree char *program = path_of(queue, "bin/sendmail");
    assert_int_equal(g_chmod(program, 0700), 0);
    g_autoptr(GError) error = NULL;
    OvQueueRequest request = {OV_QUEUE_HOLD, ids, 1};
    assert_false(ov_queue_commands_run(queue->commands, &request, &answer, &error));
    assert_int_equal(error->code, OV_QUEUE_ERROR_COMMAND);
    assert_non_null(strstr(error->message, "Permission denied"));
    g_clear_error(&error);
    assert_int_equal(g_unlink(program), 0);
    assert_null(ov_queue_commands_find(queue->settings, &error));
    assert_int_equal(error->code, OV_QUEUE_ERROR_MTA);
    assert_non_null(strstr(error->message, "[mta] command_directory"));
}

/* What is found where the settings leave the MTA open: its word for the queue's listing. */
static void test_the_mta_is_found_by_its_programs(void **state) {
    const Queue *queue = *state;
    g_autofree char *text = g_strdup_printf(
        "[mta]\ncommand_directory = %s/bin\nsendmail_config_file = %s/sendmail.cf\n",
        queue->directory, queue->directory);
    g_autoptr(OvSettings) settings = ov_settings_parse(text, strlen(text), "test.conf", NULL);
    OvQueueRequest list = {.verb = OV_QUEUE_LIST};
    g_autoptr(OvQueueCommands) sendmail = ov_queue_commands_find(settings, NULL);
    g_auto(OvQueueAnswer) by_sendmail = {.output = NULL}, by_postfix = {.output = NULL};
    assert_true(ov_queue_commands_run(sendmail, &list, &by_sendmail, NULL));
    assert_non_null(strstr(by_sendmail.output, FIRST));
    put(queue, "bin/postqueue", "#!/bin/sh\necho Postfix\n");
    g_autofree char *postqueue = path_of(queue, "bin/postqueue");
    assert_int_equal(g_chmod(postqueue, 0700), 0);
    g_autoptr(OvQueueCommands) postfix = ov_queue_commands_find(settings, NULL);
    assert_true(ov_queue_commands_run(postfix, &list, &by_postfix, NULL));
    assert_string_equal(by_postfix.output, "Postfix\n");
    g_autofree char *program = path_of(queue, "bin/sendmail");
    assert_int_equal(g_unlink(postqueue) | g_unlink(program), 0);
    g_autoptr(GError) error = NULL;
    assert_null(ov_queue_commands_find(settings, &error));
    assert_true(strstr(error->message, "postqueue") &&
                strstr(error->message, "Sendmail's sendmail"));
}

static void test_a_full_lifetime_again_is_refused(void **state) {
    static const char *const ids[] = {SECOND};
    OvQueueRequest request = {OV_QUEUE_REQUEUE, ids, 1};
    OvQueueAnswer answer = {.output = NULL};
    g_autoptr(GError) error = NULL;
    assert_false(ov_queue_commands_run(((Queue *)*state)->commands, &request, &answer, &error));
    assert_non_null(strstr(error->message, "without --requeue"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_control_file_is_read),
        cmocka_unit_test(test_what_is_no_control_file_is_none),
        TEST(test_all_queue_directories_are_listed_and_no_others),
        TEST(test_a_message_is_shown_as_it_is_sent),
        TEST(test_a_link_is_never_followed),
        TEST(test_only_what_is_there_is_asked_for),
        TEST(test_an_id_that_begins_another_one_waits),
        TEST(test_only_what_is_quarantined_and_free_is_deleted),
        TEST(test_a_sendmail_that_fails_or_lacks_is_told),
        TEST(test_the_mta_is_found_by_its_programs),
        TEST(test_a_full_lifetime_again_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
