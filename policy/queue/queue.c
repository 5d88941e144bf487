#include "policy/queue/queue.h"

#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "policy/mta_program.h"
#include "policy/run.h"

enum {
    MAX_LISTING = 256 * 1024 * 1024, /* some 100,000 messages with their delays' reasons */
    MAX_ANSWER = 64 * 1024,
    SECONDS = 60,
    SHORT_ID_MIN = 6,
    SHORT_ID_MAX = 20,
    LONG_ID_MIN = 10,
    LONG_ID_MAX = 31,
};

struct OvQueue {
    char *postqueue, *postcat, *postsuper; /* absolute paths; NULL where it is missing */
    char *config_directory;                /* "" for Postfix's own */
};

GQuark ov_queue_error_quark(void) {
    return g_quark_from_static_string("ov-queue-error");
}

OvQueue *ov_queue_open(const OvSettings *settings, GError **error) {
    if (strcmp(settings->mta, "sendmail") == 0) {
        g_set_error_literal(
            error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_MTA,
            "this version can't read Sendmail's queue: `mailq -qQ` lists what is quarantined, "
            "`sendmail -qQ -Q -qI ID` releases it; `outvet trace ID` and `outvet held why ID` "
            "work");
        return NULL;
    }
    g_autoptr(OvQueue) queue = g_new0(OvQueue, 1);
    queue->postqueue = ov_mta_program(settings, "postqueue");
    queue->postcat = ov_mta_program(settings, "postcat");
    queue->postsuper = ov_mta_program(settings, "postsuper");
    queue->config_directory = g_strdup(settings->postfix_config_directory);
    if (!queue->postqueue) {
        g_set_error(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_MTA,
                    "Postfix's postqueue is not in %s: [mta] command_directory says where it is",
                    settings->command_directory[0] ? settings->command_directory
                                                   : "PATH or /usr/sbin");
        return NULL;
    }
    return g_steal_pointer(&queue);
}

void ov_queue_free(OvQueue *queue) {
    g_free(queue->postqueue);
    g_free(queue->postcat);
    g_free(queue->postsuper);
    g_free(queue->config_directory);
    g_free(queue);
}

gboolean ov_queue_id_valid(const char *text) {
    gsize length = strlen(text);
    if (length >= SHORT_ID_MIN && length <= SHORT_ID_MAX &&
        strspn(text, "0123456789ABCDEF") == length)
        return TRUE;
    return length >= LONG_ID_MIN && length <= LONG_ID_MAX &&
           strspn(text, "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz") == length;
}

/* Runs command with -c and what follows, up to a NULL. */
static char *run(OvQueue *queue, const char *command, const char *name, gsize limit, gsize *length,
                 gboolean *truncated, char **said, GError **error, ...) {
    if (!command) {
        g_set_error(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_MTA, "Postfix's %s is missing", name);
        return NULL;
    }
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_ptr_array_add(argv, (gpointer)command);
    if (queue->config_directory[0]) {
        g_ptr_array_add(argv, (gpointer) "-c");
        g_ptr_array_add(argv, queue->config_directory);
    }
    va_list words;
    va_start(words, error);
    for (char *word; (word = va_arg(words, char *));)
        g_ptr_array_add(argv, word);
    va_end(words);
    g_ptr_array_add(argv, NULL);
    g_autoptr(GError) inner = NULL;
    char *out =
        ov_run((const char *const *)argv->pdata, limit, SECONDS, length, truncated, said, &inner);
    if (!out)
        g_set_error_literal(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_COMMAND, inner->message);
    return out;
}

static void queued_free(gpointer data) {
    OvQueued *queued = data;
    g_free(queued->queue);
    g_free(queued->queue_id);
    g_free(queued->sender);
    g_ptr_array_unref(queued->recipients);
    g_free(queued->reason);
    g_free(queued);
}

static char *member(const json_t *object, const char *name) {
    const char *text = json_string_value(json_object_get(object, name));
    return g_strdup(text ? text : "");
}

static OvQueued *parse_line(const char *line, gsize length, const char *name) {
    g_autofree char *valid = g_utf8_make_valid(line, (gssize)length);
    json_t *object = json_loads(valid, 0, NULL);
    const char *queue = json_string_value(json_object_get(object, "queue_name"));
    const char *id = json_string_value(json_object_get(object, "queue_id"));
    if (!queue || !id || !ov_queue_id_valid(id) || (name && strcmp(name, queue) != 0)) {
        json_decref(object);
        return NULL;
    }
    OvQueued *queued = g_new0(OvQueued, 1);
    queued->queue = g_strdup(queue);
    queued->queue_id = g_strdup(id);
    queued->arrival =
        json_integer_value(json_object_get(object, "arrival_time")) * (gint64)G_USEC_PER_SEC;
    queued->size = (guint64)json_integer_value(json_object_get(object, "message_size"));
    queued->sender = member(object, "sender");
    queued->recipients = g_ptr_array_new_with_free_func(g_free);
    size_t index;
    json_t *recipient;
    json_array_foreach(json_object_get(object, "recipients"), index, recipient) {
        g_ptr_array_add(queued->recipients, member(recipient, "address"));
        const char *reason = json_string_value(json_object_get(recipient, "delay_reason"));
        if (index == 0 && reason)
            queued->reason = g_strdup(reason);
    }
    json_decref(object);
    return queued;
}

