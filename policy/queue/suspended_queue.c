#include "policy/queue/suspended_queue.h"

#include <string.h>

enum {
    BATCH = 1000,   /* messages of one run of postsuper, and of one commit */
    MAX_PASSES = 5, /* what moves while the queue is listed may be missed once */
    MAX_HEADER = 1024 * 1024,
};

static gboolean is_waiting(const OvQueued *queued) {
    return strcmp(queued->queue, "incoming") == 0 || strcmp(queued->queue, "active") == 0 ||
           strcmp(queued->queue, "deferred") == 0;
}

/* The record of the message, or NULL. A sender that differs may have been rewritten by the MTA, or
 * be of another message under a reused queue id: the header tells. */
static const OvLedgerRecord *record_of(OvHeld *held, const OvQueued *queued) {
    const OvLedgerRecord *record = ov_held_record(held, queued, NULL);
    if (!record || g_ascii_strcasecmp(record->sender ? record->sender : "", queued->sender) == 0)
        return record;
    gsize length = 0;
    g_autofree char *header =
        ov_queue_read(held->queue, queued->queue_id, TRUE, MAX_HEADER, &length, NULL);
    return header && ov_held_match(record, (OvSlice){header, length}, held->arena) == OV_HELD_SAME
               ? record
               : NULL;
}

/* The suspension of the list that the message falls under, or NULL. *message: its id, 0 where the
 * ledger does not know it. */
static const OvSuspension *suspension_of(OvHeld *held, const OvSuspensionList *list,
                                         const OvQueued *queued, gint64 *message) {
    const OvLedgerRecord *record = record_of(held, queued);
    OvAccount account = {.name = record ? record->account : NULL,
                         .script = record ? record->script : NULL};
    OvEnvelope envelope = {
        .sender = queued->sender,
        .recipients = (const char *const *)queued->recipients->pdata,
        .n_recipients = queued->recipients->len,
        .client_address = record ? record->client_address : NULL,
        .now = g_get_real_time(),
    };
    envelope.egress = ov_egress_find(&held->settings->egress, &envelope, held->arena);
    *message = record ? record->id : 0;
    OvVerdictKind answer;
    return ov_suspension_find(list, held->settings, &account, &envelope, held->arena, &answer);
}

static OvSuspendedMail mail_of(const OvQueued *queued, gint64 message) {
    return (OvSuspendedMail){
        .queue_id = queued->queue_id,
        .arrival = queued->arrival,
        .sender = queued->sender,
        .message = message,
    };
}

static gboolean is_same(const OvSuspendedMail *mail, const OvQueued *queued) {
    return queued && mail->arrival == queued->arrival && strcmp(mail->sender, queued->sender) == 0;
}

/* By queue id; lives as long as the list. */
static GHashTable *index_of(const GPtrArray *list) {
    GHashTable *index = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < list->len; i++)
        g_hash_table_insert(index, ((OvQueued *)list->pdata[i])->queue_id, list->pdata[i]);
    return index;
}

static gboolean act(OvQueue *queue, OvQueueAction action, const OvSuspendedMail *mail, guint n,
                    GError **error) {
    g_autoptr(GPtrArray) ids = g_ptr_array_sized_new(n);
    for (guint i = 0; i < n; i++)
        g_ptr_array_add(ids, (gpointer)mail[i].queue_id);
    return ov_queue_act_all(queue, action, (const char *const *)ids->pdata, n, error);
}

/* Putting a subject's mail on hold. */
typedef struct {
    OvHeld *held;
    const OvSuspensionList *one; /* the subject alone */
    const char *subject;         /* in its text form */
    const char *operator_name;
    GHashTable *seen; /* queue ids of mail that is not the subject's */
} Holding;

/* The ledger first: what it does not list would stay on hold for ever. */
static gboolean hold_batch(const Holding *holding, const OvSuspendedMail *mail, guint n,
                           GError **error) {
    OvHeld *held = holding->held;
    return ov_ledger_keep_suspended(held->ledger, holding->subject, held->settings->node, mail, n,
                                    error) &&
           act(held->queue, OV_QUEUE_HOLD, mail, n, error);
}

