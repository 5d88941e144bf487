#include "policy/review/wish.h"

#include <string.h>

#include "policy/control.h"
#include "policy/review/output.h"
#include "policy/review/when.h"

enum { CONTROL_SECONDS = 10, MAX_REASON = 500 /* octets */ };

OvSubject *ov_wish_subjects(const OvArguments *arguments, OvArena *arena, guint *n) {
    const char *const *operands = ov_arguments_operands(arguments, n);
    OvSubject *subjects = OV_ARENA_NEW(arena, OvSubject, *n);
    for (guint i = 0; i < *n; i++) {
        g_autoptr(GError) error = NULL;
        if (!ov_subject_parse(&subjects[i], operands[i], arena, &error)) {
            ov_complain("%s", error->message);
            return NULL;
        }
    }
    return subjects;
}

gboolean ov_wish_end(const OvArguments *arguments, OvArena *arena, gint64 *until) {
    const char *span = ov_arguments_value(arguments, "for");
    const char *time = ov_arguments_value(arguments, "until");
    gint64 now = g_get_real_time();
    *until = G_MAXINT64;
    if (span && time) {
        ov_complain("--for and --until: one of them tells when it ends");
        return FALSE;
    }
    if (span && !(*until = ov_when_after(span, now, arena))) {
        ov_complain("--for %s: not a time such as 30m, 2h or 7d", span);
        return FALSE;
    }
    if (time && !(*until = ov_when_parse_later(time, now))) {
        ov_complain("--until %s: not a day or time to come, such as 2026-11-23 or "
                    "2026-11-23T20:02:53Z",
                    time);
        return FALSE;
    }
    return TRUE;
}

gboolean ov_wish_reason(const OvArguments *arguments, const char **reason) {
    *reason = ov_arguments_value(arguments, "reason");
    if (!*reason || strlen(*reason) <= MAX_REASON)
        return TRUE;
    ov_complain("--reason: at most %d octets", MAX_REASON);
    return FALSE;
}

void ov_wish_tell_daemon(const OvSettings *settings, const char *command) {
    g_autoptr(GError) error = NULL;
    json_t *answer = ov_control_ask(settings->control_socket, command, CONTROL_SECONDS, &error);
    const char *trouble = json_string_value(json_object_get(answer, "error"));
    if (!answer)
        ov_complain("%s; it is recorded, and acts within a second of outvetd's running",
                    error->message);
    else if (trouble)
        ov_complain("it is recorded, but outvetd can't act on it yet: %s", trouble);
    json_decref(answer);
}
