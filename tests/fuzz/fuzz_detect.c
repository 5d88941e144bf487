/* Postfix's settings and tables, as outvet config detect reads them: up to a line "--" what
 * postconf prints, then up to such lines the three tables; all of it is resolv.conf and
 * /proc/net/tcp, too. What comes of it is a right settings file, which differs from nothing once it
 * is in force. */
#include "policy/review/detect.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static OvSettings *settings_of(const char *text) {
    g_autoptr(GError) error = NULL;
    OvSettings *settings = ov_settings_parse(text, strlen(text), "outvet.conf", &error);
    if (!settings)
        g_error("%s in:\n%s", error->message, text);
    return settings;
}

static char *detect(const OvDetectInput *input, const char *in_force, gboolean *differs) {
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(OvSettings) settings = settings_of(in_force);
    OvDetected *detected = ov_detect(input, arena);
    ov_detected_compare(detected, settings, arena);
    GString *text = g_string_new(NULL);
    ov_detected_append(text, detected, "outvet.conf");
    *differs = detected->differs;
    return g_string_free(text, FALSE);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
    g_autofree char *copy = g_strndup((const char *)data, size);
    g_auto(GStrv) pieces = g_strsplit(copy, "\n--\n", 4);
    g_autoptr(OvPostfixConfig) config = ov_postfix_config_parse(pieces[0] ? pieces[0] : "");
    OvPostfixTable *tables[3];
    for (guint i = 0, n = g_strv_length(pieces); i < G_N_ELEMENTS(tables); i++) {
        tables[i] = ov_postfix_table_new();
        if (i + 1 < n)
            ov_postfix_table_add(tables[i], "hash:/t", pieces[i + 1]);
    }
    OvHostAddress address = {.interface = "eth0", .preferred = TRUE};
    ov_ip_address_parse(ov_slice("192.0.2.7"), &address.address);
    OvDetectInput input = {
        .postfix = config,
        .sender_transports = tables[0],
        .sender_relays = tables[1],
        .transports = tables[2],
        .addresses = &address,
        .n_addresses = 1,
        .milter_socket = "unix:/run/outvet/milter.sock",
        .resolv_conf = copy,
        .tcp = copy,
        .tcp6 = copy,
    };
    gboolean differs;
    g_autofree char *text = detect(&input, "", &differs);
    g_autofree char *again = detect(&input, text, &differs);
    g_assert(!differs || strstr(again, "#addresses = "));
    for (guint i = 0; i < G_N_ELEMENTS(tables); i++)
        ov_postfix_table_free(tables[i]);
    return 0;
}
