#include "rules/auth/reverse.h"

/* Words of providers' names, as rule catalogue 7.1 has them. */
static const char *const static_words[] = {
    "static", "fixip", "dedicated", "mail", "smtp", "outbound", "mta", NULL,
};
static const char *const dynamic_words[] = {
    "dyn",   "dynamic", "dhcp",   "ppp",    "pppoe",  "pool",      "dsl",  "adsl", "vdsl",
    "cable", "catv",    "docsis", "dial",   "dialup", "modem",     "gprs", "cdma", "wifi",
    "nat",   "dialin",  "dynip",  "adslip", "pools",  "broadband", NULL,
};
static const char *const other_words[] = {
    "cpe", "client", "customer", "user", "host", "unused", "vps", "ip", "static", NULL,
};

static gboolean is_among(const char *const *words, OvSlice word) {
    for (; *words; words++)
        if (ov_slice_equal(word, ov_slice(*words)))
            return TRUE;
    return FALSE;
}

/* A run of letters of the name is one of the words. */
static gboolean has_word(OvSlice name, const char *const *words) {
    for (gsize start = 0; start < name.length;) {
        gsize end = start;
        while (end < name.length && g_ascii_isalpha(name.data[end]))
            end++;
        if (end > start && is_among(words, (OvSlice){name.data + start, end - start}))
            return TRUE;
        start = end + 1;
    }
    return FALSE;
}

/* The text stands in name, and no further digit stands beside it. */
static gboolean has_number(OvSlice name, const char *text, gboolean hexadecimal) {
    gsize length = strlen(text);
    const char *end = name.data + name.length, *at = name.data;
    while ((at = memmem(at, (gsize)(end - at), text, length))) {
        char before = at > name.data ? at[-1] : '.', after = at + length < end ? at[length] : '.';
        gboolean apart = hexadecimal ? !g_ascii_isxdigit(before) && !g_ascii_isxdigit(after)
                                     : !g_ascii_isdigit(before) && !g_ascii_isdigit(after);
        if (apart)
            return TRUE;
        at++;
    }
    return FALSE;
}

/* The octets from first on, n of them, stand in name in decimal: in this order or the other, with
 * one of - . x _ between, or with leading zeros and nothing between. */
static gboolean has_octets(OvSlice name, const OvIpAddress *address, guint first, guint n) {
    static const char *const separators[] = {"-", ".", "x", "_", ""};
    for (guint i = 0; i < G_N_ELEMENTS(separators); i++)
        for (guint backwards = 0; backwards < 2; backwards++) {
            char text[32] = "";
            gsize length = 0;
            for (guint j = 0; j < n; j++) {
                guint octet = address->octets[first + (backwards ? n - 1 - j : j)];
                length += (gsize)g_snprintf(text + length, sizeof text - length,
                                            *separators[i] ? "%s%u" : "%s%03u",
                                            j > 0 ? separators[i] : "", octet);
            }
            if (has_number(name, text, FALSE))
                return TRUE;
        }
    return FALSE;
}

static gboolean has_hexadecimal(OvSlice name, const OvIpAddress *address) {
    char text[9];
    const guint8 *o = address->octets;
    g_snprintf(text, sizeof text, "%02x%02x%02x%02x", o[0], o[1], o[2], o[3]);
    return has_number(name, text, TRUE);
}

/* The 32 digits of an IPv6 address, whatever stands between them; enough of them, as zeros are
 * often left out. */
static gboolean has_ipv6(OvSlice name, const OvIpAddress *address) {
    enum { ENOUGH = 16 };
    guint run = 0, next = 0;
    for (gsize i = 0; i < name.length; i++) {
        char c = name.data[i];
        if (c == '-' || c == '.')
            continue;
        guint digit = (guint)g_ascii_xdigit_value(c);
        guint wanted = address->octets[next / 2] >> (next % 2 ? 0 : 4) & 15;
        run = g_ascii_isxdigit(c) && digit == wanted ? run + 1 : 0;
        next = run % 32;
        if (run >= ENOUGH)
            return TRUE;
    }
    return FALSE;
}

/* "vps-0a1b2c3d.vps.example.net": a rented machine's number. */
static gboolean is_rented(OvSlice name) {
    static const char prefix[] = "vps-";
    enum { PREFIX = sizeof prefix - 1, DIGITS = 8 };
    if (name.length < PREFIX + DIGITS + 1 || memcmp(name.data, prefix, PREFIX) != 0)
        return FALSE;
    for (gsize i = PREFIX; i < PREFIX + DIGITS; i++)
        if (!g_ascii_isxdigit(name.data[i]))
            return FALSE;
    return name.data[PREFIX + DIGITS] == '.';
}

OvHostNameKind ov_host_name_kind(OvSlice name, const OvIpAddress *address) {
    gboolean is_dynamic = has_word(name, dynamic_words);
    gboolean is_static = has_word(name, static_words);
    gboolean made = is_rented(name);
    if (address->length == 4) {
        made = made || has_octets(name, address, 0, 4) || has_hexadecimal(name, address);
        if (!made && (is_dynamic || has_word(name, other_words)))
            made = has_octets(name, address, 0, 3) || has_octets(name, address, 1, 3) ||
                   has_octets(name, address, 2, 2);
    } else if (address->length == 16) {
        made = made || has_ipv6(name, address);
    }
    if (!made)
        return OV_HOST_NAME_OWN;
    if (is_static)
        return OV_HOST_NAME_STATIC;
    return is_dynamic ? OV_HOST_NAME_DYNAMIC : OV_HOST_NAME_GENERIC;
}
