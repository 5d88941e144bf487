#include "rules/measure.h"

#include <math.h>

enum {
    LEAST_MESSAGES = 20,    /* before a share of them says anything */
    LEAST_TRIES = 100,      /* rule catalogue 3.9, VOL_BOUNCE_RATE */
    LEAST_OF_DOMAIN = 200,  /* likewise, VOL_REP_DOMAIN: messages, or recipients */
    LEAST_DELIVERED = 1000, /* likewise, VOL_COMPLAINT_RATE */
};

static void set_share(OvFacts *facts, OvFactId fact, guint64 part, guint64 whole, guint64 least) {
    if (whole >= least)
        ov_facts_set_number(facts, fact, round(1000.0 * (double)part / (double)whole) / 10.0);
}

/* Of the provider with the largest share; of rare mail it says nothing. */
static void set_provider_bounced(OvFacts *facts, const OvRecent *recent) {
    double largest = -1;
    for (guint i = 0; i < OV_N_PROVIDERS; i++) {
        guint64 bounced = recent->provider[i].bounced;
        guint64 tries = recent->provider[i].delivered + bounced;
        if (tries >= LEAST_TRIES)
            largest = MAX(largest, (double)bounced / (double)tries);
    }
    if (largest >= 0)
        ov_facts_set_number(facts, OV_FACT_VOLUME_PROVIDER_BOUNCED, round(1000.0 * largest) / 10.0);
}

/* In hundredths of a per cent: a tenth is much. */
static void set_complained(OvFacts *facts, const OvRecent *recent) {
    if (recent->domain_delivered >= LEAST_DELIVERED)
        ov_facts_set_number(
            facts, OV_FACT_VOLUME_DOMAIN_COMPLAINED,
            round(10000.0 * (double)recent->domain_complained / (double)recent->domain_delivered) /
                100.0);
}

void ov_measure_recent(OvMeasure *measure) {
    const OvEnvelope *envelope = measure->message->envelope;
    const OvRecent *recent = envelope->recent;
    OvFacts *facts = measure->facts;
    if (!recent)
        return;
    ov_facts_set_number(facts, OV_FACT_VOLUME_ACCOUNT_HOUR, (double)recent->hour);
    ov_facts_set_number(facts, OV_FACT_VOLUME_ACCOUNT_DAY, (double)recent->day);
    if (recent->usual > 0)
        ov_facts_set_number(facts, OV_FACT_VOLUME_ACCOUNT_USUAL, (double)recent->usual);
    set_share(facts, OV_FACT_VOLUME_ACCOUNT_HELD, recent->held, recent->messages, LEAST_MESSAGES);
    set_share(facts, OV_FACT_VOLUME_ACCOUNT_BOUNCED, recent->bounced,
              recent->delivered + recent->bounced, LEAST_TRIES);
    set_provider_bounced(facts, recent);
    if (envelope->login)
        ov_facts_set_number(facts, OV_FACT_VOLUME_ACCOUNT_CLIENTS, (double)recent->clients);
    if (envelope->sender && *envelope->sender) {
        ov_facts_set_number(facts, OV_FACT_VOLUME_DOMAIN_DAY, (double)recent->domain_day);
        ov_facts_set_number(facts, OV_FACT_VOLUME_DOMAIN_BEFORE, (double)recent->domain_before);
        set_share(facts, OV_FACT_VOLUME_DOMAIN_HELD, recent->domain_held, recent->domain_messages,
                  LEAST_OF_DOMAIN);
        set_share(facts, OV_FACT_VOLUME_DOMAIN_BOUNCED, recent->domain_bounced,
                  recent->domain_delivered + recent->domain_bounced, LEAST_OF_DOMAIN);
        set_complained(facts, recent);
    }
    if (envelope->local)
        ov_facts_set_number(facts, OV_FACT_VOLUME_SCRIPT_BURST, (double)recent->script_burst);
}
