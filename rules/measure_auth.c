#include "rules/measure_auth.h"
#include "rules/auth/arc.h"
#include "rules/auth/dmarc.h"
#include "rules/auth/domain_name.h"
#include "rules/auth/egress.h"
#include "rules/auth/sender_id.h"
#include "rules/auth/show.h"
#include "rules/known_domains.h"
#include "rules/measure_header.h"

/* One identity over all egress addresses. */
typedef struct {
    gboolean asked; /* there is something to be asked for */
    gboolean pending, unknown;
    OvSpf worst;         /* where neither */
    OvIpAddress address; /* for which it came out so */
} Identity;

struct OvMeasureAuth {
    OvSlice author; /* domain of From; empty where it has none, or several */
    gboolean has_pra;
    OvPra pra;
    OvDkim *dkim; /* NULL where signatures come later */
};

static const OvEgress *egress_of(const OvMeasure *measure) {
    static const OvEgress unknown = {.signing = OV_SIGNING_AUTO};
    const OvEgress *egress = measure->message->envelope->egress;
    return egress ? egress : &unknown;
}

static OvSlice author_of(const OvFacts *facts) {
    const OvValue *fault = &facts->value[OV_FACT_HEADER_FROM_FAULT],
                  *domain = &facts->value[OV_FACT_HEADER_FROM_DOMAIN];
    if (ov_facts_number(facts, OV_FACT_HEADER_FROM_COUNT, 0) != 1 ||
        ov_facts_number(facts, OV_FACT_HEADER_FROM_ADDRESSES, 0) != 1 || fault->type != OV_TEXT ||
        fault->text.length > 0 || domain->type != OV_TEXT || ov_domain_is_reserved(domain->text))
        return (OvSlice){NULL, 0};
    return domain->text;
}

void ov_measure_arc(OvMeasure *measure) {
    gint sets = ov_arc_sets(measure->message->header, measure->arena);
    if (sets >= 0)
        ov_facts_set_number(measure->facts, OV_FACT_AUTH_ARC_SETS, sets);
}

OvMeasureAuth *ov_measure_auth_begin(OvMeasure *measure) {
    if (!ov_facts_truth(measure->facts, OV_FACT_MESSAGE_OUTBOUND))
        return NULL;
    OvMeasureAuth *auth = OV_ARENA_NEW(measure->arena, OvMeasureAuth, 1);
    const OvEnvelope *envelope = measure->message->envelope;
    auth->author = author_of(measure->facts);
    ov_facts_set_truth(measure->facts, OV_FACT_AUTH_SPF_DOUBTFUL, FALSE);
    auth->has_pra = ov_pra_find(measure->arena, measure->message->header, &auth->pra);
    if (egress_of(measure)->signing != OV_SIGNING_AFTER)
        auth->dkim = ov_dkim_read(measure->arena, measure->message->header, envelope->dns,
                                  envelope->now / G_USEC_PER_SEC);
    ov_measure_auth(measure, auth);
    return auth;
}

/* The worst result is what the sender has to mend. */
static guint rank(OvSpfResult result) {
    static const guint ranks[] = {
        [OV_SPF_PASS] = 0,     [OV_SPF_NONE] = 1,      [OV_SPF_NEUTRAL] = 2,
        [OV_SPF_SOFTFAIL] = 3, [OV_SPF_PERMERROR] = 4, [OV_SPF_FAIL] = 5,
    };
    return ranks[result];
}

static void add_result(Identity *identity, const OvSpf *spf, const OvIpAddress *address) {
    gboolean first = !identity->asked;
    identity->asked = TRUE;
    if (spf->result == OV_SPF_PENDING) {
        identity->pending = TRUE;
    } else if (spf->result == OV_SPF_TEMPERROR) {
        identity->unknown = TRUE;
    } else if (first || identity->worst.domain.length == 0 ||
               rank(spf->result) > rank(identity->worst.result)) {
        identity->worst = *spf;
        identity->address = *address;
    }
}

