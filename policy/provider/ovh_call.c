#include "policy/provider/ovh_call.h"

#include "policy/provider/answer_json.h"
#include "policy/provider/exchange.h"
#include "policy/provider/hosting.h"
#include "policy/provider/ovh_clock.h"
#include "policy/provider/ovh_sign.h"
#include "policy/provider/ovh_token.h"
#include "policy/provider/pace.h"

#include <string.h>

enum { MAX_SENDS = 3, MAX_FIELD = 700, MAX_FIELDS = 7 };
static const gint64 FIRST_PAUSE = G_USEC_PER_SEC / 2;
/* A clock that was read so lately is not what is wrong. */
static const gint64 CLOCK_IS_FINE = G_GINT64_CONSTANT(300) * G_USEC_PER_SEC;
static const gint64 DEFAULT_REST = G_GINT64_CONSTANT(60) * G_USEC_PER_SEC;

struct OvOvh {
    OvOvhCredentials *credentials;
    OvSecrets *login;   /* the consumer key of a login */
    OvSecrets *scratch; /* of the request under way */
    const char *consumer;
    OvStop *stop;
    OvExchange *exchange;
    OvPace pace;
    OvOvhClock clock;
    OvOvhToken *token;
    gint64 time_limit;
    gint64 wait;
    char query_id[OV_EXCHANGE_MAX_QUERY_ID];
};

/* One call under way. */
typedef struct {
    OvOvh *ovh;
    const OvOvhCall *call;
    gint64 deadline; /* monotonic */
    guint sends;     /* failed ones, that were worth another */
    gboolean sent;   /* the call itself, not what must be known before */
    gboolean renewed;
    OvExchangeReply reply;
    OvOvhTrouble *trouble;
    GError **error;
} Calling;

/* The fields of one request, in memory for secrets. */
typedef struct {
    const char *list[MAX_FIELDS];
    guint n;
    OvSecrets *secrets;
} Fields;

typedef enum { DONE, AGAIN, FAILED } Step;

OvOvh *ov_ovh_new(OvOvhCredentials *credentials, guint calls_a_minute, gint64 time_limit,
                  OvStop *stop) {
    OvOvh *ovh = g_new0(OvOvh, 1);
    ovh->credentials = credentials;
    ovh->consumer = ov_ovh_credentials_secret(credentials, OV_OVH_CONSUMER_KEY);
    ovh->login = ov_secrets_new();
    ovh->scratch = ov_secrets_new();
    ovh->stop = stop;
    ovh->time_limit = time_limit;
    ovh->exchange = ov_exchange_new(ov_ovh_credentials_endpoint(credentials)->here, stop);
    ovh->token = ov_ovh_token_new();
    ov_pace_init(&ovh->pace, calls_a_minute);
    return ovh;
}

void ov_ovh_free(OvOvh *ovh) {
    if (!ovh)
        return;
    ov_exchange_free(ovh->exchange);
    ov_ovh_token_free(ovh->token);
    ov_secrets_free(ovh->login);
    ov_secrets_free(ovh->scratch);
    ov_ovh_credentials_free(ovh->credentials);
    g_free(ovh);
}

const OvOvhCredentials *ov_ovh_credentials(const OvOvh *ovh) {
    return ovh->credentials;
}

gint64 ov_ovh_wait(const OvOvh *ovh) {
    return ovh->wait;
}

gint64 ov_ovh_skew(const OvOvh *ovh) {
    if (ovh->clock.here == 0)
        return 0;
    gint64 server = ov_ovh_clock_now(&ovh->clock, ov_ovh_clock_here());
    return server - g_get_real_time() / G_USEC_PER_SEC;
}

const char *ov_ovh_query_id(const OvOvh *ovh) {
    return ovh->query_id;
}

const char *ov_ovh_consumer(const OvOvh *ovh) {
    return ovh->consumer;
}

gboolean ov_ovh_set_consumer(OvOvh *ovh, const char *consumer) {
    for (const char *p = consumer; *p; p++)
        if (!g_ascii_isgraph(*p))
            return FALSE;
    if (!*consumer || strlen(consumer) > MAX_FIELD / 2)
        return FALSE;
    ov_secrets_reset(ovh->login);
    ovh->consumer = ov_secrets_keep(ovh->login, consumer, strlen(consumer));
    return TRUE;
}

static void set_error(const Calling *calling, OvHostingError code, const char *words) {
    const OvOvh *ovh = calling->ovh;
    g_autofree char *path = g_strndup(calling->call->path, strcspn(calling->call->path, "?"));
    g_set_error(calling->error, OV_HOSTING_ERROR, (gint)code, "%s %s: %s%s%s%s",
                calling->call->body ? "POST" : "GET", path, words,
                *ovh->query_id ? " (query id " : "", ovh->query_id, *ovh->query_id ? ")" : "");
}

