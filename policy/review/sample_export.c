#include "policy/review/sample_export.h"

#include "policy/message_id.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CANDIDATES = 16 };

/* The provider's clock and ours. */
static const gint64 CLOCK_SLACK = G_GINT64_CONSTANT(600) * G_USEC_PER_SEC;

static gboolean fail(GError **error, const OvExport *export, const char *name, int reason) {
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(reason), "%s%s%s: %s",
                export->path, *name ? "/" : "", name, g_strerror(reason));
    return FALSE;
}

static gboolean is_empty(int directory, int *reason) {
    int again = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = again < 0 ? NULL : fdopendir(again);
    *reason = dir ? ENOTEMPTY : errno;
    if (!dir) {
        if (again >= 0)
            close(again);
        return FALSE;
    }
    gboolean empty = TRUE;
    for (struct dirent *entry; empty && (entry = readdir(dir));)
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    closedir(dir);
    return empty;
}

gboolean ov_export_begin(OvExport *export, GError **error) {
    int reason;
    export->messages = g_ptr_array_new();
    export->by_id = g_hash_table_new(g_int64_hash, g_int64_equal);
    if (mkdir(export->path, 0700) != 0 && errno != EEXIST)
        return fail(error, export, "", errno);
    export->directory = open(export->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (export->directory < 0)
        return fail(error, export, "", errno);
    return is_empty(export->directory, &reason) || fail(error, export, "", reason);
}

void ov_export_clear(OvExport *export) {
    if (export->directory >= 0)
        close(export->directory);
    if (export->messages)
        g_ptr_array_unref(export->messages);
    if (export->by_id)
        g_hash_table_unref(export->by_id);
}

/* FALSE with errno. */
static gboolean write_all(int file, const char *data, gsize length) {
    while (length > 0) {
        gssize n = write(file, data, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return FALSE;
        data += n;
        length -= (gsize)n;
    }
    return TRUE;
}

/* A new file in the directory, wherever that has gone meanwhile. */
static gboolean write_file(const OvExport *export, const char *name, const char *data, gsize length,
                           GError **error) {
    int file =
        openat(export->directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0)
        return fail(error, export, name, errno);
    gboolean done = write_all(file, data, length);
    int reason = errno;
    if (close(file) != 0 && done)
        return fail(error, export, name, errno);
    return done || fail(error, export, name, reason);
}

/* --- Which message it is --- */

static const char *why_unknown(const OvDetection *detection, OvArena *arena) {
    const char *text = detection->text ? detection->text : "";
    switch (detection->finding) {
    case OV_DETECTION_MARKED:
        return ov_arena_printf(arena, "it is marked by %s: %s",
                               detection->operator_name ? detection->operator_name : "somebody",
                               text);
    case OV_DETECTION_LOGS:
        return ov_arena_printf(arena, "it stands in old logs of the MTA alone: %s", text);
    default:
        return *detection->message_id
                   ? "the ledger knows no message of this Message-ID: it is not ours, did not pass "
                     "Outvet, or is older than [ledger] retention"
                   : "the provider told no Message-ID of it, and nothing else says which it is";
    }
}

static gboolean was_taken(const OvLedgerRecord *record) {
    return g_strcmp0(record->verdict, "reject") != 0 && g_strcmp0(record->verdict, "defer") != 0;
}

/* Of those with its Message-ID the newest that left before it was detected. FALSE with error. */
static gboolean find_by_message_id(OvExport *export, OvExported *exported, GError **error) {
    const OvDetection *detection = exported->detection;
    gint64 end = detection->time > 0 ? detection->time + CLOCK_SLACK : G_MAXINT64;
    guint n = 0;
    if (!*detection->message_id)
        return TRUE;
    OvLedgerRecord **records =
        ov_ledger_find(export->ledger, OV_LEDGER_BY_MESSAGE_ID, detection->message_id, CANDIDATES,
                       export->arena, &n, error);
    for (guint i = 0; records && i < n && !exported->record; i++)
        if (was_taken(records[i]) && records[i]->time <= end)
            exported->record = records[i];
    return records != NULL;
}

/* By what correlation found, else by its Message-ID. FALSE with error. */
static gboolean identify(OvExport *export, OvExported *exported, GError **error) {
    const OvDetection *detection = exported->detection;
    char id[OV_ID_TEXT_SIZE];
    guint n = 0;
    exported->message = detection->message;
    if (detection->message == 0) {
        if (!find_by_message_id(export, exported, error))
            return FALSE;
        exported->message = exported->record ? exported->record->id : 0;
        return TRUE;
    }
    ov_id_format(detection->message, id);
    OvLedgerRecord **records =
        ov_ledger_find(export->ledger, OV_LEDGER_BY_ID, id, 1, export->arena, &n, error);
    if (records && n > 0)
        exported->record = records[0];
    return records != NULL;
}

/* --- Its files --- */

static gboolean write_report(OvExport *export, OvExported *exported, const OvFoundSample *found,
                             GError **error) {
    g_autoptr(OvArena) arena = ov_arena_new();
    OvStored stored = {
        .name = ov_arena_printf(arena, "%s.eml", exported->name),
        .data = found->data,
        .length = MIN(found->length, export->checker->settings->scan_limit),
        .size = found->size,
    };
    OvEnvelope envelope;
    OvCheckReport report;
    ov_sample_envelope(&envelope, exported->record, (OvSlice){stored.data, stored.length}, arena);
    envelope.ownership = envelope.login ? export->ownership : NULL;
    ov_checker_judge(export->checker, &stored, &envelope, arena, &report);
    exported->score = ov_judgement_score(report.judgement);
    exported->verdict = report.verdict.computed;
    g_autoptr(GString) text = g_string_new(NULL), json = g_string_new(NULL);
    ov_check_report_text(text, &report, FALSE);
    ov_check_report_json(json, &report);
    ov_checker_done(&envelope, &report);
    return write_file(export, ov_arena_printf(arena, "%s.txt", exported->name), text->str,
                      text->len, error) &&
           write_file(export, ov_arena_printf(arena, "%s.json", exported->name), json->str,
                      json->len, error);
}

static gboolean write_message(OvExport *export, OvExported *exported, GError **error) {
    g_auto(OvFoundSample) found = {.source = NULL};
    if (!ov_sample_find(export->finder, exported->message, exported->record, export->arena, &found,
                        &exported->why))
        return TRUE;
    char *name = ov_arena_alloc(export->arena, OV_ID_TEXT_SIZE);
    ov_id_format(exported->message, name);
    exported->name = name;
    exported->source = found.source;
    exported->size = found.size;
    exported->kept = found.length;
    export->found++;
    return write_file(export, ov_arena_printf(export->arena, "%s.eml", name), found.data,
                      found.length, error) &&
           write_report(export, exported, &found, error);
}

gboolean ov_export_add(OvExport *export, const OvDetection *detection, GError **error) {
    OvExported *exported = OV_ARENA_NEW(export->arena, OvExported, 1);
    exported->detection = detection;
    if (!identify(export, exported, error))
        return FALSE;
    g_ptr_array_add(export->messages, exported);
    if (exported->message == 0) {
        exported->why = why_unknown(detection, export->arena);
        return TRUE;
    }
    /* One message may have been detected for several recipients. */
    const OvExported *before = g_hash_table_lookup(export->by_id, &exported->message);
    if (before) {
        *exported = *before;
        exported->detection = detection;
        return TRUE;
    }
    g_hash_table_insert(export->by_id, &exported->message, exported);
    return write_message(export, exported, error);
}

gboolean ov_export_end(OvExport *export, GError **error) {
    g_autoptr(GString) text = g_string_new(NULL);
    ov_export_text(text, export);
    return write_file(export, "incident.txt", text->str, text->len, error);
}
