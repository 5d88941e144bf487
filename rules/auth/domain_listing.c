#include "rules/auth/domain_listing.h"

#include "rules/auth/show.h"

static gboolean works(const OvStandingList *list, gint64 now) {
    return list->listing.state == OV_BLOCK_LIST_CLEAR && ov_standing_is_believed(&list->age, now);
}

static void ask(OvArena *arena, OvDnsBook *book, const OvStandingList *list, OvSlice domain,
                OvDomainListing *found) {
    OvBlockListing listing;
    ov_block_list_find(arena, book, ov_slice(list->zone), domain, &listing);
    if (listing.state == OV_BLOCK_LIST_PENDING)
        found->pending = TRUE;
    else if (listing.state != OV_BLOCK_LIST_LISTED && listing.state != OV_BLOCK_LIST_CLEAR)
        found->known = FALSE;
    if (listing.listing <= found->listing)
        return;
    found->listing = listing.listing;
    found->domain = domain;
    found->list = list->name;
    found->meaning = listing.meaning;
}

void ov_domain_listing_find(OvArena *arena, OvDnsBook *book, const OvStanding *standing, gint64 now,
                            const OvSlice *domains, guint n_domains, OvDomainListing *found) {
    guint n_lists = standing ? ov_standing_n_domain_lists(standing) : 0;
    *found = (OvDomainListing){.known = n_lists > 0 && n_domains > 0, .list = "", .meaning = ""};
    for (guint i = 0; i < n_lists; i++) {
        const OvStandingList *list = ov_standing_domain_list(standing, i);
        if (!works(list, now)) {
            found->known = FALSE;
            continue;
        }
        for (guint j = 0; j < n_domains; j++)
            ask(arena, book, list, domains[j], found);
    }
    found->known = found->known || found->listing != OV_LISTING_NONE;
}

const char *ov_domain_listing_text(OvArena *arena, const OvDomainListing *found) {
    if (found->listing == OV_LISTING_NONE)
        return "";
    return ov_arena_printf(arena, "%s on %s: %s", ov_show(arena, found->domain), found->list,
                           found->meaning);
}
