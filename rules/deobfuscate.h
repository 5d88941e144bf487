/* Phrases hidden from a plain comparison (guide G8, rule catalogue SUBJ_GAPPY, BODY_OBFUSCATED).
 *
 * The places that rules/disguise.h finds are written as they read, with some words on either side,
 * and phrases are looked for in that: "B U Y  N O W", "l.a.s.t c-h-a-n-c-e", "fr33 m0ney", "саsino
 * bonus" with Cyrillic letters. Only a whole phrase of tier A is a finding, or one of
 * tier B that has two words, and only where a disguised place is part of it; so initials, spaced
 * headings, product codes and formulas are none. A word with letters of two alphabets is of no
 * language: there any phrase of any tier is a finding. */
#pragma once

#include "rules/disguise.h"
#include "rules/language.h"

typedef struct {
    guint phrase;
    OvSlice found; /* what gave it, in the original text */
    guint kind;    /* how it was hidden: OvDisguiseKind of the places in it */
} OvHiddenPhrase;

typedef struct {
    const OvHiddenPhrase *phrases; /* different ones; of one inside another the longer */
    guint n_phrases;
} OvHiddenPhrases;

/* The first OV_HIDDEN_MAX phrases. text and disguises: as given to and returned by
 * ov_disguises_find(). scratch is used. Arena. */
enum { OV_HIDDEN_MAX = 32 };
OvHiddenPhrases ov_deobfuscate(const OvPhraseSet *set, OvPhraseScratch *scratch, OvArena *arena,
                               OvSlice text, const OvDisguises *disguises, OvLanguage language);
