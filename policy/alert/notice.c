#include "policy/alert/notice.h"

#include <string.h>
#include <sys/random.h>

enum { TEXT_LIMIT = 1000, NAME_LIMIT = 64 }; /* octets */

char *ov_notice_clean(const char *text, gsize limit) {
    if (!text)
        return NULL;
    /* Twice the limit, so that what is not looked at can't matter. */
    g_autofree char *valid = g_utf8_make_valid(text, (gssize)strnlen(text, 2 * limit));
    GString *clean = g_string_sized_new(MIN(limit, strlen(valid)) + 1);
    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (!g_unichar_isprint(c) || g_unichar_isspace(c) || g_unichar_type(c) == G_UNICODE_FORMAT)
            c = ' ';
        if (clean->len + (gsize)g_unichar_to_utf8(c, NULL) > limit)
            break;
        g_string_append_unichar(clean, c);
    }
    return g_strstrip(g_string_free(clean, FALSE));
}

OvNotice *ov_notice_new(gint64 time) {
    OvNotice *notice = g_new0(OvNotice, 1);
    g_atomic_ref_count_init(&notice->references);
    notice->time = time;
    guint64 random = 0;
    while (getrandom(&random, sizeof random, 0) != sizeof random)
        continue;
    g_snprintf(notice->id, sizeof notice->id, "%016" G_GINT64_MODIFIER "x", random);
    notice->entries = g_ptr_array_new_with_free_func((GDestroyNotify)ov_notice_entry_free);
    return notice;
}

OvNotice *ov_notice_ref(OvNotice *notice) {
    g_atomic_ref_count_inc(&notice->references);
    return notice;
}

void ov_notice_unref(OvNotice *notice) {
    if (!notice || !g_atomic_ref_count_dec(&notice->references))
        return;
    g_ptr_array_unref(notice->entries);
    g_free(notice);
}

guint64 ov_notice_n_alerts(const OvNotice *notice) {
    guint64 n = notice->more_alerts + notice->lost;
    for (guint i = 0; i < notice->entries->len; i++)
        n += ((const OvNoticeEntry *)notice->entries->pdata[i])->count;
    return n;
}

OvNoticeEntry *ov_notice_entry_new(OvAlertKind kind, const char *subject) {
    OvNoticeEntry *entry = g_new0(OvNoticeEntry, 1);
    entry->kind = kind;
    entry->subject = g_strdup(subject);
    return entry;
}

static void clear_sample(OvNoticeSample *sample) {
    g_free(sample->reason);
    g_free(sample->queue_id);
}

void ov_notice_entry_free(OvNoticeEntry *entry) {
    if (!entry)
        return;
    for (guint i = 0; i < entry->n_samples; i++)
        clear_sample(&entry->samples[i]);
    g_free(entry->subject);
    g_free(entry->advice);
    g_strfreev(entry->details);
    g_free(entry);
}

static void add_sample(OvNoticeEntry *entry, const OvAlert *alert, gint64 time) {
    g_autofree char *reason = ov_notice_clean(alert->reason, TEXT_LIMIT);
    for (guint i = 0; i < entry->n_samples; i++)
        if (g_str_equal(entry->samples[i].reason, reason))
            return;
    if (entry->n_samples == OV_NOTICE_MAX_SAMPLES)
        clear_sample(&entry->samples[--entry->n_samples]);
    entry->samples[entry->n_samples++] = (OvNoticeSample){
        .time = time,
        .reason = g_steal_pointer(&reason),
        .queue_id = ov_notice_clean(alert->queue_id, NAME_LIMIT),
    };
}

static char **copy_details(const char *const *details) {
    GPtrArray *copy = g_ptr_array_new();
    for (guint i = 0; i < OV_ALERT_MAX_DETAILS && details[0] && details[1]; i++, details += 2) {
        g_ptr_array_add(copy, ov_notice_clean(details[0], NAME_LIMIT));
        g_ptr_array_add(copy, ov_notice_clean(details[1], TEXT_LIMIT));
    }
    g_ptr_array_add(copy, NULL);
    return (char **)g_ptr_array_free(copy, FALSE);
}

void ov_notice_entry_add(OvNoticeEntry *entry, const OvAlert *alert, gint64 time) {
    if (entry->count++ == 0)
        entry->first = time;
    entry->last = time;
    add_sample(entry, alert, time);
    if (alert->advice) {
        g_free(entry->advice);
        entry->advice = ov_notice_clean(alert->advice, TEXT_LIMIT);
    }
    if (alert->details) {
        g_strfreev(entry->details);
        entry->details = copy_details(alert->details);
    }
}
