/* What a receiver's answer means: its codes, and of which class the reason is. Pure. */
#pragma once

#include "policy/delivery/log_event.h"

enum { OV_ENHANCED_SIZE = 12 /* "5.999.999" and the NUL */ };

typedef struct {
    guint code;                      /* of SMTP; 0 where no server answered */
    char enhanced[OV_ENHANCED_SIZE]; /* RFC 3463: the server's, else the MTA's own; "" for none */
    gboolean remote;                 /* a server said it */
    OvSlice text;                    /* the words behind the codes; in the answer */
} OvRemoteAnswer;

/* Of an OUTCOME. Postfix: "host mx[192.0.2.1] said: 550-5.1.1 ...", "host ... refused to talk to
 * me:
 * ...", "250 2.0.0 Ok", each also behind "delivery temporarily suspended: ". */
OvRemoteAnswer ov_remote_answer(const OvLogEvent *event);

typedef enum {
#define REASON(id, name, text) OV_REASON_##id,
#include "policy/delivery/reasons.def"
#undef REASON
    OV_N_REASONS
} OvReason;

/* Of an outcome that is no delivery; OV_REASON_NONE for one that is. */
OvReason ov_reason_of(const OvLogEvent *event, const OvRemoteAnswer *answer);

/* "unknown-user", as in ledger and JSON, and "the recipient does not exist", for people. */
const char *ov_reason_name(OvReason reason);
const char *ov_reason_text(OvReason reason);
gboolean ov_reason_from_name(const char *name, OvReason *reason);

/* The receiver said that he does not want our mail, whoever it is for: the address is blocked or
 * listed, the mail is taken for spam, or there is too much of it. */
gboolean ov_reason_is_block(OvReason reason);
