/* DNS records as name servers send them: whatever they hold, what is read of them is bounded. */
#include "rules/auth/dns_answer.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_record(OvDnsType type, const OvDnsRecord *record) {
    char canonical[OV_DNS_NAME_LIMIT];
    switch (type) {
    case OV_DNS_A:
        g_assert_true(record->data.length == 4);
        break;
    case OV_DNS_AAAA:
        g_assert_true(record->data.length == 16);
        break;
    case OV_DNS_TXT:
        break;
    default:
        g_assert_true(ov_dns_name(record->data, canonical) == (gssize)record->data.length);
        g_assert_true(record->data.length == 0 ||
                      memcmp(canonical, record->data.data, record->data.length) == 0);
    }
}

/* The type, then records, each behind a byte with its length. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    OvSlice rdata[OV_DNS_MAX_RECORDS + 1];
    guint n = 0;
    if (size == 0)
        return 0;
    OvDnsType type = (OvDnsType)(data[0] % OV_N_DNS_TYPES);
    for (size_t at = 1; at < size && n < G_N_ELEMENTS(rdata); n++) {
        size_t length = MIN(data[at], size - at - 1);
        rdata[n] = (OvSlice){(const char *)data + at + 1, length};
        at += length + 1;
    }
    const OvDnsAnswer *answer = ov_dns_answer_read(type, rdata, n, FALSE);
    g_assert_true(answer->n_records <= OV_DNS_MAX_RECORDS);
    g_assert_true((answer->status == OV_DNS_FOUND) == (answer->n_records > 0));
    for (guint i = 0; i < answer->n_records; i++)
        check_record(type, &answer->records[i]);
    ov_dns_answer_unref(answer);
    return 0;
}
