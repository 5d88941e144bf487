/* What resolver.c (the thread that asks) and resolver_book.c (messages' books) share. */
#pragma once

#include "rules/auth/breaker.h"
#include "rules/auth/dns_cache.h"
#include "rules/auth/resolver.h"

/* Questions on their way at a time; further ones fail. */
enum { OV_RESOLVER_MAX_UNDER_WAY = 4000 };

typedef struct OvResolverBook OvResolverBook;

struct OvResolver {
    gatomicrefcount references;
    OvResolverSettings settings; /* strings owned */
    OvResolverChange change;
    gpointer change_data;
    GThread *thread;
    int wake;               /* eventfd that ends the thread's sleep */
    struct ub_ctx *context; /* the thread's */

    GMutex lock; /* guards all below, and all books */
    gboolean stopping, sleeping;
    OvDnsCache *cache;
    /* Questions in one of these are held. */
    GQueue to_ask;         /* for the thread to send */
    GQueue under_way;      /* sent; oldest first */
    GQueue overdue;        /* nobody waits for them any more; an answer is still welcome */
    OvDnsQuestion *probe;  /* one of those, NULL for none */
    OvDnsQuestion *sample; /* held: what a message asked while DNS was down; a probe, too */
    GQueue touched;        /* books whose steps are to be run */
    OvBreaker breaker;
    gint64 changed; /* when breaker.down did, microseconds since the epoch */
    guint64 n_asked, n_cached, n_failed;
    /* Answers that need no question. */
    const OvDnsAnswer *down, *too_many, *busy, *late, *timed_out, *pending;
};

/* All under the lock. */

/* Puts a question on its way; joins where it is already. */
void ov_resolver_ask(OvResolver *resolver, OvDnsQuestion *question, OvResolverBook *book);
/* Ends the thread's sleep. */
void ov_resolver_wake(OvResolver *resolver);
/* The answer of a question that book waited for. */
void ov_resolver_book_settle(OvResolverBook *book, const OvDnsQuestion *question,
                             const OvDnsAnswer *answer);
/* The oldest of the touched books: runs its steps, the lock let go meanwhile. */
void ov_resolver_book_run(OvResolver *resolver);
