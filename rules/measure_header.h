/* The subjects of ov_measure_header, a file each. */
#pragma once

#include "rules/address.h"
#include "rules/measure.h"

/* Octets: line lengths, line ends, NUL, 8-bit header (measure_octets.c). */
void ov_measure_octets(OvMeasure *measure);
/* From, Sender, Reply-To (measure_identity.c). */
void ov_measure_identity(OvMeasure *measure);
/* To, Cc, Bcc and the envelope's recipients; after ov_measure_identity (measure_recipients.c). */
void ov_measure_recipients(OvMeasure *measure);
/* Date and Message-ID (measure_stamp.c). */
void ov_measure_stamp(OvMeasure *measure);
/* Encoded-words (measure_encoded_word.c). */
void ov_measure_encoded_words(OvMeasure *measure);
/* mime.* (measure_mime.c). */
void ov_measure_mime(OvMeasure *measure);
/* attachment.* (measure_attachment.c). */
void ov_measure_attachments(OvMeasure *measure);

/* The first of faults (OvAddressFault bits) in words for the sender: "there is no @"; "" for 0. */
const char *ov_address_fault_words(guint faults);

/* Sets a fact to a text of the message that may be no UTF-8; what is not becomes U+FFFD. */
void ov_measure_set_text(OvMeasure *measure, OvFactId fact, OvSlice text);

/* Adds a kind of obsolete syntax, in words, to header.obsolete; once a message and kind. */
void ov_measure_obsolete(OvMeasure *measure, const char *form);
