#include "rules/address.h"
#include "rules/auth/show.h"
#include "rules/measure_auth.h"

enum { SHORTEST_LIFE = 3600 }; /* seconds from t= to x= */

static void set_words(OvMeasure *measure, OvFactId fact, const char *words) {
    ov_facts_set_text(measure->facts, fact, ov_slice(words));
}

static OvSlice organisation_of_sender(OvArena *arena, const char *sender) {
    const char *at = sender ? strrchr(sender, '@') : NULL;
    if (!at)
        return (OvSlice){NULL, 0};
    return ov_organisational_domain(ov_domain_canonical(arena, ov_slice(at + 1), NULL));
}

static gboolean is_in(OvSlice domain, OvSlice organisation) {
    return organisation.length > 0 &&
           ov_slice_equal_nocase(ov_organisational_domain(domain), organisation);
}

/* The signatures of the organisation of From or MAIL FROM; how many. */
static guint own_signatures(OvMeasure *measure, const OvDkim *dkim,
                            const OvDkimSignature *own[OV_DKIM_MAX_SIGNATURES]) {
    OvSlice author = ov_facts_text(measure->facts, OV_FACT_HEADER_FROM_ORGANISATION);
    OvSlice sender = organisation_of_sender(measure->arena, measure->message->envelope->sender);
    guint n = 0, n_valid = 0;
    gboolean aligned = FALSE;
    for (guint i = 0; i < dkim->n_signatures; i++) {
        const OvDkimSignature *signature = &dkim->signatures[i];
        gboolean valid = signature->result == OV_DKIM_PASS;
        n_valid += valid ? 1 : 0;
        aligned |= valid && is_in(signature->domain, author);
        if (is_in(signature->domain, author) || is_in(signature->domain, sender))
            own[n++] = signature;
    }
    ov_facts_set_number(measure->facts, OV_FACT_AUTH_DKIM_VALID, n_valid);
    ov_facts_set_truth(measure->facts, OV_FACT_AUTH_DKIM_ALIGNED, aligned);
    return n;
}

/* What stands in for own signatures where there is none: those of nobody knows whom, as their d=
 * can't be read, beside nothing valid. How many. */
static guint unreadable_signatures(const OvDkim *dkim,
                                   const OvDkimSignature *own[OV_DKIM_MAX_SIGNATURES]) {
    guint n = 0;
    for (guint i = 0; i < dkim->n_signatures; i++) {
        const OvDkimSignature *signature = &dkim->signatures[i];
        if (signature->result == OV_DKIM_PASS)
            return 0;
        if (signature->domain.length == 0)
            own[n++] = signature;
    }
    return n;
}

/* RFC 8058 4: one signature has to cover both fields; it may be the mailing service's. Unknown
 * while one that could not be verified may be it. */
static void measure_one_click(OvMeasure *measure, const OvDkim *dkim) {
    gboolean covered = FALSE, unknown = dkim->n_fields > dkim->n_signatures;
    for (guint i = 0; i < dkim->n_signatures; i++) {
        const OvDkimSignature *signature = &dkim->signatures[i];
        unknown |= signature->result == OV_DKIM_TEMPERROR;
        covered |= signature->result == OV_DKIM_PASS &&
                   ov_dkim_signs(signature, "List-Unsubscribe") > 0 &&
                   ov_dkim_signs(signature, "List-Unsubscribe-Post") > 0;
    }
    if (covered || !unknown)
        ov_facts_set_truth(measure->facts, OV_FACT_AUTH_DKIM_ONE_CLICK, covered);
}

static gboolean is_key_fault(OvDkimFault fault) {
    switch (fault) {
    case OV_DKIM_NO_KEY:
    case OV_DKIM_REVOKED:
    case OV_DKIM_SEVERAL_KEYS:
    case OV_DKIM_KEY_SYNTAX:
    case OV_DKIM_KEY_TYPE:
    case OV_DKIM_NOT_FOR_MAIL:
        return TRUE;
    default:
        return FALSE;
    }
}

static const char *time_fault(const OvDkimSignature *signature) {
    if (signature->fault == OV_DKIM_EXPIRED || signature->fault == OV_DKIM_FUTURE)
        return ov_dkim_fault_text(signature->fault);
    if (signature->signed_at >= 0 && signature->expires >= 0 &&
        signature->expires - signature->signed_at < SHORTEST_LIFE)
        return "it expires within an hour (x=)";
    return "";
}

