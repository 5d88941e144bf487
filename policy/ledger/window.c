#include "policy/ledger/window.h"

#include "policy/ledger/egress_volumes.h"
#include "policy/ledger/shape_logins.h"
#include "policy/ledger/sightings.h"
#include "policy/ledger/window_table.h"
#include "rules/address.h"
#include "rules/hash.h"
#include "rules/shape.h"

enum {
    MOST_RECIPIENTS = 512, /* of a message that are told apart; more change no answer */
    /* Shares of the memory. */
    SIGHTINGS_PART = 2,
    IDS_PART = 4,
    INDEX_PART = 4,
};

static const gint64 HOUR = G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;

/* What the keys of the index are of; bands count on from BAND. */
typedef enum { FROM = 1, UNSUBSCRIBE, BAND } Kind;

struct OvWindow {
    OvHistory history;
    const OvRecipientKey *key;
    OvSuppressions *suppressions;
    OvVolumes *volumes;
    gsize memory;
    GMutex lock; /* the rest */
    gint64 latest;
    /* Message-ID to half of a body's number, see note_body. */
    OvWindowTable *ids;
    /* From and stream to nothing but their time; addresses to unsubscribe and bands of shapes to
     * subjects. */
    OvWindowTable *index;
    OvSightings *sightings;
    OvShapeLogins *logins;
    OvEgressVolumes *egress;
};

static guint64 key_of(guint kind, guint64 owner, guint64 number) {
    guint64 key = ov_hash_spread(ov_hash_spread(owner + kind) ^ number);
    return key ? key : 1;
}

static guint32 seconds(gint64 time) {
    return (guint32)CLAMP(time / G_USEC_PER_SEC, 1, G_MAXUINT32);
}

static gint64 hour_of(gint64 time) {
    return MAX(time, 0) / HOUR;
}

/* The entry of a key that has one at most, seen at time. */
static OvWindowEntry *see(OvWindowTable *table, guint64 key, gint64 time) {
    OvWindowEntry *entry = ov_window_table_find(table, key, NULL);
    if (!entry)
        entry = ov_window_table_put(table, key, seconds(time));
    entry->time = MAX(entry->time, seconds(time));
    return entry;
}

/* --- Message-IDs: the body's number without its last digit, which tells that there were others ---
 */

static guint32 body_half(guint64 body) {
    return (guint32)(body >> 32) & ~1u;
}

static void note_body(OvWindow *window, guint64 message_id, guint64 body, gint64 time) {
    OvWindowEntry *entry = ov_window_table_find(window->ids, message_id, NULL);
    if (!entry) {
        entry = ov_window_table_put(window->ids, message_id, seconds(time));
        entry->value = body_half(body);
        return;
    }
    if (time - OV_WINDOW_LONG > (gint64)entry->time * G_USEC_PER_SEC)
        entry->value = body_half(body);
    else if ((entry->value & ~1u) != body_half(body))
        entry->value |= 1;
    entry->time = MAX(entry->time, seconds(time));
}

static gboolean answer_other_body(gpointer data, guint64 message_id, guint64 body, gint64 now) {
    OvWindow *window = data;
    g_mutex_lock(&window->lock);
    const OvWindowEntry *entry = ov_window_table_find(window->ids, message_id, NULL);
    gboolean other = entry && now - OV_WINDOW_LONG <= (gint64)entry->time * G_USEC_PER_SEC &&
                     ((entry->value & 1) || entry->value != body_half(body));
    g_mutex_unlock(&window->lock);
    return other;
}

/* --- From addresses: when there was mail of a stream last --- */

static guint answer_streams(gpointer data, guint64 from, gint64 now) {
    OvWindow *window = data;
    static const OvStream all[] = {OV_STREAM_BULK, OV_STREAM_TRANSACTIONAL};
    guint streams = OV_STREAM_NONE;
    g_mutex_lock(&window->lock);
    for (guint i = 0; i < G_N_ELEMENTS(all); i++) {
        const OvWindowEntry *entry =
            ov_window_table_find(window->index, key_of(FROM, all[i], from), NULL);
        if (entry && now - OV_WINDOW_DAY <= (gint64)entry->time * G_USEC_PER_SEC)
            streams |= all[i];
    }
    g_mutex_unlock(&window->lock);
    return streams;
}

/* --- Subjects: shapes, each owned by its sender, and addresses to unsubscribe --- */

static const guint64 NOBODY = 0;

static gboolean find_shape(OvWindow *window, guint64 sender, guint64 shape, guint32 *subject) {
    for (guint band = 0; band < OV_SHAPE_BANDS; band++) {
        guint64 key = key_of(BAND + band, sender, ov_shape_band(shape, band));
        OvWindowEntry *entry = NULL;
        while ((entry = ov_window_table_find(window->index, key, entry))) {
            guint64 name;
            *subject = entry->value;
            if (ov_sightings_is(window->sightings, *subject, sender, &name) &&
                ov_shape_distance(name, shape) <= OV_SHAPE_NEAR)
                return TRUE;
        }
    }
    return FALSE;
}