static Step fail(const Calling *calling, OvHostingError code, const char *words) {
    set_error(calling, code, words);
    return FAILED;
}

/* FALSE with error where Outvet ends. */
static gboolean pause_for(const Calling *calling, gint64 time) {
    if (!ov_stop_wait(calling->ovh->stop, time))
        return TRUE;
    set_error(calling, OV_HOSTING_ERROR_AWAY, "it was given up because Outvet ends");
    return FALSE;
}

/* Waits until a request may be made; that does not count as time of the call. */
static gboolean keep_pace(Calling *calling) {
    OvOvh *ovh = calling->ovh;
    gint64 rest = ov_pace_resting(&ovh->pace, g_get_monotonic_time());
    if (rest > 0) {
        ovh->wait = rest;
        set_error(calling, OV_HOSTING_ERROR_BUSY, "the provider asked for fewer calls");
        return FALSE;
    }
    gint64 wait = ov_pace_take(&ovh->pace, g_get_monotonic_time());
    if (!pause_for(calling, wait))
        return FALSE;
    calling->deadline += wait;
    return TRUE;
}

static void add_field(Fields *fields, const char *name, const char *value) {
    char *field = ov_secrets_room(fields->secrets, MAX_FIELD);
    g_snprintf(field, MAX_FIELD, "%s: %s", name, value);
    g_assert(fields->n + 1 < MAX_FIELDS);
    fields->list[fields->n++] = field;
}

static gboolean exchange(Calling *calling, const char *url, const Fields *fields, const char *body,
                         GError **error) {
    OvOvh *ovh = calling->ovh;
    OvExchangeRequest request = {
        .url = url,
        .fields = fields->list,
        .body = body,
        .time_limit = calling->deadline - g_get_monotonic_time(),
    };
    ovh->query_id[0] = '\0';
    gboolean done = ov_exchange_run(ovh->exchange, &request, &calling->reply, error);
    g_strlcpy(ovh->query_id, calling->reply.query_id, sizeof ovh->query_id);
    return done;
}

static const char *key_of(const OvOvh *ovh, OvOvhSecret secret) {
    return ov_ovh_credentials_secret(ovh->credentials, secret);
}

static char *url_of(const OvOvh *ovh, const char *path) {
    return g_strconcat(ov_ovh_credentials_endpoint(ovh->credentials)->base, path, NULL);
}

static Step judge_failure(Calling *calling, const GError *trouble);
static Step judge_trouble(Calling *calling);

static gboolean is_success(const Calling *calling) {
    return calling->reply.status >= 200 && calling->reply.status < 300;
}

static gboolean set_clock(Calling *calling, gint64 asked) {
    const OvExchangeReply *reply = &calling->reply;
    json_t *root = ov_answer_parse(reply->body, reply->length, calling->error);
    gint64 seconds = ov_answer_number(root, 0, G_MAXINT64 / 2, 0);
    gboolean set =
        root && ov_ovh_clock_set(&calling->ovh->clock, seconds, asked, ov_ovh_clock_here());
    if (root && !set)
        set_error(calling, OV_HOSTING_ERROR_ANSWER, "the time that the provider tells is none");
    json_decref(root);
    return set;
}

/* Asks for the server's time where it is due. */
static Step check_clock(Calling *calling) {
    OvOvh *ovh = calling->ovh;
    gint64 asked = ov_ovh_clock_here();
    if (!ov_ovh_clock_is_due(&ovh->clock, asked))
        return DONE;
    g_autoptr(GError) trouble = NULL;
    g_autofree char *url = url_of(ovh, "/auth/time");
    Fields none = {.list = {NULL}};
    if (!keep_pace(calling))
        return FAILED;
    asked = ov_ovh_clock_here();
    if (!exchange(calling, url, &none, NULL, &trouble))
        return judge_failure(calling, trouble);
    if (!is_success(calling))
        return judge_trouble(calling);
    return set_clock(calling, asked) ? DONE : FAILED;
}

