#include "rules/auth/ip_address.h"

#include <arpa/inet.h>

gboolean ov_ip_address_parse(OvSlice text, OvIpAddress *address) {
    static const guint8 mapped[12] = {[10] = 0xff, [11] = 0xff};
    char copy[INET6_ADDRSTRLEN];
    *address = (OvIpAddress){.length = 0};
    if (text.length >= sizeof copy || text.length == 0 || memchr(text.data, '\0', text.length))
        return FALSE;
    memcpy(copy, text.data, text.length);
    copy[text.length] = '\0';
    if (inet_pton(AF_INET, copy, address->octets) == 1) {
        address->length = 4;
    } else if (inet_pton(AF_INET6, copy, address->octets) == 1) {
        address->length = 16;
        if (memcmp(address->octets, mapped, sizeof mapped) == 0) {
            memcpy(address->octets, address->octets + sizeof mapped, 4);
            address->length = 4;
        }
    }
    return address->length > 0;
}

gboolean ov_ip_address_of_record(OvSlice data, OvIpAddress *address) {
    *address = (OvIpAddress){.length = 0};
    if (data.length != 4 && data.length != 16)
        return FALSE;
    memcpy(address->octets, data.data, data.length);
    address->length = (guint8)data.length;
    return TRUE;
}

gboolean ov_ip_address_in(const OvIpAddress *address, const OvIpAddress *network, guint bits) {
    if (address->length != network->length || bits > address->length * 8U)
        return FALSE;
    guint octets = bits / 8, rest = bits % 8;
    if (memcmp(address->octets, network->octets, octets) != 0)
        return FALSE;
    return rest == 0 || ((address->octets[octets] ^ network->octets[octets]) >> (8 - rest)) == 0;
}

gboolean ov_ip_address_is_private(const OvIpAddress *address) {
    static const struct {
        OvIpAddress network;
        guint bits;
    } networks[] = {
        {{{0}, 4}, 8},         {{{10}, 4}, 8},           {{{100, 64}, 4}, 10},
        {{{127}, 4}, 8},       {{{169, 254}, 4}, 16},    {{{172, 16}, 4}, 12},
        {{{192, 168}, 4}, 16}, {{{0}, 16}, 127}, /* ::, ::1 */
        {{{0xfc}, 16}, 7},     {{{0xfe, 0x80}, 16}, 10},
    };
    for (guint i = 0; i < G_N_ELEMENTS(networks); i++)
        if (ov_ip_address_in(address, &networks[i].network, networks[i].bits))
            return TRUE;
    return FALSE;
}

const char *ov_ip_address_text(OvArena *arena, const OvIpAddress *address) {
    char text[INET6_ADDRSTRLEN] = "";
    if (address->length > 0)
        inet_ntop(address->length == 4 ? AF_INET : AF_INET6, address->octets, text, sizeof text);
    return ov_arena_strndup(arena, text, strlen(text));
}

OvSlice ov_ip_address_dotted(OvArena *arena, const OvIpAddress *address, gboolean reversed) {
    guint n = address->length == 4 ? 4 : address->length * 2U;
    char text[64], *end = text;
    for (guint i = 0; i < n; i++) {
        guint at = reversed ? n - 1 - i : i;
        if (i > 0)
            *end++ = '.';
        if (address->length == 4)
            end += g_snprintf(end, 4, "%u", address->octets[at]);
        else
            *end++ = "0123456789abcdef"[address->octets[at / 2] >> (at % 2 ? 0 : 4) & 15];
    }
    return ov_arena_dup(arena, (OvSlice){text, (gsize)(end - text)});
}

OvSlice ov_ip_address_reverse_name(OvArena *arena, const OvIpAddress *address) {
    OvSlice digits = ov_ip_address_dotted(arena, address, TRUE);
    return ov_slice(ov_arena_printf(arena, "%.*s.%s.arpa", (int)digits.length, digits.data,
                                    address->length == 4 ? "in-addr" : "ip6"));
}
