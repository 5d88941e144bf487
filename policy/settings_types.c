#include "policy/settings_types.h"

#include "policy/account.h"
#include "policy/alert/webhook.h"
#include "policy/listen_address.h"
#include "policy/mail_address.h"
#include "policy/ownership_table.h"
#include "rules/auth/domain_name.h"
#include "rules/auth/standing.h"
#include "rules/keyfile.h"
#include "rules/nearest.h"

#include <math.h>
#include <sys/un.h>
#include <unistd.h>

static const double LARGEST_THRESHOLD = 10000;
enum { HOUR = 3600, DAY = 24 * HOUR };
enum { LARGEST_COUNT = 1000000, MAX_MAIL_ADDRESSES = 16 };

static const guint64 LONGEST_TIME = G_GUINT64_CONSTANT(36500) * DAY * 1000; /* milliseconds */
static const guint64 LARGEST_SIZE = G_GUINT64_CONSTANT(1) << 30;

typedef struct {
    const char *name;
    guint64 factor;
} Unit;

static const Unit SIZES[] = {{"", 1}, {"K", 1024}, {"M", 1024 * 1024}, {"G", 1024 * 1024 * 1024}};
/* Milliseconds. */
static const Unit TIMES[] = {{"ms", 1},          {"s", 1000},       {"m", 60 * 1000},
                             {"h", HOUR * 1000}, {"d", DAY * 1000}, {"w", 7 * DAY * 1000}};

typedef struct {
    OvSettings *settings;
    void *field;
    const char *choices;
    const char *value;
    OvArena *arena;
} Reading;

typedef char *(*Reader)(const Reading *reading);

/* A whole number and the name of a unit, 0 without one; at most largest. */
static gboolean parse_amount(const char *value, const Unit *units, guint n_units, guint64 largest,
                             guint64 *amount) {
    char *end;
    if (!g_ascii_isdigit(*value))
        return FALSE;
    guint64 number = g_ascii_strtoull(value, &end, 10);
    while (*end == ' ')
        end++;
    *amount = number;
    if (number == 0 && !*end)
        return TRUE;
    for (guint i = 0; i < n_units; i++)
        if (g_ascii_strcasecmp(end, units[i].name) == 0) {
            *amount = number * units[i].factor;
            return number <= largest / units[i].factor;
        }
    return FALSE;
}

static const char *keep(const Reading *reading, const char *text) {
    return ov_arena_strndup(reading->arena, text, strlen(text));
}

static char *keep_value(const Reading *reading) {
    *(const char **)reading->field = keep(reading, reading->value);
    return NULL;
}

static char *read_node(const Reading *reading) {
    if (*reading->value)
        return keep_value(reading);
    char host[256] = "";
    if (gethostname(host, sizeof host - 1) != 0 || !*host)
        return g_strdup("the host has no name; give one");
    *(const char **)reading->field = keep(reading, host);
    return NULL;
}

static char *read_path(const Reading *reading) {
    if (!g_path_is_absolute(reading->value))
        return g_strdup("a path starts with /");
    return keep_value(reading);
}

static char *read_optional_path(const Reading *reading) {
    return *reading->value ? read_path(reading) : keep_value(reading);
}

static char *read_log_source(const Reading *reading) {
    static const char *const WORDS[] = {"auto", "off", "journal"};
    for (guint i = 0; i < G_N_ELEMENTS(WORDS); i++)
        if (g_ascii_strcasecmp(reading->value, WORDS[i]) == 0) {
            *(const char **)reading->field = WORDS[i];
            return NULL;
        }
    if (!g_path_is_absolute(reading->value))
        return g_strdup("it is auto, off, journal, or the path of a log, which starts with /");
    return keep_value(reading);
}

static char *check_unix_path(const char *path) {
    gsize longest = sizeof((struct sockaddr_un *)NULL)->sun_path - 1;
    if (!g_path_is_absolute(path))
        return g_strdup("the path of a Unix socket starts with /");
    if (strlen(path) > longest)
        return g_strdup_printf("the path of a Unix socket has at most %u octets", (guint)longest);
    return NULL;
}

