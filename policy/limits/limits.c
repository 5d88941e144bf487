#include "policy/limits/limits.h"

#include "policy/mail_address.h"
#include "rules/hash.h"
#include "rules/provider.h"

#include <string.h>

enum {
    MOST_UNATTENDED = 65536, /* messages that only the policy service sees, remembered */
};

/* The message that a connection brings, as the policy service was asked of it. */
typedef struct {
    guint64 ticket;
    guint64 instance; /* hash; 0: none yet */
    guint recipients;
    gboolean attended;
    GList link; /* in the order of their last step; unattended only */
} Way;

struct OvLimits {
    OvCounters *counters;
    OvAllowances *allowances; /* or NULL */
    GMutex lock;              /* of the ways */
    GHashTable *ways;
    GQueue unattended; /* Way *, by its link; the newest last */
};

OvLimits *ov_limits_new(void) {
    OvLimits *limits = g_new0(OvLimits, 1);
    limits->counters = ov_counters_new();
    limits->ways = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    g_queue_init(&limits->unattended);
    g_mutex_init(&limits->lock);
    return limits;
}

void ov_limits_free(OvLimits *limits) {
    if (!limits)
        return;
    g_hash_table_unref(limits->ways);
    ov_counters_free(limits->counters);
    g_mutex_clear(&limits->lock);
    g_free(limits);
}

OvCounters *ov_limits_counters(OvLimits *limits) {
    return limits->counters;
}

void ov_limits_set_allowances(OvLimits *limits, OvAllowances *allowances) {
    limits->allowances = allowances;
}

guint64 ov_limits_ticket(const char *address, const char *port) {
    guint64 number;
    if (!address || !port || !g_ascii_string_to_unsigned(port, 10, 1, G_MAXUINT16, &number, NULL))
        return 0;
    return ov_hash_spread(ov_hash(ov_slice(address), number)) | 1;
}

/* Called under the lock. */
static Way *have_way(OvLimits *limits, guint64 ticket) {
    Way *way = g_hash_table_lookup(limits->ways, &ticket);
    if (way)
        return way;
    way = g_new0(Way, 1);
    way->ticket = ticket;
    way->link.data = way;
    g_hash_table_add(limits->ways, way);
    g_queue_push_tail_link(&limits->unattended, &way->link);
    if (limits->unattended.length > MOST_UNATTENDED) {
        Way *oldest = limits->unattended.head->data;
        g_queue_unlink(&limits->unattended, &oldest->link);
        g_hash_table_remove(limits->ways, oldest);
    }
    return way;
}

void ov_limits_attend(OvLimits *limits, guint64 ticket) {
    if (ticket == 0)
        return;
    g_mutex_lock(&limits->lock);
    Way *way = have_way(limits, ticket);
    if (!way->attended)
        g_queue_unlink(&limits->unattended, &way->link);
    way->attended = TRUE;
    way->instance = 0;
    way->recipients = 0;
    g_mutex_unlock(&limits->lock);
}

void ov_limits_leave(OvLimits *limits, guint64 ticket) {
    if (ticket == 0)
        return;
    g_mutex_lock(&limits->lock);
    Way *way = g_hash_table_lookup(limits->ways, &ticket);
    if (way && way->attended)
        g_hash_table_remove(limits->ways, way);
    g_mutex_unlock(&limits->lock);
    ov_counters_give_back(limits->counters, ticket);
}

/* What is beyond an easing. */
static const OvPlan EASING = {.name = "easing", .over = OV_OVER_DEFER};

/* The claims of one message. */
typedef struct {
    const OvSettings *settings;
    const OvAllowanceList *allowances; /* or NULL */
    const OvLimitMail *mail;
    gint64 now;
    OvArena *arena;
    OvClaim *claims;
    const OvPlan **plans; /* of each claim: whose its bounds are, but for an easing */
    guint n;
} Claims;

