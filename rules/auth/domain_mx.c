#include "rules/auth/domain_check.h"
#include "rules/auth/show.h"

static gboolean is_empty(OvDnsStatus status) {
    return status == OV_DNS_NO_NAME || status == OV_DNS_NO_DATA;
}

static const struct {
    OvFindingKind kind;
    const char *text;
} states[] = {
    [OV_EXCHANGER_PENDING] = {OV_FINDING_UNKNOWN, "is being looked up"},
    [OV_EXCHANGER_UNKNOWN] = {OV_FINDING_UNKNOWN, "the DNS gave no answer for it"},
    [OV_EXCHANGER_RIGHT] = {OV_FINDING_FINE, "has an address"},
    [OV_EXCHANGER_NO_NAME] = {OV_FINDING_MEND, "does not exist; delete this MX"},
    [OV_EXCHANGER_NO_ADDRESS] = {OV_FINDING_MEND, "has no address; give it one or delete this MX"},
    [OV_EXCHANGER_IS_ADDRESS] = {OV_FINDING_MEND,
                                 "is an address; give it a name with an A record, and the MX that "
                                 "name"},
    [OV_EXCHANGER_ALIAS] = {OV_FINDING_MEND,
                            "is an alias (CNAME), which an MX must not be (RFC 2181 10.3)"},
    [OV_EXCHANGER_PRIVATE] = {OV_FINDING_MEND,
                              "can be reached from inside a private network alone; name a server "
                              "that the public reaches"},
    [OV_EXCHANGER_NULL] = {OV_FINDING_MEND,
                           "\"0 .\" says that the domain takes no mail; delete it beside others"},
};

/* An alias is mended by what it stands for. */
static void tell_of(OvDnsBook *book, const OvDomainQuestion *question, const OvExchanger *exchanger,
                    OvDomainMx *mx) {
    OvFindings *findings = &mx->findings;
    ov_find(findings, states[exchanger->state].kind, "%u %s %s", exchanger->preference,
            exchanger->state == OV_EXCHANGER_NULL ? "MX"
                                                  : ov_show(findings->arena, exchanger->name),
            states[exchanger->state].text);
    if (exchanger->state != OV_EXCHANGER_ALIAS)
        return;
    const OvDnsAnswer *alias = ov_dns_look_up(book, exchanger->name, OV_DNS_CNAME);
    OvSlice name = alias->n_records > 0 ? alias->records[0].data : exchanger->name;
    ov_findings_want(findings, question->domain, "MX",
                     ov_slice(ov_arena_printf(findings->arena, "%u %.*s", exchanger->preference,
                                              (int)name.length, name.data)),
                     ov_arena_printf(findings->arena, "In place of the MX %s.",
                                     ov_show(findings->arena, exchanger->name)));
}

/* This server, where its name leads somewhere: it is the one that is known. */
static void want_exchanger(OvArena *arena, const OvDomainQuestion *question, OvDomainMx *mx) {
    if (question->helo.length > 0)
        ov_findings_want(
            &mx->findings, question->domain, "MX",
            ov_slice(
                ov_arena_printf(arena, "10 %.*s", (int)question->helo.length, question->helo.data)),
            "Where this server takes the domain's mail, too; else name the server that "
            "does.");
}

static void tell_of_none(OvArena *arena, OvDnsBook *book, const OvDomainQuestion *question,
                         OvDnsStatus status, OvDomainMx *mx) {
    OvFindings *findings = &mx->findings;
    if (status == OV_DNS_NO_NAME) {
        ov_find(findings, OV_FINDING_MEND,
                "the domain does not exist: receivers refuse mail in its name");
        return;
    }
    OvDnsStatus a = ov_dns_look_up(book, question->domain, OV_DNS_A)->status;
    OvDnsStatus aaaa = ov_dns_look_up(book, question->domain, OV_DNS_AAAA)->status;
    mx->pending |= a == OV_DNS_PENDING || aaaa == OV_DNS_PENDING;
    if (a == OV_DNS_FOUND || aaaa == OV_DNS_FOUND) {
        ov_find(findings, OV_FINDING_NOTE,
                "there is no MX; mail goes to the domain's own address (RFC 5321 5.1)");
    } else if (is_empty(a) && is_empty(aaaa)) {
        ov_find(findings, OV_FINDING_MEND,
                "there is neither an MX nor an address: answers and bounces can't be delivered, "
                "and receivers refuse such senders");
        want_exchanger(arena, question, mx);
    } else {
        ov_find(findings, OV_FINDING_UNKNOWN,
                "there is no MX, and the DNS did not tell of an address");
    }
}

void ov_domain_mx(OvArena *arena, OvDnsBook *book, const OvDomainQuestion *question,
                  OvDomainMx *mx) {
    ov_findings_init(&mx->findings, arena);
    mx->n_exchangers = 0;
    const OvDnsAnswer *answer = ov_dns_look_up(book, question->domain, OV_DNS_MX);
    mx->pending = answer->status == OV_DNS_PENDING;
    if (answer->status == OV_DNS_FAILED)
        ov_find(&mx->findings, OV_FINDING_UNKNOWN, "the DNS gave no answer: %s", answer->trouble);
    if (is_empty(answer->status))
        tell_of_none(arena, book, question, answer->status, mx);
    if (answer->n_records == 1 && answer->records[0].data.length == 0) {
        mx->exchangers[mx->n_exchangers++] = (OvExchanger){
            answer->records[0].preference, answer->records[0].data, OV_EXCHANGER_NULL};
        ov_find(
            &mx->findings, OV_FINDING_MEND,
            "a null MX says that the domain takes no mail: receivers refuse it as a sender (RFC "
            "7505 4.2)");
        want_exchanger(arena, question, mx);
        return;
    }
    for (guint i = 0; i < MIN(answer->n_records, OV_DOMAIN_MAX_EXCHANGERS); i++) {
        OvExchanger *exchanger = &mx->exchangers[mx->n_exchangers++];
        *exchanger = (OvExchanger){answer->records[i].preference, answer->records[i].data,
                                   ov_exchanger_find(book, answer->records[i].data)};
        mx->pending |= exchanger->state == OV_EXCHANGER_PENDING;
        tell_of(book, question, exchanger, mx);
    }
}
