#include "policy/feedback/tie.h"

#include "policy/ledger/complaint.h"
#include "policy/provider/correlate.h"
#include "rules/address.h"

enum { LOOKED_AT = 20 /* messages of one queue id */ };

/* A queue id is used again after a while; clocks differ. */
static const gint64 NEAR = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;

const char *ov_tie_name(OvTie tie) {
    static const char *const NAMES[] = {
        [OV_TIE_NONE] = "none",
        [OV_TIE_OUTVET_ID] = "outvet_id",
        [OV_TIE_MESSAGE_ID] = "message_id",
        [OV_TIE_QUEUE_ID] = "queue_id",
    };
    g_assert((guint)tie < G_N_ELEMENTS(NAMES));
    return NAMES[tie];
}

/* Of the first address in a text, as From has it: the ledger keeps names as people read them, and
 * so commas of which no field is made. */
static OvSlice domain_of(const char *text, OvArena *arena) {
    const OvAddressList *list = text ? ov_address_list_parse(arena, ov_slice(text)) : NULL;
    for (guint i = 0; list && i < list->n_mailboxes; i++)
        if (list->mailboxes[i].domain.length > 0)
            return list->mailboxes[i].domain;
    return (OvSlice){NULL, 0};
}

const char *ov_tie_domain(const OvLedgerRecord *record, OvArena *arena) {
    OvSlice domain = domain_of(record->from, arena);
    if (domain.length == 0)
        domain = domain_of(record->sender, arena);
    OvSlice organisation = ov_organisational_domain(domain);
    return ov_arena_strndup(arena, organisation.data ? organisation.data : "", organisation.length);
}

/* The report tells of mail with that From. */
static gboolean agrees(const OvArf *arf, const OvLedgerRecord *record, OvArena *arena) {
    return *arf->from_domain &&
           ov_slice_equal_nocase(domain_of(record->from, arena), ov_slice(arf->from_domain));
}

static gboolean by_outvet_id(OvLedger *ledger, const OvArf *arf, OvArena *arena,
                             const OvLedgerRecord **record, GError **error) {
    guint n = 0;
    if (!*arf->outvet_id)
        return TRUE;
    OvLedgerRecord **found =
        ov_ledger_find(ledger, OV_LEDGER_BY_ID, arf->outvet_id, 1, arena, &n, error);
    if (n > 0 && agrees(arf, found[0], arena))
        *record = found[0];
    return found != NULL;
}

/* Of the candidates that did leave the one that went to somebody whom the report names. */
static gboolean choose(OvLedger *ledger, const OvArf *arf, const OvCandidate *candidates, guint n,
                       const OvLedgerRecord **record, GError **error) {
    for (guint i = 0; i < n; i++) {
        gboolean went = FALSE;
        if (candidates[i].likelihood == 0)
            continue;
        if (!*record)
            *record = candidates[i].record;
        for (guint j = 0; j < arf->n_recipients && !went; j++)
            if (!ov_ledger_went_to(ledger, candidates[i].record->id, arf->recipients[j], &went,
                                   error))
                return FALSE;
        if (went) {
            *record = candidates[i].record;
            return TRUE;
        }
    }
    return TRUE;
}

static gboolean by_message_id(OvLedger *ledger, const OvArf *arf, OvArena *arena,
                              const OvLedgerRecord **record, GError **error) {
    OvDetection told = {.message_id = arf->message_id, .time = arf->arrival, .score = G_MININT64};
    guint n = 0;
    if (!*arf->message_id)
        return TRUE;
    OvCandidate *candidates = ov_correlate(ledger, "", &told, arena, &n, error);
    if (candidates && n == 0 && told.time != 0) { /* their clock may be wrong */
        told.time = 0;
        candidates = ov_correlate(ledger, "", &told, arena, &n, error);
    }
    return candidates && choose(ledger, arf, candidates, n, record, error);
}

static gboolean try_hop(OvLedger *ledger, const OvArf *arf, const OvArfHop *hop, OvLedgerKey key,
                        OvArena *arena, const OvLedgerRecord **record, GError **error) {
    guint n = 0;
    OvLedgerRecord **found =
        ov_ledger_find(ledger, key, hop->queue_id, LOOKED_AT, arena, &n, error);
    for (guint i = 0; found && i < n && !*record; i++)
        if (ABS(found[i]->time - hop->time) < NEAR && agrees(arf, found[i], arena))
            *record = found[i];
    return found != NULL;
}

static gboolean by_queue_id(OvLedger *ledger, const OvArf *arf, OvArena *arena,
                            const OvLedgerRecord **record, GError **error) {
    for (guint i = 0; i < arf->n_hops && !*record; i++)
        if (!try_hop(ledger, arf, &arf->hops[i], OV_LEDGER_BY_QUEUE_ID, arena, record, error) ||
            (!*record && !try_hop(ledger, arf, &arf->hops[i], OV_LEDGER_BY_OTHER_QUEUE_ID, arena,
                                  record, error)))
            return FALSE;
    return TRUE;
}

gboolean ov_tie_find(OvLedger *ledger, const OvArf *arf, OvArena *arena, OvTie *tie,
                     const OvLedgerRecord **record, GError **error) {
    static const struct {
        OvTie tie;
        gboolean (*find)(OvLedger *, const OvArf *, OvArena *, const OvLedgerRecord **, GError **);
    } WAYS[] = {{OV_TIE_OUTVET_ID, by_outvet_id},
                {OV_TIE_MESSAGE_ID, by_message_id},
                {OV_TIE_QUEUE_ID, by_queue_id}};
    *tie = OV_TIE_NONE;
    *record = NULL;
    for (guint i = 0; i < G_N_ELEMENTS(WAYS) && !*record; i++) {
        if (!WAYS[i].find(ledger, arf, arena, record, error))
            return FALSE;
        if (*record)
            *tie = WAYS[i].tie;
    }
    return TRUE;
}
