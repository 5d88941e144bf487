#include "policy/review/detect_routes.h"

#include "rules/keyfile.h"

/* Keys that are looked up first come first. */
enum {
    WHOLE_ADDRESS = 1000,
    WHOLE_DOMAIN = 999,
    ANY = 0 /* of .domain: its labels */
};

/* Mail of one key of a table. */
typedef struct {
    const char *pattern; /* as [egress NAME] has it */
    const char *key, *table;
    guint rank;
    const OvWay *way;
} Route;

typedef struct {
    const OvDetectInput *input;
    const OvWay *common;
    OvArena *arena;
    GPtrArray *notes;
    GHashTable *ways; /* "service relay" -> OvWay */
} Finder;

static const char *value_of(const OvDetectInput *input, const char *name) {
    return ov_postfix_config_value(input->postfix, NULL, name);
}

/* "transport:nexthop"; either may be missing. */
static const char *split_transport(OvArena *arena, const char *value, const char **nexthop) {
    const char *colon = strchr(value, ':');
    *nexthop = colon ? colon + 1 : "";
    return ov_arena_strndup(arena, value, colon ? (gsize)(colon - value) : strlen(value));
}

static void note(Finder *finder, const char *sentence) {
    for (guint i = 0; i < finder->notes->len; i++)
        if (g_str_equal(g_ptr_array_index(finder->notes, i), sentence))
            return;
    g_ptr_array_add(finder->notes, (gpointer)sentence);
}

/* Each way once: a table may have thousands of keys. */
static const OvWay *way_of(Finder *finder, const char *service, const char *relay) {
    g_autofree char *key = g_strdup_printf("%s %s", service, relay);
    OvWay *way = g_hash_table_lookup(finder->ways, key);
    if (!way) {
        way = ov_way_of_service(finder->input, service, relay, finder->arena);
        g_hash_table_insert(finder->ways, g_steal_pointer(&key), way);
        for (guint i = 0; i < way->n_notes; i++)
            note(finder, way->notes[i]);
    }
    return way;
}

OvWay *ov_route_default(const OvDetectInput *input, OvArena *arena) {
    const char *nexthop;
    const char *service = split_transport(arena, value_of(input, "default_transport"), &nexthop);
    return ov_way_of_service(input, service, *nexthop ? nexthop : value_of(input, "relayhost"),
                             arena);
}

static const OvPostfixEntry *find_sender(const OvPostfixTable *table, const char *key) {
    const OvPostfixEntry *entry = ov_postfix_table_find(table, key);
    const char *at = strrchr(key, '@');
    return entry || !at ? entry : ov_postfix_table_find(table, at);
}

/* postconf(5) default_transport: the next hop is taken from the sender's
 * transport, else default_transport, sender_dependent_relayhost_maps,
 * relayhost, the recipient's domain. DUNNO in either table leaves it to the
 * next. key "": what no table has. */
static const OvWay *sender_way(Finder *finder, const char *key) {
    const OvDetectInput *input = finder->input;
    const OvPostfixEntry *transport = find_sender(input->sender_transports, key);
    const OvPostfixEntry *relay = find_sender(input->sender_relays, key);
    const char *value = transport && g_ascii_strcasecmp(transport->value, "DUNNO") != 0
                            ? transport->value
                            : value_of(input, "default_transport");
    const char *nexthop;
    const char *service = split_transport(finder->arena, value, &nexthop);
    if (!*nexthop && relay && g_ascii_strcasecmp(relay->value, "DUNNO") != 0)
        nexthop = relay->value;
    return way_of(finder, service, *nexthop ? nexthop : value_of(input, "relayhost"));
}

/* The next hop is the recipients' own domain, written out. */
static gboolean is_own_domain(const char *key, const char *nexthop) {
    const char *at = strrchr(key, '@');
    const char *domain = at ? at + 1 : key + (key[0] == '.');
    return g_ascii_strcasecmp(domain, nexthop) == 0;
}

/* transport(5): without transport the default one, with neither as if there
 * were no entry. */
static const OvWay *recipient_way(Finder *finder, const OvPostfixEntry *entry) {
    const char *nexthop, *unused;
    const char *service = split_transport(finder->arena, entry->value, &nexthop);
    if (!*service && !*nexthop)
        return finder->common;
    if (!*service)
        service =
            split_transport(finder->arena, value_of(finder->input, "default_transport"), &unused);
    return way_of(finder, service, is_own_domain(entry->key, nexthop) ? "" : nexthop);
}

/* Patterns of [egress NAME] are parted by white space and commas, know * and ?, and a line that
 * starts with # is none. */
