/* Old logs are searched for Message-IDs: who handed a message in, and what became of it. */
#include "policy/delivery/log_search.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

typedef struct {
    char *directory;
    OvArena *arena;
    const char *files[8];
    guint n_files;
} Place;

static int set_up(void **state) {
    Place *place = g_new0(Place, 1);
    setenv("TZ", "UTC", 1);
    tzset();
    place->directory = g_dir_make_tmp("outvet-XXXXXX", NULL);
    place->arena = ov_arena_new();
    *state = place;
    return 0;
}

static int tear_down(void **state) {
    Place *place = *state;
    for (guint i = 0; i < place->n_files; i++)
        g_unlink(place->files[i]);
    g_rmdir(place->directory);
    g_free(place->directory);
    ov_arena_free(place->arena);
    g_free(place);
    return 0;
}

static void write_octets(Place *place, const char *name, const char *octets, gsize length) {
    const char *path = ov_arena_printf(place->arena, "%s/%s", place->directory, name);
    assert_true(g_file_set_contents(path, octets, (gssize)length, NULL));
    /* changed on 2026-11-29 02:00 UTC: its lines are of 2026 */
    struct timeval times[2] = {{.tv_sec = 1795917600}, {.tv_sec = 1795917600}};
    assert_int_equal(utimes(path, times), 0);
    place->files[place->n_files++] = path;
}

static void write_log(Place *place, const char *name, const char *text) {
    write_octets(place, name, text, strlen(text));
}

/* Leaves the packed file in place of the one that was written last. */
static void pack(Place *place, const char *program, const char *ending) {
    const char *path = place->files[place->n_files - 1];
    const char *const arguments[] = {program, path, NULL};
    int status = 1;
    assert_true(g_spawn_sync(NULL, (char **)(void *)arguments, NULL, G_SPAWN_SEARCH_PATH, NULL,
                             NULL, NULL, NULL, &status, NULL));
    assert_int_equal(status, 0);
    place->files[place->n_files - 1] = ov_arena_printf(place->arena, "%s.%s", path, ending);
}

static const OvLogSearch *search(Place *place, const char *const *ids, guint n) {
    return ov_log_search(ids, n, place->files, place->n_files, 2, place->arena);
}

static const OvLogFound *search_one(Place *place, const char *id) {
    const OvLogSearch *result = search(place, &id, 1);
    assert_int_equal(result->n_found, 1);
    assert_int_equal(result->n_troubles, 0);
    return result->found;
}

/* The one message that the logs name. */
static const OvLoggedMessage *find(Place *place, const char *id) {
    const OvLogFound *found = search_one(place, id);
    if (found->n_messages != 1)
        fail_msg("%s: %u messages", id, found->n_messages);
    return found->messages;
}

static gint64 seconds(gint64 time) {
    return time / G_USEC_PER_SEC;
}

static const char SHOP[] =
    "Nov 28 10:00:00 mx1 postfix/submission/smtpd[71]: connect from pc.example[192.0.2.7]\n"
    "Nov 28 10:00:00 mx1 postfix/submission/smtpd[71]: 4QaBcDeFgH: client=pc.example[192.0.2.7], "
    "sasl_method=PLAIN, sasl_username=shop\n"
    "Nov 28 10:00:01 mx1 postfix/cleanup[72]: 4QaBcDeFgH: message-id=<One.1@shop.example>\n"
    "Nov 28 10:00:01 mx1 postfix/qmgr[9]: 4QaBcDeFgH: from=<info@shop.example>, size=2345, nrcpt=2 "
    "(queue active)\n"
    "Nov 28 10:00:02 mx1 postfix/smtp[73]: 4QaBcDeFgH: to=<ann@one.example>, "
    "relay=mx.one.example[198.51.100.1]:25, delay=1.5, delays=0.1/0/1/0.4, dsn=2.0.0, status=sent "
    "(250 2.0.0 Ok: queued as 77)\n"
    "Nov 28 10:00:03 mx1 postfix/smtp[74]: 4QaBcDeFgH: to=<bob@two.example>, "
    "relay=mx.two.example[198.51.100.2]:25, delay=2, delays=0/0/1/1, dsn=4.2.0, status=deferred "
    "(host mx.two.example[198.51.100.2] said: 450 4.2.0 Greylisted)\n";

