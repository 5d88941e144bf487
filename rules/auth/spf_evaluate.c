/* check_host() of RFC 7208 section 4. Depth and work are bounded by the limit of ten terms that ask
 * the DNS: every included or redirected record is one of them. */
#include "rules/auth/domain_name.h"
#include "rules/auth/show.h"
#include "rules/auth/spf.h"
#include "rules/auth/spf_macro.h"
#include "rules/auth/spf_record.h"

typedef struct {
    OvArena *arena;
    OvDnsBook *book;
    const OvIpAddress *address;
    const char *address_text;
    OvSpfChoose *choose;
    OvSpfMacros macros; /* domain and validated are set anew where they are needed */
    gboolean started;   /* the first record has been asked for */
    guint n_includes;   /* how deep in include: the record stands */
    OvSpf *spf;
} Evaluation;

/* What one mechanism came to. */
typedef enum { NO_MATCH, MATCH, MATCH_PENDING, MATCH_TEMPERROR, MATCH_PERMERROR } Match;

static OvSpfResult check_host(Evaluation *e, OvSlice domain);

static G_GNUC_PRINTF(2, 3) void because(Evaluation *e, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    e->spf->reason = ov_arena_strndup(e->arena, text, strlen(text));
}

#define SHOW(slice) ov_show(e->arena, (slice))

static const OvDnsAnswer *look_up(Evaluation *e, OvSlice name, OvDnsType type) {
    return ov_dns_look_up(e->book, name, type);
}

/* An answer without records, where a mechanism asked (RFC 7208 4.6.4). */
static Match count_void(Evaluation *e, OvSlice name) {
    if (++e->spf->n_void <= OV_SPF_MAX_VOID)
        return NO_MATCH;
    because(e, "more than %d of its names do not exist or have no such record, the last is %s",
            OV_SPF_MAX_VOID, SHOW(name));
    return MATCH_PERMERROR;
}

/* NO_MATCH where *answer has records to look at. */
static Match take(Evaluation *e, OvSlice name, const OvDnsAnswer *answer) {
    switch (answer->status) {
    case OV_DNS_FOUND:
        return NO_MATCH;
    case OV_DNS_PENDING:
        return MATCH_PENDING;
    case OV_DNS_FAILED:
        because(e, "the DNS gave no answer for %s: %s", SHOW(name), answer->trouble);
        return MATCH_TEMPERROR;
    default:
        return count_void(e, name);
    }
}

static OvDnsType address_type(const Evaluation *e) {
    return e->address->length == 4 ? OV_DNS_A : OV_DNS_AAAA;
}

static gboolean has_address(const Evaluation *e, const OvDnsAnswer *answer, const OvSpfTerm *term) {
    guint bits = e->address->length == 4 ? term->bits4 : term->bits6;
    OvIpAddress address;
    for (guint i = 0; answer->status == OV_DNS_FOUND && i < answer->n_records; i++)
        if (ov_ip_address_of_record(answer->records[i].data, &address) &&
            ov_ip_address_in(e->address, &address, bits))
            return TRUE;
    return FALSE;
}

/* a, and each host of mx. */
static Match match_host(Evaluation *e, OvSlice name, const OvSpfTerm *term) {
    const OvDnsAnswer *answer = look_up(e, name, address_type(e));
    Match match = take(e, name, answer);
    return match == NO_MATCH && has_address(e, answer, term) ? MATCH : match;
}

static Match match_mx(Evaluation *e, OvSlice name, const OvSpfTerm *term) {
    const OvDnsAnswer *answer = look_up(e, name, OV_DNS_MX);
    Match match = take(e, name, answer);
    if (match != NO_MATCH || answer->status != OV_DNS_FOUND)
        return match;
    if (answer->n_records > OV_SPF_MAX_NAMES) {
        because(e, "%s has more than %d mail exchangers", SHOW(name), OV_SPF_MAX_NAMES);
        return MATCH_PERMERROR;
    }
    for (guint i = 0; i < answer->n_records; i++)
        if (ov_domain_name_is(answer->records[i].data))
            look_up(e, answer->records[i].data, address_type(e));
    for (guint i = 0; i < answer->n_records && match == NO_MATCH; i++)
        if (ov_domain_name_is(answer->records[i].data))
            match = match_host(e, answer->records[i].data, term);
    return match;
}

