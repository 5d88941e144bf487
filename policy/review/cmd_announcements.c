/* outvet announcements: who may send more, or less, than the plans say, and what is used of it. */
#include <stdio.h>

#include "policy/review/allowance_use.h"
#include "policy/review/json.h"
#include "policy/review/ledger_command.h"
#include "policy/review/output.h"
#include "policy/review/wish.h"
#include "rules/init.h"

typedef struct {
    OvLedger *ledger;
    OvArena *arena;
    gint64 now;
    const char *subject; /* the one asked for; NULL: all */
    gboolean all;        /* every change, not what is in force */
} Listing;

/* What is used of what is in force. */
typedef struct {
    gboolean known;
    guint64 recipients, messages;
} Use;

static gboolean find_use(const Listing *listing, const OvAllowanceRow *row, Use *use,
                         GError **error) {
    OvAllowance allowance;
    *use = (Use){.known = FALSE};
    if (listing->all || !ov_allowance_read(&allowance, row, listing->arena))
        return TRUE;
    use->known = TRUE;
    return ov_allowance_use(listing->ledger, &allowance, listing->now, &use->recipients,
                            &use->messages, error);
}

static void print_json(const Listing *listing, const OvAllowanceRow *row, const Use *use) {
    json_t *object = json_pack("{s:o, s:s, s:o}", "subject", ov_json_text(row->subject), "kind",
                               ov_allowance_kind_name(row->kind), "time", ov_json_time(row->time));
    if (listing->all)
        json_object_set_new(object, "action", json_string(row->ended ? "end" : "begin"));
    if (!row->ended) {
        json_object_set_new(object, "until", ov_json_time(row->until));
        json_object_set_new(object, "recipients", json_integer(row->recipients));
        if (row->kind == OV_ALLOWANCE_MAILING)
            json_object_set_new(object, "messages",
                                json_integer(row->messages > 0 ? row->messages : row->recipients));
        else
            json_object_set_new(object, "in", ov_json_text(row->span));
    }
    if (use->known)
        json_object_set_new(object, "used",
                            json_pack("{s:I, s:I}", "recipients", (json_int_t)use->recipients,
                                      "messages", (json_int_t)use->messages));
    json_object_set_new(object, "operator", ov_json_text(row->operator_name));
    json_object_set_new(object, "reason", ov_json_text(row->reason));
    ov_json_print(object);
}

/* "20000 more", "100 in a hour". */
static char *allowed_text(const OvAllowanceRow *row) {
    if (row->ended)
        return g_strdup("");
    if (row->kind == OV_ALLOWANCE_EASING)
        return g_strdup_printf("%" G_GINT64_FORMAT "/%s", row->recipients,
                               row->span ? row->span : "?");
    return g_strdup_printf("%" G_GINT64_FORMAT " more", row->recipients);
}

static void add_row(const Listing *listing, OvTable *table, const OvAllowanceRow *row,
                    const Use *use) {
    g_autofree char *time = ov_time_for_people(row->time);
    g_autofree char *until = row->ended ? g_strdup("") : ov_time_for_people(row->until);
    g_autofree char *allowed = allowed_text(row);
    g_autofree char *second = listing->all ? g_strdup(row->ended ? "end" : "begin")
                              : use->known ? g_strdup_printf("%" G_GUINT64_FORMAT, use->recipients)
                                           : g_strdup("");
    ov_table_add(table, time, second, allowed, row->subject, ov_allowance_kind_name(row->kind),
                 until, row->operator_name, row->reason);
}

static OvTable *table_new(const Listing *listing) {
    return listing->all ? ov_table_new(8, "TIME", "ACTION", ">RECIPIENTS", "WHAT", "KIND", "UNTIL",
                                       "BY", "REASON")
                        : ov_table_new(8, "SINCE", ">USED", ">RECIPIENTS", "WHAT", "KIND", "UNTIL",
                                       "BY", "REASON");
}

static gboolean list(const Listing *listing, gboolean json, GError **error) {
    guint n = 0, n_shown = 0;
    const OvAllowanceRow *rows =
        listing->all ? ov_ledger_allowance_rows(listing->ledger, listing->subject, 0, G_MAXUINT,
                                                listing->arena, &n, error)
                     : ov_ledger_allowances_in_force(listing->ledger, listing->now, listing->arena,
                                                     &n, error);
    if (!rows)
        return FALSE;
    g_autoptr(OvTable) table = table_new(listing);
    for (guint i = 0; i < n; i++) {
        Use use;
        if (listing->subject && !g_str_equal(listing->subject, rows[i].subject))
            continue;
        if (!find_use(listing, &rows[i], &use, error))
            return FALSE;
        n_shown++;
        if (json)
            print_json(listing, &rows[i], &use);
        else
            add_row(listing, table, &rows[i], &use);
    }
    g_autoptr(GString) out = g_string_new(NULL);
    if (!json && n_shown > 0)
        ov_table_append(table, out, ov_output_colour());
    else if (!json)
        g_string_append(out, listing->all ? "Nothing was announced.\n" : "Nothing is announced.\n");
    fwrite(out->str, 1, out->len, stdout);
    return TRUE;
}

OvExit ov_command_announcements(const OvArguments *arguments) {
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
    g_autoptr(GError) error = NULL;
    if (list(&listing, ov_arguments_has(arguments, "json"), &error))
        return OV_EXIT_OK;
    ov_complain("%s", error->message);
    return OV_EXIT_UNAVAILABLE;
}
