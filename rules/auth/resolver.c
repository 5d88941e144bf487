#include "rules/auth/resolver_internal.h"
#include "rules/auth/resolver_unbound.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* How long answers are kept, in seconds. What a name server tells is held within bounds: a TTL of 0
 * would make every message ask, a TTL of years would outlive every repair. */
enum { SHORTEST = 10, LONGEST = 24 * 3600, LONGEST_NEGATIVE = 15 * 60, FAILURE = 5 };

static gint64 lifetime(const OvDnsAnswer *answer, gint64 ttl) {
    gint64 seconds = FAILURE;
    if (answer->status != OV_DNS_FAILED)
        seconds = CLAMP(ttl, SHORTEST,
                        answer->status == OV_DNS_FOUND ? LONGEST : (gint64)LONGEST_NEGATIVE);
    return seconds * G_USEC_PER_SEC;
}

void ov_resolver_wake(OvResolver *resolver) {
    if (!resolver->sleeping)
        return;
    resolver->sleeping = FALSE;
    eventfd_write(resolver->wake, 1);
}

static void move(OvDnsQuestion *question, GQueue *place) {
    if (question->place)
        g_queue_unlink(question->place, &question->link);
    question->place = place;
    if (place)
        g_queue_push_tail_link(place, &question->link);
}

void ov_resolver_ask(OvResolver *resolver, OvDnsQuestion *question, OvResolverBook *book) {
    if (book && !question->waiting)
        question->waiting = g_ptr_array_new();
    if (book)
        g_ptr_array_add(question->waiting, book);
    if (question->place == &resolver->overdue) {
        question->asked = g_get_monotonic_time();
        move(question, &resolver->under_way);
    } else if (!question->place) {
        ov_dns_cache_hold(resolver->cache, question);
        move(question, &resolver->to_ask);
        ov_resolver_wake(resolver);
    }
}

/* Keeps the answer, which is taken over, and tells it to all who wait. */
static void settle(OvResolver *resolver, OvDnsQuestion *question, const OvDnsAnswer *answer,
                   gint64 kept) {
    ov_dns_cache_set(resolver->cache, question, answer, g_get_monotonic_time() + kept);
    for (guint i = 0; question->waiting && i < question->waiting->len; i++)
        ov_resolver_book_settle(question->waiting->pdata[i], question, answer);
    g_clear_pointer(&question->waiting, g_ptr_array_unref);
}

static void fail(OvResolver *resolver, OvDnsQuestion *question, const OvDnsAnswer *answer) {
    settle(resolver, question, ov_dns_answer_ref(answer), FAILURE * G_USEC_PER_SEC);
}

static void note_failure(OvResolver *resolver, const OvDnsQuestion *question) {
    ov_breaker_failed(&resolver->breaker);
    if (question == resolver->probe) {
        resolver->probe = NULL;
        ov_breaker_probe_failed(&resolver->breaker, g_get_monotonic_time());
    }
}

/* A question is no longer on its way. */
static void conclude(OvResolver *resolver, OvDnsQuestion *question) {
    if (question == resolver->probe)
        resolver->probe = NULL;
    move(question, NULL);
    ov_dns_cache_release(resolver->cache, question);
}

static void on_answer(void *data, int error, struct ub_result *result) {
    OvDnsQuestion *question = data;
    OvResolver *resolver = question->owner;
    gboolean alive;
    gint64 ttl;
    const OvDnsAnswer *answer = ov_unbound_answer(question->type, error, result, &alive, &ttl);
    g_mutex_lock(&resolver->lock);
    if (alive)
        ov_breaker_answered(&resolver->breaker);
    else
        note_failure(resolver, question);
    settle(resolver, question, answer, lifetime(answer, ttl));
    conclude(resolver, question);
    g_mutex_unlock(&resolver->lock);
}

static void send_all(OvResolver *resolver) {
    OvDnsQuestion *question;
    while ((question = g_queue_peek_head(&resolver->to_ask))) {
        question->asked = g_get_monotonic_time();
        question->owner = resolver;
        move(question, &resolver->under_way);
        g_mutex_unlock(&resolver->lock);
        gboolean sent =
            ov_unbound_ask(resolver->context, question->name, question->type, on_answer, question);
        g_mutex_lock(&resolver->lock);
        if (sent)
            continue;
        note_failure(resolver, question);
        fail(resolver, question, resolver->busy);
        conclude(resolver, question);
    }
}

