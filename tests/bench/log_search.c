/* How fast old logs are searched: makes a log of a busy Postfix of SIZE MiB in DIRECTORY, searches
 * it for 1,000 Message-IDs as it is, packed by gzip(1) and xz(1), and so packed as a week's rotated
 * files, prints seconds and rates, and deletes it.
 *
 *   log_search DIRECTORY [SIZE [THREADS]] */
#include "policy/delivery/log_search.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum {
    IDS = 1000,
    AT_ONCE = 1000, /* messages between two looks at the size */
    DAYS = 7
};

static const gint64 MIB = G_GINT64_CONSTANT(1024) * 1024;

static const char *stamp(gint64 time, char text[32]) {
    time_t seconds = (time_t)(time / 10); /* ten messages a second */
    struct tm parts;
    localtime_r(&seconds, &parts);
    strftime(text, 32, "%b %e %H:%M:%S", &parts);
    return text;
}

/* The lines of one message, as Postfix writes them for mail of a client that logged in. */
static void write_message(FILE *file, gint64 number, gint64 start) {
    char at[32];
    guint domain = (guint)(number * 2654435761U % 50021);
    stamp(start + number, at);
    fprintf(file,
            "%s mx1 postfix/submission/smtpd[%u]: connect from pc%u.example[192.0.2.%u]\n"
            "%s mx1 postfix/submission/smtpd[%u]: 4Q%010XzJ: client=pc%u.example[192.0.2.%u], "
            "sasl_method=PLAIN, sasl_username=account%u\n"
            "%s mx1 postfix/cleanup[%u]: 4Q%010XzJ: message-id=<%u.%u@shop%u.example>\n"
            "%s mx1 postfix/qmgr[811]: 4Q%010XzJ: from=<sender@shop%u.example>, size=%u, nrcpt=1 "
            "(queue active)\n"
            "%s mx1 postfix/smtp[%u]: 4Q%010XzJ: to=<somebody%u@domain%u.example>, "
            "relay=mx.domain%u.example[198.51.100.%u]:25, delay=1.2, delays=0.1/0/0.5/0.6, "
            "dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as %08X)\n"
            "%s mx1 postfix/qmgr[811]: 4Q%010XzJ: removed\n"
            "%s mx1 postfix/submission/smtpd[%u]: disconnect from pc%u.example[192.0.2.%u] ehlo=2 "
            "starttls=1 auth=1 mail=1 rcpt=1 data=1 quit=1 commands=8\n",
            at, domain, domain, domain % 250, at, domain, (guint)number, domain, domain % 250,
            domain % 300, at, domain + 1, (guint)number, (guint)number, domain, domain % 300, at,
            (guint)number, domain % 300, 2000 + domain, at, domain + 2, (guint)number, domain,
            domain, domain, domain % 250, domain * 77, at, (guint)number, at, domain, domain,
            domain % 250);
}

/* Goes on at message number *next; leaves there what follows. */
static void write_log(const char *path, gint64 size, gint64 *next) {
    FILE *file = fopen(path, "we");
    gint64 start = (g_get_real_time() / G_USEC_PER_SEC - 7 * 24 * 3600) * 10;
    if (!file) {
        fprintf(stderr, "%s: %m\n", path);
        exit(1);
    }
    while (ftello(file) < size)
        for (guint i = 0; i < AT_ONCE; i++)
            write_message(file, (*next)++, start);
    fclose(file);
}

/* As many as IDS, spread over the log. */
static const char *const *choose(OvArena *arena, gint64 messages) {
    const char **ids = OV_ARENA_NEW(arena, const char *, IDS);
    for (gint64 i = 0; i < IDS; i++) {
        gint64 number = messages * i / IDS;
        guint domain = (guint)(number * 2654435761U % 50021);
        ids[i] =
            ov_arena_printf(arena, "%u.%u@shop%u.example", (guint)number, domain, domain % 300);
    }
    return ids;
}

/* CPU time of this process, seconds. */
static double used_cpu(void) {
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

static void measure(const char *name, const char *const *paths, guint n_paths,
                    const char *const *ids, guint threads) {
    g_autoptr(OvArena) arena = ov_arena_new();
    gint64 begin = g_get_monotonic_time();
    double cpu = used_cpu();
    const OvLogSearch *search = ov_log_search(ids, IDS, paths, n_paths, threads, arena);
    double seconds = (double)(g_get_monotonic_time() - begin) / G_USEC_PER_SEC;
    cpu = used_cpu() - cpu;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    guint found = 0;
    for (guint i = 0; i < search->n_found; i++)
        found += search->found[i].n_messages == 1 && search->found[i].messages[0].login != NULL &&
                 search->found[i].messages[0].n_recipients == 1;
    for (guint i = 0; i < search->n_troubles; i++)
        fprintf(stderr, "%s\n", search->troubles[i]);
    printf("logs: %-8s %7.0f MB, %" G_GUINT64_FORMAT
           " lines, %u of %u Message-IDs found with login "
           "and recipient: %.2f s, %.0f MB/s, CPU %.2f s, %ld MiB resident\n",
           name, (double)search->octets / 1e6, search->lines, found, IDS, seconds,
           (double)search->octets / 1e6 / seconds, cpu, usage.ru_maxrss / 1024);
}

static gboolean pack(const char *program, const char *path) {
    const char *const arguments[] = {program, "-1", "-f", path, NULL};
    int status = 1;
    return g_spawn_sync(NULL, (char **)(void *)arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
                        NULL, NULL, &status, NULL) &&
           status == 0;
}

/* A log of that size in n files, each packed by the program where there is one. */
static void bench(const char *directory, const char *program, const char *ending, gint64 size,
                  guint n, guint threads) {
    g_autoptr(OvArena) arena = ov_arena_new();
    const char *paths[DAYS];
    gint64 messages = 0;
    gboolean packed = TRUE;
    for (guint i = 0; i < n; i++) {
        const char *path = ov_arena_printf(arena, "%s/outvet-bench-mail.log.%u", directory, n - i);
        write_log(path, size / n, &messages);
        packed = !program || (packed && pack(program, path));
        paths[i] = program && packed ? ov_arena_printf(arena, "%s.%s", path, ending) : path;
    }
    const char *name = ov_arena_printf(arena, "%u %s", n, program ? ending : "plain");
    if (packed)
        measure(name, paths, n, choose(arena, messages), threads);
    for (guint i = 0; i < n; i++)
        g_unlink(paths[i]);
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: log_search DIRECTORY [MIB [THREADS]]\n");
        return 64;
    }
    gint64 size = (argc > 2 ? atoll(argv[2]) : 954) * MIB;
    guint threads = argc > 3 ? (guint)atoi(argv[3]) : 0;
    static const char *const PACKERS[][2] = {{NULL, NULL}, {"gzip", "gz"}, {"xz", "xz"}};
    for (guint i = 0; i < G_N_ELEMENTS(PACKERS); i++) {
        bench(argv[1], PACKERS[i][0], PACKERS[i][1], size, 1, threads);
        bench(argv[1], PACKERS[i][0], PACKERS[i][1], size, DAYS, threads);
    }
    return 0;
}
