#include "policy/postfix_config.h"

#include <string.h>

struct OvPostfixConfig {
    GPtrArray *services; /* OvPostfixService */
    GHashTable *values;  /* "name" of main.cf, "service/type/name" */
};

static void service_free(gpointer data) {
    OvPostfixService *service = data;
    g_free(service->name);
    g_free(service->type);
    g_free(service->program);
    g_free(service);
}

/* A name of a service may have slashes, its type and a parameter's name have
 * none. */
static void add_service(OvPostfixConfig *config, char *path, const char *command) {
    char *type = strrchr(path, '/');
    if (!type || config->services->len >= OV_POSTFIX_MAX_SERVICES)
        return;
    *type++ = '\0';
    OvPostfixService *service = g_new0(OvPostfixService, 1);
    service->name = g_strdup(path);
    service->type = g_strdup(type);
    service->program = g_strndup(command, strcspn(command, " \t"));
    g_ptr_array_add(config->services, service);
}

static void add_line(OvPostfixConfig *config, char *line) {
    char *equals = strchr(line, '=');
    if (!equals)
        return;
    *equals = '\0';
    char *name = g_strstrip(line);
    const char *value = g_strstrip(equals + 1);
    char *slash = strrchr(name, '/');
    if (slash && g_str_equal(slash, "/command")) {
        *slash = '\0';
        add_service(config, name, value);
    } else {
        g_hash_table_replace(config->values, g_strdup(name), g_strdup(value));
    }
}

OvPostfixConfig *ov_postfix_config_parse(const char *output) {
    OvPostfixConfig *config = g_new0(OvPostfixConfig, 1);
    config->services = g_ptr_array_new_with_free_func(service_free);
    config->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_auto(GStrv) lines = g_strsplit(output, "\n", -1);
    for (char **line = lines; *line; line++)
        add_line(config, *line);
    return config;
}

void ov_postfix_config_free(OvPostfixConfig *config) {
    if (!config)
        return;
    g_ptr_array_unref(config->services);
    g_hash_table_unref(config->values);
    g_free(config);
}

guint ov_postfix_config_n_services(const OvPostfixConfig *config) {
    return config->services->len;
}

const OvPostfixService *ov_postfix_config_service(const OvPostfixConfig *config, guint i) {
    return g_ptr_array_index(config->services, i);
}

const OvPostfixService *ov_postfix_config_find(const OvPostfixConfig *config, const char *type,
                                               const char *name) {
    for (guint i = 0; i < config->services->len; i++) {
        const OvPostfixService *service = g_ptr_array_index(config->services, i);
        if (g_str_equal(service->type, type) && g_str_equal(service->name, name))
            return service;
    }
    return NULL;
}

static const char *own_value(const OvPostfixConfig *config, const OvPostfixService *service,
                             const char *name) {
    if (!service)
        return NULL;
    g_autofree char *path = g_strdup_printf("%s/%s/%s", service->name, service->type, name);
    return g_hash_table_lookup(config->values, path);
}

gboolean ov_postfix_config_is_own(const OvPostfixConfig *config, const OvPostfixService *service,
                                  const char *name) {
    return own_value(config, service, name) != NULL;
}

const char *ov_postfix_config_value(const OvPostfixConfig *config, const OvPostfixService *service,
                                    const char *name) {
    const char *value = own_value(config, service, name);
    if (!value)
        value = g_hash_table_lookup(config->values, name);
    return value ? value : "";
}
