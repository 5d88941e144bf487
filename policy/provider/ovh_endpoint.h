/* Where OVH's API is: its name in the credentials, or a URL. */
#pragma once

#include <glib.h>

typedef struct {
    char *name;      /* "ovh-eu" */
    char *base;      /* "https://eu.api.ovh.com/1.0" */
    char *token_url; /* of service accounts; NULL where it has none */
    char *new_key;   /* page where an application gets its key, for people; NULL where unknown */
    gboolean here;   /* on this machine: a stand-in */
} OvOvhEndpoint;

/* The one of that name or URL (https://, or http:// to this machine; without query and final
 * slash). NULL where it is none; *why (static) says what is wrong. */
OvOvhEndpoint *ov_ovh_endpoint_new(const char *name, const char **why);
void ov_ovh_endpoint_free(OvOvhEndpoint *endpoint);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvOvhEndpoint, ov_ovh_endpoint_free)
