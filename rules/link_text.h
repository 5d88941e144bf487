/* The host that the visible text of a link shows. */
#pragma once

#include "rules/arena.h"

typedef enum { OV_SHOWN_NO_SCHEME, OV_SHOWN_HTTP, OV_SHOWN_HTTPS } OvShownScheme;

typedef struct {
    OvSlice host;         /* canonical form (ov_domain_canonical) */
    OvSlice organisation; /* its organisational domain */
    OvShownScheme scheme;
} OvShownHost;

/* Steps through the hosts in text, from *at on: words with http://, https:// or www., with a host
 * and a path, and a text that is a host and nothing else. The top-level domain must exist; file
 * names ("report.zip", "setup.py") and mail addresses are none. *at starts with 0. At most the
 * first OV_SHOWN_MAX_TEXT octets are looked at. */
enum { OV_SHOWN_MAX_TEXT = 1000 };
gboolean ov_shown_host_next(OvArena *arena, OvSlice text, gsize *at, OvShownHost *shown);
