/* A ruleset: rules, group caps, class multipliers and phrase lists, read from directories, checked
 * whole, immutable afterwards and shared by reference. Reload makes a new one.
 *
 * Files: *.conf in order of name in the first directory (shipped), then in each later one
 * (rules.d/, the administrator's). Where a section stands in several files, the later file's keys
 * take the place of the earlier ones, key by key; new sections are added. `phrases/` in each
 * directory holds phrase lists. Sections and keys, with what holds where a key is absent:
 *
 *   [SUBJ_ALL_CAPS]   a rule; its name has capital letters, digits and _
 *     when              a condition; required
 *     score             a number or an expression that gives one; required
 *     group             a group that has a section; required
 *     scale             safety (default): counts as written; content: times the class's multiplier
 *     ask               none (default), hold or reject: the rule's own demand
 *     shadow            no (default); yes: counted without effect
 *     private           no (default); yes: for those who run the server, its sender is not told
 *     enabled           yes (default); no: the rule is dropped, its other values are not looked at
 *     evidence          the fact that is quoted; none by default
 *     advice            to the sender; {fact.name} is the fact's value, {{ a brace
 *     guide             the row of the provider's guide that the rule stands on
 *     reference         the standard: RFC and section, or a receiver's requirement; several with
 *                       ", " between
 *     fine              what is right of a message that the rule was measured on and did not hit,
 *                       "no capitals"; may hold {fact.name}; none by default
 *   [group subject]   a group; its name has small letters, digits, - and _
 *     cap               the most its hits add together; none by default
 *     title             what its rules look at, for people; the group's name by default
 *     applies           a condition: there is what its rules look at; always by default
 *   [class personal]  one of the message classes
 *     content           the multiplier of rules with scale = content; 1 by default
 *     senders           globs of envelope senders, parted by space or comma; none by default
 */
#pragma once

#include "rules/expression.h"
#include "rules/phrases.h"

typedef struct OvRuleset OvRuleset;

typedef enum { OV_ASK_NOTHING, OV_ASK_HOLD, OV_ASK_REJECT } OvAsk;

/* Message classes (rule catalogue 1.2); their names are one table for rules and settings. */
typedef enum {
    OV_CLASS_DSN,
    OV_CLASS_LIST,
    OV_CLASS_BULK,
    OV_CLASS_TRANSACTIONAL,
    OV_CLASS_AUTO,
    OV_CLASS_PERSONAL,
    OV_CLASS_OTHER,
    OV_N_CLASSES
} OvClass;

const char *ov_class_name(OvClass message_class); /* "dsn" ... */
gboolean ov_class_from_name(const char *name, OvClass *message_class);

typedef struct {
    const char *name; /* SUBJ_ALL_CAPS */
    OvExpression *when;
    OvExpression *score;
    guint group;      /* number of its group */
    gboolean content; /* scale = content: multiplied by class; else scale = safety: always 1 */
    OvAsk ask;
    gboolean shadow;                    /* counted, without effect on score and verdict */
    gboolean private;                   /* nobody is told but those who run the server */
    const char *guide;                  /* "G9", "" where none */
    const char *reference;              /* "RFC 5322 3.6.5", "" where none */
    const char *advice;                 /* may hold {fact.name}; see ov_ruleset_advice */
    const char *fine;                   /* "no capitals", "" where none; see ov_ruleset_fine */
    gint evidence;                      /* slot of the fact that is quoted, -1 for none */
    const char *when_text, *score_text; /* as written, for `outvet rules show` */
    const char *file;                   /* where its last key came from */
    guint line;                         /* of its section there */
} OvRule;

typedef struct {
    const char *name;      /* "subject" */
    double cap;            /* the most that its hits may add; G_MAXDOUBLE where none is set */
    const char *title;     /* "Subject" */
    OvExpression *applies; /* a truth value; NULL: always */
} OvRuleGroup;

#define OV_RULESET_ERROR (ov_ruleset_error_quark())
GQuark ov_ruleset_error_quark(void);
typedef enum {
    OV_RULESET_ERROR_FILE,
    OV_RULESET_ERROR_SYNTAX,
    OV_RULESET_ERROR_NAME,
    OV_RULESET_ERROR_VALUE,
} OvRulesetError;

/* Reads and checks everything. directories: NULL-terminated, shipped first; all but the first may
 * be absent. cache as in ov_phrase_set_load. The error message is whole:
 * "rules.d/local.conf:12: [SUBJ_X] when, column 9: there is no fact subject.captals; did you mean
 * subject.capitals?" */
OvRuleset *ov_ruleset_load(const char *const *directories, const OvPhraseCache *cache,
                           GError **error);
OvRuleset *ov_ruleset_ref(OvRuleset *ruleset);
void ov_ruleset_unref(OvRuleset *ruleset);

guint ov_ruleset_n_rules(const OvRuleset *ruleset); /* enabled ones, in order of file and line */
const OvRule *ov_ruleset_rule(const OvRuleset *ruleset, guint rule);
const OvRule *ov_ruleset_find(const OvRuleset *ruleset, const char *name);  /* NULL if none */
const char *ov_ruleset_nearest(const OvRuleset *ruleset, const char *name); /* NULL if none */
guint ov_ruleset_n_groups(const OvRuleset *ruleset);
const OvRuleGroup *ov_ruleset_group(const OvRuleset *ruleset, guint group);
double ov_ruleset_multiplier(const OvRuleset *ruleset, OvClass message_class);
/* Globs of envelope senders that make a message transactional; NULL-terminated, may be empty. */
const char *const *ov_ruleset_class_senders(const OvRuleset *ruleset, OvClass message_class);
OvPhraseSet *ov_ruleset_phrases(const OvRuleset *ruleset); /* borrowed */
/* SHA-256 over rules and lists in canonical form, first 16 hex digits: names the set in ledger. */
const char *ov_ruleset_digest(const OvRuleset *ruleset);

/* Slots an OvFacts for this set must have: OV_N_FACTS plus one for each phrase category. */
guint ov_ruleset_n_facts(const OvRuleset *ruleset);
/* Name, type, unit and text of any slot, phrase categories included. */
OvFactSpec ov_ruleset_fact(const OvRuleset *ruleset, guint slot);
gboolean ov_ruleset_find_fact(const OvRuleset *ruleset, const char *name, guint *slot);

/* A rule's advice with {fact.name} replaced by the fact's value as rules/advice.h tells, cut at 400
 * characters. rule is one of the ruleset's. Arena, valid UTF-8, NUL-terminated. */
const char *ov_ruleset_advice(const OvRuleset *ruleset, const OvRule *rule, const OvFacts *facts,
                              OvArena *arena);
/* What is right where the rule did not hit, likewise; "" where it has nothing to say. Whether the
 * rule was measured, and its group applies, is the caller's to find out. */
const char *ov_ruleset_fine(const OvRuleset *ruleset, const OvRule *rule, const OvFacts *facts,
                            OvArena *arena);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvRuleset, ov_ruleset_unref)
