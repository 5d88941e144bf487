#include "policy/alert/channel.h"
#include "policy/alert/groups.h"
#include "policy/alert/seal.h"
#include "policy/log.h"
#include "policy/time_text.h"

#include <string.h>

enum {
    MAX_CHANNELS = 8,
    QUEUE_LIMIT = 16, /* notices that wait for one channel */
    ATTEMPTS = 4,
};

/* Before the second attempt; four times as long before each further one, give or take the half. */
static const double FIRST_WAIT = 2.0; /* seconds */

G_DEFINE_QUARK(ov_alert_error, ov_alert_error)

const OvAlertChannel *const ov_alert_channels[] = {
    &ov_alert_channel_mail,
    &ov_alert_channel_webhook,
    &ov_alert_channel_command,
    NULL,
};

/* What one channel is to send. */
typedef struct {
    OvNotice *notice;
    OvSettings *settings;
} Job;

typedef struct {
    const OvAlertChannel *channel;
    OvAlerts *alerts;
    GThread *thread;
    /* Under the alerts' lock: */
    GCond wanted;
    GQueue jobs; /* Job * */
    guint64 sent, failed, dropped;
    gint64 failing_since; /* microseconds since the epoch; 0: it works, or was not tried */
    char *trouble;
} Line;

struct OvAlerts {
    guint8 key[OV_ALERT_KEY_SIZE]; /* written before there are threads that read it */
    GThread *worker;
    Line lines[MAX_CHANNELS];
    guint n_lines;

    GMutex lock; /* of all that follows, and of the lines */
    GCond wanted;
    gboolean stopping, drained;
    OvSettings *settings; /* NULL before it is started */
    OvAlertGroups *groups;
    guint64 raised, raised_of[OV_N_ALERT_KINDS];
};

OvAlerts *ov_alerts_new(void) {
    OvAlerts *alerts = g_new0(OvAlerts, 1);
    g_mutex_init(&alerts->lock);
    g_cond_init(&alerts->wanted);
    alerts->groups = ov_alert_groups_new(g_get_monotonic_time());
    for (const OvAlertChannel *const *channel = ov_alert_channels; *channel; channel++) {
        Line *line = &alerts->lines[alerts->n_lines++];
        line->channel = *channel;
        line->alerts = alerts;
        g_cond_init(&line->wanted);
        g_queue_init(&line->jobs);
    }
    return alerts;
}

static void job_free(gpointer data) {
    Job *job = data;
    ov_notice_unref(job->notice);
    ov_settings_unref(job->settings);
    g_free(job);
}

void ov_alerts_free(OvAlerts *alerts) {
    if (!alerts)
        return;
    for (guint i = 0; i < alerts->n_lines; i++) {
        g_queue_clear_full(&alerts->lines[i].jobs, job_free);
        g_cond_clear(&alerts->lines[i].wanted);
        g_free(alerts->lines[i].trouble);
    }
    explicit_bzero(alerts->key, sizeof alerts->key);
    ov_settings_unref(alerts->settings);
    ov_alert_groups_free(alerts->groups);
    g_mutex_clear(&alerts->lock);
    g_cond_clear(&alerts->wanted);
    g_free(alerts);
}

void ov_alerts_raise(OvAlerts *alerts, const OvAlert *alert) {
    if (!alerts)
        return;
    g_mutex_lock(&alerts->lock);
    alerts->raised++;
    alerts->raised_of[alert->kind]++;
    gint64 before = ov_alert_groups_due(alerts->groups);
    ov_alert_groups_add(alerts->groups, alert, g_get_real_time(), g_get_monotonic_time());
    if (ov_alert_groups_due(alerts->groups) < before)
        g_cond_signal(&alerts->wanted);
    g_mutex_unlock(&alerts->lock);
}

static void log_notice(const OvNotice *notice) {
    for (guint i = 0; i < notice->entries->len; i++) {
        const OvNoticeEntry *entry = notice->entries->pdata[i];
        const OvNoticeSample *sample = &entry->samples[0];
        g_autofree char *count = g_strdup_printf("%" G_GUINT64_FORMAT, entry->count);
        ov_log(OV_LOG_WARNING, NULL, "event", "alert", "kind", ov_alert_kind_name(entry->kind),
               "subject", entry->subject, "count", count, "queue-id", sample->queue_id, "reason",
               sample->reason, NULL);
    }
    if (notice->more == 0 && notice->lost == 0)
        return;
    g_autofree char *more = g_strdup_printf("%" G_GUINT64_FORMAT, notice->more_alerts);
    g_autofree char *lost = g_strdup_printf("%" G_GUINT64_FORMAT, notice->lost);
    ov_log(OV_LOG_WARNING, NULL, "event", "alert", "more", more, "lost", lost, NULL);
}

