#include "rules/auth/spf_mend.h"
#include "rules/address.h"
#include "rules/auth/dns_overlay.h"
#include "rules/auth/show.h"
#include "rules/auth/spf_mend_internal.h"
#include "rules/auth/spf_tree.h"

enum { LONG_RECORD = 450, MAX_RECORD = 4000 };

typedef struct {
    OvArena *arena;
    OvDnsBook *book;
    const OvSpfMendQuestion *question;
    OvFindings *findings;
    OvSpfPieces *pieces;
    OvDnsOverlay overlay; /* the record as it is mended so far */
    OvSpfTree *tree;      /* of that */
    gboolean pending;
} Mending;

#define SHOW(slice) ov_show(mending->arena, (slice))

/* Makes overlay and tree those of the pieces as they are now. */
static OvSlice try_on(Mending *mending) {
    OvSlice record = ov_spf_pieces_join(mending->pieces);
    ov_dns_overlay_init(&mending->overlay, mending->book, mending->question->domain, record);
    ov_spf_tree_read(mending->arena, &mending->overlay.book, mending->question->domain,
                     mending->tree);
    mending->pending |= mending->tree->pending;
    return record;
}

static gboolean leads_on(const OvSpfTerm *term) {
    return term->kind == OV_SPF_INCLUDE;
}

/* The node of the tree that a piece leads to; NULL where the tree was cut before. nth: among the
 * pieces that lead on. */
static const OvSpfNode *node_of(const Mending *mending, guint nth) {
    for (guint i = 1; i < mending->tree->n_nodes; i++)
        if (mending->tree->nodes[i].depth == 1 && nth-- == 0)
            return &mending->tree->nodes[i];
    return NULL;
}

/* What makes whoever evaluates it stop with an error; NULL for nothing. */
static const char *dead_because(OvSpfNodeState state) {
    switch (state) {
    case OV_SPF_NODE_NONE:
        return "which has no SPF record";
    case OV_SPF_NODE_SEVERAL:
        return "which has several SPF records";
    case OV_SPF_NODE_FAULT:
        return "whose SPF record breaks the grammar";
    default:
        return NULL;
    }
}

/* Below an include of somebody else's: nothing that this domain can mend. */
static void tell_of_nested(const Mending *mending, const OvSpfNode *top) {
    const OvSpfTree *tree = mending->tree;
    for (const OvSpfNode *node = top + 1; node < tree->nodes + tree->n_nodes && node->depth > 1;
         node++) {
        const char *dead = dead_because(node->state);
        if (dead)
            ov_find(mending->findings, OV_FINDING_NOTE,
                    "%s leads to %s, %s: an error for whatever is not matched before; tell the "
                    "keeper of %s",
                    SHOW(top->term), SHOW(node->domain), dead, SHOW(top->domain));
    }
}

static void remove_dead_includes(Mending *mending) {
    OvSpfPieces *pieces = mending->pieces;
    guint nth = 0;
    for (guint i = 0; i < pieces->n_pieces;) {
        const OvSpfNode *node = leads_on(&pieces->pieces[i].term) ? node_of(mending, nth++) : NULL;
        const char *dead = node ? dead_because(node->state) : NULL;
        if (dead) {
            ov_spf_pieces_wrong(mending->pieces,
                                "%s leads to %s, %s: receivers stop there with an error",
                                SHOW(node->term), SHOW(node->domain), dead);
            ov_spf_pieces_remove(pieces, i);
            continue;
        }
        if (node)
            tell_of_nested(mending, node);
        if (node && node->state == OV_SPF_NODE_UNKNOWN)
            ov_find(mending->findings, OV_FINDING_UNKNOWN, "the DNS gave no answer for %s",
                    SHOW(node->domain));
        i++;
    }
    const OvSpfNode *node = pieces->redirect.length > 0 ? node_of(mending, nth) : NULL;
    const char *dead = node ? dead_because(node->state) : NULL;
    if (dead) {
        ov_spf_pieces_wrong(mending->pieces,
                            "%s leads to %s, %s: receivers stop there with an error",
                            SHOW(node->term), SHOW(node->domain), dead);
        pieces->redirect = (OvSlice){NULL, 0};
    }
}

static gboolean has_macros(OvSlice domain) {
    return domain.length > 0 && memchr(domain.data, '%', domain.length);
}

