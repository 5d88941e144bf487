#include "rules/address.h"
#include "rules/known_domains.h"
#include "rules/measure_header.h"
#include "rules/parameter.h"
#include "rules/sender_name.h"
#include "rules/subject.h"

const char *ov_address_fault_words(guint faults) {
    static const struct {
        guint fault;
        const char *words;
    } table[] = {
        {OV_ADDRESS_SYNTAX, "a bracket or quote is not closed, or text stands around the address"},
        {OV_ADDRESS_NO_AT, "there is no @"},
        {OV_ADDRESS_EMPTY_LOCAL, "nothing stands before the @"},
        {OV_ADDRESS_LONG_LOCAL, "more than 64 octets stand before the @"},
        {OV_ADDRESS_EMPTY_DOMAIN, "nothing stands after the @"},
        {OV_ADDRESS_LONG_DOMAIN, "the domain is longer than 255 octets"},
        {OV_ADDRESS_BAD_LABEL, "a label of the domain is empty, too long, or has - at an end"},
        {OV_ADDRESS_BAD_CHARACTER, "it has characters that an address may not have"},
        {OV_ADDRESS_LITERAL, "it has an IP address in place of a domain"},
        {OV_ADDRESS_NO_DOT, "the domain has no dot"},
        {OV_ADDRESS_BAD_IDN, "the domain is no valid international name"},
        {OV_ADDRESS_UTF8_LOCAL, "it is not ASCII, which needs SMTPUTF8"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(table); i++)
        if (faults & table[i].fault)
            return table[i].words;
    return "";
}

/* The faults of a list that matter: an address that is not ASCII is none with SMTPUTF8, nor where
 * nobody knows. */
static guint faults_of(const OvMeasure *measure, const OvAddressList *list) {
    const OvEnvelope *envelope = measure->message->envelope;
    guint mask = OV_ADDRESS_INVALID;
    if (envelope->smtputf8_known && !envelope->smtputf8)
        mask |= OV_ADDRESS_UTF8_LOCAL;
    return list->faults & mask;
}

/* Top-level domains that names of people and things rarely end in by chance. */
static gboolean is_familiar_suffix(OvSlice label) {
    static const char *const suffixes[] = {
        "app", "at", "au", "be",  "biz", "br", "ca", "ch", "cn", "co",   "com", "cz", "de",
        "dk",  "es", "eu", "fr",  "gov", "gr", "hu", "ie", "in", "info", "it",  "jp", "mx",
        "net", "nl", "no", "org", "pl",  "pt", "ro", "ru", "se", "shop", "tr",  "uk", "us",
    };
    for (guint i = 0; i < G_N_ELEMENTS(suffixes); i++)
        if (ov_slice_equal_nocase(label, ov_slice(suffixes[i])))
            return TRUE;
    return FALSE;
}

static OvSlice after_last(OvSlice text, char separator) {
    const char *at = text.length > 0 ? memrchr(text.data, separator, text.length) : NULL;
    if (!at)
        return text;
    return (OvSlice){at + 1, (gsize)(text.data + text.length - at - 1)};
}

/* The organisational domain that a word of a display name shows, or the empty slice. */
static OvSlice organisation_of_word(OvArena *arena, OvSlice word, gboolean *address) {
    OvSlice domain = after_last(word, '@');
    *address = domain.length < word.length;
    while (domain.length > 0 && domain.data[domain.length - 1] == '.')
        domain.length--;
    if (domain.length > 255 || !is_familiar_suffix(after_last(domain, '.')))
        return (OvSlice){NULL, 0};
    guint faults = 0;
    domain = ov_domain_canonical(arena, domain, &faults);
    if (faults)
        return (OvSlice){NULL, 0};
    OvSlice organisation = ov_organisational_domain(domain);
    /* "St.John.de" is possible, "B.de" is an initial. */
    return ov_first_label(organisation).length >= 3 ? organisation : (OvSlice){NULL, 0};
}

/* amazon.de under amazon.com is the same house. */
static gboolean is_same_house(OvSlice one, OvSlice other) {
    return ov_slice_equal_nocase(ov_first_label(one), ov_first_label(other));
}

static void measure_display_name(OvMeasure *measure, OvSlice name, OvSlice organisation) {
    enum { MAX_WORDS = 64 };
    OvSlice shown = OV_SLICE_LITERAL("");
    gboolean shown_address = FALSE;
    gsize at = 0;
    for (guint words = 0; words < MAX_WORDS && at < name.length && !shown_address; words++) {
        gsize start = at;
        while (at < name.length && !strchr(" \t\r\n()<>[]\"',;:/|!?", name.data[at]))
            at++;
        gboolean address;
        OvSlice found = organisation_of_word(measure->arena,
                                             (OvSlice){name.data + start, at - start}, &address);
        if (found.length > 0 && !is_same_house(found, organisation)) {
            shown = found;
            shown_address = address;
        }
        at++;
    }
    OvSlice house = ov_sender_house(measure->arena, name);
    OvHouseDomain domain = ov_house_domain(organisation, house);
    if (domain == OV_HOUSE_OWN)
        house = OV_SLICE_LITERAL("");
    ov_facts_set_text(measure->facts, OV_FACT_HEADER_FROM_NAME_HOUSE, house);
    ov_facts_set_truth(measure->facts, OV_FACT_HEADER_FROM_NAME_HOUSE_NAMED,
                       house.length > 0 && domain == OV_HOUSE_NAMED);
    ov_facts_set_number(measure->facts, OV_FACT_HEADER_FROM_NAME_STYLED, ov_styled_letters(name));
    ov_facts_set_text(measure->facts, OV_FACT_HEADER_FROM_NAME_DOMAIN, shown);
    ov_facts_set_truth(measure->facts, OV_FACT_HEADER_FROM_NAME_ADDRESS, shown_address);
}

/* A DKIM-Signature of the From's own organisation: mail that its author's provider already let
 * pass and that is on its way through us. Whether it verifies is not asked here. */
static gboolean is_signed_by(OvMeasure *measure, OvSlice organisation) {
    enum { MAX_SIGNATURES = 10 };
    const OvHeader *header = measure->message->header;
    guint seen = 0;
    for (guint i = 0; i < header->n_fields && seen < MAX_SIGNATURES; i++) {
        if (header->fields[i].id != OV_FIELD_DKIM_SIGNATURE)
            continue;
        seen++;
        OvSlice domain = ov_parameter_find(measure->arena, header->fields[i].value, "d");
        domain = ov_domain_canonical(measure->arena, domain, NULL);
        if (organisation.length > 0 &&
            ov_slice_equal_nocase(ov_organisational_domain(domain), organisation))
            return TRUE;
    }
    return FALSE;
}

/* The first mailbox with an @, else the first. n_addresses gets how many have one: in
 * `Muster, Anna <anna@example.org>` that is one, though a comma parts two. */
static const OvMailbox *find_author(const OvAddressList *list, guint *n_addresses) {
    const OvMailbox *author = NULL;
    *n_addresses = 0;
    for (guint i = 0; i < list->n_mailboxes; i++) {
        if (list->mailboxes[i].faults & OV_ADDRESS_NO_AT)
            continue;
        (*n_addresses)++;
        if (!author)
            author = &list->mailboxes[i];
    }
    return author || list->n_mailboxes == 0 ? author : &list->mailboxes[0];
}

static const char *from_fault(const OvMeasure *measure, const OvAddressList *list,
                              guint n_addresses) {
    if (n_addresses > 0 && n_addresses < list->n_mailboxes)
        return "a name with a comma needs quotation marks";
    return ov_address_fault_words(faults_of(measure, list));
}

static void measure_from(OvMeasure *measure) {
    OvFacts *facts = measure->facts;
    const OvField *field = ov_header_find(measure->message->header, OV_FIELD_FROM);
    if (!field)
        return;
    const OvAddressList *list = ov_address_list_parse(measure->arena, field->value);
    gboolean empty =
        list->n_mailboxes == 0 && (list->n_groups > 0 || ov_slice_trim(field->value).length == 0);
    ov_facts_set_truth(facts, OV_FACT_HEADER_FROM_EMPTY, empty);
    ov_facts_set_text(facts, OV_FACT_HEADER_FROM_TEXT, ov_field_text(measure->arena, field));
    guint n_addresses;
    const OvMailbox *author = find_author(list, &n_addresses);
    ov_facts_set_number(facts, OV_FACT_HEADER_FROM_ADDRESSES, n_addresses);
    ov_facts_set_text(facts, OV_FACT_HEADER_FROM_FAULT,
                      ov_slice(empty ? "" : from_fault(measure, list, n_addresses)));
    if (list->obsolete & OV_ADDRESS_OBS_ROUTE)
        ov_measure_obsolete(measure, "a route in an address");
    if (!author)
        return;
    OvSlice organisation = ov_organisational_domain(author->domain);
    ov_measure_set_text(measure, OV_FACT_HEADER_FROM_ADDRESS, author->address);
    ov_measure_set_text(measure, OV_FACT_HEADER_FROM_DOMAIN, author->domain);
    ov_measure_set_text(measure, OV_FACT_HEADER_FROM_ORGANISATION, organisation);
    ov_facts_set_truth(facts, OV_FACT_HEADER_FROM_RESERVED, ov_domain_is_reserved(author->domain));
    ov_facts_set_truth(facts, OV_FACT_HEADER_FROM_FREEMAIL, ov_domain_is_freemail(author->domain));
    ov_facts_set_truth(facts, OV_FACT_HEADER_FROM_SIGNED, is_signed_by(measure, organisation));
    ov_facts_set_text(facts, OV_FACT_HEADER_FROM_NAME, author->name);
    measure_display_name(measure, author->name, organisation);
}

static void measure_sender(OvMeasure *measure) {
    OvFacts *facts = measure->facts;
    const OvField *field = ov_header_find(measure->message->header, OV_FIELD_SENDER);
    if (!field)
        return;
    const OvAddressList *list = ov_address_list_parse(measure->arena, field->value);
    ov_facts_set_number(facts, OV_FACT_HEADER_SENDER_MAILBOXES, list->n_mailboxes);
    ov_facts_set_text(facts, OV_FACT_HEADER_SENDER_TEXT, ov_field_text(measure->arena, field));
    ov_facts_set_text(facts, OV_FACT_HEADER_SENDER_FAULT,
                      ov_slice(ov_address_fault_words(faults_of(measure, list))));
    if (list->n_mailboxes > 0)
        ov_measure_set_text(measure, OV_FACT_HEADER_SENDER_ORGANISATION,
                            ov_organisational_domain(list->mailboxes[0].domain));
}

static void measure_reply_to(OvMeasure *measure) {
    OvFacts *facts = measure->facts;
    const OvField *field = ov_header_find(measure->message->header, OV_FIELD_REPLY_TO);
    if (!field)
        return;
    const OvAddressList *list = ov_address_list_parse(measure->arena, field->value);
    const char *fault = list->n_mailboxes == 0 ? "there is no address in it"
                                               : ov_address_fault_words(faults_of(measure, list));
    ov_facts_set_text(facts, OV_FACT_HEADER_REPLY_TO_FAULT, ov_slice(fault));
    ov_facts_set_text(facts, OV_FACT_HEADER_REPLY_TO_TEXT, ov_field_text(measure->arena, field));
    if (list->n_mailboxes == 0)
        return;
    OvSlice domain = list->mailboxes[0].domain;
    ov_measure_set_text(measure, OV_FACT_HEADER_REPLY_TO_DOMAIN, domain);
    ov_measure_set_text(measure, OV_FACT_HEADER_REPLY_TO_ORGANISATION,
                        ov_organisational_domain(domain));
    gboolean freemail = ov_domain_is_freemail(domain);
    ov_facts_set_truth(facts, OV_FACT_HEADER_REPLY_TO_FREEMAIL, freemail);
    const OvValue *from = &facts->value[OV_FACT_HEADER_FROM_ADDRESS];
    ov_facts_set_truth(facts, OV_FACT_HEADER_REPLY_TO_OTHER_MAILBOX,
                       freemail && ov_facts_truth(facts, OV_FACT_HEADER_FROM_FREEMAIL) &&
                           !(from->type == OV_TEXT &&
                             ov_slice_equal_nocase(from->text, list->mailboxes[0].address)));
}

void ov_measure_identity(OvMeasure *measure) {
    measure_from(measure);
    measure_sender(measure);
    measure_reply_to(measure);
}
