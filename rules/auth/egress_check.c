#include "rules/auth/egress_check.h"
#include "rules/address.h"

/* Names that are for one's own network (RFC 6761, RFC 6762, RFC 8375, RFC 9476), and those that
 * people use so and that ICANN keeps out of the root for that. */
static const char *const private_suffixes[] = {
    "alt",     "corp", "example", "home",        "home.arpa", "internal", "intranet",
    "invalid", "lan",  "local",   "localdomain", "onion",     "private",  "test",
};

static gboolean is_below(OvSlice name, const char *suffix) {
    gsize length = strlen(suffix);
    if (name.length < length ||
        g_ascii_strncasecmp(name.data + name.length - length, suffix, length) != 0)
        return FALSE;
    return name.length == length || name.data[name.length - length - 1] == '.';
}

static gboolean is_address(OvSlice helo) {
    OvIpAddress address;
    return helo.data[0] == '[' || ov_ip_address_parse(helo, &address);
}

/* Letters, digits and hyphens, no hyphen at the end of a label, no empty label (RFC 1123 2.1). */
static gboolean is_host_name(OvSlice name) {
    gsize label = 0;
    if (name.length > OV_DNS_NAME_LIMIT)
        return FALSE;
    for (gsize i = 0; i <= name.length; i++) {
        char c = i < name.length ? name.data[i] : '.';
        if (c != '.') {
            if (!g_ascii_isalnum(c) && (c != '-' || label == 0))
                return FALSE;
            if (++label > OV_DNS_LABEL_LIMIT)
                return FALSE;
        } else if (label == 0 || name.data[i - 1] == '-') {
            return FALSE;
        } else {
            label = 0;
        }
    }
    return TRUE;
}

static OvSlice without_final_dot(OvSlice name) {
    if (name.length > 1 && name.data[name.length - 1] == '.')
        name.length--;
    return name;
}

OvHeloForm ov_helo_form(OvSlice helo) {
    if (helo.length == 0)
        return OV_HELO_NOT_TOLD;
    if (is_address(helo))
        return OV_HELO_ADDRESS;
    helo = without_final_dot(helo);
    if (!is_host_name(helo))
        return OV_HELO_MALFORMED;
    if (is_below(helo, "localhost") || is_below(helo, "localhost.localdomain"))
        return OV_HELO_LOCALHOST;
    if (!memchr(helo.data, '.', helo.length))
        return OV_HELO_UNQUALIFIED;
    for (guint i = 0; i < G_N_ELEMENTS(private_suffixes); i++)
        if (is_below(helo, private_suffixes[i]))
            return OV_HELO_PRIVATE;
    return OV_HELO_QUALIFIED;
}

static OvHeloState helo_state(OvDnsBook *book, OvSlice name, const OvIpAddress *address) {
    /* Both at once: where one is missing, the other tells whether the name has any. */
    const OvDnsAnswer *a = ov_dns_look_up(book, name, OV_DNS_A);
    const OvDnsAnswer *aaaa = ov_dns_look_up(book, name, OV_DNS_AAAA);
    const OvDnsAnswer *own = address->length == 4 ? a : aaaa;
    if (ov_reverse_has_address(own, address))
        return OV_HELO_HAS_ADDRESS;
    if (own->status == OV_DNS_PENDING)
        return OV_HELO_PENDING;
    if (own->status == OV_DNS_FAILED)
        return OV_HELO_UNKNOWN;
    if (own->status == OV_DNS_FOUND)
        return OV_HELO_OTHER_ADDRESS;
    const OvDnsAnswer *other = own == a ? aaaa : a;
    switch (other->status) {
    case OV_DNS_PENDING:
        return OV_HELO_PENDING;
    case OV_DNS_FAILED:
        return OV_HELO_UNKNOWN;
    case OV_DNS_FOUND:
        return OV_HELO_OTHER_ADDRESS;
    case OV_DNS_NO_NAME:
        return own->status == OV_DNS_NO_NAME ? OV_HELO_NO_NAME : OV_HELO_NO_ADDRESS;
    case OV_DNS_NO_DATA:
        break;
    }
    return OV_HELO_NO_ADDRESS;
}

static void find_names(OvArena *arena, OvDnsBook *book, OvEgressCheck *check) {
    const OvDnsAnswer *ptr =
        ov_dns_look_up(book, ov_ip_address_reverse_name(arena, &check->address), OV_DNS_PTR);
    guint n = MIN(ptr->n_records, OV_REVERSE_MAX_NAMES);
    OvSlice *names = OV_ARENA_NEW(arena, OvSlice, n);
    for (guint i = 0; i < n; i++) {
        names[i] = ptr->records[i].data;
        check->helo_is_reverse |= ov_slice_equal(names[i], check->helo);
    }
    check->names = names;
    check->n_names = n;
}

void ov_egress_check(OvArena *arena, OvDnsBook *book, const OvIpAddress *address, OvSlice helo,
                     OvEgressCheck *check) {
    *check = (OvEgressCheck){.address = *address, .helo = helo};
    OvSlice canonical = ov_domain_canonical(arena, without_final_dot(helo), NULL);
    check->helo_form = ov_helo_form(helo.length > 0 ? canonical : helo);
    if (check->helo_form == OV_HELO_QUALIFIED) {
        check->helo = canonical;
        check->helo_state = helo_state(book, canonical, address);
    }
    ov_reverse_find(arena, book, address, &check->reverse);
    if (check->reverse.name.length > 0)
        check->kind = ov_host_name_kind(check->reverse.name, address);
    find_names(arena, book, check);
    check->pending =
        check->reverse.state == OV_REVERSE_PENDING || check->helo_state == OV_HELO_PENDING;
}