static OvSlice host_of(const Mending *mending, const OvSpfTerm *term) {
    return term->domain.length > 0 ? term->domain : mending->question->domain;
}

static gboolean is_empty(OvDnsStatus status) {
    return status == OV_DNS_NO_NAME || status == OV_DNS_NO_DATA;
}

/* The term asks for what is not there. */
static gboolean finds_nothing(Mending *mending, const OvSpfTerm *term) {
    OvSlice host = host_of(mending, term);
    if (has_macros(term->domain))
        return FALSE;
    if (term->kind == OV_SPF_MX) {
        OvDnsStatus status = ov_dns_look_up(mending->book, host, OV_DNS_MX)->status;
        mending->pending |= status == OV_DNS_PENDING;
        return is_empty(status);
    }
    OvDnsStatus a = ov_dns_look_up(mending->book, host, OV_DNS_A)->status;
    OvDnsStatus aaaa = ov_dns_look_up(mending->book, host, OV_DNS_AAAA)->status;
    mending->pending |= a == OV_DNS_PENDING || aaaa == OV_DNS_PENDING;
    return is_empty(a) && is_empty(aaaa);
}

static void remove_void_terms(Mending *mending) {
    OvSpfPieces *pieces = mending->pieces;
    for (guint i = 0; i < pieces->n_pieces;) {
        const OvSpfTerm *term = &pieces->pieces[i].term;
        if ((term->kind == OV_SPF_A || term->kind == OV_SPF_MX) && finds_nothing(mending, term)) {
            ov_spf_pieces_wrong(mending->pieces,
                                "%s costs a look-up and finds nothing: %s has no %s",
                                SHOW(term->text), SHOW(host_of(mending, term)),
                                term->kind == OV_SPF_MX ? "mail exchanger" : "address");
            ov_spf_pieces_remove(pieces, i);
        } else {
            i++;
        }
    }
}

static OvSpfResult evaluate(Mending *mending, const OvIpAddress *address) {
    const OvSpfMendQuestion *question = mending->question;
    OvSpfQuestion one = {
        .address = *address,
        .sender = ov_slice(ov_arena_printf(mending->arena, "postmaster@%.*s",
                                           (int)question->domain.length, question->domain.data)),
        .helo = question->helo,
    };
    OvSpf spf;
    ov_spf_check_mail_from(mending->arena, &mending->overlay.book, &one, &spf);
    mending->pending |= spf.result == OV_SPF_PENDING;
    return spf.result;
}

/* In front, where it costs no look-up and stands before whatever may go wrong. */
static void add_missing_addresses(Mending *mending) {
    const OvSpfMendQuestion *question = mending->question;
    guint place = 0;
    for (guint i = 0; i < question->n_addresses; i++) {
        const OvIpAddress *address = &question->addresses[i];
        OvSpfResult result = evaluate(mending, address);
        if (result == OV_SPF_PASS || result == OV_SPF_PENDING)
            continue;
        const char *text = ov_ip_address_text(mending->arena, address);
        ov_spf_pieces_add(mending->pieces, place++,
                          ov_slice(ov_arena_printf(mending->arena, "%s:%s",
                                                   address->length == 4 ? "ip4" : "ip6", text)));
        mending->pieces->changed = TRUE;
    }
}

static gboolean asks(const OvSpfTerm *term) {
    return ov_spf_kind_asks(term->kind);
}

/* Each term that asks, with what it costs, and what could stand in its place. */
static void tell_costs(const Mending *mending) {
    guint nth = 0;
    for (guint i = 0; i < mending->pieces->n_pieces; i++) {
        const OvSpfTerm *term = &mending->pieces->pieces[i].term;
        const OvSpfNode *node = leads_on(term) ? node_of(mending, nth++) : NULL;
        if (!asks(term))
            continue;
        const char *advice =
            term->kind == OV_SPF_INCLUDE
                ? "ask its keeper for one with fewer, or give that service a subdomain of its own"
                : "the addresses themselves, as ip4: and ip6:, cost none";
        ov_find(mending->findings, OV_FINDING_NOTE, "%s costs %u of the %d look-ups; %s",
                SHOW(term->text), 1 + (node ? node->n_lookups : 0), OV_SPF_MAX_LOOKUPS, advice);
    }
}

