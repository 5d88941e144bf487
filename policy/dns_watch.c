#include "policy/dns_watch.h"

#include "policy/log.h"
#include "policy/mailboxes/round.h"

#include <sys/eventfd.h>
#include <unistd.h>

static const gint64 PAUSE = 30 * 60 * G_USEC_PER_SEC;
static const gint64 PAUSE_UNKNOWN = 5 * 60 * G_USEC_PER_SEC;
static const double JITTER = 0.2; /* so that many servers don't ask a list at once */

struct OvDnsWatch {
    GThread *thread;
    OvLedger *ledger;
    int interrupt; /* an eventfd, readable while due or stopping */
    GMutex lock;   /* of all that follows */
    GCond wanted;
    gboolean due, stopping;
    OvSettings *settings;
    OvResolver *resolver;
    OvStanding *standing;
    OvAlerts *alerts;
};

/* "zen.spamhaus.org listed (127.0.0.2, SBL ...); bl.example refused (...)": the lists that do not
 * just say no; NULL for none. */
static const char *lists_text(OvArena *arena, const OvStandingAddress *address) {
    const char *text = NULL;
    for (guint i = 0; i < address->n_lists; i++) {
        const OvStandingList *list = &address->lists[i];
        const OvBlockListing *listing = &list->listing;
        if (listing->state == OV_BLOCK_LIST_CLEAR)
            continue;
        const char *why = *listing->meaning ? listing->meaning : listing->trouble;
        text = ov_arena_printf(arena, "%s%s%s %s%s%s%s", text ? text : "", text ? "; " : "",
                               list->name, ov_block_list_state_name(listing->state),
                               *why ? " (" : "", why, *why ? ")" : "");
    }
    return text;
}

static gboolean is_faulty(const OvStandingAddress *address) {
    gboolean faulty =
        address->reverse == OV_REVERSE_NONE || address->reverse == OV_REVERSE_UNCONFIRMED ||
        (address->helo_form != OV_HELO_QUALIFIED && address->helo_form != OV_HELO_NOT_TOLD) ||
        address->helo_state == OV_HELO_NO_NAME || address->helo_state == OV_HELO_NO_ADDRESS ||
        address->helo_state == OV_HELO_OTHER_ADDRESS;
    for (guint i = 0; i < address->n_lists; i++)
        faulty = faulty || address->lists[i].listing.state >= OV_BLOCK_LIST_LISTED ||
                 address->lists[i].listing.state == OV_BLOCK_LIST_BROKEN ||
                 address->lists[i].listing.state == OV_BLOCK_LIST_REFUSED;
    return faulty;
}

/* before: NULL where the address is new. */
static void log_address(OvArena *arena, const OvStandingAddress *address,
                        const OvStandingAddress *before) {
    const char *lists = lists_text(arena, address);
    if (before && before->reverse == address->reverse && g_str_equal(before->name, address->name) &&
        before->n_names == address->n_names && before->helo_form == address->helo_form &&
        before->helo_state == address->helo_state &&
        g_strcmp0(lists_text(arena, before), lists) == 0)
        return;
    ov_log(is_faulty(address) ? OV_LOG_WARNING : OV_LOG_INFO, NULL, "event", "egress", "address",
           address->text, "reverse", ov_standing_reverse_word(address), "ptr",
           *address->name ? address->name : NULL, "ptrs",
           address->n_names > 1 ? ov_arena_printf(arena, "%u", address->n_names) : NULL, "helo",
           *address->helo ? address->helo : NULL, "helo-state", ov_standing_helo_word(address),
           "lists", lists, NULL);
}

static void log_domain_list(const OvStandingList *list, const OvStandingList *before) {
    const OvBlockListing *listing = &list->listing;
    gboolean works = listing->state == OV_BLOCK_LIST_CLEAR;
    if (before && before->listing.state == listing->state)
        return;
    ov_log(works || listing->state == OV_BLOCK_LIST_UNKNOWN ? OV_LOG_INFO : OV_LOG_WARNING, NULL,
           "event", "domain-list", "list", list->name, "state",
           works ? "answering" : ov_block_list_state_name(listing->state), "error",
           *listing->trouble ? listing->trouble : NULL, NULL);
}

