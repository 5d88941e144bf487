#include "rules/expression_internal.h"

#include <math.h>

static const struct {
    const char *word;
    TokenKind kind;
} words[] = {
    {"and", TOKEN_AND},   {"or", TOKEN_OR},       {"not", TOKEN_NOT},
    {"true", TOKEN_TRUE}, {"false", TOKEN_FALSE}, {"matches", TOKEN_MATCHES},
    {"min", TOKEN_MIN},   {"max", TOKEN_MAX},     {"if", TOKEN_IF},
};

/* Longer ones first. */
static const struct {
    const char *sign;
    TokenKind kind;
} signs[] = {
    {"!=", TOKEN_UNEQUAL}, {"<=", TOKEN_AT_MOST}, {">=", TOKEN_AT_LEAST}, {"<", TOKEN_LESS},
    {">", TOKEN_MORE},     {"=", TOKEN_EQUAL},    {"(", TOKEN_OPEN},      {")", TOKEN_CLOSE},
    {",", TOKEN_COMMA},    {"+", TOKEN_PLUS},     {"-", TOKEN_MINUS},     {"*", TOKEN_TIMES},
    {"/", TOKEN_OVER},
};

/* What people bring along from other languages, and what to write instead. */
static const struct {
    const char *sign, *advice;
} foreign[] = {
    {"==", "write = to compare."},
    {"<>", "write != for unequal."},
    {"=~", "write matches for a pattern."},
    {"!~", "write not ... matches for a pattern."},
    {"&&", "write and."},
    {"||", "write or."},
    {"!", "write not."},
    {"\"", "a text stands between single quotes: 'text'."},
    {"#", "a comment stands on a line of its own that starts with #."},
};

static gboolean fail(const char **at, const char *place, GError **error, const char *sentence) {
    *at = place;
    g_set_error_literal(error, OV_EXPRESSION_ERROR, OV_EXPRESSION_ERROR_SYNTAX, sentence);
    return FALSE;
}

static const char *skip_space(const char *text) {
    while (g_ascii_isspace(*text))
        text++;
    return text;
}

/* A letter, digit, `_`, or a `.` that another letter or digit follows. */
static gboolean goes_on_name(const char *c) {
    if (g_ascii_isalnum(*c) || *c == '_')
        return TRUE;
    return *c == '.' && g_ascii_isalnum(c[1]);
}

static gboolean read_number(Token *token, const char **at, GError **error) {
    const char *end = token->start;
    while (g_ascii_isdigit(*end))
        end++;
    if (*end == '.' && g_ascii_isdigit(end[1])) {
        end++;
        while (g_ascii_isdigit(*end))
            end++;
    }
    if (g_ascii_isalpha(*end) || *end == '_' || *end == '.')
        return fail(at, end, error, "a number has digits and one decimal point only, such as 0.5.");
    g_autofree char *digits = g_strndup(token->start, (gsize)(end - token->start));
    token->number = g_ascii_strtod(digits, NULL);
    if (!isfinite(token->number))
        return fail(at, token->start, error, "the number is too large.");
    token->kind = TOKEN_NUMBER;
    token->end = end;
    return TRUE;
}

static gboolean read_text(Token *token, const char **at, GError **error) {
    const char *end = token->start + 1;
    for (; *end; end++) {
        if (*end != '\'')
            continue;
        if (end[1] != '\'') {
            token->kind = TOKEN_TEXT;
            token->end = end + 1;
            return TRUE;
        }
        end++; /* two quotes stand for one */
    }
    return fail(at, token->start, error, "the text lacks its closing quote.");
}

static void read_name(Token *token) {
    const char *end = token->start;
    while (goes_on_name(end))
        end++;
    token->end = end;
    token->kind = TOKEN_NAME;
    gsize length = (gsize)(end - token->start);
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (strlen(words[i].word) == length && strncmp(words[i].word, token->start, length) == 0)
            token->kind = words[i].kind;
}

gboolean expression_token(const char *text, Token *token, const char **at, GError **error) {
    token->start = token->end = skip_space(text);
    char first = *token->start;
    if (!first) {
        token->kind = TOKEN_END;
        return TRUE;
    }
    if (g_ascii_isdigit(first))
        return read_number(token, at, error);
    if (first == '\'')
        return read_text(token, at, error);
    if (g_ascii_isalpha(first) || first == '_') {
        read_name(token);
        return TRUE;
    }
    for (guint i = 0; i < G_N_ELEMENTS(foreign); i++)
        if (g_str_has_prefix(token->start, foreign[i].sign) &&
            !g_str_has_prefix(token->start, "!="))
            return fail(at, token->start, error, foreign[i].advice);
    for (guint i = 0; i < G_N_ELEMENTS(signs); i++)
        if (g_str_has_prefix(token->start, signs[i].sign)) {
            token->kind = signs[i].kind;
            token->end += strlen(signs[i].sign);
            return TRUE;
        }
    char character[7] = "";
    g_unichar_to_utf8(g_utf8_get_char(token->start), character);
    g_autofree char *sentence = g_strdup_printf("the character %s means nothing here.", character);
    return fail(at, token->start, error, sentence);
}

gboolean expression_pattern_token(const char *text, PatternToken *pattern, const char **at,
                                  GError **error) {
    const char *slash = skip_space(text);
    if (*slash != '/')
        return fail(at, slash, error, "a pattern between slashes is expected here: /pattern/.");
    pattern->start = pattern->end = slash + 1;
    while (*pattern->end && *pattern->end != '/') {
        if (*pattern->end == '\\' && pattern->end[1])
            pattern->end++;
        pattern->end++;
    }
    if (!*pattern->end)
        return fail(at, slash, error,
                    "the pattern lacks its closing slash; write \\/ for a slash in it.");
    if (pattern->end == pattern->start)
        return fail(at, slash, error, "the pattern is empty.");
    const char *flag = pattern->end + 1;
    for (pattern->options = 0; goes_on_name(flag); flag++) {
        switch (*flag) {
        case 'i':
            pattern->options |= PCRE2_CASELESS;
            break;
        case 's':
            pattern->options |= PCRE2_DOTALL;
            break;
        case 'm':
            pattern->options |= PCRE2_MULTILINE;
            break;
        case 'x':
            pattern->options |= PCRE2_EXTENDED;
            break;
        default:
            return fail(at, flag, error, "a pattern's flags are i, m, s and x.");
        }
    }
    pattern->after = flag;
    return TRUE;
}
