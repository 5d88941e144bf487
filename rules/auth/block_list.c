#include "rules/auth/block_list.h"

#include "rules/auth/show.h"

/* Lists that mean the same by a code. */
typedef enum { SPAMHAUS, DBL, ZRD, SPAMCOP, OTHER } Family;

typedef struct {
    const char *zone; /* or what it ends with */
    Family family;
} Zone;

static const Zone zones[] = {
    {"dbl.spamhaus.org", DBL},  {"dbl.dq.spamhaus.net", DBL},  {"zrd.dq.spamhaus.net", ZRD},
    {"spamhaus.org", SPAMHAUS}, {"dq.spamhaus.net", SPAMHAUS}, {"bl.spamcop.net", SPAMCOP},
};

/* Zones of those who pay, below which the key stands. */
static const char *const key_zones[] = {
    "sbl.dq.spamhaus.net", "xbl.dq.spamhaus.net", "sbl-xbl.dq.spamhaus.net",
    "pbl.dq.spamhaus.net", "zen.dq.spamhaus.net", "authbl.dq.spamhaus.net",
    "dbl.dq.spamhaus.net", "zrd.dq.spamhaus.net",
};

typedef struct {
    Family family;
    guint8 third, first, last; /* 127.0.third.first to last */
    OvListing listing;
    const char *meaning;
} Code;

static const Code codes[] = {
#define CODES(family, third, first, last, listing, meaning)                                        \
    {family, third, first, last, listing, meaning},
#include "rules/auth/block_list_codes.def"
#undef CODES
};

/* What a list says of the question, not of the subject, by 127.255.255.LAST. */
static const struct {
    guint8 last;
    const char *trouble;
} refusals[] = {
    {252, "the list says that its zone's name is wrong: correct it"},
    {254, "the list does not answer public resolvers, nor those of OVHcloud, Cloudflare and other "
          "providers: leave [dns] servers empty, so that Outvet asks the list's own servers, or "
          "use the zone with a key that the list's owner gives (Spamhaus: DQS)"},
    {255, "the list was asked too often from this resolver: use a resolver of one's own, or the "
          "zone with a key that the list's owner gives (Spamhaus: DQS)"},
};

static gboolean ends_with(OvSlice name, const char *end) {
    OvSlice tail = ov_slice(end);
    if (name.length < tail.length)
        return FALSE;
    gsize start = name.length - tail.length;
    return ov_slice_equal_nocase((OvSlice){name.data + start, tail.length}, tail) &&
           (start == 0 || name.data[start - 1] == '.');
}

static OvSlice without_dot(OvSlice zone) {
    if (zone.length > 0 && zone.data[zone.length - 1] == '.')
        zone.length--;
    return zone;
}

static Family family_of(OvSlice zone) {
    for (guint i = 0; i < G_N_ELEMENTS(zones); i++)
        if (ends_with(without_dot(zone), zones[i].zone))
            return zones[i].family;
    return OTHER;
}

OvBlockListOwner ov_block_list_owner(OvSlice zone) {
    Family family = family_of(zone);
    if (family == SPAMCOP)
        return OV_BLOCK_LIST_SPAMCOP;
    return family == OTHER ? OV_BLOCK_LIST_OTHER : OV_BLOCK_LIST_SPAMHAUS;
}

OvSlice ov_block_list_subject(OvArena *arena, const OvIpAddress *address) {
    return ov_ip_address_dotted(arena, address, TRUE);
}

/* Why the list does not answer, or NULL where the code is no such thing. */
static const char *refusal_of(Family family, const guint8 code[4]) {
    if (family == DBL && memcmp(code, "\x7f\x00\x01\xff", 4) == 0)
        return "the list is one of domains, and was asked for an address: it belongs among "
               "domain_block_lists";
    /* Lists that are older than 127.255.255.0/24 refuse by the code of what is never listed. */
    if (family == OTHER && memcmp(code, "\x7f\x00\x00\x01", 4) == 0)
        return "the list answers 127.0.0.1, by which lists refuse an answer: see its owner's terms";
    if (memcmp(code, "\x7f\xff\xff", 3) != 0)
        return NULL;
    for (guint i = 0; i < G_N_ELEMENTS(refusals); i++)
        if (code[3] == refusals[i].last)
            return refusals[i].trouble;
    return "the list refuses an answer: see what its owner says of this code";
}

