/* What a provider answers: read whatever its shape, refused where it makes no sense. */
#include "policy/provider/answer.h"
#include "policy/provider/answer_json.h"
#include "policy/provider/network4.h"
#include "policy/provider/ovh_rights.h"
#include "policy/provider/ovh_trouble.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const gint64 SECOND = G_USEC_PER_SEC;
static const char NETWORK[] = "176.31.44.80/28";

static int set_up(void **state) {
    *state = ov_arena_new();
    return 0;
}

static int tear_down(void **state) {
    ov_arena_free(*state);
    return 0;
}

static json_t *parse(const char *text) {
    g_autoptr(GError) error = NULL;
    json_t *root = ov_answer_parse(text, strlen(text), &error);
    assert_non_null(root);
    return root;
}

static void refuse(const char *text, gsize length) {
    g_autoptr(GError) error = NULL;
    assert_null(ov_answer_parse(text, length, &error));
    assert_true(g_error_matches(error, OV_HOSTING_ERROR, OV_HOSTING_ERROR_ANSWER));
}

static void test_networks_are_the_ipv4_ones_each_once(void **state) {
    guint n = 0;
    json_t *root = parse("[\"2001:41d0:67:d200::/56\",\"178.32.171.80/28\",\"91.121.228.135/32\","
                         "\"178.32.171.80/28\",\"91.121.228.136\",\"122.122.122.121/28\",\"x\",7,"
                         "\"1.2.3.4/33\",\"1.2.3/8\",\"1.2.3.4/\",null,[],\"01.2.3.4\"]");
    const char **networks = ov_answer_networks(root, *state, &n, NULL);
    assert_int_equal(n, 4);
    assert_string_equal(networks[0], "178.32.171.80/28");
    assert_string_equal(networks[1], "91.121.228.135/32");
    assert_string_equal(networks[2], "91.121.228.136");
    assert_string_equal(networks[3], "122.122.122.121/28"); /* as the guide's examples have it */
    json_decref(root);
}

static void test_no_networks_and_none_that_can_be_read_are_two_things(void **state) {
    static const char *const wrong[] = {"{}", "null", "\"192.0.2.0/28\"", "[{\"ip\":\"1.2.3.4\"}]",
                                        "[7]"};
    guint n = 7;
    json_t *root = parse("[]");
    assert_non_null(ov_answer_networks(root, *state, &n, NULL));
    assert_int_equal(n, 0);
    json_decref(root);
    root = parse("[\"2001:db8::/56\"]");
    assert_non_null(ov_answer_networks(root, *state, &n, NULL));
    json_decref(root);
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        root = parse(wrong[i]);
        assert_null(ov_answer_networks(root, *state, &n, &error));
        assert_true(g_error_matches(error, OV_HOSTING_ERROR, OV_HOSTING_ERROR_ANSWER));
        json_decref(root);
    }
}

static void test_an_address_of_another_network_is_passed_over(void **state) {
    g_autoptr(GPtrArray) addresses = g_ptr_array_new();
    json_t *root = parse("[\"176.31.44.81\",\"176.31.44.96\",\"176.31.44.81\",\"8.8.8.8\",7,"
                         "\"176.31.44.95\",\"2001:db8::1\",\"176.31.44.82/32\"]");
    assert_true(ov_answer_addresses(root, NETWORK, *state, addresses, NULL));
    assert_true(ov_answer_addresses(root, NETWORK, *state, addresses, NULL));
    assert_int_equal(addresses->len, 2);
    assert_string_equal(addresses->pdata[0], "176.31.44.81");
    assert_string_equal(addresses->pdata[1], "176.31.44.95");
    json_decref(root);
    root = parse("{\"176.31.44.81\":1}");
    assert_false(ov_answer_addresses(root, NETWORK, *state, addresses, NULL));
    json_decref(root);
}

static OvBlock block_of(OvArena *arena, const char *text) {
    OvBlock block;
    json_t *root = parse(text);
    assert_true(
        ov_answer_block(&ov_answer_of_ovh, root, NETWORK, "176.31.44.81", &block, arena, NULL));
    json_decref(root);
    return block;
}

