#include "policy/review/detect_way.h"

#include "rules/keyfile.h"

/* Where a name of main.cf is set for the service: "smtp_helo_name of main.cf".
 */
static const char *source_of(const OvDetectInput *input, const OvPostfixService *service,
                             const char *name, OvArena *arena) {
    if (ov_postfix_config_is_own(input->postfix, service, name))
        return ov_arena_printf(arena, "-o %s of the service %s in master.cf", name, service->name);
    return ov_arena_printf(arena, "%s of main.cf", name);
}

/* What was found of one address family, and of both. */
typedef struct {
    GString *addresses, *sources;
    gboolean is_private;
    guint n;
    OvWay *way; /* takes the notes */
} Found;

static void note(Found *found, const char *sentence) {
    if (found->way->n_notes < OV_WAY_MAX_NOTES)
        found->way->notes[found->way->n_notes++] = sentence;
}

static void add(Found *found, const OvIpAddress *address, const char *source, OvArena *arena) {
    if (found->n >= OV_EGRESS_MAX_ADDRESSES)
        return;
    g_string_append_printf(found->addresses, "%s%s", found->n ? " " : "",
                           ov_ip_address_text(arena, address));
    found->n++;
    found->is_private |= ov_address_scope(address) == OV_SCOPE_PRIVATE;
    if (!strstr(found->sources->str, source))
        g_string_append_printf(found->sources, "%s%s", found->sources->len ? "; " : "", source);
}

static gboolean is_of_host(const OvDetectInput *input, const OvIpAddress *address) {
    for (guint i = 0; i < input->n_addresses; i++)
        if (ov_ip_address_in(address, &input->addresses[i].address, address->length * 8U))
            return TRUE;
    return FALSE;
}

/* postconf(5) smtp_bind_address: 0.0.0.0 and :: bind to nothing. */
static gboolean add_bound(Found *found, const OvDetectInput *input, const OvPostfixService *service,
                          const char *name, guint length, OvArena *arena) {
    static const guint8 any[16] = {0};
    OvIpAddress address;
    const char *value = ov_postfix_config_value(input->postfix, service, name);
    if (!ov_ip_address_parse(ov_slice(value), &address) || address.length != length)
        return FALSE;
    if (memcmp(address.octets, any, length) == 0)
        return FALSE;
    const char *source = source_of(input, service, name, arena);
    add(found, &address, source, arena);
    if (!is_of_host(input, &address))
        note(found, ov_arena_printf(arena,
                                    "%s is %s, which is no address of this machine now: Postfix "
                                    "can't send from it, and sends from another one (or none, with "
                                    "smtp_bind_address_enforce).",
                                    source, value));
    return TRUE;
}

/* postconf(5) smtp_bind_address: where inet_interfaces has one address of the
 * family, and that no loopback address, it is bound to. */
static gboolean add_listening(Found *found, const OvDetectInput *input,
                              const OvPostfixService *service, guint length, OvArena *arena) {
    g_auto(GStrv) words =
        ov_key_words(ov_postfix_config_value(input->postfix, service, "inet_interfaces"));
    OvIpAddress only = {.length = 0};
    guint n = 0;
    for (char **word = words; *word; word++) {
        OvIpAddress address;
        g_autofree char *bare = g_strdelimit(g_strdup(*word), "[]", ' ');
        if (!ov_ip_address_parse(ov_slice(g_strstrip(bare)), &address))
            return FALSE; /* all, or a name: nobody knows how many it has */
        if (address.length == length) {
            only = address;
            n++;
        }
    }
    if (n != 1 || ov_address_scope(&only) == OV_SCOPE_NONE)
        return FALSE;
    const char *source = source_of(input, service, "inet_interfaces", arena);
    add(found, &only, ov_arena_printf(arena, "the one address in %s", source), arena);
    return TRUE;
}

/* The kernel chooses where Postfix does not. */
static void add_of_host(Found *found, const OvDetectInput *input, guint length, OvArena *arena) {
    gboolean has_preferred = FALSE;
    for (guint i = 0; i < input->n_addresses; i++)
        has_preferred |=
            input->addresses[i].address.length == length && input->addresses[i].preferred;
    for (guint i = 0; i < input->n_addresses; i++) {
        const OvHostAddress *host = &input->addresses[i];
        if (host->address.length != length || host->preferred != has_preferred)
            continue;
        /* Private IPv6 leads nowhere, private IPv4 to a translation of addresses.
         */
        if (length == 16 && ov_address_scope(&host->address) == OV_SCOPE_PRIVATE)
            continue;
        if (host->temporary)
            note(found,
                 ov_arena_printf(arena,
                                 "%s (interface %s), from which the kernel sends, is a temporary "
                                 "address (RFC 8981) that changes: set smtp_bind_address6 to a "
                                 "lasting one, and name that in SPF and reverse DNS.",
                                 ov_ip_address_text(arena, &host->address), host->interface));
        else
            add(found, &host->address,
                ov_arena_printf(arena, "interface %s%s", host->interface,
                                has_preferred ? ", which the kernel takes to the Internet" : ""),
                arena);
    }
}

static gboolean has_protocol(const OvDetectInput *input, const OvPostfixService *service,
                             const char *protocol) {
    g_auto(GStrv) words =
        ov_key_words(ov_postfix_config_value(input->postfix, service, "inet_protocols"));
    return !words[0] || g_strv_contains((const char *const *)words, "all") ||
           g_strv_contains((const char *const *)words, protocol);
}

