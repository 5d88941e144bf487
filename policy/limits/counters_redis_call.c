#include "policy/limits/counters_redis_call.h"

#include <string.h>

enum {
    PER_SUBJECT = 10, /* arguments, as the script counts them */
    PER_CALL = 5,
    MAX_NAME = 64,
    MAX_REASON = 200,
    MAX_TOLD = 65536, /* news or parts of one subject */
    EPOCH = 8,
};

static const char KEEP[] = "2678400"; /* seconds: 31 days, one more than the longest span */

const char ov_counters_script[] =
#include "policy/limits/counters_redis.lua.inc"
    ;

char *ov_counters_key(const OvSubject *subject) {
    const char *name = subject->name;
    gsize length = strlen(name), plain = 0;
    while (plain < length && (g_ascii_isalnum(name[plain]) || strchr(".-_@+", name[plain])))
        plain++;
    g_autofree char *digest =
        plain < length || length > MAX_NAME
            ? g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)name, length)
            : NULL;
    return digest ? g_strdup_printf("%s#%s", ov_subject_kind_name(subject->kind), digest)
                  : g_strdup_printf("%s:%s", ov_subject_kind_name(subject->kind), name);
}

static void put_text(OvRedisLink *link, const char *text) {
    ov_redis_link_word(link, text, strlen(text));
}

static void put_number(OvRedisLink *link, guint64 number) {
    char text[24];
    g_snprintf(text, sizeof text, "%" G_GUINT64_FORMAT, number);
    put_text(link, text);
}

static void put_octets(OvRedisLink *link, guint64 number) {
    guint64 little = GUINT64_TO_LE(number);
    ov_redis_link_word(link, &little, sizeof little);
}

static void put_keys(OvRedisLink *link, const OvSubject *subject) {
    g_autofree char *key = ov_counters_key(subject);
    g_autofree char *hash = g_strconcat(OV_COUNTERS_KEYS "parts:", key, NULL);
    g_autofree char *list = g_strconcat(OV_COUNTERS_KEYS "news:", key, NULL);
    put_text(link, hash);
    put_text(link, list);
}

static void put_weights(OvRedisLink *link, const double weights[OV_N_WEIGHTS]) {
    guint64 words[OV_N_WEIGHTS];
    memcpy(words, weights, sizeof words);
    for (guint i = 0; i < OV_N_WEIGHTS; i++)
        words[i] = GUINT64_TO_LE(words[i]);
    ov_redis_link_word(link, words, sizeof words);
}

static void put_news(OvRedisLink *link, const OvCounterNews *news) {
    if (!news) {
        put_text(link, "");
        put_text(link, "");
        return;
    }
    g_autoptr(GByteArray) octets = ov_counter_part_write(&news->part);
    ov_redis_link_word(link, octets->data, octets->len);
    put_weights(link, news->weights);
}

static void put_telling(OvRedisLink *link, const OvTelling *telling) {
    if (telling->epoch)
        put_octets(link, telling->epoch);
    else
        put_text(link, "");
    put_number(link, telling->known);
    put_text(link, telling->alone ? "1" : "0");
    ov_redis_link_word(link, telling->part ? (const void *)telling->part->data : "",
                       telling->part ? telling->part->len : 0);
    put_text(link, telling->replaces ? "r" : "f");
    put_news(link, telling->news);
    if (telling->claims)
        put_weights(link, telling->limits);
    else
        put_text(link, "");
    put_news(link, telling->claims ? &telling->claim : NULL);
}

void ov_counters_call(OvRedisLink *link, const OvCountersCaller *caller, const OvTelling *tellings,
                      guint n) {
    guint64 epoch = (guint64)g_random_int() << 32 | g_random_int() | 1;
    ov_redis_link_begin(link, 3 + 1 + 2 * n + PER_CALL + PER_SUBJECT * n);
    put_text(link, "EVALSHA");
    put_text(link, caller->script);
    put_number(link, 1 + 2 * n);
    put_text(link, OV_COUNTERS_NODES);
    for (guint i = 0; i < n; i++)
        put_keys(link, &tellings[i].counter->subject);
    put_octets(link, caller->node);
    put_text(link, caller->connection);
    put_octets(link, epoch);
    put_text(link, KEEP);
    put_number(link, OV_N_WEIGHTS);
    for (guint i = 0; i < n; i++)
        put_telling(link, &tellings[i]);
}

static gboolean is_array(const redisReply *reply, gsize least) {
    return reply->type == REDIS_REPLY_ARRAY && reply->elements >= least;
}

