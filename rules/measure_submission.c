#include "rules/address.h"
#include "rules/auth/ip_address.h"
#include "rules/measure_header.h"
#include "rules/submission.h"

enum {
    MAX_FIELDS = 1000,   /* of the header, read ahead */
    MAX_ADDRESSES = 20,  /* authors that are asked for; a message with more names somebody else's */
    IPV4_LOOPBACK = 127, /* first octet of 127.0.0.0/8 */
};

/* What one identity of the message comes to; its addresses lie in the arena. */
typedef struct {
    OvSlice addresses[MAX_ADDRESSES];
    guint n;
    OvSlice beyond; /* the first that is not asked for; empty where all are */
} Identity;

static gboolean is_known(const Identity *identity, OvSlice address) {
    for (guint i = 0; i < identity->n; i++)
        if (ov_slice_equal(identity->addresses[i], address))
            return TRUE;
    return FALSE;
}

/* Every mailbox of every field of that id. A name alone claims nobody's address. */
static void read_identity(OvArena *arena, const OvHeader *header, OvFieldId id,
                          Identity *identity) {
    *identity = (Identity){.n = 0};
    if (header->count[id] == 0)
        return;
    for (guint i = 0; i < header->n_fields; i++) {
        if (header->fields[i].id != id)
            continue;
        const OvAddressList *list = ov_address_list_parse(arena, header->fields[i].value);
        for (guint k = 0; k < list->n_mailboxes; k++) {
            const OvMailbox *mailbox = &list->mailboxes[k];
            if ((mailbox->faults & OV_ADDRESS_NO_AT) || mailbox->address.length == 0 ||
                is_known(identity, mailbox->address))
                continue;
            if (identity->n == MAX_ADDRESSES) {
                identity->beyond = mailbox->address;
                return;
            }
            identity->addresses[identity->n++] = mailbox->address;
        }
    }
}

static void ask(const OvEnvelope *envelope, const Identity *identity) {
    const OvOwnership *ownership = envelope->ownership;
    for (guint i = 0; i < identity->n; i++)
        ownership->ask(ownership->data, envelope->login, identity->addresses[i]);
}

static gboolean may_ask(const OvEnvelope *envelope) {
    return envelope->ownership && envelope->login && *envelope->login;
}

void ov_submission_ask(const OvEnvelope *envelope, OvSlice header) {
    static const OvFieldId fields[] = {OV_FIELD_FROM, OV_FIELD_SENDER};
    if (!may_ask(envelope))
        return;
    g_autoptr(OvArena) arena = ov_arena_new();
    const OvHeader *parsed = ov_header_parse(arena, header, MAX_FIELDS);
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
        Identity identity;
        read_identity(arena, parsed, fields[i], &identity);
        ask(envelope, &identity);
    }
}

/* All addresses of an identity together: one that is not owned decides, then one that is unknown.
 * *foreign gets the one that is not owned. */
static OvOwned owned(const OvEnvelope *envelope, const Identity *identity, gint64 deadline,
                     OvSlice *foreign) {
    const OvOwnership *ownership = envelope->ownership;
    OvOwned all = identity->n > 0 ? OV_OWNED_YES : OV_OWNED_UNKNOWN;
    for (guint i = 0; i < identity->n; i++) {
        OvOwned one =
            ownership->answer(ownership->data, envelope->login, identity->addresses[i], deadline);
        if (one == OV_OWNED_NO) {
            *foreign = identity->addresses[i];
            return OV_OWNED_NO;
        }
        if (one == OV_OWNED_UNKNOWN)
            all = OV_OWNED_UNKNOWN;
    }
    if (identity->beyond.length == 0)
        return all;
    *foreign = identity->beyond;
    return OV_OWNED_NO;
}

static void set_owned(OvMeasure *measure, OvFactId fact, OvOwned all) {
    if (all != OV_OWNED_UNKNOWN)
        ov_facts_set_truth(measure->facts, fact, all == OV_OWNED_YES);
}

static void measure_owner(OvMeasure *measure) {
    const OvEnvelope *envelope = measure->message->envelope;
    Identity sender = {.n = 0}, from, agent;
    read_identity(measure->arena, measure->message->header, OV_FIELD_FROM, &from);
    read_identity(measure->arena, measure->message->header, OV_FIELD_SENDER, &agent);
    if (envelope->sender && *envelope->sender)
        sender.addresses[sender.n++] = ov_slice(envelope->sender);
    ask(envelope, &sender);
    ask(envelope, &from);
    ask(envelope, &agent);

    gint64 deadline = g_get_monotonic_time() + envelope->ownership->time_limit;
    deadline = MIN(deadline, measure->deadline);
    OvSlice foreign = OV_SLICE_LITERAL(""), ignored;
    OvOwned from_owned = owned(envelope, &from, deadline, &foreign);
    /* The null sender is nobody's. */
    OvOwned sender_owned = envelope->sender && !*envelope->sender
                               ? OV_OWNED_YES
                               : owned(envelope, &sender, deadline, &foreign);
    set_owned(measure, OV_FACT_AUTH_OWNER_SENDER, sender_owned);
    set_owned(measure, OV_FACT_AUTH_OWNER_FROM, from_owned);
    set_owned(measure, OV_FACT_AUTH_OWNER_AGENT, owned(envelope, &agent, deadline, &ignored));
    if (sender_owned == OV_OWNED_NO || from_owned == OV_OWNED_NO)
        ov_measure_set_text(measure, OV_FACT_AUTH_OWNER_ADDRESS, foreign);
}

static gboolean is_loopback(const OvIpAddress *address) {
    static const guint8 ipv6[16] = {[15] = 1};
    return address->length == 4 ? address->octets[0] == IPV4_LOOPBACK
                                : memcmp(address->octets, ipv6, sizeof ipv6) == 0;
}

/* From this machine itself nothing can be overheard. */
static void measure_encryption(OvMeasure *measure) {
    const OvEnvelope *envelope = measure->message->envelope;
    OvIpAddress client;
    if (!envelope->tls_version || !ov_ip_address_parse(ov_slice(envelope->client_address), &client))
        return;
    ov_facts_set_truth(measure->facts, OV_FACT_AUTH_SUBMISSION_PLAIN,
                       !*envelope->tls_version && !is_loopback(&client));
}

/* How it will be delivered, which the settings alone tell. */
static void measure_tls_out(OvMeasure *measure) {
    const OvEgress *egress = measure->message->envelope->egress;
    if (egress && egress->tls != OV_EGRESS_TLS_UNKNOWN &&
        ov_facts_truth(measure->facts, OV_FACT_MESSAGE_OUTBOUND))
        ov_facts_set_truth(measure->facts, OV_FACT_AUTH_TLS_OUT, egress->tls == OV_EGRESS_TLS_YES);
}

void ov_measure_submission(OvMeasure *measure) {
    const OvEnvelope *envelope = measure->message->envelope;
    measure_tls_out(measure);
    if (!envelope->login || !*envelope->login)
        return;
    measure_encryption(measure);
    if (may_ask(envelope))
        measure_owner(measure);
}
