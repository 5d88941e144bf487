#include "rules/auth/dkim_internal.h"
#include "rules/auth/domain_check.h"
#include "rules/auth/show.h"
#include "rules/auth/tags.h"

enum { GOOD_BITS = 2048 }; /* RFC 8301 3.2: signers SHOULD */

/* What signers and services name their keys by default. */
static const char *const common_selectors[] = {
    "default",   "mail",   "dkim", "s1",     "s2",   "k1",   "k2",  "selector1",
    "selector2", "google", "key1", "outvet", "2025", "2026", "mta", "smtp",
};

static OvSlice key_name(OvArena *arena, const char *selector, OvSlice domain) {
    return ov_slice(
        ov_arena_printf(arena, "%s._domainkey.%.*s", selector, (int)domain.length, domain.data));
}

/* The record that means to be a key, else the first. */
static OvSlice record_of(const OvDnsAnswer *answer, OvTag *tags, gint *n_tags) {
    for (guint i = 0; i < answer->n_records; i++) {
        *n_tags = ov_tags_cut(answer->records[i].data, tags);
        if (*n_tags > 0 && ov_tags_find(tags, *n_tags, "p"))
            return answer->records[i].data;
    }
    *n_tags = 0;
    return answer->records[0].data;
}

static gboolean is_ed25519(const OvTag *tags, gint n_tags) {
    const OvTag *type = ov_tags_find(tags, n_tags, "k");
    return type && ov_slice_equal_nocase(type->value, OV_SLICE_LITERAL("ed25519"));
}

static void look_at(OvArena *arena, OvDnsBook *book, OvSlice domain, const char *name,
                    OvSelector *selector) {
    const OvDnsAnswer *answer = ov_dns_look_up(book, key_name(arena, name, domain), OV_DNS_TXT);
    *selector = (OvSelector){.selector = ov_slice(name)};
    selector->state = answer->status == OV_DNS_PENDING  ? OV_SELECTOR_PENDING
                      : answer->status == OV_DNS_FAILED ? OV_SELECTOR_UNKNOWN
                      : answer->status == OV_DNS_FOUND  ? OV_SELECTOR_FOUND
                                                        : OV_SELECTOR_NONE;
    if (selector->state != OV_SELECTOR_FOUND)
        return;
    OvTag tags[OV_TAGS_MAX];
    gint n_tags;
    selector->record = record_of(answer, tags, &n_tags);
    OvDkimWork work = {.strict_identity = FALSE};
    OvDkimSignature signature = {.ed25519 = is_ed25519(tags, n_tags)};
    EVP_PKEY_free(ov_dkim_key_read(arena, answer, &work, &signature));
    selector->ed25519 = signature.ed25519;
    selector->fault = signature.fault;
    selector->bits = signature.key_bits;
    selector->test_key = signature.test_key;
}

/* The record without t=y; of several flags the others stay. */
static OvSlice without_test_flag(OvArena *arena, OvSlice record) {
    OvTag tags[OV_TAGS_MAX];
    gint n_tags = ov_tags_cut(record, tags);
    g_autoptr(GString) text = g_string_new(NULL);
    for (gint i = 0; i < n_tags; i++) {
        gboolean flags = ov_slice_equal(tags[i].name, OV_SLICE_LITERAL("t"));
        OvSlice words = tags[i].value, word;
        gboolean strict = FALSE;
        while (flags && ov_dkim_next_name(&words, &word))
            strict |= ov_slice_equal_nocase(word, OV_SLICE_LITERAL("s"));
        if (flags && !strict)
            continue;
        OvSlice value = flags ? OV_SLICE_LITERAL("s") : tags[i].value;
        g_string_append_printf(text, "%s%.*s=", text->len > 0 ? "; " : "", (int)tags[i].name.length,
                               tags[i].name.data);
        for (gsize j = 0; j < value.length; j++)
            if (!ov_is_blank(value.data[j]))
                g_string_append_c(text, value.data[j]);
    }
    return ov_arena_dup(arena, (OvSlice){text->str, text->len});
}

static void want_key(OvDomainDkim *dkim, const OvDomainQuestion *question,
                     const OvSelector *selector, const char *remark) {
    OvFindings *findings = &dkim->findings;
    const char *name =
        ov_arena_strndup(findings->arena, selector->selector.data, selector->selector.length);
    ov_findings_want(findings, key_name(findings->arena, name, question->domain), "TXT",
                     selector->ed25519 ? OV_SLICE_LITERAL("v=DKIM1; k=ed25519; p=PUBLIC-KEY")
                                       : OV_SLICE_LITERAL("v=DKIM1; k=rsa; p=PUBLIC-KEY"),
                     remark);
}

#define WHERE_THE_KEY_IS                                                                           \
    "PUBLIC-KEY is the signer's: in the file SELECTOR.txt that opendkim-genkey wrote, or, of a "   \
    "private key in FILE: openssl pkey -in FILE -pubout -outform der | base64 -w0"

