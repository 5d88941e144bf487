/* Rules against the cases of a file in tests/data/rules, judged as shipped. */
#pragma once

#include "rules/slice.h"

/* Runs a test for each case, and tests that every rule whose name starts with prefix (at least
 * least of them) has cases that hit and that do not, and that none of them hits the base message.
 * Returns the number of tests that failed. */
int case_rules_run(const char *cases, const char *prefix, guint least);
