/* The maps of logins and addresses: every type against something real. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/ownership.h"
#include "policy/ownership_maps.h"
#include "tests/unit/ownership_place.h"
#include "tests/unit/socketmap_server.h"

#include <sqlite3.h>

static OvOwnerMaps *maps_of(const char *words) {
    g_autoptr(OvSettings) settings = settings_of(words, "");
    g_autoptr(GError) error = NULL;
    OvOwnerMaps *maps = ov_owner_maps_new(settings, &error);
    if (!maps)
        fail_msg("%s", error->message);
    return maps;
}

static OvListed listed(OvOwnerMaps *maps, const char *login, const char *address) {
    g_autoptr(GError) error = NULL;
    OvListed answer = ov_owner_maps_ask(maps, login, ov_slice(address),
                                        g_get_monotonic_time() + patience, NULL, &error);
    if (error)
        fail_msg("%s of %s: %s", address, login, error->message);
    return answer;
}

static void assert_trouble(OvOwnerMaps *maps, const char *words) {
    g_autoptr(GError) error = NULL;
    ov_owner_maps_ask(maps, "anna", OV_SLICE_LITERAL("anna@home.example"),
                      g_get_monotonic_time() + patience, NULL, &error);
    assert_non_null(error);
    if (!strstr(error->message, words))
        fail_msg("\"%s\" does not tell \"%s\"", error->message, words);
}

typedef struct {
    const char *login, *address;
    OvListed listed;
} Row;

static void check_rows(OvOwnerMaps *maps, const Row *rows, gsize n) {
    for (gsize i = 0; i < n; i++) {
        OvListed found = listed(maps, rows[i].login, rows[i].address);
        if (found != rows[i].listed)
            fail_msg("%s of %s: %d, not %d", rows[i].address, rows[i].login, (int)found,
                     (int)rows[i].listed);
    }
}

static void test_postfix_searches_as_it_does_itself(void **state) {
    (void)state;
    g_autofree char *table = put("logins", "anna@home.example anna, chief\n"
                                           "bert chief bert\n"
                                           "@office.example office\n"
                                           "carla+x@office.example carla\n"
                                           "-q@home.example dash\n"
                                           "x'y@home.example quote\n");
    g_autofree char *maps_text =
        g_strdup_printf("inline:{ {anna@home.example = first} {dora@home.example = dora} }, "
                        "texthash:%s, regexp:%s/patterns",
                        table, directory);
    g_autofree char *patterns = put("patterns", "/^t-[0-9]+@tickets\\.example$/ ticket\n"
                                                "/^@home/ everybody\n");
    put_postfix(maps_text);
    g_autoptr(OvOwnerMaps) maps = maps_of("postfix");
    static const Row rows[] = {
        {"first", "anna@home.example", OV_LISTED_LOGIN},
        /* The first table that has the key decides. */
        {"anna", "anna@home.example", OV_LISTED_OTHERS},
        {"FIRST", "Anna@Home.Example", OV_LISTED_LOGIN},
        {"first", "anna+news@home.example", OV_LISTED_LOGIN},
        {"dora", "dora@home.example", OV_LISTED_LOGIN},
        {"bert", "bert@local.example", OV_LISTED_LOGIN},
        {"chief", "bert+x@home.example", OV_LISTED_LOGIN},
        {"bert", "bert@office.example", OV_LISTED_OTHERS},
        {"office", "bert@office.example", OV_LISTED_LOGIN},
        {"bert", "bert@elsewhere.example", OV_LISTED_NOWHERE},
        {"carla", "carla+x@office.example", OV_LISTED_LOGIN},
        {"carla", "carla+y@office.example", OV_LISTED_OTHERS},
        {"ticket", "t-4711@tickets.example", OV_LISTED_LOGIN},
        {"ticket", "t-x@tickets.example", OV_LISTED_NOWHERE},
        /* Patterns get whole addresses alone. */
        {"everybody", "emil@home.example", OV_LISTED_NOWHERE},
        {"dash", "-q@home.example", OV_LISTED_LOGIN},
        {"quote", "x'y@home.example", OV_LISTED_LOGIN},
        {"quote", "\"x'y\"@home.example", OV_LISTED_LOGIN},
    };
    check_rows(maps, rows, G_N_ELEMENTS(rows));
}