static char *check_inet(const char *port_and_host) {
    const char *at = strchr(port_and_host, '@');
    guint64 port;
    if (!at || !at[1])
        return g_strdup("the address to listen on is missing: inet:8895@127.0.0.1");
    g_autofree char *digits = g_strndup(port_and_host, (gsize)(at - port_and_host));
    if (!g_ascii_string_to_unsigned(digits, 10, 1, G_MAXUINT16, &port, NULL))
        return g_strdup("a port is a number from 1 to 65535");
    return NULL;
}

static char *read_socket(const Reading *reading) {
    const char *value = reading->value;
    char *trouble;
    if (g_str_has_prefix(value, "unix:"))
        trouble = check_unix_path(value + strlen("unix:"));
    else if (g_str_has_prefix(value, "inet:"))
        trouble = check_inet(value + strlen("inet:"));
    else if (g_str_has_prefix(value, "inet6:"))
        trouble = check_inet(value + strlen("inet6:"));
    else
        trouble = g_strdup("a socket is unix:/PATH, inet:PORT@HOST or inet6:PORT@HOST");
    return trouble ? trouble : keep_value(reading);
}

static char *read_listen(const Reading *reading) {
    g_autofree char *socket = ov_listen_address_socket(reading->value, NULL);
    if (*reading->value && !socket)
        return g_strdup("it is an IP address and a port: 127.0.0.1:9469 or [::1]:9469");
    return keep_value(reading);
}

static char *read_optional_socket(const Reading *reading) {
    return *reading->value ? read_socket(reading) : keep_value(reading);
}

static char *read_size(const Reading *reading) {
    guint64 *size = reading->field;
    if (!parse_amount(reading->value, SIZES, G_N_ELEMENTS(SIZES), LARGEST_SIZE, size) || *size == 0)
        return g_strdup("a size is a number from 1 to 1G, with K, M or G: 10M");
    return NULL;
}

static char *read_age(const Reading *reading) {
    guint64 amount;
    if (!parse_amount(reading->value, TIMES, G_N_ELEMENTS(TIMES), LONGEST_TIME, &amount))
        return g_strdup("a time is a number with ms, s, m, h, d or w: 5s, 90d");
    *(gint64 *)reading->field = (gint64)amount * 1000;
    return NULL;
}

static char *read_duration(const Reading *reading) {
    char *trouble = read_age(reading);
    if (!trouble && *(gint64 *)reading->field == 0)
        trouble = g_strdup("a time of 0 leaves none");
    return trouble;
}

static char *read_threshold(const Reading *reading) {
    double *threshold = reading->field;
    if (g_ascii_strcasecmp(reading->value, "off") == 0) {
        *threshold = G_MAXDOUBLE;
        return NULL;
    }
    char *end;
    gsize plain = strspn(reading->value, "0123456789.");
    *threshold = g_ascii_strtod(reading->value, &end);
    if (plain == 0 || reading->value[plain] || *end || *threshold > LARGEST_THRESHOLD)
        return g_strdup("a threshold is a number from 0 to 10000, or off");
    return NULL;
}

static char *read_truth(const Reading *reading) {
    return ov_key_truth(reading->value, reading->field) ? NULL : g_strdup("it is yes or no");
}

/* which: number of the choice. */
static char *find_choice(const Reading *reading, int *which, const char **word) {
    g_auto(GStrv) words = ov_key_words(reading->choices);
    OvNearest nearest = ov_nearest(reading->value);
    for (int i = 0; words[i]; i++) {
        if (g_ascii_strcasecmp(words[i], reading->value) == 0) {
            *which = i;
            *word = keep(reading, words[i]);
            return NULL;
        }
        ov_nearest_offer(&nearest, words[i]);
    }
    return nearest.best ? g_strdup_printf("it is one of %s; did you mean %s?", reading->choices,
                                          nearest.best)
                        : g_strdup_printf("it is one of %s", reading->choices);
}