/* One address that fails is a fault, whatever the others come to. */
static gboolean is_known(const Identity *identity) {
    return identity->asked && !identity->pending &&
           (!identity->unknown || identity->worst.result == OV_SPF_FAIL);
}

typedef enum { MAIL_FROM, HELO, PRA } Which;

/* A name of which the public DNS knows. */
static gboolean is_public(OvSlice name) {
    return ov_domain_name_is(name) && !ov_domain_is_reserved(name);
}

static Identity check_identity(OvMeasure *measure, const OvMeasureAuth *auth, Which which,
                               const char **fault) {
    const OvEnvelope *envelope = measure->message->envelope;
    const OvEgress *egress = egress_of(measure);
    /* Where HELO is asked about, each way out has its own. */
    gboolean by_helo = which == HELO || (which == MAIL_FROM && !*envelope->sender);
    Identity identity = {.asked = FALSE};
    for (guint i = 0; i < MIN(egress->n_points, OV_EGRESS_MAX_POINTS); i++) {
        const OvEgressPoint *point = &egress->points[i];
        OvSpfQuestion question = {.address = point->address,
                                  .sender = ov_slice(envelope->sender),
                                  .helo = ov_slice(point->helo)};
        if (by_helo && !is_public(question.helo))
            continue;
        OvSenderId sender_id;
        OvSpf spf;
        if (which == MAIL_FROM) {
            ov_spf_check_mail_from(measure->arena, envelope->dns, &question, &spf);
        } else if (which == HELO) {
            ov_spf_check_helo(measure->arena, envelope->dns, &question, &spf);
        } else {
            ov_sender_id_check(measure->arena, envelope->dns, &question, &auth->pra, &sender_id);
            spf = sender_id.spf;
            *fault = sender_id.fault;
        }
        add_result(&identity, &spf, &point->address);
    }
    return identity;
}

static void set_words(OvMeasure *measure, OvFactId fact, const char *words) {
    ov_facts_set_text(measure->facts, fact, ov_slice(words));
}

static void set_shown(OvMeasure *measure, OvFactId fact, OvSlice text) {
    set_words(measure, fact, ov_show(measure->arena, text));
}

static gboolean is_authors(const OvMeasure *measure, OvSlice domain) {
    const OvValue *author = &measure->facts->value[OV_FACT_HEADER_FROM_ORGANISATION];
    return author->type == OV_TEXT && author->text.length > 0 &&
           ov_slice_equal_nocase(ov_organisational_domain(domain), author->text);
}

static Identity measure_mail_from(OvMeasure *measure, const OvMeasureAuth *auth) {
    const char *sender = measure->message->envelope->sender;
    const char *at = sender ? strrchr(sender, '@') : NULL;
    if (!sender || (*sender && !(at && is_public(ov_domain_canonical(measure->arena,
                                                                     ov_slice(at + 1), NULL)))))
        return (Identity){.asked = FALSE};
    Identity found = check_identity(measure, auth, MAIL_FROM, NULL);
    if (!is_known(&found))
        return found;
    const OvSpf *spf = &found.worst;
    set_words(measure, OV_FACT_AUTH_SPF, ov_spf_result_name(spf->result));
    set_words(measure, OV_FACT_AUTH_SPF_ADDRESS,
              ov_ip_address_text(measure->arena, &found.address));
    set_shown(measure, OV_FACT_AUTH_SPF_DOMAIN, spf->domain);
    ov_facts_set_truth(measure->facts, OV_FACT_AUTH_SPF_ALIGNED,
                       spf->result == OV_SPF_PASS && is_authors(measure, spf->domain));
    ov_facts_set_truth(measure->facts, OV_FACT_AUTH_SPF_DOUBTFUL,
                       spf->result == OV_SPF_FAIL && measure->message->envelope->egress_doubtful);
    set_words(measure, OV_FACT_AUTH_SPF_REASON, spf->reason);
    ov_measure_set_text(measure, OV_FACT_AUTH_SPF_RECORD,
                        ov_arena_dup(measure->arena, spf->record));
    ov_facts_set_number(measure->facts, OV_FACT_AUTH_SPF_LENGTH, (double)spf->record.length);
    ov_facts_set_number(measure->facts, OV_FACT_AUTH_SPF_RECORDS, spf->n_records);
    ov_facts_set_number(measure->facts, OV_FACT_AUTH_SPF_LOOKUPS, spf->n_lookups);
    ov_facts_set_number(measure->facts, OV_FACT_AUTH_SPF_VOID, spf->n_void);
    ov_facts_set_truth(measure->facts, OV_FACT_AUTH_SPF_PTR, spf->uses_ptr);
    ov_facts_set_truth(measure->facts, OV_FACT_AUTH_SPF_PASSES_ALL, spf->passes_all);
    return found;
}

