#include "policy/review/detect.h"

#include "policy/review/detect_resolver.h"
#include "policy/review/detect_routes.h"
#include "policy/review/detect_signing.h"
#include "policy/review/detect_web.h"
#include "rules/keyfile.h"

const char *const ov_detect_names[] = {
    "content_filter",
    "default_transport",
    "inet_interfaces",
    "inet_protocols",
    "multi_instance_directories",
    "non_smtpd_milters",
    "parent_domain_matches_subdomains",
    "relayhost",
    "sender_dependent_default_transport_maps",
    "sender_dependent_relayhost_maps",
    "smtp_bind_address",
    "smtp_bind_address6",
    "smtp_enforce_tls",
    "smtp_fallback_relay",
    "smtp_helo_name",
    "smtp_tls_security_level",
    "smtp_use_tls",
    "smtpd_milters",
    "transport_maps",
    NULL,
};

static void note_where_set(const OvDetectInput *input, const char *name, const char *sentence,
                           GPtrArray *notes, OvArena *arena) {
    const char *value = ov_postfix_config_value(input->postfix, NULL, name);
    if (*value)
        g_ptr_array_add(notes, ov_arena_printf(arena, "%s = %s: %s", name, value, sentence));
}

static void note_way(const OvDetectInput *input, const OvWay *way, GPtrArray *notes,
                     OvArena *arena) {
    if (!ov_way_leaves(way))
        g_ptr_array_add(notes, ov_arena_printf(arena,
                                               "default_transport = %s: that service does not "
                                               "deliver by SMTP; how mail leaves is not known.",
                                               ov_postfix_config_value(input->postfix, NULL,
                                                                       "default_transport")));
    for (guint i = 0; i < way->n_notes; i++)
        g_ptr_array_add(notes, (gpointer)way->notes[i]);
    note_where_set(input, "smtp_fallback_relay",
                   "mail that can't be delivered directly leaves from that host's address.", notes,
                   arena);
    note_where_set(input, "multi_instance_directories",
                   "each instance has settings of its own; --postfix-config asks "
                   "another one.",
                   notes, arena);
}

static OvDetectedSection *common_section(const OvDetectInput *input, const OvWay *way,
                                         OvArena *arena) {
    OvDetectedSection *section = OV_ARENA_NEW(arena, OvDetectedSection, 1);
    section->name = "egress";
    section->settings[0] = way->addresses;
    section->settings[1] = way->helo;
    section->settings[2] = ov_detect_signing(input, arena);
    section->settings[3] = way->tls;
    section->n_settings = 4;
    /* Left out they mean the same: nothing is known of a relay. */
    for (guint i = 0; i < section->n_settings; i++)
        if (section->settings[i].certainty == OV_CERTAINTY_OPEN)
            section->settings[i].certainty = OV_CERTAINTY_UNKNOWN;
    return section;
}

static void add_dns_section(const OvDetectInput *input, GPtrArray *sections, OvArena *arena) {
    OvDetectedSection *section = OV_ARENA_NEW(arena, OvDetectedSection, 1);
    section->name = "dns";
    section->n_settings = 1;
    if (ov_detect_resolver(input->resolv_conf, &section->settings[0]))
        g_ptr_array_add(sections, section);
}

OvDetected *ov_detect(const OvDetectInput *input, OvArena *arena) {
    g_autoptr(GPtrArray) sections = g_ptr_array_new(), notes = g_ptr_array_new();
    const OvWay *common = ov_route_default(input, arena);
    g_ptr_array_add(sections, common_section(input, common, arena));
    note_way(input, common, notes, arena);
    ov_routes_find(input, common, arena, sections, notes);
    const char *web = ov_detect_web(input, sections, arena);
    if (web)
        g_ptr_array_add(notes, (gpointer)web);
    add_dns_section(input, sections, arena);
    OvDetected *detected = OV_ARENA_NEW(arena, OvDetected, 1);
    detected->sections = OV_ARENA_NEW(arena, OvDetectedSection, sections->len);
    for (guint i = 0; i < sections->len; i++)
        detected->sections[detected->n_sections++] =
            *(const OvDetectedSection *)g_ptr_array_index(sections, i);
    const char **sentences = OV_ARENA_NEW(arena, const char *, notes->len + 1);
    for (guint i = 0; i < notes->len; i++)
        sentences[i] = g_ptr_array_index(notes, i);
    detected->notes = sentences;
    return detected;
}