static const char LATER[] =
    "Nov 28 11:00:00 mx1 postfix/qmgr[9]: 4QaBcDeFgH: from=<info@shop.example>, size=2345, nrcpt=2 "
    "(queue active)\n"
    "Nov 28 11:00:03 mx1 postfix/smtp[74]: 4QaBcDeFgH: to=<bob@two.example>, "
    "relay=mx.two.example[198.51.100.2]:25, delay=3602, delays=0/0/1/1, dsn=5.7.1, status=bounced "
    "(host mx.two.example[198.51.100.2] said: 550 5.7.1 Spam)\n"
    "Nov 28 11:00:03 mx1 postfix/qmgr[9]: 4QaBcDeFgH: removed\n";

static void check_shop(const OvLoggedMessage *message) {
    assert_string_equal(message->queue_id, "4QaBcDeFgH");
    assert_string_equal(message->host, "mx1");
    assert_int_equal(seconds(message->time), 1795860001);
    assert_string_equal(message->client, "pc.example[192.0.2.7]");
    assert_string_equal(message->login, "shop");
    assert_int_equal(message->uid, -1);
    assert_string_equal(message->sender, "info@shop.example");
    assert_int_equal(message->size, 2345);
    assert_int_equal(message->line, 3);
    assert_int_equal(message->n_recipients, 2);
    assert_string_equal(message->recipients[0].address, "ann@one.example");
    assert_int_equal(message->recipients[0].outcome, OV_OUTCOME_DELIVERED);
    assert_string_equal(message->recipients[0].relay, "mx.one.example[198.51.100.1]:25");
    assert_string_equal(message->recipients[0].answer, "250 2.0.0 Ok: queued as 77");
    assert_string_equal(message->recipients[1].address, "bob@two.example");
}

static void test_a_message_is_told_from_client_to_each_recipients_answer(void **state) {
    Place *place = *state;
    write_log(place, "mail.log", SHOP);
    const OvLoggedMessage *message = find(place, "one.1@SHOP.example");
    check_shop(message);
    assert_string_equal(message->file, place->files[0]);
    assert_int_equal(message->recipients[1].outcome, OV_OUTCOME_DEFERRED);
    assert_false(message->finished);
}

static void test_files_may_come_in_any_order_and_packed(void **state) {
    Place *place = *state;
    write_log(place, "mail.log", LATER);
    write_log(place, "mail.log.1", SHOP);
    pack(place, "xz", "xz");
    const OvLoggedMessage *message = find(place, "<One.1@shop.example>");
    check_shop(message);
    assert_string_equal(message->file, place->files[1]);
    assert_int_equal(message->recipients[1].outcome, OV_OUTCOME_BOUNCED);
    assert_int_equal(message->recipients[1].tries, 2);
    assert_int_equal(seconds(message->recipients[1].first), 1795860003);
    assert_int_equal(seconds(message->recipients[1].last), 1795863603);
    assert_string_equal(message->recipients[1].enhanced, "5.7.1");
    assert_true(message->finished);
}

static void test_a_copy_of_a_log_and_a_file_named_twice_change_nothing(void **state) {
    Place *place = *state;
    write_log(place, "mail.log.1", SHOP);
    pack(place, "gzip", "gz");
    write_log(place, "mail.log.1", SHOP);
    write_log(place, "mail.log", LATER);
    place->files[place->n_files] = place->files[place->n_files - 1];
    place->n_files++;
    const OvLoggedMessage *message = find(place, "One.1@shop.example");
    check_shop(message);
    assert_int_equal(message->recipients[0].tries, 1);
    assert_int_equal(message->recipients[1].tries, 2);
}

