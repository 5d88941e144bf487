/* From the provider's alert, or a list of Message-IDs, to an incident (guide G1, G3): for whom the
 * provider's API is not set up, or while its answer is awaited. */
#pragma once

#include "policy/delivery/log_search.h"
#include "policy/ledger/suspension.h"
#include "policy/provider/alert_mail.h"
#include "policy/settings.h"

typedef struct {
    const char *address;       /* the blocked one */
    const char *operator_name; /* who imports */
    const char *source;        /* what is imported, for the timeline: "alert.eml" */
    const char *const *logs;   /* old logs in which to look for what the ledger does not know */
    guint n_logs;
    gint64 now; /* microseconds since the epoch */
} OvIncidentImportWish;

typedef struct {
    gint64 incident;
    gboolean opened; /* FALSE: that address has an incident that is open */
    guint n_new;     /* detections of the alert that were not known */
    guint64 findings[OV_N_DETECTION_FINDINGS]; /* of all of the incident's detections */
    const OvCulprit *culprits;
    guint n_culprits;
    const char *account;               /* the known one that sent most of it; NULL for none */
    const OvSuspensionRow *suspension; /* of it, in force; NULL for none */
    const OvLogSearch *search;         /* the last one; NULL: nothing was looked for in logs */
} OvIncidentImport;

/* Opens an incident of hosting "import" or joins the open one of the address, adds the alert's
 * detections, looks in the ledger for all that are not explained yet, then in the logs: those found
 * there are OV_DETECTION_LOGS with account and text. Importing the same again changes nothing. The
 * ledger may be a reader where the process may write the file. Everything in the arena. */
gboolean ov_incident_import(OvLedger *ledger, const OvSettings *settings, const OvAlertMail *alert,
                            const OvIncidentImportWish *wish, OvArena *arena,
                            OvIncidentImport *result, GError **error);
