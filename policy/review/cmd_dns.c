/* outvet dns: a sending domain or an egress address as receivers see it, and what to publish. */
#include <stdio.h>
#include <string.h>

#include "policy/review/command.h"
#include "policy/review/dns_report.h"
#include "policy/review/json.h"
#include "policy/review/output.h"
#include "policy/seen_domains.h"
#include "rules/address.h"
#include "rules/init.h"

/* One look at the DNS; what came out of all. */
typedef struct {
    const OvArguments *arguments;
    const OvSettings *settings;
    OvResolver *resolver;
    const char *const
        *selectors;   /* as the command line has them; none: those seen, or common ones */
    OvLedger *ledger; /* NULL where it can't be read */
    gint64 now;
    gboolean wrong, known;
} Looking;

enum { MAX_SEEN = 50 }; /* domains that are listed */

static void note(Looking *looking, const OvDnsReport *report) {
    looking->wrong |= ov_dns_report_has(report, OV_FINDING_MEND);
    looking->known |= ov_dns_report_has(report, OV_FINDING_MEND) ||
                      ov_dns_report_has(report, OV_FINDING_FINE) ||
                      ov_dns_report_has(report, OV_FINDING_NOTE);
}

static void print_report(Looking *looking, const OvDnsReport *report) {
    note(looking, report);
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

static void look_at_domain(const Looking *looking, OvSlice domain, OvDnsReport *report,
                           OvArena *arena) {
    const char *const *selectors = looking->selectors;
    if (!*selectors && looking->ledger) {
        const char *name = ov_arena_strndup(arena, domain.data, domain.length);
        const char *const *seen =
            ov_seen_selectors(looking->ledger, looking->now, name, arena, NULL);
        selectors = seen ? seen : selectors;
    }
    ov_dns_report_domain(report, looking->resolver, looking->settings, domain, selectors, arena);
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
    look_at_domain(looking, domain, &report, arena);
    print_report(looking, &report);
    return TRUE;
}

static const char *worst_word(const OvFindings *findings) {
    if (ov_findings_has(findings, OV_FINDING_MEND))
        return "mend";
    if (ov_findings_has(findings, OV_FINDING_UNKNOWN))
        return "unknown";
    return ov_findings_has(findings, OV_FINDING_NOTE) ? "note" : "fine";
}

/* The first thing that is to be mended, NULL for none. */
static const char *first_fault(const OvDnsReport *report) {
    for (guint i = 0; i < report->n_sections; i++) {
        const OvFindings *findings = report->sections[i].findings;
        for (guint j = 0; j < findings->n_findings; j++)
            if (findings->findings[j].kind == OV_FINDING_MEND)
                return findings->findings[j].text;
    }
    return NULL;
}

static void print_seen(Looking *looking, const OvSeenDomain *seen, OvTable *table) {
    g_autoptr(OvArena) arena = ov_arena_new();
    g_auto(OvDnsReport) report = {.n_sections = 0};
    look_at_domain(looking, ov_slice(seen->domain), &report, arena);
    note(looking, &report);
    if (ov_arguments_has(looking->arguments, "json")) {
        json_t *object = ov_dns_report_json(&report);
        json_object_set_new(object, "messages", json_integer(seen->messages));
        ov_json_print(object);
        return;
    }
    const char *words[OV_DNS_MAX_SECTIONS] = {""};
    for (guint i = 0; i < report.n_sections; i++)
        words[i] = worst_word(report.sections[i].findings);
    const char *messages = ov_arena_printf(arena, "%" G_GINT64_FORMAT, seen->messages);
    ov_table_add(table, seen->domain, messages, words[0], words[1], words[2], words[3],
                 first_fault(&report));
}

/* The domains of which mail passed lately, a line each. FALSE where there is none. */
static gboolean look_at_seen(Looking *looking) {
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(GError) error = NULL;
    guint n = 0, n_all = 0;
    const OvSeenDomain *seen = looking->ledger
                                   ? ov_seen_domains(looking->ledger, looking->now, OV_SEEN_ALL,
                                                     MAX_SEEN, arena, &n, &n_all, &error)
                                   : NULL;
    if (error)
        ov_complain("%s; domains that sent lately are not listed", error->message);
    if (n == 0)
        return FALSE;
    g_autoptr(OvTable) table =
        ov_table_new(7, "DOMAIN", ">MESSAGES", "SPF", "DKIM", "DMARC", "MX", "TO MEND");
    for (guint i = 0; i < n; i++)
        print_seen(looking, &seen[i], table);
    if (ov_arguments_has(looking->arguments, "json"))
        return TRUE;
    g_autoptr(GString) out = g_string_new(NULL);
    ov_table_append(table, out, ov_output_colour());
    if (n_all > n)
        g_string_append_printf(out, "and %u more\n", n_all - n);
    fwrite(out->str, 1, out->len, stdout);
    return TRUE;
}

/* FALSE: the name of one is none. */
static gboolean look_at_named(Looking *looking, const char *const *names, guint n) {
    for (guint i = 0; i < n; i++)
        if (!look_at(looking, names[i])) {
            ov_complain("%s: neither a domain nor an IP address", names[i]);
            return FALSE;
        }
    return TRUE;
}

/* FALSE: there is nothing to look at. */
static gboolean look_at_own(Looking *looking) {
    const OvEgress *egress = &looking->settings->egress.all;
    for (guint i = 0; i < egress->n_points; i++)
        look_at_address(looking, &egress->points[i].address);
    if (look_at_seen(looking) || egress->n_points > 0)
        return TRUE;
    ov_complain("name a domain or an address: [egress] addresses is empty, and the ledger has no "
                "mail that left lately");
    return FALSE;
}

static OvExit look_at_all(Looking *looking) {
    guint n;
    const char *const *names = ov_arguments_operands(looking->arguments, &n);
    if (n > 0 ? !look_at_named(looking, names, n) : !look_at_own(looking))
        return OV_EXIT_USAGE;
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
    /* The ledger only adds to what the DNS says: who may not read it is told the rest. */
    g_autoptr(OvLedger) ledger = ov_ledger_open_reader(settings, NULL);
    Looking looking = {.arguments = arguments,
                       .settings = settings,
                       .resolver = resolver,
                       .selectors = ov_arguments_values(arguments, "selector", &n),
                       .ledger = ledger,
                       .now = g_get_real_time()};
    return look_at_all(&looking);
}