static void time_out(OvResolver *resolver) {
    gint64 latest = g_get_monotonic_time() - resolver->settings.question_limit;
    OvDnsQuestion *question;
    while ((question = g_queue_peek_head(&resolver->under_way)) && question->asked <= latest) {
        note_failure(resolver, question);
        fail(resolver, question, resolver->timed_out);
        move(question, &resolver->overdue);
    }
}

/* libunbound begins anew: what it is asked is dropped, and with it what it learnt of servers that
 * were down. */
static void begin_anew(OvResolver *resolver) {
    OvDnsQuestion *question;
    while ((question = g_queue_peek_head(&resolver->under_way)) ||
           (question = g_queue_peek_head(&resolver->overdue))) {
        if (question->place == &resolver->under_way)
            fail(resolver, question, resolver->down);
        conclude(resolver, question);
    }
    g_mutex_unlock(&resolver->lock);
    ub_ctx_delete(resolver->context);
    /* The settings were good before; where a file went meanwhile, the next probe tries again. */
    resolver->context = ov_unbound_new(&resolver->settings, NULL);
    g_mutex_lock(&resolver->lock);
}

/* A name that nobody has: whoever answers, and be it NXDOMAIN, is alive. */
static OvDnsQuestion *made_up_question(OvResolver *resolver) {
    char name[16];
    for (guint i = 0; i < sizeof name; i++)
        name[i] = (char)('a' + g_random_int_range(0, 26));
    return ov_dns_cache_find(resolver->cache, (OvSlice){name, sizeof name}, OV_DNS_A);
}

static void probe(OvResolver *resolver) {
    if (!ov_breaker_begin_probe(&resolver->breaker, g_get_monotonic_time()))
        return;
    if (resolver->breaker.down)
        begin_anew(resolver);
    resolver->probe = made_up_question(resolver);
    ov_resolver_ask(resolver, resolver->probe, NULL);
    if (resolver->sample) {
        ov_resolver_ask(resolver, resolver->sample, NULL);
        ov_dns_cache_release(resolver->cache, resolver->sample);
        resolver->sample = NULL;
    }
}

/* Tells whoever wants to know that DNS went down or came back. */
static void tell_change(OvResolver *resolver, gboolean *told) {
    gboolean down = resolver->breaker.down;
    if (down == *told)
        return;
    *told = down;
    resolver->changed = g_get_real_time();
    if (down)
        begin_anew(resolver);
    if (!resolver->change)
        return;
    g_mutex_unlock(&resolver->lock);
    resolver->change(down, resolver->change_data);
    g_mutex_lock(&resolver->lock);
}

/* Milliseconds that there is nothing to do unless something comes, for poll(2). */
static int idle_time(OvResolver *resolver) {
    if (resolver->to_ask.head || resolver->touched.head || resolver->stopping)
        return 0;
    gint64 next = ov_breaker_next(&resolver->breaker);
    const OvDnsQuestion *oldest = g_queue_peek_head(&resolver->under_way);
    if (oldest)
        next = MIN(next, oldest->asked + resolver->settings.question_limit);
    if (next == G_MAXINT64)
        return -1;
    gint64 left = next - g_get_monotonic_time();
    return left <= 0 ? 0 : (int)MIN(left / 1000 + 1, 60 * 1000);
}

static void sleep_and_take(OvResolver *resolver) {
    int idle = idle_time(resolver);
    resolver->sleeping = idle != 0;
    g_mutex_unlock(&resolver->lock);
    struct pollfd fds[] = {
        {.fd = resolver->wake, .events = POLLIN},
        {.fd = resolver->context ? ub_fd(resolver->context) : -1, .events = POLLIN},
    };
    poll(fds, G_N_ELEMENTS(fds), idle);
    eventfd_t count;
    if (fds[0].revents)
        eventfd_read(resolver->wake, &count);
    if (fds[1].revents)
        ub_process(resolver->context);
    g_mutex_lock(&resolver->lock);
    resolver->sleeping = FALSE;
}

