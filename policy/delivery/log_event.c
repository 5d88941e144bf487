#include "policy/delivery/log_scan.h"

enum { LONGEST_QUEUE_ID = 64, MOST_DIGITS = 15 };

gboolean ov_scan_queue_id(OvSlice *text, OvSlice *queue_id) {
    gsize n = 0;
    while (n < text->length && n <= LONGEST_QUEUE_ID && g_ascii_isalnum(text->data[n]))
        n++;
    if (n < 5 || n > LONGEST_QUEUE_ID || text->length < n + 2 || text->data[n] != ':' ||
        text->data[n + 1] != ' ')
        return FALSE;
    *queue_id = (OvSlice){text->data, n};
    *text = (OvSlice){text->data + n + 2, text->length - n - 2};
    return !ov_slice_equal(*queue_id, OV_SLICE_LITERAL("NOQUEUE"));
}

gboolean ov_scan_address(OvSlice *text, OvSlice *address) {
    gboolean quoted = FALSE;
    if (text->length == 0 || text->data[0] != '<')
        return FALSE;
    for (gsize i = 1; i < text->length; i++) {
        char c = text->data[i];
        if (quoted && c == '\\') {
            i++;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (c == '>' && !quoted) {
            *address = (OvSlice){text->data + 1, i - 1};
            *text = (OvSlice){text->data + i + 1, text->length - i - 1};
            return TRUE;
        }
    }
    return FALSE;
}

gint64 ov_scan_number(OvSlice text) {
    gint64 number = 0;
    for (gsize i = 0; i < text.length && i < MOST_DIGITS && g_ascii_isdigit(text.data[i]); i++)
        number = number * 10 + (text.data[i] - '0');
    return number;
}

static const char *last_slash(OvSlice program) {
    return memrchr(program.data, '/', program.length);
}

OvSlice ov_log_transport(OvSlice program) {
    OvSlice name = program;
    ov_scan_prefix(&name, OV_SLICE_LITERAL("postfix/"));
    const char *slash = name.length > 0 ? last_slash(name) : NULL;
    return slash && slash > name.data ? (OvSlice){name.data, (gsize)(slash - name.data)} : name;
}

gboolean ov_log_event_parse(OvSlice program, OvSlice text, OvLogEvent *event) {
    *event = (OvLogEvent){.kind = OV_LOG_NOTHING, .delay = -1};
    gboolean parsed = FALSE;
    OvSlice rest = program;
    if (program.length > 0 && last_slash(program))
        parsed = ov_log_postfix_parse(program, text, event);
    else if (OV_SCAN(&rest, "sm-") || ov_slice_equal(program, OV_SLICE_LITERAL("sendmail")))
        parsed = ov_log_sendmail_parse(text, event);
    if (!parsed)
        event->kind = OV_LOG_NOTHING;
    return event->kind != OV_LOG_NOTHING;
}

gboolean ov_log_event_recipient(const OvLogEvent *event, gsize *position, OvSlice *recipient) {
    OvSlice rest = {event->recipients.data + *position, event->recipients.length - *position};
    while (rest.length > 0 && (rest.data[0] == ',' || rest.data[0] == ' '))
        rest = (OvSlice){rest.data + 1, rest.length - 1};
    if (rest.length == 0)
        return FALSE;
    if (!ov_scan_address(&rest, recipient))
        *recipient = ov_scan_until(&rest, OV_SLICE_LITERAL(","));
    *position = event->recipients.length - rest.length;
    return TRUE;
}

gboolean ov_log_event_part(const OvLogEvent *event, gsize *position, OvSlice *queue_id) {
    OvSlice rest = {event->other_id.data + *position, event->other_id.length - *position};
    *queue_id = ov_scan_until(&rest, OV_SLICE_LITERAL("; "));
    *position = event->other_id.length - rest.length;
    return queue_id->length > 0;
}

const char *ov_log_keep(OvArena *arena, OvSlice text, gsize longest) {
    gsize length = MIN(text.length, longest);
    if (length == 0)
        return NULL;
    if (g_utf8_validate_len(text.data, length, NULL))
        return ov_arena_strndup(arena, text.data, length);
    g_autofree char *valid = g_utf8_make_valid(text.data, (gssize)length);
    return ov_arena_strndup(arena, valid, strlen(valid));
}
