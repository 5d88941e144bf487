#include "policy/review/account.h"

#include "policy/ledger/counter_rows.h"
#include "policy/message_id.h"
#include "policy/review/json.h"
#include "policy/review/output.h"

enum {
    LAST_MESSAGES = 100 /* of which the hits are counted */,
    SHOWN_MESSAGES = 10,
    SHOWN_RULES = 8,
    SHOWN_SUSPENSIONS = 10
};

typedef struct {
    OvMeter meter;
    OvDistinct *distinct;
    gint64 since;
} Kept;

static void take_row(const OvCounterRow *row, gpointer data) {
    Kept *kept = data;
    kept->since = row->since;
    ov_meter_read(&kept->meter, row->octets, row->length, row->first);
    if (row->things)
        ov_distinct_read(kept->distinct, row->things->data, row->things->len);
}

static void weigh_bounds(OvAccountReport *report, const OvSettings *settings, const OvPlan *given,
                         OvArena *arena) {
    report->plan = given && ov_plan_holds(given, report->now)
                       ? given
                       : ov_plan_find(&settings->plans, &report->subject, report->now);
    if (!report->plan)
        return;
    report->bounds = OV_ARENA_NEW(arena, OvBound, report->plan->n_bounds);
    for (guint i = 0; i < report->plan->n_bounds; i++) {
        report->bounds[i] = report->plan->bounds[i];
        ov_bound_weigh(&report->bounds[i], &report->activity, report->now);
    }
}

gboolean ov_account_report_read(OvAccountReport *report, OvLedger *ledger,
                                const OvSettings *settings, const OvSubject *subject,
                                const OvPlan *given, OvArena *arena, GError **error) {
    *report = (OvAccountReport){.subject = *subject, .now = g_get_real_time()};
    Kept kept = {.distinct = ov_distinct_new()};
    gboolean read = ov_ledger_counters(ledger, subject, take_row, &kept, error);
    const OvMeter *meter = &kept.meter;
    ov_activity_take(&report->activity, &meter, 1, kept.since, report->now);
    report->activity.distinct = kept.distinct;
    weigh_bounds(report, settings, given, arena);
    report->activity.distinct = NULL;
    ov_meter_clear(&kept.meter);
    ov_distinct_free(kept.distinct);
    const char *name = ov_subject_format(subject, arena);
    if (read) {
        report->allowances =
            ov_allowance_uses(ledger, name, report->now, arena, &report->n_allowances, error);
        read = report->allowances != NULL;
    }
    if (read) {
        report->suspensions = ov_ledger_suspension_rows(ledger, name, 0, G_MAXUINT, arena,
                                                        &report->n_suspensions, error);
        read = report->suspensions != NULL;
    }
    if (read && subject->kind == OV_SUBJECT_ACCOUNT) {
        report->records = ov_ledger_find(ledger, OV_LEDGER_BY_ACCOUNT, subject->name, LAST_MESSAGES,
                                         arena, &report->n_records, error);
        read = report->records != NULL;
    }
    return read;
}

gboolean ov_account_report_is_empty(const OvAccountReport *report) {
    return report->activity.since == 0 && report->n_records == 0 && report->n_suspensions == 0 &&
           report->n_allowances == 0;
}

static char *count_text(guint64 number) {
    return g_strdup_printf("%" G_GUINT64_FORMAT, number);
}

