#include "policy/delegation/decide.h"

#include "policy/log.h"
#include "rules/auth/show.h"

static const char *text_of(OvArena *arena, const OvPolicyRequest *request,
                           OvPolicyAttribute attribute) {
    OvSlice value = request->value[attribute];
    return ov_arena_strndup(arena, value.data ? value.data : "", value.length);
}

/* A request as the milter would see its message, as far as it is told yet. */
typedef struct {
    const OvPolicyRequest *request;
    const OvSettings *settings;
    OvArena *arena;
    OvEnvelope envelope;
    const char *recipient; /* what envelope.recipients points to */
    OvAccount account;
    OvVerdict verdict;
    GString *answer;
    gint64 asked;        /* monotonic, when the maps were */
    gboolean asks_owner; /* they were asked whose the sender is */
    OvLimitStep step;    /* against the plans */
} Case;

static void open_case(Case *c, const OvPolicyRequest *request, const OvSettings *settings,
                      OvArena *arena, GString *answer) {
    *c = (Case){.request = request, .settings = settings, .arena = arena, .answer = answer};
    c->recipient = text_of(arena, request, OV_POLICY_RECIPIENT);
    c->envelope = (OvEnvelope){
        .login = text_of(arena, request, OV_POLICY_SASL_USERNAME),
        .sender = text_of(arena, request, OV_POLICY_SENDER),
        .recipients = &c->recipient,
        .n_recipients = *c->recipient ? 1 : 0,
        .client_address = text_of(arena, request, OV_POLICY_CLIENT_ADDRESS),
        .now = g_get_real_time(),
    };
    c->envelope.egress = ov_egress_find(&settings->egress, &c->envelope, arena);
    ov_account_find(&c->account, settings, &c->envelope, ov_header_parse(arena, ov_slice(""), 1),
                    arena);
}

static void log_action(const Case *c, const char *action, const char *because) {
    const char *queue_id = text_of(c->arena, c->request, OV_POLICY_QUEUE_ID);
    ov_log(OV_LOG_INFO, *queue_id ? queue_id : "NOQUEUE", "event", "policy", "action", action,
           "because", because, "account", c->account.name, "login", c->envelope.login, "from",
           c->envelope.sender, "client", c->envelope.client_address, NULL);
}

/* TRUE with the answer where sending is suspended. A recipient's being exempt is known at RCPT
 * alone. */
static gboolean refuse_suspended(Case *c, const OvSuspensionList *suspended) {
    static const struct {
        const char *words, *name;
    } ACTIONS[] = {
        [OV_VERDICT_HOLD] = {"HOLD", "hold"},
        [OV_VERDICT_DEFER] = {"DEFER_IF_PERMIT 4.7.1", "defer"},
        [OV_VERDICT_REJECT] = {"REJECT 5.7.1", "reject"},
    };
    OvVerdictKind kind;
    const OvSuspension *suspension =
        c->request->state == OV_POLICY_AT_RCPT
            ? ov_suspension_find(suspended, c->settings, &c->account, &c->envelope, c->arena, &kind)
            : NULL;
    if (!suspension)
        return FALSE;
    ov_verdict_weigh(&c->verdict, c->settings, &c->account, &c->envelope, OV_CLASS_OTHER, 0,
                     OV_ASK_NOTHING);
    if (!ov_verdict_suspend(&c->verdict, c->settings, &c->envelope, kind) ||
        c->verdict.verdict != kind)
        return FALSE;
    g_string_append_printf(c->answer, "%s %s", ACTIONS[kind].words,
                           ov_suspension_sentence(suspension, c->arena));
    log_action(c, ACTIONS[kind].name, ov_suspension_evidence(suspension, c->arena));
    return TRUE;
}

/* TRUE where the administrator lets the mail pass whatever is wrong with it. */
static gboolean is_exempt(Case *c) {
    ov_verdict_weigh(&c->verdict, c->settings, &c->account, &c->envelope, OV_CLASS_OTHER, 0,
                     OV_ASK_REJECT);
    return c->verdict.shadow || *c->verdict.exempt;
}

/* It may be held against the plans. */
static gboolean is_step(const OvPolicyRequest *request) {
    return request->state == OV_POLICY_AT_RCPT || request->state == OV_POLICY_AT_END_OF_MESSAGE;
}

/* Asks the maps whose the sender is, and which plan the account has. */
static void ask_maps(Case *c, const OvPolicyMeans *means) {
    const OvOwnership *ownership = means->ownership;
    OvSlice sender = c->request->value[OV_POLICY_SENDER];
    const char *login = c->envelope.login;
    c->asked = g_get_monotonic_time();
    if (means->plan_maps && is_step(c->request))
        ov_plan_maps_ask(means->plan_maps, c->account.name);
    c->asks_owner = c->settings->foreign_sender != OV_FOREIGN_SENDER_PASS && ownership && *login &&
                    sender.length > 0;
    if (c->asks_owner)
        ownership->ask(ownership->data, login, sender);
}

/* Waits for what they say. */
static gboolean is_foreign(const Case *c, const OvOwnership *ownership) {
    return c->asks_owner && ownership->answer(ownership->data, c->envelope.login,
                                              c->request->value[OV_POLICY_SENDER],
                                              c->asked + ownership->time_limit) == OV_OWNED_NO;
}

static void refuse_foreign(Case *c) {
    gboolean reject = c->settings->foreign_sender == OV_FOREIGN_SENDER_REJECT;
    g_string_append_printf(c->answer,
                           "%s <%s> is not an address of your login; send with one that is",
                           reject ? "REJECT 5.7.1" : "DEFER_IF_PERMIT 4.7.1",
                           ov_show(c->arena, c->request->value[OV_POLICY_SENDER]));
    log_action(c, reject ? "reject" : "defer", "the sender is another login's");
}

