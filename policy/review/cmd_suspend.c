/* outvet suspend, resume: keeping somebody from sending, and letting him send again. */
#include <stdio.h>

#include "policy/queue/suspended_queue.h"
#include "policy/queue/turn.h"
#include "policy/review/held_command.h"
#include "policy/review/json.h"
#include "policy/review/known_subject.h"
#include "policy/review/ledger_command.h"
#include "policy/review/operator.h"
#include "policy/review/output.h"
#include "policy/review/wish.h"
#include "rules/init.h"

/* How long another one at the queue is waited for. */
enum { TURN_SECONDS = 30 };

/* A command at work. */
typedef struct {
    OvHeld held; /* its queue is NULL where that is not needed */
    OvArena *arena;
    char *operator_name;
    OvSuspensionRow row; /* but for its subject */
    gboolean json, queue;
    gboolean turn; /* it has the turn to work on the queue */
    OvExit code;   /* of the first trouble */
} Acting;

static void complain(Acting *acting, const char *subject, const GError *error) {
    ov_complain("%s: %s", subject, error->message);
    if (acting->code == OV_EXIT_OK)
        acting->code = ov_held_exit(error);
}

static gboolean open_queue(Acting *acting, const OvArguments *arguments) {
    g_autoptr(GError) error = NULL;
    if (!ov_held_open(&acting->held, arguments, &acting->code))
        return FALSE;
    if (ov_queue_may_act(acting->held.queue, "suspend --queue", &error))
        return TRUE;
    ov_complain("%s", error->message);
    acting->code = ov_held_exit(error);
    return FALSE;
}

/* Before anything is recorded that outvetd would act on: what is done about the queue is this
 * command's, and told by it. Who has to wait too long goes on all the same. */
static void take_turn(Acting *acting) {
    acting->turn = ov_queue_turn_take(acting->held.ledger, acting->held.settings->node,
                                      TURN_SECONDS * G_USEC_PER_SEC);
}

static gboolean open_all(Acting *acting, const OvArguments *arguments) {
    acting->json = ov_arguments_has(arguments, "json");
    acting->operator_name = ov_operator_name();
    acting->row.operator_name = acting->operator_name;
    if (!ov_wish_reason(arguments, &acting->row.reason)) {
        acting->code = OV_EXIT_USAGE;
        return FALSE;
    }
    if (acting->queue)
        return open_queue(acting, arguments);
    acting->held.settings = ov_command_settings(arguments);
    acting->code = OV_EXIT_SETTINGS;
    if (!acting->held.settings)
        return FALSE;
    acting->code = OV_EXIT_OK;
    acting->held.ledger = ov_command_ledger(acting->held.settings, &acting->code);
    return acting->held.ledger != NULL;
}

static OvExit end(Acting *acting) {
    if (acting->turn)
        ov_queue_turn_give(acting->held.ledger, acting->held.settings->node);
    ov_held_clear(&acting->held);
    ov_arena_free(acting->arena);
    g_free(acting->operator_name);
    return acting->code;
}

static gboolean record(Acting *acting, const char *subject) {
    g_autoptr(GError) error = NULL;
    acting->row.subject = subject;
    acting->row.time = g_get_real_time();
    if (ov_ledger_add_suspension(acting->held.ledger, &acting->row, &error))
        return TRUE;
    complain(acting, subject, error);
    return FALSE;
}

static const char *plural(guint n) {
    return n == 1 ? "" : "s";
}

/* --- suspend --- */

static gboolean read_words(Acting *acting, const OvArguments *arguments) {
    const char *reason = ov_arguments_value(arguments, "reason");
    OvVerdictKind answer;
    acting->row.answer = ov_arguments_value(arguments, "answer");
    if (!reason || !*reason) {
        ov_complain("--reason TEXT says why: for who sends, and for the ledger");
        return FALSE;
    }
    if (acting->row.answer &&
        (!ov_verdict_from_name(acting->row.answer, &answer) || answer < OV_VERDICT_HOLD)) {
        ov_complain("--answer %s: it is hold, defer or reject", acting->row.answer);
        return FALSE;
    }
    return ov_wish_end(arguments, acting->arena, &acting->row.until);
}

