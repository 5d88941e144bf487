#include "policy/provider/ovh_login.h"

#include "policy/provider/answer_json.h"
#include "policy/provider/hosting.h"
#include "policy/provider/ovh_rights.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_LINK = 1000 };

/* The link where the answer has one and a key, which ovh uses then; else NULL. */
static const char *take(OvOvh *ovh, const json_t *root, OvArena *arena) {
    char *consumer = (char *)json_string_value(json_object_get(root, "consumerKey"));
    const char *link = ov_answer_shown(json_object_get(root, "validationUrl"), MAX_LINK, arena);
    gboolean taken = consumer && ov_ovh_set_consumer(ovh, consumer);
    if (consumer)
        explicit_bzero(consumer, strlen(consumer));
    return taken && link && g_str_has_prefix(link, "https://") ? link : NULL;
}

const char *ov_ovh_login_ask(OvOvh *ovh, OvArena *arena, GError **error) {
    json_t *wish = ov_ovh_rights_request();
    char *body = json_dumps(wish, JSON_COMPACT);
    OvOvhCall call = {.path = "/auth/credential", .body = body, .access = OV_OVH_OPEN};
    OvOvhTrouble trouble;
    json_t *root = ov_ovh_call(ovh, &call, &trouble, error);
    const char *link = root ? take(ovh, root, arena) : NULL;
    if (root && !link)
        g_set_error_literal(error, OV_HOSTING_ERROR, OV_HOSTING_ERROR_ANSWER,
                            "POST /auth/credential: the answer has no key and link in it");
    json_decref(root);
    json_decref(wish);
    free(body);
    return link;
}

OvOvhLogin ov_ovh_login_state(OvOvh *ovh, GError **error) {
    g_autoptr(GError) inner = NULL;
    OvOvhCall call = {.path = "/auth/currentCredential"};
    OvOvhTrouble trouble;
    json_t *root = ov_ovh_call(ovh, &call, &trouble, &inner);
    const char *status = json_string_value(json_object_get(root, "status"));
    OvOvhLogin state = OV_OVH_LOGIN_FAILED;
    if (status && strcmp(status, "validated") == 0)
        state = OV_OVH_LOGIN_GOOD;
    else if ((status && strcmp(status, "pendingValidation") == 0) ||
             trouble.kind == OV_OVH_NOT_VALID ||
             g_error_matches(inner, OV_HOSTING_ERROR, OV_HOSTING_ERROR_AWAY) ||
             g_error_matches(inner, OV_HOSTING_ERROR, OV_HOSTING_ERROR_BUSY))
        state = OV_OVH_LOGIN_WAITS;
    else if (inner)
        g_propagate_error(error, g_steal_pointer(&inner));
    else
        g_set_error_literal(error, OV_HOSTING_ERROR, OV_HOSTING_ERROR_DENIED,
                            "the consumer key was refused; ask for another");
    json_decref(root);
    return state;
}
