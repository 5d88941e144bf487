#include "rules/address.h"
#include "rules/hash.h"
#include "rules/measure_content.h"
#include "rules/shape.h"
#include "rules/text.h"

enum {
    NAME_OCTETS = 200,       /* of To: the first recipients' names and addresses */
    BODY_OCTETS = 16 * 1024, /* that tell a body: different letters differ sooner */
};

/* What Gmail and Yahoo give a sender to act on a wish to unsubscribe. */
static const gint64 SUPPRESSION_TIME = G_GINT64_CONSTANT(48) * 3600 * G_USEC_PER_SEC;

/* 0 for an empty text. */
static guint64 number_of(OvSlice text) {
    return text.length > 0 ? ov_hash_nocase(text, 0) : 0;
}

static OvSlice sender_organisation(OvMeasure *measure) {
    OvSlice organisation = ov_facts_text(measure->facts, OV_FACT_HEADER_FROM_ORGANISATION);
    OvSlice sender = ov_slice(measure->message->envelope->sender);
    const char *at = sender.length > 0 ? memrchr(sender.data, '@', sender.length) : NULL;
    if (organisation.length > 0 || !at)
        return organisation;
    OvSlice domain = {at + 1, (gsize)(sender.data + sender.length - at - 1)};
    return ov_organisational_domain(ov_domain_canonical(measure->arena, domain, NULL));
}

/* The words of To, folded: how a letter addresses its reader. */
static OvSlice recipient_name(OvMeasure *measure) {
    const OvField *to = ov_header_find(measure->message->header, OV_FIELD_TO);
    if (!to)
        return (OvSlice){NULL, 0};
    OvSlice text = ov_field_text(measure->arena, to);
    if (text.length > NAME_OCTETS)
        for (text.length = NAME_OCTETS; ((guchar)text.data[text.length] & 0xc0) == 0x80;)
            text.length--;
    return ov_fold(measure->arena, text)->text;
}

void ov_measure_shape(const OvText *body) {
    OvMeasure *measure = body->measure;
    const OvEnvelope *envelope = measure->message->envelope;
    OvFingerprint *fingerprint = measure->fingerprint;
    fingerprint->sender = number_of(sender_organisation(measure));
    fingerprint->shape =
        ov_shape(body->scan->text, body->blocks, body->n_blocks, recipient_name(measure));
    if (!fingerprint->shape)
        return;
    const OvHistory *history = envelope->history;
    OvSeen seen =
        history->shape(history->data, fingerprint->sender, fingerprint->shape, envelope->now);
    ov_facts_set_number(measure->facts, OV_FACT_MESSAGE_SHAPE_SEEN, seen.messages);
    ov_facts_set_number(measure->facts, OV_FACT_MESSAGE_SHAPE_RECIPIENTS, seen.recipients);
    if (!envelope->login)
        return;
    OvLogins logins = history->logins(history->data, envelope->login, fingerprint->sender,
                                      fingerprint->shape, envelope->now);
    ov_facts_set_number(measure->facts, OV_FACT_MESSAGE_SHAPE_LOGINS, logins.logins);
    ov_facts_set_number(measure->facts, OV_FACT_MESSAGE_SHAPE_ORGANISATIONS, logins.organisations);
}

static guint64 message_id_number(const OvMeasure *measure) {
    OvSlice id = ov_slice_trim(ov_facts_text(measure->facts, OV_FACT_HEADER_MESSAGE_ID_TEXT));
    if (id.length >= 2 && id.data[0] == '<' && id.data[id.length - 1] == '>')
        id = (OvSlice){id.data + 1, id.length - 2};
    return id.length > 0 ? ov_hash(id, 0) : 0;
}

/* Line by line, so that CRLF and LF are the same, and without empty lines at the end. */
static guint64 body_number(OvSlice body) {
    guint64 hash = 0;
    gsize left = BODY_OCTETS;
    while (body.length > 0 && strchr("\r\n", body.data[body.length - 1]) &&
           body.data[body.length - 1])
        body.length--;
    while (body.length > 0 && left > 0) {
        const char *feed = memchr(body.data, '\n', body.length);
        gsize next = feed ? (gsize)(feed + 1 - body.data) : body.length;
        gsize length = feed ? next - 1 : next;
        if (length > 0 && body.data[length - 1] == '\r')
            length--;
        length = MIN(length, left);
        left -= length;
        hash = ov_hash((OvSlice){body.data, length}, hash);
        body.data += next;
        body.length -= next;
    }
    return hash ? hash : 1;
}