/* What holds of any of the own signatures. */
static void measure_any(OvMeasure *measure, const OvDkimSignature **own, guint n) {
    gboolean sha1 = FALSE, rsa = FALSE, partial = FALSE, uncovered = FALSE, test_key = FALSE;
    const char *time = "";
    guint bits = 0;
    for (guint i = 0; i < n; i++) {
        const OvDkimSignature *signature = own[i];
        sha1 |= signature->fault == OV_DKIM_SHA1;
        rsa |= !signature->ed25519;
        partial |= signature->has_length;
        uncovered |= signature->uncovered;
        test_key |= signature->test_key;
        if (!*time)
            time = time_fault(signature);
        if (signature->key_bits > 0)
            bits = bits > 0 ? MIN(bits, signature->key_bits) : signature->key_bits;
    }
    OvFacts *facts = measure->facts;
    ov_facts_set_truth(facts, OV_FACT_AUTH_DKIM_SHA1, sha1);
    ov_facts_set_truth(facts, OV_FACT_AUTH_DKIM_ED25519_ONLY, n > 0 && !rsa);
    ov_facts_set_truth(facts, OV_FACT_AUTH_DKIM_PARTIAL, partial);
    ov_facts_set_truth(facts, OV_FACT_AUTH_DKIM_UNCOVERED, uncovered);
    ov_facts_set_truth(facts, OV_FACT_AUTH_DKIM_TEST_KEY, test_key);
    set_words(measure, OV_FACT_AUTH_DKIM_TIME_FAULT, time);
    ov_facts_set_number(facts, OV_FACT_AUTH_DKIM_BITS, bits);
}

static guint count_fields(const OvHeader *header, const char *name) {
    guint n = 0;
    for (guint i = 0; i < header->n_fields; i++)
        n += ov_slice_equal_nocase(header->fields[i].name, ov_slice(name)) ? 1 : 0;
    return n;
}

static void append_name(GString *names, const char *name) {
    g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", name);
}

/* RFC 6376 5.4.1: what a reader or his program goes by. */
static void measure_coverage(OvMeasure *measure, const OvDkimSignature *signature) {
    static const struct {
        const char *name;
        gboolean once_more; /* a second one, added on the way, would be shown */
    } fields[] = {
        {"From", TRUE},
        {"Subject", TRUE},
        {"To", TRUE},
        {"Date", TRUE},
        {"Reply-To", TRUE},
        {"Cc", FALSE},
        {"Message-ID", FALSE},
        {"Sender", FALSE},
        {"MIME-Version", FALSE},
        {"Content-Type", FALSE},
        {"Content-Transfer-Encoding", FALSE},
        {"List-Id", FALSE},
        {"List-Unsubscribe", FALSE},
        {"List-Unsubscribe-Post", FALSE},
        {"List-Post", FALSE},
    };
    GString *not_signed = g_string_new(NULL), *addable = g_string_new(NULL);
    guint n_unsigned = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
        guint present = count_fields(measure->message->header, fields[i].name);
        guint named = ov_dkim_signs(signature, fields[i].name);
        if (present > 0 && named == 0) {
            n_unsigned++;
            append_name(not_signed, fields[i].name);
        }
        if (fields[i].once_more && named <= present)
            append_name(addable, fields[i].name);
    }
    ov_facts_set_number(measure->facts, OV_FACT_AUTH_DKIM_UNSIGNED, n_unsigned);
    set_words(measure, OV_FACT_AUTH_DKIM_UNSIGNED_FIELDS,
              ov_arena_strndup(measure->arena, not_signed->str, not_signed->len));
    set_words(measure, OV_FACT_AUTH_DKIM_ADDABLE_FIELDS,
              ov_arena_strndup(measure->arena, addable->str, addable->len));
    g_string_free(not_signed, TRUE);
    g_string_free(addable, TRUE);
}

void ov_measure_auth_dkim(OvMeasure *measure, const OvDkim *dkim, gboolean final) {
    const OvDkimSignature *own[OV_DKIM_MAX_SIGNATURES];
    guint n = own_signatures(measure, dkim, own);
    if (final || dkim->n_fields > 0)
        measure_one_click(measure, dkim);
    /* Where the first ones of a hundred are foreign, an own one may follow. */
    gboolean all = final && dkim->n_fields == dkim->n_signatures;
    if (n == 0 && all)
        n = unreadable_signatures(dkim, own);
    if (n == 0) {
        if (all)
            set_words(measure, OV_FACT_AUTH_DKIM, "none");
        return;
    }
    measure_any(measure, own, n);
    const OvDkimSignature *told = own[0];
    gboolean unknown = FALSE;
    for (guint i = 0; i < n && told->result != OV_DKIM_PASS; i++) {
        unknown |= own[i]->result == OV_DKIM_TEMPERROR;
        if (own[i]->result == OV_DKIM_PASS)
            told = own[i];
    }
    gboolean valid = told->result == OV_DKIM_PASS;
    if (!valid && unknown)
        return;
    set_words(measure, OV_FACT_AUTH_DKIM, valid ? "pass" : "fail");
    set_words(measure, OV_FACT_AUTH_DKIM_DOMAIN, ov_show(measure->arena, told->domain));
    set_words(measure, OV_FACT_AUTH_DKIM_SELECTOR, ov_show(measure->arena, told->selector));
    set_words(measure, OV_FACT_AUTH_DKIM_REASON, ov_dkim_fault_text(told->fault));
    ov_facts_set_truth(measure->facts, OV_FACT_AUTH_DKIM_KEY_FAULT, is_key_fault(told->fault));
    if (valid)
        measure_coverage(measure, told);
}
