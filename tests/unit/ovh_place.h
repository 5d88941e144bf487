/* What the tests of the client of OVH's API share: a stand-in as strict as the real one, a client
 * of it, and calls that must be answered or must fail. One test program includes it once. */
#pragma once

#include "policy/provider/hosting.h"
#include "tests/unit/ovh_stand_in.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>

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

static inline void put_credentials(const Place *place, const char *keys) {
    const char *url = ovh_stand_in_url(place->api);
    g_autofree char *text = g_strdup_printf("[default]\nendpoint = %s\n[%s]\n%s", url, url, keys);
    assert_true(g_file_set_contents_full(place->file, text, -1, G_FILE_SET_CONTENTS_CONSISTENT,
                                         0600, NULL));
}

static inline OvSettings *settings_of(const Place *place, const char *time_limit) {
    g_autofree char *text = g_strdup_printf("[provider]\nkind = ovh\ncredentials = %s\n"
                                            "calls = 1000000\ntime_limit = %s\n",
                                            place->file, time_limit);
    OvSettings *settings = ov_settings_parse(text, strlen(text), "test.conf", NULL);
    assert_non_null(settings);
    return settings;
}

static inline void open_hosting(Place *place, const char *time_limit) {
    g_autoptr(OvSettings) settings = settings_of(place, time_limit);
    g_autoptr(GError) error = NULL;
    ov_hosting_free(place->hosting);
    place->hosting = ov_hosting_new(settings, &error);
    if (error)
        fail_msg("%s", error->message);
}

static inline void put_keys(const Place *place, const char *key, const char *secret,
                            const char *consumer) {
    g_autofree char *keys =
        g_strdup_printf("application_key = %s\napplication_secret = %s\nconsumer_key = %s\n", key,
                        secret, consumer);
    put_credentials(place, keys);
}

static inline void put_account(const Place *place, const char *secret) {
    g_autofree char *keys = g_strdup_printf("client_id = %s\nclient_secret = %s\n", CLIENT, secret);
    put_credentials(place, keys);
}

static inline int set_up(void **state) {
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

static inline int tear_down(void **state) {
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

static inline void clear_log(Place *place) {
    ovh_stand_in_tell(place->api, "\"do\":\"clear_log\"");
}

static inline void set_fault(Place *place, const char *match, const char *rest) {
    ovh_stand_in_tell(place->api, "\"do\":\"fault\",\"match\":\"%s\",%s", match, rest);
}

static inline void block(Place *place, guint seconds) {
    ovh_stand_in_tell(place->api, "\"do\":\"block\",\"address\":\"" ADDRESS "\",\"seconds\":%u",
                      seconds);
}

/* The error is of that code, says that, and no secret. */
static inline void check_error(GError *error, OvHostingError code, const char *says) {
    static const char *const secrets[] = {SECRET, CONSUMER, CLIENT_SECRET, "$1$"};
    assert_non_null(error);
    if (error->code != (int)code || !strstr(error->message, says))
        fail_msg("%d %s, not %d %s", error->code, error->message, code, says);
    for (guint i = 0; i < G_N_ELEMENTS(secrets); i++)
        assert_null(strstr(error->message, secrets[i]));
    assert_true(g_utf8_validate(error->message, -1, NULL) && !strchr(error->message, '\n'));
    g_error_free(error);
}

static inline void check_networks(Place *place) {
    GError *error = NULL;
    guint n = 0;
    const char **networks = ov_hosting_networks(place->hosting, NULL, place->arena, &n, &error);
    if (error)
        fail_msg("%s", error->message);
    assert_int_equal(n, 2);
    assert_string_equal(networks[0], NETWORK);
    assert_string_equal(networks[1], "198.51.100.8/32");
}

static inline void fail_networks(Place *place, OvHostingError code, const char *says) {
    GError *error = NULL;
    guint n = 0;
    assert_null(ov_hosting_networks(place->hosting, NULL, place->arena, &n, &error));
    check_error(error, code, says);
}

static inline guint blocked(Place *place, gboolean past) {
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

static inline OvBlock block_now(Place *place) {
    GError *error = NULL;
    OvBlock found;
    if (!ov_hosting_block(place->hosting, NETWORK, ADDRESS, &found, place->arena, &error))
        fail_msg("%s", error->message);
    return found;
}

static inline OvBlockState unblock(Place *place) {
    GError *error = NULL;
    OvBlock found;
    if (!ov_hosting_unblock(place->hosting, NETWORK, ADDRESS, &found, place->arena, &error))
        fail_msg("%s", error->message);
    assert_string_equal(found.network, NETWORK);
    assert_string_equal(found.address, ADDRESS);
    return found.state;
}

static inline void fail_unblock(Place *place, OvHostingError code, const char *says) {
    GError *error = NULL;
    OvBlock found;
    assert_false(
        ov_hosting_unblock(place->hosting, NETWORK, ADDRESS, &found, place->arena, &error));
    check_error(error, code, says);
}
