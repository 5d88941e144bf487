/* The journal as the source of the MTA's log, by a systemd-journald of the test's own
 * (tests/tools/journal-space). */
#include "policy/delivery/source.h"
#include "tests/unit/ledger_place.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

static const char JOURNAL[] = "/run/log/journal";

enum { PATIENCE = 10000 /* milliseconds */ };

typedef struct {
    Place *place;
    OvLedger *ledger;
    OvIntake *intake;
    OvLogSource *source;
} Scene;

static guint64 lines(const Scene *scene) {
    return ov_intake_counts(scene->intake).lines;
}

/* What is there now. */
static void read_all(Scene *scene) {
    gboolean more = TRUE;
    while (more) {
        g_autoptr(GError) error = NULL;
        if (!ov_source_read(scene->source, scene->intake, &more, &error))
            fail_msg("%s", error->message);
    }
}

/* Reads until so many lines more are there than before, woken by the source alone; none may come on
 * top. */
static void expect(Scene *scene, guint64 before, guint64 n) {
    read_all(scene);
    while (lines(scene) < before + n) {
        GPollFD poll = {ov_source_descriptor(scene->source), G_IO_IN, 0};
        read_all(scene);
        if (lines(scene) >= before + n)
            break;
        if (g_poll(&poll, 1, PATIENCE) != 1)
            fail_msg("%u of %u lines", (guint)(lines(scene) - before), (guint)n);
        ov_source_woken(scene->source);
        read_all(scene);
    }
    assert_int_equal(lines(scene) - before, n);
}

/* A new source from where the one before came to. */
static void read_anew(Scene *scene) {
    g_autofree char *position = ov_source_position(scene->source);
    ov_source_free(scene->source);
    scene->source = ov_source_journal_new(position);
}

static void run(const char *command) {
    if (system(command) != 0)
        fail_msg("%s", command);
}

static void post(const char *program, const char *facility, const void *text, gsize length) {
    g_autoptr(GByteArray) message = g_byte_array_new();
    g_byte_array_append(message, (const guint8 *)"MESSAGE=", 8);
    g_byte_array_append(message, text, (guint)length);
    g_autofree char *identifier = g_strconcat("SYSLOG_IDENTIFIER=", program, NULL);
    g_autofree char *from = g_strconcat("SYSLOG_FACILITY=", facility, NULL);
    struct iovec fields[] = {
        {message->data, message->len}, {identifier, strlen(identifier)}, {from, strlen(from)}};
    assert_int_equal(sd_journal_sendv(fields, G_N_ELEMENTS(fields)), 0);
}

static char *outcome(const char *recipient, const char *answer) {
    return g_strdup_printf("4Q00001XzJ: to=<%s>, relay=mx.b.example[192.0.2.1]:25, delay=1.2, "
                           "delays=0.1/0/0.5/0.6, dsn=2.0.0, status=sent (%s)",
                           recipient, answer);
}

static void deliver(const char *recipient) {
    g_autofree char *text = outcome(recipient, "250 2.0.0 Ok");
    post("postfix/smtp", "2", text, strlen(text));
}

static int begin(void **state) {
    set_up(state);
    Scene *scene = g_new0(Scene, 1);
    scene->place = *state;
    scene->ledger = open_ledger(scene->place);
    scene->intake = ov_intake_new(scene->ledger, "mx1", NULL, NULL);
    scene->source = ov_source_journal_new(NULL);
    read_all(scene);
    guint64 before = lines(scene);
    deliver("begin@b.example"); /* so that there is a position */
    expect(scene, before, 1);
    *state = scene;
    return 0;
}

static int end(void **state) {
    Scene *scene = *state;
    ov_source_free(scene->source);
    ov_intake_free(scene->intake);
    ov_ledger_close(scene->ledger);
    *state = scene->place;
    g_free(scene);
    return tear_down(state);
}

