/* What a sender is told of his held message: why, and what to change ([alert] tell_senders). Only
 * for mail from here, to addresses that the setting names, at most once a day an account and an
 * address (24 hours; the ledger remembers it), from the null sender and as Auto-Submitted (RFC
 * 3834), so that nothing answers. A thread of its own sends; offering waits for nothing. */
#pragma once

#include "policy/alert/held.h"

/* The action that the ledger has of it, with the address as its detail. */
#define OV_ACTION_SENDER_TOLD "sender told"

typedef struct {
    guint64 told, failed;
    guint64 dropped; /* too many waited */
} OvSenderNoticeCounts;

typedef struct OvSenderNotices OvSenderNotices;

/* Borrows ledger, whose writer it is; key as in ov_alerts_start. */
OvSenderNotices *ov_sender_notices_start(OvLedger *ledger, const guint8 key[OV_ALERT_KEY_SIZE]);
/* Drops what waits. NULL does nothing. */
void ov_sender_notices_stop(OvSenderNotices *notices);

/* Thread-safe; refers to settings, copies the message. Does nothing where the setting does not name
 * the sender, or where he was told lately. notices NULL: does nothing. */
void ov_sender_notices_offer(OvSenderNotices *notices, OvSettings *settings,
                             const OvHeldMessage *message);
OvSenderNoticeCounts ov_sender_notices_counts(OvSenderNotices *notices);

/* The text of the notice. The caller frees it. */
char *ov_sender_notice_text(const OvHeldMessage *message, const char *node);
