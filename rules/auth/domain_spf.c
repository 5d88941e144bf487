#include "rules/auth/domain_check.h"
#include "rules/auth/show.h"
#include "rules/auth/spf_record.h"

static void check_address(OvArena *arena, OvDnsBook *book, const OvDomainQuestion *question,
                          const OvIpAddress *address, OvDomainSpf *spf) {
    OvSpf *result = &spf->results[spf->n_results++];
    OvSpfQuestion one = {
        .address = *address,
        .sender = ov_slice(ov_arena_printf(arena, "postmaster@%.*s", (int)question->domain.length,
                                           question->domain.data)),
        .helo = question->helo,
    };
    ov_spf_check_mail_from(arena, book, &one, result);
    spf->pending |= result->result == OV_SPF_PENDING;
    const char *text = ov_ip_address_text(arena, address);
    if (result->result == OV_SPF_PASS)
        ov_find(&spf->findings, OV_FINDING_FINE, "%s may send: pass by %s", text,
                ov_show(arena, result->term));
    else
        ov_find(&spf->findings,
                result->result == OV_SPF_TEMPERROR ? OV_FINDING_UNKNOWN : OV_FINDING_MEND,
                "%s, from which mail leaves: %s, %s", text, ov_spf_result_name(result->result),
                result->reason);
}

static gboolean is_readable(const OvSpfTree *tree) {
    return tree->n_nodes > 0 && tree->nodes[0].state == OV_SPF_NODE_RECORD;
}

static void tell_of_record(const OvDomainQuestion *question, OvDomainSpf *spf) {
    OvFindings *findings = &spf->findings;
    if (is_readable(&spf->tree) && spf->tree.nodes[0].n_lookups <= OV_SPF_MAX_LOOKUPS)
        ov_find(findings, OV_FINDING_FINE, "it takes %u of the %d DNS look-ups that receivers do",
                spf->tree.nodes[0].n_lookups, OV_SPF_MAX_LOOKUPS);
    if (spf->tree.cut)
        ov_find(findings, OV_FINDING_NOTE, "it leads to more than %d records",
                OV_SPF_TREE_MAX_NODES);
    if (question->n_addresses == 0)
        ov_find(findings, OV_FINDING_UNKNOWN,
                "which addresses mail leaves from is not known: set addresses in [egress], or give "
                "--egress IP");
}

/* The last word on all other addresses. */
static void tell_of_all(OvDomainSpf *spf) {
    OvSlice rest;
    OvSpfTerm term;
    const char *why;
    if (!is_readable(&spf->tree) || !ov_spf_record_is(spf->tree.nodes[0].record, &rest))
        return;
    while (ov_spf_term_next(&rest, &term, &why) == OV_SPF_TERM) {
        if (term.kind == OV_SPF_REDIRECT)
            return;
        if (term.kind != OV_SPF_ALL)
            continue;
        if (term.qualifier == '?')
            ov_find(&spf->findings, OV_FINDING_NOTE,
                    "?all says nothing of other servers; ~all marks what is not yours");
        return;
    }
    ov_find(&spf->findings, OV_FINDING_NOTE,
            "it ends without all, which says nothing of other servers; ~all marks what is not "
            "yours");
}

static const char *remark(const OvDomainSpf *spf) {
    if (spf->mend.n_records == 0)
        return "When you know that no other server sends in this name, turn ~all into -all.";
    return spf->mend.n_records == 1 ? "In place of the SPF record that is there."
                                    : "In place of all the SPF records that are there.";
}

void ov_domain_spf(OvArena *arena, OvDnsBook *book, const OvDomainQuestion *question,
                   OvDomainSpf *spf) {
    spf->pending = FALSE;
    spf->n_results = 0;
    ov_findings_init(&spf->findings, arena);
    OvSpfMendQuestion mending = {question->domain, question->addresses,
                                 MIN(question->n_addresses, OV_EGRESS_MAX_POINTS), question->helo};
    ov_spf_mend(arena, book, &mending, &spf->findings, &spf->mend);
    ov_spf_tree_read(arena, book, question->domain, &spf->tree);
    spf->pending = spf->mend.pending || spf->tree.pending;
    if (spf->mend.n_records > 0) {
        tell_of_all(spf);
        for (guint i = 0; i < mending.n_addresses; i++)
            check_address(arena, book, question, &question->addresses[i], spf);
    }
    tell_of_record(question, spf);
    if (spf->mend.record.length > 0)
        ov_findings_want(&spf->findings, question->domain, "TXT", spf->mend.record, remark(spf));
}
