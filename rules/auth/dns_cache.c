#include "rules/auth/dns_cache.h"
#include "rules/heap.h"

/* What the table takes for a question at most: GLib keeps up to 4 slots of 12 octets for each. */
enum { SLOTS = 48 };

struct OvDnsCache {
    GHashTable *questions; /* OvDnsQuestion, key and value */
    GQueue ages;           /* youngest first; those that are not held */
    gsize octets, limit;
};

static guint hash_of(OvSlice name, OvDnsType type) {
    guint64 hash = G_GUINT64_CONSTANT(0xCBF29CE484222325) ^ (guint64)type;
    for (gsize i = 0; i < name.length; i++)
        hash = (hash ^ (guchar)name.data[i]) * G_GUINT64_CONSTANT(0x100000001B3); /* FNV-1a */
    return (guint)(hash ^ hash >> 32);
}

static guint question_hash(gconstpointer key) {
    return ((const OvDnsQuestion *)key)->hash;
}

static gboolean question_equal(gconstpointer a, gconstpointer b) {
    const OvDnsQuestion *one = a, *other = b;
    return one->hash == other->hash && one->type == other->type &&
           ov_slice_equal(one->name, other->name);
}

OvDnsCache *ov_dns_cache_new(gsize limit) {
    OvDnsCache *cache = g_new0(OvDnsCache, 1);
    cache->questions = g_hash_table_new(question_hash, question_equal);
    cache->limit = limit;
    return cache;
}

static void drop(OvDnsCache *cache, OvDnsQuestion *question) {
    g_hash_table_remove(cache->questions, question);
    g_queue_unlink(&cache->ages, &question->age);
    cache->octets -= question->octets;
    ov_dns_answer_unref(question->answer);
    g_free(question);
}

static void make_room(OvDnsCache *cache) {
    while (cache->octets > cache->limit && cache->ages.tail)
        drop(cache, cache->ages.tail->data);
}

void ov_dns_cache_free(OvDnsCache *cache) {
    if (!cache)
        return;
    while (cache->ages.tail)
        drop(cache, cache->ages.tail->data);
    g_assert(g_hash_table_size(cache->questions) == 0);
    g_hash_table_unref(cache->questions);
    g_free(cache);
}

OvDnsQuestion *ov_dns_cache_find(OvDnsCache *cache, OvSlice name, OvDnsType type) {
    OvDnsQuestion key = {.hash = hash_of(name, type), .type = type, .name = name};
    OvDnsQuestion *question = g_hash_table_lookup(cache->questions, &key);
    if (question) {
        if (question->holds == 0) {
            g_queue_unlink(&cache->ages, &question->age);
            g_queue_push_head_link(&cache->ages, &question->age);
        }
        return question;
    }
    question = g_malloc0(sizeof(OvDnsQuestion) + name.length + 1);
    char *text = (char *)(question + 1);
    memcpy(text, name.data, name.length);
    question->name = (OvSlice){text, name.length};
    question->type = type;
    question->hash = key.hash;
    question->octets = ov_heap_octets(question) + SLOTS;
    question->age.data = question->link.data = question;
    cache->octets += question->octets;
    g_hash_table_add(cache->questions, question);
    g_queue_push_head_link(&cache->ages, &question->age);
    return question;
}

void ov_dns_cache_hold(OvDnsCache *cache, OvDnsQuestion *question) {
    if (question->holds++ == 0)
        g_queue_unlink(&cache->ages, &question->age);
}

void ov_dns_cache_release(OvDnsCache *cache, OvDnsQuestion *question) {
    g_assert(question->holds > 0);
    if (--question->holds > 0)
        return;
    g_queue_push_head_link(&cache->ages, &question->age);
    make_room(cache);
}

void ov_dns_cache_set(OvDnsCache *cache, OvDnsQuestion *question, const OvDnsAnswer *answer,
                      gint64 expires) {
    gsize before = question->answer ? ov_dns_answer_octets(question->answer) : 0;
    gsize after = ov_dns_answer_octets(answer);
    ov_dns_answer_unref(question->answer);
    question->answer = answer;
    question->expires = expires;
    question->octets = question->octets - before + after;
    cache->octets = cache->octets - before + after;
}

gsize ov_dns_cache_octets(const OvDnsCache *cache) {
    return cache->octets;
}

guint ov_dns_cache_questions(const OvDnsCache *cache) {
    return g_hash_table_size(cache->questions);
}
