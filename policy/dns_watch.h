/* The watch over how this server stands in the DNS (guide G7, G23): on a thread of its own it asks
 * of every egress address, and whether the lists of domains work, at start, at each reload, and
 * then about every half hour; every 5 minutes while something is not known. Where [dns]
 * probe_mailboxes wants it, the same thread then asks for mailboxes that are due
 * (policy/mailboxes/round.h). Each change is logged once, and a new listing raises an alert. What
 * it found is an immutable OvStanding, which messages read without waiting. */
#pragma once

#include "policy/alert/alert.h"
#include "policy/ledger/ledger.h"
#include "policy/settings.h"
#include "rules/auth/standing.h"

#include <jansson.h>

typedef struct OvDnsWatch OvDnsWatch;

/* resolver: that of settings; NULL where [dns] is off, then it finds nothing. Refers to both;
 * ledger and alerts (NULL: none are raised) must outlive it. */
OvDnsWatch *ov_dns_watch_start(OvSettings *settings, OvResolver *resolver, OvLedger *ledger,
                               OvAlerts *alerts);
/* At a reload: puts these in place of the former and checks anew. Thread-safe. */
void ov_dns_watch_set(OvDnsWatch *watch, OvSettings *settings, OvResolver *resolver);
/* Waits for the questions that are under way. NULL does nothing. No message may read it later. */
void ov_dns_watch_stop(OvDnsWatch *watch);

/* What was found last; NULL before the first check is over. The caller gives it back with
 * ov_standing_unref. Thread-safe. */
OvStanding *ov_dns_watch_standing(OvDnsWatch *watch);

/* What `outvet status` tells of a standing (NULL: nothing yet): an array of the egress addresses,
 * one of the lists of domains, one of mailboxes. No key of a list is in it. */
json_t *ov_standing_addresses_json(const OvStanding *standing);
json_t *ov_standing_domain_lists_json(const OvStanding *standing);
json_t *ov_standing_mailboxes_json(const OvStanding *standing);
