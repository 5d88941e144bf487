/* outvet account: what an account, or another subject, sent, and what it may. */
#include <stdio.h>

#include "policy/limits/plan_maps.h"
#include "policy/review/account.h"
#include "policy/review/command.h"
#include "policy/review/json.h"
#include "policy/review/known_subject.h"
#include "policy/review/ledger_command.h"
#include "policy/review/output.h"

static void tell_of_maps(const char *trouble, gpointer data) {
    (void)data;
    if (trouble)
        ov_complain("plan_maps: %s", trouble);
}

OvExit ov_command_account(const OvArguments *arguments) {
    g_autoptr(OvSettings) settings = ov_command_settings(arguments);
    if (!settings)
        return OV_EXIT_SETTINGS;
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(GError) error = NULL;
    guint n;
    OvSubject subject;
    if (!ov_subject_parse(&subject, ov_arguments_operands(arguments, &n)[0], arena, &error)) {
        ov_complain("%s", error->message);
        return OV_EXIT_USAGE;
    }
    g_autoptr(OvPlanMaps) maps = NULL;
    if (subject.kind == OV_SUBJECT_ACCOUNT &&
        !ov_plan_maps_new(settings, tell_of_maps, NULL, &maps, &error)) {
        ov_complain("%s", error->message);
        return OV_EXIT_SETTINGS;
    }
    OvExit code;
    g_autoptr(OvLedger) ledger = ov_command_ledger(settings, &code);
    if (!ledger)
        return code;
    OvAccountReport report;
    if (!ov_account_report_read(&report, ledger, settings, &subject,
                                ov_plan_maps_find(maps, subject.name, g_get_monotonic_time()),
                                arena, &error)) {
        ov_complain("%s", error->message);
        return OV_EXIT_UNAVAILABLE;
    }
    if (ov_account_report_is_empty(&report)) {
        const char *hint;
        gboolean known = ov_subject_is_known(ledger, &subject, arena, &hint, NULL);
        ov_complain("the ledger knows nothing of %s %s%s", ov_subject_kind_title(subject.kind),
                    subject.name, known || !hint ? "" : hint);
        return OV_EXIT_NO_INPUT;
    }
    if (ov_arguments_has(arguments, "json")) {
        ov_json_print(ov_account_report_json(&report));
        return OV_EXIT_OK;
    }
    g_autoptr(GString) out = g_string_new(NULL);
    ov_account_report_append(out, &report, ov_output_colour());
    fwrite(out->str, 1, out->len, stdout);
    return OV_EXIT_OK;
}
