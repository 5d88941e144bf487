/* outvet suspensions: who is kept from sending, and what was done about it before. */
#include <stdio.h>
#include <string.h>

#include "policy/ledger/suspension.h"
#include "policy/limits/subject.h"
#include "policy/review/json.h"
#include "policy/review/output.h"
#include "policy/review/record.h"
#include "rules/init.h"

typedef struct {
    OvLedger *ledger;
    const char *node;
    OvArena *arena;
    gint64 now;
} Listing;

/* Messages of this machine's queue that are on hold for the subject. */
static guint n_on_hold(const Listing *listing, const char *subject) {
    guint n = 0;
    g_autoptr(OvArena) arena = ov_arena_new();
    return ov_ledger_suspended_mail(listing->ledger, subject, listing->node, arena, &n, NULL) ? n
                                                                                              : 0;
}

static void print_json(const Listing *listing, const OvSuspensionRow *row, gboolean all) {
    json_t *object = json_object();
    gboolean for_ever = row->until == G_MAXINT64;
    json_object_set_new(object, "subject", ov_json_text(row->subject));
    json_object_set_new(object, "action", json_string(row->ended ? "resume" : "suspend"));
    json_object_set_new(object, "time", ov_json_time(row->time));
    if (!row->ended) {
        json_object_set_new(object, "until", for_ever ? json_null() : ov_json_time(row->until));
        json_object_set_new(object, "answer", ov_json_text(row->answer));
    }
    json_object_set_new(object, "operator", ov_json_text(row->operator_name));
    json_object_set_new(object, "reason", ov_json_text(row->reason));
    if (!all)
        json_object_set_new(object, "on_hold",
                            json_integer((json_int_t)n_on_hold(listing, row->subject)));
    ov_json_print(object);
}

static void print_table(const Listing *listing, const OvSuspensionRow *rows, guint n,
                        gboolean all) {
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(OvTable) table =
        all ? ov_table_new(7, "TIME", "ACTION", "WHAT", "UNTIL", "ANSWER", "BY", "REASON")
            : ov_table_new(7, "SINCE", ">ON HOLD", "WHAT", "UNTIL", "ANSWER", "BY", "REASON");
    for (guint i = 0; i < n; i++) {
        const OvSuspensionRow *row = &rows[i];
        g_autofree char *time = ov_time_for_people(row->time);
        g_autofree char *until = row->ended                 ? g_strdup("")
                                 : row->until == G_MAXINT64 ? g_strdup("resumed")
                                                            : ov_time_for_people(row->until);
        g_autofree char *second = all ? g_strdup(row->ended ? "resume" : "suspend")
                                      : g_strdup_printf("%u", n_on_hold(listing, row->subject));
        ov_table_add(table, time, second, row->subject, until, row->answer, row->operator_name,
                     row->reason);
    }
    if (n > 0)
        ov_table_append(table, out, ov_output_colour());
    else
        g_string_append(out, all ? "Nothing was suspended.\n" : "Nothing is suspended.\n");
    fwrite(out->str, 1, out->len, stdout);
}

/* Of all rows those of the subject; subject may be NULL. Returns how many are left. */
static guint keep_those_of(OvSuspensionRow *rows, guint n, const char *subject) {
    guint kept = 0;
    for (guint i = 0; i < n; i++)
        if (!subject || strcmp(rows[i].subject, subject) == 0)
            rows[kept++] = rows[i];
    return kept;
}

static OvExit list(const Listing *listing, const OvArguments *arguments, const char *subject) {
    g_autoptr(GError) error = NULL;
    gboolean all = ov_arguments_has(arguments, "all");
    guint n = 0;
    OvSuspensionRow *rows = all ? ov_ledger_suspension_rows(listing->ledger, subject, 0, G_MAXUINT,
                                                            listing->arena, &n, &error)
                                : ov_ledger_suspensions_in_force(listing->ledger, listing->now,
                                                                 listing->arena, &n, &error);
    if (!rows) {
        ov_complain("%s", error->message);
        return OV_EXIT_UNAVAILABLE;
    }
    n = keep_those_of(rows, n, subject);
    if (!ov_arguments_has(arguments, "json"))
        print_table(listing, rows, n, all);
    else
        for (guint i = 0; i < n; i++)
            print_json(listing, &rows[i], all);
    return OV_EXIT_OK;
}

OvExit ov_command_suspensions(const OvArguments *arguments) {
    ov_rules_init();
    g_autoptr(OvSettings) settings = ov_command_settings(arguments);
    if (!settings)
        return OV_EXIT_SETTINGS;
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(GError) error = NULL;
    guint n = 0;
    const char *const *operands = ov_arguments_operands(arguments, &n);
    OvSubject subject;
    if (n > 0 && !ov_subject_parse(&subject, operands[0], arena, &error)) {
        ov_complain("%s", error->message);
        return OV_EXIT_USAGE;
    }
    OvExit code = OV_EXIT_OK;
    g_autoptr(OvLedger) ledger = ov_record_ledger(settings, &code);
    if (!ledger)
        return code;
    Listing listing = {ledger, settings->node, arena, g_get_real_time()};
    return list(&listing, arguments, n > 0 ? ov_subject_format(&subject, arena) : NULL);
}
