/* Postfix's lines, as its source writes them: src/global/log_adhoc.c (outcomes), opened.c,
 * cleanup_message.c, cleanup_milter.c, qmgr_active.c, bounce_notify_service.c, postsuper.c,
 * smtpd.c, pickup.c. The order of an outcome's keys is the source's; a key that is not known here
 * is passed over. */
#include "policy/delivery/log_scan.h"

static OvSlice daemon_of(OvSlice program) {
    const char *slash = memrchr(program.data, '/', program.length);
    return slash ? (OvSlice){slash + 1, (gsize)(program.data + program.length - slash) - 1}
                 : program;
}

static gboolean is(OvSlice text, const char *word) {
    return ov_slice_equal(text, ov_slice(word));
}

/* "sent", "deferred" ...; FALSE for what is no delivery (a probe of verify(8)). */
static gboolean outcome_of(OvSlice status, OvSlice daemon, OvOutcome *outcome) {
    if (is(status, "sent"))
        *outcome = is(daemon, "discard") ? OV_OUTCOME_DELETED : OV_OUTCOME_DELIVERED;
    else if (is(status, "deferred") || is(status, "SOFTBOUNCE"))
        *outcome = OV_OUTCOME_DEFERRED;
    else if (is(status, "bounced"))
        *outcome = OV_OUTCOME_BOUNCED;
    else if (is(status, "expired"))
        *outcome = OV_OUTCOME_EXPIRED;
    else
        return FALSE;
    return TRUE;
}

static void take_value(OvLogEvent *event, OvSlice key, OvSlice value) {
    if (is(key, "relay"))
        event->relay = value;
    else if (is(key, "dsn"))
        event->enhanced = value;
    else if (is(key, "delay")) {
        OvSlice whole = value;
        event->delay = (double)ov_scan_number(ov_scan_until(&whole, OV_SLICE_LITERAL(".")));
        double step = 0.1;
        for (gsize i = 0; i < whole.length && g_ascii_isdigit(whole.data[i]); i++, step /= 10)
            event->delay += step * (whole.data[i] - '0');
    }
}

/* "TO>, orig_to=<..>, relay=..., delay=..., dsn=..., status=WORD (TEXT)", from the address on. */
static gboolean parse_outcome(OvSlice text, OvSlice program, OvLogEvent *event) {
    OvSlice address, from = text;
    if (!ov_scan_address(&text, &address))
        return FALSE;
    event->recipients = (OvSlice){from.data, from.length - text.length};
    if (OV_SCAN(&text, ", orig_to=") && !ov_scan_address(&text, &event->original))
        return FALSE;
    while (OV_SCAN(&text, ", ")) {
        OvSlice key = ov_scan_until(&text, OV_SLICE_LITERAL("="));
        if (is(key, "status")) {
            OvSlice status = ov_scan_until(&text, OV_SLICE_LITERAL(" ("));
            if (text.length > 0 && text.data[text.length - 1] == ')')
                text.length--;
            event->answer = text;
            event->transport = ov_log_transport(program);
            event->kind = OV_LOG_OUTCOME;
            return outcome_of(status, daemon_of(program), &event->outcome);
        }
        const char *comma = text.length > 0 ? memmem(text.data, text.length, ", ", 2) : NULL;
        if (!comma)
            return FALSE;
        take_value(event, key, (OvSlice){text.data, (gsize)(comma - text.data)});
        text = (OvSlice){comma, text.length - (gsize)(comma - text.data)};
    }
    return FALSE;
}

/* "<SENDER>, size=1, nrcpt=1 (queue active)" or "<SENDER>, status=expired, returned to sender" */
static gboolean parse_from(OvSlice text, OvLogEvent *event) {
    if (!ov_scan_address(&text, &event->sender))
        return FALSE;
    if (OV_SCAN(&text, ", status=expired") || OV_SCAN(&text, ", status=force-expired")) {
        event->kind = OV_LOG_EXPIRED;
        return TRUE;
    }
    if (!OV_SCAN(&text, ", size="))
        return FALSE;
    event->kind = OV_LOG_QUEUED;
    event->size = ov_scan_number(text);
    ov_scan_until(&text, OV_SLICE_LITERAL(", nrcpt="));
    event->n_recipients = (guint)MIN(ov_scan_number(text), G_MAXINT);
    return TRUE;
}

