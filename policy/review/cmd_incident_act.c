/* outvet incident note, mark, close: what operators find out and decide. */
#include <stdio.h>
#include <string.h>

#include "policy/review/incident_view.h"
#include "policy/review/json.h"
#include "policy/review/ledger_command.h"
#include "policy/review/operator.h"
#include "policy/review/output.h"
#include "rules/init.h"

enum { MAX_TEXT = 500 /* octets */, AT_ONCE = 1000 };

/* A command at work. */
typedef struct {
    OvLedgerCommand command;
    char *operator_name;
    OvIncident *incident;
    OvExit code;
} Acting;

static void clear(Acting *acting) {
    ov_ledger_command_clear(&acting->command);
    g_free(acting->operator_name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Acting, clear)

static gboolean open_all(Acting *acting, const OvArguments *arguments) {
    ov_rules_init();
    if (!ov_ledger_command_open(&acting->command, arguments, &acting->code))
        return FALSE;
    acting->operator_name = ov_operator_name();
    acting->incident =
        ov_incident_named(acting->command.ledger, arguments, acting->command.arena, &acting->code);
    return acting->incident != NULL;
}

/* NULL after telling what is wrong with it. */
static const char *text_of(const OvArguments *arguments, const char *option) {
    const char *text = ov_arguments_value(arguments, option);
    if (!text || !*text || strlen(text) > MAX_TEXT) {
        ov_complain("--%s TEXT is missing, or longer than %d octets", option, MAX_TEXT);
        return NULL;
    }
    return text;
}

static gboolean note(const Acting *acting, const char *kind, const char *text, GError **error) {
    OvIncidentEvent event = {
        .time = g_get_real_time(),
        .kind = kind,
        .operator_name = acting->operator_name,
        .text = text,
    };
    return ov_ledger_add_incident_event(acting->command.ledger, acting->incident->id, &event,
                                        error);
}

static OvExit tell(const OvArguments *arguments, const Acting *acting, const char *what,
                   gint64 number) {
    if (ov_arguments_has(arguments, "json"))
        ov_json_print(json_pack("{s:I, s:s, s:I}", "incident", (json_int_t)acting->incident->id,
                                "done", what, "detections", (json_int_t)number));
    else
        printf("incident %" G_GINT64_FORMAT ": %s\n", acting->incident->id, what);
    return OV_EXIT_OK;
}

OvExit ov_command_incident_note(const OvArguments *arguments) {
    g_auto(Acting) acting = {.code = OV_EXIT_OK};
    g_autoptr(GError) error = NULL;
    guint n;
    const char *text = ov_arguments_operands(arguments, &n)[1];
    if (!*text || strlen(text) > MAX_TEXT) {
        ov_complain("a note has 1 to %d octets", MAX_TEXT);
        return OV_EXIT_USAGE;
    }
    if (!open_all(&acting, arguments))
        return acting.code;
    return note(&acting, "note", text, &error) ? tell(arguments, &acting, "noted", 0)
                                               : ov_ledger_complain(error);
}

/* --- mark --- */

/* What the command's words choose. */
typedef struct {
    gboolean unknown;       /* all that nobody explained */
    const char *const *ids; /* Message-IDs */
    guint n_ids;
    const char *account; /* all of that account; NULL: not by account */
} Choice;

/* As people paste them. */
static gboolean is_same_id(const char *one, const char *other) {
    g_autofree char *plain = g_strdup(other);
    g_strstrip(plain);
    gsize length = strlen(plain);
    const char *start = plain;
    if (length >= 2 && plain[0] == '<' && plain[length - 1] == '>') {
        plain[length - 1] = '\0';
        start++;
    }
    return g_ascii_strcasecmp(one, start) == 0;
}

static gboolean is_chosen(const Choice *choice, const OvDetection *detection) {
    if (choice->unknown &&
        (detection->finding == OV_DETECTION_UNKNOWN || detection->finding == OV_DETECTION_NEW))
        return TRUE;
    if (choice->account && g_strcmp0(choice->account, detection->account) == 0)
        return TRUE;
    for (guint i = 0; i < choice->n_ids; i++)
        if (*detection->message_id && is_same_id(detection->message_id, choice->ids[i]))
            return TRUE;
    return FALSE;
}

/* A marked one is nobody's spam: who marks it answers for it by his name. */
static gboolean mark(const Acting *acting, const Choice *choice, const char *text, gint64 *n_marked,
                     GError **error) {
    gint64 after = 0;
    guint n;
    do {
        g_autoptr(OvArena) arena = ov_arena_new();
        OvDetection *detections =
            ov_ledger_detections(acting->command.ledger, acting->incident->id,
                                 OV_N_DETECTION_FINDINGS, after, AT_ONCE, arena, &n, error);
        if (!detections)
            return FALSE;
        after = n > 0 ? detections[n - 1].id : after;
        guint n_chosen = 0;
        for (guint i = 0; i < n; i++) {
            if (!is_chosen(choice, &detections[i]))
                continue;
            OvDetection marked = detections[i];
            marked.finding = OV_DETECTION_MARKED;
            marked.account = NULL;
            marked.text = text;
            marked.operator_name = acting->operator_name;
            detections[n_chosen++] = marked;
        }
        if (n_chosen > 0 &&
            !ov_ledger_explain_detections(acting->command.ledger, detections, n_chosen, error))
            return FALSE;
        *n_marked += n_chosen;
    } while (n == AT_ONCE);
    return TRUE;
}

OvExit ov_command_incident_mark(const OvArguments *arguments) {
    g_auto(Acting) acting = {.code = OV_EXIT_OK};
    g_autoptr(GError) error = NULL;
    guint n;
    const char *const *operands = ov_arguments_operands(arguments, &n);
    Choice choice = {
        .unknown = ov_arguments_has(arguments, "unknown"),
        .ids = operands + 1,
        .n_ids = n - 1,
        .account = ov_arguments_value(arguments, "account"),
    };
    const char *text = text_of(arguments, "as");
    gint64 n_marked = 0;
    if (!text)
        return OV_EXIT_USAGE;
    if (!choice.unknown && !choice.account && choice.n_ids == 0) {
        ov_complain("which ones: Message-IDs, --unknown, or --account NAME");
        return OV_EXIT_USAGE;
    }
    if (!open_all(&acting, arguments))
        return acting.code;
    if (!mark(&acting, &choice, text, &n_marked, &error))
        return ov_ledger_complain(error);
    if (n_marked == 0) {
        ov_complain("incident %" G_GINT64_FORMAT " has no such message", acting.incident->id);
        return OV_EXIT_NO_INPUT;
    }
    const char *what =
        ov_arena_printf(acting.command.arena, "%" G_GINT64_FORMAT " marked as %s", n_marked, text);
    if (!note(&acting, "marked", what, &error))
        return ov_ledger_complain(error);
    g_autoptr(GString) safe = g_string_new(NULL);
    ov_safe_append(safe, what, -1, FALSE);
    return tell(arguments, &acting, safe->str, n_marked);
}

/* --- close --- */

/* For what no API tells of: an incident from a mail, or of a provider that is not asked any more.
 */
OvExit ov_command_incident_close(const OvArguments *arguments) {
    g_auto(Acting) acting = {.code = OV_EXIT_OK};
    g_autoptr(GError) error = NULL;
    gboolean changed = FALSE;
    const char *text = text_of(arguments, "reason");
    if (!text)
        return OV_EXIT_USAGE;
    if (!open_all(&acting, arguments))
        return acting.code;
    OvIncidentPhase from = acting.incident->phase;
    if (from == OV_INCIDENT_CLOSED) {
        ov_complain("incident %" G_GINT64_FORMAT " is closed already", acting.incident->id);
        return OV_EXIT_NO_INPUT;
    }
    acting.incident->phase = OV_INCIDENT_CLOSED;
    acting.incident->closed = g_get_real_time();
    if (!ov_ledger_change_incident(acting.command.ledger, acting.incident, from, &changed, &error))
        return ov_ledger_complain(error);
    if (!changed) {
        ov_complain("incident %" G_GINT64_FORMAT " has changed meanwhile: outvet incident show",
                    acting.incident->id);
        return OV_EXIT_UNAVAILABLE;
    }
    return note(&acting, "closed", text, &error)
               ? tell(arguments, &acting, "closed; what is suspended stays so", 0)
               : ov_ledger_complain(error);
}
