/* What a judgement may know of earlier mail. This layer asks; who keeps the record answers (see
 * policy/ledger/window.h). An answer is one fact more of the message: the judgement stays pure.
 *
 * Mail is known again by numbers made of it. An earlier message is one that was taken and recorded;
 * the one at hand is not counted, nor is mail that was refused, and one that comes again, because
 * an answer was lost on its way, counts once. */
#pragma once

#include "rules/provider.h"

/* Kinds of mail that do not belong under one From address. */
typedef enum {
    OV_STREAM_NONE = 0,
    OV_STREAM_BULK = 1 << 0,
    OV_STREAM_TRANSACTIONAL = 1 << 1,
} OvStream;

/* What is kept of a message. 0: it has none. */
typedef struct {
    guint64 sender;      /* organisational domain of From, else of the envelope sender */
    guint64 from;        /* address of From */
    guint64 shape;       /* rules/shape.h */
    guint64 message_id;  /* without < > */
    guint64 body;        /* its first 16 KiB, whatever its line ends */
    guint64 unsubscribe; /* the first https address of List-Unsubscribe */
    OvStream stream;
    guint64 egress; /* the address by which it leaves, where that is one for sure */
} OvFingerprint;

/* Earlier messages of the last 24 hours, to the hour: about how many, and about how many different
 * addresses they went to (both within a tenth, up to some hundreds; more are told as that). */
typedef struct {
    guint messages;
    guint recipients;
} OvSeen;

/* Whose logins sent a text. */
typedef struct {
    guint logins; /* different ones, the message's own among them */
    /* Different ones of these: by the organisational domains of the logins, or by the senders of
     * their mail, whichever tells more apart. */
    guint organisations;
} OvLogins;

/* Mail of a sender to the personal mailboxes of one of the big providers. */
typedef struct {
    guint messages; /* of the last 24 hours, to the hour; each recipient is one */
    gboolean bulk;  /* it once sent 5,000 in 24 hours: a bulk sender there, for ever */
} OvVolume;

/* Mail that left by one egress address in the last 24 hours, to the hour; each recipient is one. */
typedef struct {
    guint bulk, transactional; /* of OvStream */
    guint own;                 /* of the bulk, that of the message's sender */
    guint other;               /* likewise of the other sender that had most */
} OvEgressMail;

/* The questions. now: microseconds since the epoch, the time of the message at hand. All are
 * thread-safe and wait for no disk. data is theirs. */
typedef struct OvHistory OvHistory;
struct OvHistory {
    gpointer data;
    /* Mail of sender with a shape near this one. */
    OvSeen (*shape)(gpointer data, guint64 sender, guint64 shape, gint64 now);
    /* Those that sent a shape near this one in the last hour, whoever they are; login and sender:
     * those of the message at hand. */
    OvLogins (*logins)(gpointer data, const char *login, guint64 sender, guint64 shape, gint64 now);
    /* Mail with this address to unsubscribe. */
    OvSeen (*unsubscribe)(gpointer data, guint64 address, gint64 now);
    /* A message of the last 7 days had this Message-ID and another body. */
    gboolean (*other_body)(gpointer data, guint64 message_id, guint64 body, gint64 now);
    /* OvStream bits of the last 24 hours' mail from this address. */
    guint (*streams)(gpointer data, guint64 from, gint64 now);
    /* Since when the recipient wants no mail of sender (an organisational domain), or none at all
     * of this server's: microseconds since the epoch, 0 where he never said so, 1 where he
     * complained of it as spam. */
    gint64 (*suppressed)(gpointer data, OvSlice sender, const char *recipient);
    /* What sender (an organisational domain, in lower case) sends to a provider. */
    OvVolume (*volume)(gpointer data, OvSlice sender, OvProvider provider, gint64 now);
    /* What left by an egress address; sender: of the message at hand. */
    OvEgressMail (*egress)(gpointer data, guint64 egress, guint64 sender, gint64 now);
};
