#include "policy/review/logged.h"

#include "policy/account.h"
#include "policy/review/output.h"

enum { SHOWN = 50 /* recipients */ };

static void append_line(GString *out, const char *name, const char *value) {
    if (!value)
        return;
    g_string_append_printf(out, "  %-12s ", name);
    ov_safe_append(out, value, -1, FALSE);
    g_string_append_c(out, '\n');
}

static OvPaint paint_of(OvOutcome outcome) {
    return outcome == OV_OUTCOME_DELIVERED  ? OV_PAINT_GOOD
           : outcome == OV_OUTCOME_DEFERRED ? OV_PAINT_WARN
                                            : OV_PAINT_BAD;
}

static void append_recipient(GString *out, const OvLoggedRecipient *recipient, gboolean colour) {
    g_autofree char *last = ov_time_for_people(recipient->last);
    g_string_append_printf(out, "  %s  ", last);
    ov_paint(out, colour, paint_of(recipient->outcome), ov_outcome_name(recipient->outcome));
    g_string_append(out, ": ");
    ov_safe_append(out, recipient->address, -1, FALSE);
    if (recipient->tries > 1) {
        g_autofree char *first = ov_time_for_people(recipient->first);
        g_string_append_printf(out, ", %u tries since %s", recipient->tries, first);
    }
    if (recipient->transport) {
        g_string_append(out, ", by ");
        ov_safe_append(out, recipient->transport, -1, FALSE);
    }
    if (recipient->relay) {
        g_string_append(out, " to ");
        ov_safe_append(out, recipient->relay, -1, FALSE);
    }
    g_string_append_c(out, '\n');
    if (recipient->answer) {
        g_string_append(out, "      ");
        ov_safe_append(out, recipient->answer, -1, FALSE);
        g_string_append_c(out, '\n');
    }
}

static void append_message(GString *out, const OvLogFound *found, const OvLoggedMessage *message,
                           gboolean colour) {
    g_autofree char *time = ov_time_for_people(message->time);
    g_autofree char *queue_id = g_strdup_printf("%s on %s", message->queue_id, message->host);
    g_autofree char *place =
        g_strdup_printf("%s, line %" G_GUINT64_FORMAT, message->file, message->line);
    g_string_append_printf(out, "%s  not in the ledger, found in the logs\n", time);
    append_line(out, "Message-ID", found->message_id);
    append_line(out, "queue id", queue_id);
    append_line(out, "login", message->login);
    if (message->uid >= 0)
        g_string_append_printf(out, "  %-12s %" G_GINT64_FORMAT ", by sendmail(1)\n", "uid",
                               message->uid);
    append_line(out, "client", message->client);
    append_line(out, "sender",
                message->sender && !*message->sender ? "<> (a bounce)" : message->sender);
    if (message->size > 0)
        g_string_append_printf(out, "  %-12s %" G_GINT64_FORMAT " octets\n", "size", message->size);
    append_line(out, "log", place);
    guint shown = MIN(message->n_recipients, SHOWN);
    for (guint i = 0; i < shown; i++)
        append_recipient(out, &message->recipients[i], colour);
    if (shown < message->n_recipients)
        g_string_append_printf(out, "  and %u more recipients; --json tells all\n",
                               message->n_recipients - shown);
    if (message->n_recipients == 0)
        g_string_append(out, "  The logs don't tell what became of it.\n");
}

void ov_logged_append(GString *out, const OvLogFound *found, gboolean colour) {
    for (guint i = 0; i < found->n_messages; i++)
        append_message(out, found, &found->messages[i], colour);
    if (found->n_seen > found->n_messages)
        g_string_append_printf(
            out, "The logs name it %" G_GUINT64_FORMAT " times; the newest are shown.\n",
            found->n_seen);
}

static json_t *recipient_json(const OvLoggedRecipient *recipient) {
    json_t *object = json_object();
    json_object_set_new(object, "recipient", ov_json_text(recipient->address));
    json_object_set_new(object, "outcome", json_string(ov_outcome_name(recipient->outcome)));
    json_object_set_new(object, "attempts", json_integer(recipient->tries));
    json_object_set_new(object, "first", ov_json_time(recipient->first));
    json_object_set_new(object, "last", ov_json_time(recipient->last));
    json_object_set_new(object, "enhanced", ov_json_text(recipient->enhanced));
    json_object_set_new(object, "transport", ov_json_text(recipient->transport));
    json_object_set_new(object, "relay", ov_json_text(recipient->relay));
    json_object_set_new(object, "answer", ov_json_text(recipient->answer));
    return object;
}

