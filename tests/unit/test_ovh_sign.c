/* Signatures of OVH's API, by the vectors of its official clients, and the time they are made at.
 */
#include "policy/provider/ovh_clock.h"
#include "policy/provider/ovh_path.h"
#include "policy/provider/ovh_sign.h"
#include "policy/provider/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define EU   "https://eu.api.ovh.com"
#define SPAM EU "/v1/ip/176.31.44.80%2F28/spam"

typedef struct {
    const char *method, *url, *body, *signature;
} Vector;

typedef struct {
    const char *secret, *consumer;
    gint64 time;
    const Vector *vectors;
    guint n;
} Set;

static const Vector PYTHON_GO_PHP[] = {
    {"GET", EU "/1.0/auth", "", "$1$e9556054b6309771395efa467c22e627407461ad"},
    {"POST", EU "/1.0/auth", "{\"a\":\"b\",\"c\":\"d\"}",
     "$1$ec2fb5c7a81f64723c77d2e5b609ae6f58a84fc1"},
    {"PUT", EU "/1.0/auth", "{\"a\":\"b\",\"c\":\"d\"}",
     "$1$8a75a9e7c8e7296c9dbeda6a2a735eb6bd58ec4b"},
    {"DELETE", EU "/1.0/auth", "", "$1$a1eecd00b3b02b6cf5708b84b9ff42059a950d85"},
    {"GET", EU "/1.0/authTO", "", "$1$1f0958be70f095ddaba525778a9ac1dcffac89f3"},
    {"POST", EU "/1.0/authTO", "{\"a\":\"b\",\"c\":\"d\"}",
     "$1$b592effcb3bc2d37860eceb06a1b17670fbe49c6"},
    {"PUT", EU "/1.0/authTO", "{\"a\":\"b\",\"c\":\"d\"}",
     "$1$6b27c2a693a0eb4980217046b2fe10d74ba796f0"},
    {"DELETE", EU "/1.0/authTO", "", "$1$bd59b15361548c388058009e00c508081e991e8b"},
    {"GET", EU "/1.0/call", "", "$1$7f2db49253edfc41891023fcd1a54cf61db05fbb"},
    {"GET", EU "/v1/call", "", "$1$e6e7906d385eb28adcbfbe6b66c1528a42d741ad"},
    {"GET", EU "/v2/call", "", "$1$bb63b132a6f84ad5433d0c534d48d3f7c3804285"},
};

static const Vector CSHARP[] = {
    {"GET", "/", "", "$1$c87db4be631d68b610079e088248dfe8881c40a1"},
    {"GET", "/mails?to=45&from=12", "", "$1$26b79c495a18b45bb1f197bfe3f262ecb5f21016"},
    {"DELETE", "/me", "", "$1$0901964347daac6ab470f35286114a0add0ba399"},
    {"POST", "/", "", "$1$4a09d6cf15fc021ffb73da3c24797b2641cf2424"},
    {"POST", "/", "{\"data\":\"value\"}", "$1$369d08d098480a4769db04bf3f0ce8e7a266ca7e"},
    {"POST", "/me", "some_data", "$1$6a0e930b55e9c6d8b695084782f567031d5230ed"},
    {"PUT", "/auth/time", "[{\"data\":\"value\"},{\"data-2\":\"value-2\"}]",
     "$1$a991d5bad1a5c8ddfff315668a7c4842b24958ef"},
    {"GET", EU "/1.0/me", "", "$1$dfe0b86bf2ab0d9eb3f785dc1ab00de58984d80c"},
    {"GET", EU "/v1/me", "", "$1$b6849b8a25d6bc46c6ad1dfb0fc67d07db9553a3"},
    {"GET", EU "/v2/me", "", "$1$291bb7bdbef11b1050200a109a4fe5109ed96cdd"},
    {"DELETE", EU "/1.0/ip/127.0.0.1", "", "$1$610ebc657a19d6b444264f998291a4f24bc3227d"},
    {"GET", EU "/1.0/route?filter=value%3a%26%c3%a9%27-&anotherfilter=%3dtest", "",
     "$1$098b93d342b6db4848ec448063be2b6884e94723"},
};