/* Asks for a token where none is in force. */
static Step check_token(Calling *calling) {
    OvOvh *ovh = calling->ovh;
    if (ov_ovh_token_field(ovh->token, g_get_monotonic_time()))
        return DONE;
    g_autoptr(GError) trouble = NULL;
    Fields fields = {.secrets = ovh->scratch};
    ov_secrets_reset(ovh->scratch);
    add_field(&fields, "Content-Type", "application/x-www-form-urlencoded");
    const char *form = ov_ovh_token_form(ovh->credentials, ovh->scratch);
    const char *url = ov_ovh_credentials_endpoint(ovh->credentials)->token_url;
    if (!keep_pace(calling))
        return FAILED;
    if (!exchange(calling, url, &fields, form, &trouble))
        return judge_failure(calling, trouble);
    if (!is_success(calling))
        return judge_trouble(calling);
    gboolean taken = ov_ovh_token_take(ovh->token, calling->reply.body, calling->reply.length,
                                       g_get_monotonic_time(), calling->error);
    ov_exchange_forget(ovh->exchange);
    return taken ? DONE : FAILED;
}

static Step check_authority(Calling *calling) {
    if (calling->call->access == OV_OVH_OPEN)
        return DONE;
    return ov_ovh_credentials_is_account(calling->ovh->credentials) ? check_token(calling)
                                                                    : check_clock(calling);
}

static void add_signature(const Calling *calling, const char *url, Fields *fields) {
    const OvOvh *ovh = calling->ovh;
    const OvOvhCall *call = calling->call;
    char signature[OV_OVH_SIGNATURE_SIZE], stamp[24];
    gint64 now = ov_ovh_clock_now(&ovh->clock, ov_ovh_clock_here());
    g_snprintf(stamp, sizeof stamp, "%" G_GINT64_FORMAT, now);
    ov_ovh_sign(key_of(ovh, OV_OVH_APPLICATION_SECRET), ovh->consumer, call->body ? "POST" : "GET",
                url, call->body ? call->body : "", now, signature);
    add_field(fields, "X-Ovh-Consumer", ovh->consumer);
    add_field(fields, "X-Ovh-Timestamp", stamp);
    add_field(fields, "X-Ovh-Signature", signature);
}

static void add_fields(const Calling *calling, const char *url, Fields *fields) {
    const OvOvh *ovh = calling->ovh;
    gboolean account = ov_ovh_credentials_is_account(ovh->credentials);
    add_field(fields, "Accept", "application/json");
    if (calling->call->body && *calling->call->body)
        add_field(fields, "Content-Type", "application/json");
    if (!account)
        add_field(fields, "X-Ovh-Application", key_of(ovh, OV_OVH_APPLICATION_KEY));
    if (calling->call->access == OV_OVH_OPEN)
        return;
    if (account)
        fields->list[fields->n++] = ov_ovh_token_field(ovh->token, G_MININT64);
    else
        add_signature(calling, url, fields);
}

/* What was sent may have done what is to be done once only. */
static gboolean is_unsure(const Calling *calling) {
    return calling->sent && calling->call->body;
}

/* Another try after trouble that may pass, of what may be repeated; otherwise FAILED with error. */
static Step again_or(Calling *calling, OvHostingError code, const char *words) {
    gint64 pause = FIRST_PAUSE << calling->sends;
    pause = pause / 2 + g_random_int_range(0, (gint32)pause);
    if (is_unsure(calling) || calling->sends + 1 >= MAX_SENDS ||
        g_get_monotonic_time() + pause >= calling->deadline)
        return fail(calling, code, words);
    calling->sends++;
    return pause_for(calling, pause) ? AGAIN : FAILED;
}

/* No answer came. */
static Step judge_failure(Calling *calling, const GError *trouble) {
    gboolean unsure = is_unsure(calling);
    switch ((OvExchangeError)trouble->code) {
    case OV_EXCHANGE_ERROR_TRUST:
        return fail(calling, OV_HOSTING_ERROR_AWAY, trouble->message);
    case OV_EXCHANGE_ERROR_NOT_SENT:
        return again_or(calling, OV_HOSTING_ERROR_AWAY, trouble->message);
    case OV_EXCHANGE_ERROR_LOST:
        return unsure ? fail(calling, OV_HOSTING_ERROR_UNSURE, trouble->message)
                      : again_or(calling, OV_HOSTING_ERROR_AWAY, trouble->message);
    case OV_EXCHANGE_ERROR_TOO_LONG:
        return fail(calling, unsure ? OV_HOSTING_ERROR_UNSURE : OV_HOSTING_ERROR_ANSWER,
                    trouble->message);
    case OV_EXCHANGE_ERROR_STOPPED:
        return fail(calling, unsure ? OV_HOSTING_ERROR_UNSURE : OV_HOSTING_ERROR_AWAY,
                    trouble->message);
    }
    g_assert_not_reached();
}