static void test_a_block_tells_state_start_and_whole_length(void **state) {
    OvBlock block = block_of(*state, "{\"time\":3600,\"date\":\"2013-12-23T17:42:50+01:00\","
                                     "\"ipSpamming\":\"176.31.44.81\",\"state\":\"blockedForSpam\","
                                     "\"new\":{}}");
    assert_int_equal(block.state, OV_BLOCK_BLOCKED);
    assert_int_equal(block.since, 1387816970 * SECOND);
    assert_int_equal(block.duration, 3600);
    assert_string_equal(block.network, NETWORK);
    assert_string_equal(block.address, "176.31.44.81");
    block =
        block_of(*state, "{\"time\":0,\"date\":\"2013-12-28T20:51:37Z\",\"state\":\"unblocked\"}");
    assert_int_equal(block.state, OV_BLOCK_UNBLOCKED);
    assert_int_equal(block.since, 1388263897 * SECOND);
    assert_int_equal(block_of(*state, "{\"state\":\"unblocking\"}").state, OV_BLOCK_UNBLOCKING);
}

static void test_what_is_odd_in_a_block_is_not_told(void **state) {
    static const char *const odd[] = {
        "{\"state\":\"resting\",\"time\":-1,\"date\":\"yesterday\"}",
        "{\"state\":7,\"time\":\"3600\",\"date\":-5}",
        "{\"state\":null,\"time\":1e300,\"date\":\"1970-01-01T00:00:00Z\"}",
        "{\"state\":[],\"time\":3600.5,\"date\":\"9999-12-31T23:59:59Z\"}",
        "{\"state\":{},\"time\":99999999999999999999999999,\"date\":\"2013-13-23T17:42:50+01:00\"}",
        "{\"state\":\"blockedforspam\",\"time\":null,\"date\":\"2013-12-23T17:42:50\"}",
    };
    for (guint i = 0; i < G_N_ELEMENTS(odd); i++) {
        OvBlock block = block_of(*state, odd[i]);
        assert_int_equal(block.state, OV_BLOCK_OTHER);
        assert_int_equal(block.duration, 0);
        assert_int_equal(block.since, 0);
    }
}

static void test_a_block_of_another_address_is_refused(void **state) {
    static const char *const wrong[] = {"{\"ipSpamming\":\"176.31.44.82\",\"state\":\"unblocked\"}",
                                        "{}", "[]", "null", "{\"time\":3600}"};
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        OvBlock block;
        json_t *root = parse(wrong[i]);
        assert_false(ov_answer_block(&ov_answer_of_ovh, root, NETWORK, "176.31.44.81", &block,
                                     *state, &error));
        assert_true(g_error_matches(error, OV_HOSTING_ERROR, OV_HOSTING_ERROR_ANSWER));
        json_decref(root);
    }
}

typedef struct {
    OvDetected *list;
    guint n;
    OvReport *reports;
    guint n_reports;
} Detected;

static Detected detected_of(OvArena *arena, const OvAnswerWords *words, const char *text) {
    Detected found = {.n = 99};
    json_t *root = parse(text);
    found.list =
        ov_answer_detected(words, root, arena, &found.n, &found.reports, &found.n_reports, NULL);
    assert_non_null(found.list);
    json_decref(root);
    return found;
}

static void test_detections_come_in_reports(void **state) {
    Detected found = detected_of(
        *state, &ov_answer_of_ovh,
        "[{\"timestamp\":1386885120,\"total\":141,\"numberOfSpams\":124,\"averageSpamscore\":521,"
        "\"detectedSpams\":[{\"date\":1386877740,\"destinationIp\":\"91.121.228.128\","
        "\"messageId\":\"7847419050.QUJ8@qcjeu.example\",\"spamscore\":553},"
        "{\"date\":1386877740,\"destinationIp\":\"91.121.228.128\",\"messageId\":\"\","
        "\"spamscore\":303}]},"
        "{\"timestamp\":1386885121,\"total\":1,\"numberOfSpams\":1,\"averageSpamscore\":null,"
        "\"detectedSpams\":null}]");
    assert_int_equal(found.n_reports, 2);
    assert_int_equal(found.reports[0].period, 1386885120 * SECOND);
    assert_int_equal(found.reports[0].total, 141);
    assert_int_equal(found.reports[0].spams, 124);
    assert_int_equal(found.reports[0].average, 521);
    assert_int_equal(found.reports[1].average, -1);
    assert_int_equal(found.n, 2);
    assert_string_equal(found.list[0].message_id, "7847419050.QUJ8@qcjeu.example");
    assert_string_equal(found.list[0].destination, "91.121.228.128");
    assert_int_equal(found.list[0].time, 1386877740 * SECOND);
    assert_int_equal(found.list[0].score, 553);
    assert_int_equal(found.list[0].period, 1386885120 * SECOND);
    assert_string_equal(found.list[1].message_id, "");
}

