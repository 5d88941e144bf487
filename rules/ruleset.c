#include "rules/ruleset_internal.h"

#include "rules/nearest.h"

GQuark ov_ruleset_error_quark(void) {
    return g_quark_from_static_string("ov-ruleset-error");
}

static void entry_free(gpointer data) {
    Entry *entry = data;
    ov_expression_free(entry->rule.when);
    ov_expression_free(entry->rule.score);
    ov_advice_free(entry->advice);
    ov_advice_free(entry->fine);
    g_free(entry);
}

static void group_clear(gpointer data) {
    OvRuleGroup *group = data;
    ov_expression_free(group->applies);
}

OvRuleset *ruleset_new(void) {
    OvRuleset *ruleset = g_new0(OvRuleset, 1);
    g_atomic_ref_count_init(&ruleset->references);
    ruleset->arena = ov_arena_new();
    ruleset->rules = g_ptr_array_new_with_free_func(entry_free);
    ruleset->rule_named = g_hash_table_new(g_str_hash, g_str_equal);
    ruleset->groups = g_array_new(FALSE, FALSE, sizeof(OvRuleGroup));
    g_array_set_clear_func(ruleset->groups, group_clear);
    ruleset->group_named = g_hash_table_new(g_str_hash, g_str_equal);
    ruleset->facts = g_array_new(FALSE, FALSE, sizeof(OvFactSpec));
    ruleset->fact_named = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < OV_N_CLASSES; i++) {
        ruleset->multiplier[i] = 1;
        ruleset->senders[i] = g_new0(char *, 1);
    }
    return ruleset;
}

OvRuleset *ov_ruleset_ref(OvRuleset *ruleset) {
    g_atomic_ref_count_inc(&ruleset->references);
    return ruleset;
}

void ov_ruleset_unref(OvRuleset *ruleset) {
    if (!ruleset || !g_atomic_ref_count_dec(&ruleset->references))
        return;
    g_ptr_array_unref(ruleset->rules);
    g_hash_table_unref(ruleset->rule_named);
    g_array_unref(ruleset->groups);
    g_hash_table_unref(ruleset->group_named);
    for (guint i = 0; i < OV_N_CLASSES; i++)
        g_strfreev(ruleset->senders[i]);
    if (ruleset->phrases)
        ov_phrase_set_unref(ruleset->phrases);
    g_array_unref(ruleset->facts);
    g_hash_table_unref(ruleset->fact_named);
    ov_arena_free(ruleset->arena);
    g_free(ruleset);
}

/* Adds a text so that no two lists of texts give the same octets. */
static void digest_text(GChecksum *checksum, const char *text) {
    g_checksum_update(checksum, (const guchar *)text, (gssize)strlen(text) + 1);
}

static void digest_number(GChecksum *checksum, double number) {
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    digest_text(checksum, g_ascii_dtostr(text, sizeof text, number));
}

static int by_rule_name(gconstpointer a, gconstpointer b) {
    const Entry *const *left = a, *const *right = b;
    return strcmp((*left)->rule.name, (*right)->rule.name);
}

static void digest_rule(const OvRuleset *ruleset, const OvRule *rule, GChecksum *checksum) {
    const OvRuleGroup *group = ov_ruleset_group(ruleset, rule->group);
    digest_text(checksum, rule->name);
    digest_text(checksum, ov_expression_text(rule->when));
    digest_text(checksum, ov_expression_text(rule->score));
    digest_text(checksum, group->name);
    digest_number(checksum, group->cap);
    digest_text(checksum, group->title);
    digest_text(checksum, group->applies ? ov_expression_text(group->applies) : "");
    digest_number(checksum, rule->content);
    digest_number(checksum, rule->ask);
    digest_number(checksum, rule->shadow);
    digest_number(checksum, rule->private);
    digest_text(checksum, rule->guide);
    digest_text(checksum, rule->reference);
    digest_text(checksum, rule->advice);
    digest_text(checksum, rule->fine);
    digest_text(checksum,
                rule->evidence < 0 ? "" : ov_ruleset_fact(ruleset, (guint)rule->evidence).name);
}

