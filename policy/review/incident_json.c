/* An incident as programs read it. */
#include "policy/message_id.h"
#include "policy/review/incident_view.h"
#include "policy/review/json.h"

static json_t *time_or_null(gint64 time) {
    return time > 0 ? ov_json_time(time) : json_null();
}

static json_t *number_or_null(gint64 number) {
    return number >= 0 ? json_integer(number) : json_null();
}

json_t *ov_incident_json(const OvIncident *incident) {
    gint64 until =
        incident->duration > 0 ? incident->since + incident->duration * G_USEC_PER_SEC : 0;
    json_t *object = json_object();
    json_object_set_new(object, "incident", json_integer(incident->id));
    json_object_set_new(object, "provider", ov_json_text(incident->hosting));
    json_object_set_new(object, "network", ov_json_text(incident->network));
    json_object_set_new(object, "address", ov_json_text(incident->address));
    json_object_set_new(object, "state", ov_json_text(incident->state));
    json_object_set_new(object, "phase", json_string(ov_incident_phase_name(incident->phase)));
    json_object_set_new(object, "since", time_or_null(incident->since));
    json_object_set_new(object, "until", time_or_null(until));
    json_object_set_new(object, "opened", time_or_null(incident->opened));
    json_object_set_new(object, "unblocked", time_or_null(incident->unblocked));
    json_object_set_new(object, "closed", time_or_null(incident->closed));
    json_object_set_new(object, "total", number_or_null(incident->total));
    json_object_set_new(object, "spams", number_or_null(incident->spams));
    json_object_set_new(object, "average", number_or_null(incident->average));
    json_object_set_new(object, "detections", json_integer(incident->detections));
    json_object_set_new(object, "explained", json_integer(incident->explained));
    return object;
}

static json_t *deeds_json(const OvCulpritDeeds *deeds) {
    return json_pack("{s:i, s:i, s:i, s:f, s:i, s:i, s:i}", "messages", (int)deeds->messages,
                     "recipients", (int)deeds->recipients, "held", (int)deeds->held, "score",
                     deeds->score, "bounced", (int)deeds->bounced, "deferred", (int)deeds->deferred,
                     "complaints", (int)deeds->complaints);
}

static json_t *suspension_json(const OvSuspect *suspect) {
    const OvSuspensionRow *row = suspect->suspension;
    if (!row || row->ended)
        return json_null();
    return json_pack("{s:o, s:o, s:o, s:o}", "since", ov_json_time(row->time), "until",
                     row->until == G_MAXINT64 ? json_null() : ov_json_time(row->until), "operator",
                     ov_json_text(row->operator_name), "reason", ov_json_text(row->reason));
}

static json_t *spam_json(const OvSuspect *suspect) {
    json_t *spam = json_array();
    for (guint i = 0; i < suspect->n_spam; i++) {
        const OvLedgerRecord *record = suspect->spam[i];
        json_t *hits = json_array();
        char id[OV_ID_TEXT_SIZE];
        ov_id_format(record->id, id);
        for (guint j = 0; j < record->n_hits; j++)
            json_array_append_new(hits, ov_json_text(record->hits[j].rule));
        json_array_append_new(
            spam, json_pack("{s:s, s:o, s:o, s:o, s:o, s:s, s:f, s:i, s:o}", "id", id, "time",
                            ov_json_time(record->time), "queue_id", ov_json_text(record->queue_id),
                            "message_id", ov_json_text(record->message_id), "subject",
                            ov_json_text(record->subject), "verdict", record->verdict, "score",
                            record->score, "recipients", (int)record->n_recipients, "hits", hits));
    }
    return spam;
}

static json_t *suspect_json(const OvSuspect *suspect) {
    gboolean known = *suspect->culprit->account != '\0';
    return json_pack("{s:o, s:I, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "account",
                     known ? ov_json_text(suspect->culprit->account) : json_null(), "detections",
                     (json_int_t)suspect->culprit->detections, "culprit", suspect->blamed, "source",
                     ov_json_text(suspect->source), "login", ov_json_text(suspect->login), "script",
                     ov_json_text(suspect->script), "before", deeds_json(&suspect->before), "after",
                     deeds_json(&suspect->after), "suspension", suspension_json(suspect),
                     "messages", spam_json(suspect));
}

json_t *ov_incident_view_json(const OvIncidentView *view) {
    json_t *object = ov_incident_json(view->incident);
    json_t *accounts = json_array(), *events = json_array(), *obstacles = json_array(),
           *others = json_array();
    for (guint i = 0; i < view->n_suspects; i++)
        json_array_append_new(accounts, suspect_json(&view->suspects[i]));
    for (guint i = 0; i < view->n_events; i++)
        json_array_append_new(events, json_pack("{s:o, s:o, s:o, s:o}", "time",
                                                ov_json_time(view->events[i].time), "event",
                                                ov_json_text(view->events[i].kind), "operator",
                                                ov_json_text(view->events[i].operator_name), "text",
                                                ov_json_text(view->events[i].text)));
    for (guint i = 0; i < view->n_obstacles; i++)
        json_array_append_new(obstacles,
                              json_pack("{s:s, s:o, s:o}", "kind",
                                        ov_obstacle_name(view->obstacles[i].kind), "text",
                                        ov_json_text(view->obstacles[i].text), "command",
                                        ov_json_text(view->obstacles[i].command)));
    for (guint i = 0; i < view->n_others; i++)
        json_array_append_new(others, ov_incident_json(&view->others[i]));
    json_object_set_new(object, "accounts", accounts);
    json_object_set_new(object, "events", events);
    json_object_set_new(object, "obstacles", obstacles);
    json_object_set_new(object, "others", others);
    return object;
}
