#include "rules/target.h"

#include "rules/address.h"
#include "rules/known_domains.h"

#include <arpa/inet.h>

enum { MAX_SCHEME = 32, MAX_HOST = 1000, MAX_LABEL = 63 };

static const struct {
    const char *scheme;
    OvTargetKind kind;
} schemes[] = {
    {"http", OV_TARGET_WEB},        {"https", OV_TARGET_WEB},
    {"mailto", OV_TARGET_MAIL},     {"tel", OV_TARGET_PHONE},
    {"sms", OV_TARGET_PHONE},       {"callto", OV_TARGET_PHONE},
    {"skype", OV_TARGET_PHONE},     {"whatsapp", OV_TARGET_PHONE},
    {"tg", OV_TARGET_PHONE},        {"viber", OV_TARGET_PHONE},
    {"facetime", OV_TARGET_PHONE},  {"sip", OV_TARGET_PHONE},
    {"cid", OV_TARGET_PART},        {"mid", OV_TARGET_INNER},
    {"about", OV_TARGET_INNER},     {"javascript", OV_TARGET_SCRIPT},
    {"vbscript", OV_TARGET_SCRIPT}, {"livescript", OV_TARGET_SCRIPT},
    {"data", OV_TARGET_DATA},       {"file", OV_TARGET_FILE},
    {"smb", OV_TARGET_FILE},
};

static OvSlice from(OvSlice text, gsize at) {
    at = MIN(at, text.length);
    return (OvSlice){text.data + at, text.length - at};
}

/* Length of the scheme before the first colon; 0 where there is none (RFC 3986 3.1). */
static gsize scheme_length(OvSlice address) {
    gsize i = 0;
    while (i < address.length && i < MAX_SCHEME &&
           (g_ascii_isalpha(address.data[i]) ||
            (i > 0 && (g_ascii_isdigit(address.data[i]) || strchr("+-.", address.data[i])) &&
             address.data[i] != '\0')))
        i++;
    return i < address.length && address.data[i] == ':' ? i : 0;
}

static OvTargetKind kind_of_scheme(OvSlice scheme) {
    for (gsize i = 0; i < G_N_ELEMENTS(schemes); i++)
        if (ov_slice_equal_nocase(scheme, ov_slice(schemes[i].scheme)))
            return schemes[i].kind;
    return OV_TARGET_OTHER;
}

static OvTargetKind kind_of_data(OvSlice rest) {
    static const char *const harmless[] = {"image/", "audio/", "video/", "font/"};
    OvSlice svg = OV_SLICE_LITERAL("image/svg");
    for (gsize i = 0; i < G_N_ELEMENTS(harmless); i++) {
        gsize length = strlen(harmless[i]);
        if (rest.length > length && g_ascii_strncasecmp(rest.data, harmless[i], length) == 0)
            return rest.length >= svg.length &&
                           g_ascii_strncasecmp(rest.data, svg.data, svg.length) == 0
                       ? OV_TARGET_DATA
                       : OV_TARGET_PICTURE;
    }
    return OV_TARGET_DATA;
}

static gboolean is_slash(char c) {
    return c == '/' || c == '\\';
}

/* One number of an IPv4 address: decimal, 0 octal, 0x hexadecimal (WHATWG URL 3.5). */
static gboolean read_ipv4_part(OvSlice part, guint64 *number) {
    guint base = 10;
    gsize i = 0;
    if (part.length >= 2 && part.data[0] == '0' && g_ascii_tolower(part.data[1]) == 'x') {
        base = 16;
        i = 2;
    } else if (part.length >= 2 && part.data[0] == '0') {
        base = 8;
        i = 1;
    }
    *number = 0;
    for (; i < part.length; i++) {
        int digit = g_ascii_xdigit_value(part.data[i]);
        if (digit < 0 || (guint)digit >= base)
            return FALSE;
        *number = *number * base + (guint)digit;
        if (*number > G_MAXUINT32)
            return FALSE;
    }
    return part.length > 0;
}

static gboolean read_ipv4(OvSlice host, guint32 *address) {
    guint64 numbers[4];
    guint n = 0;
    for (gsize start = 0, i = 0; i <= host.length; i++) {
        if (i < host.length && host.data[i] != '.')
            continue;
        if (n == G_N_ELEMENTS(numbers) ||
            !read_ipv4_part((OvSlice){host.data + start, i - start}, &numbers[n]))
            return FALSE;
        n++;
        start = i + 1;
    }
    guint64 result = 0;
    for (guint i = 0; i + 1 < n; i++) {
        if (numbers[i] > 255)
            return FALSE;
        result |= numbers[i] << (24 - 8 * i);
    }
    /* The last number fills what is left. */
    if (numbers[n - 1] >= G_GUINT64_CONSTANT(1) << (32 - 8 * (n - 1)))
        return FALSE;
    *address = (guint32)(result | numbers[n - 1]);
    return TRUE;
}

