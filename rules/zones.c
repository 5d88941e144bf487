#include "rules/zones.h"

#include "rules/zones_internal.h"

enum {
    SIGNATURE_LINES = 30, /* more is no signature */
    FOOTER_LINES = 6,     /* below a line of underscores */
    CODE_LINES = 4,       /* indented lines in a row that are code */
    ATTRIBUTION_LINES = 3,
};

struct OvZonesBuilder {
    OvArena *arena;
    gsize limit;
    char *text;
    gsize length, room;
    OvBlock *blocks;
    guint n_blocks, block_room;
    gboolean open;    /* the last block takes more lines */
    gboolean heading; /* blocks that are opened are */
    guint n_quoted_lines;
    gboolean keep_quotes;
    gboolean attributed;
    gboolean cut;
};

/* Where the walk through one part is. */
typedef struct {
    OvBlockKind kind; /* of the lines that come */
    gboolean fenced;
    gboolean in_quote;
    gboolean in_patch;
    guint signature_block; /* number of its first block */
    guint signature_lines; /* lines of it so far; 0 outside a signature */
    guint first_block;     /* of the part */
    guint none_above;      /* no block of the part below this number is own text or a patch */
} Walk;

OvZonesBuilder *ov_zones_begin(OvArena *arena, gsize limit) {
    OvZonesBuilder *builder = OV_ARENA_NEW(arena, OvZonesBuilder, 1);
    builder->arena = arena;
    builder->limit = MIN(limit, G_MAXINT32);
    return builder;
}

void ov_zones_keep_quotes(OvZonesBuilder *builder) {
    builder->keep_quotes = TRUE;
}

static void make_room(OvZonesBuilder *builder, gsize more) {
    if (builder->room - builder->length >= more)
        return;
    gsize room = MAX(builder->room * 2, builder->length + more);
    char *text = ov_arena_alloc(builder->arena, room);
    if (builder->text)
        memcpy(text, builder->text, builder->length);
    builder->text = text;
    builder->room = room;
}

static void open_block(OvZonesBuilder *builder, OvBlockKind kind) {
    if (!builder->blocks || builder->n_blocks == builder->block_room) {
        guint room = MAX(16, builder->block_room * 2);
        OvBlock *blocks = OV_ARENA_NEW(builder->arena, OvBlock, room);
        if (builder->blocks)
            memcpy(blocks, builder->blocks, sizeof *blocks * builder->n_blocks);
        builder->blocks = blocks;
        builder->block_room = room;
    }
    if (builder->n_blocks > 0) {
        memcpy(builder->text + builder->length, "\n\n", 2);
        builder->length += 2;
    }
    guint32 at = (guint32)builder->length;
    builder->blocks[builder->n_blocks++] = (OvBlock){at, at, kind, builder->heading};
    builder->open = TRUE;
}

static void add_line(OvZonesBuilder *builder, OvSlice line, OvBlockKind kind) {
    make_room(builder, line.length + 2);
    if (builder->length + line.length + 2 > builder->limit) {
        gsize left =
            builder->limit > builder->length + 2 ? builder->limit - builder->length - 2 : 0;
        line.length = MIN(line.length, left);
        while (line.length > 0 && ((guchar)line.data[line.length] & 0xC0) == 0x80)
            line.length--;
        builder->cut = TRUE;
        if (line.length == 0)
            return;
    }
    OvBlock *last = builder->n_blocks > 0 ? &builder->blocks[builder->n_blocks - 1] : NULL;
    if (!last || !builder->open || last->kind != kind)
        open_block(builder, kind);
    else
        builder->text[builder->length++] = '\n';
    builder->length += ov_line_without_addresses(line, builder->text + builder->length);
    builder->blocks[builder->n_blocks - 1].end = (guint32)builder->length;
}

static void drop_from(OvZonesBuilder *builder, guint32 offset) {
    OvBlock *last = &builder->blocks[builder->n_blocks - 1];
    if (offset > last->start) {
        last->end = offset;
        builder->length = offset;
    } else {
        builder->n_blocks--;
        builder->length = builder->n_blocks > 0 ? last[-1].end : 0;
    }
    builder->open = FALSE;
}

/* A paragraph of few lines that ends with a colon just above quoted lines is their attribution,
 * in any language; of a longer one it is the last line. */
