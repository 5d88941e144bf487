/* From the lines of a queue id to the messages that had it. */
#include "policy/delivery/log_trail_internal.h"
#include "rules/hash.h"

enum {
    STRAGGLE = 5 /* seconds that another process may log after the queue manager's last line */
};

static gint compare_places(gconstpointer a, gconstpointer b) {
    const OvLogTrailEvent *one = *(const OvLogTrailEvent *const *)a,
                          *other = *(const OvLogTrailEvent *const *)b;
    if (one->since != other->since)
        return one->since < other->since ? -1 : 1;
    if (one->file != other->file)
        return one->file < other->file ? -1 : 1;
    return one->line < other->line ? -1 : one->line > other->line;
}

/* A file's lines stand in their order, whatever its clock did; files go by their first event. The
 * lines of one outcome keep the order of its recipients. */
static GPtrArray *in_order(const OvLogTrail *trail) {
    g_autoptr(GPtrArray) newest_first = g_ptr_array_new();
    GPtrArray *events = g_ptr_array_new();
    g_autoptr(GHashTable) first = g_hash_table_new(g_direct_hash, g_direct_equal);
    for (OvLogTrailEvent *event = trail->latest; event; event = event->before) {
        const OvLogTrailEvent *known = g_hash_table_lookup(first, GUINT_TO_POINTER(event->file));
        if (!known || event->time < known->time)
            g_hash_table_insert(first, GUINT_TO_POINTER(event->file), event);
        g_ptr_array_add(newest_first, event);
    }
    for (guint i = newest_first->len; i > 0; i--) {
        OvLogTrailEvent *event = newest_first->pdata[i - 1];
        const OvLogTrailEvent *known = g_hash_table_lookup(first, GUINT_TO_POINTER(event->file));
        event->since = known->time;
        g_ptr_array_add(events, event);
    }
    g_ptr_array_sort(events, compare_places);
    return events;
}

static guint64 hash_of(const OvLogTrailEvent *event) {
    const char *texts[] = {event->message_id, event->sender,    event->client,
                           event->login,      event->recipient, event->answer};
    guint64 hash = ov_hash_spread((guint64)event->time + (guint64)event->kind);
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        hash = ov_hash(ov_slice(texts[i]), hash);
    return hash;
}

/* The same line in another file: a copy of a log beside it. hashes: of the events before it. */
static gboolean is_copy(GHashTable *files, const OvLogTrailEvent *event) {
    guint64 hash = hash_of(event);
    gpointer key = GSIZE_TO_POINTER((gsize)hash), file;
    if (g_hash_table_lookup_extended(files, key, NULL, &file))
        return GPOINTER_TO_UINT(file) != event->file;
    g_hash_table_insert(files, key, GUINT_TO_POINTER(event->file));
    return FALSE;
}

typedef struct {
    OvLogTrails *trails;
    const OvLogTrail *trail;
    OvArena *arena;
    OvLogTrailFunc take;
    gpointer data;
    /* The message that the events are of now: */
    gboolean open;
    OvLoggedMessage message;
    const char *process;
    gint64 handed_in; /* time of the client's line; 0: none */
    gboolean queued;
    gint64 finished;       /* 0: not yet */
    GPtrArray *ids;        /* const char */
    GArray *recipients;    /* OvLoggedRecipient */
    GHashTable *addresses; /* of them, place + 1 */
} Fold;

/* Sendmail's client logs in before its messages. */
static const char *login_before(const Fold *fold) {
    OvLogProcessKey key;
    const OvLoggedMessage *message = &fold->message;
    const OvLogTrail *trail =
        fold->process ? ov_log_trails_find(fold->trails, fold->trail->host,
                                           ov_log_trail_process_key(&key, ov_slice(fold->process)))
                      : NULL;
    const OvLogTrailEvent *found = NULL;
    for (const OvLogTrailEvent *event = trail ? trail->latest : NULL; event; event = event->before)
        if (event->time <= message->time && event->time >= message->time - OV_LOG_TRAIL_BEFORE &&
            g_strcmp0(event->client, message->client) == 0 && (!found || event->time > found->time))
            found = event;
    return found ? ov_arena_strndup(fold->arena, found->login, strlen(found->login)) : NULL;
}

static const char *copy(OvArena *arena, const char *text) {
    return text ? ov_arena_strndup(arena, text, strlen(text)) : NULL;
}

/* What was gathered leaves the arena of the trails. */
static void hand_out(Fold *fold) {
    OvLoggedMessage *message = &fold->message;
    guint n = fold->recipients->len;
    OvLoggedRecipient *recipients = OV_ARENA_NEW(fold->arena, OvLoggedRecipient, n + 1);
    for (guint i = 0; i < n; i++) {
        recipients[i] = g_array_index(fold->recipients, OvLoggedRecipient, i);
        recipients[i].address = copy(fold->arena, recipients[i].address);
        recipients[i].transport = copy(fold->arena, recipients[i].transport);
        recipients[i].relay = copy(fold->arena, recipients[i].relay);
        recipients[i].enhanced = copy(fold->arena, recipients[i].enhanced);
        recipients[i].answer = copy(fold->arena, recipients[i].answer);
    }
    message->host = ov_log_keep(fold->arena, fold->trail->host, OV_LOG_TRAIL_MAX_NAME);
    message->queue_id = ov_log_keep(fold->arena, fold->trail->key, OV_LOG_TRAIL_MAX_NAME);
    message->sender = copy(fold->arena, message->sender);
    message->client = copy(fold->arena, message->client);
    message->login = message->login ? copy(fold->arena, message->login) : login_before(fold);
    message->recipients = recipients;
    message->n_recipients = n;
    message->finished = fold->finished != 0;
    for (guint i = 0; i < fold->ids->len; i++)
        fold->take(message, ov_slice(fold->ids->pdata[i]), fold->data);
}

