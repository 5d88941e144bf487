#include "policy/review/compliance.h"

#include "policy/review/json.h"

#include <string.h>

static const gint64 DAY = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;

/* What a reading of the ledger fills. */
typedef struct {
    OvArena *arena;
    GHashTable *by_domain;
} Sums;

static OvCompliance *find(Sums *sums, const char *domain) {
    OvCompliance *found = g_hash_table_lookup(sums->by_domain, domain);
    if (found)
        return found;
    found = OV_ARENA_NEW(sums->arena, OvCompliance, 1);
    char *name = ov_arena_strndup(sums->arena, domain, strlen(domain));
    found->domain = name;
    g_hash_table_insert(sums->by_domain, name, found);
    return found;
}

/* The days come in their order. */
static void take_day(const OvLedgerDay *day, gpointer data) {
    OvCompliance *sum = find(data, day->domain);
    sum->messages += day->messages;
    for (guint i = 0; i < OV_N_REQUIREMENTS; i++)
        sum->states[i][ov_requirement_state(day->requirements, i)] += day->messages;
    if (!day->departed)
        return;
    if (day->day != sum->day)
        memset(sum->today, 0, sizeof sum->today);
    sum->day = day->day;
    for (guint i = 0; i < OV_N_DEMANDING; i++) {
        sum->today[i] += day->copies[i];
        sum->peak[i] = MAX(sum->peak[i], sum->today[i]);
    }
}

OvComplianceOutcome ov_compliance_outcome(const OvCompliance *compliance, guint requirement) {
    const gint64 *states = compliance->states[requirement];
    return states[OV_REQUIREMENT_NOT_MET] > 0   ? OV_COMPLIANCE_NOT_MET
           : states[OV_REQUIREMENT_UNKNOWN] > 0 ? OV_COMPLIANCE_UNKNOWN
           : states[OV_REQUIREMENT_MET] > 0     ? OV_COMPLIANCE_MET
                                                : OV_COMPLIANCE_NOTHING;
}

gboolean ov_compliance_is_asked(const OvCompliance *compliance, guint requirement, guint provider) {
    OvAsked asked = ov_requirements[requirement].asked[provider];
    return asked == OV_ASKED_ALL ||
           (asked == OV_ASKED_BULK && compliance->bulk_since[provider] > 0);
}

guint ov_compliance_n_refused(const OvCompliance *compliance) {
    guint n = 0;
    for (guint i = 0; i < OV_N_REQUIREMENTS; i++)
        for (guint p = 0; p < OV_N_DEMANDING; p++)
            n += ov_compliance_outcome(compliance, i) == OV_COMPLIANCE_NOT_MET &&
                 ov_compliance_is_asked(compliance, i, p);
    return n;
}

static guint n_not_met(const OvCompliance *compliance) {
    guint n = 0;
    for (guint i = 0; i < OV_N_REQUIREMENTS; i++)
        n += ov_compliance_outcome(compliance, i) == OV_COMPLIANCE_NOT_MET;
    return n;
}

static gint more_first(gint64 one, gint64 other) {
    return one > other ? -1 : one < other;
}

static gint worst_first(gconstpointer a, gconstpointer b) {
    const OvCompliance *one = *(OvCompliance *const *)a, *other = *(OvCompliance *const *)b;
    gint order = more_first(ov_compliance_n_refused(one), ov_compliance_n_refused(other));
    if (order == 0)
        order = more_first(n_not_met(one), n_not_met(other));
    if (order == 0)
        order = more_first(one->messages, other->messages);
    return order ? order : strcmp(one->domain, other->domain);
}

static gboolean take_bulk(Sums *sums, OvLedger *ledger, GError **error) {
    guint n;
    const OvBulkSender *bulk = ov_ledger_bulk_senders(ledger, sums->arena, &n, error);
    for (guint i = 0; bulk && i < n; i++) {
        OvCompliance *sum = g_hash_table_lookup(sums->by_domain, bulk[i].domain);
        if (sum && bulk[i].provider < (OvProvider)OV_N_DEMANDING)
            sum->bulk_since[bulk[i].provider] = bulk[i].since;
    }
    return bulk != NULL;
}

OvCompliance **ov_compliance_read(OvLedger *ledger, gint64 days, const char *domain, OvArena *arena,
                                  guint *n, GError **error) {
    g_autoptr(GHashTable) by_domain = g_hash_table_new(g_str_hash, g_str_equal);
    Sums sums = {arena, by_domain};
    gint64 today = g_get_real_time() / DAY;
    if (!ov_ledger_days(ledger, today - days + 1, today, domain, take_day, &sums, error) ||
        !take_bulk(&sums, ledger, error))
        return NULL;
    *n = g_hash_table_size(by_domain);
    OvCompliance **all = OV_ARENA_NEW(arena, OvCompliance *, *n + 1);
    GHashTableIter iter;
    gpointer sum;
    guint i = 0;
    g_hash_table_iter_init(&iter, by_domain);
    while (g_hash_table_iter_next(&iter, NULL, &sum))
        all[i++] = sum;
    qsort(all, *n, sizeof *all, worst_first);
    return all;
}

static json_t *requirement_json(const OvCompliance *compliance, guint requirement) {
    static const char *const outcomes[] = {"not applicable", "met", "unknown", "not met"};
    const OvRequirement *row = &ov_requirements[requirement];
    const gint64 *states = compliance->states[requirement];
    json_t *asked = json_array();
    for (guint p = 0; p < OV_N_DEMANDING; p++)
        if (ov_compliance_is_asked(compliance, requirement, p))
            json_array_append_new(asked, json_string(ov_provider_name((OvProvider)p)));
    return json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:o, s:s, s:s}", "name", row->name, "text",
                     row->text, "outcome", outcomes[ov_compliance_outcome(compliance, requirement)],
                     "met", (json_int_t)states[OV_REQUIREMENT_MET], "not_met",
                     (json_int_t)states[OV_REQUIREMENT_NOT_MET], "unknown",
                     (json_int_t)states[OV_REQUIREMENT_UNKNOWN], "asked_by", asked, "source",
                     row->source, "remedy", row->remedy);
}

json_t *ov_compliance_json(const OvCompliance *compliance) {
    json_t *providers = json_object(), *requirements = json_array();
    for (guint p = 0; p < OV_N_DEMANDING; p++) {
        gint64 since = compliance->bulk_since[p];
        json_object_set_new(providers, ov_provider_name((OvProvider)p),
                            json_pack("{s:I, s:o}", "peak", (json_int_t)compliance->peak[p],
                                      "bulk_since", since ? ov_json_time(since) : json_null()));
    }
    for (guint i = 0; i < OV_N_REQUIREMENTS; i++)
        json_array_append_new(requirements, requirement_json(compliance, i));
    return json_pack("{s:o, s:I, s:o, s:o}", "domain", ov_json_text(compliance->domain), "messages",
                     (json_int_t)compliance->messages, "providers", providers, "requirements",
                     requirements);
}
