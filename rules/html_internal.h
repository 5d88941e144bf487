/* What the files that read HTML share: html_read.c drives, html_tree.c keeps the open elements,
 * html_text.c writes the text, html_hidden.c judges what is hidden, html_links.c keeps links and
 * pictures, html_active.c finds what acts. */
#pragma once

#include "rules/css_sheet.h"
#include "rules/html.h"
#include "rules/html_style.h"
#include "rules/html_token.h"

enum {
    OV_HTML_MAX_FORMATTING = 24, /* open formatting elements that go on in the next block */
    OV_HTML_MAX_EVIDENCE = 200,  /* octets */
};

typedef enum { OV_SPACE_HTML, OV_SPACE_SVG, OV_SPACE_MATHML } OvNamespace;

/* An open element. Numbers of others are places in the stack; 0 is <html>, which is in all of
 * these. */
typedef struct {
    OvTag tag;
    guint8 space;    /* OvNamespace */
    guint8 kind;     /* OvHtmlBlockKind of text in it */
    gboolean quotes; /* it and all in it is quoted */
    gboolean closed; /* <details> that is not open */
    guint32 number;  /* in order of start tags, from 1 */
    OvStyle style;
    guint32 link;     /* that it is or is in, or OV_HTML_NONE */
    guint32 own_link; /* that it is */
    guint16 same;     /* the element of the same name that is open outside it, or none */
    guint16 special;  /* the innermost special element up to and with it */
    guint16 scope;    /* the innermost that ends a scope */
    guint16 item;     /* the innermost special one that is no address, div or p */
    guint16 p;        /* the innermost <p> that block elements close, or none */
    guint16 table;    /* the innermost of table, caption, row group, row, cell, colgroup */
    guint32 text_at, hidden_at; /* octets of text there were before it */
    guint32 hidden_root;        /* number of the element that began to hide it; 0 where none */
} OvOpen;

enum { OV_NO_OPEN = 0xFFFF };

/* A formatting element that goes on after its block ended, or a marker that keeps it out. */
typedef struct {
    gboolean marker;
    OvTag tag;
    guint16 open; /* its place in the stack, or OV_NO_OPEN */
    guint32 hash; /* of the tag as written */
    guint32 link;
    OvCssDeclarations declarations;
} OvFormatting;

/* Text as it is written, white space collapsed. */
typedef struct {
    char *data; /* room for all the input can give */
    gsize length;
    gboolean space;      /* one is due before the next character */
    gboolean line_break; /* likewise a line end */
    gboolean open;       /* there is a line to go on with */
} OvTextStream;

typedef struct {
    OvArena *arena;
    OvHtml *html;
    gint64 deadline;
    OvTokenizer tokenizer;
    OvToken token;
    OvCssSheet *sheet;
    OvCssActive active_css, imports;
    gboolean quirks; /* no doctype: tables do not close paragraphs */

    OvOpen open[OV_HTML_MAX_DEPTH];
    OvCssSubject subjects[OV_HTML_MAX_DEPTH];
    OvCssDeclarations declared[OV_HTML_MAX_DEPTH];
    guint n_open;
    guint overflow; /* elements that were not pushed, and wait for their end tags */
    guint16 last_open[OV_N_TAGS + 1]; /* the innermost of a name, or OV_NO_OPEN */
    OvFormatting formatting[OV_HTML_MAX_FORMATTING];
    guint n_formatting;
    guint n_moved;          /* elements that were opened again, or lost one that they were in */
    gboolean skip_line_end; /* of <pre> */
    guint32 n_elements;

    OvTextStream text, hidden;
    char *scratch; /* for decoded text */
    gsize scratch_room;
    OvHtmlBlock *blocks;
    OvHtmlRun *runs;
    OvHtmlHidden *hiddens;
    OvHtmlLink *links;
    OvHtmlImage *images;
    guint block_room, run_room, hidden_room, link_room, image_room;
    guint block_first_run;
    gboolean block_open, block_ink;
    guint32 hidden_root; /* of the last hidden text */
    gboolean title_read;
    gboolean tiny_due;     /* letters of no size came, and what follows them is not known yet */
    gboolean tiny_in_word; /* a letter stands right before them */
    guint32 tiny_start, tiny_end; /* in the hidden text */
    gboolean split_due;           /* a comment stands behind a letter */
    guint32 split_at;             /* where */
    guint32 split_last;           /* the place in the last word that was counted */
} OvHtmlReader;

static inline OvOpen *ov_html_top(OvHtmlReader *reader) {
    return &reader->open[reader->n_open - 1];
}

/* html_tree.c */
void ov_html_tree_init(OvHtmlReader *reader);
void ov_html_start_tag(OvHtmlReader *reader);
void ov_html_end_tag(OvHtmlReader *reader);
/* Text is about to come: formatting goes on around it. */
void ov_html_reconstruct(OvHtmlReader *reader);

/* html_text.c */
/* Writes text, decoded, as what the innermost open element holds. */
void ov_html_put(OvHtmlReader *reader, OvSlice text);
void ov_html_put_encoded(OvHtmlReader *reader, OvSlice text, gboolean literal);
/* A block begins or ends here. */
void ov_html_break(OvHtmlReader *reader);
/* The same of hidden text alone. */
void ov_html_break_hidden(OvHtmlReader *reader);
void ov_html_line_break(OvHtmlReader *reader);
void ov_html_finish_text(OvHtmlReader *reader);
guint32 ov_html_count_visible(OvSlice text);
/* Decodes entities; the result is in the arena, or is text. */
OvSlice ov_html_decode(OvHtmlReader *reader, OvSlice text, gboolean attribute);

/* html_hidden.c */
void ov_html_put_hidden(OvHtmlReader *reader, OvSlice text, OvHtmlHiddenWhy why);
/* Visible text was written after letters of no size, or behind a split. */
void ov_html_seen_after(OvHtmlReader *reader, guint32 start, guint32 end);
/* A comment or an empty element stands here. */
void ov_html_mark_split(OvHtmlReader *reader);
void ov_html_finish_hidden(OvHtmlReader *reader);

/* html_links.c */
/* What a browser takes for the address in an attribute. */
OvSlice ov_html_address(OvHtmlReader *reader, OvSlice value);
guint32 ov_html_add_link(OvHtmlReader *reader, OvHtmlLinkKind kind, OvSlice href);
void ov_html_add_image(OvHtmlReader *reader, OvSlice source, const OvStyle *style,
                       const OvCssDeclarations *declarations, gboolean background);
void ov_html_finish_links(OvHtmlReader *reader);

/* html_active.c */
void ov_html_find_active(OvHtmlReader *reader);
void ov_html_found(OvHtmlReader *reader, OvHtmlFinding *finding, OvSlice evidence);

/* Makes room for one more of *array, of which there are n; FALSE at most. */
gboolean ov_html_grow(OvHtmlReader *reader, void **array, gsize size, guint n, guint *room,
                      guint most);