static void test_detections_alone_are_read_as_the_guide_shows_them(void **state) {
    Detected found =
        detected_of(*state, &ov_answer_of_ovh,
                    "[{\"messageId\":\" <a@b.example> \",\"destinationIp\":\"192.0.2.7\","
                    "\"spamscore\":410,\"date\":1386877740}]");
    assert_int_equal(found.n_reports, 0);
    assert_int_equal(found.n, 1);
    assert_string_equal(found.list[0].message_id, "a@b.example");
    assert_int_equal(found.list[0].period, 0);
}

static void test_what_is_odd_in_a_detection_is_not_told(void **state) {
    Detected found = detected_of(
        *state, &ov_answer_of_ovh,
        "[{\"timestamp\":-1,\"total\":-5,\"numberOfSpams\":\"many\",\"averageSpamscore\":1e99,"
        "\"detectedSpams\":[{\"date\":\"x\",\"destinationIp\":\"nowhere\",\"messageId\":7,"
        "\"spamscore\":2e9},7,null,[],\"x\",{}]},null,7,[],\"x\"]");
    assert_int_equal(found.n_reports, 1);
    assert_int_equal(found.reports[0].period, 0);
    assert_int_equal(found.reports[0].total, -1);
    assert_int_equal(found.reports[0].spams, -1);
    assert_int_equal(found.reports[0].average, -1);
    assert_int_equal(found.n, 2);
    for (guint i = 0; i < found.n; i++) {
        assert_string_equal(found.list[i].message_id, "");
        assert_null(found.list[i].destination);
        assert_int_equal(found.list[i].time, 0);
        assert_true(found.list[i].score == G_MININT64);
    }
}

static void test_a_message_id_is_made_fit_and_spoils_nothing(void **state) {
    Detected found =
        detected_of(*state, &ov_answer_of_ovh,
                    "[{\"messageId\":\"a\\u0000\\u001b[31m\\ud800b\\ud83d\\ude00\xff@x\"},"
                    "{\"messageId\":\"\\udc00\\ud800\\ud800\\udc00\"}]");
    assert_int_equal(found.n, 2);
    assert_string_equal(found.list[0].message_id, "a\xEF\xBF\xBD\xEF\xBF\xBD[31m\xEF\xBF\xBD"
                                                  "b\xF0\x9F\x98\x80\xEF\xBF\xBD@x");
    assert_string_equal(found.list[1].message_id, "\xEF\xBF\xBD\xEF\xBF\xBD\xF0\x90\x80\x80");
    g_autoptr(GString) text = g_string_new("[{\"messageId\":\"");
    for (guint i = 0; i < 5000; i++)
        g_string_append(text, "\xC3\xA9");
    g_string_append(text, "\"}]");
    found = detected_of(*state, &ov_answer_of_ovh, text->str);
    assert_int_equal(strlen(found.list[0].message_id), 1000);
    assert_true(g_utf8_validate(found.list[0].message_id, -1, NULL));
}