static void append_volumes(GString *out, const OvAccountReport *report, gboolean colour) {
    g_autoptr(OvTable) table =
        ov_table_new(10, "IN A", ">MESSAGES", ">RECIPIENTS", ">OCTETS", ">HELD", ">DELIVERED",
                     ">BOUNCED", ">BLOCKED", ">DETECTED", ">COMPLAINED");
    for (guint i = 0; i < OV_N_SPANS; i++) {
        const OvAmounts *sums = &report->activity.sums[i];
        g_autofree char *cells[OV_N_AMOUNTS] = {NULL};
        for (guint j = 0; j < OV_N_AMOUNTS; j++)
            cells[j] = count_text(sums->of[j]);
        ov_table_add(table, ov_span_name((OvSpan)i), cells[OV_AMOUNT_MESSAGES],
                     cells[OV_AMOUNT_RECIPIENTS], cells[OV_AMOUNT_OCTETS], cells[OV_AMOUNT_HELD],
                     cells[OV_AMOUNT_DELIVERED], cells[OV_AMOUNT_BOUNCED], cells[OV_AMOUNT_BLOCKED],
                     cells[OV_AMOUNT_DETECTED], cells[OV_AMOUNT_COMPLAINED]);
        for (guint j = 0; j < OV_N_AMOUNTS; j++)
            g_free(g_steal_pointer(&cells[j]));
    }
    ov_table_append(table, out, colour);
    if (report->activity.usual > 0)
        g_string_append_printf(out, "A usual day has %" G_GUINT64_FORMAT " recipients.\n",
                               report->activity.usual);
}

/* A share is passed by its mail as it is; too little of it passes nothing, whatever share it is. */
static gboolean is_used_up(const OvBound *bound) {
    return bound->form == OV_BOUND_SHARE ? bound->passed : bound->used >= bound->allowed;
}

static void append_bound(GString *out, const OvBound *bound, gboolean colour) {
    g_autofree char *text = ov_bound_text(bound);
    gboolean full = is_used_up(bound);
    g_string_append(out, "  ");
    ov_paint(out, colour, full ? OV_PAINT_BAD : OV_PAINT_GOOD, text);
    if (full)
        g_string_append(out, "  (used up)");
    else if (bound->form == OV_BOUND_SHARE && bound->used > bound->allowed)
        g_string_append_printf(out, "  (counts from %" G_GUINT64_FORMAT " on)", bound->least);
    g_string_append_c(out, '\n');
}

static void append_bounds(GString *out, const OvAccountReport *report, gboolean colour) {
    const OvPlan *plan = report->plan;
    if (!plan) {
        g_string_append(out, "\nNo plan limits it.\n");
        return;
    }
    g_string_append_printf(out, "\nPlan %s%s; what is beyond it: %s\n", plan->name,
                           plan->shadow ? " (shadow)" : "", ov_over_name(plan->over));
    for (guint i = 0; i < plan->n_bounds; i++)
        append_bound(out, &report->bounds[i], colour);
}

/* "Announced: 20000 recipients more until 2026-12-01 18:00 UTC, by olga: Christmas letter; 1200
 * used". */
static void append_allowances(GString *out, const OvAccountReport *report, gboolean colour) {
    g_autoptr(OvArena) arena = ov_arena_new();
    for (guint i = 0; i < report->n_allowances; i++) {
        const OvAllowanceUse *use = &report->allowances[i];
        gboolean mailing = use->allowance.kind == OV_ALLOWANCE_MAILING;
        gboolean full = use->recipients >= use->allowance.recipients;
        g_string_append_c(out, '\n');
        ov_paint(out, colour, full ? OV_PAINT_BAD : OV_PAINT_GOOD,
                 mailing ? "Announced" : "Eased after an incident");
        g_string_append(out, ": ");
        ov_safe_append(out, ov_allowance_text(&use->allowance, arena), -1, FALSE);
        g_string_append_printf(out, "; %" G_GUINT64_FORMAT "%s\n", use->recipients,
                               full      ? " sent: used up"
                               : mailing ? " used"
                                         : " sent");
    }
}

/* "2026-11-29 10:00:00  suspended until 2026-11-29 12:00:00 by root: stolen password". */
static void append_suspension(GString *out, const OvSuspensionRow *row) {
    g_autofree char *time = ov_time_for_people(row->time);
    g_autofree char *until =
        row->ended || row->until == G_MAXINT64 ? NULL : ov_time_for_people(row->until);
    g_string_append_printf(out, "  %s  %s", time, row->ended ? "resumed" : "suspended");
    if (until)
        g_string_append_printf(out, " until %s", until);
    g_string_append(out, " by ");
    ov_safe_append(out, row->operator_name ? row->operator_name : "?", -1, FALSE);
    if (row->reason) {
        g_string_append(out, ": ");
        ov_safe_append(out, row->reason, -1, FALSE);
    }
    g_string_append_c(out, '\n');
}

