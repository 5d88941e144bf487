/* What the reader sees of an HTML part: its text in reading order as a mail program shows it, what
 * is kept from his eyes, where the links go, which pictures there are, and what would act by
 * itself.
 *
 * Read as a mail program does: no scripts run (so <noscript> is seen), no style sheet or picture is
 * fetched, a window of 800 px. Styles come from style attributes, presentational attributes
 * (bgcolor, color, size, width, hidden ...) and <style> elements, whose selectors may combine
 * tags, classes, ids and attributes as descendants and children; rules of @media count where the
 * window meets them.
 *
 * The tokenizer (rules/html_token.h) and the open elements (rules/html_stack.h) are our own, after
 * WHATWG HTML 13.2, and no tree is built. libxml2's HTML parser was measured first: for its part
 * alone it needed 1.1 ms for a newsletter of 40 KB, where all of this needs a quarter of that; 24 s
 * for 100,000 open elements and end tags that fit none; and of 250 small pages it gave 40 another
 * text than Chromium (entities without a semicolon or newer than HTML 4, declarations, scripts).
 *
 * All text is valid UTF-8. Ranges are octets of `text`. Slices point into the arena or into the
 * input, which must outlive the result. Entities are decoded everywhere but where it is said. */
#pragma once

#include "rules/arena.h"
#include "rules/range.h"

enum {
    OV_HTML_MAX_OCTETS = 4 * 1024 * 1024, /* of a part that are read */
    OV_HTML_MAX_TOKENS = 100000,          /* tags, comments and texts between them */
    OV_HTML_MAX_DEPTH = 512,              /* open elements; deeper ones are taken for siblings */
    OV_HTML_MAX_BLOCKS = 100000,
    OV_HTML_MAX_RUNS = 200000,
    OV_HTML_MAX_HIDDEN = 10000,
    OV_HTML_MAX_LINKS = 10000,
    OV_HTML_MAX_IMAGES = 5000,
    OV_HTML_NONE = 0xFFFFFFFF, /* no such number: of a link, a block */
};

typedef enum {
    OV_HTML_ORDINARY,
    OV_HTML_HEADING,      /* h1-h6 */
    OV_HTML_TABLE_HEADER, /* th, caption */
    OV_HTML_LIST_ITEM,
    OV_HTML_BUTTON, /* <button>, <option>, what a field shows */
    OV_HTML_CODE,   /* pre; a block that is code, kbd, samp or tt altogether */
    /* What the sender quotes: <blockquote> with a mark of a mail program (type=cite, cite, a class
     * of quotes, a border at its left) or below a line that ends with a colon; Gmail's, Yahoo's and
     * Proton's containers; all that follows Outlook's divider. */
    OV_HTML_QUOTED,
} OvHtmlBlockKind;

/* A paragraph, table cell, list item or heading: text with nothing beside it. Line breaks inside it
 * are LF; an empty line stands between blocks. */
typedef struct {
    OvRange range;
    OvHtmlBlockKind kind;
    guint32 visible; /* visible characters (OV_CHARACTER_VISIBLE) */
} OvHtmlBlock;

typedef enum {
    OV_HTML_BOLD = 1 << 0,
    OV_HTML_STRUCK = 1 << 1, /* s, strike, del, line-through */
    OV_HTML_INLINE_CODE = 1 << 2,
    OV_HTML_UPPERCASE = 1 << 3, /* text-transform; the text is given as written */
} OvHtmlRunFlags;

/* Text of one look. Runs follow one another without a gap but for what is between blocks. */
typedef struct {
    OvRange range;
    OvHtmlRunFlags flags;
    guint32 link;   /* number of the link it is in, or OV_HTML_NONE */
    float font;     /* size in px; 16 where nothing tells */
    float contrast; /* WCAG 2 ratio of text and background, 1 to 21; 0 where one is unknown */
} OvHtmlRun;

