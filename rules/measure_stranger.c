#include "rules/address.h"
#include "rules/known_domains.h"
#include "rules/measure_content.h"
#include "rules/tally.h"

#include <string.h>

enum { MOST_LOOKED_AT = 30, MOST_OCTETS = 16 * 1024 };

/* Of addresses as people have them; what else may be in one is seldom seen. */
static gboolean is_of_address(char c) {
    return g_ascii_isalnum(c) || (guchar)c >= 0x80 || (c != '\0' && strchr(".+-_", c));
}

/* The address stands at the @ that is octet at of text, and is no part of a longer one. */
static gboolean is_address_at(OvSlice text, gsize at, OvSlice address) {
    gsize local = (gsize)((const char *)memchr(address.data, '@', address.length) - address.data);
    if (at < local || text.length - (at - local) < address.length)
        return FALSE;
    gsize start = at - local, end = start + address.length;
    return (start == 0 || !is_of_address(text.data[start - 1])) &&
           (end == text.length || !is_of_address(text.data[end])) &&
           ov_slice_equal_nocase((OvSlice){text.data + start, address.length}, address);
}

/* To and Cc are searched as they stand, of long ones the beginning: encoded-words hold no address
 * (RFC 2047 5). */
static gboolean is_in_header(const OvMeasure *measure, OvSlice address) {
    static const OvFieldId ids[] = {OV_FIELD_FROM, OV_FIELD_TO, OV_FIELD_CC};
    for (gsize i = 0; i < G_N_ELEMENTS(ids); i++) {
        const OvField *field = ov_header_find(measure->message->header, ids[i]);
        OvSlice value = field ? field->value : (OvSlice){NULL, 0};
        value.length = MIN(value.length, MOST_OCTETS);
        for (gsize at = 0; at < value.length; at++) {
            const char *sign = memchr(value.data + at, '@', value.length - at);
            if (!sign)
                break;
            at = (gsize)(sign - value.data);
            if (is_address_at(value, at, address))
                return TRUE;
        }
    }
    return FALSE;
}

/* The address of a mailto: URI (RFC 6068 2), or what stands bare. */
static OvSlice address_of(const OvLink *link) {
    OvSlice address = link->target.rest;
    const char *end = address.length > 0 ? memchr(address.data, '?', address.length) : NULL;
    if (end)
        address.length = (gsize)(end - address.data);
    return address;
}

/* The address to write to: From's, Reply-To's, or one that the text names. */
static gboolean is_anybodys(const OvFacts *facts, guint named) {
    gboolean from = ov_facts_truth(facts, OV_FACT_HEADER_FROM_FREEMAIL) &&
                    !ov_facts_truth(facts, OV_FACT_HEADER_FROM_SIGNED);
    return from || ov_facts_truth(facts, OV_FACT_HEADER_REPLY_TO_FREEMAIL) || named > 0;
}

void ov_measure_stranger(OvMeasure *measure, const OvLinks *links) {
    OvTally found = {.first = {"", 0}};
    guint looked_at = 0;
    for (guint i = 0; i < links->n_links && looked_at < MOST_LOOKED_AT; i++) {
        const OvLink *link = &links->links[i];
        if (link->target.kind != OV_TARGET_MAIL || link->quoted || link->hidden)
            continue;
        looked_at++;
        OvMailbox mailbox;
        ov_address_parse(measure->arena, address_of(link), &mailbox);
        if ((mailbox.faults & OV_ADDRESS_INVALID) == 0 && ov_domain_is_freemail(mailbox.domain) &&
            !is_in_header(measure, mailbox.address))
            ov_tally(&found, mailbox.address);
    }
    ov_tally_set(measure, (OvTallyFacts){OV_FACT_LINK_MAILBOXES, OV_FACT_LINK_MAILBOX_TEXT},
                 &found);
    gboolean undisclosed = ov_facts_truth(measure->facts, OV_FACT_HEADER_TO_UNDISCLOSED) ||
                           ov_facts_truth(measure->facts, OV_FACT_HEADER_TO_SELF);
    ov_facts_set_truth(measure->facts, OV_FACT_MESSAGE_STRANGER,
                       !ov_facts_truth(measure->facts, OV_FACT_MESSAGE_THREADED) &&
                           (undisclosed || is_anybodys(measure->facts, found.n)));
}