/* Under the lock. */
static void hand_over(OvAlerts *alerts, OvNotice *notice) {
    for (guint i = 0; i < alerts->n_lines; i++) {
        Line *line = &alerts->lines[i];
        if (!line->channel->is_set(alerts->settings))
            continue;
        if (line->jobs.length >= QUEUE_LIMIT) {
            line->dropped++;
            continue;
        }
        Job *job = g_new(Job, 1);
        *job = (Job){ov_notice_ref(notice), ov_settings_ref(alerts->settings)};
        g_queue_push_tail(&line->jobs, job);
        g_cond_signal(&line->wanted);
    }
}

static gpointer work(gpointer data) {
    OvAlerts *alerts = data;
    g_mutex_lock(&alerts->lock);
    for (;;) {
        gint64 now = g_get_monotonic_time();
        g_autoptr(OvNotice) notice =
            alerts->stopping ? ov_alert_groups_take_all(alerts->groups, g_get_real_time(), now)
                             : ov_alert_groups_take(alerts->groups, g_get_real_time(), now);
        if (notice) {
            hand_over(alerts, notice);
            g_mutex_unlock(&alerts->lock);
            log_notice(notice);
            g_mutex_lock(&alerts->lock);
        } else if (alerts->stopping) {
            break;
        } else {
            gint64 due = ov_alert_groups_due(alerts->groups);
            if (due == G_MAXINT64)
                g_cond_wait(&alerts->wanted, &alerts->lock);
            else
                g_cond_wait_until(&alerts->wanted, &alerts->lock, due);
        }
    }
    alerts->drained = TRUE;
    for (guint i = 0; i < alerts->n_lines; i++)
        g_cond_signal(&alerts->lines[i].wanted);
    g_mutex_unlock(&alerts->lock);
    return NULL;
}

/* Under the lock. error NULL: it worked. */
static void note_outcome(Line *line, const GError *error) {
    if (!error) {
        line->sent++;
        line->failing_since = 0;
        g_clear_pointer(&line->trouble, g_free);
        return;
    }
    line->failed++;
    if (!line->failing_since)
        line->failing_since = g_get_real_time();
    g_free(line->trouble);
    line->trouble = g_strdup(error->message);
}

/* Waits before another attempt, the number of which is given; FALSE when there is none. */
static gboolean wait_for_attempt(Line *line, guint attempt, const GError *error) {
    OvAlerts *alerts = line->alerts;
    if (attempt > ATTEMPTS || error->code != OV_ALERT_ERROR_LATER)
        return FALSE;
    double wait = FIRST_WAIT * (double)(1U << (2 * (attempt - 2)));
    gint64 until = g_get_monotonic_time() +
                   (gint64)(wait * g_random_double_range(0.5, 1.5) * (double)G_USEC_PER_SEC);
    g_mutex_lock(&alerts->lock);
    while (!alerts->stopping && g_cond_wait_until(&line->wanted, &alerts->lock, until))
        ;
    gboolean stopping = alerts->stopping;
    g_mutex_unlock(&alerts->lock);
    return !stopping;
}

static void carry_out(Line *line, const Job *job) {
    OvAlerts *alerts = line->alerts;
    for (guint attempt = 1;; attempt++) {
        g_autoptr(GError) error = NULL;
        gboolean sent = line->channel->send(job->notice, job->settings, alerts->key, &error);
        if (!sent && wait_for_attempt(line, attempt + 1, error))
            continue;
        g_mutex_lock(&alerts->lock);
        note_outcome(line, error);
        if (!sent && alerts->stopping) {
            /* Each would take as long to fail. */
            line->dropped += line->jobs.length;
            g_queue_clear_full(&line->jobs, job_free);
        }
        g_mutex_unlock(&alerts->lock);
        if (!sent)
            ov_log(OV_LOG_ERROR, NULL, "event", "alert", "channel", line->channel->name, "result",
                   "failed", "error", error->message, NULL);
        return;
    }
}

static gpointer serve(gpointer data) {
    Line *line = data;
    OvAlerts *alerts = line->alerts;
    g_mutex_lock(&alerts->lock);
    while (!alerts->drained || line->jobs.length > 0) {
        Job *job = g_queue_pop_head(&line->jobs);
        if (!job) {
            g_cond_wait(&line->wanted, &alerts->lock);
            continue;
        }
        g_mutex_unlock(&alerts->lock);
        carry_out(line, job);
        job_free(job);
        g_mutex_lock(&alerts->lock);
    }
    g_mutex_unlock(&alerts->lock);
    return NULL;
}

