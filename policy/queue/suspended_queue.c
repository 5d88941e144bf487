#include "policy/queue/suspended_queue.h"

#include <string.h>

enum {
    BATCH = 1000,   /* messages of one run of postsuper, and of one commit */
    MAX_PASSES = 5, /* what moves while the queue is listed may be missed once */
    MAX_HEADER = 1024 * 1024,
};

static const gint64 log_is_behind = 600 * G_USEC_PER_SEC;

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

static gboolean act(OvQueue *queue, OvQueueVerb action, const OvSuspendedMail *mail, guint n,
                    GError **error) {
    g_autoptr(GPtrArray) ids = g_ptr_array_sized_new(n);
    for (guint i = 0; i < n; i++)
        g_ptr_array_add(ids, (gpointer)mail[i].queue_id);
    return ov_queue_act_all(queue, action, (const char *const *)ids->pdata, n, error);
}

/* --- Holding --- */

typedef struct {
    const OvSuspension *suspension;
    char *subject; /* in its text form */
    GArray *mails; /* OvSuspendedMail; their texts are the listing's */
} Group;

static void group_free(gpointer data) {
    Group *group = data;
    g_free(group->subject);
    g_array_unref(group->mails);
    g_free(group);
}

typedef struct {
    OvHeld *held;
    const OvSuspensionList *list;
    GHashTable *others; /* keys of mail that is none of theirs, by the looks before */
    OvSuspendedLook *look;
    GPtrArray *listing; /* OvQueued, of the last look */
    GHashTable *index;  /* of the listing */
    GHashTable *groups; /* OvSuspension to Group: what waits by the last look */
} Holding;

/* A queue id that is used again stands for another message. */
static char *key_of(const OvQueued *queued) {
    return g_strdup_printf("%s %" G_GINT64_FORMAT, queued->queue_id, queued->arrival);
}

static Group *group_of(Holding *holding, const OvSuspension *suspension) {
    Group *group = g_hash_table_lookup(holding->groups, suspension);
    if (group)
        return group;
    g_autoptr(OvArena) arena = ov_arena_new();
    group = g_new(Group, 1);
    *group = (Group){suspension, g_strdup(ov_subject_format(&suspension->subject, arena)),
                     g_array_new(FALSE, FALSE, sizeof(OvSuspendedMail))};
    g_hash_table_insert(holding->groups, (gpointer)suspension, group);
    return group;
}

/* An operator let it go, although it is suspended. */
static gboolean was_let_go(OvHeld *held, gint64 message, gint64 since) {
    guint n = 0;
    const OvLedgerAction *actions =
        message ? ov_ledger_actions(held->ledger, message, held->arena, &n, NULL) : NULL;
    for (guint i = 0; actions && i < n; i++)
        if (actions[i].time > since && (strcmp(actions[i].action, "release") == 0 ||
                                        strcmp(actions[i].action, "requeue") == 0))
            return TRUE;
    return FALSE;
}

/* What the log tells of a message, as its queue id after a content filter, may still be to come. */
static gboolean is_settled(const OvQueued *queued, gint64 message) {
    return message != 0 || queued->arrival < g_get_real_time() - log_is_behind;
}

/* One that may be a subject's. */
static void sort_in(Holding *holding, const OvQueued *queued, char *key, GHashTable *others) {
    gint64 message = 0;
    ov_arena_reset(holding->held->arena);
    const OvSuspension *suspension = suspension_of(holding->held, holding->list, queued, &message);
    if (!suspension) {
        if (is_settled(queued, message))
            g_hash_table_add(others, g_strdup(key));
        return;
    }
    holding->look->moving++;
    if (!is_waiting(queued) || was_let_go(holding->held, message, suspension->since))
        return;
    OvSuspendedMail mail = mail_of(queued, message);
    g_array_append_val(group_of(holding, suspension)->mails, mail);
}

/* Finds what waits by the listing, and forgets what others had and is gone. */
static void sort_all(Holding *holding) {
    GHashTable *others = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_remove_all(holding->groups);
    holding->look->moving = 0;
    for (guint i = 0; i < holding->listing->len; i++) {
        const OvQueued *queued = holding->listing->pdata[i];
        /* What moves is listed twice: the last place counts. */
        if (strcmp(queued->queue, "hold") == 0 ||
            g_hash_table_lookup(holding->index, queued->queue_id) != queued)
            continue;
        g_autofree char *key = key_of(queued);
        if (holding->others && g_hash_table_contains(holding->others, key))
            g_hash_table_add(others, g_steal_pointer(&key));
        else
            sort_in(holding, queued, key, others);
    }
    g_clear_pointer(&holding->others, g_hash_table_unref);
    holding->others = others;
}

static gboolean list_again(Holding *holding, GPtrArray **before, GError **error) {
    gint64 now = g_get_real_time();
    GPtrArray *listing = ov_queue_list(holding->held->queue, NULL, error);
    if (!listing)
        return FALSE;
    *before = holding->listing;
    holding->listing = listing;
    g_clear_pointer(&holding->index, g_hash_table_unref);
    holding->index = index_of(listing);
    holding->look->looked = now;
    return TRUE;
}

