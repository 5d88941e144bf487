#include "policy/alert/notice.h"

#include "policy/time_text.h"

#include <stdlib.h>
#include <time.h>

enum { TIME_SIZE = 32 };

static void format_time(gint64 microseconds, const char *form, char text[TIME_SIZE]) {
    time_t seconds = (time_t)(microseconds / G_USEC_PER_SEC);
    struct tm broken;
    text[0] = '\0';
    if (gmtime_r(&seconds, &broken))
        strftime(text, TIME_SIZE, form, &broken);
}

static char *lower_first(const char *title) {
    char *lower = g_strdup(title);
    lower[0] = g_ascii_tolower(lower[0]);
    return lower;
}

/* "suspended (3), first held message (9)" */
static void append_kinds(GString *title, const OvNotice *notice) {
    guint subjects[OV_N_ALERT_KINDS] = {0};
    const char *separator = "";
    for (guint i = 0; i < notice->entries->len; i++)
        subjects[((const OvNoticeEntry *)notice->entries->pdata[i])->kind]++;
    for (guint kind = 0; kind < OV_N_ALERT_KINDS; kind++) {
        if (subjects[kind] == 0)
            continue;
        g_autofree char *name = lower_first(ov_alert_kind_title((OvAlertKind)kind));
        g_string_append_printf(title, "%s%s (%u)", separator, name, subjects[kind]);
        separator = ", ";
    }
}

char *ov_notice_title(const OvNotice *notice) {
    GString *title = g_string_new(NULL);
    if (notice->entries->len == 1 && notice->more == 0) {
        const OvNoticeEntry *entry = notice->entries->pdata[0];
        g_string_append_printf(title, "%s: %s", ov_alert_kind_title(entry->kind), entry->subject);
        if (entry->count > 1)
            g_string_append_printf(title, " (%" G_GUINT64_FORMAT " times)", entry->count);
    } else {
        g_string_append_printf(title, "%" G_GUINT64_FORMAT " alerts: ", ov_notice_n_alerts(notice));
        append_kinds(title, notice);
        if (notice->more > 0)
            g_string_append(title, ", ...");
    }
    return g_string_free(title, FALSE);
}

static void append_when(GString *text, const OvNoticeEntry *entry) {
    char first[TIME_SIZE], last[TIME_SIZE];
    format_time(entry->first, "%Y-%m-%d %H:%M:%S UTC", first);
    format_time(entry->last, "%Y-%m-%d %H:%M:%S UTC", last);
    if (entry->count == 1)
        g_string_append_printf(text, "  When: %s\n", first);
    else
        g_string_append_printf(text, "  When: %" G_GUINT64_FORMAT " times, from %s to %s\n",
                               entry->count, first, last);
}

static void append_entry(GString *text, const OvNoticeEntry *entry) {
    g_string_append_printf(text, "%s: %s\n", ov_alert_kind_title(entry->kind), entry->subject);
    append_when(text, entry);
    for (guint i = 0; i < entry->n_samples; i++) {
        const OvNoticeSample *sample = &entry->samples[i];
        g_string_append_printf(text, "  Why:  %s\n", sample->reason);
        if (sample->queue_id)
            g_string_append_printf(text, "        message %s: outvet trace %s\n", sample->queue_id,
                                   sample->queue_id);
    }
    for (char **detail = entry->details; detail && *detail; detail += 2)
        g_string_append_printf(text, "  %s: %s\n", detail[0], detail[1]);
    if (entry->advice)
        g_string_append_printf(text, "  Do:   %s\n", entry->advice);
    g_string_append_c(text, '\n');
}

char *ov_notice_text(const OvNotice *notice, const char *node) {
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "Outvet on %s tells:\n\n", node);
    for (guint i = 0; i < notice->entries->len; i++)
        append_entry(text, notice->entries->pdata[i]);
    if (notice->more > 0)
        g_string_append_printf(text,
                               "And %" G_GUINT64_FORMAT " alerts of %" G_GUINT64_FORMAT
                               " others; see outvetd's log.\n",
                               notice->more_alerts, notice->more);
    if (notice->lost > 0)
        g_string_append_printf(
            text, "And %" G_GUINT64_FORMAT " alerts of more subjects than could be kept.\n",
            notice->lost);
    return g_string_free(text, FALSE);
}

static json_t *entry_json(const OvNoticeEntry *entry) {
    json_t *samples = json_array();
    json_t *details = json_object();
    for (guint i = 0; i < entry->n_samples; i++)
        json_array_append_new(samples, json_pack("{s:o, s:s, s:s?}", "time",
                                                 ov_time_json(entry->samples[i].time), "reason",
                                                 entry->samples[i].reason, "queue_id",
                                                 entry->samples[i].queue_id));
    for (char **detail = entry->details; detail && *detail; detail += 2)
        json_object_set_new(details, detail[0], json_string(detail[1]));
    return json_pack("{s:s, s:s, s:s, s:I, s:o, s:o, s:o, s:s?, s:o}", "kind",
                     ov_alert_kind_name(entry->kind), "title", ov_alert_kind_title(entry->kind),
                     "subject", entry->subject, "count", (json_int_t)entry->count, "first",
                     ov_time_json(entry->first), "last", ov_time_json(entry->last), "samples",
                     samples, "advice", entry->advice, "details", details);
}

json_t *ov_notice_json(const OvNotice *notice, const char *node) {
    g_autofree char *title = ov_notice_title(notice);
    json_t *alerts = json_array();
    for (guint i = 0; i < notice->entries->len; i++)
        json_array_append_new(alerts, entry_json(notice->entries->pdata[i]));
    return json_pack("{s:s, s:s, s:s, s:o, s:s, s:o, s:I, s:I, s:I}", "id", notice->id, "program",
                     "outvet " OV_VERSION, "node", node, "time", ov_time_json(notice->time),
                     "title", title, "alerts", alerts, "more_subjects", (json_int_t)notice->more,
                     "more_alerts", (json_int_t)notice->more_alerts, "lost",
                     (json_int_t)notice->lost);
}

char *ov_notice_json_text(const OvNotice *notice, const char *node) {
    json_t *json = ov_notice_json(notice, node);
    char *dumped = json_dumps(json, JSON_COMPACT);
    char *text = g_strdup(dumped);
    free(dumped);
    json_decref(json);
    return text;
}
