/* Lines: the sender, the HELO name, then SPF records (see tests/fuzz/book.h). */
#include "rules/auth/spf.h"
#include "rules/init.h"
#include "tests/fuzz/book.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    ov_rules_init();
    OvSlice text = {(const char *)data, size};
    OvSpfQuestion question = {.sender = fuzz_take_line(&text), .helo = fuzz_take_line(&text)};
    static const char *const addresses[] = {"192.0.2.3", "2001:db8::cb01"};
    for (gsize i = 0; i < G_N_ELEMENTS(addresses); i++) {
        OvArena *arena = ov_arena_new();
        FuzzBook fuzz;
        fuzz_book_fill(&fuzz, arena, text);
        ov_ip_address_parse(ov_slice(addresses[i]), &question.address);
        OvSpf spf;
        ov_spf_check_mail_from(arena, &fuzz.book, &question, &spf);
        g_assert_nonnull(spf.reason);
        g_assert_true(g_utf8_validate(spf.reason, -1, NULL));
        g_assert_true(spf.n_lookups <= OV_SPF_MAX_LOOKUPS + 1);
        g_assert_true(spf.n_void <= OV_SPF_MAX_VOID + 1);
        g_assert_true(fuzz.n_questions <= 1000);
        ov_arena_free(arena);
    }
    return 0;
}
