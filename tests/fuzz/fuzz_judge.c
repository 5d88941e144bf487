/* Judges any octets as a message, with the shipped rules: what is measured and told must be sound
 * whatever arrives. */
#include "rules/init.h"
#include "rules/judge.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

/* The shipped rules, for all inputs of the process. */
static OvJudge *judge;

static void free_judge(void) {
    ov_judge_unref(judge);
}

static void load(void) {
    const char *source = g_getenv("OUTVET_SOURCE");
    g_autofree char *rules = g_build_filename(source ? source : ".", "rules", NULL);
    g_autoptr(GError) error = NULL;
    ov_rules_init();
    g_autoptr(OvRuleset) ruleset =
        ov_ruleset_load((const char *const[]){rules, NULL}, NULL, &error);
    if (!ruleset)
        g_error("%s", error->message);
    judge = ov_judge_new(ruleset);
    atexit(free_judge);
}

static void check_facts(const OvFacts *facts) {
    for (guint i = 0; i < facts->n_values; i++) {
        const OvValue *value = &facts->value[i];
        if (value->type == OV_NUMBER)
            g_assert(isfinite(value->number));
        if (value->type == OV_TEXT && value->text.length > 0 &&
            !g_utf8_validate_len(value->text.data, value->text.length, NULL))
            g_error("fact %s is no UTF-8", i < OV_N_FACTS ? ov_fact_specs[i].name : "");
    }
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
    static const char *const recipients[] = {"bert@otherhouse-test.org", "carla@other2-test.org"};
    if (!judge)
        load();
    /* The size chooses among envelopes, so that every input is a message as it stands. */
    OvEnvelope envelope = {
        .sender = size % 3 == 0   ? ""
                  : size % 3 == 1 ? "anna@kranichwerke-test.net"
                                  : NULL,
        .recipients = recipients,
        .n_recipients = (guint)(size / 3 % 3),
        .smtputf8_known = size % 2 == 0,
        .now = G_GINT64_CONSTANT(1795435200) * G_USEC_PER_SEC,
    };
    OvSlice raw = {(const char *)data, size};
    g_autoptr(OvJudgement) judgement = ov_judge_message(judge, &envelope, raw, size, 0);
    g_assert(isfinite(ov_judgement_score(judgement)) && ov_judgement_score(judgement) >= 0);
    check_facts(ov_judgement_facts(judgement));
    for (guint i = 0; i < ov_judgement_n_hits(judgement); i++) {
        const OvHit *hit = ov_judgement_hit(judgement, i);
        g_assert(g_utf8_validate(hit->evidence, -1, NULL));
        g_assert(g_utf8_validate(hit->advice, -1, NULL));
    }
    return 0;
}