static gboolean parse_client(OvSlice text, OvLogEvent *event) {
    event->kind = OV_LOG_CLIENT;
    event->client = ov_scan_until(&text, OV_SLICE_LITERAL(", "));
    if (OV_SCAN(&text, "sasl_method="))
        ov_scan_until(&text, OV_SLICE_LITERAL(", "));
    if (OV_SCAN(&text, "sasl_username="))
        event->login = ov_scan_until(&text, OV_SLICE_LITERAL(", "));
    return event->client.length > 0;
}

/* "uid=1000 from=<SENDER>"; with " orig_id=ID" behind it the uid is Postfix's own, which has queued
 * the message anew. */
static gboolean parse_pickup(OvSlice text, OvLogEvent *event) {
    gsize n = 0;
    if (!OV_SCAN(&text, "uid="))
        return FALSE;
    while (n < text.length && g_ascii_isdigit(text.data[n]))
        n++;
    OvSlice uid = {text.data, n};
    text = (OvSlice){text.data + n, text.length - n};
    if (n == 0 || !OV_SCAN(&text, " from=") || !ov_scan_address(&text, &event->sender))
        return FALSE;
    if (!OV_SCAN(&text, " orig_id="))
        event->uid = uid;
    event->kind = OV_LOG_CLIENT;
    return TRUE;
}

/* "END-OF-MESSAGE from pc[192.0.2.7]: TEXT; from=<...> to=<...>": the addresses are not kept. */
static OvSlice hold_reason(OvSlice text) {
    return ov_scan_until(&text, OV_SLICE_LITERAL("; from=<"));
}

static gboolean parse_cleanup(OvSlice text, OvSlice program, OvLogEvent *event) {
    if (OV_SCAN(&text, "message-id=")) {
        event->kind = OV_LOG_MESSAGE_ID;
        event->message_id = ov_slice_trim(text);
    } else if (OV_SCAN(&text, "milter-hold: ") || OV_SCAN(&text, "hold: ")) {
        event->kind = OV_LOG_HELD;
        event->answer = hold_reason(text);
    } else if (OV_SCAN(&text, "removed (")) {
        event->kind = OV_LOG_DELETED;
    } else if (OV_SCAN(&text, "to=")) {
        return parse_outcome(text, program, event);
    }
    return event->kind != OV_LOG_NOTHING;
}

static gboolean parse_queue_manager(OvSlice text, OvSlice program, OvLogEvent *event) {
    if (is(text, "removed"))
        event->kind = OV_LOG_FINISHED;
    else if (OV_SCAN(&text, "from="))
        return parse_from(text, event);
    else if (OV_SCAN(&text, "to="))
        return parse_outcome(text, program, event);
    return event->kind != OV_LOG_NOTHING;
}

static gboolean parse_postsuper(OvSlice text, OvLogEvent *event) {
    if (is(text, "removed"))
        event->kind = OV_LOG_DELETED;
    else if (is(text, "placed on hold"))
        event->kind = OV_LOG_HELD;
    else if (is(text, "released from hold"))
        event->kind = OV_LOG_RELEASED;
    return event->kind != OV_LOG_NOTHING;
}

static gboolean parse_bounce(OvSlice text, OvLogEvent *event) {
    event->kind = OV_LOG_NOTIFIED;
    event->other_id = text;
    return OV_SCAN(&event->other_id, "sender non-delivery notification: ") &&
           event->other_id.length > 0;
}

gboolean ov_log_postfix_parse(OvSlice program, OvSlice text, OvLogEvent *event) {
    OvSlice daemon = daemon_of(program);
    if (!ov_scan_queue_id(&text, &event->queue_id))
        return FALSE;
    if (is(daemon, "smtpd")) {
        if (OV_SCAN(&text, "client="))
            return parse_client(text, event);
        event->answer = text;
        event->kind = OV_LOG_HELD;
        if (!OV_SCAN(&event->answer, "hold: "))
            return FALSE;
        event->answer = hold_reason(event->answer);
        return TRUE;
    }
    if (is(daemon, "pickup"))
        return parse_pickup(text, event);
    if (is(daemon, "cleanup"))
        return parse_cleanup(text, program, event);
    if (is(daemon, "qmgr") || is(daemon, "oqmgr") || is(daemon, "nqmgr"))
        return parse_queue_manager(text, program, event);
    if (is(daemon, "postsuper"))
        return parse_postsuper(text, event);
    if (is(daemon, "bounce"))
        return parse_bounce(text, event);
    return OV_SCAN(&text, "to=") && parse_outcome(text, program, event);
}
