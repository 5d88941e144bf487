/* One HTTP request and its answer over libcurl, for credentials: the URL is sent as it stands, no
 * redirect is followed, certificates must be good, answers and time are bounded, and nothing is
 * ever sent twice by itself. One object keeps one connection and is used by one thread at a time;
 * its memory does not grow with the number of requests. */
#pragma once

#include "policy/provider/stop.h"

#define OV_EXCHANGE_ERROR (ov_exchange_error_quark())
GQuark ov_exchange_error_quark(void);
typedef enum {
    OV_EXCHANGE_ERROR_NOT_SENT, /* nobody there, or the time was over: the request was not sent */
    OV_EXCHANGE_ERROR_TRUST,    /* likewise: the certificate is not good */
    OV_EXCHANGE_ERROR_LOST,     /* sent, maybe in part, and no whole answer came */
    OV_EXCHANGE_ERROR_TOO_LONG, /* sent, and the answer is too long */
    OV_EXCHANGE_ERROR_STOPPED,  /* by OvStop; maybe sent */
} OvExchangeError;

enum { OV_EXCHANGE_MAX_QUERY_ID = 100 };

typedef struct OvExchange OvExchange;

typedef struct {
    const char *url;
    const char *const *fields; /* "Name: value", NULL-terminated; secrets among them are wiped */
    const char *body;          /* for POST; NULL makes it a GET */
    gint64 time_limit;         /* microseconds */
} OvExchangeRequest;

typedef struct {
    long status;
    const char *body; /* NUL-terminated, of that length; until the next request or forget */
    gsize length;
    gint64 retry_after;                      /* microseconds; 0: not told */
    char query_id[OV_EXCHANGE_MAX_QUERY_ID]; /* X-Ovh-QueryID, by which its support finds the call;
                                                "" for none */
} OvExchangeReply;

/* here: the requests go to this machine, so no proxy is used. stop must live as long. */
OvExchange *ov_exchange_new(gboolean here, OvStop *stop);
void ov_exchange_free(OvExchange *exchange);
/* FALSE with error: a sentence with the host's name and without secrets. */
gboolean ov_exchange_run(OvExchange *exchange, const OvExchangeRequest *request,
                         OvExchangeReply *reply, GError **error);
/* Wipes the last answer's body. */
void ov_exchange_forget(OvExchange *exchange);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvExchange, ov_exchange_free)