static void test_the_mail_facility_alone_is_read(void **state) {
    Scene *scene = *state;
    guint64 before = lines(scene);
    guint waiting = ov_intake_waiting(scene->intake);
    g_autofree char *text = outcome("other@b.example", "250 Ok");
    post("postfix/smtp", "3", text, strlen(text));
    post("postfix/smtp", "22", text, strlen(text));
    sd_journal_send("MESSAGE=%s", text, "SYSLOG_IDENTIFIER=postfix/smtp", NULL);
    deliver("a@b.example");
    sd_journal_send("SYSLOG_FACILITY=2", "PRIORITY=6", NULL); /* neither program nor text */
    deliver("c@b.example");
    expect(scene, before, 3);
    assert_int_equal(ov_intake_waiting(scene->intake) - waiting, 2);
}

static void test_it_is_read_on_from_where_it_was_left(void **state) {
    Scene *scene = *state;
    guint64 before = lines(scene);
    read_anew(scene);
    read_all(scene);
    assert_int_equal(lines(scene), before);
    deliver("a@b.example");
    deliver("b@b.example");
    expect(scene, before, 2);
    read_anew(scene);
    deliver("c@b.example");
    expect(scene, before, 3);
}

static void test_rotation_loses_and_repeats_nothing(void **state) {
    Scene *scene = *state;
    guint64 before = lines(scene);
    deliver("a@b.example");
    run("journalctl --rotate");
    deliver("b@b.example");
    expect(scene, before, 2);
    run("journalctl --rotate");
    deliver("c@b.example");
    run("journalctl --rotate");
    deliver("d@b.example");
    expect(scene, before, 4);
    deliver("e@b.example");
    run("journalctl --sync --rotate");
    deliver("f@b.example");
    read_anew(scene);
    expect(scene, before, 6);
}

/* What is left of the journal when it was cut to its last file begins with an entry that was not
 * read. */
static void test_a_vacuumed_journal_is_read_from_its_first_entry(void **state) {
    Scene *scene = *state;
    guint64 before = lines(scene);
    run("journalctl --rotate");
    deliver("a@b.example");
    deliver("b@b.example");
    run("journalctl --sync --vacuum-files=1 2>/dev/null");
    read_anew(scene);
    expect(scene, before, 2);
    /* and while it is followed */
    run("journalctl --rotate");
    run("journalctl --vacuum-files=1 2>/dev/null");
    deliver("c@b.example");
    expect(scene, before, 3);
}

/* Where nothing is left, not even of others. */
static void test_an_emptied_journal_is_waited_on(void **state) {
    Scene *scene = *state;
    guint64 before = lines(scene);
    run("journalctl --rotate");
    run("journalctl --vacuum-files=1 2>/dev/null");
    read_anew(scene);
    read_all(scene);
    assert_int_equal(lines(scene), before);
    deliver("a@b.example");
    deliver("b@b.example");
    expect(scene, before, 2);
}

static void test_an_entry_wakes_who_waits(void **state) {
    Scene *scene = *state;
    GPollFD poll = {ov_source_descriptor(scene->source), G_IO_IN, 0};
    assert_true(poll.fd >= 0);
    ov_source_woken(scene->source);
    read_all(scene);
    assert_int_equal(g_poll(&poll, 1, 0), 0);
    deliver("a@b.example");
    assert_int_equal(g_poll(&poll, 1, PATIENCE), 1);
    ov_source_woken(scene->source);
    /* what is woken by journald's own doings is nothing to read */
    for (guint i = 0; i < 1000 && g_poll(&poll, 1, 100) == 1; i++)
        ov_source_woken(scene->source);
    assert_int_equal(g_poll(&poll, 1, 0), 0);
}

