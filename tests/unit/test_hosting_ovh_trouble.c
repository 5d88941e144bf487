/* The client of OVH's API in trouble: clocks, servers and answers that go wrong cost no more than a
 * bounded time. */
#include "tests/unit/ovh_place.h"

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_clock_that_goes_wrong_is_set_again),
        TEST(test_a_time_that_is_none_is_no_clock),
        TEST(test_passing_trouble_is_waited_out_by_a_get),
        TEST(test_what_makes_no_sense_is_refused_at_once),
        TEST(test_credentials_follow_no_redirect),
        TEST(test_a_server_that_hangs_takes_no_longer_than_the_limit),
        TEST(test_a_rest_that_is_asked_for_is_kept),
        TEST(test_a_call_ends_when_outvet_does),
    };
    return cmocka_run_group_tests_name("hosting_ovh_trouble", tests, NULL, NULL);
}