static gboolean bounds_things(const OvPlan *plan, OvThing thing) {
    for (guint i = 0; plan && i < plan->n_bounds; i++)
        if (plan->bounds[i].form == OV_BOUND_THINGS && plan->bounds[i].thing == thing)
            return TRUE;
    return FALSE;
}

static OvThings client_mark(Claims *claims) {
    const char *client = claims->mail->client;
    guint32 *mark = OV_ARENA_NEW(claims->arena, guint32, 1);
    *mark = ov_thing_mark(client, strlen(client));
    return (OvThings){mark, 1};
}

static guint n_of(const OvPlan *plan) {
    return plan ? plan->n_bounds : 0;
}

static void add_bound(const Claims *claims, OvClaim *claim, const OvBound *bound) {
    OvBound *added = &claim->bounds[claim->n_bounds++];
    *added = *bound;
    added->refuses = claims->mail->binding && bound->refuses;
}

static const OvPlan *plan_of(const Claims *claims, const OvSubject *subject) {
    const OvPlan *plan = subject->kind == OV_SUBJECT_ACCOUNT ? claims->mail->plan : NULL;
    return plan && ov_plan_holds(plan, claims->now)
               ? plan
               : ov_plan_find(&claims->settings->plans, subject, claims->now);
}

static void claim_for(Claims *claims, const OvSubject *subject, const OvAmounts *amounts) {
    const OvPlan *plan = plan_of(claims, subject);
    OvClaim *claim = &claims->claims[claims->n];
    claims->plans[claims->n++] = plan ? plan : &EASING;
    *claim = (OvClaim){
        .subject = *subject,
        .amounts = *amounts,
        .announced =
            ov_allowance_list_get(claims->allowances, subject, OV_ALLOWANCE_MAILING, claims->now),
    };
    if (bounds_things(plan, OV_THING_DOMAINS))
        claim->things[OV_THING_DOMAINS] = claims->mail->domains;
    if (subject->kind == OV_SUBJECT_ACCOUNT && claims->mail->client)
        claim->things[OV_THING_CLIENTS] = client_mark(claims);
    claim->bounds = OV_ARENA_NEW(claims->arena, OvBound, n_of(plan) + 1);
    for (guint i = 0; i < n_of(plan); i++)
        add_bound(claims, claim, &plan->bounds[i]);
    const OvAllowance *easing =
        ov_allowance_list_get(claims->allowances, subject, OV_ALLOWANCE_EASING, claims->now);
    if (easing)
        add_bound(claims, claim,
                  &(OvBound){.form = OV_BOUND_EASING,
                             .amount = OV_AMOUNT_RECIPIENTS,
                             .span = easing->span,
                             .most = easing->recipients,
                             .refuses = TRUE});
}

/* Where nothing is about them, the first of these are counted for what the rules and `outvet
 * account` tell. */
static gboolean is_counted(const Claims *claims, OvSubjectKind kind) {
    return kind == OV_SUBJECT_ACCOUNT || kind == OV_SUBJECT_SENDER_DOMAIN ||
           kind == OV_SUBJECT_SCRIPT || ov_plans_bound(&claims->settings->plans, kind) ||
           ov_allowance_list_has(claims->allowances, kind);
}

gboolean ov_limits_count(OvLimits *limits, const OvSettings *settings, OvSubjectKind kind) {
    g_autoptr(OvAllowanceList) allowances = ov_allowances_list(limits->allowances);
    Claims claims = {.settings = settings, .allowances = allowances};
    return is_counted(&claims, kind);
}

static void claim_by_name(Claims *claims, OvSubjectKind kind, const char *name) {
    OvSubject subject;
    if (name && is_counted(claims, kind) && ov_subject_set(&subject, kind, name, claims->arena))
        claim_for(claims, &subject, &claims->mail->amounts);
}

