#include "policy/feedback/take_in.h"

typedef struct {
    const char *type;
    gboolean counts, suppress;
} Kind;

/* RFC 5965 7.3, RFC 6430; opt-out stands in the drafts before it, and some loops still have it. */
static const Kind KINDS[] = {
    {"abuse", TRUE, TRUE},    {"fraud", TRUE, TRUE},         {"virus", TRUE, FALSE},
    {"opt-out", FALSE, TRUE}, {"opt-out-list", FALSE, TRUE},
};

static Kind kind_of(const char *type) {
    for (guint i = 0; i < G_N_ELEMENTS(KINDS); i++)
        if (g_str_equal(type, KINDS[i].type))
            return KINDS[i];
    return (Kind){type, FALSE, FALSE};
}

static gboolean record(OvLedger *ledger, OvTakenIn *taken, const char *operator_name,
                       const char *mark, GError **error) {
    const OvArf *arf = &taken->arf;
    Kind kind = kind_of(arf->type);
    OvComplaint complaint = {
        .type = arf->type,
        .reporter = arf->reporter,
        .source = arf->source,
        .message_id = arf->message_id,
        .arrival = arf->arrival,
        .incidents = arf->incidents,
        .message = taken->record ? taken->record->id : 0,
        .tie = ov_tie_name(taken->tie),
        .account = taken->record ? taken->record->account : NULL,
        .domain = taken->domain,
        .operator_name = operator_name,
    };
    OvComplaintWish wish = {
        .recipients = arf->recipients,
        .n_recipients = arf->n_recipients,
        .mark = mark,
        .counts = kind.counts,
        .suppress = kind.suppress,
    };
    return ov_ledger_add_complaint(ledger, &complaint, &wish, &taken->done, error);
}

gboolean ov_feedback_take_in(OvLedger *ledger, const char *data, gsize length,
                             const char *operator_name, OvArena *arena, OvTakenIn *taken,
                             GError **error) {
    *taken = (OvTakenIn){.domain = ""};
    if (!ov_arf_read(data, length, arena, &taken->arf, error) ||
        !ov_tie_find(ledger, &taken->arf, arena, &taken->tie, &taken->record, error))
        return FALSE;
    if (taken->record)
        taken->domain = ov_tie_domain(taken->record, arena);
    g_autofree char *mark =
        g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)data, length);
    return record(ledger, taken, operator_name, mark, error);
}
