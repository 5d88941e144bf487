/* The client of OVH's API against a stand-in as strict as the real one: what it asks, what it makes
 * of trouble, and that nothing is asked twice that may be asked once only. */
#include "policy/provider/hosting.h"
#include "tests/unit/ovh_stand_in.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <malloc.h>

#define NETWORK "192.0.2.0/28"
#define ADDRESS "192.0.2.1"

static const gint64 SECOND = G_USEC_PER_SEC;
static const char KEY[] = "TDPKJdwZwAQPwKX2";
static const char SECRET[] = "9ufkBmLaTQ9nz5yMUlg79taH0GNnzDjk";
static const char CONSUMER[] = "5mBuy6SUQcRw2ZUxg0cG68BoDKpED4KY";
static const char CLIENT[] = "EU.0123456789abcdef";
static const char CLIENT_SECRET[] = "0123456789abcdef0123456789abcdef";

/* A stand-in, and a client of it. */
typedef struct {
    OvhStandIn *api;
    OvArena *arena;
    char *directory, *file;
    OvHosting *hosting;
} Place;

static void put_credentials(const Place *place, const char *keys) {
    const char *url = ovh_stand_in_url(place->api);
    g_autofree char *text = g_strdup_printf("[default]\nendpoint = %s\n[%s]\n%s", url, url, keys);
    assert_true(g_file_set_contents_full(place->file, text, -1, G_FILE_SET_CONTENTS_CONSISTENT,
                                         0600, NULL));
}

static OvSettings *settings_of(const Place *place, const char *time_limit) {
    g_autofree char *text = g_strdup_printf("[provider]\nkind = ovh\ncredentials = %s\n"
                                            "calls = 1000000\ntime_limit = %s\n",
                                            place->file, time_limit);
    OvSettings *settings = ov_settings_parse(text, strlen(text), "test.conf", NULL);
    assert_non_null(settings);
    return settings;
}

static void open_hosting(Place *place, const char *time_limit) {
    g_autoptr(OvSettings) settings = settings_of(place, time_limit);
    g_autoptr(GError) error = NULL;
    ov_hosting_free(place->hosting);
    place->hosting = ov_hosting_new(settings, &error);
    if (error)
        fail_msg("%s", error->message);
}

static void put_keys(const Place *place, const char *key, const char *secret,
                     const char *consumer) {
    g_autofree char *keys =
        g_strdup_printf("application_key = %s\napplication_secret = %s\nconsumer_key = %s\n", key,
                        secret, consumer);
    put_credentials(place, keys);
}

static void put_account(const Place *place, const char *secret) {
    g_autofree char *keys = g_strdup_printf("client_id = %s\nclient_secret = %s\n", CLIENT, secret);
    put_credentials(place, keys);
}

static int set_up(void **state) {
    Place *place = g_new0(Place, 1);
    place->api = ovh_stand_in_start();
    place->arena = ov_arena_new();
    place->directory = g_dir_make_tmp("outvet-ovh-XXXXXX", NULL);
    place->file = g_build_filename(place->directory, "ovh.conf", NULL);
    ovh_stand_in_tell(place->api, "\"do\":\"network\",\"block\":\"" NETWORK "\"");
    ovh_stand_in_tell(place->api, "\"do\":\"network\",\"block\":\"198.51.100.8/32\"");
    ovh_stand_in_tell(place->api, "\"do\":\"network\",\"block\":\"2001:db8::/64\"");
    put_keys(place, KEY, SECRET, CONSUMER);
    open_hosting(place, "20s");
    *state = place;
    return 0;
}

static int tear_down(void **state) {
    Place *place = *state;
    ov_hosting_free(place->hosting);
    ovh_stand_in_stop(place->api);
    ov_arena_free(place->arena);
    g_unlink(place->file);
    g_rmdir(place->directory);
    g_free(place->directory);
    g_free(place->file);
    g_free(place);
    return 0;
}

static void clear_log(Place *place) {
    ovh_stand_in_tell(place->api, "\"do\":\"clear_log\"");
}

