#include "milter/metrics_text.h"

#include <glib.h>
#include <string.h>

typedef enum { GAUGE, COUNTER, HISTOGRAM } Type;

static const char *const TYPE_NAMES[] = {"gauge", "counter", "histogram"};

/* What is there: */
typedef enum {
    NUMBER,   /* a number, or true or false */
    TIME,     /* RFC 3339, or null for never */
    TEXTS,    /* an object; words: its texts that become labels of a 1 */
    STATE,    /* a word; words: all that it may be, one of which becomes 1 */
    MEMBERS,  /* an object of numbers; label: of their names */
    CHANNELS, /* an array of objects; words: a number in them; label: as another text in them */
    ENTRIES,  /* an array of objects; words: a text in them, by which they are counted */
    INNER_ENTRIES, /* likewise, of an array in each; words: its name and the text's */
    LATENCY,       /* of milter/latency.h */
} How;

typedef struct {
    const char *name;
    Type type;
    How how;
    const char *path, *label, *words, *help;
} Metric;

static const Metric METRICS[] = {
#define METRIC(...) {__VA_ARGS__},
#include "milter/metrics_table.def"
#undef METRIC
};

static gboolean is_off(const json_t *object) {
    return g_strcmp0(json_string_value(json_object_get(object, "state")), "off") == 0;
}

/* NULL where it is not there, or of something that is off. */
static const json_t *find(const json_t *status, const char *path) {
    g_auto(GStrv) names = g_strsplit(path, ".", -1);
    const json_t *found = status;
    for (char **name = names; *name && found; name++)
        found = is_off(found) && strcmp(*name, "state") != 0 ? NULL : json_object_get(found, *name);
    return found;
}

/* --- one line --- */

/* A label's value: what would end it is escaped. */
static void append_quoted(GString *out, const char *text) {
    g_string_append_c(out, '"');
    for (; *text; text++) {
        if (*text == '\n')
            g_string_append(out, "\\n");
        else if (*text == '"' || *text == '\\')
            g_string_append_printf(out, "\\%c", *text);
        else
            g_string_append_c(out, *text);
    }
    g_string_append_c(out, '"');
}

static void append_value(GString *out, const json_t *value) {
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    if (json_is_real(value))
        g_string_append(out, g_ascii_formatd(text, sizeof text, "%.15g", json_real_value(value)));
    else if (json_is_boolean(value))
        g_string_append_c(out, json_is_true(value) ? '1' : '0');
    else
        g_string_append_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    g_string_append_c(out, '\n');
}

/* label NULL: none. What is no value is left out. */
static void append_sample(GString *out, const char *name, const char *label,
                          const char *label_value, const json_t *value) {
    if (!json_is_number(value) && !json_is_boolean(value))
        return;
    g_string_append(out, name);
    if (label) {
        g_string_append_printf(out, "{%s=", label);
        append_quoted(out, label_value);
        g_string_append_c(out, '}');
    }
    g_string_append_c(out, ' ');
    append_value(out, value);
}

static void append_count(GString *out, const char *name, const char *label, const char *label_value,
                         gint64 value) {
    json_t *number = json_integer((json_int_t)value);
    append_sample(out, name, label, label_value, number);
    json_decref(number);
}

/* --- one metric --- */

static void append_time(GString *out, const Metric *metric, const json_t *value) {
    const char *text = json_string_value(value);
    g_autoptr(GDateTime) moment = text ? g_date_time_new_from_iso8601(text, NULL) : NULL;
    append_count(out, metric->name, NULL, NULL, moment ? g_date_time_to_unix(moment) : 0);
}

static void append_texts(GString *out, const Metric *metric, const json_t *object) {
    g_auto(GStrv) words = g_strsplit(metric->words, " ", -1);
    char separator = '{';
    g_string_append(out, metric->name);
    for (char **word = words; *word; word++) {
        const char *text = json_string_value(json_object_get(object, *word));
        g_string_append_printf(out, "%c%s=", separator, *word);
        append_quoted(out, text ? text : "");
        separator = ',';
    }
    g_string_append(out, "} 1\n");
}

static void append_state(GString *out, const Metric *metric, const json_t *value) {
    g_auto(GStrv) words = g_strsplit(metric->words, " ", -1);
    for (char **word = words; *word; word++)
        append_count(out, metric->name, metric->label, *word,
                     g_strcmp0(json_string_value(value), *word) == 0);
}

static void append_members(GString *out, const Metric *metric, const json_t *object) {
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)object, name, value)
        append_sample(out, metric->name, metric->label, name, value);
}

static void append_channels(GString *out, const Metric *metric, const json_t *array) {
    size_t i;
    const json_t *entry;
    json_array_foreach(array, i, entry) {
        const char *name = json_string_value(json_object_get(entry, metric->label));
        if (name)
            append_sample(out, metric->name, metric->label, name,
                          json_object_get(entry, metric->words));
    }
}

/* Adds the entries of an array to the counts of their texts, a JSON object. */
static void count_entries(json_t *counts, const json_t *array, const char *member) {
    size_t i;
    const json_t *entry;
    json_array_foreach(array, i, entry) {
        const char *text = json_string_value(json_object_get(entry, member));
        if (text)
            json_object_set_new(
                counts, text, json_integer(json_integer_value(json_object_get(counts, text)) + 1));
    }
}

static void append_entries(GString *out, const Metric *metric, const json_t *array) {
    g_auto(GStrv) words = g_strsplit(metric->words, " ", 2);
    json_t *counts = json_object();
    size_t i;
    const json_t *entry;
    if (metric->how == ENTRIES)
        count_entries(counts, array, words[0]);
    else
        json_array_foreach(array, i, entry)
            count_entries(counts, json_object_get(entry, words[0]), words[1]);
    append_members(out, metric, counts);
    json_decref(counts);
}

static void append_latency(GString *out, const Metric *metric, const json_t *latency) {
    g_autofree char *bucket = g_strconcat(metric->name, "_bucket", NULL);
    g_autofree char *sum = g_strconcat(metric->name, "_sum", NULL);
    g_autofree char *count = g_strconcat(metric->name, "_count", NULL);
    const json_t *messages = json_object_get(latency, "messages");
    const char *bound;
    json_t *value;
    json_object_foreach(json_object_get(latency, "within"), bound, value)
        append_sample(out, bucket, metric->label, bound, value);
    append_sample(out, bucket, metric->label, "+Inf", messages);
    append_sample(out, sum, NULL, NULL, json_object_get(latency, "seconds"));
    append_sample(out, count, NULL, NULL, messages);
}

static void append_number(GString *out, const Metric *metric, const json_t *value) {
    append_sample(out, metric->name, NULL, NULL, value);
}

static void (*const APPEND[])(GString *out, const Metric *metric, const json_t *value) = {
    [NUMBER] = append_number,   [TIME] = append_time,       [TEXTS] = append_texts,
    [STATE] = append_state,     [MEMBERS] = append_members, [CHANNELS] = append_channels,
    [ENTRIES] = append_entries, [LATENCY] = append_latency, [INNER_ENTRIES] = append_entries,
};

char *ov_metrics_text(const json_t *status) {
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(METRICS); i++) {
        const Metric *metric = &METRICS[i];
        const json_t *value = *metric->path ? find(status, metric->path) : status;
        g_autoptr(GString) samples = g_string_new(NULL);
        if (value)
            APPEND[metric->how](samples, metric, value);
        if (samples->len > 0)
            g_string_append_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s", metric->name,
                                   metric->help, metric->name, TYPE_NAMES[metric->type],
                                   samples->str);
    }
    return g_string_free(out, FALSE);
}
