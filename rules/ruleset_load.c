#include "rules/nearest.h"
#include "rules/ruleset_internal.h"
#include "rules/ruleset_sections.h"

#include <math.h>

typedef struct {
    OvRuleset *ruleset;
    const Sections *sections;
    OvFactNames names;
} Reader;

static const char *keep(OvRuleset *ruleset, const char *text) {
    return ov_arena_strndup(ruleset->arena, text, strlen(text));
}

static void add_fact(OvRuleset *ruleset, OvFactSpec fact) {
    g_array_append_val(ruleset->facts, fact);
    g_hash_table_insert(ruleset->fact_named, (gpointer)fact.name,
                        GUINT_TO_POINTER(ruleset->facts->len));
}

static void name_facts(OvRuleset *ruleset) {
    for (guint i = 0; i < OV_N_FACTS; i++)
        add_fact(ruleset, ov_fact_specs[i]);
    for (guint i = 0; i < ov_phrase_set_n_categories(ruleset->phrases); i++) {
        const char *category = ov_phrase_set_category(ruleset->phrases, i);
        add_fact(ruleset, (OvFactSpec){
                              .name = ov_arena_printf(ruleset->arena, "phrases.%s", category),
                              .type = OV_NUMBER,
                              .unit = "phrases",
                              .text = ov_arena_printf(ruleset->arena,
                                                      "Distinct phrases of the lists %s.* that "
                                                      "count, in subject and body.",
                                                      category),
                          });
    }
}

static gboolean find_fact(const char *name, guint *slot, OvType *type, gpointer data) {
    const OvRuleset *ruleset = data;
    if (!ov_ruleset_find_fact(ruleset, name, slot))
        return FALSE;
    *type = g_array_index(ruleset->facts, OvFactSpec, *slot).type;
    return TRUE;
}

static const char *nearest_fact(const char *name, gpointer data) {
    const OvRuleset *ruleset = data;
    OvNearest nearest = ov_nearest(name);
    for (guint i = 0; i < ruleset->facts->len; i++)
        ov_nearest_offer(&nearest, g_array_index(ruleset->facts, OvFactSpec, i).name);
    return nearest.best;
}

static const char *nearest_group(const OvRuleset *ruleset, const char *name) {
    OvNearest nearest = ov_nearest(name);
    for (guint i = 0; i < ruleset->groups->len; i++)
        ov_nearest_offer(&nearest, g_array_index(ruleset->groups, OvRuleGroup, i).name);
    return nearest.best;
}

/* The key's value, or otherwise where no file has it. */
static const char *value_of(const Section *section, KeyId key, const char *otherwise) {
    return section->values[key].key ? section->values[key].key->value : otherwise;
}

static gboolean blame(const Section *section, KeyId key, GError **error, const char *sentence) {
    return section_blame_value(section, key, 0, OV_RULESET_ERROR_VALUE, error, sentence);
}

static gboolean truth_of(const Section *section, KeyId key, gboolean *truth, GError **error) {
    const OvKey *found = section->values[key].key;
    return !found || ov_key_truth(found->value, truth) ||
           blame(section, key, error, "yes or no is expected here.");
}

/* A number from 0 up; unchanged where no file has the key. */
static gboolean amount_of(const Section *section, KeyId key, double *amount, GError **error) {
    const OvKey *found = section->values[key].key;
    if (!found)
        return TRUE;
    char *end;
    double read = g_ascii_strtod(found->value, &end);
    if (!g_ascii_isdigit(found->value[0]) || *end || !isfinite(read))
        return blame(section, key, error, "a number such as 4 or 0.5 is expected here.");
    *amount = read;
    return TRUE;
}

/* One of two words; *second tells which. */
static gboolean choice_of(const Section *section, KeyId key, const char *first, const char *second,
                          gboolean *is_second, GError **error) {
    const char *value = value_of(section, key, *is_second ? second : first);
    gboolean known = g_str_equal(value, first) || g_str_equal(value, second);
    if (known) {
        *is_second = g_str_equal(value, second);
        return TRUE;
    }
    g_autofree char *sentence = g_strdup_printf("%s or %s is expected here.", first, second);
    return blame(section, key, error, sentence);
}

static gboolean set_class(const Reader *reader, const Section *section, GError **error) {
    OvRuleset *ruleset = reader->ruleset;
    OvClass message_class;
    gboolean known = ov_class_from_name(section->name, &message_class);
    g_assert(known);
    g_strfreev(ruleset->senders[message_class]);
    ruleset->senders[message_class] = ov_key_words(value_of(section, KEY_SENDERS, ""));
    return amount_of(section, KEY_CONTENT, &ruleset->multiplier[message_class], error);
}

