#include "rules/advice.h"

#include "rules/evidence.h"

#include <math.h>

typedef struct {
    OvSlice text; /* in OvAdvice.text; stands before the value */
    gint slot;    /* -1: no value follows */
} Piece;

struct OvAdvice {
    char *text; /* with single braces */
    Piece *pieces;
    guint n_pieces;
};

/* A place to write to that is as long as an advice may be; what is more falls off. */
typedef struct {
    char data[OV_ADVICE_MAX_CHARACTERS * 4 + 1]; /* UTF-8 has at most four octets a character */
    gsize length;
    guint n_characters;
} Line;

static gboolean fail(GError **error, OvExpressionError code, const char *format, const char *name,
                     const char *nearest) {
    g_autofree char *sentence = g_strdup_printf(format, name, nearest);
    g_set_error_literal(error, OV_EXPRESSION_ERROR, (gint)code, sentence);
    return FALSE;
}

/* Reads {fact.name} at *text, which moves behind it. */
static gboolean read_name(const char **text, const OvFactNames *names, gint *slot, GError **error) {
    const char *end = strchr(*text, '}');
    if (!end)
        return fail(error, OV_EXPRESSION_ERROR_SYNTAX,
                    "the { lacks its }; write {{ for a brace itself.%s%s", "", "");
    g_autofree char *name = g_strndup(*text + 1, (gsize)(end - *text - 1));
    guint found;
    OvType type;
    if (!names->find(name, &found, &type, names->data)) {
        const char *nearest = names->nearest(name, names->data);
        return nearest ? fail(error, OV_EXPRESSION_ERROR_NAME,
                              "there is no fact %s; did you mean %s?", name, nearest)
                       : fail(error, OV_EXPRESSION_ERROR_NAME,
                              "there is no fact %s; write {{ for a brace itself.%s", name, "");
    }
    *slot = (gint)found;
    *text = end + 1;
    return TRUE;
}

OvAdvice *ov_advice_new(const char *text, const OvFactNames *names, guint *character,
                        GError **error) {
    *character = OV_ADVICE_MAX_CHARACTERS;
    if (g_utf8_strlen(text, -1) > OV_ADVICE_MAX_CHARACTERS) {
        g_set_error(error, OV_EXPRESSION_ERROR, OV_EXPRESSION_ERROR_SIZE,
                    "the advice is longer than %d characters.", OV_ADVICE_MAX_CHARACTERS);
        return NULL;
    }
    g_autoptr(OvAdvice) advice = g_new0(OvAdvice, 1);
    g_autoptr(GArray) pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
    advice->text = g_strdup(text);
    char *out = advice->text;
    char *start = out;
    for (const char *in = text; *in;) {
        if (*in != '{' || in[1] == '{') {
            in += *in == '{'; /* one of two */
            *out++ = *in++;
            continue;
        }
        Piece piece = {.text = {start, (gsize)(out - start)}};
        *character = (guint)g_utf8_pointer_to_offset(text, in);
        if (!read_name(&in, names, &piece.slot, error))
            return NULL;
        g_array_append_val(pieces, piece);
        start = out;
    }
    Piece last = {.text = {start, (gsize)(out - start)}, .slot = -1};
    g_array_append_val(pieces, last);
    advice->n_pieces = pieces->len;
    advice->pieces = (Piece *)(void *)g_array_free(g_steal_pointer(&pieces), FALSE);
    return g_steal_pointer(&advice);
}

void ov_advice_free(OvAdvice *advice) {
    if (!advice)
        return;
    g_free(advice->pieces);
    g_free(advice->text);
    g_free(advice);
}

static void append(Line *line, const char *data, gsize length) {
    const char *end = data + length;
    for (const char *c = data; c < end && line->n_characters < OV_ADVICE_MAX_CHARACTERS;) {
        const char *next = g_utf8_next_char(c);
        memcpy(line->data + line->length, c, (gsize)(next - c));
        line->length += (gsize)(next - c);
        line->n_characters++;
        c = next;
    }
}

static void append_value(Line *line, const OvValue *value, OvArena *arena) {
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    const char *shown = "unknown";
    switch (value->type) {
    case OV_NUMBER:
        /* Rounded first, so that the digits left are the ones that matter. */
        if (isfinite(value->number))
            shown =
                g_ascii_formatd(number, sizeof number, "%.15g", round(value->number * 100) / 100);
        break;
    case OV_TRUTH:
        shown = value->truth ? "yes" : "no";
        break;
    case OV_TEXT:
        shown = ov_evidence(arena, value->text);
        break;
    case OV_UNKNOWN:
        break;
    }
    append(line, shown, strlen(shown));
}

const char *ov_advice_fill(const OvAdvice *advice, const OvFacts *facts, OvArena *arena) {
    Line line;
    line.length = line.n_characters = 0;
    for (guint i = 0; i < advice->n_pieces; i++) {
        const Piece *piece = &advice->pieces[i];
        append(&line, piece->text.data, piece->text.length);
        if (piece->slot >= 0)
            append_value(&line, &facts->value[piece->slot], arena);
    }
    return ov_arena_strndup(arena, line.data, line.length);
}
