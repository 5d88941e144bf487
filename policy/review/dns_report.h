/* A sending domain, or an egress address, as receivers see it in the DNS, for people and programs.
 */
#pragma once

#include "policy/settings.h"
#include "rules/auth/domain_check.h"

#include <jansson.h>

enum { OV_DNS_MAX_SECTIONS = 4 };

/* One subject: "SPF". */
typedef struct {
    const char *title;
    OvFindings *findings;
    const char *details; /* lines for people, each ended; "" for none */
    json_t *facts;       /* the same for programs; owned */
} OvDnsSection;

typedef struct {
    const char *name; /* the domain or the address */
    guint n_sections;
    OvDnsSection sections[OV_DNS_MAX_SECTIONS];
} OvDnsReport;

/* Asks the resolver and waits, each section within the resolver's limits. selectors: of DKIM,
 * NULL-terminated; none: common ones are tried. Arena: the report. domain: canonical. */
void ov_dns_report_domain(OvDnsReport *report, OvResolver *resolver, const OvSettings *settings,
                          OvSlice domain, const char *const *selectors, OvArena *arena);
void ov_dns_report_address(OvDnsReport *report, OvResolver *resolver, const OvSettings *settings,
                           const OvIpAddress *address, OvArena *arena);
void ov_dns_report_clear(OvDnsReport *report);

/* A finding of that kind is there. */
gboolean ov_dns_report_has(const OvDnsReport *report, OvFindingKind kind);

/* Sections in which something is to be mended come first. */
void ov_dns_report_append(GString *out, const OvDnsReport *report, gboolean colour);
json_t *ov_dns_report_json(const OvDnsReport *report);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OvDnsReport, ov_dns_report_clear)
