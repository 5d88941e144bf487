/* What the dearest messages cost: worst [--size OCTETS] [CASE...] judges messages made to hurt, all
 * kinds or those whose name holds one of the words; worst --files PATH... the messages there, and
 * tells the ten dearest. CPU milliseconds are those of the fastest of three rounds, MiB the most
 * that the process grew. */
#include "tests/bench/lib/hostile.h"
#include "tests/bench/lib/meter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 3, TOLD = 10 };

static gint dearer_first(gconstpointer a, gconstpointer b) {
    const OvMetered *one = a, *other = b;
    return one->ms > other->ms ? -1 : one->ms < other->ms;
}

static gboolean wanted(const char *name, char *const *words) {
    for (char *const *word = words; *word; word++)
        if (strstr(name, *word))
            return TRUE;
    return !*words;
}

static void judge_hostile(OvJudge *judge, gsize size, char *const *words) {
    OvMetered slowest = {0}, largest = {0};
    ov_meter_print_head();
    for (guint i = 0; i < ov_hostile_n(); i++) {
        if (!wanted(ov_hostile_name(i), words))
            continue;
        GString *raw = ov_hostile_make(i, size);
        OvMetered metered =
            ov_meter(judge, ov_hostile_name(i), (OvSlice){raw->str, raw->len}, ROUNDS);
        g_string_free(raw, TRUE);
        ov_meter_print(&metered);
        slowest = metered.ms > slowest.ms ? metered : slowest;
        largest = metered.mib > largest.mib ? metered : largest;
    }
    printf("slowest: %s, %.1f ms; largest: %s, %.1f MiB\n", slowest.name, slowest.ms, largest.name,
           largest.mib);
}

static void judge_path(OvJudge *judge, const char *path, GArray *all) {
    g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
    for (const char *name; directory && (name = g_dir_read_name(directory));) {
        g_autofree char *below = g_build_filename(path, name, NULL);
        judge_path(judge, below, all);
    }
    g_autofree char *raw = NULL;
    gsize length;
    if (directory || !g_file_get_contents(path, &raw, &length, NULL))
        return;
    OvMetered metered = ov_meter(judge, g_strdup(path), (OvSlice){raw, length}, ROUNDS);
    g_array_append_val(all, metered);
}

static void judge_files(OvJudge *judge, char *const *paths) {
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(OvMetered));
    for (char *const *path = paths; *path; path++)
        judge_path(judge, *path, all);
    g_array_sort(all, dearer_first);
    double total = 0;
    ov_meter_print_head();
    for (guint i = 0; i < all->len; i++) {
        const OvMetered *metered = &g_array_index(all, OvMetered, i);
        total += metered->ms;
        if (i < TOLD)
            ov_meter_print(metered);
    }
    printf("%u messages, %.3f ms each\n", all->len, all->len ? total / all->len : 0);
    for (guint i = 0; i < all->len; i++)
        g_free((char *)g_array_index(all, OvMetered, i).name);
}

int main(int argc, char **argv) {
    gint64 size = 10 * 1024 * 1024;
    gboolean files = FALSE;
    g_auto(GStrv) words = NULL;
    const GOptionEntry entries[] = {
        {"size", 's', 0, G_OPTION_ARG_INT64, &size, "Octets a message (10 MiB)", "OCTETS"},
        {"files", 'f', 0, G_OPTION_ARG_NONE, &files, "Judge the messages below PATH...", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words, "", NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new("[CASE...]");
    g_autoptr(GError) error = NULL;
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        fprintf(stderr, "worst: %s\n", error->message);
        return EXIT_FAILURE;
    }
    g_autoptr(OvJudge) judge = ov_meter_judge();
    char *none[] = {NULL};
    if (files)
        judge_files(judge, words ? words : none);
    else
        judge_hostile(judge, (gsize)size, words ? words : none);
    return EXIT_SUCCESS;
}