static void test_a_queue_id_used_again_is_another_message(void **state) {
    Place *place = *state;
    write_log(place, "mail.log",
              "Nov 27 10:00:00 mx1 postfix/smtpd[1]: A1B2C3D4E5: client=old[192.0.2.1]\n"
              "Nov 27 10:00:00 mx1 postfix/cleanup[2]: A1B2C3D4E5: message-id=<old@x.example>\n"
              "Nov 27 10:00:00 mx1 postfix/qmgr[3]: A1B2C3D4E5: from=<old@x>, size=1, nrcpt=1 "
              "(queue active)\n"
              "Nov 27 10:00:01 mx1 postfix/smtp[4]: A1B2C3D4E5: to=<old@y>, relay=r[192.0.2.8]:25, "
              "delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 Ok)\n"
              "Nov 27 10:00:01 mx1 postfix/qmgr[3]: A1B2C3D4E5: removed\n"
              "Nov 28 10:00:00 mx1 postfix/smtpd[1]: A1B2C3D4E5: client=new[192.0.2.2]\n"
              "Nov 28 10:00:00 mx2 postfix/smtpd[1]: A1B2C3D4E5: client=elsewhere[192.0.2.3]\n"
              "Nov 28 10:00:00 mx1 postfix/cleanup[2]: A1B2C3D4E5: message-id=<new@x.example>\n"
              "Nov 28 10:00:00 mx1 postfix/qmgr[3]: A1B2C3D4E5: from=<new@x>, size=2, nrcpt=1 "
              "(queue active)\n"
              "Nov 28 10:00:01 mx1 postfix/smtp[4]: A1B2C3D4E5: to=<new@y>, relay=r[192.0.2.8]:25, "
              "delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 Ok)\n"
              "Nov 28 10:00:01 mx1 postfix/qmgr[3]: A1B2C3D4E5: removed\n");
    const char *ids[] = {"new@x.example", "old@x.example", "none@x.example"};
    const OvLogSearch *result = search(place, ids, 3);
    for (guint i = 0; i < 2; i++) {
        const OvLogFound *found = &result->found[i];
        assert_int_equal(found->n_messages, 1);
        assert_string_equal(found->messages[0].client,
                            i == 0 ? "new[192.0.2.2]" : "old[192.0.2.1]");
        assert_string_equal(found->messages[0].sender, i == 0 ? "new@x" : "old@x");
        assert_int_equal(found->messages[0].n_recipients, 1);
        assert_string_equal(found->messages[0].recipients[0].address, i == 0 ? "new@y" : "old@y");
    }
    assert_string_equal(result->found[2].message_id, "none@x.example");
    assert_int_equal(result->found[2].n_messages, 0);
    assert_int_equal(result->lines, 11);
}

static void test_a_client_of_hours_ago_is_not_the_messages(void **state) {
    Place *place = *state;
    write_log(place, "mail.log",
              "Nov 27 08:00:00 mx1 postfix/smtpd[1]: A1B2C3D4E5: client=old[192.0.2.1]\n"
              "Nov 27 10:00:00 mx1 postfix/cleanup[2]: A1B2C3D4E5: message-id=<x@x.example>\n");
    assert_null(find(place, "x@x.example")->client);
}

static void test_mail_of_this_machine_is_told_by_its_uid(void **state) {
    Place *place = *state;
    write_log(place, "mail.log",
              "2026-11-28T10:00:00.5+01:00 mx1 postfix/pickup[5]: A1B2C3D4E5: uid=1007 from=<web>\n"
              "2026-11-28T10:00:00.6+01:00 mx1 postfix/cleanup[2]: A1B2C3D4E5: "
              "message-id=<php@x.example>\n"
              "2026-11-28T10:00:05.0+01:00 mx1 postfix/pickup[5]: B1B2C3D4E5: uid=89 from=<web> "
              "orig_id=A1B2C3D4E5\n"
              "2026-11-28T10:00:05.1+01:00 mx1 postfix/cleanup[2]: B1B2C3D4E5: "
              "message-id=<php@x.example>\n");
    const OvLogFound *found = search_one(place, "php@x.example");
    assert_int_equal(found->n_messages, 2);
    assert_string_equal(found->messages[0].queue_id, "B1B2C3D4E5"); /* the newest first */
    assert_int_equal(found->messages[0].uid, -1);                   /* Postfix's own */
    assert_string_equal(found->messages[1].queue_id, "A1B2C3D4E5");
    assert_int_equal(found->messages[1].uid, 1007);
    assert_string_equal(found->messages[1].sender, "web");
    assert_int_equal(found->messages[1].time, G_GINT64_CONSTANT(1795856400600000));
}

