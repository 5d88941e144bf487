#include "policy/alert/groups.h"

#include <string.h>

enum { SUBJECT_LIMIT = 255 /* octets */ };

static const gint64 HOUR = G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;
static const gint64 DAY = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;
static const gint64 SWEEP_PAUSE = G_USEC_PER_SEC;

typedef struct {
    OvNoticeEntry *entry; /* what waits; its count is 0 where nothing does */
    gint64 due;           /* while something waits */
    gint64 sent;          /* last; G_MININT64 for never */
} Group;

struct OvAlertGroups {
    GHashTable *groups; /* "kind:subject" to Group */
    guint n_waiting;    /* groups with something */
    gint64 first_due;   /* of the groups; G_MAXINT64 for none */
    gint64 quiet;
    guint hourly;
    double budget;  /* notices that may be sent now */
    gint64 counted; /* when budget was reckoned */
    gint64 swept;
    guint64 lost, lost_before; /* since the last notice, and before it */
};

static void group_free(gpointer data) {
    Group *group = data;
    ov_notice_entry_free(group->entry);
    g_free(group);
}

/* Half of what an hour may have can come at once; the other half comes back within the hour. */
static double burst(const OvAlertGroups *groups) {
    return MAX(1, groups->hourly / 2.0);
}

static void count_budget(OvAlertGroups *groups, gint64 now) {
    double back = (double)(now - groups->counted) / (double)HOUR * burst(groups);
    groups->budget = MIN(burst(groups), groups->budget + back);
    groups->counted = now;
}

OvAlertGroups *ov_alert_groups_new(gint64 now) {
    OvAlertGroups *groups = g_new0(OvAlertGroups, 1);
    groups->groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, group_free);
    groups->first_due = G_MAXINT64;
    groups->quiet = HOUR / 4;
    groups->hourly = 20;
    groups->budget = burst(groups);
    groups->counted = groups->swept = now;
    return groups;
}

void ov_alert_groups_free(OvAlertGroups *groups) {
    if (!groups)
        return;
    g_hash_table_unref(groups->groups);
    g_free(groups);
}

void ov_alert_groups_set(OvAlertGroups *groups, gint64 quiet, guint hourly) {
    double spent = burst(groups) - groups->budget;
    groups->quiet = quiet;
    groups->hourly = hourly;
    groups->budget = burst(groups) - spent;
}

/* How long a kind's subjects are quiet. */
static gint64 quiet_of(const OvAlertGroups *groups, OvAlertKind kind) {
    return kind == OV_ALERT_HELD ? MAX(DAY, groups->quiet) : groups->quiet;
}

/* Makes room: forgets who was last sent so long ago that it is as if never. Where that is not
 * enough, all who have nothing that waits: they may be told of sooner than they should. */
static void sweep(OvAlertGroups *groups, gint64 now) {
    GHashTableIter iterator;
    gpointer value;
    groups->swept = now;
    for (guint pass = 0; pass < 2; pass++) {
        g_hash_table_iter_init(&iterator, groups->groups);
        while (g_hash_table_iter_next(&iterator, NULL, &value)) {
            const Group *group = value;
            if (group->entry->count == 0 &&
                (pass > 0 || now - group->sent >= quiet_of(groups, group->entry->kind)))
                g_hash_table_iter_remove(&iterator);
        }
        if (g_hash_table_size(groups->groups) < OV_ALERT_MAX_GROUPS)
            return;
    }
}

/* NULL where there is no room. */
static Group *find(OvAlertGroups *groups, OvAlertKind kind, const char *subject, gint64 now) {
    g_autofree char *key = g_strdup_printf("%d:%s", (int)kind, subject);
    Group *group = g_hash_table_lookup(groups->groups, key);
    if (group)
        return group;
    if (g_hash_table_size(groups->groups) >= OV_ALERT_MAX_GROUPS &&
        now - groups->swept >= SWEEP_PAUSE)
        sweep(groups, now);
    if (g_hash_table_size(groups->groups) >= OV_ALERT_MAX_GROUPS)
        return NULL;
    group = g_new0(Group, 1);
    group->entry = ov_notice_entry_new(kind, subject);
    group->sent = G_MININT64;
    g_hash_table_insert(groups->groups, g_steal_pointer(&key), group);
    return group;
}