static gboolean is_plain(const char *key) {
    if (!*key || *key == '#' || !g_utf8_validate(key, -1, NULL))
        return FALSE;
    for (; *key; key = g_utf8_next_char(key))
        if (strchr(" ,*?", *key) || !g_unichar_isgraph(g_utf8_get_char(key)))
            return FALSE;
    return TRUE;
}

static gboolean in_list(const char *list, const char *word) {
    g_auto(GStrv) words = ov_key_words(list);
    return g_strv_contains((const char *const *)words, word);
}

static guint n_labels(const char *domain) {
    guint n = 1;
    for (; *domain; domain++)
        n += *domain == '.';
    return MIN(n, WHOLE_DOMAIN - 1);
}

/* user@domain, @domain or the null sender. */
static gboolean read_sender_key(const char *key, Route *route) {
    gboolean is_domain = key[0] == '@';
    route->pattern = is_domain ? key + 1 : key;
    route->rank = is_domain ? WHOLE_DOMAIN : WHOLE_ADDRESS;
    return strchr(key, '@') || g_str_equal(key, "<>");
}

/* user@domain, domain, .domain or *. */
static void read_recipient_key(Finder *finder, const char *key, Route *route) {
    route->pattern = key;
    if (g_str_equal(key, "*")) {
        route->rank = ANY;
    } else if (key[0] == '.') {
        route->pattern = ov_arena_printf(finder->arena, "*%s", key);
        route->rank = n_labels(key);
    } else if (strchr(key, '@')) {
        route->rank = WHOLE_ADDRESS;
    } else {
        route->rank = WHOLE_DOMAIN;
        if (in_list(value_of(finder->input, "parent_domain_matches_subdomains"), "transport_maps"))
            route->pattern = ov_arena_printf(finder->arena, "%s *.%s", key, key);
    }
}

/* What is delivered here never leaves; of other programs nobody knows how they
 * send it on. */
static gboolean leaves(Finder *finder, const Route *route) {
    static const char *const inside[] = {"local", "virtual", "lmtp", "discard", "error", NULL};
    const OvPostfixService *service = route->way->service;
    if (ov_way_leaves(route->way))
        return TRUE;
    if (!service || !g_strv_contains(inside, service->program))
        note(finder, ov_arena_printf(finder->arena,
                                     "%s gives the mail of %s to %s: how it leaves is not known.",
                                     route->table, route->key,
                                     service ? service->program : "a service that is not there"));
    return FALSE;
}

static void add_route(Finder *finder, GArray *routes, const Route *route) {
    if (!leaves(finder, route))
        return;
    if ((is_plain(route->key) && *route->pattern) || g_str_equal(route->key, "*"))
        g_array_append_vals(routes, route, 1);
    else
        note(finder, ov_arena_printf(finder->arena, "%s: the key %s can't be written as a pattern.",
                                     route->table, route->key));
}

/* A key of both tables comes once: its way follows from both. */
static void add_senders(Finder *finder, const OvPostfixTable *table, GHashTable *seen,
                        GArray *routes) {
    for (guint i = 0; i < table->entries->len; i++) {
        const OvPostfixEntry *entry = g_ptr_array_index(table->entries, i);
        Route route = {.key = entry->key, .table = entry->table};
        if (!g_hash_table_add(seen, entry->key) || !read_sender_key(entry->key, &route))
            continue;
        route.way = sender_way(finder, entry->key);
        const char *at = strrchr(entry->key, '@');
        gboolean has_domain = route.rank == WHOLE_ADDRESS && at;
        if (!ov_way_equal(route.way, has_domain ? sender_way(finder, at) : finder->common))
            add_route(finder, routes, &route);
    }
}

/* beside: sections by sender follow, which are not to take what a table sends
 * the common way. */
static void add_recipients(Finder *finder, gboolean beside, GArray *routes) {
    const OvPostfixTable *table = finder->input->transports;
    for (guint i = 0; i < table->entries->len; i++) {
        const OvPostfixEntry *entry = g_ptr_array_index(table->entries, i);
        Route route = {.key = entry->key, .table = entry->table};
        read_recipient_key(finder, entry->key, &route);
        route.way = recipient_way(finder, entry);
        if (!beside || route.way != finder->common)
            add_route(finder, routes, &route);
    }
}

/* Those looked up first come first; the others stay in order. */
static gint by_rank(gconstpointer a, gconstpointer b) {
    const Route *one = a, *other = b;
    return one->rank > other->rank ? -1 : one->rank < other->rank;
}

static gboolean go_together(const Route *one, const Route *other) {
    return one->rank == other->rank &&
           ((one->way->relay && other->way->relay) || ov_way_equal(one->way, other->way));
}

