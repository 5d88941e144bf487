/* What a display name gives its sender out to be. */
#pragma once

#include "rules/arena.h"

/* The house that the name says it is, of those that deceivers imitate (rules/imitated_names.def),
 * also in letters that only look like its own: "PayPal", "Netflix Support", "Kundenservice DHL".
 * Every other word must be one that houses put beside their name (rules/sender_words.def), so that
 * "Anna of the Netflix fan club" is none. Empty where there is none. name: valid UTF-8. */
OvSlice ov_sender_house(OvArena *arena, OvSlice name);

typedef enum {
    OV_HOUSE_OTHER, /* has nothing of the house in its name */
    OV_HOUSE_NAMED, /* the house's name is a part of it, as deceivers and shops' newsletters do */
    OV_HOUSE_OWN,
} OvHouseDomain;

/* Whether an organisational domain is of that house, by its label above the public suffix. */
OvHouseDomain ov_house_domain(OvSlice organisation, OvSlice house);