static void test_sendmail_tells_logins_by_process_and_uids_with_recipients(void **state) {
    Place *place = *state;
    write_log(
        place, "maillog",
        "Nov 28 10:00:00 mx1 sm-mta[70]: AUTH=server, relay=pc.example [192.0.2.7], authid=shop, "
        "mech=PLAIN, bits=0\n"
        "Nov 28 10:00:00 mx1 sm-mta[71]: AUTH=server, relay=pc.example [192.0.2.7], authid=other, "
        "mech=PLAIN, bits=0\n"
        "Nov 28 10:00:01 mx1 sm-mta[70]: 4AT1B2cd001234: from=<info@shop.example>, size=345, "
        "class=0, nrcpts=2, msgid=<s@shop.example>, proto=ESMTPSA, daemon=MSA, relay=pc.example "
        "[192.0.2.7]\n"
        "Nov 28 10:00:02 mx1 sm-mta[75]: 4AT1B2cd001234: to=<ann@one.example>,<bob@one.example>, "
        "delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=1, relay=mx.one.example. "
        "[198.51.100.1], dsn=2.0.0, stat=Sent (OK 1)\n"
        "Nov 28 10:00:03 mx1 sendmail[76]: 4AT1B2ce001235: from=web, size=99, class=0, nrcpts=1, "
        "msgid=<php@x.example>, relay=web@localhost\n"
        "Nov 28 10:00:03 mx1 sendmail[76]: 4AT1B2ce001235: to=cy@two.example, ctladdr=web "
        "(1007/1008), delay=00:00:00, mailer=relay, pri=1, relay=[127.0.0.1] [127.0.0.1], "
        "dsn=4.0.0, stat=Deferred: Connection refused by [127.0.0.1]\n");
    const OvLoggedMessage *message = find(place, "s@shop.example");
    assert_string_equal(message->login, "shop");
    assert_string_equal(message->client, "pc.example [192.0.2.7]");
    assert_int_equal(message->n_recipients, 2);
    assert_string_equal(message->recipients[1].address, "bob@one.example");
    assert_int_equal(message->recipients[1].outcome, OV_OUTCOME_DELIVERED);
    message = find(place, "php@x.example");
    assert_null(message->login);
    assert_int_equal(message->uid, 1007);
    assert_string_equal(message->sender, "web");
    assert_int_equal(message->recipients[0].outcome, OV_OUTCOME_DEFERRED);
}

static void test_what_a_sender_writes_is_taken_for_no_line(void **state) {
    Place *place = *state;
    write_log(
        place, "mail.log",
        "Nov 28 10:00:00 mx1 postfix/smtpd[1]: A1B2C3D4E5: client=pc[192.0.2.1]\n"
        "Nov 28 10:00:00 mx1 postfix/cleanup[2]: A1B2C3D4E5: message-id=<a message-id=<want@x>\n"
        "Nov 28 10:00:00 mx1 postfix/smtpd[1]: NOQUEUE: reject: message-id=<want@x>\n"
        "Nov 28 10:00:00 mx1 postfix/cleanup[2]: A1B2C3D4E5: resent-message-id=<want@x>\n"
        "Nov 28 10:00:00 mx1 dovecot[2]: A1B2C3D4E5: message-id=<want@x>\n"
        "Nov 28 10:00:00 mx1 dovecot: A1B2C3D4E5: from=<x>, size=1, msgid=<want@x>\n");
    assert_int_equal(search_one(place, "want@x")->n_seen, 0);
}

