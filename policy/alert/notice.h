/* A notice: what is sent at once, one or more subjects with all that was gathered of each. Plain
 * values; all texts are valid UTF-8 without control characters. */
#pragma once

#include "policy/alert/alert.h"

enum { OV_NOTICE_MAX_SAMPLES = 5, OV_NOTICE_MAX_ENTRIES = 50, OV_NOTICE_ID_SIZE = 17 };

typedef struct {
    gint64 time; /* microseconds since the epoch, as all times here */
    char *reason;
    char *queue_id; /* or NULL */
} OvNoticeSample;

/* Alerts of one kind and subject. */
typedef struct {
    OvAlertKind kind;
    char *subject;
    guint64 count;
    gint64 first, last;
    OvNoticeSample samples[OV_NOTICE_MAX_SAMPLES]; /* the first ones that differ, and the last */
    guint n_samples;
    char *advice;   /* the last; or NULL */
    char **details; /* of the last: name, value, ...; or NULL */
} OvNoticeEntry;

typedef struct {
    gatomicrefcount references;
    char id[OV_NOTICE_ID_SIZE]; /* 16 hexadecimal digits, the same however often it is sent */
    gint64 time;
    GPtrArray *entries;        /* OvNoticeEntry *; gravest kind first, then oldest */
    guint64 more, more_alerts; /* subjects that are not among the entries, and their alerts */
    guint64 lost;              /* alerts that could not even be gathered */
} OvNotice;

OvNotice *ov_notice_new(gint64 time);
OvNotice *ov_notice_ref(OvNotice *notice);
void ov_notice_unref(OvNotice *notice);
/* Alerts in it, counted ones too. */
guint64 ov_notice_n_alerts(const OvNotice *notice);

OvNoticeEntry *ov_notice_entry_new(OvAlertKind kind, const char *subject);
void ov_notice_entry_add(OvNoticeEntry *entry, const OvAlert *alert, gint64 time);
void ov_notice_entry_free(OvNoticeEntry *entry);

/* text as it may stand in a notice: valid UTF-8, of at most limit octets, white space, control,
 * and format characters as spaces. The caller frees it; NULL for NULL. */
char *ov_notice_clean(const char *text, gsize limit);

/* One line: "Account suspended: shop", "12 alerts: account suspended (3), first held message (9)".
 * The caller frees it. */
char *ov_notice_title(const OvNotice *notice);
/* All of it for people. The caller frees it. */
char *ov_notice_text(const OvNotice *notice, const char *node);
/* All of it for programs. */
json_t *ov_notice_json(const OvNotice *notice, const char *node);
/* The same as text on one line. The caller frees it. */
char *ov_notice_json_text(const OvNotice *notice, const char *node);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvNotice, ov_notice_unref)
