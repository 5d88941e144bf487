#include "policy/provider/exchange.h"

#include "policy/provider/answer_json.h"

#include <curl/curl.h>
#include <string.h>

enum {
    CONNECT_SECONDS = 10,
    MAX_HEADER = 64 * 1024,  /* octets of all header fields of an answer */
    BODY_KEPT = 256 * 1024,  /* octets of the body's memory that stay for the next answer */
    MAX_RETRY_AFTER = 86400, /* seconds; a longer wait is as good as that */
};

struct OvExchange {
    CURL *curl;
    OvStop *stop;
    GString *body;
    gsize header; /* octets of the answer under way */
    gboolean too_long;
    char query_id[OV_EXCHANGE_MAX_QUERY_ID];
    char words[CURL_ERROR_SIZE];
};

typedef struct curl_slist HeaderFields;

G_DEFINE_QUARK(ov_exchange_error, ov_exchange_error)

static size_t take_body(char *data, size_t size, size_t n, void *user) {
    OvExchange *exchange = user;
    if (exchange->body->len + size * n > OV_ANSWER_MAX_SIZE) {
        exchange->too_long = TRUE;
        return 0;
    }
    g_string_append_len(exchange->body, data, (gssize)(size * n));
    return size * n;
}

static size_t take_field(char *data, size_t size, size_t n, void *user) {
    static const char name[] = "x-ovh-queryid:";
    OvExchange *exchange = user;
    gsize length = size * n, after = strlen(name), out = 0;
    exchange->header += length;
    exchange->too_long = exchange->too_long || exchange->header > MAX_HEADER;
    if (length > after && g_ascii_strncasecmp(data, name, after) == 0) {
        for (gsize i = after; i < length && out < sizeof exchange->query_id - 1; i++)
            if (g_ascii_isgraph(data[i]))
                exchange->query_id[out++] = data[i];
        exchange->query_id[out] = '\0';
    }
    return exchange->too_long ? 0 : length;
}

static int look_up(void *user, curl_off_t down_all, curl_off_t down, curl_off_t up_all,
                   curl_off_t up) {
    const OvExchange *exchange = user;
    (void)down_all, (void)down, (void)up_all, (void)up;
    return ov_stop_is_set(exchange->stop);
}

OvExchange *ov_exchange_new(gboolean here, OvStop *stop) {
    OvExchange *exchange = g_new0(OvExchange, 1);
    CURL *curl = exchange->curl = curl_easy_init();
    if (!curl)
        g_error("libcurl does not start");
    exchange->stop = stop;
    exchange->body = g_string_sized_new(BODY_KEPT / 4);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, here ? "http,https" : "https");
    /* The signature is over the URL as it is sent. */
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "outvet/" OV_VERSION);
    curl_easy_setopt(curl, CURLOPT_MAXFILESIZE, (long)OV_ANSWER_MAX_SIZE);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_field);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, exchange);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_up);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, exchange);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, exchange->words);
    if (here)
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
    return exchange;
}

void ov_exchange_forget(OvExchange *exchange) {
    explicit_bzero(exchange->body->str, exchange->body->len);
    g_string_truncate(exchange->body, 0);
}

void ov_exchange_free(OvExchange *exchange) {
    if (!exchange)
        return;
    curl_easy_cleanup(exchange->curl);
    ov_exchange_forget(exchange);
    g_string_free(exchange->body, TRUE);
    g_free(exchange);
}

static HeaderFields *add_field(HeaderFields *list, const char *field) {
    HeaderFields *longer = curl_slist_append(list, field);
    if (!longer)
        g_error("no memory for a header field");
    return longer;
}

/* What Content-Type libcurl would add for a form is taken out. */
static HeaderFields *fields_of(const OvExchangeRequest *request) {
    HeaderFields *list = NULL;
    for (const char *const *field = request->fields; *field; field++)
        list = add_field(list, *field);
    return request->body && !*request->body ? add_field(list, "Content-Type:") : list;
}

