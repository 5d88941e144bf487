#include "rules/html_token.h"

static gboolean is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

void ov_tokenizer_init(OvTokenizer *tokenizer, OvSlice html) {
    *tokenizer =
        (OvTokenizer){.at = html.data, .end = html.data + html.length, .raw = OV_TAG_UNKNOWN};
}

static const char *find(const char *at, const char *end, const char *what) {
    return end > at ? memmem(at, (gsize)(end - at), what, strlen(what)) : NULL;
}

static const char *find_octet(const char *at, const char *end, char octet) {
    return end > at ? memchr(at, octet, (gsize)(end - at)) : NULL;
}

static gboolean starts_with(const char *at, const char *end, const char *what) {
    gsize length = strlen(what);
    return (gsize)(end - at) >= length && g_ascii_strncasecmp(at, what, length) == 0;
}

/* The end of a comment whose text starts at `at`: where its text ends, and where reading goes on.
 */
static const char *comment_end(OvTokenizer *tokenizer, const char *at, const char **after) {
    const char *end = tokenizer->end;
    if (at < end && *at == '>') {
        tokenizer->n_errors++;
        *after = at + 1;
        return at;
    }
    if (end - at >= 2 && at[0] == '-' && at[1] == '>') {
        tokenizer->n_errors++;
        *after = at + 2;
        return at;
    }
    for (const char *sign = at; (sign = find_octet(sign, end, '>')); sign++) {
        const char *dashes = sign - 2;
        if (sign - at > 2 && sign[-1] == '!')
            dashes--;
        if (dashes < at || dashes[0] != '-' || dashes[1] != '-')
            continue;
        tokenizer->n_errors += sign[-1] == '!';
        *after = sign + 1;
        return dashes;
    }
    tokenizer->n_errors++;
    *after = end;
    return end;
}

/* What begins with <!, <? or an end tag that is none. */
static void read_declaration(OvTokenizer *tokenizer, OvToken *token) {
    const char *at = tokenizer->at, *end = tokenizer->end;
    const char *after, *text_end;
    token->kind = OV_TOKEN_COMMENT;
    if (starts_with(at, end, "<!--")) {
        at += 4;
        text_end = comment_end(tokenizer, at, &after);
    } else if (tokenizer->foreign && starts_with(at, end, "<![CDATA[")) {
        token->kind = OV_TOKEN_TEXT;
        token->literal = TRUE;
        at += 9;
        text_end = find(at, end, "]]>");
        after = text_end ? text_end + 3 : end;
    } else {
        if (starts_with(at, end, "<!doctype"))
            token->kind = OV_TOKEN_DOCTYPE;
        else if (at[1] != '!' || at + 2 == end || at[2] != '[')
            tokenizer->n_errors++; /* not <![if, which mail programs write */
        at += 2;
        text_end = find_octet(at, end, '>');
        after = text_end ? text_end + 1 : end;
    }
    if (!text_end)
        text_end = end;
    token->text = (OvSlice){at, (gsize)(text_end - at)};
    tokenizer->at = after;
}

static const char *read_value(OvTokenizer *tokenizer, const char *at, OvSlice *value) {
    const char *end = tokenizer->end;
    if (at < end && (*at == '"' || *at == '\'')) {
        const char *close = find_octet(at + 1, end, *at);
        if (!close)
            return NULL;
        *value = (OvSlice){at + 1, (gsize)(close - at) - 1};
        close++;
        if (close < end && !is_space(*close) && *close != '/' && *close != '>')
            tokenizer->n_errors++;
        return close;
    }
    const char *start = at;
    while (at < end && !is_space(*at) && *at != '>') {
        if (strchr("\"'<=`", *at) && *at)
            tokenizer->n_errors++;
        at++;
    }
    *value = (OvSlice){start, (gsize)(at - start)};
    if (start == at)
        tokenizer->n_errors++;
    return at;
}

