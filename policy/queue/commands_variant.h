/* What an MTA's variant of commands.h offers: called with requests that were checked, and never for
 * OV_QUEUE_HELLO. */
#pragma once

#include "policy/queue/commands.h"

enum {
    OV_QUEUE_MAX_LISTING = 256 * 1024 * 1024, /* some 100,000 messages with their delays' reasons */
    OV_QUEUE_MAX_MESSAGE = 16 * 1024 * 1024,
    OV_QUEUE_MAX_HEADER = 1024 * 1024,
    OV_QUEUE_SECONDS = 60, /* that one request may take */
};

typedef struct {
    gpointer (*find)(const OvSettings *settings, GError **error);
    void (*free)(gpointer self);
    gboolean (*run)(gconstpointer self, const OvQueueRequest *request, OvQueueAnswer *answer,
                    GError **error);
} OvQueueCommandsVariant;

extern const OvQueueCommandsVariant ov_queue_commands_postfix;
extern const OvQueueCommandsVariant ov_queue_commands_sendmail;
