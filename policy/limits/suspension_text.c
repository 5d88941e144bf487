#include "policy/limits/suspension_text.h"

#include "policy/limits/subject.h"
#include "policy/verdict.h"

#include <jansson.h>
#include <string.h>

enum { MAX_TEXT = 16 * 1024, MAX_WORDS = 1000 /* octets of a reason or a name */ };

static char *valid(const char *text) {
    return g_utf8_make_valid(text ? text : "", -1);
}

char *ov_suspension_text_write(const OvSuspensionRow *row, const char *node) {
    g_autofree char *by = valid(row->operator_name), *reason = valid(row->reason);
    json_t *object = json_pack("{s:s, s:I, s:b, s:I, s:s*, s:s, s:s, s:s, s:b}", "subject",
                               row->subject, "time", (json_int_t)row->time, "ended", row->ended,
                               "until", (json_int_t)row->until, "answer", row->answer, "by", by,
                               "node", node, "reason", reason, "queue", row->queue);
    char *dumped = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
    char *text = g_strdup(dumped);
    free(dumped);
    json_decref(object);
    return text;
}

static const char *text_of(const json_t *object, const char *name, OvArena *arena) {
    const char *text = json_string_value(json_object_get(object, name));
    return text ? ov_arena_strndup(arena, text, strnlen(text, MAX_WORDS)) : "";
}

/* In the form that all have, so that nobody's list knows one thing by two names. */
static gboolean is_subject(const char *text, OvArena *arena) {
    OvSubject subject;
    return ov_subject_parse(&subject, text, arena, NULL) &&
           strcmp(ov_subject_format(&subject, arena), text) == 0;
}

static gboolean is_answer(const char *text) {
    OvVerdictKind verdict;
    return !*text || (ov_verdict_from_name(text, &verdict) && verdict != OV_VERDICT_ACCEPT &&
                      verdict != OV_VERDICT_TAG);
}

static gboolean read_object(const json_t *object, OvArena *arena, OvSuspensionRow *row) {
    const char *answer = text_of(object, "answer", arena);
    *row = (OvSuspensionRow){
        .time = json_integer_value(json_object_get(object, "time")),
        .subject = text_of(object, "subject", arena),
        .ended = json_is_true(json_object_get(object, "ended")),
        .until = json_integer_value(json_object_get(object, "until")),
        .answer = *answer ? answer : NULL,
        .operator_name = ov_arena_printf(arena, "%s on %s", text_of(object, "by", arena),
                                         text_of(object, "node", arena)),
        .reason = text_of(object, "reason", arena),
        .queue = json_is_true(json_object_get(object, "queue")),
    };
    return row->time > 0 && row->until >= 0 && is_answer(answer) && is_subject(row->subject, arena);
}

gboolean ov_suspension_text_read(const char *text, gsize length, OvArena *arena,
                                 OvSuspensionRow *row) {
    json_t *object = length <= MAX_TEXT ? json_loadb(text, length, 0, NULL) : NULL;
    gboolean done = json_is_object(object) && read_object(object, arena, row);
    json_decref(object);
    return done;
}
