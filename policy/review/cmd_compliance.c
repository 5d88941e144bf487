/* outvet compliance: how the mail of the last days meets what the big receivers ask of senders. */
#include <stdio.h>

#include "policy/review/command.h"
#include "policy/review/compliance.h"
#include "policy/review/json.h"
#include "policy/review/ledger_command.h"
#include "policy/review/output.h"

enum { DEFAULT_DAYS = 7, MAX_DAYS = 3660 };

/* 0 where --days is none. */
static gint64 read_days(const OvArguments *arguments) {
    const char *text = ov_arguments_value(arguments, "days");
    guint64 days = DEFAULT_DAYS;
    if (text && !g_ascii_string_to_unsigned(text, 10, 1, MAX_DAYS, &days, NULL))
        return 0;
    return (gint64)days;
}

static void print_text(OvCompliance *const *all, guint n, const char *domain) {
    gboolean colour = ov_output_colour();
    g_autoptr(GString) out = g_string_new(NULL);
    if (n > 0 && domain)
        ov_compliance_append(out, all[0], colour);
    else if (n > 0)
        ov_compliance_append_matrix(out, all, n, colour);
    fwrite(out->str, 1, out->len, stdout);
}

OvExit ov_command_compliance(const OvArguments *arguments) {
    gint64 days = read_days(arguments);
    if (days == 0) {
        ov_complain("--days takes a number from 1 to %d", MAX_DAYS);
        return OV_EXIT_USAGE;
    }
    g_autoptr(OvSettings) settings = ov_command_settings(arguments);
    if (!settings)
        return OV_EXIT_SETTINGS;
    guint n;
    const char *const *operands = ov_arguments_operands(arguments, &n);
    g_autofree char *domain = n > 0 ? g_ascii_strdown(operands[0], -1) : NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(OvArena) arena = ov_arena_new();
    OvExit code;
    g_autoptr(OvLedger) ledger = ov_command_ledger(settings, &code);
    if (!ledger)
        return code;
    OvCompliance **all = ov_compliance_read(ledger, days, domain, arena, &n, &error);
    if (!all) {
        ov_complain("%s", error->message);
        return OV_EXIT_UNAVAILABLE;
    }
    if (n == 0) {
        ov_complain("the ledger has no mail %s%s in the last %d days; organisational domains of "
                    "From are counted, of mail that leaves",
                    domain ? "of " : "that leaves", domain ? domain : "", (int)days);
        return OV_EXIT_NO_INPUT;
    }
    gboolean falls_short = FALSE;
    for (guint i = 0; i < n; i++)
        falls_short |= ov_compliance_n_refused(all[i]) > 0;
    if (ov_arguments_has(arguments, "json"))
        for (guint i = 0; i < n; i++)
            ov_json_print(ov_compliance_json(all[i]));
    else
        print_text(all, n, domain);
    return falls_short ? OV_EXIT_TAG : OV_EXIT_OK;
}
