/* Words that are written otherwise than they are read (guide G8; rule catalogue BODY_OBFUSCATED,
 * BODY_ZERO_WIDTH, BODY_HOMOGLYPH): a reader sees a word, a filter that compares letters does not.
 *
 * Whether a place hides anything is not told here: product codes, formulas and headings with gaps
 * are places too. rules/deobfuscate.h looks for phrases in what they read as. */
#pragma once

#include "rules/zones.h"

typedef enum {
    /* A word with letters of another alphabet that look Latin, with some styled letters, with
     * invisible characters in two places, or with marks on letters that have none in any language.
     */
    OV_DISGUISE_LETTERS = 1 << 0,
    /* A word for which there are other reasons: invisible characters in one place, so that mail
     * programs make no link of it, or styled letters throughout, for emphasis. */
    OV_DISGUISE_SLIGHT = 1 << 1,
    /* A word with digits or signs for letters, "fr33", "ca$h", or a capital i for a small l. */
    OV_DISGUISE_DIGITS = 1 << 2,
    /* Four or more single letters, one to three characters between; more blanks between words. */
    OV_DISGUISE_GAPS = 1 << 3,
    OV_DISGUISE_SPLIT = 1 << 4,   /* a word with signs between letters: "mon.ey" */
    OV_DISGUISE_REVERSED = 1 << 5 /* text shown from right to left by U+202E */
} OvDisguiseKind;

typedef struct {
    OvRange range; /* in the text */
    guint kind;    /* OvDisguiseKind */
} OvDisguise;

typedef struct {
    /* Ascending, one beside the other. Words with digits at an end alone ("MP3", "10px") are none
     * where there is no other place. */
    const OvDisguise *places;
    guint n_places;
    /* Words with an invisible character between two letters of Latin, Greek or Cyrillic, joiners
     * that another script or an emoji needs left out; and words with soft hyphens as no syllables
     * have them, around single letters. */
    guint n_invisible;
    guint n_riddled;   /* of them, with such characters in two places or more */
    OvSlice invisible; /* the first; empty where there is none */
    /* Different words of four letters or more that mix Latin letters with Greek, Cyrillic or styled
     * ones, and read as Latin throughout; words of mathematical letters, too. None in a text that
     * is mainly in another alphabet, where Latin names take endings and keys are mistaken; nor
     * those that mix as notation does, small letters with Latin capitals (TNFα). */
    guint n_mixed;
    guint most_switches; /* most changes of alphabet in one of them */
    OvSlice mixed;       /* the first */
} OvDisguises;

/* Looks at the blocks of kind OV_BLOCK_OWN of a text, valid UTF-8. Linear in its length. Arena. */
OvDisguises ov_disguises_find(OvArena *arena, OvSlice text, const OvBlock *blocks, guint n_blocks);

/* The letter that a digit or sign is put for, '\0' for others; of 1 and ! either i or l. */
char ov_leet_letter(gunichar c, gboolean one_is_l);
