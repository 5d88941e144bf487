/* The client of OVH's API asks for an unblock: once, whatever comes back, and it knows what came of
 * it. */
#include "tests/unit/ovh_place.h"

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_still_blocked_is_known_whatever_its_status),
        TEST(test_what_is_free_already_is_as_wanted),
        TEST(test_an_unblock_is_never_sent_twice),
        TEST(test_an_unblock_that_was_taken_is_known_in_spite_of_its_answer),
        TEST(test_an_unblock_that_was_refused_says_so),
    };
    return cmocka_run_group_tests_name("hosting_ovh_unblock", tests, NULL, NULL);
}
