#include "policy/ownership_table.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    MAX_IDLE = 4,          /* connections that are kept open */
    MAX_LENGTH_DIGITS = 6, /* of OV_TABLE_MAX_ANSWER */
    MAX_REASON = 200,      /* octets of a server's words that are told on */
};

typedef struct {
    OvOwnerTable table;      /* first: what the outside sees */
    char *host, *port, *map; /* host is NULL for a Unix socket */
    char *path;
    GMutex lock; /* guards idle */
    int idle[MAX_IDLE];
    guint n_idle;
} Socketmap;

static gboolean fail(GError **error, const char *what, const char *why) {
    g_set_error(error, OV_TABLE_ERROR, OV_TABLE_ERROR_LOOKUP, "%s%s%s", what, why ? ": " : "",
                why ? why : "");
    return FALSE;
}

gboolean ov_socketmap_reply(const char *reply, gsize length, char **owners, GError **error) {
    static const struct {
        const char *word, *trouble;
    } troubles[] = {{"TEMP", "the server has trouble"},
                    {"TIMEOUT", "the server got no answer in time"},
                    {"PERM", "the server refuses"}};
    const char *space = memchr(reply, ' ', length);
    gsize word = space ? (gsize)(space - reply) : length;
    gsize rest = length - word - (space != NULL);
    *owners = NULL;
    if (memchr(reply, '\0', length))
        return fail(error, "the server's answer has a NUL", NULL);
    if (word == strlen("OK") && strncmp(reply, "OK", word) == 0 && space) {
        *owners = g_strndup(space + 1, rest);
        return TRUE;
    }
    if (word == strlen("NOTFOUND") && strncmp(reply, "NOTFOUND", word) == 0)
        return TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(troubles); i++)
        if (word == strlen(troubles[i].word) && strncmp(reply, troubles[i].word, word) == 0) {
            g_autofree char *words =
                space ? g_utf8_make_valid(space + 1, (gssize)MIN(rest, MAX_REASON)) : NULL;
            for (char *at = words; at && *at; at++) /* an error is one line */
                if (g_ascii_iscntrl(*at))
                    *at = ' ';
            return fail(error, troubles[i].trouble, words && *words ? words : NULL);
        }
    return fail(error, "the server's answer is none of socketmap", NULL);
}

/* Waits for events until the deadline. */
static gboolean wait_for(int socket, short events, gint64 deadline, GError **error) {
    for (;;) {
        gint64 left = (deadline - g_get_monotonic_time()) / 1000;
        struct pollfd fd = {.fd = socket, .events = events};
        if (left <= 0)
            return fail(error, "no answer in time", NULL);
        int ready = poll(&fd, 1, (int)left);
        if (ready > 0)
            return TRUE;
        if (ready < 0 && errno != EINTR)
            return fail(error, "poll", g_strerror(errno));
    }
}

static int connect_to(int family, const struct sockaddr *address, socklen_t length, gint64 deadline,
                      GError **error) {
    int made = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), trouble = 0;
    socklen_t size = sizeof trouble;
    if (made < 0) {
        fail(error, "can't connect", g_strerror(errno));
        return -1;
    }
    if (connect(made, address, length) != 0) {
        trouble = errno;
        if (trouble == EINPROGRESS) {
            if (!wait_for(made, POLLOUT, deadline, error)) {
                close(made);
                return -1;
            }
            getsockopt(made, SOL_SOCKET, SO_ERROR, &trouble, &size);
        }
    }
    if (trouble == 0)
        return made;
    fail(error, "can't connect", g_strerror(trouble));
    close(made);
    return -1;
}

static int connect_inet(const Socketmap *map, gint64 deadline, GError **error) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    int result = getaddrinfo(map->host, map->port, &hints, &found), made = -1;
    if (result != 0) {
        fail(error, map->host, gai_strerror(result));
        return -1;
    }
    for (const struct addrinfo *next = found; next && made < 0; next = next->ai_next) {
        g_clear_error(error);
        made = connect_to(next->ai_family, next->ai_addr, next->ai_addrlen, deadline, error);
    }
    freeaddrinfo(found);
    return made;
}

static int connect_unix(const Socketmap *map, gint64 deadline, GError **error) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    g_strlcpy(address.sun_path, map->path, sizeof address.sun_path);
    return connect_to(AF_UNIX, (const struct sockaddr *)&address, sizeof address, deadline, error);
}

