/* A text in the middle of being measured: what subject and body have in common. Shared by
 * measure_text.c, measure_subject.c and measure_body.c. */
#pragma once

#include "rules/capitals.h"
#include "rules/exclamations.h"
#include "rules/keywords.h"
#include "rules/measure.h"
#include "rules/percent.h"

/* Words that are names, whose capitals are no shouting: of From's display name and the label of
 * its organisational domain. */
typedef struct {
    const OvSlice *words; /* in capital letters */
    guint n_words;
    OvSlice display; /* the display name */
} OvSenderNames;

struct OvText {
    OvMeasure *measure;
    const OvSenderNames *names;
    OvSlice text;
    const OvBlock *blocks;
    guint n_blocks;
    const OvPhraseScan *scan; /* of the whole text */
    OvLanguage language;
};

/* Folds the text and finds its phrases. */
void ov_text_scan(OvText *text);

/* Where entries of a lexicon stand in the text, ascending. Arena. */
const OvRange *ov_text_ranges(const OvText *text, const char *lexicon, OvLanguages languages,
                              guint *n);

/* The language that the text is in, "de"; empty where nothing tells, the first where it is in
 * several. */
OvSlice ov_text_language(const OvText *text);

/* The measures, with what exempts from them looked up. */
OvCapitals ov_text_capitals(const OvText *text, gboolean headings);
OvExclamations ov_text_exclamations(const OvText *text, gboolean greeting);

typedef struct {
    guint distinct; /* different discounts */
    double highest; /* 0 where there are none */
    OvSlice first;  /* the first with its context; empty where there are none */
} OvDiscounts;
OvDiscounts ov_text_discounts(const OvText *text);

/* Sets subject.*. body is what the language of a short subject is taken from. NULL where there is
 * no subject to find phrases in. */
const OvKeywords *ov_measure_subject(OvMeasure *measure, const OvSenderNames *names,
                                     OvLanguage body);
/* The subject starts with the prefix of an answer or a forwarded message; one of a single letter
 * does not count. */
gboolean ov_subject_has_prefix(OvMeasure *measure);
/* Makes the text of the sender's own words in the texts that are shown; FALSE where there is none.
 */
gboolean ov_body_text(OvText *text);
/* Sets body.*. */
const OvKeywords *ov_measure_body(const OvText *text);

/* Sets body.disguised.*, body.invisible_words.*, body.mixed_words.* (measure_disguise.c). */
void ov_measure_body_disguise(const OvText *text);
/* Sets body.placeholder (measure_template.c). */
void ov_measure_template(const OvText *text);
/* Sets subject.gapped, subject.disguised. */
void ov_measure_subject_disguise(const OvText *text);
/* Sets body.greeting (measure_greeting.c), body.price_cut (measure_price_cut.c). */
void ov_measure_greeting(const OvText *text);
void ov_measure_price_cuts(const OvText *text);
/* Sets body.wallets, body.telephone (measure_contact.c). */
void ov_measure_contact(const OvText *text);
