#include "policy/limits/redis_link.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    BLOCK = 32 * 1024,
    MAX_PASSWORD = 4096,
    MAX_REASON = 200, /* octets of Redis's words that are told on */
};

struct OvRedisLink {
    int fd;
    SSL_CTX *context; /* NULL without TLS */
    SSL *tls;
    redisReader *reader;
    GString *out;
    gsize written; /* octets of out that are gone */
};

G_DEFINE_QUARK(ov_redis_error, ov_redis_error)

static gboolean fail(GError **error, OvRedisError code, const char *what, const char *why) {
    g_set_error(error, OV_REDIS_ERROR, (gint)code, "%s%s%s", what, why ? ": " : "", why ? why : "");
    return FALSE;
}

static gboolean fail_tls(GError **error, OvRedisError code, const char *what) {
    unsigned long number = ERR_get_error();
    const char *reason = number ? ERR_reason_error_string(number) : NULL;
    ERR_clear_error();
    return fail(error, code, what, reason);
}

static gboolean wait_for(int fd, short events, gint64 deadline, GError **error) {
    for (;;) {
        gint64 left = (deadline - g_get_monotonic_time() + 999) / 1000;
        struct pollfd watched = {.fd = fd, .events = events};
        if (left <= 0)
            return fail(error, OV_REDIS_ERROR_AWAY, "no answer in time", NULL);
        int ready = poll(&watched, 1, (int)MIN(left, G_MAXINT));
        if (ready > 0)
            return TRUE;
        if (ready < 0 && errno != EINTR)
            return fail(error, OV_REDIS_ERROR_AWAY, "poll", g_strerror(errno));
    }
}

static int connect_to(const struct addrinfo *where, gint64 deadline, GError **error) {
    int fd = socket(where->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int trouble = 0, on = 1;
    socklen_t size = sizeof trouble;
    if (fd < 0) {
        fail(error, OV_REDIS_ERROR_AWAY, "no socket", g_strerror(errno));
        return -1;
    }
    if (where->ai_family != AF_UNIX)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, where->ai_addr, where->ai_addrlen) != 0) {
        trouble = errno;
        if (trouble == EINPROGRESS) {
            if (!wait_for(fd, POLLOUT, deadline, error)) {
                close(fd);
                return -1;
            }
            getsockopt(fd, SOL_SOCKET, SO_ERROR, &trouble, &size);
        }
    }
    if (trouble == 0)
        return fd;
    close(fd);
    fail(error, OV_REDIS_ERROR_AWAY, "can't connect", g_strerror(trouble));
    return -1;
}

static int connect_inet(const OvRedisPlace *place, gint64 deadline, GError **error) {
    struct addrinfo wanted = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV},
                    *found = NULL;
    int code = getaddrinfo(place->host, place->port, &wanted, &found), fd = -1;
    if (code != 0) {
        fail(error, OV_REDIS_ERROR_AWAY, place->host, gai_strerror(code));
        return -1;
    }
    for (const struct addrinfo *next = found; next && fd < 0; next = next->ai_next) {
        g_clear_error(error);
        fd = connect_to(next, deadline, error);
    }
    freeaddrinfo(found);
    return fd;
}

static int connect_unix(const OvRedisPlace *place, gint64 deadline, GError **error) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct addrinfo where = {
        .ai_family = AF_UNIX, .ai_addr = (struct sockaddr *)&address, .ai_addrlen = sizeof address};
    g_strlcpy(address.sun_path, place->path, sizeof address.sun_path);
    return connect_to(&where, deadline, error);
}

static gboolean is_given(const char *file) {
    return file && *file;
}

static gboolean load_files(SSL_CTX *context, const OvRedisPlace *place, GError **error) {
    if (is_given(place->ca) ? SSL_CTX_load_verify_locations(context, place->ca, NULL) != 1
                            : SSL_CTX_set_default_verify_paths(context) != 1)
        return fail_tls(error, OV_REDIS_ERROR_SETTINGS,
                        is_given(place->ca) ? place->ca : "the system's CAs");
    if (!is_given(place->certificate))
        return TRUE;
    if (SSL_CTX_use_certificate_chain_file(context, place->certificate) != 1)
        return fail_tls(error, OV_REDIS_ERROR_SETTINGS, place->certificate);
    if (SSL_CTX_use_PrivateKey_file(context, place->key, SSL_FILETYPE_PEM) != 1)
        return fail_tls(error, OV_REDIS_ERROR_SETTINGS, place->key);
    return TRUE;
}