static gboolean is_private_ipv4(guint32 address) {
    static const struct {
        guint32 network;
        guint bits;
    } networks[] = {
        {0x00000000, 8},  {0x0A000000, 8},  {0x64400000, 10}, {0x7F000000, 8},  {0xA9FE0000, 16},
        {0xAC100000, 12}, {0xC0000200, 24}, {0xC0A80000, 16}, {0xC6336400, 24}, {0xCB007100, 24},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(networks); i++)
        if ((address ^ networks[i].network) >> (32 - networks[i].bits) == 0)
            return TRUE;
    return FALSE;
}

static gboolean is_private_ipv6(const struct in6_addr *address) {
    const guint8 *octet = address->s6_addr;
    if (IN6_IS_ADDR_V4MAPPED(address))
        return is_private_ipv4((guint32)octet[12] << 24 | (guint32)octet[13] << 16 |
                               (guint32)octet[14] << 8 | octet[15]);
    return IN6_IS_ADDR_LOOPBACK(address) || IN6_IS_ADDR_UNSPECIFIED(address) ||
           IN6_IS_ADDR_LINKLOCAL(address) || (octet[0] & 0xFE) == 0xFC ||
           memcmp(octet, "\x20\x01\x0d\xb8", 4) == 0;
}

static void set_ipv6(OvArena *arena, OvSlice text, OvTarget *target) {
    char copy[INET6_ADDRSTRLEN];
    struct in6_addr address;
    if (text.length == 0 || text.length >= sizeof copy)
        return;
    memcpy(copy, text.data, text.length);
    copy[text.length] = '\0';
    if (inet_pton(AF_INET6, copy, &address) != 1)
        return;
    inet_ntop(AF_INET6, &address, copy, sizeof copy);
    target->host_kind = OV_HOST_IPV6;
    target->host = target->organisation = ov_arena_dup(arena, ov_slice(copy));
    target->private_use = is_private_ipv6(&address);
}

static void set_ipv4(OvArena *arena, OvSlice host, guint32 address, OvTarget *target) {
    target->host_kind = OV_HOST_IPV4;
    target->host =
        ov_slice(ov_arena_printf(arena, "%u.%u.%u.%u", address >> 24, address >> 16 & 255,
                                 address >> 8 & 255, address & 255));
    target->organisation = target->host;
    target->disguised = !ov_slice_equal(host, target->host);
    target->private_use = is_private_ipv4(address);
}

/* Octets that names of hosts have; an underscore too, which DNS allows. */
static gboolean is_host_name(OvSlice host) {
    gsize label = 0;
    for (gsize i = 0; i < host.length; i++) {
        char c = host.data[i];
        if (c == '.' && (label == 0 || label > MAX_LABEL))
            return FALSE;
        if (c != '.' && !g_ascii_isalnum(c) && c != '-' && c != '_')
            return FALSE;
        label = c == '.' ? 0 : label + 1;
    }
    return label > 0 && label <= MAX_LABEL;
}

/* Its last label is a number, so it is an IPv4 address or nothing (WHATWG URL 3.5). */
static gboolean ends_in_number(OvSlice host) {
    const char *dot = memrchr(host.data, '.', host.length);
    OvSlice last = dot ? from(host, (gsize)(dot + 1 - host.data)) : host;
    gsize i = 0;
    while (i < last.length && g_ascii_isdigit(last.data[i]))
        i++;
    guint64 number;
    return i == last.length || (last.data[0] == '0' && read_ipv4_part(last, &number));
}

static OvSlice decode_escapes(OvArena *arena, OvSlice text, gboolean unreserved_only) {
    if (text.length == 0 || !memchr(text.data, '%', text.length))
        return text;
    char *out = ov_arena_alloc(arena, text.length);
    gsize length = 0;
    for (gsize i = 0; i < text.length; i++) {
        int high = -1, low = -1;
        if (text.data[i] == '%' && i + 2 < text.length) {
            high = g_ascii_xdigit_value(text.data[i + 1]);
            low = g_ascii_xdigit_value(text.data[i + 2]);
        }
        char c = (char)(high * 16 + low);
        gboolean decode = high >= 0 && low >= 0 &&
                          (!unreserved_only || g_ascii_isalnum(c) || (c && strchr("-._~", c)));
        out[length++] = decode ? c : text.data[i];
        i += decode ? 2 : 0;
    }
    return (OvSlice){out, length};
}

static void read_host(OvArena *arena, OvSlice host, OvTarget *target) {
    if (host.length >= 2 && host.data[0] == '[' && host.data[host.length - 1] == ']') {
        set_ipv6(arena, (OvSlice){host.data + 1, host.length - 2}, target);
        return;
    }
    if (host.length == 0 || host.length > MAX_HOST)
        return;
    OvSlice plain = decode_escapes(arena, host, FALSE);
    target->escaped = target->escaped || plain.length != host.length;
    guint faults;
    plain = ov_domain_canonical(arena, plain, &faults);
    if (!is_host_name(plain))
        return;
    guint32 address;
    if (ends_in_number(plain)) {
        if (read_ipv4(plain, &address))
            set_ipv4(arena, plain, address, target);
        return;
    }
    target->host_kind = OV_HOST_NAME;
    target->host = plain;
    target->organisation = ov_organisational_domain(plain);
    target->private_use = !memchr(plain.data, '.', plain.length) || ov_domain_is_reserved(plain);
}