static const Code *meaning_of(Family family, const guint8 code[4]) {
    static const Code other = {.listing = OV_LISTING_SPAM, .meaning = "listed"};
    if (family == OTHER)
        return &other;
    for (guint i = 0; i < G_N_ELEMENTS(codes); i++)
        if (codes[i].family == family && code[1] == 0 && code[2] == codes[i].third &&
            code[3] >= codes[i].first && code[3] <= codes[i].last)
            return &codes[i];
    return NULL;
}

static OvBlockListing trouble_of(OvBlockListState state, const char *trouble) {
    return (OvBlockListing){.state = state, .code = "", .meaning = "", .trouble = trouble};
}

static OvBlockListing read_code(Family family, const guint8 code[4]) {
    const char *refusal = refusal_of(family, code);
    if (refusal)
        return trouble_of(OV_BLOCK_LIST_REFUSED, refusal);
    if (code[0] != 127)
        return trouble_of(OV_BLOCK_LIST_BROKEN,
                          "the answer is outside of 127.0.0.0/8, as no list's is: the list has "
                          "ended, or the resolver answers for names that do not exist");
    const Code *meaning = meaning_of(family, code);
    if (!meaning)
        return trouble_of(OV_BLOCK_LIST_UNKNOWN, "the list gave a code of unknown meaning");
    return (OvBlockListing){.state = OV_BLOCK_LIST_LISTED,
                            .listing = meaning->listing,
                            .code = "",
                            .meaning = meaning->meaning,
                            .trouble = ""};
}

/* Of several records a refusal stands, else the gravest listing, else the first. */
static gboolean outweighs(const OvBlockListing *one, const OvBlockListing *other) {
    if (other->state == OV_BLOCK_LIST_REFUSED || one->state == OV_BLOCK_LIST_REFUSED)
        return other->state != OV_BLOCK_LIST_REFUSED;
    return one->listing > other->listing;
}

static OvBlockListing read_answer(OvArena *arena, Family family, const OvDnsAnswer *answer) {
    OvBlockListing found = trouble_of(OV_BLOCK_LIST_CLEAR, "");
    for (guint i = 0; i < answer->n_records; i++) {
        OvIpAddress address;
        if (!ov_ip_address_of_record(answer->records[i].data, &address) || address.length != 4)
            continue;
        OvBlockListing read = read_code(family, address.octets);
        if (found.state != OV_BLOCK_LIST_CLEAR && !outweighs(&read, &found))
            continue;
        found = read;
        found.code = ov_ip_address_text(arena, &address);
    }
    return found;
}

void ov_block_list_find(OvArena *arena, OvDnsBook *book, OvSlice zone, OvSlice subject,
                        OvBlockListing *listing) {
    const char *name = ov_arena_printf(arena, "%.*s.%.*s", (int)subject.length, subject.data,
                                       (int)zone.length, zone.data);
    const OvDnsAnswer *answer = ov_dns_look_up(book, ov_slice(name), OV_DNS_A);
    switch (answer->status) {
    case OV_DNS_PENDING:
        *listing = trouble_of(OV_BLOCK_LIST_PENDING, "");
        return;
    case OV_DNS_FAILED:
        *listing = trouble_of(OV_BLOCK_LIST_UNKNOWN, answer->trouble);
        return;
    case OV_DNS_NO_DATA:
    case OV_DNS_NO_NAME:
        *listing = trouble_of(OV_BLOCK_LIST_CLEAR, "");
        return;
    case OV_DNS_FOUND:
        *listing = read_answer(arena, family_of(zone), answer);
    }
}

/* Many lists of domains have no entry for the name "test", so that only where it is known to be
 * there (Spamhaus') its absence says something. */
