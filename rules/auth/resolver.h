/* The one resolver: libunbound in threads of its own, a bounded cache of shared answers over it,
 * one question on its way for all who ask it, and a book of answers for each message. Nothing here
 * waits but ov_dns_wait. Thread-safe.
 *
 * Limits (rule catalogue 7.1): a question has question_limit; a message has time_limit in all, and
 * OV_RESOLVER_MAX_ASKED questions that the cache can't answer. What comes later, or not at all, has
 * failed for that message; a late answer serves the next. Where DNS is known to be down, every
 * question that the cache can't answer fails at once. */
#pragma once

#include "rules/auth/dns.h"

typedef struct OvResolver OvResolver;

enum {
    OV_RESOLVER_MAX_ASKED = 80,  /* questions of a message that must be sent */
    OV_RESOLVER_MAX_KNOWN = 400, /* different questions of a message in all */
};

typedef struct {
    /* NULL-terminated: none for recursion from the root, "system" for those of resolv.conf, else
     * addresses, each with @PORT where it is not 53. */
    const char *const *servers;
    gboolean dnssec;          /* validate */
    const char *trust_anchor; /* file with the root's keys; only for dnssec */
    gsize cache;              /* octets by which the process may grow for what was answered */
    gint64 time_limit;        /* microseconds that a message may wait in all */
    gint64 question_limit;    /* microseconds for one question */
} OvResolverSettings;

typedef struct {
    gboolean down;
    gint64 since; /* of that, or of its end, microseconds since the epoch; 0 for never down */
    guint64 asked, found_in_cache; /* questions of messages */
    guint64 failed;                /* those of them that got no answer, or too late */
    guint under_way, cached;       /* questions now */
    gsize octets;                  /* that the answers take; the rest of the bound is reserve */
} OvResolverStatus;

/* Called by the resolver's thread when DNS is found down (TRUE), and alive again. */
typedef void (*OvResolverChange)(gboolean down, gpointer data);

#define OV_RESOLVER_ERROR (ov_resolver_error_quark())
GQuark ov_resolver_error_quark(void);
typedef enum { OV_RESOLVER_ERROR_SETTINGS } OvResolverError;

/* Copies settings. NULL with a sentence where a server or the trust anchor is none. */
OvResolver *ov_resolver_new(const OvResolverSettings *settings, OvResolverChange change,
                            gpointer data, GError **error);
OvResolver *ov_resolver_ref(OvResolver *resolver);
/* The last one stops the threads; all books must have been closed. */
void ov_resolver_unref(OvResolver *resolver);
void ov_resolver_status(OvResolver *resolver, OvResolverStatus *status);

/* A message's book. Its time begins with the first wait. The resolver must outlive it. */
OvDnsBook *ov_resolver_open(OvResolver *resolver);
void ov_resolver_close(OvDnsBook *book);

/* Looks up what it needs, from its beginning, and tells whether an answer is pending. */
typedef gboolean (*OvDnsStep)(OvDnsBook *book, gpointer data);

/* Runs step now, and where it is pending again in the resolver's thread whenever an answer has
 * come, until nothing is pending: what follows from answers is asked while the message still
 * arrives. Short, and its own locking where data is shared. data is freed with the book. */
void ov_resolver_follow(OvDnsBook *book, OvDnsStep step, gpointer data, GDestroyNotify free_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvResolver, ov_resolver_unref)
