#include "policy/delivery/log_trail_internal.h"

#include "policy/delivery/log_scan.h"
#include "rules/hash.h"

enum {
    MAX_EVENTS = 5000, /* of a queue id */
    MAX_ADDRESS = 320, /* octets that are kept of texts */
    MAX_ID = 998,
    MAX_ANSWER = 400,
};
static const gsize MAX_OCTETS = 64 * 1024 * 1024; /* of all events */

static guint hash_trail(gconstpointer key) {
    const OvLogTrail *trail = key;
    return (guint)ov_hash(trail->key, ov_hash(trail->host, 0));
}

static gboolean equal_trails(gconstpointer a, gconstpointer b) {
    const OvLogTrail *one = a, *other = b;
    return ov_slice_equal(one->key, other->key) && ov_slice_equal(one->host, other->host);
}

static void free_trail(gpointer data) {
    OvLogTrail *trail = data;
    g_free((char *)trail->host.data);
    g_free((char *)trail->key.data);
    g_free(trail);
}

OvLogTrails *ov_log_trails_new(const char *const *files) {
    OvLogTrails *trails = g_new0(OvLogTrails, 1);
    trails->files = files;
    trails->trails = g_hash_table_new_full(hash_trail, equal_trails, free_trail, NULL);
    g_mutex_init(&trails->lock);
    trails->arena = ov_arena_new();
    return trails;
}

void ov_log_trails_free(OvLogTrails *trails) {
    if (!trails)
        return;
    g_hash_table_unref(trails->trails);
    g_mutex_clear(&trails->lock);
    ov_arena_free(trails->arena);
    g_free(trails);
}

static guint filter_bit(OvSlice key) {
    return (guint)ov_hash(key, 0) & (OV_LOG_TRAIL_FILTER - 1);
}

OvLogTrail *ov_log_trails_find(const OvLogTrails *trails, OvSlice host, OvSlice key) {
    const OvLogTrail wanted = {.host = host, .key = key};
    return g_hash_table_lookup(trails->trails, &wanted);
}

static void follow(OvLogTrails *trails, OvSlice host, OvSlice key, gint64 time) {
    OvLogTrail *trail = ov_log_trails_find(trails, host, key);
    if (!trail) {
        trail = g_new0(OvLogTrail, 1);
        trail->host = (OvSlice){g_memdup2(host.data, host.length), host.length};
        trail->key = (OvSlice){g_memdup2(key.data, key.length), key.length};
        trail->first = trail->last = time;
        g_hash_table_add(trails->trails, trail);
        guint bit = filter_bit(key);
        trails->filter[bit / 64] |= G_GUINT64_CONSTANT(1) << bit % 64;
    }
    trail->first = MIN(trail->first, time);
    trail->last = MAX(trail->last, time);
}

OvSlice ov_log_trail_process_key(OvLogProcessKey *key, OvSlice process) {
    gsize length = MIN(process.length, sizeof key->text - 2);
    key->text[0] = '[';
    memcpy(key->text + 1, process.data, length);
    key->text[length + 1] = ']';
    return (OvSlice){key->text, length + 2};
}

void ov_log_trails_follow(OvLogTrails *trails, OvSlice host, OvSlice queue_id, OvSlice process,
                          gint64 time) {
    follow(trails, host, queue_id, time);
    OvLogProcessKey key;
    if (process.length > 0)
        follow(trails, host, ov_log_trail_process_key(&key, process), time);
}

gboolean ov_log_trails_may_follow(const OvLogTrails *trails, OvSlice queue_id) {
    guint bit = filter_bit(queue_id);
    return (trails->filter[bit / 64] >> bit % 64 & 1) != 0;
}

gboolean ov_log_trails_follows(const OvLogTrails *trails, OvSlice host, OvSlice queue_id,
                               gint64 time) {
    const OvLogTrail *trail = ov_log_trails_find(trails, host, queue_id);
    return trail && time >= trail->first - OV_LOG_TRAIL_BEFORE &&
           time <= trail->last + OV_LOG_TRAIL_AFTER;
}

gboolean ov_log_trails_follows_process(const OvLogTrails *trails, OvSlice host, OvSlice process,
                                       gint64 time) {
    OvLogProcessKey key;
    const OvLogTrail *trail =
        process.length > 0
            ? ov_log_trails_find(trails, host, ov_log_trail_process_key(&key, process))
            : NULL;
    return trail && time >= trail->first - OV_LOG_TRAIL_BEFORE && time <= trail->last;
}

