/* What a row of the provider's guide demands, in words for a sender. */
#pragma once

#include <glib.h>

/* guide: "G9", or several ("G8 G12"): the first one's. NULL where there is none. */
const char *ov_guide_text(const char *guide);