static void keep(OvTokenizer *tokenizer, OvToken *token, OvTokenAttribute attribute) {
    if (token->n_attributes == OV_TOKEN_MAX_ATTRIBUTES)
        return;
    OvAttribute known = ov_attribute_find(attribute.name);
    if (known < OV_N_ATTRIBUTES) {
        if (ov_token_has(token, known)) {
            tokenizer->n_errors++;
            return;
        }
        token->present |= G_GUINT64_CONSTANT(1) << known;
        token->first[known] = (guint8)token->n_attributes;
    }
    token->attributes[token->n_attributes++] = attribute;
}

/* Reads attributes up to >; NULL where the text ends before. */
static const char *read_attributes(OvTokenizer *tokenizer, OvToken *token, const char *at) {
    const char *end = tokenizer->end;
    for (;;) {
        while (at < end && is_space(*at))
            at++;
        if (at == end)
            return NULL;
        if (*at == '>')
            return at + 1;
        if (*at == '/') {
            at++;
            if (at < end && *at == '>') {
                token->self_closing = TRUE;
                return at + 1;
            }
            tokenizer->n_errors++;
            continue;
        }
        /* An equals sign at the start belongs to the name. */
        OvTokenAttribute attribute = {.name = {at, 0}};
        if (*at == '=') {
            tokenizer->n_errors++;
            at++;
        }
        while (at < end && !is_space(*at) && *at != '/' && *at != '>' && *at != '=') {
            if (*at == '"' || *at == '\'' || *at == '<')
                tokenizer->n_errors++;
            at++;
        }
        attribute.name.length = (gsize)(at - attribute.name.data);
        const char *sign = at;
        while (sign < end && is_space(*sign))
            sign++;
        if (sign < end && *sign == '=') {
            at = sign + 1;
            while (at < end && is_space(*at))
                at++;
            at = read_value(tokenizer, at, &attribute.value);
            if (!at)
                return NULL;
        }
        keep(tokenizer, token, attribute);
    }
}

static gboolean read_tag(OvTokenizer *tokenizer, OvToken *token) {
    const char *end = tokenizer->end;
    const char *at = tokenizer->at + 1;
    token->kind = OV_TOKEN_START;
    if (*at == '/') {
        token->kind = OV_TOKEN_END;
        at++;
    }
    const char *name = at;
    while (at < end && !is_space(*at) && *at != '/' && *at != '>')
        at++;
    token->name = (OvSlice){name, (gsize)(at - name)};
    token->tag = ov_tag_find(token->name);
    token->self_closing = FALSE;
    token->n_attributes = 0;
    token->present = 0;
    at = read_attributes(tokenizer, token, at);
    if (!at) {
        tokenizer->n_errors++;
        tokenizer->at = end;
        return FALSE;
    }
    tokenizer->at = at;
    if (token->kind == OV_TOKEN_START) {
        if (token->tag == OV_TAG_SCRIPT || token->tag == OV_TAG_PLAINTEXT ||
            ov_tag_info[token->tag].flags & (OV_TAG_IS_RCDATA | OV_TAG_IS_RAWTEXT))
            tokenizer->raw = token->tag;
    } else if (token->n_attributes > 0 || token->self_closing) {
        tokenizer->n_errors++;
    }
    return TRUE;
}

/* TRUE when at has the name of an end tag and what must follow it. */
static gboolean is_name(const char *at, const char *end, const char *name) {
    gsize length = strlen(name);
    return starts_with(at, end, name) && at + length < end &&
           (is_space(at[length]) || at[length] == '/' || at[length] == '>');
}

/* The end of a script's text: its end tag, or the end. In a comment, a start tag of a script makes
 * the next end tag belong to it (WHATWG HTML 13.2.5.20-31). */