static void test_evil_addresses_and_logins_are_listed_nowhere(void **state) {
    (void)state;
    g_autofree char *table =
        put("logins", "anna@home.example anna\numl\xc3\xa4ut@home.example uml\n");
    g_autofree char *maps_text = g_strdup_printf("texthash:%s", table);
    put_postfix(maps_text);
    g_autofree char *list = put("owners", "anna@home.example anna\n");
    g_autofree char *both = g_strdup_printf("postfix text:%s", list);
    g_autoptr(OvOwnerMaps) maps = maps_of(both);
    g_autofree char *a = g_strnfill(10000, 'a');
    g_autofree char *long_local = g_strdup_printf("%s@home.example", a);
    const char *const addresses[] = {
        "x\nanna@home.example",
        "anna@home.example\nx",
        "anna@home.example\r",
        "\"\n\"@home.example",
        "anna",
        "@",
        "@home.example",
        "anna@",
        "-q",
        "--",
        "\xff\xfe@home.example",
        "umla\xcc\x88ut@home.example", /* decomposed: another address */
        "anna@home.example@evil.example",
        "anna@home.example,x@evil.example",
        "(anna@home.example)x@evil.example",
        "<anna@home.example>",
        "' OR '1'='1'@home.example",
        "$(id)@home.example",
        long_local,
    };
    for (guint i = 0; i < G_N_ELEMENTS(addresses); i++)
        if (listed(maps, "anna", addresses[i]) == OV_LISTED_LOGIN)
            fail_msg("%s is anna's", addresses[i]);
    const char *const logins[] = {"",     "anna,chief", "anna chief", "anna\n",      "*",
                                  "ann?", "\xff\xfe",   "-q",         "ann\xc3\xa4", a};
    for (guint i = 0; i < G_N_ELEMENTS(logins); i++)
        assert_int_equal(listed(maps, logins[i], "anna@home.example"), OV_LISTED_OTHERS);
    assert_int_equal(listed(maps, "uml", "uml\xc3\xa4ut@home.example"), OV_LISTED_LOGIN);
}

static void test_trouble_with_tables_is_told_in_their_own_words(void **state) {
    (void)state;
    static const struct {
        const char *map, *words;
    } cases[] = {
        {"hash:/nonexistent/logins", "/nonexistent/logins"},
        {"nosuchtype:/x", "unsupported dictionary type"},
        {"fail:broken", "fail:broken"},
        {"sqlite:/nonexistent/logins.cf", "/nonexistent/logins.cf"},
        {"socketmap:unix:/nonexistent/socket:logins", "can't connect"},
        {"postfix", "has no smtpd_sender_login_maps"},
    };
    put_postfix("");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(OvOwnerMaps) maps = maps_of(cases[i].map);
        assert_trouble(maps, cases[i].words);
    }
}

static void test_a_map_that_lists_the_login_outweighs_one_in_trouble(void **state) {
    (void)state;
    g_autofree char *list = put("owners", "anna@home.example anna\n");
    g_autofree char *words = g_strdup_printf("fail:broken text:%s", list);
    put_postfix("");
    g_autoptr(OvOwnerMaps) maps = maps_of(words);
    assert_int_equal(listed(maps, "anna", "anna@home.example"), OV_LISTED_LOGIN);
    g_autoptr(GError) error = NULL;
    ov_owner_maps_ask(maps, "bert", OV_SLICE_LITERAL("anna@home.example"),
                      g_get_monotonic_time() + patience, NULL, &error);
    assert_non_null(error);
}

