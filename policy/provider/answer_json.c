#include "policy/provider/answer_json.h"

#include "policy/provider/hosting.h"

#include <math.h>
#include <string.h>

/* 2000 and 2100, seconds since the epoch. */
static const gint64 EARLIEST = G_GINT64_CONSTANT(946684800);
static const gint64 LATEST = G_GINT64_CONSTANT(4102444800);
static const char REPLACEMENT[] = "\xEF\xBF\xBD"; /* U+FFFD */
enum { MAX_TIME_TEXT = 40, ESCAPE = 6 /* octets of \uXXXX */ };

typedef struct {
    guint depth, containers, values;
} Cost;

/* The code unit of \uXXXX at text, or -1. */
static int code_unit(const char *text, const char *end) {
    int unit = 0;
    if (end - text < ESCAPE || text[0] != '\\' || text[1] != 'u')
        return -1;
    for (guint i = 2; i < ESCAPE; i++) {
        int digit = g_ascii_xdigit_value(text[i]);
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

/* Steps over a backslash and what belongs to it; half a surrogate pair is replaced. */
static char *skip_escape(char *text, const char *end) {
    int unit = code_unit(text, end);
    if (unit < 0xD800 || unit > 0xDFFF)
        return text + MIN(2, end - text);
    int second = unit < 0xDC00 ? code_unit(text + ESCAPE, end) : -1;
    if (second >= 0xDC00 && second <= 0xDFFF)
        return text + 2 * (gsize)ESCAPE;
    memcpy(text + 2, "fffd", 4);
    return text + ESCAPE;
}

static char *skip_string(char *text, const char *end) {
    text++;
    while (text < end && *text != '"')
        text = *text == '\\' ? skip_escape(text, end) : text + 1;
    return text < end ? text + 1 : text;
}

/* FALSE where it has too much in it. Recursion and memory of the parser are bounded by that. */
static gboolean is_bounded(char *text, const char *end) {
    Cost cost = {0};
    while (text < end) {
        if (*text == '"') {
            text = skip_string(text, end);
            continue;
        }
        if (*text == '[' || *text == '{')
            cost.depth++, cost.containers++, cost.values++;
        else if (*text == ']' || *text == '}')
            cost.depth -= cost.depth > 0;
        else if (*text == ',')
            cost.values++;
        if (cost.depth > OV_ANSWER_MAX_DEPTH || cost.containers > OV_ANSWER_MAX_CONTAINERS ||
            cost.values > OV_ANSWER_MAX_VALUES)
            return FALSE;
        text++;
    }
    return TRUE;
}

static json_t *fail(GError **error, const char *trouble) {
    g_set_error(error, OV_HOSTING_ERROR, OV_HOSTING_ERROR_ANSWER,
                "the provider's answer can't be read: %s", trouble);
    return NULL;
}

static json_t *parse(char *text, gsize length, GError **error) {
    json_error_t trouble;
    if (!is_bounded(text, text + length))
        return fail(error, "there is too much in it");
    json_t *root = json_loadb(text, length,
                              JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &trouble);
    return root ? root : fail(error, "it is no JSON");
}

static gboolean is_blank(const char *octets, gsize length) {
    for (gsize i = 0; i < length; i++)
        if (!ov_is_blank(octets[i]))
            return FALSE;
    return TRUE;
}

json_t *ov_answer_parse(const char *octets, gsize length, GError **error) {
    if (length > OV_ANSWER_MAX_SIZE)
        return fail(error, "it is longer than 8 MiB");
    if (is_blank(octets, length))
        return json_null();
    /* NULs become U+FFFD, too. */
    char *text = g_utf8_make_valid(octets, (gssize)length);
    gsize size = strlen(text);
    json_t *root = parse(text, size, error);
    explicit_bzero(text, size); /* a token may be in it */
    g_free(text);
    return root;
}

static gboolean is_fit(gunichar character, gboolean shown) {
    return shown ? g_unichar_isprint(character) : !g_unichar_iscntrl(character);
}

static const char *clean(const json_t *value, gsize most, gboolean shown, OvArena *arena) {
    if (!json_is_string(value))
        return NULL;
    const char *text = json_string_value(value), *end = text + json_string_length(value);
    g_autoptr(GString) out = g_string_new(NULL);
    for (const char *next; text < end; text = next) {
        next = g_utf8_next_char(text);
        gboolean fit = is_fit(g_utf8_get_char(text), shown);
        gsize length = fit ? (gsize)(next - text) : strlen(REPLACEMENT);
        if (out->len + length > most)
            break;
        g_string_append_len(out, fit ? text : REPLACEMENT, (gssize)length);
    }
    return ov_arena_strndup(arena, out->str, out->len);
}

const char *ov_answer_string(const json_t *value, gsize most, OvArena *arena) {
    return clean(value, most, FALSE, arena);
}

const char *ov_answer_shown(const json_t *value, gsize most, OvArena *arena) {
    return clean(value, most, TRUE, arena);
}

gint64 ov_answer_number(const json_t *value, gint64 least, gint64 most, gint64 missing) {
    if (!json_is_number(value))
        return missing;
    double number = json_number_value(value);
    if (floor(number) != number || number < (double)least || number > (double)most)
        return missing;
    return (gint64)number;
}

static gint64 time_of_text(const char *text) {
    g_autoptr(GDateTime) time =
        strlen(text) <= MAX_TIME_TEXT ? g_date_time_new_from_iso8601(text, NULL) : NULL;
    gint64 seconds = time ? g_date_time_to_unix(time) : 0;
    return seconds >= EARLIEST && seconds <= LATEST ? seconds * G_USEC_PER_SEC : 0;
}

gint64 ov_answer_time(const json_t *value) {
    return json_is_string(value) ? time_of_text(json_string_value(value))
                                 : ov_answer_number(value, EARLIEST, LATEST, 0) * G_USEC_PER_SEC;
}
