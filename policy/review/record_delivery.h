/* What became of a message after the MTA took it, as the command shows it. */
#pragma once

#include "policy/ledger/complaint.h"
#include "policy/ledger/delivery.h"
#include "policy/review/json.h"

typedef struct {
    OvDelivered *delivered;
    OvQueueEvent *events;
    OvComplaint *complaints;
    guint n_delivered, n_events, n_complaints;
} OvFate;

/* FALSE with error. */
gboolean ov_fate_read(OvLedger *ledger, gint64 message, OvArena *arena, OvFate *fate,
                      GError **error);

/* What happened in the queue, a line or two for each recipient, and who complained. */
void ov_fate_append(GString *out, const OvFate *fate, gboolean colour);
/* Adds "deliveries", "queue_events" and "complaints". */
void ov_fate_put_json(json_t *object, const OvFate *fate);
