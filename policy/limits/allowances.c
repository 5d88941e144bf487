/* The list in force, kept up with the ledger. */
#include "policy/limits/allowance.h"
#include "policy/limits/in_force.h"
#include "policy/log.h"

struct OvAllowances {
    OvLedger *ledger;
    OvInForce *in_force;
};

static const char *number_text(gint64 number, OvArena *arena) {
    return number > 0 ? ov_arena_printf(arena, "%" G_GINT64_FORMAT, number) : NULL;
}

static void log_row(const OvAllowanceRow *row, OvArena *arena) {
    g_autoptr(GDateTime) moment = g_date_time_new_from_unix_utc(row->until / G_USEC_PER_SEC);
    g_autofree char *until = moment ? g_date_time_format_iso8601(moment) : NULL;
    if (row->ended)
        ov_log(OV_LOG_INFO, NULL, "event", "allowance", "state", "ended", "kind",
               ov_allowance_kind_name(row->kind), "what", row->subject, "by", row->operator_name,
               "reason", row->reason, NULL);
    else
        ov_log(OV_LOG_INFO, NULL, "event", "allowance", "state", "begun", "kind",
               ov_allowance_kind_name(row->kind), "what", row->subject, "recipients",
               ov_arena_printf(arena, "%" G_GINT64_FORMAT, row->recipients), "messages",
               number_text(row->messages, arena), "in", row->span, "until", until, "by",
               row->operator_name, "reason", row->reason, NULL);
}

static gboolean tell_new(OvAllowances *allowances, gint64 after, OvArena *arena, GError **error) {
    enum { LOGGED = 1000 };
    guint n = 0;
    OvAllowanceRow *fresh =
        ov_ledger_allowance_rows(allowances->ledger, NULL, after, LOGGED, arena, &n, error);
    for (guint i = 0; fresh && i < n; i++)
        log_row(&fresh[i], arena);
    return fresh != NULL;
}

static gpointer read_list(gpointer owner, gint64 after, gint64 now, guint *length, GError **error) {
    OvAllowances *allowances = owner;
    g_autoptr(OvArena) arena = ov_arena_new();
    guint n = 0;
    OvAllowanceRow *rows = ov_ledger_allowances_in_force(allowances->ledger, now, arena, &n, error);
    if (!rows || (after >= 0 && !tell_new(allowances, after, arena, error)))
        return NULL;
    OvAllowanceList *list = ov_allowance_list_new(rows, n);
    *length = ov_allowance_list_length(list);
    return list;
}

static void log_over(const OvAllowance *allowance, gpointer data) {
    (void)data;
    g_autoptr(OvArena) arena = ov_arena_new();
    ov_log(OV_LOG_INFO, NULL, "event", "allowance", "state", "over", "kind",
           ov_allowance_kind_name(allowance->kind), "what",
           ov_subject_format(&allowance->subject, arena), NULL);
}

static void tell_ending(gpointer list, gint64 after, gint64 until) {
    ov_allowance_list_ending(list, after, until, log_over, NULL);
}

static const OvInForceKind ALLOWANCES = {
    .name = "allowance",
    .last = ov_ledger_last_allowance,
    .read = read_list,
    .ending = tell_ending,
    .unref = (GDestroyNotify)ov_allowance_list_unref,
};

OvAllowances *ov_allowances_start(OvLedger *ledger) {
    OvAllowances *allowances = g_new0(OvAllowances, 1);
    allowances->ledger = ledger;
    allowances->in_force = ov_in_force_start(&ALLOWANCES, ledger, allowances);
    return allowances;
}

void ov_allowances_stop(OvAllowances *allowances) {
    if (!allowances)
        return;
    ov_in_force_stop(allowances->in_force);
    g_free(allowances);
}

OvAllowanceList *ov_allowances_list(OvAllowances *allowances) {
    return allowances ? ov_in_force_list(allowances->in_force) : NULL;
}

gboolean ov_allowances_refresh(OvAllowances *allowances, GError **error) {
    return ov_in_force_refresh(allowances->in_force, error);
}
