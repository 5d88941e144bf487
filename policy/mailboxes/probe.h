/* Whether a mail server takes mail for some addresses (guide G6; RFC 2142, RFC 5321 4.5.1), asked
 * politely: EHLO, MAIL FROM:<>, RCPT TO of each, RSET, QUIT. Never DATA: nobody gets mail by it. */
#pragma once

#include "rules/auth/ip_address.h"
#include "rules/auth/standing.h"

typedef struct {
    OvMailboxState state;
    const char
        *answer; /* the server's, or why nothing is known: "" where it took it; the arena's */
} OvMailboxAnswer;

typedef struct {
    const OvIpAddress *server;
    guint16 port;
    const char *helo;     /* what we say */
    gint64 connect_limit; /* microseconds */
    gint64 time_limit;    /* of all, connecting too; microseconds */
    int stop;             /* a descriptor that is readable when it is to end; -1 for none */
    const char *const *recipients; /* visible ASCII without spaces; n_recipients of them */
    guint n_recipients;
} OvMailboxProbe;

/* Waits as long as told. answers: n_recipients. FALSE: no server spoke SMTP, so that another one
 * may be tried. What concerns us, and not the mailbox (a block, greylisting, no relaying), is
 * unknown. */
gboolean ov_mailbox_probe(const OvMailboxProbe *probe, OvArena *arena, OvMailboxAnswer *answers);
