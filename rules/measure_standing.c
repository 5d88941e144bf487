#include "rules/measure_standing.h"

/* The addresses that the message may take, as they stand; NULL for one of which nothing is known.
 */
typedef struct {
    const OvStandingAddress *addresses[OV_EGRESS_MAX_POINTS];
    guint n;
    gint64 now;
} Ways;

/* Of what one owner's lists say. */
typedef struct {
    gboolean asked, unknown;
    const OvStandingAddress *address; /* the gravest listing's; NULL where there is none */
    const OvStandingList *list;
    guint most; /* lists that list one address */
} Listed;

static Ways find_ways(const OvEnvelope *envelope) {
    Ways ways = {.now = envelope->now};
    const OvEgress *egress = envelope->egress;
    for (; egress && ways.n < MIN(egress->n_points, OV_EGRESS_MAX_POINTS); ways.n++)
        ways.addresses[ways.n] = ov_standing_find(
            envelope->standing, &egress->points[ways.n].address, egress->points[ways.n].helo);
    return ways;
}

/* How bad the reverse name is; 0: not known. */
static guint reverse_rank(const OvStandingAddress *address, gint64 now) {
    if (!address || !ov_standing_is_believed(&address->reverse_age, now))
        return 0;
    switch (address->reverse) {
    case OV_REVERSE_NONE:
        return 20;
    case OV_REVERSE_UNCONFIRMED:
        return 10 + (guint)address->kind;
    case OV_REVERSE_CONFIRMED:
        return 1 + (guint)address->kind;
    case OV_REVERSE_PENDING:
    case OV_REVERSE_UNKNOWN:
        break;
    }
    return 0;
}

static guint helo_rank(const OvStandingAddress *address, gint64 now) {
    static const guint ranks[] = {
        [OV_HELO_HAS_ADDRESS] = 1,
        [OV_HELO_OTHER_ADDRESS] = 2,
        [OV_HELO_NO_ADDRESS] = 3,
        [OV_HELO_NO_NAME] = 4,
    };
    if (!address || address->helo_form == OV_HELO_NOT_TOLD)
        return 0;
    if (address->helo_form != OV_HELO_QUALIFIED)
        return 5;
    return ov_standing_is_believed(&address->helo_age, now) ? ranks[address->helo_state] : 0;
}

/* The address with the highest rank; NULL where that is not known: an address that is not known
 * could be worse than one that is right. right: the highest rank without a fault. */
static const OvStandingAddress *
worst(const Ways *ways, guint (*rank)(const OvStandingAddress *, gint64), guint right) {
    const OvStandingAddress *found = NULL;
    guint highest = 0;
    gboolean unknown = FALSE;
    for (guint i = 0; i < ways->n; i++) {
        guint one = rank(ways->addresses[i], ways->now);
        unknown = unknown || one == 0;
        if (one > highest) {
            highest = one;
            found = ways->addresses[i];
        }
    }
    return unknown && highest <= right ? NULL : found;
}

static void set_text(OvMeasure *measure, OvFactId fact, const char *text) {
    ov_facts_set_text(measure->facts, fact, ov_slice(text));
}

static void measure_reverse(OvMeasure *measure, const Ways *ways) {
    static const char *const kinds[] = {
        [OV_HOST_NAME_OWN] = "own",
        [OV_HOST_NAME_STATIC] = "static",
        [OV_HOST_NAME_GENERIC] = "generic",
        [OV_HOST_NAME_DYNAMIC] = "dynamic",
    };
    const OvStandingAddress *address = worst(ways, reverse_rank, 1 + OV_HOST_NAME_STATIC);
    if (!address)
        return;
    set_text(measure, OV_FACT_DNS_EGRESS_REVERSE, ov_standing_reverse_word(address));
    set_text(measure, OV_FACT_DNS_EGRESS_REVERSE_ADDRESS, address->text);
    set_text(measure, OV_FACT_DNS_EGRESS_REVERSE_NAME, address->name);
    ov_facts_set_number(measure->facts, OV_FACT_DNS_EGRESS_REVERSE_NAMES, address->n_names);
    if (*address->name)
        set_text(measure, OV_FACT_DNS_EGRESS_REVERSE_KIND, kinds[address->kind]);
}

static void measure_helo(OvMeasure *measure, const Ways *ways) {
    const OvStandingAddress *address = worst(ways, helo_rank, 1);
    if (!address)
        return;
    set_text(measure, OV_FACT_DNS_EGRESS_HELO, ov_standing_helo_word(address));
    set_text(measure, OV_FACT_DNS_EGRESS_HELO_NAME, address->helo);
    set_text(measure, OV_FACT_DNS_EGRESS_HELO_ADDRESS, address->text);
    if (reverse_rank(address, ways->now) > 0)
        ov_facts_set_truth(measure->facts, OV_FACT_DNS_EGRESS_HELO_REVERSE, address->helo_is_name);
}

