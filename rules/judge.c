#include "rules/judge.h"

#include "rules/evidence.h"
#include "rules/init.h"
#include "rules/measure_auth.h"
#include "rules/measure_content.h"
#include "rules/measure_dns.h"
#include "rules/measure_standing.h"
#include "rules/submission.h"

#include <math.h>

/* Work spaces kept for reuse; more judgements than this at a time make and free their own. A
 * judgement has its own until it is recorded, so that many are in use where many connections wait.
 */
enum { MAX_SPARE = 64 };

/* Longest chain of questions that follow from answers. */
enum { MAX_TURNS = 32 };

/* What a judgement needs that is worth keeping. */
typedef struct Workspace Workspace;
struct Workspace {
    Workspace *next;
    OvArena *arena;
    OvExpressionScratch *expressions;
    OvPhraseScratch *phrases;
};

struct OvJudge {
    gatomicrefcount references;
    OvRuleset *ruleset;
    OvRequirementSet *requirements;
    GMutex spare_lock; /* guards spare, n_spare */
    Workspace *spare;
    guint n_spare;
};

struct OvJudgement {
    OvJudge *judge;
    Workspace *workspace;
    OvMessage *message;
    OvFacts *facts;
    OvFingerprint fingerprint;
    OvRequirementMask requirements;
    guint copies[OV_N_DEMANDING];
    OvHit *hits;
    guint n_hits;
    double score;
    OvClass message_class;
    OvAsk ask;
};

OvJudge *ov_judge_new(OvRuleset *ruleset) {
    ov_rules_init();
    OvJudge *judge = g_new0(OvJudge, 1);
    g_atomic_ref_count_init(&judge->references);
    judge->ruleset = ov_ruleset_ref(ruleset);
    judge->requirements = ov_requirement_set_new();
    g_mutex_init(&judge->spare_lock);
    return judge;
}

OvJudge *ov_judge_ref(OvJudge *judge) {
    g_atomic_ref_count_inc(&judge->references);
    return judge;
}

static void workspace_free(Workspace *workspace) {
    ov_phrase_scratch_free(workspace->phrases);
    ov_expression_scratch_free(workspace->expressions);
    ov_arena_free(workspace->arena);
    g_free(workspace);
}

void ov_judge_unref(OvJudge *judge) {
    if (!judge || !g_atomic_ref_count_dec(&judge->references))
        return;
    while (judge->spare) {
        Workspace *workspace = judge->spare;
        judge->spare = workspace->next;
        workspace_free(workspace);
    }
    g_mutex_clear(&judge->spare_lock);
    ov_requirement_set_free(judge->requirements);
    ov_ruleset_unref(judge->ruleset);
    g_free(judge);
}

OvRuleset *ov_judge_ruleset(OvJudge *judge) {
    return judge->ruleset;
}

static Workspace *workspace_take(OvJudge *judge) {
    g_mutex_lock(&judge->spare_lock);
    Workspace *workspace = judge->spare;
    if (workspace) {
        judge->spare = workspace->next;
        judge->n_spare--;
    }
    g_mutex_unlock(&judge->spare_lock);
    if (workspace)
        return workspace;
    workspace = g_new0(Workspace, 1);
    workspace->arena = ov_arena_new();
    workspace->expressions = ov_expression_scratch_new();
    /* Only want of memory can make this fail, which ends the process as g_malloc would. */
    g_autoptr(GError) error = NULL;
    workspace->phrases = ov_phrase_scratch_new(ov_ruleset_phrases(judge->ruleset), &error);
    if (!workspace->phrases)
        g_error("phrase scratch: %s", error->message);
    return workspace;
}

static void workspace_give_back(OvJudge *judge, Workspace *workspace) {
    ov_arena_reset(workspace->arena);
    g_mutex_lock(&judge->spare_lock);
    gboolean keep = judge->n_spare < MAX_SPARE;
    if (keep) {
        workspace->next = judge->spare;
        judge->spare = workspace;
        judge->n_spare++;
    }
    g_mutex_unlock(&judge->spare_lock);
    if (!keep)
        workspace_free(workspace);
}

/* The links that were found; NULL where the deadline left none. */
static const OvLinks *measure_content(OvMeasure *measure, const OvOwnDomains *own) {
    ov_measure_unsubscribe(measure, own);
    if (ov_measure_late(measure))
        return NULL;
    const OvLinks *links = ov_links_read(measure);
    ov_measure_unsubscribe_links(measure, links);
    ov_measure_links(measure, links, own);
    ov_measure_stranger(measure, links);
    ov_measure_lure(measure, links, own);
    ov_measure_html(measure, links, own);
    ov_measure_alternative(measure);
    ov_measure_attached_html(measure);
    ov_measure_empty(measure);
    return links;
}

/* What the DNS says. Each turn waits for what the last one asked, so that a chain of answers takes
 * as many turns. */
