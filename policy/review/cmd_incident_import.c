/* outvet incident import: the provider's mail about a block, and what it comes from; outvet
 * incident logs: the same of what nobody knows yet. */
#include <stdio.h>

#include "policy/review/alert_file.h"
#include "policy/review/command.h"
#include "policy/review/incident_import.h"
#include "policy/review/incident_view.h"
#include "policy/review/json.h"
#include "policy/review/ledger_command.h"
#include "policy/review/logged.h"
#include "policy/review/operator.h"
#include "policy/review/output.h"
#include "rules/auth/ip_address.h"

/* The address that --address or the alert tells; NULL after telling what is wrong. */
static const char *choose_address(const OvArguments *arguments, const OvAlertMail *alert,
                                  OvArena *arena) {
    const char *given = ov_arguments_value(arguments, "address");
    OvIpAddress address;
    if (given && ov_ip_address_parse(ov_slice(given), &address) && address.length == 4)
        return ov_ip_address_text(arena, &address);
    if (given) {
        ov_complain("--address %s: not an IPv4 address; the provider blocks no others", given);
        return NULL;
    }
    if (alert->n_addresses == 1)
        return alert->addresses[0];
    if (alert->n_addresses == 0)
        ov_complain("it does not tell which address is blocked: tell it by --address");
    else
        ov_complain("it tells of several addresses (%s, %s%s): choose one by --address",
                    alert->addresses[0], alert->addresses[1], alert->n_addresses > 2 ? " ..." : "");
    return NULL;
}

static json_t *culprits_json(const OvIncidentImport *import) {
    json_t *array = json_array();
    for (guint i = 0; i < import->n_culprits; i++) {
        const OvCulprit *culprit = &import->culprits[i];
        json_t *object = json_object();
        json_object_set_new(object, "account",
                            ov_json_text(*culprit->account ? culprit->account : NULL));
        json_object_set_new(object, "detections", json_integer(culprit->detections));
        json_object_set_new(object, "first",
                            culprit->first ? ov_json_time(culprit->first) : json_null());
        json_object_set_new(object, "last",
                            culprit->last ? ov_json_time(culprit->last) : json_null());
        json_array_append_new(array, object);
    }
    return array;
}

static void print_import_json(const OvIncidentImport *import, const char *address, guint n_told) {
    json_t *object = json_object();
    json_object_set_new(object, "incident", json_integer(import->incident));
    json_object_set_new(object, "opened", json_boolean(import->opened));
    json_object_set_new(object, "address", ov_json_text(address));
    json_object_set_new(object, "imported", json_integer(n_told));
    json_object_set_new(object, "new", json_integer(import->n_new));
    for (guint i = 0; i < OV_N_DETECTION_FINDINGS; i++)
        if (i != OV_DETECTION_NEW)
            json_object_set_new(object, ov_detection_finding_name((OvDetectionFinding)i),
                                json_integer((json_int_t)import->findings[i]));
    json_object_set_new(object, "accounts", culprits_json(import));
    ov_json_print(object);
}

static void append_culprits(GString *out, const OvIncidentImport *import) {
    g_autoptr(OvTable) table = ov_table_new(4, ">DETECTIONS", "ACCOUNT", "FIRST", "LAST");
    for (guint i = 0; i < import->n_culprits; i++) {
        const OvCulprit *culprit = &import->culprits[i];
        g_autofree char *n = g_strdup_printf("%" G_GINT64_FORMAT, culprit->detections);
        g_autofree char *first = culprit->first ? ov_time_for_people(culprit->first) : NULL;
        g_autofree char *last = culprit->last ? ov_time_for_people(culprit->last) : NULL;
        ov_table_add(table, n, *culprit->account ? culprit->account : "(not known)", first, last);
    }
    if (import->n_culprits > 0)
        ov_table_append(table, out, ov_output_colour());
}

/* The account that sent most; nothing to do about one that is suspended with its queue. */
static void append_account(GString *out, const OvIncidentImport *import) {
    const OvSuspensionRow *suspension = import->suspension;
    if (suspension) {
        g_string_append(out, "  ");
        ov_suspended_since_append(out, suspension);
        if (suspension->queue)
            return;
        g_string_append(out, "  what it has in the queue may still leave:\n");
    }
    g_autofree char *quoted = g_shell_quote(import->account);
    g_string_append(out, "  outvet suspend ");
    ov_safe_append(out, quoted, -1, FALSE);
    g_string_append(out, " --queue --reason \"our address was blocked for its mail\"\n");
}

/* What to do about it, the most pressing first. */
static void append_advice(GString *out, const OvIncidentImport *import) {
    g_string_append(out, "\nWhat to do next:\n");
    if (import->account)
        append_account(out, import);
    if (import->findings[OV_DETECTION_UNKNOWN] > 0 && !import->search)
        g_string_append(out,
                        "  the same again with --logs /var/log/mail.log* looks in old logs for "
                        "what the ledger does not know\n");
    g_string_append_printf(out,
                           "  outvet incident explain %" G_GINT64_FORMAT " tells the other steps\n",
                           import->incident);
}

