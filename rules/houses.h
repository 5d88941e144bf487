/* Houses that deceivers imitate (rules/imitated_names.def), as texts and links name them. */
#pragma once

#include "rules/fold.h"

/* organisation (an organisational domain) is one under which such a house has its pages: "dhl.de",
 * "laposte.fr"; or one of a government.
 * Not under suffixes where anybody would register it: "dhl.top". */
gboolean ov_is_house(OvSlice organisation);

/* The name is an ordinary word too, or stands in many a footer: it says little by itself. */
gboolean ov_house_is_ordinary(OvSlice name);

/* The next name of a house in folded text, with a capital letter in the original, from *at on;
 * empty where there is none. Ordinary ones are none. *at becomes where to go on. */
OvSlice ov_house_next(const OvFolded *text, guint32 end, guint32 *at);