static void set_fault(Place *place, const char *match, const char *rest) {
    ovh_stand_in_tell(place->api, "\"do\":\"fault\",\"match\":\"%s\",%s", match, rest);
}

static void block(Place *place, guint seconds) {
    ovh_stand_in_tell(place->api, "\"do\":\"block\",\"address\":\"" ADDRESS "\",\"seconds\":%u",
                      seconds);
}

/* The error is of that code, says that, and no secret. */
static void check_error(GError *error, OvHostingError code, const char *says) {
    static const char *const secrets[] = {SECRET, CONSUMER, CLIENT_SECRET, "$1$"};
    assert_non_null(error);
    if (error->code != (int)code || !strstr(error->message, says))
        fail_msg("%d %s, not %d %s", error->code, error->message, code, says);
    for (guint i = 0; i < G_N_ELEMENTS(secrets); i++)
        assert_null(strstr(error->message, secrets[i]));
    assert_true(g_utf8_validate(error->message, -1, NULL) && !strchr(error->message, '\n'));
    g_error_free(error);
}

static void check_networks(Place *place) {
    GError *error = NULL;
    guint n = 0;
    const char **networks = ov_hosting_networks(place->hosting, place->arena, &n, &error);
    if (error)
        fail_msg("%s", error->message);
    assert_int_equal(n, 2);
    assert_string_equal(networks[0], NETWORK);
    assert_string_equal(networks[1], "198.51.100.8/32");
}

static void fail_networks(Place *place, OvHostingError code, const char *says) {
    GError *error = NULL;
    guint n = 0;
    assert_null(ov_hosting_networks(place->hosting, place->arena, &n, &error));
    check_error(error, code, says);
}

static guint blocked(Place *place, gboolean past) {
    GError *error = NULL;
    guint n = 0;
    const char **addresses =
        ov_hosting_blocked(place->hosting, NETWORK, past, place->arena, &n, &error);
    if (error)
        fail_msg("%s", error->message);
    assert_non_null(addresses);
    for (guint i = 0; i < n; i++)
        assert_string_equal(addresses[i], ADDRESS);
    return n;
}

static OvBlock block_now(Place *place) {
    GError *error = NULL;
    OvBlock found;
    if (!ov_hosting_block(place->hosting, NETWORK, ADDRESS, &found, place->arena, &error))
        fail_msg("%s", error->message);
    return found;
}

static OvBlockState unblock(Place *place) {
    GError *error = NULL;
    OvBlock found;
    if (!ov_hosting_unblock(place->hosting, NETWORK, ADDRESS, &found, place->arena, &error))
        fail_msg("%s", error->message);
    assert_string_equal(found.network, NETWORK);
    assert_string_equal(found.address, ADDRESS);
    return found.state;
}

static void fail_unblock(Place *place, OvHostingError code, const char *says) {
    GError *error = NULL;
    OvBlock found;
    assert_false(
        ov_hosting_unblock(place->hosting, NETWORK, ADDRESS, &found, place->arena, &error));
    check_error(error, code, says);
}

