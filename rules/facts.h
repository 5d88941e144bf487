/* Facts: the measured properties of one message that rules speak of. ONE table, kept by subject in
 * rules/facts_*.def, drives the enum below, the rules language's names and types, `outvet rules
 * facts` and the manual page. A new fact is one row there and one ov_facts_set_...() where it is
 * measured. A fact that nobody set is unknown, and a rule that needs it does not hit. */
#pragma once

#include "rules/slice.h"

typedef enum {
    OV_UNKNOWN, /* not measured, or not measurable (a DNS answer that did not come) */
    OV_NUMBER,
    OV_TRUTH,
    OV_TEXT,
} OvType;

/* "unknown", "number", "truth value" or "text"; never NULL. */
const char *ov_type_name(OvType type);

typedef struct {
    OvType type;
    union {
        double number;
        gboolean truth;
        OvSlice text; /* UTF-8; lives in the judgement's arena or in the message */
    };
} OvValue;

typedef enum {
#define FACT(id, name, type, unit, text) OV_FACT_##id,
#include "rules/facts_all.def"
#undef FACT
    OV_N_FACTS
} OvFactId;

typedef struct {
    const char *name; /* "subject.capitals" */
    OvType type;
    const char *unit; /* "share 0-1", "characters", "" where none fits */
    const char *text; /* what is measured, a sentence for the manual page */
} OvFactSpec;

extern const OvFactSpec ov_fact_specs[OV_N_FACTS];

/* The facts of one message. Slots from OV_N_FACTS on are one number for each phrase category of the
 * ruleset, named `phrases.CATEGORY` (see rules/ruleset.h). */
typedef struct {
    guint n_values;
    OvValue value[];
} OvFacts;

static inline void ov_facts_set_number(OvFacts *facts, guint slot, double number) {
    facts->value[slot] = (OvValue){.type = OV_NUMBER, .number = number};
}

static inline void ov_facts_set_truth(OvFacts *facts, guint slot, gboolean truth) {
    facts->value[slot] = (OvValue){.type = OV_TRUTH, .truth = truth != FALSE};
}

/* text must outlive the facts. */
static inline void ov_facts_set_text(OvFacts *facts, guint slot, OvSlice text) {
    facts->value[slot] = (OvValue){.type = OV_TEXT, .text = text};
}

/* The number in a slot, or otherwise where it is unknown. */
static inline double ov_facts_number(const OvFacts *facts, guint slot, double otherwise) {
    return facts->value[slot].type == OV_NUMBER ? facts->value[slot].number : otherwise;
}

static inline gboolean ov_facts_truth(const OvFacts *facts, guint slot) {
    return facts->value[slot].type == OV_TRUTH && facts->value[slot].truth;
}

/* The text in a slot; empty where it is unknown. */
static inline OvSlice ov_facts_text(const OvFacts *facts, guint slot) {
    return facts->value[slot].type == OV_TEXT ? facts->value[slot].text : (OvSlice){"", 0};
}