static void claim_providers(Claims *claims) {
    const guint *providers = claims->mail->providers;
    if (!providers || !is_counted(claims, OV_SUBJECT_PROVIDER))
        return;
    for (guint i = 0; i < OV_N_PROVIDERS; i++) {
        OvAmounts amounts = claims->mail->amounts;
        amounts.of[OV_AMOUNT_RECIPIENTS] = providers[i];
        OvSubject subject = {OV_SUBJECT_PROVIDER, ov_provider_name((OvProvider)i)};
        if (providers[i] > 0)
            claim_for(claims, &subject, &amounts);
    }
}

static const char *egress_of(const Claims *claims) {
    const OvEgress *egress = claims->mail->egress;
    return egress && egress->n_points == 1 && is_counted(claims, OV_SUBJECT_EGRESS)
               ? ov_ip_address_text(claims->arena, &egress->points[0].address)
               : NULL;
}

OvThings ov_limits_domains(const char *const *recipients, guint n, OvArena *arena) {
    guint32 *marks = OV_ARENA_NEW(arena, guint32, MIN(n, OV_LIMITS_MAX_DOMAINS));
    guint n_marks = 0;
    for (guint i = 0; i < n && n_marks < OV_LIMITS_MAX_DOMAINS; i++) {
        const char *domain = ov_mail_address_domain(recipients[i]);
        guint32 mark = domain ? ov_thing_mark(domain, strlen(domain)) : 0;
        guint j = 0;
        while (j < n_marks && marks[j] != mark)
            j++;
        if (domain && j == n_marks)
            marks[n_marks++] = mark;
    }
    return (OvThings){marks, n_marks};
}

/* Mail has one subject of each kind at most, but for providers. */
static void fill(Claims *claims) {
    const OvLimitMail *mail = claims->mail;
    guint most = OV_SUBJECT_PROVIDER + (mail->providers ? OV_N_PROVIDERS : 0);
    claims->claims = OV_ARENA_NEW(claims->arena, OvClaim, most);
    claims->plans = OV_ARENA_NEW(claims->arena, const OvPlan *, most);
    claim_by_name(claims, OV_SUBJECT_ACCOUNT, mail->account);
    claim_by_name(claims, OV_SUBJECT_SENDER_DOMAIN, ov_mail_address_domain(mail->sender));
    claim_by_name(claims, OV_SUBJECT_SCRIPT, mail->script);
    claim_by_name(claims, OV_SUBJECT_CLIENT, mail->client);
    claim_by_name(claims, OV_SUBJECT_EGRESS, egress_of(claims));
    claim_providers(claims);
}

static const char *usage_text(const OvBound *bound, const OvPlan *plan, OvArena *arena) {
    g_autofree char *used = ov_bound_used_text(bound);
    g_autofree char *allowed = ov_bound_allowed_text(bound);
    return ov_arena_printf(arena, "%s, and plan %s allows %s", used, plan->name, allowed);
}

/* "501 recipients in an hour, and plan shop allows 500; announced for account:shop: 20000
 * recipients more until ..., by olga; 1 of them used". */
static const char *announced_text(const Claims *claims, const OvClaim *claim, const OvPlan *plan) {
    OvArena *arena = claims->arena;
    const char *else_beyond = "more than usual";
    for (guint i = claim->n_bounds; i > 0; i--)
        if (claim->bounds[i - 1].raised)
            else_beyond = usage_text(&claim->bounds[i - 1], plan, arena);
    return ov_arena_printf(arena, "%s; announced for %s: %s; %" G_GUINT64_FORMAT " used",
                           else_beyond, ov_subject_format(&claim->subject, arena),
                           ov_allowance_text(claim->announced, arena), claim->n_drawn);
}

/* Of the bounds that were passed the first whose plan asks for most; one in shadow only where there
 * is no other. */
