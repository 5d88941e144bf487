/* What is known of whose an address is: the cache over the maps, and trouble with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/ownership.h"
#include "tests/unit/ownership_place.h"
#include "tests/unit/socketmap_server.h"

static OvOwned ask(OvOwners *owners, const char *login, const char *address, gint64 wait) {
    const OvOwnership *ownership = ov_owners_ownership(owners);
    return ownership->answer(ownership->data, login, ov_slice(address),
                             g_get_monotonic_time() + wait);
}

static OvOwners *owners_of(const char *words, const char *more, OvLookupsChange change,
                           gpointer data) {
    g_autoptr(OvSettings) settings = settings_of(words, more);
    g_autoptr(GError) error = NULL;
    OvOwners *owners;
    if (!ov_owners_new(settings, change, data, &owners, &error))
        fail_msg("%s", error->message);
    return owners;
}

static void test_answers_are_kept(void **state) {
    (void)state;
    put_postfix("");
    SocketmapServer *server = socketmap_server_start(directory, "7:OK anna,", 0);
    g_autofree char *words =
        g_strdup_printf("socketmap:unix:%s:logins", socketmap_server_path(server));
    g_autoptr(OvOwners) owners = owners_of(words, "", NULL, NULL);
    for (guint i = 0; i < 10; i++) {
        assert_int_equal(ask(owners, "anna", "anna@home.example", patience), OV_OWNED_YES);
        assert_int_equal(ask(owners, "bert", "anna@home.example", patience), OV_OWNED_NO);
    }
    assert_int_equal(socketmap_server_questions(server), 2);
    g_auto(OvLookupsStatus) status = {0};
    ov_owners_status(owners, &status);
    assert_int_equal(status.asked, 20);
    assert_int_equal(status.found_in_cache, 18);
    assert_int_equal(status.cached, 2);
    assert_null(status.trouble);
    socketmap_server_stop(server);
}

static void test_no_answer_in_time_is_unknown_and_serves_the_next(void **state) {
    (void)state;
    put_postfix("");
    SocketmapServer *server = socketmap_server_start(directory, "7:OK anna,", 0);
    socketmap_server_hold(server, TRUE);
    g_autofree char *words =
        g_strdup_printf("socketmap:unix:%s:logins", socketmap_server_path(server));
    g_autoptr(OvOwners) owners = owners_of(words, "", NULL, NULL);
    assert_int_equal(ask(owners, "anna", "anna@home.example", 1000), OV_OWNED_UNKNOWN);
    assert_int_equal(ask(owners, "anna", "anna@home.example", 0), OV_OWNED_UNKNOWN);
    socketmap_server_hold(server, FALSE);
    assert_int_equal(ask(owners, "anna", "anna@home.example", patience), OV_OWNED_YES);
    assert_int_equal(socketmap_server_questions(server), 1);
    socketmap_server_stop(server);
}

static void test_what_no_map_lists_is_as_the_settings_say(void **state) {
    (void)state;
    g_autofree char *list = put("owners", "anna@home.example anna\n");
    g_autofree char *words = g_strdup_printf("text:%s", list);
    g_autoptr(OvOwners) foreign = owners_of(words, "", NULL, NULL);
    g_autoptr(OvOwners) free_for_all = owners_of(words, "unlisted_addresses = free\n", NULL, NULL);
    assert_int_equal(ask(foreign, "anna", "x@y.example", patience), OV_OWNED_NO);
    assert_int_equal(ask(free_for_all, "anna", "x@y.example", patience), OV_OWNED_YES);
    assert_int_equal(ask(free_for_all, "bert", "anna@home.example", patience), OV_OWNED_NO);
    g_autoptr(OvSettings) none = settings_of("", "");
    OvOwners *owners;
    assert_true(ov_owners_new(none, NULL, NULL, &owners, NULL));
    assert_null(owners);
}

typedef struct {
    GMutex lock;
    GString *told;
} Told;

static void note(const char *trouble, gpointer data) {
    Told *told = data;
    g_mutex_lock(&told->lock);
    g_string_append_printf(told->told, "[%s]", trouble ? trouble : "well");
    g_mutex_unlock(&told->lock);
}

static gboolean was_told(Told *told, const char *words) {
    g_mutex_lock(&told->lock);
    gboolean found = strstr(told->told->str, words) != NULL;
    g_mutex_unlock(&told->lock);
    return found;
}

static void wait_until_told(Told *told, const char *words) {
    gint64 end = g_get_monotonic_time() + patience;
    while (!was_told(told, words)) {
        if (g_get_monotonic_time() > end)
            fail_msg("never told %s: %s", words, told->told->str);
        g_usleep(20 * 1000);
    }
}

static void test_a_text_file_that_changes_is_read_again(void **state) {
    (void)state;
    Told told = {.told = g_string_new(NULL)};
    g_autofree char *list = put("owners", "anna@home.example anna\n");
    g_autofree char *words = g_strdup_printf("text:%s", list);
    OvOwners *owners = owners_of(words, "", note, &told);
    assert_int_equal(ask(owners, "bert", "anna@home.example", patience), OV_OWNED_NO);

    g_free(put("owners", "anna@home.example\n"));
    wait_until_told(&told, "no login follows the address");
    assert_int_equal(ask(owners, "anna", "anna@home.example", patience), OV_OWNED_YES);

    g_free(put("owners", "anna@home.example anna bert\n"));
    wait_until_told(&told, "[well]");
    assert_int_equal(ask(owners, "bert", "anna@home.example", patience), OV_OWNED_YES);
    ov_owners_unref(owners);
    g_string_free(told.told, TRUE);
}

static void test_trouble_is_told_once_and_its_end(void **state) {
    (void)state;
    Told told = {.told = g_string_new(NULL)};
    put_postfix("");
    SocketmapServer *server = socketmap_server_start(directory, "8:TEMP sql,", 0);
    g_autofree char *words =
        g_strdup_printf("socketmap:unix:%s:logins", socketmap_server_path(server));
    OvOwners *owners = owners_of(words, "", note, &told);
    for (guint i = 0; i < 3; i++) {
        g_autofree char *address = g_strdup_printf("a%u@home.example", i);
        assert_int_equal(ask(owners, "anna", address, patience), OV_OWNED_UNKNOWN);
    }
    g_auto(OvLookupsStatus) status = {0};
    ov_owners_status(owners, &status);
    assert_int_equal(status.failed, 3);
    assert_non_null(strstr(status.trouble, "sql"));
    socketmap_server_reply(server, "7:OK anna,");
    assert_int_equal(ask(owners, "anna", "b@home.example", patience), OV_OWNED_YES);
    ov_owners_unref(owners);
    g_autofree char *expected = g_strdup_printf("[%s: the server has trouble: sql][well]", words);
    assert_string_equal(told.told->str, expected);
    g_string_free(told.told, TRUE);
    socketmap_server_stop(server);
}

typedef struct {
    OvOwners *owners;
    guint number, wrong;
} Asker;

static gpointer ask_much(gpointer data) {
    Asker *asker = data;
    for (guint i = 0; i < 2000; i++) {
        g_autofree char *address = g_strdup_printf("a%u@home.example", i * 7 % 1500);
        const char *login = (i + asker->number) % 2 ? "anna" : "bert";
        OvOwned found = ask(asker->owners, login, address, patience);
        OvOwned right = g_str_equal(login, "anna") ? OV_OWNED_YES : OV_OWNED_NO;
        asker->wrong += found != right && found != OV_OWNED_UNKNOWN;
    }
    return NULL;
}

static void test_many_threads_get_right_answers_within_bounds(void **state) {
    (void)state;
    g_autofree char *list = put("owners", "*@home.example anna\n");
    g_autofree char *words = g_strdup_printf("text:%s", list);
    g_autoptr(OvOwners) owners = owners_of(words, "", NULL, NULL);
    Asker askers[8];
    GThread *threads[G_N_ELEMENTS(askers)];
    for (guint i = 0; i < G_N_ELEMENTS(askers); i++) {
        askers[i] = (Asker){owners, i, 0};
        threads[i] = g_thread_new("asker", ask_much, &askers[i]);
    }
    for (guint i = 0; i < G_N_ELEMENTS(askers); i++) {
        g_thread_join(threads[i]);
        assert_int_equal(askers[i].wrong, 0);
    }
    for (guint i = 0; i < OV_LOOKUPS_MAX_ANSWERS + 500; i++) {
        g_autofree char *address = g_strdup_printf("b%u@home.example", i);
        assert_int_equal(ask(owners, "anna", address, patience), OV_OWNED_YES);
    }
    g_auto(OvLookupsStatus) status = {0};
    ov_owners_status(owners, &status);
    assert_int_equal(status.cached, OV_LOOKUPS_MAX_ANSWERS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers_are_kept),
        cmocka_unit_test(test_no_answer_in_time_is_unknown_and_serves_the_next),
        cmocka_unit_test(test_what_no_map_lists_is_as_the_settings_say),
        cmocka_unit_test(test_a_text_file_that_changes_is_read_again),
        cmocka_unit_test(test_trouble_is_told_once_and_its_end),
        cmocka_unit_test(test_many_threads_get_right_answers_within_bounds),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