static Match match_exists(Evaluation *e, OvSlice name) {
    const OvDnsAnswer *answer = look_up(e, name, OV_DNS_A);
    Match match = take(e, name, answer);
    return match == NO_MATCH && answer->status == OV_DNS_FOUND ? MATCH : match;
}

/* The names of the address that have the address (RFC 7208 5.5), the first ten looked at. Of those
 * *best gets: one equal to domain, else one below it, else any. TRUE where it is equal or below.
 * A DNS failure finds nothing. */
static gboolean find_validated(Evaluation *e, OvSlice domain, OvSlice *best, gboolean *pending) {
    OvSlice reverse = ov_ip_address_reverse_name(e->arena, e->address);
    const OvDnsAnswer *names = look_up(e, reverse, OV_DNS_PTR);
    OvSpfTerm whole = {.bits4 = 32, .bits6 = 128};
    guint best_rank = 0;
    *best = OV_SLICE_LITERAL("unknown");
    *pending = names->status == OV_DNS_PENDING;
    if (names->status != OV_DNS_FOUND)
        return FALSE;
    for (guint i = 0; i < MIN(names->n_records, OV_SPF_MAX_NAMES); i++) {
        OvSlice name = names->records[i].data;
        if (!ov_domain_name_is(name))
            continue;
        const OvDnsAnswer *addresses = look_up(e, name, address_type(e));
        *pending |= addresses->status == OV_DNS_PENDING;
        if (!has_address(e, addresses, &whole))
            continue;
        OvSlice end = {name.data + name.length - MIN(domain.length, name.length),
                       MIN(domain.length, name.length)};
        guint rank = 1;
        if (ov_slice_equal_nocase(end, domain))
            rank = end.data == name.data ? 3 : end.data[-1] == '.' ? 2 : 1;
        if (rank > best_rank) {
            best_rank = rank;
            *best = name;
        }
    }
    return best_rank > 1;
}

/* The name a domain-spec stands for; empty where that cannot be asked. FALSE: p is pending. */
static gboolean target(Evaluation *e, OvSlice domain_spec, OvSlice domain, OvSlice *name) {
    *name = domain;
    if (domain_spec.length == 0)
        return TRUE;
    e->macros.domain = domain;
    if (ov_spf_asks_validated(domain_spec)) {
        gboolean pending;
        find_validated(e, domain, &e->macros.validated, &pending);
        if (pending)
            return FALSE;
    }
    *name = ov_spf_expand(e->arena, domain_spec, &e->macros);
    return TRUE;
}

static Match match_include(Evaluation *e, OvSlice name) {
    OvSpf *spf = e->spf;
    e->n_includes++;
    OvSpfResult result = check_host(e, name);
    e->n_includes--;
    switch (result) {
    case OV_SPF_PASS:
        return MATCH;
    case OV_SPF_PENDING:
        return MATCH_PENDING;
    case OV_SPF_TEMPERROR:
        return MATCH_TEMPERROR;
    case OV_SPF_NONE:
        because(e, "the included domain %s has no SPF record", SHOW(name));
        return MATCH_PERMERROR;
    case OV_SPF_PERMERROR:
        return MATCH_PERMERROR;
    default:
        spf->term = (OvSlice){NULL, 0};
        return NO_MATCH;
    }
}

static Match count_lookup(Evaluation *e) {
    if (++e->spf->n_lookups <= OV_SPF_MAX_LOOKUPS)
        return NO_MATCH;
    because(e, "it takes more than %d look-ups", OV_SPF_MAX_LOOKUPS);
    return MATCH_PERMERROR;
}

static Match match_ptr(Evaluation *e, OvSlice name) {
    OvSlice best;
    gboolean pending;
    if (find_validated(e, name, &best, &pending))
        return MATCH;
    return pending ? MATCH_PENDING : NO_MATCH;
}

static Match match(Evaluation *e, const OvSpfTerm *term, OvSlice domain) {
    OvSlice name = {NULL, 0};
    if (ov_spf_kind_asks(term->kind)) {
        Match over = count_lookup(e);
        if (over != NO_MATCH)
            return over;
        if (!target(e, term->domain, domain, &name))
            return MATCH_PENDING;
        /* No query can be made of such a name: it is one that does not exist. */
        if (name.length == 0 && term->kind != OV_SPF_INCLUDE)
            return NO_MATCH;
    }
    switch (term->kind) {
    case OV_SPF_ALL:
        return MATCH;
    case OV_SPF_INCLUDE:
        return match_include(e, name);
    case OV_SPF_A:
        return match_host(e, name, term);
    case OV_SPF_MX:
        return match_mx(e, name, term);
    case OV_SPF_PTR:
        return match_ptr(e, name);
    case OV_SPF_IP4:
        return ov_ip_address_in(e->address, &term->network, term->bits4) ? MATCH : NO_MATCH;
    case OV_SPF_IP6:
        return e->address->length == 16 && ov_ip_address_in(e->address, &term->network, term->bits6)
                   ? MATCH
                   : NO_MATCH;
    case OV_SPF_EXISTS:
        return match_exists(e, name);
    default: /* modifiers */
        return NO_MATCH;
    }
}

