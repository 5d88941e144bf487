/* What a list of addresses is made of (RFC 5322 3.2): for address.c alone. */
#pragma once

#include "rules/arena.h"

typedef enum {
    OV_TOKEN_ATOM,    /* letters, dots, 8-bit, and whatever else stands where it should not */
    OV_TOKEN_QUOTED,  /* "..." */
    OV_TOKEN_COMMENT, /* (...), nesting */
    OV_TOKEN_LITERAL, /* [...] */
    OV_TOKEN_SPECIAL, /* one of < > , ; : @ */
} OvTokenKind;

typedef struct {
    OvTokenKind kind;
    gboolean spaced; /* white space stood before it */
    OvSlice text;    /* raw, with its quotes, parentheses or brackets; never empty */
} OvToken;

/* A reading position. What opens and is never closed is read as an ordinary character; that nothing
 * closes it is found out once, so reading takes time in proportion to the text. */
typedef struct {
    const char *at, *end;
    gboolean no_quote, no_comment, no_literal; /* one of that kind was not closed */
} OvTokens;

/* The next token; FALSE at the end. */
gboolean ov_token_next(OvTokens *tokens, OvToken *token);
gboolean ov_token_is(const OvToken *token, char special);

/* The inside of a quoted-string or comment, its quoted-pairs undone. Arena, or part of text. */
OvSlice ov_token_unquote(OvArena *arena, OvSlice text);
/* The tokens' texts as they stand, joined. Arena, or the one token's text. */
OvSlice ov_token_join(OvArena *arena, const OvToken *tokens, guint n_tokens);
/* The same as a name: comments dropped, quotes undone, one blank where white space stood. */
OvSlice ov_token_join_name(OvArena *arena, const OvToken *tokens, guint n_tokens);
