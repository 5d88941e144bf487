#include "policy/provider/ovh_rights.h"

#include "policy/provider/answer.h"
#include "policy/provider/answer_json.h"
#include "policy/provider/ovh_path.h"
#include "rules/glob.h"

#include <string.h>

const OvOvhRight ov_ovh_rights[OV_OVH_N_RIGHTS] = {
    {"GET", "/auth/currentCredential", "/auth/currentCredential", "what the consumer key may do"},
    {"GET", "/ip", "/ip", "the networks"},
    {"GET", "/ip/*/spam", "/ip/192.0.2.0%2F28/spam", "the blocked addresses of a network"},
    {"GET", "/ip/*/spam/*", "/ip/192.0.2.0%2F28/spam/192.0.2.1/stats", "a block, and its spam"},
    {"POST", "/ip/*/spam/*/unblock", "/ip/192.0.2.0%2F28/spam/192.0.2.1/unblock", "the unblock"},
};

json_t *ov_ovh_rights_request(void) {
    json_t *rules = json_array(), *body = json_object();
    for (guint i = 0; i < OV_OVH_N_RIGHTS; i++)
        json_array_append_new(rules, json_pack("{s:s, s:s}", "method", ov_ovh_rights[i].method,
                                               "path", ov_ovh_rights[i].path));
    json_object_set_new(body, "accessRules", rules);
    return body;
}

gboolean ov_ovh_right_is_in(const OvOvhRight *right, const json_t *rules) {
    for (gsize i = 0; i < json_array_size(rules); i++) {
        const json_t *rule = json_array_get(rules, i);
        const char *method = json_string_value(json_object_get(rule, "method"));
        const char *path = json_string_value(json_object_get(rule, "path"));
        if (method && path && strcmp(method, right->method) == 0 &&
            ov_glob_match(path, right->sample))
            return TRUE;
    }
    return FALSE;
}

/* The checks so far. */
typedef struct {
    OvOvh *ovh;
    OvArena *arena;
    GArray *rows; /* OvHostingCheck */
} Checks;

/* Takes the error. */
static void add(Checks *checks, const char *what, const char *note, GError *trouble) {
    OvHostingCheck row = {.what = what, .ok = !trouble, .note = note};
    if (trouble)
        row.trouble = ov_arena_strndup(checks->arena, trouble->message, strlen(trouble->message));
    g_clear_error(&trouble);
    g_array_append_val(checks->rows, row);
}

static json_t *get(Checks *checks, const char *path, OvOvhAccess access, OvOvhTrouble *trouble,
                   GError **error) {
    OvOvhCall call = {.path = path, .access = access};
    return ov_ovh_call(checks->ovh, &call, trouble, error);
}

static void check_time(Checks *checks) {
    GError *error = NULL;
    OvOvhTrouble trouble;
    json_t *root = get(checks, "/auth/time", OV_OVH_OPEN, &trouble, &error);
    gint64 server = ov_answer_time(root) / G_USEC_PER_SEC;
    const char *note = NULL;
    if (server)
        note = ov_arena_printf(checks->arena, "its clock minus ours: %+" G_GINT64_FORMAT " s",
                               server - g_get_real_time() / G_USEC_PER_SEC);
    else if (root)
        g_set_error_literal(&error, OV_HOSTING_ERROR, OV_HOSTING_ERROR_ANSWER,
                            "what answers there is not OVH's API: look at the endpoint");
    json_decref(root);
    add(checks, "GET /auth/time: the API answers", note, error);
}

