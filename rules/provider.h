/* Whose mailboxes a recipient's domain has: the big providers, which judge senders and limit them
 * each by its own measure. Told by the domain of the address, and where that says nothing by the
 * mail exchanger. Pure. */
#pragma once

#include "rules/arena.h"
#include "rules/auth/dns.h"

typedef enum {
#define PROVIDER(id, name, title) OV_PROVIDER_##id,
#define ADDRESS(id, domain)
#define EXCHANGER(id, domain, personal)
#include "rules/providers.def"
#undef PROVIDER
#undef ADDRESS
#undef EXCHANGER
    OV_PROVIDER_OTHER, /* none of them, or not known */
    OV_N_PROVIDERS = OV_PROVIDER_OTHER,
} OvProvider;

/* The first ones publish requirements for senders. */
enum { OV_N_DEMANDING = OV_PROVIDER_MICROSOFT + 1 };

/* "gmail"; "other" of OV_PROVIDER_OTHER. */
const char *ov_provider_name(OvProvider provider);
/* "Gmail"; "others". */
const char *ov_provider_title(OvProvider provider);

typedef struct {
    OvProvider provider;
    gboolean personal; /* one of its own mailboxes, which anybody may have; FALSE for those of a
                          house whose mail it keeps, and of OV_PROVIDER_OTHER */
} OvMailboxHost;

/* By the domain of an address (A-labels), whatever its case. */
OvMailboxHost ov_provider_of_domain(OvSlice domain);
/* By the name of a mail exchanger, likewise. */
OvMailboxHost ov_provider_of_exchanger(OvSlice host);
/* By the domain, else by its most preferred mail exchanger. book may be NULL: then by the domain
 * alone. Never waits: *pending is set to TRUE where the answer has not come yet, else left. */
OvMailboxHost ov_provider_find(OvDnsBook *book, OvSlice domain, gboolean *pending);
/* The same of a whole address; the DNS is not asked of domains that it does not know. Arena for the
 * domain's canonical form. */
OvMailboxHost ov_provider_of_recipient(OvArena *arena, OvDnsBook *book, const char *address,
                                       gboolean *pending);

/* Recipients of a message whose exchangers are asked for, the first ones. */
enum { OV_PROVIDER_MAX_ASKED = 10 };