void ruleset_take_digest(OvRuleset *ruleset) {
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    g_ptr_array_extend(sorted, ruleset->rules, NULL, NULL);
    g_ptr_array_sort(sorted, by_rule_name);
    for (guint i = 0; i < sorted->len; i++)
        digest_rule(ruleset, &((const Entry *)g_ptr_array_index(sorted, i))->rule, checksum);
    for (guint i = 0; i < OV_N_CLASSES; i++) {
        digest_text(checksum, ov_class_name((OvClass)i));
        digest_number(checksum, ruleset->multiplier[i]);
        for (char **sender = ruleset->senders[i]; *sender; sender++)
            digest_text(checksum, *sender);
    }
    ov_phrase_set_digest(ruleset->phrases, checksum);
    g_strlcpy(ruleset->digest, g_checksum_get_string(checksum), sizeof ruleset->digest);
}

guint ov_ruleset_n_rules(const OvRuleset *ruleset) {
    return ruleset->rules->len;
}

const OvRule *ov_ruleset_rule(const OvRuleset *ruleset, guint rule) {
    g_assert(rule < ruleset->rules->len);
    return &((const Entry *)g_ptr_array_index(ruleset->rules, rule))->rule;
}

const OvRule *ov_ruleset_find(const OvRuleset *ruleset, const char *name) {
    const Entry *entry = g_hash_table_lookup(ruleset->rule_named, name);
    return entry ? &entry->rule : NULL;
}

const char *ov_ruleset_nearest(const OvRuleset *ruleset, const char *name) {
    OvNearest nearest = ov_nearest(name);
    for (guint i = 0; i < ruleset->rules->len; i++)
        ov_nearest_offer(&nearest, ov_ruleset_rule(ruleset, i)->name);
    return nearest.best;
}

guint ov_ruleset_n_groups(const OvRuleset *ruleset) {
    return ruleset->groups->len;
}

const OvRuleGroup *ov_ruleset_group(const OvRuleset *ruleset, guint group) {
    g_assert(group < ruleset->groups->len);
    return &g_array_index(ruleset->groups, OvRuleGroup, group);
}

double ov_ruleset_multiplier(const OvRuleset *ruleset, OvClass message_class) {
    return ruleset->multiplier[message_class];
}

const char *const *ov_ruleset_class_senders(const OvRuleset *ruleset, OvClass message_class) {
    return (const char *const *)ruleset->senders[message_class];
}

OvPhraseSet *ov_ruleset_phrases(const OvRuleset *ruleset) {
    return ruleset->phrases;
}

const char *ov_ruleset_digest(const OvRuleset *ruleset) {
    return ruleset->digest;
}

guint ov_ruleset_n_facts(const OvRuleset *ruleset) {
    return ruleset->facts->len;
}

OvFactSpec ov_ruleset_fact(const OvRuleset *ruleset, guint slot) {
    g_assert(slot < ruleset->facts->len);
    return g_array_index(ruleset->facts, OvFactSpec, slot);
}

gboolean ov_ruleset_find_fact(const OvRuleset *ruleset, const char *name, guint *slot) {
    guint number = GPOINTER_TO_UINT(g_hash_table_lookup(ruleset->fact_named, name));
    if (number > 0)
        *slot = number - 1;
    return number > 0;
}

const char *ov_ruleset_advice(const OvRuleset *ruleset, const OvRule *rule, const OvFacts *facts,
                              OvArena *arena) {
    (void)ruleset;
    return ov_advice_fill(((const Entry *)(const void *)rule)->advice, facts, arena);
}

const char *ov_ruleset_fine(const OvRuleset *ruleset, const OvRule *rule, const OvFacts *facts,
                            OvArena *arena) {
    (void)ruleset;
    return ov_advice_fill(((const Entry *)(const void *)rule)->fine, facts, arena);
}
