#include "policy/limits/redis_place.h"

#include <string.h>
#include <sys/un.h>

enum { MAX_NUMBER = 65535 };

static const char PORT[] = "6379";
static const char FORMS[] =
    "it is redis://HOST, rediss://HOST for TLS, or unix:/PATH of a Redis: redis://192.0.2.9:6379/0";

/* What follows the start, or NULL. */
static const char *after(const char *text, const char *start) {
    return g_str_has_prefix(text, start) ? text + strlen(start) : NULL;
}

static char *read_number(OvRedisPlace *place, const char *text) {
    guint64 number;
    if (!g_ascii_string_to_unsigned(text, 10, 0, MAX_NUMBER, &number, NULL))
        return g_strdup_printf("%s is no number of a database; it is a number from 0 on", text);
    place->number = (guint)number;
    return NULL;
}

static char *read_unix(OvRedisPlace *place, const char *text, OvArena *arena) {
    static const char QUERY[] = "?db=";
    const char *query = strchr(text, '?');
    gsize length = query ? (gsize)(query - text) : strlen(text);
    if (*text != '/')
        return g_strdup("the path of a Unix socket starts with /");
    if (length >= sizeof((struct sockaddr_un *)NULL)->sun_path)
        return g_strdup("the path is too long for a Unix socket");
    place->path = ov_arena_strndup(arena, text, length);
    if (!query)
        return NULL;
    return g_str_has_prefix(query, QUERY) ? read_number(place, query + strlen(QUERY))
                                          : g_strdup(FORMS);
}

/* HOST[:PORT], [IPv6 address][:PORT] */
static char *read_host(OvRedisPlace *place, const char *text, gsize length, OvArena *arena) {
    const char *end = text + length;
    const char *closing = *text == '[' ? memchr(text, ']', length) : NULL;
    const char *first = closing ? text + 1 : text;
    const char *colon =
        memchr(closing ? closing : text, ':', (gsize)(end - (closing ? closing : text)));
    const char *last = closing ? closing : colon ? colon : end;
    if (last == first || (closing && closing + 1 != end && closing + 1 != colon))
        return g_strdup(FORMS);
    place->host = ov_arena_strndup(arena, first, (gsize)(last - first));
    place->port = PORT;
    if (!closing && strchr(place->host, '['))
        return g_strdup(FORMS);
    if (!colon)
        return NULL;
    place->port = ov_arena_strndup(arena, colon + 1, (gsize)(end - colon - 1));
    return g_ascii_string_to_unsigned(place->port, 10, 1, G_MAXUINT16, NULL, NULL)
               ? NULL
               : g_strdup("a port is a number from 1 to 65535; an IPv6 address stands in brackets");
}

static char *read_inet(OvRedisPlace *place, const char *text, OvArena *arena) {
    const char *slash = strchr(text, '/'), *at = strrchr(text, '@');
    gsize length = slash ? (gsize)(slash - text) : strlen(text);
    if (at && (!slash || at < slash)) {
        place->user = at > text ? ov_arena_strndup(arena, text, (gsize)(at - text)) : NULL;
        if (place->user && strchr(place->user, ':'))
            return g_strdup(
                "a password has no place here; write it into a file that only outvetd's "
                "user may read, and name that in password_file");
        length -= (gsize)(at + 1 - text);
        text = at + 1;
    }
    char *trouble = read_host(place, text, length, arena);
    if (trouble || !slash || !slash[1])
        return trouble;
    return read_number(place, slash + 1);
}

char *ov_redis_place_read(OvRedisPlace *place, const char *text, OvArena *arena) {
    const char *unix_path = after(text, "unix:"), *plain = after(text, "redis://"),
               *secure = after(text, "rediss://");
    place->host = place->port = place->path = place->user = NULL;
    place->number = 0;
    place->tls = secure != NULL;
    if (unix_path)
        return read_unix(place, unix_path, arena);
    if (plain || secure)
        return read_inet(place, plain ? plain : secure, arena);
    return g_strdup(FORMS);
}
