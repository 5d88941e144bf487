#include "policy/ledger/incident.h"

static const char *const PHASES[OV_N_INCIDENT_PHASES] = {
    [OV_INCIDENT_OPEN] = "open",       [OV_INCIDENT_ASKED] = "asked",
    [OV_INCIDENT_SENDING] = "sending", [OV_INCIDENT_UNBLOCKING] = "unblocking",
    [OV_INCIDENT_EASING] = "easing",   [OV_INCIDENT_CLOSED] = "closed",
};

const char *ov_incident_phase_name(OvIncidentPhase phase) {
    return PHASES[phase];
}

gboolean ov_incident_phase_parse(const char *name, OvIncidentPhase *phase) {
    for (guint i = 0; i < OV_N_INCIDENT_PHASES; i++)
        if (g_strcmp0(name, PHASES[i]) == 0) {
            *phase = (OvIncidentPhase)i;
            return TRUE;
        }
    return FALSE;
}

const char *ov_detection_finding_name(OvDetectionFinding finding) {
    static const char *const NAMES[OV_N_DETECTION_FINDINGS] = {
        [OV_DETECTION_NEW] = "new",         [OV_DETECTION_FOUND] = "found",
        [OV_DETECTION_SEVERAL] = "several", [OV_DETECTION_UNKNOWN] = "unknown",
        [OV_DETECTION_LOGS] = "logs",       [OV_DETECTION_MARKED] = "marked",
    };
    return NAMES[finding];
}
