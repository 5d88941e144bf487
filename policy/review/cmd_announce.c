/* outvet announce: a mailing that may go beyond the plan. */
#include <stdio.h>

#include "policy/limits/allowance.h"
#include "policy/review/json.h"
#include "policy/review/known_subject.h"
#include "policy/review/ledger_command.h"
#include "policy/review/operator.h"
#include "policy/review/output.h"
#include "policy/review/wish.h"
#include "rules/init.h"

enum { MOST_DAYS = 30, MOST_RECIPIENTS = 1000000000 };

/* A command at work. */
typedef struct {
    OvSettings *settings;
    OvLedger *ledger;
    OvArena *arena;
    char *operator_name;
    OvAllowanceRow row; /* but for its subject */
    gboolean json;
    OvExit code; /* of the first trouble */
} Announcing;

static void complain(Announcing *announcing, const char *subject, const GError *error) {
    ov_complain("%s: %s", subject, error->message);
    if (announcing->code == OV_EXIT_OK)
        announcing->code = ov_ledger_exit(error);
}

/* *number stays where the option is not given. */
static gboolean read_number(const OvArguments *arguments, const char *option, gint64 *number) {
    const char *text = ov_arguments_value(arguments, option);
    guint64 read;
    if (!text)
        return TRUE;
    if (!g_ascii_string_to_unsigned(text, 10, 1, MOST_RECIPIENTS, &read, NULL)) {
        ov_complain("--%s %s: a number from 1 to %d", option, text, MOST_RECIPIENTS);
        return FALSE;
    }
    *number = (gint64)read;
    return TRUE;
}

static gboolean read_amounts(Announcing *announcing, const OvArguments *arguments) {
    OvAllowanceRow *row = &announcing->row;
    if (!read_number(arguments, "recipients", &row->recipients) ||
        !read_number(arguments, "messages", &row->messages) ||
        !ov_wish_end(arguments, announcing->arena, &row->until))
        return FALSE;
    if (row->recipients == 0) {
        ov_complain("--recipients N tells how many the mailing has");
        return FALSE;
    }
    if (row->until == G_MAXINT64) {
        ov_complain("--until TIME, or --for TIME, tells when the mailing is over");
        return FALSE;
    }
    if (row->until - g_get_real_time() > MOST_DAYS * G_TIME_SPAN_DAY) {
        ov_complain("a mailing is announced for %d days at most", MOST_DAYS);
        return FALSE;
    }
    return TRUE;
}

/* Nothing but --reason goes with --end. */
static gboolean read_end(Announcing *announcing, const OvArguments *arguments) {
    static const char *const others[] = {"recipients", "messages", "until", "for"};
    for (guint i = 0; i < G_N_ELEMENTS(others); i++)
        if (ov_arguments_value(arguments, others[i])) {
            ov_complain("--end and --%s: what is over has no numbers", others[i]);
            return FALSE;
        }
    announcing->row.ended = TRUE;
    if (ov_arguments_has(arguments, "easing"))
        announcing->row.kind = OV_ALLOWANCE_EASING;
    return TRUE;
}

static gboolean read_all(Announcing *announcing, const OvArguments *arguments) {
    if (!ov_wish_reason(arguments, &announcing->row.reason))
        return FALSE;
    if (ov_arguments_has(arguments, "end"))
        return read_end(announcing, arguments);
    if (ov_arguments_has(arguments, "easing")) {
        ov_complain("--easing goes with --end: what eases a subject is begun by an incident");
        return FALSE;
    }
    return read_amounts(announcing, arguments);
}

