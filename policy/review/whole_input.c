#include "policy/review/whole_input.h"

#include <stdio.h>
#include <string.h>

#include "policy/review/output.h"

GString *ov_whole_input(const char *path, gsize most) {
    gboolean standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "re");
    if (!file) {
        ov_complain("%s: %m", path);
        return NULL;
    }
    GString *all = g_string_new(NULL);
    char piece[64 * 1024];
    for (size_t got; all->len <= most && (got = fread(piece, 1, sizeof piece, file)) > 0;)
        g_string_append_len(all, piece, (gssize)got);
    gboolean trouble = ferror(file) != 0;
    if (trouble) {
        ov_complain("%s: %m", path);
        g_string_free(all, TRUE);
    }
    if (!standard)
        fclose(file);
    return trouble ? NULL : all;
}
