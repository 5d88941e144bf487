#include "policy/queue/commands.h"

#include <string.h>

#include "policy/mta_program.h"
#include "policy/run.h"

enum {
    MAX_LISTING = 256 * 1024 * 1024, /* some 100,000 messages with their delays' reasons */
    MAX_MESSAGE = 16 * 1024 * 1024,
    MAX_HEADER = 1024 * 1024,
    MAX_WORDS = 64 * 1024,
    SECONDS = 60,
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
    [OV_QUEUE_LIST] = {"-j", NULL, MAX_LISTING, POSTQUEUE, FALSE},
    [OV_QUEUE_HEADER] = {"-hq", NULL, MAX_HEADER, POSTCAT, FALSE},
    [OV_QUEUE_SHOW] = {"-bhq", NULL, MAX_MESSAGE, POSTCAT, FALSE},
    [OV_QUEUE_HOLD] = {"-h", NULL, MAX_WORDS, POSTSUPER, TRUE},
    [OV_QUEUE_RELEASE] = {"-H", NULL, MAX_WORDS, POSTSUPER, TRUE},
    [OV_QUEUE_REQUEUE] = {"-r", "hold", MAX_WORDS, POSTSUPER, TRUE},
    [OV_QUEUE_DELETE] = {"-d", "hold", MAX_WORDS, POSTSUPER, TRUE},
};
G_STATIC_ASSERT(G_N_ELEMENTS(actions) == OV_N_QUEUE_VERBS);

struct OvQueueCommands {
    char *path[N_PROGRAMS]; /* absolute; NULL where it is missing */
    char *config_directory; /* "" for Postfix's own */
};

OvQueueCommands *ov_queue_commands_find(const OvSettings *settings, GError **error) {
    if (strcmp(settings->mta, "sendmail") == 0) {
        g_set_error_literal(
            error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_MTA,
            "this version can't read Sendmail's queue: `mailq -qQ` lists what is quarantined, "
            "`sendmail -qQ -Q -qI ID` releases it; `outvet trace ID` and `outvet held why ID` "
            "work");
        return NULL;
    }
    g_autoptr(OvQueueCommands) commands = g_new0(OvQueueCommands, 1);
    for (guint i = 0; i < N_PROGRAMS; i++)
        commands->path[i] = ov_mta_program(settings, names[i]);
    commands->config_directory = g_strdup(settings->postfix_config_directory);
    if (!commands->path[POSTQUEUE]) {
        g_set_error(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_MTA,
                    "Postfix's postqueue is not in %s: [mta] command_directory says where it is",
                    settings->command_directory[0] ? settings->command_directory
                                                   : "PATH or /usr/sbin");
        return NULL;
    }
    return g_steal_pointer(&commands);
}

void ov_queue_commands_free(OvQueueCommands *commands) {
    for (guint i = 0; i < N_PROGRAMS; i++)
        g_free(commands->path[i]);
    g_free(commands->config_directory);
    g_free(commands);
}

static char *lines_of(const OvQueueRequest *request) {
    GString *lines = g_string_new(NULL);
    for (guint i = 0; i < request->n; i++)
        g_string_append_printf(lines, "%s\n", request->ids[i]);
    return g_string_free(lines, FALSE);
}

/* No id ever looks like an option. */
static void fill_arguments(const OvQueueCommands *commands, const OvQueueRequest *request,
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

static char *last_line(char *text) {
    const char *feed = strrchr(g_strchomp(text), '\n');
    return g_strdup(feed ? feed + 1 : text);
}

static gboolean run(const OvQueueCommands *commands, const OvQueueRequest *request,
                    OvQueueAnswer *answer, GError **error) {
    const char *argv[N_ARGUMENTS];
    g_autofree char *input = actions[request->verb].by_input ? lines_of(request) : NULL;
    fill_arguments(commands, request, argv);
    OvProgram program = {
        .argv = argv,
        .input = input,
        .own_group = TRUE,
        .max_output = actions[request->verb].max_output,
        .time_limit = SECONDS * G_USEC_PER_SEC,
    };
    g_auto(OvRan) ran = {.output = NULL};
    if (!ov_run_program(&program, &ran, error) ||
        (!ran.truncated && !ov_ran_well(&ran, names[actions[request->verb].program], error)))
        return FALSE;
    *answer = (OvQueueAnswer){
        .length = ran.length,
        .truncated = ran.truncated,
        .said = last_line(ran.said),
        .output = g_steal_pointer(&ran.output),
    };
    return TRUE;
}

gboolean ov_queue_commands_run(const OvQueueCommands *commands, const OvQueueRequest *request,
                               OvQueueAnswer *answer, GError **error) {
    if (!ov_queue_request_check(request, error))
        return FALSE;
    if (request->verb == OV_QUEUE_HELLO) {
        *answer = (OvQueueAnswer){.output = g_strdup(""), .said = g_strdup("")};
        return TRUE;
    }
    Program program = actions[request->verb].program;
    if (!commands->path[program]) {
        g_set_error(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_MTA, "Postfix's %s is missing",
                    names[program]);
        return FALSE;
    }
    g_autoptr(GError) inner = NULL;
    if (run(commands, request, answer, &inner))
        return TRUE;
    g_set_error_literal(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_COMMAND, inner->message);
    return FALSE;
}