static void append_suspensions(GString *out, const OvAccountReport *report, gboolean colour) {
    guint n = report->n_suspensions;
    if (n == 0)
        return;
    const OvSuspensionRow *last = &report->suspensions[n - 1];
    gboolean in_force = !last->ended && last->until > report->now;
    g_string_append_c(out, '\n');
    ov_paint(out, colour, in_force ? OV_PAINT_BAD : OV_PAINT_GOOD,
             in_force ? "It is suspended." : "It is not suspended now.");
    g_string_append_c(out, '\n');
    for (guint i = n - MIN(n, SHOWN_SUSPENSIONS); i < n; i++)
        append_suspension(out, &report->suspensions[i]);
}

static int compare_counts(gconstpointer one, gconstpointer other, gpointer data) {
    GHashTable *counts = data;
    guint a = GPOINTER_TO_UINT(g_hash_table_lookup(counts, *(const char *const *)one));
    guint b = GPOINTER_TO_UINT(g_hash_table_lookup(counts, *(const char *const *)other));
    return a != b ? (a > b ? -1 : 1)
                  : g_strcmp0(*(const char *const *)one, *(const char *const *)other);
}

/* Rules and in how many of the last messages they hit, the most frequent first. */
static GPtrArray *frequent_rules(const OvAccountReport *report, GHashTable *counts) {
    GPtrArray *rules = g_ptr_array_new();
    for (guint i = 0; i < report->n_records; i++)
        for (guint j = 0; j < report->records[i]->n_hits; j++) {
            const char *rule = report->records[i]->hits[j].rule;
            guint n = GPOINTER_TO_UINT(g_hash_table_lookup(counts, rule));
            if (n == 0)
                g_ptr_array_add(rules, (gpointer)(guintptr)rule);
            g_hash_table_insert(counts, (gpointer)(guintptr)rule, GUINT_TO_POINTER(n + 1));
        }
    g_ptr_array_sort_with_data(rules, compare_counts, counts);
    return rules;
}

static void append_rules(GString *out, const OvAccountReport *report) {
    g_autoptr(GHashTable) counts = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) rules = frequent_rules(report, counts);
    if (rules->len == 0)
        return;
    g_string_append_printf(out, "\nHits in its last %u messages:", report->n_records);
    for (guint i = 0; i < MIN(rules->len, SHOWN_RULES); i++)
        g_string_append_printf(out, "%s %s %u", i > 0 ? "," : "", (const char *)rules->pdata[i],
                               GPOINTER_TO_UINT(g_hash_table_lookup(counts, rules->pdata[i])));
    g_string_append_c(out, '\n');
}

static void append_messages(GString *out, const OvAccountReport *report, gboolean colour) {
    if (report->n_records == 0)
        return;
    g_autoptr(OvTable) table =
        ov_table_new(6, "TIME", "QUEUE ID", "VERDICT", ">SCORE", ">RECIPIENTS", "SUBJECT");
    for (guint i = 0; i < MIN(report->n_records, SHOWN_MESSAGES); i++) {
        const OvLedgerRecord *record = report->records[i];
        g_autofree char *time = ov_time_for_people(record->time);
        g_autofree char *score = g_strdup_printf("%.2f", record->score);
        g_autofree char *recipients = count_text(record->n_recipients);
        ov_table_add(table, time, record->queue_id, record->verdict, score, recipients,
                     record->subject);
    }
    g_string_append_c(out, '\n');
    ov_table_append(table, out, colour);
}

void ov_account_report_append(GString *out, const OvAccountReport *report, gboolean colour) {
    g_autofree char *since = ov_time_for_people(report->activity.since);
    g_string_append(out, ov_subject_kind_title(report->subject.kind));
    g_string_append_c(out, ' ');
    ov_safe_append(out, report->subject.name, -1, FALSE);
    if (report->activity.since > 0)
        g_string_append_printf(out, ", counted since %s", since);
    g_string_append(out, "\n\n");
    append_volumes(out, report, colour);
    append_bounds(out, report, colour);
    append_allowances(out, report, colour);
    append_suspensions(out, report, colour);
    append_rules(out, report);
    append_messages(out, report, colour);
}

