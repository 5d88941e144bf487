/* Samples of mail: policy/samples/. */
#include "tests/unit/ledger_place.h"

#include "policy/samples/samples.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const guint8 KEY[OV_SAMPLE_KEY_SIZE] = "0123456789abcdef0123456789ABCDE";
static const gint64 HOUR = G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;
static const gint64 NOW = G_GINT64_CONSTANT(1795435200) * G_USEC_PER_SEC; /* 2026-11-23 12:00 UTC */
static const guint64 GIGABYTE = G_GUINT64_CONSTANT(1) << 30;
static char TEXT[] = "Subject: a secret subject\r\n\r\nAnd its text, its text, its text.\r\n";

static char *directory_of(const Place *place) {
    return g_build_filename(place->directory, "samples", NULL);
}

static OvSampleStore *open_store(const Place *place) {
    g_autoptr(GError) error = NULL;
    g_autofree char *directory = directory_of(place);
    OvSampleStore *store = ov_sample_store_open(directory, KEY, &error);
    if (error)
        fail_msg("%s", error->message);
    return store;
}

static void put(OvSampleStore *store, gint64 id, const char *text, guint64 size) {
    g_autoptr(GError) error = NULL;
    OvSample sample = {id, size, (char *)(guintptr)text, strlen(text)};
    if (!ov_sample_store_put(store, &sample, &error))
        fail_msg("%s", error->message);
}

/* The OvSampleError, or -1 where it is read. */
static int trouble_of(const Place *place, gint64 id, const guint8 *key) {
    g_autoptr(GError) error = NULL;
    g_autofree char *directory = directory_of(place);
    g_autoptr(OvSample) sample = ov_sample_read(directory, key, id, &error);
    if (sample)
        return -1;
    assert_int_equal(error->domain, OV_SAMPLE_ERROR);
    return error->code;
}

static char *path_of(const Place *place, gint64 id) {
    char text[OV_ID_TEXT_SIZE], shard[5] = "";
    ov_id_format(id, text);
    memcpy(shard, text, 4);
    return g_build_filename(place->directory, "samples", shard, text, NULL);
}

/* --- Files --- */

static void test_a_sample_is_read_back_as_it_was(void **state) {
    const Place *place = *state;
    g_autoptr(OvSampleStore) store = open_store(place);
    gint64 id = ov_id_next(place->ids);
    put(store, id, TEXT, strlen(TEXT));
    put(store, id + 1, "", 7);
    g_autofree char *directory = directory_of(place);
    g_autoptr(OvSample) sample = ov_sample_read(directory, KEY, id, NULL);
    assert_non_null(sample);
    assert_int_equal(sample->id, id);
    assert_int_equal(sample->size, strlen(TEXT));
    assert_int_equal(sample->length, strlen(TEXT));
    assert_string_equal(sample->data, TEXT);
    g_autoptr(OvSample) empty = ov_sample_read(directory, KEY, id + 1, NULL);
    assert_non_null(empty);
    assert_int_equal(empty->length, 0);
    assert_int_equal(empty->size, 7); /* it was cut */
    assert_int_equal(trouble_of(place, id + 2, KEY), OV_SAMPLE_ERROR_ABSENT);
    assert_int_equal(ov_sample_store_number(store), 2);
    assert_int_equal(ov_sample_store_octets(store), 2 * 4096);
}

static void test_a_large_sample_is_read_back_as_it_was(void **state) {
    const Place *place = *state;
    g_autoptr(OvSampleStore) store = open_store(place);
    gsize length = 9 * 1024 * 1024 + 3;
    g_autofree char *data = g_malloc(length);
    guint64 number = 1;
    for (gsize i = 0; i < length; i++) {
        number = number * G_GUINT64_CONSTANT(6364136223846793005) + 1442695040888963407;
        data[i] = i < length / 2 ? (char)(number >> 56) : 'x';
    }
    OvSample large = {ov_id_next(place->ids), length, data, length};
    assert_true(ov_sample_store_put(store, &large, NULL));
    g_autofree char *directory = directory_of(place);
    g_autoptr(OvSample) sample = ov_sample_read(directory, KEY, large.id, NULL);
    assert_non_null(sample);
    assert_int_equal(sample->length, length);
    assert_memory_equal(sample->data, data, length);
}

