#include "rules/auth/dmarc.h"
#include "rules/address.h"
#include "rules/auth/dmarc_walk.h"
#include "rules/auth/domain_name.h"
#include "rules/auth/show.h"

typedef struct {
    OvArena *arena;
    OvDnsBook *book;
    const OvDmarcQuestion *question;
    OvDmarc *dmarc;
} Check;

const char *ov_dmarc_result_name(OvDmarcResult result) {
    static const char *const names[] = {
        [OV_DMARC_RESULT_PENDING] = "pending", [OV_DMARC_RESULT_NONE] = "none",
        [OV_DMARC_RESULT_PASS] = "pass",       [OV_DMARC_RESULT_FAIL] = "fail",
        [OV_DMARC_RESULT_UNKNOWN] = "unknown",
    };
    return names[result];
}

OvDmarcResult ov_dmarc_organisation(OvArena *arena, OvDnsBook *book, OvSlice domain,
                                    OvSlice *organisation) {
    OvDmarcWalk walk;
    ov_dmarc_walk(arena, book, domain, &walk);
    *organisation = walk.organisation;
    return walk.result;
}

/* The record that applies: the author's own, the organisation's, that of the public suffix (RFC
 * 9989 4.10.1). */
static const OvDmarcStep *find_policy(const OvDmarcWalk *walk) {
    const OvDmarcStep *suffix = NULL;
    for (guint i = 0; i < walk->n_steps; i++) {
        const OvDmarcStep *step = &walk->steps[i];
        if (!step->found)
            continue;
        if (i == 0 || ov_slice_equal(step->name, walk->organisation))
            return step;
        if (step->record.psd == 'y')
            suffix = step;
    }
    return suffix;
}

/* Which of p, sp and np applies. FALSE: that is pending. */
static gboolean choose_policy(Check *check, gboolean own) {
    const OvDmarcRecord *record = &check->dmarc->record;
    check->dmarc->published = record->p;
    if (own)
        return TRUE;
    if (record->sp != OV_DMARC_ABSENT)
        check->dmarc->published = record->sp;
    if (record->np == OV_DMARC_ABSENT)
        return TRUE;
    OvDnsStatus status = ov_dns_look_up(check->book, check->question->author, OV_DNS_A)->status;
    if (status == OV_DNS_NO_NAME)
        check->dmarc->published = record->np;
    return status != OV_DNS_PENDING;
}

/* Without a valid policy a record that asks for reports counts as p=none, another not at all. */
static gboolean settle_policy(OvDmarc *dmarc) {
    const OvDmarcRecord *record = &dmarc->record;
    gboolean valid = record->p > OV_DMARC_INVALID && record->sp != OV_DMARC_INVALID &&
                     record->np != OV_DMARC_INVALID;
    if (!valid) {
        if (!record->reports)
            return FALSE;
        dmarc->published = OV_DMARC_NONE;
    }
    dmarc->policy = dmarc->published;
    if (record->testing && dmarc->policy > OV_DMARC_NONE)
        dmarc->policy--;
    return TRUE;
}

typedef enum { NOT_ALIGNED, ALIGNED, ALIGNED_PENDING, ALIGNED_UNKNOWN } Alignment;

static Alignment align(Check *check, OvSlice domain, gboolean strict) {
    if (ov_slice_equal_nocase(domain, check->question->author))
        return ALIGNED;
    if (strict || !ov_domain_name_is(domain))
        return NOT_ALIGNED;
    OvSlice organisation;
    OvDmarcResult result = ov_dmarc_organisation(check->arena, check->book, domain, &organisation);
    if (result == OV_DMARC_RESULT_PENDING)
        return ALIGNED_PENDING;
    if (result == OV_DMARC_RESULT_UNKNOWN)
        return ALIGNED_UNKNOWN;
    return ov_slice_equal_nocase(organisation, check->dmarc->organisation) ? ALIGNED : NOT_ALIGNED;
}

static gboolean align_by_list(Check *check, OvSlice domain, gboolean strict) {
    OvSlice author = check->question->author;
    return ov_slice_equal_nocase(domain, author) ||
           (!strict && ov_slice_equal_nocase(ov_organisational_domain(domain),
                                             ov_organisational_domain(author)));
}

typedef struct {
    gboolean pending, unknown, by_list;
} Outcome;

static gboolean weigh(Check *check, OvSlice domain, gboolean strict, Outcome *outcome) {
    Alignment alignment = align(check, domain, strict);
    outcome->pending |= alignment == ALIGNED_PENDING;
    outcome->unknown |= alignment == ALIGNED_UNKNOWN;
    outcome->by_list |= align_by_list(check, domain, strict);
    return alignment == ALIGNED;
}