static void take_passed(const Claims *claims, OvPassed *passed) {
    *passed = (OvPassed){.plan = NULL};
    const char *announced = NULL;
    for (guint i = 0; i < claims->n; i++) {
        const OvClaim *claim = &claims->claims[i];
        for (guint j = 0; j < claim->n_bounds; j++) {
            const OvPlan *plan =
                claim->bounds[j].form == OV_BOUND_EASING ? &EASING : claims->plans[i];
            if (claim->bounds[j].passed &&
                (!passed->plan || (passed->plan->shadow && !plan->shadow) ||
                 (passed->plan->shadow == plan->shadow && plan->over > passed->plan->over)))
                *passed =
                    (OvPassed){.plan = plan, .subject = claim->subject, .bound = claim->bounds[j]};
        }
        if (claim->drawn && !announced)
            announced = announced_text(claims, claim, claims->plans[i]);
    }
    if (passed->plan == &EASING)
        passed->until = ov_allowance_list_get(claims->allowances, &passed->subject,
                                              OV_ALLOWANCE_EASING, claims->now)
                            ->until;
    passed->announced = announced;
}

gboolean ov_limits_reserve(OvLimits *limits, const OvSettings *settings, guint64 ticket,
                           const OvLimitMail *mail, gint64 now, OvArena *arena, OvPassed *passed) {
    g_autoptr(OvAllowanceList) allowances = ov_allowances_list(limits->allowances);
    Claims claims = {
        .settings = settings, .allowances = allowances, .mail = mail, .now = now, .arena = arena};
    fill(&claims);
    gboolean taken = ov_counters_reserve(limits->counters, ticket, claims.claims, claims.n, now);
    take_passed(&claims, passed);
    return taken;
}

void ov_limits_keep(OvLimits *limits, guint64 ticket, gint64 now) {
    ov_counters_keep(limits->counters, ticket, now);
}

void ov_limits_drop(OvLimits *limits, guint64 ticket) {
    ov_counters_give_back(limits->counters, ticket);
}

/* All zero where there is no such subject. */
static void read_subject(OvLimits *limits, guint64 ticket, OvSubjectKind kind, const char *name,
                         gint64 now, OvArena *arena, OvActivity *activity) {
    OvSubject subject;
    *activity = (OvActivity){.since = 0};
    if (name && ov_subject_set(&subject, kind, name, arena))
        ov_counters_read(limits->counters, &subject, ticket, now, activity);
}

static guint clients_of(OvLimits *limits, const char *account, gint64 now, OvArena *arena) {
    OvSubject subject;
    return account && ov_subject_set(&subject, OV_SUBJECT_ACCOUNT, account, arena)
               ? ov_counters_things(limits->counters, &subject, OV_THING_CLIENTS, OV_SPAN_HOUR, now)
               : 0;
}

/* What of the amount was not announced. */
static guint64 unannounced(const OvActivity *activity, OvSpan span, OvAmount amount,
                           OvAmount announced) {
    const OvAmounts *sums = &activity->sums[span];
    return sums->of[amount] - MIN(sums->of[amount], sums->of[announced]);
}

static void recent_providers(OvLimits *limits, guint64 ticket, const OvLimitMail *mail, gint64 now,
                             OvArena *arena, OvRecent *recent) {
    for (guint i = 0; mail->providers && i < OV_N_PROVIDERS; i++) {
        OvActivity activity;
        if (mail->providers[i] == 0)
            continue;
        read_subject(limits, ticket, OV_SUBJECT_PROVIDER, ov_provider_name((OvProvider)i), now,
                     arena, &activity);
        const OvAmounts *day = &activity.sums[OV_SPAN_DAY];
        recent->provider[i].delivered = day->of[OV_AMOUNT_DELIVERED];
        recent->provider[i].bounced = day->of[OV_AMOUNT_BOUNCED];
    }
}

