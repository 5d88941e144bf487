#include "policy/provider/ovh_credentials.h"

#include "policy/provider/hosting.h"
#include "policy/provider/ini.h"
#include "policy/provider/ovh_credentials_file.h"

#include <string.h>
#include <unistd.h>

enum { MAX_SECRET = 512 };

static const char *const NAMES[OV_N_OVH_SECRETS] = {
    [OV_OVH_APPLICATION_KEY] = "application_key",
    [OV_OVH_APPLICATION_SECRET] = "application_secret",
    [OV_OVH_CONSUMER_KEY] = "consumer_key",
    [OV_OVH_CLIENT_ID] = "client_id",
    [OV_OVH_CLIENT_SECRET] = "client_secret",
};

struct OvOvhCredentials {
    OvSecrets *secrets;
    OvOvhEndpoint *endpoint;
    const char *values[OV_N_OVH_SECRETS];
};

/* One reading of a text. */
typedef struct {
    OvSlice text;
    const char *file;
    OvOvhCredentials *into;
    GError **error;
} Reading;

static gboolean fail(const Reading *reading, guint line, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* line 0: of the whole file. Values are not told. */
static gboolean fail(const Reading *reading, guint line, const char *format, ...) {
    g_autofree char *place =
        line ? g_strdup_printf("%s:%u", reading->file, line) : g_strdup(reading->file);
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *trouble = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(reading->error, OV_HOSTING_ERROR, OV_HOSTING_ERROR_SETUP, "%s: %s", place, trouble);
    return FALSE;
}

static gboolean is_fit(OvSlice value, gsize most) {
    for (gsize i = 0; i < value.length; i++)
        if (!g_ascii_isgraph(value.data[i]))
            return FALSE;
    return value.length <= most;
}

static gboolean same(OvSlice slice, const char *text) {
    return ov_slice_equal(slice, ov_slice(text));
}

/* The value of [section] name, data NULL where there is none. FALSE with error. */
static gboolean look_up(const Reading *reading, const char *section, const char *name,
                        OvSlice *value) {
    OvSlice rest = reading->text, current = {NULL, 0};
    OvIniLine line;
    *value = (OvSlice){NULL, 0};
    for (guint number = 1; ov_ini_next(&rest, &line); number++) {
        if (line.kind == OV_INI_FAULT)
            return fail(reading, number, "this is no [section], name = value or ; comment");
        if (line.kind == OV_INI_SECTION)
            current = line.name;
        if (line.kind != OV_INI_KEY || !same(current, section) || !same(line.name, name) ||
            line.value.length == 0)
            continue;
        if (value->data)
            return fail(reading, number, "%s stands here for the second time", name);
        if (!is_fit(line.value, MAX_SECRET))
            return fail(reading, number,
                        "the value of %s has blanks or other unfit characters in it, or is too "
                        "long",
                        name);
        *value = line.value;
    }
    return TRUE;
}

static gboolean find_endpoint(const Reading *reading, const char *otherwise) {
    OvSlice told;
    const char *why = NULL;
    if (!look_up(reading, "default", "endpoint", &told))
        return FALSE;
    if (!told.data && !otherwise)
        return fail(reading, 0,
                    "it names no endpoint; write [default] and under it endpoint = ovh-eu");
    g_autofree char *name = told.data ? g_strndup(told.data, told.length) : g_strdup(otherwise);
    reading->into->endpoint = ov_ovh_endpoint_new(name, &why);
    /* A URL may have a password in it. */
    return reading->into->endpoint ||
           fail(reading, 0, "endpoint%s%s: %s", strstr(name, "://") ? "" : " = ",
                strstr(name, "://") ? "" : name, why);
}

static gboolean find_values(const Reading *reading) {
    const char *section = reading->into->endpoint->name;
    for (guint i = 0; i < OV_N_OVH_SECRETS; i++) {
        OvSlice value;
        if (!look_up(reading, section, NAMES[i], &value))
            return FALSE;
        if (value.data)
            reading->into->values[i] =
                ov_secrets_keep(reading->into->secrets, value.data, value.length);
    }
    return TRUE;
}

/* What is missing or doesn't go together. */
static gboolean check(const Reading *reading, OvOvhNeed need) {
    const OvOvhCredentials *into = reading->into;
    const char *const *values = into->values, *section = into->endpoint->name;
    gboolean key = values[OV_OVH_APPLICATION_KEY] || values[OV_OVH_APPLICATION_SECRET];
    gboolean account = values[OV_OVH_CLIENT_ID] || values[OV_OVH_CLIENT_SECRET];
    if (key && account)
        return fail(reading, 0, "[%s] has both an application_key and a client_id: keep one kind",
                    section);
    if (account && !into->endpoint->token_url)
        return fail(reading, 0, "%s has no service accounts: use an application_key", section);
    if (account && !(values[OV_OVH_CLIENT_ID] && values[OV_OVH_CLIENT_SECRET]))
        return fail(reading, 0, "[%s] needs both client_id and client_secret", section);
    if (account)
        return need == OV_OVH_NEED_ALL ||
               fail(reading, 0, "[%s] has a service account, which needs no consumer key", section);
    if (!values[OV_OVH_APPLICATION_KEY] || !values[OV_OVH_APPLICATION_SECRET])
        return fail(reading, 0,
                    "[%s] needs application_key and application_secret%s%s, or client_id and "
                    "client_secret",
                    section, into->endpoint->new_key ? " from " : "",
                    into->endpoint->new_key ? into->endpoint->new_key : "");
    if (need == OV_OVH_NEED_ALL && !values[OV_OVH_CONSUMER_KEY])
        return fail(reading, 0,
                    "[%s] has no consumer_key; `outvet provider login` asks the provider for one",
                    section);
    return TRUE;
}

static OvOvhCredentials *credentials_new(void) {
    OvOvhCredentials *credentials = g_new0(OvOvhCredentials, 1);
    credentials->secrets = ov_secrets_new();
    return credentials;
}

static OvOvhCredentials *parse(OvOvhCredentials *into, OvSlice text, const char *file,
                               const char *endpoint, OvOvhNeed need, GError **error) {
    Reading reading = {text, file, into, error};
    if (find_endpoint(&reading, endpoint) && find_values(&reading) && check(&reading, need))
        return into;
    ov_ovh_credentials_free(into);
    return NULL;
}

OvOvhCredentials *ov_ovh_credentials_parse(const char *text, gsize length, const char *file,
                                           const char *endpoint, OvOvhNeed need, GError **error) {
    return parse(credentials_new(), (OvSlice){text, length}, file, endpoint, need, error);
}

OvOvhCredentials *ov_ovh_credentials_read(const char *file, const char *endpoint, OvOvhNeed need,
                                          GError **error) {
    g_autoptr(OvOvhCredentials) into = credentials_new();
    OvSlice text;
    if (!ov_ovh_credentials_file(file, into->secrets, &text, NULL, error))
        return NULL;
    return parse(g_steal_pointer(&into), text, file, endpoint, need, error);
}

OvOvhCredentials *ov_ovh_credentials_load(const char *file, GError **error) {
    const char *directory = g_getenv("CREDENTIALS_DIRECTORY");
    g_autofree char *given =
        directory && *directory ? g_build_filename(directory, "ovh.conf", NULL) : NULL;
    const char *path = given && access(given, F_OK) == 0 ? given : file;
    return ov_ovh_credentials_read(path, NULL, OV_OVH_NEED_ALL, error);
}

void ov_ovh_credentials_free(OvOvhCredentials *credentials) {
    if (!credentials)
        return;
    ov_secrets_free(credentials->secrets);
    ov_ovh_endpoint_free(credentials->endpoint);
    g_free(credentials);
}

const OvOvhEndpoint *ov_ovh_credentials_endpoint(const OvOvhCredentials *credentials) {
    return credentials->endpoint;
}

gboolean ov_ovh_credentials_is_account(const OvOvhCredentials *credentials) {
    return credentials->values[OV_OVH_CLIENT_ID] != NULL;
}

const char *ov_ovh_credentials_secret(const OvOvhCredentials *credentials, OvOvhSecret secret) {
    return credentials->values[secret];
}
