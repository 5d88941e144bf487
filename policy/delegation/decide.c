#include "policy/delegation/decide.h"

#include "policy/log.h"
#include "policy/verdict.h"
#include "rules/auth/show.h"

static const char *text_of(OvArena *arena, const OvPolicyRequest *request,
                           OvPolicyAttribute attribute) {
    OvSlice value = request->value[attribute];
    return ov_arena_strndup(arena, value.data ? value.data : "", value.length);
}

/* TRUE where the administrator lets the mail pass whatever is wrong with it. */
static gboolean is_exempt(const OvPolicyRequest *request, const OvSettings *settings,
                          OvArena *arena) {
    const char *recipient = text_of(arena, request, OV_POLICY_RECIPIENT);
    OvEnvelope envelope = {
        .login = text_of(arena, request, OV_POLICY_SASL_USERNAME),
        .sender = text_of(arena, request, OV_POLICY_SENDER),
        .recipients = &recipient,
        .n_recipients = *recipient ? 1 : 0,
        .client_address = text_of(arena, request, OV_POLICY_CLIENT_ADDRESS),
    };
    OvAccount account;
    ov_account_find(&account, settings, &envelope, ov_header_parse(arena, ov_slice(""), 1), arena);
    OvVerdict verdict;
    ov_verdict_weigh(&verdict, settings, &account, &envelope, OV_CLASS_OTHER, 0, OV_ASK_REJECT);
    return verdict.shadow || *verdict.exempt;
}

static gboolean is_foreign(const OvPolicyRequest *request, const OvOwnership *ownership,
                           OvArena *arena) {
    OvSlice sender = request->value[OV_POLICY_SENDER];
    const char *login = text_of(arena, request, OV_POLICY_SASL_USERNAME);
    if (!ownership || !*login || sender.length == 0)
        return FALSE;
    gint64 deadline = g_get_monotonic_time() + ownership->time_limit;
    ownership->ask(ownership->data, login, sender);
    return ownership->answer(ownership->data, login, sender, deadline) == OV_OWNED_NO;
}

static void refuse(const OvPolicyRequest *request, const OvSettings *settings, OvArena *arena,
                   GString *answer) {
    gboolean reject = settings->foreign_sender == OV_FOREIGN_SENDER_REJECT;
    g_string_append_printf(answer, "%s <%s> is not an address of your login; send with one that is",
                           reject ? "REJECT 5.7.1" : "DEFER_IF_PERMIT 4.7.1",
                           ov_show(arena, request->value[OV_POLICY_SENDER]));
    const char *queue_id = text_of(arena, request, OV_POLICY_QUEUE_ID);
    ov_log(OV_LOG_INFO, *queue_id ? queue_id : "NOQUEUE", "event", "policy", "action",
           reject ? "reject" : "defer", "because", "the sender is another login's", "login",
           text_of(arena, request, OV_POLICY_SASL_USERNAME), "from",
           text_of(arena, request, OV_POLICY_SENDER), "client",
           text_of(arena, request, OV_POLICY_CLIENT_ADDRESS), NULL);
}

void ov_policy_decide(const OvPolicyRequest *request, const OvSettings *settings,
                      const OvOwnership *ownership, GString *answer) {
    g_autoptr(OvArena) arena = ov_arena_new();
    if (settings->foreign_sender != OV_FOREIGN_SENDER_PASS &&
        request->state != OV_POLICY_AT_OTHER && is_foreign(request, ownership, arena) &&
        !is_exempt(request, settings, arena))
        refuse(request, settings, arena, answer);
    else
        g_string_append(answer, "DUNNO");
}
