/* What was detected beside the settings in force. */
#include "policy/review/detect.h"

#include "rules/keyfile.h"

static const char *const SIGNING[] = {"auto", "before", "after", "none"};
static const char *const TLS[] = {"unknown", "no", "yes"};

static gboolean has_word(const char *const *words, const char *word) {
    for (; words && *words; words++)
        if (g_ascii_strcasecmp(*words, word) == 0)
            return TRUE;
    return FALSE;
}

/* Whatever their order. */
static gboolean same_words(const char *value, const char *const *words) {
    g_auto(GStrv) wanted = ov_key_words(value);
    guint n = words ? g_strv_length((char **)(gpointer)words) : 0;
    for (char **word = wanted; *word; word++)
        if (!has_word(words, *word))
            return FALSE;
    for (guint i = 0; i < n; i++)
        if (!has_word((const char *const *)wanted, words[i]))
            return FALSE;
    return TRUE;
}

static gboolean same_addresses(const char *value, const OvEgress *egress) {
    g_auto(GStrv) words = ov_key_words(value);
    guint found = 0;
    for (char **word = words; *word; word++) {
        OvIpAddress address;
        ov_ip_address_parse(ov_slice(*word), &address);
        guint at = 0;
        while (at < egress->n_points &&
               !(egress->points[at].address.length == address.length &&
                 memcmp(egress->points[at].address.octets, address.octets, address.length) == 0))
            at++;
        if (at == egress->n_points)
            return FALSE;
        found++;
    }
    return found == egress->n_points;
}

static const char *join_addresses(const OvEgress *egress, OvArena *arena) {
    const char *text = "";
    for (guint i = 0; i < egress->n_points; i++)
        text = ov_arena_printf(arena, "%s%s%s", text, i ? " " : "",
                               ov_ip_address_text(arena, &egress->points[i].address));
    return text;
}

/* Which mail takes the section: by that it was found. */
static gboolean is_choice_of_mail(const OvDetectedSetting *setting) {
    return g_str_equal(setting->name, "senders") || g_str_equal(setting->name, "recipients");
}

/* The value in force of a setting that has words. */
static const char *word_of(const char *name, const OvEgressRoute *route,
                           const OvEgressRoute *common) {
    if (g_str_equal(name, "signing"))
        return SIGNING[route->out.signing];
    if (g_str_equal(name, "tls"))
        return TLS[route->out.tls];
    return route->helo ? route->helo : common->helo ? common->helo : "";
}

static void compare_setting(OvDetectedSetting *setting, const OvEgressRoute *route,
                            const OvEgressRoute *common, OvArena *arena) {
    if (g_str_equal(setting->name, "addresses")) {
        gboolean is_hint = setting->certainty == OV_CERTAINTY_UNKNOWN && *setting->value;
        if (setting->certainty == OV_CERTAINTY_KNOWN
                ? !same_addresses(setting->value, &route->out)
                : is_hint && route->out.n_points == 0) /* there is something to write */
            setting->now = join_addresses(&route->out, arena);
    } else if (setting->certainty == OV_CERTAINTY_KNOWN && !is_choice_of_mail(setting)) {
        const char *now = word_of(setting->name, route, common);
        if (g_ascii_strcasecmp(setting->value, now) != 0)
            setting->now = now;
    }
}

static void compare_section(OvDetected *detected, OvDetectedSection *section,
                            const OvEgressRoute *route, const OvEgressRoute *common,
                            OvArena *arena) {
    for (guint i = 0; i < section->n_settings; i++) {
        compare_setting(&section->settings[i], route, common, arena);
        detected->differs |= section->settings[i].now != NULL;
    }
}

/* The first setting of a section other than [egress] says which mail it takes.
 */
static gboolean takes_the_same(const OvDetectedSection *section, const OvEgressRoute *route) {
    const OvDetectedSetting *which = &section->settings[0];
    gboolean by_sender = g_str_equal(which->name, "senders");
    return same_words(by_sender ? which->value : "", route->senders) &&
           same_words(by_sender ? "" : which->value, route->recipients);
}

/* taken[i] is set where the route in force is one that was detected. */
static void compare_route(OvDetected *detected, OvDetectedSection *section,
                          const OvEgressRoutes *egress, gboolean *taken, OvArena *arena) {
    for (guint i = 0; i < egress->n_routes; i++) {
        if (!takes_the_same(section, &egress->routes[i]))
            continue;
        taken[i] = TRUE;
        compare_section(detected, section, &egress->routes[i], &egress->common, arena);
        return;
    }
    section->missing = detected->differs = TRUE;
}

static void add_notes(OvDetected *detected, const OvEgressRoutes *egress, const gboolean *taken,
                      OvArena *arena) {
    guint n = g_strv_length((char **)(gpointer)detected->notes);
    const char **notes = OV_ARENA_NEW(arena, const char *, n + egress->n_routes + 1);
    memcpy(notes, detected->notes, sizeof *notes * n);
    for (guint i = 0; i < egress->n_routes; i++) {
        if (taken[i])
            continue;
        notes[n++] = ov_arena_printf(arena,
                                     "[egress %s] is in force, but no table of Postfix's that can "
                                     "be listed sends just this mail another way.",
                                     egress->routes[i].name);
        detected->differs = TRUE;
    }
    detected->notes = notes;
}

void ov_detected_compare(OvDetected *detected, const OvSettings *settings, OvArena *arena) {
    const OvEgressRoutes *egress = &settings->egress;
    gboolean *taken = OV_ARENA_NEW(arena, gboolean, egress->n_routes);
    compare_section(detected, &detected->sections[0], &egress->common, &egress->common, arena);
    for (guint i = 1; i < detected->n_sections; i++)
        if (!g_str_equal(detected->sections[i].name, "dns"))
            compare_route(detected, &detected->sections[i], egress, taken, arena);
    add_notes(detected, egress, taken, arena);
}