json_t *ov_logged_json(const OvLogFound *found, const OvLoggedMessage *message) {
    json_t *object = json_object(), *deliveries = json_array();
    for (guint i = 0; i < message->n_recipients; i++)
        json_array_append_new(deliveries, recipient_json(&message->recipients[i]));
    json_object_set_new(object, "source", json_string("logs"));
    json_object_set_new(object, "message_id", ov_json_text(found->message_id));
    json_object_set_new(object, "time", ov_json_time(message->time));
    json_object_set_new(object, "host", ov_json_text(message->host));
    json_object_set_new(object, "queue_id", ov_json_text(message->queue_id));
    json_object_set_new(object, "login", ov_json_text(message->login));
    json_object_set_new(object, "uid",
                        message->uid >= 0 ? json_integer(message->uid) : json_null());
    json_object_set_new(object, "client", ov_json_text(message->client));
    json_object_set_new(object, "sender", ov_json_text(message->sender));
    json_object_set_new(object, "size",
                        message->size > 0 ? json_integer(message->size) : json_null());
    json_object_set_new(object, "file", ov_json_text(message->file));
    json_object_set_new(object, "line", json_integer((json_int_t)message->line));
    json_object_set_new(object, "finished", json_boolean(message->finished));
    json_object_set_new(object, "deliveries", deliveries);
    return object;
}

/* Of "pc.example[192.0.2.7]"; the empty slice where there is none. */
static OvSlice address_of(const char *client) {
    const char *open = client ? strrchr(client, '[') : NULL;
    const char *close = open ? strchr(open, ']') : NULL;
    if (!close)
        return (OvSlice){NULL, 0};
    OvSlice address = {open + 1, (gsize)(close - open) - 1};
    OvSlice prefix = OV_SLICE_LITERAL("IPv6:");
    if (address.length > prefix.length && memcmp(address.data, prefix.data, prefix.length) == 0)
        address = (OvSlice){address.data + prefix.length, address.length - prefix.length};
    return address;
}

static const char *account_by(const OvLoggedMessage *message, OvAccountSource source,
                              OvArena *arena) {
    switch (source) {
    case OV_ACCOUNT_LOGIN:
        return ov_account_text(arena, ov_slice(message->login), TRUE);
    case OV_ACCOUNT_SCRIPT:
        return message->uid >= 0 && message->uid < G_MAXUINT32
                   ? ov_account_of_uid(arena, (guint32)message->uid)
                   : NULL;
    case OV_ACCOUNT_SENDER:
        return ov_account_text(arena, ov_slice(message->sender), TRUE);
    case OV_ACCOUNT_CLIENT:
        return ov_account_text(arena, address_of(message->client), TRUE);
    default:
        return NULL;
    }
}

const char *ov_logged_account(const OvLogFound *found, const OvSettings *settings, OvArena *arena,
                              const OvLoggedMessage **message) {
    /* A message that passes a filter is queued twice: what tells best counts, not what is newest.
     */
    for (guint i = 0; i < settings->n_account_order; i++)
        for (guint j = 0; j < found->n_messages; j++) {
            const char *account =
                account_by(&found->messages[j], settings->account_order[i], arena);
            if (account) {
                *message = &found->messages[j];
                return account;
            }
        }
    return NULL;
}

const char *ov_logged_text(const OvLoggedMessage *message, OvArena *arena) {
    guint outcomes[OV_N_OUTCOMES] = {0};
    g_autofree char *time = ov_time_for_programs(message->time);
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "in the logs: %s on %s, %s", message->queue_id, message->host,
                           time);
    if (message->login)
        g_string_append_printf(text, ", login %s", message->login);
    if (message->uid >= 0)
        g_string_append_printf(text, ", uid %" G_GINT64_FORMAT, message->uid);
    if (message->client)
        g_string_append_printf(text, ", client %s", message->client);
    for (guint i = 0; i < message->n_recipients; i++)
        outcomes[message->recipients[i].outcome]++;
    for (guint i = 0; i < OV_N_OUTCOMES; i++)
        if (outcomes[i] > 0)
            g_string_append_printf(text, ", %u %s", outcomes[i], ov_outcome_name((OvOutcome)i));
    g_string_append_printf(text, "; %s, line %" G_GUINT64_FORMAT, message->file, message->line);
    return ov_arena_strndup(arena, text->str, text->len);
}

gboolean ov_logged_complain(const OvLogSearch *search) {
    for (guint i = 0; i < search->n_troubles; i++)
        ov_complain("%s; what can be read of the logs was searched", search->troubles[i]);
    if (search->left_out)
        ov_complain("the logs tell of more recipients than are kept; some are not shown");
    return search->n_troubles == 0;
}