typedef enum {
    OV_HTML_SEEN,
    OV_HTML_HIDDEN_DISPLAY, /* display:none, the hidden attribute, <template>, closed <details> */
    OV_HTML_HIDDEN_VISIBILITY, /* visibility:hidden or collapse */
    OV_HTML_HIDDEN_OPACITY,    /* 0.05 or less */
    OV_HTML_HIDDEN_FONT,       /* font size of 2 px or less */
    OV_HTML_HIDDEN_BOX,        /* no height, width or line height, and overflow hidden */
    OV_HTML_HIDDEN_PLACE,      /* indented or placed outside the window */
    OV_HTML_HIDDEN_CLIP,       /* clip, clip-path, transform:scale(0) */
    OV_HTML_HIDDEN_COLOUR,     /* the colour of its background, or next to it */
    OV_HTML_N_HIDDEN
} OvHtmlHiddenWhy;

/* "display:none", "font size" ...: for evidence. */
const char *ov_html_hidden_name(OvHtmlHiddenWhy why);

typedef enum {
    OV_HTML_COUNTS,    /* hidden from the reader, and shown to filters */
    OV_HTML_PREHEADER, /* the first hidden text, at the top: 250 characters at most */
    OV_HTML_TWIN,      /* says what a visible block says too: one for each size of screen */
} OvHtmlExempt;

/* Hidden text that stands together. */
typedef struct {
    OvSlice text;
    OvHtmlHiddenWhy why;
    OvHtmlExempt exempt;
    guint32 visible; /* characters that would be visible (OV_CHARACTER_VISIBLE) */
    guint32 at;      /* where in the visible text it would stand */
} OvHtmlHidden;

typedef enum {
    OV_HTML_LINK_A,
    OV_HTML_LINK_AREA,
    OV_HTML_LINK_FORM, /* action, formaction */
    OV_HTML_LINK_SVG,  /* href of an <a> in <svg> */
} OvHtmlLinkKind;

typedef struct {
    OvHtmlLinkKind kind;
    OvSlice href;    /* as written: entities not decoded */
    OvSlice target;  /* what a browser takes: entities decoded, controls and blanks at the ends, and
                        tabs and line ends anywhere, left out (WHATWG URL 4.4); not resolved */
    OvSlice title;   /* its title attribute */
    OvSlice alt;     /* of the first picture in it that has a text */
    OvRange range;   /* from its first to its last visible text; empty where it has none */
    guint32 visible; /* visible characters in it */
    guint32 hidden_characters; /* hidden characters in it */
    guint32 n_images;          /* visible pictures in it, pixels and spacers left out */
    double image_area;         /* of those whose size is known, px² */
    float font;                /* largest size of its text, px; 0 where it has none */
    float contrast;            /* best contrast of its text (see OvHtmlRun); 0 where unknown */
    gboolean hidden;           /* nothing of it can be seen */
    gboolean quoted;           /* in an OV_HTML_QUOTED block */
} OvHtmlLink;

typedef enum { OV_HTML_ALT_MISSING, OV_HTML_ALT_EMPTY, OV_HTML_ALT_TEXT } OvHtmlAlt;

typedef struct {
    OvSlice src; /* cleaned as a link's target */
    OvSlice alt_text;
    OvHtmlAlt alt;
    /* CSS px from inline style, else attributes, else style sheet, else percent of a container of
     * 600 px; 0 where nothing tells. */
    double width, height;
    guint32 link;        /* number of the link it is in, or OV_HTML_NONE */
    gboolean background; /* of CSS or a background attribute */
    gboolean hidden;
    gboolean quoted;
} OvHtmlImage;

/* The size that counts (rule catalogue 4): what is known, completed by the picture's own size in
 * pixels (0 where not known), else by a square, else 200 x 200; at most 800 x 4,000. */
void ov_html_image_size(const OvHtmlImage *image, double own_width, double own_height,
                        double *width, double *height);

