/* outvet held release, delete: acting on messages in the hold queue. A message is touched only when
 * its queue file is proven to be the one the ledger speaks of; every action goes into the ledger.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/review/held_command.h"
#include "policy/review/json.h"
#include "policy/review/operator.h"
#include "policy/review/output.h"

enum { MAX_HEADER = 1024 * 1024 };

typedef struct {
    OvHeld held;
    OvQueueVerb action;
    gboolean json;
    char *operator_name;
    OvExit code; /* of the first trouble */
} Acting;

static const char *const names[] = {
    [OV_QUEUE_RELEASE] = "release",
    [OV_QUEUE_REQUEUE] = "requeue",
    [OV_QUEUE_DELETE] = "delete",
};

static const char *const done_words[] = {
    [OV_QUEUE_RELEASE] = "released",
    [OV_QUEUE_REQUEUE] = "requeued",
    [OV_QUEUE_DELETE] = "deleted",
};

static json_t *outcome(const Acting *acting, const OvQueued *queued, const OvLedgerRecord *record) {
    json_t *object = json_object();
    json_object_set_new(object, "queue_id", json_string(queued->queue_id));
    ov_json_put_text(object, "message_id", record ? record->message_id : NULL);
    ov_json_put_text(object, "account", record ? record->account : NULL);
    json_object_set_new(object, "action", json_string(names[acting->action]));
    return object;
}

/* record may be NULL. */
static void tell_trouble(Acting *acting, const OvQueued *queued, const OvLedgerRecord *record,
                         const GError *error) {
    if (acting->code == OV_EXIT_OK)
        acting->code = ov_held_exit(error);
    if (!acting->json) {
        ov_complain("%s: %s", queued->queue_id, error->message);
        return;
    }
    json_t *object = outcome(acting, queued, record);
    json_object_set_new(object, "done", json_false());
    json_object_set_new(object, "error", ov_json_text(error->message));
    ov_json_print(object);
}

static void tell_done(const Acting *acting, const OvQueued *queued, const OvLedgerRecord *record) {
    if (acting->json) {
        json_t *object = outcome(acting, queued, record);
        json_object_set_new(object, "done", json_true());
        ov_json_print(object);
        return;
    }
    g_autoptr(GString) line = g_string_new(NULL);
    g_string_append_printf(line, "%s %s  ", done_words[acting->action], queued->queue_id);
    ov_safe_append(line, record->account, -1, FALSE);
    g_string_append(line, "  ");
    ov_safe_append(line, record->subject ? record->subject : "", -1, FALSE);
    puts(line->str);
}

/* Proves that the queue file is the recorded message. */
static gboolean prove(Acting *acting, const OvQueued *queued, const OvLedgerRecord *record,
                      GError **error) {
    gsize length = 0;
    g_autofree char *header =
        ov_queue_read(acting->held.queue, queued->queue_id, TRUE, MAX_HEADER, &length, error);
    if (!header)
        return FALSE;
    if (ov_held_match(record, (OvSlice){header, length}, acting->held.arena) == OV_HELD_SAME)
        return TRUE;
    g_set_error_literal(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_GONE,
                        "the queue file is not the message that the ledger recorded under this "
                        "queue id; nothing was done");
    return FALSE;
}

static void act(Acting *acting, const OvQueued *queued) {
    g_autoptr(GError) error = NULL;
    const OvLedgerRecord *record = ov_held_record(&acting->held, queued, &error);
    if (!record) {
        if (!error)
            g_set_error(&error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_GONE,
                        "the ledger does not know this message; what something else held is for "
                        "postsuper(1) or sendmail -Q");
        tell_trouble(acting, queued, NULL, error);
        return;
    }
    if (!prove(acting, queued, record, &error) ||
        !ov_queue_act(acting->held.queue, acting->action, queued->queue_id, &error)) {
        tell_trouble(acting, queued, record, error);
        return;
    }
    tell_done(acting, queued, record);
    if (!ov_ledger_add_action(acting->held.ledger, record->id, names[acting->action],
                              acting->operator_name, NULL, &error)) {
        ov_complain("%s was %s, but the ledger could not record it: %s", queued->queue_id,
                    done_words[acting->action], error->message);
        acting->code = OV_EXIT_INTERNAL;
    }
}

