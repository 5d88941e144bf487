#include "policy/feedback/arf.h"

#include "rules/address.h"
#include "rules/date.h"
#include "rules/init.h"
#include "rules/message.h"

G_DEFINE_QUARK(ov_arf_error, ov_arf_error)

enum {
    MAX_REPORT = 64 * 1024, /* octets of the machine-readable part */
    MAX_HEADER = 1024 * 1024,
    MAX_FIELDS = 1000,
    MAX_TEXT = 1000,
    MAX_TYPE = 40,
    MIN_QUEUE_ID = 5, /* characters */
    MAX_QUEUE_ID = 40,
};

static gboolean is_part(const OvPart *part, const char *type, const char *subtype) {
    return !part->forwarded && g_str_equal(part->type, type) && g_str_equal(part->subtype, subtype);
}

static const OvPart *find_part(const OvMime *mime, const char *type, const char *subtype) {
    for (guint i = 0; i < mime->n_parts; i++)
        if (is_part(&mime->parts[i], type, subtype))
            return &mime->parts[i];
    return NULL;
}

/* A report of something else, which has a message attached, too. */
static gboolean is_other_report(const OvMime *mime) {
    static const char *const SUBTYPES[] = {"delivery-status", "global-delivery-status",
                                           "disposition-notification",
                                           "global-disposition-notification"};
    for (guint i = 0; i < G_N_ELEMENTS(SUBTYPES); i++)
        if (find_part(mime, "message", SUBTYPES[i]))
            return TRUE;
    return FALSE;
}

/* The part that has the message, or its header alone. */
static const OvPart *find_message(const OvMime *mime) {
    static const char *const PARTS[][2] = {{"message", "rfc822"},
                                           {"message", "global"},
                                           {"text", "rfc822-headers"},
                                           {"message", "global-headers"},
                                           {"text", "rfc822-header"}};
    for (guint i = 0; i < G_N_ELEMENTS(PARTS); i++) {
        const OvPart *part = find_part(mime, PARTS[i][0], PARTS[i][1]);
        if (part)
            return part;
    }
    return NULL;
}

/* The fields that a part's content begins with. */
static const OvHeader *read_header(const OvPart *part, gsize most, OvArena *arena) {
    OvSlice content = part->container ? part->raw : ov_part_bytes(arena, part, most);
    while (content.length > 0 && ov_is_blank(content.data[0]))
        content.data++, content.length--;
    content.length = MIN(content.length, most);
    return ov_header_parse(arena, content, MAX_FIELDS);
}

/* As OvArf has texts. */
static const char *text_of(OvSlice value, OvArena *arena) {
    value = ov_slice_trim(value);
    value.length = MIN(value.length, MAX_TEXT);
    g_autofree char *valid = g_utf8_make_valid(value.data ? value.data : "", (gssize)value.length);
    const char *end = NULL;
    gsize length = MIN(strlen(valid), MAX_TEXT);
    g_utf8_validate_len(valid, length, &end);
    return ov_arena_strndup(arena, valid, (gsize)(end - valid));
}

static const OvField *find_field(const OvHeader *header, const char *name) {
    for (guint i = 0; header && i < header->n_fields; i++)
        if (ov_slice_equal_nocase(header->fields[i].name, ov_slice(name)))
            return &header->fields[i];
    return NULL;
}

static const char *field_text(const OvHeader *header, const char *name, OvArena *arena) {
    const OvField *field = find_field(header, name);
    return field ? text_of(ov_field_unfolded(arena, field), arena) : "";
}

/* "<ann@example.org>", "rfc822;ann@example.org" and the bare address. */
static const char *address_of(const OvField *field, OvArena *arena) {
    OvSlice value = ov_slice_trim(ov_field_unfolded(arena, field));
    const char *kind = value.length > 0 ? memchr(value.data, ';', value.length) : NULL;
    if (kind)
        value = ov_slice_trim((OvSlice){kind + 1, (gsize)(value.data + value.length - kind - 1)});
    if (value.length >= 2 && value.data[0] == '<' && value.data[value.length - 1] == '>')
        value = (OvSlice){value.data + 1, value.length - 2};
    return text_of(value, arena);
}

static void add_recipient(OvArf *arf, const OvField *field, OvArena *arena) {
    const char *address = address_of(field, arena);
    if (*address && arf->n_recipients < OV_ARF_MAX_RECIPIENTS)
        arf->recipients[arf->n_recipients++] = address;
}

