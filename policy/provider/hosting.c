#include "policy/provider/hosting.h"

#include "policy/provider/hosting_variant.h"
#include "policy/provider/network4.h"

#include <string.h>

struct OvHosting {
    const OvHostingVariant *variant;
    gpointer self;
    OvSettings *settings;
    OvStop *stop;
};

static const OvHostingVariant *const VARIANTS[] = {&ov_hosting_ovh, &ov_hosting_command};

static const char *const STATES[OV_N_BLOCK_STATES] = {
    [OV_BLOCK_BLOCKED] = "blocked",
    [OV_BLOCK_UNBLOCKING] = "unblocking",
    [OV_BLOCK_UNBLOCKED] = "unblocked",
    [OV_BLOCK_OTHER] = "other",
};

G_DEFINE_QUARK(ov_hosting_error, ov_hosting_error)

const char *ov_block_state_name(OvBlockState state) {
    return STATES[state];
}

gboolean ov_block_state_parse(const char *name, OvBlockState *state) {
    for (guint i = 0; i < OV_N_BLOCK_STATES; i++)
        if (strcmp(name, STATES[i]) == 0) {
            *state = (OvBlockState)i;
            return TRUE;
        }
    return FALSE;
}

OvHosting *ov_hosting_new(OvSettings *settings, GError **error) {
    for (guint i = 0; i < G_N_ELEMENTS(VARIANTS); i++) {
        if (strcmp(settings->provider, VARIANTS[i]->name) != 0)
            continue;
        g_autoptr(OvStop) stop = ov_stop_new();
        gpointer self = VARIANTS[i]->start(settings, stop, error);
        if (!self)
            return NULL;
        OvHosting *hosting = g_new0(OvHosting, 1);
        hosting->variant = VARIANTS[i];
        hosting->self = self;
        hosting->settings = ov_settings_ref(settings);
        hosting->stop = g_steal_pointer(&stop);
        return hosting;
    }
    return NULL;
}

void ov_hosting_free(OvHosting *hosting) {
    if (!hosting)
        return;
    hosting->variant->end(hosting->self);
    ov_stop_free(hosting->stop);
    ov_settings_unref(hosting->settings);
    g_free(hosting);
}

void ov_hosting_stop(OvHosting *hosting) {
    ov_stop_set(hosting->stop);
}

const char *ov_hosting_name(const OvHosting *hosting) {
    return hosting->variant->name;
}

/* What comes from ledger and operators goes into URLs and arguments. FALSE with GONE. address may
 * be NULL. */
static gboolean check(const char *network, const char *address, GError **error) {
    OvNetwork4 parsed;
    if (ov_network4_parse(network, &parsed) && (!address || ov_network4_has(&parsed, address)))
        return TRUE;
    g_set_error(error, OV_HOSTING_ERROR, OV_HOSTING_ERROR_GONE, "%s is no IPv4 address%s%s",
                address ? address : network, address ? " of " : " or network",
                address ? network : "");
    return FALSE;
}

gboolean ov_hosting_type_valid(const char *type) {
    enum { LONGEST = 32 };
    gsize length = strlen(type);
    for (gsize i = 0; i < length; i++)
        if (!g_ascii_isalnum(type[i]) && type[i] != '_')
            return FALSE;
    return length > 0 && length <= LONGEST;
}

const char **ov_hosting_networks(OvHosting *hosting, const char *type, OvArena *arena, guint *n,
                                 GError **error) {
    g_assert(!type || ov_hosting_type_valid(type));
    return hosting->variant->networks(hosting->self, type, arena, n, error);
}

const char **ov_hosting_blocked(OvHosting *hosting, const char *network, gboolean past,
                                OvArena *arena, guint *n, GError **error) {
    return check(network, NULL, error)
               ? hosting->variant->blocked(hosting->self, network, past, arena, n, error)
               : NULL;
}

gboolean ov_hosting_block(OvHosting *hosting, const char *network, const char *address,
                          OvBlock *block, OvArena *arena, GError **error) {
    return check(network, address, error) &&
           hosting->variant->block(hosting->self, network, address, block, arena, error);
}

OvDetected *ov_hosting_detected(OvHosting *hosting, const char *network, const char *address,
                                gint64 from, gint64 to, OvArena *arena, guint *n,
                                OvReport **reports, guint *n_reports, GError **error) {
    return check(network, address, error)
               ? hosting->variant->detected(hosting->self, network, address, from, to, arena, n,
                                            reports, n_reports, error)
               : NULL;
}

gboolean ov_hosting_unblock(OvHosting *hosting, const char *network, const char *address,
                            OvBlock *block, OvArena *arena, GError **error) {
    return check(network, address, error) &&
           hosting->variant->unblock(hosting->self, network, address, block, arena, error);
}

gint64 ov_hosting_wait(const OvHosting *hosting) {
    return hosting->variant->wait(hosting->self);
}

gint64 ov_hosting_now(const OvHosting *hosting) {
    return g_get_real_time() + hosting->variant->skew(hosting->self) * G_USEC_PER_SEC;
}

const char *ov_hosting_query_id(const OvHosting *hosting) {
    return hosting->variant->query_id(hosting->self);
}

OvHostingCheck *ov_hosting_check(OvHosting *hosting, OvArena *arena, guint *n) {
    return hosting->variant->check(hosting->self, arena, n);
}