static void ask_message_id(OvMeasure *measure) {
    const OvHistory *history = measure->message->envelope->history;
    OvFingerprint *fingerprint = measure->fingerprint;
    fingerprint->message_id = message_id_number(measure);
    fingerprint->body = body_number(measure->message->body);
    if (fingerprint->message_id)
        ov_facts_set_truth(measure->facts, OV_FACT_HEADER_MESSAGE_ID_REUSED,
                           history->other_body(history->data, fingerprint->message_id,
                                               fingerprint->body, measure->message->envelope->now));
}

static void ask_unsubscribe(OvMeasure *measure) {
    const OvHistory *history = measure->message->envelope->history;
    OvSlice address = ov_unsubscribe_https(measure);
    if (address.length == 0)
        return;
    measure->fingerprint->unsubscribe = ov_hash(address, 0);
    OvSeen seen = history->unsubscribe(history->data, measure->fingerprint->unsubscribe,
                                       measure->message->envelope->now);
    ov_facts_set_number(measure->facts, OV_FACT_UNSUBSCRIBE_HEADER_SHARED,
                        MIN(seen.messages, seen.recipients));
}

static void ask_streams(OvMeasure *measure) {
    const OvHistory *history = measure->message->envelope->history;
    OvFingerprint *fingerprint = measure->fingerprint;
    gboolean bulk = ov_facts_truth(measure->facts, OV_FACT_UNSUBSCRIBE_EXPECTED);
    fingerprint->from = number_of(ov_facts_text(measure->facts, OV_FACT_HEADER_FROM_ADDRESS));
    if (bulk)
        fingerprint->stream = OV_STREAM_BULK;
    else if (measure->message_class == OV_CLASS_TRANSACTIONAL)
        fingerprint->stream = OV_STREAM_TRANSACTIONAL;
    if (!fingerprint->from)
        return;
    guint streams =
        bulk ? history->streams(history->data, fingerprint->from, measure->message->envelope->now)
             : OV_STREAM_NONE;
    ov_facts_set_truth(measure->facts, OV_FACT_UNSUBSCRIBE_MIXED_STREAM,
                       (streams & OV_STREAM_TRANSACTIONAL) != 0);
}

static gboolean is_only_egress(const OvEgress *all, const OvIpAddress *address) {
    for (guint i = 0; i < all->n_points; i++)
        if (!ov_ip_address_in(&all->points[i].address, address, address->length * 8U))
            return FALSE;
    return TRUE;
}

/* Only where the message leaves by one address for sure. */
static void ask_egress(OvMeasure *measure) {
    const OvEnvelope *envelope = measure->message->envelope;
    const OvEgress *egress = envelope->egress;
    OvFingerprint *fingerprint = measure->fingerprint;
    OvFacts *facts = measure->facts;
    if (!egress || egress->n_points != 1 || envelope->egress_doubtful)
        return;
    const OvIpAddress *address = &egress->points[0].address;
    fingerprint->egress = ov_hash((OvSlice){(const char *)address->octets, address->length}, 0);
    fingerprint->sender = number_of(sender_organisation(measure));
    OvEgressMail mail = envelope->history->egress(envelope->history->data, fingerprint->egress,
                                                  fingerprint->sender, envelope->now);
    ov_facts_set_number(facts, OV_FACT_VOLUME_EGRESS_BULK, mail.bulk);
    ov_facts_set_number(facts, OV_FACT_VOLUME_EGRESS_TRANSACTIONAL, mail.transactional);
    ov_facts_set_number(facts, OV_FACT_VOLUME_EGRESS_DOMAIN, mail.own);
    ov_facts_set_number(facts, OV_FACT_VOLUME_EGRESS_OTHER_DOMAIN, mail.other);
    if (envelope->egress_all)
        ov_facts_set_truth(facts, OV_FACT_VOLUME_EGRESS_ONLY,
                           is_only_egress(envelope->egress_all, address));
}

/* Of mail to many alone: who left a newsletter may still get letters, invoices and passwords. */
static void ask_suppressed(OvMeasure *measure) {
    const OvEnvelope *envelope = measure->message->envelope;
    if (measure->message_class != OV_CLASS_BULK && measure->message_class != OV_CLASS_OTHER)
        return;
    OvSlice sender = sender_organisation(measure);
    guint n = 0;
    for (guint i = 0; i < envelope->n_recipients; i++) {
        gint64 since =
            envelope->history->suppressed(envelope->history->data, sender, envelope->recipients[i]);
        n += since != 0 && envelope->now - since > SUPPRESSION_TIME;
    }
    ov_facts_set_number(measure->facts, OV_FACT_UNSUBSCRIBE_SUPPRESSED_RECIPIENTS, n);
}

void ov_measure_history(OvMeasure *measure) {
    ask_message_id(measure);
    ask_unsubscribe(measure);
    ask_streams(measure);
    ask_egress(measure);
    ask_suppressed(measure);
}