static void test_a_text_file_takes_patterns_on_both_sides(void **state) {
    (void)state;
    g_autofree char *list = put("owners", "# who may send for whom\n\n"
                                          "anna@home.example   anna, chief # and her chief\n"
                                          "anna@home.example\tsubstitute-*\r\n"
                                          "*@office.example office-?\n"
                                          "* ticket-system\n"
                                          "gr\xc3\xbc\xc3\x9f@home.example anna\n");
    g_autofree char *words = g_strdup_printf("text:%s", list);
    g_autoptr(OvOwnerMaps) maps = maps_of(words);
    static const Row rows[] = {
        {"anna", "ANNA@home.example", OV_LISTED_LOGIN},
        {"Chief", "anna@home.example", OV_LISTED_LOGIN},
        {"substitute-7", "anna@home.example", OV_LISTED_LOGIN},
        {"and", "anna@home.example", OV_LISTED_OTHERS},
        {"office-1", "x@office.example", OV_LISTED_LOGIN},
        {"office-12", "x@office.example", OV_LISTED_OTHERS},
        {"office-1", "x@sub.office.example", OV_LISTED_OTHERS},
        {"ticket-system", "anybody@anywhere.example", OV_LISTED_LOGIN},
        {"anna", "gr\xc3\xbc\xc3\x9f@home.example", OV_LISTED_LOGIN},
    };
    check_rows(maps, rows, G_N_ELEMENTS(rows));
}

static void test_faults_of_a_text_file_name_the_line(void **state) {
    (void)state;
    static const struct {
        const char *text, *told;
    } cases[] = {
        {"anna@home.example anna\nbert@home.example\n", ":2: no login follows"},
        {"\n\nanna anna\n", ":3: the address has no @"},
        {"anna@home.example # anna\n", ":1: no login follows"},
        {"\xff@home.example anna\n", ":1: it is no valid UTF-8"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *list = put("owners", cases[i].text);
        g_autofree char *words = g_strdup_printf("text:%s", list);
        g_autoptr(OvSettings) settings = settings_of(words, "");
        g_autoptr(GError) error = NULL;
        OvOwners *owners;
        assert_false(ov_owners_new(settings, NULL, NULL, &owners, &error));
        if (!strstr(error->message, cases[i].told) || !strstr(error->message, list))
            fail_msg("%s", error->message);
    }
    g_autoptr(OvSettings) settings = settings_of("text:/nonexistent/owners", "");
    g_autoptr(GError) error = NULL;
    assert_null(ov_owner_maps_new(settings, &error));
    assert_non_null(strstr(error->message, "/nonexistent/owners"));
}

static void test_an_sqlite_database_is_asked_with_quotes(void **state) {
    (void)state;
    g_autofree char *path = g_build_filename(directory, "logins.sqlite", NULL);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db,
                     "CREATE TABLE owner (address TEXT, login TEXT);"
                     "INSERT INTO owner VALUES ('anna@home.example', 'anna'),"
                     "('anna@home.example', 'chief'), ('o''neil@home.example', 'neil'),"
                     "('@office.example', 'office'), ('empty@home.example', NULL)",
                     NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_close(db);
    g_autofree char *text =
        g_strdup_printf("# Postfix's\ndbpath = %s\nquery = SELECT login FROM owner\n"
                        "  WHERE address = '%%s'\n",
                        path);
    g_autofree char *cf = put("logins.cf", text);
    g_autofree char *words = g_strdup_printf("sqlite:%s", cf);
    put_postfix("");
    g_autoptr(OvOwnerMaps) maps = maps_of(words);
    static const Row rows[] = {
        {"anna", "Anna@Home.example", OV_LISTED_LOGIN},
        {"chief", "anna+x@home.example", OV_LISTED_LOGIN},
        {"neil", "o'neil@home.example", OV_LISTED_LOGIN},
        {"anna", "x' OR '1'='1@home.example", OV_LISTED_NOWHERE},
        {"anna", "empty@home.example", OV_LISTED_NOWHERE},
        {"office", "x@office.example", OV_LISTED_LOGIN},
    };
    check_rows(maps, rows, G_N_ELEMENTS(rows));

    g_autofree char *old =
        g_strdup_printf("dbpath = %s\ntable = owner\nselect_field = login\nwhere_field = address\n"
                        "domain = home.example\nresult_format = %%s-of-%%2\n",
                        path);
    g_autofree char *old_cf = put("logins.cf", old);
    static const Row old_rows[] = {
        {"anna-of-home", "anna@home.example", OV_LISTED_LOGIN},
        {"chief-of-home", "anna@home.example", OV_LISTED_LOGIN},
        {"anna", "anna@home.example", OV_LISTED_OTHERS},
        {"office-of-office", "x@office.example", OV_LISTED_NOWHERE},
    };
    check_rows(maps, old_rows, G_N_ELEMENTS(old_rows));
    g_autofree char *bad_cf = put("logins.cf", "dbpath = /nonexistent/db\nquery = SELECT 1\n");
    assert_trouble(maps, "/nonexistent/db");
}

static void test_a_socketmap_answers(void **state) {
    (void)state;
    static const struct {
        const char *reply, *trouble; /* trouble NULL: an answer */
        OvListed listed;
    } cases[] = {
        {"15:OK bert, anna x,", NULL, OV_LISTED_LOGIN},
        {"7:OK anna,", NULL, OV_LISTED_LOGIN},
        {"7:OK bert,", NULL, OV_LISTED_OTHERS},
        {"9:NOTFOUND ,", NULL, OV_LISTED_NOWHERE},
        {"8:NOTFOUND,", NULL, OV_LISTED_NOWHERE},
        {"8:TEMP sql,", "the server has trouble: sql", OV_LISTED_NOWHERE},
        {"8:TIMEOUT ,", "no answer in time", OV_LISTED_NOWHERE},
        {"6:PERM x,", "refuses: x", OV_LISTED_NOWHERE},
        {"13:TEMP one\ntwo\x1b,", "the server has trouble: one two", OV_LISTED_NOWHERE},
        {"6:WHAT x,", "none of socketmap", OV_LISTED_NOWHERE},
        {"7:OK annaX", "no netstring", OV_LISTED_NOWHERE},
        {":OK anna,", "no netstring", OV_LISTED_NOWHERE},
        {"-1:x,", "no netstring", OV_LISTED_NOWHERE},
        {"9999999:x", "no netstring", OV_LISTED_NOWHERE},
        {"100001:x", "too long", OV_LISTED_NOWHERE},
        {"50:OK anna,", "closed", OV_LISTED_NOWHERE},
        {"", "closed", OV_LISTED_NOWHERE},
    };
    put_postfix("");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        SocketmapServer *server = socketmap_server_start(directory, cases[i].reply, 0);
        g_autofree char *words =
            g_strdup_printf("socketmap:unix:%s:logins", socketmap_server_path(server));
        g_autoptr(OvOwnerMaps) maps = maps_of(words);
        if (cases[i].trouble)
            assert_trouble(maps, cases[i].trouble);
        else
            assert_int_equal(listed(maps, "anna", "anna@home.example"), cases[i].listed);
        assert_string_equal(socketmap_server_asked(server), "24:logins anna@home.example,");
        socketmap_server_stop(server);
    }
}

