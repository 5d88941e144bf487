/* Addresses of links, bare addresses in plain text, texts of links, and the start of pictures. */
#include "rules/charset.h"
#include "rules/confusable.h"
#include "rules/houses.h"
#include "rules/image_size.h"
#include "rules/init.h"
#include "rules/link_hosts.h"
#include "rules/link_text.h"
#include "rules/plain_links.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_target(OvArena *arena, const OvTarget *target) {
    g_assert_true((target->host_kind == OV_HOST_NONE) == (target->host.length == 0));
    g_assert_true(target->organisation.length <= target->host.length);
    if (target->host.length == 0)
        return;
    g_assert_true(target->kind == OV_TARGET_WEB);
    g_assert_true(target->path.length > 0);
    ov_link_host(target);
    if (target->host_kind != OV_HOST_NAME)
        return;
    /* A host is in its last form already. */
    char *again =
        ov_arena_printf(arena, "http://%.*s/", (int)target->host.length, target->host.data);
    OvTarget same = ov_target_read(arena, ov_slice(again), NULL);
    g_assert_true(ov_slice_equal(same.host, target->host));
    ov_host_mixes_scripts(target->host);
    ov_is_house(target->organisation);
    if (target->organisation.length > 0) {
        OvSlice label = target->organisation;
        const char *dot = memchr(label.data, '.', label.length);
        label.length = dot ? (gsize)(dot - label.data) : label.length;
        g_assert_true(!ov_slice_equal(ov_imitated_name(label, NULL, 0), label));
    }
    OvSlice readable = ov_host_readable(arena, target->host);
    g_assert_true(g_utf8_validate(readable.data, (gssize)readable.length, NULL));
}

static void check_plain(OvArena *arena, OvSlice text) {
    OvPlainLinks found = ov_plain_links(arena, text);
    g_assert_true(found.visible_linked <= found.visible);
    gsize end = 0;
    for (guint i = 0; i < found.n_links; i++) {
        const OvPlainLink *link = &found.links[i];
        g_assert_true(link->start >= end && link->address.length > 0);
        g_assert_true(link->address.data == text.data + link->start);
        g_assert_true(g_utf8_validate(link->address.data, (gssize)link->address.length, NULL));
        end = link->start + link->address.length;
        g_assert_true(end <= text.length);
    }
}

static void check_houses(OvArena *arena, OvSlice text) {
    const OvFolded *folded = ov_fold(arena, text);
    guint32 at = 0, before = 0;
    while (ov_house_next(folded, G_MAXUINT32, &at).length > 0) {
        g_assert_true(at > before && at <= folded->text.length);
        before = at;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    ov_rules_init();
    OvArena *arena = ov_arena_new();
    OvSlice octets = {(const char *)data, size};
    guint width = 1, height = 1;
    if (ov_image_size(octets, &width, &height))
        g_assert_true(width > 0 && height > 0);
    OvSlice text = ov_charset_to_utf8(arena, "utf-8", octets, 64 * 1024, NULL);
    OvTarget base = ov_target_read(arena, OV_SLICE_LITERAL("https://kranich-test.net/a/b?c"), NULL);
    OvTarget target = ov_target_read(arena, text, NULL);
    check_target(arena, &target);
    target = ov_target_read(arena, text, &base);
    check_target(arena, &target);
    check_plain(arena, text);
    check_houses(arena, text);
    OvShownHost shown;
    for (gsize at = 0; ov_shown_host_next(arena, text, &at, &shown);)
        g_assert_true(at <= text.length && shown.organisation.length <= shown.host.length);
    ov_arena_free(arena);
    return 0;
}