void ov_limits_recent(OvLimits *limits, guint64 ticket, const OvLimitMail *mail, gint64 now,
                      OvArena *arena, OvRecent *recent) {
    OvActivity account, domain, script;
    read_subject(limits, ticket, OV_SUBJECT_ACCOUNT, mail->account, now, arena, &account);
    read_subject(limits, ticket, OV_SUBJECT_SENDER_DOMAIN, ov_mail_address_domain(mail->sender),
                 now, arena, &domain);
    read_subject(limits, ticket, OV_SUBJECT_SCRIPT, mail->script, now, arena, &script);
    const OvAmounts *day = &account.sums[OV_SPAN_DAY], *week = &domain.sums[OV_SPAN_WEEK];
    *recent = (OvRecent){
        .hour = unannounced(&account, OV_SPAN_HOUR, OV_AMOUNT_RECIPIENTS, OV_AMOUNT_ANNOUNCED),
        .day = unannounced(&account, OV_SPAN_DAY, OV_AMOUNT_RECIPIENTS, OV_AMOUNT_ANNOUNCED),
        .usual = account.usual,
        .messages = day->of[OV_AMOUNT_MESSAGES],
        .held = day->of[OV_AMOUNT_HELD],
        .delivered = day->of[OV_AMOUNT_DELIVERED],
        .bounced = day->of[OV_AMOUNT_BOUNCED],
        .domain_day = unannounced(&domain, OV_SPAN_DAY, OV_AMOUNT_RECIPIENTS, OV_AMOUNT_ANNOUNCED),
        .domain_before = domain.before,
        .domain_messages = week->of[OV_AMOUNT_MESSAGES],
        .domain_held = week->of[OV_AMOUNT_HELD],
        .domain_delivered = week->of[OV_AMOUNT_DELIVERED],
        .domain_bounced = week->of[OV_AMOUNT_BOUNCED],
        .domain_complained = week->of[OV_AMOUNT_COMPLAINED],
        .clients = clients_of(limits, mail->account, now, arena),
        .script_burst = unannounced(&script, OV_SPAN_TEN_MINUTES, OV_AMOUNT_MESSAGES,
                                    OV_AMOUNT_ANNOUNCED_MESSAGES),
    };
    recent_providers(limits, ticket, mail, now, arena, recent);
}

void ov_limits_detected(OvLimits *limits, const char *account, guint n, gint64 now,
                        OvArena *arena) {
    OvClaim claim = {.amounts = {{[OV_AMOUNT_DETECTED] = n}}};
    if (n > 0 && ov_subject_set(&claim.subject, OV_SUBJECT_ACCOUNT, account, arena))
        ov_counters_add(limits->counters, &claim, now);
}

void ov_limits_complained(OvLimits *limits, const char *account, const char *sender, gint64 now,
                          OvArena *arena) {
    const struct {
        OvSubjectKind kind;
        const char *name;
    } subjects[] = {{OV_SUBJECT_ACCOUNT, account},
                    {OV_SUBJECT_SENDER_DOMAIN, ov_mail_address_domain(sender)}};
    for (guint i = 0; i < G_N_ELEMENTS(subjects); i++) {
        OvClaim claim = {.amounts = {{[OV_AMOUNT_COMPLAINED] = 1}}};
        if (subjects[i].name &&
            ov_subject_set(&claim.subject, subjects[i].kind, subjects[i].name, arena))
            ov_counters_add(limits->counters, &claim, now);
    }
}

/* What the step adds to what was counted, or to what is reserved in its place. */
static OvAmounts amounts_of(const OvLimitStep *step, guint before, gboolean attended) {
    OvAmounts amounts = {{0}};
    guint recipients = step->recipients > 0 ? step->recipients : before + 1;
    gboolean first = attended || before == 0;
    amounts.of[OV_AMOUNT_MESSAGES] = first ? 1 : 0;
    amounts.of[OV_AMOUNT_RECIPIENTS] = attended ? recipients : recipients - MIN(before, recipients);
    amounts.of[OV_AMOUNT_OCTETS] = step->octets;
    return amounts;
}

/* A step on its way through the counters. */
typedef struct {
    guint before; /* recipients that the message had */
    OvLimitMail so_far;
    Claims claims;
} Stepping;

/* The recipients that the message had before this step, and whether the milter will see it. Called
 * under the lock. */
