/* How an administrator gets a consumer key: Outvet asks for one with the rights that it needs and
 * no others, he confirms it in a browser, and it is good from then on. */
#pragma once

#include "policy/provider/ovh_call.h"
#include "rules/arena.h"

/* Asks for a key, which ovh uses from then on; gives the link to be opened, https. Arena; NULL with
 * OV_HOSTING_ERROR. */
const char *ov_ovh_login_ask(OvOvh *ovh, OvArena *arena, GError **error);

typedef enum {
    OV_OVH_LOGIN_WAITS, /* nobody has confirmed it yet, or the provider is away just now */
    OV_OVH_LOGIN_GOOD,
    OV_OVH_LOGIN_FAILED, /* with error: refused, or it will not do */
} OvOvhLogin;
OvOvhLogin ov_ovh_login_state(OvOvh *ovh, GError **error);
