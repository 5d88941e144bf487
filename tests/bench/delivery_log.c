/* How fast the MTA's log is read into the ledger, from a file and from the journal: of MESSAGES
 * messages (20000) that the ledger does not know, six lines each, as after a long pause of
 * outvetd's. Prints lines a second, and what journald took to write them.
 *
 *   delivery_log DIRECTORY [MESSAGES]     inside tests/tools/journal-space */
#include "policy/delivery/source.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <systemd/sd-journal.h>
#include <time.h>

enum { LINES = 6 };

/* One line of a message: text, and the program that logs it. */
static char *line_of(guint number, guint which, const char **program) {
    static const char *const PROGRAMS[LINES] = {"postfix/submission/smtpd",
                                                "postfix/cleanup",
                                                "postfix/qmgr",
                                                "postfix/smtp",
                                                "postfix/qmgr",
                                                "postfix/submission/smtpd"};
    guint domain = number * 2654435761U % 50021;
    *program = PROGRAMS[which];
    switch (which) {
    case 0:
        return g_strdup_printf("4Q%010XzJ: client=pc%u.example[192.0.2.%u], sasl_method=PLAIN, "
                               "sasl_username=account%u",
                               number, domain, domain % 250, domain % 300);
    case 1:
        return g_strdup_printf("4Q%010XzJ: message-id=<%u.%u@shop%u.example>", number, number,
                               domain, domain % 300);
    case 2:
        return g_strdup_printf("4Q%010XzJ: from=<sender@shop%u.example>, size=%u, nrcpt=1 "
                               "(queue active)",
                               number, domain % 300, 2000 + domain);
    case 3:
        return g_strdup_printf("4Q%010XzJ: to=<somebody%u@domain%u.example>, relay=mx.domain%u."
                               "example[198.51.100.%u]:25, delay=1.2, delays=0.1/0/0.5/0.6, "
                               "dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as %08X)",
                               number, domain, domain, domain, domain % 250, domain * 77);
    case 4:
        return g_strdup_printf("4Q%010XzJ: removed", number);
    default:
        return g_strdup_printf("disconnect from pc%u.example[192.0.2.%u] ehlo=2 starttls=1 auth=1 "
                               "mail=1 rcpt=1 data=1 quit=1 commands=8",
                               domain, domain % 250);
    }
}

typedef void (*Write)(const char *program, const char *text, gpointer data);

static double write_all(guint messages, Write write, gpointer data) {
    gint64 begin = g_get_monotonic_time();
    for (guint number = 0; number < messages; number++)
        for (guint which = 0; which < LINES; which++) {
            const char *program;
            g_autofree char *text = line_of(number, which, &program);
            write(program, text, data);
        }
    return (double)(g_get_monotonic_time() - begin) / G_USEC_PER_SEC;
}

static void to_file(const char *program, const char *text, gpointer data) {
    time_t now = time(NULL);
    struct tm parts;
    char at[32];
    localtime_r(&now, &parts);
    strftime(at, sizeof at, "%b %e %H:%M:%S", &parts);
    fprintf(data, "%s mx1 %s[811]: %s\n", at, program, text);
}

static void to_journal(const char *program, const char *text, gpointer data) {
    (void)data;
    sd_journal_send("SYSLOG_FACILITY=2", "PRIORITY=6", "SYSLOG_PID=811", "SYSLOG_IDENTIFIER=%s",
                    program, "MESSAGE=%s", text, NULL);
}

static void fail(const char *what, const GError *error) {
    fprintf(stderr, "delivery_log: %s: %s\n", what, error->message);
    exit(1);
}

static OvLedger *open_ledger(const char *directory, const char *name) {
    g_autofree char *text = g_strdup_printf("[ledger]\npath = %s/%s.sqlite\nkey = %s/%s.key\n",
                                            directory, name, directory, name);
    g_autoptr(GError) error = NULL;
    g_autoptr(OvSettings) settings = ov_settings_parse(text, strlen(text), "bench", &error);
    OvLedger *ledger = settings ? ov_ledger_open(settings, &error) : NULL;
    if (!ledger)
        fail(name, error);
    return ledger;
}

static double used_cpu(void) {
    struct timespec used;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

/* Reads as outvetd's follower does, until as many lines are there. */
static void measure(const char *name, const char *directory, OvLogSource *source, guint64 lines) {
    OvLedger *ledger = open_ledger(directory, name);
    g_autoptr(OvIntake) intake = ov_intake_new(ledger, "mx1", NULL, NULL);
    g_autoptr(GError) error = NULL;
    gint64 begin = g_get_monotonic_time();
    double cpu = used_cpu();
    gboolean more;
    while (ov_intake_counts(intake).lines < lines)
        if (!ov_source_read(source, intake, &more, &error) ||
            !ov_intake_flush(intake, NULL, &error))
            fail(name, error);
    double seconds = (double)(g_get_monotonic_time() - begin) / G_USEC_PER_SEC;
    printf("delivery log: %-8s %" G_GUINT64_FORMAT " lines in %.2f s: %.0f/s, CPU %.2f s\n", name,
           lines, seconds, (double)lines / seconds, used_cpu() - cpu);
    ov_source_free(source);
    ov_ledger_close(ledger);
}

int main(int argc, char **argv) {
    if (argc < 2 || !g_getenv("OUTVET_JOURNAL_SPACE")) {
        fprintf(stderr, "usage: journal-space delivery_log DIRECTORY [MESSAGES]\n");
        return 64;
    }
    guint messages = argc > 2 ? (guint)atoi(argv[2]) : 20000;
    guint64 lines = (guint64)messages * LINES;
    g_autofree char *path = g_build_filename(argv[1], "outvet-bench-mail.log", NULL);
    FILE *file = fopen(path, "we");
    if (!file) {
        fprintf(stderr, "%s: %m\n", path);
        return 1;
    }
    write_all(messages, to_file, file);
    fclose(file);
    measure("file", argv[1], ov_source_file_new(path, NULL), lines);
    g_unlink(path);
    double seconds = write_all(messages, to_journal, NULL);
    printf("delivery log: journald took %.0f entries/s\n", (double)lines / seconds);
    measure("journal", argv[1], ov_source_journal_new(NULL), lines);
    return 0;
}
