/* outvet config detect: the [egress] sections that Postfix's settings and this
 * machine's addresses call for. It writes nothing. */
#include <stdio.h>

#include "policy/postfix.h"
#include "policy/review/command.h"
#include "policy/review/detect.h"
#include "policy/review/json.h"
#include "policy/review/output.h"
#include "policy/review/whole_input.h"

static json_t *setting_json(const OvDetectedSetting *setting) {
    json_t *object =
        json_pack("{s:s, s:o, s:b, s:o, s:b}", "name", setting->name, "value",
                  ov_json_text(setting->value), "known", setting->certainty == OV_CERTAINTY_KNOWN,
                  "source", ov_json_text(setting->source), "differs", setting->now != NULL);
    if (setting->now)
        json_object_set_new(object, "in_force", ov_json_text(setting->now));
    return object;
}

static json_t *section_json(const OvDetectedSection *section) {
    json_t *settings = json_array();
    for (guint i = 0; i < section->n_settings; i++)
        json_array_append_new(settings, setting_json(&section->settings[i]));
    return json_pack("{s:o, s:b, s:o}", "section", ov_json_text(section->name), "missing",
                     section->missing, "settings", settings);
}

static void print_json(const OvDetected *detected) {
    json_t *sections = json_array(), *notes = json_array();
    for (guint i = 0; i < detected->n_sections; i++)
        json_array_append_new(sections, section_json(&detected->sections[i]));
    for (const char *const *note = detected->notes; *note; note++)
        json_array_append_new(notes, ov_json_text(*note));
    ov_json_print(json_pack("{s:b, s:o, s:o}", "differs", detected->differs, "sections", sections,
                            "notes", notes));
}

static void print_text(const OvDetected *detected, const char *file) {
    g_autoptr(GString) out = g_string_new(NULL);
    ov_detected_append(out, detected, file);
    fwrite(out->str, 1, out->len, stdout);
}

static OvPostfixTable *list(const OvPostfix *postfix, const OvPostfixConfig *config,
                            const char *name) {
    return ov_postfix_list(postfix, ov_postfix_config_value(config, NULL, name));
}

/* The start of a file of /proc/net, where those who listen stand first; NULL where there is none.
 */
static const char *who_listens(const char *path, OvArena *arena) {
    enum { MOST = 1024 * 1024 };
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return NULL;
    g_autoptr(GString) text = ov_whole_input(path, MOST);
    return text ? ov_arena_strndup(arena, text->str, text->len) : NULL;
}

static OvDetected *detect(const OvSettings *settings, const OvPostfix *postfix,
                          const OvPostfixConfig *config, OvArena *arena, GError **error) {
    OvDetectInput input = {.postfix = config, .milter_socket = settings->milter_socket};
    g_autofree char *resolv_conf = NULL;
    if (g_file_get_contents("/etc/resolv.conf", &resolv_conf, NULL, NULL))
        input.resolv_conf = resolv_conf;
    input.tcp = who_listens("/proc/net/tcp", arena);
    input.tcp6 = who_listens("/proc/net/tcp6", arena);
    input.addresses = ov_host_addresses(arena, &input.n_addresses, error);
    if (!input.addresses)
        return NULL;
    g_autoptr(OvPostfixTable) sender_transports =
        list(postfix, config, "sender_dependent_default_transport_maps");
    g_autoptr(OvPostfixTable) sender_relays =
        list(postfix, config, "sender_dependent_relayhost_maps");
    g_autoptr(OvPostfixTable) transports = list(postfix, config, "transport_maps");
    input.sender_transports = sender_transports;
    input.sender_relays = sender_relays;
    input.transports = transports;
    return ov_detect(&input, arena);
}

OvExit ov_command_config_detect(const OvArguments *arguments) {
    g_autoptr(OvSettings) settings = ov_command_settings(arguments);
    if (!settings)
        return OV_EXIT_SETTINGS;
    const char *directory = ov_arguments_value(arguments, "postfix-config");
    OvPostfix postfix = {settings, directory ? directory : settings->postfix_config_directory};
    g_autoptr(GError) error = NULL;
    g_autoptr(OvPostfixConfig) config = ov_postfix_read(&postfix, ov_detect_names, &error);
    if (!config) {
        ov_complain("%s", error->message);
        return OV_EXIT_UNAVAILABLE;
    }
    g_autoptr(OvArena) arena = ov_arena_new();
    OvDetected *detected = detect(settings, &postfix, config, arena, &error);
    if (!detected) {
        ov_complain("%s", error->message);
        return OV_EXIT_INTERNAL;
    }
    ov_detected_compare(detected, settings, arena);
    const char *file = ov_arguments_value(arguments, "config");
    if (ov_arguments_has(arguments, "json"))
        print_json(detected);
    else
        print_text(detected, file ? file : OV_SETTINGS_DEFAULT_FILE);
    return detected->differs ? OV_EXIT_TAG : OV_EXIT_OK;
}
