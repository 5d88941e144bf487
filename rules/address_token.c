#include "rules/address_token.h"

/* RFC 2047 allows 75 octets; who writes longer ones does not stop at 76. */
enum { MAX_ENCODED_WORD = 256 };

/* Octets that end an atom: white space, and what stands for itself. */
static gboolean ends_atom(char c) {
    switch (c) {
    case ' ':
    case '\t':
    case '\r':
    case '\n':
    case '(':
    case ')':
    case '<':
    case '>':
    case '[':
    case ']':
    case ',':
    case ';':
    case ':':
    case '@':
    case '"':
        return TRUE;
    default:
        return FALSE;
    }
}

static gboolean is_special(char c) {
    return c == '<' || c == '>' || c == ',' || c == ';' || c == ':' || c == '@';
}

/* The end of what opens at tokens->at and ends with close; NULL where nothing ends it. */
static const char *closing(const OvTokens *tokens, char open, char close) {
    guint depth = 1;
    for (const char *at = tokens->at + 1; at < tokens->end; at++) {
        if (*at == '\\' && at + 1 < tokens->end)
            at++;
        else if (*at == close && --depth == 0)
            return at + 1;
        else if (*at == open && open == '(')
            depth++;
    }
    return NULL;
}

/* The end of an encoded-word that starts at at, so that specials which broken senders leave in it
 * part nothing; NULL where there is none. */
static const char *encoded_word_end(const char *at, const char *end) {
    guint marks = 0;
    end = end - at > MAX_ENCODED_WORD ? at + MAX_ENCODED_WORD : end;
    if (end - at < 8 || at[0] != '=' || at[1] != '?')
        return NULL;
    for (const char *c = at + 2; c + 1 < end; c++) {
        if (ov_is_blank(*c) || *c == '"' || *c == '<' || *c == '>')
            return NULL;
        if (*c == '?' && ++marks >= 3 && c[1] == '=')
            return c + 2;
    }
    return NULL;
}

gboolean ov_token_next(OvTokens *tokens, OvToken *token) {
    token->spaced = FALSE;
    while (tokens->at < tokens->end && ov_is_blank(*tokens->at)) {
        tokens->at++;
        token->spaced = TRUE;
    }
    if (tokens->at == tokens->end)
        return FALSE;
    const char *start = tokens->at, *stop = NULL;
    token->kind = OV_TOKEN_SPECIAL;
    if (*start == '"' && !tokens->no_quote) {
        stop = closing(tokens, '"', '"');
        tokens->no_quote = !stop;
        token->kind = OV_TOKEN_QUOTED;
    } else if (*start == '(' && !tokens->no_comment) {
        stop = closing(tokens, '(', ')');
        tokens->no_comment = !stop;
        token->kind = OV_TOKEN_COMMENT;
    } else if (*start == '[' && !tokens->no_literal) {
        stop = closing(tokens, '[', ']');
        tokens->no_literal = !stop;
        token->kind = OV_TOKEN_LITERAL;
    } else if (is_special(*start)) {
        stop = start + 1;
    }
    if (!stop) {
        token->kind = OV_TOKEN_ATOM;
        stop = encoded_word_end(start, tokens->end);
    }
    if (!stop) {
        stop = start + 1;
        while (stop < tokens->end && !ends_atom(*stop))
            stop++;
    }
    tokens->at = stop;
    token->text = (OvSlice){start, (gsize)(stop - start)};
    return TRUE;
}

gboolean ov_token_is(const OvToken *token, char special) {
    return token->kind == OV_TOKEN_SPECIAL && token->text.data[0] == special;
}

OvSlice ov_token_unquote(OvArena *arena, OvSlice text) {
    OvSlice inside = {text.data + 1, text.length - 2};
    if (inside.length == 0 || !memchr(inside.data, '\\', inside.length))
        return inside;
    char *out = ov_arena_alloc(arena, inside.length);
    gsize used = 0;
    for (gsize i = 0; i < inside.length; i++) {
        if (inside.data[i] == '\\' && i + 1 < inside.length)
            i++;
        out[used++] = inside.data[i];
    }
    return (OvSlice){out, used};
}

OvSlice ov_token_join(OvArena *arena, const OvToken *tokens, guint n_tokens) {
    if (n_tokens <= 1)
        return n_tokens == 1 ? tokens->text : (OvSlice){NULL, 0};
    gsize length = 0, used = 0;
    for (guint i = 0; i < n_tokens; i++)
        length += tokens[i].text.length;
    char *out = ov_arena_alloc(arena, length);
    for (guint i = 0; i < n_tokens; i++) {
        memcpy(out + used, tokens[i].text.data, tokens[i].text.length);
        used += tokens[i].text.length;
    }
    return (OvSlice){out, used};
}

OvSlice ov_token_join_name(OvArena *arena, const OvToken *tokens, guint n_tokens) {
    if (n_tokens == 1 && tokens->kind != OV_TOKEN_COMMENT)
        return tokens->kind == OV_TOKEN_QUOTED ? ov_token_unquote(arena, tokens->text)
                                               : tokens->text;
    gsize length = 0, used = 0;
    for (guint i = 0; i < n_tokens; i++)
        length += tokens[i].text.length + 1;
    char *out = ov_arena_alloc(arena, length);
    for (guint i = 0; i < n_tokens; i++) {
        OvSlice text = tokens[i].text;
        if (tokens[i].kind == OV_TOKEN_COMMENT)
            continue;
        if (tokens[i].kind == OV_TOKEN_QUOTED)
            text = ov_token_unquote(arena, text);
        if (tokens[i].spaced && used > 0)
            out[used++] = ' ';
        if (text.length > 0)
            memcpy(out + used, text.data, text.length);
        used += text.length;
    }
    return (OvSlice){out, used};
}