static void measure_names(OvMeasure *measure, const OvLinks *links, const OvOwnDomains *own,
                          OvMeasureAuth *auth) {
    for (guint turn = 0; turn < MAX_TURNS; turn++) {
        gboolean pending = ov_measure_dns(measure, links);
        pending |= ov_measure_sender_domain(measure);
        pending |= ov_measure_domain_listing(measure, links, own);
        if (auth && ov_measure_auth(measure, auth))
            pending = TRUE;
        if (!pending)
            return;
        ov_dns_wait(measure->message->envelope->dns);
    }
}

static void measure(OvJudgement *judgement, gint64 deadline) {
    Workspace *workspace = judgement->workspace;
    OvRuleset *ruleset = judgement->judge->ruleset;
    OvMeasure measure = {
        .arena = workspace->arena,
        .ruleset = ruleset,
        .phrases = ov_ruleset_phrases(ruleset),
        .phrase_scratch = workspace->phrases,
        .message = judgement->message,
        .shown = ov_shown_read(workspace->arena, judgement->message->mime, deadline),
        .deadline = deadline,
        .facts = judgement->facts,
        .message_class = OV_CLASS_OTHER,
        .copies = judgement->copies,
        .fingerprint = &judgement->fingerprint,
    };
    const OvMessage *message = judgement->message;
    ov_facts_set_truth(measure.facts, OV_FACT_MESSAGE_LATE, FALSE);
    ov_facts_set_truth(measure.facts, OV_FACT_MESSAGE_TRUNCATED, message->cut);
    ov_facts_set_number(measure.facts, OV_FACT_MESSAGE_SIZE, (double)message->size);
    ov_measure_header(&measure);
    ov_measure_arc(&measure);
    gboolean asks = message->envelope->dns != NULL;
    OvMeasureAuth *auth = NULL;
    if (asks) { /* answers may come while the rest is measured */
        ov_measure_dns(&measure, NULL);
        auth = ov_measure_auth_begin(&measure);
    }
    ov_measure_text(&measure);
    ov_measure_class(&measure);
    if (measure.body && measure.message_class == OV_CLASS_BULK && !ov_measure_late(&measure))
        ov_measure_sender_named(&measure);
    OvOwnDomains own;
    ov_own_domains_read(&measure, &own);
    const OvLinks *links = measure_content(&measure, &own);
    if (asks)
        measure_names(&measure, links, &own, auth);
    ov_measure_providers(&measure);
    if (message->envelope->history) {
        ov_measure_history(&measure);
        ov_measure_volume(&measure);
    }
    ov_measure_submission(&measure);
    ov_measure_standing(&measure);
    ov_measure_recent(&measure);
    judgement->message_class = measure.message_class;
}

static gint heavier_first(gconstpointer a, gconstpointer b) {
    const OvHit *one = a, *other = b;
    if (one->score != other->score)
        return one->score > other->score ? -1 : 1;
    return strcmp(one->rule->name, other->rule->name);
}

/* "45 addresses", "1 address", "12 %", "0.4 %". */
static const char *number_with_unit(double number, const char *unit, OvArena *arena) {
    if (g_str_has_prefix(unit, "share"))
        return ov_arena_printf(arena, number < 0.01 ? "%.1f %%" : "%.0f %%", number * 100);
    gsize plural = 0;
    if (number == 1)
        plural = g_str_has_suffix(unit, "sses") ? 2 : g_str_has_suffix(unit, "s") ? 1 : 0;
    return ov_arena_printf(arena, "%.6g%s%.*s", number, *unit ? " " : "",
                           (int)(strlen(unit) - plural), unit);
}

static const char *evidence_of(const OvRuleset *ruleset, const OvRule *rule, const OvFacts *facts,
                               OvArena *arena) {
    if (rule->evidence < 0)
        return "";
    const OvValue *value = &facts->value[rule->evidence];
    switch (value->type) {
    case OV_TEXT:
        return ov_evidence(arena, value->text);
    case OV_NUMBER:
        return number_with_unit(value->number, ov_ruleset_fact(ruleset, (guint)rule->evidence).unit,
                                arena);
    case OV_TRUTH:
        return value->truth ? "true" : "false";
    case OV_UNKNOWN:
        break;
    }
    return "";
}