static char *read_choice(const Reading *reading) {
    const char *word;
    return find_choice(reading, reading->field, &word);
}

static char *read_word(const Reading *reading) {
    int which;
    return find_choice(reading, &which, reading->field);
}

static const char *const *keep_words(const Reading *reading, char **words) {
    guint n = g_strv_length(words);
    const char **kept = OV_ARENA_NEW(reading->arena, const char *, n + 1);
    for (guint i = 0; i < n; i++)
        kept[i] = keep(reading, words[i]);
    return kept;
}

static char *read_patterns(const Reading *reading) {
    g_auto(GStrv) words = ov_key_words(reading->value);
    *(const char *const **)reading->field = keep_words(reading, words);
    return NULL;
}

static char *read_directories(const Reading *reading) {
    g_auto(GStrv) words = ov_key_words(reading->value);
    if (!words[0])
        return g_strdup("one directory at least must be given");
    for (char **word = words; *word; word++)
        if (!g_path_is_absolute(*word))
            return g_strdup_printf("the path %s does not start with /", *word);
    *(const char *const **)reading->field = keep_words(reading, words);
    return NULL;
}

static gboolean is_server(const char *word) {
    const char *at = strchr(word, '@');
    g_autofree char *address = at ? g_strndup(word, (gsize)(at - word)) : g_strdup(word);
    return g_hostname_is_ip_address(address) &&
           (!at || g_ascii_string_to_unsigned(at + 1, 10, 1, G_MAXUINT16, NULL, NULL));
}

static char *read_servers(const Reading *reading) {
    g_auto(GStrv) words = ov_key_words(reading->value);
    for (char **word = words; *word; word++)
        if (!is_server(*word) && !(g_str_equal(*word, "system") && g_strv_length(words) == 1))
            return g_strdup_printf("%s is no name server; write addresses such as 192.0.2.53 or "
                                   "192.0.2.53@5353, or the word system alone",
                                   *word);
    *(const char *const **)reading->field = keep_words(reading, words);
    return NULL;
}

static char *read_networks(const Reading *reading) {
    g_auto(GStrv) words = ov_key_words(reading->value);
    guint n = g_strv_length(words);
    OvNetwork *networks = OV_ARENA_NEW(reading->arena, OvNetwork, n);
    for (guint i = 0; i < n; i++)
        if (!ov_network_parse(words[i], &networks[i]))
            return g_strdup_printf("%s is no network; write an address, or a network's first "
                                   "address and prefix: 192.0.2.0/24",
                                   words[i]);
    reading->settings->exempt_clients = keep_words(reading, words);
    reading->settings->exempt_networks = networks;
    reading->settings->n_exempt_networks = n;
    return NULL;
}

static char *read_addresses(const Reading *reading) {
    g_auto(GStrv) words = ov_key_words(reading->value);
    guint n = g_strv_length(words);
    if (n > OV_EGRESS_MAX_ADDRESSES)
        return g_strdup_printf("%d addresses at most", OV_EGRESS_MAX_ADDRESSES);
    for (guint i = 0; i < n; i++) {
        OvIpAddress address;
        if (!ov_ip_address_parse(ov_slice(words[i]), &address))
            return g_strdup_printf("%s is no IP address; write 192.0.2.1 or 2001:db8::1", words[i]);
    }
    *(const char *const **)reading->field = keep_words(reading, words);
    return NULL;
}

static char *read_zones(const Reading *reading) {
    g_auto(GStrv) words = ov_key_words(reading->value);
    if (g_strv_length(words) > OV_STANDING_MAX_LISTS)
        return g_strdup_printf("%d lists at most", OV_STANDING_MAX_LISTS);
    for (char **word = words; *word; word++)
        if (!ov_domain_name_is(ov_slice(*word)))
            return g_strdup_printf("%s is no zone of a list; write its name without a final dot: "
                                   "list.example.com",
                                   *word);
    *(const char *const **)reading->field = keep_words(reading, words);
    return NULL;
}