static void append_findings(GString *out, const OvIncidentImport *import) {
    static const struct {
        OvDetectionFinding finding;
        const char *text;
    } FINDINGS[] = {
        {OV_DETECTION_FOUND, "found in the ledger"},
        {OV_DETECTION_SEVERAL, "one of several messages of the ledger"},
        {OV_DETECTION_LOGS, "found in the MTA's logs"},
        {OV_DETECTION_MARKED, "marked by an operator"},
        {OV_DETECTION_UNKNOWN, "not known"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(FINDINGS); i++)
        if (import->findings[FINDINGS[i].finding] > 0)
            g_string_append_printf(out, "  %6" G_GUINT64_FORMAT "  %s\n",
                                   import->findings[FINDINGS[i].finding], FINDINGS[i].text);
    append_culprits(out, import);
    append_advice(out, import);
}

static void print_import(const OvIncidentImport *import, const char *address, guint n_told) {
    g_autoptr(GString) out = g_string_new(NULL);
    g_string_append_printf(out, "Incident %" G_GINT64_FORMAT " of %s, %s.\n", import->incident,
                           address, import->opened ? "opened now" : "which was open already");
    g_string_append_printf(out, "%u detections imported, %u of them new. Of all that it has:\n",
                           n_told, import->n_new);
    append_findings(out, import);
    fwrite(out->str, 1, out->len, stdout);
}

static void print_search(const OvIncidentImport *import, const char *address) {
    g_autoptr(GString) out = g_string_new(NULL);
    g_string_append_printf(out, "Incident %" G_GINT64_FORMAT " of %s. Of all detections:\n",
                           import->incident, address);
    append_findings(out, import);
    fwrite(out->str, 1, out->len, stdout);
}

OvExit ov_command_incident_import(const OvArguments *arguments) {
    g_autoptr(OvSettings) settings = ov_command_settings(arguments);
    if (!settings)
        return OV_EXIT_SETTINGS;
    g_autoptr(OvArena) arena = ov_arena_new();
    guint n = 0;
    const char *path = ov_arguments_operands(arguments, &n)[0];
    OvAlertMail alert;
    OvExit code = OV_EXIT_OK;
    if (!ov_alert_file_read(path, arena, &alert, &code))
        return code;
    g_autofree char *operator_name = ov_operator_name();
    OvIncidentImportWish wish = {
        .address = choose_address(arguments, &alert, arena),
        .operator_name = operator_name,
        .source = g_str_equal(path, "-") ? "standard input" : path,
        .now = g_get_real_time(),
    };
    if (!wish.address)
        return OV_EXIT_USAGE;
    wish.logs = ov_arguments_values(arguments, "logs", &wish.n_logs);
    g_autoptr(OvLedger) ledger = ov_command_ledger(settings, &code);
    if (!ledger)
        return code;
    g_autoptr(GError) error = NULL;
    OvIncidentImport import;
    if (!ov_incident_import(ledger, settings, &alert, &wish, arena, &import, &error))
        return ov_ledger_complain(error);
    if (ov_arguments_has(arguments, "json"))
        print_import_json(&import, wish.address, alert.n_detections);
    else
        print_import(&import, wish.address, alert.n_detections);
    return !import.search || ov_logged_complain(import.search) ? OV_EXIT_OK : OV_EXIT_NO_INPUT;
}

OvExit ov_command_incident_logs(const OvArguments *arguments) {
    g_auto(OvLedgerCommand) command = {.settings = NULL};
    OvExit code;
    if (!ov_ledger_command_open(&command, arguments, &code))
        return code;
    const OvIncident *incident = ov_incident_named(command.ledger, arguments, command.arena, &code);
    if (!incident)
        return code;
    if (incident->phase == OV_INCIDENT_CLOSED) {
        ov_complain("incident %" G_GINT64_FORMAT " is closed", incident->id);
        return OV_EXIT_NO_INPUT;
    }
    g_autofree char *operator_name = ov_operator_name();
    guint n;
    const char *const *operands = ov_arguments_operands(arguments, &n);
    OvIncidentImportWish wish = {
        .address = incident->address,
        .operator_name = operator_name,
        .source = "old logs",
        .logs = operands + 1,
        .n_logs = n - 1,
        .now = g_get_real_time(),
    };
    g_autoptr(GError) error = NULL;
    OvIncidentImport import;
    if (!ov_incident_import(command.ledger, command.settings, &(OvAlertMail){.n_detections = 0},
                            &wish, command.arena, &import, &error))
        return ov_ledger_complain(error);
    if (ov_arguments_has(arguments, "json"))
        print_import_json(&import, wish.address, 0);
    else
        print_search(&import, wish.address);
    return !import.search || ov_logged_complain(import.search) ? OV_EXIT_OK : OV_EXIT_NO_INPUT;
}