static const Vector OURS[] = {
    {"GET", EU "/v1/ip", "", "$1$b39de6b9ee37dc3d478fff30a66efd50e571aa33"},
    {"GET", EU "/v1/ip?type=dedicated", "", "$1$4d209cc428665d3d3f876b13983d308d89905418"},
    {"GET", SPAM "?state=blockedForSpam", "", "$1$6038e1dbf2aabf778144161275d2e8a60e6b7f17"},
    {"GET", SPAM "/176.31.44.81", "", "$1$b78c82d5a1a504d84d1851cac721394e21c4234c"},
    {"GET",
     SPAM "/176.31.44.81/stats?from=2013-12-23T17%3A42%3A50%2B01%3A00&to="
          "2013-12-24T17%3A42%3A50%2B01%3A00",
     "", "$1$bbc365b35c639c836e63b10cea330a02569bf83e"},
    {"POST", SPAM "/176.31.44.81/unblock", "", "$1$aa8f986a5e41b7df3fce56e9c36a782df606fb8a"},
    {"POST", SPAM "/176.31.44.81/unblock", "{}", "$1$c8513da65d655445b823835e1e77984086384ddf"},
    {"GET", EU "/v1/ip/2001%3A41d0%3A67%3Ad200%3A%3A%2F56/spam", "",
     "$1$0c4b3c0d6eece358a5a01f0673c75315416a4290"},
    {"GET", EU "/v1/ip/2001:41d0:67:d200::%2F56/spam", "",
     "$1$ed6bdf4a956a6e3f814099abd5730e2f967fd342"},
    {"POST", EU "/v1/ip/192.0.2.42%2F32/reverse",
     "{\"ipReverse\":\"192.0.2.42\",\"reverse\":\"mail.example.com.\"}",
     "$1$871984b0025de659783d0e581dbc0db5b9edaf4c"},
    {"DELETE", EU "/v1/ip/192.0.2.42%2F32/reverse/192.0.2.42", "",
     "$1$33b4a50e808f5e2223607d6dc06c2b0e5f057015"},
    {"PUT", EU "/v1/ip/192.0.2.0%2F28", "{\"description\":\"exp\\u00e9diteur/relais\"}",
     "$1$1149dd58e07a55412084ba4afd42f410284b7cd8"},
    {"PUT", EU "/v1/ip/192.0.2.0%2F28",
     "{\"description\":\"exp\xc3\xa9"
     "diteur/relais\"}",
     "$1$acfff2a4f497ba9fe7643af30ec27b204e039dc7"},
    {"GET", "http://127.0.0.1:8080/v1/ip", "", "$1$25580d50b5d907c8b6a8e86a0b518cea26ab255c"},
};

static const Vector ANOTHER[] = {
    {"GET", EU "/1.0/me", "", "$1$2bb81c13bcb1eea93ff50b12bd571dc7699f3913"},
};

static const gint64 SECOND = G_USEC_PER_SEC;
/* Published with OVH's clients, and good for nothing. */
static const char SECRET[] = "9ufkBmLaTQ9nz5yMUlg79taH0GNnzDjk";
static const char CONSUMER[] = "5mBuy6SUQcRw2ZUxg0cG68BoDKpED4KY";

static void test_signatures_are_those_of_the_official_clients(void **state) {
    const Set sets[] = {
        {SECRET, CONSUMER, 1457018875, PYTHON_GO_PHP, G_N_ELEMENTS(PYTHON_GO_PHP)},
        {"APPLICATION_SECRET", "CONSUMER_KEY", 1566485767, CSHARP, G_N_ELEMENTS(CSHARP)},
        {SECRET, CONSUMER, 1457018875, OURS, G_N_ELEMENTS(OURS)},
        {"AS", "CK", 1700000000, ANOTHER, G_N_ELEMENTS(ANOTHER)},
    };
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(sets); i++)
        for (guint j = 0; j < sets[i].n; j++) {
            const Vector *vector = &sets[i].vectors[j];
            char signature[OV_OVH_SIGNATURE_SIZE];
            ov_ovh_sign(sets[i].secret, sets[i].consumer, vector->method, vector->url, vector->body,
                        sets[i].time, signature);
            assert_string_equal(signature, vector->signature);
        }
}

