/* Lines: the author's domain, then TXT records (see tests/fuzz/book.h). */
#include "rules/auth/dmarc.h"
#include "rules/init.h"
#include "tests/fuzz/book.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    ov_rules_init();
    OvSlice text = {(const char *)data, size};
    OvSlice author = fuzz_take_line(&text);
    OvSlice signatures[] = {OV_SLICE_LITERAL("a.example.org"), author};
    OvDmarcQuestion question = {.author = author,
                                .spf = size % 3,
                                .spf_domain = OV_SLICE_LITERAL("b.c.example.org"),
                                .dkim = size / 3 % 3,
                                .dkim_domains = signatures,
                                .n_dkim_domains = size % 2};
    OvArena *arena = ov_arena_new();
    FuzzBook fuzz;
    fuzz_book_fill(&fuzz, arena, text);
    OvDmarc dmarc;
    ov_dmarc_check(arena, &fuzz.book, &question, &dmarc);
    g_assert_true(dmarc.reason && *dmarc.reason);
    g_assert_true(g_utf8_validate(dmarc.reason, -1, NULL));
    g_assert_true(g_utf8_validate(dmarc.fault, -1, NULL));
    g_assert_true(!dmarc.found || dmarc.policy >= OV_DMARC_NONE);
    g_assert_true(fuzz.n_questions <= 100);
    ov_arena_free(arena);
    return 0;
}
