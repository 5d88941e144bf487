#include "policy/queue/queue_file.h"

#include <string.h>

enum {
    QUOTE = 0xFF, /* before an octet of a header field that could stand for a macro */
    LF = '\n',
};

void ov_queue_file_clear(OvQueueFile *file) {
    g_clear_pointer(&file->sender, g_free);
    g_clear_pointer(&file->recipients, g_ptr_array_unref);
    g_clear_pointer(&file->reason, g_free);
    g_clear_pointer(&file->data_directory, g_free);
    if (file->header)
        g_string_free(g_steal_pointer(&file->header), TRUE);
}

static char *bare(const char *address, gsize length) {
    if (length >= 2 && address[0] == '<' && address[length - 1] == '>')
        return g_strndup(address + 1, length - 2);
    return g_strndup(address, length);
}

/* "PFD:<ann@example.org>": flags, and the address. */
static void add_recipient(OvQueueFile *file, const char *value, gsize length) {
    const char *colon = memchr(value, ':', length);
    const char *address = colon ? colon + 1 : value;
    g_ptr_array_add(file->recipients, bare(address, length - (gsize)(address - value)));
}

static void add_header_text(OvQueueFile *file, const char *text, gsize length) {
    for (gsize i = 0; i < length; i++) {
        if ((guchar)text[i] == QUOTE && i + 1 < length)
            i++;
        g_string_append_c(file->header, text[i]);
    }
    g_string_append_c(file->header, LF);
}

/* "?MF?Name: value". A field with letters is sent by mailers that have one of them: those of SMTP
 * have D, F and M, and none has what Return-Path and Full-Name ask for. FALSE where it is not sent.
 */
static gboolean add_field(OvQueueFile *file, const char *value, gsize length) {
    const char *mark = length > 0 && value[0] == '?' ? memchr(value + 1, '?', length - 1) : NULL;
    if (mark) {
        g_autofree char *flags = g_strndup(value + 1, (gsize)(mark - value - 1));
        if (flags[0] && !strpbrk(flags, "DFM"))
            return FALSE;
        length -= (gsize)(mark + 1 - value);
        value = mark + 1;
    }
    add_header_text(file, value, length);
    return TRUE;
}

static void set(char **where, char *text) {
    g_free(*where);
    *where = text;
}

/* One record. TRUE when lines that continue it belong to the header. */
static gboolean take_record(OvQueueFile *file, char kind, const char *value, gsize length) {
    switch (kind) {
    case 'T':
        file->created = g_ascii_strtoll(value, NULL, 10);
        break;
    case 'N':
        file->tries = (guint)MIN(g_ascii_strtoull(value, NULL, 10), G_MAXUINT);
        break;
    case 'S':
        set(&file->sender, bare(value, length));
        break;
    case 'R':
        add_recipient(file, value, length);
        break;
    case 'M':
        set(&file->reason, g_strndup(value, length));
        break;
    case 'd':
        set(&file->data_directory, g_strndup(value, length));
        break;
    case 'H':
        return add_field(file, value, length);
    default:
        break;
    }
    return FALSE;
}

gboolean ov_queue_file_parse(OvQueueFile *file, const char *text, gsize length) {
    const char *end = text + length;
    gboolean in_header = FALSE;
    *file = (OvQueueFile){
        .recipients = g_ptr_array_new_with_free_func(g_free),
        .header = g_string_new(NULL),
    };
    for (const char *feed; text < end && (feed = memchr(text, LF, (gsize)(end - text)));
         text = feed + 1) {
        gsize n = (gsize)(feed - text);
        if (n == 1 && text[0] == '.')
            return file->sender != NULL;
        if (n == 0)
            in_header = FALSE;
        else if (text[0] != ' ' && text[0] != '\t')
            in_header = take_record(file, text[0], text + 1, n - 1);
        else if (in_header)
            add_header_text(file, text, n);
    }
    return FALSE;
}
