/* Capitals, visible characters and words of a text, in one pass that subject and body share (rule
 * catalogue 1.5, guide G9).
 *
 * Counted are cased letters (Lu, Lt, Ll) of words. Left out: words with a digit, `_` or `@`,
 * hashtags, Roman numerals, words of the exempt lists, words in capitals without a vowel (ASCII),
 * and words in capitals whose parts have at most three letters (acronyms), unless their line has
 * two longer ones. A shout word has four cased letters or more, all of them capitals.
 *
 * A shout run is three or more shout words in a row; what is left out neither counts nor breaks it.
 * It ends with a gap of a table (tab, `|`, two spaces), with signs of code (`=`, `$`, brackets, a
 * comma without space) and with a line under 50 characters, as postal addresses and tables have; a
 * line of at most five words with a number at its start or end ("12 HIGH STREET WEST") has none. A
 * line of at most eight words, all in capitals, alone between others that are not, is a heading:
 * one heading for each 400 visible characters (and always one) is left out. */
#pragma once

#include "rules/characters.h"
#include "rules/zones.h"

/* What is no shouting. */
typedef struct {
    const OvRange *acronyms; /* ranges of the text, ascending */
    guint n_acronyms;
    const OvSlice *names; /* words in capital letters: of the sender's name and domain */
    guint n_names;
} OvCapitalsExempt;

typedef struct {
    guint cased;       /* letters counted */
    guint upper;       /* capitals among them */
    guint words;       /* words they are in */
    guint shout_words; /* of four letters or more, in capitals throughout */
    guint shout_runs;
    OvSlice shouted;     /* the run with the most shout words, in the text; empty where none */
    guint visible;       /* visible characters, what is left out included */
    guint visible_words; /* words with a letter, what is left out included */
} OvCapitals;

/* Measures the OV_BLOCK_OWN blocks of text. headings: they are told from shouting; not in a
 * subject. exempt may be NULL. */
OvCapitals ov_capitals_measure(OvSlice text, const OvBlock *blocks, guint n_blocks,
                               const OvCapitalsExempt *exempt, gboolean headings);

/* upper / cased, 0 where nothing was counted. */
double ov_capitals_share(const OvCapitals *capitals);
