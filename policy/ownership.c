#include "policy/ownership.h"

#include "policy/ownership_maps.h"

/* Microseconds. */
static const gint64 lookup_limit = 5 * G_USEC_PER_SEC, answer_lasts = 60 * G_USEC_PER_SEC,
                    trouble_lasts = 5 * G_USEC_PER_SEC, file_check = 2 * G_USEC_PER_SEC;

/* One question, and its answer. */
typedef struct {
    char *key; /* digest of login and address: of one size, however long they are */
    char *login;
    char *address;
    gboolean settled;
    OvOwned answer;
    gint64 expires; /* monotonic; when settled */
    GList place;    /* in answers or waiting */
} Question;

/* Two troubles may be at the same time. */
typedef enum { LOOKUP, FILES, N_TROUBLES } Trouble;

struct OvOwners {
    gatomicrefcount references;
    OvOwnership ownership;
    OvOwnerMaps *maps;
    gboolean unlisted_is_owned;
    OvOwnersChange change;
    gpointer change_data;
    GThread *threads[OV_OWNERS_THREADS];

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
    gint64 changed; /* when one of them did, microseconds since the epoch */
    guint64 n_asked, n_cached, n_failed;
};

static void question_free(gpointer data) {
    Question *question = data;
    g_free(question->key);
    g_free(question->login);
    g_free(question->address);
    g_free(question);
}

static char *key_of(const char *login, OvSlice address) {
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(checksum, (const guchar *)login, (gssize)strlen(login) + 1);
    g_checksum_update(checksum, (const guchar *)address.data, (gssize)address.length);
    return g_strdup(g_checksum_get_string(checksum));
}

static void forget(OvOwners *owners, Question *question) {
    g_queue_unlink(&owners->answers, &question->place);
    g_hash_table_remove(owners->questions, question->key);
}

/* The question of that key, put on its way where it is new or its answer old; NULL where too many
 * are waiting. Under the lock. */
static Question *find(OvOwners *owners, const char *key, const char *login, OvSlice address) {
    Question *question = g_hash_table_lookup(owners->questions, key);
    if (question && question->settled && g_get_monotonic_time() >= question->expires) {
        forget(owners, question);
        question = NULL;
    }
    if (question)
        return question;
    if (owners->waiting.length >= OV_OWNERS_MAX_WAITING)
        return NULL;
    question = g_new0(Question, 1);
    question->key = g_strdup(key);
    question->login = g_strdup(login);
    question->address = g_strndup(address.data, address.length);
    question->place.data = question;
    g_hash_table_insert(owners->questions, question->key, question);
    g_queue_push_tail_link(&owners->waiting, &question->place);
    g_cond_signal(&owners->work);
    return question;
}

/* An address with NUL is none, and asks nothing. */
static gboolean is_address(OvSlice address) {
    return address.length > 0 && !memchr(address.data, '\0', address.length);
}

static void ask(gpointer data, const char *login, OvSlice address) {
    OvOwners *owners = data;
    if (!is_address(address))
        return;
    g_autofree char *key = key_of(login, address);
    g_mutex_lock(&owners->lock);
    find(owners, key, login, address);
    g_mutex_unlock(&owners->lock);
}

static OvOwned answer(gpointer data, const char *login, OvSlice address, gint64 deadline) {
    OvOwners *owners = data;
    if (!is_address(address))
        return owners->unlisted_is_owned ? OV_OWNED_YES : OV_OWNED_NO;
    g_autofree char *key = key_of(login, address);
    g_mutex_lock(&owners->lock);
    owners->n_asked++;
    Question *question = find(owners, key, login, address);
    if (question && question->settled)
        owners->n_cached++;
    /* While the lock is let go, a question may be settled and forgotten. */
    while (question && !question->settled &&
           g_cond_wait_until(&owners->settled, &owners->lock, deadline))
        question = g_hash_table_lookup(owners->questions, key);
    if (question && !question->settled)
        question = g_hash_table_lookup(owners->questions, key);
    OvOwned found = question && question->settled ? question->answer : OV_OWNED_UNKNOWN;
    g_mutex_unlock(&owners->lock);
    return found;
}

static OvOwned owned_of(const OvOwners *owners, OvListed listed) {
    switch (listed) {
    case OV_LISTED_LOGIN:
        return OV_OWNED_YES;
    case OV_LISTED_OTHERS:
        return OV_OWNED_NO;
    case OV_LISTED_NOWHERE:
        break;
    }
    return owners->unlisted_is_owned ? OV_OWNED_YES : OV_OWNED_NO;
}

/* Under the lock, which is let go while it is told. words: NULL for none. */
static void set_trouble(OvOwners *owners, Trouble which, const char *words) {
    if (g_strcmp0(owners->trouble[which], words) == 0)
        return;
    g_free(owners->trouble[which]);
    owners->trouble[which] = g_strdup(words);
    owners->changed = g_get_real_time();
    g_autofree char *told = NULL;
    for (guint i = 0; i < N_TROUBLES && !told; i++)
        told = g_strdup(owners->trouble[i]);
    if (!owners->change)
        return;
    g_mutex_unlock(&owners->lock);
    owners->change(words ? words : told, owners->change_data);
    g_mutex_lock(&owners->lock);
}