/* Evaluates every rule; fills hits, ask and the sum by group. */
static void apply_rules(OvJudgement *judgement, double *by_group) {
    OvRuleset *ruleset = judgement->judge->ruleset;
    OvArena *arena = judgement->workspace->arena;
    OvExpressionScratch *scratch = judgement->workspace->expressions;
    double multiplier = ov_ruleset_multiplier(ruleset, judgement->message_class);
    guint n_rules = ov_ruleset_n_rules(ruleset);
    judgement->hits = OV_ARENA_NEW(arena, OvHit, n_rules);
    for (guint i = 0; i < n_rules; i++) {
        const OvRule *rule = ov_ruleset_rule(ruleset, i);
        if (rule->content && multiplier == 0)
            continue;
        OvValue holds = ov_expression_evaluate(rule->when, judgement->facts, scratch);
        if (holds.type != OV_TRUTH || !holds.truth)
            continue;
        OvValue score = ov_expression_evaluate(rule->score, judgement->facts, scratch);
        if (score.type != OV_NUMBER || !isfinite(score.number))
            continue;
        OvHit *hit = &judgement->hits[judgement->n_hits++];
        hit->rule = rule;
        hit->score = score.number * (rule->content ? multiplier : 1.0);
        hit->evidence = evidence_of(ruleset, rule, judgement->facts, arena);
        hit->advice = ov_ruleset_advice(ruleset, rule, judgement->facts, arena);
        if (rule->shadow)
            continue;
        by_group[rule->group] += hit->score;
        judgement->ask = MAX(judgement->ask, rule->ask);
    }
    if (judgement->n_hits > 0)
        qsort(judgement->hits, judgement->n_hits, sizeof(OvHit), heavier_first);
}

OvJudgement *ov_judge_message(OvJudge *judge, const OvEnvelope *envelope, OvSlice raw, gsize size,
                              gint64 time_limit) {
    gint64 deadline = time_limit > 0 ? g_get_monotonic_time() + time_limit : G_MAXINT64;
    Workspace *workspace = workspace_take(judge);
    OvArena *arena = workspace->arena;
    OvJudgement *judgement = OV_ARENA_NEW(arena, OvJudgement, 1);
    judgement->judge = ov_judge_ref(judge);
    judgement->workspace = workspace;
    judgement->message = ov_message_parse(arena, envelope, raw, size, deadline);
    guint n_facts = ov_ruleset_n_facts(judge->ruleset);
    judgement->facts = ov_arena_alloc0(arena, sizeof(OvFacts) + n_facts * sizeof(OvValue));
    judgement->facts->n_values = n_facts;
    measure(judgement, deadline);

    guint n_groups = ov_ruleset_n_groups(judge->ruleset);
    double *by_group = OV_ARENA_NEW(arena, double, n_groups);
    apply_rules(judgement, by_group);
    double score = 0;
    for (guint group = 0; group < n_groups; group++)
        score += MIN(by_group[group], ov_ruleset_group(judge->ruleset, group)->cap);
    judgement->score = round(score * 100) / 100;
    if (ov_facts_truth(judgement->facts, OV_FACT_MESSAGE_OUTBOUND))
        judgement->requirements =
            ov_requirement_set_apply(judge->requirements, judgement->facts, workspace->expressions);
    return judgement;
}

void ov_judgement_free(OvJudgement *judgement) {
    if (!judgement)
        return;
    /* The judgement lies in the arena that goes back with the work space. */
    OvJudge *judge = judgement->judge;
    Workspace *workspace = judgement->workspace;
    workspace_give_back(judge, workspace);
    ov_judge_unref(judge);
}

double ov_judgement_score(const OvJudgement *judgement) {
    return judgement->score;
}

OvClass ov_judgement_class(const OvJudgement *judgement) {
    return judgement->message_class;
}

OvAsk ov_judgement_ask(const OvJudgement *judgement) {
    return judgement->ask;
}

guint ov_judgement_n_hits(const OvJudgement *judgement) {
    return judgement->n_hits;
}

const OvHit *ov_judgement_hit(const OvJudgement *judgement, guint hit) {
    g_assert(hit < judgement->n_hits);
    return &judgement->hits[hit];
}

const OvFacts *ov_judgement_facts(const OvJudgement *judgement) {
    return judgement->facts;
}

const OvMessage *ov_judgement_message(const OvJudgement *judgement) {
    return judgement->message;
}

OvRequirementMask ov_judgement_requirements(const OvJudgement *judgement) {
    return judgement->requirements;
}

guint ov_judgement_copies(const OvJudgement *judgement, OvProvider provider) {
    return judgement->copies[provider];
}

const OvFingerprint *ov_judgement_fingerprint(const OvJudgement *judgement) {
    return &judgement->fingerprint;
}

gboolean ov_judgement_late(const OvJudgement *judgement) {
    return ov_facts_truth(judgement->facts, OV_FACT_MESSAGE_LATE);
}

const OvRuleset *ov_judgement_ruleset(const OvJudgement *judgement) {
    return judgement->judge->ruleset;
}

OvArena *ov_judgement_arena(OvJudgement *judgement) {
    return judgement->workspace->arena;
}

static const char *field_text(const OvJudgement *judgement, OvFieldId id) {
    const OvField *field = ov_header_find(judgement->message->header, id);
    return field ? ov_field_text(judgement->workspace->arena, field).data : "";
}

const char *ov_judgement_subject(const OvJudgement *judgement) {
    return field_text(judgement, OV_FIELD_SUBJECT);
}

const char *ov_judgement_from(const OvJudgement *judgement) {
    return field_text(judgement, OV_FIELD_FROM);
}

const char *ov_judgement_message_id(const OvJudgement *judgement) {
    return field_text(judgement, OV_FIELD_MESSAGE_ID);
}