/* The ledger first: what it does not list would stay on hold for ever. */
static gboolean hold_group(const Holding *holding, const Group *group, GError **error) {
    OvHeld *held = holding->held;
    for (guint i = 0; i < group->mails->len; i += BATCH) {
        const OvSuspendedMail *mail = &g_array_index(group->mails, OvSuspendedMail, i);
        guint n = MIN(BATCH, group->mails->len - i);
        if (!ov_ledger_keep_suspended(held->ledger, group->subject, held->settings->node, mail, n,
                                      error) ||
            !act(held->queue, OV_QUEUE_HOLD, mail, n, error))
            return FALSE;
    }
    return TRUE;
}

/* Writes down which of them are on hold now, and forgets the others. */
static gboolean settle_group(Holding *holding, const Group *group, GError **error) {
    OvHeld *held = holding->held;
    g_autoptr(GArray) on_hold = g_array_new(FALSE, FALSE, sizeof(OvSuspendedMail));
    g_autoptr(GArray) gone = g_array_new(FALSE, FALSE, sizeof(OvSuspendedMail));
    for (guint i = 0; i < group->mails->len; i++) {
        const OvSuspendedMail *mail = &g_array_index(group->mails, OvSuspendedMail, i);
        const OvQueued *queued = g_hash_table_lookup(holding->index, mail->queue_id);
        gboolean there = is_same(mail, queued) && strcmp(queued->queue, "hold") == 0;
        g_array_append_vals(there ? on_hold : gone, mail, 1);
    }
    holding->look->held += on_hold->len;
    g_autofree char *detail = g_strdup_printf("%s is suspended", group->subject);
    return ov_ledger_drop_suspended(held->ledger, group->subject, held->settings->node,
                                    (const OvSuspendedMail *)(const void *)gone->data, gone->len,
                                    error) &&
           ov_ledger_add_actions(held->ledger, (const OvSuspendedMail *)(const void *)on_hold->data,
                                 on_hold->len, "hold", group->suspension->operator_name, detail,
                                 error);
}

/* Holds what waits, looks again, and writes down what came of it: also after trouble, so that what
 * is on hold by then is told of. */
static gboolean hold_once(Holding *holding, GError **error) {
    GHashTableIter iter;
    gpointer group;
    gboolean done = TRUE;
    g_hash_table_iter_init(&iter, holding->groups);
    while (done && g_hash_table_iter_next(&iter, NULL, &group))
        done = hold_group(holding, group, error);
    g_autoptr(GPtrArray) before = NULL;
    if (!list_again(holding, &before, done ? error : NULL))
        return FALSE;
    g_hash_table_iter_init(&iter, holding->groups);
    while (g_hash_table_iter_next(&iter, NULL, &group))
        done = settle_group(holding, group, done ? error : NULL) && done;
    sort_all(holding);
    return done;
}

static gboolean hold_all(Holding *holding, GError **error) {
    g_autoptr(GPtrArray) before = NULL;
    if (!list_again(holding, &before, error))
        return FALSE;
    sort_all(holding);
    for (guint pass = 0; pass < MAX_PASSES && g_hash_table_size(holding->groups) > 0; pass++)
        if (!hold_once(holding, error))
            return FALSE;
    return TRUE;
}

gboolean ov_suspended_queue_hold(OvHeld *held, const OvSuspensionList *list, GHashTable **others,
                                 OvSuspendedLook *look, GError **error) {
    Holding holding = {
        .held = held,
        .list = list,
        .others = *others,
        .look = look,
        .groups = g_hash_table_new_full(NULL, NULL, NULL, group_free),
    };
    *look = (OvSuspendedLook){.looked = 0};
    gboolean done = hold_all(&holding, error);
    *others = holding.others;
    g_hash_table_unref(holding.groups);
    g_clear_pointer(&holding.index, g_hash_table_unref);
    g_clear_pointer(&holding.listing, g_ptr_array_unref);
    return done;
}

/* --- Letting go --- */

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
                              guint n, const OvSuspensionEnd *end, GError **error) {
    g_autofree char *detail =
        g_strdup_printf(end->over ? "the suspension of %s is over" : "%s is resumed", subject);
    return act(held->queue, OV_QUEUE_RELEASE, mail, n, error) &&
           ov_ledger_add_actions(held->ledger, mail, n, "release", end->operator_name, detail,
                                 error) &&
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
                          const OvSuspensionEnd *end, guint *n, guint *n_kept, GError **error) {
    if (!hand_over(held, subject, sorted->kept, n_kept, error) ||
        !ov_ledger_drop_suspended(held->ledger, subject, held->settings->node,
                                  (const OvSuspendedMail *)(const void *)sorted->gone->data,
                                  sorted->gone->len, error))
        return FALSE;
    for (guint i = 0; i < sorted->release->len; i += BATCH) {
        guint length = MIN(BATCH, sorted->release->len - i);
        if (!release_batch(held, subject, &g_array_index(sorted->release, OvSuspendedMail, i),
                           length, end, error))
            return FALSE;
        *n += length;
    }
    return TRUE;
}

gboolean ov_suspended_queue_release(OvHeld *held, const char *subject,
                                    const OvSuspensionList *in_force, const OvSuspensionEnd *end,
                                    guint *n, guint *n_kept, GError **error) {
    g_autoptr(OvArena) arena = ov_arena_new();
    guint n_mails = 0;
    *n = *n_kept = 0;
    OvSuspendedMail *mails = ov_ledger_suspended_mail(held->ledger, subject, held->settings->node,
                                                      arena, &n_mails, error);
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
    gboolean done = carry_out(held, subject, &sorted, end, n, n_kept, error);
    g_array_unref(sorted.release);
    g_array_unref(sorted.gone);
    g_hash_table_unref(sorted.kept);
    return done;
}
