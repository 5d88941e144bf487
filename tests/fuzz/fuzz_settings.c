/* Reads any octets as settings. What is read can be shown, read again as shown, and decides a
 * verdict; what is not gives one line of error. */
#include "policy/settings.h"
#include "policy/verdict.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

/* The settings as `outvet config show` would print them. */
static char *shown(const OvSettings *settings) {
    GString *text = g_string_new(NULL);
    const char *section = "";
    for (guint i = 0; i < ov_settings_n_specs(); i++) {
        const OvSettingSpec *spec = ov_settings_spec(i);
        g_autofree char *value = NULL, *origin = NULL;
        ov_settings_value(settings, i, &value, &origin);
        if (!g_str_equal(section, spec->section))
            g_string_append_printf(text, "[%s]\n", spec->section);
        section = spec->section;
        g_string_append_printf(text, "%s = %s\n", spec->name, value);
    }
    return g_string_free(text, FALSE);
}

static void count(const char *section, const char *name, const char *value, const char *origin,
                  gpointer data) {
    g_assert(*section && *name && value && *origin);
    ++*(guint *)data;
}

static void use(const OvSettings *settings) {
    static const char *const RECIPIENTS[] = {"a@b.example"};
    OvAccount account = {.name = "shop", .source = OV_ACCOUNT_LOGIN};
    OvEnvelope envelope = {
        .sender = "news@shop.example",
        .recipients = RECIPIENTS,
        .n_recipients = 1,
        .client_address = "2001:db8::1",
    };
    for (guint i = 0; i < OV_N_CLASSES; i++) {
        OvVerdict verdict;
        ov_verdict_weigh(&verdict, settings, &account, &envelope, (OvClass)i, 7.5, OV_ASK_REJECT);
        g_assert(!verdict.shadow || verdict.verdict == OV_VERDICT_ACCEPT);
        g_assert(!*verdict.exempt || verdict.computed == OV_VERDICT_ACCEPT);
    }
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
    g_autoptr(GError) error = NULL;
    g_autoptr(OvSettings) settings =
        ov_settings_parse((const char *)data, size, "fuzzed.conf", &error);
    g_assert((settings == NULL) == (error != NULL));
    if (!settings) {
        g_assert(!strchr(error->message, '\n') && g_utf8_validate(error->message, -1, NULL));
        return 0;
    }
    guint n = 0;
    ov_settings_each_override(settings, count, &n);
    use(settings);
    g_autofree char *text = shown(settings);
    g_autoptr(OvSettings) again = ov_settings_parse(text, strlen(text), "shown.conf", &error);
    g_assert(again);
    g_assert(again->retention == settings->retention && again->scan_limit == settings->scan_limit);
    return 0;
}
