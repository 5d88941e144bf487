/* Sendmail's queue: its directories, as sendmail.cf tells them, and the files of each message
 * there: the control file ("qf", where it is quarantined "hf"), the body ("df") and the transcript
 * ("xf"). To use it takes the rights of root. */
#pragma once

#include "policy/queue/queue_file.h"

/* The messages that are there at one time. */
typedef struct OvSendmailQueue OvSendmailQueue;

/* One message. Lives as long as the queue that it is of. */
typedef struct {
    const char *id;
    gboolean held; /* quarantined */
    guint place;   /* the file's own */
} OvSendmailMessage;

/* configuration: path of sendmail.cf. PERMISSION where a directory is closed to us. */
OvSendmailQueue *ov_sendmail_queue_look(const char *configuration, GError **error);
void ov_sendmail_queue_free(OvSendmailQueue *queue);

/* All of them, in no order: an array that the caller frees with g_ptr_array_unref. */
GPtrArray *ov_sendmail_queue_all(const OvSendmailQueue *queue);
/* NULL where it is not there. */
const OvSendmailMessage *ov_sendmail_queue_find(const OvSendmailQueue *queue, const char *id);

/* FALSE where the control file is gone by now, or is none: what it fills is the caller's to clear
 * in either case. *size (may be NULL): octets of the body. */
gboolean ov_sendmail_queue_read(const OvSendmailQueue *queue, const OvSendmailMessage *message,
                                OvQueueFile *file, guint64 *size);
/* Puts up to limit octets of the body to the text; TRUE in *more where it has more. */
gboolean ov_sendmail_queue_body(const OvSendmailQueue *queue, const OvSendmailMessage *message,
                                const OvQueueFile *file, gsize limit, GString *text,
                                gboolean *more);
/* Takes its files away, under Sendmail's own lock. FALSE where it is gone by now, or Sendmail works
 * on it. */
gboolean ov_sendmail_queue_delete(const OvSendmailQueue *queue, const OvSendmailMessage *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvSendmailQueue, ov_sendmail_queue_free)
