#include "policy/review/dns_report.h"

#include "policy/review/json.h"
#include "rules/auth/egress_findings.h"
#include "rules/auth/show.h"

/* What the sections of one report share. */
typedef struct {
    OvArena *arena;
    OvResolver *resolver;
    OvDomainQuestion question;
} Asking;

/* Runs a section until nothing is pending, in a book of its own: each has the resolver's limits. */
static void run(const Asking *asking, gboolean (*step)(const Asking *, OvDnsBook *, void *),
                void *section) {
    OvDnsBook *book = ov_resolver_open(asking->resolver);
    while (step(asking, book, section))
        ov_dns_wait(book);
    ov_resolver_close(book);
}

static OvDnsSection *add(OvDnsReport *report, const char *title, OvFindings *findings,
                         const GString *details, json_t *facts, OvArena *arena) {
    OvDnsSection *section = &report->sections[report->n_sections++];
    *section =
        (OvDnsSection){title, findings, ov_arena_strndup(arena, details->str, details->len), facts};
    return section;
}

static const char *dup_slice(OvArena *arena, OvSlice text) {
    return ov_arena_strndup(arena, text.length > 0 ? text.data : "", text.length);
}

/* -- SPF ----------------------------------------------------------------------------------------
 */

static gboolean step_spf(const Asking *asking, OvDnsBook *book, void *section) {
    OvDomainSpf *spf = section;
    ov_domain_spf(asking->arena, book, &asking->question, spf);
    /* Answers lie in the book, which is closed before the report is read. */
    if (!spf->pending)
        for (guint i = 0; i < spf->tree.n_nodes; i++) {
            OvSpfNode *node = &spf->tree.nodes[i];
            node->term = ov_arena_dup(asking->arena, node->term);
            node->domain = ov_arena_dup(asking->arena, node->domain);
            node->record = ov_arena_dup(asking->arena, node->record);
        }
    return spf->pending;
}

static void tell_tree(const OvSpfTree *tree, OvArena *arena, GString *details, json_t *nodes) {
    static const char *const states[] = {
        [OV_SPF_NODE_RECORD] = "",
        [OV_SPF_NODE_NONE] = ": no record there",
        [OV_SPF_NODE_SEVERAL] = ": several records there",
        [OV_SPF_NODE_FAULT] = ": faulty",
        [OV_SPF_NODE_DEPENDS] = ": hangs on the message",
        [OV_SPF_NODE_TOO_DEEP] = ": too deep",
        [OV_SPF_NODE_UNKNOWN] = ": not known",
        [OV_SPF_NODE_PENDING] = ": not known",
    };
    for (guint i = 0; i < tree->n_nodes; i++) {
        const OvSpfNode *node = &tree->nodes[i];
        g_string_append_printf(details, "%*s%s%s (%u look-ups)\n", (int)(2 * node->depth), "",
                               ov_show(arena, node->depth > 0 ? node->term : node->domain),
                               states[node->state], node->n_lookups);
        json_array_append_new(nodes,
                              json_pack("{s:i, s:o, s:o, s:i, s:o}", "depth", (int)node->depth,
                                        "term", ov_json_text(dup_slice(arena, node->term)),
                                        "domain", ov_json_text(dup_slice(arena, node->domain)),
                                        "lookups", (int)node->n_lookups, "record",
                                        ov_json_text(dup_slice(arena, node->record))));
    }
}

static void add_spf(OvDnsReport *report, const Asking *asking) {
    OvDomainSpf *spf = OV_ARENA_NEW(asking->arena, OvDomainSpf, 1);
    run(asking, step_spf, spf);
    g_autoptr(GString) details = g_string_new(NULL);
    json_t *nodes = json_array();
    if (spf->mend.n_records > 0)
        tell_tree(&spf->tree, asking->arena, details, nodes);
    add(report, "SPF", &spf->findings, details,
        json_pack("{s:i, s:i, s:o}", "records", (int)spf->mend.n_records, "lookups",
                  (int)(spf->tree.n_nodes > 0 ? spf->tree.nodes[0].n_lookups : 0), "tree", nodes),
        asking->arena);
}

