/* A ledger's record as the command shows it, and finding records by what people type. */
#pragma once

#include "policy/ledger/ledger.h"
#include "policy/review/command.h"
#include "policy/review/json.h"

/* The newest records, at most limit, that text names: a Message-ID, a queue id or an Outvet id, the
 * first of these that is known. An empty array when nothing is; NULL with error. */
OvLedgerRecord **ov_records_find(OvLedger *ledger, const char *text, guint limit, OvArena *arena,
                                 guint *n_records, GError **error);

/* What was recorded of the message, with its hits. */
void ov_record_append(GString *out, const OvLedgerRecord *record, gboolean colour);
/* The same; the caller may add to it. */
json_t *ov_record_json(const OvLedgerRecord *record);

/* What operators did with the message. */
void ov_actions_append(GString *out, const OvLedgerAction *actions, guint n);
json_t *ov_actions_json(const OvLedgerAction *actions, guint n);

/* "3 at example.com, example.org" or the addresses where they are kept. The caller frees it. */
char *ov_record_recipients(const OvLedgerRecord *record);

/* The records that the command's operand names, at least one; NULL after telling on standard error
 * that there is none, or why they can't be read, with the exit code. */
OvLedgerRecord **ov_records_named(OvLedger *ledger, const OvArguments *arguments, guint limit,
                                  OvArena *arena, guint *n_records, OvExit *code);
