#include "rules/auth/early.h"

#include "rules/address.h"
#include "rules/auth/dkim.h"
#include "rules/auth/dmarc.h"
#include "rules/auth/domain_listing.h"
#include "rules/auth/domain_name.h"
#include "rules/auth/mail_domain.h"
#include "rules/auth/spf.h"
#include "rules/known_domains.h"

enum { MAX_FIELDS = 1000 };

/* What answers lead to further questions. Names are empty where the DNS is not asked of them. */
typedef struct {
    OvArena *arena;
    OvSlice author, reply_to;
    OvSlice sender;        /* the whole address */
    OvSlice sender_domain; /* where the DNS may be asked of it */
    const OvEgress *egress;
    const OvStanding *standing;
    gint64 now;
} Early;

static void early_free(gpointer data) {
    Early *early = data;
    ov_arena_free(early->arena);
    g_free(early);
}

static gboolean is_public(OvSlice domain) {
    return ov_domain_name_is(domain) && !ov_domain_is_reserved(domain);
}

/* The domain of a field's first address, of one without faults. */
static OvSlice domain_of(OvArena *arena, const OvHeader *header, OvFieldId id) {
    const OvField *field = ov_header_find(header, id);
    const OvAddressList *list = field ? ov_address_list_parse(arena, field->value) : NULL;
    if (!list || list->n_mailboxes == 0 || (list->faults & OV_ADDRESS_INVALID) ||
        !is_public(list->mailboxes[0].domain))
        return OV_SLICE_LITERAL("");
    return ov_arena_dup(arena, list->mailboxes[0].domain);
}

static OvSlice domain_of_address(OvArena *arena, const char *address) {
    const char *at = address ? strrchr(address, '@') : NULL;
    OvSlice domain = at ? ov_domain_canonical(arena, ov_slice(at + 1), NULL) : ov_slice("");
    return is_public(domain) ? ov_arena_dup(arena, domain) : OV_SLICE_LITERAL("");
}

static gboolean check_spf(OvArena *arena, OvDnsBook *book, const Early *early) {
    gboolean pending = FALSE;
    for (guint i = 0; i < MIN(early->egress->n_points, OV_EGRESS_MAX_POINTS); i++) {
        OvSpfQuestion question = {.address = early->egress->points[i].address,
                                  .sender = early->sender,
                                  .helo = ov_slice(early->egress->points[i].helo)};
        OvSpf spf;
        ov_spf_check_mail_from(arena, book, &question, &spf);
        pending = pending || spf.result == OV_SPF_PENDING;
        if (!is_public(question.helo))
            continue;
        ov_spf_check_helo(arena, book, &question, &spf);
        pending = pending || spf.result == OV_SPF_PENDING;
    }
    return pending;
}

/* Whose mail exchangers are looked at, too, and who may stand on a list of domains. */
static gboolean check_senders(OvArena *arena, OvDnsBook *book, const Early *early) {
    const OvSlice domains[] = {early->author, early->sender_domain};
    gboolean pending = FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(domains); i++) {
        if (domains[i].length == 0)
            continue;
        OvMailDomainCheck check;
        ov_mail_domain_check(book, domains[i], &check);
        OvSlice organisation = ov_organisational_domain(domains[i]);
        OvDomainListing listing;
        ov_domain_listing_find(arena, book, early->standing, early->now, &organisation,
                               !ov_domain_is_freemail(organisation), &listing);
        pending = pending || check.state == OV_MAIL_DOMAIN_PENDING || listing.pending;
    }
    return pending;
}

static gboolean step(OvDnsBook *book, gpointer data) {
    const Early *early = data;
    g_autoptr(OvArena) arena = ov_arena_new();
    gboolean pending = early->egress && check_spf(arena, book, early);
    pending |= check_senders(arena, book, early);
    if (early->reply_to.length > 0 &&
        ov_mail_domain_find(book, early->reply_to) == OV_MAIL_DOMAIN_PENDING)
        pending = TRUE;
    if (early->author.length > 0) {
        OvDmarcQuestion question = {.author = early->author};
        OvDmarc dmarc;
        ov_dmarc_check(arena, book, &question, &dmarc);
        pending = pending || dmarc.result == OV_DMARC_RESULT_PENDING;
    }
    return pending;
}

/* Whose mailboxes the recipients have; what is answered in time counts. */
static void ask_providers(OvArena *arena, OvDnsBook *book, const OvEnvelope *envelope) {
    gboolean pending = FALSE;
    for (guint i = 0; i < MIN(envelope->n_recipients, OV_PROVIDER_MAX_ASKED); i++)
        ov_provider_of_recipient(arena, book, envelope->recipients[i], &pending);
}

void ov_early_ask(OvDnsBook *book, const OvEnvelope *envelope, OvSlice header) {
    OvArena *arena = ov_arena_new();
    const OvHeader *parsed = ov_header_parse(arena, header, MAX_FIELDS);
    Early *early = g_new0(Early, 1);
    early->arena = arena;
    early->author = domain_of(arena, parsed, OV_FIELD_FROM);
    early->reply_to = domain_of(arena, parsed, OV_FIELD_REPLY_TO);
    early->sender = ov_slice(envelope->sender);
    early->sender_domain = domain_of_address(arena, envelope->sender);
    early->standing = envelope->standing;
    early->now = envelope->now;
    /* SPF is asked of a public domain, or of none (RFC 7208 2.4). */
    if (envelope->sender && (!*envelope->sender || early->sender_domain.length > 0))
        early->egress = envelope->egress;
    /* Keys lead to no further question. */
    if (!envelope->egress || envelope->egress->signing != OV_SIGNING_AFTER)
        ov_dkim_read(arena, parsed, book, envelope->now / G_USEC_PER_SEC);
    ask_providers(arena, book, envelope);
    ov_resolver_follow(book, step, early, early_free);
}