static void read_lists(const OvStandingAddress *address, OvBlockListOwner owner, gint64 now,
                       Listed *listed) {
    guint n = 0;
    for (guint i = 0; i < address->n_lists; i++) {
        const OvStandingList *list = &address->lists[i];
        if (list->owner != owner)
            continue;
        listed->asked = TRUE;
        if (!ov_standing_is_believed(&list->age, now) ||
            (list->listing.state != OV_BLOCK_LIST_LISTED &&
             list->listing.state != OV_BLOCK_LIST_CLEAR)) {
            listed->unknown = TRUE;
        } else if (list->listing.state == OV_BLOCK_LIST_LISTED) {
            n++;
            if (!listed->list || list->listing.listing > listed->list->listing.listing) {
                listed->address = address;
                listed->list = list;
            }
        }
    }
    listed->most = MAX(listed->most, n);
}

/* FALSE: nothing is known. */
static gboolean find_listed(const Ways *ways, OvBlockListOwner owner, Listed *listed) {
    *listed = (Listed){.asked = FALSE};
    for (guint i = 0; i < ways->n; i++)
        if (ways->addresses[i])
            read_lists(ways->addresses[i], owner, ways->now, listed);
        else
            listed->unknown = TRUE;
    return listed->most > 0 || (listed->asked && !listed->unknown);
}

/* "192.0.2.25 on zen.spamhaus.org: XBL, taken over by others". */
static const char *listed_text(OvArena *arena, const Listed *listed) {
    if (!listed->list)
        return "";
    return ov_arena_printf(arena, "%s on %s: %s", listed->address->text, listed->list->name,
                           listed->list->listing.meaning);
}

static void measure_lists(OvMeasure *measure, const Ways *ways) {
    Listed listed;
    if (find_listed(ways, OV_BLOCK_LIST_SPAMHAUS, &listed)) {
        set_text(measure, OV_FACT_DNS_EGRESS_SPAMHAUS,
                 listed.list ? ov_listing_name(listed.list->listing.listing) : "");
        set_text(measure, OV_FACT_DNS_EGRESS_SPAMHAUS_TEXT, listed_text(measure->arena, &listed));
    }
    if (find_listed(ways, OV_BLOCK_LIST_SPAMCOP, &listed)) {
        ov_facts_set_truth(measure->facts, OV_FACT_DNS_EGRESS_SPAMCOP, listed.most > 0);
        set_text(measure, OV_FACT_DNS_EGRESS_SPAMCOP_TEXT, listed_text(measure->arena, &listed));
    }
    if (find_listed(ways, OV_BLOCK_LIST_OTHER, &listed)) {
        ov_facts_set_number(measure->facts, OV_FACT_DNS_EGRESS_OTHER, listed.most);
        set_text(measure, OV_FACT_DNS_EGRESS_OTHER_TEXT, listed_text(measure->arena, &listed));
    }
}

static void measure_mailbox(OvMeasure *measure, const char *name, OvFactId fact) {
    const OvValue *author = &measure->facts->value[OV_FACT_HEADER_FROM_ORGANISATION];
    if (author->type != OV_TEXT || author->text.length == 0)
        return;
    const OvEnvelope *envelope = measure->message->envelope;
    const char *address = ov_arena_printf(measure->arena, "%s@%.*s", name, (int)author->text.length,
                                          author->text.data);
    OvMailboxState state = ov_standing_mailbox_state(envelope->standing, address, envelope->now);
    if (state != OV_MAILBOX_UNKNOWN)
        ov_facts_set_truth(measure->facts, fact, state == OV_MAILBOX_ACCEPTED);
}

void ov_measure_standing(OvMeasure *measure) {
    const OvEnvelope *envelope = measure->message->envelope;
    if (!envelope->standing || !ov_facts_truth(measure->facts, OV_FACT_MESSAGE_OUTBOUND))
        return;
    Ways ways = find_ways(envelope);
    measure_reverse(measure, &ways);
    measure_helo(measure, &ways);
    measure_lists(measure, &ways);
    measure_mailbox(measure, "abuse", OV_FACT_DNS_MAILBOX_ABUSE);
    measure_mailbox(measure, "postmaster", OV_FACT_DNS_MAILBOX_POSTMASTER);
}
