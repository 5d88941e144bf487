/* outvet incident list, show, explain. */
#include <stdio.h>

#include "policy/review/incident_view.h"
#include "policy/review/json.h"
#include "policy/review/ledger_command.h"
#include "policy/review/output.h"
#include "rules/init.h"

enum { MOST = 1000 };

static void print_table(const OvIncident *incidents, guint n, gint64 now) {
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(OvTable) table = ov_table_new(6, ">INCIDENT", "ADDRESS", "SINCE", "PHASE",
                                            ">EXPLAINED", "THE PROVIDER'S STATE");
    for (guint i = 0; i < n; i++) {
        const OvIncident *incident = &incidents[i];
        g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, incident->id);
        g_autofree char *since = ov_time_for_people(incident->since);
        g_autofree char *state = ov_incident_state_text(incident, now);
        g_autofree char *explained = g_strdup_printf("%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT,
                                                     incident->explained, incident->detections);
        ov_table_add(table, id, incident->address, since, ov_incident_phase_name(incident->phase),
                     explained, state);
    }
    if (n > 0)
        ov_table_append(table, out, ov_output_colour());
    else
        g_string_append(out, "There is no incident.\n");
    fwrite(out->str, 1, out->len, stdout);
}

OvExit ov_command_incident_list(const OvArguments *arguments) {
    ov_rules_init();
    g_auto(OvLedgerCommand) command = {.settings = NULL};
    OvExit code;
    if (!ov_ledger_command_open(&command, arguments, &code))
        return code;
    g_autoptr(GError) error = NULL;
    guint n = 0;
    const OvIncident *incidents =
        ov_ledger_incidents(command.ledger, ov_arguments_value(arguments, "address"),
                            !ov_arguments_has(arguments, "all"), MOST, command.arena, &n, &error);
    if (!incidents) {
        ov_complain("%s", error->message);
        return OV_EXIT_UNAVAILABLE;
    }
    if (!ov_arguments_has(arguments, "json")) {
        print_table(incidents, n, g_get_real_time());
        return OV_EXIT_OK;
    }
    for (guint i = 0; i < n; i++)
        ov_json_print(ov_incident_json(&incidents[i]));
    return OV_EXIT_OK;
}

typedef void (*Append)(GString *out, const OvIncidentView *view, gboolean colour);

static OvExit show(const OvArguments *arguments, Append append) {
    ov_rules_init();
    g_auto(OvLedgerCommand) command = {.settings = NULL};
    OvExit code;
    if (!ov_ledger_command_open(&command, arguments, &code))
        return code;
    g_autoptr(GError) error = NULL;
    OvIncidentView view;
    const OvIncident *incident = ov_incident_named(command.ledger, arguments, command.arena, &code);
    if (!incident)
        return code;
    if (!ov_incident_view_read(&view, command.ledger, command.settings, incident, command.arena,
                               &error)) {
        ov_complain("%s", error->message);
        return OV_EXIT_UNAVAILABLE;
    }
    if (ov_arguments_has(arguments, "json")) {
        ov_json_print(ov_incident_view_json(&view));
        return OV_EXIT_OK;
    }
    g_autoptr(GString) out = g_string_new(NULL);
    append(out, &view, ov_output_colour());
    fwrite(out->str, 1, out->len, stdout);
    return OV_EXIT_OK;
}

OvExit ov_command_incident_show(const OvArguments *arguments) {
    return show(arguments, ov_incident_view_append);
}

OvExit ov_command_incident_explain(const OvArguments *arguments) {
    return show(arguments, ov_incident_explain_append);
}