static gboolean is_listed(const OvStandingList *list) {
    return list->listing.state >= OV_BLOCK_LIST_LISTED;
}

static gboolean was_listed(const OvStandingAddress *before, const char *zone) {
    for (guint i = 0; before && i < before->n_lists; i++)
        if (g_str_equal(before->lists[i].zone, zone))
            return is_listed(&before->lists[i]);
    return FALSE;
}

static void alert_listings(OvDnsWatch *watch, OvArena *arena, const OvStandingAddress *address,
                           const OvStandingAddress *before) {
    for (guint i = 0; i < address->n_lists; i++) {
        const OvStandingList *list = &address->lists[i];
        if (!is_listed(list) || was_listed(before, list->zone))
            continue;
        const char *meaning = list->listing.meaning;
        OvAlert alert = {
            .kind = OV_ALERT_BLOCK_LIST,
            .subject = ov_arena_printf(arena, "%s by %s", address->text, list->name),
            .reason = ov_arena_printf(arena, "the list says %s%s%s", list->listing.code,
                                      *meaning ? ": " : "", meaning),
            .advice = "find who sent what caused it (outvet delivery summary --blocked), stop "
                      "that, then ask the list to remove the address",
            .details = (const char *const[]){"address", address->text, "list", list->name, NULL},
        };
        ov_alerts_raise(watch->alerts, &alert);
    }
}

static void tell_changes(OvDnsWatch *watch, const OvStanding *standing, const OvStanding *before) {
    g_autoptr(OvArena) arena = ov_arena_new();
    for (guint i = 0; i < ov_standing_n_addresses(standing); i++) {
        const OvStandingAddress *address = ov_standing_address(standing, i);
        const OvStandingAddress *former =
            before ? ov_standing_find(before, &address->address, address->helo) : NULL;
        log_address(arena, address, former);
        alert_listings(watch, arena, address, former);
    }
    for (guint i = 0; i < ov_standing_n_domain_lists(standing); i++) {
        const OvStandingList *list = ov_standing_domain_list(standing, i);
        log_domain_list(list, before ? ov_standing_find_domain_list(before, list->zone) : NULL);
    }
}

static gboolean is_stopping(OvDnsWatch *watch) {
    g_mutex_lock(&watch->lock);
    gboolean stopping = watch->stopping;
    g_mutex_unlock(&watch->lock);
    return stopping;
}

/* A book for each, so that each has the whole time. NULL when it is time to stop. */
static OvStanding *check(OvDnsWatch *watch, const OvSettings *settings, OvResolver *resolver,
                         const OvStanding *before) {
    static const char *const none[] = {NULL};
    g_autoptr(OvStanding) standing = ov_standing_new();
    const OvEgress *all = &settings->egress.all;
    const char *const *lists = settings->block_lists ? settings->block_lists : none;
    const char *const *zone = settings->domain_block_lists ? settings->domain_block_lists : none;
    gint64 now = g_get_real_time();
    for (guint i = 0; resolver && i < all->n_points; i++) {
        if (is_stopping(watch))
            return NULL;
        OvDnsBook *book = ov_resolver_open(resolver);
        ov_standing_add_address(standing, book, &all->points[i].address, all->points[i].helo, lists,
                                before, now);
        ov_resolver_close(book);
    }
    for (; resolver && *zone; zone++) {
        if (is_stopping(watch))
            return NULL;
        OvDnsBook *book = ov_resolver_open(resolver);
        ov_standing_add_domain_list(standing, book, *zone, before, now);
        ov_resolver_close(book);
    }
    return g_steal_pointer(&standing);
}

/* TRUE: something was learnt, for a standing of its own. */
static gboolean probe_mailboxes(OvDnsWatch *watch, const OvSettings *settings,
                                OvResolver *resolver) {
    OvMailboxRound round = {
        .settings = settings,
        .resolver = resolver,
        .ledger = watch->ledger,
        .standing = watch->standing, /* only this thread changes it */
        .now = g_get_real_time(),
        .stop = watch->interrupt,
    };
    return resolver && settings->probe_mailboxes && ov_mailbox_round(&round);
}