static void tell_suspended(const Acting *acting, const char *subject, const OvSuspendedLook *look) {
    gboolean for_ever = acting->row.until == G_MAXINT64;
    if (acting->json) {
        json_t *object = json_pack("{s:o, s:b}", "subject", ov_json_text(subject), "suspended", 1);
        json_object_set_new(object, "until",
                            for_ever ? json_null() : ov_json_time(acting->row.until));
        if (acting->queue) {
            json_object_set_new(object, "held", json_integer(look->held));
            json_object_set_new(object, "moving", json_integer(look->moving));
        }
        ov_json_print(object);
        return;
    }
    g_autoptr(GString) line = g_string_new("suspended ");
    ov_safe_append(line, subject, -1, FALSE);
    g_autofree char *until = for_ever ? NULL : ov_time_for_people(acting->row.until);
    g_string_append_printf(line, "  until %s", until ? until : "it is resumed");
    if (acting->queue)
        g_string_append_printf(line, "; %u message%s of the queue on hold", look->held,
                               plural(look->held));
    if (look->moving > 0)
        g_string_append_printf(line, ", %u still on the way", look->moving);
    puts(line->str);
}

/* It is done all the same: who is to be stopped may not have sent yet. */
static void warn_of_stranger(const Acting *acting, const OvSubject *subject) {
    const char *hint;
    if (!ov_subject_is_known(acting->held.ledger, subject, acting->arena, &hint, NULL) && hint)
        ov_complain("%s %s has sent nothing in the last 30 days%s",
                    ov_subject_kind_title(subject->kind), subject->name, hint);
}

static gboolean hold(Acting *acting, const char *subject, OvSuspendedLook *look, GError **error) {
    OvSuspensionRow row = acting->row;
    row.subject = subject;
    row.until = G_MAXINT64; /* also what ends meanwhile */
    g_autoptr(OvSuspensionList) one = ov_suspension_list_new(&row, 1);
    g_autoptr(GHashTable) others = NULL;
    return ov_suspended_queue_hold(&acting->held, one, &others, look, error);
}

static void suspend(Acting *acting, const OvSubject *subject) {
    const char *name = ov_subject_format(subject, acting->arena);
    g_autoptr(GError) error = NULL;
    warn_of_stranger(acting, subject);
    OvSuspendedLook look = {.looked = 0};
    if (acting->queue && !hold(acting, name, &look, &error))
        complain(acting, name, error);
    tell_suspended(acting, name, &look);
}

OvExit ov_command_suspend(const OvArguments *arguments) {
    Acting acting = {.arena = ov_arena_new(), .queue = ov_arguments_has(arguments, "queue")};
    acting.row.queue = acting.queue;
    guint n = 0;
    ov_rules_init();
    const OvSubject *subjects = ov_wish_subjects(arguments, acting.arena, &n);
    if (!subjects || !read_words(&acting, arguments)) {
        acting.code = OV_EXIT_USAGE;
        return end(&acting);
    }
    if (!open_all(&acting, arguments))
        return end(&acting);
    if (acting.queue)
        take_turn(&acting);
    guint n_done = 0;
    while (n_done < n && record(&acting, ov_subject_format(&subjects[n_done], acting.arena)))
        n_done++;
    /* The queue comes last: nothing may come after what is put on hold. */
    if (n_done > 0)
        ov_wish_tell_daemon(acting.held.settings, "suspensions");
    for (guint i = 0; i < n_done; i++)
        suspend(&acting, &subjects[i]);
    return end(&acting);
}

/* --- resume --- */