static void test_huge_and_binary_entries_are_read(void **state) {
    Scene *scene = *state;
    guint64 before = lines(scene);
    guint waiting = ov_intake_waiting(scene->intake);
    gsize sizes[] = {1000, 100000, 5000000};
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *answer = g_strnfill(sizes[i], 'x');
        g_autofree char *text = outcome("huge@b.example", answer);
        post("postfix/smtp", "2", text, strlen(text));
        memset(answer, 0, sizes[i]);
        post("postfix/smtp", "2", answer, sizes[i]);
    }
    static const char BINARY[] = "4Q00001XzJ: to=<\xff\xfe\n\0@b.example>, \0\n\x80 status=sent (";
    post("postfix/smtp", "2", BINARY, sizeof BINARY);
    post("postfix/smtp\0\n", "2", "", 0);
    g_autofree char *program = g_strnfill(100000, 'p');
    post(program, "2", "4Q00001XzJ: removed", 19);
    deliver("a@b.example");
    expect(scene, before, 10);
    assert_int_equal(ov_intake_waiting(scene->intake) - waiting, 4);
    g_autoptr(GError) error = NULL;
    if (!ov_intake_flush(scene->intake, NULL, &error))
        fail_msg("%s", error->message);
}

static void test_a_journal_without_the_right_to_read_it_is_told(void **state) {
    enum { NOBODY = 65534 };
    Scene *scene = *state;
    guint64 before = lines(scene);
    read_anew(scene);
    struct stat mode;
    assert_int_equal(stat(JOURNAL, &mode), 0);
    assert_int_equal(chmod(JOURNAL, 0700), 0);
    g_autoptr(GError) error = NULL;
    gboolean more;
    assert_int_equal(seteuid(NOBODY), 0);
    gboolean done = ov_source_read(scene->source, scene->intake, &more, &error);
    assert_int_equal(seteuid(0), 0);
    assert_int_equal(chmod(JOURNAL, mode.st_mode & 07777), 0);
    assert_false(done);
    assert_true(g_error_matches(error, OV_SOURCE_ERROR, OV_SOURCE_ERROR_DENIED));
    assert_int_equal(ov_source_descriptor(scene->source), -1);
    /* it is read by the same source when the right is there */
    deliver("a@b.example");
    expect(scene, before, 1);
}

/* Journald begins a new file then, whose entries are earlier than those read before. The last test:
 * libfaketime confuses the timer by which journald wakes readers. */
static void test_entries_after_the_clock_was_set_back_are_read(void **state) {
    Scene *scene = *state;
    static const char *const CLOCKS[] = {"-7200", "-3456000", "+0"};
    for (guint i = 0; i < G_N_ELEMENTS(CLOCKS); i++) {
        guint64 before = lines(scene);
        assert_true(g_file_set_contents("/run/clock", CLOCKS[i], -1, NULL));
        deliver("a@b.example");
        deliver("b@b.example");
        run("journalctl --sync");
        expect(scene, before, 2);
        read_anew(scene);
        deliver("c@b.example");
        run("journalctl --sync");
        expect(scene, before, 3);
    }
}

int main(int argc, char **argv) {
    if (!g_getenv("OUTVET_JOURNAL_SPACE")) {
        g_autofree char *tool =
            g_build_filename(g_getenv("OUTVET_SOURCE"), "tests/tools/journal-space", NULL);
        char *command[] = {tool, argv[0], NULL};
        execv(tool, command);
        perror(tool);
        return argc;
    }
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
        TEST(test_the_mail_facility_alone_is_read),
        TEST(test_it_is_read_on_from_where_it_was_left),
        TEST(test_rotation_loses_and_repeats_nothing),
        TEST(test_a_vacuumed_journal_is_read_from_its_first_entry),
        TEST(test_an_emptied_journal_is_waited_on),
        TEST(test_an_entry_wakes_who_waits),
        TEST(test_huge_and_binary_entries_are_read),
        TEST(test_a_journal_without_the_right_to_read_it_is_told),
        TEST(test_entries_after_the_clock_was_set_back_are_read),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
