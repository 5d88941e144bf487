/* What receivers say of mail, counted for those who sent it. */
#include "policy/limits/limits.h"

#include "policy/delivery/outcome.h"
#include "policy/mail_address.h"
#include "rules/provider.h"

#include <string.h>

static OvAmounts amounts_of(const OvDelivery *delivery) {
    OvAmounts amounts = {{0}};
    OvReason reason;
    if (delivery->outcome == OV_OUTCOME_DELIVERED)
        amounts.of[OV_AMOUNT_DELIVERED] = 1;
    else if (delivery->outcome == OV_OUTCOME_BOUNCED || delivery->outcome == OV_OUTCOME_EXPIRED)
        amounts.of[OV_AMOUNT_BOUNCED] = 1;
    if (delivery->reason && ov_reason_from_name(delivery->reason, &reason) &&
        ov_reason_is_block(reason))
        amounts.of[OV_AMOUNT_BLOCKED] = 1;
    return amounts;
}

/* The way by which it left. */
static const OvEgress *way_of(const OvDelivery *delivery, const OvSettings *settings,
                              OvArena *arena) {
    OvEnvelope envelope = {.sender = delivery->sender,
                           .recipients = &delivery->recipient,
                           .n_recipients = delivery->recipient ? 1 : 0};
    return ov_egress_find(&settings->egress, &envelope, arena);
}

/* By the recipient's domain, else by the exchanger that answered: "mx.example.com[192.0.2.1]:25".
 * Of a way without addresses it may be our own relay. */
static const char *provider_of(const OvDelivery *delivery, const OvEgress *way) {
    const char *domain = ov_mail_address_domain(delivery->recipient), *relay = delivery->relay;
    OvProvider provider =
        domain ? ov_provider_of_domain(ov_slice(domain)).provider : OV_PROVIDER_OTHER;
    if (provider == OV_PROVIDER_OTHER && relay && way->n_points > 0)
        provider = ov_provider_of_exchanger((OvSlice){relay, strcspn(relay, "[:")}).provider;
    return provider == OV_PROVIDER_OTHER ? NULL : ov_provider_name(provider);
}

void ov_limits_outcome(OvLimits *limits, const OvSettings *settings, const OvDelivery *delivery,
                       OvArena *arena) {
    OvAmounts amounts = amounts_of(delivery);
    const OvEgress *way = way_of(delivery, settings, arena);
    const char *address = delivery->recipient;
    guint32 recipient = address ? ov_thing_mark(address, strlen(address)) : 0;
    const struct {
        OvSubjectKind kind;
        const char *name;
    } subjects[] = {
        {OV_SUBJECT_ACCOUNT, delivery->account},
        {OV_SUBJECT_SENDER_DOMAIN, ov_mail_address_domain(delivery->sender)},
        {OV_SUBJECT_EGRESS,
         way->n_points == 1 ? ov_ip_address_text(arena, &way->points[0].address) : NULL},
        {OV_SUBJECT_PROVIDER, provider_of(delivery, way)},
    };
    for (guint i = 0; i < G_N_ELEMENTS(subjects); i++) {
        OvClaim claim = {.amounts = amounts};
        if (amounts.of[OV_AMOUNT_BOUNCED] > 0 && address)
            claim.things[OV_THING_FAILED] = (OvThings){&recipient, 1};
        if (subjects[i].name &&
            ov_subject_set(&claim.subject, subjects[i].kind, subjects[i].name, arena))
            ov_counters_add(ov_limits_counters(limits), &claim, delivery->time);
    }
}
