/* A verdict as MTA and sender are told it: header fields, the quarantine's reason, reply lines. All
 * text is printable ASCII. Hits come heaviest first; shadow hits are left out, they have no part in
 * the verdict, and so are private ones, but for logs. */
#pragma once

#include "policy/ledger/ledger.h"

/* The header fields that tag a message. Fields of these names from elsewhere are forged. */
#define OV_FIELD_SCORE_NAME "X-Outvet-Score"
#define OV_FIELD_HITS_NAME  "X-Outvet-Hits"
#define OV_FIELD_AUTH_NAME  "X-Outvet-Auth"
#define OV_FIELD_ID_NAME    "X-Outvet-Id"

/* "6.40 (hold)". */
const char *ov_answer_score(OvArena *arena, double score, OvVerdictKind verdict);
/* "SUBJ_ALL_CAPS=2.00, BODY_EXCLAM=1.20,\n\tHDR_X=1.00" ("none" where there are none), folded so
 * that lines keep within 78 columns where they can and within 998 always, the field's name counted
 * (RFC 5322 2.1.1). */
const char *ov_answer_hits(OvArena *arena, const OvLedgerHit *hits, guint n_hits);
/* "spf=pass (192.0.2.1) dkim=pass (example.com) dmarc=pass", folded as the hits are; NULL where
 * none of it is known. */
const char *ov_answer_auth(OvArena *arena, const OvAuthResults *auth);
/* The hits on one line for a log, with only the shadow hits, or only the others; NULL for none. */
const char *ov_answer_hits_line(OvArena *arena, const OvLedgerHit *hits, guint n_hits,
                                gboolean shadow);
/* Why a message is held, for the MTA's log: at most 99 octets, as Postfix cuts it at 100. */
const char *ov_answer_reason(OvArena *arena, double score, const OvLedgerHit *hits, guint n_hits);

/* Lines of a reply as smfi_setmlreply takes them: `%` doubled, far below its 980 octets. */
enum { OV_REPLY_LINES = 6 };
typedef struct {
    const char *code, *enhanced; /* "550", "5.7.1" (RFC 3463) */
    const char *lines[OV_REPLY_LINES];
    guint n_lines; /* at least 1 */
} OvReply;

/* 550 5.7.1: what is wrong, and up to five lines of advice, each after its rule's name. */
void ov_answer_reject(OvReply *reply, OvArena *arena, double score, const OvLedgerHit *hits,
                      guint n_hits);
/* Any other reply, of one line. */
void ov_answer_reply(OvReply *reply, OvArena *arena, const char *code, const char *enhanced,
                     const char *text);
