#include "rules/auth/resolver_internal.h"

typedef struct {
    OvDnsQuestion *question;   /* held */
    const OvDnsAnswer *answer; /* NULL while pending */
} Line;

typedef struct {
    OvDnsStep step;
    gpointer data;
    GDestroyNotify free_data;
    gboolean done;
} Step;

struct OvResolverBook {
    OvDnsBook book; /* first: what the outside sees */
    OvResolver *resolver;
    GCond settled; /* something changed that wait or close waits for */
    GArray *lines; /* Line */
    GArray *steps; /* Step */
    guint n_pending, n_asked;
    guint changes;    /* answers that came */
    gint64 deadline;  /* monotonic; 0 before the first wait */
    gboolean late;    /* the time is over */
    gboolean touched; /* in the resolver's queue, by touch */
    gboolean running; /* its steps */
    GList touch;
};

static OvResolverBook *book_of(OvDnsBook *book) {
    return (OvResolverBook *)book;
}

static Line *line_of(OvResolverBook *book, const OvDnsQuestion *question) {
    for (guint i = 0; i < book->lines->len; i++) {
        Line *line = &g_array_index(book->lines, Line, i);
        if (line->question == question)
            return line;
    }
    return NULL;
}

/* The answer that needs no question, or NULL when it is to be asked. */
static const OvDnsAnswer *answer_without_asking(OvResolverBook *book, OvDnsQuestion *question) {
    OvResolver *resolver = book->resolver;
    if (question->answer && g_get_monotonic_time() < question->expires) {
        resolver->n_cached++;
        return question->answer;
    }
    if (book->late)
        return resolver->late;
    if (resolver->breaker.down) {
        if (!resolver->sample && !question->place) {
            resolver->sample = question;
            ov_dns_cache_hold(resolver->cache, question);
        }
        return resolver->down;
    }
    if (book->n_asked >= OV_RESOLVER_MAX_ASKED)
        return resolver->too_many;
    if (resolver->to_ask.length + resolver->under_way.length + resolver->overdue.length >=
            OV_RESOLVER_MAX_UNDER_WAY &&
        !question->place)
        return resolver->busy;
    return NULL;
}

static void set_answer(OvResolver *resolver, Line *line, const OvDnsAnswer *answer) {
    line->answer = ov_dns_answer_ref(answer);
    if (answer->status == OV_DNS_FAILED)
        resolver->n_failed++;
}

static const OvDnsAnswer *add_line(OvResolverBook *book, OvDnsQuestion *question) {
    OvResolver *resolver = book->resolver;
    if (book->lines->len >= OV_RESOLVER_MAX_KNOWN)
        return resolver->too_many;
    Line line = {.question = question};
    const OvDnsAnswer *known = answer_without_asking(book, question);
    ov_dns_cache_hold(resolver->cache, question);
    if (known) {
        set_answer(resolver, &line, known);
    } else {
        book->n_pending++;
        book->n_asked++;
        resolver->n_asked++;
        ov_resolver_ask(resolver, question, book);
    }
    g_array_append_val(book->lines, line);
    return line.answer ? line.answer : resolver->pending;
}

static const OvDnsAnswer *ask(OvDnsBook *base, OvSlice name, OvDnsType type) {
    OvResolverBook *book = book_of(base);
    OvResolver *resolver = book->resolver;
    g_mutex_lock(&resolver->lock);
    OvDnsQuestion *question = ov_dns_cache_find(resolver->cache, name, type);
    const Line *line = line_of(book, question);
    const OvDnsAnswer *answer;
    if (line)
        answer = line->answer ? line->answer : resolver->pending;
    else
        answer = add_line(book, question);
    g_mutex_unlock(&resolver->lock);
    return answer;
}

static void touch(OvResolverBook *book) {
    if (book->touched)
        return;
    book->touched = TRUE;
    g_queue_push_tail_link(&book->resolver->touched, &book->touch);
    ov_resolver_wake(book->resolver);
}

static gboolean has_steps(const OvResolverBook *book) {
    for (guint i = 0; i < book->steps->len; i++)
        if (!g_array_index(book->steps, Step, i).done)
            return TRUE;
    return FALSE;
}

void ov_resolver_book_settle(OvResolverBook *book, const OvDnsQuestion *question,
                             const OvDnsAnswer *answer) {
    Line *line = line_of(book, question);
    g_assert(line && !line->answer);
    set_answer(book->resolver, line, answer);
    book->n_pending--;
    book->changes++;
    if (has_steps(book))
        touch(book);
    else if (book->n_pending == 0)
        g_cond_broadcast(&book->settled);
}

