#include "policy/mta_program.h"

char *ov_mta_program(const OvSettings *settings, const char *name) {
    g_autofree char *path = NULL;
    if (settings->command_directory[0]) {
        path = g_build_filename(settings->command_directory, name, NULL);
        return g_path_is_absolute(path) && g_file_test(path, G_FILE_TEST_IS_EXECUTABLE)
                   ? g_steal_pointer(&path)
                   : NULL;
    }
    path = g_find_program_in_path(name);
    if (path && g_path_is_absolute(path))
        return g_steal_pointer(&path);
    g_free(path);
    path = g_build_filename("/usr/sbin", name, NULL);
    return g_file_test(path, G_FILE_TEST_IS_EXECUTABLE) ? g_steal_pointer(&path) : NULL;
}
