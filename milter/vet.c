#include "milter/vet.h"

#include "policy/limits/consequence.h"
#include "policy/log.h"
#include "policy/network.h"
#include "rules/hash.h"

#include <string.h>

enum { EARLY_FIELDS = 1000 }; /* of the header, in which the script of a message is looked for */

/* One message on its way through ov_vet. */
typedef struct {
    OvSession *session;
    OvDaemon *daemon;
    const OvSettings *settings;
    gint64 began; /* monotonic */
    gint64 id;
    OvEnvelope envelope;
    OvJudgement *judgement;
    OvAccount account;
    OvVerdict verdict;
    const char *suspended; /* what it is told where its sending is suspended, or NULL */
    const char *fallback;  /* why verdict is not what was decided, or NULL */
    guint64 ticket;
    OvPassed passed;   /* the bound of a plan */
    const char *limit; /* what it says; NULL where none was passed */
    OvLedgerHit *hits;
    guint n_hits;
    OvAuthResults auth;
} Case;

void ov_vet_trouble(OvSession *session, OvDaemon *daemon, OvAction *action, const char *what) {
    /* Without a message there are no settings of its own: the stricter answer. */
    OvOnError on_error =
        session->snapshot ? session->snapshot->settings->on_error : OV_ON_ERROR_TEMPFAIL;

    *action = (OvAction){.kind = OV_ACTION_PASS};
    if (on_error == OV_ON_ERROR_TEMPFAIL) {
        action->kind = OV_ACTION_REPLY;
        ov_answer_reply(&action->reply, session->arena, "451", "4.3.0",
                        "Message cannot be checked now; try again later");
    }
    ov_daemon_count_error(daemon);
    ov_log(OV_LOG_ERROR, session->queue_id ? session->queue_id : "NOQUEUE", "event", "trouble",
           "error", what, "answer", on_error == OV_ON_ERROR_TEMPFAIL ? "tempfail" : "accept", NULL);
}

static void take_hits(Case *c) {
    OvArena *arena = c->session->arena;

    c->n_hits = ov_judgement_n_hits(c->judgement);
    c->hits = OV_ARENA_NEW(arena, OvLedgerHit, c->n_hits);
    for (guint i = 0; i < c->n_hits; i++) {
        const OvHit *hit = ov_judgement_hit(c->judgement, i);
        c->hits[i] = (OvLedgerHit){
            .rule = hit->rule->name,
            .score = hit->score,
            .shadow = hit->rule->shadow,
            .private = hit->rule->private,
            .guide = hit->rule->guide,
            .reference = hit->rule->reference,
            .advice = hit->advice,
            .evidence = hit->evidence,
        };
    }
}

/* Puts what stopped it before the other hits. */
static void add_suspension_hit(Case *c, const OvSuspension *suspension) {
    OvArena *arena = c->session->arena;
    OvLedgerHit *hits = OV_ARENA_NEW(arena, OvLedgerHit, c->n_hits + 1);
    hits[0] = (OvLedgerHit){
        .rule = "SUSPENDED",
        .guide = "G1",
        .reference = "",
        .advice = c->suspended,
        .evidence = ov_suspension_evidence(suspension, arena),
    };
    if (c->n_hits > 0)
        memcpy(hits + 1, c->hits, c->n_hits * sizeof *hits);
    c->hits = hits;
    c->n_hits++;
}

static void suspend(Case *c) {
    OvArena *arena = c->session->arena;
    g_autoptr(OvSuspensionList) list = ov_daemon_suspension_list(c->daemon);
    OvVerdictKind answer;
    const OvSuspension *suspension =
        ov_suspension_find(list, c->settings, &c->account, &c->envelope, arena, &answer);
    if (!suspension || !ov_verdict_suspend(&c->verdict, c->settings, &c->envelope, answer))
        return;
    c->suspended = ov_suspension_sentence(suspension, arena);
    add_suspension_hit(c, suspension);
}

/* One hit more, without weight. */
static void add_hit(Case *c, const OvLedgerHit *hit) {
    OvLedgerHit *hits = OV_ARENA_NEW(c->session->arena, OvLedgerHit, c->n_hits + 1);
    for (guint i = 0; i < c->n_hits; i++)
        hits[i] = c->hits[i];
    hits[c->n_hits++] = *hit;
    c->hits = hits;
}

