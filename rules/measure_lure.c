#include "rules/address.h"
#include "rules/houses.h"
#include "rules/known_domains.h"
#include "rules/measure_content.h"
#include "rules/measure_header.h"
#include "rules/sender_name.h"
#include "rules/tally.h"
#include "rules/text.h"

enum {
    MOST_RECIPIENTS = 10,
    LEAST_BEGINNING = 6,
    TEXT_OCTETS = 8192, /* of the text that is looked through for houses: a notice is short */
    MOST_HOUSES = 8,
    TIMES = 2, /* that the text names the house that it gives itself out to be of */
};

/* What a link may lead to without being strange. */
typedef struct {
    OvMeasure *measure;
    const OvLinks *links;
    const OvOwnDomains *own;
    OvSlice list, message_id, label;
    OvSlice recipients[MOST_RECIPIENTS];
    guint n_recipients;
} Familiar;

static void find_familiar(Familiar *familiar) {
    OvMeasure *measure = familiar->measure;
    familiar->list = ov_unsubscribe_organisation(measure);
    familiar->message_id =
        ov_organisational_domain(ov_facts_text(measure->facts, OV_FACT_HEADER_MESSAGE_ID_DOMAIN));
    OvSlice from = ov_facts_text(measure->facts, OV_FACT_HEADER_FROM_ORGANISATION);
    if (!ov_facts_truth(measure->facts, OV_FACT_HEADER_FROM_FREEMAIL))
        familiar->label = ov_first_label(from);
    const OvEnvelope *envelope = measure->message->envelope;
    for (guint i = 0; i < envelope->n_recipients && i < MOST_RECIPIENTS; i++) {
        OvMailbox mailbox;
        ov_address_parse(measure->arena, ov_slice(envelope->recipients[i]), &mailbox);
        familiar->recipients[familiar->n_recipients++] = ov_organisational_domain(mailbox.domain);
    }
}

/* One begins with the other: kranichwerke.example and kranichwerke-shop.example. */
static gboolean begins_alike(OvSlice one, OvSlice other) {
    gsize length = MIN(one.length, other.length);
    return length >= LEAST_BEGINNING && memcmp(one.data, other.data, length) == 0;
}

/* The host has the name of From's domain in its own: kranichwerke.helpdesk.example; where anybody
 * makes pages, that very name. */
static gboolean bears_label(OvSlice host, OvSlice label, gboolean loose) {
    while (host.length > 0 && label.length > 0) {
        OvSlice part = ov_first_label(host);
        if (ov_slice_equal(part, label) || (!loose && begins_alike(part, label)))
            return TRUE;
        gsize step = MIN(part.length + 1, host.length);
        host = (OvSlice){host.data + step, host.length - step};
    }
    return FALSE;
}

/* Nobody answers for what is there. */
static gboolean is_loose(const OvLink *link) {
    switch (link->host) {
    case OV_LINK_HOST_SHORTENER:
    case OV_LINK_HOST_BRAND_SHORTENER:
    case OV_LINK_HOST_REDIRECTOR:
    case OV_LINK_HOST_PAGES:
    case OV_LINK_HOST_SITE:
        return TRUE;
    default:
        return link->target.host_kind != OV_HOST_NAME;
    }
}

static gboolean is_own(const Familiar *familiar, const OvLink *link) {
    const OvTarget *target = &link->target;
    return ov_own_domains_has(familiar->own, target->organisation) ||
           ov_is_same_house(familiar->list, target->organisation) ||
           ov_is_same_house(familiar->message_id, target->organisation) ||
           bears_label(target->host, familiar->label, is_loose(link));
}

static gboolean is_recipients(const Familiar *familiar, OvSlice organisation) {
    for (guint i = 0; i < familiar->n_recipients; i++)
        if (!ov_domain_is_freemail(familiar->recipients[i]) &&
            ov_is_same_house(familiar->recipients[i], organisation))
            return TRUE;
    return FALSE;
}

static gboolean is_to_click(const OvLink *link) {
    return ov_link_is_web(link) && !link->form && !link->quoted && link->role == OV_LINK_CONTENT;
}

static gboolean is_strange(const Familiar *familiar, const OvLink *link) {
    if (link->target.private_use)
        return FALSE;
    if (is_loose(link))
        return TRUE;
    return link->host == OV_LINK_HOST_ORDINARY && !ov_is_house(link->target.organisation) &&
           !is_recipients(familiar, link->target.organisation);
}

static gboolean has_page(const OvTarget *target) {
    return target->path.length > 1 || target->query.length > 0;
}

