#include "tests/unit/case_dns.h"

struct CaseDns {
    GPtrArray *records; /* "NAME TYPE VALUE" */
    guint n_inherited;  /* of records, the first ones */
    gboolean asked, slow;
    OvDnsBook *book;
    gboolean leaves;
    OvEgress egress;
    OvEgressPoint points[OV_EGRESS_MAX_POINTS];
    char *helo;
    GStrv lists;          /* block lists that are watched; NULL: nothing is */
    GStrv domain_lists;   /* likewise */
    GPtrArray *mailboxes; /* "ADDRESS STATE" */
    OvStanding *standing;
};

CaseDns *case_dns_new(const CaseDns *base) {
    CaseDns *dns = g_new0(CaseDns, 1);
    dns->records = g_ptr_array_new_with_free_func(g_free);
    dns->mailboxes = g_ptr_array_new_with_free_func(g_free);
    if (!base)
        return dns;
    for (guint i = 0; i < base->records->len; i++)
        g_ptr_array_add(dns->records, g_strdup(g_ptr_array_index(base->records, i)));
    dns->n_inherited = dns->records->len;
    dns->asked = base->asked;
    dns->leaves = base->leaves;
    dns->egress = base->egress;
    for (guint i = 0; i < base->egress.n_points; i++) {
        dns->points[i].address = base->points[i].address;
        dns->points[i].helo = g_strdup(base->points[i].helo);
    }
    dns->helo = g_strdup(base->helo);
    dns->lists = g_strdupv(base->lists);
    dns->domain_lists = g_strdupv(base->domain_lists);
    return dns;
}

static void forget_egress(CaseDns *dns) {
    for (guint i = 0; i < dns->egress.n_points; i++)
        g_free((gpointer)dns->points[i].helo);
    dns->egress.n_points = 0;
}

void case_dns_free(CaseDns *dns) {
    g_ptr_array_unref(dns->records);
    dns_table_free(dns->book);
    forget_egress(dns);
    g_free(dns->helo);
    g_strfreev(dns->lists);
    g_strfreev(dns->domain_lists);
    g_ptr_array_unref(dns->mailboxes);
    ov_standing_unref(dns->standing);
    g_free(dns);
}

static gboolean read_type(const char *word, OvDnsType *type) {
    for (guint i = 0; i < OV_N_DNS_TYPES; i++)
        if (strcmp(ov_dns_type_name((OvDnsType)i), word) == 0) {
            *type = (OvDnsType)i;
            return TRUE;
        }
    return FALSE;
}

gboolean case_dns_take(CaseDns *dns, const char *rest) {
    dns->asked = TRUE;
    if (strcmp(rest, "slow") == 0) {
        dns->slow = TRUE;
        return TRUE;
    }
    if (strcmp(rest, "empty") == 0) {
        g_ptr_array_set_size(dns->records, 0);
        dns->n_inherited = 0;
        return TRUE;
    }
    g_auto(GStrv) words = g_strsplit(rest, " ", 3);
    OvDnsType type;
    if (g_strv_length(words) != 3 || !read_type(words[1], &type))
        return FALSE;
    g_autofree char *same = g_strdup_printf("%s %s ", words[0], words[1]);
    for (guint i = 0; i < dns->n_inherited;)
        if (g_str_has_prefix(g_ptr_array_index(dns->records, i), same)) {
            g_ptr_array_remove_index(dns->records, i);
            dns->n_inherited--;
        } else {
            i++;
        }
    if (strcmp(words[2], "none") != 0)
        g_ptr_array_add(dns->records, g_strdup(rest));
    return TRUE;
}

gboolean case_dns_take_egress(CaseDns *dns, const char *rest) {
    g_auto(GStrv) words = g_strsplit(rest, " ", -1);
    dns->leaves = TRUE;
    forget_egress(dns);
    for (guint i = 0; words[i] && *words[i]; i++) {
        if (i == OV_EGRESS_MAX_POINTS)
            return FALSE;
        g_auto(GStrv) halves = g_strsplit(words[i], "=", 2);
        OvEgressPoint *point = &dns->points[dns->egress.n_points++];
        point->helo = g_strdup(halves[1]);
        if (!ov_ip_address_parse(ov_slice(halves[0]), &point->address))
            return FALSE;
    }
    return TRUE;
}