/* Notes under the key that the subject was seen. */
static void index_subject(OvWindow *window, guint64 key, guint32 subject, gint64 time) {
    OvWindowEntry *entry = NULL;
    while ((entry = ov_window_table_find(window->index, key, entry)))
        if (entry->value == subject) {
            entry->time = MAX(entry->time, seconds(time));
            return;
        }
    ov_window_table_put(window->index, key, seconds(time))->value = subject;
}

static guint32 note_shape(OvWindow *window, guint64 sender, guint64 shape, gint64 time) {
    guint32 subject;
    guint64 name = shape;
    if (find_shape(window, sender, shape, &subject))
        ov_sightings_is(window->sightings, subject, sender, &name);
    else
        subject = ov_sightings_add(window->sightings, sender, shape);
    for (guint band = 0; band < OV_SHAPE_BANDS; band++)
        index_subject(window, key_of(BAND + band, sender, ov_shape_band(name, band)), subject,
                      time);
    return subject;
}

static gboolean find_unsubscribe(OvWindow *window, guint64 address, guint32 *subject) {
    guint64 name;
    const OvWindowEntry *entry =
        ov_window_table_find(window->index, key_of(UNSUBSCRIBE, NOBODY, address), NULL);
    *subject = entry ? entry->value : 0;
    return entry && ov_sightings_is(window->sightings, *subject, NOBODY, &name) && name == address;
}

static guint32 note_unsubscribe(OvWindow *window, guint64 address, gint64 time) {
    guint32 subject;
    if (!find_unsubscribe(window, address, &subject))
        subject = ov_sightings_add(window->sightings, NOBODY, address);
    see(window->index, key_of(UNSUBSCRIBE, NOBODY, address), time)->value = subject;
    return subject;
}

static OvSeen answer_shape(gpointer data, guint64 sender, guint64 shape, gint64 now) {
    OvWindow *window = data;
    OvSeen seen = {0, 0};
    guint32 subject;
    g_mutex_lock(&window->lock);
    if (find_shape(window, sender, shape, &subject))
        seen = ov_sightings_seen(window->sightings, subject, hour_of(now));
    g_mutex_unlock(&window->lock);
    return seen;
}

static OvSeen answer_unsubscribe(gpointer data, guint64 address, gint64 now) {
    OvWindow *window = data;
    OvSeen seen = {0, 0};
    guint32 subject;
    g_mutex_lock(&window->lock);
    if (find_unsubscribe(window, address, &subject))
        seen = ov_sightings_seen(window->sightings, subject, hour_of(now));
    g_mutex_unlock(&window->lock);
    return seen;
}

/* --- Shapes of all senders: whose logins sent them --- */

static OvShapeLogin login_of(const char *name, guint64 sender) {
    OvShapeLogin login = {
        .name = ov_hash_nocase(ov_slice(name), 0),
        .sender = (guint32)sender,
    };
    const char *at = strrchr(name, '@');
    if (at && at[1]) {
        g_autofree char *domain = g_ascii_strdown(at + 1, -1);
        login.domain = (guint32)ov_hash(ov_organisational_domain(ov_slice(domain)), 0);
    }
    return login;
}

static OvLogins answer_logins(gpointer data, const char *name, guint64 sender, guint64 shape,
                              gint64 now) {
    OvWindow *window = data;
    OvShapeLogin login = login_of(name, sender);
    g_mutex_lock(&window->lock);
    OvLogins logins = ov_shape_logins_of(window->logins, &login, shape, now);
    g_mutex_unlock(&window->lock);
    return logins;
}

/* --- All together --- */

static gint64 answer_suppressed(gpointer data, OvSlice sender, const char *recipient) {
    OvWindow *window = data;
    if (ov_suppressions_empty(window->suppressions))
        return 0;
    guint8 hash[OV_RECIPIENT_HASH_SIZE];
    ov_recipient_hash(window->key, recipient, hash);
    gint64 all = ov_suppressions_since(window->suppressions, ov_suppression_number("*", 1, hash));
    gint64 own = ov_suppressions_since(window->suppressions,
                                       ov_suppression_number(sender.data, sender.length, hash));
    return all == 0 || (own != 0 && own < all) ? own : all;
}

static OvVolume answer_volume(gpointer data, OvSlice sender, OvProvider provider, gint64 now) {
    return ov_volumes_of(((OvWindow *)data)->volumes, sender, provider, now);
}

static OvEgressMail answer_egress(gpointer data, guint64 egress, guint64 sender, gint64 now) {
    OvWindow *window = data;
    g_mutex_lock(&window->lock);
    OvEgressMail mail = ov_egress_volumes_of(window->egress, egress, sender, now);
    g_mutex_unlock(&window->lock);
    return mail;
}

