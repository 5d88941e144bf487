/* DKIM signatures: the first line is the record that every key's name has, the rest a message. */
#include "rules/auth/dkim.h"
#include "rules/init.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    OvDnsBook book;
    OvDnsRecord record;
    OvDnsAnswer answer;
} OneRecord;

static const OvDnsAnswer *ask(OvDnsBook *book, OvSlice name, OvDnsType type) {
    g_assert_true(name.length > 0 && type == OV_DNS_TXT);
    return &((OneRecord *)book)->answer;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    ov_rules_init();
    static const OvEnvelope envelope;
    OvArena *arena = ov_arena_new();
    const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
    gsize first = end ? (gsize)(end - data) : size;
    gsize passed = MIN(first + 1, size);
    OneRecord one = {.book.ask = ask, .record.data = {(const char *)data, first}};
    one.answer = (OvDnsAnswer){OV_DNS_FOUND, FALSE, 1, &one.record, ""};
    OvSlice raw = {(const char *)data + passed, size - passed};
    OvMessage *message = ov_message_parse(arena, &envelope, raw, raw.length, 0);
    OvDkim *dkim = ov_dkim_read(arena, message->header, &one.book, 1795600000);
    g_assert_true(ov_dkim_verify(dkim, message, &one.book, arena));
    g_assert_true(dkim->n_signatures <= dkim->n_fields);
    for (guint i = 0; i < dkim->n_signatures; i++) {
        const OvDkimSignature *signature = &dkim->signatures[i];
        g_assert_true((signature->result == OV_DKIM_PASS) ==
                      (signature->fault == OV_DKIM_NO_FAULT));
        if (signature->result == OV_DKIM_PASS)
            g_assert_true(ov_dkim_signs(signature, "From") > 0);
    }
    ov_arena_free(arena);
    return 0;
}
