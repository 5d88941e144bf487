#include "policy/alert/channel.h"
#include "policy/alert/webhook.h"

#include <curl/curl.h>
#include <string.h>

enum { CONNECT_SECONDS = 5, SEND_SECONDS = 10 };

typedef struct curl_slist HeaderFields;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeaderFields, curl_slist_free_all)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CURL, curl_easy_cleanup)

static gboolean is_set(const OvSettings *settings) {
    return *settings->alert_webhook != '\0';
}

static void add_field(HeaderFields **fields, const char *name, const char *value) {
    g_autofree char *field = g_strdup_printf("%s: %s", name, value);
    HeaderFields *longer = curl_slist_append(*fields, field);
    if (longer)
        *fields = longer;
}

/* What is answered says nothing to us. */
static size_t drop(char *data, size_t size, size_t n, void *user) {
    (void)data, (void)user;
    return size * n;
}

static gboolean judge(CURL *curl, CURLcode code, const char *words, GError **error) {
    if (code != CURLE_OK) {
        gboolean lasting = code == CURLE_PEER_FAILED_VERIFICATION ||
                           code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT;
        g_set_error(error, OV_ALERT_ERROR, lasting ? OV_ALERT_ERROR_NEVER : OV_ALERT_ERROR_LATER,
                    "%s", *words ? words : curl_easy_strerror(code));
        return FALSE;
    }
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (status >= 200 && status < 300)
        return TRUE;
    if (status >= 300 && status < 400)
        g_set_error(error, OV_ALERT_ERROR, OV_ALERT_ERROR_NEVER,
                    "the answer is %ld, a redirect, and none is followed: set the final address",
                    status);
    else
        /* RFC 9110 15.5.9; RFC 6585 4; RFC 8470 5.2 */
        g_set_error(error, OV_ALERT_ERROR,
                    status >= 500 || status == 408 || status == 429 || status == 425
                        ? OV_ALERT_ERROR_LATER
                        : OV_ALERT_ERROR_NEVER,
                    "the answer is %ld", status);
    return FALSE;
}

static gboolean post(const OvSettings *settings, const HeaderFields *fields, const char *body,
                     GError **error) {
    g_autoptr(CURL) curl = curl_easy_init();
    char words[CURL_ERROR_SIZE] = "";
    if (!curl) {
        g_set_error_literal(error, OV_ALERT_ERROR, OV_ALERT_ERROR_LATER, "libcurl does not start");
        return FALSE;
    }
    curl_easy_setopt(curl, CURLOPT_URL, settings->alert_webhook);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fields);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)SEND_SECONDS);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "outvet/" OV_VERSION);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words);
    CURLcode code = curl_easy_perform(curl);
    return judge(curl, code, words, error);
}

static gboolean send_post(const OvNotice *notice, const OvSettings *settings, const guint8 *key,
                          GError **error) {
    (void)key;
    g_autofree char *body = ov_notice_json_text(notice, settings->node);
    g_autofree char *time =
        g_strdup_printf("%" G_GINT64_FORMAT, g_get_real_time() / G_USEC_PER_SEC);
    g_autoptr(HeaderFields) fields = NULL;
    add_field(&fields, "Content-Type", "application/json");
    add_field(&fields, "X-Outvet-Id", notice->id);
    add_field(&fields, "X-Outvet-Timestamp", time);
    if (*settings->alert_webhook_key) {
        g_autoptr(GBytes) secret = ov_webhook_key(settings->alert_webhook_key, error);
        if (!secret)
            return FALSE;
        g_autofree char *signature = ov_webhook_signature(secret, time, body);
        add_field(&fields, "X-Outvet-Signature", signature);
    }
    return post(settings, fields, body, error);
}

const OvAlertChannel ov_alert_channel_webhook = {"webhook", is_set, send_post};
