/* The language of a text, as far as phrase lists need it: English lists always count, those of
 * another language only where the text is in it. That keeps words silent that mean something else
 * in another language (German Gift, Italian sale). */
#pragma once

#include "rules/phrases.h"

typedef struct {
    OvLanguages english; /* the bit of English, 0 where there is no English list */
    OvLanguages told;    /* languages that the text is in; 0 where nothing tells */
    /* There is too little text to tell: phrases of tier A and B, and lexicons, count in every
     * language. Not so for a longer text in a language that has no list. */
    gboolean open;
} OvLanguage;

/* The languages named in a Content-Language field or an HTML lang attribute ("de, fr-CH"), but for
 * English: templates say it of texts in any language. */
OvLanguages ov_language_hints(const OvPhraseSet *set, OvSlice tags);

/* By stop words: the languages with at least two in the text, three for each hundred tokens, and a
 * quarter of what the foremost language has; and those hinted. */
OvLanguage ov_language_of(const OvPhraseSet *set, const OvPhraseScan *scan, OvLanguages hinted);

/* A subject of less than six tokens, or without stop words, is in the body's language. */
OvLanguage ov_language_of_subject(const OvPhraseSet *set, const OvPhraseScan *subject,
                                  OvLanguage body);

/* Whether an entry of list, of that tier, counts in such a text. English phrases of tier C count
 * only in English, or where nothing tells. */
gboolean ov_language_admits(OvLanguage language, const OvPhraseList *list, OvTier tier);

/* What to look lexicons up with (rules/phrases.h): the languages told and English, or all where the
 * text is open. */
OvLanguages ov_language_lexicons(OvLanguage language);