static void add_limit_hit(Case *c) {
    OvLedgerHit hit = {
        .rule = "PLAN_LIMIT",
        .shadow = c->passed.plan->shadow,
        .guide = "G5",
        .reference = "",
        .advice = "Send less in this time, or ask your provider for a larger plan.",
        .evidence = ov_arena_printf(c->session->arena, "%s %s: %s",
                                    ov_subject_kind_title(c->passed.subject.kind),
                                    c->passed.subject.name, c->limit),
    };
    add_hit(c, &hit);
}

static void add_announced_hit(Case *c) {
    OvLedgerHit hit = {
        .rule = "ANNOUNCED",
        .guide = "G5",
        .reference = "",
        .advice = "Nothing: the mailing was announced.",
        .evidence = c->passed.announced,
    };
    add_hit(c, &hit);
}

/* Recipients by OvProvider. book NULL: as their domains tell. */
static const guint *providers_of(Case *c, OvDnsBook *book) {
    OvArena *arena = c->session->arena;
    guint *providers = OV_ARENA_NEW(arena, guint, OV_N_PROVIDERS + 1);
    memset(providers, 0, (OV_N_PROVIDERS + 1) * sizeof *providers);
    for (guint i = 0; i < c->envelope.n_recipients; i++) {
        gboolean pending = FALSE;
        providers[ov_provider_of_recipient(arena, book, c->envelope.recipients[i], &pending)
                      .provider]++;
    }
    return providers;
}

/* Who answers for the message, as far as is known before it is judged, and what he sent lately. Of
 * mail by SMTP the header has no say in that. */
static void find_recent(Case *c, OvRecent *recent) {
    const OvSession *session = c->session;
    OvSlice header = {session->raw, c->envelope.local ? session->raw_length : 0};
    ov_account_find(&c->account, c->settings, &c->envelope,
                    ov_header_parse(session->arena, header, EARLY_FIELDS), session->arena);
    if (session->snapshot->plan_maps)
        ov_plan_maps_ask(session->snapshot->plan_maps, c->account.name);
    OvLimitMail mail = {
        .account = c->account.name,
        .sender = session->sender,
        .script = c->account.script,
        .providers = providers_of(c, NULL),
    };
    ov_limits_recent(ov_daemon_parts(c->daemon)->limits, c->ticket, &mail, c->envelope.now,
                     session->arena, recent);
    c->envelope.recent = recent;
}

static void raise_verdict(Case *c, OvOver over) {
    static const OvVerdictKind VERDICTS[] = {
        [OV_OVER_TAG] = OV_VERDICT_TAG,
        [OV_OVER_HOLD] = OV_VERDICT_HOLD,
        [OV_OVER_DEFER] = OV_VERDICT_DEFER,
        [OV_OVER_REJECT] = OV_VERDICT_REJECT,
    };
    OvVerdict *verdict = &c->verdict;
    if (over == OV_OVER_SUSPEND)
        return; /* suspend() does it */
    verdict->computed = MAX(verdict->computed, VERDICTS[over]);
    if (!verdict->shadow)
        verdict->verdict = verdict->computed;
}

