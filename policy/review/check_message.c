#include "policy/review/check_message.h"

OvStanding *ov_checker_ask_standing(const OvChecker *checker, gint64 now) {
    static const char *const none[] = {NULL};
    const OvSettings *settings = checker->settings;
    const OvEgress *egress = checker->egress ? checker->egress : &settings->egress.all;
    const char *const *lists = settings->block_lists ? settings->block_lists : none;
    const char *const *zone = settings->domain_block_lists ? settings->domain_block_lists : none;
    if (!checker->resolver || (egress->n_points == 0 && !*zone))
        return NULL;
    OvStanding *standing = ov_standing_new();
    gint64 end = g_get_monotonic_time() + settings->dns_time_limit;
    for (guint i = 0; i < egress->n_points && g_get_monotonic_time() < end; i++) {
        OvDnsBook *book = ov_resolver_open(checker->resolver);
        ov_standing_add_address(standing, book, &egress->points[i].address, egress->points[i].helo,
                                lists, NULL, now);
        ov_resolver_close(book);
    }
    for (; *zone && g_get_monotonic_time() < end; zone++) {
        OvDnsBook *book = ov_resolver_open(checker->resolver);
        ov_standing_add_domain_list(standing, book, *zone, NULL, now);
        ov_resolver_close(book);
    }
    return standing;
}

void ov_checker_judge(const OvChecker *checker, const OvStored *stored, OvEnvelope *envelope,
                      OvArena *arena, OvCheckReport *report) {
    OvSettings *settings = checker->settings;
    envelope->egress =
        checker->egress ? checker->egress : ov_egress_find(&settings->egress, envelope, arena);
    envelope->egress_all = &settings->egress.all;
    envelope->standing = checker->standing;
    if (checker->resolver)
        envelope->dns = ov_resolver_open(checker->resolver);
    OvJudgement *judgement =
        ov_judge_message(checker->judge, envelope, (OvSlice){stored->data, stored->length},
                         (gsize)stored->size, settings->time_limit);
    OvAccount account;
    ov_account_find(&account, settings, envelope, ov_judgement_message(judgement)->header, arena);
    *report = (OvCheckReport){
        .stored = stored,
        .judgement = judgement,
        .facts = checker->facts,
        .no_egress = checker->resolver && envelope->egress->n_points == 0 &&
                     ov_facts_truth(ov_judgement_facts(judgement), OV_FACT_MESSAGE_OUTBOUND),
    };
    ov_verdict_decide(&report->verdict, settings, &account, envelope, judgement);
    ov_verdict_thresholds(&report->thresholds, settings, &account, envelope,
                          ov_judgement_class(judgement));
}

void ov_checker_done(OvEnvelope *envelope, OvCheckReport *report) {
    g_clear_pointer(&report->judgement, ov_judgement_free);
    ov_resolver_close(envelope->dns);
    envelope->dns = NULL;
}