static gboolean is_string(const redisReply *reply, gsize least) {
    return reply->type == REDIS_REPLY_STRING && (gsize)reply->len >= least;
}

static double get_double(const char *octets) {
    guint64 word;
    double number;
    memcpy(&word, octets, sizeof word);
    word = GUINT64_FROM_LE(word);
    memcpy(&number, &word, sizeof number);
    return number;
}

/* A double with the number before what is told. */
static gboolean take_told(const redisReply *reply, OvTold *told) {
    if (!is_string(reply, sizeof(double)))
        return FALSE;
    double number = get_double(reply->str);
    if (!(number >= 0 && number < 9e15))
        return FALSE;
    *told = (OvTold){(guint64)number, (const guint8 *)reply->str + sizeof number,
                     (gsize)reply->len - sizeof number};
    return TRUE;
}

static gboolean take_news(const redisReply *reply, OvToldSubject *subject, OvArena *arena) {
    if (!is_array(reply, 0) || reply->elements > MAX_TOLD)
        return FALSE;
    OvTold *news = OV_ARENA_NEW(arena, OvTold, reply->elements);
    subject->news = news;
    for (; subject->n_news < reply->elements; subject->n_news++)
        if (!take_told(reply->element[subject->n_news], &news[subject->n_news]))
            return FALSE;
    return TRUE;
}

/* Names and values in turn; a part's name begins with p. */
static gboolean take_parts(const redisReply *reply, OvToldSubject *subject, OvArena *arena) {
    if (!is_array(reply, 0) || reply->elements > MAX_TOLD || reply->elements % 2 != 0)
        return FALSE;
    OvTold *parts = OV_ARENA_NEW(arena, OvTold, reply->elements / 2);
    subject->parts = parts;
    for (gsize i = 0; i < reply->elements; i += 2) {
        if (!is_string(reply->element[i], 1))
            return FALSE;
        if (reply->element[i]->str[0] == 'p' &&
            !take_told(reply->element[i + 1], &parts[subject->n_parts++]))
            return FALSE;
    }
    return TRUE;
}

static gboolean take_subject(const redisReply *reply, OvToldSubject *subject, OvArena *arena) {
    if (!is_array(reply, 6))
        return FALSE;
    redisReply *const *told = (redisReply *const *)reply->element;
    if (told[0]->type != REDIS_REPLY_INTEGER || told[0]->integer < OV_TOLD_NEWS ||
        told[0]->integer > OV_TOLD_OTHER || told[2]->type != REDIS_REPLY_INTEGER ||
        told[2]->integer < 0 || !is_string(told[1], 0) ||
        !is_string(told[3], OV_N_WEIGHTS * sizeof(double)))
        return FALSE;
    *subject = (OvToldSubject){.state = (OvToldState)told[0]->integer,
                               .number = (guint64)told[2]->integer};
    if (told[1]->len == EPOCH) {
        memcpy(&subject->epoch, told[1]->str, EPOCH);
        subject->epoch = GUINT64_FROM_LE(subject->epoch);
    }
    for (guint i = 0; i < OV_N_WEIGHTS; i++)
        subject->weights[i] = get_double(told[3]->str + i * sizeof(double));
    return take_news(told[4], subject, arena) && take_parts(told[5], subject, arena);
}

OvCalled ov_counters_called(const redisReply *reply, OvToldSubject *subjects, guint n,
                            OvArena *arena) {
    if (reply->type == REDIS_REPLY_ERROR)
        return g_str_has_prefix(reply->str, "NOSCRIPT")     ? OV_CALLED_NO_SCRIPT
               : g_str_has_prefix(reply->str, "OUTVETLOST") ? OV_CALLED_DATA_LOST
               : g_str_has_prefix(reply->str, "OUTVETNODE") ? OV_CALLED_OTHER_NODE
                                                            : OV_CALLED_ERROR;
    if (!is_array(reply, 1 + n) || reply->element[0]->type != REDIS_REPLY_INTEGER)
        return OV_CALLED_ERROR;
    for (guint i = 0; i < n; i++)
        if (!take_subject(reply->element[1 + i], &subjects[i], arena))
            return OV_CALLED_ERROR;
    long long result = reply->element[0]->integer;
    return result == 1 ? OV_CALLED_CLAIMED : result == 0 ? OV_CALLED_TOLD : OV_CALLED_NOTHING;
}

char *ov_counters_error(const redisReply *reply) {
    return reply->type == REDIS_REPLY_ERROR
               ? g_utf8_make_valid(reply->str, (gssize)MIN(reply->len, MAX_REASON))
               : g_strdup("its answer makes no sense");
}