static void test_a_block_is_seen_from_first_to_last(void **state) {
    Place *place = *state;
    GError *error = NULL;
    gint64 now = g_get_real_time();
    check_networks(place);
    assert_int_equal(blocked(place, TRUE), 0);
    ovh_stand_in_tell(place->api, "\"do\":\"detect\",\"address\":\"" ADDRESS "\","
                                  "\"message_id\":\"1@shop.example\",\"score\":410");
    block(place, 3600);
    assert_int_equal(blocked(place, FALSE), 1);
    OvBlock found = block_now(place);
    assert_int_equal(found.state, OV_BLOCK_BLOCKED);
    assert_int_equal(found.duration, 3600);
    assert_true(ABS(found.since - now) < 60 * SECOND);
    assert_true(*ov_hosting_query_id(place->hosting));
    OvReport *reports = NULL;
    guint n = 0, n_reports = 0;
    OvDetected *detected =
        ov_hosting_detected(place->hosting, NETWORK, ADDRESS, now - 3600 * SECOND,
                            now + 3600 * SECOND, place->arena, &n, &reports, &n_reports, &error);
    assert_null(error);
    assert_int_equal(n, 1);
    assert_string_equal(detected[0].message_id, "1@shop.example");
    assert_int_equal(detected[0].score, 410);
    assert_int_equal(n_reports, 1);
    assert_int_equal(detected[0].period, reports[0].period);
    fail_unblock(place, OV_HOSTING_ERROR_STILL, "still blocked for");
    gint64 wait = ov_hosting_wait(place->hosting);
    assert_true(wait > 3500 * SECOND && wait <= 3600 * SECOND);
    ovh_stand_in_tell(place->api, "\"do\":\"advance\",\"seconds\":3601");
    assert_int_equal(unblock(place), OV_BLOCK_UNBLOCKING);
    assert_int_equal(blocked(place, FALSE), 1);
    ovh_stand_in_tell(place->api, "\"do\":\"advance\",\"seconds\":121");
    assert_int_equal(block_now(place).state, OV_BLOCK_UNBLOCKED);
    assert_int_equal(blocked(place, FALSE), 0);
    assert_int_equal(blocked(place, TRUE), 1);
}

static void test_still_blocked_is_known_whatever_its_status(void **state) {
    static const guint statuses[] = {400, 403, 404, 409};
    Place *place = *state;
    block(place, 129);
    for (guint i = 0; i < G_N_ELEMENTS(statuses); i++) {
        ovh_stand_in_tell(place->api, "\"do\":\"set\",\"too_early_status\":%u,\"errors\":\"%s\"",
                          statuses[i], i % 2 ? "old" : "new");
        fail_unblock(place, OV_HOSTING_ERROR_STILL, "still blocked for");
        assert_true(ov_hosting_wait(place->hosting) > 0);
    }
}

static void test_what_is_free_already_is_as_wanted(void **state) {
    Place *place = *state;
    block(place, 1);
    ovh_stand_in_tell(place->api, "\"do\":\"advance\",\"seconds\":2");
    ovh_stand_in_tell(place->api, "\"do\":\"set\",\"repeated\":409");
    clear_log(place);
    assert_int_equal(unblock(place), OV_BLOCK_UNBLOCKING);
    assert_int_equal(unblock(place), OV_BLOCK_UNBLOCKING);
    ovh_stand_in_tell(place->api, "\"do\":\"advance\",\"seconds\":121");
    assert_int_equal(unblock(place), OV_BLOCK_UNBLOCKED);
    assert_int_equal(ovh_stand_in_count(place->api, "POST", "/unblock"), 3);
}

static void test_an_unblock_is_never_sent_twice(void **state) {
    static const char *const faults[] = {
        "\"kind\":\"drop\"",
        "\"kind\":\"cut\"",
        "\"kind\":\"reset\"",
        "\"kind\":\"html\"",
        "\"kind\":\"html\",\"status\":408",
        "\"kind\":\"big\"",
        "\"kind\":\"html\",\"status\":500",
        "\"kind\":\"silent\"",
    };
    Place *place = *state;
    open_hosting(place, "2s");
    for (guint i = 0; i < G_N_ELEMENTS(faults); i++) {
        block(place, 1);
        ovh_stand_in_tell(place->api, "\"do\":\"advance\",\"seconds\":2");
        check_networks(place); /* leaves a connection to be used again */
        clear_log(place);
        set_fault(place, "^POST", faults[i]);
        fail_unblock(place, OV_HOSTING_ERROR_UNSURE, "POST");
        assert_int_equal(ovh_stand_in_count(place->api, "POST", "/unblock"), 1);
        assert_int_equal(ovh_stand_in_count(place->api, "", ""), 1);
        ovh_stand_in_tell(place->api, "\"do\":\"no_faults\"");
        ovh_stand_in_tell(place->api, "\"do\":\"forget\",\"address\":\"" ADDRESS "\"");
    }
}

