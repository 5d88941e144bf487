/* Outvet's SPF beside libspf2's, on the suite of openspf.org: both ask the same DNS. Where they
 * differ the table says why; a difference that it does not tell of is a fault of one of them.
 * libspf2 stays in this test: what mail brings is not shown to it (CVE-2023-42118). */
#include "tests/unit/spf_suite.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <spf2/spf.h>
#include <spf2/spf_dns.h>
#include <spf2/spf_dns_rr.h>

/* What libspf2 does otherwise, and where RFC 7208 says how it is. */
#define GRAMMAR   "takes what the grammar does not allow (12)"
#define ZERO      "takes a prefix length of 0 for an error (5.6)"
#define NAMES     "does not know all characters of a modifier's name (12)"
#define ORDER     "takes a redirect before other terms for an error (6.1)"
#define NO_MATCH  "fails where a name of ptr can't be looked up, which is no match (5.5)"
#define COLON     "ends a domain at a colon (7.1)"
#define MAPPED    "takes an IPv4 address in IPv6 form for an IPv6 address (5)"
#define TWICE     "lets a modifier stand twice (6)"
#define VALIDATED "takes an unvalidated name for %{p} (7.3)"
#define TEN_NAMES "fails where an address has more than 10 names, of which the first count (4.6.4)"
#define LIMITS    "counts look-ups for each record, and no void ones (4.6.4)"

/* Cases of the suite in which it departs from RFC 7208. */
static const struct {
    const char *name, *why;
} DIFFERENCES[] = {
    {"non-ascii-policy", GRAMMAR},
    {"control-char-policy", GRAMMAR},
    {"modifier-charset-good", NAMES},
    {"redirect-after-mechanisms1", ORDER},
    {"redirect-after-mechanisms2", ORDER},
    {"redirect-is-modifier", GRAMMAR},
    {"invalid-domain", GRAMMAR},
    {"ptr-empty-domain", GRAMMAR},
    {"ptr-cname-loop", NO_MATCH},
    {"a-bad-domain", GRAMMAR},
    {"a-nxdomain", ZERO},
    {"a-cidr4-0", ZERO},
    {"a-cidr4-0-ip6", ZERO},
    {"a-cidr6-0-ip4", ZERO},
    {"a-cidr6-0-ip4mapped", ZERO},
    {"a-cidr6-0-ip6", ZERO},
    {"a-cidr6-0-nxdomain", ZERO},
    {"a-null", GRAMMAR},
    {"a-numeric", GRAMMAR},
    {"a-numeric-toplabel", GRAMMAR},
    {"a-bad-toplabel", GRAMMAR},
    {"a-only-toplabel", GRAMMAR},
    {"a-only-toplabel-trailing-dot", GRAMMAR},
    {"a-colon-domain-ip4mapped", COLON},
    {"a-empty-domain", GRAMMAR},
    {"mx-bad-domain", GRAMMAR},
    {"mx-nxdomain", ZERO},
    {"mx-cidr4-0", ZERO},
    {"mx-cidr4-0-ip6", ZERO},
    {"mx-cidr6-0-ip4", ZERO},
    {"mx-cidr6-0-ip4mapped", ZERO},
    {"mx-cidr6-0-ip6", ZERO},
    {"mx-cidr6-0-nxdomain", ZERO},
    {"mx-null", GRAMMAR},
    {"mx-numeric-top-label", GRAMMAR},
    {"mx-colon-domain-ip4mapped", COLON},
    {"mx-bad-toplab", GRAMMAR},
    {"mx-empty-domain", GRAMMAR},
    {"exists-empty-domain", GRAMMAR},
    {"exists-cidr", GRAMMAR},
    {"cidr4-0", ZERO},
    {"cidr4-032", GRAMMAR},
    {"ip4-mapped-ip6", MAPPED},
    {"cidr6-0-ip4", ZERO},
    {"cidr6-ip4", ZERO},
    {"cidr6-0", ZERO},
    {"exp-empty-domain", GRAMMAR},
    {"exp-syntax-error", GRAMMAR},
    {"exp-twice", TWICE},
    {"redirect-empty-domain", GRAMMAR},
    {"redirect-twice", TWICE},
    {"unknown-modifier-syntax", GRAMMAR},
    {"exp-only-macro-char", GRAMMAR},
    {"invalid-macro-char", GRAMMAR},
    {"invalid-embedded-macro-char", GRAMMAR},
    {"invalid-trailing-macro-char", GRAMMAR},
    {"p-macro-multiple", VALIDATED},
    {"ptr-limit", TEN_NAMES},
    {"include-over-limit", LIMITS},
    {"void-over-limit", LIMITS},
};

static const OvDnsAnswer *answer_of(SPF_dns_server_t *server, const char *domain, ns_type type,
                                    OvDnsType *of) {
    OvDnsBook *book = server->hook;
    static const struct {
        ns_type type;
        OvDnsType of;
    } TYPES[] = {{ns_t_a, OV_DNS_A},
                 {ns_t_aaaa, OV_DNS_AAAA},
                 {ns_t_mx, OV_DNS_MX},
                 {ns_t_txt, OV_DNS_TXT},
                 {ns_t_ptr, OV_DNS_PTR}};
    for (guint i = 0; i < G_N_ELEMENTS(TYPES); i++)
        if (TYPES[i].type == type) {
            *of = TYPES[i].of;
            return ov_dns_look_up(book, ov_slice(domain), TYPES[i].of);
        }
    return NULL;
}

