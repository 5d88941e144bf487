/* Sendmail's lines (its Installation and Operation Guide, 2.4 and "logging"): `from=` when a
 * message is taken, `to=` for each try, `stat=` last. What a message's sender chose is quoted or
 * ends at a comma; the answer is the rest of the line. */
#include "policy/delivery/log_scan.h"

static gboolean is(OvSlice text, const char *word) {
    return ov_slice_equal(text, ov_slice(word));
}

static gboolean begins(OvSlice text, const char *word) {
    return ov_scan_prefix(&text, ov_slice(word));
}

/* The addresses of `to=`: "<a@x>,<b@y>, ctladdr=...": up to a comma and a space in no quotes. */
static OvSlice take_addresses(OvSlice *text) {
    gboolean quoted = FALSE;
    gsize i = 0;
    for (; i < text->length; i++) {
        char c = text->data[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (c == ',' && !quoted && i + 1 < text->length && text->data[i + 1] == ' ' &&
                 (i + 2 >= text->length || text->data[i + 2] != '<'))
            break;
    }
    i = MIN(i, text->length);
    OvSlice addresses = {text->data, i};
    gsize taken = MIN(i + 2, text->length);
    *text = (OvSlice){text->data + taken, text->length - taken};
    return addresses;
}

/* "1+02:03:04" or "02:03:04" */
static double delay_of(OvSlice text) {
    double days = 0, seconds = 0;
    OvSlice rest = text;
    if (text.length > 0 && memchr(text.data, '+', text.length))
        days = (double)ov_scan_number(ov_scan_until(&rest, OV_SLICE_LITERAL("+")));
    for (guint i = 0; i < 3 && rest.length > 0; i++)
        seconds =
            seconds * 60 + (double)ov_scan_number(ov_scan_until(&rest, OV_SLICE_LITERAL(":")));
    return days * 24 * 3600 + seconds;
}

/* FALSE for what is no try: "queued". */
static gboolean outcome_of(OvLogEvent *event) {
    OvSlice stat = event->answer;
    char class = event->enhanced.length > 0 ? event->enhanced.data[0] : '\0';
    if (begins(stat, "Sent") || begins(stat, "sent"))
        event->outcome = OV_OUTCOME_DELIVERED;
    else if (begins(stat, "queued") || begins(stat, "quarantined"))
        return FALSE;
    else if (begins(stat, "Deferred") || class == '4')
        event->outcome =
            begins(stat, "Cannot send message for") ? OV_OUTCOME_EXPIRED : OV_OUTCOME_DEFERRED;
    else
        event->outcome = class == '2' ? OV_OUTCOME_DELIVERED : OV_OUTCOME_BOUNCED;
    return TRUE;
}

/* Of "paul (1000/1000)", or of an address before the two ids. */
static OvSlice uid_of(OvSlice controlling) {
    const char *open =
        controlling.length > 0 ? memrchr(controlling.data, '(', controlling.length) : NULL;
    if (!open)
        return (OvSlice){NULL, 0};
    OvSlice rest = {open + 1, controlling.length - (gsize)(open + 1 - controlling.data)};
    gsize n = 0;
    while (n < rest.length && g_ascii_isdigit(rest.data[n]))
        n++;
    return n < rest.length && rest.data[n] == '/' ? (OvSlice){rest.data, n} : (OvSlice){NULL, 0};
}

static gboolean parse_outcome(OvSlice text, OvLogEvent *event) {
    event->kind = OV_LOG_OUTCOME;
    event->recipients = take_addresses(&text);
    while (text.length > 0) {
        if (OV_SCAN(&text, "stat=")) {
            event->answer = text;
            return outcome_of(event);
        }
        OvSlice value = ov_scan_until(&text, OV_SLICE_LITERAL(", "));
        OvSlice key = ov_scan_until(&value, OV_SLICE_LITERAL("="));
        if (is(key, "ctladdr"))
            event->uid = uid_of(value);
        else if (is(key, "delay"))
            event->delay = delay_of(value);
        else if (is(key, "mailer"))
            event->transport = value;
        else if (is(key, "relay"))
            event->relay = value;
        else if (is(key, "dsn"))
            event->enhanced = value;
    }
    return FALSE;
}

static gboolean parse_from(OvSlice text, OvLogEvent *event) {
    event->kind = OV_LOG_QUEUED;
    if (!ov_scan_address(&text, &event->sender))
        event->sender = ov_scan_until(&text, OV_SLICE_LITERAL(", size="));
    else if (!OV_SCAN(&text, ", size="))
        return FALSE;
    event->size = ov_scan_number(text);
    while (text.length > 0) {
        if (OV_SCAN(&text, "msgid=")) {
            OvSlice id = text, address;
            event->message_id = ov_scan_address(&text, &address)
                                    ? (OvSlice){id.data, id.length - text.length}
                                    : ov_scan_until(&text, OV_SLICE_LITERAL(", "));
            OV_SCAN(&text, ", ");
            continue;
        }
        OvSlice value = ov_scan_until(&text, OV_SLICE_LITERAL(", "));
        OvSlice key = ov_scan_until(&value, OV_SLICE_LITERAL("="));
        if (is(key, "nrcpts"))
            event->n_recipients = (guint)MIN(ov_scan_number(value), G_MAXINT);
        else if (is(key, "relay"))
            event->client = value;
    }
    return TRUE;
}

/* "maxrcpts=2, rcpts=5, count=2, ids=4AT1B2ce001234; 4AT1B2cf001234" */
static gboolean parse_split(OvSlice text, OvLogEvent *event) {
    event->kind = OV_LOG_SPLIT;
    while (text.length > 0) {
        OvSlice value = ov_scan_until(&text, OV_SLICE_LITERAL(", "));
        OvSlice key = ov_scan_until(&value, OV_SLICE_LITERAL("="));
        if (is(key, "id") || is(key, "ids"))
            event->other_id = value;
    }
    return event->other_id.length > 0;
}

gboolean ov_log_sendmail_parse(OvSlice text, OvLogEvent *event) {
    if (!ov_scan_queue_id(&text, &event->queue_id))
        return FALSE;
    if (OV_SCAN(&text, "to="))
        return parse_outcome(text, event);
    if (OV_SCAN(&text, "from="))
        return parse_from(text, event);
    if (begins(text, "milter="))
        ov_scan_until(&text, OV_SLICE_LITERAL(", "));
    if (OV_SCAN(&text, "quarantine=")) {
        event->kind = OV_LOG_HELD;
        event->answer = text;
        return TRUE;
    }
    if (is(text, "unquarantine")) {
        event->kind = OV_LOG_RELEASED;
        return TRUE;
    }
    if (OV_SCAN(&text, "split: "))
        return parse_split(text, event);
    OvSlice other;
    event->kind = OV_LOG_NOTIFIED;
    if (!ov_scan_queue_id(&text, &other) ||
        !(begins(text, "DSN: ") || begins(text, "return to sender: ")))
        return FALSE;
    event->other_id = other;
    return TRUE;
}

gboolean ov_log_login_parse(OvSlice text, OvSlice *client, OvSlice *login) {
    if (!OV_SCAN(&text, "AUTH=server, relay="))
        return FALSE;
    *client = ov_scan_until(&text, OV_SLICE_LITERAL(", authid="));
    *login = ov_scan_until(&text, OV_SLICE_LITERAL(", mech="));
    return login->length > 0;
}