/* The addresses of host with the term's prefix lengths, in place of a term. FALSE: not known. */
static gboolean spell_out_host(Mending *mending, const OvSpfTerm *term, OvSlice host, guint place) {
    for (guint v6 = 0; v6 < 2; v6++) {
        const OvDnsAnswer *answer =
            ov_dns_look_up(mending->book, host, v6 ? OV_DNS_AAAA : OV_DNS_A);
        mending->pending |= answer->status == OV_DNS_PENDING;
        if (answer->status == OV_DNS_PENDING || answer->status == OV_DNS_FAILED)
            return FALSE;
        for (guint i = 0; i < answer->n_records; i++) {
            OvIpAddress address;
            if (!ov_ip_address_of_record(answer->records[i].data, &address))
                continue;
            guint bits = v6 ? term->bits6 : term->bits4;
            const char *sign = term->qualifier == '+' ? "" : (char[]){term->qualifier, '\0'};
            const char *length =
                bits < (v6 ? 128 : 32) ? ov_arena_printf(mending->arena, "/%u", bits) : "";
            ov_spf_pieces_add(
                mending->pieces, place,
                ov_slice(ov_arena_printf(mending->arena, "%s%s:%s%s", sign, v6 ? "ip6" : "ip4",
                                         ov_ip_address_text(mending->arena, &address), length)));
        }
    }
    return TRUE;
}

static gboolean spell_out(Mending *mending, const OvSpfTerm *term, guint place) {
    OvSlice host = host_of(mending, term);
    if (term->kind == OV_SPF_A)
        return spell_out_host(mending, term, host, place);
    const OvDnsAnswer *mx = ov_dns_look_up(mending->book, host, OV_DNS_MX);
    mending->pending |= mx->status == OV_DNS_PENDING;
    gboolean known = mx->status == OV_DNS_FOUND && mx->n_records <= OV_SPF_MAX_NAMES;
    for (guint i = 0; known && i < mx->n_records; i++)
        known = spell_out_host(mending, term, mx->records[i].data, place);
    return known;
}

/* One term that asks for addresses becomes them. FALSE: there is none that could. */
static gboolean spell_one_out(Mending *mending) {
    OvSpfPieces *pieces = mending->pieces;
    for (guint i = 0; i < pieces->n_pieces; i++) {
        OvSpfTerm term = pieces->pieces[i].term;
        if ((term.kind != OV_SPF_A && term.kind != OV_SPF_MX) || has_macros(term.domain))
            continue;
        guint before = pieces->n_pieces;
        if (!spell_out(mending, &term, i + 1)) {
            /* What was added of it is right all the same: the term stays behind it. */
            continue;
        }
        ov_spf_pieces_remove(pieces, i);
        ov_find(mending->findings, OV_FINDING_NOTE,
                "%s is spelt out below as the %u addresses that it has today; keep them up to date",
                SHOW(term.text), pieces->n_pieces + 1 - before);
        return TRUE;
    }
    return FALSE;
}

/* The terms of an included record in its place, which saves one look-up: only where it is of the
 * same organisation, so that one hand keeps both, and says nothing but addresses. */
static gboolean take_one_in(Mending *mending) {
    OvSpfPieces *pieces = mending->pieces;
    guint nth = 0;
    for (guint i = 0; i < pieces->n_pieces; i++) {
        OvSpfTerm include = pieces->pieces[i].term;
        const OvSpfNode *node = leads_on(&include) ? node_of(mending, nth++) : NULL;
        if (!node || node->state != OV_SPF_NODE_RECORD || node->n_lookups > 0 ||
            include.qualifier != '+' ||
            !ov_slice_equal_nocase(ov_organisational_domain(node->domain),
                                   ov_organisational_domain(mending->question->domain)))
            continue;
        OvSlice rest;
        OvSpfTerm term;
        const char *why;
        gboolean plain = ov_spf_record_is(node->record, &rest);
        for (OvSlice copy = rest; plain && ov_spf_term_next(&copy, &term, &why) == OV_SPF_TERM;)
            plain =
                ((term.kind == OV_SPF_IP4 || term.kind == OV_SPF_IP6) && term.qualifier == '+') ||
                (term.kind == OV_SPF_ALL && term.qualifier != '+');
        if (!plain)
            continue;
        while (ov_spf_term_next(&rest, &term, &why) == OV_SPF_TERM && term.kind != OV_SPF_ALL)
            ov_spf_pieces_add(pieces, i + 1, term.text);
        ov_spf_pieces_remove(pieces, i);
        ov_find(mending->findings, OV_FINDING_NOTE, "the addresses of %s stand below in its place",
                SHOW(include.text));
        return TRUE;
    }
    return FALSE;
}

