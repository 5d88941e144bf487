/* A header, an empty line, then TXT records by lines (see tests/fuzz/book.h). */
#include "rules/auth/sender_id.h"
#include "rules/init.h"
#include "tests/fuzz/book.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    ov_rules_init();
    OvArena *arena = ov_arena_new();
    OvSlice text = {(const char *)data, size};
    OvHeader *header = ov_header_parse(arena, text, 100);
    OvPra pra;
    if (ov_pra_find(arena, header, &pra)) {
        FuzzBook fuzz;
        fuzz_book_fill(&fuzz, arena,
                       (OvSlice){text.data + header->body_offset, size - header->body_offset});
        OvSpfQuestion question = {.helo = OV_SLICE_LITERAL("mta.example.net")};
        ov_ip_address_parse(OV_SLICE_LITERAL("192.0.2.1"), &question.address);
        OvSenderId sender_id;
        ov_sender_id_check(arena, &fuzz.book, &question, &pra, &sender_id);
        g_assert_true(sender_id.spf.reason && *sender_id.spf.reason);
        g_assert_true(g_utf8_validate(sender_id.fault, -1, NULL));
    } else {
        g_assert_true(*pra.why);
    }
    ov_arena_free(arena);
    return 0;
}