static void settle(OvOwners *owners, Question *question, OvOwned found, gint64 lasts) {
    question->settled = TRUE;
    question->answer = found;
    question->expires = g_get_monotonic_time() + lasts;
    g_clear_pointer(&question->login, g_free);
    g_clear_pointer(&question->address, g_free);
    g_queue_push_tail_link(&owners->answers, &question->place);
    while (owners->answers.length > OV_OWNERS_MAX_ANSWERS)
        forget(owners, owners->answers.head->data);
    g_cond_broadcast(&owners->settled);
}

/* Looks up the question that waited longest; the lock is let go meanwhile. */
static void look_up(OvOwners *owners) {
    Question *question = owners->waiting.head->data;
    guint generation = owners->generation;
    g_queue_unlink(&owners->waiting, &question->place);
    owners->under_way++;
    g_mutex_unlock(&owners->lock);
    g_autoptr(GError) error = NULL;
    gboolean all;
    OvListed listed = ov_owner_maps_ask(owners->maps, question->login, ov_slice(question->address),
                                        g_get_monotonic_time() + lookup_limit, &all, &error);
    g_mutex_lock(&owners->lock);
    owners->under_way--;
    owners->n_failed += error != NULL;
    gint64 lasts = error ? trouble_lasts : answer_lasts;
    settle(owners, question, error ? OV_OWNED_UNKNOWN : owned_of(owners, listed),
           generation == owners->generation ? lasts : 0);
    /* A map that was not asked may still be in trouble. */
    if (error || all)
        set_trouble(owners, LOOKUP, error ? error->message : NULL);
}

/* Has text files looked at; the lock is let go meanwhile. */
static void check_files(OvOwners *owners) {
    owners->next_check = G_MAXINT64; /* no other thread does */
    g_mutex_unlock(&owners->lock);
    g_autoptr(GError) error = NULL;
    gboolean changed = ov_owner_maps_refresh(owners->maps, &error);
    g_mutex_lock(&owners->lock);
    owners->next_check = g_get_monotonic_time() + file_check;
    if (changed) {
        owners->generation++;
        while (owners->answers.length > 0)
            forget(owners, owners->answers.head->data);
    }
    set_trouble(owners, FILES, error ? error->message : NULL);
}

static gpointer work(gpointer data) {
    OvOwners *owners = data;
    g_mutex_lock(&owners->lock);
    while (!owners->stopping) {
        if (g_get_monotonic_time() >= owners->next_check)
            check_files(owners);
        else if (owners->waiting.length > 0)
            look_up(owners);
        else if (owners->next_check < G_MAXINT64)
            g_cond_wait_until(&owners->work, &owners->lock, owners->next_check);
        else
            g_cond_wait(&owners->work, &owners->lock);
    }
    g_mutex_unlock(&owners->lock);
    return NULL;
}

gboolean ov_owners_new(OvSettings *settings, OvOwnersChange change, gpointer data,
                       OvOwners **owners, GError **error) {
    *owners = NULL;
    if (!settings->sender_login_maps[0])
        return TRUE;
    OvOwnerMaps *maps = ov_owner_maps_new(settings, error);
    if (!maps)
        return FALSE;
    OvOwners *made = g_new0(OvOwners, 1);
    g_atomic_ref_count_init(&made->references);
    made->ownership = (OvOwnership){
        .data = made, .time_limit = settings->owner_time_limit, .ask = ask, .answer = answer};
    made->maps = maps;
    made->unlisted_is_owned = settings->unlisted_is_owned;
    made->change = change;
    made->change_data = data;
    made->questions = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, question_free);
    made->next_check =
        ov_owner_maps_have_files(maps) ? g_get_monotonic_time() + file_check : G_MAXINT64;
    g_mutex_init(&made->lock);
    g_cond_init(&made->work);
    g_cond_init(&made->settled);
    for (guint i = 0; i < OV_OWNERS_THREADS; i++)
        made->threads[i] = g_thread_new("owners", work, made);
    *owners = made;
    return TRUE;
}

OvOwners *ov_owners_ref(OvOwners *owners) {
    g_atomic_ref_count_inc(&owners->references);
    return owners;
}

void ov_owners_unref(OvOwners *owners) {
    if (!owners || !g_atomic_ref_count_dec(&owners->references))
        return;
    g_mutex_lock(&owners->lock);
    owners->stopping = TRUE;
    g_cond_broadcast(&owners->work);
    g_mutex_unlock(&owners->lock);
    for (guint i = 0; i < OV_OWNERS_THREADS; i++)
        g_thread_join(owners->threads[i]);
    g_hash_table_unref(owners->questions);
    for (guint i = 0; i < N_TROUBLES; i++)
        g_free(owners->trouble[i]);
    g_cond_clear(&owners->work);
    g_cond_clear(&owners->settled);
    g_mutex_clear(&owners->lock);
    ov_owner_maps_free(owners->maps);
    g_free(owners);
}

const OvOwnership *ov_owners_ownership(OvOwners *owners) {
    return &owners->ownership;
}

void ov_owners_status(OvOwners *owners, OvOwnersStatus *status) {
    g_mutex_lock(&owners->lock);
    *status = (OvOwnersStatus){
        .asked = owners->n_asked,
        .found_in_cache = owners->n_cached,
        .failed = owners->n_failed,
        .under_way = owners->waiting.length + owners->under_way,
        .cached = owners->answers.length,
        .since = owners->changed,
    };
    for (guint i = 0; i < N_TROUBLES && !status->trouble; i++)
        status->trouble = g_strdup(owners->trouble[i]);
    g_mutex_unlock(&owners->lock);
}

void ov_owners_status_clear(OvOwnersStatus *status) {
    g_clear_pointer(&status->trouble, g_free);
}
