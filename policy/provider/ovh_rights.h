/* The rights that Outvet needs at OVH's API, and whether a consumer key has them. Pure, but for
 * ov_ovh_check. */
#pragma once

#include "policy/provider/hosting.h"
#include "policy/provider/ovh_call.h"

typedef struct {
    const char *method;
    const char *path;   /* as a rule has it, * for anything */
    const char *sample; /* a path that must be allowed */
    const char *what;   /* what it is for */
} OvOvhRight;

enum { OV_OVH_N_RIGHTS = 5 };
extern const OvOvhRight ov_ovh_rights[OV_OVH_N_RIGHTS];

/* {"accessRules":[...]}: the body of POST /auth/credential that asks for these and no others. A new
 * reference. */
json_t *ov_ovh_rights_request(void);
/* rules: [{"method","path"}]; in a path * stands for anything. */
gboolean ov_ovh_right_is_in(const OvOvhRight *right, const json_t *rules);

/* Tries what can be tried, and looks the rest up: as ov_hosting_check. */
OvHostingCheck *ov_ovh_check(OvOvh *ovh, OvArena *arena, guint *n);