/* One word of letters, digits and hyphens; what is none of them is "other" (RFC 5965 7.3). */
static const char *type_of(const OvHeader *report, OvArena *arena) {
    static const char WORD[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    const OvField *field = find_field(report, "Feedback-Type");
    if (!field)
        return "abuse";
    OvSlice value = ov_field_unfolded(arena, field);
    char *type = ov_arena_strndup(arena, value.data, MIN(value.length, MAX_TYPE + 1));
    for (char *c = type; *c; c++)
        *c = g_ascii_tolower(*c);
    gsize length = strspn(type, WORD);
    return length == 0 || length > MAX_TYPE || type[length] ? "other" : type;
}

static void read_report(OvArf *arf, const OvHeader *report, OvArena *arena) {
    guint64 incidents = 1;
    arf->type = type_of(report, arena);
    arf->source = field_text(report, "Source-IP", arena);
    const OvField *date = find_field(report, "Arrival-Date");
    date = date ? date : find_field(report, "Received-Date");
    OvDate arrival = date ? ov_date_parse(date->value) : (OvDate){.known = FALSE};
    arf->arrival = arrival.known ? MAX(arrival.time, 0) : 0;
    g_ascii_string_to_unsigned(field_text(report, "Incidents", arena), 10, 1, G_MAXINT32,
                               &incidents, NULL);
    arf->incidents = (guint)incidents;
    for (guint i = 0; report && i < report->n_fields; i++)
        if (ov_slice_equal_nocase(report->fields[i].name, OV_SLICE_LITERAL("Original-Rcpt-To")))
            add_recipient(arf, &report->fields[i], arena);
}

/* What follows the word in a Received field, up to the next blank; empty where it has no such word.
 */
static OvSlice word_after(OvSlice value, const char *word) {
    gsize length = strlen(word);
    for (gsize i = 1; i + length < value.length; i++) {
        if (!ov_is_blank(value.data[i - 1]) || !ov_is_blank(value.data[i + length]) ||
            g_ascii_strncasecmp(value.data + i, word, length) != 0)
            continue;
        OvSlice rest = ov_slice_trim((OvSlice){value.data + i + length, value.length - i - length});
        gsize end = 0;
        while (end < rest.length && !ov_is_blank(rest.data[end]) && rest.data[end] != ';')
            end++;
        return (OvSlice){rest.data, end};
    }
    return (OvSlice){NULL, 0};
}

/* RFC 5321 4.4: "from ... by ... with ... id 4XyZ12abcd; date". */
static void add_hop(OvArf *arf, const OvField *field, OvArena *arena) {
    OvSlice value = ov_field_unfolded(arena, field);
    OvSlice id = word_after(value, "id");
    const char *semicolon = value.length > 0 ? memrchr(value.data, ';', value.length) : NULL;
    if (id.length < MIN_QUEUE_ID || id.length > MAX_QUEUE_ID)
        return;
    for (gsize i = 0; i < id.length; i++)
        if (!g_ascii_isalnum(id.data[i]))
            return;
    OvArfHop hop = {.queue_id = ov_arena_strndup(arena, id.data, id.length)};
    if (semicolon) {
        OvDate date = ov_date_parse(
            (OvSlice){semicolon + 1, (gsize)(value.data + value.length - semicolon - 1)});
        hop.time = date.known ? MAX(date.time, 0) : 0;
    }
    arf->hops[arf->n_hops++] = hop;
}

static const char *from_domain(const OvHeader *header, OvArena *arena) {
    const OvField *from = ov_header_find(header, OV_FIELD_FROM);
    const OvAddressList *list = from ? ov_address_list_parse(arena, from->value) : NULL;
    return list && list->n_mailboxes > 0 ? text_of(list->mailboxes[0].domain, arena) : "";
}

static void read_message(OvArf *arf, const OvHeader *header, OvArena *arena) {
    arf->message_id = field_text(header, "Message-ID", arena);
    arf->outvet_id = field_text(header, "X-Outvet-Id", arena);
    arf->from_domain = from_domain(header, arena);
    for (guint i = 0; i < header->n_fields && arf->n_hops < OV_ARF_MAX_HOPS; i++)
        if (header->fields[i].id == OV_FIELD_RECEIVED)
            add_hop(arf, &header->fields[i], arena);
    const OvField *recipient = find_field(header, "X-HmXmrOriginalRecipient");
    if (recipient && arf->n_recipients == 0)
        add_recipient(arf, recipient, arena);
}

gboolean ov_arf_read(const char *data, gsize length, OvArena *arena, OvArf *arf, GError **error) {
    static const OvEnvelope envelope;
    if (length > OV_ARF_MAX_OCTETS) {
        g_set_error(error, OV_ARF_ERROR, OV_ARF_ERROR_SIZE, "it is larger than %d MiB",
                    OV_ARF_MAX_OCTETS / (1024 * 1024));
        return FALSE;
    }
    ov_rules_init();
    const OvMessage *mail = ov_message_parse(arena, &envelope, (OvSlice){data, length}, length, 0);
    const OvPart *report = find_part(mail->mime, "message", "feedback-report");
    const OvPart *message = find_message(mail->mime);
    if (!report && (!message || is_other_report(mail->mime))) {
        g_set_error_literal(error, OV_ARF_ERROR, OV_ARF_ERROR_NOT_REPORT,
                            "it is no feedback report, and no mail with a message attached");
        return FALSE;
    }
    *arf = (OvArf){.message_id = "", .outvet_id = "", .from_domain = ""};
    arf->reporter = from_domain(mail->header, arena);
    read_report(arf, report ? read_header(report, MAX_REPORT, arena) : NULL, arena);
    if (message)
        read_message(arf, read_header(message, MAX_HEADER, arena), arena);
    return TRUE;
}
