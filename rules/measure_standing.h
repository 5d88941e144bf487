/* dns.egress.*: how the addresses from which a message may leave stand in the DNS
 * (measure_standing.c). */
#pragma once

#include "rules/measure.h"

/* Reads the envelope's standing; waits for nothing. After ov_measure_header. */
void ov_measure_standing(OvMeasure *measure);
