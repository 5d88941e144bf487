/* Sendmail's queue: messages are quarantined and let go by `sendmail -Q`, which knows each by a
 * part of its queue id; read, and taken away, by their files, for which it has no command. */
#include <jansson.h>
#include <string.h>

#include "policy/mta_program.h"
#include "policy/queue/commands_variant.h"
#include "policy/queue/sendmail_queue.h"
#include "policy/run.h"

enum {
    MAX_WORDS = 1024 * 1024, /* some lines for each message */
    ID_MIN = 14,
};

typedef struct {
    char *program; /* sendmail, an absolute path */
    char *configuration;
} Commands;

static void commands_free(gpointer self) {
    Commands *commands = self;
    g_free(commands->program);
    g_free(commands->configuration);
    g_free(commands);
}

static gpointer find(const OvSettings *settings, GError **error) {
    g_autofree char *program = ov_mta_program(settings, "sendmail");
    const char *configuration = settings->sendmail_config_file;
    if (!program || !g_file_test(configuration, G_FILE_TEST_EXISTS)) {
        g_set_error(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_MTA,
                    "Sendmail's %s is not there: [mta] %s says where it is",
                    program ? configuration : "sendmail",
                    program ? "sendmail_config_file" : "command_directory");
        return NULL;
    }
    Commands *commands = g_new(Commands, 1);
    *commands = (Commands){g_steal_pointer(&program), g_strdup(configuration)};
    return commands;
}

/* --- Listing and reading --- */

static json_t *text_of(const char *text) {
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    return json_string(valid);
}

static json_t *recipients_of(const OvQueueFile *file) {
    json_t *list = json_array();
    for (guint i = 0; i < file->recipients->len; i++) {
        json_t *recipient = json_pack("{s:o}", "address", text_of(file->recipients->pdata[i]));
        if (file->reason)
            json_object_set_new(recipient, "delay_reason", text_of(file->reason));
        json_array_append_new(list, recipient);
    }
    return list;
}

static void add_line(GString *listing, const OvSendmailMessage *message, const OvQueueFile *file,
                     guint64 size) {
    const char *queue = message->held ? "hold" : file->tries > 0 ? "deferred" : "incoming";
    json_t *line =
        json_pack("{s:s, s:s, s:I, s:I, s:o, s:o}", "queue_name", queue, "queue_id", message->id,
                  "arrival_time", (json_int_t)file->created, "message_size", (json_int_t)size,
                  "sender", text_of(file->sender), "recipients", recipients_of(file));
    char *text = json_dumps(line, JSON_COMPACT);
    g_string_append(listing, text);
    g_string_append_c(listing, '\n');
    free(text);
    json_decref(line);
}

static gboolean list(const OvSendmailQueue *queue, OvQueueAnswer *answer, GError **error) {
    gint64 end = g_get_monotonic_time() + OV_QUEUE_SECONDS * G_USEC_PER_SEC;
    g_autoptr(GPtrArray) all = ov_sendmail_queue_all(queue);
    g_autoptr(GString) listing = g_string_new(NULL);
    guint i = 0;
    for (; i < all->len && listing->len < OV_QUEUE_MAX_LISTING; i++) {
        g_auto(OvQueueFile) file = {.sender = NULL};
        guint64 size;
        if (ov_sendmail_queue_read(queue, all->pdata[i], &file, &size))
            add_line(listing, all->pdata[i], &file, size);
        if (g_get_monotonic_time() > end) {
            g_set_error(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_COMMAND,
                        "to read Sendmail's queue takes longer than %d s", OV_QUEUE_SECONDS);
            return FALSE;
        }
    }
    *answer =
        (OvQueueAnswer){.length = listing->len, .truncated = i < all->len, .said = g_strdup("")};
    answer->output = g_string_free(g_steal_pointer(&listing), FALSE);
    return TRUE;
}

static gboolean gone(const char *id, GError **error) {
    g_set_error(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_GONE,
                "%s is not in Sendmail's queue any more", id);
    return FALSE;
}

static gboolean read_message(const OvSendmailQueue *queue, const OvQueueRequest *request,
                             OvQueueAnswer *answer, GError **error) {
    const OvSendmailMessage *message = ov_sendmail_queue_find(queue, request->ids[0]);
    g_auto(OvQueueFile) file = {.sender = NULL};
    if (!message || !ov_sendmail_queue_read(queue, message, &file, NULL))
        return gone(request->ids[0], error);
    g_autoptr(GString) text = g_steal_pointer(&file.header);
    gboolean header = request->verb == OV_QUEUE_HEADER, more = FALSE;
    gsize limit = header ? OV_QUEUE_MAX_HEADER : OV_QUEUE_MAX_MESSAGE;
    if (!header) {
        g_string_append_c(text, '\n');
        if (!ov_sendmail_queue_body(queue, message, &file, limit, text, &more))
            return gone(request->ids[0], error);
    }
    *answer = (OvQueueAnswer){.length = MIN(text->len, limit),
                              .truncated = more || text->len > limit,
                              .said = g_strdup("")};
    g_string_truncate(text, answer->length);
    answer->output = g_string_free(g_steal_pointer(&text), FALSE);
    return TRUE;
}

/* --- Acting --- */

