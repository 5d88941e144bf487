/* Messages made to cost their judge as much as they can: one case of each kind. */
#pragma once

#include "rules/slice.h"

guint ov_hostile_n(void);
const char *ov_hostile_name(guint number);
/* The message, cut at size octets. The caller frees it with g_string_free. */
GString *ov_hostile_make(guint number, gsize size);
