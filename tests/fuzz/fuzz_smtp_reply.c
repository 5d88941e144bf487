/* Reads any octets as replies of an SMTP server. What is read lies within what was given, and does
 * not change with what follows it. */
#include "policy/mailboxes/smtp_reply.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void check(OvSlice octets, const OvSmtpReply *reply) {
    g_assert(reply->code >= 200 && reply->code < 600 && reply->subject < 1000);
    g_assert(reply->length > 0 && reply->length <= octets.length &&
             reply->length <= OV_SMTP_REPLY_LIMIT && octets.data[reply->length - 1] == '\n');
    g_assert(reply->text.data >= octets.data &&
             reply->text.data + reply->text.length < octets.data + reply->length);
    g_assert(reply->text.length == 0 || !memchr(reply->text.data, '\n', reply->text.length));
    OvSmtpReply again;
    g_assert(ov_smtp_reply_read((OvSlice){octets.data, reply->length}, &again) ==
             OV_SMTP_REPLY_READ);
    g_assert(again.length == reply->length && again.code == reply->code);
    g_assert(ov_smtp_reply_read((OvSlice){octets.data, reply->length - 1}, &again) !=
             OV_SMTP_REPLY_READ);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
    OvSlice rest = {(const char *)data, size};
    OvSmtpReply reply;
    while (ov_smtp_reply_read(rest, &reply) == OV_SMTP_REPLY_READ) {
        check(rest, &reply);
        rest = (OvSlice){rest.data + reply.length, rest.length - reply.length};
    }
    return 0;
}