static gboolean has_test_entry(OvSlice zone, OvBlockListKind kind) {
    return kind == OV_BLOCK_LIST_OF_ADDRESSES ||
           ov_block_list_owner(zone) == OV_BLOCK_LIST_SPAMHAUS;
}

void ov_block_list_test(OvArena *arena, OvDnsBook *book, OvSlice zone, OvBlockListKind kind,
                        OvBlockListing *listing) {
    gboolean addresses = kind == OV_BLOCK_LIST_OF_ADDRESSES;
    OvSlice always = ov_slice(addresses ? "2.0.0.127" : "test"),
            never = ov_slice(addresses ? "1.0.0.127" : "invalid");
    OvBlockListing on, off;
    ov_block_list_find(arena, book, zone, always, &on);
    ov_block_list_find(arena, book, zone, never, &off);
    if (off.state == OV_BLOCK_LIST_LISTED)
        *listing = trouble_of(OV_BLOCK_LIST_BROKEN,
                              addresses ? "the list lists everything, 127.0.0.1 too: it has ended"
                                        : "the list lists everything, \"invalid\" too: it has "
                                          "ended");
    else if (off.state != OV_BLOCK_LIST_CLEAR)
        *listing = off;
    else if (on.state == OV_BLOCK_LIST_LISTED || !has_test_entry(zone, kind))
        *listing = off;
    else if (on.state == OV_BLOCK_LIST_CLEAR)
        *listing = trouble_of(OV_BLOCK_LIST_BROKEN,
                              "the list lacks the entry by which a list shows that it works: it "
                              "has ended, its zone's name is wrong, or its key is");
    else
        *listing = on;
}

void ov_block_list_check(OvArena *arena, OvDnsBook *book, OvSlice zone, OvBlockListKind kind,
                         OvSlice subject, OvBlockListing *listing) {
    OvBlockListing test;
    ov_block_list_find(arena, book, zone, subject, listing);
    ov_block_list_test(arena, book, zone, kind, &test);
    if (test.state != OV_BLOCK_LIST_CLEAR)
        *listing = test;
}

/* A label that nobody would choose for a name. */
static gboolean looks_like_key(OvSlice label) {
    enum { KEY = 16 };
    guint n = 0;
    for (gsize i = 0; i < label.length; i++)
        n += g_ascii_isalnum(label.data[i]);
    return n >= KEY;
}

const char *ov_block_list_name(OvArena *arena, OvSlice zone) {
    zone = without_dot(zone);
    const char *dot = zone.length > 0 ? memchr(zone.data, '.', zone.length) : NULL;
    if (!dot)
        return ov_show(arena, zone);
    OvSlice first = {zone.data, (gsize)(dot - zone.data)};
    OvSlice rest = {dot + 1, zone.length - first.length - 1};
    gboolean has_key = looks_like_key(first);
    for (guint i = 0; i < G_N_ELEMENTS(key_zones) && !has_key; i++)
        has_key = ends_with(rest, key_zones[i]);
    return has_key ? ov_arena_printf(arena, "***.%s", ov_show(arena, rest)) : ov_show(arena, zone);
}

const char *ov_block_list_state_name(OvBlockListState state) {
    static const char *const names[] = {
        [OV_BLOCK_LIST_PENDING] = "pending",  [OV_BLOCK_LIST_UNKNOWN] = "unknown",
        [OV_BLOCK_LIST_REFUSED] = "refused",  [OV_BLOCK_LIST_BROKEN] = "broken",
        [OV_BLOCK_LIST_CLEAR] = "not listed", [OV_BLOCK_LIST_LISTED] = "listed",
    };
    return names[state];
}

const char *ov_listing_name(OvListing listing) {
    static const char *const names[] = {
        [OV_LISTING_NONE] = "",         [OV_LISTING_NEW] = "new",   [OV_LISTING_POLICY] = "policy",
        [OV_LISTING_ABUSED] = "abused", [OV_LISTING_SPAM] = "spam",
    };
    return names[listing];
}
