/* outvet status: how the running outvetd is doing, as it tells over its control socket. */
#include <stdio.h>

#include "policy/control.h"
#include "policy/review/command.h"
#include "policy/review/json.h"
#include "policy/review/output.h"

enum { STATUS_SECONDS = 10, MAX_DEPTH = 8 };

static char *duration(json_int_t seconds) {
    json_int_t days = seconds / 86400, hours = seconds / 3600 % 24, minutes = seconds / 60 % 60;
    if (days > 0)
        return g_strdup_printf("%d days %d h", (int)days, (int)hours);
    if (hours > 0)
        return g_strdup_printf("%d h %d min", (int)hours, (int)minutes);
    return g_strdup_printf("%d min %d s", (int)minutes, (int)(seconds % 60));
}

static char *value_text(const char *name, const json_t *value) {
    if (json_is_integer(value) && g_strcmp0(name, "uptime") == 0)
        return duration(json_integer_value(value));
    switch (json_typeof(value)) {
    case JSON_STRING:
        return g_strdup(json_string_value(value));
    case JSON_INTEGER:
        return g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    case JSON_REAL:
        return g_strdup_printf("%g", json_real_value(value));
    case JSON_TRUE:
        return g_strdup("yes");
    case JSON_FALSE:
        return g_strdup("no");
    default:
        return g_strdup("-");
    }
}

static void append_value(GString *out, const char *name, const json_t *value) {
    g_autofree char *text = value_text(name, value);
    gsize start = out->len;
    ov_safe_append(out, name, -1, FALSE);
    for (gsize width = out->len - start; width < 18; width++)
        g_string_append_c(out, ' ');
    g_string_append_c(out, ' ');
    ov_safe_append(out, text, -1, FALSE);
    g_string_append_c(out, '\n');
}

static void append_members(GString *out, const char *outer, json_t *members, guint depth);

static void append_member(GString *out, const char *outer, const char *name, json_t *value,
                          guint depth) {
    g_autofree char *path = *outer ? g_strdup_printf("%s.%s", outer, name) : g_strdup(name);
    if (json_is_object(value) || json_is_array(value))
        append_members(out, path, value, depth);
    else
        append_value(out, path, value);
}

/* The member by which an entry of an array is named; NULL for none. */
static const char *naming_member(const json_t *entry) {
    static const char *const members[] = {"address", "list", "channel"};
    for (guint i = 0; i < G_N_ELEMENTS(members); i++)
        if (json_is_string(json_object_get(entry, members[i])))
            return members[i];
    return NULL;
}

static void append_entry(GString *out, const char *outer, json_t *entry, guint depth) {
    const char *naming = naming_member(entry), *name;
    json_t *value;
    if (!naming)
        return;
    g_autofree char *path =
        g_strdup_printf("%s.%s", outer, json_string_value(json_object_get(entry, naming)));
    json_object_foreach(entry, name, value) {
        if (!g_str_equal(name, naming))
            append_member(out, path, name, value, depth);
    }
}

/* Names and values as outvetd gives them, those of an inner object as "outer.inner". */
static void append_members(GString *out, const char *outer, json_t *members, guint depth) {
    const char *name;
    json_t *value;
    gsize i;
    if (depth == MAX_DEPTH)
        return;
    json_array_foreach(members, i, value) append_entry(out, outer, value, depth + 1);
    json_object_foreach(members, name, value) {
        if (*outer || !g_str_equal(name, "ok"))
            append_member(out, outer, name, value, depth + 1);
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
    if (!json_is_true(json_object_get(answer, "ok"))) {
        const char *fault = json_string_value(json_object_get(answer, "error"));
        ov_complain("outvetd: %s", fault ? fault : "its answer makes no sense");
        json_decref(answer);
        return OV_EXIT_INTERNAL;
    }
    const char *ledger = json_string_value(json_object_get(answer, "ledger"));
    OvExit code = g_strcmp0(ledger, "ok") == 0 ? OV_EXIT_OK : OV_EXIT_UNAVAILABLE;
    if (ov_arguments_has(arguments, "json")) {
        ov_json_print(answer);
        return code;
    }
    g_autoptr(GString) out = g_string_new(NULL);
    append_members(out, "", answer, 0);
    json_decref(answer);
    fwrite(out->str, 1, out->len, stdout);
    return code;
}