static const char *script_end(const char *at, const char *end) {
    gboolean comment = FALSE, nested = FALSE;
    while (at < end) {
        if (*at == '<') {
            if (!comment && starts_with(at, end, "<!--")) {
                comment = TRUE;
                at += 2; /* so that <!--> and <!---> end it */
                continue;
            }
            if (is_name(at + 1, end, "/script")) {
                if (!nested)
                    return at;
                nested = FALSE;
            } else if (comment && is_name(at + 1, end, "script")) {
                nested = TRUE;
            }
            at++;
        } else if (comment && starts_with(at, end, "-->")) {
            comment = nested = FALSE;
            at += 3;
        } else {
            at++;
        }
    }
    return end;
}

static const char *raw_end(const OvTokenizer *tokenizer, const char *name) {
    const char *at = tokenizer->at, *end = tokenizer->end;
    for (; (at = find_octet(at, end, '<')); at++)
        if (end - at > 2 && at[1] == '/' && is_name(at + 2, end, name))
            return at;
    return end;
}

/* Text that is not markup, up to the end tag of tokenizer->raw. */
static gboolean read_raw(OvTokenizer *tokenizer, OvToken *token) {
    OvTag tag = tokenizer->raw;
    tokenizer->raw = OV_TAG_UNKNOWN;
    const char *text_end = tokenizer->end;
    if (tag == OV_TAG_SCRIPT)
        text_end = script_end(tokenizer->at, tokenizer->end);
    else if (tag != OV_TAG_PLAINTEXT)
        text_end = raw_end(tokenizer, ov_tag_name(tag));
    if (text_end == tokenizer->at)
        return FALSE;
    if (text_end == tokenizer->end && tag != OV_TAG_PLAINTEXT)
        tokenizer->n_errors++;
    token->kind = OV_TOKEN_TEXT;
    token->literal = !(ov_tag_info[tag].flags & OV_TAG_IS_RCDATA);
    token->text = (OvSlice){tokenizer->at, (gsize)(text_end - tokenizer->at)};
    tokenizer->at = text_end;
    return TRUE;
}

/* TRUE when the < at `at` begins a tag or declaration. */
static gboolean is_markup(const char *at, const char *end) {
    if (end - at < 2)
        return FALSE;
    if (g_ascii_isalpha(at[1]) || at[1] == '!' || at[1] == '?')
        return TRUE;
    return at[1] == '/' && end - at > 2;
}

static void read_text(OvTokenizer *tokenizer, OvToken *token) {
    const char *at = tokenizer->at;
    while ((at = find_octet(at, tokenizer->end, '<')) && !is_markup(at, tokenizer->end)) {
        tokenizer->n_errors++;
        at++;
    }
    if (!at)
        at = tokenizer->end;
    token->kind = OV_TOKEN_TEXT;
    token->literal = FALSE;
    token->text = (OvSlice){tokenizer->at, (gsize)(at - tokenizer->at)};
    tokenizer->at = at;
}

gboolean ov_tokenizer_next(OvTokenizer *tokenizer, OvToken *token) {
    for (;;) {
        const char *start = tokenizer->at, *end = tokenizer->end;
        gboolean found = TRUE;
        if (start == end)
            break;
        if (tokenizer->raw != OV_TAG_UNKNOWN) {
            found = read_raw(tokenizer, token);
        } else if (*start != '<' || !is_markup(start, end)) {
            read_text(tokenizer, token);
        } else if (g_ascii_isalpha(start[1]) || (start[1] == '/' && g_ascii_isalpha(start[2]))) {
            found = read_tag(tokenizer, token);
        } else if (start[1] == '/' && start[2] == '>') {
            tokenizer->n_errors++;
            tokenizer->at = start + 3;
            found = FALSE;
        } else {
            read_declaration(tokenizer, token);
        }
        if (found) {
            token->raw = (OvSlice){start, (gsize)(tokenizer->at - start)};
            return TRUE;
        }
    }
    token->kind = OV_TOKEN_LAST;
    return FALSE;
}