void case_dns_take_helo(CaseDns *dns, const char *name) {
    dns->leaves = TRUE;
    g_free(dns->helo);
    dns->helo = g_strdup(name);
}

gboolean case_dns_take_signing(CaseDns *dns, const char *word) {
    static const char *const words[] = {
        [OV_SIGNING_AUTO] = "auto",
        [OV_SIGNING_BEFORE] = "before",
        [OV_SIGNING_AFTER] = "after",
        [OV_SIGNING_NONE] = "none",
    };
    dns->leaves = TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (strcmp(words[i], word) == 0) {
            dns->egress.signing = (OvSigning)i;
            return TRUE;
        }
    return FALSE;
}

gboolean case_dns_take_tls(CaseDns *dns, const char *word) {
    dns->leaves = TRUE;
    dns->egress.tls = strcmp(word, "yes") == 0 ? OV_EGRESS_TLS_YES : OV_EGRESS_TLS_NO;
    return strcmp(word, "yes") == 0 || strcmp(word, "no") == 0;
}

void case_dns_take_lists(CaseDns *dns, const char *rest) {
    g_strfreev(dns->lists);
    dns->lists = *rest ? g_strsplit(rest, " ", -1) : g_new0(char *, 1);
}

void case_dns_take_domain_lists(CaseDns *dns, const char *rest) {
    g_strfreev(dns->domain_lists);
    dns->domain_lists = g_strsplit(rest, " ", -1);
}

void case_dns_take_mailbox(CaseDns *dns, const char *rest) {
    g_ptr_array_add(dns->mailboxes, g_strdup(rest));
}

static void add_mailbox(OvStanding *standing, const char *text, gint64 now) {
    g_auto(GStrv) words = g_strsplit(text, " ", 2);
    OvStandingMailbox mailbox = {words[0], ov_mailbox_state_from_name(words[1]), "", {now, now}};
    ov_standing_add_mailbox(standing, &mailbox);
}

static void add_record(OvDnsBook *book, const char *record) {
    g_auto(GStrv) words = g_strsplit(record, " ", 3);
    OvDnsType type = OV_DNS_A;
    read_type(words[1], &type);
    if (strcmp(words[2], "fails") == 0)
        dns_table_set(book, words[0], type, OV_DNS_FAILED);
    else if (strcmp(words[2], "never comes") == 0)
        dns_table_set(book, words[0], type, OV_DNS_PENDING);
    else
        dns_table_add(book, words[0], type, words[2]);
}

OvDnsBook *case_dns_book(CaseDns *dns) {
    if (!dns->asked || dns->book)
        return dns->book;
    dns->book = dns_table_new();
    for (guint i = 0; i < dns->records->len; i++)
        add_record(dns->book, g_ptr_array_index(dns->records, i));
    if (dns->slow)
        dns_table_be_slow(dns->book);
    return dns->book;
}

const OvEgress *case_dns_egress(CaseDns *dns) {
    dns->egress.points = dns->points;
    for (guint i = 0; i < dns->egress.n_points; i++)
        if (!dns->points[i].helo)
            dns->points[i].helo = g_strdup(dns->helo);
    return dns->leaves ? &dns->egress : NULL;
}

const OvStanding *case_dns_standing(CaseDns *dns, gint64 now) {
    OvDnsBook *book = case_dns_book(dns);
    const OvEgress *egress = case_dns_egress(dns);
    gboolean watched = dns->lists || dns->domain_lists || dns->mailboxes->len > 0;
    if (!watched || !book || dns->standing)
        return dns->standing;
    dns->standing = ov_standing_new();
    for (guint i = 0; dns->lists && egress && i < egress->n_points; i++)
        ov_standing_add_address(dns->standing, book, &egress->points[i].address,
                                egress->points[i].helo, (const char *const *)dns->lists, NULL, now);
    for (char **zone = dns->domain_lists; zone && *zone; zone++)
        ov_standing_add_domain_list(dns->standing, book, *zone, NULL, now);
    for (guint i = 0; i < dns->mailboxes->len; i++)
        add_mailbox(dns->standing, g_ptr_array_index(dns->mailboxes, i), now);
    return dns->standing;
}
