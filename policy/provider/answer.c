#include "policy/provider/answer.h"

#include "policy/provider/answer_json.h"
#include "policy/provider/network4.h"
#include "rules/auth/ip_address.h"

#include <string.h>

enum { MAX_ADDRESS = 64, MAX_MESSAGE_ID = 1000 };
static const gint64 MAX_SECONDS = G_GINT64_CONSTANT(10) * 366 * 24 * 3600; /* of a block */
static const gint64 MAX_COUNT = G_GINT64_CONSTANT(1) << 48;
static const gint64 MAX_SCORE = 1000000000;

const OvAnswerWords ov_answer_of_ovh = {
    .address = "ipSpamming",
    .state = "state",
    .since = "date",
    .duration = "time",
    .period = "timestamp",
    .total = "total",
    .spams = "numberOfSpams",
    .average = "averageSpamscore",
    .detections = "detectedSpams",
    .message_id = "messageId",
    .destination = "destinationIp",
    .time = "date",
    .score = "spamscore",
    .states = {"blockedForSpam", "unblocking", "unblocked", "other"},
};

const OvAnswerWords ov_answer_of_command = {
    .address = "address",
    .state = "state",
    .since = "since",
    .duration = "duration",
    .period = "period",
    .total = "total",
    .spams = "spams",
    .average = "average",
    .detections = "detections",
    .message_id = "message_id",
    .destination = "destination",
    .time = "time",
    .score = "score",
    .states = {"blocked", "unblocking", "unblocked", "other"},
};

static gboolean fail(GError **error, const char *what, const char *trouble) {
    g_set_error(error, OV_HOSTING_ERROR, OV_HOSTING_ERROR_ANSWER,
                "the provider's answer can't be read: %s", trouble);
    g_prefix_error(error, "%s: ", what);
    return FALSE;
}

/* Adds a text that is not there yet. */
static void add_once(GPtrArray *texts, GHashTable *known, const char *text) {
    if (g_hash_table_add(known, (gpointer)text))
        g_ptr_array_add(texts, (gpointer)text);
}

const char **ov_answer_list(const GPtrArray *texts, OvArena *arena, guint *n) {
    const char **list = OV_ARENA_NEW(arena, const char *, texts->len + 1);
    for (guint i = 0; i < texts->len; i++)
        list[i] = texts->pdata[i];
    *n = texts->len;
    return list;
}

static gboolean is_ip6(const char *text) {
    g_autofree char *address = g_strndup(text, strcspn(text, "/"));
    OvIpAddress parsed;
    return ov_ip_address_parse(ov_slice(address), &parsed) && strchr(address, ':');
}

const char **ov_answer_networks(const json_t *root, OvArena *arena, guint *n, GError **error) {
    g_autoptr(GPtrArray) networks = g_ptr_array_new();
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    gboolean others = FALSE;
    OvNetwork4 parsed;
    gsize i;
    json_t *value;
    if (!json_is_array(root)) {
        fail(error, "networks", "it is no list");
        return NULL;
    }
    json_array_foreach(root, i, value) {
        const char *text = ov_answer_string(value, MAX_ADDRESS, arena);
        if (text && ov_network4_parse(text, &parsed))
            add_once(networks, known, text);
        else
            others = others || !text || !is_ip6(text);
    }
    if (networks->len == 0 && others) {
        fail(error, "networks", "there is no network in the list");
        return NULL;
    }
    return ov_answer_list(networks, arena, n);
}

gboolean ov_answer_addresses(const json_t *root, const char *network, OvArena *arena,
                             GPtrArray *addresses, GError **error) {
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    OvNetwork4 parsed;
    gsize i;
    json_t *value;
    if (!json_is_array(root) || !ov_network4_parse(network, &parsed))
        return fail(error, network, "it is no list of addresses");
    for (guint old = 0; old < addresses->len; old++)
        g_hash_table_add(known, addresses->pdata[old]);
    json_array_foreach(root, i, value) {
        const char *text = ov_answer_string(value, MAX_ADDRESS, arena);
        if (text && ov_network4_has(&parsed, text))
            add_once(addresses, known, text);
    }
    return TRUE;
}

static OvBlockState state_of(const OvAnswerWords *words, const json_t *value) {
    const char *word = json_string_value(value);
    for (guint i = 0; word && i < OV_N_BLOCK_STATES; i++)
        if (strcmp(word, words->states[i]) == 0)
            return (OvBlockState)i;
    return OV_BLOCK_OTHER;
}

