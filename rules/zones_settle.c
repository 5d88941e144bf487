#include "rules/characters.h"
#include "rules/zones.h"
#include "rules/zones_internal.h"

enum { FEW_WORDS = 3 }; /* less is hardly a text */

/* The number of the block that holds offset, or n_blocks. */
static guint block_at(const OvBlock *blocks, guint n_blocks, guint32 offset) {
    guint low = 0, high = n_blocks;
    while (low < high) {
        guint middle = (low + high) / 2;
        if (blocks[middle].end <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n_blocks && blocks[low].start <= offset ? low : n_blocks;
}

gboolean ov_blocks_own(const OvBlock *blocks, guint n_blocks, guint32 offset) {
    guint block = block_at(blocks, n_blocks, offset);
    return block < n_blocks && blocks[block].kind == OV_BLOCK_OWN;
}

/* Its line ends with a colon: "Anna wrote:", "schrieb Anna:". */
static gboolean line_ends_with_colon(const OvZones *zones, OvRange range, const OvBlock *block) {
    const char *from = zones->text.data + range.end, *end = zones->text.data + block->end;
    const char *line_end = memchr(from, '\n', (gsize)(end - from));
    const char *last = line_end ? line_end : end;
    while (last > from && (last[-1] == ' ' || last[-1] == '\t'))
        last--;
    return last > from && last[-1] == ':';
}

void ov_zones_cut_quoted(OvZones *zones, const OvRange *attributions, guint n_attributions) {
    for (guint i = 0; i < n_attributions; i++) {
        guint number = block_at(zones->blocks, zones->n_blocks, attributions[i].start);
        if (number == 0 || number == zones->n_blocks)
            continue; /* nothing of his own before it: then it is not the sender's reply */
        OvBlock *block = &zones->blocks[number];
        if (block->kind != OV_BLOCK_OWN || attributions[i].end > block->end ||
            attributions[i].end - block->start > ATTRIBUTION_OCTETS ||
            !line_ends_with_colon(zones, attributions[i], block) ||
            !ov_has_digit(
                (OvSlice){zones->text.data + block->start, attributions[i].end - block->start}))
            continue;
        for (guint j = number; j < zones->n_blocks; j++)
            zones->blocks[j].kind = OV_BLOCK_QUOTED;
        return;
    }
}

void ov_zones_mark_footers(OvZones *zones, const OvRange *notices, guint n_notices,
                           const OvRange *unsubscribe, guint n_unsubscribe) {
    for (guint i = 0; i < n_notices; i++) {
        guint number = block_at(zones->blocks, zones->n_blocks, notices[i].start);
        if (number < zones->n_blocks && zones->blocks[number].kind == OV_BLOCK_OWN)
            zones->blocks[number].kind = OV_BLOCK_FOOTER;
    }
    for (guint i = 0; i < n_unsubscribe; i++) {
        guint number = block_at(zones->blocks, zones->n_blocks, unsubscribe[i].start);
        if (number == zones->n_blocks || unsubscribe[i].start < zones->text.length / 2 ||
            zones->blocks[number].kind != OV_BLOCK_OWN)
            continue;
        for (guint j = number; j < zones->n_blocks; j++)
            if (zones->blocks[j].kind == OV_BLOCK_OWN)
                zones->blocks[j].kind = OV_BLOCK_FOOTER;
        return;
    }
}

guint ov_zones_own_words(const OvZones *zones, guint most) {
    guint n = 0;
    for (guint i = 0; i < zones->n_blocks; i++) {
        const OvBlock *block = &zones->blocks[i];
        const char *end = zones->text.data + block->end;
        gboolean in_word = FALSE;
        for (const char *p = zones->text.data + block->start;
             block->kind == OV_BLOCK_OWN && p < end;) {
            if (n == most)
                return n;
            gunichar c = ov_character_next(&p);
            gboolean letter = (ov_character(c) & OV_CHARACTER_LETTER) != 0;
            n += letter && (!in_word || ov_character_ideographic(c));
            in_word = letter || (in_word && (ov_character(c) & OV_CHARACTER_MARK));
        }
    }
    return n;
}

void ov_zones_settle(OvZones *zones) {
    if (ov_zones_own_words(zones, FEW_WORDS) == FEW_WORDS)
        return;
    for (guint i = 0; i < zones->n_blocks; i++) {
        OvBlockKind *kind = &zones->blocks[i].kind;
        if (*kind == OV_BLOCK_SIGNATURE || *kind == OV_BLOCK_CODE || *kind == OV_BLOCK_FOOTER)
            *kind = OV_BLOCK_OWN;
    }
}