static void test_a_socketmap_connection_is_kept_and_made_anew(void **state) {
    (void)state;
    put_postfix("");
    SocketmapServer *server = socketmap_server_start(directory, "7:OK anna,", 3);
    g_autofree char *words =
        g_strdup_printf("socketmap:inet:127.0.0.1:%u:logins", socketmap_server_port(server));
    g_autoptr(OvOwnerMaps) maps = maps_of(words);
    for (guint i = 0; i < 6; i++)
        assert_int_equal(listed(maps, "anna", "anna@home.example"), OV_LISTED_LOGIN);
    assert_int_equal(socketmap_server_connections(server), 2);
    socketmap_server_stop(server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_postfix_searches_as_it_does_itself),
        cmocka_unit_test(test_evil_addresses_and_logins_are_listed_nowhere),
        cmocka_unit_test(test_trouble_with_tables_is_told_in_their_own_words),
        cmocka_unit_test(test_a_map_that_lists_the_login_outweighs_one_in_trouble),
        cmocka_unit_test(test_a_text_file_takes_patterns_on_both_sides),
        cmocka_unit_test(test_faults_of_a_text_file_name_the_line),
        cmocka_unit_test(test_an_sqlite_database_is_asked_with_quotes),
        cmocka_unit_test(test_a_socketmap_answers),
        cmocka_unit_test(test_a_socketmap_connection_is_kept_and_made_anew),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
