/* OVH's API as a provider: /ip and what is below it (guide G25-G30). */
#include "policy/provider/answer.h"
#include "policy/provider/exchange.h"
#include "policy/provider/hosting_variant.h"
#include "policy/provider/ovh_call.h"
#include "policy/provider/ovh_path.h"
#include "policy/provider/ovh_rights.h"

#include <string.h>

typedef struct {
    OvOvh *ovh;
    gint64 wait; /* after the last call */
    char query_id[OV_EXCHANGE_MAX_QUERY_ID];
} Hosting;

static gpointer start(OvSettings *settings, OvStop *stop, GError **error) {
    OvOvhCredentials *credentials = ov_ovh_credentials_load(settings->provider_credentials, error);
    if (!credentials)
        return NULL;
    Hosting *hosting = g_new0(Hosting, 1);
    hosting->ovh =
        ov_ovh_new(credentials, settings->provider_calls, settings->provider_time_limit, stop);
    return hosting;
}

static void end(gpointer self) {
    Hosting *hosting = self;
    ov_ovh_free(hosting->ovh);
    g_free(hosting);
}

static json_t *run(Hosting *hosting, const OvOvhCall *call, OvOvhTrouble *trouble, GError **error) {
    json_t *root = ov_ovh_call(hosting->ovh, call, trouble, error);
    hosting->wait = trouble->kind == OV_OVH_STILL ? trouble->wait : ov_ovh_wait(hosting->ovh);
    g_strlcpy(hosting->query_id, ov_ovh_query_id(hosting->ovh), sizeof hosting->query_id);
    return root;
}

static const char **networks(gpointer self, const char *type, OvArena *arena, guint *n,
                             GError **error) {
    g_autofree char *path = type ? g_strconcat("/ip?type=", type, NULL) : g_strdup("/ip");
    OvOvhTrouble trouble;
    json_t *root = run(self, &(OvOvhCall){.path = path}, &trouble, error);
    const char **found = root ? ov_answer_networks(root, arena, n, error) : NULL;
    json_decref(root);
    return found;
}

/* Adds the addresses in a state, or in any where query is "". A network that has never been blocked
 * gives an empty list or is not found. */
static gboolean add_blocked(Hosting *hosting, const char *network, const char *query,
                            OvArena *arena, GPtrArray *addresses, GError **error) {
    g_autofree char *rest = g_strconcat("/spam", query, NULL);
    g_autofree char *path = ov_ovh_path(network, rest);
    g_autoptr(GError) inner = NULL;
    OvOvhTrouble trouble;
    json_t *root = run(hosting, &(OvOvhCall){.path = path}, &trouble, &inner);
    gboolean done = trouble.kind == OV_OVH_NOT_FOUND;
    if (root)
        done = ov_answer_addresses(root, network, arena, addresses, &inner);
    json_decref(root);
    if (!done)
        g_propagate_error(error, g_steal_pointer(&inner));
    return done;
}

static const char **blocked(gpointer self, const char *network, gboolean past, OvArena *arena,
                            guint *n, GError **error) {
    g_autoptr(GPtrArray) addresses = g_ptr_array_new();
    gboolean done =
        past ? add_blocked(self, network, "", arena, addresses, error)
             : add_blocked(self, network, "?state=blockedForSpam", arena, addresses, error) &&
                   add_blocked(self, network, "?state=unblocking", arena, addresses, error);
    if (!done)
        return NULL;
    return ov_answer_list(addresses, arena, n);
}

static gboolean take_block(json_t *root, const char *network, const char *address, OvBlock *block,
                           OvArena *arena, GError **error) {
    gboolean taken =
        root && ov_answer_block(&ov_answer_of_ovh, root, network, address, block, arena, error);
    json_decref(root);
    return taken;
}

static gboolean block_of(gpointer self, const char *network, const char *address, OvBlock *block,
                         OvArena *arena, GError **error) {
    g_autofree char *rest = g_strconcat("/spam/", address, NULL);
    g_autofree char *path = ov_ovh_path(network, rest);
    OvOvhTrouble trouble;
    json_t *root = run(self, &(OvOvhCall){.path = path}, &trouble, error);
    return take_block(root, network, address, block, arena, error);
}

