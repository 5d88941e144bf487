#include "rules/address.h"
#include "rules/auth/dmarc_record.h"
#include "rules/auth/domain_name.h"
#include "rules/auth/mail_domain.h"
#include "rules/auth/show.h"
#include "rules/known_domains.h"
#include "rules/measure_dns.h"

/* Names of which the public DNS knows; the empty slice for others. */
static OvSlice public_domain(OvSlice domain) {
    if (!ov_domain_name_is(domain) || ov_domain_is_reserved(domain))
        return (OvSlice){NULL, 0};
    return domain;
}

static OvSlice envelope_domain(OvMeasure *measure) {
    const char *sender = measure->message->envelope->sender;
    const char *at = sender ? strrchr(sender, '@') : NULL;
    if (!at)
        return (OvSlice){NULL, 0};
    return public_domain(ov_domain_canonical(measure->arena, ov_slice(at + 1), NULL));
}

static OvSlice author_domain(const OvFacts *facts) {
    const OvValue *fault = &facts->value[OV_FACT_HEADER_FROM_FAULT],
                  *domain = &facts->value[OV_FACT_HEADER_FROM_DOMAIN];
    if (fault->type != OV_TEXT || fault->text.length > 0 || domain->type != OV_TEXT)
        return (OvSlice){NULL, 0};
    return public_domain(domain->text);
}

static void set_sender(OvFacts *facts, const OvMailDomainCheck *sender) {
    if (sender->state == OV_MAIL_DOMAIN_PENDING || sender->state == OV_MAIL_DOMAIN_UNKNOWN)
        return;
    ov_facts_set_truth(facts, OV_FACT_DNS_SENDER_MISSING,
                       sender->state == OV_MAIL_DOMAIN_NO_NAME ||
                           sender->state == OV_MAIL_DOMAIN_NO_ADDRESS);
    ov_facts_set_truth(facts, OV_FACT_DNS_SENDER_NULL_MX, sender->state == OV_MAIL_DOMAIN_NULL_MX);
}

static void set_exchangers(OvMeasure *measure, OvSlice domain, const OvMailDomainCheck *check) {
    ov_facts_set_truth(measure->facts, OV_FACT_DNS_MX_ABSENT, check->only_address);
    ov_facts_set_text(measure->facts, OV_FACT_DNS_MX_DOMAIN,
                      ov_slice(ov_show(measure->arena, domain)));
    ov_facts_set_text(measure->facts, OV_FACT_DNS_MX_FAULT,
                      check->fault == OV_EXCHANGER_RIGHT
                          ? OV_SLICE_LITERAL("")
                          : ov_slice(ov_arena_printf(measure->arena, "%s %s",
                                                     ov_show(measure->arena, check->exchanger),
                                                     ov_exchanger_words(check->fault))));
}

/* Something is to be mended there. */
static gboolean has_fault(const OvMailDomainCheck *check) {
    return check->fault != OV_EXCHANGER_RIGHT || check->only_address;
}

/* Answers of other kinds at the name of the DMARC record, which the walk for DMARC asks too. */
static gboolean measure_wildcard(OvMeasure *measure, OvSlice author) {
    const char *name =
        ov_arena_printf(measure->arena, "_dmarc.%.*s", (int)author.length, author.data);
    const OvDnsAnswer *answer =
        ov_dns_look_up(measure->message->envelope->dns, ov_slice(name), OV_DNS_TXT);
    if (answer->status == OV_DNS_PENDING || answer->status == OV_DNS_FAILED)
        return answer->status == OV_DNS_PENDING;
    gboolean meant = FALSE;
    for (guint i = 0; i < answer->n_records; i++)
        meant = meant || ov_dmarc_record_is(answer->records[i].data) ||
                ov_dmarc_record_was_meant(answer->records[i].data);
    ov_facts_set_truth(measure->facts, OV_FACT_DNS_WILDCARD_TXT, answer->n_records > 0 && !meant);
    return FALSE;
}

gboolean ov_measure_sender_domain(OvMeasure *measure) {
    OvDnsBook *book = measure->message->envelope->dns;
    if (!ov_facts_truth(measure->facts, OV_FACT_MESSAGE_OUTBOUND))
        return FALSE;
    OvSlice sender = envelope_domain(measure), author = author_domain(measure->facts);
    OvMailDomainCheck of_sender = {.fault = OV_EXCHANGER_RIGHT}, of_author = of_sender;
    gboolean pending = FALSE, known = TRUE;
    if (sender.length > 0) {
        ov_facts_set_text(measure->facts, OV_FACT_DNS_SENDER_DOMAIN, sender);
        ov_mail_domain_check(book, sender, &of_sender);
        set_sender(measure->facts, &of_sender);
        pending |= of_sender.state == OV_MAIL_DOMAIN_PENDING;
        known &= of_sender.known;
    }
    if (author.length > 0) {
        ov_mail_domain_check(book, author, &of_author);
        pending |= of_author.state == OV_MAIL_DOMAIN_PENDING;
        known &= of_author.known;
        pending |= measure_wildcard(measure, author);
    }
    if (pending)
        return TRUE;
    /* A fault that is found is told although of the other domain nothing is known. */
    if (has_fault(&of_sender))
        set_exchangers(measure, sender, &of_sender);
    else if (has_fault(&of_author) || (known && author.length > 0))
        set_exchangers(measure, author, &of_author);
    return FALSE;
}
