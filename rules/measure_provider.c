#include "rules/measure.h"

void ov_measure_providers(OvMeasure *measure) {
    const OvEnvelope *envelope = measure->message->envelope;
    gboolean pending = FALSE; /* what has not come by now is not waited for */
    for (guint i = 0; i < envelope->n_recipients; i++) {
        OvDnsBook *book = i < OV_PROVIDER_MAX_ASKED ? envelope->dns : NULL;
        OvMailboxHost host =
            ov_provider_of_recipient(measure->arena, book, envelope->recipients[i], &pending);
        if (host.personal && (guint)host.provider < OV_N_DEMANDING)
            measure->copies[host.provider]++;
    }
}

void ov_measure_volume(OvMeasure *measure) {
    const OvEnvelope *envelope = measure->message->envelope;
    const OvValue *sender = &measure->facts->value[OV_FACT_HEADER_FROM_ORGANISATION];
    if (sender->type != OV_TEXT || sender->text.length == 0)
        return;
    const char *name = "";
    OvVolume most = {0, FALSE};
    for (guint i = 0; i < OV_N_DEMANDING; i++) {
        if (measure->copies[i] == 0)
            continue;
        OvVolume volume = envelope->history->volume(envelope->history->data, sender->text,
                                                    (OvProvider)i, envelope->now);
        if (!*name || (volume.bulk && !most.bulk) ||
            (volume.bulk == most.bulk && volume.messages > most.messages))
            name = ov_provider_name((OvProvider)i);
        most.messages = MAX(most.messages, volume.messages);
        most.bulk = most.bulk || volume.bulk;
    }
    ov_facts_set_number(measure->facts, OV_FACT_VOLUME_PROVIDER_MESSAGES, most.messages);
    ov_facts_set_truth(measure->facts, OV_FACT_VOLUME_PROVIDER_BULK, most.bulk);
    ov_facts_set_text(measure->facts, OV_FACT_VOLUME_PROVIDER_NAME, ov_slice(name));
}
