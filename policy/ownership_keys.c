#include "policy/ownership_keys.h"

#include "rules/address.h"

enum {
    MAX_ADDRESS = 1000,
    DOUBTFUL = OV_ADDRESS_NO_AT | OV_ADDRESS_EMPTY_LOCAL | OV_ADDRESS_EMPTY_DOMAIN |
               OV_ADDRESS_BAD_CHARACTER | OV_ADDRESS_BAD_IDN | OV_ADDRESS_SYNTAX,
};

/* Postfix never takes an extension from these. */
static const char *const WHOLE_NAMES[] = {"postmaster", "mailer-daemon", "double-bounce"};

static gboolean is_plain(OvSlice address) {
    if (address.length > MAX_ADDRESS ||
        !g_utf8_validate(address.data, (gssize)address.length, NULL))
        return FALSE;
    for (gsize i = 0; i < address.length; i++)
        if (g_ascii_iscntrl(address.data[i]))
            return FALSE;
    return TRUE;
}

static void add(OvOwnerKeys *keys, const char *key) {
    for (guint i = 0; i < keys->n; i++)
        if (strcmp(keys->keys[i], key) == 0)
            return;
    g_assert(keys->n < G_N_ELEMENTS(keys->keys));
    keys->keys[keys->n++] = key;
}

/* Length of the name before its extension; the whole length where it has none. */
static gsize base_length(OvSlice local, const char *delimiters) {
    for (guint i = 0; i < G_N_ELEMENTS(WHOLE_NAMES); i++)
        if (ov_slice_equal_nocase(local, ov_slice(WHOLE_NAMES[i])))
            return local.length;
    /* owner_request_special: the - of owner-list and list-request is none. */
    static const char owner[] = "owner-", request[] = "-request";
    gboolean special = (local.length > strlen(owner) &&
                        g_ascii_strncasecmp(local.data, owner, strlen(owner)) == 0) ||
                       (local.length > strlen(request) &&
                        g_ascii_strncasecmp(local.data + local.length - strlen(request), request,
                                            strlen(request)) == 0);
    if (strcmp(delimiters, "-") == 0 && special)
        return local.length;
    for (gsize i = 1; i < local.length; i++)
        if (strchr(delimiters, local.data[i]))
            return i;
    return local.length;
}

static gboolean is_local(const OvAddressRules *rules, const char *domain) {
    for (const char *const *name = rules->local_domains; name && *name; name++)
        if (g_ascii_strcasecmp(*name, domain) == 0)
            return TRUE;
    return FALSE;
}

static const char *joined(OvArena *arena, OvSlice local, const char *domain) {
    return ov_arena_printf(arena, "%.*s@%s", (int)local.length, local.data ? local.data : "",
                           domain);
}

gboolean ov_owner_keys(OvArena *arena, OvSlice address, const OvAddressRules *rules,
                       OvOwnerKeys *keys) {
    *keys = (OvOwnerKeys){.n = 0};
    const char *at = address.length > 0 ? memrchr(address.data, '@', address.length) : NULL;
    if (!at || at == address.data || !is_plain(address))
        return FALSE;
    OvMailbox mailbox;
    ov_address_parse(arena, address, &mailbox);
    OvSlice local = {address.data, (gsize)(at - address.data)};
    OvSlice domain = {at + 1, (gsize)(address.data + address.length - at - 1)};
    OvSlice locals[] = {local, local}, domains_read[] = {domain, domain};
    /* Where the parts of an address are in doubt, it is what was written, and nothing else. */
    if (!(mailbox.faults & DOUBTFUL)) {
        locals[0] = mailbox.local;
        domains_read[1] = mailbox.domain;
    }
    const char *domains[G_N_ELEMENTS(domains_read)];
    for (guint d = 0; d < G_N_ELEMENTS(domains); d++)
        domains[d] = ov_arena_strndup(arena, domains_read[d].data, domains_read[d].length);
    if (!*domains[0])
        return FALSE;

    for (guint l = 0; l < G_N_ELEMENTS(locals); l++)
        for (guint d = 0; d < G_N_ELEMENTS(domains); d++)
            add(keys, joined(arena, locals[l], domains[d]));
    keys->n_whole = keys->n;
    OvSlice base = {locals[0].data, base_length(locals[0], rules->delimiters)};
    for (guint d = 0; d < G_N_ELEMENTS(domains); d++)
        add(keys, joined(arena, base, domains[d]));
    if (is_local(rules, domains[1])) {
        add(keys, ov_arena_strndup(arena, locals[0].data, locals[0].length));
        add(keys, ov_arena_strndup(arena, base.data, base.length));
    }
    for (guint d = 0; d < G_N_ELEMENTS(domains); d++)
        add(keys, ov_arena_printf(arena, "@%s", domains[d]));
    return TRUE;
}