/* Asks early for what the rest of a record will need, up to the limit of look-ups. */
static void ask_ahead(Evaluation *e, OvSlice rest, OvSlice domain) {
    OvSpfTerm term;
    const char *why;
    guint left = OV_SPF_MAX_LOOKUPS - MIN(e->spf->n_lookups, OV_SPF_MAX_LOOKUPS);
    while (left > 0 && ov_spf_term_next(&rest, &term, &why) == OV_SPF_TERM &&
           term.kind != OV_SPF_ALL) {
        OvSlice name;
        if (!ov_spf_kind_asks(term.kind))
            continue;
        left--;
        if (!target(e, term.domain, domain, &name) || name.length == 0)
            continue;
        if (term.kind == OV_SPF_PTR)
            look_up(e, ov_ip_address_reverse_name(e->arena, e->address), OV_DNS_PTR);
        else
            look_up(e, name,
                    term.kind == OV_SPF_MX       ? OV_DNS_MX
                    : term.kind == OV_SPF_A      ? address_type(e)
                    : term.kind == OV_SPF_EXISTS ? OV_DNS_A
                                                 : OV_DNS_TXT);
    }
}

/* Modifiers apply wherever they stand, and a fault anywhere spoils the record (RFC 7208 4.6). */
static gboolean check_syntax(Evaluation *e, OvSlice terms, OvSlice domain, OvSlice *redirect) {
    guint n_redirects = 0, n_explanations = 0;
    OvSpfTerm term;
    const char *why = NULL;
    while (!why && ov_spf_term_next(&terms, &term, &why) == OV_SPF_TERM) {
        if (term.kind == OV_SPF_REDIRECT) {
            *redirect = term.text;
            n_redirects++;
        }
        n_explanations += term.kind == OV_SPF_EXPLANATION;
        if (n_redirects > 1 || n_explanations > 1)
            why = "this modifier stands twice";
        if (e->n_includes > 0)
            continue;
        e->spf->uses_ptr |= term.kind == OV_SPF_PTR || ov_spf_asks_validated(term.domain);
        if (term.qualifier == '+')
            e->spf->passes_all |= term.kind == OV_SPF_ALL ||
                                  (term.kind == OV_SPF_IP4 && term.bits4 < 8) ||
                                  (term.kind == OV_SPF_IP6 && term.bits6 < 16);
    }
    if (!why)
        return TRUE;
    e->spf->term = term.text;
    e->spf->term_domain = domain;
    because(e, "in the record of %s: %s: %s", SHOW(domain), SHOW(term.text), why);
    return FALSE;
}

static OvSpfResult result_of(char qualifier) {
    return qualifier == '+'   ? OV_SPF_PASS
           : qualifier == '-' ? OV_SPF_FAIL
           : qualifier == '~' ? OV_SPF_SOFTFAIL
                              : OV_SPF_NEUTRAL;
}

static void tell_match(Evaluation *e, const OvSpfTerm *term, OvSlice domain) {
    e->spf->term = term->text;
    e->spf->term_domain = domain;
    if (term->kind == OV_SPF_ALL && term->qualifier != '+')
        because(e, "%s is not in the record of %s, which ends in %s", e->address_text, SHOW(domain),
                SHOW(term->text));
    else
        because(e, "%s matches %s in the record of %s", e->address_text, SHOW(term->text),
                SHOW(domain));
}

/* An included record's fault has been told by then. */
static void tell_fault(Evaluation *e, const OvSpfTerm *term, OvSlice domain) {
    if (e->spf->term.length > 0)
        return;
    e->spf->term = term->text;
    e->spf->term_domain = domain;
}