static void test_an_unblock_that_was_taken_is_known_in_spite_of_its_answer(void **state) {
    static const char *const faults[] = {
        "\"kind\":\"cut_json\"",
        "\"kind\":\"deep\"",
        "\"kind\":\"answer\",\"body\":\"null\"",
        "\"kind\":\"answer\",\"status\":204",
        "\"kind\":\"answer\",\"body\":\"<html>ok</html>\"",
    };
    Place *place = *state;
    for (guint i = 0; i < G_N_ELEMENTS(faults); i++) {
        block(place, 3600);
        clear_log(place);
        set_fault(place, "^POST", faults[i]);
        if (i == 0)
            ovh_stand_in_tell(place->api, "\"do\":\"advance\",\"seconds\":3601");
        /* What the fault answers was not taken by the stand-in: so the state shows that it was
         * asked for. */
        assert_int_equal(unblock(place), i == 0 ? OV_BLOCK_UNBLOCKING : OV_BLOCK_BLOCKED);
        assert_int_equal(ovh_stand_in_count(place->api, "POST", "/unblock"), 1);
        assert_int_equal(ovh_stand_in_count(place->api, "GET", "/" ADDRESS), 1);
    }
}

static void test_an_unblock_that_was_refused_says_so(void **state) {
    Place *place = *state;
    block(place, 1);
    ovh_stand_in_tell(place->api, "\"do\":\"advance\",\"seconds\":2");
    set_fault(place, "^POST", "\"kind\":\"redirect\",\"location\":\"http://127.0.0.1:1/\"");
    fail_unblock(place, OV_HOSTING_ERROR_ANSWER, "redirect");
    set_fault(place, "^POST", "\"kind\":\"too_many\",\"retry_after\":2");
    clear_log(place);
    fail_unblock(place, OV_HOSTING_ERROR_BUSY, "fewer calls");
    assert_int_equal(ov_hosting_wait(place->hosting), 2 * SECOND);
    fail_unblock(place, OV_HOSTING_ERROR_BUSY, "fewer calls");
    assert_int_equal(ovh_stand_in_count(place->api, "", ""), 1);
    open_hosting(place, "20s");
    ovh_stand_in_tell(place->api,
                      "\"do\":\"credential\",\"key\":\"%s\",\"rules\":"
                      "[[\"GET\",\"/*\"]]",
                      CONSUMER);
    fail_unblock(place, OV_HOSTING_ERROR_DENIED, "lacks the right to this call");
    OvBlock found;
    GError *error = NULL;
    assert_false(
        ov_hosting_unblock(place->hosting, NETWORK, "8.8.8.8", &found, place->arena, &error));
    check_error(error, OV_HOSTING_ERROR_GONE, "8.8.8.8 is no IPv4 address of");
}

static void test_a_clock_that_goes_wrong_is_set_again(void **state) {
    static const int skews[] = {7200, -86400 * 400, 0, 86400 * 400};
    Place *place = *state;
    for (guint i = 0; i < G_N_ELEMENTS(skews); i++) {
        ovh_stand_in_tell(place->api, "\"do\":\"set\",\"skew\":%d,\"errors\":\"%s\"", skews[i],
                          i % 2 ? "old" : "new");
        clear_log(place);
        check_networks(place);
        assert_int_equal(ovh_stand_in_count(place->api, "GET", "/auth/time"), 1);
        assert_int_equal(ovh_stand_in_count(place->api, "GET", "/ip"), i == 0 ? 1 : 2);
        clear_log(place);
        check_networks(place);
        assert_int_equal(ovh_stand_in_count(place->api, "", ""), 1);
    }
    /* Also before what is to be done once. */
    block(place, 1);
    ovh_stand_in_tell(place->api, "\"do\":\"advance\",\"seconds\":2000");
    clear_log(place);
    assert_int_equal(unblock(place), OV_BLOCK_UNBLOCKING);
    assert_int_equal(ovh_stand_in_count(place->api, "POST", "/unblock"), 2); /* one was refused */
}