/* Writes down which of them are on hold now, and forgets the others. */
static gboolean settle(const Holding *holding, const GArray *mails, guint *n, GError **error) {
    OvHeld *held = holding->held;
    g_autoptr(GPtrArray) list = ov_queue_list(held->queue, "hold", error);
    if (!list)
        return FALSE;
    g_autoptr(GHashTable) index = index_of(list);
    g_autoptr(GArray) on_hold = g_array_new(FALSE, FALSE, sizeof(OvSuspendedMail));
    g_autoptr(GArray) gone = g_array_new(FALSE, FALSE, sizeof(OvSuspendedMail));
    for (guint i = 0; i < mails->len; i++) {
        const OvSuspendedMail *mail = &g_array_index(mails, OvSuspendedMail, i);
        gboolean there = is_same(mail, g_hash_table_lookup(index, mail->queue_id));
        g_array_append_vals(there ? on_hold : gone, mail, 1);
    }
    *n += on_hold->len;
    g_autofree char *detail = g_strdup_printf("%s is suspended", holding->subject);
    return ov_ledger_drop_suspended(held->ledger, holding->subject, held->settings->node,
                                    (const OvSuspendedMail *)(const void *)gone->data, gone->len,
                                    error) &&
           ov_ledger_add_actions(held->ledger, (const OvSuspendedMail *)(const void *)on_hold->data,
                                 on_hold->len, "hold", holding->operator_name, detail, error);
}

/* Those of the subject that wait in the queue; their texts are list's. */
static GArray *waiting_of(const Holding *holding, const GPtrArray *list) {
    GArray *mails = g_array_new(FALSE, FALSE, sizeof(OvSuspendedMail));
    for (guint i = 0; i < list->len; i++) {
        const OvQueued *queued = list->pdata[i];
        gint64 message;
        if (!is_waiting(queued) || g_hash_table_contains(holding->seen, queued->queue_id))
            continue;
        ov_arena_reset(holding->held->arena);
        if (suspension_of(holding->held, holding->one, queued, &message)) {
            OvSuspendedMail mail = mail_of(queued, message);
            g_array_append_val(mails, mail);
        } else {
            g_hash_table_add(holding->seen, g_strdup(queued->queue_id));
        }
    }
    return mails;
}

/* One look through the queue. *found: how many there were. */
static gboolean hold_once(const Holding *holding, guint *found, guint *n, GError **error) {
    g_autoptr(GPtrArray) list = ov_queue_list(holding->held->queue, NULL, error);
    if (!list)
        return FALSE;
    g_autoptr(GArray) mails = waiting_of(holding, list);
    *found = mails->len;
    if (mails->len == 0)
        return TRUE;
    gboolean done = TRUE;
    for (guint i = 0; done && i < mails->len; i += BATCH)
        done = hold_batch(holding, &g_array_index(mails, OvSuspendedMail, i),
                          MIN(BATCH, mails->len - i), error);
    /* Also after trouble: what is on hold by then is told of. */
    gboolean settled = settle(holding, mails, n, done ? error : NULL);
    return done && settled;
}

gboolean ov_suspended_queue_hold(OvHeld *held, const OvSubject *subject, const char *operator_name,
                                 guint *n, GError **error) {
    g_autoptr(OvArena) arena = ov_arena_new();
    OvSuspensionRow row = {.subject = ov_subject_format(subject, arena), .until = G_MAXINT64};
    g_autoptr(OvSuspensionList) one = ov_suspension_list_new(&row, 1);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Holding holding = {held, one, row.subject, operator_name, seen};
    guint found = 1;
    *n = 0;
    for (guint pass = 0; found > 0 && pass < MAX_PASSES; pass++)
        if (!hold_once(&holding, &found, n, error))
            return FALSE;
    return TRUE;
}

/* What becomes of the mail that was put on hold for a subject. */
typedef struct {
    GArray *release, *gone;
    GHashTable *kept; /* another subject, in its text form, to an array of its mail */
} Sorted;

static GArray *kept_for(Sorted *sorted, const OvSuspension *suspension) {
    g_autoptr(OvArena) arena = ov_arena_new();
    const char *subject = ov_subject_format(&suspension->subject, arena);
    GArray *mails = g_hash_table_lookup(sorted->kept, subject);
    if (!mails) {
        mails = g_array_new(FALSE, FALSE, sizeof(OvSuspendedMail));
        g_hash_table_insert(sorted->kept, g_strdup(subject), mails);
    }
    return mails;
}