static void drop_attribution(OvZonesBuilder *builder, const Walk *walk) {
    if (builder->n_blocks <= walk->first_block)
        return;
    OvBlock *last = &builder->blocks[builder->n_blocks - 1];
    if (last->kind != OV_BLOCK_OWN || last->end == last->start ||
        builder->text[last->end - 1] != ':')
        return;
    guint32 start = last->end, line = last->end;
    for (guint n = 0; start > last->start && n <= ATTRIBUTION_LINES;) {
        start--;
        if (builder->text[start] == '\n' && n++ == 0)
            line = start;
    }
    gboolean all = start == last->start && last->end - start <= ATTRIBUTION_OCTETS;
    if (all || line == last->end)
        line = last->start;
    builder->attributed |= ov_has_digit((OvSlice){builder->text + line, last->end - line});
    drop_from(builder, line);
}

static void leave_signature(OvZonesBuilder *builder, Walk *walk) {
    gboolean something_above = FALSE;
    /* Only own text is ever dropped, so what was found to be none stays none. */
    guint i = MAX(walk->first_block, walk->none_above);
    for (; i < walk->signature_block && !something_above; i++)
        something_above =
            builder->blocks[i].kind == OV_BLOCK_OWN || builder->blocks[i].kind == OV_BLOCK_PATCH;
    walk->none_above = something_above ? i - 1 : i;
    if (walk->signature_lines > SIGNATURE_LINES || !something_above)
        for (i = walk->signature_block; i < builder->n_blocks; i++)
            if (builder->blocks[i].kind == OV_BLOCK_SIGNATURE)
                builder->blocks[i].kind = OV_BLOCK_OWN;
    walk->signature_lines = 0;
    walk->kind = OV_BLOCK_OWN;
}

static void enter_signature(OvZonesBuilder *builder, Walk *walk) {
    if (walk->signature_lines > SIGNATURE_LINES)
        leave_signature(builder, walk);
    builder->open = FALSE;
    if (walk->signature_lines > 0)
        return;
    walk->kind = OV_BLOCK_SIGNATURE;
    walk->signature_block = builder->n_blocks;
    walk->signature_lines = 1;
}

/* Own lines, signatures and code. */
static void text_line(OvZonesBuilder *builder, Walk *walk, OvSlice line, OvSlice rest) {
    OvSlice trimmed = ov_slice_trim(line);
    if (trimmed.length == 0) {
        builder->open = FALSE;
        return;
    }
    walk->in_patch = (walk->in_patch ? ov_line_is_of_patch(line) : ov_patch_starts(line, rest)) &&
                     !ov_line_is_signature_mark(line);
    if (walk->in_patch) {
        add_line(builder, trimmed, OV_BLOCK_PATCH);
        return;
    }
    if (ov_line_is_fence(line) && (walk->fenced || ov_fence_closes(rest, line.data[0]))) {
        walk->fenced = !walk->fenced;
        builder->open = FALSE;
        return;
    }
    if (!walk->fenced && ov_line_is_signature_mark(line)) {
        enter_signature(builder, walk);
        return;
    }
    if (!walk->fenced && ov_line_is_underscores(trimmed)) {
        if (ov_count_lines(rest, FOOTER_LINES + 1) <= FOOTER_LINES)
            enter_signature(builder, walk);
        builder->open = FALSE;
        return;
    }
    OvBlockKind kind = walk->kind;
    if (walk->signature_lines > 0) {
        walk->signature_lines++;
    } else if (walk->fenced) {
        kind = OV_BLOCK_CODE;
    } else if (ov_line_is_indented(line)) {
        gboolean in_code = builder->n_blocks > walk->first_block &&
                           builder->blocks[builder->n_blocks - 1].kind == OV_BLOCK_CODE;
        if (in_code || ov_count_indented(rest, CODE_LINES - 1) == CODE_LINES - 1)
            kind = OV_BLOCK_CODE;
    }
    add_line(builder, trimmed, kind);
}

static gboolean is_quoted(const OvZonesBuilder *builder, const Walk *walk, OvSlice line) {
    return !builder->keep_quotes && !walk->fenced && ov_line_is_quoted(line);
}