static void test_a_time_that_is_none_is_no_clock(void **state) {
    static const char *const times[] = {"0", "-5", "null", "\\\"now\\\"", "[]", "1e300"};
    Place *place = *state;
    for (guint i = 0; i < G_N_ELEMENTS(times); i++) {
        g_autofree char *fault = g_strdup_printf("\"kind\":\"answer\",\"body\":\"%s\"", times[i]);
        set_fault(place, "auth/time", fault);
        fail_networks(place, OV_HOSTING_ERROR_ANSWER, "");
    }
    /* What goes wrong on the way is told of the way, not of the network. */
    GError *error = NULL;
    guint n = 0;
    set_fault(place, "auth/time",
              "\"kind\":\"answer\",\"status\":404,\"body\":\"{\\\"message\\\":\\\"This service "
              "does not exist\\\"}\"");
    assert_null(ov_hosting_blocked(place->hosting, NETWORK, FALSE, place->arena, &n, &error));
    check_error(error, OV_HOSTING_ERROR_ANSWER, "look at the endpoint");
    block(place, 3600);
    clear_log(place);
    set_fault(place, "auth/time", "\"kind\":\"deep\"");
    fail_unblock(place, OV_HOSTING_ERROR_ANSWER, "");
    assert_int_equal(ovh_stand_in_count(place->api, "POST", ""), 0);
}

static void test_passing_trouble_is_waited_out_by_a_get(void **state) {
    static const char *const faults[] = {
        "\"kind\":\"html\",\"times\":2",
        "\"kind\":\"html\",\"status\":500,\"times\":2",
        "\"kind\":\"html\",\"status\":408,\"times\":2",
        "\"kind\":\"reset\",\"times\":2",
        "\"kind\":\"cut\",\"times\":2",
        "\"kind\":\"too_many\",\"retry_after\":1,\"times\":2",
    };
    Place *place = *state;
    check_networks(place);
    for (guint i = 0; i < G_N_ELEMENTS(faults); i++) {
        clear_log(place);
        set_fault(place, "GET /1.0/ip$", faults[i]);
        check_networks(place);
        /* libcurl itself asks once more where a kept connection died. */
        assert_in_range(ovh_stand_in_count(place->api, "GET", "/ip"), 3, 4);
    }
    clear_log(place);
    set_fault(place, "GET /1.0/ip$", "\"kind\":\"html\",\"times\":9");
    fail_networks(place, OV_HOSTING_ERROR_AWAY, "trouble on the provider's side: answer 503");
    assert_int_equal(ovh_stand_in_count(place->api, "GET", "/ip"), 3);
}

static void test_what_makes_no_sense_is_refused_at_once(void **state) {
    static const struct {
        const char *fault, *says;
    } cases[] = {
        {"\"kind\":\"big\"", "longer than 8 MiB"},
        {"\"kind\":\"big\",\"chunked\":1", "longer than 8 MiB"},
        {"\"kind\":\"deep\"", "too much in it"},
        {"\"kind\":\"cut_json\"", "it is no JSON"},
        {"\"kind\":\"answer\",\"body\":\"<html>\"", "it is no JSON"},
        {"\"kind\":\"answer\",\"body\":\"\"", "it is no list"},
        {"\"kind\":\"answer\",\"body\":\"{}\"", "it is no list"},
        {"\"kind\":\"html\",\"status\":404", "look at the endpoint"},
        {"\"kind\":\"answer\",\"status\":304", "redirect"},
    };
    Place *place = *state;
    check_networks(place);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        clear_log(place);
        set_fault(place, "GET /1.0/ip$", cases[i].fault);
        fail_networks(place, OV_HOSTING_ERROR_ANSWER, cases[i].says);
        assert_int_equal(ovh_stand_in_count(place->api, "GET", "/ip"), 1);
    }
    check_networks(place);
}

