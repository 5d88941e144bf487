/* outvet rules: what is judged by. */
#include <stdio.h>

#include "policy/review/command.h"
#include "policy/review/guide.h"
#include "policy/review/json.h"
#include "policy/review/output.h"

static void print(GString *out) {
    fwrite(out->str, 1, out->len, stdout);
}

static const char *ask_name(OvAsk ask) {
    static const char *const names[] = {"", "hold", "reject"};
    return names[ask];
}

static const char *scale_name(const OvRule *rule) {
    return rule->content ? "content" : "safety";
}

static json_t *rule_json(const OvRuleset *ruleset, const OvRule *rule) {
    const OvRuleGroup *group = ov_ruleset_group(ruleset, rule->group);
    json_t *object = json_object();
    json_object_set_new(object, "rule", ov_json_text(rule->name));
    json_object_set_new(object, "when", ov_json_text(rule->when_text));
    json_object_set_new(object, "score", ov_json_text(rule->score_text));
    json_object_set_new(object, "group", ov_json_text(group->name));
    if (group->cap != G_MAXDOUBLE)
        json_object_set_new(object, "cap", ov_json_number(group->cap));
    json_object_set_new(object, "scale", json_string(scale_name(rule)));
    json_object_set_new(object, "guide", ov_json_text(rule->guide));
    json_object_set_new(object, "reference", ov_json_text(rule->reference));
    json_object_set_new(object, "advice", ov_json_text(rule->advice));
    ov_json_put_text(object, "fine", rule->fine);
    ov_json_put_text(object, "ask", ask_name(rule->ask));
    if (rule->evidence >= 0)
        json_object_set_new(object, "evidence",
                            ov_json_text(ov_ruleset_fact(ruleset, (guint)rule->evidence).name));
    json_object_set_new(object, "shadow", json_boolean(rule->shadow));
    json_object_set_new(object, "private", json_boolean(rule->private));
    json_object_set_new(object, "file", ov_json_text(rule->file));
    json_object_set_new(object, "line", json_integer(rule->line));
    return object;
}

OvExit ov_command_rules_list(const OvArguments *arguments) {
    g_autoptr(OvSettings) settings = ov_command_settings(arguments);
    g_autoptr(OvRuleset) ruleset = settings ? ov_command_ruleset(settings) : NULL;
    if (!ruleset)
        return OV_EXIT_SETTINGS;
    gboolean json = ov_arguments_has(arguments, "json");
    g_autoptr(OvTable) table =
        ov_table_new(7, "RULE", "SCORE", "GROUP", "GUIDE", "ASKS", "", "ADVICE");
    for (guint i = 0; i < ov_ruleset_n_rules(ruleset); i++) {
        const OvRule *rule = ov_ruleset_rule(ruleset, i);
        if (json)
            ov_json_print(rule_json(ruleset, rule));
        else
            ov_table_add(table, rule->name, rule->score_text,
                         ov_ruleset_group(ruleset, rule->group)->name, rule->guide,
                         ask_name(rule->ask), rule->shadow ? "shadow" : "", rule->advice);
    }
    if (!json) {
        g_autoptr(GString) out = g_string_new(NULL);
        ov_table_append(table, out, ov_output_colour());
        print(out);
    }
    return OV_EXIT_OK;
}

static void append_key(GString *out, const char *name, const char *value) {
    if (value && value[0]) {
        g_string_append_printf(out, "%-9s = ", name);
        ov_safe_append(out, value, -1, FALSE);
        g_string_append_c(out, '\n');
    }
}

/* As the rule would stand in a file, with what it means as comments. */
static void append_rule(GString *out, const OvRuleset *ruleset, const OvRule *rule) {
    const OvRuleGroup *group = ov_ruleset_group(ruleset, rule->group);
    const char *guide = ov_guide_text(rule->guide);
    g_string_append_printf(out, "# %s:%u\n", rule->file, rule->line);
    if (guide)
        g_string_append_printf(out, "# the guide's row %s: %s\n", rule->guide, guide);
    if (group->cap != G_MAXDOUBLE)
        g_string_append_printf(out, "# the rules of group %s add at most %g together\n",
                               group->name, group->cap);
    g_string_append_printf(out, "[%s]\n", rule->name);
    append_key(out, "when", rule->when_text);
    append_key(out, "score", rule->score_text);
    append_key(out, "group", group->name);
    append_key(out, "scale", scale_name(rule));
    append_key(out, "guide", rule->guide);
    append_key(out, "reference", rule->reference);
    append_key(out, "advice", rule->advice);
    append_key(out, "fine", rule->fine);
    append_key(out, "ask", ask_name(rule->ask));
    append_key(out, "evidence",
               rule->evidence >= 0 ? ov_ruleset_fact(ruleset, (guint)rule->evidence).name : NULL);
    append_key(out, "shadow", rule->shadow ? "yes" : NULL);
    append_key(out, "private", rule->private ? "yes" : NULL);
}

