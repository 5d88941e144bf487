/* Calls of OVH's API: authorised by either kind of credentials, at the pace that the provider asks
 * for, with a second try where one is safe and of use. */
#pragma once

#include "policy/provider/ovh_credentials.h"
#include "policy/provider/ovh_trouble.h"
#include "policy/provider/stop.h"

#include <jansson.h>

typedef struct OvOvh OvOvh;

typedef enum {
    OV_OVH_AUTHORISED,
    OV_OVH_OPEN, /* with the application key at most: to log in, and for the time */
} OvOvhAccess;

typedef struct {
    const char *path; /* after the endpoint's base, as it is to be sent: "/ip/192.0.2.0%2F28" */
    const char *body; /* for POST: JSON, or "" for none; NULL makes it a GET */
    OvOvhAccess access;
} OvOvhCall;

/* Takes the credentials. stop must live as long. time_limit: of one call with its repetitions,
 * microseconds; waiting for the pace does not count. */
OvOvh *ov_ovh_new(OvOvhCredentials *credentials, guint calls_a_minute, gint64 time_limit,
                  OvStop *stop);
void ov_ovh_free(OvOvh *ovh);
const OvOvhCredentials *ov_ovh_credentials(const OvOvh *ovh);

/* The answer's JSON, a new reference; null for an empty one, and for one to a POST that can't be
 * read: it was taken all the same. NULL with OV_HOSTING_ERROR. *trouble
 * says what was answered where something was. A GET is sent up to three times. A POST is sent
 * again only where the provider said that it did not take it: its clock or the token was stale; it
 * gives UNSURE where it was sent and no answer came, or trouble on the provider's side. */
json_t *ov_ovh_call(OvOvh *ovh, const OvOvhCall *call, OvOvhTrouble *trouble, GError **error);

/* After BUSY: how long to wait, microseconds; 0 where it was not told. */
gint64 ov_ovh_wait(const OvOvh *ovh);
/* The consumer key that is used from now on: of a login that waits to be confirmed. FALSE where it
 * can be none. */
gboolean ov_ovh_set_consumer(OvOvh *ovh, const char *consumer);
/* That in use. */
const char *ov_ovh_consumer(const OvOvh *ovh);
/* X-Ovh-QueryID of the last answer, "" for none. */
const char *ov_ovh_query_id(const OvOvh *ovh);
/* Server's time minus this machine's, seconds; 0 where it is not known. */
gint64 ov_ovh_skew(const OvOvh *ovh);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvOvh, ov_ovh_free)
