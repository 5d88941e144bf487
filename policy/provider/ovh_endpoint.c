#include "policy/provider/ovh_endpoint.h"

#include "policy/alert/webhook.h"

#include <string.h>

/* Kimsufi and So you Start have no service accounts. */
static const struct {
    const char *name, *base, *token_url, *new_key;
} KNOWN[] = {
    {"ovh-eu", "https://eu.api.ovh.com/1.0", "https://www.ovh.com/auth/oauth2/token",
     "https://auth.eu.ovhcloud.com/api/createApp"},
    {"ovh-ca", "https://ca.api.ovh.com/1.0", "https://ca.ovh.com/auth/oauth2/token",
     "https://ca.api.ovh.com/createApp/"},
    {"ovh-us", "https://api.us.ovhcloud.com/1.0", "https://us.ovhcloud.com/auth/oauth2/token",
     "https://api.us.ovhcloud.com/createApp/"},
    {"kimsufi-eu", "https://eu.api.kimsufi.com/1.0", NULL, "https://eu.api.kimsufi.com/createApp/"},
    {"kimsufi-ca", "https://ca.api.kimsufi.com/1.0", NULL, "https://ca.api.kimsufi.com/createApp/"},
    {"soyoustart-eu", "https://eu.api.soyoustart.com/1.0", NULL,
     "https://eu.api.soyoustart.com/createApp/"},
    {"soyoustart-ca", "https://ca.api.soyoustart.com/1.0", NULL,
     "https://ca.api.soyoustart.com/createApp/"},
};

static OvOvhEndpoint *endpoint_at(const char *url) {
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_ENCODED, NULL);
    const char *path = g_uri_get_path(uri);
    OvOvhEndpoint *endpoint = g_new0(OvOvhEndpoint, 1);
    endpoint->name = g_strdup(url);
    endpoint->base = g_strdup(url);
    endpoint->token_url =
        g_strdup_printf("%.*s/auth/oauth2/token", (int)(strlen(url) - strlen(path)), url);
    endpoint->here = g_str_equal(g_uri_get_scheme(uri), "http");
    return endpoint;
}

OvOvhEndpoint *ov_ovh_endpoint_new(const char *name, const char **why) {
    for (guint i = 0; i < G_N_ELEMENTS(KNOWN); i++)
        if (strcmp(name, KNOWN[i].name) == 0) {
            OvOvhEndpoint *endpoint = g_new0(OvOvhEndpoint, 1);
            endpoint->name = g_strdup(name);
            endpoint->base = g_strdup(KNOWN[i].base);
            endpoint->token_url = g_strdup(KNOWN[i].token_url);
            endpoint->new_key = g_strdup(KNOWN[i].new_key);
            return endpoint;
        }
    *why = "it is none of ovh-eu, ovh-ca, ovh-us, kimsufi-eu, kimsufi-ca, soyoustart-eu, "
           "soyoustart-ca, nor a URL";
    if (!strstr(name, "://") || !ov_webhook_url_is(name, why))
        return NULL;
    *why = "a URL of the API ends without slash, and has no ? and #";
    if (strpbrk(name, "?#") || g_str_has_suffix(name, "/"))
        return NULL;
    return endpoint_at(name);
}

void ov_ovh_endpoint_free(OvOvhEndpoint *endpoint) {
    if (!endpoint)
        return;
    g_free(endpoint->name);
    g_free(endpoint->base);
    g_free(endpoint->token_url);
    g_free(endpoint->new_key);
    g_free(endpoint);
}