gboolean ov_answer_block(const OvAnswerWords *words, const json_t *root, const char *network,
                         const char *address, OvBlock *block, OvArena *arena, GError **error) {
    const char *told = json_string_value(json_object_get(root, words->address));
    if (!json_is_object(root) || !json_object_get(root, words->state))
        return fail(error, address, "it tells no state");
    if (told && strcmp(told, address) != 0)
        return fail(error, address, "it is of another address");
    *block = (OvBlock){
        .network = ov_arena_strndup(arena, network, strlen(network)),
        .address = ov_arena_strndup(arena, address, strlen(address)),
        .state = state_of(words, json_object_get(root, words->state)),
        .since = ov_answer_time(json_object_get(root, words->since)),
        .duration = ov_answer_number(json_object_get(root, words->duration), 0, MAX_SECONDS, 0),
    };
    return TRUE;
}

static const char *message_id(const json_t *value, OvArena *arena) {
    const char *text = ov_answer_string(value, MAX_MESSAGE_ID, arena);
    OvSlice id = ov_slice_trim(ov_slice(text));
    if (id.length >= 2 && id.data[0] == '<' && id.data[id.length - 1] == '>')
        id = ov_slice_trim((OvSlice){id.data + 1, id.length - 2});
    return ov_arena_strndup(arena, id.length ? id.data : "", id.length);
}

static const char *destination(const json_t *value, OvArena *arena) {
    const char *text = ov_answer_string(value, MAX_ADDRESS, arena);
    OvIpAddress parsed;
    return text && ov_ip_address_parse(ov_slice(text), &parsed) ? text : NULL;
}

/* What is read of one answer. */
typedef struct {
    const OvAnswerWords *words;
    OvArena *arena;
    GArray *reports, *detected; /* OvReport, OvDetected */
} Reading;

static void add_detected(const Reading *reading, const json_t *spam, gint64 period) {
    const OvAnswerWords *words = reading->words;
    if (!json_is_object(spam) || reading->detected->len >= OV_HOSTING_MAX_DETECTED)
        return;
    OvDetected one = {
        .message_id = message_id(json_object_get(spam, words->message_id), reading->arena),
        .destination = destination(json_object_get(spam, words->destination), reading->arena),
        .time = ov_answer_time(json_object_get(spam, words->time)),
        .score = ov_answer_number(json_object_get(spam, words->score), -MAX_SCORE, MAX_SCORE,
                                  G_MININT64),
        .period = period,
    };
    g_array_append_val(reading->detected, one);
}

static void add_report(const Reading *reading, const json_t *object) {
    const OvAnswerWords *words = reading->words;
    const json_t *spams = json_object_get(object, words->detections);
    OvReport report = {
        .period = ov_answer_time(json_object_get(object, words->period)),
        .total = ov_answer_number(json_object_get(object, words->total), 0, MAX_COUNT, -1),
        .spams = ov_answer_number(json_object_get(object, words->spams), 0, MAX_COUNT, -1),
        .average = ov_answer_number(json_object_get(object, words->average), 0, MAX_SCORE, -1),
    };
    if (reading->reports->len < OV_HOSTING_MAX_DETECTED)
        g_array_append_val(reading->reports, report);
    for (gsize i = 0; i < json_array_size(spams); i++)
        add_detected(reading, json_array_get(spams, i), report.period);
}

static gboolean is_detection(const OvAnswerWords *words, const json_t *object) {
    return !json_object_get(object, words->detections) &&
           (json_object_get(object, words->message_id) ||
            json_object_get(object, words->destination) || json_object_get(object, words->score));
}

static void add_element(const Reading *reading, const json_t *object) {
    if (is_detection(reading->words, object))
        add_detected(reading, object, 0);
    else if (json_is_object(object))
        add_report(reading, object);
}

/* The array's elements in the arena. */
static void *in_arena(const GArray *array, OvArena *arena, guint *n) {
    gsize size = array->len * (gsize)g_array_get_element_size((GArray *)array);
    void *kept = ov_arena_alloc0(arena, size);
    if (size > 0)
        memcpy(kept, array->data, size);
    *n = array->len;
    return kept;
}

OvDetected *ov_answer_detected(const OvAnswerWords *words, const json_t *root, OvArena *arena,
                               guint *n, OvReport **reports, guint *n_reports, GError **error) {
    g_autoptr(GArray) detected = g_array_new(FALSE, FALSE, sizeof(OvDetected));
    g_autoptr(GArray) periods = g_array_new(FALSE, FALSE, sizeof(OvReport));
    Reading reading = {words, arena, periods, detected};
    guint n_periods = 0;
    if (!json_is_array(root) && !json_is_object(root)) {
        fail(error, "statistics", "it is no list");
        return NULL;
    }
    if (json_is_object(root))
        add_element(&reading, root);
    for (gsize i = 0; i < json_array_size(root); i++)
        add_element(&reading, json_array_get(root, i));
    OvReport *kept = in_arena(periods, arena, &n_periods);
    if (reports)
        *reports = kept, *n_reports = n_periods;
    return in_arena(detected, arena, n);
}
