/* policy/limits/redis_place.h and redis_link.h, with a real Redis. */
#include "tests/unit/redis_server.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_places_are_read(void **state) {
    (void)state;
    static const struct {
        const char *text, *host, *port, *path, *user;
        guint number;
        gboolean tls;
    } cases[] = {
        {"redis://redis.example.com", "redis.example.com", "6379", NULL, NULL, 0, FALSE},
        {"redis://redis.example.com/", "redis.example.com", "6379", NULL, NULL, 0, FALSE},
        {"rediss://192.0.2.9:7000/3", "192.0.2.9", "7000", NULL, NULL, 3, TRUE},
        {"redis://outvet@[2001:db8::9]:7000", "2001:db8::9", "7000", NULL, "outvet", 0, FALSE},
        {"redis://[2001:db8::9]", "2001:db8::9", "6379", NULL, NULL, 0, FALSE},
        {"redis://@localhost", "localhost", "6379", NULL, NULL, 0, FALSE},
        {"unix:/run/redis/redis.sock", NULL, NULL, "/run/redis/redis.sock", NULL, 0, FALSE},
        {"unix:/run/redis.sock?db=12", NULL, NULL, "/run/redis.sock", NULL, 12, FALSE},
    };
    g_autoptr(OvArena) arena = ov_arena_new();
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        OvRedisPlace place = {.host = "before", .password_file = "stays"};
        assert_null(ov_redis_place_read(&place, cases[i].text, arena));
        assert_int_equal(g_strcmp0(place.host, cases[i].host), 0);
        assert_int_equal(g_strcmp0(place.port, cases[i].port), 0);
        assert_int_equal(g_strcmp0(place.path, cases[i].path), 0);
        assert_int_equal(g_strcmp0(place.user, cases[i].user), 0);
        assert_int_equal(place.number, cases[i].number);
        assert_int_equal(place.tls, cases[i].tls);
        assert_string_equal(place.password_file, "stays");
    }
}

static void test_what_is_no_place_is_told(void **state) {
    (void)state;
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"", "it is redis://HOST"},
        {"http://redis.example.com", "it is redis://HOST"},
        {"redis://", "it is redis://HOST"},
        {"redis://:6379", "it is redis://HOST"},
        {"redis://[2001:db8::9", "it is redis://HOST"},
        {"redis://[2001:db8::9]x", "it is redis://HOST"},
        {"redis://2001:db8::9", "a port is a number"},
        {"redis://host:0", "a port is a number"},
        {"redis://host:", "a port is a number"},
        {"redis://host/x", "x is no number of a database"},
        {"redis://host/1/2", "1/2 is no number of a database"},
        {"redis://:secret@host", "a password has no place here"},
        {"redis://outvet:secret@host", "a password has no place here"},
        {"unix:redis.sock", "the path of a Unix socket starts with /"},
        {"unix:/redis.sock?x=1", "it is redis://HOST"},
        {"unix:/redis.sock?db=x", "x is no number of a database"},
    };
    g_autoptr(OvArena) arena = ov_arena_new();
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        OvRedisPlace place = {.host = NULL};
        g_autofree char *trouble = ov_redis_place_read(&place, cases[i].text, arena);
        assert_non_null(trouble);
        assert_non_null(strstr(trouble, cases[i].words));
        assert_null(strstr(trouble, "secret"));
    }
    g_autofree char *longest = g_strnfill(300, 'a');
    g_autofree char *path = g_strconcat("unix:/", longest, NULL);
    OvRedisPlace place = {.host = NULL};
    g_autofree char *trouble = ov_redis_place_read(&place, path, arena);
    assert_string_equal(trouble, "the path is too long for a Unix socket");
}

static gint64 soon(void) {
    return g_get_monotonic_time() + 20 * G_USEC_PER_SEC;
}

static void expect_echo(OvRedisLink *link, const char *text, gsize length) {
    ov_redis_link_begin(link, 2);
    ov_redis_link_word(link, "ECHO", 4);
    ov_redis_link_word(link, text, length);
    redisReply *reply = ov_redis_link_reply(link, soon(), NULL);
    assert_non_null(reply);
    assert_int_equal(reply->type, REDIS_REPLY_STRING);
    assert_int_equal(reply->len, length);
    assert_memory_equal(reply->str, text, length);
    freeReplyObject(reply);
}

