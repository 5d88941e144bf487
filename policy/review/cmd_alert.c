/* outvet alert: whether alerts arrive. */
#include <stdio.h>

#include "policy/control.h"
#include "policy/review/command.h"
#include "policy/review/json.h"
#include "policy/review/output.h"

enum { TEST_SECONDS = 60 /* all channels in turn have less */ };

static void append_outcome(GString *out, const json_t *outcome) {
    const char *error = json_string_value(json_object_get(outcome, "error"));
    ov_safe_append(out, json_string_value(json_object_get(outcome, "channel")), -1, FALSE);
    if (json_is_true(json_object_get(outcome, "ok"))) {
        g_string_append(out, ": sent\n");
        return;
    }
    g_string_append(out, ": failed: ");
    ov_safe_append(out, error ? error : "no reason told", -1, FALSE);
    g_string_append_c(out, '\n');
}

static OvExit print_outcomes(const json_t *channels, gboolean json) {
    g_autoptr(GString) out = g_string_new(NULL);
    OvExit code = OV_EXIT_OK;
    for (gsize i = 0; i < json_array_size(channels); i++) {
        json_t *outcome = json_array_get(channels, i);
        if (!json_is_true(json_object_get(outcome, "ok")))
            code = OV_EXIT_UNAVAILABLE;
        if (json)
            ov_json_print(json_incref(outcome));
        else
            append_outcome(out, outcome);
    }
    fwrite(out->str, 1, out->len, stdout);
    return code;
}

OvExit ov_command_alert_test(const OvArguments *arguments) {
    g_autoptr(OvSettings) settings = ov_command_settings(arguments);
    if (!settings)
        return OV_EXIT_SETTINGS;
    g_autoptr(GError) error = NULL;
    json_t *answer = ov_control_ask(settings->control_socket, "alert test", TEST_SECONDS, &error);
    if (!answer) {
        ov_complain("%s", error->message);
        return error->code == OV_CONTROL_ERROR_DENIED ? OV_EXIT_NO_PERMISSION : OV_EXIT_UNAVAILABLE;
    }
    const json_t *channels = json_object_get(answer, "channels");
    OvExit code = OV_EXIT_OK;
    if (!json_is_array(channels)) {
        const char *fault = json_string_value(json_object_get(answer, "error"));
        ov_complain("outvetd: %s", fault ? fault : "its answer makes no sense");
        code = OV_EXIT_INTERNAL;
    } else if (json_array_size(channels) == 0) {
        ov_complain("no channel is set; see [alert] in outvet.conf(5)");
        code = OV_EXIT_SETTINGS;
    } else {
        code = print_outcomes(channels, ov_arguments_has(arguments, "json"));
    }
    json_decref(answer);
    return code;
}