static void test_a_program_answers_in_our_own_words(void **state) {
    OvBlock block;
    json_t *root = parse("{\"state\":\"blocked\",\"since\":\"2026-11-23T20:02:53Z\","
                         "\"duration\":3600}");
    assert_true(ov_answer_block(&ov_answer_of_command, root, NETWORK, "176.31.44.81", &block,
                                *state, NULL));
    json_decref(root);
    assert_int_equal(block.state, OV_BLOCK_BLOCKED);
    assert_int_equal(block.since, 1795464173 * SECOND);
    assert_int_equal(block.duration, 3600);
    Detected found =
        detected_of(*state, &ov_answer_of_command,
                    "[{\"period\":\"2026-11-23T20:02:53Z\",\"total\":2,\"spams\":1,\"average\":300,"
                    "\"detections\":[{\"message_id\":\"a@b\",\"destination\":\"2001:db8::1\","
                    "\"time\":1795464000,\"score\":-5}]}]");
    assert_int_equal(found.n, 1);
    assert_int_equal(found.reports[0].spams, 1);
    assert_string_equal(found.list[0].destination, "2001:db8::1");
    assert_int_equal(found.list[0].score, -5);
    assert_int_equal(found.list[0].period, 1795464173 * SECOND);
}

static char *repeat(const char *text, guint n, const char *end) {
    GString *all = g_string_new(NULL);
    for (guint i = 0; i < n; i++)
        g_string_append(all, text);
    g_string_append(all, end);
    return g_string_free(all, FALSE);
}

static void test_too_much_is_refused_before_it_is_parsed(void **state) {
    (void)state;
    g_autofree char *deep = repeat("[", 10000, "");
    g_autofree char *deep_objects = repeat("{\"a\":", 10000, "1");
    g_autofree char *many = repeat("[],", 200000, "[]]");
    g_autofree char *numbers = repeat("1,", 2000000, "1]");
    g_autofree char *quoted = repeat("\"[{\\\"\",", 200000, "1]");
    many[0] = numbers[0] = '[';
    refuse(deep, strlen(deep));
    refuse(deep_objects, strlen(deep_objects));
    refuse(many, strlen(many));
    refuse(numbers, strlen(numbers));
    g_autofree char *text = g_strconcat("[", quoted, NULL); /* what is in texts costs nothing */
    json_decref(parse(text));
    g_autofree char *huge = g_strnfill(OV_ANSWER_MAX_SIZE + 1, ' ');
    refuse(huge, OV_ANSWER_MAX_SIZE + 1);
}

static void test_what_is_no_json_is_refused(void **state) {
    static const char *const wrong[] = {"<html><body>503</body></html>",
                                        "{\"a\":",
                                        "[1,",
                                        "nul",
                                        "[1]x",
                                        "\"a",
                                        "\"\\u12\"",
                                        "\"\\",
                                        "{1:2}"};
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
        refuse(wrong[i], strlen(wrong[i]));
    refuse("[\0]", 3);
}

static void test_nothing_at_all_is_null(void **state) {
    static const char *const nothing[] = {"", " \r\n", "null"};
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(nothing); i++) {
        json_t *root = parse(nothing[i]);
        assert_true(json_is_null(root));
        json_decref(root);
    }
}

typedef struct {
    long status;
    const char *body;
    OvOvhTroubleKind kind;
} Case;

