/* What a provider's variant offers: the functions of hosting.h, called with arguments that were
 * checked: networks and addresses have their form, addresses are in their network. */
#pragma once

#include "policy/provider/hosting.h"
#include "policy/provider/stop.h"

typedef struct {
    const char *name;
    /* stop lives longer. */
    gpointer (*start)(OvSettings *settings, OvStop *stop, GError **error);
    void (*end)(gpointer self);
    const char **(*networks)(gpointer self, const char *type, OvArena *arena, guint *n,
                             GError **error);
    const char **(*blocked)(gpointer self, const char *network, gboolean past, OvArena *arena,
                            guint *n, GError **error);
    gboolean (*block)(gpointer self, const char *network, const char *address, OvBlock *block,
                      OvArena *arena, GError **error);
    OvDetected *(*detected)(gpointer self, const char *network, const char *address, gint64 from,
                            gint64 to, OvArena *arena, guint *n, OvReport **reports,
                            guint *n_reports, GError **error);
    gboolean (*unblock)(gpointer self, const char *network, const char *address, OvBlock *block,
                        OvArena *arena, GError **error);
    gint64 (*wait)(gconstpointer self);
    const char *(*query_id)(gconstpointer self);
    gint64 (*skew)(gconstpointer self); /* of its clock to ours, seconds; 0: not known */
    OvHostingCheck *(*check)(gpointer self, OvArena *arena, guint *n);
} OvHostingVariant;

extern const OvHostingVariant ov_hosting_ovh;
extern const OvHostingVariant ov_hosting_command;