/* The messages asked for: by id, of one account, or all that Outvet holds. */
static GPtrArray *choose(Acting *acting, const OvArguments *arguments, const GPtrArray *list) {
    GPtrArray *chosen = g_ptr_array_new();
    guint n_ids = 0;
    const char *const *ids = ov_arguments_operands(arguments, &n_ids);
    for (guint i = 0; i < n_ids; i++) {
        const OvQueued *queued = ov_held_find(&acting->held, list, ids[i]);
        if (!queued)
            acting->code = OV_EXIT_NO_INPUT;
        else if (!g_ptr_array_find(chosen, queued, NULL))
            g_ptr_array_add(chosen, (gpointer)queued);
    }
    const char *account = ov_arguments_value(arguments, "account");
    if (n_ids > 0)
        return chosen;
    for (guint i = 0; i < list->len; i++) {
        ov_arena_reset(acting->held.arena);
        const OvLedgerRecord *record = ov_held_record(&acting->held, list->pdata[i], NULL);
        if (record && g_strcmp0(record->verdict, "hold") == 0 &&
            (!account || g_ascii_strcasecmp(record->account, account) == 0))
            g_ptr_array_add(chosen, list->pdata[i]);
    }
    return chosen;
}

static gboolean check_words(const OvArguments *arguments, const char *command) {
    guint n_ids = 0;
    ov_arguments_operands(arguments, &n_ids);
    guint ways = n_ids > 0 ? 1 : 0;
    ways += ov_arguments_has(arguments, "account") ? 1 : 0;
    ways += ov_arguments_has(arguments, "all") ? 1 : 0;
    if (ways != 1)
        ov_complain("held %s: name messages by id, or by --account NAME, or by --all", command);
    return ways == 1;
}

/* Deleting can't be undone: asks on a terminal, and wants --yes elsewhere. */
static gboolean confirm(const OvArguments *arguments, guint n, OvExit *code) {
    if (n == 0 || ov_arguments_has(arguments, "yes"))
        return TRUE;
    if (!isatty(STDIN_FILENO)) {
        ov_complain("held delete: %u message%s would be deleted for good; --yes confirms it", n,
                    n == 1 ? "" : "s");
        *code = OV_EXIT_USAGE;
        return FALSE;
    }
    fprintf(stderr, "Delete %u message%s for good? [y/N] ", n, n == 1 ? "" : "s");
    char answer[16];
    if (fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y'))
        return TRUE;
    ov_complain("nothing was deleted");
    return FALSE;
}

static OvExit run(Acting *acting, const OvArguments *arguments) {
    if (!ov_held_open(&acting->held, arguments, &acting->code))
        return acting->code;
    g_autoptr(GError) error = NULL;
    if (!ov_queue_may_act(acting->held.queue, "acting on held mail", &error)) {
        ov_complain("held %s: %s", names[acting->action], error->message);
        return ov_held_exit(error);
    }
    g_autoptr(GPtrArray) list = ov_queue_list(acting->held.queue, "hold", &error);
    if (!list) {
        ov_complain("%s", error->message);
        return ov_held_exit(error);
    }
    g_autoptr(GPtrArray) chosen = choose(acting, arguments, list);
    if (acting->action == OV_QUEUE_DELETE && !confirm(arguments, chosen->len, &acting->code))
        return acting->code;
    if (chosen->len == 0) {
        if (acting->code == OV_EXIT_OK && !acting->json)
            puts(ov_arguments_has(arguments, "account") ? "Nothing is held from this account."
                                                        : "Nothing is held.");
        return acting->code;
    }
    acting->operator_name = ov_operator_name();
    for (guint i = 0; i < chosen->len; i++) {
        ov_arena_reset(acting->held.arena);
        act(acting, chosen->pdata[i]);
    }
    return acting->code;
}

static OvExit run_and_clear(Acting *acting, const OvArguments *arguments) {
    acting->json = ov_arguments_has(arguments, "json");
    OvExit code = run(acting, arguments);
    g_free(acting->operator_name);
    ov_held_clear(&acting->held);
    return code;
}

OvExit ov_command_held_release(const OvArguments *arguments) {
    if (!check_words(arguments, "release"))
        return OV_EXIT_USAGE;
    Acting acting = {.action = ov_arguments_has(arguments, "requeue") ? OV_QUEUE_REQUEUE
                                                                      : OV_QUEUE_RELEASE};
    return run_and_clear(&acting, arguments);
}

OvExit ov_command_held_delete(const OvArguments *arguments) {
    if (!check_words(arguments, "delete"))
        return OV_EXIT_USAGE;
    Acting acting = {.action = OV_QUEUE_DELETE};
    return run_and_clear(&acting, arguments);
}