OvExit ov_command_rules_show(const OvArguments *arguments) {
    g_autoptr(OvSettings) settings = ov_command_settings(arguments);
    g_autoptr(OvRuleset) ruleset = settings ? ov_command_ruleset(settings) : NULL;
    if (!ruleset)
        return OV_EXIT_SETTINGS;
    guint n = 0;
    const char *name = ov_arguments_operands(arguments, &n)[0];
    const OvRule *rule = ov_ruleset_find(ruleset, name);
    if (!rule) {
        const char *nearest = ov_ruleset_nearest(ruleset, name);
        if (nearest)
            ov_complain("there is no rule %s; did you mean %s?", name, nearest);
        else
            ov_complain("there is no rule %s; `outvet rules list` lists them", name);
        return OV_EXIT_NO_INPUT;
    }
    if (ov_arguments_has(arguments, "json")) {
        ov_json_print(rule_json(ruleset, rule));
    } else {
        g_autoptr(GString) out = g_string_new(NULL);
        append_rule(out, ruleset, rule);
        print(out);
    }
    return OV_EXIT_OK;
}

OvExit ov_command_rules_facts(const OvArguments *arguments) {
    g_autoptr(OvSettings) settings = ov_command_settings(arguments);
    g_autoptr(OvRuleset) ruleset = settings ? ov_command_ruleset(settings) : NULL;
    if (!ruleset)
        return OV_EXIT_SETTINGS;
    gboolean json = ov_arguments_has(arguments, "json");
    g_autoptr(OvTable) table = ov_table_new(4, "FACT", "TYPE", "UNIT", "WHAT IT IS");
    for (guint slot = 0; slot < ov_ruleset_n_facts(ruleset); slot++) {
        OvFactSpec fact = ov_ruleset_fact(ruleset, slot);
        if (!json) {
            ov_table_add(table, fact.name, ov_type_name(fact.type), fact.unit, fact.text);
            continue;
        }
        json_t *object = json_object();
        json_object_set_new(object, "fact", ov_json_text(fact.name));
        json_object_set_new(object, "type", json_string(ov_type_name(fact.type)));
        json_object_set_new(object, "unit", ov_json_text(fact.unit));
        json_object_set_new(object, "text", ov_json_text(fact.text));
        ov_json_print(object);
    }
    if (!json) {
        g_autoptr(GString) out = g_string_new(NULL);
        ov_table_append(table, out, ov_output_colour());
        print(out);
    }
    return OV_EXIT_OK;
}

OvExit ov_command_rules_check(const OvArguments *arguments) {
    guint n = 0;
    const char *const *directories = ov_arguments_operands(arguments, &n);
    g_autoptr(OvSettings) settings = NULL;
    if (n == 0) {
        settings = ov_command_settings(arguments);
        if (!settings)
            return OV_EXIT_SETTINGS;
        directories = settings->rules_directories;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(OvRuleset) ruleset = ov_ruleset_load(directories, NULL, &error);
    gboolean json = ov_arguments_has(arguments, "json");
    if (!ruleset && !json)
        ov_complain("%s", error->message);
    guint n_lists = ruleset ? ov_phrase_set_n_lists(ov_ruleset_phrases(ruleset)) : 0;
    if (json) {
        json_t *object = json_object();
        json_object_set_new(object, "ok", json_boolean(ruleset != NULL));
        if (ruleset) {
            json_object_set_new(object, "rules", json_integer(ov_ruleset_n_rules(ruleset)));
            json_object_set_new(object, "phrase_lists", json_integer(n_lists));
            json_object_set_new(object, "digest", json_string(ov_ruleset_digest(ruleset)));
        } else {
            json_object_set_new(object, "error", ov_json_text(error->message));
        }
        ov_json_print(object);
    } else if (ruleset) {
        printf("%u rules and %u phrase lists are right; ruleset %s\n", ov_ruleset_n_rules(ruleset),
               n_lists, ov_ruleset_digest(ruleset));
    }
    return ruleset ? OV_EXIT_OK : OV_EXIT_SETTINGS;
}