typedef enum {
    OV_HTML_SCRIPT,      /* <script> without type, of a JavaScript type or module */
    OV_HTML_SCRIPT_AMP,  /* one whose src is on https://cdn.ampproject.org/ */
    OV_HTML_SCRIPT_DATA, /* <script> of another type: application/ld+json */
    OV_HTML_HANDLER,     /* attribute with the name of an event, and a value */
    OV_HTML_SCRIPT_URL,  /* javascript: or vbscript: in an attribute that takes an address */
    OV_HTML_FORM,
    OV_HTML_INPUT,         /* <input>, <textarea>, <select>, <button> of a form that submits;
                              not hidden ones, check boxes and radio buttons */
    OV_HTML_CHECK_INPUT,   /* check boxes and radio buttons outside a form */
    OV_HTML_PASSWORD,      /* <input type=password> */
    OV_HTML_SECRET_INPUT,  /* a field named like pass, pin, card, cvv, iban */
    OV_HTML_FRAME,         /* iframe, frame, portal */
    OV_HTML_OBJECT,        /* object, embed, applet; audio and video that play by themselves */
    OV_HTML_MEDIA,         /* other audio and video */
    OV_HTML_REFRESH,       /* <meta http-equiv=refresh> with an address; evidence: the address */
    OV_HTML_BASE,          /* <base href>; evidence: the address */
    OV_HTML_ACTIVE_CSS,    /* expression(), behavior:, -moz-binding, url(javascript:) */
    OV_HTML_SVG,           /* <svg> */
    OV_HTML_ACTIVE_SVG,    /* script, handler, foreignObject, script or data link, remote <use> */
    OV_HTML_DATA_DOCUMENT, /* data: address of HTML, XHTML, SVG or JavaScript */
    OV_HTML_EXTERNAL_CSS,  /* <link rel=stylesheet>, @import; evidence: the address */
    OV_HTML_N_ACTIVE
} OvHtmlActive;

typedef struct {
    guint count;
    OvSlice evidence; /* the first: the tag, attribute or declaration as written, or what is said
                         above; line ends as LF; at most 200 octets, whole characters */
} OvHtmlFinding;

typedef struct {
    OvSlice text; /* all blocks */
    const OvHtmlBlock *blocks;
    guint n_blocks;
    const OvHtmlRun *runs;
    guint n_runs;
    const OvHtmlHidden *hidden; /* in reading order */
    guint n_hidden;
    const OvHtmlLink *links; /* in order of their start tags */
    guint n_links;
    const OvHtmlImage *images; /* likewise */
    guint n_images;

    guint32 visible;                 /* visible characters in all blocks */
    guint32 visible_linked;          /* of them, in <a href> */
    guint32 hidden_characters;       /* in hidden text that counts */
    guint32 hidden_exempt;           /* in hidden text that does not */
    guint32 low_contrast;            /* of hidden_characters, those OV_HTML_HIDDEN_COLOUR */
    guint32 huge;                    /* visible characters of more than 48 px */
    OvHtmlFinding tiny_in_words;     /* runs of letters of 1 px or less inside a visible word */
    OvHtmlFinding tiny_in_sentences; /* those between visible words of one block */
    OvHtmlFinding split_words; /* words with a comment or an empty inline element between letters;
                                  not <wbr>, not <!--[if */

    OvHtmlFinding active[OV_HTML_N_ACTIVE];

    OvSlice title;    /* of <title>, white space folded; empty where none */
    OvSlice language; /* lang of <html> or <body>, as written: "de-CH" */
    gsize size;       /* octets of the part as decoded, beyond OV_HTML_MAX_OCTETS too */
    guint n_tags;     /* start tags */
    guint n_unknown;  /* of them, with a name that HTML, SVG and MathML do not have; Word's o:, v:,
                         w:, m:, st1: and AMP's amp- left out */
    guint n_errors;   /* parse errors, by WHATWG HTML 13.2.2: of the tokenizer, and end tags that
                         fit nothing or close other elements too */
    guint n_comments;
    guint depth;   /* deepest nesting, also beyond OV_HTML_MAX_DEPTH */
    gboolean cut;  /* more octets, tokens, links, pictures or blocks than are kept */
    gboolean late; /* the deadline passed; the rest was not read */
} OvHtml;

/* Reads a part: decoded, valid UTF-8 (ov_part_text). A charset that it declares for itself is not
 * heeded. Never fails, whatever the markup. deadline: monotonic microseconds, 0 for none. Time is
 * linear in the size; nothing recurses. All in arena. */
OvHtml *ov_html_read(OvArena *arena, OvSlice html, gint64 deadline);
