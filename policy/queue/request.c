#include "policy/queue/request.h"

#include <jansson.h>
#include <string.h>

enum {
    SHORT_ID_MIN = 6,
    SHORT_ID_MAX = 20,
    LONG_ID_MIN = 10,
    LONG_ID_MAX = 31,
    SENDMAIL_TIME = 8,
    SENDMAIL_ID_MIN = SENDMAIL_TIME + 6,
    SENDMAIL_ID_MAX = 20,
    MAX_SAID = 1000, /* octets */
};

static const struct {
    const char *name;
    guint min_ids, max_ids;
} verbs[] = {
    [OV_QUEUE_HELLO] = {"hello", 0, 0},
    [OV_QUEUE_LIST] = {"list", 0, 0},
    [OV_QUEUE_HEADER] = {"header", 1, 1},
    [OV_QUEUE_SHOW] = {"show", 1, 1},
    [OV_QUEUE_HOLD] = {"hold", 1, OV_QUEUE_MAX_IDS},
    [OV_QUEUE_RELEASE] = {"release", 1, OV_QUEUE_MAX_IDS},
    [OV_QUEUE_REQUEUE] = {"requeue", 1, OV_QUEUE_MAX_IDS},
    [OV_QUEUE_DELETE] = {"delete", 1, OV_QUEUE_MAX_IDS},
};
G_STATIC_ASSERT(G_N_ELEMENTS(verbs) == OV_N_QUEUE_VERBS);

GQuark ov_queue_error_quark(void) {
    return g_quark_from_static_string("ov-queue-error");
}

void ov_queue_answer_clear(OvQueueAnswer *answer) {
    g_clear_pointer(&answer->output, g_free);
    g_clear_pointer(&answer->said, g_free);
}

const char *ov_queue_verb_name(OvQueueVerb verb) {
    return verbs[verb].name;
}