static void put_text(char *to, OvSlice text) {
    if (text.length > 0)
        memcpy(to, text.data, text.length);
    to[text.length] = '\0';
}

static void put_record(SPF_dns_rr_data_t *to, OvDnsType type, const OvDnsRecord *record) {
    switch (type) {
    case OV_DNS_A:
        memcpy(&to->a, record->data.data, sizeof to->a);
        break;
    case OV_DNS_AAAA:
        memcpy(&to->aaaa, record->data.data, sizeof to->aaaa);
        break;
    default:
        put_text(type == OV_DNS_MX ? to->mx : to->txt, record->data);
        break;
    }
}

static SPF_dns_rr_t *look_up(SPF_dns_server_t *server, const char *domain, ns_type type,
                             int should_cache) {
    (void)should_cache;
    OvDnsType of = OV_DNS_TXT;
    const OvDnsAnswer *answer = answer_of(server, domain, type, &of);
    SPF_dns_rr_t *rr = SPF_dns_rr_new_init(server, domain, type, 60, NO_DATA);
    if (!answer)
        return rr;
    rr->herrno = answer->status == OV_DNS_FOUND     ? NETDB_SUCCESS
                 : answer->status == OV_DNS_NO_NAME ? HOST_NOT_FOUND
                 : answer->status == OV_DNS_NO_DATA ? NO_DATA
                                                    : TRY_AGAIN;
    for (guint i = 0; i < answer->n_records; i++) {
        gsize size = MAX(answer->records[i].data.length + 1, sizeof(struct in6_addr));
        assert_int_equal(SPF_dns_rr_buf_realloc(rr, (int)i, size), SPF_E_SUCCESS);
        put_record(rr->rr[i], of, &answer->records[i]);
        rr->num_rr = (int)i + 1;
    }
    return rr;
}

/* Its words for a result, with what it says by error codes alone (rule catalogue 6.1). */
static const char *peer_result(SPF_errcode_t code, SPF_response_t *response) {
    SPF_result_t result = SPF_response_result(response);
    if (result != SPF_RESULT_INVALID)
        return SPF_strresult(result);
    return code == SPF_E_DNS_ERROR ? "temperror" : "permerror";
}

static const char *ask_peer(const SpfCase *c) {
    SPF_dns_server_t *dns = calloc(1, sizeof *dns); /* libspf2 frees it */
    dns->lookup = look_up;
    dns->name = "table";
    dns->hook = c->book;
    SPF_server_t *server = SPF_server_new_dns(dns, 0);
    SPF_server_set_rec_dom(server, "receiver.example");
    SPF_request_t *request = SPF_request_new(server);
    if (strchr(c->host, ':'))
        SPF_request_set_ipv6_str(request, c->host);
    else
        SPF_request_set_ipv4_str(request, c->host);
    SPF_request_set_helo_dom(request, c->helo);
    if (*c->sender)
        SPF_request_set_env_from(request, c->sender);
    SPF_response_t *response = NULL;
    SPF_errcode_t code = SPF_request_query_mailfrom(request, &response);
    const char *result = response ? peer_result(code, response) : "none";
    if (response)
        SPF_response_free(response);
    SPF_request_free(request);
    dns->lookup = NULL;
    SPF_server_free(server);
    free(dns);
    return result;
}

static const char *why_different(const char *name) {
    for (guint i = 0; i < G_N_ELEMENTS(DIFFERENCES); i++)
        if (strcmp(DIFFERENCES[i].name, name) == 0)
            return DIFFERENCES[i].why;
    return NULL;
}

typedef struct {
    guint differ, unexplained, alike_though;
} Count;

static void compare(const SpfCase *c, gpointer data) {
    Count *count = data;
    OvSpf spf;
    const char *ours = ov_spf_result_name(spf_case_ask(c, &spf));
    const char *theirs = ask_peer(c);
    gboolean told = why_different(c->name) != NULL;
    if (strcmp(ours, theirs) == 0) {
        count->alike_though += told ? 1 : 0;
        if (told)
            print_error("%s: both say %s\n", c->name, ours);
        return;
    }
    count->differ++;
    assert_true(spf_case_expects(c, ours));
    count->unexplained += told ? 0 : 1;
    if (!told)
        print_error("%s: Outvet says %s (%s), libspf2 %s\n", c->name, ours, spf.reason, theirs);
}

static void test_differences_from_libspf2_are_explained(void **state) {
    (void)state;
    Count count = {0};
    assert_int_equal(spf_suite_each(compare, &count), 200);
    assert_int_equal(count.unexplained, 0);
    assert_int_equal(count.alike_though, 0);
    assert_int_equal(count.differ, G_N_ELEMENTS(DIFFERENCES));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_differences_from_libspf2_are_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
