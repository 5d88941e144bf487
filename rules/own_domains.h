/* The organisational domains that a message claims as its sender's own. */
#pragma once

#include "rules/measure.h"

enum { OV_OWN_MAX_DOMAINS = 16 };

typedef struct {
    /* Of From, the envelope sender, Sender, Return-Path and the d= of DKIM signatures, each once;
     * the first is From's where there is one. Providers of mailboxes are nobody's own. */
    OvSlice domains[OV_OWN_MAX_DOMAINS];
    guint n_domains;
} OvOwnDomains;

/* After ov_measure_header. */
void ov_own_domains_read(OvMeasure *measure, OvOwnDomains *own);

/* organisation is one of them, or the same house under another suffix: amazon.de for amazon.com. */
gboolean ov_own_domains_has(const OvOwnDomains *own, OvSlice organisation);

/* Both are one house: equal, or equal in their first label where that has four letters or more. */
gboolean ov_is_same_house(OvSlice organisation, OvSlice other);
