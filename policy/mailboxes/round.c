#include "policy/mailboxes/round.h"

#include "policy/log.h"
#include "policy/mailboxes/probe.h"
#include "policy/seen_domains.h"
#include "rules/address.h"
#include "rules/known_domains.h"

#include <stdlib.h>
#include <string.h>

static const gint64 DAY = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;
static const gint64 CONNECT_LIMIT = 10 * G_USEC_PER_SEC;
static const gint64 TIME_LIMIT = 60 * G_USEC_PER_SEC;

enum {
    WEEK = 7,         /* days */
    MAX_DOMAINS = 32, /* that are watched over */
    MAX_SENDERS = 20, /* of them, those that sent lately */
    MAX_A_ROUND = 8,  /* that are asked about */
    MAX_SERVERS = 2,  /* of a domain, that are tried */
    MAX_TURNS = 8,    /* chains of answers of the DNS */
    SMTP = 25,
};

static const char *const names[] = {"abuse", "postmaster"};
enum { N_NAMES = G_N_ELEMENTS(names) };

typedef struct {
    const char *domains[MAX_DOMAINS];
    guint n;
} Domains;

/* Only what has the form of a public host name: it stands in SMTP commands. */
static void add_domain(Domains *domains, OvArena *arena, OvSlice name) {
    OvSlice domain = ov_organisational_domain(ov_domain_canonical(arena, name, NULL));
    if (domains->n == MAX_DOMAINS || ov_helo_form(domain) != OV_HELO_QUALIFIED ||
        ov_domain_is_freemail(domain))
        return;
    for (guint i = 0; i < domains->n; i++)
        if (ov_slice_equal(ov_slice(domains->domains[i]), domain))
            return;
    domains->domains[domains->n++] = ov_arena_strndup(arena, domain.data, domain.length);
}

/* Our own first. */
static void find_domains(const OvMailboxRound *round, OvArena *arena, Domains *domains) {
    domains->n = 0;
    for (guint i = 0; i < ov_standing_n_addresses(round->standing); i++) {
        const OvStandingAddress *address = ov_standing_address(round->standing, i);
        if (address->helo_form == OV_HELO_QUALIFIED)
            add_domain(domains, arena, ov_slice(address->helo));
        if (address->reverse == OV_REVERSE_CONFIRMED)
            add_domain(domains, arena, ov_slice(address->name));
    }
    guint n, n_all;
    const OvSeenDomain *seen = ov_seen_domains(round->ledger, round->now, OV_SEEN_DEPARTED,
                                               MAX_SENDERS, arena, &n, &n_all, NULL);
    for (guint i = 0; seen && i < n; i++)
        add_domain(domains, arena, ov_slice(seen[i].domain));
}

static const OvLedgerMailbox *find_known(const OvLedgerMailbox *known, guint n,
                                         const char *address) {
    for (guint i = 0; i < n; i++)
        if (g_str_equal(known[i].address, address))
            return &known[i];
    return NULL;
}

static gboolean is_due(const OvLedgerMailbox *mailbox, gint64 now) {
    if (!mailbox)
        return TRUE;
    return now - mailbox->checked >= (mailbox->state == OV_MAILBOX_UNKNOWN ? DAY : WEEK * DAY);
}

/* -- who takes the domain's mail ------------------------------------------------------------------
 */

typedef struct {
    OvIpAddress addresses[MAX_SERVERS];
    guint n;
    gboolean null_mx;
    const char *trouble; /* where there is none */
} Servers;

static int preferred_first(gconstpointer a, gconstpointer b) {
    const OvDnsRecord *one = a, *other = b;
    return (one->preference > other->preference) - (one->preference < other->preference);
}

/* The first address of a host; TRUE while an answer is pending. */
static gboolean add_host(OvDnsBook *book, OvSlice host, Servers *servers) {
    const OvDnsAnswer *a = ov_dns_look_up(book, host, OV_DNS_A);
    const OvDnsAnswer *aaaa = ov_dns_look_up(book, host, OV_DNS_AAAA);
    if (a->status == OV_DNS_PENDING || aaaa->status == OV_DNS_PENDING)
        return TRUE;
    const OvDnsAnswer *answer = a->n_records > 0 ? a : aaaa;
    if (answer->n_records > 0 && servers->n < MAX_SERVERS &&
        ov_ip_address_of_record(answer->records[0].data, &servers->addresses[servers->n]))
        servers->n++;
    return FALSE;
}

/* TRUE while an answer is pending. */
static gboolean look_up_servers(OvArena *arena, OvDnsBook *book, const char *domain,
                                Servers *servers) {
    *servers = (Servers){.trouble = "the DNS tells of no server for it"};
    const OvDnsAnswer *mx = ov_dns_look_up(book, ov_slice(domain), OV_DNS_MX);
    if (mx->status == OV_DNS_PENDING)
        return TRUE;
    if (mx->status == OV_DNS_NO_DATA)
        return add_host(book, ov_slice(domain), servers);
    servers->null_mx = mx->n_records == 1 && mx->records[0].data.length == 0;
    OvDnsRecord *sorted = OV_ARENA_NEW(arena, OvDnsRecord, mx->n_records + 1);
    if (mx->n_records > 0) {
        memcpy(sorted, mx->records, mx->n_records * sizeof *sorted);
        qsort(sorted, mx->n_records, sizeof *sorted, preferred_first);
    }
    gboolean pending = FALSE;
    for (guint i = 0; i < mx->n_records && !servers->null_mx && servers->n < MAX_SERVERS; i++)
        pending |= add_host(book, sorted[i].data, servers);
    return pending;
}

