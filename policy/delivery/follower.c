#include "policy/delivery/follower.h"

#include "policy/delivery/find_log.h"
#include "policy/delivery/source.h"
#include "policy/log.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Between two reads, so that a busy log costs a few transactions a second; and for what wakes
 * nobody (a file system without inotify, a writer that leaves a rotated file). */
enum { PAUSE = 250, IDLE = 2000, AFTER_TROUBLE = 5000 /* milliseconds */ };

/* How often a position is kept that no delivery is recorded with. */
static const gint64 MARK_PAUSE = 10 * G_USEC_PER_SEC;

static const char MARK[] = "mta-log";

struct OvFollower {
    OvSettings *settings;
    OvLedger *ledger;
    OvIntake *intake;
    int stop; /* eventfd */
    GThread *thread;
    GMutex lock; /* of what the status tells: */
    const char *state;
    char *source_name; /* NULL until it is found; only the thread sets it */
    char *trouble;
    gboolean unreadable; /* the log is there; the ledger's trouble is its own */
    OvAlerts *alerts;    /* or NULL */
    OvIntakeCounts counts;
    /* Of the thread: */
    OvLogSource *source;
    gint64 marked; /* when the position was kept last */
};

/* Sleeps so many milliseconds, or less where the descriptor (-1 for none) becomes readable. FALSE
 * when it is time to stop. */
static gboolean sleep_on(OvFollower *follower, int descriptor, int milliseconds) {
    struct pollfd fds[2] = {{follower->stop, POLLIN, 0}, {descriptor, POLLIN, 0}};
    if (poll(fds, descriptor >= 0 ? 2 : 1, milliseconds) < 0 && errno != EINTR)
        g_usleep((gulong)PAUSE * 1000);
    return !(fds[0].revents & POLLIN);
}

static const char *advice(const GError *error) {
    return g_error_matches(error, OV_SOURCE_ERROR, OV_SOURCE_ERROR_DENIED)
               ? "; give outvetd's user the right to read it (SupplementaryGroups=adm or "
                 "systemd-journal in its unit; a maillog_file of Postfix's needs a group and mode "
                 "of "
                 "its own), or set [delivery] log = off"
               : "";
}

/* Called with the lock. */
static void alert_trouble(OvFollower *follower) {
    if (!follower->unreadable)
        return;
    ov_alerts_raise(follower->alerts, &(OvAlert){.kind = OV_ALERT_TROUBLE,
                                                 .subject = "delivery log",
                                                 .reason = follower->trouble});
}

/* error NULL: all is well. Logs each change once. */
static void set_state(OvFollower *follower, const GError *error) {
    gboolean missing = g_error_matches(error, OV_SOURCE_ERROR, OV_SOURCE_ERROR_MISSING);
    const char *state = !error ? "following" : missing ? "waiting" : "failing";
    g_autofree char *trouble = error ? g_strconcat(error->message, advice(error), NULL) : NULL;
    g_mutex_lock(&follower->lock);
    gboolean changed = follower->state != state || g_strcmp0(follower->trouble, trouble) != 0;
    follower->state = state;
    g_free(follower->trouble);
    follower->trouble = g_strdup(trouble);
    follower->unreadable = error && !missing && error->domain == OV_SOURCE_ERROR;
    follower->counts = ov_intake_counts(follower->intake);
    if (changed)
        alert_trouble(follower);
    g_mutex_unlock(&follower->lock);
    if (changed)
        ov_log(error && !missing ? OV_LOG_WARNING : OV_LOG_INFO, NULL, "event", "delivery-log",
               "state", state, "log", follower->source_name, "error", trouble, NULL);
}

/* postconf(1) may take its time, so it is asked here. */
static void find_log(OvFollower *follower) {
    char *name = ov_find_log(follower->settings);
    g_mutex_lock(&follower->lock);
    follower->source_name = name;
    g_mutex_unlock(&follower->lock);
}