static void expect_trouble(const OvRedisPlace *place, OvRedisError code, const char *words) {
    g_autoptr(GError) error = NULL;
    assert_null(ov_redis_link_open(place, soon(), &error));
    assert_non_null(error);
    assert_int_equal(error->domain, OV_REDIS_ERROR);
    if (!strstr(error->message, words))
        fail_msg("%s: is not in: %s", words, error->message);
    assert_int_equal(error->code, code);
}

static void test_octets_come_back_as_they_were(void **state) {
    (void)state;
    RedisServer *server = redis_server_start(NULL);
    OvRedisPlace place = {.path = redis_server_socket(server)};
    g_autoptr(OvRedisLink) link = ov_redis_link_open(&place, soon(), NULL);
    assert_non_null(link);
    expect_echo(link, "a\0b\r\n*1\r\n", 10);
    expect_echo(link, "", 0);
    /* More than any buffer between the two holds, both ways. */
    gsize length = 8 * 1024 * 1024;
    g_autofree char *much = g_strnfill(length, 'x');
    expect_echo(link, much, length);
    for (guint i = 0; i < 10000; i++)
        ov_redis_link_command(link, "PING", NULL);
    for (guint i = 0; i < 10000; i++) {
        redisReply *reply = ov_redis_link_reply(link, soon(), NULL);
        assert_string_equal(reply->str, "PONG");
        freeReplyObject(reply);
    }
    redis_server_free(server);
}

static void test_nobody_waits_for_ever(void **state) {
    (void)state;
    RedisServer *server = redis_server_start(NULL);
    OvRedisPlace place = {.path = redis_server_socket(server)};
    OvRedisLink *link = ov_redis_link_open(&place, soon(), NULL);
    g_autoptr(GError) late = NULL, lost = NULL;
    redis_server_pause(server);
    ov_redis_link_command(link, "PING", NULL);
    assert_null(ov_redis_link_reply(link, g_get_monotonic_time() + 20000, &late));
    assert_string_equal(late->message, "no answer in time");
    ov_redis_link_close(link);
    assert_null(ov_redis_link_open(&place, g_get_monotonic_time() + 20000, NULL));
    redis_server_go_on(server);
    link = ov_redis_link_open(&place, soon(), NULL);
    redis_server_stop(server);
    ov_redis_link_command(link, "PING", NULL);
    assert_null(ov_redis_link_reply(link, soon(), &lost));
    assert_non_null(strstr(lost->message, "connection lost"));
    ov_redis_link_close(link);
    expect_trouble(&place, OV_REDIS_ERROR_AWAY, "can't connect: No such file");
    redis_server_free(server);
}

