/* OVH's credentials: what is taken, what is refused and how it is told, who may read them. */
#include "policy/provider/hosting.h"
#include "policy/provider/ovh_credentials.h"
#include "policy/provider/ovh_token.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <glib/gstdio.h>

static const char KEYS[] = "; made for mx1\n[default]\nendpoint=ovh-eu\n\n[ovh-eu]\n"
                           "application_key=TDPKJdwZwAQPwKX2\n"
                           "application_secret = 9ufkBmLaTQ9nz5yMUlg79taH0GNnzDjk \r\n"
                           "consumer_key=\"5mBuy6SUQcRw2ZUxg0cG68BoDKpED4KY\"\n";

static char *directory;

static int set_up(void **state) {
    (void)state;
    directory = g_dir_make_tmp("outvet-ovh-XXXXXX", NULL);
    return directory ? 0 : -1;
}

static int tear_down(void **state) {
    g_autofree char *file = g_build_filename(directory, "ovh.conf", NULL);
    (void)state;
    unlink(file);
    rmdir(directory);
    g_free(directory);
    return 0;
}

static OvOvhCredentials *parse(const char *text, GError **error) {
    return ov_ovh_credentials_parse(text, strlen(text), "ovh.conf", NULL, OV_OVH_NEED_ALL, error);
}

static const char *secret(const OvOvhCredentials *credentials, OvOvhSecret which) {
    return ov_ovh_credentials_secret(credentials, which);
}

static void test_keys_are_read_as_other_clients_read_them(void **state) {
    g_autoptr(OvOvhCredentials) credentials = parse(KEYS, NULL);
    (void)state;
    assert_non_null(credentials);
    assert_string_equal(secret(credentials, OV_OVH_APPLICATION_KEY), "TDPKJdwZwAQPwKX2");
    assert_string_equal(secret(credentials, OV_OVH_APPLICATION_SECRET),
                        "9ufkBmLaTQ9nz5yMUlg79taH0GNnzDjk");
    assert_string_equal(secret(credentials, OV_OVH_CONSUMER_KEY),
                        "5mBuy6SUQcRw2ZUxg0cG68BoDKpED4KY");
    assert_null(secret(credentials, OV_OVH_CLIENT_ID));
    assert_false(ov_ovh_credentials_is_account(credentials));
    const OvOvhEndpoint *endpoint = ov_ovh_credentials_endpoint(credentials);
    assert_string_equal(endpoint->base, "https://eu.api.ovh.com/1.0");
    assert_string_equal(endpoint->token_url, "https://www.ovh.com/auth/oauth2/token");
}

static void test_a_service_account_has_a_token(void **state) {
    (void)state;
    g_autoptr(OvOvhCredentials) credentials =
        parse("[default]\nendpoint=ovh-ca\n[ovh-ca]\nclient_id=EU.a/b\nclient_secret=s&=t\n", NULL);
    assert_true(ov_ovh_credentials_is_account(credentials));
    g_autoptr(OvSecrets) secrets = ov_secrets_new();
    assert_string_equal(ov_ovh_token_form(credentials, secrets),
                        "grant_type=client_credentials&scope=all&client_id=EU.a%2Fb&"
                        "client_secret=s%26%3Dt");
}

static void test_a_token_is_renewed_before_it_ends(void **state) {
    static const gint64 second = G_USEC_PER_SEC;
    static const char body[] = "{\"access_token\":\"abc\",\"token_type\":\"Bearer\","
                               "\"expires_in\":3599,\"scope\":\"all\"}";
    g_autoptr(OvOvhToken) token = ov_ovh_token_new();
    (void)state;
    assert_null(ov_ovh_token_field(token, 0));
    assert_true(ov_ovh_token_take(token, body, strlen(body), 0, NULL));
    assert_string_equal(ov_ovh_token_field(token, 3538 * second), "Authorization: Bearer abc");
    assert_null(ov_ovh_token_field(token, 3540 * second));
    assert_true(ov_ovh_token_take(token, body, strlen(body), 3540 * second, NULL));
    assert_non_null(ov_ovh_token_field(token, 3541 * second));
    ov_ovh_token_forget(token);
    assert_null(ov_ovh_token_field(token, 3541 * second));
    static const char *const wrong[] = {
        "{}",    "[]", "", "{\"access_token\":\"\"}", "{\"access_token\":\"a\\nX-Evil: b\"}",
        "<html>"};
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        assert_false(ov_ovh_token_take(token, wrong[i], strlen(wrong[i]), 0, &error));
        assert_true(g_error_matches(error, OV_HOSTING_ERROR, OV_HOSTING_ERROR_ANSWER));
        assert_null(ov_ovh_token_field(token, 1));
    }
}