static guint begin_step(OvLimits *limits, OvLimitStep *step) {
    guint64 instance = ov_hash(ov_slice(step->instance), 1) | 1;
    Way *way = have_way(limits, step->ticket);
    if (way->instance != instance)
        way->recipients = 0;
    way->instance = instance;
    step->attended = way->attended;
    if (!way->attended) {
        g_queue_unlink(&limits->unattended, &way->link);
        g_queue_push_tail_link(&limits->unattended, &way->link);
    }
    return way->recipients;
}

/* Two steps of one message are one after the other. */
static gboolean is_again(OvLimitStep *const *steps, guint n) {
    for (guint i = 0; i < n; i++)
        if (steps[i]->ticket == steps[n]->ticket)
            return TRUE;
    return FALSE;
}

/* Begins the first of n steps, as far as they are of different messages. How many. */
static guint begin_steps(OvLimits *limits, OvLimitStep *const *steps, guint n, Stepping *stepping) {
    guint begun = 0;
    g_mutex_lock(&limits->lock);
    for (; begun < n && !is_again(steps, begun); begun++)
        stepping[begun].before = begin_step(limits, steps[begun]);
    g_mutex_unlock(&limits->lock);
    return begun;
}

static void end_steps(OvLimits *limits, OvLimitStep *const *steps, guint n,
                      const Stepping *stepping) {
    g_mutex_lock(&limits->lock);
    for (guint i = 0; i < n; i++) {
        const OvLimitStep *step = steps[i];
        Way *way = step->taken ? g_hash_table_lookup(limits->ways, &step->ticket) : NULL;
        if (way)
            way->recipients = step->recipients > 0 ? step->recipients : stepping[i].before + 1;
    }
    g_mutex_unlock(&limits->lock);
}

static OvDecision claim_step(const OvSettings *settings, const OvAllowanceList *allowances,
                             const OvLimitStep *step, OvArena *arena, Stepping *stepping) {
    stepping->so_far = step->mail;
    stepping->so_far.amounts = amounts_of(step, stepping->before, step->attended);
    stepping->claims = (Claims){.settings = settings,
                                .allowances = allowances,
                                .mail = &stepping->so_far,
                                .now = step->now,
                                .arena = arena};
    fill(&stepping->claims);
    return (OvDecision){.claims = stepping->claims.claims,
                        .n_claims = stepping->claims.n,
                        .ticket = step->attended ? step->ticket : 0,
                        .reserves = step->attended,
                        .now = step->now};
}

void ov_limits_step(OvLimits *limits, const OvSettings *settings, OvLimitStep *const *steps,
                    guint n, OvArena *arena) {
    OvDecision *decisions = OV_ARENA_NEW(arena, OvDecision, n);
    Stepping *stepping = OV_ARENA_NEW(arena, Stepping, n);
    g_autoptr(OvAllowanceList) allowances = ov_allowances_list(limits->allowances);
    while (n > 0) {
        guint begun = begin_steps(limits, steps, n, stepping);
        for (guint i = 0; i < begun; i++)
            decisions[i] = claim_step(settings, allowances, steps[i], arena, &stepping[i]);
        ov_counters_decide(limits->counters, decisions, begun);
        for (guint i = 0; i < begun; i++) {
            steps[i]->taken = decisions[i].taken;
            take_passed(&stepping[i].claims, &steps[i]->passed);
        }
        end_steps(limits, steps, begun, stepping);
        steps += begun;
        n -= begun;
    }
}

const char *ov_passed_text(const OvPassed *passed, OvArena *arena) {
    if (passed->bound.form != OV_BOUND_EASING)
        return usage_text(&passed->bound, passed->plan, arena);
    g_autofree char *used = ov_bound_used_text(&passed->bound);
    g_autofree char *allowed = ov_bound_allowed_text(&passed->bound);
    g_autoptr(GDateTime) end = g_date_time_new_from_unix_utc(passed->until / G_USEC_PER_SEC);
    g_autofree char *until = end ? g_date_time_format(end, "%F %R UTC") : g_strdup("?");
    return ov_arena_printf(arena, "%s, and after an incident %s are allowed until %s", used,
                           allowed, until);
}