static guint lookups(const Mending *mending) {
    return mending->tree->n_nodes > 0 ? mending->tree->nodes[0].n_lookups : 0;
}

static void save_lookups(Mending *mending) {
    if (lookups(mending) <= OV_SPF_MAX_LOOKUPS)
        return;
    ov_spf_pieces_wrong(mending->pieces,
                        "it takes %u DNS look-ups, and receivers stop at %d with an error",
                        lookups(mending), OV_SPF_MAX_LOOKUPS);
    tell_costs(mending);
    while (!mending->pending && !mending->pieces->too_many &&
           lookups(mending) > OV_SPF_MAX_LOOKUPS &&
           (spell_one_out(mending) || take_one_in(mending)))
        try_on(mending);
}

/* The record keeps the grammar, and every address passes by it. */
static gboolean holds(Mending *mending, OvSlice record) {
    OvSlice rest;
    OvSpfTerm term;
    const char *why;
    OvSpfNext next = OV_SPF_FAULT;
    if (record.length > MAX_RECORD || !ov_spf_record_is(record, &rest))
        return FALSE;
    while ((next = ov_spf_term_next(&rest, &term, &why)) == OV_SPF_TERM)
        ;
    gboolean holding = next == OV_SPF_END;
    for (guint i = 0; i < mending->question->n_addresses; i++)
        holding &= evaluate(mending, &mending->question->addresses[i]) == OV_SPF_PASS;
    return holding;
}

static OvSlice mend_pieces(Mending *mending) {
    OvSlice none = {NULL, 0};
    try_on(mending);
    remove_dead_includes(mending);
    remove_void_terms(mending);
    if (mending->pending)
        return none;
    try_on(mending);
    add_missing_addresses(mending);
    try_on(mending);
    if (!mending->pending)
        save_lookups(mending);
    if (mending->pending || !mending->pieces->changed || mending->pieces->too_many)
        return none;
    OvSlice record = try_on(mending);
    if (!holds(mending, record)) {
        if (!mending->pending)
            ov_find(mending->findings, OV_FINDING_UNKNOWN,
                    "a right record could not be made of what is there: write it anew");
        return none;
    }
    if (record.length > LONG_RECORD)
        ov_find(mending->findings, OV_FINDING_NOTE,
                "the record below has %" G_GSIZE_FORMAT
                " octets: with over %d an answer may not fit into one packet (RFC 7208 3.4)",
                record.length, LONG_RECORD);
    return record;
}

void ov_spf_mend(OvArena *arena, OvDnsBook *book, const OvSpfMendQuestion *question,
                 OvFindings *findings, OvSpfMend *mend) {
    *mend = (OvSpfMend){.pending = FALSE};
    const OvDnsAnswer *txt = ov_dns_look_up(book, question->domain, OV_DNS_TXT);
    mend->pending = txt->status == OV_DNS_PENDING;
    if (mend->pending)
        return;
    if (txt->status == OV_DNS_FAILED) {
        ov_find(findings, OV_FINDING_UNKNOWN, "the DNS gave no answer for %s: %s",
                ov_show(arena, question->domain), txt->trouble);
        return;
    }
    OvSpfPieces *pieces = OV_ARENA_NEW(arena, OvSpfPieces, 1);
    pieces->arena = arena;
    pieces->findings = findings;
    pieces->domain = question->domain;
    ov_spf_pieces_read(pieces, txt);
    mend->n_records = pieces->n_records;
    if (pieces->n_records == 0) {
        ov_find(findings, OV_FINDING_MEND, "there is no SPF record");
        pieces->changed = question->n_addresses > 0;
        if (!pieces->changed)
            return;
    }
    if (pieces->too_many)
        ov_find(findings, OV_FINDING_MEND, "it has more than %d terms: write it anew",
                OV_SPF_MEND_MAX_TERMS);
    Mending mending = {
        .arena = arena,
        .book = book,
        .question = question,
        .findings = findings,
        .pieces = pieces,
        .tree = OV_ARENA_NEW(arena, OvSpfTree, 1),
    };
    if (!pieces->too_many)
        mend->record = mend_pieces(&mending);
    mend->pending = mending.pending;
    mend->n_lookups = lookups(&mending);
}