static OvSpfResult follow_redirect(Evaluation *e, OvSlice redirect, OvSlice domain) {
    OvSpfTerm term;
    const char *why;
    OvSlice name;
    ov_spf_term_next(&redirect, &term, &why);
    if (count_lookup(e) != NO_MATCH) {
        tell_fault(e, &term, domain);
        return OV_SPF_PERMERROR;
    }
    if (!target(e, term.domain, domain, &name))
        return OV_SPF_PENDING;
    OvSpfResult result = check_host(e, name);
    if (result != OV_SPF_NONE)
        return result;
    e->spf->term = term.text;
    e->spf->term_domain = domain;
    because(e, "the domain of %s has no SPF record", SHOW(term.text));
    return OV_SPF_PERMERROR;
}

static OvSpfResult evaluate(Evaluation *e, OvSlice terms, OvSlice domain) {
    OvSlice redirect = {NULL, 0};
    if (!check_syntax(e, terms, domain, &redirect))
        return OV_SPF_PERMERROR;
    OvSpfTerm term;
    const char *why;
    while (ov_spf_term_next(&terms, &term, &why) == OV_SPF_TERM) {
        switch (match(e, &term, domain)) {
        case NO_MATCH:
            continue;
        case MATCH:
            tell_match(e, &term, domain);
            return result_of(term.qualifier);
        case MATCH_PENDING:
            ask_ahead(e, terms, domain);
            return OV_SPF_PENDING;
        case MATCH_TEMPERROR:
            return OV_SPF_TEMPERROR;
        case MATCH_PERMERROR:
            tell_fault(e, &term, domain);
            return OV_SPF_PERMERROR;
        }
    }
    if (redirect.length > 0)
        return follow_redirect(e, redirect, domain);
    because(e, "%s is not in the record of %s, which says nothing of others", e->address_text,
            SHOW(domain));
    return OV_SPF_NEUTRAL;
}

/* One record: choose it, then evaluate it. */
static OvSpfResult check_host(Evaluation *e, OvSlice domain) {
    gboolean first = !e->started;
    e->started = TRUE;
    if (!ov_domain_name_is(domain)) {
        because(e, "%s is no domain name", SHOW(domain));
        return OV_SPF_NONE;
    }
    const OvDnsAnswer *txt = look_up(e, domain, OV_DNS_TXT);
    if (txt->status == OV_DNS_PENDING)
        return OV_SPF_PENDING;
    if (txt->status == OV_DNS_FAILED) {
        because(e, "the DNS gave no answer for %s: %s", SHOW(domain), txt->trouble);
        return OV_SPF_TEMPERROR;
    }
    OvSpfChoice choice = {.n = 0};
    if (txt->status == OV_DNS_FOUND)
        choice = e->choose(txt);
    if (first) {
        e->spf->n_records = choice.n;
        e->spf->record = choice.n == 1 ? choice.whole : (OvSlice){NULL, 0};
    }
    if (choice.n == 0) {
        because(e, "%s has no SPF record", SHOW(domain));
        return OV_SPF_NONE;
    }
    if (choice.n > 1) {
        because(e, "%s has %u SPF records, and one is allowed", SHOW(domain), choice.n);
        return OV_SPF_PERMERROR;
    }
    return evaluate(e, choice.terms, domain);
}

void ov_spf_check_host(OvArena *arena, OvDnsBook *book, const OvSpfQuestion *question,
                       OvSlice domain, OvSpfChoose *choose, OvSpf *spf) {
    if (domain.length > 1 && domain.data[domain.length - 1] == '.')
        domain.length--;
    *spf = (OvSpf){.domain = domain, .reason = NULL};
    OvSlice sender = question->sender;
    const char *at = sender.length > 0 ? memrchr(sender.data, '@', sender.length) : NULL;
    OvSlice local = {sender.data, at ? (gsize)(at - sender.data) : 0};
    if (local.length == 0)
        local = OV_SLICE_LITERAL("postmaster");
    Evaluation e = {
        .arena = arena,
        .book = book,
        .address = &question->address,
        .address_text = ov_ip_address_text(arena, &question->address),
        .choose = choose,
        .macros = {.local = local,
                   .sender_domain = domain,
                   .helo = question->helo,
                   .address = &question->address,
                   .validated = OV_SLICE_LITERAL("unknown")},
        .spf = spf,
    };
    e.macros.sender = ov_slice(ov_arena_printf(arena, "%.*s@%.*s", (int)local.length, local.data,
                                               (int)domain.length, domain.data));
    spf->result = check_host(&e, domain);
    if (spf->result == OV_SPF_PENDING)
        spf->reason = "an answer of the DNS is missing";
}
