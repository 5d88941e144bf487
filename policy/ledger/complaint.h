/* Complaints: reports of feedback loops (guide G20), each recorded once, with what was done about
 * it at once. They leave the ledger at its retention. Times are microseconds since the epoch; texts
 * are made valid UTF-8 and cut at 1,000 octets. All functions work on a reader too, where the
 * process may write the file, and are thread-safe. */
#pragma once

#include "policy/ledger/ledger.h"

typedef struct {
    gint64 id, time;        /* when it was recorded; reading only */
    const char *type;       /* "abuse" ... (RFC 5965 7.3) */
    const char *reporter;   /* domain that the report came from */
    const char *source;     /* address that sent the message, as the report tells; "" for none */
    const char *message_id; /* as the report tells; "" for none */
    gint64 arrival;         /* when the message came there, likewise; 0 for not told */
    guint incidents;        /* how many such it stands for, likewise */
    gint64 message;         /* of the ledger; 0: not ours */
    const char *tie;        /* how it is known to be that message (policy/feedback/tie.h) */
    const char *account;    /* of the message; NULL where it is not known */
    const char *domain;     /* that sent it: the organisational one of From; "" for none */
    const char *recipient;  /* who complained: keyed hash in hexadecimal digits; NULL where not
                               known; reading only */
    gint64 suppressed;      /* since then he gets no more mailings of the domain; 0: no such thing
                               was done; reading only */
    const char *operator_name; /* who took it in */
} OvComplaint;

/* What is to be done with it. */
typedef struct {
    const char *const *recipients; /* whom the report names, maybe redacted */
    guint n_recipients;
    const char *mark;  /* text that is the same for the same report alone, where it tells of no
                          Message-ID */
    gboolean counts;   /* it is a complaint; else a remark (as not-spam), which outvetd does not
                          count */
    gboolean suppress; /* the recipient is to get no more mailings */
} OvComplaintWish;

typedef struct {
    gboolean known;     /* it was recorded before: nothing is done */
    gboolean recipient; /* it is known who complained */
    gboolean suppressed;
} OvComplaintDone;

/* Who complained is one of the message's recipients: whom the report names, or, as reports are
 * redacted, the only one at the domain that it names, or the only one. Never anybody else, whatever
 * a report says. One complaint is one type, message and recipient. */
gboolean ov_ledger_add_complaint(OvLedger *ledger, const OvComplaint *complaint,
                                 const OvComplaintWish *wish, OvComplaintDone *done,
                                 GError **error);

/* Whether the message went to that address. *went is set where TRUE is returned. */
gboolean ov_ledger_went_to(OvLedger *ledger, gint64 message, const char *address, gboolean *went,
                           GError **error);

/* Those recorded since then, newest first, at most OV_LEDGER_MAX_COMPLAINTS; of one account where
 * that is not NULL. NULL with error. */
enum { OV_LEDGER_MAX_COMPLAINTS = 10000 };
OvComplaint *ov_ledger_complaints(OvLedger *ledger, const char *account, gint64 since,
                                  OvArena *arena, guint *n, GError **error);

/* Those about one message, oldest first, as many at most. */
OvComplaint *ov_ledger_complaints_about(OvLedger *ledger, gint64 message, OvArena *arena, guint *n,
                                        GError **error);

/* Complaints, ours or not, that nobody has counted yet, at most limit: they are the caller's to
 * count, and not told again. With id, time, type, reporter, message and account, and the message's
 * envelope sender. An empty array for none, NULL with error. */
typedef struct {
    OvComplaint complaint;
    const char *sender; /* NULL where it is not known */
} OvUncounted;
OvUncounted *ov_ledger_take_uncounted(OvLedger *ledger, guint limit, OvArena *arena, guint *n,
                                      GError **error);