/* Where the log was read to lies in the ledger. */
static gboolean open_source(OvFollower *follower, GError **error) {
    g_autoptr(OvArena) arena = ov_arena_new();
    const char *position = NULL;
    g_autofree char *mark = g_strdup_printf("%s %s", MARK, follower->source_name);
    if (!ov_ledger_log_position(follower->ledger, mark, arena, &position, error))
        return FALSE;
    follower->source = g_str_equal(follower->source_name, OV_LOG_JOURNAL)
                           ? ov_source_journal_new(position)
                           : ov_source_file_new(follower->source_name, position);
    return TRUE;
}

static gboolean flush(OvFollower *follower, gboolean last, GError **error) {
    gint64 now = g_get_monotonic_time();
    guint waiting = ov_intake_waiting(follower->intake);
    if (waiting == 0 && !last && now - follower->marked < MARK_PAUSE)
        return TRUE;
    g_autofree char *position = ov_source_position(follower->source);
    g_autofree char *name = g_strdup_printf("%s %s", MARK, follower->source_name);
    OvLogMark mark = {name, position};
    follower->marked = now;
    return ov_intake_flush(follower->intake, position ? &mark : NULL, error);
}

/* One turn: what waits from before, then what is new. */
static gboolean turn(OvFollower *follower, gboolean *more, GError **error) {
    *more = FALSE;
    if (!follower->source && !open_source(follower, error))
        return FALSE;
    if (ov_intake_waiting(follower->intake) > 0 && !flush(follower, FALSE, error))
        return FALSE;
    return ov_source_read(follower->source, follower->intake, more, error) &&
           flush(follower, FALSE, error);
}

static gpointer follow(gpointer data) {
    OvFollower *follower = data;
    gboolean going = TRUE;
    find_log(follower);
    while (going) {
        g_autoptr(GError) error = NULL;
        gboolean more;
        turn(follower, &more, &error);
        set_state(follower, error);
        int descriptor = follower->source ? ov_source_descriptor(follower->source) : -1;
        if (more)
            going = sleep_on(follower, -1, 0);
        else
            going = sleep_on(follower, error ? -1 : descriptor, error ? AFTER_TROUBLE : IDLE) &&
                    sleep_on(follower, -1, PAUSE);
        if (follower->source)
            ov_source_woken(follower->source);
    }
    if (follower->source)
        flush(follower, TRUE, NULL); /* what is lost here is read again */
    return NULL;
}

OvFollower *ov_follower_start(const OvSettings *settings, OvLedger *ledger,
                              OvOutcomeListener listener, gpointer data) {
    if (g_str_equal(settings->delivery_log, "off"))
        return NULL;
    OvFollower *follower = g_new0(OvFollower, 1);
    follower->settings = ov_settings_ref((OvSettings *)settings);
    follower->ledger = ledger;
    follower->intake = ov_intake_new(ledger, settings->node, listener, data);
    follower->state = "waiting";
    g_mutex_init(&follower->lock);
    follower->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    follower->thread = g_thread_new("delivery", follow, follower);
    return follower;
}

void ov_follower_set_alerts(OvFollower *follower, OvAlerts *alerts) {
    if (!follower)
        return;
    g_mutex_lock(&follower->lock);
    follower->alerts = alerts;
    alert_trouble(follower);
    g_mutex_unlock(&follower->lock);
}

void ov_follower_stop(OvFollower *follower) {
    if (!follower)
        return;
    eventfd_write(follower->stop, 1);
    g_thread_join(follower->thread);
    ov_source_free(follower->source);
    ov_intake_free(follower->intake);
    close(follower->stop);
    ov_settings_unref(follower->settings);
    g_mutex_clear(&follower->lock);
    g_free(follower->source_name);
    g_free(follower->trouble);
    g_free(follower);
}

void ov_follower_status(OvFollower *follower, OvFollowerStatus *status) {
    g_mutex_lock(&follower->lock);
    *status = (OvFollowerStatus){
        .state = follower->state,
        .source = g_strdup(follower->source_name),
        .trouble = g_strdup(follower->trouble),
        .counts = follower->counts,
    };
    g_mutex_unlock(&follower->lock);
}

void ov_follower_status_clear(OvFollowerStatus *status) {
    g_free(status->source);
    g_free(status->trouble);
}
