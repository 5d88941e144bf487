#include "policy/ownership.h"

#include "policy/ownership_maps.h"

#include <string.h>

struct OvOwners {
    gatomicrefcount references;
    OvOwnership ownership;
    OvOwnerMaps *maps;
    OvLookups *lookups;
    gboolean unlisted_is_owned;
};

/* An address with NUL is none, and asks nothing. */
static gboolean is_address(OvSlice address) {
    return address.length > 0 && !memchr(address.data, '\0', address.length);
}

static void ask(gpointer data, const char *login, OvSlice address) {
    OvOwners *owners = data;
    if (is_address(address))
        ov_lookups_ask(owners->lookups, login, address);
}

static OvOwned owned_of(const OvOwners *owners, OvListed listed) {
    switch (listed) {
    case OV_LISTED_LOGIN:
        return OV_OWNED_YES;
    case OV_LISTED_OTHERS:
        return OV_OWNED_NO;
    case OV_LISTED_NOWHERE:
        break;
    }
    return owners->unlisted_is_owned ? OV_OWNED_YES : OV_OWNED_NO;
}

static OvOwned answer(gpointer data, const char *login, OvSlice address, gint64 deadline) {
    OvOwners *owners = data;
    int listed = OV_LISTED_NOWHERE;
    if (is_address(address) &&
        !ov_lookups_answer(owners->lookups, login, address, deadline, &listed))
        return OV_OWNED_UNKNOWN;
    return owned_of(owners, (OvListed)listed);
}

static int look_up(gpointer maps, const char *login, const char *address, gint64 deadline,
                   gboolean *all, GError **error) {
    return (int)ov_owner_maps_ask(maps, login, ov_slice(address), deadline, all, error);
}

static gboolean refresh(gpointer maps, GError **error) {
    return ov_owner_maps_refresh(maps, error);
}

gboolean ov_owners_new(OvSettings *settings, OvLookupsChange change, gpointer data,
                       OvOwners **owners, GError **error) {
    static const OvLookupsMeans with_files = {"owners", look_up, refresh};
    static const OvLookupsMeans without_files = {"owners", look_up, NULL};
    *owners = NULL;
    if (!settings->sender_login_maps[0])
        return TRUE;
    OvOwnerMaps *maps = ov_owner_maps_new(settings, error);
    if (!maps)
        return FALSE;
    OvOwners *made = g_new0(OvOwners, 1);
    g_atomic_ref_count_init(&made->references);
    made->ownership = (OvOwnership){
        .data = made, .time_limit = settings->owner_time_limit, .ask = ask, .answer = answer};
    made->maps = maps;
    made->unlisted_is_owned = settings->unlisted_is_owned;
    made->lookups = ov_lookups_new(ov_owner_maps_have_files(maps) ? &with_files : &without_files,
                                   maps, change, data);
    *owners = made;
    return TRUE;
}

OvOwners *ov_owners_ref(OvOwners *owners) {
    g_atomic_ref_count_inc(&owners->references);
    return owners;
}

void ov_owners_unref(OvOwners *owners) {
    if (!owners || !g_atomic_ref_count_dec(&owners->references))
        return;
    ov_lookups_free(owners->lookups);
    ov_owner_maps_free(owners->maps);
    g_free(owners);
}

const OvOwnership *ov_owners_ownership(OvOwners *owners) {
    return &owners->ownership;
}

void ov_owners_status(OvOwners *owners, OvLookupsStatus *status) {
    ov_lookups_status(owners->lookups, status);
}
