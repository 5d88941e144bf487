#include "rules/own_domains.h"

#include "rules/address.h"
#include "rules/known_domains.h"
#include "rules/parameter.h"

enum { MAX_SIGNATURES = 10, LEAST_LABEL = 4 };

gboolean ov_is_same_house(OvSlice organisation, OvSlice other) {
    if (organisation.length == 0 || other.length == 0)
        return FALSE;
    if (ov_slice_equal_nocase(organisation, other))
        return TRUE;
    OvSlice label = ov_first_label(organisation);
    return label.length >= LEAST_LABEL && !g_ascii_isdigit(label.data[0]) &&
           ov_slice_equal_nocase(label, ov_first_label(other));
}

gboolean ov_own_domains_has(const OvOwnDomains *own, OvSlice organisation) {
    for (guint i = 0; i < own->n_domains; i++)
        if (ov_is_same_house(own->domains[i], organisation))
            return TRUE;
    return FALSE;
}

static void add(OvOwnDomains *own, OvSlice domain) {
    OvSlice organisation = ov_organisational_domain(domain);
    if (organisation.length == 0 || ov_domain_is_freemail(organisation) ||
        own->n_domains == OV_OWN_MAX_DOMAINS)
        return;
    for (guint i = 0; i < own->n_domains; i++)
        if (ov_slice_equal_nocase(own->domains[i], organisation))
            return;
    own->domains[own->n_domains++] = organisation;
}

static void add_address(OvMeasure *measure, OvOwnDomains *own, OvSlice address) {
    OvMailbox mailbox;
    ov_address_parse(measure->arena, address, &mailbox);
    add(own, mailbox.domain);
}

static void add_field(OvMeasure *measure, OvOwnDomains *own, OvFieldId id) {
    const OvField *field = ov_header_find(measure->message->header, id);
    if (!field)
        return;
    const OvAddressList *list = ov_address_list_parse(measure->arena, field->value);
    if (list->n_mailboxes > 0)
        add(own, list->mailboxes[0].domain);
}

void ov_own_domains_read(OvMeasure *measure, OvOwnDomains *own) {
    const OvHeader *header = measure->message->header;
    own->n_domains = 0;
    const OvValue *from = &measure->facts->value[OV_FACT_HEADER_FROM_DOMAIN];
    if (from->type == OV_TEXT)
        add(own, from->text);
    const char *sender = measure->message->envelope->sender;
    if (sender && *sender)
        add_address(measure, own, ov_slice(sender));
    add_field(measure, own, OV_FIELD_SENDER);
    add_field(measure, own, OV_FIELD_RETURN_PATH);
    guint seen = 0;
    for (guint i = 0; i < header->n_fields && seen < MAX_SIGNATURES; i++) {
        if (header->fields[i].id != OV_FIELD_DKIM_SIGNATURE)
            continue;
        seen++;
        OvSlice domain = ov_parameter_find(measure->arena, header->fields[i].value, "d");
        add(own, ov_domain_canonical(measure->arena, domain, NULL));
    }
}
