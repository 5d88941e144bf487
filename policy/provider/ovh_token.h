/* The access token of a service account (OAuth2, client credentials: RFC 6749 4.4): asked for when
 * it is needed, renewed a minute before it ends. */
#pragma once

#include "policy/provider/exchange.h"
#include "policy/provider/ovh_credentials.h"
#include "policy/provider/ovh_trouble.h"
#include "policy/provider/secrets.h"

typedef struct OvOvhToken OvOvhToken;

OvOvhToken *ov_ovh_token_new(void);
void ov_ovh_token_free(OvOvhToken *token);
/* The header field with it, "Authorization: Bearer ..."; NULL where there is none, or it ends
 * soon. now: microseconds of the monotonic clock. */
const char *ov_ovh_token_field(const OvOvhToken *token, gint64 now);
/* The provider does not take it any more. */
void ov_ovh_token_forget(OvOvhToken *token);

/* The form to be posted to the endpoint's token_url, in secrets. */
const char *ov_ovh_token_form(const OvOvhCredentials *credentials, OvSecrets *secrets);
/* Takes the answer with status 200. FALSE with OV_HOSTING_ERROR_ANSWER. */
gboolean ov_ovh_token_take(OvOvhToken *token, const char *body, gsize length, gint64 now,
                           GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvOvhToken, ov_ovh_token_free)
