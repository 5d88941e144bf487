/* Letters that a reader takes for a Latin one (an excerpt of Unicode Technical Standard 39's
 * confusables). */
#pragma once

#include <glib.h>

/* The small letter a to z that c, a letter of another alphabet or a phonetic or small capital one,
 * looks like; '\0' where it looks like none, and for a to z and A to Z themselves. */
char ov_lookalike(gunichar c);

/* The small letter of a styled one: full-width, mathematical, circled, squared; '\0' for others. */
char ov_styled_letter(gunichar c);
