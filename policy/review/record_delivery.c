#include "policy/review/record_delivery.h"

#include "policy/delivery/outcome.h"
#include "policy/review/output.h"

enum { SHOWN = 50 /* recipients */ };

gboolean ov_fate_read(OvLedger *ledger, gint64 message, OvArena *arena, OvFate *fate,
                      GError **error) {
    fate->delivered = ov_ledger_delivered(ledger, message, arena, &fate->n_delivered, error);
    fate->events = fate->delivered
                       ? ov_ledger_queue_events(ledger, message, arena, &fate->n_events, error)
                       : NULL;
    fate->complaints = fate->events ? ov_ledger_complaints_about(ledger, message, arena,
                                                                 &fate->n_complaints, error)
                                    : NULL;
    return fate->complaints != NULL;
}

static OvPaint paint_of(OvOutcome outcome) {
    return outcome == OV_OUTCOME_DELIVERED  ? OV_PAINT_GOOD
           : outcome == OV_OUTCOME_DEFERRED ? OV_PAINT_WARN
                                            : OV_PAINT_BAD;
}

/* The reason's class in words; NULL where there is none. */
static const char *reason_text(const char *name) {
    OvReason reason;
    return name && ov_reason_from_name(name, &reason) ? ov_reason_text(reason) : NULL;
}

static void append_way(GString *out, const OvDelivered *one) {
    if (one->attempts > 1) {
        g_autofree char *first = ov_time_for_people(one->first);
        g_string_append_printf(out, ", %" G_GINT64_FORMAT " tries since %s", one->attempts, first);
    }
    if (one->transport) {
        g_string_append(out, ", by ");
        ov_safe_append(out, one->transport, -1, FALSE);
    }
    if (one->relay) {
        g_string_append(out, " to ");
        ov_safe_append(out, one->relay, -1, FALSE);
    }
    if (one->queue_id) {
        g_string_append(out, ", queue id ");
        ov_safe_append(out, one->queue_id, -1, FALSE);
    }
}

static void append_delivered(GString *out, const OvDelivered *one, gboolean colour) {
    g_autofree char *last = ov_time_for_people(one->last);
    const char *reason = reason_text(one->reason);
    g_string_append_printf(out, "  %s  ", last);
    ov_paint(out, colour, paint_of(one->outcome), ov_outcome_name(one->outcome));
    g_string_append(out, ": ");
    ov_safe_append(out, one->address ? one->address : "somebody at ", -1, FALSE);
    if (!one->address)
        ov_safe_append(out, *one->domain ? one->domain : "this machine", -1, FALSE);
    append_way(out, one);
    g_string_append_c(out, '\n');
    if (reason)
        g_string_append_printf(out, "      Why: %s (%s).\n", reason,
                               one->enhanced ? one->enhanced : "no code");
    if (one->text) {
        g_string_append(out, "      ");
        ov_safe_append(out, one->text, -1, FALSE);
        g_string_append_c(out, '\n');
    }
}

static void append_event(GString *out, const OvQueueEvent *event) {
    g_autofree char *time = ov_time_for_people(event->time);
    g_string_append_printf(out, "  %s  %s", time,
                           g_str_equal(event->event, "notified") ? "sender notified, queue id"
                                                                 : event->event);
    if (event->text) {
        g_string_append(out, g_str_equal(event->event, "notified") ? " " : ": ");
        ov_safe_append(out, event->text, -1, FALSE);
    }
    g_string_append_c(out, '\n');
}

static void append_complaint(GString *out, const OvComplaint *complaint, gboolean colour) {
    g_autofree char *time = ov_time_for_people(complaint->time);
    g_string_append_printf(out, "  %s  ", time);
    ov_paint(out, colour, OV_PAINT_BAD, "complaint");
    g_string_append_printf(out, ": %s by ", complaint->type);
    ov_safe_append(out, *complaint->reporter ? complaint->reporter : "?", -1, FALSE);
    g_string_append(out, complaint->suppressed ? "; its recipient is suppressed\n" : "\n");
}

void ov_fate_append(GString *out, const OvFate *fate, gboolean colour) {
    guint shown = MIN(fate->n_delivered, SHOWN);
    for (guint i = 0; i < fate->n_events; i++)
        append_event(out, &fate->events[i]);
    for (guint i = 0; i < shown; i++)
        append_delivered(out, &fate->delivered[i], colour);
    if (shown < fate->n_delivered)
        g_string_append_printf(out, "  and %u more recipients; --json tells all\n",
                               fate->n_delivered - shown);
    for (guint i = 0; i < MIN(fate->n_complaints, SHOWN); i++)
        append_complaint(out, &fate->complaints[i], colour);
}

static json_t *delivered_json(const OvDelivered *one) {
    OvReason reason = OV_REASON_NONE;
    json_t *object = json_object();
    if (one->reason)
        ov_reason_from_name(one->reason, &reason);
    json_object_set_new(object, "domain", ov_json_text(one->domain));
    ov_json_put_text(object, "recipient", one->address);
    ov_json_put_text(object, "queue_id", one->queue_id);
    json_object_set_new(object, "outcome", json_string(ov_outcome_name(one->outcome)));
    json_object_set_new(object, "attempts", json_integer(one->attempts));
    json_object_set_new(object, "first", ov_json_time(one->first));
    json_object_set_new(object, "last", ov_json_time(one->last));
    json_object_set_new(object, "code", one->code ? json_integer(one->code) : json_null());
    json_object_set_new(object, "enhanced", ov_json_text(one->enhanced));
    json_object_set_new(object, "reason", ov_json_text(one->reason));
    json_object_set_new(object, "blocked", json_boolean(ov_reason_is_block(reason)));
    json_object_set_new(object, "transport", ov_json_text(one->transport));
    json_object_set_new(object, "relay", ov_json_text(one->relay));
    json_object_set_new(object, "answer", ov_json_text(one->text));
    return object;
}

static json_t *complaint_json(const OvComplaint *complaint) {
    return json_pack("{s:I, s:o, s:o, s:o, s:b}", "id", (json_int_t)complaint->id, "time",
                     ov_json_time(complaint->time), "type", ov_json_text(complaint->type),
                     "reporter", ov_json_text(complaint->reporter), "suppressed",
                     complaint->suppressed != 0);
}

void ov_fate_put_json(json_t *object, const OvFate *fate) {
    json_t *deliveries = json_array(), *events = json_array(), *complaints = json_array();
    for (guint i = 0; i < fate->n_complaints; i++)
        json_array_append_new(complaints, complaint_json(&fate->complaints[i]));
    for (guint i = 0; i < fate->n_delivered; i++)
        json_array_append_new(deliveries, delivered_json(&fate->delivered[i]));
    for (guint i = 0; i < fate->n_events; i++) {
        json_t *event = json_object();
        json_object_set_new(event, "time", ov_json_time(fate->events[i].time));
        json_object_set_new(event, "event", ov_json_text(fate->events[i].event));
        ov_json_put_text(event, "text", fate->events[i].text);
        json_array_append_new(events, event);
    }
    json_object_set_new(object, "deliveries", deliveries);
    json_object_set_new(object, "queue_events", events);
    json_object_set_new(object, "complaints", complaints);
}
