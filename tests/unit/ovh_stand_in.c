#include "tests/unit/ovh_stand_in.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct OvhStandIn {
    GPid pid;
    int input; /* it ends when this is closed */
    char *url, *control;
    CURL *curl;
};

static size_t take(char *data, size_t size, size_t n, void *user) {
    g_string_append_len(user, data, (gssize)(size * n));
    return size * n;
}

/* The port of "http PORT", the first line that it writes. */
static guint read_port(int output) {
    FILE *stream = fdopen(output, "r");
    guint port = 0;
    if (!stream || fscanf(stream, "http %u", &port) != 1)
        g_error("tests/tools/ovh-api does not serve");
    fclose(stream);
    return port;
}

OvhStandIn *ovh_stand_in_start(void) {
    const char *source = g_getenv("OUTVET_SOURCE");
    g_autofree char *program = g_build_filename(source ? source : ".", "tests/tools/ovh-api", NULL);
    char *argv[] = {program, (char *)"--with-stdin", NULL};
    g_autoptr(GError) error = NULL;
    OvhStandIn *api = g_new0(OvhStandIn, 1);
    int output = -1;
    if (!g_spawn_async_with_pipes(NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                                  &api->pid, &api->input, &output, NULL, &error))
        g_error("%s", error->message);
    guint port = read_port(output);
    api->url = g_strdup_printf("http://127.0.0.1:%u/1.0", port);
    api->control = g_strdup_printf("http://127.0.0.1:%u/_control", port);
    api->curl = curl_easy_init();
    return api;
}

void ovh_stand_in_stop(OvhStandIn *api) {
    close(api->input);
    while (waitpid(api->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    curl_easy_cleanup(api->curl);
    g_free(api->url);
    g_free(api->control);
    g_free(api);
}

const char *ovh_stand_in_url(const OvhStandIn *api) {
    return api->url;
}

static json_t *post(OvhStandIn *api, const char *members) {
    g_autofree char *body = g_strdup_printf("{%s}", members);
    g_autoptr(GString) answer = g_string_new(NULL);
    curl_easy_setopt(api->curl, CURLOPT_URL, api->control);
    curl_easy_setopt(api->curl, CURLOPT_PROXY, "");
    curl_easy_setopt(api->curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(api->curl, CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(api->curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(api->curl, CURLOPT_WRITEDATA, answer);
    CURLcode code = curl_easy_perform(api->curl);
    json_t *root = json_loads(answer->str, 0, NULL);
    json_t *value = json_object_get(root, "ok");
    if (code != CURLE_OK || !value)
        g_error("the stand-in does not take %s: %s %s", body, curl_easy_strerror(code),
                answer->str);
    json_incref(value);
    json_decref(root);
    return value;
}

json_t *ovh_stand_in_ask(OvhStandIn *api, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *members = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return post(api, members);
}

void ovh_stand_in_tell(OvhStandIn *api, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *members = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    json_decref(post(api, members));
}

guint ovh_stand_in_count(OvhStandIn *api, const char *method, const char *end) {
    json_t *log = ovh_stand_in_ask(api, "\"do\":\"log\"");
    guint n = 0;
    for (gsize i = 0; i < json_array_size(log); i++) {
        const json_t *entry = json_array_get(log, i);
        const char *target = json_string_value(json_object_get(entry, "target"));
        g_autofree char *path = g_strndup(target, strcspn(target, "?"));
        n += g_str_has_suffix(path, end) &&
             (!*method || strcmp(method, json_string_value(json_object_get(entry, "method"))) == 0);
    }
    json_decref(log);
    return n;
}