static void test_troubles_of_both_generations_are_known(void **state) {
    static const Case cases[] = {
        {400,
         "{\"errorCode\":\"QUERY_TIME_OUT\",\"httpCode\":\"400 Bad Request\",\"message\":"
         "\"Query out of time\"}",
         OV_OVH_CLOCK},
        {400, "{\"class\":\"Client::BadRequest\",\"message\":\"Query out of time\"}", OV_OVH_CLOCK},
        {400,
         "{\"errorCode\":\"INVALID_SIGNATURE\",\"httpCode\":\"400 Bad Request\",\"message\":"
         "\"Invalid signature\"}",
         OV_OVH_SIGNATURE},
        {400, "{\"message\":\"Invalid signature\",\"class\":\"Client::BadRequest\"}",
         OV_OVH_SIGNATURE},
        {400, "{\"message\":\"[ipReverse] Given data (x) is not valid for type ip\"}",
         OV_OVH_REQUEST},
        {401, "{\"class\":\"Client::Unauthorized\",\"message\":\"You must login first\"}",
         OV_OVH_LOGIN},
        {403,
         "{\"httpCode\":\"403 Forbidden\",\"errorCode\":\"INVALID_KEY\",\"message\":\"This "
         "application key is invalid\"}",
         OV_OVH_KEY},
        {403, "{\"message\":\"Invalid application key\"}", OV_OVH_KEY},
        {403, "{\"errorCode\":\"NOT_CREDENTIAL\",\"message\":\"This credential does not exist\"}",
         OV_OVH_NO_CREDENTIAL},
        {403, "{\"class\":\"Client::Forbidden\",\"message\":\"This credential is not valid\"}",
         OV_OVH_NOT_VALID},
        {403,
         "{\"errorCode\":\"NOT_GRANTED_CALL\",\"httpCode\":\"403 Forbidden\",\"message\":"
         "\"This call has not been granted\"}",
         OV_OVH_NOT_GRANTED},
        {403, "{\"message\":\"This call has not been granted\"}", OV_OVH_NOT_GRANTED},
        {403, "{\"class\":\"Client::Forbidden\",\"message\":\"User not granted for this request\"}",
         OV_OVH_FORBIDDEN},
        {403, "<html>403</html>", OV_OVH_FORBIDDEN},
        {404, "{\"class\":\"Client::NotFound\",\"message\":\"This service does not exist\"}",
         OV_OVH_NOT_FOUND},
        {404, "{\"message\":\"The requested object (ipSpamming = 1.2.3.4) does not exist\"}",
         OV_OVH_NOT_FOUND},
        {404, "{\"message\":\"Got an invalid (or empty) URL\"}", OV_OVH_REQUEST},
        {404, "<html>404 Not Found</html>", OV_OVH_REQUEST},
        {404, "", OV_OVH_REQUEST},
        {409, "{\"class\":\"Client::Conflict\",\"message\":\"no\"}", OV_OVH_REQUEST},
        {460, "{\"message\":\"This Service is expired\"}", OV_OVH_EXPIRED},
        {460, "", OV_OVH_EXPIRED},
        {429, "", OV_OVH_BUSY},
        {408, "<html>408 Request Time-out</html>", OV_OVH_AWAY},
        {500, "{\"class\":\"Server::InternalServerError\",\"message\":\"Internal server error\"}",
         OV_OVH_AWAY},
        {503, "<html>", OV_OVH_AWAY},
        {302, "", OV_OVH_REDIRECT},
        {400,
         "{\"error\":\"invalid_client\",\"error_description\":\"ovhcloud oauth2 client does "
         "not exists\"}",
         OV_OVH_LOGIN},
        {401, "{\"error\":\"Invalid client\"}", OV_OVH_LOGIN},
    };
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        OvOvhTrouble trouble;
        ov_ovh_trouble_read(cases[i].status, cases[i].body, strlen(cases[i].body), &trouble);
        if (trouble.kind != cases[i].kind)
            print_message("# %ld %s\n", cases[i].status, cases[i].body);
        assert_int_equal(trouble.kind, cases[i].kind);
        assert_int_equal(trouble.wait, 0);
    }
}

static void test_still_blocked_is_known_under_any_refusal(void **state) {
    static const long statuses[] = {400, 403, 404, 409, 422};
    static const char body[] = "{\"message\":\"This IP address is still blocked for 129 seconds\"}";
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(statuses); i++) {
        OvOvhTrouble trouble;
        ov_ovh_trouble_read(statuses[i], body, strlen(body), &trouble);
        assert_int_equal(trouble.kind, OV_OVH_STILL);
        assert_int_equal(trouble.wait, 129 * SECOND);
    }
    OvOvhTrouble trouble;
    ov_ovh_trouble_read(500, body, strlen(body), &trouble);
    assert_int_equal(trouble.kind, OV_OVH_AWAY);
    static const char absurd[] = "{\"message\":\"still blocked for 99999999999999999999 seconds\"}";
    ov_ovh_trouble_read(400, absurd, strlen(absurd), &trouble);
    assert_true(trouble.wait > 0 && trouble.wait / SECOND <= 10 * 366 * 86400);
}