static void tell_of_fault(OvDomainDkim *dkim, const OvDomainQuestion *question,
                          const OvSelector *selector) {
    OvFindings *findings = &dkim->findings;
    const char *name = ov_show(findings->arena, selector->selector);
    ov_find(findings, OV_FINDING_MEND, "selector %s: %s", name,
            ov_dkim_fault_text(selector->fault));
    switch (selector->fault) {
    case OV_DKIM_SEVERAL_KEYS:
        ov_find(findings, OV_FINDING_MEND,
                "selector %s: delete all records there but the one of the key in use", name);
        break;
    case OV_DKIM_REVOKED:
        want_key(
            dkim, question, selector,
            "Only where the signer still uses this selector; else leave it. " WHERE_THE_KEY_IS);
        break;
    case OV_DKIM_WEAK_KEY:
    case OV_DKIM_HUGE_KEY:
        want_key(dkim, question, selector,
                 "With a new key of 2048 bits: opendkim-genkey -b 2048 -s SELECTOR -d DOMAIN; "
                 "under a new selector, so that mail on its way can still be "
                 "verified. " WHERE_THE_KEY_IS);
        break;
    default:
        want_key(dkim, question, selector, "In place of what is there. " WHERE_THE_KEY_IS);
    }
}

static void tell_of_key(OvDomainDkim *dkim, const OvDomainQuestion *question,
                        const OvSelector *selector) {
    OvFindings *findings = &dkim->findings;
    const char *name = ov_show(findings->arena, selector->selector);
    if (selector->ed25519)
        ov_find(findings, OV_FINDING_FINE,
                "selector %s: an Ed25519 key; many receivers verify RSA alone, so sign with both",
                name);
    else if (selector->bits < GOOD_BITS)
        ov_find(findings, OV_FINDING_NOTE, "selector %s: an RSA key of %u bits; take one of %d",
                name, selector->bits, GOOD_BITS);
    else
        ov_find(findings, OV_FINDING_FINE, "selector %s: an RSA key of %u bits", name,
                selector->bits);
    if (!selector->test_key)
        return;
    ov_find(findings, OV_FINDING_MEND,
            "selector %s: t=y says that it is a test, so receivers may take mail as unsigned",
            name);
    const char *copy =
        ov_arena_strndup(findings->arena, selector->selector.data, selector->selector.length);
    ov_findings_want(findings, key_name(findings->arena, copy, question->domain), "TXT",
                     without_test_flag(findings->arena, selector->record),
                     "In place of the key record that is there.");
}

static void tell_of(OvDomainDkim *dkim, const OvDomainQuestion *question,
                    const OvSelector *selector) {
    OvFindings *findings = &dkim->findings;
    const char *name = ov_show(findings->arena, selector->selector);
    switch (selector->state) {
    case OV_SELECTOR_PENDING:
        break;
    case OV_SELECTOR_UNKNOWN:
        ov_find(findings, OV_FINDING_UNKNOWN, "selector %s: the DNS gave no answer", name);
        break;
    case OV_SELECTOR_NONE:
        ov_find(findings, OV_FINDING_MEND, "selector %s: there is no key record", name);
        want_key(dkim, question, selector, WHERE_THE_KEY_IS);
        break;
    case OV_SELECTOR_FOUND:
        if (selector->fault == OV_DKIM_NO_FAULT)
            tell_of_key(dkim, question, selector);
        else
            tell_of_fault(dkim, question, selector);
    }
}

/* Those that were named: each must be there. */
static void look_at_named(OvArena *arena, OvDnsBook *book, const OvDomainQuestion *question,
                          OvDomainDkim *dkim) {
    for (guint i = 0; question->selectors[i] && i < OV_DOMAIN_MAX_SELECTORS; i++) {
        OvSelector *selector = &dkim->selectors[dkim->n_selectors++];
        look_at(arena, book, question->domain, question->selectors[i], selector);
        dkim->pending |= selector->state == OV_SELECTOR_PENDING;
        tell_of(dkim, question, selector);
    }
}

/* Common names: what is there is told. A revoked key is one that was given up. */
static void try_common(OvArena *arena, OvDnsBook *book, const OvDomainQuestion *question,
                       OvDomainDkim *dkim) {
    gboolean failed = FALSE;
    g_autoptr(GString) tried = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(common_selectors); i++) {
        OvSelector selector;
        look_at(arena, book, question->domain, common_selectors[i], &selector);
        dkim->pending |= selector.state == OV_SELECTOR_PENDING;
        failed |= selector.state == OV_SELECTOR_UNKNOWN;
        g_string_append_printf(tried, "%s%s", i > 0 ? ", " : "", common_selectors[i]);
        if (selector.state != OV_SELECTOR_FOUND || selector.fault == OV_DKIM_REVOKED ||
            (dkim->wildcard && selector.fault == OV_DKIM_KEY_SYNTAX))
            continue;
        dkim->selectors[dkim->n_selectors++] = selector;
        tell_of(dkim, question, &selector);
    }
    if (dkim->n_selectors == 0)
        ov_find(&dkim->findings, OV_FINDING_UNKNOWN,
                "%s %s; name the signer's with --selector NAME",
                failed ? "the DNS did not tell of a key under the selectors"
                       : "there is no key under the selectors",
                tried->str);
}

void ov_domain_dkim(OvArena *arena, OvDnsBook *book, const OvDomainQuestion *question,
                    OvDomainDkim *dkim) {
    dkim->n_selectors = 0;
    ov_findings_init(&dkim->findings, arena);
    OvDnsStatus probe =
        ov_dns_look_up(book, key_name(arena, "no-such-selector-of-outvet", question->domain),
                       OV_DNS_TXT)
            ->status;
    dkim->pending = probe == OV_DNS_PENDING;
    dkim->wildcard = probe == OV_DNS_FOUND;
    if (question->selectors && question->selectors[0])
        look_at_named(arena, book, question, dkim);
    else
        try_common(arena, book, question, dkim);
    if (dkim->wildcard)
        ov_find(&dkim->findings, OV_FINDING_NOTE,
                "any name below the domain has a TXT record (a wildcard), so a selector that does "
                "not exist looks like a broken key");
}
