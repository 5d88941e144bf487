/* Answers that are shared between messages: made once from what a name server sent, never changed,
 * freed with the last reference. Thread-safe. */
#pragma once

#include "rules/auth/dns.h"

/* Answer of records as they stand in a message (RDATA), names in them not compressed. Records after
 * the first OV_DNS_MAX_RECORDS and names that no text can hold (a dot or NUL within a label) are
 * left out. A record that breaks its type's form, or none left: OV_DNS_FAILED. */
const OvDnsAnswer *ov_dns_answer_read(OvDnsType type, const OvSlice *rdata, guint n_rdata,
                                      gboolean secure);

/* Answer without records. trouble: a string that is never freed; "" but for OV_DNS_FAILED. */
const OvDnsAnswer *ov_dns_answer_new(OvDnsStatus status, gboolean secure, const char *trouble);

/* Only for answers of the two functions above. */
const OvDnsAnswer *ov_dns_answer_ref(const OvDnsAnswer *answer);
void ov_dns_answer_unref(const OvDnsAnswer *answer);
gsize ov_dns_answer_octets(const OvDnsAnswer *answer); /* of memory */