void ov_resolver_book_run(OvResolver *resolver) {
    OvResolverBook *book = resolver->touched.head->data;
    g_queue_unlink(&resolver->touched, &book->touch);
    book->touched = FALSE;
    book->running = TRUE;
    for (guint i = 0; i < book->steps->len; i++) {
        Step step = g_array_index(book->steps, Step, i);
        if (step.done)
            continue;
        g_mutex_unlock(&resolver->lock);
        gboolean pending = step.step(&book->book, step.data);
        g_mutex_lock(&resolver->lock);
        g_array_index(book->steps, Step, i).done = !pending;
    }
    book->running = FALSE;
    g_cond_broadcast(&book->settled);
}

void ov_resolver_follow(OvDnsBook *base, OvDnsStep step, gpointer data, GDestroyNotify free_data) {
    OvResolverBook *book = book_of(base);
    OvResolver *resolver = book->resolver;
    g_mutex_lock(&resolver->lock);
    guint before = book->changes;
    g_mutex_unlock(&resolver->lock);
    Step entry = {step, data, free_data, .done = !step(base, data)};
    g_mutex_lock(&resolver->lock);
    g_array_append_val(book->steps, entry);
    /* An answer that came while the step ran found no step to run again. */
    if (!entry.done && book->changes != before)
        touch(book);
    g_mutex_unlock(&resolver->lock);
}

/* The answers that are still on their way are for others. */
static void stop_waiting(OvResolverBook *book) {
    for (guint i = 0; i < book->lines->len; i++) {
        const Line *line = &g_array_index(book->lines, Line, i);
        if (!line->answer)
            g_ptr_array_remove_fast(line->question->waiting, book);
    }
    book->n_pending = 0;
}

/* What is pending has failed. */
static void give_up(OvResolverBook *book) {
    stop_waiting(book);
    for (guint i = 0; i < book->lines->len; i++) {
        Line *line = &g_array_index(book->lines, Line, i);
        if (!line->answer)
            set_answer(book->resolver, line, book->resolver->late);
    }
}

static void wait_for_all(OvDnsBook *base) {
    OvResolverBook *book = book_of(base);
    OvResolver *resolver = book->resolver;
    g_mutex_lock(&resolver->lock);
    if (book->deadline == 0)
        book->deadline = g_get_monotonic_time() + resolver->settings.time_limit;
    while (!book->late && (book->n_pending > 0 || book->touched || book->running))
        if (!g_cond_wait_until(&book->settled, &resolver->lock, book->deadline))
            book->late = TRUE;
    give_up(book);
    g_mutex_unlock(&resolver->lock);
}

OvDnsBook *ov_resolver_open(OvResolver *resolver) {
    OvResolverBook *book = g_new0(OvResolverBook, 1);
    book->book = (OvDnsBook){.ask = ask, .wait = wait_for_all};
    book->resolver = resolver;
    book->lines = g_array_new(FALSE, FALSE, sizeof(Line));
    book->steps = g_array_new(FALSE, FALSE, sizeof(Step));
    book->touch.data = book;
    g_cond_init(&book->settled);
    return &book->book;
}

void ov_resolver_close(OvDnsBook *base) {
    if (!base)
        return;
    OvResolverBook *book = book_of(base);
    OvResolver *resolver = book->resolver;
    g_mutex_lock(&resolver->lock);
    while (book->running)
        g_cond_wait(&book->settled, &resolver->lock);
    if (book->touched)
        g_queue_unlink(&resolver->touched, &book->touch);
    stop_waiting(book); /* what was asked and not waited for has not failed */
    for (guint i = 0; i < book->lines->len; i++) {
        Line *line = &g_array_index(book->lines, Line, i);
        ov_dns_answer_unref(line->answer);
        ov_dns_cache_release(resolver->cache, line->question);
    }
    g_mutex_unlock(&resolver->lock);

    for (guint i = 0; i < book->steps->len; i++) {
        Step *step = &g_array_index(book->steps, Step, i);
        if (step->free_data)
            step->free_data(step->data);
    }
    g_array_unref(book->lines);
    g_array_unref(book->steps);
    g_cond_clear(&book->settled);
    g_free(book);
}
