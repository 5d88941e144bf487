#include <string.h>

#include "policy/queue/commands_variant.h"

struct OvQueueCommands {
    const OvQueueCommandsVariant *variant;
    gpointer self;
};

static OvQueueCommands *find(const OvQueueCommandsVariant *variant, const OvSettings *settings,
                             GError **error) {
    gpointer self = variant->find(settings, error);
    if (!self)
        return NULL;
    OvQueueCommands *commands = g_new(OvQueueCommands, 1);
    *commands = (OvQueueCommands){variant, self};
    return commands;
}

OvQueueCommands *ov_queue_commands_find(const OvSettings *settings, GError **error) {
    if (strcmp(settings->mta, "sendmail") == 0)
        return find(&ov_queue_commands_sendmail, settings, error);
    if (strcmp(settings->mta, "postfix") == 0)
        return find(&ov_queue_commands_postfix, settings, error);
    g_autoptr(GError) postfix = NULL, sendmail = NULL;
    OvQueueCommands *commands = find(&ov_queue_commands_postfix, settings, &postfix);
    if (!commands)
        commands = find(&ov_queue_commands_sendmail, settings, &sendmail);
    if (!commands)
        g_set_error(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_MTA, "%s; %s", postfix->message,
                    sendmail->message);
    return commands;
}

void ov_queue_commands_free(OvQueueCommands *commands) {
    commands->variant->free(commands->self);
    g_free(commands);
}

gboolean ov_queue_commands_run(const OvQueueCommands *commands, const OvQueueRequest *request,
                               OvQueueAnswer *answer, GError **error) {
    if (!ov_queue_request_check(request, error))
        return FALSE;
    if (request->verb == OV_QUEUE_HELLO) {
        *answer = (OvQueueAnswer){.output = g_strdup(""), .said = g_strdup("")};
        return TRUE;
    }
    g_autoptr(GError) inner = NULL;
    if (commands->variant->run(commands->self, request, answer, &inner))
        return TRUE;
    if (inner->domain == OV_QUEUE_ERROR)
        g_propagate_error(error, g_steal_pointer(&inner));
    else
        g_set_error_literal(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_COMMAND, inner->message);
    return FALSE;
}
