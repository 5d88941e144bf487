/* Host names that look like another's (Unicode Technical Standard 39). */
#pragma once

#include "rules/arena.h"

/* TRUE when a label mixes scripts as no language does: UTS 39 5.2 "highly restrictive" allows one
 * script, and Latin beside the scripts of Chinese, Japanese and Korean. host: lower case,
 * A-labels. */
gboolean ov_host_mixes_scripts(OvSlice host);

/* The name that the label of an organisational domain (the one above the public suffix) only looks
 * like: one of names, or of a house that deceivers imitate (rules/imitated_names.def). Empty where
 * it is that name, or looks like none; of names, also where only accents differ. names: labels in
 * lower case, A-labels. */
OvSlice ov_imitated_name(OvSlice label, const OvSlice *names, guint n_names);

/* The house that deceivers imitate (rules/imitated_names.def) whose name text is, or looks like;
 * empty where there is none. text: small letters, as many as a label has at most. */
OvSlice ov_name_like(OvSlice text);

/* What people read: A-labels as Unicode; host itself where it has none, or none that are valid.
 * Arena. */
OvSlice ov_host_readable(OvArena *arena, OvSlice host);
