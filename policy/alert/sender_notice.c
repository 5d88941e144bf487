#include "policy/alert/sender_notice.h"

#include "policy/alert/channel.h"
#include "policy/alert/message.h"
#include "policy/log.h"
#include "policy/mail_address.h"
#include "rules/glob.h"

#include <string.h>

enum {
    QUEUE_LIMIT = 64,
    REMEMBERED = 10000, /* who was told, in memory; the ledger knows all */
    MAX_ADVICE = 12,
    TEXT_LIMIT = 500, /* octets */
};

static const gint64 DAY = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;

typedef struct {
    OvSettings *settings;
    gint64 id;
    char *account, *sender;
    char *text;
} Job;

struct OvSenderNotices {
    guint8 key[OV_ALERT_KEY_SIZE];
    OvLedger *ledger;
    GThread *thread;
    GMutex lock; /* of all that follows */
    GCond wanted;
    gboolean stopping;
    GQueue jobs;      /* Job * */
    GHashTable *told; /* "account\naddress" to the time (gint64 *) when that was offered */
    OvSenderNoticeCounts counts;
};

static void job_free(gpointer data) {
    Job *job = data;
    ov_settings_unref(job->settings);
    g_free(job->account);
    g_free(job->sender);
    g_free(job->text);
    g_free(job);
}

/* "- Write the subject in normal case.", each advice once. */
static void append_advice(GString *text, const OvHeldMessage *message) {
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < message->n_hits && g_hash_table_size(seen) < MAX_ADVICE; i++) {
        const OvLedgerHit *hit = &message->hits[i];
        if (hit->shadow || hit->private || hit->score <= 0 || !hit->advice || !*hit->advice ||
            !g_hash_table_add(seen, (gpointer)(guintptr)hit->advice))
            continue;
        g_autofree char *advice = ov_notice_clean(hit->advice, TEXT_LIMIT);
        g_string_append_printf(text, "  - %s\n", advice);
    }
}

char *ov_sender_notice_text(const OvHeldMessage *message, const char *node) {
    GString *text = g_string_new(NULL);
    g_autofree char *subject = ov_notice_clean(message->subject, TEXT_LIMIT);
    g_string_append_printf(text,
                           "A message of yours has not been sent yet: %s holds it back, because it "
                           "looks like spam.\n\n  Subject: %s\n  Recipients: %u\n\n"
                           "Those who run the server look at it and may let it go; you need not "
                           "send it again.\n",
                           node, subject ? subject : "(none)", message->n_recipients);
    gsize before = text->len;
    append_advice(text, message);
    if (text->len > before)
        g_string_insert(text, (gssize)before,
                        "So that the next message goes through, please mend:\n\n");
    g_string_append(text, "\nIf you did not send it, somebody else uses your account: change its "
                          "password now.\n\nYou are told of this once a day at most, also where "
                          "more messages are held.\n");
    return g_string_free(text, FALSE);
}

static gboolean is_named(const OvSettings *settings, const char *sender) {
    const char *at = strrchr(sender, '@');
    if (!at || !ov_mail_address_is_plain(sender))
        return FALSE;
    for (const char *const *pattern = settings->alert_tell_senders; *pattern; pattern++)
        if (ov_glob_match(*pattern, strchr(*pattern, '@') ? sender : at + 1))
            return TRUE;
    return FALSE;
}

/* Under the lock. TRUE where the ledger is to be asked, which is once for a flood of messages. */
static gboolean takes(OvSenderNotices *notices, const OvHeldMessage *message) {
    g_autofree char *key = g_strconcat(message->account, "\n", message->sender, NULL);
    gint64 now = g_get_monotonic_time();
    const gint64 *when = g_hash_table_lookup(notices->told, key);
    if (notices->stopping || (when && now - *when < DAY))
        return FALSE;
    if (notices->jobs.length >= QUEUE_LIMIT) {
        notices->counts.dropped++;
        return FALSE;
    }
    if (g_hash_table_size(notices->told) >= REMEMBERED)
        g_hash_table_remove_all(notices->told);
    g_hash_table_replace(notices->told, g_steal_pointer(&key), g_memdup2(&now, sizeof now));
    return TRUE;
}

