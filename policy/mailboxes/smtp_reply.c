#include "policy/mailboxes/smtp_reply.h"

/* 0 where the line begins with no code. */
static guint code_of(OvSlice line) {
    const char *c = line.data;
    if (line.length < 3 || c[0] < '2' || c[0] > '5' || !g_ascii_isdigit(c[1]) ||
        !g_ascii_isdigit(c[2]) || (line.length > 3 && c[3] != ' ' && c[3] != '-'))
        return 0;
    return (guint)((c[0] - '0') * 100 + (c[1] - '0') * 10 + (c[2] - '0'));
}

static guint subject_of(OvSlice text, guint code) {
    guint subject = 0;
    gsize i = 2;
    if (text.length < 5 || text.data[0] != (char)('0' + code / 100) || text.data[1] != '.')
        return 0;
    for (; i < text.length && i < 5 && g_ascii_isdigit(text.data[i]); i++)
        subject = subject * 10 + (guint)(text.data[i] - '0');
    return i > 2 && i + 1 < text.length && text.data[i] == '.' && g_ascii_isdigit(text.data[i + 1])
               ? subject
               : 0;
}

OvSmtpReplyResult ov_smtp_reply_read(OvSlice octets, OvSmtpReply *reply) {
    gsize at = 0, limit = MIN(octets.length, OV_SMTP_REPLY_LIMIT);
    guint first = 0;
    while (at < limit) {
        const char *end = memchr(octets.data + at, '\n', limit - at);
        if (!end)
            break;
        OvSlice line = {octets.data + at, (gsize)(end - octets.data) - at};
        at += line.length + 1;
        if (line.length > 0 && line.data[line.length - 1] == '\r')
            line.length--;
        guint code = code_of(line);
        if (code == 0 || (first != 0 && code != first))
            return OV_SMTP_REPLY_MALFORMED;
        first = code;
        if (line.length > 3 && line.data[3] == '-')
            continue;
        gsize taken = MIN(line.length, 4);
        OvSlice text = {line.data + taken, line.length - taken};
        *reply = (OvSmtpReply){code, subject_of(text, code), text, at};
        return OV_SMTP_REPLY_READ;
    }
    return limit == OV_SMTP_REPLY_LIMIT ? OV_SMTP_REPLY_MALFORMED : OV_SMTP_REPLY_INCOMPLETE;
}
