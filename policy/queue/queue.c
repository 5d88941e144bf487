#include "policy/queue/queue.h"

#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "policy/queue/client.h"
#include "policy/queue/commands.h"

struct OvQueue {
    OvQueueCommands *commands; /* NULL: through the agent */
    char *socket;              /* the agent's */
    int wake;
    gboolean root;
};

static OvQueue *queue_new(const OvSettings *settings, int wake) {
    OvQueue *queue = g_new0(OvQueue, 1);
    queue->socket = g_strdup(settings->queue_socket);
    queue->wake = wake;
    queue->root = geteuid() == 0;
    return queue;
}

OvQueue *ov_queue_open(const OvSettings *settings, GError **error) {
    g_autoptr(OvQueue) queue = queue_new(settings, -1);
    if (!queue->root && ov_queue_answers(queue, NULL))
        return g_steal_pointer(&queue);
    queue->commands = ov_queue_commands_find(settings, error);
    return queue->commands ? g_steal_pointer(&queue) : NULL;
}

OvQueue *ov_queue_open_agent(const OvSettings *settings, int wake) {
    return queue_new(settings, wake);
}

void ov_queue_free(OvQueue *queue) {
    g_clear_pointer(&queue->commands, ov_queue_commands_free);
    g_free(queue->socket);
    g_free(queue);
}

gboolean ov_queue_answers(OvQueue *queue, GError **error) {
    g_auto(OvQueueAnswer) answer = {.output = NULL};
    OvQueueRequest request = {.verb = OV_QUEUE_HELLO};
    return ov_queue_agent_ask(queue->socket, &request, queue->wake, &answer, error);
}

gboolean ov_queue_may_act(const OvQueue *queue, const char *what, GError **error) {
    if (!queue->commands || queue->root)
        return TRUE;
    g_set_error(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_PERMISSION,
                "%s takes the rights of root, as the MTA's own commands do: use sudo, or run "
                "outvet-queue, which does not answer on %s",
                what, queue->socket);
    return FALSE;
}

static gboolean ask(OvQueue *queue, OvQueueVerb verb, const char *const *ids, guint n,
                    OvQueueAnswer *answer, GError **error) {
    OvQueueRequest request = {verb, ids, n};
    if (!ov_queue_request_check(&request, error))
        return FALSE;
    return queue->commands
               ? ov_queue_commands_run(queue->commands, &request, answer, error)
               : ov_queue_agent_ask(queue->socket, &request, queue->wake, answer, error);
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
    g_auto(OvQueueAnswer) answer = {.output = NULL};
    if (!ask(queue, OV_QUEUE_LIST, NULL, 0, &answer, error))
        return NULL;
    if (answer.truncated) {
        g_set_error(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_COMMAND,
                    "the queue's listing is longer than %" G_GSIZE_FORMAT
                    " MiB; the queue is too full to be listed whole",
                    answer.length / (1024 * 1024));
        return NULL;
    }
    return ov_queue_parse(answer.output, answer.length, name);
}

char *ov_queue_read(OvQueue *queue, const char *queue_id, gboolean header, gsize limit,
                    gsize *length, GError **error) {
    g_auto(OvQueueAnswer) answer = {.output = NULL};
    if (!ov_queue_may_act(queue, "reading a message in the queue", error) ||
        !ask(queue, header ? OV_QUEUE_HEADER : OV_QUEUE_SHOW, &queue_id, 1, &answer, error))
        return NULL;
    *length = MIN(answer.length, limit);
    answer.output[*length] = '\0';
    return g_steal_pointer(&answer.output);
}

gboolean ov_queue_act(OvQueue *queue, OvQueueVerb verb, const char *queue_id, GError **error) {
    g_auto(OvQueueAnswer) answer = {.output = NULL};
    if (!ov_queue_may_act(queue, "acting on held mail", error) ||
        !ask(queue, verb, &queue_id, 1, &answer, error))
        return FALSE;
    if (answer.changed == 1)
        return TRUE;
    g_set_error(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_GONE, "%s is not in the hold queue any more",
                queue_id);
    return FALSE;
}

gboolean ov_queue_act_all(OvQueue *queue, OvQueueVerb verb, const char *const *queue_ids, guint n,
                          GError **error) {
    g_assert(verb == OV_QUEUE_RELEASE || verb == OV_QUEUE_HOLD);
    if (!ov_queue_may_act(queue, verb == OV_QUEUE_HOLD ? "holding mail" : "releasing held mail",
                          error))
        return FALSE;
    for (guint i = 0; i < n; i += OV_QUEUE_MAX_IDS) {
        g_auto(OvQueueAnswer) answer = {.output = NULL};
        if (!ask(queue, verb, queue_ids + i, MIN(n - i, OV_QUEUE_MAX_IDS), &answer, error))
            return FALSE;
    }
    return TRUE;
}
