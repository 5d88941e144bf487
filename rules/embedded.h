/* Pictures that a message carries itself: parts that HTML shows by their Content-ID (RFC 2392), and
 * data: addresses. */
#pragma once

#include "rules/mime.h"
#include "rules/target.h"

typedef struct OvEmbedded OvEmbedded;

typedef struct {
    guint width, height; /* as the file tells; 0 where it tells none */
    gsize octets;        /* decoded size, about */
    gboolean first;      /* not asked for before */
} OvEmbeddedPicture;

/* Content-IDs are looked for in the first 200 parts that have one. Arena. */
OvEmbedded *ov_embedded_new(OvArena *arena, const OvMime *mime);

/* The picture at an address; FALSE where the message does not carry it. */
gboolean ov_embedded_picture(OvEmbedded *embedded, const OvTarget *source,
                             OvEmbeddedPicture *picture);
