/* Who owns which address: the maps of [accounts] sender_login_maps, asked by a few threads of their
 * own, with answers kept for a minute. What asks waits no longer than it says; a late answer serves
 * the next message. Thread-safe. */
#pragma once

#include "policy/settings.h"
#include "rules/ownership.h"

typedef struct OvOwners OvOwners;

enum {
    OV_OWNERS_THREADS = 4,
    OV_OWNERS_MAX_ANSWERS = 5000, /* kept; the oldest makes room for a new one */
    OV_OWNERS_MAX_WAITING = 500,  /* questions that no thread has taken up; further ones fail */
};

typedef struct {
    guint64 asked, found_in_cache; /* questions */
    guint64 failed;                /* look-ups that a map did not answer */
    guint under_way, cached;       /* now */
    char *trouble;                 /* what is wrong with a map now; NULL for nothing */
    gint64 since; /* of that, or of its end, microseconds since the epoch; 0: never */
} OvOwnersStatus;

/* Called by one of its threads when a map has trouble, or other trouble than before, and with NULL
 * when that is over. */
typedef void (*OvOwnersChange)(const char *trouble, gpointer data);

/* *owners is NULL where no map is set. FALSE with a sentence where a file of a map is faulty. Takes
 * a reference to the settings. */
gboolean ov_owners_new(OvSettings *settings, OvOwnersChange change, gpointer data,
                       OvOwners **owners, GError **error);
OvOwners *ov_owners_ref(OvOwners *owners);
/* The last one ends the threads; it waits for look-ups under way, at most 5 s. */
void ov_owners_unref(OvOwners *owners);

/* What judges and the policy service ask; lives as long as owners. An address that no map lists is
 * owned or not as [accounts] unlisted_addresses says. */
const OvOwnership *ov_owners_ownership(OvOwners *owners);

/* ov_owners_status_clear frees what it fills. */
void ov_owners_status(OvOwners *owners, OvOwnersStatus *status);
void ov_owners_status_clear(OvOwnersStatus *status);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvOwners, ov_owners_unref)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OvOwnersStatus, ov_owners_status_clear)