/* A line of a part, text follows it; FALSE where all that follows is quoted with it. */
static gboolean part_line(OvZonesBuilder *builder, Walk *walk, OvSlice line, OvSlice text) {
    if (is_quoted(builder, walk, line)) {
        if (!walk->in_quote)
            drop_attribution(builder, walk);
        walk->in_quote = TRUE;
        builder->n_quoted_lines++;
        builder->open = FALSE;
        return TRUE;
    }
    walk->in_quote = FALSE;
    if (!walk->fenced && !builder->keep_quotes && ov_quotation_starts(line, text)) {
        builder->n_quoted_lines += 1 + ov_count_lines(text, G_MAXUINT);
        builder->attributed = TRUE;
        return FALSE;
    }
    text_line(builder, walk, builder->keep_quotes ? ov_line_unquoted(line) : line, text);
    return TRUE;
}

void ov_zones_add_plain(OvZonesBuilder *builder, OvSlice text) {
    Walk walk = {.kind = OV_BLOCK_OWN, .first_block = builder->n_blocks};
    builder->open = FALSE;
    while (text.length > 0 && !builder->cut) {
        OvSlice line = ov_take_line(&text);
        if (!part_line(builder, &walk, line, text))
            break;
    }
    if (walk.signature_lines > 0)
        leave_signature(builder, &walk);
}

/* text: from the block's start to the end of all, its first length octets the block. */
static void add_html_quote(OvZonesBuilder *builder, Walk *walk, OvSlice text, gsize length) {
    OvSlice rest = text, block = {text.data, length};
    OvSlice line = ov_take_line(&rest);
    if (!walk->in_quote) {
        drop_attribution(builder, walk);
        builder->attributed |=
            ov_quotation_starts(line, rest) ||
            (block.data[length - 1] == ':' && length <= ATTRIBUTION_OCTETS && ov_has_digit(block));
    }
    walk->in_quote = TRUE;
    builder->n_quoted_lines += ov_count_lines(block, G_MAXUINT);
}

/* text: from the block's start to the end of all. FALSE where all that follows is quoted. */
static gboolean add_html_block(OvZonesBuilder *builder, Walk *walk, const OvHtmlBlock *block,
                               OvSlice text) {
    gboolean goes_on = TRUE;
    gsize after = text.length - (block->range.end - block->range.start);
    builder->open = FALSE;
    builder->heading = block->kind == OV_HTML_HEADING || block->kind == OV_HTML_TABLE_HEADER ||
                       block->kind == OV_HTML_BUTTON;
    while (text.length > after && !builder->cut && goes_on) {
        OvSlice line = ov_take_line(&text);
        if (block->kind == OV_HTML_CODE)
            add_line(builder, line, OV_BLOCK_CODE);
        else
            goes_on = part_line(builder, walk, line, text);
    }
    builder->heading = FALSE;
    return goes_on;
}

void ov_zones_add_html(OvZonesBuilder *builder, const OvHtml *html) {
    Walk walk = {.kind = OV_BLOCK_OWN, .first_block = builder->n_blocks};
    gboolean goes_on = TRUE;
    for (guint i = 0; i < html->n_blocks && !builder->cut && goes_on; i++) {
        const OvHtmlBlock *block = &html->blocks[i];
        OvSlice text = {html->text.data + block->range.start,
                        html->text.length - block->range.start};
        if (block->kind == OV_HTML_QUOTED && !builder->keep_quotes)
            add_html_quote(builder, &walk, text, block->range.end - block->range.start);
        else
            goes_on = add_html_block(builder, &walk, block, text);
    }
    if (walk.signature_lines > 0)
        leave_signature(builder, &walk);
}

static gsize octets_of(const OvZonesBuilder *builder, OvBlockKind kind) {
    gsize octets = 0;
    for (guint i = 0; i < builder->n_blocks; i++)
        if (builder->blocks[i].kind == kind)
            octets += builder->blocks[i].end - builder->blocks[i].start;
    return octets;
}

OvZones *ov_zones_end(OvZonesBuilder *builder) {
    if (octets_of(builder, OV_BLOCK_CODE) > octets_of(builder, OV_BLOCK_OWN))
        for (guint i = 0; i < builder->n_blocks; i++)
            if (builder->blocks[i].kind == OV_BLOCK_CODE)
                builder->blocks[i].kind = OV_BLOCK_OWN;
    OvZones *zones = OV_ARENA_NEW(builder->arena, OvZones, 1);
    *zones = (OvZones){
        .text = {builder->text, builder->length},
        .blocks = builder->blocks,
        .n_blocks = builder->n_blocks,
        .n_quoted_lines = builder->n_quoted_lines,
        .attributed = builder->attributed,
        .cut = builder->cut,
    };
    return zones;
}
