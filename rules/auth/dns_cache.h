/* Questions and what was answered to them, within a bound of memory: the question that was not
 * asked for the longest time goes first. Its user holds the lock. */
#pragma once

#include "rules/auth/dns_answer.h"

typedef struct OvDnsCache OvDnsCache;

typedef struct {
    /* Of the user, who may keep a question in hand: then it is not dropped (ov_dns_cache_hold). */
    gpointer owner;     /* the user */
    GQueue *place;      /* the user's queue that it is in by link, NULL for none */
    GList link;         /* its data is the question */
    GPtrArray *waiting; /* who waits for the answer; NULL for nobody */
    gint64 asked;       /* since when, monotonic microseconds */
    /* Of the cache. */
    const OvDnsAnswer *answer; /* the newest, NULL where there is none yet */
    gint64 expires;            /* monotonic microseconds */
    guint hash, holds;
    gsize octets;
    GList age;
    OvDnsType type;
    OvSlice name; /* canonical, NUL-terminated */
} OvDnsQuestion;

OvDnsCache *ov_dns_cache_new(gsize limit); /* octets of memory for questions and answers */
/* No question may be held. */
void ov_dns_cache_free(OvDnsCache *cache);

/* The question about a canonical name, which becomes the youngest. */
OvDnsQuestion *ov_dns_cache_find(OvDnsCache *cache, OvSlice name, OvDnsType type);
/* While it is held a question stays, and counts above the limit where need be. */
void ov_dns_cache_hold(OvDnsCache *cache, OvDnsQuestion *question);
void ov_dns_cache_release(OvDnsCache *cache, OvDnsQuestion *question);
/* Takes the answer over. */
void ov_dns_cache_set(OvDnsCache *cache, OvDnsQuestion *question, const OvDnsAnswer *answer,
                      gint64 expires);

gsize ov_dns_cache_octets(const OvDnsCache *cache);
guint ov_dns_cache_questions(const OvDnsCache *cache);
