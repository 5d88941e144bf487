#include "rules/auth/standing.h"

enum { MAX_TURNS = 8 }; /* chains of answers: a name, its addresses */

struct OvStanding {
    gatomicrefcount references;
    OvArena *arena;
    GPtrArray *addresses;    /* OvStandingAddress, in the arena */
    GPtrArray *domain_lists; /* OvStandingList, in the arena */
    GPtrArray *mailboxes;    /* OvStandingMailbox, in the arena */
};

OvStanding *ov_standing_new(void) {
    OvStanding *standing = g_new0(OvStanding, 1);
    g_atomic_ref_count_init(&standing->references);
    standing->arena = ov_arena_new();
    standing->addresses = g_ptr_array_new();
    standing->domain_lists = g_ptr_array_new();
    standing->mailboxes = g_ptr_array_new();
    return standing;
}

OvStanding *ov_standing_ref(OvStanding *standing) {
    g_atomic_ref_count_inc(&standing->references);
    return standing;
}

void ov_standing_unref(OvStanding *standing) {
    if (!standing || !g_atomic_ref_count_dec(&standing->references))
        return;
    g_ptr_array_unref(standing->addresses);
    g_ptr_array_unref(standing->domain_lists);
    g_ptr_array_unref(standing->mailboxes);
    ov_arena_free(standing->arena);
    g_free(standing);
}

static const char *keep(OvStanding *standing, const char *text) {
    return ov_arena_strndup(standing->arena, text, strlen(text));
}

gboolean ov_standing_is_believed(const OvStandingAge *age, gint64 now) {
    return age->checked > 0 && now - age->checked < OV_STANDING_BELIEVED;
}

static OvStandingAge age_of(gboolean same, const OvStandingAge *before, gint64 now) {
    return (OvStandingAge){now, same && before->checked > 0 ? before->since : now};
}

static void keep_listing(OvStanding *standing, OvBlockListing *listing) {
    listing->code = keep(standing, listing->code);
    listing->meaning = keep(standing, listing->meaning);
    listing->trouble = keep(standing, listing->trouble);
}

/* before: the same list's, or NULL. */
static void settle_list(OvStanding *standing, OvStandingList *list, const OvBlockListing *found,
                        const OvStandingList *before, gint64 now) {
    list->listing = *found;
    if (found->state == OV_BLOCK_LIST_PENDING)
        list->listing.state = OV_BLOCK_LIST_UNKNOWN;
    if (list->listing.state == OV_BLOCK_LIST_UNKNOWN) {
        if (before && ov_standing_is_believed(&before->age, now)) {
            list->listing = before->listing;
            list->age = before->age;
        }
    } else {
        static const OvStandingAge never = {0, 0};
        gboolean same = before && before->listing.state == found->state &&
                        g_str_equal(before->listing.code, found->code);
        list->age = age_of(same, before ? &before->age : &never, now);
    }
    keep_listing(standing, &list->listing);
}

static void name_list(OvStanding *standing, OvStandingList *list, const char *zone,
                      OvBlockListKind kind) {
    list->zone = keep(standing, zone);
    list->name = ov_block_list_name(standing->arena, ov_slice(zone));
    list->kind = kind;
    list->owner = ov_block_list_owner(ov_slice(zone));
}

static const OvStandingList *find_list(const OvStandingList *lists, guint n, const char *zone) {
    for (guint i = 0; i < n; i++)
        if (g_ascii_strcasecmp(lists[i].zone, zone) == 0)
            return &lists[i];
    return NULL;
}

/* What is asked of one address, in scratch memory. */
typedef struct {
    OvEgressCheck check;
    OvBlockListing listings[OV_STANDING_MAX_LISTS];
} Found;

/* TRUE: an answer is pending. */
static gboolean look(OvArena *scratch, OvDnsBook *book, const OvStandingAddress *of,
                     const char *const *zones, Found *found) {
    ov_egress_check(scratch, book, &of->address, ov_slice(of->helo), &found->check);
    gboolean pending = found->check.pending;
    OvSlice subject = ov_block_list_subject(scratch, &of->address);
    for (guint i = 0; i < of->n_lists; i++) {
        ov_block_list_check(scratch, book, ov_slice(zones[i]), OV_BLOCK_LIST_OF_ADDRESSES, subject,
                            &found->listings[i]);
        pending = pending || found->listings[i].state == OV_BLOCK_LIST_PENDING;
    }
    return pending;
}

static gboolean is_known_reverse(OvReverseState state) {
    return state != OV_REVERSE_PENDING && state != OV_REVERSE_UNKNOWN;
}