static char *map_fault(const char *word) {
    static const char text[] = "text:";
    if (!g_str_has_prefix(word, text))
        return ov_owner_table_fault(word);
    return g_path_is_absolute(word + strlen(text))
               ? NULL
               : g_strdup_printf("%s: the path of a file starts with /", word);
}

/* The word postfix stands for maps that Postfix's settings name. */
static char *read_tables(const Reading *reading, gboolean of_postfix) {
    g_auto(GStrv) words = ov_owner_table_names(reading->value);
    if (!words)
        return g_strdup("a brace is not closed");
    for (char **word = words; *word; word++) {
        char *fault = of_postfix && g_str_equal(*word, "postfix") ? NULL : map_fault(*word);
        if (fault)
            return fault;
    }
    *(const char *const **)reading->field = keep_words(reading, words);
    return NULL;
}

static char *read_maps(const Reading *reading) {
    return read_tables(reading, TRUE);
}

static char *read_plan_maps(const Reading *reading) {
    return read_tables(reading, FALSE);
}

static char *read_count(const Reading *reading) {
    guint64 count;
    if (!g_ascii_string_to_unsigned(reading->value, 10, 1, LARGEST_COUNT, &count, NULL))
        return g_strdup_printf("it is a number from 1 to %u", LARGEST_COUNT);
    *(guint *)reading->field = (guint)count;
    return NULL;
}

static char *mail_address_fault(const char *address) {
    return ov_mail_address_is_plain(address)
               ? NULL
               : g_strdup_printf("%s is no plain mail address: postmaster@example.com", address);
}

static char *read_mail_address(const Reading *reading) {
    char *fault = *reading->value ? mail_address_fault(reading->value) : NULL;
    return fault ? fault : keep_value(reading);
}

static char *read_mail_addresses(const Reading *reading) {
    g_auto(GStrv) words = ov_key_words(reading->value);
    if (g_strv_length(words) > MAX_MAIL_ADDRESSES)
        return g_strdup_printf("%d addresses at most", MAX_MAIL_ADDRESSES);
    for (char **word = words; *word; word++) {
        char *fault = mail_address_fault(*word);
        if (fault)
            return fault;
    }
    *(const char *const **)reading->field = keep_words(reading, words);
    return NULL;
}

static char *read_webhook(const Reading *reading) {
    const char *why;
    if (*reading->value && !ov_webhook_url_is(reading->value, &why))
        return g_strdup(why);
    return keep_value(reading);
}

/* Words as a shell would take them, but nothing in them is expanded. */
static char *read_command(const Reading *reading) {
    g_auto(GStrv) words = NULL;
    g_autoptr(GError) error = NULL;
    if (!*reading->value)
        words = g_new0(char *, 1);
    else if (!g_shell_parse_argv(reading->value, NULL, &words, &error))
        return g_strdup_printf("it can't be cut into words: %s", error->message);
    if (words[0] && !g_path_is_absolute(words[0]))
        return g_strdup("a program is given by its whole path, which starts with /");
    *(const char *const **)reading->field = keep_words(reading, words);
    return NULL;
}

static char *read_sources(const Reading *reading) {
    g_auto(GStrv) words = ov_key_words(reading->value);
    OvSettings *settings = reading->settings;
    settings->n_account_order = 0;
    for (char **word = words; *word; word++) {
        OvAccountSource source;
        if (!ov_account_source_from_name(*word, &source) || source == OV_ACCOUNT_NONE)
            return g_strdup_printf("%s is none of login, script, sender, client", *word);
        for (guint i = 0; i < settings->n_account_order; i++)
            if (settings->account_order[i] == source)
                return g_strdup_printf("%s stands twice", *word);
        settings->account_order[settings->n_account_order++] = source;
    }
    return settings->n_account_order > 0 ? NULL : g_strdup("one source at least must be given");
}

static char *read_store(const Reading *reading) {
    OvRedisPlace *place = reading->field;
    if (g_ascii_strcasecmp(reading->value, "local") != 0)
        return ov_redis_place_read(place, reading->value, reading->arena);
    place->host = place->path = NULL;
    return NULL;
}

