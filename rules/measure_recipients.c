#include "rules/known_domains.h"
#include "rules/measure_header.h"

enum { MAX_ORGANISATIONS = 64 };

/* Different organisational domains, as many as are told apart. */
typedef struct {
    OvSlice domain[MAX_ORGANISATIONS];
    guint n;
} Organisations;

static void organisations_add(Organisations *set, OvSlice domain) {
    for (guint i = 0; i < set->n; i++)
        if (ov_slice_equal_nocase(set->domain[i], domain))
            return;
    if (set->n < MAX_ORGANISATIONS)
        set->domain[set->n++] = domain;
}

static const OvAddressList *list_of(OvMeasure *measure, OvFieldId id) {
    static const OvAddressList none;
    const OvField *field = ov_header_find(measure->message->header, id);
    return field ? ov_address_list_parse(measure->arena, field->value) : &none;
}

/* Local names without a dot, and IP addresses, are no fault of syntax in To and Cc. */
static const guint harmless = OV_ADDRESS_NO_DOT | OV_ADDRESS_LITERAL;

static gboolean is_only(const OvAddressList *list, OvSlice address) {
    for (guint i = 0; i < list->n_mailboxes; i++)
        if (!ov_slice_equal_nocase(list->mailboxes[i].address, address))
            return FALSE;
    return TRUE;
}

static gboolean are_neighbours(const OvMailbox *one, const OvMailbox *other) {
    enum { ALIKE = 3 };
    return one->local.length >= ALIKE && other->local.length >= ALIKE &&
           g_ascii_strncasecmp(one->local.data, other->local.data, ALIKE) == 0 &&
           !ov_slice_equal_nocase(one->local, other->local) &&
           !ov_slice_equal_nocase(ov_organisational_domain(one->domain),
                                  ov_organisational_domain(other->domain));
}

static guint count_alike(const OvAddressList *list) {
    guint n = 0;
    for (guint i = 1; i < list->n_mailboxes; i++)
        n += are_neighbours(&list->mailboxes[i - 1], &list->mailboxes[i]) ? 1 : 0;
    return n;
}

static void measure_visible(OvMeasure *measure) {
    OvFacts *facts = measure->facts;
    const OvAddressList *to = list_of(measure, OV_FIELD_TO), *cc = list_of(measure, OV_FIELD_CC);
    guint visible = to->n_mailboxes + cc->n_mailboxes;
    ov_facts_set_number(facts, OV_FACT_HEADER_RECIPIENTS_VISIBLE, visible);
    ov_facts_set_truth(facts, OV_FACT_HEADER_TO_UNDISCLOSED, visible == 0 && to->n_groups > 0);

    const OvValue *from = &facts->value[OV_FACT_HEADER_FROM_ADDRESS];
    ov_facts_set_truth(facts, OV_FACT_HEADER_TO_SELF,
                       visible > 0 && from->type == OV_TEXT && is_only(to, from->text) &&
                           is_only(cc, from->text));

    ov_facts_set_number(facts, OV_FACT_HEADER_RECIPIENTS_ALIKE, count_alike(to));
    Organisations set = {.n = 0};
    for (guint i = 0; i < to->n_mailboxes; i++)
        organisations_add(&set, ov_organisational_domain(to->mailboxes[i].domain));
    for (guint i = 0; i < cc->n_mailboxes; i++)
        organisations_add(&set, ov_organisational_domain(cc->mailboxes[i].domain));
    ov_facts_set_number(facts, OV_FACT_HEADER_RECIPIENTS_ORGANISATIONS, set.n);

    guint faults = (to->faults | cc->faults) & OV_ADDRESS_INVALID & ~harmless;
    ov_facts_set_text(facts, OV_FACT_HEADER_RECIPIENTS_FAULT,
                      ov_slice(ov_address_fault_words(faults)));
    ov_facts_set_number(facts, OV_FACT_HEADER_BCC_MAILBOXES,
                        list_of(measure, OV_FIELD_BCC)->n_mailboxes);
}

static void measure_envelope_recipients(OvMeasure *measure) {
    const OvEnvelope *envelope = measure->message->envelope;
    const OvValue *from = &measure->facts->value[OV_FACT_HEADER_FROM_ORGANISATION];
    gboolean outbound = envelope->n_recipients == 0;
    guint foreign = 0;
    for (guint i = 0; i < envelope->n_recipients; i++) {
        OvSlice address = ov_slice(envelope->recipients[i]);
        const char *at = address.length > 0 ? memrchr(address.data, '@', address.length) : NULL;
        if (!at)
            continue;
        OvSlice domain = {at + 1, (gsize)(address.data + address.length - at - 1)};
        domain = ov_domain_canonical(measure->arena, domain, NULL);
        if (domain.length > 0 && memchr(domain.data, '.', domain.length) &&
            !ov_domain_is_reserved(domain))
            outbound = TRUE;
        if (from->type == OV_TEXT &&
            !ov_slice_equal_nocase(ov_organisational_domain(domain), from->text))
            foreign++;
    }
    ov_facts_set_truth(measure->facts, OV_FACT_MESSAGE_OUTBOUND, outbound);
    if (from->type == OV_TEXT)
        ov_facts_set_number(measure->facts, OV_FACT_MESSAGE_RECIPIENTS_FOREIGN, foreign);
}

void ov_measure_recipients(OvMeasure *measure) {
    const OvEnvelope *envelope = measure->message->envelope;
    measure_visible(measure);
    measure_envelope_recipients(measure);
    if (envelope->traps_known)
        ov_facts_set_number(measure->facts, OV_FACT_MESSAGE_TRAP_RECIPIENTS,
                            envelope->trap_recipients);
}