GPtrArray *ov_queue_parse(const char *text, gsize length, const char *name) {
    GPtrArray *list = g_ptr_array_new_with_free_func(queued_free);
    const char *end = text + length;
    while (text < end) {
        const char *feed = memchr(text, '\n', (gsize)(end - text));
        const char *stop = feed ? feed : end;
        OvQueued *queued = parse_line(text, (gsize)(stop - text), name);
        if (queued)
            g_ptr_array_add(list, queued);
        text = stop + 1;
    }
    return list;
}

GPtrArray *ov_queue_list(OvQueue *queue, const char *name, GError **error) {
    gsize length = 0;
    gboolean truncated = FALSE;
    g_autofree char *out = run(queue, queue->postqueue, "postqueue", MAX_LISTING, &length,
                               &truncated, NULL, error, "-j", NULL);
    if (!out)
        return NULL;
    if (truncated) {
        g_set_error(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_COMMAND,
                    "postqueue's listing is longer than %d MiB; the queue is too full to be "
                    "listed whole",
                    MAX_LISTING / (1024 * 1024));
        return NULL;
    }
    return ov_queue_parse(out, length, name);
}

static gboolean check_id(const char *queue_id, GError **error) {
    if (ov_queue_id_valid(queue_id))
        return TRUE;
    g_set_error(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_ID, "%s is not a queue id", queue_id);
    return FALSE;
}

static gboolean check_root(const char *what, GError **error) {
    if (geteuid() == 0)
        return TRUE;
    g_set_error(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_PERMISSION,
                "%s takes the rights of root, as Postfix's own commands do: use sudo", what);
    return FALSE;
}

char *ov_queue_read(OvQueue *queue, const char *queue_id, gboolean header, gsize limit,
                    gsize *length, GError **error) {
    if (!check_id(queue_id, error) || !check_root("reading a message in the queue", error))
        return NULL;
    return run(queue, queue->postcat, "postcat", limit, length, NULL, NULL, error,
               header ? "-hq" : "-bhq", queue_id, NULL);
}

gboolean ov_queue_act(OvQueue *queue, OvQueueAction action, const char *queue_id, GError **error) {
    static const struct {
        const char *option, *report, *what;
    } actions[] = {
        [OV_QUEUE_RELEASE] = {"-H", "Released from hold: 1 message", "releasing held mail"},
        [OV_QUEUE_REQUEUE] = {"-r", "Requeued: 1 message", "requeueing held mail"},
        [OV_QUEUE_DELETE] = {"-d", "Deleted: 1 message", "deleting held mail"},
    };
    if (!check_id(queue_id, error) || !check_root(actions[action].what, error))
        return FALSE;
    gsize length = 0;
    g_autofree char *said = NULL;
    g_autofree char *out = run(queue, queue->postsuper, "postsuper", MAX_ANSWER, &length, NULL,
                               &said, error, actions[action].option, queue_id, "hold", NULL);
    if (!out)
        return FALSE;
    /* postsuper ends well when there was nothing to do, too. */
    if (strstr(said, actions[action].report))
        return TRUE;
    g_set_error(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_GONE, "%s is not in the hold queue any more",
                queue_id);
    return FALSE;
}

gboolean ov_queue_act_all(OvQueue *queue, OvQueueAction action, const char *const *queue_ids,
                          guint n, GError **error) {
    g_assert(action == OV_QUEUE_RELEASE || action == OV_QUEUE_HOLD);
    gboolean hold = action == OV_QUEUE_HOLD;
    g_autoptr(GString) input = g_string_new(NULL);
    for (guint i = 0; i < n; i++) {
        if (!check_id(queue_ids[i], error))
            return FALSE;
        g_string_append_printf(input, "%s\n", queue_ids[i]);
    }
    if (!check_root(hold ? "holding mail" : "releasing held mail", error))
        return FALSE;
    if (!queue->postsuper) {
        g_set_error_literal(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_MTA,
                            "Postfix's postsuper is missing");
        return FALSE;
    }
    const char *argv[] = {queue->postsuper, hold ? "-h" : "-H", "-", NULL, NULL, NULL};
    if (queue->config_directory[0]) {
        argv[3] = "-c";
        argv[4] = queue->config_directory;
    }
    OvProgram program = {
        .argv = argv,
        .input = input->str,
        .max_output = MAX_ANSWER,
        .time_limit = SECONDS * G_USEC_PER_SEC,
    };
    g_auto(OvRan) ran = {.output = NULL};
    g_autoptr(GError) inner = NULL;
    if (ov_run_program(&program, &ran, &inner) && ov_ran_well(&ran, "postsuper", &inner))
        return TRUE;
    g_set_error_literal(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_COMMAND, inner->message);
    return FALSE;
}