static void test_a_network_keeps_its_slash_in_a_path(void **state) {
    (void)state;
    g_autofree char *path = ov_ovh_path("176.31.44.80/28", "/spam?state=blockedForSpam");
    assert_string_equal(path, "/ip/176.31.44.80%2F28/spam?state=blockedForSpam");
    g_autofree char *span = ov_ovh_span(1387816970 * SECOND, 1387903370 * SECOND);
    assert_string_equal(span, "?from=2013-12-23T16:42:50Z&to=2013-12-24T16:42:50Z");
}

static void test_the_time_is_the_servers_whatever_ours_is(void **state) {
    static const gint64 local = G_GINT64_CONSTANT(1457018875467000);
    static const int deltas[] = {6, -10, 10, 0, 86400 * 365, -86400 * 365};
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(deltas); i++) {
        OvOvhClock clock = {0};
        gint64 server = local / SECOND + deltas[i];
        assert_true(ov_ovh_clock_set(&clock, server, local, local));
        assert_int_equal(ov_ovh_clock_now(&clock, local), server);
        assert_int_equal(ov_ovh_clock_now(&clock, local + 10 * SECOND), server + 10);
        assert_int_equal(ov_ovh_clock_now(&clock, local + 3599 * SECOND), server + 3599);
    }
}

static void test_a_slow_answer_counts_as_of_its_middle(void **state) {
    OvOvhClock clock = {0};
    (void)state;
    assert_true(ov_ovh_clock_set(&clock, 1457018881, 1000 * SECOND, 1010 * SECOND));
    assert_int_equal(ov_ovh_clock_now(&clock, 1010 * SECOND), 1457018886);
}

static void test_the_time_is_asked_for_again_each_hour(void **state) {
    OvOvhClock clock = {0};
    (void)state;
    assert_true(ov_ovh_clock_is_due(&clock, 0));
    assert_true(ov_ovh_clock_set(&clock, 1457018881, 1000, 1000));
    assert_false(ov_ovh_clock_is_due(&clock, 3599 * SECOND));
    assert_true(ov_ovh_clock_is_due(&clock, 3601 * SECOND));
    ov_ovh_clock_forget(&clock);
    assert_true(ov_ovh_clock_is_due(&clock, 1001));
}

static void test_a_time_of_another_century_is_none(void **state) {
    OvOvhClock clock = {0};
    (void)state;
    static const gint64 absurd[] = {0, -1, 1, G_MAXINT64, G_GINT64_CONSTANT(1457018875000)};
    for (guint i = 0; i < G_N_ELEMENTS(absurd); i++)
        assert_false(ov_ovh_clock_set(&clock, absurd[i], 1000, 1000));
    assert_true(ov_ovh_clock_is_due(&clock, 1000));
}

static void test_calls_keep_the_pace(void **state) {
    OvPace pace;
    gint64 now = 5 * SECOND, first = now;
    (void)state;
    ov_pace_init(&pace, 60);
    assert_int_equal(ov_pace_take(&pace, now), 0);
    for (int i = 0; i < 60; i++)
        now += ov_pace_take(&pace, now);
    assert_int_equal(now - first, 60 * SECOND);
    assert_int_equal(ov_pace_take(&pace, now + 100 * SECOND), 0);
    assert_int_equal(ov_pace_resting(&pace, now), 0);
    ov_pace_rest(&pace, now, 30 * SECOND);
    ov_pace_rest(&pace, now, 20 * SECOND);
    assert_int_equal(ov_pace_resting(&pace, now + G_USEC_PER_SEC), 29 * SECOND);
    assert_int_equal(ov_pace_resting(&pace, now + 31 * SECOND), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signatures_are_those_of_the_official_clients),
        cmocka_unit_test(test_a_network_keeps_its_slash_in_a_path),
        cmocka_unit_test(test_the_time_is_the_servers_whatever_ours_is),
        cmocka_unit_test(test_a_slow_answer_counts_as_of_its_middle),
        cmocka_unit_test(test_the_time_is_asked_for_again_each_hour),
        cmocka_unit_test(test_a_time_of_another_century_is_none),
        cmocka_unit_test(test_calls_keep_the_pace),
    };
    return cmocka_run_group_tests_name("ovh_sign", tests, NULL, NULL);
}