static void test_an_endpoint_may_be_a_url(void **state) {
    static const struct {
        const char *url, *token_url;
    } cases[] = {
        {"https://api.example.com:4242", "https://api.example.com:4242/auth/oauth2/token"},
        {"http://127.0.0.1:8080/1.0", "http://127.0.0.1:8080/auth/oauth2/token"},
    };
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf(
            "[default]\nendpoint=%s\n[%s]\napplication_key=a\napplication_secret=b\n"
            "consumer_key=c\n",
            cases[i].url, cases[i].url);
        g_autoptr(OvOvhCredentials) credentials = parse(text, NULL);
        assert_non_null(credentials);
        const OvOvhEndpoint *endpoint = ov_ovh_credentials_endpoint(credentials);
        assert_string_equal(endpoint->base, cases[i].url);
        assert_string_equal(endpoint->token_url, cases[i].token_url);
    }
}

#define EU      "[default]\nendpoint=ovh-eu\n[ovh-eu]\n"
#define SECRETS "application_key=TOPSECRET\napplication_secret=TOPSECRET\n"

static void test_what_does_not_go_together_is_told_without_secrets(void **state) {
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"", "names no endpoint"},
        {"[ovh-eu]\n" SECRETS, "names no endpoint"},
        {"[default]\nendpoint=ovh-eu\n", "needs application_key and application_secret from https"},
        {EU "application_key=TOPSECRET\n", "needs application_key and application_secret"},
        {EU SECRETS, "outvet provider login"},
        {EU "client_id=TOPSECRET\n", "needs both client_id and client_secret"},
        {EU SECRETS "consumer_key=TOPSECRET\nclient_id=TOPSECRET\nclient_secret=TOPSECRET\n",
         "keep one kind"},
        {"[default]\nendpoint=kimsufi-eu\n[kimsufi-eu]\nclient_id=TOPSECRET\n"
         "client_secret=TOPSECRET\n",
         "no service accounts"},
        {"[default]\nendpoint=ovh-uk\n", "none of ovh-eu"},
        {"[default]\nendpoint=http://api.example.com\n", "begins with https"},
        {"[default]\nendpoint=https://user:TOPSECRET@api.example.com\n", "name and password"},
        {"[default]\nendpoint=https://api.example.com/\n", "ends without slash"},
        {"[default]\nendpoint=https://api.example.com/1.0?x=\n", "has no ?"},
        {EU "application_key=TOP SECRET\n", "ovh.conf:4: the value of application_key has blanks"},
        {EU "application_key=TOP\xC3\xA9SECRET\n", "unfit characters"},
        {EU SECRETS "application_key=TOPSECRET\n", "ovh.conf:6: application_key stands here"},
        {EU "TOPSECRET\n", "ovh.conf:4: this is no [section]"},
        {"[default\nendpoint=ovh-eu\n", "ovh.conf:1:"},
    };
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(OvOvhCredentials) credentials = parse(cases[i].text, &error);
        assert_null(credentials);
        assert_true(g_error_matches(error, OV_HOSTING_ERROR, OV_HOSTING_ERROR_SETUP));
        if (!strstr(error->message, cases[i].says))
            print_message("# %s, not %s\n", error->message, cases[i].says);
        assert_non_null(strstr(error->message, cases[i].says));
        assert_null(strstr(error->message, "SECRET"));
    }
}

static char *put(const char *text, mode_t mode) {
    char *file = g_build_filename(directory, "ovh.conf", NULL);
    assert_true(g_file_set_contents(file, text, -1, NULL));
    assert_int_equal(chmod(file, mode), 0);
    return file;
}

static char *contents(const char *file) {
    char *text = NULL;
    assert_true(g_file_get_contents(file, &text, NULL, NULL));
    return text;
}

static void refuse(const char *file, const char *says) {
    g_autoptr(GError) error = NULL;
    assert_null(ov_ovh_credentials_load(file, &error));
    assert_true(g_error_matches(error, OV_HOSTING_ERROR, OV_HOSTING_ERROR_SETUP));
    assert_non_null(strstr(error->message, file));
    assert_non_null(strstr(error->message, says));
}