/* An error of the expression compiler or the advice, put where it belongs. */
static gboolean blame_expression(const Section *section, KeyId key, guint character,
                                 const GError *reason, GError **error) {
    gint code =
        reason->code == OV_EXPRESSION_ERROR_NAME ? OV_RULESET_ERROR_NAME : OV_RULESET_ERROR_VALUE;
    return section_blame_value(section, key, character, code, error, reason->message);
}

/* A key that every rule needs is missing: perhaps the name of the rule is a slip. */
static gboolean blame_missing(const Reader *reader, const Section *section, KeyId key,
                              GError **error) {
    OvNearest nearest = ov_nearest(section->name);
    for (guint i = 0; i < reader->sections->sections->len; i++) {
        const Section *other = g_ptr_array_index(reader->sections->sections, i);
        if (other->kind == SECTION_RULE && other != section)
            ov_nearest_offer(&nearest, other->name);
    }
    g_autofree char *sentence =
        nearest.best ? g_strdup_printf("the rule has no key %s; if it is to change another rule, "
                                       "did you mean %s?",
                                       section_key_name(key), nearest.best)
                     : g_strdup_printf("the rule has no key %s.", section_key_name(key));
    return section_blame(section->file, section->line, section->heading, OV_RULESET_ERROR_VALUE,
                         error, sentence);
}

static OvExpression *expression_of(const Reader *reader, const Section *section, KeyId key,
                                   OvType type, GError **error) {
    if (!section->values[key].key) {
        blame_missing(reader, section, key, error);
        return NULL;
    }
    g_autoptr(GError) reason = NULL;
    guint column;
    OvExpression *expression = ov_expression_compile(section->values[key].key->value, type,
                                                     &reader->names, &column, &reason);
    if (!expression)
        blame_expression(section, key, column - 1, reason, error);
    return expression;
}

static gboolean add_group(const Reader *reader, const Section *section, GError **error) {
    OvRuleset *ruleset = reader->ruleset;
    OvRuleGroup group = {
        .name = keep(ruleset, section->name),
        .cap = G_MAXDOUBLE,
        .title = keep(ruleset, value_of(section, KEY_TITLE, section->name)),
    };
    if (!amount_of(section, KEY_CAP, &group.cap, error))
        return FALSE;
    if (section->values[KEY_APPLIES].key) {
        group.applies = expression_of(reader, section, KEY_APPLIES, OV_TRUTH, error);
        if (!group.applies)
            return FALSE;
    }
    g_array_append_val(ruleset->groups, group);
    g_hash_table_insert(ruleset->group_named, (gpointer)group.name,
                        GUINT_TO_POINTER(ruleset->groups->len));
    return TRUE;
}

static gboolean set_group(const Reader *reader, OvRule *rule, const Section *section,
                          GError **error) {
    const char *name = value_of(section, KEY_GROUP, NULL);
    if (!name)
        return blame_missing(reader, section, KEY_GROUP, error);
    guint number = GPOINTER_TO_UINT(g_hash_table_lookup(reader->ruleset->group_named, name));
    if (number > 0) {
        rule->group = number - 1;
        return TRUE;
    }
    const char *nearest = nearest_group(reader->ruleset, name);
    g_autofree char *sentence =
        nearest ? g_strdup_printf("there is no group %s; did you mean %s?", name, nearest)
                : g_strdup_printf("there is no group %s; a section [group NAME] makes one.", name);
    return section_blame_value(section, KEY_GROUP, 0, OV_RULESET_ERROR_NAME, error, sentence);
}

static gboolean set_ask(OvRule *rule, const Section *section, GError **error) {
    static const char *const words[] = {
        [OV_ASK_NOTHING] = "none",
        [OV_ASK_HOLD] = "hold",
        [OV_ASK_REJECT] = "reject",
    };
    const char *value = value_of(section, KEY_ASK, words[OV_ASK_NOTHING]);
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_equal(value, words[i])) {
            rule->ask = (OvAsk)i;
            return TRUE;
        }
    return blame(section, KEY_ASK, error, "none, hold or reject is expected here.");
}

static gboolean set_evidence(OvRule *rule, const OvFactNames *names, const Section *section,
                             GError **error) {
    rule->evidence = -1;
    const char *name = value_of(section, KEY_EVIDENCE, "");
    if (!*name)
        return TRUE;
    guint slot;
    OvType type;
    if (names->find(name, &slot, &type, names->data)) {
        rule->evidence = (gint)slot;
        return TRUE;
    }
    const char *nearest = names->nearest(name, names->data);
    g_autofree char *sentence =
        nearest ? g_strdup_printf("there is no fact %s; did you mean %s?", name, nearest)
                : g_strdup_printf("there is no fact %s.", name);
    return section_blame_value(section, KEY_EVIDENCE, 0, OV_RULESET_ERROR_NAME, error, sentence);
}

