#include "milter/options.h"

gboolean ov_options_parse(OvOptions *options, int argc, char **argv, GError **error) {
    const GOptionEntry entries[] = {
        {"config", 'c', 0, G_OPTION_ARG_FILENAME, &options->file,
         "Read settings from FILE (default " OV_SYSCONFDIR "/outvet/outvet.conf)", "FILE"},
        {"foreground", 'f', 0, G_OPTION_ARG_NONE, &options->foreground,
         "Log to standard error, unless [log] target says otherwise", NULL},
        {"user", 'u', 0, G_OPTION_ARG_STRING, &options->user,
         "Become USER once the milter socket is made; needed when started as root", "USER"},
        {"check", 0, 0, G_OPTION_ARG_NONE, &options->check,
         "Check settings and rules, and exit: 0, or 78 with the first error", NULL},
        {"version", 'V', 0, G_OPTION_ARG_NONE, &options->version, "Print the version, and exit",
         NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- vet outgoing mail for an MTA");

    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_description(
        context, "outvetd stays in the foreground; systemd, or a shell's &, puts it into the "
                 "background.\nSIGHUP reloads settings and rules; SIGTERM finishes the messages in "
                 "hand and ends.\n");
    if (!g_option_context_parse(context, &argc, &argv, error))
        return FALSE;
    if (argc > 1) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "outvetd takes no argument \"%s\"; see outvetd --help", argv[1]);
        return FALSE;
    }
    return TRUE;
}

void ov_options_clear(OvOptions *options) {
    g_free(options->file);
    g_free(options->user);
}
