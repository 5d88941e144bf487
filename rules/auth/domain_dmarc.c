#include "rules/auth/domain_check.h"

#include "rules/auth/show.h"

static const char *name_of(OvArena *arena, OvSlice domain) {
    return ov_show(arena, domain);
}

static void want(OvDomainDmarc *dmarc, OvSlice domain, const char *value, const char *remark) {
    OvSlice name = ov_slice(
        ov_arena_printf(dmarc->findings.arena, "_dmarc.%.*s", (int)domain.length, domain.data));
    ov_findings_want(&dmarc->findings, name, "TXT", ov_slice(value), remark);
}

/* Reports go to an address that the domain has, where the administrator makes it. */
static const char *reports_to(OvArena *arena, OvSlice domain) {
    return ov_arena_printf(arena, "rua=mailto:dmarc@%.*s", (int)domain.length, domain.data);
}

static void tell_of_none(const OvDomainQuestion *question, OvDomainDmarc *dmarc) {
    OvArena *arena = dmarc->findings.arena;
    OvSlice domain =
        dmarc->dmarc.organisation.length > 0 ? dmarc->dmarc.organisation : question->domain;
    ov_find(&dmarc->findings, OV_FINDING_MEND,
            "there is no DMARC policy: Gmail, Yahoo and Microsoft ask bulk senders for one");
    want(dmarc, domain, ov_arena_printf(arena, "v=DMARC1; p=none; %s", reports_to(arena, domain)),
         "The address must exist; its reports tell who sends in the domain's name.");
}

static void tell_of_policy(OvDomainDmarc *dmarc) {
    OvFindings *findings = &dmarc->findings;
    const OvDmarc *found = &dmarc->dmarc;
    OvArena *arena = findings->arena;
    ov_find(findings, OV_FINDING_FINE, "the policy is %s, by the record at _dmarc.%s",
            ov_dmarc_policy_name(found->policy), name_of(arena, found->domain));
    if (found->record.testing)
        ov_find(findings, OV_FINDING_NOTE,
                "t=y asks receivers for one level less than the record says (%s)",
                ov_dmarc_policy_name(found->published));
    if (found->policy == OV_DMARC_REJECT || found->policy == OV_DMARC_QUARANTINE)
        ov_find(findings, OV_FINDING_NOTE,
                "mail in the domain's name must pass by DKIM, not by SPF alone: forwarding breaks "
                "SPF (RFC 9989 7.4)");
    if (!found->record.reports) {
        ov_find(findings, OV_FINDING_NOTE,
                "no address gets reports (rua), so nobody learns who sends in the domain's name");
        want(dmarc, found->domain,
             ov_arena_printf(arena, "%.*s%s %s", (int)found->record.text.length,
                             found->record.text.data,
                             found->record.text.length > 0 &&
                                     found->record.text.data[found->record.text.length - 1] == ';'
                                 ? ""
                                 : ";",
                             reports_to(arena, found->domain)),
             "In place of the record that is there.");
    }
    if (found->record.old_tags)
        ov_find(findings, OV_FINDING_NOTE,
                "pct, rf and ri mean nothing any more (RFC 9989 appendix C.5.2)");
}

void ov_domain_dmarc(OvArena *arena, OvDnsBook *book, const OvDomainQuestion *question,
                     OvDomainDmarc *dmarc) {
    OvDmarcQuestion asked = {
        .author = question->domain, .spf = OV_IDENTITY_FAILED, .dkim = OV_IDENTITY_FAILED};
    ov_findings_init(&dmarc->findings, arena);
    ov_dmarc_check(arena, book, &asked, &dmarc->dmarc);
    dmarc->pending = dmarc->dmarc.result == OV_DMARC_RESULT_PENDING;
    if (dmarc->pending)
        return;
    if (dmarc->dmarc.fault && *dmarc->dmarc.fault)
        ov_find(&dmarc->findings, OV_FINDING_MEND, "%s", dmarc->dmarc.fault);
    if (dmarc->dmarc.found)
        tell_of_policy(dmarc);
    else if (dmarc->dmarc.result == OV_DMARC_RESULT_NONE)
        tell_of_none(question, dmarc);
    else
        ov_find(&dmarc->findings, OV_FINDING_UNKNOWN, "%s", dmarc->dmarc.reason);
}
