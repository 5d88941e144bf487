/* Messages as the ledger's benches record them: of 500 shops, newsletters and confirmations of
 * orders, to one recipient each. */
#pragma once

#include "policy/ledger/ledger.h"

typedef struct {
    char queue_id[32], message_id[80], recipient[64], account[32], client[32], organisation[32];
    const char *recipients[1];
    OvLedgerRecord record; /* refers to the others, and so is good as long as they stay where they
                              are */
} OvBenchMail;

/* The message with that number; the same texts each time. */
void ov_bench_mail(OvBenchMail *mail, guint number, gint64 id, gint64 time);
