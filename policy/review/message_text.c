#include "policy/review/message_text.h"

#include "policy/review/output.h"
#include "rules/evidence.h"

enum {
    SHOWN_OCTETS = 64 * 1024, /* of one part */
    SHOWN_CHARACTERS = 2000,  /* of one header field */
};

gboolean ov_message_text_shows(const OvField *field) {
    switch (field->id) {
    case OV_FIELD_DATE:
    case OV_FIELD_FROM:
    case OV_FIELD_SENDER:
    case OV_FIELD_REPLY_TO:
    case OV_FIELD_TO:
    case OV_FIELD_CC:
    case OV_FIELD_SUBJECT:
    case OV_FIELD_MESSAGE_ID:
    case OV_FIELD_LIST_UNSUBSCRIBE:
        return TRUE;
    default:
        return FALSE;
    }
}

static gboolean is_text(const OvPart *part) {
    return !part->container && !part->attachment && g_strcmp0(part->type, "text") == 0;
}

static void append_part(GString *out, const OvPart *part, OvArena *arena, gboolean colour) {
    g_autofree char *title =
        g_strdup_printf("--- %s/%s%s%s, %" G_GSIZE_FORMAT " octets", part->type, part->subtype,
                        part->name ? ", " : "", part->name ? part->name : "", part->raw.length);
    g_autoptr(GString) safe = g_string_new(NULL);
    ov_safe_append(safe, title, -1, FALSE);
    ov_paint(out, colour, OV_PAINT_DIM, safe->str);
    g_string_append_c(out, '\n');
    if (!is_text(part))
        return;
    OvSlice text = ov_part_text(arena, part, SHOWN_OCTETS, NULL, NULL);
    ov_safe_append(out, text.data, (gssize)text.length, TRUE);
    if (out->str[out->len - 1] != '\n')
        g_string_append_c(out, '\n');
    if (text.length + 4 >= SHOWN_OCTETS)
        g_string_append_printf(out, "--- the rest of this part is not shown\n");
}

void ov_message_text_append(GString *out, const OvMessage *message, OvArena *arena,
                            gboolean colour) {
    for (guint i = 0; i < message->header->n_fields; i++) {
        const OvField *field = &message->header->fields[i];
        if (!ov_message_text_shows(field))
            continue;
        ov_safe_append(out, field->name.data, (gssize)field->name.length, FALSE);
        g_string_append_printf(
            out, ": %s\n",
            ov_evidence_limited(arena, ov_field_text(arena, field), SHOWN_CHARACTERS));
    }
    for (guint i = 0; i < message->mime->n_parts; i++)
        if (!message->mime->parts[i].container)
            append_part(out, &message->mime->parts[i], arena, colour);
}

static json_t *slice_json(OvSlice text) {
    g_autofree char *valid = g_utf8_make_valid(text.data ? text.data : "", (gssize)text.length);
    return json_string(valid);
}

json_t *ov_message_text_json(const OvMessage *message, OvArena *arena) {
    json_t *header = json_array();
    for (guint i = 0; i < message->header->n_fields; i++) {
        const OvField *field = &message->header->fields[i];
        json_t *object = json_object();
        json_object_set_new(object, "name", slice_json(field->name));
        json_object_set_new(object, "value", slice_json(ov_field_text(arena, field)));
        json_array_append_new(header, object);
    }
    json_t *parts = json_array();
    for (guint i = 0; i < message->mime->n_parts; i++) {
        const OvPart *part = &message->mime->parts[i];
        if (part->container)
            continue;
        g_autofree char *type = g_strdup_printf("%s/%s", part->type, part->subtype);
        json_t *object = json_object();
        json_object_set_new(object, "type", ov_json_text(type));
        ov_json_put_text(object, "name", part->name);
        json_object_set_new(object, "octets", json_integer((json_int_t)part->raw.length));
        if (is_text(part))
            json_object_set_new(object, "text",
                                slice_json(ov_part_text(arena, part, SHOWN_OCTETS, NULL, NULL)));
        json_array_append_new(parts, object);
    }
    json_t *object = json_object();
    json_object_set_new(object, "header", header);
    json_object_set_new(object, "parts", parts);
    return object;
}
