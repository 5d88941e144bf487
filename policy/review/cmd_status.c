/* outvet status: how the running outvetd is doing, as it tells over its control socket. */
#include <stdio.h>

#include "policy/control.h"
#include "policy/review/command.h"
#include "policy/review/json.h"
#include "policy/review/output.h"

enum { STATUS_SECONDS = 10 };

static void append_value(GString *out, const char *name, const json_t *value) {
    g_string_append_printf(out, "%-22s ", name);
    if (json_is_string(value)) {
        ov_safe_append(out, json_string_value(value), -1, FALSE);
    } else {
        char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(10));
        if (text)
            ov_safe_append(out, text, -1, FALSE);
        free(text);
    }
    g_string_append_c(out, '\n');
}

/* Names and values as outvetd gives them, those of an inner object as "outer.inner". */
static void append_status(GString *out, json_t *answer) {
    const char *name;
    json_t *value;
    json_object_foreach(answer, name, value) {
        if (g_strcmp0(name, "ok") == 0)
            continue;
        if (!json_is_object(value)) {
            append_value(out, name, value);
            continue;
        }
        const char *inner_name;
        json_t *inner;
        json_object_foreach(value, inner_name, inner) {
            g_autofree char *path = g_strdup_printf("%s.%s", name, inner_name);
            append_value(out, path, inner);
        }
    }
}

OvExit ov_command_status(const OvArguments *arguments) {
    g_autoptr(OvSettings) settings = ov_command_settings(arguments);
    if (!settings)
        return OV_EXIT_SETTINGS;
    g_autoptr(GError) error = NULL;
    json_t *answer = ov_control_ask(settings->control_socket, "status", STATUS_SECONDS, &error);
    if (!answer) {
        ov_complain("%s", error->message);
        return error->code == OV_CONTROL_ERROR_DENIED ? OV_EXIT_NO_PERMISSION : OV_EXIT_UNAVAILABLE;
    }
    if (ov_arguments_has(arguments, "json")) {
        ov_json_print(answer);
        return OV_EXIT_OK;
    }
    g_autoptr(GString) out = g_string_new(NULL);
    append_status(out, answer);
    json_decref(answer);
    fwrite(out->str, 1, out->len, stdout);
    return OV_EXIT_OK;
}
