/* Measuring: each function takes one subject's facts of a message and sets them. Called once a
 * message, in this order; each may read what an earlier one set. */
#pragma once

#include "rules/facts.h"
#include "rules/message.h"
#include "rules/ruleset.h"
#include "rules/shown.h"

typedef struct OvText OvText;

typedef struct {
    OvArena *arena;
    const OvRuleset *ruleset;
    const OvPhraseSet *phrases;
    OvPhraseScratch *phrase_scratch;
    const OvMessage *message;
    const OvShown *shown;
    gint64 deadline; /* monotonic microseconds; past it, measure no more */
    OvFacts *facts;
    /* What is marked as quoted is the sender's own: it is no answer. Set by ov_measure_text. */
    gboolean own_quotes;
    const OvText
        *body; /* the sender's own words; set by ov_measure_text, NULL where there are none */
    OvClass message_class;      /* set by ov_measure_class */
    guint *copies;              /* OV_N_DEMANDING: recipients with personal mailboxes there */
    OvFingerprint *fingerprint; /* filled where there is a history, else all 0 */
} OvMeasure;

/* header.*: RFC conformance of the header and the MIME structure (guide G14, G15, G19). */
void ov_measure_header(OvMeasure *measure);
/* The text of subject and body in folded form with its phrase hits; language; phrases.*. Also finds
 * which tier-A phrases there are, which the class needs. */
void ov_measure_text(OvMeasure *measure);
/* message.class: what kind of mail it is (rule catalogue 1.2). */
void ov_measure_class(OvMeasure *measure);

/* message.shape.*: how often such a text was sent. body: the text of the sender's own words. Before
 * ov_measure_class (measure_history.c). */
void ov_measure_shape(const OvText *body);
/* body.sender: whether bulk mail says whom it is from; it is asked of no other, and costs the time
 * of many searches. After ov_measure_class (measure_sender_named.c). */
void ov_measure_sender_named(OvMeasure *measure);
/* The other facts that earlier mail tells; after all else. Completes the fingerprint. */
void ov_measure_history(OvMeasure *measure);

/* Whose mailboxes the recipients have, as far as the book knows by now: it is not waited for. Fills
 * measure->copies (measure_provider.c). */
void ov_measure_providers(OvMeasure *measure);
/* volume.provider.*; after ov_measure_providers, where there is a history. */
void ov_measure_volume(OvMeasure *measure);

/* volume.account.*, volume.domain.* and volume.script.* (measure_recent.c). */
void ov_measure_recent(OvMeasure *measure);

/* TRUE when the deadline has passed; then message.late is set too. */
gboolean ov_measure_late(OvMeasure *measure);