static void test_credentials_follow_no_redirect(void **state) {
    Place *place = *state;
    OvhStandIn *other = ovh_stand_in_start();
    g_autofree char *fault =
        g_strdup_printf("\"kind\":\"redirect\",\"location\":\"%s/ip\"", ovh_stand_in_url(other));
    set_fault(place, "/ip$", fault);
    fail_networks(place, OV_HOSTING_ERROR_ANSWER, "redirect, and none is followed");
    assert_int_equal(ovh_stand_in_count(other, "", ""), 0);
    ovh_stand_in_stop(other);
}

static void test_a_server_that_hangs_takes_no_longer_than_the_limit(void **state) {
    Place *place = *state;
    open_hosting(place, "1s");
    check_networks(place);
    set_fault(place, "/ip$", "\"kind\":\"silent\",\"times\":9");
    gint64 start = g_get_monotonic_time();
    fail_networks(place, OV_HOSTING_ERROR_AWAY, "127.0.0.1");
    assert_true(g_get_monotonic_time() - start < 20 * SECOND);
}

static void test_a_rest_that_is_asked_for_is_kept(void **state) {
    Place *place = *state;
    check_networks(place);
    clear_log(place);
    set_fault(place, "/ip$", "\"kind\":\"too_many\",\"retry_after\":3600");
    fail_networks(place, OV_HOSTING_ERROR_BUSY, "fewer calls");
    assert_int_equal(ov_hosting_wait(place->hosting), 3600 * SECOND);
    fail_networks(place, OV_HOSTING_ERROR_BUSY, "fewer calls");
    assert_true(ov_hosting_wait(place->hosting) > 3500 * SECOND);
    assert_int_equal(ovh_stand_in_count(place->api, "", ""), 1);
    open_hosting(place, "20s");
    set_fault(place, "/ip$", "\"kind\":\"too_many\"");
    fail_networks(place, OV_HOSTING_ERROR_BUSY, "fewer calls");
    assert_int_equal(ov_hosting_wait(place->hosting), 0);
}

static void test_a_network_that_is_gone_spoils_no_other(void **state) {
    Place *place = *state;
    GError *error = NULL;
    guint n = 7;
    ovh_stand_in_tell(place->api, "\"do\":\"network\",\"block\":\"203.0.113.0/28\","
                                  "\"state\":\"expired\"");
    assert_null(
        ov_hosting_blocked(place->hosting, "203.0.113.0/28", FALSE, place->arena, &n, &error));
    check_error(error, OV_HOSTING_ERROR_GONE, "service has expired");
    error = NULL;
    ovh_stand_in_tell(place->api, "\"do\":\"network\",\"block\":\"203.0.113.0/28\","
                                  "\"state\":\"foreign\"");
    assert_non_null(
        ov_hosting_blocked(place->hosting, "203.0.113.0/28", FALSE, place->arena, &n, &error));
    assert_int_equal(n, 0);
    OvBlock found;
    assert_false(ov_hosting_block(place->hosting, NETWORK, ADDRESS, &found, place->arena, &error));
    check_error(error, OV_HOSTING_ERROR_GONE, "knows of no such thing");
    error = NULL;
    assert_non_null(ov_hosting_detected(place->hosting, NETWORK, ADDRESS, 0, SECOND, place->arena,
                                        &n, NULL, NULL, &error));
    assert_int_equal(n, 0);
}

static void test_wrong_credentials_are_told_apart(void **state) {
    static const char *const generations[] = {"old", "new"};
    Place *place = *state;
    ovh_stand_in_tell(place->api,
                      "\"do\":\"credential\",\"key\":\"PENDING\",\"application\":"
                      "\"%s\",\"state\":\"pendingValidation\"",
                      KEY);
    ovh_stand_in_tell(place->api,
                      "\"do\":\"credential\",\"key\":\"FEW\",\"application\":\"%s\","
                      "\"rules\":[[\"GET\",\"/ip/*\"]]",
                      KEY);
    const struct {
        const char *key, *secret, *consumer, *says;
    } cases[] = {
        {"AAAAAAAAAAAAAAAA", SECRET, CONSUMER, "does not know the application_key"},
        {KEY, "WRONG", CONSUMER, "look at application_secret"},
        {KEY, SECRET, "UNKNOWN", "does not know the consumer_key"},
        {KEY, SECRET, "PENDING", "not confirmed yet"},
        {KEY, SECRET, "FEW", "GET /ip: the consumer_key lacks the right to this call"},
    };
    for (guint g = 0; g < G_N_ELEMENTS(generations); g++) {
        ovh_stand_in_tell(place->api, "\"do\":\"set\",\"errors\":\"%s\"", generations[g]);
        for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
            put_keys(place, cases[i].key, cases[i].secret, cases[i].consumer);
            open_hosting(place, "20s");
            clear_log(place);
            fail_networks(place, OV_HOSTING_ERROR_DENIED, cases[i].says);
            assert_int_equal(ovh_stand_in_count(place->api, "GET", "/ip"), 1);
        }
    }
}

