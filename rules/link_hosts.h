/* Hosts whose links are of a kind of their own: shorteners, redirectors, click counters of mailing
 * services, social networks, places for anybody's pages, sites and forms, services of many houses
 * (rules/link_hosts.def). */
#pragma once

#include "rules/target.h"

typedef enum {
    OV_LINK_HOST_ORDINARY,
    OV_LINK_HOST_SHORTENER,
    OV_LINK_HOST_BRAND_SHORTENER,
    OV_LINK_HOST_REDIRECTOR,
    OV_LINK_HOST_GATEWAY,
    OV_LINK_HOST_MAILING,
    OV_LINK_HOST_SOCIAL,
    OV_LINK_HOST_PAGES,
    OV_LINK_HOST_SITE,
    OV_LINK_HOST_SERVICE,
} OvLinkHost;

/* Of a web address, by its host, or the nearest name above it that is known. */
OvLinkHost ov_link_host(const OvTarget *target);

/* A text is the name of a social network ("Facebook", "follow us on X"): its last word is the label
 * of one, and it has four words at most. Labels of less than five letters are ordinary words too
 * ("ok"). */
gboolean ov_is_social_name(OvSlice text);