static OvDetected *detected(gpointer self, const char *network, const char *address, gint64 from,
                            gint64 to, OvArena *arena, guint *n, OvReport **reports,
                            guint *n_reports, GError **error) {
    g_autofree char *span = ov_ovh_span(from, to);
    g_autofree char *rest = g_strconcat("/spam/", address, "/stats", span, NULL);
    g_autofree char *path = ov_ovh_path(network, rest);
    g_autoptr(GError) inner = NULL;
    OvOvhTrouble trouble;
    json_t *root = run(self, &(OvOvhCall){.path = path}, &trouble, &inner);
    if (trouble.kind == OV_OVH_NOT_FOUND)
        root = json_array();
    OvDetected *found =
        root ? ov_answer_detected(&ov_answer_of_ovh, root, arena, n, reports, n_reports, &inner)
             : NULL;
    json_decref(root);
    if (!found)
        g_propagate_error(error, g_steal_pointer(&inner));
    return found;
}

/* As the provider has it after a request to unblock, whose query id is the one that counts. */
static gboolean read_state(Hosting *hosting, const char *network, const char *address,
                           OvBlock *block, OvArena *arena) {
    char asked[OV_EXCHANGE_MAX_QUERY_ID];
    g_strlcpy(asked, hosting->query_id, sizeof asked);
    gint64 wait = hosting->wait;
    gboolean known = block_of(hosting, network, address, block, arena, NULL);
    g_strlcpy(hosting->query_id, asked, sizeof asked);
    hosting->wait = wait;
    return known;
}

/* The request was taken: as it is answered, else as the provider has it, else on its way. Takes the
 * reference. */
static void take_unblocked(Hosting *hosting, json_t *root, const char *network, const char *address,
                           OvBlock *block, OvArena *arena) {
    if (!take_block(root, network, address, block, arena, NULL) &&
        !read_state(hosting, network, address, block, arena))
        *block = (OvBlock){
            .network = ov_arena_strndup(arena, network, strlen(network)),
            .address = ov_arena_strndup(arena, address, strlen(address)),
            .state = OV_BLOCK_UNBLOCKING,
        };
}

/* What was asked for before, or has come by itself, may be refused: then it is as wanted. */
static gboolean is_free_anyway(Hosting *hosting, const OvOvhTrouble *trouble, const char *network,
                               const char *address, OvBlock *block, OvArena *arena) {
    return (trouble->kind == OV_OVH_REQUEST || trouble->kind == OV_OVH_NOT_FOUND) &&
           read_state(hosting, network, address, block, arena) &&
           (block->state == OV_BLOCK_UNBLOCKING || block->state == OV_BLOCK_UNBLOCKED);
}

static gboolean unblock(gpointer self, const char *network, const char *address, OvBlock *block,
                        OvArena *arena, GError **error) {
    g_autofree char *rest = g_strconcat("/spam/", address, "/unblock", NULL);
    g_autofree char *path = ov_ovh_path(network, rest);
    g_autoptr(GError) inner = NULL;
    OvOvhTrouble trouble;
    json_t *root = run(self, &(OvOvhCall){.path = path, .body = ""}, &trouble, &inner);
    if (root) {
        take_unblocked(self, root, network, address, block, arena);
        return TRUE;
    }
    if (is_free_anyway(self, &trouble, network, address, block, arena))
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&inner));
    return FALSE;
}

static gint64 wait_of(gconstpointer self) {
    return ((const Hosting *)self)->wait;
}

static const char *query_id(gconstpointer self) {
    return ((const Hosting *)self)->query_id;
}

static gint64 skew(gconstpointer self) {
    return ov_ovh_skew(((const Hosting *)self)->ovh);
}

static OvHostingCheck *check(gpointer self, OvArena *arena, guint *n) {
    return ov_ovh_check(((Hosting *)self)->ovh, arena, n);
}

const OvHostingVariant ov_hosting_ovh = {
    "ovh",    start,   end,     networks, blocked, block_of,
    detected, unblock, wait_of, query_id, skew,    check,
};
