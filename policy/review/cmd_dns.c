/* outvet dns: a sending domain or an egress address as receivers see it, and what to publish. */
#include <stdio.h>
#include <string.h>

#include "policy/review/command.h"
#include "policy/review/dns_report.h"
#include "policy/review/json.h"
#include "policy/review/output.h"
#include "rules/address.h"
#include "rules/init.h"

/* One look at the DNS; what came out of all. */
typedef struct {
    const OvArguments *arguments;
    const OvSettings *settings;
    OvResolver *resolver;
    const char *const *selectors;
    gboolean wrong, known;
} Looking;

static void print_report(Looking *looking, const OvDnsReport *report) {
    looking->wrong |= ov_dns_report_has(report, OV_FINDING_MEND);
    looking->known |= ov_dns_report_has(report, OV_FINDING_MEND) ||
                      ov_dns_report_has(report, OV_FINDING_FINE) ||
                      ov_dns_report_has(report, OV_FINDING_NOTE);
    if (ov_arguments_has(looking->arguments, "json")) {
        ov_json_print(ov_dns_report_json(report));
        return;
    }
    g_autoptr(GString) out = g_string_new(NULL);
    ov_dns_report_append(out, report, ov_output_colour());
    fwrite(out->str, 1, out->len, stdout);
}

static void look_at_address(Looking *looking, const OvIpAddress *address) {
    g_autoptr(OvArena) arena = ov_arena_new();
    g_auto(OvDnsReport) report = {.n_sections = 0};
    ov_dns_report_address(&report, looking->resolver, looking->settings, address, arena);
    print_report(looking, &report);
}

/* FALSE where name is neither an address nor a domain. */
static gboolean look_at(Looking *looking, const char *name) {
    OvIpAddress address;
    if (ov_ip_address_parse(ov_slice(name), &address)) {
        look_at_address(looking, &address);
        return TRUE;
    }
    g_autoptr(OvArena) arena = ov_arena_new();
    guint faults = 0;
    OvSlice domain = ov_domain_canonical(arena, ov_slice(name), &faults);
    if (faults || domain.length == 0 || !memchr(domain.data, '.', domain.length))
        return FALSE;
    g_auto(OvDnsReport) report = {.n_sections = 0};
    ov_dns_report_domain(&report, looking->resolver, looking->settings, domain, looking->selectors,
                         arena);
    print_report(looking, &report);
    return TRUE;
}

static OvExit look_at_all(Looking *looking) {
    guint n;
    const char *const *names = ov_arguments_operands(looking->arguments, &n);
    const OvEgress *egress = &looking->settings->egress.all;
    if (n == 0 && egress->n_points == 0) {
        ov_complain("name a domain or an address: [egress] addresses is empty");
        return OV_EXIT_USAGE;
    }
    for (guint i = 0; i < n; i++)
        if (!look_at(looking, names[i])) {
            ov_complain("%s: neither a domain nor an IP address", names[i]);
            return OV_EXIT_USAGE;
        }
    for (guint i = 0; n == 0 && i < egress->n_points; i++)
        look_at_address(looking, &egress->points[i].address);
    if (!looking->known) {
        ov_complain("no name server answers; see [dns] servers in outvet.conf(5)");
        return OV_EXIT_UNAVAILABLE;
    }
    return looking->wrong ? OV_EXIT_TAG : OV_EXIT_OK;
}

OvExit ov_command_dns(const OvArguments *arguments) {
    ov_rules_init();
    g_autoptr(OvSettings) settings = ov_command_settings(arguments);
    if (!settings)
        return OV_EXIT_SETTINGS;
    g_autoptr(GError) error = NULL;
    g_autoptr(OvResolver) resolver = NULL;
    if (!ov_settings_resolver(settings, NULL, NULL, &resolver, &error)) {
        ov_complain("%s", error->message);
        return OV_EXIT_SETTINGS;
    }
    if (!resolver) {
        ov_complain("the DNS is not asked: [dns] enabled = no");
        return OV_EXIT_UNAVAILABLE;
    }
    guint n;
    Looking looking = {.arguments = arguments,
                       .settings = settings,
                       .resolver = resolver,
                       .selectors = ov_arguments_values(arguments, "selector", &n)};
    return look_at_all(&looking);
}