static void test_a_service_account_works_as_well(void **state) {
    Place *place = *state;
    ovh_stand_in_tell(place->api, "\"do\":\"set\",\"token_lifetime\":120");
    put_account(place, CLIENT_SECRET);
    open_hosting(place, "20s");
    clear_log(place);
    check_networks(place);
    block(place, 1);
    assert_int_equal(blocked(place, FALSE), 1);
    assert_int_equal(ovh_stand_in_count(place->api, "POST", "/auth/oauth2/token"), 1);
    assert_int_equal(ovh_stand_in_count(place->api, "GET", "/auth/time"), 0);
    /* The token ends before its time: another is asked for, also before the unblock. */
    ovh_stand_in_tell(place->api, "\"do\":\"advance\",\"seconds\":200");
    assert_int_equal(unblock(place), OV_BLOCK_UNBLOCKING);
    assert_int_equal(ovh_stand_in_count(place->api, "POST", "/auth/oauth2/token"), 2);
    put_account(place, "WRONG");
    open_hosting(place, "20s");
    fail_networks(place, OV_HOSTING_ERROR_DENIED, "client secret invalid");
    put_account(place, CLIENT_SECRET);
    open_hosting(place, "20s");
    ovh_stand_in_tell(place->api,
                      "\"do\":\"client\",\"id\":\"%s\",\"secret\":\"%s\","
                      "\"actions\":[\"ip:apiovh:get\"]",
                      CLIENT, CLIENT_SECRET);
    check_networks(place);
    fail_unblock(place, OV_HOSTING_ERROR_DENIED, "it lacks ip:apiovh:spam/unblock");
    set_fault(place, "token", "\"kind\":\"html\",\"times\":9");
    open_hosting(place, "20s");
    fail_networks(place, OV_HOSTING_ERROR_AWAY, "answer 503");
}

static void test_odd_answers_of_the_api_are_read(void **state) {
    Place *place = *state;
    guint n = 0, n_reports = 0;
    OvReport *reports = NULL;
    gint64 now = g_get_real_time();
    ovh_stand_in_tell(place->api, "\"do\":\"detect\",\"address\":\"" ADDRESS "\","
                                  "\"message_id\":\"\"");
    block(place, 3600);
    static const struct {
        const char *knobs;
        guint n, n_reports;
    } cases[] = {
        {"\"stats\":\"flat\"", 1, 0},
        {"\"stats\":\"object\"", 1, 1},
        {"\"stats\":\"periods\",\"extra_fields\":1,\"chunked\":1,\"zone\":\"-11:30\"", 1, 1},
        {"\"null_detected\":1", 0, 1},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        ovh_stand_in_tell(place->api, "\"do\":\"set\",%s", cases[i].knobs);
        assert_non_null(ov_hosting_detected(place->hosting, NETWORK, ADDRESS, now - 60 * SECOND,
                                            now + 60 * SECOND, place->arena, &n, &reports,
                                            &n_reports, NULL));
        assert_int_equal(n, cases[i].n);
        assert_int_equal(n_reports, cases[i].n_reports);
        assert_true(ABS(block_now(place).since - now) < 60 * SECOND);
    }
    ovh_stand_in_tell(place->api, "\"do\":\"block\",\"address\":\"" ADDRESS "\",\"word\":"
                                  "\"sleeping\"");
    assert_int_equal(block_now(place).state, OV_BLOCK_OTHER);
}