static gboolean measure_helo(OvMeasure *measure, const OvMeasureAuth *auth) {
    Identity found = check_identity(measure, auth, HELO, NULL);
    if (is_known(&found)) {
        set_words(measure, OV_FACT_AUTH_SPF_HELO, ov_spf_result_name(found.worst.result));
        set_shown(measure, OV_FACT_AUTH_SPF_HELO_DOMAIN, found.worst.domain);
        set_words(measure, OV_FACT_AUTH_SPF_HELO_REASON, found.worst.reason);
    }
    return found.pending;
}

static gboolean measure_sender_id(OvMeasure *measure, const OvMeasureAuth *auth) {
    if (!auth->has_pra) {
        set_words(measure, OV_FACT_AUTH_SENDER_ID_PRA, "");
        set_words(measure, OV_FACT_AUTH_SENDER_ID_REASON, auth->pra.why);
        return FALSE;
    }
    set_shown(measure, OV_FACT_AUTH_SENDER_ID_PRA, auth->pra.address.address);
    if (!is_public(auth->pra.address.domain))
        return FALSE;
    const char *fault = "";
    Identity found = check_identity(measure, auth, PRA, &fault);
    if (is_known(&found)) {
        set_words(measure, OV_FACT_AUTH_SENDER_ID, ov_spf_result_name(found.worst.result));
        set_words(measure, OV_FACT_AUTH_SENDER_ID_REASON, found.worst.reason);
        set_words(measure, OV_FACT_AUTH_SENDER_ID_FAULT, fault);
    }
    return found.pending;
}

/* TRUE: a key is pending. */
static gboolean measure_dkim(OvMeasure *measure, const OvMeasureAuth *auth) {
    if (!auth->dkim) {
        ov_facts_set_truth(measure->facts, OV_FACT_AUTH_DKIM_ALIGNED, FALSE);
        return FALSE;
    }
    if (!ov_dkim_verify(auth->dkim, measure->message, measure->message->envelope->dns,
                        measure->arena))
        return TRUE;
    OvSigning signing = egress_of(measure)->signing;
    ov_measure_auth_dkim(measure, auth->dkim,
                         signing == OV_SIGNING_BEFORE || signing == OV_SIGNING_NONE);
    return FALSE;
}

/* Valid signatures' domains; their number. *identity: what is known of DKIM as a whole. */
static guint signed_domains(const OvMeasure *measure, const OvMeasureAuth *auth,
                            OvSlice domains[OV_DKIM_MAX_SIGNATURES], OvIdentity *identity) {
    guint n = 0;
    for (guint i = 0; auth->dkim && i < auth->dkim->n_signatures; i++)
        if (auth->dkim->signatures[i].result == OV_DKIM_PASS)
            domains[n++] = auth->dkim->signatures[i].domain;
    /* Where an own signature may still come, a foreign one says nothing. */
    if (measure->facts->value[OV_FACT_AUTH_DKIM].type == OV_TEXT)
        *identity = n > 0 ? OV_IDENTITY_PASSED : OV_IDENTITY_FAILED;
    else
        *identity = OV_IDENTITY_UNKNOWN;
    return n;
}