/* Holds the message against the plans, and reserves it where it is to be taken. */
static void weigh_limits(Case *c) {
    const OvSession *session = c->session;
    OvVerdictKind ruled = c->verdict.computed;
    OvLimitMail mail = {
        .account = c->account.name,
        .sender = session->sender,
        .script = c->account.script,
        .client = session->client_address,
        .egress = c->envelope.egress,
        .binding = !c->verdict.shadow && !*c->verdict.exempt,
    };
    OvLimits *limits = ov_daemon_parts(c->daemon)->limits;
    mail.plan =
        ov_plan_maps_find(session->snapshot->plan_maps, c->account.name, g_get_monotonic_time());
    if (ov_limits_count(limits, c->settings, OV_SUBJECT_PROVIDER))
        mail.providers = providers_of(c, session->dns);
    mail.domains =
        ov_limits_domains(c->envelope.recipients, c->envelope.n_recipients, session->arena);
    mail.amounts.of[OV_AMOUNT_MESSAGES] = 1;
    mail.amounts.of[OV_AMOUNT_RECIPIENTS] = session->n_recipients;
    mail.amounts.of[OV_AMOUNT_OCTETS] = ov_session_size(session);
    mail.amounts.of[OV_AMOUNT_HELD] = ruled == OV_VERDICT_TAG || ruled == OV_VERDICT_HOLD;
    mail.amounts.of[OV_AMOUNT_SCORE] =
        (guint64)(100 * MAX(ov_judgement_score(c->judgement), 0) + 0.5);
    ov_limits_reserve(limits, c->settings, c->ticket, &mail, c->envelope.now, session->arena,
                      &c->passed);
    if (c->passed.announced)
        add_announced_hit(c);
    if (!c->passed.plan)
        return;
    c->limit = ov_passed_text(&c->passed, session->arena);
    add_limit_hit(c);
    ov_passed_consequences(&c->passed, c->settings, mail.binding, session->queue_id,
                           ov_daemon_parts(c->daemon)->alerts,
                           ov_daemon_parts(c->daemon)->suspensions, c->envelope.now,
                           session->arena);
    if (!c->passed.plan->shadow && !*c->verdict.exempt)
        raise_verdict(c, c->passed.plan->over);
}

/* What is on record was taken, or not. */
static void settle_limits(Case *c, gboolean taken) {
    OvLimits *limits = ov_daemon_parts(c->daemon)->limits;
    if (taken)
        ov_limits_keep(limits, c->ticket, c->envelope.now);
    else
        ov_limits_drop(limits, c->ticket);
}

/* Turns what this MTA, or this message, can't be given into the next best. */
static void adapt_verdict(Case *c) {
    OvVerdict *verdict = &c->verdict;
    const OvSession *session = c->session;
    gboolean own_bounce = c->envelope.local && c->envelope.sender[0] == '\0';

    if (verdict->verdict == OV_VERDICT_REJECT && own_bounce) {
        /* A refused bounce has nobody left to be told. */
        verdict->verdict = OV_VERDICT_HOLD;
        c->fallback = "bounces of the MTA are not rejected";
    }
    if (c->suspended && verdict->verdict == OV_VERDICT_DEFER && c->envelope.local &&
        session->can_quarantine) {
        /* Deferred, it would be tried every minute before all other local mail. */
        verdict->verdict = OV_VERDICT_HOLD;
        c->fallback = "mail handed to sendmail(1) is held rather than deferred";
    }
    if (verdict->verdict == OV_VERDICT_HOLD && !session->can_quarantine) {
        verdict->verdict =
            c->settings->hold_by_tempfail || c->suspended ? OV_VERDICT_DEFER : OV_VERDICT_TAG;
        c->fallback = "the MTA offers no quarantine";
    }
    if (verdict->verdict == OV_VERDICT_TAG && !session->can_add)
        c->fallback = "the MTA lets no header fields be added";
    /* More than is safe to take out one by one; nothing downstream may trust such a message. */
    if (session->n_forged > OV_MAX_FORGED && !verdict->shadow) {
        verdict->verdict = OV_VERDICT_REJECT;
        c->fallback = "too many X-Outvet- header fields";
    }
}

/* Mail that is not taken comes again, or comes never; either way it is no earlier mail. */
static gboolean is_taken(const Case *c) {
    return c->verdict.verdict != OV_VERDICT_DEFER && c->verdict.verdict != OV_VERDICT_REJECT;
}

/* The domain by which the message is counted; NULL where it is not. */
static const char *organisation_of(const Case *c) {
    const OvFacts *facts = ov_judgement_facts(c->judgement);
    const OvValue *from = &facts->value[OV_FACT_HEADER_FROM_ORGANISATION];
    if (!is_taken(c) || !ov_facts_truth(facts, OV_FACT_MESSAGE_OUTBOUND) || from->type != OV_TEXT ||
        from->text.length == 0)
        return NULL;
    return ov_arena_strndup(c->session->arena, from->text.data, from->text.length);
}

/* What SPF came to tells of the egress addresses, too. */
static void note_spf(const Case *c) {
    const OvValue *domain = &ov_judgement_facts(c->judgement)->value[OV_FACT_AUTH_SPF_DOMAIN];
    if (!c->auth.spf || domain->type != OV_TEXT)
        return;
    g_autofree char *name = g_strndup(domain->text.data, domain->text.length);
    ov_spf_doubt_note(ov_daemon_spf_doubt(c->daemon), name, g_str_equal(c->auth.spf, "fail"),
                      c->envelope.now);
}