/* "newsletters", "newsletters-2": no two sections have one name. */
static const char *section_name(OvArena *arena, const GPtrArray *sections, const OvWay *way) {
    char *base = ov_arena_printf(arena, "%s", way->relay ? "relay" : way->service->name);
    g_strcanon(base, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._-", '-');
    const char *name = ov_arena_printf(arena, "egress %s", base);
    for (guint i = 0, n = 1; i < sections->len; i++) {
        const OvDetectedSection *section = g_ptr_array_index(sections, i);
        if (!g_str_equal(section->name, name))
            continue;
        name = ov_arena_printf(arena, "egress %s-%u", base, ++n);
        i = 0;
    }
    return name;
}

static void add_setting(OvDetectedSection *section, const OvDetectedSetting *setting,
                        const OvDetectedSetting *common) {
    if (g_strcmp0(setting->value, common->value) != 0 || setting->certainty != common->certainty)
        section->settings[section->n_settings++] = *setting;
}

/* kind: "senders" or "recipients". The section of first and of all that go with
 * it, which get no way, so that they come no more. */
static OvDetectedSection *section_of(Finder *finder, GArray *routes, guint first, const char *kind,
                                     const GPtrArray *sections) {
    const Route one = g_array_index(routes, Route, first);
    g_autoptr(GString) patterns = g_string_new(NULL), tables = g_string_new(NULL);
    for (guint i = first; i < routes->len; i++) {
        Route *route = &g_array_index(routes, Route, i);
        if (!route->way || !go_together(&one, route))
            continue;
        g_string_append_printf(patterns, "%s%s", patterns->len ? " " : "", route->pattern);
        if (!strstr(tables->str, route->table))
            g_string_append_printf(tables, "%s%s", tables->len ? ", " : "", route->table);
        route->way = NULL;
    }
    OvDetectedSection *section = OV_ARENA_NEW(finder->arena, OvDetectedSection, 1);
    section->name = section_name(finder->arena, sections, one.way);
    section->settings[section->n_settings++] = (OvDetectedSetting){
        .name = kind,
        .value = ov_arena_strndup(finder->arena, patterns->str, patterns->len),
        .source = ov_arena_strndup(finder->arena, tables->str, tables->len),
    };
    add_setting(section, &one.way->addresses, &finder->common->addresses);
    add_setting(section, &one.way->helo, &finder->common->helo);
    add_setting(section, &one.way->tls, &finder->common->tls);
    return section;
}

static void add_sections(Finder *finder, GArray *routes, const char *kind, GPtrArray *sections) {
    for (guint i = 0; i < routes->len; i++)
        if (g_array_index(routes, Route, i).way)
            g_ptr_array_add(sections, section_of(finder, routes, i, kind, sections));
}

/* What goes the common way and has nothing behind it needs no section. */
static void drop_common_end(GArray *routes, const OvWay *common) {
    while (routes->len > 0 &&
           ov_way_equal(g_array_index(routes, Route, routes->len - 1).way, common))
        g_array_set_size(routes, routes->len - 1);
}

static void note_table(Finder *finder, const OvPostfixTable *table, const char *name) {
    for (guint i = 0; i < table->troubles->len; i++)
        note(finder, ov_arena_printf(finder->arena,
                                     "%s: %s; which mail it sends another way, the "
                                     "administrator must say.",
                                     name, (const char *)g_ptr_array_index(table->troubles, i)));
    if (table->truncated)
        note(finder, ov_arena_printf(finder->arena,
                                     "%s has more than %d entries; the others are "
                                     "left out.",
                                     name, OV_POSTFIX_MAX_ENTRIES));
}

void ov_routes_find(const OvDetectInput *input, const OvWay *common, OvArena *arena,
                    GPtrArray *sections, GPtrArray *notes) {
    g_autoptr(GHashTable) ways = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GArray) senders = g_array_new(FALSE, TRUE, sizeof(Route));
    g_autoptr(GArray) recipients = g_array_new(FALSE, TRUE, sizeof(Route));
    Finder finder = {input, common, arena, notes, ways};
    add_senders(&finder, input->sender_transports, seen, senders);
    add_senders(&finder, input->sender_relays, seen, senders);
    add_recipients(&finder, senders->len > 0, recipients);
    g_array_sort(senders, by_rank);
    g_array_sort(recipients, by_rank);
    if (senders->len == 0)
        drop_common_end(recipients, common);
    add_sections(&finder, recipients, "recipients", sections);
    add_sections(&finder, senders, "senders", sections);
    note_table(&finder, input->transports, "transport_maps");
    note_table(&finder, input->sender_transports, "sender_dependent_default_transport_maps");
    note_table(&finder, input->sender_relays, "sender_dependent_relayhost_maps");
}
