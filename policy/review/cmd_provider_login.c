/* outvet provider login: a consumer key for OVH's API, confirmed in a browser. */
#include <stdio.h>
#include <unistd.h>

#include "policy/provider/ovh_login.h"
#include "policy/review/json.h"
#include "policy/review/output.h"
#include "policy/review/provider.h"

enum { LOOK_SECONDS = 3, MAX_LOOKS = 15 * 60 / LOOK_SECONDS };

static void tell_link(const char *link, gboolean json) {
    if (json)
        ov_json_print(json_pack("{s:s}", "link", link));
    else
        printf("Open this link, log in, say how long the key is to be valid, and confirm:\n\n"
               "  %s\n\nWaiting for it, 15 minutes at most.\n",
               link);
    fflush(stdout);
}

static void tell_end(const char *file, gboolean json) {
    if (json)
        ov_json_print(json_pack("{s:s}", "written", file));
    else
        printf("The consumer key is written to %s.\n"
               "outvetd must be able to read it; `outvet provider check` tells what works.\n",
               file);
}

static OvExit wait_for(OvOvh *ovh, OvStop *stop) {
    for (guint i = 0; i < MAX_LOOKS; i++) {
        g_autoptr(GError) error = NULL;
        switch (ov_ovh_login_state(ovh, &error)) {
        case OV_OVH_LOGIN_GOOD:
            return OV_EXIT_OK;
        case OV_OVH_LOGIN_FAILED:
            return ov_provider_complain(error);
        case OV_OVH_LOGIN_WAITS:
            break;
        }
        ov_stop_wait(stop, (gint64)LOOK_SECONDS * G_USEC_PER_SEC);
    }
    ov_complain("nobody confirmed the key; nothing was changed");
    return OV_EXIT_UNAVAILABLE;
}

static OvExit login(const OvSettings *settings, OvOvhCredentials *credentials, gboolean json) {
    const char *file = settings->provider_credentials;
    const char *endpoint = ov_ovh_credentials_endpoint(credentials)->name;
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(OvStop) stop = ov_stop_new();
    g_autoptr(OvOvh) ovh =
        ov_ovh_new(credentials, settings->provider_calls, settings->provider_time_limit, stop);
    g_autoptr(GError) error = NULL;
    const char *link = ov_ovh_login_ask(ovh, arena, &error);
    if (!link)
        return ov_provider_complain(error);
    tell_link(link, json);
    OvExit code = wait_for(ovh, stop);
    if (code != OV_EXIT_OK)
        return code;
    if (!ov_ovh_credentials_write(file, endpoint, ov_ovh_consumer(ovh), &error))
        return ov_provider_complain(error);
    tell_end(file, json);
    return OV_EXIT_OK;
}

OvExit ov_command_provider_login(const OvArguments *arguments) {
    g_autoptr(OvSettings) settings = ov_command_settings(arguments);
    if (!settings)
        return OV_EXIT_SETTINGS;
    const char *file = settings->provider_credentials;
    g_autofree char *directory = g_path_get_dirname(file);
    g_autoptr(GError) error = NULL;
    OvOvhCredentials *credentials = ov_ovh_credentials_read(
        file, ov_arguments_value(arguments, "endpoint"), OV_OVH_NEED_KEY, &error);
    if (!credentials)
        return ov_provider_complain(error);
    if (access(directory, W_OK) != 0) {
        ov_complain("%s can't be written to: %m", directory);
        ov_ovh_credentials_free(credentials);
        return OV_EXIT_NO_PERMISSION;
    }
    return login(settings, credentials, ov_arguments_has(arguments, "json"));
}
