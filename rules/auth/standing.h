/* How this server stands in the DNS: what it last said of our egress addresses (guide G7, G23; rule
 * catalogue 3.8), and which lists of domains work. Asked now and then in the background; a standing
 * is immutable and shared, and a message reads it without waiting.
 *
 * What the DNS fails to tell is taken over from the standing before, for at most a day. Not
 * thread-safe while it is made; then any thread may read it. */
#pragma once

#include "rules/auth/block_list.h"
#include "rules/auth/egress_check.h"

enum { OV_STANDING_MAX_LISTS = 8 }; /* of each kind */

/* For how long what the DNS fails to tell is believed; microseconds. */
#define OV_STANDING_BELIEVED (G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC)

/* Microseconds since the epoch. */
typedef struct {
    gint64 checked; /* when the DNS last told; 0: not known, or no longer believed */
    gint64 since;   /* since when it tells the same; 0 where not known */
} OvStandingAge;

/* What was known then is still believed at a time. */
gboolean ov_standing_is_believed(const OvStandingAge *age, gint64 now);

typedef struct {
    const char *zone;
    const char *name; /* the zone without its key */
    OvBlockListKind kind;
    OvBlockListOwner owner;
    OvBlockListing listing; /* of a list of domains: CLEAR where it works */
    OvStandingAge age;      /* listing.state is OV_BLOCK_LIST_UNKNOWN where that is not known */
} OvStandingList;

/* Of one egress address, with the name that is said there. */
typedef struct {
    OvIpAddress address;
    const char *text; /* of the address */
    const char *helo; /* as the settings have it; "" where they don't */
    OvReverseState reverse;
    OvStandingAge reverse_age; /* reverse is OV_REVERSE_UNKNOWN where that is not known */
    guint n_names;
    const char *name;      /* "" where there is none */
    OvHostNameKind kind;   /* of the name */
    gboolean helo_is_name; /* the HELO name is one of its reverse names */
    OvHeloForm helo_form;
    OvHeloState helo_state;
    OvStandingAge helo_age; /* of helo_state; helo_form is always known */
    const OvStandingList *lists;
    guint n_lists;
} OvStandingAddress;

/* Whether a mail server takes mail for an address. */
typedef enum { OV_MAILBOX_UNKNOWN, OV_MAILBOX_ACCEPTED, OV_MAILBOX_REFUSED } OvMailboxState;
/* "unknown", "accepted", "refused"; another name is unknown. */
const char *ov_mailbox_state_name(OvMailboxState state);
OvMailboxState ov_mailbox_state_from_name(const char *name);

/* They are asked once a week, and believed for two; microseconds. */
#define OV_STANDING_MAILBOX_BELIEVED (14 * OV_STANDING_BELIEVED)

typedef struct {
    const char *address; /* "abuse@example.org" */
    OvMailboxState state;
    const char *answer; /* of its server, or why nothing is known; "" of ACCEPTED */
    OvStandingAge age;
} OvStandingMailbox;

typedef struct OvStanding OvStanding;

/* Empty. */
OvStanding *ov_standing_new(void);
OvStanding *ov_standing_ref(OvStanding *standing);
void ov_standing_unref(OvStanding *standing);

/* Asks the book about an address (helo may be NULL) and the lists of addresses, waiting as long as
 * the book does, and adds what it says. zones: NULL-terminated; the first OV_STANDING_MAX_LISTS
 * count. before: the standing that this one replaces, or NULL. now: microseconds since the epoch.
 */
void ov_standing_add_address(OvStanding *standing, OvDnsBook *book, const OvIpAddress *address,
                             const char *helo, const char *const *zones, const OvStanding *before,
                             gint64 now);
/* The same with a list of domains. */
void ov_standing_add_domain_list(OvStanding *standing, OvDnsBook *book, const char *zone,
                                 const OvStanding *before, gint64 now);

guint ov_standing_n_addresses(const OvStanding *standing);
const OvStandingAddress *ov_standing_address(const OvStanding *standing, guint i);
/* That of an address and name, or NULL. helo NULL is "". */
const OvStandingAddress *ov_standing_find(const OvStanding *standing, const OvIpAddress *address,
                                          const char *helo);
guint ov_standing_n_domain_lists(const OvStanding *standing);
const OvStandingList *ov_standing_domain_list(const OvStanding *standing, guint i);
/* That of a zone, or NULL. */
const OvStandingList *ov_standing_find_domain_list(const OvStanding *standing, const char *zone);

/* What was found of a mailbox elsewhere; copied. */
void ov_standing_add_mailbox(OvStanding *standing, const OvStandingMailbox *mailbox);
guint ov_standing_n_mailboxes(const OvStanding *standing);
const OvStandingMailbox *ov_standing_mailbox(const OvStanding *standing, guint i);
/* UNKNOWN where it is not there, or was asked too long ago. */
OvMailboxState ov_standing_mailbox_state(const OvStanding *standing, const char *address,
                                         gint64 now);

/* Something that was asked of the DNS is not known. */
gboolean ov_standing_is_partial(const OvStanding *standing);

/* "confirmed", "unconfirmed", "none", "unknown". */
const char *ov_standing_reverse_word(const OvStandingAddress *address);
/* What is to be said of the HELO name: "matches", "other address", "no address", "no such name",
 * "not told", "an address", "localhost", "private", "unqualified", "malformed", "unknown". */
const char *ov_standing_helo_word(const OvStandingAddress *address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvStanding, ov_standing_unref)