gboolean ov_queue_id_is_sendmail(const char *text) {
    gsize length = strlen(text);
    return length >= SENDMAIL_ID_MIN && length <= SENDMAIL_ID_MAX &&
           strspn(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx") >=
               SENDMAIL_TIME &&
           strspn(text + SENDMAIL_TIME, "0123456789") == length - SENDMAIL_TIME;
}

gboolean ov_queue_id_valid(const char *text) {
    gsize length = strlen(text);
    if (ov_queue_id_is_sendmail(text))
        return TRUE;
    if (length >= SHORT_ID_MIN && length <= SHORT_ID_MAX &&
        strspn(text, "0123456789ABCDEF") == length)
        return TRUE;
    return length >= LONG_ID_MIN && length <= LONG_ID_MAX &&
           strspn(text, "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz") == length;
}

gboolean ov_queue_request_check(const OvQueueRequest *request, GError **error) {
    const char *name = verbs[request->verb].name;
    guint min = verbs[request->verb].min_ids, max = verbs[request->verb].max_ids;
    if (request->n < min || request->n > max) {
        g_set_error(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_REQUEST,
                    "%s takes %u to %u queue ids, not %u", name, min, max, request->n);
        return FALSE;
    }
    for (guint i = 0; i < request->n; i++) {
        if (!ov_queue_id_valid(request->ids[i])) {
            g_set_error(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_ID, "%.40s is not a queue id",
                        request->ids[i]);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean refuse(GError **error, const char *sentence) {
    g_set_error_literal(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_REQUEST, sentence);
    return FALSE;
}

static gboolean read_verb(OvQueueRequest *request, const json_t *value, GError **error) {
    const char *name = json_string_value(value);
    for (guint verb = 0; name && verb < OV_N_QUEUE_VERBS; verb++) {
        if (strcmp(name, verbs[verb].name) == 0) {
            request->verb = (OvQueueVerb)verb;
            return TRUE;
        }
    }
    return refuse(error, "a request has a \"verb\": hello, list, header, show, hold, release, "
                         "requeue or delete");
}

static gboolean read_ids(OvQueueRequest *request, const json_t *value, OvArena *arena,
                         GError **error) {
    gsize n = json_array_size(value), i;
    if (value && (!json_is_array(value) || n > OV_QUEUE_MAX_IDS))
        return refuse(error, "\"ids\" is an array of at most 1000 queue ids");
    const char **ids = OV_ARENA_NEW(arena, const char *, n + 1);
    json_t *entry;
    json_array_foreach(value, i, entry) {
        if (!json_is_string(entry))
            return refuse(error, "a queue id is a text");
        ids[i] = ov_arena_strndup(arena, json_string_value(entry), json_string_length(entry));
    }
    request->ids = ids;
    request->n = (guint)n;
    return TRUE;
}

static gboolean read_object(OvQueueRequest *request, const json_t *object, OvArena *arena,
                            GError **error) {
    const json_t *verb = json_object_get(object, "verb"), *ids = json_object_get(object, "ids");
    if (!json_is_object(object) || json_object_size(object) != (verb ? 1u : 0u) + (ids ? 1u : 0u))
        return refuse(error,
                      "a request is a JSON object of \"verb\" and \"ids\", and nothing else");
    return read_verb(request, verb, error) && read_ids(request, ids, arena, error) &&
           ov_queue_request_check(request, error);
}

gboolean ov_queue_request_parse(OvQueueRequest *request, const char *text, gsize length,
                                OvArena *arena, GError **error) {
    *request = (OvQueueRequest){.verb = OV_QUEUE_HELLO};
    const char *feed = memchr(text, '\n', length);
    if (!feed || feed + 1 != text + length || length > OV_QUEUE_MAX_REQUEST)
        return refuse(error, "a request is one line of at most 65536 octets");
    json_t *object = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
    gboolean done = read_object(request, object, arena, error);
    json_decref(object);
    return done;
}

/* Takes object over. */
static char *line_of(json_t *object) {
    char *text = json_dumps(object, JSON_COMPACT);
    char *line = g_strconcat(text, "\n", NULL);
    free(text);
    json_decref(object);
    return line;
}

char *ov_queue_request_format(const OvQueueRequest *request) {
    json_t *object = json_pack("{s:s}", "verb", verbs[request->verb].name);
    if (request->n > 0) {
        json_t *ids = json_array();
        for (guint i = 0; i < request->n; i++)
            json_array_append_new(ids, json_string(request->ids[i]));
        json_object_set_new(object, "ids", ids);
    }
    return line_of(object);
}

static json_t *short_text(const char *text) {
    g_autofree char *valid = g_utf8_make_valid(text, (gssize)MIN(strlen(text), MAX_SAID));
    return json_string(valid);
}

char *ov_queue_answer_format(const OvQueueAnswer *answer) {
    return line_of(json_pack("{s:b, s:I, s:b, s:o, s:I}", "ok", 1, "length",
                             (json_int_t)answer->length, "truncated", answer->truncated, "said",
                             short_text(answer->said), "changed", (json_int_t)answer->changed));
}

char *ov_queue_refusal_format(const char *sentence) {
    return line_of(json_pack("{s:b, s:o}", "ok", 0, "error", short_text(sentence)));
}

static gboolean read_answer(OvQueueAnswer *answer, const json_t *object, const char *output,
                            gsize length, GError **error) {
    const char *fault = json_string_value(json_object_get(object, "error"));
    const char *said = json_string_value(json_object_get(object, "said"));
    if (json_is_false(json_object_get(object, "ok")) && fault) {
        g_set_error_literal(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_COMMAND, fault);
        return FALSE;
    }
    if (!json_is_true(json_object_get(object, "ok")) || !said ||
        json_integer_value(json_object_get(object, "length")) != (json_int_t)length) {
        g_set_error_literal(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_SILENT,
                            "what answers is not outvet-queue, or was cut off");
        return FALSE;
    }
    *answer = (OvQueueAnswer){
        .output = g_malloc(length + 1),
        .length = length,
        .truncated = json_is_true(json_object_get(object, "truncated")),
        .said = g_strdup(said),
        .changed = (guint)json_integer_value(json_object_get(object, "changed")),
    };
    memcpy(answer->output, output, length);
    answer->output[length] = '\0';
    return TRUE;
}

gboolean ov_queue_answer_parse(OvQueueAnswer *answer, const char *text, gsize length,
                               GError **error) {
    const char *feed = memchr(text, '\n', MIN(length, OV_QUEUE_MAX_ANSWER_LINE));
    gsize line = feed ? (gsize)(feed + 1 - text) : 0;
    json_t *object = json_loadb(text, line, JSON_REJECT_DUPLICATES, NULL);
    gboolean done = read_answer(answer, object, text + line, length - line, error);
    json_decref(object);
    return done;
}
