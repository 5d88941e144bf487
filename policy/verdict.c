#include "policy/verdict.h"

#include "rules/glob.h"

#include <math.h>

static const char *const NAMES[] = {
    [OV_VERDICT_ACCEPT] = "accept", [OV_VERDICT_TAG] = "tag",       [OV_VERDICT_HOLD] = "hold",
    [OV_VERDICT_DEFER] = "defer",   [OV_VERDICT_REJECT] = "reject",
};

/* Scores have two decimals; a sum of binary fractions may fall short of them by less than this. */
static const double ROUNDING = 1e-6;

const char *ov_verdict_name(OvVerdictKind verdict) {
    g_assert((guint)verdict < G_N_ELEMENTS(NAMES));
    return NAMES[verdict];
}

gboolean ov_verdict_from_name(const char *name, OvVerdictKind *verdict) {
    for (guint i = 0; i < G_N_ELEMENTS(NAMES); i++)
        if (g_str_equal(name, NAMES[i])) {
            *verdict = (OvVerdictKind)i;
            return TRUE;
        }
    return FALSE;
}

/* "" for an address without one, as the null sender is. */
static const char *domain_of(const char *address) {
    const char *at = address ? strrchr(address, '@') : NULL;
    return at ? at + 1 : "";
}

static const OvOverride *first_match(const OvOverride *overrides, guint n, const char *name) {
    for (guint i = 0; i < n; i++)
        if (ov_glob_match(overrides[i].pattern, name))
            return &overrides[i];
    return NULL;
}

/* The overrides that apply, the strongest first; NULL where none does. */
enum { N_LEVELS = 3 };
static void find_overrides(const OvOverride *levels[N_LEVELS], const OvSettings *settings,
                           const OvAccount *account, const OvEnvelope *envelope,
                           OvClass message_class) {
    levels[0] = first_match(settings->accounts, settings->n_accounts, account->name);
    levels[1] = first_match(settings->domains, settings->n_domains, domain_of(envelope->sender));
    levels[2] = &settings->classes[message_class];
}

static void override_with(double *threshold, double value) {
    if (!isnan(value))
        *threshold = value;
}

static void resolve_thresholds(OvThresholds *thresholds, const OvSettings *settings,
                               const OvOverride *const levels[N_LEVELS]) {
    *thresholds = settings->thresholds;
    for (guint i = N_LEVELS; i-- > 0;)
        if (levels[i]) {
            override_with(&thresholds->tag, levels[i]->thresholds.tag);
            override_with(&thresholds->hold, levels[i]->thresholds.hold);
            override_with(&thresholds->reject, levels[i]->thresholds.reject);
        }
}

void ov_verdict_thresholds(OvThresholds *thresholds, const OvSettings *settings,
                           const OvAccount *account, const OvEnvelope *envelope,
                           OvClass message_class) {
    const OvOverride *levels[N_LEVELS];
    find_overrides(levels, settings, account, envelope, message_class);
    resolve_thresholds(thresholds, settings, levels);
}

static const char *matching(const char *const *patterns, const char *name) {
    for (; *patterns; patterns++)
        if (ov_glob_match(*patterns, name))
            return *patterns;
    return NULL;
}

/* The pattern that exempts the first recipient, if each recipient is exempt; else NULL. */
static const char *exempt_recipients(const OvSettings *settings, const OvEnvelope *envelope) {
    const char *first = NULL;
    if (!settings->exempt_recipient_domains[0])
        return NULL;
    for (guint i = 0; i < envelope->n_recipients; i++) {
        const char *pattern =
            matching(settings->exempt_recipient_domains, domain_of(envelope->recipients[i]));
        if (!pattern)
            return NULL;
        if (!first)
            first = pattern;
    }
    return first;
}

static const char *exempt_client(const OvSettings *settings, const OvEnvelope *envelope) {
    for (guint i = 0; i < settings->n_exempt_networks; i++)
        if (ov_network_contains(&settings->exempt_networks[i], envelope->client_address))
            return settings->exempt_clients[i];
    return NULL;
}

static gboolean find_exemption(char *text, gsize size, const OvSettings *settings,
                               const OvAccount *account, const OvEnvelope *envelope) {
    const char *kind, *pattern;
    const char *domain = domain_of(envelope->sender);
    if ((pattern = matching(settings->exempt_accounts, account->name)))
        kind = "account";
    else if (*domain && (pattern = matching(settings->exempt_domains, domain)))
        kind = "domain";
    else if ((pattern = exempt_client(settings, envelope)))
        kind = "client";
    else if ((pattern = exempt_recipients(settings, envelope)))
        kind = "recipients";
    else
        return FALSE;
    g_snprintf(text, size, "%s %s", kind, pattern);
    return TRUE;
}

static gboolean is_on(double threshold) {
    return threshold < G_MAXDOUBLE;
}

static OvVerdictKind by_score(const OvThresholds *thresholds, double score) {
    score += ROUNDING;
    return score >= thresholds->reject ? OV_VERDICT_REJECT
           : score >= thresholds->hold ? OV_VERDICT_HOLD
           : score >= thresholds->tag  ? OV_VERDICT_TAG
                                       : OV_VERDICT_ACCEPT;
}

static OvVerdictKind by_demand(const OvThresholds *thresholds, OvAsk ask) {
    if (ask == OV_ASK_NOTHING)
        return OV_VERDICT_ACCEPT;
    if (ask == OV_ASK_REJECT && is_on(thresholds->reject))
        return OV_VERDICT_REJECT;
    return is_on(thresholds->hold)  ? OV_VERDICT_HOLD
           : is_on(thresholds->tag) ? OV_VERDICT_TAG
                                    : OV_VERDICT_ACCEPT;
}

void ov_verdict_weigh(OvVerdict *verdict, const OvSettings *settings, const OvAccount *account,
                      const OvEnvelope *envelope, OvClass message_class, double score, OvAsk ask) {
    *verdict = (OvVerdict){.shadow = settings->shadow};
    const OvOverride *levels[N_LEVELS];
    find_overrides(levels, settings, account, envelope, message_class);
    for (guint i = N_LEVELS; i-- > 0;)
        if (levels[i] && levels[i]->shadow >= 0)
            verdict->shadow = levels[i]->shadow;

    if (!find_exemption(verdict->exempt, sizeof verdict->exempt, settings, account, envelope)) {
        OvThresholds thresholds;
        resolve_thresholds(&thresholds, settings, levels);
        if (message_class == OV_CLASS_DSN)
            thresholds.reject = G_MAXDOUBLE;
        verdict->computed = MAX(by_score(&thresholds, score), by_demand(&thresholds, ask));
    }
    verdict->verdict = verdict->shadow ? OV_VERDICT_ACCEPT : verdict->computed;
}

gboolean ov_verdict_suspend(OvVerdict *verdict, const OvSettings *settings,
                            const OvEnvelope *envelope, OvVerdictKind answer) {
    if (exempt_recipients(settings, envelope))
        return FALSE;
    verdict->computed = MAX(verdict->computed, answer);
    verdict->verdict = verdict->shadow ? OV_VERDICT_ACCEPT : verdict->computed;
    return TRUE;
}
