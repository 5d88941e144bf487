#include "policy/review/detect_web.h"

#include "rules/keyfile.h"

static const guint PORTS[] = {80, 443};

typedef struct {
    OvIpAddress address; /* all zero: at every address */
    guint port;
} Listener;

static void unmap(OvIpAddress *address) {
    static const guint8 mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    if (address->length != 16 || memcmp(address->octets, mapped, sizeof mapped) != 0)
        return;
    memmove(address->octets, address->octets + sizeof mapped, 4);
    address->length = 4;
}

/* proc_net(5): each 32 bits as a number of this machine's byte order. */
static gboolean read_address(const char *hex, gsize digits, OvIpAddress *address) {
    enum { DIGITS = 8 /* of 32 bits */, HEX = 16 };
    if (digits != 1 * DIGITS && digits != 4 * DIGITS)
        return FALSE;
    *address = (OvIpAddress){.length = (guint8)(digits / 2)};
    for (gsize at = 0; at < digits; at += DIGITS) {
        g_autofree char *word = g_strndup(hex + at, DIGITS);
        guint32 number = (guint32)g_ascii_strtoull(word, NULL, HEX);
        memcpy(address->octets + at / 2, &number, sizeof number);
    }
    unmap(address);
    return TRUE;
}

/* "0: 0100007F:0050 00000000:0000 0A ...": what listens has the state 0A. */
static void read_listeners(const char *text, GArray *listeners) {
    enum { ADDRESS = 1, STATE = 3, HEX = 16 };
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
    for (char **line = lines; *line; line++) {
        g_auto(GStrv) words = ov_key_words(*line);
        const char *colon = g_strv_length(words) > STATE ? strchr(words[ADDRESS], ':') : NULL;
        Listener listener;
        if (!colon || !g_str_equal(words[STATE], "0A") ||
            !read_address(words[ADDRESS], (gsize)(colon - words[ADDRESS]), &listener.address))
            continue;
        listener.port = (guint)g_ascii_strtoull(colon + 1, NULL, HEX);
        g_array_append_val(listeners, listener);
    }
}

/* Who listens at :: gets what comes by IPv4, too, unless he asked not to, which can't be seen. */
static gboolean listens_at(const Listener *listener, const OvIpAddress *address) {
    static const guint8 any[16] = {0};
    const OvIpAddress *own = &listener->address;
    if (memcmp(own->octets, any, own->length) == 0)
        return own->length >= address->length;
    return own->length == address->length && memcmp(own->octets, address->octets, own->length) == 0;
}

static gboolean is_served(const GArray *listeners, const OvIpAddress *address, guint port) {
    for (guint i = 0; i < listeners->len; i++) {
        const Listener *listener = &g_array_index(listeners, Listener, i);
        if (listener->port == port && listens_at(listener, address))
            return TRUE;
    }
    return FALSE;
}

/* "192.0.2.7 (port 80, 443)". */
static void append_served(GString *out, const GArray *listeners, const char *word) {
    OvIpAddress address;
    g_autoptr(GString) ports = g_string_new(NULL);
    if (!ov_ip_address_parse(ov_slice(word), &address))
        return;
    for (guint i = 0; i < G_N_ELEMENTS(PORTS); i++)
        if (is_served(listeners, &address, PORTS[i]))
            g_string_append_printf(ports, "%s%u", ports->len ? ", " : "", PORTS[i]);
    if (ports->len > 0)
        g_string_append_printf(out, "%s%s (port %s)", out->len ? ", " : "", word, ports->str);
}

const char *ov_detect_web(const OvDetectInput *input, const GPtrArray *sections, OvArena *arena) {
    g_autoptr(GArray) listeners = g_array_new(FALSE, FALSE, sizeof(Listener));
    g_autoptr(GString) served = g_string_new(NULL);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    read_listeners(input->tcp, listeners);
    read_listeners(input->tcp6, listeners);
    for (guint i = 0; i < sections->len; i++) {
        const OvDetectedSection *section = g_ptr_array_index(sections, i);
        for (guint k = 0; k < section->n_settings; k++) {
            if (!g_str_equal(section->settings[k].name, "addresses"))
                continue;
            g_auto(GStrv) words = ov_key_words(section->settings[k].value);
            for (char **word = words; *word; word++)
                if (g_hash_table_add(seen, g_strdup(*word)))
                    append_served(served, listeners, *word);
        }
    }
    if (served->len == 0)
        return NULL;
    return ov_arena_printf(
        arena,
        "A web server answers at an address that mail leaves from: %s. Where much "
        "mail leaves, the provider's guide asks for addresses that serve mail "
        "alone: let the web server listen elsewhere, or give mail an address of "
        "its own (smtp_bind_address).",
        served->str);
}
