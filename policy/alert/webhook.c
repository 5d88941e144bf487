#include "policy/alert/webhook.h"

#include "policy/alert/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_MIN = 16, KEY_MAX = 1024 };

gboolean ov_webhook_url_is(const char *url, const char **why) {
    static const char *const here[] = {"localhost", "127.0.0.1", "::1"};
    gboolean printable = TRUE;
    for (const char *p = url; *p; p++)
        printable = printable && *p > ' ' && *p <= '~';
    g_autoptr(GUri) uri = printable ? g_uri_parse(url, G_URI_FLAGS_ENCODED, NULL) : NULL;
    const char *host = uri ? g_uri_get_host(uri) : NULL;
    *why = "it is no URL: https://example.com/hook";
    if (!host || !*host)
        return FALSE;
    *why = "name and password have no place in a URL that others may read";
    if (g_uri_get_userinfo(uri))
        return FALSE;
    *why = "it begins with https://; http:// is for this machine itself alone";
    if (g_str_equal(g_uri_get_scheme(uri), "https"))
        return TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(here); i++)
        if (g_str_equal(g_uri_get_scheme(uri), "http") && g_ascii_strcasecmp(host, here[i]) == 0)
            return TRUE;
    return FALSE;
}

static GBytes *fail(const char *path, const char *trouble, GError **error) {
    g_set_error(error, OV_ALERT_ERROR, OV_ALERT_ERROR_NEVER, "the key %s %s", path, trouble);
    return NULL;
}

static GBytes *read_key(int file, const char *path, GError **error) {
    char octets[KEY_MAX + 1];
    struct stat status;
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
        return fail(path, "is no file", error);
    if (status.st_mode & (S_IWGRP | S_IRWXO))
        return fail(path, "may be read by others: chmod 640 it", error);
    gssize n = read(file, octets, sizeof octets);
    while (n > 0 && g_ascii_isspace(octets[n - 1]))
        n--;
    if (n < KEY_MIN || n > KEY_MAX)
        return fail(path, "does not hold 16 to 1,024 octets", error);
    GBytes *key = g_bytes_new(octets, (gsize)n);
    explicit_bzero(octets, sizeof octets);
    return key;
}

GBytes *ov_webhook_key(const char *path, GError **error) {
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return fail(path, g_strerror(errno), error);
    GBytes *key = read_key(file, path, error);
    close(file);
    return key;
}

char *ov_webhook_signature(GBytes *key, const char *timestamp, const char *body) {
    gsize length;
    const guchar *octets = g_bytes_get_data(key, &length);
    g_autoptr(GHmac) hmac = g_hmac_new(G_CHECKSUM_SHA256, octets, length);
    g_hmac_update(hmac, (const guchar *)timestamp, -1);
    g_hmac_update(hmac, (const guchar *)".", 1);
    g_hmac_update(hmac, (const guchar *)body, -1);
    return g_strconcat("sha256=", g_hmac_get_string(hmac), NULL);
}
