/* Postfix's postqueue, postcat and postsuper, run by argument array, with the ids of several
 * messages on standard input. */
#include <string.h>

#include "policy/mta_program.h"
#include "policy/queue/commands_variant.h"
#include "policy/run.h"

enum {
    MAX_WORDS = 64 * 1024,
    N_ARGUMENTS = 8,
};

typedef enum { POSTQUEUE, POSTCAT, POSTSUPER, N_PROGRAMS } Program;

static const char *const names[] = {"postqueue", "postcat", "postsuper"};

static const struct {
    const char *option;
    const char *from_queue; /* the only queue that is looked in; NULL: the program's own choice */
    gsize max_output;
    Program program;
    gboolean by_input; /* ids on standard input, which "-" says; else as the argument */
} actions[] = {
    [OV_QUEUE_LIST] = {"-j", NULL, OV_QUEUE_MAX_LISTING, POSTQUEUE, FALSE},
    [OV_QUEUE_HEADER] = {"-hq", NULL, OV_QUEUE_MAX_HEADER, POSTCAT, FALSE},
    [OV_QUEUE_SHOW] = {"-bhq", NULL, OV_QUEUE_MAX_MESSAGE, POSTCAT, FALSE},
    [OV_QUEUE_HOLD] = {"-h", NULL, MAX_WORDS, POSTSUPER, TRUE},
    [OV_QUEUE_RELEASE] = {"-H", NULL, MAX_WORDS, POSTSUPER, TRUE},
    [OV_QUEUE_REQUEUE] = {"-r", "hold", MAX_WORDS, POSTSUPER, TRUE},
    [OV_QUEUE_DELETE] = {"-d", "hold", MAX_WORDS, POSTSUPER, TRUE},
};
G_STATIC_ASSERT(G_N_ELEMENTS(actions) == OV_N_QUEUE_VERBS);

typedef struct {
    char *path[N_PROGRAMS]; /* absolute; NULL where it is missing */
    char *config_directory; /* "" for Postfix's own */
} Commands;

static void commands_free(gpointer self) {
    Commands *commands = self;
    for (guint i = 0; i < N_PROGRAMS; i++)
        g_free(commands->path[i]);
    g_free(commands->config_directory);
    g_free(commands);
}

static gpointer find(const OvSettings *settings, GError **error) {
    Commands *commands = g_new0(Commands, 1);
    for (guint i = 0; i < N_PROGRAMS; i++)
        commands->path[i] = ov_mta_program(settings, names[i]);
    commands->config_directory = g_strdup(settings->postfix_config_directory);
    if (commands->path[POSTQUEUE])
        return commands;
    g_set_error(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_MTA,
                "Postfix's postqueue is not in %s: [mta] command_directory says where it is",
                settings->command_directory[0] ? settings->command_directory : "PATH or /usr/sbin");
    commands_free(commands);
    return NULL;
}

static char *lines_of(const OvQueueRequest *request) {
    GString *lines = g_string_new(NULL);
    for (guint i = 0; i < request->n; i++)
        g_string_append_printf(lines, "%s\n", request->ids[i]);
    return g_string_free(lines, FALSE);
}

/* No id ever looks like an option. */
static void fill_arguments(const Commands *commands, const OvQueueRequest *request,
                           const char *argv[N_ARGUMENTS]) {
    guint n = 0;
    argv[n++] = commands->path[actions[request->verb].program];
    if (commands->config_directory[0]) {
        argv[n++] = "-c";
        argv[n++] = commands->config_directory;
    }
    argv[n++] = actions[request->verb].option;
    if (actions[request->verb].by_input)
        argv[n++] = "-";
    else if (request->n == 1)
        argv[n++] = request->ids[0];
    argv[n++] = actions[request->verb].from_queue;
    argv[n] = NULL;
}

/* "postsuper: Released from hold: 3 messages"; it ends well when there was nothing to do, too. */
static guint changed_by(const char *report) {
    const char *colon = strrchr(report, ':');
    return colon ? (guint)g_ascii_strtoull(colon + 1, NULL, 10) : 0;
}

static gboolean run_program(const Commands *commands, const OvQueueRequest *request,
                            OvQueueAnswer *answer, GError **error) {
    const char *argv[N_ARGUMENTS];
    g_autofree char *input = actions[request->verb].by_input ? lines_of(request) : NULL;
    fill_arguments(commands, request, argv);
    OvProgram program = {
        .argv = argv,
        .input = input,
        .own_group = TRUE,
        .max_output = actions[request->verb].max_output,
        .time_limit = OV_QUEUE_SECONDS * G_USEC_PER_SEC,
    };
    g_auto(OvRan) ran = {.output = NULL};
    if (!ov_run_program(&program, &ran, error) ||
        (!ran.truncated && !ov_ran_well(&ran, names[actions[request->verb].program], error)))
        return FALSE;
    char *said = ov_run_last_line(ran.said);
    *answer = (OvQueueAnswer){
        .length = ran.length,
        .truncated = ran.truncated,
        .said = said,
        .changed = actions[request->verb].program == POSTSUPER ? changed_by(said) : 0,
        .output = g_steal_pointer(&ran.output),
    };
    return TRUE;
}

static gboolean run(gconstpointer self, const OvQueueRequest *request, OvQueueAnswer *answer,
                    GError **error) {
    const Commands *commands = self;
    Program program = actions[request->verb].program;
    if (commands->path[program])
        return run_program(commands, request, answer, error);
    g_set_error(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_MTA, "Postfix's %s is missing",
                names[program]);
    return FALSE;
}

const OvQueueCommandsVariant ov_queue_commands_postfix = {find, commands_free, run};
