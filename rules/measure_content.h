/* The subjects that are measured once the class of a message is known, a file or more each. */
#pragma once

#include "rules/measure.h"
#include "rules/own_domains.h"

/* unsubscribe.header.*, unsubscribe.post.*, unsubscribe.list_id.* (measure_unsubscribe.c). */
void ov_measure_unsubscribe(OvMeasure *measure, const OvOwnDomains *own);
