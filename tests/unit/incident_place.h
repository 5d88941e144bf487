/* What the tests of the ledger's incidents share: a place for a ledger, an example of a block, and
 * detections. One test program includes it once. */
#pragma once

#include "tests/unit/ledger_place.h"

#include "policy/ledger/incident.h"

static const gint64 DAY = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;
static const gint64 SECOND = G_USEC_PER_SEC;
static const gint64 NOW = G_GINT64_CONSTANT(1795435200) * G_USEC_PER_SEC; /* 2026-11-23 12:00 UTC */

static inline OvIncident block_of(const char *address, gint64 since) {
    return (OvIncident){
        .hosting = "ovh",
        .network = "192.0.2.0/28",
        .address = address,
        .since = since,
        .duration = 3600,
        .state = "blocked",
        .opened = NOW,
        .wake = NOW + SECOND,
        .total = 1000,
        .spams = -1,
        .average = 412,
    };
}

static inline gint64 open_block(OvLedger *ledger, const char *address, gint64 since,
                                gboolean *opened) {
    OvIncident incident = block_of(address, since);
    gint64 id = 0;
    g_autoptr(GError) error = NULL;
    if (!ov_ledger_open_incident(ledger, &incident, &id, opened, &error))
        fail_msg("%s", error->message);
    return id;
}

static inline const OvIncident *read_incident(OvLedger *ledger, const Place *place, gint64 id) {
    g_autoptr(GError) error = NULL;
    const OvIncident *incident = ov_ledger_incident(ledger, id, place->arena, &error);
    assert_null(error);
    return incident;
}

static inline OvDetection detection(const char *message_id, const char *destination, gint64 time,
                                    gint64 score) {
    return (OvDetection){.message_id = message_id,
                         .destination = destination,
                         .time = time,
                         .score = score,
                         .origin = "api"};
}

static inline guint add_detections(OvLedger *ledger, gint64 incident, const OvDetection *detections,
                                   guint n) {
    guint n_new = 12345;
    g_autoptr(GError) error = NULL;
    if (!ov_ledger_add_detections(ledger, incident, detections, n, &n_new, &error))
        fail_msg("%s", error->message);
    return n_new;
}

static inline OvDetection *detections_of(OvLedger *ledger, const Place *place, gint64 incident,
                                         OvDetectionFinding finding, guint *n) {
    OvDetection *found =
        ov_ledger_detections(ledger, incident, finding, 0, 100000, place->arena, n, NULL);
    assert_non_null(found);
    return found;
}

static inline const char *mark_of(OvLedger *ledger, const Place *place, const char *name) {
    const char *value = "unset";
    assert_true(ov_ledger_mark(ledger, name, place->arena, &value, NULL));
    return value;
}

static inline char *repeat(const char *text, guint times) {
    GString *all = g_string_new(NULL);
    for (guint i = 0; i < times; i++)
        g_string_append(all, text);
    return g_string_free(all, FALSE);
}