static OvAdvice *advice_of(const Section *section, KeyId key, const OvFactNames *names,
                           GError **error) {
    g_autoptr(GError) reason = NULL;
    guint character;
    OvAdvice *advice = ov_advice_new(value_of(section, key, ""), names, &character, &reason);
    if (!advice)
        blame_expression(section, key, character, reason, error);
    return advice;
}

static gboolean add_rule(const Reader *reader, const Section *section, GError **error) {
    OvRuleset *ruleset = reader->ruleset;
    gboolean enabled = TRUE;
    if (!truth_of(section, KEY_ENABLED, &enabled, error))
        return FALSE;
    if (!enabled)
        return TRUE;

    Entry *entry = g_new0(Entry, 1);
    g_ptr_array_add(ruleset->rules, entry);
    OvRule *rule = &entry->rule;
    rule->name = keep(ruleset, section->name);
    rule->file = keep(ruleset, section->file);
    rule->line = section->line;
    rule->when_text = keep(ruleset, value_of(section, KEY_WHEN, ""));
    rule->score_text = keep(ruleset, value_of(section, KEY_SCORE, ""));
    rule->guide = keep(ruleset, value_of(section, KEY_GUIDE, ""));
    rule->reference = keep(ruleset, value_of(section, KEY_REFERENCE, ""));
    rule->advice = keep(ruleset, value_of(section, KEY_ADVICE, ""));
    rule->fine = keep(ruleset, value_of(section, KEY_FINE, ""));
    g_hash_table_insert(ruleset->rule_named, (gpointer)rule->name, entry);

    rule->when = expression_of(reader, section, KEY_WHEN, OV_TRUTH, error);
    if (!rule->when)
        return FALSE;
    rule->score = expression_of(reader, section, KEY_SCORE, OV_NUMBER, error);
    if (!rule->score)
        return FALSE;
    entry->advice = advice_of(section, KEY_ADVICE, &reader->names, error);
    if (!entry->advice)
        return FALSE;
    entry->fine = advice_of(section, KEY_FINE, &reader->names, error);
    return entry->fine && set_group(reader, rule, section, error) &&
           choice_of(section, KEY_SCALE, "safety", "content", &rule->content, error) &&
           set_ask(rule, section, error) && truth_of(section, KEY_SHADOW, &rule->shadow, error) &&
           truth_of(section, KEY_PRIVATE, &rule->private, error) &&
           set_evidence(rule, &reader->names, section, error);
}

/* Calls add for every section of one kind. */
static gboolean each_section(const Reader *reader, SectionKind kind,
                             gboolean (*add)(const Reader *, const Section *, GError **),
                             GError **error) {
    for (guint i = 0; i < reader->sections->sections->len; i++) {
        const Section *section = g_ptr_array_index(reader->sections->sections, i);
        if (section->kind == kind && !add(reader, section, error))
            return FALSE;
    }
    return TRUE;
}

static OvPhraseSet *load_phrases(const char *const *directories, const OvPhraseCache *cache,
                                 GError **error) {
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    for (guint i = 0; directories[i]; i++) {
        g_autofree char *path = g_build_filename(directories[i], "phrases", NULL);
        g_strv_builder_add(builder, path);
    }
    g_auto(GStrv) paths = g_strv_builder_end(builder);
    return ov_phrase_set_load((const char *const *)paths, cache, error);
}

OvRuleset *ov_ruleset_load(const char *const *directories, const OvPhraseCache *cache,
                           GError **error) {
    g_autoptr(Sections) sections = sections_read(directories, error);
    if (!sections)
        return NULL;
    g_autoptr(OvRuleset) ruleset = ruleset_new();
    ruleset->phrases = load_phrases(directories, cache, error);
    if (!ruleset->phrases)
        return NULL;
    name_facts(ruleset);
    Reader reader = {ruleset, sections, {find_fact, nearest_fact, ruleset}};
    if (!each_section(&reader, SECTION_GROUP, add_group, error) ||
        !each_section(&reader, SECTION_CLASS, set_class, error) ||
        !each_section(&reader, SECTION_RULE, add_rule, error))
        return NULL;
    ruleset_take_digest(ruleset);
    return g_steal_pointer(&ruleset);
}
