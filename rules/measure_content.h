/* The subjects that are measured once the class of a message is known, a file or more each. */
#pragma once

#include "rules/links.h"
#include "rules/measure.h"
#include "rules/own_domains.h"

/* html.* (measure_html.c, measure_html_active.c, measure_html_images.c). */
void ov_measure_html(OvMeasure *measure, const OvLinks *links, const OvOwnDomains *own);
void ov_measure_html_active(OvMeasure *measure);
void ov_measure_html_images(OvMeasure *measure, const OvLinks *links);
/* body.alternative.* (measure_alternative.c). */
void ov_measure_alternative(OvMeasure *measure);
/* body.empty, message.to_program (measure_empty.c). */
void ov_measure_empty(OvMeasure *measure);
/* attachment.active.* (measure_attached_html.c). */
void ov_measure_attached_html(OvMeasure *measure);
/* text.*, link.* (measure_link.c, measure_link_target.c, measure_link_text.c). */
void ov_measure_links(OvMeasure *measure, const OvLinks *links, const OvOwnDomains *own);
void ov_measure_link_targets(OvMeasure *measure, const OvLinks *links, const OvOwnDomains *own);
void ov_measure_link_texts(OvMeasure *measure, const OvLinks *links, const OvOwnDomains *own);
/* link.mailboxes, message.stranger (measure_stranger.c). */
void ov_measure_stranger(OvMeasure *measure, const OvLinks *links);
/* lure.*, after ov_measure_text (measure_lure.c). */
void ov_measure_lure(OvMeasure *measure, const OvLinks *links, const OvOwnDomains *own);
/* unsubscribe.* (measure_unsubscribe.c, measure_unsubscribe_link.c). */
void ov_measure_unsubscribe(OvMeasure *measure, const OvOwnDomains *own);
void ov_measure_unsubscribe_links(OvMeasure *measure, const OvLinks *links);
/* The organisational domain of the first web address in List-Unsubscribe, or the empty slice; after
 * ov_measure_unsubscribe. */
OvSlice ov_unsubscribe_organisation(OvMeasure *measure);
/* Its first https address, as it stands there, or the empty slice; likewise. */
OvSlice ov_unsubscribe_https(const OvMeasure *measure);