gboolean ov_log_trails_left_out(const OvLogTrails *trails) {
    return trails->left_out;
}

static gboolean has_room(OvLogTrails *trails, const OvLogTrail *trail) {
    if (trail->n_events < MAX_EVENTS && ov_arena_used(trails->arena) <= MAX_OCTETS)
        return TRUE;
    trails->left_out = TRUE;
    return FALSE;
}

static void append(OvLogTrails *trails, OvLogTrail *trail, const OvLogTrailEvent *event) {
    OvLogTrailEvent *kept = OV_ARENA_NEW(trails->arena, OvLogTrailEvent, 1);
    *kept = *event;
    kept->before = trail->latest;
    trail->latest = kept;
    trail->n_events++;
}

static OvLogTrailEvent event_at(const OvLogPlace *place, OvLogEventKind kind) {
    return (OvLogTrailEvent){
        .kind = kind, .file = place->file, .line = place->line, .time = place->time, .uid = -1};
}

static OvLogTrailEvent keep_event(OvArena *arena, const OvLogPlace *place,
                                  const OvLogEvent *event) {
    OvLogTrailEvent kept = event_at(place, event->kind);
    gboolean local = event->uid.length > 0;
    kept.outcome = event->outcome;
    kept.size = event->size;
    if (local)
        kept.uid = ov_scan_number(event->uid);
    kept.message_id = ov_log_keep(arena, event->message_id, MAX_ID);
    kept.sender = ov_log_keep(arena, event->sender, MAX_ADDRESS);
    if (!kept.sender && event->kind == OV_LOG_QUEUED)
        kept.sender = "";
    kept.client = ov_log_keep(arena, event->client, OV_LOG_TRAIL_MAX_NAME);
    kept.login = ov_log_keep(arena, event->login, OV_LOG_TRAIL_MAX_NAME);
    kept.transport = ov_log_keep(arena, event->transport, OV_LOG_TRAIL_MAX_NAME);
    kept.relay = ov_log_keep(arena, event->relay, OV_LOG_TRAIL_MAX_NAME);
    kept.enhanced = ov_log_keep(arena, event->enhanced, OV_LOG_TRAIL_MAX_NAME);
    kept.answer = ov_log_keep(arena, event->answer, MAX_ANSWER);
    if (kept.message_id && event->kind == OV_LOG_QUEUED)
        kept.process = ov_log_keep(arena, place->process, OV_LOG_TRAIL_MAX_NAME);
    return kept;
}

void ov_log_trails_add(OvLogTrails *trails, const OvLogPlace *place, const OvLogEvent *event) {
    g_mutex_lock(&trails->lock);
    OvLogTrail *trail = ov_log_trails_find(trails, place->host, event->queue_id);
    if (trail && has_room(trails, trail)) {
        OvLogTrailEvent kept = keep_event(trails->arena, place, event);
        gsize position = 0;
        OvSlice recipient;
        if (event->kind != OV_LOG_OUTCOME)
            append(trails, trail, &kept);
        else
            while (ov_log_event_recipient(event, &position, &recipient) &&
                   has_room(trails, trail)) {
                kept.recipient = ov_log_keep(trails->arena, recipient, MAX_ADDRESS);
                append(trails, trail, &kept);
            }
    }
    g_mutex_unlock(&trails->lock);
}

void ov_log_trails_add_login(OvLogTrails *trails, const OvLogPlace *place, OvSlice client,
                             OvSlice login) {
    OvLogProcessKey key;
    g_mutex_lock(&trails->lock);
    OvLogTrail *trail =
        ov_log_trails_find(trails, place->host, ov_log_trail_process_key(&key, place->process));
    if (trail && has_room(trails, trail)) {
        OvLogTrailEvent kept = event_at(place, OV_LOG_CLIENT);
        kept.client = ov_log_keep(trails->arena, client, OV_LOG_TRAIL_MAX_NAME);
        kept.login = ov_log_keep(trails->arena, login, OV_LOG_TRAIL_MAX_NAME);
        append(trails, trail, &kept);
    }
    g_mutex_unlock(&trails->lock);
}