static void set_dmarc(OvMeasure *measure, const OvDmarc *dmarc) {
    OvFacts *facts = measure->facts;
    set_words(measure, OV_FACT_AUTH_DMARC_FAULT, dmarc->fault);
    set_words(measure, OV_FACT_AUTH_DMARC_POLICY,
              dmarc->found ? ov_dmarc_policy_name(dmarc->policy) : "");
    set_shown(measure, OV_FACT_AUTH_DMARC_DOMAIN,
              dmarc->found ? dmarc->domain : (OvSlice){NULL, 0});
    ov_facts_set_truth(facts, OV_FACT_AUTH_DMARC_OLD_TAGS, dmarc->found && dmarc->record.old_tags);
    set_words(measure, OV_FACT_AUTH_DMARC_REASON, dmarc->reason);
    set_shown(measure, OV_FACT_AUTH_DMARC_ORGANISATION, dmarc->organisation);
    if (dmarc->result == OV_DMARC_RESULT_UNKNOWN)
        return;
    set_words(measure, OV_FACT_AUTH_DMARC, ov_dmarc_result_name(dmarc->result));
    ov_facts_set_truth(facts, OV_FACT_AUTH_DMARC_PSL_DIFFERS, dmarc->psl_differs);
    if (facts->value[OV_FACT_AUTH_DKIM].type == OV_TEXT)
        ov_facts_set_truth(facts, OV_FACT_AUTH_DMARC_SPF_ONLY,
                           dmarc->spf_aligned && !dmarc->dkim_aligned);
}

static gboolean measure_dmarc(OvMeasure *measure, const OvMeasureAuth *auth,
                              const Identity *mail_from) {
    OvDnsBook *book = measure->message->envelope->dns;
    if (auth->author.length == 0)
        return FALSE;
    OvSlice domains[OV_DKIM_MAX_SIGNATURES];
    OvDmarcQuestion question = {.author = auth->author, .dkim_domains = domains};
    question.n_dkim_domains = signed_domains(measure, auth, domains, &question.dkim);
    if (is_known(mail_from)) {
        question.spf =
            mail_from->worst.result == OV_SPF_PASS ? OV_IDENTITY_PASSED : OV_IDENTITY_FAILED;
        question.spf_domain = mail_from->worst.domain;
    }
    OvDmarc dmarc;
    ov_dmarc_check(measure->arena, book, &question, &dmarc);
    if (dmarc.result == OV_DMARC_RESULT_PENDING)
        return TRUE;
    if (dmarc.found || dmarc.result == OV_DMARC_RESULT_NONE)
        set_dmarc(measure, &dmarc);
    return FALSE;
}

/* AUTH_NONE's question: is there anything by which receivers can know the sender? */
static void measure_identified(OvMeasure *measure, const Identity *mail_from) {
    const OvFacts *facts = measure->facts;
    gboolean valid = ov_facts_number(facts, OV_FACT_AUTH_DKIM_VALID, 0) > 0;
    gboolean passes = is_known(mail_from) && mail_from->worst.result == OV_SPF_PASS;
    if (valid || passes)
        ov_facts_set_truth(measure->facts, OV_FACT_AUTH_IDENTIFIED, TRUE);
    else if (is_known(mail_from) && facts->value[OV_FACT_AUTH_DKIM].type == OV_TEXT)
        ov_facts_set_truth(measure->facts, OV_FACT_AUTH_IDENTIFIED, FALSE);
}

gboolean ov_measure_auth(OvMeasure *measure, OvMeasureAuth *auth) {
    /* Every part asks before any is waited for. */
    Identity mail_from = measure_mail_from(measure, auth);
    gboolean pending = mail_from.pending;
    pending |= measure_helo(measure, auth);
    pending |= measure_sender_id(measure, auth);
    gboolean keys_pending = measure_dkim(measure, auth);
    pending |= measure_dmarc(measure, auth, &mail_from);
    if (!pending && !keys_pending)
        measure_identified(measure, &mail_from);
    return pending || keys_pending;
}