/* What is not taken does not depart. */
static void keep_sample(const Case *c) {
    const OvSession *session = c->session;
    if (is_taken(c))
        ov_samples_offer(ov_daemon_parts(c->daemon)->samples, c->id, session->raw,
                         session->raw_length, ov_session_size(session));
}

/* What later mail is compared with. What is held leaves by no address. */
static void take_fingerprint(const Case *c, OvFingerprint *fingerprint) {
    *fingerprint = *ov_judgement_fingerprint(c->judgement);
    if (c->verdict.verdict == OV_VERDICT_HOLD)
        fingerprint->egress = 0;
}

static gboolean write_ledger(Case *c) {
    const OvSession *session = c->session;
    OvFingerprint fingerprint;
    take_fingerprint(c, &fingerprint);
    const char *queue_id = session->queue_id ? session->queue_id : "NOQUEUE";
    OvLedgerRecord record = {
        .id = c->id,
        .time = c->envelope.now,
        .node = c->settings->node,
        .queue_id = session->queue_id,
        .message_id = ov_judgement_message_id(c->judgement),
        .account = c->account.name,
        .account_source = ov_account_source_name(c->account.source),
        .login = session->login,
        .script = c->account.script,
        .claimed_script = c->account.claimed_script,
        .client_address = session->client_address,
        .client_name = session->client_name,
        .helo = session->helo,
        .sender = session->sender,
        .from = ov_judgement_from(c->judgement),
        .subject = ov_judgement_subject(c->judgement),
        .recipients = c->envelope.recipients,
        .n_recipients = c->envelope.n_recipients,
        .size = (gint64)ov_session_size(session),
        .truncated = ov_session_size(session) > session->raw_length,
        .late = ov_judgement_late(c->judgement),
        .local = c->envelope.local,
        .message_class = ov_class_name(ov_judgement_class(c->judgement)),
        .score = ov_judgement_score(c->judgement),
        .verdict = ov_verdict_name(c->verdict.verdict),
        .computed = ov_verdict_name(c->verdict.computed),
        .exempt = *c->verdict.exempt ? c->verdict.exempt : NULL,
        .ruleset = ov_ruleset_digest(ov_judgement_ruleset(c->judgement)),
        .hits = c->hits,
        .n_hits = c->n_hits,
        .auth = c->auth,
        .organisation = organisation_of(c),
        .requirements = ov_judgement_requirements(c->judgement),
        .departed = c->verdict.verdict != OV_VERDICT_HOLD,
        .fingerprint = is_taken(c) ? &fingerprint : NULL,
    };
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < OV_N_DEMANDING; i++)
        record.copies[i] = ov_judgement_copies(c->judgement, (OvProvider)i);
    if (ov_ledger_add(ov_daemon_parts(c->daemon)->ledger, &record, &error))
        return TRUE;
    /* The ledger's own line tells why, once; here it is told of this message. */
    ov_log(OV_LOG_WARNING, queue_id, "event", "ledger", "answer", "tempfail", NULL);
    ov_daemon_count_error(c->daemon);
    return FALSE;
}

/* took: microseconds. */
static void log_message(Case *c, gint64 took) {
    const OvSession *session = c->session;
    OvArena *arena = session->arena;
    const OvVerdict *verdict = &c->verdict;
    gboolean cut = ov_session_size(session) > session->raw_length;
    char id[OV_ID_TEXT_SIZE];

    ov_id_format(c->id, id);
    ov_log(OV_LOG_INFO, session->queue_id ? session->queue_id : "NOQUEUE", "message-id",
           ov_judgement_message_id(c->judgement), "account", c->account.name, "by",
           ov_account_source_name(c->account.source), "from", session->sender, "client",
           session->client_address, "nrcpt", ov_arena_printf(arena, "%u", session->n_recipients),
           "size", ov_arena_printf(arena, "%" G_GSIZE_FORMAT, ov_session_size(session)), "class",
           ov_class_name(ov_judgement_class(c->judgement)), "score",
           ov_arena_printf(arena, "%.2f", ov_judgement_score(c->judgement)), "verdict",
           ov_verdict_name(verdict->verdict), "shadow",
           verdict->shadow ? ov_verdict_name(verdict->computed) : NULL, "exempt",
           *verdict->exempt ? verdict->exempt : NULL, "because", c->fallback, "limit", c->limit,
           "announced", c->passed.announced, "hits",
           ov_answer_hits_line(arena, c->hits, c->n_hits, FALSE), "shadow-hits",
           ov_answer_hits_line(arena, c->hits, c->n_hits, TRUE), "spf", c->auth.spf, "dkim",
           c->auth.dkim, "dmarc", c->auth.dmarc, "judged",
           cut ? ov_arena_printf(arena, "%" G_GSIZE_FORMAT, session->raw_length) : NULL, "late",
           ov_judgement_late(c->judgement) ? "yes" : NULL, "id", id, "ms",
           ov_arena_printf(arena, "%.1f", (double)took / 1000.0), NULL);
}

