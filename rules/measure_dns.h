/* dns.*: what the DNS says of the names in a message (measure_dns.c). */
#pragma once

#include "rules/links.h"
#include "rules/measure.h"

/* Asks the envelope's book for what is needed, and sets what is answered. Runs again from its
 * beginning where it tells TRUE: an answer is pending. After ov_measure_header. links: NULL where
 * they are not known yet. */
gboolean ov_measure_dns(OvMeasure *measure, const OvLinks *links);