void ov_alerts_start(OvAlerts *alerts, OvSettings *settings, const guint8 key[OV_ALERT_KEY_SIZE]) {
    memcpy(alerts->key, key, OV_ALERT_KEY_SIZE);
    ov_alerts_set(alerts, settings);
    for (guint i = 0; i < alerts->n_lines; i++)
        alerts->lines[i].thread =
            g_thread_new(alerts->lines[i].channel->name, serve, &alerts->lines[i]);
    alerts->worker = g_thread_new("alerts", work, alerts);
}

void ov_alerts_set(OvAlerts *alerts, OvSettings *settings) {
    g_mutex_lock(&alerts->lock);
    OvSettings *before = alerts->settings;
    alerts->settings = ov_settings_ref(settings);
    ov_alert_groups_set(alerts->groups, settings->alert_quiet, settings->alert_hourly);
    g_cond_signal(&alerts->wanted);
    g_mutex_unlock(&alerts->lock);
    ov_settings_unref(before);
}

void ov_alerts_stop(OvAlerts *alerts) {
    if (!alerts->worker)
        return;
    g_mutex_lock(&alerts->lock);
    alerts->stopping = TRUE;
    g_cond_signal(&alerts->wanted);
    for (guint i = 0; i < alerts->n_lines; i++)
        g_cond_signal(&alerts->lines[i].wanted);
    g_mutex_unlock(&alerts->lock);
    g_thread_join(g_steal_pointer(&alerts->worker));
    for (guint i = 0; i < alerts->n_lines; i++)
        g_thread_join(g_steal_pointer(&alerts->lines[i].thread));
}

gboolean ov_alerts_own(OvAlerts *alerts, const char *seal, const char *message_id) {
    return alerts && ov_seal_holds(alerts->key, seal, message_id, g_get_real_time());
}

json_t *ov_alerts_test(OvAlerts *alerts) {
    g_mutex_lock(&alerts->lock);
    g_autoptr(OvSettings) settings = ov_settings_ref(alerts->settings);
    g_mutex_unlock(&alerts->lock);
    OvAlert alert = {
        .kind = OV_ALERT_TEST,
        .subject = settings->node,
        .reason = "An operator asked for a test alert. This is how alerts reach you.",
    };
    g_autoptr(OvNotice) notice = ov_notice_new(g_get_real_time());
    OvNoticeEntry *entry = ov_notice_entry_new(alert.kind, alert.subject);
    ov_notice_entry_add(entry, &alert, notice->time);
    g_ptr_array_add(notice->entries, entry);
    log_notice(notice);
    json_t *outcomes = json_array();
    for (const OvAlertChannel *const *channel = ov_alert_channels; *channel; channel++) {
        g_autoptr(GError) error = NULL;
        if (!(*channel)->is_set(settings))
            continue;
        gboolean sent = (*channel)->send(notice, settings, alerts->key, &error);
        json_array_append_new(outcomes,
                              json_pack("{s:s, s:b, s:s?}", "channel", (*channel)->name, "ok", sent,
                                        "error", sent ? NULL : error->message));
    }
    return outcomes;
}

/* By kind; called with the lock. */
static json_t *kinds_json(const OvAlerts *alerts) {
    json_t *told = json_object();
    for (guint i = 0; i < OV_N_ALERT_KINDS; i++)
        json_object_set_new(told, ov_alert_kind_name((OvAlertKind)i),
                            json_integer((json_int_t)alerts->raised_of[i]));
    return told;
}

json_t *ov_alerts_status(OvAlerts *alerts) {
    json_t *channels = json_array();
    g_mutex_lock(&alerts->lock);
    for (guint i = 0; i < alerts->n_lines; i++) {
        const Line *line = &alerts->lines[i];
        if (!line->channel->is_set(alerts->settings))
            continue;
        json_array_append_new(
            channels,
            json_pack("{s:s, s:s, s:o, s:s?, s:I, s:I, s:I, s:i}", "channel", line->channel->name,
                      "state", line->trouble ? "failing" : "ok", "failing_since",
                      ov_time_json(line->failing_since), "error", line->trouble, "sent",
                      (json_int_t)line->sent, "failed", (json_int_t)line->failed, "dropped",
                      (json_int_t)line->dropped, "waiting", (int)line->jobs.length));
    }
    json_t *status = json_pack(
        "{s:I, s:o, s:i, s:I, s:o}", "raised", (json_int_t)alerts->raised, "by_kind",
        kinds_json(alerts), "waiting_subjects", (int)ov_alert_groups_waiting(alerts->groups),
        "lost", (json_int_t)ov_alert_groups_lost(alerts->groups), "channels", channels);
    g_mutex_unlock(&alerts->lock);
    return status;
}