/* Cuts the port off the end of an authority. */
static OvSlice read_port(OvSlice authority, OvTarget *target) {
    gsize digits = authority.length;
    while (digits > 0 && g_ascii_isdigit(authority.data[digits - 1]))
        digits--;
    if (digits == 0 || authority.data[digits - 1] != ':')
        return authority;
    guint64 port = 0;
    for (gsize i = digits; i < authority.length && port <= G_MAXUINT16; i++)
        port = port * 10 + (guint64)(authority.data[i] - '0');
    if (port <= G_MAXUINT16 && port != (target->tls ? 443 : 80))
        target->port = (guint)port;
    return (OvSlice){authority.data, digits - 1};
}

/* Path and query of what follows the authority, up to the fragment. */
static void read_path(OvArena *arena, OvSlice text, OvTarget *target) {
    const char *fragment = text.length > 0 ? memchr(text.data, '#', text.length) : NULL;
    if (fragment)
        text.length = (gsize)(fragment - text.data);
    const char *question = text.length > 0 ? memchr(text.data, '?', text.length) : NULL;
    OvSlice path = {text.data, question ? (gsize)(question - text.data) : text.length};
    if (question)
        target->query = from(text, (gsize)(question + 1 - text.data));
    target->path = path.length > 0 ? decode_escapes(arena, path, TRUE) : OV_SLICE_LITERAL("/");
}

/* What follows the slashes behind the scheme. */
static void read_authority(OvArena *arena, OvSlice text, OvTarget *target) {
    gsize end = 0;
    while (end < text.length && !is_slash(text.data[end]) && text.data[end] != '?' &&
           text.data[end] != '#')
        end++;
    target->escaped = end < text.length && text.data[end] == '\\';
    OvSlice authority = {text.data, end};
    const char *at = end > 0 ? memrchr(authority.data, '@', end) : NULL;
    if (at) {
        target->userinfo = at > authority.data;
        authority = from(authority, (gsize)(at + 1 - authority.data));
    }
    read_host(arena, read_port(authority, target), target);
    read_path(arena, from(text, end), target);
}

static OvTarget read_web(OvArena *arena, OvSlice rest, gboolean tls) {
    OvTarget target = {.kind = OV_TARGET_WEB, .tls = tls, .rest = rest};
    gsize slashes = 0;
    while (slashes < rest.length && is_slash(rest.data[slashes]))
        slashes++;
    read_authority(arena, from(rest, slashes), &target);
    target.escaped = target.escaped || (slashes > 0 && memchr(rest.data, '\\', slashes) != NULL);
    return target;
}

static OvTarget read_relative(OvArena *arena, OvSlice address, const OvTarget *base) {
    OvTarget target = {.kind = OV_TARGET_RELATIVE, .rest = address};
    if (address.data[0] == '#') {
        target.kind = OV_TARGET_INNER;
        return target;
    }
    if (address.length >= 2 && address.data[0] == '\\' && address.data[1] == '\\') {
        target.kind = OV_TARGET_FILE;
        return target;
    }
    if (address.length >= 2 && address.data[0] == '/' && is_slash(address.data[1]))
        return read_web(arena, address, base ? base->tls : TRUE);
    if (!base || base->host.length == 0)
        return target;
    target = *base;
    target.rest = address;
    target.query = (OvSlice){NULL, 0};
    if (is_slash(address.data[0])) {
        read_path(arena, address, &target);
        return target;
    }
    const char *last =
        base->path.length > 0 ? memrchr(base->path.data, '/', base->path.length) : NULL;
    gsize folder = last ? (gsize)(last + 1 - base->path.data) : 0;
    char *joined = ov_arena_alloc(arena, folder + address.length);
    if (folder > 0)
        memcpy(joined, base->path.data, folder);
    memcpy(joined + folder, address.data, address.length);
    read_path(arena, (OvSlice){joined, folder + address.length}, &target);
    return target;
}

OvTarget ov_target_read(OvArena *arena, OvSlice address, const OvTarget *base) {
    if (address.length == 0)
        return (OvTarget){.kind = OV_TARGET_EMPTY};
    gsize scheme = scheme_length(address);
    if (scheme == 0)
        return read_relative(arena, address, base);
    OvTargetKind kind = kind_of_scheme((OvSlice){address.data, scheme});
    OvSlice rest = from(address, scheme + 1);
    if (kind == OV_TARGET_WEB)
        return read_web(arena, rest, scheme == 5);
    return (OvTarget){.kind = kind == OV_TARGET_DATA ? kind_of_data(rest) : kind, .rest = rest};
}
