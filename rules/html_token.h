/* Cutting HTML into tags, text and comments as browsers do (WHATWG HTML 13.2.5). Whatever the
 * octets, every one of them is looked at once. */
#pragma once

#include "rules/html_names.h"

enum { OV_TOKEN_MAX_ATTRIBUTES = 256 }; /* more of one tag are not kept */

typedef enum {
    OV_TOKEN_TEXT,
    OV_TOKEN_START,
    OV_TOKEN_END,
    OV_TOKEN_COMMENT, /* <!-- -->, and what browsers take for one: <!x>, <?x>, </1> */
    OV_TOKEN_DOCTYPE,
    OV_TOKEN_LAST, /* there is no more */
} OvTokenKind;

typedef struct {
    OvSlice name;
    OvSlice value; /* as written, without its quotes */
} OvTokenAttribute;

typedef struct {
    OvTokenKind kind;
    OvSlice raw;  /* all of it, as written */
    OvSlice text; /* of text and comments: without the marks */
    OvSlice name; /* of tags */
    OvTag tag;    /* of tags */
    gboolean self_closing;
    gboolean literal; /* of text: & and < in it are not markup */
    guint n_attributes;
    guint64 present;               /* bit n: OvAttribute n is there */
    guint8 first[OV_N_ATTRIBUTES]; /* where it is: the first of its name, as in browsers */
    OvTokenAttribute attributes[OV_TOKEN_MAX_ATTRIBUTES];
} OvToken;

typedef struct {
    const char *at, *end;
    gboolean foreign; /* set by the caller: in SVG or MathML, where <![CDATA[ holds text */
    /* What is read as text up to its end tag: the start tag that came last, where its content is
     * that; OV_TAG_UNKNOWN for markup. The caller may set it back to that before the next token. */
    OvTag raw;
    guint n_errors;
} OvTokenizer;

/* html must outlive all tokens. */
void ov_tokenizer_init(OvTokenizer *tokenizer, OvSlice html);
/* Reads the next token; FALSE at the end. Of a tag that is not finished nothing is given. */
gboolean ov_tokenizer_next(OvTokenizer *tokenizer, OvToken *token);

static inline gboolean ov_token_has(const OvToken *token, OvAttribute attribute) {
    return (token->present >> attribute & 1) != 0;
}

/* The value as written; empty where there is none. */
static inline OvSlice ov_token_value(const OvToken *token, OvAttribute attribute) {
    return ov_token_has(token, attribute) ? token->attributes[token->first[attribute]].value
                                          : (OvSlice){NULL, 0};
}