/* The house belongs to the sender, a recipient or a page that is linked to. */
static gboolean is_of_theirs(const Familiar *familiar, OvSlice house) {
    for (guint i = 0; i < familiar->own->n_domains; i++)
        if (ov_house_domain(familiar->own->domains[i], house) != OV_HOUSE_OTHER)
            return TRUE;
    for (guint i = 0; i < familiar->n_recipients; i++)
        if (ov_house_domain(familiar->recipients[i], house) == OV_HOUSE_OWN)
            return TRUE;
    for (guint i = 0; i < familiar->links->n_links; i++) {
        const OvLink *link = &familiar->links->links[i];
        if (is_to_click(link) && has_page(&link->target) && !is_loose(link) &&
            ov_house_domain(link->target.organisation, house) == OV_HOUSE_OWN)
            return TRUE;
    }
    return FALSE;
}

/* The first house that a text names so many times. */
static OvSlice house_named(const Familiar *familiar, const OvFolded *text, guint times) {
    struct {
        OvSlice house;
        guint n;
    } seen[MOST_HOUSES];
    guint n_seen = 0;
    guint32 at = 0;
    for (OvSlice house; (house = ov_house_next(text, TEXT_OCTETS, &at)).length > 0;) {
        guint i = 0;
        while (i < n_seen && !ov_slice_equal(seen[i].house, house))
            i++;
        if (i == MOST_HOUSES)
            continue;
        if (i == n_seen) {
            seen[n_seen].house = house;
            seen[n_seen++].n = 0;
        }
        if (++seen[i].n == times && !is_of_theirs(familiar, house))
            return house;
    }
    return (OvSlice){"", 0};
}

static void find_house(const Familiar *familiar) {
    static const OvFactId foremost[] = {OV_FACT_HEADER_FROM_NAME, OV_FACT_SUBJECT_TEXT};
    OvMeasure *measure = familiar->measure;
    OvSlice house = ov_facts_text(measure->facts, OV_FACT_HEADER_FROM_NAME_HOUSE);
    if (house.length > 0 && is_of_theirs(familiar, house))
        house = (OvSlice){"", 0};
    ov_facts_set_truth(measure->facts, OV_FACT_LURE_HOUSE_SENDER,
                       house.length > 0 && !ov_house_is_ordinary(house));
    for (gsize i = 0; i < G_N_ELEMENTS(foremost) && house.length == 0; i++)
        house = house_named(familiar,
                            ov_fold(measure->arena, ov_facts_text(measure->facts, foremost[i])), 1);
    ov_facts_set_truth(measure->facts, OV_FACT_LURE_HOUSE_FOREMOST, house.length > 0);
    if (house.length == 0 && measure->body)
        house = house_named(familiar, measure->body->scan->text, TIMES);
    ov_facts_set_text(measure->facts, OV_FACT_LURE_HOUSE, house);
}

/* Nothing of what deceivers say is in text and display name: nobody is deceived. */
static gboolean says_nothing(const OvMeasure *measure) {
    static const char *const lists[] = {"lexicon-lure-mailbox", "lexicon-lure-account",
                                        "lexicon-lure-notice"};
    if (ov_facts_text(measure->facts, OV_FACT_HEADER_FROM_NAME_HOUSE).length > 0)
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
        gint category = ov_phrase_set_find_category(measure->phrases, lists[i]);
        if (category >= 0 && ov_facts_number(measure->facts, OV_N_FACTS + (guint)category, 0) > 0)
            return FALSE;
    }
    return TRUE;
}

void ov_measure_lure(OvMeasure *measure, const OvLinks *links, const OvOwnDomains *own) {
    Familiar familiar = {.measure = measure, .links = links, .own = own};
    OvTally strange = {.n = 0};
    guint loose = 0, pages = 0, n_links = says_nothing(measure) ? 0 : links->n_links;
    if (n_links > 0)
        find_familiar(&familiar);
    for (guint i = 0; i < n_links; i++) {
        const OvLink *link = &links->links[i];
        if (!is_to_click(link))
            continue;
        if (is_own(&familiar, link)) {
            pages += has_page(&link->target) ? 1 : 0;
        } else if (is_strange(&familiar, link)) {
            ov_tally(&strange, link->address);
            loose += is_loose(link) ? 1 : 0;
        }
    }
    ov_tally_set(measure, (OvTallyFacts){OV_FACT_LURE_LINKS, OV_FACT_LURE_LINK}, &strange);
    ov_facts_set_number(measure->facts, OV_FACT_LURE_LOOSE, loose);
    ov_facts_set_number(measure->facts, OV_FACT_LURE_OWN, pages);
    ov_facts_set_truth(measure->facts, OV_FACT_LURE_HOUSE_SENDER, FALSE);
    ov_facts_set_truth(measure->facts, OV_FACT_LURE_HOUSE_FOREMOST, FALSE);
    ov_facts_set_text(measure->facts, OV_FACT_LURE_HOUSE, OV_SLICE_LITERAL(""));
    if (strange.n > 0 && pages == 0)
        find_house(&familiar);
}
