#include "policy/delivery/intake.h"

#include "policy/delivery/answer_text.h"
#include "policy/delivery/log_line.h"
#include "policy/delivery/outcome.h"

/* Queue ids whose Message-ID is remembered: two generations of so many. A message is in the queue
 * within seconds of cleanup's line, so this lasts for some 1,000 messages a second. */
enum { GENERATION = 16384 };

/* Octets that are kept of a text. */
enum { MAX_ADDRESS = 320, MAX_ID = 998, MAX_NAME = 255 };

struct OvIntake {
    OvLedger *ledger;
    char *node;
    OvOutcomeListener listener;
    gpointer data;
    OvLogClock clock;
    GHashTable *message_ids, *older; /* queue id to Message-ID */
    OvArena *arena;                  /* of what waits */
    GArray *waiting;                 /* OvDelivery */
    OvIntakeCounts counts;
};

static GHashTable *new_generation(void) {
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

OvIntake *ov_intake_new(OvLedger *ledger, const char *node, OvOutcomeListener listener,
                        gpointer data) {
    OvIntake *intake = g_new0(OvIntake, 1);
    intake->ledger = ledger;
    intake->node = g_strdup(node);
    intake->listener = listener;
    intake->data = data;
    intake->message_ids = new_generation();
    intake->older = new_generation();
    intake->arena = ov_arena_new();
    intake->waiting = g_array_new(FALSE, FALSE, sizeof(OvDelivery));
    ov_log_clock_set(&intake->clock, g_get_real_time());
    return intake;
}

void ov_intake_free(OvIntake *intake) {
    if (!intake)
        return;
    g_hash_table_unref(intake->message_ids);
    g_hash_table_unref(intake->older);
    g_array_unref(intake->waiting);
    ov_arena_free(intake->arena);
    g_free(intake->node);
    g_free(intake);
}

void ov_intake_set_reference(OvIntake *intake, gint64 reference) {
    ov_log_clock_set(&intake->clock, reference);
}

static void remember(OvIntake *intake, OvSlice queue_id, OvSlice message_id) {
    if (g_hash_table_size(intake->message_ids) >= GENERATION) {
        g_hash_table_unref(intake->older);
        intake->older = intake->message_ids;
        intake->message_ids = new_generation();
    }
    g_hash_table_replace(intake->message_ids, g_strndup(queue_id.data, queue_id.length),
                         g_utf8_make_valid(message_id.data ? message_id.data : "",
                                           (gssize)MIN(message_id.length, MAX_ID)));
}

static const char *message_id_of(const OvIntake *intake, const char *queue_id) {
    const char *id = g_hash_table_lookup(intake->message_ids, queue_id);
    return id ? id : g_hash_table_lookup(intake->older, queue_id);
}

static const char *keep_answer(OvIntake *intake, OvSlice answer, OvSlice recipient) {
    g_autofree char *text = ov_answer_text(answer, recipient);
    return *text ? ov_arena_strndup(intake->arena, text, strlen(text)) : NULL;
}

static OvDelivery *wait(OvIntake *intake, OvDeliveryKind kind, gint64 time,
                        const OvLogEvent *event) {
    OvDelivery delivery = {
        .kind = kind,
        .time = time,
        .queue_id = ov_arena_strndup(intake->arena, event->queue_id.data, event->queue_id.length),
    };
    const char *message_id = message_id_of(intake, delivery.queue_id);
    if (message_id)
        delivery.message_id = ov_arena_strndup(intake->arena, message_id, strlen(message_id));
    g_array_append_val(intake->waiting, delivery);
    return &g_array_index(intake->waiting, OvDelivery, intake->waiting->len - 1);
}

static void take_outcome(OvIntake *intake, gint64 time, const OvLogEvent *event) {
    OvRemoteAnswer answer = ov_remote_answer(event);
    const char *reason = ov_reason_name(ov_reason_of(event, &answer));
    const char *relay = ov_log_keep(intake->arena, event->relay, MAX_NAME);
    const char *transport = ov_log_keep(intake->arena, event->transport, MAX_NAME);
    const char *enhanced = ov_log_keep(intake->arena, ov_slice(answer.enhanced), OV_ENHANCED_SIZE);
    gsize position = 0;
    for (OvSlice recipient; ov_log_event_recipient(event, &position, &recipient);) {
        OvDelivery *delivery = wait(intake, OV_DELIVERY_OUTCOME, time, event);
        const char *address = ov_log_keep(intake->arena, recipient, MAX_ADDRESS);
        delivery->outcome = event->outcome;
        delivery->recipient = address ? address : "";
        delivery->relay = relay;
        delivery->transport = transport;
        delivery->code = answer.code;
        delivery->enhanced = enhanced;
        delivery->reason = *reason ? reason : NULL;
        delivery->text = keep_answer(intake, event->answer, recipient);
    }
}

/* Message-ID and queue's line are one in Sendmail. */
static void take_queued(OvIntake *intake, gint64 time, const OvLogEvent *event) {
    if (event->message_id.length > 0)
        remember(intake, event->queue_id, event->message_id);
    wait(intake, OV_DELIVERY_QUEUED, time, event);
}

/* Each part goes on as a message of its own, with the same Message-ID. */
static void take_split(OvIntake *intake, gint64 time, const OvLogEvent *event) {
    g_autofree char *whole = g_strndup(event->queue_id.data, event->queue_id.length);
    g_autofree char *message_id = g_strdup(message_id_of(intake, whole));
    gsize position = 0;
    OvLogEvent part = {.kind = OV_LOG_QUEUED};
    while (message_id && ov_log_event_part(event, &position, &part.queue_id)) {
        remember(intake, part.queue_id, ov_slice(message_id));
        wait(intake, OV_DELIVERY_QUEUED, time, &part);
    }
}

static void take_event(OvIntake *intake, gint64 time, const OvLogEvent *event) {
    static const struct {
        OvLogEventKind event;
        OvDeliveryKind kind;
    } KINDS[] = {
        {OV_LOG_EXPIRED, OV_DELIVERY_EXPIRED},   {OV_LOG_HELD, OV_DELIVERY_HELD},
        {OV_LOG_RELEASED, OV_DELIVERY_RELEASED}, {OV_LOG_DELETED, OV_DELIVERY_DELETED},
        {OV_LOG_NOTIFIED, OV_DELIVERY_NOTIFIED},
    };
    if (event->kind == OV_LOG_MESSAGE_ID)
        remember(intake, event->queue_id, event->message_id);
    else if (event->kind == OV_LOG_QUEUED)
        take_queued(intake, time, event);
    else if (event->kind == OV_LOG_OUTCOME)
        take_outcome(intake, time, event);
    else if (event->kind == OV_LOG_SPLIT)
        take_split(intake, time, event);
    for (guint i = 0; i < G_N_ELEMENTS(KINDS); i++)
        if (event->kind == KINDS[i].event)
            wait(intake, KINDS[i].kind, time, event)->text =
                event->kind == OV_LOG_NOTIFIED
                    ? ov_log_keep(intake->arena, event->other_id, MAX_NAME)
                    : keep_answer(intake, event->answer, (OvSlice){NULL, 0});
}

void ov_intake_entry(OvIntake *intake, gint64 time, OvSlice program, OvSlice text) {
    OvLogEvent event;
    intake->counts.lines++;
    intake->counts.last = time;
    if (ov_log_event_parse(program, text, &event))
        take_event(intake, time, &event);
}

void ov_intake_line(OvIntake *intake, OvSlice line) {
    OvLogLine parsed;
    if (ov_log_line_parse(line, &intake->clock, &parsed))
        ov_intake_entry(intake, parsed.time, parsed.program, parsed.text);
    else
        intake->counts.lines++;
}

guint ov_intake_waiting(const OvIntake *intake) {
    return intake->waiting->len;
}

static void tell(OvIntake *intake) {
    for (guint i = 0; i < intake->waiting->len; i++) {
        const OvDelivery *delivery = &g_array_index(intake->waiting, OvDelivery, i);
        if (delivery->kind == OV_DELIVERY_QUEUED)
            continue;
        intake->counts.events++;
        intake->counts.unknown += delivery->message == 0;
        intake->counts.fresh += delivery->fresh != FALSE;
        if (delivery->fresh && delivery->kind == OV_DELIVERY_OUTCOME && intake->listener)
            intake->listener(delivery, intake->data);
    }
}

gboolean ov_intake_flush(OvIntake *intake, const OvLogMark *mark, GError **error) {
    if (intake->waiting->len == 0 && !mark)
        return TRUE;
    if (!ov_ledger_add_deliveries(intake->ledger, intake->node,
                                  (OvDelivery *)(void *)intake->waiting->data, intake->waiting->len,
                                  mark, intake->arena, error))
        return FALSE;
    tell(intake);
    g_array_set_size(intake->waiting, 0);
    ov_arena_reset(intake->arena);
    return TRUE;
}

OvIntakeCounts ov_intake_counts(const OvIntake *intake) {
    return intake->counts;
}
