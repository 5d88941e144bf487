/* Reads any octets as requests to outvet-queue, and as its answers. What is taken has ids that may
 * reach a command and nothing else, as many as its verb takes; and it is read the same again. */
#include "policy/queue/request.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void check(const OvQueueRequest *request, OvArena *arena) {
    g_assert(request->verb < OV_N_QUEUE_VERBS && request->n <= OV_QUEUE_MAX_IDS);
    for (guint i = 0; i < request->n; i++) {
        const char *id = request->ids[i];
        g_assert(ov_queue_id_valid(id) && id[0] != '-' && strcmp(id, "ALL") != 0);
        for (; *id; id++)
            g_assert(g_ascii_isalnum(*id));
    }
    g_autofree char *line = ov_queue_request_format(request);
    OvQueueRequest again;
    g_assert(ov_queue_request_parse(&again, line, strlen(line), arena, NULL));
    g_assert(again.verb == request->verb && again.n == request->n);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
    g_autoptr(OvArena) arena = ov_arena_new();
    const char *text = (const char *)data;
    OvQueueRequest request;
    if (ov_queue_request_parse(&request, text, size, arena, NULL))
        check(&request, arena);
    g_auto(OvQueueAnswer) answer = {.output = NULL};
    if (ov_queue_answer_parse(&answer, text, size, NULL))
        g_assert(answer.length < size && answer.output[answer.length] == '\0');
    return 0;
}