void ov_sender_notices_offer(OvSenderNotices *notices, OvSettings *settings,
                             const OvHeldMessage *message) {
    if (!notices || !*settings->alert_from || !is_named(settings, message->sender))
        return;
    g_mutex_lock(&notices->lock);
    if (takes(notices, message)) {
        Job *job = g_new(Job, 1);
        *job = (Job){
            .settings = ov_settings_ref(settings),
            .id = message->id,
            .account = g_strdup(message->account),
            .sender = g_strdup(message->sender),
            .text = ov_sender_notice_text(message, settings->node),
        };
        g_queue_push_tail(&notices->jobs, job);
        g_cond_signal(&notices->wanted);
    }
    g_mutex_unlock(&notices->lock);
}

static gboolean mail(OvSenderNotices *notices, const Job *job, GError **error) {
    const char *const to[] = {job->sender, NULL};
    OvOwnMessage message = {
        .from = job->settings->alert_from,
        .to = to,
        .auto_submitted = "auto-replied",
        .subject = "Your message is held back",
        .text = job->text,
        .host = job->settings->node,
        .time = g_get_real_time(),
    };
    g_autofree char *whole = ov_own_message(&message, notices->key);
    return ov_own_message_send(job->settings, "", to, whole, error);
}

/* The record first: rather nothing is told than twice. *told: nothing failed and somebody was told.
 */
static gboolean tell(OvSenderNotices *notices, const Job *job, gboolean *told, GError **error) {
    gboolean before = FALSE;
    *told = FALSE;
    if (!ov_ledger_was_done(notices->ledger, OV_ACTION_SENDER_TOLD, job->account, job->sender,
                            g_get_real_time() - DAY, &before, error))
        return FALSE;
    if (before)
        return TRUE;
    *told = ov_ledger_add_action(notices->ledger, job->id, OV_ACTION_SENDER_TOLD, "outvetd",
                                 job->sender, error) &&
            mail(notices, job, error);
    return *told;
}

static void carry_out(OvSenderNotices *notices, const Job *job) {
    g_autoptr(GError) error = NULL;
    gboolean told;
    gboolean ok = tell(notices, job, &told, &error);
    if (ok && !told)
        return;
    g_mutex_lock(&notices->lock);
    if (ok)
        notices->counts.told++;
    else
        notices->counts.failed++;
    g_mutex_unlock(&notices->lock);
    ov_log(ok ? OV_LOG_INFO : OV_LOG_ERROR, NULL, "event", "sender-told", "account", job->account,
           "to", job->sender, "result", ok ? "sent" : "failed", "error", ok ? NULL : error->message,
           NULL);
}

static gpointer work(gpointer data) {
    OvSenderNotices *notices = data;
    g_mutex_lock(&notices->lock);
    while (!notices->stopping) {
        Job *job = g_queue_pop_head(&notices->jobs);
        if (!job) {
            g_cond_wait(&notices->wanted, &notices->lock);
            continue;
        }
        g_mutex_unlock(&notices->lock);
        carry_out(notices, job);
        job_free(job);
        g_mutex_lock(&notices->lock);
    }
    g_mutex_unlock(&notices->lock);
    return NULL;
}

OvSenderNotices *ov_sender_notices_start(OvLedger *ledger, const guint8 key[OV_ALERT_KEY_SIZE]) {
    OvSenderNotices *notices = g_new0(OvSenderNotices, 1);
    memcpy(notices->key, key, OV_ALERT_KEY_SIZE);
    notices->ledger = ledger;
    g_mutex_init(&notices->lock);
    g_cond_init(&notices->wanted);
    g_queue_init(&notices->jobs);
    notices->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    notices->thread = g_thread_new("sender-notices", work, notices);
    return notices;
}

void ov_sender_notices_stop(OvSenderNotices *notices) {
    if (!notices || !notices->thread)
        return;
    g_mutex_lock(&notices->lock);
    notices->stopping = TRUE;
    g_cond_signal(&notices->wanted);
    g_mutex_unlock(&notices->lock);
    g_thread_join(g_steal_pointer(&notices->thread));
    g_queue_clear_full(&notices->jobs, job_free);
}

OvSenderNoticeCounts ov_sender_notices_counts(OvSenderNotices *notices) {
    g_mutex_lock(&notices->lock);
    OvSenderNoticeCounts counts = notices->counts;
    g_mutex_unlock(&notices->lock);
    return counts;
}