static void end_message(Fold *fold) {
    if (fold->open && fold->ids->len > 0)
        hand_out(fold);
    fold->open = FALSE;
    g_ptr_array_set_size(fold->ids, 0);
    g_array_set_size(fold->recipients, 0);
    g_hash_table_remove_all(fold->addresses);
}

static void begin_message(Fold *fold) {
    end_message(fold);
    fold->open = TRUE;
    fold->message = (OvLoggedMessage){.uid = -1};
    fold->process = NULL;
    fold->handed_in = fold->finished = 0;
    fold->queued = FALSE;
}

static void take_client(Fold *fold, const OvLogTrailEvent *event) {
    begin_message(fold);
    fold->handed_in = event->time;
    fold->message.client = event->client;
    fold->message.login = event->login;
    fold->message.uid = event->uid;
    fold->message.sender = event->sender;
}

/* A message may have several such fields; another message comes after the queue manager's line. */
static void take_id(Fold *fold, const OvLogTrailEvent *event) {
    if (!fold->open || fold->queued || fold->finished ||
        (fold->handed_in && event->time - fold->handed_in > OV_LOG_TRAIL_BEFORE))
        begin_message(fold);
    if (fold->ids->len == 0) {
        fold->message.time = event->time;
        fold->message.file = fold->trails->files[event->file];
        fold->message.line = event->line;
    }
    if (event->message_id)
        g_ptr_array_add(fold->ids, (gpointer)event->message_id);
}

static void take_queued(Fold *fold, const OvLogTrailEvent *event) {
    if (!fold->open || fold->finished)
        begin_message(fold);
    if (event->message_id) {
        take_id(fold, event);
        fold->message.client = event->client;
        fold->process = event->process;
    }
    fold->message.sender = event->sender;
    fold->message.size = event->size;
    fold->queued = TRUE;
}

static void take_outcome(Fold *fold, const OvLogTrailEvent *event) {
    if (!fold->open || (fold->finished && event->time - fold->finished > STRAGGLE * G_USEC_PER_SEC))
        return;
    const char *address = event->recipient ? event->recipient : "";
    guint place = GPOINTER_TO_UINT(g_hash_table_lookup(fold->addresses, address));
    if (place == 0) {
        const OvLoggedRecipient fresh = {.address = address, .first = event->time};
        g_array_append_val(fold->recipients, fresh);
        place = fold->recipients->len;
        g_hash_table_insert(fold->addresses, (gpointer)address, GUINT_TO_POINTER(place));
    }
    OvLoggedRecipient *recipient = &g_array_index(fold->recipients, OvLoggedRecipient, place - 1);
    recipient->tries++;
    recipient->last = event->time;
    recipient->outcome = event->outcome;
    recipient->transport = event->transport;
    recipient->relay = event->relay;
    recipient->enhanced = event->enhanced;
    recipient->answer = event->answer;
    if (event->uid >= 0)
        fold->message.uid = event->uid;
}

/* Who still waits gets it no more. */
static void end_waiting(Fold *fold, OvOutcome outcome) {
    for (guint i = 0; i < fold->recipients->len; i++) {
        OvLoggedRecipient *recipient = &g_array_index(fold->recipients, OvLoggedRecipient, i);
        if (recipient->outcome == OV_OUTCOME_DEFERRED)
            recipient->outcome = outcome;
    }
}

static void take_event(Fold *fold, const OvLogTrailEvent *event) {
    if (event->kind == OV_LOG_CLIENT)
        take_client(fold, event);
    else if (event->kind == OV_LOG_MESSAGE_ID)
        take_id(fold, event);
    else if (event->kind == OV_LOG_QUEUED)
        take_queued(fold, event);
    else if (event->kind == OV_LOG_OUTCOME)
        take_outcome(fold, event);
    else if (event->kind == OV_LOG_EXPIRED)
        end_waiting(fold, OV_OUTCOME_EXPIRED);
    else if (event->kind == OV_LOG_DELETED)
        end_waiting(fold, OV_OUTCOME_DELETED);
    if (event->kind == OV_LOG_FINISHED || event->kind == OV_LOG_DELETED)
        fold->finished = event->time;
}

static void fold_trail(Fold *fold) {
    g_autoptr(GPtrArray) events = in_order(fold->trail);
    g_autoptr(GHashTable) files = g_hash_table_new(g_direct_hash, g_direct_equal);
    for (guint i = 0; i < events->len; i++)
        if (!is_copy(files, events->pdata[i]))
            take_event(fold, events->pdata[i]);
    end_message(fold);
}

void ov_log_trails_fold(OvLogTrails *trails, OvArena *arena, OvLogTrailFunc take, gpointer data) {
    Fold fold = {
        .trails = trails,
        .arena = arena,
        .take = take,
        .data = data,
        .ids = g_ptr_array_new(),
        .recipients = g_array_new(FALSE, FALSE, sizeof(OvLoggedRecipient)),
        .addresses = g_hash_table_new(g_str_hash, g_str_equal),
    };
    GHashTableIter each;
    gpointer trail;
    g_hash_table_iter_init(&each, trails->trails);
    while (g_hash_table_iter_next(&each, &trail, NULL)) {
        fold.trail = trail;
        if (fold.trail->key.data[0] != '[')
            fold_trail(&fold);
    }
    g_ptr_array_unref(fold.ids);
    g_array_unref(fold.recipients);
    g_hash_table_unref(fold.addresses);
}