/* Microseconds until the next check. */
static gint64 turn(OvDnsWatch *watch) {
    g_mutex_lock(&watch->lock);
    eventfd_t interruptions;
    watch->due = FALSE;
    if (!watch->stopping)
        eventfd_read(watch->interrupt, &interruptions);
    g_autoptr(OvSettings) settings = ov_settings_ref(watch->settings);
    g_autoptr(OvResolver) resolver = watch->resolver ? ov_resolver_ref(watch->resolver) : NULL;
    g_mutex_unlock(&watch->lock);

    /* Only this thread changes it. */
    OvStanding *standing = check(watch, settings, resolver, watch->standing);
    if (!standing)
        return 0;
    if (settings->probe_mailboxes)
        ov_mailboxes_add(standing, watch->ledger);
    tell_changes(watch, standing, watch->standing);
    gint64 pause = ov_standing_is_partial(standing) ? PAUSE_UNKNOWN : PAUSE;
    g_mutex_lock(&watch->lock);
    OvStanding *before = watch->standing;
    watch->standing = standing;
    g_mutex_unlock(&watch->lock);
    ov_standing_unref(before);
    if (probe_mailboxes(watch, settings, resolver))
        return 0;
    return (gint64)((double)pause * g_random_double_range(1 - JITTER, 1 + JITTER));
}

static gpointer run(gpointer data) {
    OvDnsWatch *watch = data;
    while (!is_stopping(watch)) {
        gint64 until = turn(watch);
        until += g_get_monotonic_time();
        g_mutex_lock(&watch->lock);
        while (!watch->due && !watch->stopping &&
               g_cond_wait_until(&watch->wanted, &watch->lock, until))
            continue;
        g_mutex_unlock(&watch->lock);
    }
    return NULL;
}

OvDnsWatch *ov_dns_watch_start(OvSettings *settings, OvResolver *resolver, OvLedger *ledger,
                               OvAlerts *alerts) {
    OvDnsWatch *watch = g_new0(OvDnsWatch, 1);
    watch->ledger = ledger;
    watch->interrupt = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    g_mutex_init(&watch->lock);
    g_cond_init(&watch->wanted);
    watch->alerts = alerts;
    watch->settings = ov_settings_ref(settings);
    watch->resolver = resolver ? ov_resolver_ref(resolver) : NULL;
    watch->thread = g_thread_new("dns-watch", run, watch);
    return watch;
}

void ov_dns_watch_set(OvDnsWatch *watch, OvSettings *settings, OvResolver *resolver) {
    g_mutex_lock(&watch->lock);
    OvSettings *old_settings = watch->settings;
    OvResolver *old_resolver = watch->resolver;
    watch->settings = ov_settings_ref(settings);
    watch->resolver = resolver ? ov_resolver_ref(resolver) : NULL;
    watch->due = TRUE;
    eventfd_write(watch->interrupt, 1);
    g_cond_signal(&watch->wanted);
    g_mutex_unlock(&watch->lock);
    ov_settings_unref(old_settings);
    ov_resolver_unref(old_resolver);
}

void ov_dns_watch_stop(OvDnsWatch *watch) {
    if (!watch)
        return;
    g_mutex_lock(&watch->lock);
    watch->stopping = TRUE;
    eventfd_write(watch->interrupt, 1);
    g_cond_signal(&watch->wanted);
    g_mutex_unlock(&watch->lock);
    g_thread_join(watch->thread);
    ov_standing_unref(watch->standing);
    ov_settings_unref(watch->settings);
    ov_resolver_unref(watch->resolver);
    g_mutex_clear(&watch->lock);
    g_cond_clear(&watch->wanted);
    if (watch->interrupt >= 0)
        close(watch->interrupt);
    g_free(watch);
}

OvStanding *ov_dns_watch_standing(OvDnsWatch *watch) {
    g_mutex_lock(&watch->lock);
    OvStanding *standing = watch->standing ? ov_standing_ref(watch->standing) : NULL;
    g_mutex_unlock(&watch->lock);
    return standing;
}
