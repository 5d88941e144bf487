#include "policy/lookups.h"

#include <string.h>

/* Microseconds. */
static const gint64 lookup_limit = 5 * G_USEC_PER_SEC, answer_lasts = 60 * G_USEC_PER_SEC,
                    trouble_lasts = 5 * G_USEC_PER_SEC, file_check = 2 * G_USEC_PER_SEC;

/* One question, and its answer. */
typedef struct {
    char *key; /* digest of subject and object: of one size, however long they are */
    char *subject;
    char *object;
    gboolean settled;
    gboolean known; /* when settled; and then the answer */
    int answer;
    gint64 expires; /* monotonic; when settled */
    GList place;    /* in answers or waiting */
} Question;

/* Two troubles may be at the same time. */
typedef enum { LOOKUP, FILES, N_TROUBLES } Trouble;

struct OvLookups {
    const OvLookupsMeans *means;
    gpointer maps;
    OvLookupsChange change;
    gpointer change_data;
    GThread *threads[OV_LOOKUPS_THREADS];

    GMutex lock; /* guards all below */
    GCond work;  /* there is something to look up, or to stop for */
    GCond settled;
    gboolean stopping;
    GHashTable *questions; /* by key */
    GQueue waiting;        /* to be looked up */
    GQueue answers;        /* settled, oldest first */
    guint under_way;
    guint generation;  /* of the files; what was asked before they changed is not kept */
    gint64 next_check; /* of the files */
    char *trouble[N_TROUBLES];
    gint64 changed;   /* when one of them did, microseconds since the epoch */
    GQueue to_tell;   /* char *, NULL for none: what they changed to */
    gboolean telling; /* a thread tells it, in that order */
    guint64 n_asked, n_cached, n_failed;
};

static void question_free(gpointer data) {
    Question *question = data;
    g_free(question->key);
    g_free(question->subject);
    g_free(question->object);
    g_free(question);
}

static char *key_of(const char *subject, OvSlice object) {
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(checksum, (const guchar *)subject, (gssize)strlen(subject) + 1);
    g_checksum_update(checksum, (const guchar *)object.data, (gssize)object.length);
    return g_strdup(g_checksum_get_string(checksum));
}

static void forget(OvLookups *lookups, Question *question) {
    g_queue_unlink(&lookups->answers, &question->place);
    g_hash_table_remove(lookups->questions, question->key);
}

/* The question of that key, put on its way where it is new or its answer old; NULL where too many
 * are waiting. Under the lock. */
static Question *find(OvLookups *lookups, const char *key, const char *subject, OvSlice object) {
    Question *question = g_hash_table_lookup(lookups->questions, key);
    if (question && question->settled && g_get_monotonic_time() >= question->expires) {
        forget(lookups, question);
        question = NULL;
    }
    if (question)
        return question;
    if (lookups->waiting.length >= OV_LOOKUPS_MAX_WAITING)
        return NULL;
    question = g_new0(Question, 1);
    question->key = g_strdup(key);
    question->subject = g_strdup(subject);
    question->object = g_strndup(object.data, object.length);
    question->place.data = question;
    g_hash_table_insert(lookups->questions, question->key, question);
    g_queue_push_tail_link(&lookups->waiting, &question->place);
    g_cond_signal(&lookups->work);
    return question;
}

void ov_lookups_ask(OvLookups *lookups, const char *subject, OvSlice object) {
    g_autofree char *key = key_of(subject, object);
    g_mutex_lock(&lookups->lock);
    find(lookups, key, subject, object);
    g_mutex_unlock(&lookups->lock);
}

gboolean ov_lookups_answer(OvLookups *lookups, const char *subject, OvSlice object, gint64 deadline,
                           int *answer) {
    g_autofree char *key = key_of(subject, object);
    g_mutex_lock(&lookups->lock);
    lookups->n_asked++;
    Question *question = find(lookups, key, subject, object);
    if (question && question->settled)
        lookups->n_cached++;
    /* While the lock is let go, a question may be settled and forgotten. */
    while (question && !question->settled &&
           g_cond_wait_until(&lookups->settled, &lookups->lock, deadline))
        question = g_hash_table_lookup(lookups->questions, key);
    if (question && !question->settled)
        question = g_hash_table_lookup(lookups->questions, key);
    gboolean known = question && question->settled && question->known;
    if (known)
        *answer = question->answer;
    g_mutex_unlock(&lookups->lock);
    return known;
}

/* Under the lock, which is let go meanwhile. */
static void tell(OvLookups *lookups) {
    lookups->telling = TRUE;
    while (lookups->to_tell.length > 0) {
        g_autofree char *words = g_queue_pop_head(&lookups->to_tell);
        g_mutex_unlock(&lookups->lock);
        lookups->change(words, lookups->change_data);
        g_mutex_lock(&lookups->lock);
    }
    lookups->telling = FALSE;
}

/* Under the lock, which is let go while it is told. words: NULL for none. */
static void set_trouble(OvLookups *lookups, Trouble which, const char *words) {
    if (g_strcmp0(lookups->trouble[which], words) == 0)
        return;
    g_free(lookups->trouble[which]);
    lookups->trouble[which] = g_strdup(words);
    lookups->changed = g_get_real_time();
    if (!lookups->change)
        return;
    for (guint i = 0; i < N_TROUBLES && !words; i++)
        words = lookups->trouble[i];
    g_queue_push_tail(&lookups->to_tell, g_strdup(words));
    if (!lookups->telling)
        tell(lookups);
}

