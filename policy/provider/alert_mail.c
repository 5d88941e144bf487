#include "policy/provider/alert_mail.h"

#include "policy/provider/alert_text.h"
#include "rules/html.h"
#include "rules/init.h"
#include "rules/message.h"

G_DEFINE_QUARK(ov_alert_mail_error, ov_alert_mail_error)

/* What the parts of one kind tell. */
typedef struct {
    GArray *detections;   /* OvDetection */
    GPtrArray *addresses; /* const char */
    guint n_unread;
} Told;

static void init_told(Told *told) {
    told->detections = g_array_new(FALSE, TRUE, sizeof(OvDetection));
    told->addresses = g_ptr_array_new();
    told->n_unread = 0;
}

static void clear_told(Told *told) {
    g_array_unref(told->detections);
    g_ptr_array_unref(told->addresses);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Told, clear_told)

static gboolean is_type(const OvPart *part, const char *subtype) {
    return !part->container && g_str_equal(part->type, "text") &&
           g_str_equal(part->subtype, subtype);
}

static OvSlice text_of(OvArena *arena, const OvPart *part) {
    OvSlice text = ov_part_text(arena, part, OV_ALERT_MAIL_MAX_OCTETS, NULL, NULL);
    return is_type(part, "html") ? ov_html_read(arena, text, 0)->text : text;
}

/* Reads the parts that are HTML, or those that are other text. */
static void read_parts(const OvMessage *message, gboolean html, OvArena *arena, Told *told) {
    for (guint i = 0; i < message->mime->n_parts; i++) {
        const OvPart *part = &message->mime->parts[i];
        if (part->container || !g_str_equal(part->type, "text") || is_type(part, "html") != html)
            continue;
        OvSlice text = ov_alert_text_plain(arena, text_of(arena, part));
        ov_alert_text_find(text, arena, told->detections, told->addresses);
    }
}

static gboolean tells(const Told *told) {
    return told->detections->len > 0 || told->addresses->len > 0;
}

/* Most lines of the first text are Message-IDs. */
static void read_list(const OvMessage *message, OvArena *arena, Told *told) {
    guint part = 0;
    while (part + 1 < message->mime->n_parts && message->mime->parts[part].container)
        part++;
    OvSlice text = ov_alert_text_plain(arena, text_of(arena, &message->mime->parts[part]));
    told->n_unread = ov_alert_text_list(text, arena, told->detections);
    if (told->n_unread > told->detections->len) {
        told->n_unread = 0;
        g_array_set_size(told->detections, 0);
    }
}

/* The better of text and HTML, which usually say the same. */
static void read_message(const OvMessage *message, OvArena *arena, Told *told) {
    g_auto(Told) html;
    init_told(&html);
    read_parts(message, FALSE, arena, told);
    read_parts(message, TRUE, arena, &html);
    if (html.detections->len > told->detections->len || !tells(told)) {
        Told text = *told;
        *told = html;
        html = text;
    }
    if (told->detections->len == 0)
        read_list(message, arena, told);
}

/* A message whose body is all that was told. */
static OvMessage *as_body(OvSlice data, OvArena *arena) {
    static const OvEnvelope envelope;
    char *text = ov_arena_alloc(arena, data.length + 1);
    text[0] = '\n';
    if (data.length > 0)
        memcpy(text + 1, data.data, data.length);
    return ov_message_parse(arena, &envelope, (OvSlice){text, data.length + 1}, data.length + 1, 0);
}

/* A pasted text may begin with some of a mail's fields, and a list have "Message-ID:" before each.
 */
static gboolean is_mail(const OvHeader *header) {
    return ov_header_find(header, OV_FIELD_MIME_VERSION) ||
           ov_header_find(header, OV_FIELD_RECEIVED) ||
           (ov_header_find(header, OV_FIELD_MESSAGE_ID) && ov_header_find(header, OV_FIELD_FROM));
}

static gboolean hand_out(const Told *told, OvArena *arena, OvAlertMail *alert, GError **error) {
    if (told->detections->len > OV_ALERT_MAIL_MAX_DETECTIONS) {
        g_set_error(error, OV_ALERT_MAIL_ERROR, OV_ALERT_MAIL_ERROR_SIZE,
                    "it tells of more than %d messages; import it in parts",
                    OV_ALERT_MAIL_MAX_DETECTIONS);
        return FALSE;
    }
    if (!tells(told)) {
        g_set_error_literal(error, OV_ALERT_MAIL_ERROR, OV_ALERT_MAIL_ERROR_NOTHING,
                            "no blocked address and no Message-ID is found in it; a list has one "
                            "Message-ID a line");
        return FALSE;
    }
    OvDetection *detections = OV_ARENA_NEW(arena, OvDetection, told->detections->len + 1);
    if (told->detections->len > 0)
        memcpy(detections, told->detections->data, told->detections->len * sizeof *detections);
    const char **addresses = OV_ARENA_NEW(arena, const char *, told->addresses->len + 1);
    for (guint i = 0; i < told->addresses->len; i++)
        addresses[i] = told->addresses->pdata[i];
    *alert = (OvAlertMail){addresses, told->addresses->len, detections, told->detections->len,
                           told->n_unread};
    return TRUE;
}

gboolean ov_alert_mail_read(const char *data, gsize length, OvArena *arena, OvAlertMail *alert,
                            GError **error) {
    static const OvEnvelope envelope;
    g_auto(Told) told;
    init_told(&told);
    if (length > OV_ALERT_MAIL_MAX_OCTETS) {
        g_set_error(error, OV_ALERT_MAIL_ERROR, OV_ALERT_MAIL_ERROR_SIZE,
                    "it is larger than %d MiB", OV_ALERT_MAIL_MAX_OCTETS / (1024 * 1024));
        return FALSE;
    }
    ov_rules_init();
    const OvMessage *message =
        ov_message_parse(arena, &envelope, (OvSlice){data, length}, length, 0);
    if (!is_mail(message->header))
        message = as_body((OvSlice){data, length}, arena);
    read_message(message, arena, &told);
    return hand_out(&told, arena, alert, error);
}
