/* outvet provider check: whether the provider can be asked, and which right is missing. */
#include <stdio.h>

#include "policy/review/json.h"
#include "policy/review/output.h"
#include "policy/review/provider.h"

static void print_json(const OvHostingCheck *check) {
    json_t *object = json_object();
    json_object_set_new(object, "what", ov_json_text(check->what));
    json_object_set_new(object, "ok", json_boolean(check->ok));
    ov_json_put_text(object, "note", check->note);
    ov_json_put_text(object, "trouble", check->trouble);
    ov_json_print(object);
}

static void append(GString *out, const OvHostingCheck *check) {
    gboolean colour = ov_output_colour();
    const char *more = check->ok ? check->note : check->trouble;
    ov_paint(out, colour, check->ok ? OV_PAINT_GOOD : OV_PAINT_BAD,
             check->ok ? "ok    " : "FAILS ");
    ov_safe_append(out, check->what, -1, FALSE);
    if (more) {
        g_string_append(out, "\n      ");
        ov_safe_append(out, more, -1, FALSE);
    }
    g_string_append_c(out, '\n');
}

OvExit ov_command_provider_check(const OvArguments *arguments) {
    g_auto(OvProviderCommand) command = {.settings = NULL};
    OvExit code;
    if (!ov_provider_command_open(&command, arguments, &code))
        return code;
    g_autoptr(GString) out = g_string_new(NULL);
    guint n = 0;
    const OvHostingCheck *checks = ov_hosting_check(command.hosting, command.arena, &n);
    for (guint i = 0; i < n; i++) {
        if (!checks[i].ok)
            code = OV_EXIT_UNAVAILABLE;
        if (ov_arguments_has(arguments, "json"))
            print_json(&checks[i]);
        else
            append(out, &checks[i]);
    }
    fwrite(out->str, 1, out->len, stdout);
    return code;
}