static json_t *amounts_json(const OvAmounts *amounts) {
    json_t *object = json_object();
    for (guint i = 0; i < OV_N_AMOUNTS; i++)
        if (i != OV_AMOUNT_SCORE)
            json_object_set_new(object, ov_amount_name((OvAmount)i),
                                json_integer((json_int_t)amounts->of[i]));
    return object;
}

static json_t *bound_json(const OvBound *bound) {
    g_autofree char *text = ov_bound_text(bound);
    return json_pack("{s:s, s:s, s:o, s:o}", "bound", text, "in", ov_span_name(bound->span), "used",
                     ov_json_number(ov_bound_number(bound, bound->used)), "allowed",
                     ov_json_number(ov_bound_number(bound, bound->allowed)));
}

static json_t *plan_json(const OvAccountReport *report) {
    const OvPlan *plan = report->plan;
    if (!plan)
        return json_null();
    json_t *bounds = json_array();
    for (guint i = 0; i < plan->n_bounds; i++)
        json_array_append_new(bounds, bound_json(&report->bounds[i]));
    return json_pack("{s:s, s:s, s:b, s:o}", "name", plan->name, "over", ov_over_name(plan->over),
                     "shadow", plan->shadow, "bounds", bounds);
}

static json_t *rules_json(const OvAccountReport *report) {
    g_autoptr(GHashTable) counts = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) rules = frequent_rules(report, counts);
    json_t *object = json_object();
    for (guint i = 0; i < rules->len; i++)
        json_object_set_new(
            object, rules->pdata[i],
            json_integer(GPOINTER_TO_UINT(g_hash_table_lookup(counts, rules->pdata[i]))));
    return object;
}

static json_t *suspension_json(const OvSuspensionRow *row) {
    return json_pack(
        "{s:s, s:o, s:o, s:o, s:o}", "action", row->ended ? "resume" : "suspend", "time",
        ov_json_time(row->time), "until",
        row->ended || row->until == G_MAXINT64 ? json_null() : ov_json_time(row->until), "operator",
        ov_json_text(row->operator_name), "reason", ov_json_text(row->reason));
}

static json_t *message_json(const OvLedgerRecord *record) {
    char id[OV_ID_TEXT_SIZE];
    ov_id_format(record->id, id);
    return json_pack("{s:s, s:o, s:o, s:o, s:s, s:f, s:i, s:o}", "id", id, "time",
                     ov_json_time(record->time), "queue_id", ov_json_text(record->queue_id),
                     "message_id", ov_json_text(record->message_id), "verdict", record->verdict,
                     "score", record->score, "recipients", (int)record->n_recipients, "subject",
                     ov_json_text(record->subject));
}

json_t *ov_account_report_json(const OvAccountReport *report) {
    json_t *volumes = json_object(), *messages = json_array(), *suspensions = json_array();
    json_t *allowances = json_array();
    for (guint i = 0; i < report->n_allowances; i++)
        json_array_append_new(allowances, ov_allowance_use_json(&report->allowances[i]));
    for (guint i = 0; i < OV_N_SPANS; i++)
        json_object_set_new(volumes, ov_span_name((OvSpan)i),
                            amounts_json(&report->activity.sums[i]));
    for (guint i = 0; i < report->n_records; i++)
        json_array_append_new(messages, message_json(report->records[i]));
    for (guint i = 0; i < report->n_suspensions; i++)
        json_array_append_new(suspensions, suspension_json(&report->suspensions[i]));
    guint64 usual = report->activity.usual;
    return json_pack(
        "{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "kind",
        ov_subject_kind_name(report->subject.kind), "name", ov_json_text(report->subject.name),
        "since", report->activity.since > 0 ? ov_json_time(report->activity.since) : json_null(),
        "volumes", volumes, "usual", usual > 0 ? json_integer((json_int_t)usual) : json_null(),
        "plan", plan_json(report), "allowances", allowances, "suspensions", suspensions, "hits",
        rules_json(report), "messages", messages);
}