/* Whether the envelope's sender is who sent it, as far as is known, and no program that would
 * answer: nothing is told in answer to mail from elsewhere. */
static gboolean has_sender_to_tell(const Case *c) {
    const OvEnvelope *envelope = &c->envelope;
    const OvOwnership *ownership = envelope->ownership;
    OvClass class = ov_judgement_class(c->judgement);
    if (!*envelope->sender || (!envelope->login && !envelope->local))
        return FALSE;
    if (class == OV_CLASS_DSN || class == OV_CLASS_LIST || class == OV_CLASS_AUTO)
        return FALSE;
    return !envelope->login || !ownership ||
           ownership->answer(ownership->data, envelope->login, ov_slice(envelope->sender),
                             g_get_monotonic_time()) != OV_OWNED_NO;
}

/* Of a message that is held now. */
static void tell_held(const Case *c) {
    OvHeldMessage message = {
        .id = c->id,
        .account = c->account.name,
        .sender = c->envelope.sender,
        .queue_id = c->session->queue_id,
        .subject = ov_judgement_subject(c->judgement),
        .n_recipients = c->session->n_recipients,
        .score = ov_judgement_score(c->judgement),
        .hits = c->hits,
        .n_hits = c->n_hits,
    };
    ov_held_raise(ov_daemon_parts(c->daemon)->alerts, &message);
    if (has_sender_to_tell(c))
        ov_sender_notices_offer(ov_daemon_parts(c->daemon)->sender_notices,
                                c->session->snapshot->settings, &message);
}

static const char *why_deferred(const Case *c) {
    return c->suspended ? c->suspended
           : c->limit
               ? ov_arena_printf(c->session->arena, "You have sent %s; try again later", c->limit)
               : "Message is not accepted now; try again later";
}

/* Shadow mode touches nothing; otherwise the verdict decides. */
static void choose_action(Case *c, OvAction *action) {
    OvArena *arena = c->session->arena;
    double score = ov_judgement_score(c->judgement);
    OvVerdictKind verdict = c->verdict.verdict;

    *action = (OvAction){.kind = OV_ACTION_PASS};
    if (c->verdict.shadow)
        return;
    action->clean = TRUE;
    switch (verdict) {
    case OV_VERDICT_ACCEPT:
        break;
    case OV_VERDICT_HOLD:
        action->kind = OV_ACTION_HOLD;
        action->reason = ov_answer_reason(arena, score, c->hits, c->n_hits);
        G_GNUC_FALLTHROUGH;
    case OV_VERDICT_TAG: {
        char *id = ov_arena_alloc(arena, OV_ID_TEXT_SIZE);
        ov_id_format(c->id, id);
        action->tag = TRUE;
        action->score = ov_answer_score(arena, score, verdict);
        action->hits = ov_answer_hits(arena, c->hits, c->n_hits);
        action->auth = ov_answer_auth(arena, &c->auth);
        action->id = id;
        break;
    }
    case OV_VERDICT_DEFER:
        action->kind = OV_ACTION_REPLY;
        ov_answer_reply(&action->reply, arena, "451", "4.7.1", why_deferred(c));
        break;
    case OV_VERDICT_REJECT:
        action->kind = OV_ACTION_REPLY;
        if (c->session->n_forged > OV_MAX_FORGED)
            ov_answer_reply(&action->reply, arena, "550", "5.7.1",
                            "Message refused: too many X-Outvet- header fields");
        else if (c->suspended)
            ov_answer_reply(&action->reply, arena, "550", "5.7.1", c->suspended);
        else
            ov_answer_reject(&action->reply, arena, score, c->hits, c->n_hits);
        break;
    }
}