static void test_the_check_names_what_is_missing(void **state) {
    Place *place = *state;
    guint n = 0;
    OvHostingCheck *checks = ov_hosting_check(place->hosting, place->arena, &n);
    assert_int_equal(n, 7);
    for (guint i = 0; i < n; i++)
        assert_true(checks[i].ok && checks[i].what && !checks[i].trouble);
    clear_log(place);
    ovh_stand_in_tell(place->api,
                      "\"do\":\"credential\",\"key\":\"%s\",\"rules\":"
                      "[[\"GET\",\"/*\"]]",
                      CONSUMER);
    checks = ov_hosting_check(place->hosting, place->arena, &n);
    assert_int_equal(n, 7);
    for (guint i = 0; i < 6; i++)
        assert_true(checks[i].ok);
    assert_false(checks[6].ok);
    assert_non_null(strstr(checks[6].trouble, "lacks the right POST /ip/*/spam/*/unblock"));
    assert_int_equal(ovh_stand_in_count(place->api, "POST", ""), 0);
}

static gpointer stop_later(gpointer hosting) {
    g_usleep(200000);
    ov_hosting_stop(hosting);
    return NULL;
}

static void test_a_call_ends_when_outvet_does(void **state) {
    Place *place = *state;
    open_hosting(place, "600s");
    check_networks(place);
    set_fault(place, "/ip$", "\"kind\":\"silent\",\"times\":9");
    GThread *thread = g_thread_new("stop", stop_later, place->hosting);
    gint64 start = g_get_monotonic_time();
    fail_networks(place, OV_HOSTING_ERROR_AWAY, "Outvet ends");
    g_thread_join(thread);
    assert_true(g_get_monotonic_time() - start < 60 * SECOND);
    fail_networks(place, OV_HOSTING_ERROR_AWAY, "Outvet ends");
}

/* Octets of the heap in use; 0 where another allocator stands in, as a sanitizer's. */
static gsize heap(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

static void test_memory_stays_flat_over_10000_calls(void **state) {
    enum { CALLS = 10000, WARM = 1000 };
    Place *place = *state;
    gsize before = 0;
    open_hosting(place, "60s");
    block(place, 3600);
    for (guint i = 0; i < CALLS; i++) {
        if (i == WARM)
            before = heap();
        (void)block_now(place);
        ov_arena_reset(place->arena);
    }
    gsize after = heap();
    print_message("# heap after %d calls %zu octets, after %d %zu\n", WARM, before, CALLS, after);
    assert_true(after < before + 64 * 1024);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_block_is_seen_from_first_to_last),
        TEST(test_still_blocked_is_known_whatever_its_status),
        TEST(test_what_is_free_already_is_as_wanted),
        TEST(test_an_unblock_is_never_sent_twice),
        TEST(test_an_unblock_that_was_taken_is_known_in_spite_of_its_answer),
        TEST(test_an_unblock_that_was_refused_says_so),
        TEST(test_a_clock_that_goes_wrong_is_set_again),
        TEST(test_a_time_that_is_none_is_no_clock),
        TEST(test_passing_trouble_is_waited_out_by_a_get),
        TEST(test_what_makes_no_sense_is_refused_at_once),
        TEST(test_credentials_follow_no_redirect),
        TEST(test_a_server_that_hangs_takes_no_longer_than_the_limit),
        TEST(test_a_rest_that_is_asked_for_is_kept),
        TEST(test_a_network_that_is_gone_spoils_no_other),
        TEST(test_wrong_credentials_are_told_apart),
        TEST(test_a_service_account_works_as_well),
        TEST(test_odd_answers_of_the_api_are_read),
        TEST(test_the_check_names_what_is_missing),
        TEST(test_a_call_ends_when_outvet_does),
        TEST(test_memory_stays_flat_over_10000_calls),
    };
    return cmocka_run_group_tests_name("hosting_ovh", tests, NULL, NULL);
}
