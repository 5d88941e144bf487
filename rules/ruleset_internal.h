/* What a ruleset is made of: shared by the file that reads one and the file that shows it. */
#pragma once

#include "rules/advice.h"
#include "rules/ruleset.h"

/* A rule, and what only a ruleset knows of it. */
typedef struct {
    OvRule rule; /* first: what others hold a pointer to */
    OvAdvice *advice;
    OvAdvice *fine;
} Entry;

struct OvRuleset {
    gatomicrefcount references;
    OvArena *arena;          /* all names and texts */
    GPtrArray *rules;        /* Entry, owned */
    GHashTable *rule_named;  /* name to Entry */
    GArray *groups;          /* OvRuleGroup */
    GHashTable *group_named; /* name to number + 1 */
    double multiplier[OV_N_CLASSES];
    char **senders[OV_N_CLASSES];
    OvPhraseSet *phrases;
    GArray *facts;          /* OvFactSpec, by slot */
    GHashTable *fact_named; /* name to slot + 1 */
    char digest[17];
};

/* An empty ruleset: no rules, no groups, no phrases, every class counts in full. */
OvRuleset *ruleset_new(void);
void ruleset_take_digest(OvRuleset *ruleset);
