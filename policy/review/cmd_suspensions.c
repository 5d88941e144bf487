/* outvet suspensions: who is kept from sending, and what was done about it before. */
#include <stdio.h>
#include <string.h>

#include "policy/ledger/suspension.h"
#include "policy/review/json.h"
#include "policy/review/ledger_command.h"
#include "policy/review/output.h"
#include "policy/review/wish.h"
#include "rules/init.h"

typedef struct {
    OvLedger *ledger;
    OvArena *arena;
    gint64 now;
    const char *subject;            /* the one asked for; NULL: all */
    gboolean all;                   /* every change, not what is in force */
    const OvSuspendedCount *counts; /* of this machine's queue */
    guint n_counts;
} Listing;

/* Messages that are on hold for the subject. */
static gint64 on_hold(const Listing *listing, const char *subject) {
    for (guint i = 0; i < listing->n_counts; i++)
        if (strcmp(listing->counts[i].subject, subject) == 0)
            return listing->counts[i].messages;
    return 0;
}

static void print_json(const Listing *listing, const OvSuspensionRow *row) {
    json_t *object = json_object();
    gboolean for_ever = row->until == G_MAXINT64;
    json_object_set_new(object, "subject", ov_json_text(row->subject));
    json_object_set_new(object, "action", json_string(row->ended ? "resume" : "suspend"));
    json_object_set_new(object, "time", ov_json_time(row->time));
    if (!row->ended) {
        json_object_set_new(object, "until", for_ever ? json_null() : ov_json_time(row->until));
        json_object_set_new(object, "answer", ov_json_text(row->answer));
        json_object_set_new(object, "queue", json_boolean(row->queue));
    }
    json_object_set_new(object, "operator", ov_json_text(row->operator_name));
    json_object_set_new(object, "reason", ov_json_text(row->reason));
    if (!listing->all) {
        json_object_set_new(object, "in_force",
                            json_boolean(!row->ended && row->until > listing->now));
        json_object_set_new(object, "on_hold", json_integer(on_hold(listing, row->subject)));
    }
    ov_json_print(object);
}

static char *until_text(const Listing *listing, const OvSuspensionRow *row) {
    if (row->ended)
        return g_strdup(listing->all ? "" : "(over)");
    if (row->until == G_MAXINT64)
        return g_strdup("resumed");
    g_autofree char *time = ov_time_for_people(row->until);
    return g_strdup_printf("%s%s", time,
                           !listing->all && row->until <= listing->now ? " (over)" : "");
}

static void print_table(const Listing *listing, const GArray *rows) {
    g_autoptr(GString) out = g_string_new(NULL);
    gboolean all = listing->all;
    g_autoptr(OvTable) table =
        all ? ov_table_new(7, "TIME", "ACTION", "WHAT", "UNTIL", "ANSWER", "BY", "REASON")
            : ov_table_new(7, "SINCE", ">ON HOLD", "WHAT", "UNTIL", "ANSWER", "BY", "REASON");
    for (guint i = 0; i < rows->len; i++) {
        const OvSuspensionRow *row = &g_array_index(rows, OvSuspensionRow, i);
        g_autofree char *time = ov_time_for_people(row->time);
        g_autofree char *until = until_text(listing, row);
        g_autofree char *second =
            all ? g_strdup(row->ended ? "resume" : "suspend")
                : g_strdup_printf("%" G_GINT64_FORMAT, on_hold(listing, row->subject));
        ov_table_add(table, time, second, row->subject, until, row->answer, row->operator_name,
                     row->reason);
    }
    if (rows->len > 0)
        ov_table_append(table, out, ov_output_colour());
    else
        g_string_append(out, all ? "Nothing was suspended.\n" : "Nothing is suspended.\n");
    fwrite(out->str, 1, out->len, stdout);
}

static gboolean is_wanted(const Listing *listing, const char *subject) {
    return !listing->subject || strcmp(listing->subject, subject) == 0;
}

static gboolean holds(const GArray *rows, const char *subject) {
    for (guint i = 0; i < rows->len; i++)
        if (strcmp(g_array_index(rows, OvSuspensionRow, i).subject, subject) == 0)
            return TRUE;
    return FALSE;
}

/* What is over, but still has mail on hold: nobody else would tell of it. */
static gboolean add_left(const Listing *listing, GArray *rows, GError **error) {
    for (guint i = 0; i < listing->n_counts; i++) {
        const char *subject = listing->counts[i].subject;
        guint n = 0;
        if (!is_wanted(listing, subject) || holds(rows, subject))
            continue;
        const OvSuspensionRow *past = ov_ledger_suspension_rows(
            listing->ledger, subject, 0, G_MAXUINT, listing->arena, &n, error);
        OvSuspensionRow forgotten = {.subject = subject, .ended = TRUE};
        if (!past)
            return FALSE;
        g_array_append_vals(rows, n > 0 ? &past[n - 1] : &forgotten, 1);
    }
    return TRUE;
}

/* NULL with error. */
static GArray *rows_of(Listing *listing, const char *node, GError **error) {
    guint n = 0;
    const OvSuspensionRow *found =
        listing->all ? ov_ledger_suspension_rows(listing->ledger, listing->subject, 0, G_MAXUINT,
                                                 listing->arena, &n, error)
                     : ov_ledger_suspensions_in_force(listing->ledger, listing->now, listing->arena,
                                                      &n, error);
    listing->counts = found ? ov_ledger_suspended_counts(listing->ledger, node, listing->arena,
                                                         &listing->n_counts, error)
                            : NULL;
    if (!listing->counts)
        return NULL;
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(OvSuspensionRow));
    for (guint i = 0; i < n; i++)
        if (is_wanted(listing, found[i].subject))
            g_array_append_vals(rows, &found[i], 1);
    return listing->all || add_left(listing, rows, error) ? g_steal_pointer(&rows) : NULL;
}

static OvExit list(Listing *listing, const char *node, gboolean json) {
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) rows = rows_of(listing, node, &error);
    if (!rows) {
        ov_complain("%s", error->message);
        return OV_EXIT_UNAVAILABLE;
    }
    if (!json)
        print_table(listing, rows);
    else
        for (guint i = 0; i < rows->len; i++)
            print_json(listing, &g_array_index(rows, OvSuspensionRow, i));
    return OV_EXIT_OK;
}

OvExit ov_command_suspensions(const OvArguments *arguments) {
    ov_rules_init();
    g_auto(OvLedgerCommand) command = {.settings = NULL};
    OvExit code;
    if (!ov_ledger_command_open(&command, arguments, &code))
        return code;
    guint n;
    const OvSubject *subjects = ov_wish_subjects(arguments, command.arena, &n);
    if (!subjects)
        return OV_EXIT_USAGE;
    Listing listing = {
        .ledger = command.ledger,
        .arena = command.arena,
        .now = g_get_real_time(),
        .subject = n > 0 ? ov_subject_format(subjects, command.arena) : NULL,
        .all = ov_arguments_has(arguments, "all"),
    };
    return list(&listing, command.settings->node, ov_arguments_has(arguments, "json"));
}
