/* What those who answer for a message sent lately, as a judgement may know it. This layer is given
 * the numbers; who counts is above it (policy/limits/counters.h). The message at hand is in none of
 * them. */
#pragma once

#include "rules/provider.h"

typedef struct {
    /* The account's. */
    guint64 hour, day;          /* recipients in the last hour, in the last 24 */
    guint64 usual;              /* recipients of a usual day; 0: nothing is usual yet */
    guint64 messages, held;     /* in 24 hours; held: or tagged */
    guint64 delivered, bounced; /* recipients whose mail arrived in 24 hours, or never will */
    guint64 clients;            /* different addresses of clients in the last hour */
    /* The envelope sender's domain's. */
    guint64 domain_day, domain_before;    /* recipients in 24 hours, and in the 24 hours before */
    guint64 domain_messages, domain_held; /* as the account's, but in 7 days */
    guint64 domain_delivered, domain_bounced;
    guint64 domain_complained; /* recipients, likewise */
    /* Of mail to the providers whose mailboxes the message goes to, whoever sent it: recipients in
     * 24 hours, as the account's. */
    struct {
        guint64 delivered, bounced;
    } provider[OV_N_PROVIDERS];
    /* The script's, of mail handed to sendmail(1). */
    guint64 script_burst; /* messages in 10 minutes */
} OvRecent;
