/* outvet: the command for people. Finds the command in the table, reads its options, runs it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/review/command.h"
#include "policy/review/output.h"
#include "rules/nearest.h"

static const OvOption common_options[] = {
    {"json", NULL, "print JSON, one object a line"},
    {"config", "FILE", "settings file instead of " OV_SETTINGS_DEFAULT_FILE},
    {"help", NULL, "print this"},
    {NULL, NULL, NULL},
};

/* TRUE when name is word, or of the group that word names ("held list" of "held"). */
static gboolean in_group(const char *name, const char *word) {
    gsize length = strlen(word);
    return strncmp(name, word, length) == 0 && (name[length] == '\0' || name[length] == ' ');
}

static gboolean is_group(const char *word) {
    for (const OvCommand *command = ov_commands; command->name; command++)
        if (strcmp(command->name, word) != 0 && in_group(command->name, word))
            return TRUE;
    return FALSE;
}

static const OvCommand *find_command(const char *name) {
    for (const OvCommand *command = ov_commands; command->name; command++)
        if (strcmp(command->name, name) == 0)
            return command;
    return NULL;
}

/* Commands of one group, or all where group is NULL. */
static void print_commands(FILE *stream, const char *group) {
    fprintf(stream, "usage: outvet %s%sCOMMAND [OPTION...] [ARGUMENT...]\n\n", group ? group : "",
            group ? " " : "");
    for (const OvCommand *command = ov_commands; command->name; command++) {
        if (group && !in_group(command->name, group))
            continue;
        g_autofree char *usage = g_strdup_printf("%s %s", command->name, command->operands);
        fprintf(stream, "  %-28s %s\n", usage, command->text);
    }
    fputs("\n`outvet COMMAND --help` lists the options of a command.\n", stream);
}

static void print_options(const OvOption *options) {
    for (const OvOption *option = options; option && option->name; option++) {
        g_autofree char *usage =
            g_strdup_printf("--%s%s%s", option->name, option->argument ? " " : "",
                            option->argument ? option->argument : "");
        printf("  %-20s %s\n", usage, option->text);
    }
}

static void print_help(const OvCommand *command) {
    printf("usage: outvet %s [OPTION...]%s%s\n\n%s\n\n", command->name,
           command->operands[0] ? " " : "", command->operands, command->text);
    print_options(command->options);
    print_options(common_options);
}

static OvExit unknown_command(const char *name) {
    OvNearest nearest = ov_nearest(name);
    for (const OvCommand *command = ov_commands; command->name; command++) {
        g_autofree char *group = g_strndup(command->name, strcspn(command->name, " "));
        ov_nearest_offer(&nearest, g_intern_string(group));
        ov_nearest_offer(&nearest, command->name);
    }
    if (nearest.best)
        ov_complain("there is no command \"%s\"; did you mean \"%s\"?", name, nearest.best);
    else
        ov_complain("there is no command \"%s\"; `outvet --help` lists them", name);
    return OV_EXIT_USAGE;
}

static OvExit run(const OvCommand *command, const char *const *words, guint n) {
    g_autoptr(GError) error = NULL;
    g_autoptr(OvArguments) arguments =
        ov_arguments_parse(command->options, common_options, words, n, &error);
    if (!arguments) {
        ov_complain("%s: %s", command->name, error->message);
        return OV_EXIT_USAGE;
    }
    if (ov_arguments_has(arguments, "help")) {
        print_help(command);
        return OV_EXIT_OK;
    }
    guint n_operands = 0;
    ov_arguments_operands(arguments, &n_operands);
    if (n_operands < command->min_operands || n_operands > command->max_operands) {
        ov_complain("usage: outvet %s [OPTION...] %s (`outvet %s --help` tells more)",
                    command->name, command->operands, command->name);
        return OV_EXIT_USAGE;
    }
    return command->run(arguments);
}

/* Takes the first word that is no option, nor the value of one, out of words; NULL if none is. Only
 * common options may stand before a command's name. */
static const char *take_name(GPtrArray *words) {
    for (guint i = 0; i < words->len; i++) {
        const char *word = words->pdata[i];
        if (word[0] != '-')
            return g_ptr_array_remove_index(words, i);
        for (const OvOption *option = common_options; option->name; option++)
            if (option->argument && word[1] == '-' && strcmp(word + 2, option->name) == 0)
                i++;
    }
    return NULL;
}

static gboolean asks(GPtrArray *words, const char *option) {
    return g_ptr_array_find_with_equal_func(words, option, g_str_equal, NULL);
}

/* What is to be done when no command is named: an overview, asked for or not. */
static OvExit overview(GPtrArray *words, const char *group) {
    gboolean asked = asks(words, "--help");
    print_commands(asked ? stdout : stderr, group);
    return asked ? OV_EXIT_OK : OV_EXIT_USAGE;
}

static OvExit dispatch(GPtrArray *words) {
    const char *first = take_name(words);
    if (!first && asks(words, "--version")) {
        puts("outvet " OV_VERSION);
        return OV_EXIT_OK;
    }
    if (!first)
        return overview(words, NULL);
    if (!is_group(first)) {
        const OvCommand *command = find_command(first);
        return command ? run(command, (const char *const *)words->pdata, words->len)
                       : unknown_command(first);
    }
    const char *second = take_name(words);
    if (!second)
        return overview(words, first);
    g_autofree char *name = g_strdup_printf("%s %s", first, second);
    const OvCommand *command = find_command(name);
    return command ? run(command, (const char *const *)words->pdata, words->len)
                   : unknown_command(name);
}

int main(int argc, char **argv) {
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    for (int i = 1; i < argc; i++)
        g_ptr_array_add(words, argv[i]);
    OvExit code = dispatch(words);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        ov_complain("the answer could not be written: standard output is closed or full");
        return OV_EXIT_INTERNAL;
    }
    return (int)code;
}