static void settle_reverse(OvStanding *standing, OvStandingAddress *address,
                           const OvEgressCheck *check, const OvStandingAddress *before,
                           gint64 now) {
    OvSlice name = check->reverse.name;
    address->reverse = check->reverse.state;
    address->n_names = check->reverse.n_names;
    address->name = ov_arena_strndup(standing->arena, name.data, name.length);
    address->kind = check->kind;
    address->helo_is_name = check->helo_is_reverse;
    if (is_known_reverse(check->reverse.state)) {
        gboolean same = before->reverse == address->reverse &&
                        before->n_names == address->n_names &&
                        g_strcmp0(before->name, address->name) == 0;
        address->reverse_age = age_of(same, &before->reverse_age, now);
        return;
    }
    address->reverse = OV_REVERSE_UNKNOWN;
    if (!ov_standing_is_believed(&before->reverse_age, now))
        return;
    address->reverse = before->reverse;
    address->n_names = before->n_names;
    address->name = keep(standing, before->name);
    address->kind = before->kind;
    address->helo_is_name = before->helo_is_name;
    address->reverse_age = before->reverse_age;
}

static void settle_helo(OvStandingAddress *address, const OvEgressCheck *check,
                        const OvStandingAddress *before, gint64 now) {
    address->helo_form = check->helo_form;
    address->helo_state = check->helo_state;
    if (check->helo_state == OV_HELO_PENDING || check->helo_state == OV_HELO_UNKNOWN) {
        address->helo_state = OV_HELO_UNKNOWN;
        if (ov_standing_is_believed(&before->helo_age, now)) {
            address->helo_state = before->helo_state;
            address->helo_age = before->helo_age;
        }
        return;
    }
    address->helo_age = age_of(before->helo_state == address->helo_state, &before->helo_age, now);
}

void ov_standing_add_address(OvStanding *standing, OvDnsBook *book, const OvIpAddress *address,
                             const char *helo, const char *const *zones, const OvStanding *before,
                             gint64 now) {
    static const OvStandingAddress none = {.name = ""};
    g_autoptr(OvArena) scratch = ov_arena_new();
    OvStandingAddress *added = OV_ARENA_NEW(standing->arena, OvStandingAddress, 1);
    added->address = *address;
    added->text = ov_ip_address_text(standing->arena, address);
    added->helo = keep(standing, helo ? helo : "");
    while (added->n_lists < OV_STANDING_MAX_LISTS && zones[added->n_lists])
        added->n_lists++;

    Found found;
    for (guint turn = 0; look(scratch, book, added, zones, &found) && turn < MAX_TURNS; turn++)
        ov_dns_wait(book);

    const OvStandingAddress *old = before ? ov_standing_find(before, address, helo) : NULL;
    if (!old)
        old = &none;
    settle_reverse(standing, added, &found.check, old, now);
    settle_helo(added, &found.check, old, now);
    OvStandingList *lists = OV_ARENA_NEW(standing->arena, OvStandingList, added->n_lists);
    for (guint i = 0; i < added->n_lists; i++) {
        name_list(standing, &lists[i], zones[i], OV_BLOCK_LIST_OF_ADDRESSES);
        settle_list(standing, &lists[i], &found.listings[i],
                    find_list(old->lists, old->n_lists, zones[i]), now);
    }
    added->lists = lists;
    g_ptr_array_add(standing->addresses, added);
}

const OvStandingList *ov_standing_find_domain_list(const OvStanding *standing, const char *zone) {
    for (guint i = 0; i < standing->domain_lists->len; i++) {
        const OvStandingList *list = g_ptr_array_index(standing->domain_lists, i);
        if (g_ascii_strcasecmp(list->zone, zone) == 0)
            return list;
    }
    return NULL;
}

void ov_standing_add_domain_list(OvStanding *standing, OvDnsBook *book, const char *zone,
                                 const OvStanding *before, gint64 now) {
    g_autoptr(OvArena) scratch = ov_arena_new();
    OvStandingList *list = OV_ARENA_NEW(standing->arena, OvStandingList, 1);
    OvBlockListing found;
    name_list(standing, list, zone, OV_BLOCK_LIST_OF_DOMAINS);
    for (guint turn = 0; turn < MAX_TURNS; turn++) {
        ov_block_list_test(scratch, book, ov_slice(zone), list->kind, &found);
        if (found.state != OV_BLOCK_LIST_PENDING)
            break;
        ov_dns_wait(book);
    }
    settle_list(standing, list, &found, before ? ov_standing_find_domain_list(before, zone) : NULL,
                now);
    g_ptr_array_add(standing->domain_lists, list);
}

guint ov_standing_n_addresses(const OvStanding *standing) {
    return standing->addresses->len;
}

const OvStandingAddress *ov_standing_address(const OvStanding *standing, guint i) {
    g_assert(i < standing->addresses->len);
    return g_ptr_array_index(standing->addresses, i);
}