static void test_missing_rights_are_named_and_words_are_fit(void **state) {
    static const char body[] =
        "{\"class\":\"Client::Forbidden\",\"message\":\"User not granted for this\\u001b[2J "
        "request\\n\",\"details\":{\"unauthorizedActionsByAuthentication\":\"\","
        "\"unauthorizedActionsByIAM\":\"ip:apiovh:spam/unblock\"}}";
    OvOvhTrouble trouble;
    (void)state;
    ov_ovh_trouble_read(403, body, strlen(body), &trouble);
    assert_string_equal(trouble.actions, "ip:apiovh:spam/unblock");
    assert_null(strpbrk(trouble.message, "\x1b\n"));
    g_autofree char *filler = g_strnfill(5000, 'x');
    g_autofree char *longer = g_strdup_printf("{\"message\":\"%s\"}", filler);
    ov_ovh_trouble_read(400, longer, strlen(longer), &trouble);
    assert_int_equal(strlen(trouble.message), OV_OVH_MAX_WORDS - 1);
}

static void test_a_consumer_key_has_the_rights_that_its_rules_cover(void **state) {
    static const struct {
        const char *rules;
        const char *has; /* a letter for each right */
    } cases[] = {
        {"[{\"method\":\"GET\",\"path\":\"/*\"}]", "yyyyn"},
        {"[{\"method\":\"POST\",\"path\":\"/*\"}]", "nnnny"},
        {"[{\"method\":\"GET\",\"path\":\"/ip/*\"}]", "nnyyn"},
        {"[{\"method\":\"GET\",\"path\":\"/ip\"}]", "nynnn"},
        {"[{\"method\":\"GET\",\"path\":\"/ip/*/spam\"}]", "nnynn"},
        {"[{\"method\":\"POST\",\"path\":\"/ip/* \"}]", "nnnnn"},
        {"[{\"method\":\"POST\",\"path\":\"/ip/*/reverse\"}]", "nnnnn"},
        {"[]", "nnnnn"},
        {"null", "nnnnn"},
        {"[7,{},{\"method\":\"GET\"}]", "nnnnn"},
    };
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        json_t *rules = parse(cases[i].rules);
        for (guint j = 0; j < OV_OVH_N_RIGHTS; j++)
            assert_int_equal(ov_ovh_right_is_in(&ov_ovh_rights[j], rules), cases[i].has[j] == 'y');
        json_decref(rules);
    }
    json_t *asked = ov_ovh_rights_request();
    const json_t *rules = json_object_get(asked, "accessRules");
    assert_int_equal(json_array_size(rules), OV_OVH_N_RIGHTS);
    for (guint j = 0; j < OV_OVH_N_RIGHTS; j++)
        assert_true(ov_ovh_right_is_in(&ov_ovh_rights[j], rules));
    json_decref(asked);
}

static void test_states_have_names(void **state) {
    (void)state;
    for (guint i = 0; i < OV_N_BLOCK_STATES; i++) {
        OvBlockState parsed = OV_N_BLOCK_STATES;
        assert_true(ov_block_state_parse(ov_block_state_name((OvBlockState)i), &parsed));
        assert_int_equal(parsed, i);
    }
    OvBlockState parsed;
    assert_false(ov_block_state_parse("blockedForSpam", &parsed));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_networks_are_the_ipv4_ones_each_once),
        TEST(test_no_networks_and_none_that_can_be_read_are_two_things),
        TEST(test_an_address_of_another_network_is_passed_over),
        TEST(test_a_block_tells_state_start_and_whole_length),
        TEST(test_what_is_odd_in_a_block_is_not_told),
        TEST(test_a_block_of_another_address_is_refused),
        TEST(test_detections_come_in_reports),
        TEST(test_detections_alone_are_read_as_the_guide_shows_them),
        TEST(test_what_is_odd_in_a_detection_is_not_told),
        TEST(test_a_message_id_is_made_fit_and_spoils_nothing),
        TEST(test_a_program_answers_in_our_own_words),
        TEST(test_too_much_is_refused_before_it_is_parsed),
        TEST(test_what_is_no_json_is_refused),
        TEST(test_nothing_at_all_is_null),
        TEST(test_troubles_of_both_generations_are_known),
        TEST(test_still_blocked_is_known_under_any_refusal),
        TEST(test_missing_rights_are_named_and_words_are_fit),
        TEST(test_a_consumer_key_has_the_rights_that_its_rules_cover),
        TEST(test_states_have_names),
    };
    return cmocka_run_group_tests_name("provider_answer", tests, NULL, NULL);
}