/* The rules of the consumer key, a new reference; NULL where they are not known. */
static json_t *check_credential(Checks *checks) {
    gboolean account = ov_ovh_credentials_is_account(ov_ovh_credentials(checks->ovh));
    const char *path = account ? "/auth/details" : "/auth/currentCredential";
    GError *error = NULL;
    OvOvhTrouble trouble;
    json_t *root = get(checks, path, OV_OVH_AUTHORISED, &trouble, &error);
    json_t *rules = json_object_get(root, account ? "allowedRoutes" : "rules");
    const char *until = ov_answer_shown(json_object_get(root, "expiration"), 40, checks->arena);
    const char *note = account ? NULL
                       : until ? ov_arena_printf(checks->arena, "it ends at %s", until)
                               : "it has no end";
    rules = json_is_array(rules) ? json_incref(rules) : NULL;
    json_decref(root);
    add(checks, ov_arena_printf(checks->arena, "GET %s: the credentials are taken", path),
        error ? NULL : note, error);
    return rules;
}

/* The first network; NULL for none. */
static const char *check_networks(Checks *checks) {
    GError *error = NULL;
    OvOvhTrouble trouble;
    guint n = 0;
    json_t *root = get(checks, "/ip", OV_OVH_AUTHORISED, &trouble, &error);
    const char **networks = root ? ov_answer_networks(root, checks->arena, &n, &error) : NULL;
    const char *note =
        networks ? ov_arena_printf(checks->arena, "%u IPv4 network%s", n, n == 1 ? "" : "s") : NULL;
    json_decref(root);
    add(checks, "GET /ip: the networks", note, error);
    return n > 0 ? networks[0] : NULL;
}

/* Tries a GET below the network, where to find nothing is fine. */
static void check_spam(Checks *checks, const char *network, const char *rest, const char *what) {
    g_autofree char *path = ov_ovh_path(network, rest);
    GError *error = NULL;
    OvOvhTrouble trouble;
    json_decref(get(checks, path, OV_OVH_AUTHORISED, &trouble, &error));
    if (trouble.kind == OV_OVH_NOT_FOUND)
        g_clear_error(&error);
    add(checks, what, ov_arena_printf(checks->arena, "asked of %s", network), error);
}

static void check_network(Checks *checks, const char *network) {
    g_autofree char *address = g_strndup(network, strcspn(network, "/"));
    gint64 now = g_get_real_time();
    g_autofree char *span = ov_ovh_span(now - G_USEC_PER_SEC, now);
    g_autofree char *block = g_strconcat("/spam/", address, NULL);
    g_autofree char *stats = g_strconcat(block, "/stats", span, NULL);
    check_spam(checks, network, "/spam?state=blockedForSpam",
               "GET /ip/*/spam: the blocked addresses of a network");
    check_spam(checks, network, block, "GET /ip/*/spam/*: how a block stands");
    check_spam(checks, network, stats, "GET /ip/*/spam/*/stats: what was taken for spam");
}

/* What can't be tried without doing it. */
static void look_up_right(Checks *checks, const OvOvhRight *right, const json_t *rules) {
    const char *what =
        ov_arena_printf(checks->arena, "%s %s: %s", right->method, right->path, right->what);
    GError *error = NULL;
    if (rules && !ov_ovh_right_is_in(right, rules))
        g_set_error(&error, OV_HOSTING_ERROR, OV_HOSTING_ERROR_DENIED,
                    "the consumer key lacks the right %s %s; `outvet provider login` asks for one "
                    "that has it",
                    right->method, right->path);
    add(checks, what,
        rules ? "by the rights of the consumer key"
              : "not tried: of a service account it shows only when it is done",
        error);
}

OvHostingCheck *ov_ovh_check(OvOvh *ovh, OvArena *arena, guint *n) {
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(OvHostingCheck));
    Checks checks = {ovh, arena, rows};
    check_time(&checks);
    json_t *rules = check_credential(&checks);
    gboolean account = ov_ovh_credentials_is_account(ov_ovh_credentials(ovh));
    const char *network = check_networks(&checks);
    if (network)
        check_network(&checks, network);
    if (rules || account)
        look_up_right(&checks, &ov_ovh_rights[OV_OVH_N_RIGHTS - 1], rules);
    json_decref(rules);
    *n = rows->len;
    OvHostingCheck *kept = OV_ARENA_NEW(arena, OvHostingCheck, rows->len);
    memcpy(kept, rows->data, sizeof *kept * rows->len);
    return kept;
}
