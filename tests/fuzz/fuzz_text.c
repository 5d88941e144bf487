/* Cuts any text into zones and measures them, and takes it apart as a subject. What is found must
 * lie in the text. */
#include "rules/capitals.h"
#include "rules/contact_details.h"
#include "rules/exclamations.h"
#include "rules/flowed.h"
#include "rules/percent.h"
#include "rules/placeholders.h"
#include "rules/price.h"
#include "rules/subject.h"
#include "rules/wallet.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

enum { LIMIT = 4096 };

static void check_within(OvSlice part, OvSlice text) {
    g_assert(part.length == 0 ||
             (part.data >= text.data && part.data + part.length <= text.data + text.length));
    g_assert(g_utf8_validate_len(part.data ? part.data : "", part.length, NULL));
}

static void check_blocks(const OvZones *zones) {
    guint32 end = 0;
    for (guint i = 0; i < zones->n_blocks; i++) {
        g_assert(zones->blocks[i].start >= end && zones->blocks[i].end >= zones->blocks[i].start);
        end = zones->blocks[i].end;
    }
    g_assert(end <= zones->text.length && zones->text.length <= LIMIT);
}

static void measure_body(OvArena *arena, OvSlice slice) {
    OvZonesBuilder *builder = ov_zones_begin(arena, LIMIT);
    ov_zones_add_plain(builder, slice);
    if (slice.length % 2)
        ov_zones_keep_quotes(builder);
    ov_zones_add_plain(builder, slice);
    OvZones *zones = ov_zones_end(builder);
    check_blocks(zones);
    OvRange somewhere = {(guint32)zones->text.length / 3, (guint32)zones->text.length / 2};
    ov_zones_cut_quoted(zones, &somewhere, 1);
    ov_zones_mark_footers(zones, &somewhere, 1, &somewhere, 1);
    ov_zones_settle(zones);
    OvCapitals capitals =
        ov_capitals_measure(zones->text, zones->blocks, zones->n_blocks, NULL, TRUE);
    g_assert(capitals.upper <= capitals.cased && capitals.cased <= capitals.visible);
    check_within(capitals.shouted, zones->text);
    OvExclamationsExempt exempt = {.brands = &somewhere, .n_brands = 1, .greeting = TRUE};
    OvExclamations exclamations =
        ov_exclamations_measure(zones->text, zones->blocks, zones->n_blocks, &exempt);
    check_within(exclamations.evidence, zones->text);
}

static void measure_lines(OvArena *arena, OvSlice slice) {
    for (gboolean delsp = FALSE; delsp <= TRUE; delsp++) {
        OvSlice joined = ov_flowed_join(arena, slice, delsp);
        g_assert(joined.length <= slice.length);
        check_within(joined, joined);
    }
    check_within(ov_contact_details_find(slice), slice);
    check_within(ov_contact_details_telephone(slice), slice);
    OvSlice wallet;
    guint tries = OV_WALLET_TRIES;
    for (gsize at = 0; (wallet = ov_wallet_next(slice, &at, &tries)).length > 0;)
        check_within(wallet, slice);
    OvPrice price;
    for (gsize at = 0; ov_price_next(slice, slice.length % 2, &at, &price);) {
        check_within(price.text, slice);
        g_assert(at <= slice.length && price.value >= 0);
    }
}

static void measure_subject(OvArena *arena, OvSlice slice) {
    OvBlock block = {0, (guint32)slice.length, OV_BLOCK_OWN, FALSE};
    OvCue cues[] = {{{0, (guint32)slice.length / 2}, OV_CUE_DISCOUNT},
                    {{(guint32)slice.length / 2, (guint32)slice.length}, OV_CUE_OFF}};
    guint n = 0;
    const OvPercentage *found = ov_percent_find(arena, slice, &block, 1, cues, 2, &n);
    g_assert(n <= OV_PERCENT_MAX);
    for (guint i = 0; i < n; i++)
        check_within(ov_context(slice, &block, found[i].range, 20), slice);
    OvSubjectPrefix prefix = {{0, (guint32)MIN(slice.length, 2)}, FALSE};
    check_within(ov_subject_parts(slice, &prefix, 1).topic, slice);
    ov_subject_signs(slice);
    ov_subject_invisible(slice);
    g_assert(ov_subject_visible(arena, slice).length <= slice.length);
    OvSlice url = ov_subject_url(slice), first = {NULL, 0};
    if (url.length > 0)
        check_within(url, slice);
    ov_placeholders_find(slice, &first);
    check_within(first, slice);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autofree char *valid = g_utf8_make_valid((const char *)data, (gssize)size);
    gsize length = MIN(strlen(valid), 64 * 1024);
    while (length > 0 && ((guchar)valid[length] & 0xC0) == 0x80)
        length--;
    /* Without the NUL, so that reading beyond the end shows. */
    g_autofree char *text = length > 0 ? g_memdup2(valid, length) : g_strdup("");
    measure_body(arena, (OvSlice){text, length});
    measure_lines(arena, (OvSlice){text, length});
    measure_subject(arena, (OvSlice){text, length});
    return 0;
}
