#include "policy/review/arguments.h"

#include <string.h>

#include "rules/nearest.h"

typedef struct {
    const OvOption *option;
    GPtrArray *values; /* NULL-terminated when parsing is done; NULL where it was not given */
} Given;

struct OvArguments {
    Given *given; /* a row for each option of both tables */
    guint n_given;
    GPtrArray *operands; /* NULL-terminated */
};

GQuark ov_arguments_error_quark(void) {
    return g_quark_from_static_string("ov-arguments-error");
}

static guint count(const OvOption *options) {
    guint n = 0;
    while (options && options[n].name)
        n++;
    return n;
}

static Given *find(const OvArguments *arguments, const char *name, gsize length) {
    for (guint i = 0; i < arguments->n_given; i++) {
        const char *known = arguments->given[i].option->name;
        if (strlen(known) == length && memcmp(known, name, length) == 0)
            return &arguments->given[i];
    }
    return NULL;
}

static gboolean unknown(const OvArguments *arguments, const char *word, gsize length,
                        GError **error) {
    g_autofree char *name = g_strndup(word, length);
    OvNearest nearest = ov_nearest(name);
    for (guint i = 0; i < arguments->n_given; i++)
        ov_nearest_offer(&nearest, arguments->given[i].option->name);
    if (nearest.best)
        g_set_error(error, OV_ARGUMENTS_ERROR, OV_ARGUMENTS_ERROR_UNKNOWN,
                    "there is no option --%s; did you mean --%s?", name, nearest.best);
    else
        g_set_error(error, OV_ARGUMENTS_ERROR, OV_ARGUMENTS_ERROR_UNKNOWN,
                    "there is no option --%s", name);
    return FALSE;
}

/* One option; *at is the index of its word, moved over a value that stands in the next one. */
static gboolean take_option(OvArguments *arguments, const char *const *words, guint n, guint *at,
                            GError **error) {
    const char *name = words[*at] + 2;
    const char *equals = strchr(name, '=');
    gsize length = equals ? (gsize)(equals - name) : strlen(name);
    Given *given = find(arguments, name, length);
    if (!given)
        return unknown(arguments, name, length, error);

    const char *value = "";
    if (!given->option->argument && equals) {
        g_set_error(error, OV_ARGUMENTS_ERROR, OV_ARGUMENTS_ERROR_VALUE,
                    "--%s takes no value, but \"%s\" was given", given->option->name, equals + 1);
        return FALSE;
    }
    if (given->option->argument) {
        if (!equals && *at + 1 >= n) {
            g_set_error(error, OV_ARGUMENTS_ERROR, OV_ARGUMENTS_ERROR_VALUE, "--%s needs %s %s",
                        given->option->name,
                        strchr("AEIO", given->option->argument[0]) ? "an" : "a",
                        given->option->argument);
            return FALSE;
        }
        value = equals ? equals + 1 : words[++*at];
    }
    if (!given->values)
        given->values = g_ptr_array_new();
    g_ptr_array_add(given->values, (gpointer)value);
    if (given->option->argument && g_str_has_suffix(given->option->argument, "..."))
        while (*at + 1 < n && !g_str_has_prefix(words[*at + 1], "--"))
            g_ptr_array_add(given->values, (gpointer)words[++*at]);
    return TRUE;
}

static gboolean take_words(OvArguments *arguments, const char *const *words, guint n,
                           GError **error) {
    gboolean options = TRUE;
    for (guint i = 0; i < n; i++) {
        const char *word = words[i];
        if (options && strcmp(word, "--") == 0) {
            options = FALSE;
        } else if (options && g_str_has_prefix(word, "--")) {
            if (!take_option(arguments, words, n, &i, error))
                return FALSE;
        } else if (options && word[0] == '-' && word[1] != '\0') {
            g_set_error(error, OV_ARGUMENTS_ERROR, OV_ARGUMENTS_ERROR_UNKNOWN,
                        "there is no option %s; options are whole words with two hyphens", word);
            return FALSE;
        } else {
            g_ptr_array_add(arguments->operands, (gpointer)word);
        }
    }
    return TRUE;
}

OvArguments *ov_arguments_parse(const OvOption *own, const OvOption *common,
                                const char *const *words, guint n, GError **error) {
    g_autoptr(OvArguments) arguments = g_new0(OvArguments, 1);
    guint n_own = count(own);
    arguments->n_given = n_own + count(common);
    arguments->given = g_new0(Given, arguments->n_given + 1);
    for (guint i = 0; i < arguments->n_given; i++)
        arguments->given[i].option = i < n_own ? &own[i] : &common[i - n_own];
    arguments->operands = g_ptr_array_new();

    if (!take_words(arguments, words, n, error))
        return NULL;
    for (guint i = 0; i < arguments->n_given; i++)
        if (arguments->given[i].values)
            g_ptr_array_add(arguments->given[i].values, NULL);
    g_ptr_array_add(arguments->operands, NULL);
    return g_steal_pointer(&arguments);
}

void ov_arguments_free(OvArguments *arguments) {
    for (guint i = 0; i < arguments->n_given; i++)
        g_clear_pointer(&arguments->given[i].values, g_ptr_array_unref);
    g_free(arguments->given);
    g_clear_pointer(&arguments->operands, g_ptr_array_unref);
    g_free(arguments);
}

static const Given *known(const OvArguments *arguments, const char *name) {
    const Given *given = find(arguments, name, strlen(name));
    g_assert(given != NULL);
    return given;
}

gboolean ov_arguments_has(const OvArguments *arguments, const char *name) {
    return known(arguments, name)->values != NULL;
}

const char *const *ov_arguments_values(const OvArguments *arguments, const char *name, guint *n) {
    static const char *const none[] = {NULL};
    const GPtrArray *values = known(arguments, name)->values;
    *n = values ? values->len - 1 : 0;
    return values ? (const char *const *)values->pdata : none;
}

const char *ov_arguments_value(const OvArguments *arguments, const char *name) {
    guint n = 0;
    const char *const *values = ov_arguments_values(arguments, name, &n);
    return n > 0 ? values[n - 1] : NULL;
}

const char *const *ov_arguments_operands(const OvArguments *arguments, guint *n) {
    *n = arguments->operands->len - 1;
    return (const char *const *)arguments->operands->pdata;
}
