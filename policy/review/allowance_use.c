#include "policy/review/allowance_use.h"

#include "policy/ledger/counter_rows.h"
#include "policy/review/json.h"

static void take_row(const OvCounterRow *row, gpointer data) {
    ov_meter_read(data, row->octets, row->length, row->first);
}

gboolean ov_allowance_use(OvLedger *ledger, const OvAllowance *allowance, gint64 now,
                          guint64 *recipients, guint64 *messages, GError **error) {
    OvMeter meter = {.octets = NULL};
    if (!ov_ledger_counters(ledger, &allowance->subject, take_row, &meter, error))
        return FALSE;
    OvAmounts drawn = {{0}}, sums[OV_N_SPANS] = {{{0}}};
    ov_meter_since(&meter, allowance->since, &drawn);
    ov_meter_sum(&meter, now, sums);
    ov_meter_clear(&meter);
    gboolean mailing = allowance->kind == OV_ALLOWANCE_MAILING;
    const OvAmounts *eased = &sums[allowance->span];
    *recipients = mailing ? drawn.of[OV_AMOUNT_DRAWN] : eased->of[OV_AMOUNT_RECIPIENTS];
    *messages = mailing ? drawn.of[OV_AMOUNT_DRAWN_MESSAGES] : eased->of[OV_AMOUNT_MESSAGES];
    return TRUE;
}

OvAllowanceUse *ov_allowance_uses(OvLedger *ledger, const char *subject, gint64 now, OvArena *arena,
                                  guint *n, GError **error) {
    guint n_rows = 0;
    const OvAllowanceRow *rows = ov_ledger_allowances_in_force(ledger, now, arena, &n_rows, error);
    if (!rows)
        return NULL;
    OvAllowanceUse *uses = OV_ARENA_NEW(arena, OvAllowanceUse, n_rows);
    *n = 0;
    for (guint i = 0; i < n_rows; i++) {
        OvAllowanceUse *use = &uses[*n];
        if (!g_str_equal(rows[i].subject, subject) ||
            !ov_allowance_read(&use->allowance, &rows[i], arena))
            continue;
        if (!ov_allowance_use(ledger, &use->allowance, now, &use->recipients, &use->messages,
                              error))
            return NULL;
        (*n)++;
    }
    return uses;
}

json_t *ov_allowance_use_json(const OvAllowanceUse *use) {
    const OvAllowance *allowance = &use->allowance;
    json_t *object =
        json_pack("{s:s, s:o, s:o, s:I}", "kind", ov_allowance_kind_name(allowance->kind), "since",
                  ov_json_time(allowance->since), "until", ov_json_time(allowance->until),
                  "recipients", (json_int_t)allowance->recipients);
    if (allowance->kind == OV_ALLOWANCE_MAILING)
        json_object_set_new(object, "messages", json_integer((json_int_t)allowance->messages));
    else
        json_object_set_new(object, "in", json_string(ov_span_name(allowance->span)));
    json_object_set_new(object, "used",
                        json_pack("{s:I, s:I}", "recipients", (json_int_t)use->recipients,
                                  "messages", (json_int_t)use->messages));
    json_object_set_new(object, "operator", ov_json_text(allowance->operator_name));
    json_object_set_new(object, "reason", ov_json_text(allowance->reason));
    return object;
}
