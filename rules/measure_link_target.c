#include "rules/address.h"
#include "rules/confusable.h"
#include "rules/measure_content.h"
#include "rules/tally.h"

enum { MAX_PROTECTED = 40 };

/* Names that a host must not look like: the labels above the public suffix. */
typedef struct {
    OvSlice names[MAX_PROTECTED];
    guint n;
} Protected;

typedef struct {
    OvTally shorteners, brand_shorteners, ip_addresses, private_hosts, userinfo, ports, escaped,
        punycode, imitations, scripts, data, files, redirects, pages;
    OvSlice imitated;
} Findings;

static void protect(Protected *all, OvSlice domain) {
    OvSlice label = ov_first_label(ov_organisational_domain(domain));
    if (label.length > 0 && all->n < MAX_PROTECTED)
        all->names[all->n++] = label;
}

static void find_protected(OvMeasure *measure, const OvOwnDomains *own, Protected *all) {
    for (guint i = 0; i < own->n_domains; i++)
        protect(all, own->domains[i]);
    const OvEnvelope *envelope = measure->message->envelope;
    for (guint i = 0; i < envelope->n_recipients && all->n < MAX_PROTECTED; i++) {
        OvMailbox mailbox;
        ov_address_parse(measure->arena, ov_slice(envelope->recipients[i]), &mailbox);
        protect(all, mailbox.domain);
    }
}

/* The authority as written has white space or controls in it, which browsers leave out. */
static gboolean has_blanks(const OvLink *link) {
    if (!link->html)
        return FALSE;
    OvSlice raw = ov_slice_trim(link->html->href);
    const char *slashes = raw.length > 2 ? memmem(raw.data, raw.length, "//", 2) : NULL;
    if (!slashes)
        return FALSE;
    const char *end = raw.data + raw.length;
    for (const char *p = slashes + 2; p < end && *p != '/' && *p != '?' && *p != '#'; p++)
        if (g_ascii_iscntrl(*p))
            return TRUE;
    return FALSE;
}

static gboolean is_usual_port(guint port) {
    return port == 0 || port == 80 || port == 443 || port == 8080 || port == 8443;
}

/* What a query's value leads to, where it is an address in full, else an empty target. */
static OvTarget embedded_target(OvArena *arena, OvSlice value) {
    static const char *const starts[] = {"http://",  "https://", "http%3a",
                                         "https%3a", "http:%2f", "https:%2f"};
    gboolean address = FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(starts) && !address; i++) {
        gsize length = strlen(starts[i]);
        address = value.length > length && g_ascii_strncasecmp(value.data, starts[i], length) == 0;
    }
    if (!address)
        return (OvTarget){.kind = OV_TARGET_EMPTY};
    g_autofree char *plain = g_uri_unescape_segment(value.data, value.data + value.length, NULL);
    if (!plain)
        return (OvTarget){.kind = OV_TARGET_EMPTY};
    return ov_target_read(arena, ov_arena_dup(arena, ov_slice(plain)), NULL);
}

/* TRUE where a value of the query is the address of another organisation. */
static gboolean holds_other(OvArena *arena, const OvTarget *target, const OvOwnDomains *own) {
    enum { MOST_VALUES = 20 };
    OvSlice query = target->query;
    for (guint n = 0; query.length > 0 && n < MOST_VALUES; n++) {
        gsize length = 0;
        while (length < query.length && query.data[length] != '&' && query.data[length] != ';')
            length++;
        const char *equals = memchr(query.data, '=', length);
        if (equals) {
            gsize key = (gsize)(equals - query.data) + 1;
            OvTarget held = embedded_target(arena, (OvSlice){equals + 1, length - key});
            if (held.host.length > 0 &&
                !ov_is_same_house(held.organisation, target->organisation) &&
                !ov_own_domains_has(own, held.organisation))
                return TRUE;
        }
        length += length < query.length;
        query = (OvSlice){query.data + length, query.length - length};
    }
    return FALSE;
}

static gboolean is_redirect(OvArena *arena, const OvLink *link, const OvOwnDomains *own) {
    switch (link->host) {
    case OV_LINK_HOST_REDIRECTOR:
        return TRUE;
    case OV_LINK_HOST_ORDINARY:
        return link->target.query.length > 0 &&
               !ov_own_domains_has(own, link->target.organisation) &&
               holds_other(arena, &link->target, own);
    default:
        return FALSE;
    }
}

static void look_at_name(OvMeasure *measure, const OvLink *link, const Protected *protected,
                         Findings *found) {
    const OvTarget *target = &link->target;
    gboolean international = memmem(target->host.data, target->host.length, "xn--", 4) != NULL;
    OvSlice imitated =
        ov_imitated_name(ov_first_label(target->organisation), protected->names, protected->n);
    if (imitated.length == 0 && international && ov_host_mixes_scripts(target->host))
        imitated = OV_SLICE_LITERAL("another alphabet");
    if (imitated.length > 0) {
        if (found->imitations.n == 0)
            found->imitated = imitated;
        ov_tally(&found->imitations, ov_host_readable(measure->arena, target->host));
    } else if (international) {
        ov_tally(&found->punycode, ov_host_readable(measure->arena, target->host));
    }
}

/* "3.14.1.0": a number of a version that a mail program took for an address. */
static gboolean is_version(const OvLink *link) {
    return link->target.path.length == 1 && link->target.port == 0 && !link->target.disguised &&
           ov_slice_equal(ov_slice_trim(link->text), link->target.host);
}

/* "192-0-2-7.host.example": four numbers of an address make a host's name where its owner gave it
 * none. */
