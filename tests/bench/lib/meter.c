#include "tests/bench/lib/meter.h"

#include "rules/init.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

OvJudge *ov_meter_judge(void) {
    const char *source = g_getenv("OUTVET_SOURCE");
    g_autofree char *rules = g_build_filename(source ? source : ".", "rules", NULL);
    g_autoptr(GError) error = NULL;
    ov_rules_init();
    /* As outvetd has it: large buffers are given back at once. */
    mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    g_autoptr(OvRuleset) ruleset =
        ov_ruleset_load((const char *const[]){rules, NULL}, NULL, &error);
    if (!ruleset) {
        fprintf(stderr, "%s\n", error->message);
        exit(EXIT_FAILURE);
    }
    return ov_judge_new(ruleset);
}

double ov_meter_cpu(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

OvJudgement *ov_meter_judge_message(OvJudge *judge, OvSlice raw) {
    static const char *const recipients[] = {"bert@bench.example", "carla@bench2.example"};
    static const OvEnvelope envelope = {
        .sender = "anna@shop.example",
        .recipients = recipients,
        .n_recipients = G_N_ELEMENTS(recipients),
        .now = G_GINT64_CONSTANT(1795435200) * G_USEC_PER_SEC,
    };
    return ov_judge_message(judge, &envelope, raw, raw.length, 0);
}

/* KiB behind that word in /proc/self/status. */
static double status_of(const char *word) {
    g_autofree char *text = NULL;
    if (!g_file_get_contents("/proc/self/status", &text, NULL, NULL))
        return 0;
    const char *line = strstr(text, word);
    return line ? g_ascii_strtod(line + strlen(word), NULL) : 0;
}

/* The peak counts from here on. */
static void forget_peak(void) {
    int file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
    if (file < 0 || write(file, "5", 1) != 1)
        fprintf(stderr, "/proc/self/clear_refs can't be written: peaks are of the whole run\n");
    close(file);
}

OvMetered ov_meter(OvJudge *judge, const char *name, OvSlice raw, guint rounds) {
    OvMetered metered = {.name = name, .size = raw.length, .ms = G_MAXDOUBLE};
    for (guint i = 0; i < rounds; i++) {
        malloc_trim(0);
        double before = status_of("VmRSS:");
        forget_peak();
        double start = ov_meter_cpu();
        g_autoptr(OvJudgement) judgement = ov_meter_judge_message(judge, raw);
        metered.ms = MIN(metered.ms, ov_meter_cpu() - start);
        metered.mib = MAX(metered.mib, (status_of("VmHWM:") - before) / 1024);
    }
    return metered;
}

void ov_meter_print_head(void) {
    printf("%-30s %10s %9s %9s\n", "case", "octets", "CPU ms", "MiB");
}

void ov_meter_print(const OvMetered *metered) {
    printf("%-30s %10zu %9.2f %9.1f\n", metered->name, metered->size, metered->ms, metered->mib);
    fflush(stdout);
}