static void test_one_id_of_a_million_messages_tells_the_newest(void **state) {
    Place *place = *state;
    g_autoptr(GString) log = g_string_new(NULL);
    for (guint i = 0; i < 3000; i++)
        g_string_append_printf(log,
                               "Nov 28 %02u:%02u:00 mx1 postfix/cleanup[2]: A1B2C3%05u: "
                               "message-id=<same@x.example>\n",
                               i / 60 % 24, i % 60, i);
    write_log(place, "mail.log", log->str);
    const OvLogFound *found = search_one(place, "same@x.example");
    assert_int_equal(found->n_seen, 3000);
    assert_int_equal(found->n_messages, OV_LOG_SEARCH_MAX_MESSAGES);
    assert_int_equal(seconds(found->messages[0].time) % 86400, 86340);
}

static void test_parts_of_a_large_file_tell_the_same_and_count_lines(void **state) {
    Place *place = *state;
    enum { MESSAGES = 600000 };
    g_autoptr(GString) log = g_string_new(NULL);
    for (guint i = 0; i < MESSAGES; i++)
        g_string_append_printf(log,
                               "Nov 28 %02u:%02u:%02u mx1 postfix/smtpd[1]: A1B2%06u: "
                               "client=pc%u[192.0.2.1]\n"
                               "Nov 28 %02u:%02u:%02u mx1 postfix/cleanup[2]: A1B2%06u: "
                               "message-id=<%u@x.example>\n",
                               i / 36000, i / 600 % 60, i / 10 % 60, i, i, i / 36000, i / 600 % 60,
                               i / 10 % 60, i, i);
    write_octets(place, "mail.log", log->str, log->len);
    assert_true(log->len > 64 * 1024 * 1024); /* three parts */
    enum { IDS = 200 };
    const char *ids[IDS];
    for (guint i = 0; i < IDS; i++)
        ids[i] = ov_arena_printf(place->arena, "%u@x.example", i * (MESSAGES / IDS));
    const OvLogSearch *result = search(place, ids, IDS);
    assert_int_equal(result->lines, 2 * MESSAGES);
    assert_int_equal(result->octets, log->len);
    for (guint i = 0; i < IDS; i++) {
        assert_int_equal(result->found[i].n_messages, 1);
        const OvLoggedMessage *message = result->found[i].messages;
        g_autofree char *client = g_strdup_printf("pc%u[192.0.2.1]", i * (MESSAGES / IDS));
        assert_string_equal(message->client, client);
        assert_int_equal(message->line, 2 * i * (MESSAGES / IDS) + 2);
    }
}

static void test_broken_and_foreign_files_are_told_and_do_no_harm(void **state) {
    Place *place = *state;
    g_autoptr(GString) log = g_string_new("Nov 28 10:00:00 mx1 postfix/cleanup[2]: A1B2C3D4E5: ");
    static const char ODD[] = "message\0-id=<zero@x>\n\xff\xfe\0\n";
    g_string_append_len(log, ODD, sizeof ODD - 1);
    for (guint i = 0; i < 300000; i++)
        g_string_append(log, "gigantic");
    g_string_append(log, "\n\n: \nNov 28\nNov 28 10:00:00 mx1 postfix/cleanup[2]: A1B2C3D4E5: "
                         "message-id=<good@x>");
    write_octets(place, "odd.log", log->str, log->len);
    write_log(place, "mail.log.2", SHOP);
    pack(place, "gzip", "gz");
    g_autofree char *packed = NULL;
    gsize length = 0;
    assert_true(g_file_get_contents(place->files[1], &packed, &length, NULL));
    write_octets(place, "cut.gz", packed, length - 12);
    write_octets(place, "none.xz",
                 "\xfd"
                 "7zXZ\0 broken",
                 13);
    place->files[place->n_files++] = ov_arena_printf(place->arena, "%s/gone", place->directory);
    place->files[place->n_files++] = "-";
    const char *ids[] = {"good@x", "zero@x", "one.1@shop.example", "", "<>"};
    const OvLogSearch *result = search(place, ids, G_N_ELEMENTS(ids));
    assert_int_equal(result->found[0].n_messages, 1);
    assert_int_equal(result->found[0].messages[0].line, 7);
    assert_int_equal(result->found[1].n_messages, 0);
    assert_int_equal(result->found[2].n_messages, 1);
    assert_int_equal(result->found[3].n_messages + result->found[4].n_messages, 0);
    assert_int_equal(result->n_troubles, 4);
    assert_non_null(strstr(result->troubles[0], "cut.gz: the file is cut off"));
    assert_non_null(strstr(result->troubles[1], "none.xz: "));
    assert_non_null(strstr(result->troubles[2], "gone: No such file"));
    assert_non_null(strstr(result->troubles[3], "names"));
}