/* found: NULL where it is not known. */
static void settle(OvLookups *lookups, Question *question, const int *found, gint64 lasts) {
    question->settled = TRUE;
    question->known = found != NULL;
    question->answer = found ? *found : 0;
    question->expires = g_get_monotonic_time() + lasts;
    g_clear_pointer(&question->subject, g_free);
    g_clear_pointer(&question->object, g_free);
    g_queue_push_tail_link(&lookups->answers, &question->place);
    while (lookups->answers.length > OV_LOOKUPS_MAX_ANSWERS)
        forget(lookups, lookups->answers.head->data);
    g_cond_broadcast(&lookups->settled);
}

/* Looks up the question that waited longest; the lock is let go meanwhile. */
static void look_up(OvLookups *lookups) {
    Question *question = lookups->waiting.head->data;
    guint generation = lookups->generation;
    g_queue_unlink(&lookups->waiting, &question->place);
    lookups->under_way++;
    g_mutex_unlock(&lookups->lock);
    g_autoptr(GError) error = NULL;
    gboolean all = FALSE;
    int found = lookups->means->look_up(lookups->maps, question->subject, question->object,
                                        g_get_monotonic_time() + lookup_limit, &all, &error);
    g_mutex_lock(&lookups->lock);
    lookups->under_way--;
    lookups->n_failed += error != NULL;
    gint64 lasts = error ? trouble_lasts : answer_lasts;
    settle(lookups, question, error ? NULL : &found, generation == lookups->generation ? lasts : 0);
    /* A map that was not asked may still be in trouble. */
    if (error || all)
        set_trouble(lookups, LOOKUP, error ? error->message : NULL);
}

/* Has text files looked at; the lock is let go meanwhile. */
static void check_files(OvLookups *lookups) {
    lookups->next_check = G_MAXINT64; /* no other thread does */
    g_mutex_unlock(&lookups->lock);
    g_autoptr(GError) error = NULL;
    gboolean changed = lookups->means->refresh(lookups->maps, &error);
    g_mutex_lock(&lookups->lock);
    lookups->next_check = g_get_monotonic_time() + file_check;
    if (changed) {
        lookups->generation++;
        while (lookups->answers.length > 0)
            forget(lookups, lookups->answers.head->data);
    }
    set_trouble(lookups, FILES, error ? error->message : NULL);
}

static gpointer work(gpointer data) {
    OvLookups *lookups = data;
    g_mutex_lock(&lookups->lock);
    while (!lookups->stopping) {
        if (g_get_monotonic_time() >= lookups->next_check)
            check_files(lookups);
        else if (lookups->waiting.length > 0)
            look_up(lookups);
        else if (lookups->next_check < G_MAXINT64)
            g_cond_wait_until(&lookups->work, &lookups->lock, lookups->next_check);
        else
            g_cond_wait(&lookups->work, &lookups->lock);
    }
    g_mutex_unlock(&lookups->lock);
    return NULL;
}

OvLookups *ov_lookups_new(const OvLookupsMeans *means, gpointer maps, OvLookupsChange change,
                          gpointer data) {
    OvLookups *lookups = g_new0(OvLookups, 1);
    lookups->means = means;
    lookups->maps = maps;
    lookups->change = change;
    lookups->change_data = data;
    lookups->questions = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, question_free);
    lookups->next_check = means->refresh ? g_get_monotonic_time() + file_check : G_MAXINT64;
    g_mutex_init(&lookups->lock);
    g_cond_init(&lookups->work);
    g_cond_init(&lookups->settled);
    for (guint i = 0; i < OV_LOOKUPS_THREADS; i++)
        lookups->threads[i] = g_thread_new(means->name, work, lookups);
    return lookups;
}

void ov_lookups_free(OvLookups *lookups) {
    if (!lookups)
        return;
    g_mutex_lock(&lookups->lock);
    lookups->stopping = TRUE;
    g_cond_broadcast(&lookups->work);
    g_mutex_unlock(&lookups->lock);
    for (guint i = 0; i < OV_LOOKUPS_THREADS; i++)
        g_thread_join(lookups->threads[i]);
    g_hash_table_unref(lookups->questions);
    for (guint i = 0; i < N_TROUBLES; i++)
        g_free(lookups->trouble[i]);
    g_cond_clear(&lookups->work);
    g_cond_clear(&lookups->settled);
    g_mutex_clear(&lookups->lock);
    g_free(lookups);
}

void ov_lookups_status(OvLookups *lookups, OvLookupsStatus *status) {
    g_mutex_lock(&lookups->lock);
    *status = (OvLookupsStatus){
        .asked = lookups->n_asked,
        .found_in_cache = lookups->n_cached,
        .failed = lookups->n_failed,
        .under_way = lookups->waiting.length + lookups->under_way,
        .cached = lookups->answers.length,
        .since = lookups->changed,
    };
    for (guint i = 0; i < N_TROUBLES && !status->trouble; i++)
        status->trouble = g_strdup(lookups->trouble[i]);
    g_mutex_unlock(&lookups->lock);
}

void ov_lookups_status_clear(OvLookupsStatus *status) {
    g_clear_pointer(&status->trouble, g_free);
}
