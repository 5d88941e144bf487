/* outvet incident unblock: asks outvetd for it, and follows what becomes of it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "policy/control.h"
#include "policy/provider/unblock.h"
#include "policy/review/incident_view.h"
#include "policy/review/json.h"
#include "policy/review/ledger_command.h"
#include "policy/review/operator.h"
#include "policy/review/output.h"
#include "rules/init.h"

enum { CONTROL_SECONDS = 10, MAX_REASON = 500 /* octets */, LOOK_AGAIN = 500 /* ms */ };

static void print_obstacles(const OvIncidentView *view, gboolean json) {
    if (json) {
        ov_json_print(ov_incident_view_json(view));
        return;
    }
    g_autoptr(GString) out = g_string_new(NULL);
    ov_incident_explain_append(out, view, ov_output_colour());
    fwrite(out->str, 1, out->len, stdout);
}

/* The incident's number, typed: nobody forces the wrong one by a slip. */
static gboolean is_confirmed(const OvIncident *incident) {
    char line[32] = "";
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, incident->id);
    fprintf(stderr,
            "outvet: mail may still flow from what sent the spam; the next block comes at once and "
            "lasts longer.\nType the incident's number to unblock all the same: ");
    if (!fgets(line, sizeof line, stdin))
        return FALSE;
    return strcmp(g_strstrip(line), number) == 0;
}

static gboolean wake_daemon(const OvSettings *settings) {
    g_autoptr(GError) error = NULL;
    json_t *answer = ov_control_ask(settings->control_socket, "provider", CONTROL_SECONDS, &error);
    gboolean woken = answer && json_is_true(json_object_get(answer, "ok"));
    if (!woken)
        ov_complain("%s; it is recorded, and done when outvetd runs",
                    error ? error->message : "outvetd can't act on it");
    json_decref(answer);
    return woken;
}

/* --- following --- */

static void print_event(const OvIncidentEvent *event, gboolean json) {
    if (json) {
        ov_json_print(json_pack("{s:o, s:o, s:o}", "time", ov_json_time(event->time), "event",
                                ov_json_text(event->kind), "text", ov_json_text(event->text)));
    } else {
        g_autoptr(GString) line = g_string_new(NULL);
        g_autofree char *time = ov_time_for_people(event->time);
        g_string_append_printf(line, "%s  %s: ", time, event->kind);
        ov_safe_append(line, event->text, -1, FALSE);
        puts(line->str);
    }
    fflush(stdout);
}

/* Prints what is new; *last: how many events were printed. */
static gboolean print_news(OvLedger *ledger, gint64 incident, gint64 since, guint *printed,
                           gboolean json, GError **error) {
    g_autoptr(OvArena) arena = ov_arena_new();
    guint n;
    const OvIncidentEvent *events =
        ov_ledger_incident_events(ledger, incident, since, arena, &n, error);
    for (guint i = *printed; events && i < n; i++)
        print_event(&events[i], json);
    if (events)
        *printed = MAX(*printed, n);
    return events != NULL;
}

/* Until the address is unblocked, or the request is given up. */
static OvExit follow(OvLedger *ledger, gint64 id, gint64 since, gboolean json) {
    g_autoptr(GError) error = NULL;
    guint printed = 0;
    for (;;) {
        g_autoptr(OvArena) arena = ov_arena_new();
        const OvIncident *incident = ov_ledger_incident(ledger, id, arena, &error);
        if (!incident || !print_news(ledger, id, since, &printed, json, &error))
            return error ? ov_ledger_complain(error) : OV_EXIT_NO_INPUT;
        if (incident->phase == OV_INCIDENT_OPEN)
            return OV_EXIT_REFUSED;
        if (incident->phase >= OV_INCIDENT_EASING)
            return OV_EXIT_OK;
        g_usleep(LOOK_AGAIN * 1000);
    }
}

static OvExit ask(OvLedger *ledger, const OvSettings *settings, const OvIncident *incident,
                  const OvArguments *arguments, gboolean forced) {
    g_autoptr(GError) error = NULL;
    g_autofree char *operator_name = ov_operator_name();
    gint64 since = g_get_real_time();
    gboolean asked = FALSE, json = ov_arguments_has(arguments, "json");
    if (!ov_unblock_ask(ledger, incident, operator_name, forced,
                        ov_arguments_value(arguments, "reason"), &asked, &error))
        return ov_ledger_complain(error);
    if (!asked)
        ov_complain("somebody asked for it before");
    gboolean woken = wake_daemon(settings);
    if (ov_arguments_has(arguments, "no-wait") || !woken)
        return woken ? OV_EXIT_OK : OV_EXIT_UNAVAILABLE;
    return follow(ledger, incident->id, since, json);
}

static gboolean can_be_asked(const OvSettings *settings, const OvIncident *incident) {
    if (incident->phase >= OV_INCIDENT_EASING) {
        ov_complain("incident %" G_GINT64_FORMAT " is %s: there is nothing to unblock",
                    incident->id, ov_incident_phase_name(incident->phase));
        return FALSE;
    }
    if (!*incident->network || strcmp(settings->provider, "none") == 0) {
        ov_complain("no API tells of this block: unblock %s in the provider's manager, then: "
                    "outvet incident close %" G_GINT64_FORMAT " --reason TEXT",
                    incident->address, incident->id);
        return FALSE;
    }
    return TRUE;
}

static OvExit unblock(OvLedger *ledger, const OvSettings *settings, const OvArguments *arguments,
                      OvArena *arena) {
    g_autoptr(GError) error = NULL;
    OvExit code;
    OvIncidentView view;
    gboolean forced = ov_arguments_has(arguments, "force");
    const OvIncident *incident = ov_incident_named(ledger, arguments, arena, &code);
    if (!incident)
        return code;
    if (!ov_incident_view_read(&view, ledger, settings, incident, arena, &error))
        return ov_ledger_complain(error);
    if (view.n_obstacles > 0 && !forced) {
        print_obstacles(&view, ov_arguments_has(arguments, "json"));
        return OV_EXIT_REFUSED;
    }
    if (!can_be_asked(settings, incident))
        return OV_EXIT_NO_INPUT;
    if (view.n_obstacles > 0 && !is_confirmed(incident)) {
        ov_complain("not unblocked: that is not its number");
        return OV_EXIT_REFUSED;
    }
    return ask(ledger, settings, incident, arguments, forced && view.n_obstacles > 0);
}

OvExit ov_command_incident_unblock(const OvArguments *arguments) {
    ov_rules_init();
    const char *reason = ov_arguments_value(arguments, "reason");
    if (reason && strlen(reason) > MAX_REASON) {
        ov_complain("--reason: at most %d octets", MAX_REASON);
        return OV_EXIT_USAGE;
    }
    g_auto(OvLedgerCommand) command = {.settings = NULL};
    OvExit code;
    if (!ov_ledger_command_open(&command, arguments, &code))
        return code;
    return unblock(command.ledger, command.settings, arguments, command.arena);
}
