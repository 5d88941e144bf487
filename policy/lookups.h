/* Questions to maps that may be slow, asked by a few threads of their own, with answers kept for a
 * minute, and trouble for 5 seconds. Who asks waits no longer than he says; a late answer serves
 * the next one. What the maps are, and what is asked of them, is told by who makes it: whose an
 * address is (policy/ownership.h), which plan an account has (policy/limits/plan_maps.h).
 * Thread-safe. */
#pragma once

#include "rules/slice.h"

enum {
    OV_LOOKUPS_THREADS = 4,
    OV_LOOKUPS_MAX_ANSWERS = 5000, /* kept; the oldest makes room for a new one */
    OV_LOOKUPS_MAX_WAITING = 500,  /* questions that no thread has taken up; further ones fail */
};

typedef struct {
    const char *name; /* of the threads */
    /* The answer for a subject and an object, until deadline (monotonic microseconds); where error
     * is set it means nothing. *all: every map was asked. Called by several threads. */
    int (*look_up)(gpointer maps, const char *subject, const char *object, gint64 deadline,
                   gboolean *all, GError **error);
    /* Reads files anew that changed; TRUE when one did, and error as long as one is faulty. Called
     * by one thread at a time, every 2 seconds; NULL where there are no files. */
    gboolean (*refresh)(gpointer maps, GError **error);
} OvLookupsMeans;

/* Called by one of the threads when a map has trouble, or other trouble than before, and with NULL
 * when that is over. */
typedef void (*OvLookupsChange)(const char *trouble, gpointer data);

typedef struct OvLookups OvLookups;

/* Borrows maps. change may be NULL. */
OvLookups *ov_lookups_new(const OvLookupsMeans *means, gpointer maps, OvLookupsChange change,
                          gpointer data);
/* Ends the threads; waits for look-ups under way, at most 5 s. */
void ov_lookups_free(OvLookups *lookups);

/* Begins to look up what is to be asked later. object has no NUL. */
void ov_lookups_ask(OvLookups *lookups, const char *subject, OvSlice object);
/* FALSE where it is not known by deadline (monotonic microseconds). */
gboolean ov_lookups_answer(OvLookups *lookups, const char *subject, OvSlice object, gint64 deadline,
                           int *answer);

typedef struct {
    guint64 asked, found_in_cache; /* questions */
    guint64 failed;                /* look-ups that a map did not answer */
    guint under_way, cached;       /* now */
    char *trouble;                 /* what is wrong with a map now; NULL for nothing */
    gint64 since; /* of that, or of its end, microseconds since the epoch; 0: never */
} OvLookupsStatus;

/* ov_lookups_status_clear frees what it fills. */
void ov_lookups_status(OvLookups *lookups, OvLookupsStatus *status);
void ov_lookups_status_clear(OvLookupsStatus *status);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OvLookupsStatus, ov_lookups_status_clear)