static char *put_file(RedisServer *server, const char *name, const char *text) {
    char *path = g_build_filename(redis_server_directory(server), name, NULL);
    assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

static void test_the_password_opens(void **state) {
    (void)state;
    RedisServer *server = redis_server_start(NULL);
    g_autoptr(OvRedisLink) admin =
        ov_redis_link_open(&(OvRedisPlace){.path = redis_server_socket(server)}, soon(), NULL);
    ov_redis_link_command(admin, "ACL", "SETUSER", "outvet", "on", ">let me in", "~*", "+@all",
                          NULL);
    freeReplyObject(ov_redis_link_reply(admin, soon(), NULL));
    ov_redis_link_command(admin, "CONFIG", "SET", "requirepass", "open sesame", NULL);
    freeReplyObject(ov_redis_link_reply(admin, soon(), NULL));
    g_autofree char *right = put_file(server, "right", "open sesame\n");
    g_autofree char *wrong = put_file(server, "wrong", "open rye\n");
    g_autofree char *empty = put_file(server, "empty", "\nopen sesame\n");
    g_autofree char *user = put_file(server, "user", "let me in");
    g_autofree char *none = g_build_filename(redis_server_directory(server), "none", NULL);
    OvRedisPlace place = {.path = redis_server_socket(server), .password_file = right};
    g_autoptr(OvRedisLink) link = ov_redis_link_open(&place, soon(), NULL);
    assert_non_null(link);
    expect_echo(link, "x", 1);
    place.password_file = "";
    expect_trouble(&place, OV_REDIS_ERROR_REFUSED, "NOAUTH");
    place.password_file = wrong;
    expect_trouble(&place, OV_REDIS_ERROR_REFUSED, "it refuses the password: WRONGPASS");
    place.password_file = empty;
    expect_trouble(&place, OV_REDIS_ERROR_SETTINGS, "there is no password on the first line");
    place.password_file = none;
    expect_trouble(&place, OV_REDIS_ERROR_SETTINGS, "No such file");
    place.password_file = user;
    place.user = "outvet";
    g_autoptr(OvRedisLink) as_user = ov_redis_link_open(&place, soon(), NULL);
    assert_non_null(as_user);
    place.number = 9999;
    expect_trouble(&place, OV_REDIS_ERROR_REFUSED, "it refuses the database");
    const char *const files[] = {right, wrong, empty, user};
    for (guint i = 0; i < G_N_ELEMENTS(files); i++)
        g_unlink(files[i]);
    redis_server_free(server);
}

/* A CA of its own, and a certificate of it for localhost. */
static const char MAKE_CERTIFICATES[] =
    "cd '%s' && exec 2>/dev/null && "
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out "
    "ca.pem "
    "-days 2 -subj '/CN=Test CA' && "
    "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out r.csr "
    "-subj /CN=redis && "
    "printf 'subjectAltName=DNS:localhost' >ext && "
    "openssl x509 -req -in r.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out cert.pem -days 2 "
    "-extfile ext";

static guint free_port(void) {
    g_autoptr(GRand) rand = g_rand_new();
    return (guint)g_rand_int_range(rand, 20000, 32000);
}

static void test_tls_believes_the_right_certificate_alone(void **state) {
    (void)state;
    g_autofree char *directory = g_dir_make_tmp("tls-XXXXXX", NULL);
    g_autofree char *make = g_strdup_printf(MAKE_CERTIFICATES, directory);
    g_autofree char *ca = g_build_filename(directory, "ca.pem", NULL);
    g_autofree char *certificate = g_build_filename(directory, "cert.pem", NULL);
    g_autofree char *key = g_build_filename(directory, "key.pem", NULL);
    g_autofree char *port = g_strdup_printf("%u", free_port());
    const char *words[] = {"sh", "-c", make, NULL};
    int status = -1;
    assert_true(g_spawn_sync(NULL, (char **)words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                             NULL, &status, NULL));
    assert_int_equal(status, 0);
    const char *const options[] = {"--tls-port",
                                   port,
                                   "--tls-cert-file",
                                   certificate,
                                   "--tls-key-file",
                                   key,
                                   "--tls-ca-cert-file",
                                   ca,
                                   "--bind",
                                   "127.0.0.1",
                                   NULL};
    RedisServer *server = redis_server_start(options);
    OvRedisPlace place = {.host = "localhost",
                          .port = port,
                          .tls = TRUE,
                          .ca = ca,
                          .certificate = certificate,
                          .key = key};
    g_autoptr(GError) error = NULL;
    OvRedisLink *link = ov_redis_link_open(&place, soon(), &error);
    if (!link)
        fail_msg("%s", error->message);
    gsize length = 2 * 1024 * 1024;
    g_autofree char *much = g_strnfill(length, 'x');
    expect_echo(link, much, length);
    place.host = "127.0.0.1";
    expect_trouble(&place, OV_REDIS_ERROR_REFUSED, "IP address mismatch");
    place.host = "localhost";
    place.certificate = "";
    g_autoptr(OvRedisLink) nobody = ov_redis_link_open(&place, soon(), &error);
    assert_null(nobody);
    place.certificate = certificate;
    place.ca = "";
    expect_trouble(&place, OV_REDIS_ERROR_REFUSED, "its certificate is not believed");
    place.ca = key;
    expect_trouble(&place, OV_REDIS_ERROR_SETTINGS, key);
    redis_server_stop(server);
    ov_redis_link_command(link, "PING", NULL);
    assert_null(ov_redis_link_reply(link, soon(), NULL));
    ov_redis_link_close(link);
    redis_server_free(server);
    const char *const names[] = {"ca.key", "ca.pem",   "key.pem", "r.csr",
                                 "ext",    "cert.pem", "ca.srl"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(directory, names[i], NULL);
        g_unlink(path);
    }
    g_rmdir(directory);
}

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places_are_read),
        cmocka_unit_test(test_what_is_no_place_is_told),
        cmocka_unit_test(test_octets_come_back_as_they_were),
        cmocka_unit_test(test_nobody_waits_for_ever),
        cmocka_unit_test(test_the_password_opens),
        cmocka_unit_test(test_tls_believes_the_right_certificate_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