static OvSuspensionList *list_in_force(Acting *acting, GError **error) {
    g_autoptr(OvArena) arena = ov_arena_new();
    guint n = 0;
    OvSuspensionRow *rows =
        ov_ledger_suspensions_in_force(acting->held.ledger, g_get_real_time(), arena, &n, error);
    return rows ? ov_suspension_list_new(rows, n) : NULL;
}

static void tell_resumed(const Acting *acting, const char *subject, gboolean was_suspended, guint n,
                         guint n_kept) {
    if (acting->json) {
        ov_json_print(json_pack("{s:o, s:b, s:b, s:i, s:i}", "subject", ov_json_text(subject),
                                "suspended", 0, "was_suspended", was_suspended, "released", (int)n,
                                "kept", (int)n_kept));
        return;
    }
    g_autoptr(GString) line = g_string_new(was_suspended ? "resumed " : "was not suspended: ");
    ov_safe_append(line, subject, -1, FALSE);
    if (n > 0)
        g_string_append_printf(line, "  %u message%s of the queue released", n, plural(n));
    if (n_kept > 0)
        g_string_append_printf(line, "  %u stay%s on hold for another suspension", n_kept,
                               n_kept == 1 ? "s" : "");
    puts(line->str);
}

/* FALSE after telling. *was: it was suspended, and is recorded to be resumed. */
static gboolean record_end(Acting *acting, const OvSubject *subject, const char *name,
                           gboolean *was) {
    g_autoptr(GError) error = NULL;
    g_autoptr(OvSuspensionList) before = list_in_force(acting, &error);
    if (!before) {
        complain(acting, name, error);
        return FALSE;
    }
    *was = ov_suspension_list_get(before, subject) != NULL;
    return !*was || record(acting, name);
}

static gboolean has_mail(Acting *acting, const char *name) {
    guint n = 0;
    return ov_ledger_suspended_mail(acting->held.ledger, name, acting->held.settings->node,
                                    acting->arena, &n, NULL) &&
           n > 0;
}

static gboolean release(Acting *acting, const char *subject, guint *n, guint *n_kept,
                        GError **error) {
    if (!acting->held.queue && !(acting->held.queue = ov_queue_open(acting->held.settings, error)))
        return FALSE;
    if (!acting->held.arena)
        acting->held.arena = ov_arena_new();
    if (!ov_queue_may_act(acting->held.queue, "releasing what is on hold", error))
        return FALSE;
    OvSuspensionEnd end_of = {.operator_name = acting->operator_name};
    g_autoptr(OvSuspensionList) in_force = list_in_force(acting, error);
    return in_force &&
           ov_suspended_queue_release(&acting->held, subject, in_force, &end_of, n, n_kept, error);
}

static void resume(Acting *acting, const OvSubject *subject) {
    const char *name = ov_subject_format(subject, acting->arena);
    g_autoptr(GError) error = NULL;
    gboolean was = FALSE, mail = has_mail(acting, name);
    guint n = 0, n_kept = 0;
    if (mail)
        take_turn(acting);
    if (!record_end(acting, subject, name, &was))
        return;
    if (was)
        ov_wish_tell_daemon(acting->held.settings, "suspensions");
    if (mail && !release(acting, name, &n, &n_kept, &error))
        complain(acting, name, error);
    tell_resumed(acting, name, was, n, n_kept);
    if (!was && !mail && acting->code == OV_EXIT_OK)
        acting->code = OV_EXIT_NO_INPUT;
}

OvExit ov_command_resume(const OvArguments *arguments) {
    Acting acting = {.arena = ov_arena_new(), .row = {.ended = TRUE}};
    guint n = 0;
    ov_rules_init();
    const OvSubject *subjects = ov_wish_subjects(arguments, acting.arena, &n);
    if (!subjects) {
        acting.code = OV_EXIT_USAGE;
        return end(&acting);
    }
    if (!open_all(&acting, arguments))
        return end(&acting);
    for (guint i = 0; i < n; i++)
        resume(&acting, &subjects[i]);
    return end(&acting);
}
