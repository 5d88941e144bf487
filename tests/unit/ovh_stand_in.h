/* The stand-in of OVH's API (tests/tools/ovh-api), as a child of a test that ends with it. */
#pragma once

#include <glib.h>
#include <jansson.h>

typedef struct OvhStandIn OvhStandIn;

OvhStandIn *ovh_stand_in_start(void);
void ovh_stand_in_stop(OvhStandIn *api);

/* "http://127.0.0.1:PORT/1.0" */
const char *ovh_stand_in_url(const OvhStandIn *api);
/* Tells it one thing; the members of a JSON object: "\"do\":\"advance\",\"seconds\":60". What it
 * answers, a new reference. tests/lib/OvhApi.pm tells of the verbs. */
json_t *ovh_stand_in_ask(OvhStandIn *api, const char *format, ...) G_GNUC_PRINTF(2, 3);
void ovh_stand_in_tell(OvhStandIn *api, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Requests since the log was cleared, of that method and with that path's end; "" for any. */
guint ovh_stand_in_count(OvhStandIn *api, const char *method, const char *end);