static gpointer serve(gpointer data) {
    OvResolver *resolver = data;
    gboolean told_down = FALSE;
    g_mutex_lock(&resolver->lock);
    while (!resolver->stopping) {
        time_out(resolver);
        tell_change(resolver, &told_down);
        probe(resolver);
        while (resolver->touched.head)
            ov_resolver_book_run(resolver);
        send_all(resolver);
        sleep_and_take(resolver);
    }
    g_mutex_unlock(&resolver->lock);
    return NULL;
}

OvResolver *ov_resolver_new(const OvResolverSettings *settings, OvResolverChange change,
                            gpointer data, GError **error) {
    struct ub_ctx *context = ov_unbound_new(settings, error);
    if (!context)
        return NULL;
    OvResolver *resolver = g_new0(OvResolver, 1);
    g_atomic_ref_count_init(&resolver->references);
    resolver->settings = *settings;
    resolver->settings.servers =
        (const char *const *)g_strdupv((char **)(guintptr)settings->servers);
    resolver->settings.trust_anchor = g_strdup(settings->trust_anchor);
    resolver->change = change;
    resolver->change_data = data;
    resolver->context = context;
    /* An eighth is libunbound's; the rest is what the heap loses between blocks of many sizes. */
    resolver->cache = ov_dns_cache_new(settings->cache / 2);
    resolver->down = ov_dns_answer_new(OV_DNS_FAILED, FALSE, "DNS is down");
    resolver->too_many = ov_dns_answer_new(OV_DNS_FAILED, FALSE, "too many questions");
    resolver->busy = ov_dns_answer_new(OV_DNS_FAILED, FALSE, "the resolver is busy");
    resolver->late = ov_dns_answer_new(OV_DNS_FAILED, FALSE, "no answer within the message's time");
    resolver->timed_out = ov_dns_answer_new(OV_DNS_FAILED, FALSE, "no answer in time");
    resolver->pending = ov_dns_answer_new(OV_DNS_PENDING, FALSE, "");
    resolver->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (resolver->wake < 0)
        g_error("resolver: no eventfd: %s", g_strerror(errno));
    g_mutex_init(&resolver->lock);
    resolver->thread = g_thread_new("resolver", serve, resolver);
    return resolver;
}

OvResolver *ov_resolver_ref(OvResolver *resolver) {
    g_atomic_ref_count_inc(&resolver->references);
    return resolver;
}

static void drop_questions(OvResolver *resolver) {
    GQueue *const queues[] = {&resolver->to_ask, &resolver->under_way, &resolver->overdue};
    for (guint i = 0; i < G_N_ELEMENTS(queues); i++)
        while (queues[i]->head)
            conclude(resolver, queues[i]->head->data);
    if (resolver->sample)
        ov_dns_cache_release(resolver->cache, resolver->sample);
}

void ov_resolver_unref(OvResolver *resolver) {
    if (!resolver || !g_atomic_ref_count_dec(&resolver->references))
        return;
    g_mutex_lock(&resolver->lock);
    resolver->stopping = TRUE;
    ov_resolver_wake(resolver);
    g_mutex_unlock(&resolver->lock);
    g_thread_join(resolver->thread);

    ub_ctx_delete(resolver->context);
    drop_questions(resolver);
    ov_dns_cache_free(resolver->cache);
    const OvDnsAnswer *const answers[] = {resolver->down, resolver->too_many,  resolver->busy,
                                          resolver->late, resolver->timed_out, resolver->pending};
    for (guint i = 0; i < G_N_ELEMENTS(answers); i++)
        ov_dns_answer_unref(answers[i]);
    close(resolver->wake);
    g_mutex_clear(&resolver->lock);
    g_strfreev((char **)(guintptr)resolver->settings.servers);
    g_free((char *)(guintptr)resolver->settings.trust_anchor);
    g_free(resolver);
}

void ov_resolver_status(OvResolver *resolver, OvResolverStatus *status) {
    g_mutex_lock(&resolver->lock);
    *status = (OvResolverStatus){
        .down = resolver->breaker.down,
        .since = resolver->changed,
        .asked = resolver->n_asked,
        .found_in_cache = resolver->n_cached,
        .failed = resolver->n_failed,
        .under_way = resolver->under_way.length + resolver->to_ask.length,
        .cached = ov_dns_cache_questions(resolver->cache),
        .octets = ov_dns_cache_octets(resolver->cache),
    };
    g_mutex_unlock(&resolver->lock);
}