static void test_a_file_that_others_may_read_is_not_used(void **state) {
    static const mode_t wrong[] = {0644, 0604, 0660, 0602, 0666, 0777, 0620};
    static const mode_t right[] = {0600, 0400, 0640, 0440};
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *file = put(KEYS, wrong[i]);
        refuse(file, "chmod 640");
    }
    for (guint i = 0; i < G_N_ELEMENTS(right); i++) {
        g_autofree char *file = put(KEYS, right[i]);
        g_autoptr(OvOvhCredentials) credentials = ov_ovh_credentials_load(file, NULL);
        assert_non_null(credentials);
        chmod(file, 0600);
    }
    refuse(directory, "it is no file");
    refuse("/dev/null", "it is no file");
    refuse("/nowhere/ovh.conf", "No such file");
    g_autofree char *large = g_strnfill(33 * 1024, '\n');
    g_autofree char *file = put(large, 0600);
    refuse(file, "longer than 32 KiB");
}

static void test_a_systemd_credential_comes_first(void **state) {
    g_autofree char *file = put(KEYS, 0400);
    (void)state;
    g_setenv("CREDENTIALS_DIRECTORY", directory, TRUE);
    g_autoptr(OvOvhCredentials) credentials = ov_ovh_credentials_load("/nowhere", NULL);
    g_setenv("CREDENTIALS_DIRECTORY", "/nowhere", TRUE);
    g_autoptr(OvOvhCredentials) other = ov_ovh_credentials_load(file, NULL);
    g_unsetenv("CREDENTIALS_DIRECTORY");
    assert_non_null(credentials);
    assert_non_null(other);
}

static void test_a_login_changes_the_consumer_key_alone(void **state) {
    g_autofree char *file = put(KEYS, 0640);
    (void)state;
    assert_true(ov_ovh_credentials_write(file, "ovh-eu", "NEW", NULL));
    g_autofree char *text = contents(file);
    g_autofree char *start = g_strndup(KEYS, (gsize)(strstr(KEYS, "consumer_key") - KEYS));
    g_autofree char *wanted = g_strconcat(start, "consumer_key = NEW\n", NULL);
    assert_string_equal(text, wanted);
    struct stat status;
    assert_int_equal(stat(file, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
    g_autoptr(GDir) listing = g_dir_open(directory, 0, NULL);
    guint files = 0;
    while (g_dir_read_name(listing))
        files++;
    assert_int_equal(files, 1);
}

static void test_a_login_fills_in_what_is_missing(void **state) {
    static const struct {
        const char *before, *after;
    } cases[] = {
        {"[ovh-eu]\napplication_key=a\napplication_secret=b",
         "[default]\nendpoint = ovh-eu\n"
         "[ovh-eu]\napplication_key=a\napplication_secret=b\nconsumer_key = NEW\n"},
        {"[default]\n; mine\n[ovh-eu]\napplication_key=a\napplication_secret=b\n\n[other]\nx=y\n",
         "[default]\nendpoint = ovh-eu\n; mine\n[ovh-eu]\napplication_key=a\n"
         "application_secret=b\nconsumer_key = NEW\n\n[other]\nx=y\n"},
        {"[ovh-eu]\nconsumer_key=\napplication_key=a\napplication_secret=b\n[default]\nendpoint=\n",
         "[ovh-eu]\nconsumer_key = NEW\napplication_key=a\napplication_secret=b\n"
         "[default]\nendpoint = ovh-eu\n"},
    };
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *file = put(cases[i].before, 0600);
        g_autoptr(OvOvhCredentials) before =
            ov_ovh_credentials_read(file, "ovh-eu", OV_OVH_NEED_KEY, NULL);
        assert_non_null(before);
        assert_true(ov_ovh_credentials_write(file, "ovh-eu", "NEW", NULL));
        g_autofree char *text = contents(file);
        assert_string_equal(text, cases[i].after);
        g_autoptr(OvOvhCredentials) after = ov_ovh_credentials_load(file, NULL);
        assert_string_equal(secret(after, OV_OVH_CONSUMER_KEY), "NEW");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_are_read_as_other_clients_read_them),
        cmocka_unit_test(test_a_service_account_has_a_token),
        cmocka_unit_test(test_a_token_is_renewed_before_it_ends),
        cmocka_unit_test(test_an_endpoint_may_be_a_url),
        cmocka_unit_test(test_what_does_not_go_together_is_told_without_secrets),
        cmocka_unit_test(test_a_file_that_others_may_read_is_not_used),
        cmocka_unit_test(test_a_systemd_credential_comes_first),
        cmocka_unit_test(test_a_login_changes_the_consumer_key_alone),
        cmocka_unit_test(test_a_login_fills_in_what_is_missing),
    };
    return cmocka_run_group_tests_name("ovh_credentials", tests, set_up, tear_down);
}
