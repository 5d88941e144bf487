#include "policy/provider/ovh_token.h"

#include "policy/provider/answer_json.h"
#include "policy/provider/hosting.h"

#include <string.h>

enum { EARLY = 60, LEAST_LIFE = 30, LONGEST_LIFE = 86400, MAX_TOKEN = 16 * 1024 };

struct OvOvhToken {
    OvSecrets *secrets;
    const char *field; /* NULL for none */
    gint64 end;        /* when it is to be renewed */
};

OvOvhToken *ov_ovh_token_new(void) {
    OvOvhToken *token = g_new0(OvOvhToken, 1);
    token->secrets = ov_secrets_new();
    return token;
}

void ov_ovh_token_free(OvOvhToken *token) {
    if (!token)
        return;
    ov_secrets_free(token->secrets);
    g_free(token);
}

const char *ov_ovh_token_field(const OvOvhToken *token, gint64 now) {
    return now < token->end ? token->field : NULL;
}

void ov_ovh_token_forget(OvOvhToken *token) {
    token->field = NULL;
    token->end = 0;
    ov_secrets_reset(token->secrets);
}

/* RFC 3986 2.3 */
static char *append_escaped(char *to, const char *text) {
    for (; *text; text++)
        if (g_ascii_isalnum(*text) || strchr("-._~", *text))
            *to++ = *text;
        else
            to += g_snprintf(to, 4, "%%%02X", (guint8)*text);
    return to;
}

const char *ov_ovh_token_form(const OvOvhCredentials *credentials, OvSecrets *secrets) {
    static const char start[] = "grant_type=client_credentials&scope=all&client_id=";
    static const char second[] = "&client_secret=";
    const char *client = ov_ovh_credentials_secret(credentials, OV_OVH_CLIENT_ID);
    const char *secret = ov_ovh_credentials_secret(credentials, OV_OVH_CLIENT_SECRET);
    char *form = ov_secrets_room(secrets, sizeof start + sizeof second +
                                              3 * (strlen(client) + strlen(secret)) + 1);
    char *end = append_escaped(g_stpcpy(form, start), client);
    append_escaped(g_stpcpy(end, second), secret);
    return form;
}

static gboolean is_token(const char *text, gsize length) {
    for (gsize i = 0; i < length; i++)
        if (!g_ascii_isgraph(text[i]))
            return FALSE;
    return length > 0 && length <= MAX_TOKEN;
}

static void keep(OvOvhToken *token, const char *text, gsize length) {
    static const char start[] = "Authorization: Bearer ";
    char *field = ov_secrets_room(token->secrets, strlen(start) + length + 1);
    memcpy(g_stpcpy(field, start), text, length);
    token->field = field;
}

gboolean ov_ovh_token_take(OvOvhToken *token, const char *body, gsize length, gint64 now,
                           GError **error) {
    ov_ovh_token_forget(token);
    json_t *root = ov_answer_parse(body, length, error);
    if (!root)
        return FALSE;
    const json_t *value = json_object_get(root, "access_token");
    char *text = (char *)json_string_value(value);
    gsize size = json_string_length(value);
    gint64 life = ov_answer_number(json_object_get(root, "expires_in"), LEAST_LIFE, G_MAXINT32,
                                   LEAST_LIFE + EARLY);
    gboolean fine = text && is_token(text, size);
    if (fine) {
        keep(token, text, size);
        /* A short life is used up to its half. */
        token->end = now + MAX(MIN(life, LONGEST_LIFE) - EARLY, life / 2) * G_USEC_PER_SEC;
    } else {
        g_set_error_literal(error, OV_HOSTING_ERROR, OV_HOSTING_ERROR_ANSWER,
                            "the provider's answer has no access token in it");
    }
    if (text)
        explicit_bzero(text, size);
    json_decref(root);
    return fine;
}