/* -- DKIM ---------------------------------------------------------------------------------------
 */

static gboolean step_dkim(const Asking *asking, OvDnsBook *book, void *section) {
    OvDomainDkim *dkim = section;
    ov_domain_dkim(asking->arena, book, &asking->question, dkim);
    for (guint i = 0; i < dkim->n_selectors && !dkim->pending; i++) {
        dkim->selectors[i].selector = ov_arena_dup(asking->arena, dkim->selectors[i].selector);
        dkim->selectors[i].record = ov_arena_dup(asking->arena, dkim->selectors[i].record);
    }
    return dkim->pending;
}

static void add_dkim(OvDnsReport *report, const Asking *asking) {
    OvDomainDkim *dkim = OV_ARENA_NEW(asking->arena, OvDomainDkim, 1);
    run(asking, step_dkim, dkim);
    g_autoptr(GString) details = g_string_new(NULL);
    json_t *selectors = json_array();
    for (guint i = 0; i < dkim->n_selectors; i++) {
        const OvSelector *selector = &dkim->selectors[i];
        json_array_append_new(selectors,
                              json_pack("{s:o, s:b, s:i, s:b}", "selector",
                                        ov_json_text(dup_slice(asking->arena, selector->selector)),
                                        "found", selector->state == OV_SELECTOR_FOUND, "bits",
                                        (int)selector->bits, "ed25519", selector->ed25519));
    }
    add(report, "DKIM", &dkim->findings, details, json_pack("{s:o}", "selectors", selectors),
        asking->arena);
}

/* -- DMARC --------------------------------------------------------------------------------------
 */

static gboolean step_dmarc(const Asking *asking, OvDnsBook *book, void *section) {
    OvDomainDmarc *dmarc = section;
    ov_domain_dmarc(asking->arena, book, &asking->question, dmarc);
    dmarc->dmarc.record.text = ov_arena_dup(asking->arena, dmarc->dmarc.record.text);
    dmarc->dmarc.domain = ov_arena_dup(asking->arena, dmarc->dmarc.domain);
    return dmarc->pending;
}

static void add_dmarc(OvDnsReport *report, const Asking *asking) {
    OvDomainDmarc *dmarc = OV_ARENA_NEW(asking->arena, OvDomainDmarc, 1);
    run(asking, step_dmarc, dmarc);
    g_autoptr(GString) details = g_string_new(NULL);
    gboolean found = dmarc->dmarc.found;
    if (found)
        g_string_append_printf(details, "%s\n", ov_show(asking->arena, dmarc->dmarc.record.text));
    json_t *facts = json_pack("{s:b}", "found", found);
    if (found) {
        json_object_set_new(facts, "domain",
                            ov_json_text(dup_slice(asking->arena, dmarc->dmarc.domain)));
        json_object_set_new(facts, "policy",
                            json_string(ov_dmarc_policy_name(dmarc->dmarc.policy)));
        json_object_set_new(facts, "record",
                            ov_json_text(dup_slice(asking->arena, dmarc->dmarc.record.text)));
    }
    add(report, "DMARC", &dmarc->findings, details, facts, asking->arena);
}

/* -- MX -----------------------------------------------------------------------------------------
 */

static gboolean step_mx(const Asking *asking, OvDnsBook *book, void *section) {
    OvDomainMx *mx = section;
    ov_domain_mx(asking->arena, book, &asking->question, mx);
    for (guint i = 0; i < mx->n_exchangers && !mx->pending; i++)
        mx->exchangers[i].name = ov_arena_dup(asking->arena, mx->exchangers[i].name);
    return mx->pending;
}