static gboolean is_named_by_address(OvSlice host) {
    enum { NUMBERS = 4, MOST_DIGITS = 3, HIGHEST = 255 };
    guint numbers = 0;
    for (gsize i = 0; i < host.length && numbers < NUMBERS; i++) {
        guint value = 0;
        gsize digits = 0;
        gboolean number = TRUE;
        for (; i < host.length && host.data[i] != '.' && host.data[i] != '-'; i++) {
            number = number && g_ascii_isdigit(host.data[i]) && ++digits <= MOST_DIGITS;
            value = number ? 10 * value + (guint)(host.data[i] - '0') : value;
        }
        numbers = number && digits > 0 && value <= HIGHEST ? numbers + 1 : 0;
    }
    return numbers == NUMBERS;
}

/* What deceives, wherever in the text it stands. */
static void look_at_web(OvMeasure *measure, const OvLink *link, const OvOwnDomains *own,
                        const Protected *protected, Findings *found) {
    const OvTarget *target = &link->target;
    if (target->userinfo)
        ov_tally(&found->userinfo, link->address);
    if (target->escaped || has_blanks(link))
        ov_tally(&found->escaped, link->address);
    if (target->host_kind == OV_HOST_NAME && is_named_by_address(target->host) &&
        !ov_own_domains_has(own, target->organisation))
        ov_tally(&found->ip_addresses, link->address);
    else if (target->host_kind == OV_HOST_NAME)
        look_at_name(measure, link, protected, found);
    else if ((!target->private_use || target->disguised) && !is_version(link))
        ov_tally(&found->ip_addresses, link->address);
}

/* What is only bad style, of the sender's own links. */
static void look_at_style(OvMeasure *measure, const OvLink *link, const OvOwnDomains *own,
                          Findings *found) {
    const OvTarget *target = &link->target;
    if (target->private_use && !target->disguised)
        ov_tally(&found->private_hosts, link->address);
    else if (!is_usual_port(target->port))
        ov_tally(&found->ports, link->address);
    if (link->host == OV_LINK_HOST_SHORTENER)
        ov_tally(&found->shorteners, link->address);
    else if (link->host == OV_LINK_HOST_BRAND_SHORTENER)
        ov_tally(&found->brand_shorteners, link->address);
    else if (link->host == OV_LINK_HOST_PAGES && !ov_own_domains_has(own, target->organisation))
        ov_tally(&found->pages, link->address);
    if (is_redirect(measure->arena, link, own))
        ov_tally(&found->redirects, link->address);
}

static void look_at(OvMeasure *measure, const OvLink *link, const OvOwnDomains *own,
                    const Protected *protected, Findings *found) {
    switch (link->target.kind) {
    case OV_TARGET_WEB:
        if (link->target.host.length == 0)
            break;
        look_at_web(measure, link, own, protected, found);
        if (!link->quoted)
            look_at_style(measure, link, own, found);
        break;
    case OV_TARGET_SCRIPT:
        ov_tally(&found->scripts, link->address);
        break;
    case OV_TARGET_DATA:
        ov_tally(&found->data, link->address);
        break;
    case OV_TARGET_FILE:
        if (!link->quoted)
            ov_tally(&found->files, link->address);
        break;
    default:
        break;
    }
}

void ov_measure_link_targets(OvMeasure *measure, const OvLinks *links, const OvOwnDomains *own) {
    Findings found = {.imitated = OV_SLICE_LITERAL("")};
    Protected protected = {.n = 0};
    if (links->n_links > 0)
        find_protected(measure, own, &protected);
    for (guint i = 0; i < links->n_links; i++)
        look_at(measure, &links->links[i], own, &protected, &found);
    const struct {
        const OvTally *tally;
        OvTallyFacts facts;
    } table[] = {
        {&found.shorteners, {OV_FACT_LINK_SHORTENERS, OV_FACT_LINK_SHORTENER_TEXT}},
        {&found.ip_addresses, {OV_FACT_LINK_IP_ADDRESSES, OV_FACT_LINK_IP_TEXT}},
        {&found.private_hosts, {OV_FACT_LINK_PRIVATE, OV_FACT_LINK_PRIVATE_TEXT}},
        {&found.userinfo, {OV_FACT_LINK_USERINFO, OV_FACT_LINK_USERINFO_TEXT}},
        {&found.ports, {OV_FACT_LINK_PORTS, OV_FACT_LINK_PORT_TEXT}},
        {&found.escaped, {OV_FACT_LINK_ESCAPED, OV_FACT_LINK_ESCAPED_TEXT}},
        {&found.punycode, {OV_FACT_LINK_PUNYCODE, OV_FACT_LINK_PUNYCODE_TEXT}},
        {&found.imitations, {OV_FACT_LINK_IMITATIONS, OV_FACT_LINK_IMITATION_TEXT}},
        {&found.scripts, {OV_FACT_LINK_SCRIPTS, OV_FACT_LINK_SCRIPT_TEXT}},
        {&found.files, {OV_FACT_LINK_FILES, OV_FACT_LINK_FILE_TEXT}},
        {&found.redirects, {OV_FACT_LINK_REDIRECTS, OV_FACT_LINK_REDIRECT_TEXT}},
        {&found.pages, {OV_FACT_LINK_PAGES, OV_FACT_LINK_PAGE_TEXT}},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++)
        ov_tally_set(measure, table[i].facts, table[i].tally);
    ov_facts_set_number(measure->facts, OV_FACT_LINK_BRAND_SHORTENERS, found.brand_shorteners.n);
    ov_facts_set_number(measure->facts, OV_FACT_LINK_DATA, found.data.n);
    ov_facts_set_text(measure->facts, OV_FACT_LINK_IMITATED, found.imitated);
}