static Outcome weigh_all(Check *check) {
    const OvDmarcQuestion *question = check->question;
    OvDmarc *dmarc = check->dmarc;
    Outcome outcome = {FALSE, FALSE, FALSE};
    if (question->spf == OV_IDENTITY_PASSED)
        dmarc->spf_aligned = weigh(check, question->spf_domain, dmarc->record.strict_spf, &outcome);
    outcome.unknown |= question->spf == OV_IDENTITY_UNKNOWN;
    outcome.unknown |= question->dkim == OV_IDENTITY_UNKNOWN;
    if (question->dkim == OV_IDENTITY_PASSED)
        for (guint i = 0; i < MIN(question->n_dkim_domains, OV_DMARC_MAX_SIGNATURES); i++)
            dmarc->dkim_aligned |=
                weigh(check, question->dkim_domains[i], dmarc->record.strict_dkim, &outcome);
    return outcome;
}

static void tell(Check *check) {
    const OvDmarcQuestion *question = check->question;
    OvDmarc *dmarc = check->dmarc;
    const char *author = ov_show(check->arena, question->author);
    const char *strict = dmarc->record.strict_spf || dmarc->record.strict_dkim
                             ? ", which asks for the same domain"
                             : "";
    if (dmarc->result == OV_DMARC_RESULT_PASS)
        dmarc->reason = ov_arena_printf(check->arena, "%s aligned with %s",
                                        dmarc->spf_aligned && dmarc->dkim_aligned
                                            ? "SPF and a valid signature are"
                                        : dmarc->spf_aligned ? "SPF passes for a domain"
                                                             : "a valid signature is",
                                        author);
    else if (dmarc->result == OV_DMARC_RESULT_UNKNOWN)
        dmarc->reason = "whether SPF or DKIM passes is not known";
    else if (question->spf == OV_IDENTITY_PASSED && question->n_dkim_domains > 0)
        dmarc->reason =
            ov_arena_printf(check->arena,
                            "SPF passes for %s and a signature of %s is valid, neither being "
                            "aligned with %s%s",
                            ov_show(check->arena, question->spf_domain),
                            ov_show(check->arena, question->dkim_domains[0]), author, strict);
    else if (question->spf == OV_IDENTITY_PASSED)
        dmarc->reason = ov_arena_printf(
            check->arena, "SPF passes for %s, which is not aligned with %s%s, and no signature is",
            ov_show(check->arena, question->spf_domain), author, strict);
    else if (question->n_dkim_domains > 0)
        dmarc->reason = ov_arena_printf(
            check->arena, "SPF does not pass, and the signature of %s is not aligned with %s%s",
            ov_show(check->arena, question->dkim_domains[0]), author, strict);
    else
        dmarc->reason = "SPF does not pass and no signature is valid";
}

static OvDmarcResult none(Check *check, const char *reason) {
    check->dmarc->reason = ov_arena_printf(check->arena, "%s %s",
                                           ov_show(check->arena, check->question->author), reason);
    return OV_DMARC_RESULT_NONE;
}

static OvDmarcResult evaluate(Check *check) {
    OvDmarc *dmarc = check->dmarc;
    OvSlice author = check->question->author;
    if (!ov_domain_name_is(author))
        return none(check, "is no domain name");
    OvDmarcWalk walk;
    ov_dmarc_walk(check->arena, check->book, author, &walk);
    dmarc->fault = walk.fault;
    dmarc->reason = walk.trouble;
    if (walk.result != OV_DMARC_RESULT_NONE)
        return walk.result;
    dmarc->organisation = walk.organisation;
    const OvDmarcStep *step = find_policy(&walk);
    if (!step)
        return none(check, "has no DMARC record, and no domain above it has");
    dmarc->domain = step->name;
    dmarc->record = step->record;
    if (!choose_policy(check, ov_slice_equal(step->name, author)))
        return OV_DMARC_RESULT_PENDING;
    dmarc->found = settle_policy(dmarc);
    if (!dmarc->found) {
        if (!*dmarc->fault)
            dmarc->fault = ov_arena_printf(check->arena, "the record at _dmarc.%s has no policy p=",
                                           ov_show(check->arena, step->name));
        return none(check, "has a DMARC record without a valid policy");
    }
    Outcome outcome = weigh_all(check);
    gboolean aligned = dmarc->spf_aligned || dmarc->dkim_aligned;
    if (outcome.pending)
        return OV_DMARC_RESULT_PENDING;
    if (!aligned && outcome.unknown)
        return OV_DMARC_RESULT_UNKNOWN;
    dmarc->psl_differs = aligned != outcome.by_list;
    return aligned ? OV_DMARC_RESULT_PASS : OV_DMARC_RESULT_FAIL;
}

void ov_dmarc_check(OvArena *arena, OvDnsBook *book, const OvDmarcQuestion *question,
                    OvDmarc *dmarc) {
    *dmarc = (OvDmarc){.fault = "", .reason = ""};
    Check check = {arena, book, question, dmarc};
    dmarc->result = evaluate(&check);
    if (dmarc->result == OV_DMARC_RESULT_PENDING)
        dmarc->reason = "an answer of the DNS is missing";
    else if (!*dmarc->reason)
        tell(&check);
}