/* Once a call: what the provider takes for wrong may be stale. */
static gboolean renew(Calling *calling) {
    OvOvh *ovh = calling->ovh;
    OvOvhTroubleKind kind = calling->trouble->kind;
    gboolean account = ov_ovh_credentials_is_account(ovh->credentials);
    gint64 now = ov_ovh_clock_here();
    if (calling->renewed || !calling->sent || calling->call->access == OV_OVH_OPEN)
        return FALSE;
    calling->renewed = TRUE;
    if (account && kind == OV_OVH_LOGIN) {
        ov_ovh_token_forget(ovh->token);
        return TRUE;
    }
    gboolean clock =
        kind == OV_OVH_CLOCK || ((kind == OV_OVH_SIGNATURE || kind == OV_OVH_KEY) &&
                                 !ov_ovh_clock_is_fresh(&ovh->clock, now, CLOCK_IS_FINE));
    if (account || !clock)
        return FALSE;
    ov_ovh_clock_forget(&ovh->clock);
    return TRUE;
}

/* 429. What was told is kept to; a GET that can wait so long does. */
static Step judge_busy(Calling *calling) {
    OvOvh *ovh = calling->ovh;
    gint64 told = calling->reply.retry_after, now = g_get_monotonic_time();
    if (told > 0 && !is_unsure(calling) && now + told < calling->deadline &&
        calling->sends + 1 < MAX_SENDS) {
        calling->sends++;
        return pause_for(calling, told) ? AGAIN : FAILED;
    }
    ov_pace_rest(&ovh->pace, now, told > 0 ? told : DEFAULT_REST);
    ovh->wait = told;
    return fail(calling, OV_HOSTING_ERROR_BUSY, "the provider asks for fewer calls");
}

static char *words_of(const Calling *calling) {
    const OvOvhTrouble *trouble = calling->trouble;
    return g_strdup_printf("%s: answer %ld%s%s%s%s", ov_ovh_trouble_meanings[trouble->kind].words,
                           calling->reply.status, *trouble->message ? ", " : "", trouble->message,
                           *trouble->actions ? "; it lacks " : "", trouble->actions);
}

/* An answer that is no 2xx. */
static Step judge_trouble(Calling *calling) {
    const OvExchangeReply *reply = &calling->reply;
    ov_ovh_trouble_read(reply->status, reply->body, reply->length, calling->trouble);
    OvOvhTroubleKind kind = calling->trouble->kind;
    if (!calling->sent && ov_ovh_trouble_meanings[kind].of_the_call)
        kind = calling->trouble->kind = OV_OVH_REQUEST;
    if (renew(calling))
        return AGAIN;
    if (kind == OV_OVH_BUSY)
        return judge_busy(calling);
    g_autofree char *words = words_of(calling);
    if (kind != OV_OVH_AWAY)
        return fail(calling, ov_ovh_trouble_meanings[kind].code, words);
    /* It may have done what was asked for before it failed. */
    return is_unsure(calling) ? fail(calling, OV_HOSTING_ERROR_UNSURE, words)
                              : again_or(calling, OV_HOSTING_ERROR_AWAY, words);
}

static Step send_call(Calling *calling) {
    OvOvh *ovh = calling->ovh;
    g_autoptr(GError) trouble = NULL;
    g_autofree char *url = url_of(ovh, calling->call->path);
    Fields fields = {.secrets = ovh->scratch};
    calling->sent = FALSE;
    Step step = check_authority(calling);
    if (step != DONE)
        return step;
    if (!keep_pace(calling))
        return FAILED;
    ov_secrets_reset(ovh->scratch);
    add_fields(calling, url, &fields);
    calling->sent = TRUE;
    if (!exchange(calling, url, &fields, calling->call->body, &trouble))
        return judge_failure(calling, trouble);
    return is_success(calling) ? DONE : judge_trouble(calling);
}

/* Of a POST that was taken an answer that can't be read is as good as none. */
static json_t *parse(const Calling *calling) {
    g_autoptr(GError) trouble = NULL;
    json_t *root = ov_answer_parse(calling->reply.body, calling->reply.length, &trouble);
    if (!root && calling->call->body)
        return json_null();
    if (!root)
        set_error(calling, OV_HOSTING_ERROR_ANSWER, trouble->message);
    return root;
}

json_t *ov_ovh_call(OvOvh *ovh, const OvOvhCall *call, OvOvhTrouble *trouble, GError **error) {
    Calling calling = {
        .ovh = ovh,
        .call = call,
        .deadline = g_get_monotonic_time() + ovh->time_limit,
        .trouble = trouble,
        .error = error,
    };
    Step step = AGAIN;
    *trouble = (OvOvhTrouble){.kind = OV_OVH_NO_TROUBLE};
    ovh->wait = 0;
    ovh->query_id[0] = '\0';
    while (step == AGAIN)
        step = send_call(&calling);
    return step == DONE ? parse(&calling) : NULL;
}
