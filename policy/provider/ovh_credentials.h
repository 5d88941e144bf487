/* The credentials for OVH's API: an ini file, the same that OVH's own clients read.
 *
 *   [default]
 *   endpoint = ovh-eu
 *   [ovh-eu]
 *   application_key = ...
 *   application_secret = ...
 *   consumer_key = ...
 *
 * or client_id and client_secret of a service account. The section is named after the endpoint,
 * also where that is a URL. Other keys and sections are other programs' own. What is read is kept
 * in OvSecrets and never stands in an error. */
#pragma once

#include "policy/provider/ovh_endpoint.h"

typedef struct OvOvhCredentials OvOvhCredentials;

typedef enum {
    OV_OVH_NEED_ALL,
    OV_OVH_NEED_KEY, /* application key and secret; there need be no consumer key yet */
} OvOvhNeed;

/* From the systemd credential ovh.conf where $CREDENTIALS_DIRECTORY has one, else from the file,
 * which must be a regular one that only its owner - root or the user we run as - may write and only
 * he and its group may read. NULL with OV_HOSTING_ERROR_SETUP. */
OvOvhCredentials *ov_ovh_credentials_load(const char *file, GError **error);
/* From that file alone. endpoint (may be NULL) is taken where the file names none. */
OvOvhCredentials *ov_ovh_credentials_read(const char *file, const char *endpoint, OvOvhNeed need,
                                          GError **error);
/* From text; file names it in errors. */
OvOvhCredentials *ov_ovh_credentials_parse(const char *text, gsize length, const char *file,
                                           const char *endpoint, OvOvhNeed need, GError **error);
void ov_ovh_credentials_free(OvOvhCredentials *credentials);

const OvOvhEndpoint *ov_ovh_credentials_endpoint(const OvOvhCredentials *credentials);
/* TRUE: of a service account, client and client_secret; FALSE: key, secret, consumer. */
gboolean ov_ovh_credentials_is_account(const OvOvhCredentials *credentials);

typedef enum {
    OV_OVH_APPLICATION_KEY,
    OV_OVH_APPLICATION_SECRET,
    OV_OVH_CONSUMER_KEY,
    OV_OVH_CLIENT_ID,
    OV_OVH_CLIENT_SECRET,
    OV_N_OVH_SECRETS
} OvOvhSecret;
/* NULL where it is not there. */
const char *ov_ovh_credentials_secret(const OvOvhCredentials *credentials, OvOvhSecret secret);

/* Writes the consumer key into the file's section of that endpoint, in the place of one that is
 * there, and names the endpoint under [default] where the file names none; all else stays. In one
 * step: who reads sees the old file or the new one. Owner and mode stay, too. FALSE with
 * OV_HOSTING_ERROR_SETUP. */
gboolean ov_ovh_credentials_write(const char *file, const char *endpoint, const char *consumer,
                                  GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvOvhCredentials, ov_ovh_credentials_free)
