/* Reads any text as a subject. What is one has a form that is printable, bounded and reads back as
 * the same subject; a name in that form stays as it is. */
#include "policy/limits/subject.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void check(const OvSubject *subject, OvArena *arena) {
    OvSubject again;
    const char *form = ov_subject_format(subject, arena);
    g_assert(strlen(form) < OV_SUBJECT_TEXT_MAX && g_utf8_validate(form, -1, NULL));
    for (const char *at = form; *at; at++)
        g_assert(!g_ascii_iscntrl(*at));
    g_assert(ov_subject_parse(&again, form, arena, NULL));
    g_assert(ov_subject_equal(subject, &again));
    g_assert(ov_subject_set(&again, subject->kind, subject->name, arena));
    g_assert(ov_subject_equal(subject, &again));
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
    g_autoptr(OvArena) arena = ov_arena_new();
    const char *text = ov_arena_strndup(arena, (const char *)data, size);
    OvSubject subject;
    g_autoptr(GError) error = NULL;
    if (ov_subject_parse(&subject, text, arena, &error))
        check(&subject, arena);
    else
        g_assert(error && g_utf8_validate(error->message, -1, NULL));
    for (guint kind = 0; kind < OV_N_SUBJECT_KINDS; kind++)
        if (ov_subject_set(&subject, (OvSubjectKind)kind, text, arena))
            check(&subject, arena);
    return 0;
}