static void find_servers(const OvMailboxRound *round, OvArena *arena, const char *domain,
                         Servers *servers) {
    OvDnsBook *book = ov_resolver_open(round->resolver);
    for (guint turn = 0; look_up_servers(arena, book, domain, servers) && turn < MAX_TURNS; turn++)
        ov_dns_wait(book);
    ov_resolver_close(book);
}

/* -- asking ---------------------------------------------------------------------------------------
 */

static const char *helo_of(const OvMailboxRound *round) {
    const OvEgress *all = &round->settings->egress.all;
    for (guint i = 0; i < all->n_points; i++)
        if (all->points[i].helo && ov_helo_form(ov_slice(all->points[i].helo)) == OV_HELO_QUALIFIED)
            return all->points[i].helo;
    return round->settings->node;
}

static void ask_servers(const OvMailboxRound *round, OvArena *arena, const Servers *servers,
                        const char *const *addresses, OvMailboxAnswer *answers) {
    const char *trouble =
        servers->null_mx ? "its domain says that it takes no mail (null MX)" : servers->trouble;
    for (guint i = 0; i < N_NAMES; i++)
        answers[i] =
            (OvMailboxAnswer){servers->null_mx ? OV_MAILBOX_REFUSED : OV_MAILBOX_UNKNOWN, trouble};
    for (guint i = 0; i < servers->n; i++) {
        OvMailboxProbe probe = {
            .server = &servers->addresses[i],
            .port = SMTP,
            .helo = helo_of(round),
            .connect_limit = CONNECT_LIMIT,
            .time_limit = TIME_LIMIT,
            .stop = round->stop,
            .recipients = addresses,
            .n_recipients = N_NAMES,
        };
        if (ov_mailbox_probe(&probe, arena, answers))
            return;
    }
}

static void log_change(const OvLedgerMailbox *mailbox, const OvLedgerMailbox *before) {
    if (before ? before->state == mailbox->state : mailbox->state == OV_MAILBOX_UNKNOWN)
        return;
    ov_log(mailbox->state == OV_MAILBOX_REFUSED ? OV_LOG_WARNING : OV_LOG_INFO, NULL, "event",
           "mailbox", "address", mailbox->address, "state", ov_mailbox_state_name(mailbox->state),
           "answer", *mailbox->answer ? mailbox->answer : NULL, NULL);
}

/* FALSE: nothing could be kept. */
static gboolean keep(const OvMailboxRound *round, const char *address,
                     const OvMailboxAnswer *answer, const OvLedgerMailbox *before) {
    OvLedgerMailbox mailbox = {
        .address = address,
        .state = answer->state,
        .answer = answer->answer,
        .since = before && before->state == answer->state ? before->since : round->now,
        .checked = round->now,
    };
    g_autoptr(GError) error = NULL;
    if (!ov_ledger_put_mailbox(round->ledger, &mailbox, &error)) {
        ov_log(OV_LOG_WARNING, NULL, "event", "mailbox", "address", address, "error",
               error->message, NULL);
        return FALSE;
    }
    log_change(&mailbox, before);
    return TRUE;
}

static gboolean is_stopping(const OvMailboxRound *round) {
    GPollFD poll = {round->stop, G_IO_IN, 0};
    return g_poll(&poll, 1, 0) > 0;
}

/* FALSE: it is to end, or nothing can be kept. */
static gboolean ask_domain(const OvMailboxRound *round, OvArena *arena, const char *domain,
                           const OvLedgerMailbox *known, guint n_known) {
    const char *addresses[N_NAMES];
    OvMailboxAnswer answers[N_NAMES];
    Servers servers;
    for (guint i = 0; i < N_NAMES; i++)
        addresses[i] = ov_arena_printf(arena, "%s@%s", names[i], domain);
    find_servers(round, arena, domain, &servers);
    ask_servers(round, arena, &servers, addresses, answers);
    if (is_stopping(round))
        return FALSE;
    for (guint i = 0; i < N_NAMES; i++)
        if (!keep(round, addresses[i], &answers[i], find_known(known, n_known, addresses[i])))
            return FALSE;
    return TRUE;
}

gboolean ov_mailbox_round(const OvMailboxRound *round) {
    g_autoptr(OvArena) arena = ov_arena_new();
    guint n_known, asked = 0;
    const OvLedgerMailbox *known = ov_ledger_mailboxes(round->ledger, arena, &n_known, NULL);
    if (!known)
        return FALSE;
    Domains domains;
    find_domains(round, arena, &domains);
    for (guint i = 0; i < domains.n && asked < MAX_A_ROUND; i++) {
        gboolean due = FALSE;
        for (guint j = 0; j < N_NAMES; j++)
            due = due ||
                  is_due(find_known(known, n_known,
                                    ov_arena_printf(arena, "%s@%s", names[j], domains.domains[i])),
                         round->now);
        if (!due)
            continue;
        if (!ask_domain(round, arena, domains.domains[i], known, n_known))
            break;
        asked++;
    }
    return asked > 0;
}

void ov_mailboxes_add(OvStanding *standing, OvLedger *ledger) {
    g_autoptr(OvArena) arena = ov_arena_new();
    guint n;
    const OvLedgerMailbox *known = ov_ledger_mailboxes(ledger, arena, &n, NULL);
    for (guint i = 0; known && i < n; i++) {
        OvStandingMailbox mailbox = {
            .address = known[i].address,
            .state = known[i].state,
            .answer = known[i].answer,
            .age = {known[i].checked, known[i].since},
        };
        ov_standing_add_mailbox(standing, &mailbox);
    }
}