const OvStandingAddress *ov_standing_find(const OvStanding *standing, const OvIpAddress *address,
                                          const char *helo) {
    for (guint i = 0; i < standing->addresses->len; i++) {
        const OvStandingAddress *known = ov_standing_address(standing, i);
        if (ov_ip_address_in(&known->address, address, address->length * 8U) &&
            g_ascii_strcasecmp(known->helo, helo ? helo : "") == 0)
            return known;
    }
    return NULL;
}

guint ov_standing_n_domain_lists(const OvStanding *standing) {
    return standing->domain_lists->len;
}

const OvStandingList *ov_standing_domain_list(const OvStanding *standing, guint i) {
    g_assert(i < standing->domain_lists->len);
    return g_ptr_array_index(standing->domain_lists, i);
}

void ov_standing_add_mailbox(OvStanding *standing, const OvStandingMailbox *mailbox) {
    OvStandingMailbox *added = OV_ARENA_NEW(standing->arena, OvStandingMailbox, 1);
    *added = *mailbox;
    added->address = keep(standing, mailbox->address);
    added->answer = keep(standing, mailbox->answer);
    g_ptr_array_add(standing->mailboxes, added);
}

guint ov_standing_n_mailboxes(const OvStanding *standing) {
    return standing->mailboxes->len;
}

const OvStandingMailbox *ov_standing_mailbox(const OvStanding *standing, guint i) {
    g_assert(i < standing->mailboxes->len);
    return g_ptr_array_index(standing->mailboxes, i);
}

OvMailboxState ov_standing_mailbox_state(const OvStanding *standing, const char *address,
                                         gint64 now) {
    for (guint i = 0; i < standing->mailboxes->len; i++) {
        const OvStandingMailbox *mailbox = ov_standing_mailbox(standing, i);
        if (g_ascii_strcasecmp(mailbox->address, address) == 0)
            return now - mailbox->age.checked < OV_STANDING_MAILBOX_BELIEVED ? mailbox->state
                                                                             : OV_MAILBOX_UNKNOWN;
    }
    return OV_MAILBOX_UNKNOWN;
}

static const char *const mailbox_states[] = {
    [OV_MAILBOX_UNKNOWN] = "unknown",
    [OV_MAILBOX_ACCEPTED] = "accepted",
    [OV_MAILBOX_REFUSED] = "refused",
};

const char *ov_mailbox_state_name(OvMailboxState state) {
    return mailbox_states[state];
}

OvMailboxState ov_mailbox_state_from_name(const char *name) {
    for (guint i = 0; i < G_N_ELEMENTS(mailbox_states); i++)
        if (g_strcmp0(name, mailbox_states[i]) == 0)
            return (OvMailboxState)i;
    return OV_MAILBOX_UNKNOWN;
}

gboolean ov_standing_is_partial(const OvStanding *standing) {
    gboolean partial = FALSE;
    for (guint i = 0; i < standing->addresses->len; i++) {
        const OvStandingAddress *address = ov_standing_address(standing, i);
        partial = partial || address->reverse_age.checked == 0 || address->helo_age.checked == 0;
        for (guint j = 0; j < address->n_lists; j++)
            partial = partial || address->lists[j].age.checked == 0;
    }
    for (guint i = 0; i < standing->domain_lists->len; i++)
        partial = partial || ov_standing_domain_list(standing, i)->age.checked == 0;
    return partial;
}

const char *ov_standing_reverse_word(const OvStandingAddress *address) {
    static const char *const words[] = {
        [OV_REVERSE_PENDING] = "unknown",     [OV_REVERSE_UNKNOWN] = "unknown",
        [OV_REVERSE_NONE] = "none",           [OV_REVERSE_UNCONFIRMED] = "unconfirmed",
        [OV_REVERSE_CONFIRMED] = "confirmed",
    };
    return words[address->reverse];
}

const char *ov_standing_helo_word(const OvStandingAddress *address) {
    static const char *const forms[] = {
        [OV_HELO_NOT_TOLD] = "not told",
        [OV_HELO_ADDRESS] = "an address",
        [OV_HELO_LOCALHOST] = "localhost",
        [OV_HELO_PRIVATE] = "private",
        [OV_HELO_UNQUALIFIED] = "unqualified",
        [OV_HELO_MALFORMED] = "malformed",
        [OV_HELO_QUALIFIED] = "",
    };
    static const char *const states[] = {
        [OV_HELO_UNASKED] = "unknown",       [OV_HELO_PENDING] = "unknown",
        [OV_HELO_UNKNOWN] = "unknown",       [OV_HELO_NO_NAME] = "no such name",
        [OV_HELO_NO_ADDRESS] = "no address", [OV_HELO_OTHER_ADDRESS] = "other address",
        [OV_HELO_HAS_ADDRESS] = "matches",
    };
    const char *form = forms[address->helo_form];
    return *form ? form : states[address->helo_state];
}