static void begin(OvWindow *window) {
    window->latest = 0;
    window->ids = ov_window_table_new(window->memory / IDS_PART);
    window->index = ov_window_table_new(window->memory / INDEX_PART);
    window->sightings = ov_sightings_new(window->memory / SIGHTINGS_PART);
    window->logins = ov_shape_logins_new();
    window->egress = ov_egress_volumes_new();
}

static void end(OvWindow *window) {
    ov_window_table_free(window->ids);
    ov_window_table_free(window->index);
    ov_sightings_free(window->sightings);
    ov_shape_logins_free(window->logins);
    ov_egress_volumes_free(window->egress);
}

OvWindow *ov_window_new(gsize memory, const OvRecipientKey *key) {
    OvWindow *window = g_new0(OvWindow, 1);
    window->history = (OvHistory){
        .data = window,
        .shape = answer_shape,
        .logins = answer_logins,
        .unsubscribe = answer_unsubscribe,
        .other_body = answer_other_body,
        .streams = answer_streams,
        .suppressed = answer_suppressed,
        .volume = answer_volume,
        .egress = answer_egress,
    };
    window->key = key;
    window->memory = memory;
    window->suppressions = ov_suppressions_new();
    window->volumes = ov_volumes_new();
    g_mutex_init(&window->lock);
    begin(window);
    return window;
}

void ov_window_free(OvWindow *window) {
    if (!window)
        return;
    end(window);
    ov_suppressions_free(window->suppressions);
    ov_volumes_free(window->volumes);
    g_mutex_clear(&window->lock);
    g_free(window);
}

/* The message's own number: the same when it comes again. Copies of one message to several
 * recipients are one message where it has a Message-ID. */
static guint64 message_number(const OvFingerprint *fingerprint, const guint64 *recipients,
                              guint n_recipients) {
    guint64 number = fingerprint->message_id;
    for (guint i = 0; i < n_recipients && !fingerprint->message_id; i++)
        number ^= recipients[i];
    return ov_hash_spread(number ^ ov_hash_spread(fingerprint->body));
}

void ov_window_add(OvWindow *window, const OvFingerprint *fingerprint, const char *login,
                   gint64 time, const guint8 *recipients, guint n_recipients) {
    guint64 numbers[MOST_RECIPIENTS];
    guint n = MIN(n_recipients, MOST_RECIPIENTS);
    for (guint i = 0; i < n; i++)
        numbers[i] = ov_hash((OvSlice){(const char *)recipients + (gsize)i * OV_RECIPIENT_HASH_SIZE,
                                       OV_RECIPIENT_HASH_SIZE},
                             0);
    guint64 message = message_number(fingerprint, numbers, n);
    gboolean has_login = login && fingerprint->shape;
    OvShapeLogin own = has_login ? login_of(login, fingerprint->sender) : (OvShapeLogin){.name = 0};

    g_mutex_lock(&window->lock);
    if (fingerprint->message_id)
        note_body(window, fingerprint->message_id, fingerprint->body, time);
    window->latest = MAX(window->latest, time);
    if (window->latest - time < OV_WINDOW_DAY) {
        gint64 hour = hour_of(time);
        if (fingerprint->from && fingerprint->stream != OV_STREAM_NONE)
            see(window->index, key_of(FROM, fingerprint->stream, fingerprint->from), time);
        if (fingerprint->shape)
            ov_sightings_mark(window->sightings,
                              note_shape(window, fingerprint->sender, fingerprint->shape, time),
                              hour, message, numbers, n);
        if (has_login && window->latest - time <= HOUR)
            ov_shape_logins_add(window->logins, &own, fingerprint->shape, time);
        ov_egress_volumes_add(window->egress, fingerprint, n_recipients, time);
        if (fingerprint->unsubscribe)
            ov_sightings_mark(window->sightings,
                              note_unsubscribe(window, fingerprint->unsubscribe, time), hour,
                              message, numbers, n);
    }
    g_mutex_unlock(&window->lock);
}

void ov_window_follow_clock(OvWindow *window, gint64 now) {
    g_mutex_lock(&window->lock);
    if (window->latest - now >= OV_WINDOW_DAY) {
        end(window);
        begin(window);
        ov_volumes_forget(window->volumes);
    }
    g_mutex_unlock(&window->lock);
}

gboolean ov_window_full(OvWindow *window) {
    g_mutex_lock(&window->lock);
    gboolean full = ov_window_table_full(window->ids);
    g_mutex_unlock(&window->lock);
    return full;
}

const OvHistory *ov_window_history(OvWindow *window) {
    return &window->history;
}

OvSuppressions *ov_window_suppressions(OvWindow *window) {
    return window->suppressions;
}

OvVolumes *ov_window_volumes(OvWindow *window) {
    return window->volumes;
}
