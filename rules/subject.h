/* What a subject is made of: prefixes, tags, topic, signs. Pure functions over its decoded text
 * (valid UTF-8, after NFKC where that is told). */
#pragma once

#include "rules/arena.h"
#include "rules/zones.h"

/* A word of the subject that may be a reply prefix, as the phrase lists found it. */
typedef struct {
    OvRange range;
    gboolean forward; /* says "forwarded" */
} OvSubjectPrefix;

typedef struct {
    OvSlice prefixes; /* "Re: Fwd:", as written; empty where there are none */
    gboolean reply;   /* one of them says "answered" */
    gboolean forward; /* one of them says "forwarded" */
    OvSlice tag;      /* the first [tag] before the topic, brackets included; empty where none */
    OvSlice topic;    /* what is left, trimmed */
} OvSubjectParts;

/* Cuts reply prefixes ("Re:", "Re[2]:", "AW: Re:") and [tags] of at most 40 characters off the
 * start. candidates: ascending by start. */
OvSubjectParts ov_subject_parts(OvSlice text, const OvSubjectPrefix *candidates, guint n);

typedef struct {
    guint characters; /* code points, but for marks, joiners and variation selectors */
    guint signs;      /* letters and digits; an ideograph counts two */
    guint emoji;      /* a joined sequence or a flag counts one */
} OvSubjectSigns;

OvSubjectSigns ov_subject_signs(OvSlice text);

/* Symbols that stand for letters: mathematical and enclosed ones. Screen readers spell them out,
 * and who looks for words finds none. */
guint ov_styled_letters(OvSlice text);

/* Characters that hide something: bidi controls, zero-width characters, C0 and C1 controls (but
 * white space), tags, variation selectors, soft hyphens around single letters. None is: a joiner
 * inside an emoji or between letters of a script that needs it, a bidi control in a text that has
 * right-to-left letters, tags of a flag, the selector of an ideograph. */
guint ov_subject_invisible(OvSlice text);

/* The first web address: with a scheme, www., or a host name and a path. A host name alone is none:
 * companies call themselves by it. Empty where there is none. */
OvSlice ov_subject_url(OvSlice text);

/* The text without the characters that ov_subject_invisible() may count, joiners included: what a
 * reader sees. Arena. */
OvSlice ov_subject_visible(OvArena *arena, OvSlice text);
