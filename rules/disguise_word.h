/* One word, read character by character: what rules/disguise.c judges it by. */
#pragma once

#include "rules/slice.h"

enum { RIGHT_TO_LEFT_OVERRIDE = 0x202E, POP_DIRECTION = 0x202C, POP_ISOLATE = 0x2069 };

typedef struct {
    OvSlice text;       /* from its first to its last letter, digit or sign */
    guint characters;   /* letters, digits and signs */
    guint latin;        /* Latin letters, phonetic ones and small capitals too */
    guint latin_small;  /* of them */
    guint phonetic;     /* of them: phonetic ones and small capitals */
    guint alike;        /* letters of other alphabets that look Latin */
    guint alike_big;    /* of them */
    guint foreign;      /* other letters */
    guint styled;       /* mathematical, full-width, circled ... */
    guint full_width;   /* of them */
    guint switches;     /* changes between Latin letters and those that look so */
    guint leet;         /* digits and signs that can stand for a letter */
    guint other_digits; /* digits that can't */
    guint invisible;    /* places between two letters of alphabets with case that have invisible
                           characters, soft hyphens left out */
    guint soft_hyphens; /* soft hyphens between such letters */
    guint lone_letters; /* letters that stand alone between soft hyphens, or at an end of the word;
                           syllables have more */
    guint loose_marks;  /* combining marks that make no letter with the one before */
} OvWord;

/* Reads the next word of text; *rest gets what follows it. FALSE where punctuation stands there
 * instead, or nothing: then rest is shorter, or begins with U+202E, which ends words. */
gboolean ov_word_next(OvSlice text, OvWord *word, OvSlice *rest);
