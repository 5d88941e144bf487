/* The zones of a body: what of it are the sender's own words (rule catalogue 1.3).
 *
 * Left out altogether: quoted text (lines with `>`, the attribution above them, and all that
 * follows an "Original Message" divider or a "From: ... Sent: ..." block), web addresses and e-mail
 * addresses. Kept as blocks that are not counted: signature, code, patches, legal footer.
 *
 * Nothing is hidden for good by a mark that the sender can set anywhere. A "signature" of more than
 * 30 lines, or one with nothing above it, code that outweighs the text around it and a fence that
 * is not closed are the sender's own words; so is what fills a message that has hardly any others
 * (ov_zones_settle). Whether a quotation is one cannot be told here: what is marked so may be kept
 * as own words (ov_zones_keep_quotes).
 *
 * HTML is read by its visible text, in whose lines all that holds too. */
#pragma once

#include "rules/html.h"

typedef enum {
    OV_BLOCK_OWN,
    OV_BLOCK_CODE,
    OV_BLOCK_PATCH, /* a unified diff */
    OV_BLOCK_SIGNATURE,
    OV_BLOCK_FOOTER, /* legal notice; what follows the unsubscribe link */
    OV_BLOCK_QUOTED, /* found to be quoted after all */
} OvBlockKind;

/* A paragraph: octets start to end of the zones' text, line ends inside it as LF. */
typedef struct {
    guint32 start;
    guint32 end;
    OvBlockKind kind;
    gboolean heading; /* a heading, table header or button of HTML */
} OvBlock;

typedef struct {
    OvSlice text;    /* all blocks, an empty line between them; valid UTF-8 */
    OvBlock *blocks; /* ascending */
    guint n_blocks;
    guint n_quoted_lines; /* left out */
    /* The quotation has an attribution ("On 3 May Ann wrote:") or the header lines of a message
     * above it, or as its first line. */
    gboolean attributed;
    gboolean cut; /* the limit was reached, later text is not in here */
} OvZones;

typedef struct OvZonesBuilder OvZonesBuilder;

/* limit: the most octets of text to keep. */
OvZonesBuilder *ov_zones_begin(OvArena *arena, gsize limit);
/* What is marked as quoted in the parts that are added later is own words, and the marks go away.
 */
void ov_zones_keep_quotes(OvZonesBuilder *builder);
/* Adds one text/plain part, decoded, valid UTF-8. */
void ov_zones_add_plain(OvZonesBuilder *builder, OvSlice text);
/* Adds the visible text of an HTML part, where blocks that are quoted stand for quoted lines. */
void ov_zones_add_html(OvZonesBuilder *builder, const OvHtml *html);
/* The zones of all that was added. Arena. */
OvZones *ov_zones_end(OvZonesBuilder *builder);

/* Turns what an attribution cuts off to OV_BLOCK_QUOTED: attributions are ranges of the text that
 * hold a word of one ("wrote"). Its line must end with a colon, it must be near the start of its
 * block, behind a digit (the date), and have something of the sender's own before its block; then
 * that block and all later ones are quoted. */
void ov_zones_cut_quoted(OvZones *zones, const OvRange *attributions, guint n_attributions);
/* Marks footers: blocks that hold one of notices (legal phrases), and those from the block with the
 * first of unsubscribe in the second half of the own text on. */
void ov_zones_mark_footers(OvZones *zones, const OvRange *notices, guint n_notices,
                           const OvRange *unsubscribe, guint n_unsubscribe);
/* TRUE when the octet at offset is in a block of kind OV_BLOCK_OWN; blocks ascending. */
gboolean ov_blocks_own(const OvBlock *blocks, guint n_blocks, guint32 offset);
/* Words with a letter in the own blocks, counted up to most. */
guint ov_zones_own_words(const OvZones *zones, guint most);
/* Where own blocks have hardly a word, signature, code and footer are own: then they are what the
 * message says. Not so patches. */
void ov_zones_settle(OvZones *zones);