void ov_alert_groups_add(OvAlertGroups *groups, const OvAlert *alert, gint64 time, gint64 now) {
    g_autofree char *subject = ov_notice_clean(alert->subject, SUBJECT_LIMIT);
    Group *group = find(groups, alert->kind, subject, now);
    if (!group) {
        groups->lost++;
        return;
    }
    if (group->entry->count == 0) {
        group->due = now + OV_ALERT_GATHER;
        if (group->sent != G_MININT64)
            group->due = MAX(group->due, group->sent + quiet_of(groups, alert->kind));
        groups->first_due = MIN(groups->first_due, group->due);
        groups->n_waiting++;
    }
    ov_notice_entry_add(group->entry, alert, time);
}

gint64 ov_alert_groups_due(const OvAlertGroups *groups) {
    if (groups->first_due == G_MAXINT64 || groups->budget >= 1)
        return groups->first_due;
    gint64 wait = (gint64)((1 - groups->budget) * (double)HOUR / burst(groups)) + 1;
    return MAX(groups->first_due, groups->counted + wait);
}

static gint by_gravity(gconstpointer a, gconstpointer b) {
    const OvNoticeEntry *one = *(const OvNoticeEntry *const *)a;
    const OvNoticeEntry *other = *(const OvNoticeEntry *const *)b;
    if (one->kind != other->kind)
        return one->kind < other->kind ? -1 : 1;
    return (one->first > other->first) - (one->first < other->first);
}

static void shorten(OvNotice *notice) {
    for (guint i = OV_NOTICE_MAX_ENTRIES; i < notice->entries->len; i++) {
        notice->more++;
        notice->more_alerts += ((const OvNoticeEntry *)notice->entries->pdata[i])->count;
    }
    if (notice->entries->len > OV_NOTICE_MAX_ENTRIES)
        g_ptr_array_set_size(notice->entries, OV_NOTICE_MAX_ENTRIES);
}

/* All that is due by then. */
static OvNotice *take(OvAlertGroups *groups, gint64 until, gint64 time, gint64 now) {
    OvNotice *notice = ov_notice_new(time);
    GHashTableIter iterator;
    gpointer value;
    groups->first_due = G_MAXINT64;
    g_hash_table_iter_init(&iterator, groups->groups);
    while (g_hash_table_iter_next(&iterator, NULL, &value)) {
        Group *group = value;
        if (group->entry->count == 0)
            continue;
        if (group->due > until) {
            groups->first_due = MIN(groups->first_due, group->due);
            continue;
        }
        g_ptr_array_add(notice->entries, group->entry);
        group->entry = ov_notice_entry_new(group->entry->kind, group->entry->subject);
        group->sent = now;
        groups->n_waiting--;
    }
    g_ptr_array_sort(notice->entries, by_gravity);
    shorten(notice);
    notice->lost = groups->lost;
    groups->lost_before += groups->lost;
    groups->lost = 0;
    groups->budget -= 1;
    return notice;
}

OvNotice *ov_alert_groups_take(OvAlertGroups *groups, gint64 time, gint64 now) {
    count_budget(groups, now);
    if (now < ov_alert_groups_due(groups))
        return NULL;
    /* What is still being gathered goes with it. */
    return take(groups, now + OV_ALERT_GATHER, time, now);
}

OvNotice *ov_alert_groups_take_all(OvAlertGroups *groups, gint64 time, gint64 now) {
    count_budget(groups, now);
    return groups->n_waiting > 0 ? take(groups, G_MAXINT64, time, now) : NULL;
}

guint ov_alert_groups_waiting(const OvAlertGroups *groups) {
    return groups->n_waiting;
}

guint64 ov_alert_groups_lost(const OvAlertGroups *groups) {
    return groups->lost_before + groups->lost;
}
