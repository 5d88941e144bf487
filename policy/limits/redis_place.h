/* Where a Redis is, and how one gets in: redis://[USER@]HOST[:PORT][/NUMBER], rediss:// for TLS,
 * and unix:/PATH[?db=NUMBER]. Pure. */
#pragma once

#include "rules/arena.h"

typedef struct {
    const char *host; /* NULL for a Unix socket; of IPv6 without brackets */
    const char *port; /* a number */
    const char *path; /* of the Unix socket */
    const char *user; /* NULL: Redis's default user */
    guint number;     /* of the database */
    gboolean tls;
    /* Beside what the text says: paths; NULL or "" where there is none. */
    const char *password_file;
    const char *ca;                /* whose certificates are believed; NULL: the system's */
    const char *certificate, *key; /* of ours */
} OvRedisPlace;

/* Reads the text; what is kept lives in the arena, the files stay as they are. NULL, or what is
 * wrong in words, which the caller frees. A password in the text is refused: outvet config show and
 * the log tell it. */
char *ov_redis_place_read(OvRedisPlace *place, const char *text, OvArena *arena);