static void sort(OvHeld *held, const OvSuspensionList *in_force, const OvSuspendedMail *mails,
                 guint n, const GHashTable *index, Sorted *sorted) {
    for (guint i = 0; i < n; i++) {
        const OvQueued *queued = g_hash_table_lookup((GHashTable *)index, mails[i].queue_id);
        gint64 message;
        ov_arena_reset(held->arena);
        const OvSuspension *other = NULL;
        if (!is_same(&mails[i], queued))
            g_array_append_vals(sorted->gone, &mails[i], 1);
        else if (in_force && (other = suspension_of(held, in_force, queued, &message)))
            g_array_append_vals(kept_for(sorted, other), &mails[i], 1);
        else
            g_array_append_vals(sorted->release, &mails[i], 1);
    }
}

static gboolean release_batch(OvHeld *held, const char *subject, const OvSuspendedMail *mail,
                              guint n, const char *operator_name, GError **error) {
    g_autofree char *detail = g_strdup_printf("%s is resumed", subject);
    return act(held->queue, OV_QUEUE_RELEASE, mail, n, error) &&
           ov_ledger_add_actions(held->ledger, mail, n, "release", operator_name, detail, error) &&
           ov_ledger_drop_suspended(held->ledger, subject, held->settings->node, mail, n, error);
}

/* The mail of another subject goes over to it. */
static gboolean hand_over(OvHeld *held, const char *subject, GHashTable *kept, guint *n_kept,
                          GError **error) {
    GHashTableIter iter;
    gpointer other, value;
    g_hash_table_iter_init(&iter, kept);
    while (g_hash_table_iter_next(&iter, &other, &value)) {
        const GArray *mails = value;
        const OvSuspendedMail *first = (const OvSuspendedMail *)(const void *)mails->data;
        const char *node = held->settings->node;
        if (!ov_ledger_keep_suspended(held->ledger, other, node, first, mails->len, error) ||
            !ov_ledger_drop_suspended(held->ledger, subject, node, first, mails->len, error))
            return FALSE;
        *n_kept += mails->len;
    }
    return TRUE;
}

static gboolean carry_out(OvHeld *held, const char *subject, Sorted *sorted,
                          const char *operator_name, guint *n, guint *n_kept, GError **error) {
    if (!hand_over(held, subject, sorted->kept, n_kept, error) ||
        !ov_ledger_drop_suspended(held->ledger, subject, held->settings->node,
                                  (const OvSuspendedMail *)(const void *)sorted->gone->data,
                                  sorted->gone->len, error))
        return FALSE;
    for (guint i = 0; i < sorted->release->len; i += BATCH) {
        guint length = MIN(BATCH, sorted->release->len - i);
        if (!release_batch(held, subject, &g_array_index(sorted->release, OvSuspendedMail, i),
                           length, operator_name, error))
            return FALSE;
        *n += length;
    }
    return TRUE;
}

gboolean ov_suspended_queue_release(OvHeld *held, const OvSubject *subject,
                                    const OvSuspensionList *in_force, const char *operator_name,
                                    guint *n, guint *n_kept, GError **error) {
    g_autoptr(OvArena) arena = ov_arena_new();
    const char *name = ov_subject_format(subject, arena);
    guint n_mails = 0;
    *n = *n_kept = 0;
    OvSuspendedMail *mails =
        ov_ledger_suspended_mail(held->ledger, name, held->settings->node, arena, &n_mails, error);
    g_autoptr(GPtrArray) list =
        mails && n_mails > 0 ? ov_queue_list(held->queue, "hold", error) : NULL;
    if (!list)
        return mails && n_mails == 0;
    g_autoptr(GHashTable) index = index_of(list);
    Sorted sorted = {
        .release = g_array_new(FALSE, FALSE, sizeof(OvSuspendedMail)),
        .gone = g_array_new(FALSE, FALSE, sizeof(OvSuspendedMail)),
        .kept =
            g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref),
    };
    sort(held, in_force, mails, n_mails, index, &sorted);
    gboolean done = carry_out(held, name, &sorted, operator_name, n, n_kept, error);
    g_array_unref(sorted.release);
    g_array_unref(sorted.gone);
    g_hash_table_unref(sorted.kept);
    return done;
}