/* Where the milter sees the mail too, it tags and holds, and writes that down. */
static const char *action_over(OvOver over, gboolean attended) {
    switch (over) {
    case OV_OVER_DEFER:
        return "DEFER_IF_PERMIT 4.7.1";
    case OV_OVER_REJECT:
        return "REJECT 5.7.1";
    case OV_OVER_HOLD:
        return attended ? NULL : "HOLD";
    case OV_OVER_TAG:
    case OV_OVER_SUSPEND:
        return NULL;
    }
    return NULL;
}

static void refuse_over(const Case *c, const OvPassed *passed, const char *action) {
    const char *text = ov_passed_text(passed, c->arena);
    g_string_append_printf(c->answer, "%s You have sent %s", action, text);
    log_action(c, ov_over_name(passed->plan->over),
               ov_arena_printf(c->arena, "%s %s: %s", ov_subject_kind_title(passed->subject.kind),
                               passed->subject.name, text));
}

static void take_consequences(const Case *c, const OvPolicyMeans *means, const OvPassed *passed,
                              gboolean binding) {
    const char *queue_id = text_of(c->arena, c->request, OV_POLICY_QUEUE_ID);
    ov_passed_consequences(passed, means->settings, binding, *queue_id ? queue_id : NULL,
                           means->alerts, means->suspensions, c->envelope.now, c->arena);
}

/* What is to be held against the plans. FALSE where nothing is. */
static gboolean fill_step(Case *c, const OvPolicyMeans *means) {
    const OvPolicyRequest *request = c->request;
    gboolean at_end = request->state == OV_POLICY_AT_END_OF_MESSAGE;
    const char *port = text_of(c->arena, request, OV_POLICY_CLIENT_PORT);
    OvLimitStep *step = &c->step;
    *step = (OvLimitStep){
        .ticket = ov_limits_ticket(c->envelope.client_address, port),
        .instance = text_of(c->arena, request, OV_POLICY_INSTANCE),
        .recipients = at_end ? request->recipients : 0,
        .octets = at_end ? request->size : 0,
        .now = c->envelope.now,
    };
    if (step->ticket == 0 || !*step->instance || !is_step(request))
        return FALSE;
    step->mail = (OvLimitMail){
        .account = c->account.name,
        .plan = ov_plan_maps_find(means->plan_maps, c->account.name, c->asked),
        .sender = c->envelope.sender,
        .client = c->envelope.client_address,
        .domains = ov_limits_domains(c->envelope.recipients, c->envelope.n_recipients, c->arena),
        .binding = !is_exempt(c),
    };
    return TRUE;
}

/* TRUE with the answer where a plan stops the mail. */
static gboolean refuse_beyond_plans(Case *c, const OvPolicyMeans *means) {
    const OvLimitStep *step = &c->step;
    const OvPassed *passed = &step->passed;
    if (passed->announced && !step->attended && !passed->bound.refuses)
        log_action(c, "pass", passed->announced);
    if (!passed->plan)
        return FALSE;
    /* Of what it only sees on its way, the milter tells. */
    if (!step->attended || passed->bound.refuses || passed->plan->over == OV_OVER_SUSPEND)
        take_consequences(c, means, passed, step->mail.binding);
    if (passed->plan->shadow || !step->mail.binding)
        return FALSE;
    if (passed->plan->over == OV_OVER_SUSPEND) {
        g_autoptr(OvSuspensionList) suspended =
            means->suspensions ? ov_suspensions_list(means->suspensions) : NULL;
        return refuse_suspended(c, suspended);
    }
    const char *action = action_over(passed->plan->over, step->attended);
    if (action)
        refuse_over(c, passed, action);
    return action != NULL;
}

/* TRUE with the answer where it does not depend on the plans. */
static gboolean refuse_at_once(Case *c, const OvPolicyMeans *means) {
    if (!is_foreign(c, means->ownership) || is_exempt(c))
        return FALSE;
    refuse_foreign(c);
    return TRUE;
}

void ov_policy_decide(const OvPolicyRequest *requests, guint n, const OvPolicyMeans *means,
                      GString *const *answers) {
    g_autoptr(OvArena) arena = ov_arena_new();
    Case **cases = OV_ARENA_NEW(arena, Case *, n);
    OvLimitStep **steps = OV_ARENA_NEW(arena, OvLimitStep *, n);
    guint n_cases = 0, n_steps = 0;
    for (guint i = 0; i < n; i++) {
        Case *c = cases[n_cases] = OV_ARENA_NEW(arena, Case, 1);
        if (requests[i].state == OV_POLICY_AT_OTHER) {
            g_string_append(answers[i], "DUNNO");
            continue;
        }
        open_case(c, &requests[i], means->settings, arena, answers[i]);
        if (refuse_suspended(c, means->suspended))
            continue;
        ask_maps(c, means);
        n_cases++;
    }
    for (guint i = 0; i < n_cases; i++) {
        Case *c = cases[i];
        if (refuse_at_once(c, means))
            continue;
        if (fill_step(c, means)) {
            cases[n_steps] = c;
            steps[n_steps++] = &c->step;
        } else {
            g_string_append(c->answer, "DUNNO");
        }
    }
    ov_limits_step(means->limits, means->settings, steps, n_steps, arena);
    for (guint i = 0; i < n_steps; i++)
        if (!refuse_beyond_plans(cases[i], means))
            g_string_append(cases[i]->answer, "DUNNO");
}