/* Only what mail is counted by can have more of it. */
static gboolean are_counted(const Announcing *announcing, const OvSubject *subjects, guint n) {
    for (guint i = 0; i < n; i++) {
        OvAllowanceRow row = {.subject = ov_subject_format(&subjects[i], announcing->arena),
                              .kind = OV_ALLOWANCE_MAILING};
        OvAllowance allowance;
        if (!ov_allowance_read(&allowance, &row, announcing->arena)) {
            ov_complain("%s: mail is not counted by it; announce an account, a sender_domain:, a "
                        "script:, a provider:, or one address of client: or egress:",
                        row.subject);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean open_ledger(Announcing *announcing, const OvArguments *arguments) {
    announcing->json = ov_arguments_has(arguments, "json");
    announcing->operator_name = ov_operator_name();
    announcing->row.operator_name = announcing->operator_name;
    announcing->settings = ov_command_settings(arguments);
    announcing->code = OV_EXIT_SETTINGS;
    if (!announcing->settings)
        return FALSE;
    announcing->code = OV_EXIT_OK;
    announcing->ledger = ov_command_ledger(announcing->settings, &announcing->code);
    return announcing->ledger != NULL;
}

static OvExit end(Announcing *announcing) {
    g_clear_pointer(&announcing->ledger, ov_ledger_close);
    ov_settings_unref(announcing->settings);
    ov_arena_free(announcing->arena);
    g_free(announcing->operator_name);
    return announcing->code;
}

/* *was: there is something to end. FALSE after telling that it is not known. */
static gboolean find_in_force(Announcing *announcing, const char *subject, gboolean *was) {
    g_autoptr(GError) error = NULL;
    guint n = 0;
    const OvAllowanceRow *rows = ov_ledger_allowances_in_force(
        announcing->ledger, g_get_real_time(), announcing->arena, &n, &error);
    *was = FALSE;
    for (guint i = 0; rows && i < n; i++)
        *was =
            *was || (g_str_equal(rows[i].subject, subject) && rows[i].kind == announcing->row.kind);
    if (!rows)
        complain(announcing, subject, error);
    return rows != NULL;
}

static void tell(const Announcing *announcing, const char *subject, gboolean was) {
    const OvAllowanceRow *row = &announcing->row;
    if (announcing->json) {
        json_t *object = json_pack("{s:o, s:s, s:b}", "subject", ov_json_text(subject), "kind",
                                   ov_allowance_kind_name(row->kind), "in_force", !row->ended);
        if (row->ended) {
            json_object_set_new(object, "was_in_force", json_boolean(was));
        } else {
            json_object_set_new(object, "until", ov_json_time(row->until));
            json_object_set_new(object, "recipients", json_integer(row->recipients));
            json_object_set_new(object, "messages",
                                json_integer(row->messages > 0 ? row->messages : row->recipients));
        }
        ov_json_print(object);
        return;
    }
    g_autoptr(GString) line = g_string_new(!row->ended ? "announced "
                                           : was       ? "ended "
                                                       : "was not announced: ");
    ov_safe_append(line, subject, -1, FALSE);
    if (!row->ended) {
        g_autofree char *until = ov_time_for_people(row->until);
        g_string_append_printf(line, "  %" G_GINT64_FORMAT " recipients more until %s",
                               row->recipients, until);
    }
    puts(line->str);
}

/* It is done all the same: a new customer's first mail may be a mailing. */
static void warn_of_stranger(const Announcing *announcing, const OvSubject *subject) {
    const char *hint;
    if (!ov_subject_is_known(announcing->ledger, subject, announcing->arena, &hint, NULL) && hint)
        ov_complain("%s %s has sent nothing in the last 30 days%s",
                    ov_subject_kind_title(subject->kind), subject->name, hint);
}

/* TRUE where it is recorded. */
static gboolean record(Announcing *announcing, const OvSubject *subject) {
    g_autoptr(GError) error = NULL;
    const char *name = ov_subject_format(subject, announcing->arena);
    OvAllowanceRow *row = &announcing->row;
    gboolean was = FALSE;
    if (row->ended && !find_in_force(announcing, name, &was))
        return FALSE;
    if (row->ended && !was) {
        tell(announcing, name, FALSE);
        announcing->code = announcing->code == OV_EXIT_OK ? OV_EXIT_NO_INPUT : announcing->code;
        return FALSE;
    }
    row->subject = name;
    row->time = g_get_real_time();
    if (!ov_ledger_add_allowance(announcing->ledger, row, &error)) {
        complain(announcing, name, error);
        return FALSE;
    }
    if (!row->ended)
        warn_of_stranger(announcing, subject);
    tell(announcing, name, was);
    return TRUE;
}

OvExit ov_command_announce(const OvArguments *arguments) {
    Announcing announcing = {.arena = ov_arena_new()};
    guint n = 0, n_done = 0;
    ov_rules_init();
    const OvSubject *subjects = ov_wish_subjects(arguments, announcing.arena, &n);
    if (!subjects || !are_counted(&announcing, subjects, n) || !read_all(&announcing, arguments)) {
        announcing.code = OV_EXIT_USAGE;
        return end(&announcing);
    }
    if (!open_ledger(&announcing, arguments))
        return end(&announcing);
    for (guint i = 0; i < n; i++)
        n_done += record(&announcing, &subjects[i]) ? 1 : 0;
    if (n_done > 0)
        ov_wish_tell_daemon(announcing.settings, "allowances");
    return end(&announcing);
}