static void test_a_clock_that_steps_back_keeps_the_order_of_lines(void **state) {
    Place *place = *state;
    write_log(place, "mail.log",
              "Oct 25 02:59:59 mx1 postfix/smtpd[1]: A1B2C3D4E5: client=pc[192.0.2.1]\n"
              "Oct 25 02:00:00 mx1 postfix/cleanup[2]: A1B2C3D4E5: message-id=<x@x.example>\n"
              "Oct 25 02:00:00 mx1 postfix/qmgr[3]: A1B2C3D4E5: from=<a@x>, size=1, nrcpt=1 (queue "
              "active)\n"
              "Oct 25 02:00:01 mx1 postfix/smtp[4]: A1B2C3D4E5: to=<b@y>, relay=r[192.0.2.8]:25, "
              "delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 Ok)\n"
              "Oct 25 02:00:01 mx1 postfix/qmgr[3]: A1B2C3D4E5: removed\n");
    const OvLoggedMessage *message = find(place, "x@x.example");
    assert_string_equal(message->client, "pc[192.0.2.1]");
    assert_int_equal(message->n_recipients, 1);
    assert_true(message->finished);
}

static void test_an_expired_message_is_told_as_such(void **state) {
    Place *place = *state;
    g_autofree char *log =
        g_strconcat(SHOP,
                    "Nov 28 23:00:00 mx1 postfix/qmgr[9]: 4QaBcDeFgH: from=<info@shop.example>, "
                    "status=expired, returned to sender\n"
                    "Nov 28 23:00:00 mx1 postfix/qmgr[9]: 4QaBcDeFgH: removed\n",
                    NULL);
    write_log(place, "mail.log", log);
    const OvLoggedMessage *message = find(place, "One.1@shop.example");
    assert_int_equal(message->recipients[0].outcome, OV_OUTCOME_DELIVERED);
    assert_int_equal(message->recipients[1].outcome, OV_OUTCOME_EXPIRED);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_message_is_told_from_client_to_each_recipients_answer),
        TEST(test_files_may_come_in_any_order_and_packed),
        TEST(test_a_copy_of_a_log_and_a_file_named_twice_change_nothing),
        TEST(test_a_queue_id_used_again_is_another_message),
        TEST(test_a_client_of_hours_ago_is_not_the_messages),
        TEST(test_mail_of_this_machine_is_told_by_its_uid),
        TEST(test_sendmail_tells_logins_by_process_and_uids_with_recipients),
        TEST(test_what_a_sender_writes_is_taken_for_no_line),
        TEST(test_one_id_of_a_million_messages_tells_the_newest),
        TEST(test_parts_of_a_large_file_tell_the_same_and_count_lines),
        TEST(test_broken_and_foreign_files_are_told_and_do_no_harm),
        TEST(test_a_clock_that_steps_back_keeps_the_order_of_lines),
        TEST(test_an_expired_message_is_told_as_such),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