static void find_family(Found *found, const OvDetectInput *input, const OvPostfixService *service,
                        guint length, OvArena *arena) {
    gboolean v6 = length == 16;
    guint before = found->n;
    if (!has_protocol(input, service, v6 ? "ipv6" : "ipv4") ||
        add_bound(found, input, service, v6 ? "smtp_bind_address6" : "smtp_bind_address", length,
                  arena) ||
        add_listening(found, input, service, length, arena))
        return;
    add_of_host(found, input, length, arena);
    if (v6 && found->n > before)
        note(found, "smtp_bind_address6 is not set: the kernel chooses the IPv6 address, and may "
                    "choose another one tomorrow.");
}

static OvDetectedSetting addresses_of(const OvDetectInput *input, OvWay *way, OvArena *arena) {
    g_autoptr(GString) addresses = g_string_new(NULL), sources = g_string_new(NULL);
    Found found = {addresses, sources, FALSE, 0, way};
    find_family(&found, input, way->service, 4, arena);
    find_family(&found, input, way->service, 16, arena);
    const char *source = found.n == 0 ? "no address of this machine leads to the Internet; write "
                                        "the address that "
                                        "receivers see"
                         : found.is_private
                             ? ov_arena_printf(arena,
                                               "%s; of a private network: receivers see another "
                                               "in its place, by "
                                               "address translation (NAT), which must stand here",
                                               sources->str)
                             : ov_arena_printf(arena, "%s", sources->str);
    return (OvDetectedSetting){
        .name = "addresses",
        .value = ov_arena_strndup(arena, addresses->str, addresses->len),
        .certainty = found.n == 0 || found.is_private ? OV_CERTAINTY_UNKNOWN : OV_CERTAINTY_KNOWN,
        .source = source,
    };
}

/* A name of a host, or an address in brackets: what can stand in a line of settings. */
static gboolean is_helo(const char *name) {
    gsize n = 0;
    while (g_ascii_isgraph(name[n]) && name[n] != ',')
        n++;
    return n > 0 && !name[n];
}

static OvDetectedSetting helo_of(const OvDetectInput *input, const OvPostfixService *service,
                                 OvArena *arena) {
    const char *name = ov_postfix_config_value(input->postfix, service, "smtp_helo_name");
    return (OvDetectedSetting){
        .name = "helo",
        .value = ov_arena_strndup(arena, name, strlen(name)),
        .certainty = is_helo(name) ? OV_CERTAINTY_KNOWN : OV_CERTAINTY_UNKNOWN,
        .source = source_of(input, service, "smtp_helo_name", arena),
    };
}

/* postconf(5): where smtp_tls_security_level is empty, two older settings count. */
static OvDetectedSetting tls_of(const OvDetectInput *input, const OvPostfixService *service,
                                OvArena *arena) {
    static const char *const names[] = {"smtp_tls_security_level", "smtp_enforce_tls",
                                        "smtp_use_tls"};
    OvDetectedSetting setting = {.name = "tls", .value = "no"};
    const char *level = "", *name = names[0];
    for (guint i = 0; i < G_N_ELEMENTS(names) && !*level; i++) {
        level = ov_postfix_config_value(input->postfix, service, names[i]);
        if (i > 0 && !g_str_equal(level, "yes"))
            level = "";
        if (*level)
            name = names[i];
    }
    gboolean on = *level && !g_str_equal(level, "none");
    const char *source = source_of(input, service, name, arena);
    if (on)
        setting.value = "yes";
    setting.source = on ? ov_arena_printf(arena, "%s is %s", source, level)
                        : ov_arena_printf(arena, "%s is %s; Gmail asks for TLS: set it to may",
                                          source, *level ? level : "empty");
    return setting;
}

/* Behind a relay its address and name are what receivers see. */
static void hide_behind_relay(OvWay *way, OvArena *arena) {
    way->addresses = way->helo = (OvDetectedSetting){.value = "", .certainty = OV_CERTAINTY_OPEN};
    way->addresses.name = "addresses";
    way->helo.name = "helo";
    way->addresses.source = ov_arena_printf(
        arena, "leaves by the relay %s, whose address to the outside is not known here",
        way->relay);
    way->helo.source = "the relay's name is not known here";
    way->tls = (OvDetectedSetting){"tls", "unknown", OV_CERTAINTY_OPEN,
                                   "how the relay delivers is not known here", NULL};
}

OvWay *ov_way_of_service(const OvDetectInput *input, const char *name, const char *relay,
                         OvArena *arena) {
    OvWay *way = OV_ARENA_NEW(arena, OvWay, 1);
    way->service = ov_postfix_config_find(input->postfix, "unix", name);
    if (relay && *relay) {
        way->relay = ov_arena_strndup(arena, relay, strlen(relay));
        hide_behind_relay(way, arena);
        return way;
    }
    way->addresses = addresses_of(input, way, arena);
    way->helo = helo_of(input, way->service, arena);
    way->tls = tls_of(input, way->service, arena);
    return way;
}

gboolean ov_way_equal(const OvWay *one, const OvWay *other) {
    if (one->relay || other->relay)
        return g_strcmp0(one->relay, other->relay) == 0;
    return g_str_equal(one->addresses.value, other->addresses.value) &&
           g_str_equal(one->tls.value, other->tls.value) &&
           g_ascii_strcasecmp(one->helo.value, other->helo.value) == 0;
}

gboolean ov_way_leaves(const OvWay *way) {
    return way->service && g_str_equal(way->service->program, "smtp");
}