static void wipe_fields(HeaderFields *list) {
    for (const HeaderFields *field = list; field; field = field->next)
        explicit_bzero(field->data, strlen(field->data));
    curl_slist_free_all(list);
}

static void prepare(OvExchange *exchange, const OvExchangeRequest *request,
                    const HeaderFields *fields) {
    CURL *curl = exchange->curl;
    ov_exchange_forget(exchange);
    if (exchange->body->allocated_len > BODY_KEPT) {
        g_string_free(exchange->body, TRUE);
        exchange->body = g_string_sized_new(BODY_KEPT / 4);
    }
    exchange->header = 0;
    exchange->too_long = FALSE;
    exchange->query_id[0] = exchange->words[0] = '\0';
    curl_easy_setopt(curl, CURLOPT_URL, request->url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fields);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)MAX(request->time_limit / 1000, 1));
    if (request->body) {
        curl_easy_setopt(curl, CURLOPT_POST, 1L);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(request->body));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body);
    } else {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, NULL);
        curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    }
    /* Where a kept connection turns out to be dead, libcurl sends the request again on a new one:
     * not what may be done once only. */
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, request->body ? 1L : 0L);
}

/* FALSE. */
static gboolean tell(const OvExchange *exchange, CURLcode code, const OvExchangeRequest *request,
                     GError **error) {
    long sent = 0;
    curl_easy_getinfo(exchange->curl, CURLINFO_REQUEST_SIZE, &sent);
    OvExchangeError kind = sent > 0 ? OV_EXCHANGE_ERROR_LOST : OV_EXCHANGE_ERROR_NOT_SENT;
    if (exchange->too_long || code == CURLE_FILESIZE_EXCEEDED)
        kind = OV_EXCHANGE_ERROR_TOO_LONG;
    else if (code == CURLE_ABORTED_BY_CALLBACK)
        kind = OV_EXCHANGE_ERROR_STOPPED;
    else if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE)
        kind = OV_EXCHANGE_ERROR_TRUST;
    const char *words = *exchange->words ? exchange->words : curl_easy_strerror(code);
    if (kind == OV_EXCHANGE_ERROR_TOO_LONG)
        words = "its answer is longer than 8 MiB, or its header than 64 KiB";
    else if (kind == OV_EXCHANGE_ERROR_STOPPED)
        words = "it was given up because Outvet ends";
    g_autoptr(GUri) uri = g_uri_parse(request->url, G_URI_FLAGS_ENCODED, NULL);
    g_set_error(error, OV_EXCHANGE_ERROR, (gint)kind, "%s: %s", uri ? g_uri_get_host(uri) : "?",
                words);
    return FALSE;
}

static void fill(const OvExchange *exchange, OvExchangeReply *reply) {
    curl_off_t wait = 0;
    curl_easy_getinfo(exchange->curl, CURLINFO_RESPONSE_CODE, &reply->status);
    curl_easy_getinfo(exchange->curl, CURLINFO_RETRY_AFTER, &wait);
    reply->body = exchange->body->str;
    reply->length = exchange->body->len;
    reply->retry_after = CLAMP((gint64)wait, 0, MAX_RETRY_AFTER) * G_USEC_PER_SEC;
    g_strlcpy(reply->query_id, exchange->query_id, sizeof reply->query_id);
}

gboolean ov_exchange_run(OvExchange *exchange, const OvExchangeRequest *request,
                         OvExchangeReply *reply, GError **error) {
    HeaderFields *fields = fields_of(request);
    prepare(exchange, request, fields);
    CURLcode code = curl_easy_perform(exchange->curl);
    curl_easy_setopt(exchange->curl, CURLOPT_HTTPHEADER, NULL);
    wipe_fields(fields);
    *reply = (OvExchangeReply){.status = 0};
    fill(exchange, reply);
    return code == CURLE_OK || tell(exchange, code, request, error);
}