/* The certificate must be for the name or the address that the settings give. */
static gboolean expect_host(SSL *tls, const char *host) {
    if (g_hostname_is_ip_address(host))
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), host) == 1;
    return SSL_set1_host(tls, host) == 1 && SSL_set_tlsext_host_name(tls, host) == 1;
}

/* What is to be waited for before it is tried again; 0 where there is real trouble. */
static short wanted_events(const SSL *tls, int result) {
    switch (SSL_get_error(tls, result)) {
    case SSL_ERROR_WANT_READ:
        return POLLIN;
    case SSL_ERROR_WANT_WRITE:
        return POLLOUT;
    default:
        return 0;
    }
}

static gboolean start_tls(OvRedisLink *link, const OvRedisPlace *place, gint64 deadline,
                          GError **error) {
    link->context = SSL_CTX_new(TLS_client_method());
    if (!link->context || SSL_CTX_set_min_proto_version(link->context, TLS1_2_VERSION) != 1)
        return fail_tls(error, OV_REDIS_ERROR_AWAY, "TLS");
    if (!load_files(link->context, place, error))
        return FALSE;
    SSL_CTX_set_verify(link->context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_mode(link->context,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    link->tls = SSL_new(link->context);
    if (!link->tls || SSL_set_fd(link->tls, link->fd) != 1 || !expect_host(link->tls, place->host))
        return fail_tls(error, OV_REDIS_ERROR_AWAY, "TLS");
    for (;;) {
        ERR_clear_error();
        int result = SSL_connect(link->tls);
        if (result == 1)
            return TRUE;
        short events = wanted_events(link->tls, result);
        if (events == 0) {
            long fault = SSL_get_verify_result(link->tls);
            if (fault == X509_V_OK)
                return fail_tls(error, OV_REDIS_ERROR_AWAY, "no TLS there");
            return fail(error, OV_REDIS_ERROR_REFUSED, "its certificate is not believed",
                        X509_verify_cert_error_string(fault));
        }
        if (!wait_for(link->fd, events, deadline, error))
            return FALSE;
    }
}

/* Octets that went, 0 where there must be waited for *events, -1 with error. */
static gssize write_some(OvRedisLink *link, short *events, GError **error) {
    const char *from = link->out->str + link->written;
    gsize length = link->out->len - link->written;
    if (link->tls) {
        ERR_clear_error();
        int n = SSL_write(link->tls, from, (int)MIN(length, BLOCK));
        if (n > 0)
            return n;
        *events = wanted_events(link->tls, n);
        return *events ? 0 : (fail_tls(error, OV_REDIS_ERROR_AWAY, "connection lost"), -1);
    }
    gssize n = send(link->fd, from, length, MSG_NOSIGNAL);
    if (n > 0)
        return n;
    *events = POLLOUT;
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    fail(error, OV_REDIS_ERROR_AWAY, "connection lost", g_strerror(errno));
    return -1;
}

/* Likewise. */
static gssize read_some(OvRedisLink *link, char *to, short *events, GError **error) {
    if (link->tls) {
        ERR_clear_error();
        int n = SSL_read(link->tls, to, BLOCK);
        if (n > 0)
            return n;
        *events = wanted_events(link->tls, n);
        return *events ? 0 : (fail_tls(error, OV_REDIS_ERROR_AWAY, "connection lost"), -1);
    }
    gssize n = recv(link->fd, to, BLOCK, 0);
    if (n > 0)
        return n;
    *events = POLLIN;
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    fail(error, OV_REDIS_ERROR_AWAY, "connection lost", n < 0 ? g_strerror(errno) : NULL);
    return -1;
}

/* Writes and reads what goes without waiting; *events: what is to be waited for, 0 where
 * something came. */
static gboolean exchange(OvRedisLink *link, short *events, GError **error) {
    char block[BLOCK];
    short write_events = 0, read_events = 0;
    gssize n = 1;
    while (n > 0 && link->written < link->out->len) {
        n = write_some(link, &write_events, error);
        if (n < 0)
            return FALSE;
        link->written += (gsize)n;
    }
    if (link->written == link->out->len) {
        g_string_truncate(link->out, 0);
        link->written = 0;
    }
    n = read_some(link, block, &read_events, error);
    if (n < 0)
        return FALSE;
    if (n > 0 && redisReaderFeed(link->reader, block, (gsize)n) != REDIS_OK)
        return fail(error, OV_REDIS_ERROR_AWAY, "what it answers makes no sense",
                    link->reader->errstr);
    *events = (short)(n > 0 ? 0 : read_events | write_events);
    return TRUE;
}

redisReply *ov_redis_link_reply(OvRedisLink *link, gint64 deadline, GError **error) {
    for (;;) {
        void *reply = NULL;
        short events = 0;
        if (redisReaderGetReply(link->reader, &reply) != REDIS_OK) {
            fail(error, OV_REDIS_ERROR_AWAY, "what it answers makes no sense",
                 link->reader->errstr);
            return NULL;
        }
        if (reply)
            return reply;
        if (!exchange(link, &events, error) ||
            (events != 0 && !wait_for(link->fd, events, deadline, error)))
            return NULL;
    }
}

void ov_redis_link_begin(OvRedisLink *link, guint words) {
    g_string_append_printf(link->out, "*%u\r\n", words);
}

void ov_redis_link_word(OvRedisLink *link, const void *word, gsize length) {
    g_string_append_printf(link->out, "$%" G_GSIZE_FORMAT "\r\n", length);
    g_string_append_len(link->out, word, (gssize)length);
    g_string_append_len(link->out, "\r\n", 2);
}

void ov_redis_link_command(OvRedisLink *link, const char *word, ...) {
    va_list words;
    guint n = 0;
    va_start(words, word);
    for (const char *next = word; next; next = va_arg(words, const char *))
        n++;
    va_end(words);
    ov_redis_link_begin(link, n);
    va_start(words, word);
    for (const char *next = word; next; next = va_arg(words, const char *))
        ov_redis_link_word(link, next, strlen(next));
    va_end(words);
}

/* Takes the reply to a command of logging in. */
static gboolean expect_ok(OvRedisLink *link, const char *what, gint64 deadline, GError **error) {
    redisReply *reply = ov_redis_link_reply(link, deadline, error);
    if (!reply)
        return FALSE;
    gboolean ok = reply->type != REDIS_REPLY_ERROR;
    if (!ok) {
        g_autofree char *words = g_utf8_make_valid(reply->str, (gssize)MIN(reply->len, MAX_REASON));
        fail(error, OV_REDIS_ERROR_REFUSED, what, words);
    }
    freeReplyObject(reply);
    return ok;
}

/* The file's first line. */
static char *read_password(const char *path, GError **error) {
    g_autoptr(GError) trouble = NULL;
    g_autofree char *text = NULL;
    gsize length;
    if (!g_file_get_contents(path, &text, &length, &trouble)) {
        fail(error, OV_REDIS_ERROR_SETTINGS, "the password", trouble->message);
        return NULL;
    }
    text[strcspn(text, "\r\n")] = '\0';
    if (!*text || length > MAX_PASSWORD) {
        fail(error, OV_REDIS_ERROR_SETTINGS, "there is no password on the first line", path);
        return NULL;
    }
    return g_steal_pointer(&text);
}

static gboolean log_in(OvRedisLink *link, const OvRedisPlace *place, gint64 deadline,
                       GError **error) {
    if (is_given(place->password_file)) {
        g_autofree char *password = read_password(place->password_file, error);
        if (!password)
            return FALSE;
        if (place->user)
            ov_redis_link_command(link, "AUTH", place->user, password, NULL);
        else
            ov_redis_link_command(link, "AUTH", password, NULL);
        explicit_bzero(password, strlen(password));
        if (!expect_ok(link, "it refuses the password", deadline, error))
            return FALSE;
    }
    g_autofree char *number = g_strdup_printf("%u", place->number);
    ov_redis_link_command(link, "SELECT", number, NULL);
    return expect_ok(link, "it refuses the database", deadline, error);
}

OvRedisLink *ov_redis_link_open(const OvRedisPlace *place, gint64 deadline, GError **error) {
    int fd =
        place->path ? connect_unix(place, deadline, error) : connect_inet(place, deadline, error);
    if (fd < 0)
        return NULL;
    g_autoptr(OvRedisLink) link = g_new0(OvRedisLink, 1);
    link->fd = fd;
    link->reader = redisReaderCreate();
    link->out = g_string_new(NULL);
    if ((place->tls && !start_tls(link, place, deadline, error)) ||
        !log_in(link, place, deadline, error))
        return NULL;
    return g_steal_pointer(&link);
}

void ov_redis_link_close(OvRedisLink *link) {
    if (!link)
        return;
    SSL_free(link->tls);
    SSL_CTX_free(link->context);
    close(link->fd);
    redisReaderFree(link->reader);
    g_string_free(link->out, TRUE);
    g_free(link);
}