/* Handed to sendmail(1), or told by this machine without a login. */
static gboolean is_from_here(const OvSession *session) {
    static const char *const HERE[] = {"127.0.0.0/8", "::1"};
    for (guint i = 0; !session->login && session->client_address && i < G_N_ELEMENTS(HERE); i++) {
        OvNetwork network;
        if (ov_network_parse(HERE[i], &network) &&
            ov_network_contains(&network, session->client_address))
            return TRUE;
    }
    return FALSE;
}

/* An alert mail of ours passes whatever the state of judgement, ledger and limits: it may tell of
 * that very trouble. */
static gboolean pass_own(OvSession *session, OvDaemon *daemon, OvAction *action) {
    if (!session->seal || !is_from_here(session) ||
        !ov_alerts_own(ov_daemon_parts(daemon)->alerts, session->seal, session->message_id))
        return FALSE;
    *action = (OvAction){.kind = OV_ACTION_PASS, .clean = TRUE};
    ov_log(OV_LOG_INFO, session->queue_id ? session->queue_id : "NOQUEUE", "message-id",
           session->message_id, "from", session->sender, "verdict", "accept", "because",
           "it is Outvet's own", NULL);
    return TRUE;
}

void ov_vet(OvSession *session, OvDaemon *daemon, OvAction *action) {
    if (!session->open || session->broken) {
        ov_vet_trouble(session, daemon, action, session->open ? "out of memory" : "no MAIL FROM");
        return;
    }
    if (pass_own(session, daemon, action))
        return;
    if (!session->in_hand) {
        *action = (OvAction){.kind = OV_ACTION_REPLY};
        ov_answer_reply(&action->reply, session->arena, "451", "4.3.2",
                        "Checking is being restarted; try again in a moment");
        return;
    }

    OvSnapshot *snapshot = session->snapshot;
    Case c = {
        .session = session,
        .daemon = daemon,
        .settings = snapshot->settings,
        .began = g_get_monotonic_time(),
        .id = ov_daemon_next_id(daemon),
    };

    ov_session_envelope(session, &c.envelope);
    ov_traps_count(snapshot->traps, &c.envelope);
    c.envelope.egress_doubtful = ov_spf_doubt_is_on(ov_daemon_spf_doubt(daemon), c.envelope.now);
    c.envelope.history = ov_ledger_history(ov_daemon_parts(daemon)->ledger, NULL);
    c.ticket = session->ticket ? session->ticket : ov_hash_spread((guint64)c.id) | 1;
    OvRecent recent;
    find_recent(&c, &recent);
    c.judgement =
        ov_judge_message(snapshot->judge, &c.envelope, (OvSlice){session->raw, session->raw_length},
                         ov_session_size(session), snapshot->settings->time_limit);
    take_hits(&c);
    c.auth = ov_auth_results_take(ov_judgement_facts(c.judgement), session->arena);
    note_spf(&c);
    ov_account_find(&c.account, c.settings, &c.envelope, ov_judgement_message(c.judgement)->header,
                    session->arena);
    ov_verdict_decide(&c.verdict, c.settings, &c.account, &c.envelope, c.judgement);
    weigh_limits(&c);
    suspend(&c);
    adapt_verdict(&c);

    gboolean recorded = write_ledger(&c);
    settle_limits(&c, recorded && is_taken(&c));
    if (recorded) {
        choose_action(&c, action);
        gint64 took = g_get_monotonic_time() - c.began;
        ov_daemon_count_verdict(daemon, c.verdict.verdict, took);
        log_message(&c, took);
        keep_sample(&c);
        if (action->kind == OV_ACTION_HOLD)
            tell_held(&c);
    } else {
        *action = (OvAction){.kind = OV_ACTION_REPLY};
        ov_answer_reply(&action->reply, session->arena, "451", "4.3.0",
                        "Message cannot be recorded now; try again later");
    }
    ov_judgement_free(c.judgement);
}
