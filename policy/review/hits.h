/* Hits as the command shows them, from a judgement or from the ledger. */
#pragma once

#include "policy/ledger/ledger.h"
#include "policy/review/json.h"

/* Heaviest first: score, rule, guide row and reference, evidence, and advice on a line of its own.
 */
void ov_hits_append(GString *out, const OvLedgerHit *hits, guint n, gboolean colour);

/* [{"rule","score","guide","reference","advice","evidence"}], "shadow":true where the rule is. */
json_t *ov_hits_json(const OvLedgerHit *hits, guint n);

/* A judgement's hits in that form; in arena, texts borrowed. */
OvLedgerHit *ov_hits_of_judgement(const OvJudgement *judgement, OvArena *arena);