static void test_files_tell_nothing_and_are_for_their_owner(void **state) {
    const Place *place = *state;
    g_autoptr(OvSampleStore) store = open_store(place);
    gint64 id = ov_id_next(place->ids);
    put(store, id, TEXT, strlen(TEXT));
    put(store, id + 1, TEXT, strlen(TEXT));
    g_autofree char *path = path_of(place, id), *other = path_of(place, id + 1);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    g_autofree char *shard = g_path_get_dirname(path), *directory = directory_of(place);
    assert_int_equal(stat(shard, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
    assert_int_equal(stat(directory, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
    g_autofree char *octets = NULL, *others = NULL;
    gsize length, length_other;
    assert_true(g_file_get_contents(path, &octets, &length, NULL));
    assert_true(g_file_get_contents(other, &others, &length_other, NULL));
    assert_null(memmem(octets, length, "secret", 6));
    assert_null(memmem(octets, length, "Subject", 7));
    /* The same text twice is not the same octets. */
    assert_int_equal(length, length_other);
    assert_memory_not_equal(octets + 16, others + 16, length - 16);
}

static void test_another_key_reads_nothing(void **state) {
    const Place *place = *state;
    g_autoptr(OvSampleStore) store = open_store(place);
    gint64 id = ov_id_next(place->ids);
    put(store, id, TEXT, strlen(TEXT));
    guint8 other[OV_SAMPLE_KEY_SIZE];
    memcpy(other, KEY, sizeof other);
    other[31] ^= 1;
    assert_int_equal(trouble_of(place, id, other), OV_SAMPLE_ERROR_BROKEN);
    assert_int_equal(trouble_of(place, id, KEY), -1);
}

static void test_damage_is_told(void **state) {
    const Place *place = *state;
    g_autoptr(OvSampleStore) store = open_store(place);
    gint64 id = ov_id_next(place->ids);
    put(store, id, TEXT, strlen(TEXT));
    g_autofree char *path = path_of(place, id), *octets = NULL;
    gsize length;
    assert_true(g_file_get_contents(path, &octets, &length, NULL));
    for (gsize i = 0; i < length; i++) {
        assert_true(g_file_set_contents(path, octets, (gssize)i, NULL)); /* cut */
        assert_int_equal(trouble_of(place, id, KEY), OV_SAMPLE_ERROR_BROKEN);
        octets[i] = (char)(octets[i] ^ 0x10);
        assert_true(g_file_set_contents(path, octets, (gssize)length, NULL));
        assert_int_equal(trouble_of(place, id, KEY), OV_SAMPLE_ERROR_BROKEN);
        octets[i] = (char)(octets[i] ^ 0x10);
    }
    /* Under another message's name it is not that one's. */
    g_autofree char *other = path_of(place, id + 1);
    assert_true(g_file_set_contents(path, octets, (gssize)length, NULL));
    assert_int_equal(g_rename(path, other), 0);
    assert_int_equal(trouble_of(place, id + 1, KEY), OV_SAMPLE_ERROR_BROKEN);
    /* A link to it is no sample, nor is a pipe. */
    assert_int_equal(symlink(other, path), 0);
    assert_int_equal(trouble_of(place, id, KEY), OV_SAMPLE_ERROR_FILE);
    assert_int_equal(g_remove(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(trouble_of(place, id, KEY), OV_SAMPLE_ERROR_BROKEN);
}

static void test_a_directory_that_others_may_use_is_refused(void **state) {
    const Place *place = *state;
    g_autofree char *directory = directory_of(place);
    g_autoptr(GError) error = NULL, missing = NULL;
    assert_int_equal(g_mkdir(directory, 0700), 0);
    assert_int_equal(chmod(directory, 0750), 0);
    assert_null(ov_sample_store_open(directory, KEY, &error));
    assert_int_equal(error->code, OV_SAMPLE_ERROR_FILE);
    assert_non_null(strstr(error->message, "chmod 700"));
    g_autofree char *deep = g_build_filename(directory, "no", "such", NULL);
    assert_null(ov_sample_store_open(deep, KEY, &missing));
    assert_non_null(strstr(missing->message, "No such file"));
}

/* --- Pruning --- */

/* One every ten minutes for a day, the last at NOW. */
enum { A_DAY = 144 };
static gint64 ID_OF(guint i) {
    return ov_id_first_at(NOW - (gint64)(A_DAY - 1 - i) * HOUR / 6) + 1;
}

static void fill(OvSampleStore *store) {
    for (guint i = 0; i < A_DAY; i++)
        put(store, ID_OF(i), TEXT, strlen(TEXT));
}

/* Which of them are there: the number of the first, where no later one is missing. */
static guint first_kept(const Place *place) {
    guint first = 0;
    while (first < A_DAY && trouble_of(place, ID_OF(first), KEY) != -1)
        first++;
    for (guint i = first; i < A_DAY; i++)
        assert_int_equal(trouble_of(place, ID_OF(i), KEY), -1);
    return first;
}

static void prune_all(OvSampleStore *store, gint64 before, guint64 most) {
    guint turns = 0;
    while (ov_sample_store_prune(store, before, most))
        assert_true(++turns < A_DAY);
}

static void test_what_is_too_old_is_removed(void **state) {
    const Place *place = *state;
    g_autoptr(OvSampleStore) store = open_store(place);
    fill(store);
    prune_all(store, 0, GIGABYTE);
    assert_int_equal(first_kept(place), 0);
    prune_all(store, NOW - 6 * HOUR, GIGABYTE);
    assert_int_equal(first_kept(place), A_DAY - 1 - 36);
    assert_int_equal(ov_sample_store_number(store), 37);
    prune_all(store, NOW + HOUR, GIGABYTE);
    assert_int_equal(ov_sample_store_number(store), 0);
    assert_int_equal(ov_sample_store_octets(store), 0);
    g_autofree char *directory = directory_of(place);
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    assert_null(g_dir_read_name(dir)); /* no empty directories stay */
    put(store, ID_OF(0), TEXT, strlen(TEXT));
    assert_int_equal(trouble_of(place, ID_OF(0), KEY), -1);
}

static void test_of_what_is_too_much_the_oldest_goes_first(void **state) {
    const Place *place = *state;
    g_autoptr(OvSampleStore) store = open_store(place);
    fill(store);
    prune_all(store, 0, 10 * 4096 + 4095);
    assert_int_equal(first_kept(place), A_DAY - 10);
    assert_int_equal(ov_sample_store_octets(store), 10 * 4096);
    /* What comes while the store is full, with a clock that was set back, too. */
    put(store, ID_OF(3), TEXT, strlen(TEXT));
    prune_all(store, 0, 10 * 4096);
    assert_int_equal(first_kept(place), A_DAY - 10);
    prune_all(store, 0, 1);
    assert_int_equal(ov_sample_store_number(store), 0);
}

static void test_one_call_removes_a_bounded_number(void **state) {
    const Place *place = *state;
    g_autoptr(OvSampleStore) store = open_store(place);
    fill(store);
    assert_true(ov_sample_store_prune(store, 0, 1));
    assert_int_equal(ov_sample_store_number(store), A_DAY - OV_SAMPLE_PRUNED);
    assert_false(ov_sample_store_prune(store, 0, 1));
}

static void test_what_is_there_is_counted_when_the_store_is_opened(void **state) {
    const Place *place = *state;
    OvSampleStore *before = open_store(place);
    fill(before);
    guint64 octets = ov_sample_store_octets(before);
    ov_sample_store_close(before);
    g_autofree char *rest = g_build_filename(place->directory, "samples", ".writing", NULL);
    g_autofree char *alien = g_build_filename(place->directory, "samples", "alien", NULL);
    assert_true(g_file_set_contents(rest, "half", 4, NULL)); /* killed while it wrote */
    assert_true(g_file_set_contents(alien, "alien", 5, NULL));
    g_autoptr(OvSampleStore) store = open_store(place);
    assert_int_equal(ov_sample_store_number(store), A_DAY);
    assert_int_equal(ov_sample_store_octets(store), octets);
    assert_false(g_file_test(rest, G_FILE_TEST_EXISTS));
    prune_all(store, 0, 20 * 4096);
    assert_int_equal(first_kept(place), A_DAY - 20);
    assert_true(g_file_test(alien, G_FILE_TEST_EXISTS));
}

/* --- The thread --- */

static void settle_samples(Place *place, const char *more) {
    g_autofree char *text =
        g_strdup_printf("[samples]\ndirectory = %s/samples\n%s", place->directory, more);
    settle(place, text);
}

static json_int_t status_of(OvSamples *samples, const char *name) {
    json_t *status = ov_samples_status(samples);
    json_int_t number = json_integer_value(json_object_get(status, name));
    json_decref(status);
    return number;
}

static gboolean state_is(OvSamples *samples, const char *state) {
    json_t *status = ov_samples_status(samples);
    gboolean same = strcmp(json_string_value(json_object_get(status, "state")), state) == 0;
    json_decref(status);
    return same;
}

/* Until the condition holds; a minute at most. */
#define WAIT_FOR(condition)                                                                        \
    for (guint turn = 0; !(condition); turn++) {                                                   \
        assert_true(turn < 6000);                                                                  \
        g_usleep(10000);                                                                           \
    }

static void test_what_is_offered_is_written(void **state) {
    Place *place = *state;
    settle_samples(place, "");
    g_autoptr(OvSamples) samples = ov_samples_start(place->settings, KEY);
    gint64 id = ov_id_next(place->ids);
    ov_samples_offer(samples, id, TEXT, strlen(TEXT), 4711);
    WAIT_FOR(status_of(samples, "written") == 1);
    ov_samples_offer(samples, id + 1, TEXT, strlen(TEXT), strlen(TEXT));
    ov_samples_stop(samples); /* what waits is written before it ends */
    assert_int_equal(trouble_of(place, id, KEY), -1);
    assert_int_equal(trouble_of(place, id + 1, KEY), -1);
    ov_samples_offer(samples, id + 2, TEXT, strlen(TEXT), strlen(TEXT));
    assert_int_equal(trouble_of(place, id + 2, KEY), OV_SAMPLE_ERROR_ABSENT);
}

static void test_without_a_directory_nothing_is_taken(void **state) {
    Place *place = *state;
    g_autoptr(OvSamples) samples = ov_samples_start(place->settings, KEY);
    ov_samples_offer(samples, ov_id_next(place->ids), TEXT, strlen(TEXT), strlen(TEXT));
    ov_samples_offer(NULL, ov_id_next(place->ids), TEXT, strlen(TEXT), strlen(TEXT));
    assert_true(state_is(samples, "off"));
    assert_int_equal(status_of(samples, "waiting"), 0);
    assert_int_equal(status_of(samples, "dropped"), 0);
    /* A reload turns it on. */
    settle_samples(place, "");
    ov_samples_set(samples, place->settings);
    gint64 id = ov_id_next(place->ids);
    ov_samples_offer(samples, id, TEXT, strlen(TEXT), strlen(TEXT));
    WAIT_FOR(status_of(samples, "written") == 1);
    assert_int_equal(trouble_of(place, id, KEY), -1);
    assert_int_equal(logged_lines("samples"), 0);
}

static void test_what_does_not_fit_is_dropped_and_counted(void **state) {
    Place *place = *state;
    g_autofree char *directory = directory_of(place);
    settle_samples(place, "");
    g_autoptr(OvSamples) samples = ov_samples_start(place->settings, KEY);
    gsize length = 24 * 1024 * 1024;
    g_autofree char *data = g_malloc0(length);
    guint offered = 0;
    /* Faster than anything is compressed. */
    while (status_of(samples, "dropped") == 0 && offered < 1000) {
        ov_samples_offer(samples, ov_id_next(place->ids), data, length, length);
        offered++;
    }
    assert_int_equal(status_of(samples, "dropped"), 1);
    WAIT_FOR(status_of(samples, "written") == offered - 1);
    assert_int_equal(status_of(samples, "failed"), 0);
}

static void test_the_queue_is_bounded_in_number(void **state) {
    Place *place = *state;
    settle_samples(place, "");
    g_autoptr(OvSamples) samples = ov_samples_start(place->settings, KEY);
    for (guint i = 0; i < 20 * OV_SAMPLES_WAITING; i++) {
        ov_samples_offer(samples, ov_id_next(place->ids), "x", 1, 1);
        assert_true(status_of(samples, "waiting") <= OV_SAMPLES_WAITING);
    }
    WAIT_FOR(status_of(samples, "waiting") == 0);
    ov_samples_stop(samples);
    assert_int_equal(status_of(samples, "written") + status_of(samples, "dropped"),
                     20 * OV_SAMPLES_WAITING);
}

static void test_trouble_is_logged_once(void **state) {
    Place *place = *state;
    settle(place, "[samples]\ndirectory = /proc/no/such\n");
    g_autoptr(OvSamples) samples = ov_samples_start(place->settings, KEY);
    for (guint i = 0; i < 20; i++)
        ov_samples_offer(samples, ov_id_next(place->ids), TEXT, strlen(TEXT), strlen(TEXT));
    WAIT_FOR(status_of(samples, "failed") == 20);
    assert_true(state_is(samples, "failing"));
    assert_int_equal(logged_lines("state=failing"), 1);
    /* Mended by a reload: the next are written. */
    settle_samples(place, "");
    ov_samples_set(samples, place->settings);
    WAIT_FOR(state_is(samples, "writing"));
    ov_samples_offer(samples, ov_id_next(place->ids), TEXT, strlen(TEXT), strlen(TEXT));
    WAIT_FOR(status_of(samples, "written") == 1);
    assert_int_equal(logged_lines("state=ok"), 1);
}

static void test_a_directory_that_is_taken_away_is_made_again(void **state) {
    Place *place = *state;
    g_autofree char *directory = directory_of(place);
    settle_samples(place, "");
    g_autoptr(OvSamples) samples = ov_samples_start(place->settings, KEY);
    ov_samples_offer(samples, ov_id_next(place->ids), TEXT, strlen(TEXT), strlen(TEXT));
    WAIT_FOR(status_of(samples, "written") == 1);
    remove_all(directory);
    gint64 id = ov_id_next(place->ids);
    ov_samples_offer(samples, id, TEXT, strlen(TEXT), strlen(TEXT));
    WAIT_FOR(status_of(samples, "written") == 2);
    assert_int_equal(trouble_of(place, id, KEY), -1);
    assert_int_equal(status_of(samples, "number"), 1);
}

static void test_the_store_keeps_within_its_settings(void **state) {
    Place *place = *state;
    settle_samples(place, "most = 20K\n");
    g_autoptr(OvSamples) samples = ov_samples_start(place->settings, KEY);
    for (guint i = 0; i < 50; i++)
        ov_samples_offer(samples, ov_id_next(place->ids), TEXT, strlen(TEXT), strlen(TEXT));
    WAIT_FOR(status_of(samples, "written") == 50);
    WAIT_FOR(status_of(samples, "number") == 5);
    assert_int_equal(status_of(samples, "octets"), 20 * 1024);
    /* By age, too: this one is years old. */
    gint64 old = ov_id_first_at(NOW - 5 * 365 * 24 * HOUR) + 1;
    ov_samples_offer(samples, old, TEXT, strlen(TEXT), strlen(TEXT));
    WAIT_FOR(status_of(samples, "written") == 51);
    WAIT_FOR(status_of(samples, "number") == 5);
    assert_int_equal(trouble_of(place, old, KEY), OV_SAMPLE_ERROR_ABSENT);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_a_sample_is_read_back_as_it_was),
        TEST(test_a_large_sample_is_read_back_as_it_was),
        TEST(test_files_tell_nothing_and_are_for_their_owner),
        TEST(test_another_key_reads_nothing),
        TEST(test_damage_is_told),
        TEST(test_a_directory_that_others_may_use_is_refused),
        TEST(test_what_is_too_old_is_removed),
        TEST(test_of_what_is_too_much_the_oldest_goes_first),
        TEST(test_one_call_removes_a_bounded_number),
        TEST(test_what_is_there_is_counted_when_the_store_is_opened),
        TEST(test_what_is_offered_is_written),
        TEST(test_without_a_directory_nothing_is_taken),
        TEST(test_what_does_not_fit_is_dropped_and_counted),
        TEST(test_the_queue_is_bounded_in_number),
        TEST(test_trouble_is_logged_once),
        TEST(test_a_directory_that_is_taken_away_is_made_again),
        TEST(test_the_store_keeps_within_its_settings),
    };
    return cmocka_run_group_tests_name("samples", tests, NULL, NULL);
}
