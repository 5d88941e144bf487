#include "policy/review/detect_resolver.h"

#include "rules/keyfile.h"

/* A server on this machine that answers by itself. */
static gboolean is_own(const char *address) {
    OvIpAddress server;
    gboolean is_stub = g_str_equal(address, "127.0.0.53") || g_str_equal(address, "127.0.0.54");
    return ov_ip_address_parse(ov_slice(address), &server) && !is_stub &&
           (server.length == 4 ? server.octets[0] == 127 : g_str_equal(address, "::1"));
}

gboolean ov_detect_resolver(const char *resolv_conf, OvDetectedSetting *setting) {
    g_auto(GStrv) lines = g_strsplit(resolv_conf ? resolv_conf : "", "\n", -1);
    guint n = 0;
    for (char **line = lines; *line; line++) {
        g_auto(GStrv) words = ov_key_words(*line);
        if (g_strcmp0(words[0], "nameserver") != 0 || !words[1])
            continue;
        if (!is_own(words[1]))
            return FALSE;
        n++;
    }
    *setting = (OvDetectedSetting){
        .name = "servers",
        .value = "system",
        .certainty = OV_CERTAINTY_UNKNOWN,
        .source =
            "resolv.conf names a name server of this machine: if it asks from the root itself, "
            "as it must for block lists, Outvet can share its cache",
    };
    return n > 0;
}
