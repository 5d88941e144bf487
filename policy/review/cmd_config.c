/* outvet config: the settings in force, checked, and put in force. */
#include <stdio.h>

#include "policy/control.h"
#include "policy/review/command.h"
#include "policy/review/json.h"
#include "policy/review/output.h"
#include "policy/traps.h"

enum { RELOAD_SECONDS = 60 }; /* the phrase lists are compiled anew */

typedef struct {
    gboolean json;
    GString *out;
    char *section; /* printed last, or NULL */
    guint n;
} Listing;

static void list_setting(Listing *listing, const char *section, const char *name, const char *value,
                         const char *origin) {
    listing->n++;
    if (listing->json) {
        json_t *object = json_object();
        json_object_set_new(object, "section", ov_json_text(section));
        json_object_set_new(object, "name", ov_json_text(name));
        json_object_set_new(object, "value", ov_json_text(value));
        json_object_set_new(object, "origin", ov_json_text(origin));
        ov_json_print(object);
        return;
    }
    if (g_strcmp0(listing->section, section) != 0) {
        g_string_append_printf(listing->out, "%s[%s]\n", listing->section ? "\n" : "", section);
        g_free(listing->section);
        listing->section = g_strdup(section);
    }
    /* Origins as comments, so that the output is itself a settings file. */
    g_string_append_printf(listing->out, "# %s\n%s = ", origin, name);
    ov_safe_append(listing->out, value, -1, FALSE);
    g_string_append_c(listing->out, '\n');
}

static void list_override(const char *section, const char *name, const char *value,
                          const char *origin, gpointer data) {
    list_setting(data, section, name, value, origin);
}

OvExit ov_command_config_show(const OvArguments *arguments) {
    g_autoptr(OvSettings) settings = ov_command_settings(arguments);
    if (!settings)
        return OV_EXIT_SETTINGS;
    gboolean all = ov_arguments_has(arguments, "all");
    Listing listing = {.json = ov_arguments_has(arguments, "json"), .out = g_string_new(NULL)};
    for (guint i = 0; i < ov_settings_n_specs(); i++) {
        const OvSettingSpec *spec = ov_settings_spec(i);
        g_autofree char *value = NULL;
        g_autofree char *origin = NULL;
        ov_settings_value(settings, i, &value, &origin);
        if (all || g_strcmp0(origin, "default") != 0)
            list_setting(&listing, spec->section, spec->name, value, origin);
    }
    ov_settings_each_override(settings, list_override, &listing);
    if (listing.n == 0 && !listing.json)
        g_string_append(listing.out, "# Every setting has its default; --all shows them.\n");
    fwrite(listing.out->str, 1, listing.out->len, stdout);
    g_string_free(listing.out, TRUE);
    g_free(listing.section);
    return OV_EXIT_OK;
}

/* {"ok":true} or {"ok":false,"error":"..."} as JSON; for people the error on standard error. */
static OvExit tell(const OvArguments *arguments, const char *error, const char *success) {
    if (ov_arguments_has(arguments, "json")) {
        json_t *object = json_object();
        json_object_set_new(object, "ok", json_boolean(!error));
        ov_json_put_text(object, "error", error);
        ov_json_print(object);
    } else if (error) {
        ov_complain("%s", error);
    } else {
        puts(success);
    }
    return error ? OV_EXIT_SETTINGS : OV_EXIT_OK;
}

OvExit ov_command_config_check(const OvArguments *arguments) {
    guint n = 0;
    const char *const *operands = ov_arguments_operands(arguments, &n);
    const char *file = n > 0 ? operands[0] : ov_arguments_value(arguments, "config");
    g_autoptr(GError) error = NULL;
    g_autoptr(OvSettings) settings = ov_settings_load(file, &error);
    if (!settings)
        return tell(arguments, error->message, NULL);
    g_autoptr(OvRuleset) ruleset = ov_settings_ruleset(settings, FALSE, &error);
    g_autoptr(OvOwnerText) traps = NULL;
    if (!ruleset || !ov_traps_load(settings, &traps, &error))
        return tell(arguments, error->message, NULL);
    g_autofree char *success =
        g_strdup_printf("%s: the settings are right, and so are the %u rules they name",
                        file ? file : OV_SETTINGS_DEFAULT_FILE, ov_ruleset_n_rules(ruleset));
    return tell(arguments, NULL, success);
}

static void complain_all(const json_t *warnings) {
    size_t i;
    json_t *warning;
    json_array_foreach(warnings, i, warning) ov_complain("warning: %s", json_string_value(warning));
}

OvExit ov_command_config_reload(const OvArguments *arguments) {
    g_autoptr(OvSettings) settings = ov_command_settings(arguments);
    if (!settings)
        return OV_EXIT_SETTINGS;
    g_autoptr(GError) error = NULL;
    json_t *answer = ov_control_ask(settings->control_socket, "reload", RELOAD_SECONDS, &error);
    if (!answer) {
        ov_complain("%s", error->message);
        return error->code == OV_CONTROL_ERROR_DENIED ? OV_EXIT_NO_PERMISSION : OV_EXIT_UNAVAILABLE;
    }
    gboolean ok = json_is_true(json_object_get(answer, "ok"));
    const char *fault = json_string_value(json_object_get(answer, "error"));
    const char *restart = json_string_value(json_object_get(answer, "needs_restart"));
    OvExit code = ok ? OV_EXIT_OK : OV_EXIT_SETTINGS;
    if (ov_arguments_has(arguments, "json")) {
        ov_json_print(json_incref(answer));
    } else if (!ok) {
        ov_complain("%s", fault ? fault : "outvetd refused the new settings without saying why");
    } else {
        puts("outvetd works by the new settings and rules");
        if (restart && restart[0])
            printf("These take effect when it is restarted: %s\n", restart);
        complain_all(json_object_get(answer, "warnings"));
    }
    json_decref(answer);
    return code;
}
