/* Where log lines come from, and how far they were read. Variants: a file that is rotated
 * (source_file.c) and the journal (source_journal.c). Used by one thread. */
#pragma once

#include "policy/delivery/intake.h"

#define OV_SOURCE_ERROR (ov_source_error_quark())
GQuark ov_source_error_quark(void);
typedef enum {
    OV_SOURCE_ERROR_MISSING, /* not there yet: no trouble while an MTA has not written */
    OV_SOURCE_ERROR_DENIED,  /* no right to read it */
    OV_SOURCE_ERROR_READ,
} OvSourceError;

typedef struct OvLogSource OvLogSource;

/* The file under path, whatever stands there in the course of time. position: from an earlier
 * source, or NULL to begin at the start of the file. What was rotated away meanwhile is read, too,
 * where it is not compressed. It is opened by the first read. */
OvLogSource *ov_source_file_new(const char *path, const char *position);
/* The system journal's entries of the mail facility. Without a position those of the last 24 hours.
 */
OvLogSource *ov_source_journal_new(const char *position);
void ov_source_free(OvLogSource *source);

/* Hands over at most some 1,000 lines or entries that are there. *more: there are more already.
 * FALSE with error; it may be called again. */
gboolean ov_source_read(OvLogSource *source, OvIntake *intake, gboolean *more, GError **error);

/* Behind the last whole line handed over; NULL where nothing was read yet. The caller frees it. */
char *ov_source_position(const OvLogSource *source);

/* Readable when there may be more to read; -1 where there is no such descriptor. */
int ov_source_descriptor(const OvLogSource *source);
/* Takes what made it readable. */
void ov_source_woken(OvLogSource *source);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvLogSource, ov_source_free)
