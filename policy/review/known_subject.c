#include "policy/review/known_subject.h"

#include "policy/ledger/counter_rows.h"

enum { OFFERED = 3 };

static gboolean is_always_counted(OvSubjectKind kind) {
    return kind == OV_SUBJECT_ACCOUNT || kind == OV_SUBJECT_SENDER_DOMAIN ||
           kind == OV_SUBJECT_SCRIPT;
}

gboolean ov_subject_is_known(OvLedger *ledger, const OvSubject *subject, OvArena *arena,
                             const char **hint, GError **error) {
    guint n;
    *hint = NULL;
    if (!is_always_counted(subject->kind))
        return TRUE;
    const char **names = ov_ledger_counter_names(ledger, subject, OFFERED, arena, &n, error);
    if (!names)
        return FALSE;
    if (n > 0 && g_str_equal(names[0], subject->name))
        return TRUE;
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < n; i++)
        g_string_append_printf(text, "%s%s",
                               i == 0      ? "; did you mean "
                               : i + 1 < n ? ", "
                                           : " or ",
                               names[i]);
    *hint = ov_arena_printf(arena, "%s%s", text->str, n > 0 ? "?" : "");
    return FALSE;
}