static void add_mx(OvDnsReport *report, const Asking *asking) {
    OvDomainMx *mx = OV_ARENA_NEW(asking->arena, OvDomainMx, 1);
    run(asking, step_mx, mx);
    g_autoptr(GString) details = g_string_new(NULL);
    json_t *exchangers = json_array();
    for (guint i = 0; i < mx->n_exchangers; i++) {
        const OvExchanger *exchanger = &mx->exchangers[i];
        const char *name = dup_slice(asking->arena, exchanger->name);
        g_string_append_printf(details, "%u %s\n", exchanger->preference,
                               ov_show(asking->arena, exchanger->name));
        json_array_append_new(exchangers,
                              json_pack("{s:i, s:o, s:b}", "preference", (int)exchanger->preference,
                                        "name", ov_json_text(name), "right",
                                        exchanger->state == OV_EXCHANGER_RIGHT));
    }
    add(report, "MX", &mx->findings, details, json_pack("{s:o}", "exchangers", exchangers),
        asking->arena);
}

/* -- the whole ----------------------------------------------------------------------------------
 */

void ov_dns_report_domain(OvDnsReport *report, OvResolver *resolver, const OvSettings *settings,
                          OvSlice domain, const char *const *selectors, OvArena *arena) {
    const OvEgress *egress = &settings->egress.all;
    guint n = MIN(egress->n_points, OV_EGRESS_MAX_POINTS);
    OvIpAddress *addresses = OV_ARENA_NEW(arena, OvIpAddress, n);
    for (guint i = 0; i < n; i++)
        addresses[i] = egress->points[i].address;
    Asking asking = {
        .arena = arena,
        .resolver = resolver,
        .question = {domain, addresses, n, ov_slice(settings->egress.common.helo), selectors},
    };
    *report = (OvDnsReport){.name = dup_slice(arena, domain)};
    add_spf(report, &asking);
    add_dkim(report, &asking);
    add_dmarc(report, &asking);
    add_mx(report, &asking);
}

typedef struct {
    OvIpAddress address;
    OvSlice helo;
    OvFindings findings;
} Address;

static gboolean step_address(const Asking *asking, OvDnsBook *book, void *section) {
    Address *address = section;
    OvEgressCheck check;
    ov_egress_check(asking->arena, book, &address->address, address->helo, &check);
    if (check.pending)
        return TRUE;
    check.reverse.name = ov_arena_dup(asking->arena, check.reverse.name);
    check.helo = ov_arena_dup(asking->arena, check.helo);
    ov_findings_init(&address->findings, asking->arena);
    ov_egress_findings(&check, &address->findings);
    return FALSE;
}

/* The name that the settings have for an address, else that of [egress]. */
static const char *helo_of(const OvSettings *settings, const OvIpAddress *address) {
    const OvEgress *all = &settings->egress.all;
    for (guint i = 0; i < all->n_points; i++)
        if (ov_ip_address_in(address, &all->points[i].address, address->length * 8U))
            return all->points[i].helo;
    return settings->egress.common.helo;
}

void ov_dns_report_address(OvDnsReport *report, OvResolver *resolver, const OvSettings *settings,
                           const OvIpAddress *address, OvArena *arena) {
    Asking asking = {.arena = arena, .resolver = resolver};
    Address *section = OV_ARENA_NEW(arena, Address, 1);
    section->address = *address;
    section->helo = ov_slice(helo_of(settings, address));
    run(&asking, step_address, section);
    g_autoptr(GString) details = g_string_new(NULL);
    *report = (OvDnsReport){.name = ov_ip_address_text(arena, address)};
    add(report, "Reverse DNS and HELO", &section->findings, details,
        json_pack("{s:o}", "helo", ov_json_text(section->helo.data)), arena);
}

void ov_dns_report_clear(OvDnsReport *report) {
    for (guint i = 0; i < report->n_sections; i++)
        json_decref(report->sections[i].facts);
    report->n_sections = 0;
}

gboolean ov_dns_report_has(const OvDnsReport *report, OvFindingKind kind) {
    for (guint i = 0; i < report->n_sections; i++)
        if (ov_findings_has(report->sections[i].findings, kind))
            return TRUE;
    return FALSE;
}
