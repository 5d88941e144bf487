/* A feedback loop's report: whatever comes, texts are bounded, valid, and without surprises. */
#include "policy/feedback/arf.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text) {
    enum { MOST = 1000 };
    g_assert_true(text && strlen(text) <= MOST);
    g_assert_true(g_utf8_validate(text, -1, NULL));
}

static void check(const OvArf *arf) {
    check_text(arf->type);
    g_assert_true(*arf->type && !strpbrk(arf->type, " \t\r\n\x1b"));
    check_text(arf->reporter);
    check_text(arf->source);
    check_text(arf->message_id);
    check_text(arf->outvet_id);
    check_text(arf->from_domain);
    g_assert_true(arf->arrival >= 0 && arf->incidents >= 1);
    g_assert_true(arf->n_recipients <= OV_ARF_MAX_RECIPIENTS && arf->n_hops <= OV_ARF_MAX_HOPS);
    for (guint i = 0; i < arf->n_recipients; i++) {
        check_text(arf->recipients[i]);
        g_assert_true(*arf->recipients[i]);
    }
    for (guint i = 0; i < arf->n_hops; i++) {
        for (const char *c = arf->hops[i].queue_id; *c; c++)
            g_assert_true(g_ascii_isalnum(*c));
        g_assert_true(arf->hops[i].time >= 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    OvArena *arena = ov_arena_new();
    OvArf arf;
    g_autoptr(GError) error = NULL;
    if (ov_arf_read((const char *)data, size, arena, &arf, &error))
        check(&arf);
    else
        g_assert_true(error != NULL);
    ov_arena_free(arena);
    return 0;
}