/* Those of the request that are there, quarantined or not as it is asked for. */
static GPtrArray *wanted(const OvSendmailQueue *queue, const OvQueueRequest *request,
                         gboolean held) {
    GPtrArray *messages = g_ptr_array_sized_new(request->n);
    for (guint i = 0; i < request->n; i++) {
        const OvSendmailMessage *message = ov_sendmail_queue_find(queue, request->ids[i]);
        if (message && message->held == held)
            g_ptr_array_add(messages, (gpointer)message);
    }
    return messages;
}

/* Sendmail takes what it is given for a part of a queue id: one that begins another one, which has
 * a longer process id, would name both. They are few, and wait until the other one is gone. */
static void drop_ambiguous(const OvSendmailQueue *queue, GPtrArray *messages) {
    g_autoptr(GPtrArray) all = ov_sendmail_queue_all(queue);
    for (guint i = 0; i < all->len; i++) {
        g_autofree char *id = g_strdup(((OvSendmailMessage *)all->pdata[i])->id);
        for (gsize length = strlen(id) - 1; length >= ID_MIN; length--) {
            id[length] = '\0';
            const OvSendmailMessage *named = ov_sendmail_queue_find(queue, id);
            if (named)
                g_ptr_array_remove(messages, (gpointer)named);
        }
    }
}

static GPtrArray *words_of(const Commands *commands, const GPtrArray *messages, gboolean hold) {
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(words, g_strdup(commands->program));
    g_ptr_array_add(words, g_strconcat("-C", commands->configuration, NULL));
    g_ptr_array_add(words, g_strdup("-v"));
    g_ptr_array_add(words, g_strdup(hold ? "-Qheld by Outvet" : "-Q"));
    if (!hold)
        g_ptr_array_add(words, g_strdup("-qQ"));
    for (guint i = 0; i < messages->len; i++)
        g_ptr_array_add(words,
                        g_strconcat("-qI", ((OvSendmailMessage *)messages->pdata[i])->id, NULL));
    g_ptr_array_add(words, NULL);
    return words;
}

static gboolean run_program(const Commands *commands, const GPtrArray *messages, gboolean hold,
                            OvQueueAnswer *answer, GError **error) {
    g_autoptr(GPtrArray) words = words_of(commands, messages, hold);
    OvProgram program = {
        .argv = (const char *const *)words->pdata,
        .own_group = TRUE,
        .max_output = MAX_WORDS,
        .time_limit = OV_QUEUE_SECONDS * G_USEC_PER_SEC,
    };
    g_auto(OvRan) ran = {.output = NULL};
    if (!ov_run_program(&program, &ran, error)) {
        if (error && g_error_matches(*error, OV_RUN_ERROR, OV_RUN_ERROR_TIME))
            g_prefix_error(error, "Sendmail waits a minute where it can't find the machine's full "
                                  "name, as in /etc/hosts: ");
        return FALSE;
    }
    if (!ov_ran_well(&ran, "sendmail", error))
        return FALSE;
    char *said = ov_run_last_line(ran.output); /* "3 changes", "No changes" */
    *answer = (OvQueueAnswer){
        .output = g_strdup(""), .said = said, .changed = (guint)g_ascii_strtoull(said, NULL, 10)};
    return TRUE;
}

static gboolean quarantine(const Commands *commands, const OvSendmailQueue *queue,
                           const OvQueueRequest *request, OvQueueAnswer *answer, GError **error) {
    gboolean hold = request->verb == OV_QUEUE_HOLD;
    g_autoptr(GPtrArray) messages = wanted(queue, request, !hold);
    drop_ambiguous(queue, messages);
    if (messages->len > 0)
        return run_program(commands, messages, hold, answer, error);
    *answer = (OvQueueAnswer){.output = g_strdup(""), .said = g_strdup("No changes")};
    return TRUE;
}

static void delete_all(const OvSendmailQueue *queue, const OvQueueRequest *request,
                       OvQueueAnswer *answer) {
    g_autoptr(GPtrArray) messages = wanted(queue, request, TRUE);
    guint n = 0;
    for (guint i = 0; i < messages->len; i++)
        n += ov_sendmail_queue_delete(queue, messages->pdata[i]) ? 1 : 0;
    *answer = (OvQueueAnswer){
        .output = g_strdup(""), .said = g_strdup_printf("%u deleted", n), .changed = n};
}

static gboolean run(gconstpointer self, const OvQueueRequest *request, OvQueueAnswer *answer,
                    GError **error) {
    const Commands *commands = self;
    if (request->verb == OV_QUEUE_REQUEUE) {
        g_set_error_literal(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_REQUEST,
                            "Sendmail can't give a message a full lifetime again: release it "
                            "without --requeue");
        return FALSE;
    }
    g_autoptr(OvSendmailQueue) queue = ov_sendmail_queue_look(commands->configuration, error);
    if (!queue)
        return FALSE;
    if (request->verb == OV_QUEUE_LIST)
        return list(queue, answer, error);
    if (request->verb == OV_QUEUE_HEADER || request->verb == OV_QUEUE_SHOW)
        return read_message(queue, request, answer, error);
    if (request->verb != OV_QUEUE_DELETE)
        return quarantine(commands, queue, request, answer, error);
    delete_all(queue, request, answer);
    return TRUE;
}

const OvQueueCommandsVariant ov_queue_commands_sendmail = {find, commands_free, run};
