#include "policy/provider/ovh_trouble.h"

#include "policy/provider/answer_json.h"

#include <string.h>

enum { HTTP_GONE_SERVICE = 460, MAX_BLOCK_SECONDS = 10 * 366 * 24 * 3600 };

/* By its old code, where that is known, or by words of its message. */
static const struct {
    const char *code, *words;
    OvOvhTroubleKind kind;
} KNOWN[] = {
    {"QUERY_TIME_OUT", "query out of time", OV_OVH_CLOCK},
    {"INVALID_SIGNATURE", "invalid signature", OV_OVH_SIGNATURE},
    {"INVALID_KEY", "application key is invalid", OV_OVH_KEY},
    {"INVALID_KEY", "invalid application key", OV_OVH_KEY},
    {"NOT_CREDENTIAL", "this credential does not exist", OV_OVH_NO_CREDENTIAL},
    {"INVALID_CREDENTIAL", "this credential is not valid", OV_OVH_NOT_VALID},
    {"NOT_GRANTED_CALL", "this call has not been granted", OV_OVH_NOT_GRANTED},
    {NULL, "user not granted for this request", OV_OVH_FORBIDDEN},
    {NULL, "got an invalid (or empty) url", OV_OVH_REQUEST},
    {NULL, "this service is expired", OV_OVH_EXPIRED},
};

const OvOvhTroubleMeaning ov_ovh_trouble_meanings[OV_N_OVH_TROUBLES] = {
    [OV_OVH_CLOCK] = {"the provider takes the time of the call for wrong, though it is its own",
                      OV_HOSTING_ERROR_AWAY, FALSE},
    [OV_OVH_SIGNATURE] = {"the provider takes the signature for wrong: look at application_secret",
                          OV_HOSTING_ERROR_DENIED, FALSE},
    [OV_OVH_KEY] = {"the provider does not know the application_key: look at it, and whether it is "
                    "of this endpoint",
                    OV_HOSTING_ERROR_DENIED, FALSE},
    [OV_OVH_NO_CREDENTIAL] = {"the provider does not know the consumer_key, or not with this "
                              "application_key; `outvet provider login` asks for another",
                              OV_HOSTING_ERROR_DENIED, FALSE},
    [OV_OVH_NOT_VALID] = {"the consumer_key is not confirmed yet, has expired or was revoked; "
                          "`outvet provider login` asks for another",
                          OV_HOSTING_ERROR_DENIED, FALSE},
    [OV_OVH_NOT_GRANTED] = {"the consumer_key lacks the right to this call; `outvet provider "
                            "login` asks for one that has it",
                            OV_HOSTING_ERROR_DENIED, FALSE},
    [OV_OVH_FORBIDDEN] = {"the account has no right to this call", OV_HOSTING_ERROR_DENIED, FALSE},
    [OV_OVH_LOGIN] = {"the provider does not take the credentials", OV_HOSTING_ERROR_DENIED, FALSE},
    [OV_OVH_NOT_FOUND] = {"the provider knows of no such thing", OV_HOSTING_ERROR_GONE, TRUE},
    [OV_OVH_EXPIRED] = {"the service has expired", OV_HOSTING_ERROR_GONE, TRUE},
    [OV_OVH_STILL] = {"it is too early", OV_HOSTING_ERROR_STILL, TRUE},
    [OV_OVH_BUSY] = {"the provider asks for fewer calls", OV_HOSTING_ERROR_BUSY, FALSE},
    [OV_OVH_AWAY] = {"trouble on the provider's side", OV_HOSTING_ERROR_AWAY, FALSE},
    [OV_OVH_REDIRECT] = {"the answer is a redirect, and none is followed: look at the endpoint",
                         OV_HOSTING_ERROR_ANSWER, FALSE},
    [OV_OVH_REQUEST] = {"the provider does not take the call; look at the endpoint",
                        OV_HOSTING_ERROR_ANSWER, FALSE},
};

static OvOvhTroubleKind by_words(const char *code, const char *message) {
    g_autofree char *lower = g_ascii_strdown(message, -1);
    for (guint i = 0; i < G_N_ELEMENTS(KNOWN); i++)
        if ((code && KNOWN[i].code && strcmp(code, KNOWN[i].code) == 0) ||
            strstr(lower, KNOWN[i].words))
            return KNOWN[i].kind;
    return OV_OVH_NO_TROUBLE;
}

/* told: the body was JSON with a message, so it is the API that says so. */
static OvOvhTroubleKind by_status(long status, gboolean told) {
    if (status == HTTP_GONE_SERVICE)
        return OV_OVH_EXPIRED;
    if (status == 429)
        return OV_OVH_BUSY;
    if (status == 408 || status >= 500)
        return OV_OVH_AWAY;
    if (status >= 300 && status < 400)
        return OV_OVH_REDIRECT;
    if (status == 401)
        return OV_OVH_LOGIN;
    if (status == 403)
        return OV_OVH_FORBIDDEN;
    return status == 404 && told ? OV_OVH_NOT_FOUND : OV_OVH_REQUEST;
}

/* "This IP address is still blocked for 129 seconds", whatever the status. 0 where it is not that.
 */
static gint64 still_blocked(const char *message) {
    static const char words[] = "still blocked for ";
    const char *found = strstr(message, words);
    if (!found)
        return 0;
    guint64 seconds = g_ascii_strtoull(found + strlen(words), NULL, 10);
    return (gint64)CLAMP(seconds, 1, MAX_BLOCK_SECONDS) * G_USEC_PER_SEC;
}

static void keep(char kept[OV_OVH_MAX_WORDS], const json_t *value, OvArena *arena) {
    const char *words = ov_answer_shown(value, OV_OVH_MAX_WORDS - 1, arena);
    g_strlcpy(kept, words ? words : "", OV_OVH_MAX_WORDS);
}

static const char *first_text(const json_t *object, const char *one, const char *other) {
    const char *text = json_string_value(json_object_get(object, one));
    return text && *text ? one : other;
}

static void read_actions(const json_t *root, OvOvhTrouble *trouble, OvArena *arena) {
    const json_t *details = json_object_get(root, "details");
    const char *name =
        first_text(details, "unauthorizedActionsByIAM", "unauthorizedActionsByAuthentication");
    keep(trouble->actions, json_object_get(details, name), arena);
}

void ov_ovh_trouble_read(long status, const char *body, gsize length, OvOvhTrouble *trouble) {
    g_autoptr(OvArena) arena = ov_arena_new();
    json_t *root = ov_answer_parse(body, length, NULL);
    /* The token's server says it in its own way. */
    const json_t *message = json_object_get(root, first_text(root, "message", "error_description"));
    const char *code = json_string_value(json_object_get(root, "errorCode"));
    gboolean token = json_is_string(json_object_get(root, "error")); /* RFC 6749 5.2 */
    *trouble = (OvOvhTrouble){.kind = OV_OVH_NO_TROUBLE};
    keep(trouble->message, message, arena);
    read_actions(root, trouble, arena);
    if (status >= 400 && status < 500)
        trouble->wait = still_blocked(trouble->message);
    if (trouble->wait > 0)
        trouble->kind = OV_OVH_STILL;
    else if (token && (status == 400 || status == 401))
        trouble->kind = OV_OVH_LOGIN;
    else if (status >= 400 && status < 500)
        trouble->kind = by_words(code, trouble->message);
    if (trouble->kind == OV_OVH_NO_TROUBLE)
        trouble->kind = by_status(status, json_is_string(message));
    json_decref(root);
}