const char ov_setting_type_names[OV_N_SETTING_TYPES][16] = {
    [OV_SETTING_TEXT] = "text",
    [OV_SETTING_NODE] = "text",
    [OV_SETTING_SOCKET] = "socket",
    [OV_SETTING_OPTIONAL_SOCKET] = "socket",
    [OV_SETTING_PATH] = "path",
    [OV_SETTING_OPTIONAL_PATH] = "path or nothing",
    [OV_SETTING_SIZE] = "size",
    [OV_SETTING_DURATION] = "time",
    [OV_SETTING_AGE] = "time or 0",
    [OV_SETTING_THRESHOLD] = "number or off",
    [OV_SETTING_TRUTH] = "yes or no",
    [OV_SETTING_CHOICE] = "one of",
    [OV_SETTING_WORD] = "one of",
    [OV_SETTING_PATTERNS] = "patterns",
    [OV_SETTING_DIRECTORIES] = "paths",
    [OV_SETTING_NETWORKS] = "networks",
    [OV_SETTING_SERVERS] = "name servers",
    [OV_SETTING_ADDRESSES] = "addresses",
    [OV_SETTING_ZONES] = "zones",
    [OV_SETTING_MAPS] = "maps",
    [OV_SETTING_PLAN_MAPS] = "maps",
    [OV_SETTING_SOURCES] = "words",
    [OV_SETTING_LOG_SOURCE] = "log",
    [OV_SETTING_COUNT] = "number",
    [OV_SETTING_MAIL_ADDRESS] = "mail address",
    [OV_SETTING_MAIL_ADDRESSES] = "mail addresses",
    [OV_SETTING_WEBHOOK] = "URL",
    [OV_SETTING_COMMAND] = "command",
    [OV_SETTING_LISTEN] = "address:port",
    [OV_SETTING_STORE] = "local or Redis",
};

static const Reader READERS[OV_N_SETTING_TYPES] = {
    [OV_SETTING_TEXT] = keep_value,
    [OV_SETTING_NODE] = read_node,
    [OV_SETTING_SOCKET] = read_socket,
    [OV_SETTING_OPTIONAL_SOCKET] = read_optional_socket,
    [OV_SETTING_PATH] = read_path,
    [OV_SETTING_OPTIONAL_PATH] = read_optional_path,
    [OV_SETTING_SIZE] = read_size,
    [OV_SETTING_DURATION] = read_duration,
    [OV_SETTING_AGE] = read_age,
    [OV_SETTING_THRESHOLD] = read_threshold,
    [OV_SETTING_TRUTH] = read_truth,
    [OV_SETTING_CHOICE] = read_choice,
    [OV_SETTING_WORD] = read_word,
    [OV_SETTING_PATTERNS] = read_patterns,
    [OV_SETTING_DIRECTORIES] = read_directories,
    [OV_SETTING_NETWORKS] = read_networks,
    [OV_SETTING_SERVERS] = read_servers,
    [OV_SETTING_ADDRESSES] = read_addresses,
    [OV_SETTING_ZONES] = read_zones,
    [OV_SETTING_MAPS] = read_maps,
    [OV_SETTING_PLAN_MAPS] = read_plan_maps,
    [OV_SETTING_SOURCES] = read_sources,
    [OV_SETTING_LOG_SOURCE] = read_log_source,
    [OV_SETTING_COUNT] = read_count,
    [OV_SETTING_MAIL_ADDRESS] = read_mail_address,
    [OV_SETTING_MAIL_ADDRESSES] = read_mail_addresses,
    [OV_SETTING_WEBHOOK] = read_webhook,
    [OV_SETTING_COMMAND] = read_command,
    [OV_SETTING_LISTEN] = read_listen,
    [OV_SETTING_STORE] = read_store,
};

char *ov_setting_read(OvSettings *settings, void *field, OvSettingType type, const char *choices,
                      const char *value, OvArena *arena) {
    Reading reading = {settings, field, choices, value, arena};
    return READERS[type](&reading);
}
