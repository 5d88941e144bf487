/* Whether a subject that somebody typed is one that sends: a name with a letter wrong suspends
 * nobody.
 */
#pragma once

#include "policy/ledger/ledger.h"
#include "policy/limits/subject.h"

/* TRUE where something was counted of it in the last 30 days, or where it is of a kind that is not
 * always counted. FALSE: *hint is a sentence's end that names what was counted and has its name in
 * it
 * ("; did you mean shop@mx.example?"), "" where there is none; or NULL with error. Arena. */
gboolean ov_subject_is_known(OvLedger *ledger, const OvSubject *subject, OvArena *arena,
                             const char **hint, GError **error);
