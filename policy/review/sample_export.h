/* A directory for a ticket at the provider's support (guide G4): the messages of an incident that
 * the provider named, as .eml, what Outvet says of each, and incident.txt, which tells what is
 * what. */
#pragma once

#include "policy/ledger/incident.h"
#include "policy/review/sample_check.h"

#include <jansson.h>

/* One message that the provider named. Texts live in the export's arena. */
typedef struct {
    const OvDetection *detection;
    const OvLedgerRecord *record; /* NULL: the ledger does not have it (any more) */
    gint64 message;               /* 0: not known which it is */
    const char *why;              /* why it is not there; NULL where it is */
    /* Where it is: */
    const char *name;   /* of its files, without .eml, .txt, .json */
    const char *source; /* "queue", "store" */
    guint64 size, kept; /* octets of the whole message, and of the .eml */
    double score;       /* by today's rules */
    OvVerdictKind verdict;
} OvExported;

typedef struct {
    const OvIncident *incident;
    const char *operator_name;
    gint64 now;
    const char *path; /* the directory */
    int directory;    /* -1 before it is made */
    OvLedger *ledger;
    OvSampleFinder *finder;
    const OvChecker *checker;
    const OvOwnership *ownership; /* NULL: not known */
    OvArena *arena;
    GPtrArray *messages; /* OvExported *, in the order of the detections */
    GHashTable *by_id;   /* of a message that was looked for (gint64 *) to the first OvExported */
    guint found;         /* messages that are there, each once */
} OvExport;

/* Makes the directory (0700), or takes one that is empty. FALSE with error (G_FILE_ERROR). */
gboolean ov_export_begin(OvExport *export, GError **error);
/* Looks one message up and writes its three files. detection must live as long as the export. FALSE
 * with error where ledger or directory fail; that it can't be found is none. */
gboolean ov_export_add(OvExport *export, const OvDetection *detection, GError **error);
/* Writes incident.txt. */
gboolean ov_export_end(OvExport *export, GError **error);
void ov_export_clear(OvExport *export);

/* incident.txt. */
void ov_export_text(GString *out, const OvExport *export);
json_t *ov_export_json(const OvExport *export);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OvExport, ov_export_clear)