static gboolean send_all(int socket, const char *data, gsize length, gint64 deadline,
                         GError **error) {
    while (length > 0) {
        gssize n = send(socket, data, length, MSG_NOSIGNAL);
        if (n > 0) {
            data += n;
            length -= (gsize)n;
        } else if (n < 0 && errno != EAGAIN && errno != EINTR) {
            return fail(error, "the server does not listen", g_strerror(errno));
        } else if (!wait_for(socket, POLLOUT, deadline, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean receive(int socket, char *data, gsize length, gint64 deadline, GError **error) {
    while (length > 0) {
        gssize n = recv(socket, data, length, 0);
        if (n > 0) {
            data += n;
            length -= (gsize)n;
        } else if (n == 0) {
            return fail(error, "the server closed the connection", NULL);
        } else if (errno != EAGAIN && errno != EINTR) {
            return fail(error, "the server does not answer", g_strerror(errno));
        } else if (!wait_for(socket, POLLIN, deadline, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* One netstring: LENGTH:DATA, */
static GString *receive_netstring(int socket, gint64 deadline, GError **error) {
    gsize length = 0;
    for (guint digits = 0;; digits++) {
        char c;
        if (!receive(socket, &c, 1, deadline, error))
            return NULL;
        if (c == ':' && digits > 0)
            break;
        if (!g_ascii_isdigit(c) || digits == MAX_LENGTH_DIGITS) {
            fail(error, "the server's answer is no netstring", NULL);
            return NULL;
        }
        length = length * 10 + (gsize)(c - '0');
    }
    if (length > OV_TABLE_MAX_ANSWER) {
        fail(error, "the server's answer is too long", NULL);
        return NULL;
    }
    g_autoptr(GString) data = g_string_sized_new(length + 1);
    g_string_set_size(data, length + 1);
    if (!receive(socket, data->str, length + 1, deadline, error))
        return NULL;
    if (data->str[length] != ',') {
        fail(error, "the server's answer is no netstring", NULL);
        return NULL;
    }
    g_string_truncate(data, length);
    return g_steal_pointer(&data);
}

static int take_idle(Socketmap *map) {
    g_mutex_lock(&map->lock);
    int idle = map->n_idle > 0 ? map->idle[--map->n_idle] : -1;
    g_mutex_unlock(&map->lock);
    return idle;
}

static void give_back(Socketmap *map, int socket) {
    g_mutex_lock(&map->lock);
    gboolean keep = map->n_idle < MAX_IDLE;
    if (keep)
        map->idle[map->n_idle++] = socket;
    g_mutex_unlock(&map->lock);
    if (!keep)
        close(socket);
}

static GString *ask_on(int socket, const GString *request, gint64 deadline, GError **error) {
    return send_all(socket, request->str, request->len, deadline, error)
               ? receive_netstring(socket, deadline, error)
               : NULL;
}

/* A server may have closed what was kept open; a new connection tells whether it is there. */
static GString *ask(Socketmap *map, const GString *request, gint64 deadline, GError **error) {
    GString *reply = NULL;
    int made;
    while (!reply && (made = take_idle(map)) >= 0)
        if (!(reply = ask_on(made, request, deadline, NULL)))
            close(made);
    if (!reply) {
        made = map->host ? connect_inet(map, deadline, error) : connect_unix(map, deadline, error);
        if (made < 0)
            return NULL;
        if (!(reply = ask_on(made, request, deadline, error))) {
            close(made);
            return NULL;
        }
    }
    give_back(map, made);
    return reply;
}

static gboolean find(OvOwnerTable *table, const char *const *keys, guint n, gint64 deadline,
                     guint *which, char **owners, GError **error) {
    Socketmap *map = (Socketmap *)table;
    *owners = NULL;
    for (*which = 0; *which < n; ++*which) {
        g_autofree char *text = g_strdup_printf("%s %s", map->map, keys[*which]);
        g_autoptr(GString) request = g_string_new(NULL);
        g_string_printf(request, "%" G_GSIZE_FORMAT ":%s,", strlen(text), text);
        g_autoptr(GString) reply = ask(map, request, deadline, error);
        if (!reply || !ov_socketmap_reply(reply->str, reply->len, owners, error))
            return FALSE;
        if (*owners)
            return TRUE;
    }
    return TRUE;
}

static void socketmap_free(OvOwnerTable *table) {
    Socketmap *map = (Socketmap *)table;
    for (guint i = 0; i < map->n_idle; i++)
        close(map->idle[i]);
    g_mutex_clear(&map->lock);
    g_free(map->host);
    g_free(map->port);
    g_free(map->path);
    g_free(map->map);
    g_free(map);
}

/* HOST:PORT:NAME; a host of IPv6 stands in brackets. */
static gboolean take_inet(Socketmap *map, const char *text) {
    const char *name = strrchr(text, ':');
    if (!name || name == text || !name[1])
        return FALSE;
    g_autofree char *place = g_strndup(text, (gsize)(name - text));
    char *port = strrchr(place, ':');
    if (!port || port == place || !port[1])
        return FALSE;
    *port++ = '\0';
    gsize length = strlen(place);
    gboolean bracketed = place[0] == '[' && place[length - 1] == ']';
    map->host = bracketed ? g_strndup(place + 1, length - 2) : g_strdup(place);
    map->port = g_strdup(port);
    map->map = g_strdup(name + 1);
    return TRUE;
}

static gboolean take_unix(Socketmap *map, const char *text) {
    const char *name = strrchr(text, ':');
    if (!name || !name[1])
        return FALSE;
    map->path = g_strndup(text, (gsize)(name - text));
    map->map = g_strdup(name + 1);
    return g_path_is_absolute(map->path) &&
           strlen(map->path) < sizeof((struct sockaddr_un *)NULL)->sun_path;
}

OvOwnerTable *ov_socketmap_table_new(const char *name, GError **error) {
    Socketmap *map = g_new0(Socketmap, 1);
    map->table.find = find;
    map->table.free = socketmap_free;
    g_mutex_init(&map->lock);
    gboolean taken = FALSE;
    if (g_str_has_prefix(name, "inet:"))
        taken = take_inet(map, name + strlen("inet:"));
    else if (g_str_has_prefix(name, "unix:"))
        taken = take_unix(map, name + strlen("unix:"));
    if (taken)
        return &map->table;
    g_set_error(error, OV_TABLE_ERROR, OV_TABLE_ERROR_NAME,
                "socketmap:%s is no socketmap; write socketmap:inet:HOST:PORT:NAME or "
                "socketmap:unix:/PATH:NAME",
                name);
    socketmap_free(&map->table);
    return NULL;
}
