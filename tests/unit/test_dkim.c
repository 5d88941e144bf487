/* Messages signed by others (tests/data/dkim), whole and damaged. */
#include "rules/auth/dkim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include "tests/unit/dns_table.h"

enum { NOW = 1795600000 }; /* a day after signed.cases was made */

typedef struct {
    char *name; /* what follows === */
    char *text; /* lines end in LF */
} Case;

typedef struct {
    GArray *cases; /* Case */
    OvDnsBook *book;
} World;

/* A judged message and all that it stands on. */
typedef struct {
    OvArena *arena;
    char *raw;
    OvMessage *message;
    OvDkim *dkim;
} Judged;

static void add_case(World *world, const char *section) {
    const char *end = strchr(section, '\n');
    g_autofree char *name = g_strndup(section, (gsize)(end - section));
    if (g_str_has_prefix(name, "key ")) {
        g_autofree char *record = g_strchomp(g_strdup(end + 1));
        dns_table_add(world->book, name + strlen("key "), OV_DNS_TXT, record);
        return;
    }
    Case new = {g_steal_pointer(&name), g_strdup(end + 1)};
    g_array_append_val(world->cases, new);
}

static int set_up(void **state) {
    World *world = g_new0(World, 1);
    world->cases = g_array_new(FALSE, FALSE, sizeof(Case));
    world->book = dns_table_new();
    g_autofree char *path =
        g_build_filename(g_getenv("OUTVET_SOURCE"), "tests", "data", "dkim", "signed.cases", NULL);
    g_autofree char *content = NULL;
    g_autoptr(GError) error = NULL;
    if (!g_file_get_contents(path, &content, NULL, &error))
        g_error("%s", error->message);
    g_auto(GStrv) sections = g_strsplit(content, "=== ", -1);
    for (guint i = 1; sections[i]; i++)
        add_case(world, sections[i]);
    *state = world;
    return 0;
}

static int tear_down(void **state) {
    World *world = *state;
    for (guint i = 0; i < world->cases->len; i++) {
        Case *one = &g_array_index(world->cases, Case, i);
        g_free(one->name);
        g_free(one->text);
    }
    g_array_unref(world->cases);
    dns_table_free(world->book);
    g_free(world);
    return 0;
}

static const Case *find_case(const World *world, const char *name) {
    for (guint i = 0; i < world->cases->len; i++)
        if (strcmp(g_array_index(world->cases, Case, i).name, name) == 0)
            return &g_array_index(world->cases, Case, i);
    g_error("there is no case %s", name);
}

static char *with_crlf(const char *text) {
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    return g_strjoinv("\r\n", lines);
}

static void judge_octets(Judged *judged, OvDnsBook *book, OvSlice raw, gsize size) {
    static const OvEnvelope envelope;
    judged->arena = ov_arena_new();
    judged->message = ov_message_parse(judged->arena, &envelope, raw, size, 0);
    judged->dkim = ov_dkim_read(judged->arena, judged->message->header, book, NOW);
    ov_dkim_verify(judged->dkim, judged->message, book, judged->arena);
}

static void judge(Judged *judged, OvDnsBook *book, const char *text) {
    judged->raw = with_crlf(text);
    OvSlice raw = ov_slice(judged->raw);
    judge_octets(judged, book, raw, raw.length);
}

static void judged_clear(Judged *judged) {
    ov_arena_free(judged->arena);
    g_free(judged->raw);
}

/* The first signature's fault after a piece of the message was replaced. */
static OvDkimFault fault_after(OvDnsBook *book, const char *text, const char *from,
                               const char *to) {
    g_auto(GStrv) pieces = g_strsplit(text, from, 2);
    if (!pieces[1])
        g_error("the message has no \"%s\"", from);
    g_autofree char *changed = g_strjoinv(to, pieces);
    Judged judged;
    judge(&judged, book, changed);
    assert_int_equal(judged.dkim->n_signatures, 1);
    OvDkimFault fault = judged.dkim->signatures[0].fault;
    assert_true((judged.dkim->signatures[0].result == OV_DKIM_PASS) == (fault == OV_DKIM_NO_FAULT));
    judged_clear(&judged);
    return fault;
}

static void test_what_other_signers_sign_passes(void **state) {
    const World *world = *state;
    guint n_passed = 0;
    for (guint i = 0; i < world->cases->len; i++) {
        const Case *one = &g_array_index(world->cases, Case, i);
        Judged judged;
        judge(&judged, world->book, one->text);
        assert_int_equal(judged.dkim->n_signatures, 1);
        const OvDkimSignature *signature = &judged.dkim->signatures[0];
        gboolean sha1 = g_str_has_prefix(one->name, "opendkim ");
        if (signature->fault != (sha1 ? OV_DKIM_SHA1 : OV_DKIM_NO_FAULT))
            print_error("%s: %s\n", one->name, ov_dkim_fault_text(signature->fault));
        assert_int_equal(signature->fault, sha1 ? OV_DKIM_SHA1 : OV_DKIM_NO_FAULT);
        assert_int_equal(signature->result, sha1 ? OV_DKIM_PERMERROR : OV_DKIM_PASS);
        n_passed += signature->result == OV_DKIM_PASS;
        guint bits = strstr(one->name, "rsa1024")   ? 1024
                     : strstr(one->name, "rsa4096") ? 4096
                     : strstr(one->name, "ed25519") ? 0
                                                    : 2048;
        if (!sha1)
            assert_int_equal(signature->key_bits, bits);
        judged_clear(&judged);
    }
    assert_true(n_passed > 30);
}

static void test_a_file_with_lf_verifies_like_the_mail_it_was(void **state) {
    const World *world = *state;
    for (guint i = 0; i < world->cases->len; i++) {
        const Case *one = &g_array_index(world->cases, Case, i);
        if (g_str_has_prefix(one->name, "opendkim "))
            continue;
        Judged judged = {.raw = NULL};
        OvSlice raw = ov_slice(one->text);
        judge_octets(&judged, world->book, raw, raw.length);
        assert_int_equal(judged.dkim->signatures[0].result, OV_DKIM_PASS);
        judged_clear(&judged);
    }
}

static void test_every_changed_letter_of_what_was_signed_is_noticed(void **state) {
    const World *world = *state;
    static const char *const NAMES[] = {"dkimpy rsa2048 simple/simple plain",
                                        "dkimpy rsa2048 relaxed/relaxed plain",
                                        "dkimpy ed25519 relaxed/relaxed plain"};
    for (guint n = 0; n < G_N_ELEMENTS(NAMES); n++) {
        const Case *one = find_case(world, NAMES[n]);
        g_autofree char *text = g_strdup(one->text);
        for (char *c = strstr(text, "\nFrom:") + 1; *c; c++) {
            if (!g_ascii_isalnum(*c))
                continue;
            char *line = c;
            while (line > text && line[-1] != '\n')
                line--;
            if (memchr(line, ':', (gsize)(c - line + 1)) == NULL && line[0] != '\t' &&
                line[0] != ' ' && strchr(line, ':') && strchr(line, ':') < strchr(line, '\n'))
                continue; /* a field's name: a changed one is another field */
            char before = *c;
            *c = before == 'q' ? 'w' : 'q';
            Judged judged;
            judge(&judged, world->book, text);
            if (judged.dkim->signatures[0].result != OV_DKIM_FAIL)
                print_error("%s: \"%c\" for \"%c\" at %zu\n", NAMES[n], *c, before,
                            (gsize)(c - text));
            assert_int_equal(judged.dkim->signatures[0].result, OV_DKIM_FAIL);
            judged_clear(&judged);
            *c = before;
        }
    }
}

static void test_changes_that_a_canonical_form_forgives_pass(void **state) {
    const World *world = *state;
    static const struct {
        const char *name, *from, *to;
        OvDkimFault fault;
    } CASES[] = {
        {"dkimpy rsa2048 relaxed/relaxed plain", "Jane  Doe", "Jane \t Doe", OV_DKIM_NO_FAULT},
        {"dkimpy rsa2048 relaxed/relaxed plain", "\nDate: ", "\nDATE :  ", OV_DKIM_NO_FAULT},
        {"dkimpy rsa2048 relaxed/relaxed plain", "Good day.", "Good \t day. ", OV_DKIM_NO_FAULT},
        {"dkimpy rsa2048 relaxed/relaxed plain", "Bye.\n", "Bye.\n\n \n\n", OV_DKIM_NO_FAULT},
        {"dkimpy rsa2048 relaxed/relaxed plain", "Bye.\n", "Bye.", OV_DKIM_NO_FAULT},
        {"dkimpy rsa2048 relaxed/simple plain", "Good day.", "Good  day.", OV_DKIM_BODY_HASH},
        {"dkimpy rsa2048 relaxed/simple plain", "Bye.\n", "Bye.\n\n\n", OV_DKIM_NO_FAULT},
        {"dkimpy rsa2048 relaxed/simple plain", "Bye.\n", "Bye.\n \n", OV_DKIM_BODY_HASH},
        {"dkimpy rsa2048 simple/relaxed plain", "Jane  Doe", "Jane Doe", OV_DKIM_BAD_SIGNATURE},
        {"dkimpy rsa2048 simple/relaxed plain", "\nDate: ", "\nDATE: ", OV_DKIM_BAD_SIGNATURE},
        {"dkimpy rsa2048 relaxed/relaxed plain", "X-Twice: one\nX-Twice: two",
         "X-Twice: two\nX-Twice: one", OV_DKIM_BAD_SIGNATURE},
        {"dkimpy rsa2048 relaxed/relaxed plain", "X-Twice: one", "X-Other: 1\nX-Twice: one",
         OV_DKIM_NO_FAULT},
        {"dkimpy rsa2048 relaxed/relaxed plain", "X-Twice: one", "X-Absent: 1\nX-Twice: one",
         OV_DKIM_BAD_SIGNATURE}, /* signed as not being there */
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        const Case *one = find_case(world, CASES[i].name);
        OvDkimFault fault = fault_after(world->book, one->text, CASES[i].from, CASES[i].to);
        if (fault != CASES[i].fault)
            print_error("%s with %s: %s\n", CASES[i].name, CASES[i].to, ov_dkim_fault_text(fault));
        assert_int_equal(fault, CASES[i].fault);
    }
}

static void test_a_malformed_signature_says_why(void **state) {
    const World *world = *state;
    static const struct {
        const char *from, *to;
        OvDkimFault fault;
    } CASES[] = {
        {"v=1;", "v=2;", OV_DKIM_SYNTAX},
        {"v=1;", "", OV_DKIM_SYNTAX},
        {"v=1;", "v=1; v=1;", OV_DKIM_SYNTAX},
        {"v=1;", "v=1;;", OV_DKIM_SYNTAX},
        {"v=1;", "v=1; l=;", OV_DKIM_SYNTAX},
        {"v=1;", "v=1; l=-1;", OV_DKIM_SYNTAX},
        {"v=1;", "v=1; l=99999999999999999999;", OV_DKIM_SYNTAX},
        {"v=1;", "v=1; l=1000;", OV_DKIM_LENGTH},
        {"v=1;", "v=1; x=1000;", OV_DKIM_SYNTAX}, /* before t= */
        {"a=rsa-sha256", "a=rsa-sha1", OV_DKIM_SHA1},
        {"a=rsa-sha256", "a=rsa-md5", OV_DKIM_ALGORITHM},
        {"a=rsa-sha256", "a=ed25519-sha256", OV_DKIM_KEY_TYPE},
        {"c=relaxed/relaxed", "c=relaxed/odd", OV_DKIM_SYNTAX},
        {"c=relaxed/relaxed", "c=relaxed", OV_DKIM_BAD_SIGNATURE}, /* which is relaxed/simple */
        {"d=example.org", "d=", OV_DKIM_SYNTAX},
        {"d=example.org", "d=exa mple.org", OV_DKIM_SYNTAX},
        {"d=example.org", "d=example..org", OV_DKIM_SYNTAX},
        {"i=@example.org", "i=@example.com", OV_DKIM_IDENTITY},
        {"i=@example.org", "i=@badexample.org", OV_DKIM_IDENTITY},
        {"i=@example.org", "i=@sub.example.org", OV_DKIM_BAD_SIGNATURE},
        {"q=dns/txt", "q=dns/other", OV_DKIM_SYNTAX},
        {"s=rsa2048", "s=other", OV_DKIM_NO_KEY},
        {"s=rsa2048", "s=rsa4096", OV_DKIM_BAD_SIGNATURE},
        {"h=from : ", "h=", OV_DKIM_FROM_NOT_SIGNED},
        {"h=from : ", "h=from :: ", OV_DKIM_SYNTAX},
        {"bh=", "bh=!", OV_DKIM_SYNTAX},
        {"bh=", "bh=AAAA", OV_DKIM_SYNTAX},
    };
    const Case *one = find_case(world, "dkimpy rsa2048 relaxed/relaxed plain");
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        OvDkimFault fault = fault_after(world->book, one->text, CASES[i].from, CASES[i].to);
        if (fault != CASES[i].fault)
            print_error("%s: %s\n", CASES[i].to, ov_dkim_fault_text(fault));
        assert_int_equal(fault, CASES[i].fault);
    }
}

static void test_times_of_a_signature_are_kept_to(void **state) {
    const World *world = *state;
    const Case *one = find_case(world, "dkimpy rsa2048 relaxed/relaxed plain");
    const char *t = strstr(one->text, "t=");
    while (t && !g_ascii_isdigit(t[2]))
        t = strstr(t + 2, "t=");
    g_autofree char *signed_at = g_strndup(t, strspn(t + 2, "0123456789") + 2);
    gint64 seconds = g_ascii_strtoll(signed_at + 2, NULL, 10);
    g_autofree char *expired = g_strdup_printf("v=1; x=%" G_GINT64_FORMAT ";", seconds + 10);
    assert_int_equal(fault_after(world->book, one->text, "v=1;", expired), OV_DKIM_EXPIRED);
    g_autofree char *future = g_strdup_printf("t=%d", NOW + 3600);
    assert_int_equal(fault_after(world->book, one->text, signed_at, future), OV_DKIM_FUTURE);
    g_autofree char *drift = g_strdup_printf("t=%d", NOW + 60);
    assert_int_equal(fault_after(world->book, one->text, signed_at, drift), OV_DKIM_BAD_SIGNATURE);
}

/* The record of the 2048 bit key with a piece of it replaced; "" for none. */
static OvDkimFault fault_with_record(const World *world, const char *from, const char *to) {
    g_autoptr(OvDnsBook) book = dns_table_new();
    OvSlice name = OV_SLICE_LITERAL("rsa2048._domainkey.example.org");
    OvSlice record = ov_dns_look_up(world->book, name, OV_DNS_TXT)->records[0].data;
    g_autofree char *text = g_strndup(record.data, record.length);
    g_auto(GStrv) pieces = g_strsplit(text, from, 2);
    g_autofree char *changed = g_strjoinv(to, pieces);
    dns_table_add(book, name.data, OV_DNS_TXT, changed);
    const Case *one = find_case(world, "dkimpy rsa2048 relaxed/relaxed plain");
    return fault_after(book, one->text, "Bye.", "Bye.");
}

static void test_a_key_record_is_read_by_the_standard(void **state) {
    const World *world = *state;
    static const struct {
        const char *from, *to;
        OvDkimFault fault;
    } CASES[] = {
        {"v=DKIM1; ", "", OV_DKIM_NO_FAULT},
        {"k=rsa; ", "", OV_DKIM_NO_FAULT},
        {"k=rsa; ", "t=y; k=rsa; ", OV_DKIM_NO_FAULT},
        {"k=rsa; ", "t=s; k=rsa; ", OV_DKIM_NO_FAULT},
        {"k=rsa; ", "h=sha1:sha256; s=email:other; n=note; unknown=x; ", OV_DKIM_NO_FAULT},
        {"k=rsa; ", "h=sha1; ", OV_DKIM_KEY_TYPE},
        {"k=rsa; ", "s=other; ", OV_DKIM_NOT_FOR_MAIL},
        {"k=rsa; ", "k=ed25519; ", OV_DKIM_KEY_TYPE},
        {"v=DKIM1; ", "v=DKIM2; ", OV_DKIM_KEY_SYNTAX},
        {"v=DKIM1; k=rsa; ", "k=rsa; v=DKIM1; ", OV_DKIM_KEY_SYNTAX},
        {"p=", "p=!", OV_DKIM_KEY_SYNTAX},
        {"p=", "p=; x=", OV_DKIM_REVOKED},
        {"p=", "p=AAAA", OV_DKIM_KEY_SYNTAX},
        {"p=", "q=", OV_DKIM_KEY_SYNTAX},
        {"v=DKIM1; ", "<html>", OV_DKIM_KEY_SYNTAX},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        OvDkimFault fault = fault_with_record(world, CASES[i].from, CASES[i].to);
        if (fault != CASES[i].fault)
            print_error("%s: %s\n", CASES[i].to, ov_dkim_fault_text(fault));
        assert_int_equal(fault, CASES[i].fault);
    }
}

static void test_an_rsa_key_is_read_in_both_forms(void **state) {
    const World *world = *state;
    const char *name = "rsa2048._domainkey.example.org";
    OvSlice record = ov_dns_look_up(world->book, ov_slice(name), OV_DNS_TXT)->records[0].data;
    g_autofree char *text = g_strndup(record.data, record.length);
    char *base64 = strstr(text, "p=") + 2;
    gsize length;
    g_autofree guchar *der = g_base64_decode(base64, &length);
    enum { HEAD = 24 }; /* of a SubjectPublicKeyInfo of 2048 bits */
    static const struct {
        gsize from, zeroed; /* where the key begins; an octet of it that is cleared, 0 for none */
        OvDkimFault fault;
    } CASES[] = {
        {0, 0, OV_DKIM_NO_FAULT},
        {HEAD, 0, OV_DKIM_NO_FAULT}, /* RFC 6376 3.6.1 */
        {4, 0, OV_DKIM_KEY_SYNTAX},
        {0, 4, OV_DKIM_KEY_SYNTAX},        /* no sequence of an algorithm */
        {0, 12, OV_DKIM_KEY_SYNTAX},       /* an algorithm that is not RSA's */
        {0, HEAD, OV_DKIM_KEY_SYNTAX},     /* what is within is no key */
        {0, HEAD + 5, OV_DKIM_KEY_SYNTAX}, /* ... nor its modulus a number of so many octets */
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree guchar *changed = g_memdup2(der, length);
        if (CASES[i].zeroed)
            changed[CASES[i].zeroed] = 0;
        g_autofree char *p = g_base64_encode(changed + CASES[i].from, length - CASES[i].from);
        g_autofree char *key = g_strconcat("v=DKIM1; k=rsa; p=", p, NULL);
        g_autoptr(OvDnsBook) book = dns_table_new();
        dns_table_add(book, name, OV_DNS_TXT, key);
        const Case *one = find_case(world, "dkimpy rsa2048 relaxed/relaxed plain");
        OvDkimFault fault = fault_after(book, one->text, "Bye.", "Bye.");
        if (fault != CASES[i].fault)
            print_error("key from %zu, %zu cleared: %s\n", CASES[i].from, CASES[i].zeroed,
                        ov_dkim_fault_text(fault));
        assert_int_equal(fault, CASES[i].fault);
    }
}

/* A record of an RSA key of that size; not a product of primes, which nobody looks at. */
static char *huge_record(int bits) {
    BIGNUM *modulus = BN_new(), *exponent = BN_new();
    BN_set_word(exponent, 65537);
    BN_rand(modulus, bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, modulus);
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, exponent);
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    EVP_PKEY *key = NULL;
    assert_int_equal(EVP_PKEY_fromdata_init(context), 1);
    assert_int_equal(EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters), 1);
    guchar *der = NULL;
    int length = i2d_PUBKEY(key, &der);
    g_autofree char *octets = g_base64_encode(der, (gsize)length);
    OPENSSL_free(der);
    EVP_PKEY_free(key);
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(build);
    BN_free(modulus);
    BN_free(exponent);
    return g_strconcat("v=DKIM1; k=rsa; p=", octets, NULL);
}

static void test_a_key_larger_than_receivers_verify_costs_no_verification(void **state) {
    const World *world = *state;
    const Case *one = find_case(world, "dkimpy rsa2048 relaxed/relaxed plain");
    static const struct {
        int bits;
        OvDkimFault fault;
    } CASES[] = {
        {4096, OV_DKIM_BAD_SIGNATURE}, /* verified, as another key's */
        {4104, OV_DKIM_HUGE_KEY},
        {16384, OV_DKIM_HUGE_KEY},
        {65536, OV_DKIM_KEY_SYNTAX}, /* the record is longer than any key's */
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(OvDnsBook) book = dns_table_new();
        g_autofree char *record = huge_record(CASES[i].bits);
        dns_table_add(book, "rsa2048._domainkey.example.org", OV_DNS_TXT, record);
        Judged judged;
        judge(&judged, book, one->text);
        const OvDkimSignature *signature = &judged.dkim->signatures[0];
        assert_int_equal(signature->fault, CASES[i].fault);
        assert_int_equal(signature->result, CASES[i].fault == OV_DKIM_BAD_SIGNATURE
                                                ? OV_DKIM_FAIL
                                                : OV_DKIM_PERMERROR);
        assert_int_equal(signature->key_bits,
                         CASES[i].fault == OV_DKIM_KEY_SYNTAX ? 0 : CASES[i].bits);
        judged_clear(&judged);
    }
}

static void test_a_stray_record_beside_the_key_does_no_harm_but_a_second_key_does(void **state) {
    const World *world = *state;
    const char *name = "rsa2048._domainkey.example.org";
    g_autoptr(OvDnsBook) book = dns_table_new();
    OvSlice key = ov_dns_look_up(world->book, ov_slice(name), OV_DNS_TXT)->records[0].data;
    g_autofree char *record = g_strndup(key.data, key.length);
    const Case *one = find_case(world, "dkimpy rsa2048 relaxed/relaxed plain");
    dns_table_add(book, name, OV_DNS_TXT, "v=spf1 -all");
    dns_table_add(book, name, OV_DNS_TXT, record);
    assert_int_equal(fault_after(book, one->text, "Bye.", "Bye."), OV_DKIM_NO_FAULT);
    dns_table_add(book, name, OV_DNS_TXT, "v=DKIM1; p=AAAA");
    assert_int_equal(fault_after(book, one->text, "Bye.", "Bye."), OV_DKIM_SEVERAL_KEYS);
}

static void test_keys_that_are_late_or_fail_are_unknown_not_wrong(void **state) {
    const World *world = *state;
    const char *name = "rsa2048._domainkey.example.org";
    const Case *one = find_case(world, "dkimpy rsa2048 relaxed/relaxed plain");
    g_autoptr(OvDnsBook) book = dns_table_new();
    Judged judged;
    dns_table_set(book, name, OV_DNS_TXT, OV_DNS_PENDING);
    judge(&judged, book, one->text);
    assert_int_equal(judged.dkim->signatures[0].result, OV_DKIM_PENDING);
    assert_false(ov_dkim_verify(judged.dkim, judged.message, book, judged.arena));
    assert_true(ov_dkim_verify(judged.dkim, judged.message, world->book, judged.arena));
    assert_int_equal(judged.dkim->signatures[0].result, OV_DKIM_PASS);
    judged_clear(&judged);
    dns_table_set(book, name, OV_DNS_TXT, OV_DNS_FAILED);
    judge(&judged, book, one->text);
    assert_int_equal(judged.dkim->signatures[0].result, OV_DKIM_TEMPERROR);
    assert_int_equal(judged.dkim->signatures[0].fault, OV_DKIM_DNS);
    judged_clear(&judged);
}

static void test_a_message_that_was_cut_is_unknown(void **state) {
    const World *world = *state;
    const Case *one = find_case(world, "dkimpy rsa2048 relaxed/relaxed plain");
    Judged judged = {.raw = NULL};
    OvSlice raw = ov_slice(one->text);
    judge_octets(&judged, world->book, raw, raw.length + 1);
    assert_int_equal(judged.dkim->signatures[0].result, OV_DKIM_TEMPERROR);
    assert_int_equal(judged.dkim->signatures[0].fault, OV_DKIM_CUT);
    judged_clear(&judged);
}

static void test_a_hundred_signatures_are_counted_ten_verified(void **state) {
    const World *world = *state;
    const Case *one = find_case(world, "dkimpy rsa2048 relaxed/relaxed plain");
    g_autofree char *signature =
        g_strndup(one->text, (gsize)(strstr(one->text, "\nFrom:") + 1 - one->text));
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < 99; i++)
        g_string_append(text, signature);
    g_string_append(text, one->text);
    Judged judged;
    judge(&judged, world->book, text->str);
    assert_int_equal(judged.dkim->n_fields, 100);
    assert_int_equal(judged.dkim->n_signatures, OV_DKIM_MAX_SIGNATURES);
    for (guint i = 0; i < judged.dkim->n_signatures; i++)
        assert_int_equal(judged.dkim->signatures[i].result, OV_DKIM_PASS);
    judged_clear(&judged);
}

static void test_names_in_h_are_bounded_and_counted(void **state) {
    const World *world = *state;
    const Case *one = find_case(world, "dkimpy rsa2048 relaxed/relaxed plain");
    g_autoptr(GString) names = g_string_new("h=");
    for (guint i = 0; i < 1000; i++)
        g_string_append(names, "from:");
    g_string_append(names, "from : ");
    assert_int_equal(fault_after(world->book, one->text, "h=from : ", names->str), OV_DKIM_SYNTAX);
    Judged judged;
    judge(&judged, world->book, one->text);
    assert_int_equal(ov_dkim_signs(&judged.dkim->signatures[0], "X-TWICE"), 2);
    assert_int_equal(ov_dkim_signs(&judged.dkim->signatures[0], "Reply-To"), 0);
    judged_clear(&judged);
}

static void test_a_message_without_signatures_has_none(void **state) {
    const World *world = *state;
    Judged judged;
    judge(&judged, world->book, "From: a@example.org\n\nHello\n");
    assert_int_equal(judged.dkim->n_signatures, 0);
    assert_int_equal(judged.dkim->n_fields, 0);
    judged_clear(&judged);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_other_signers_sign_passes),
        cmocka_unit_test(test_a_file_with_lf_verifies_like_the_mail_it_was),
        cmocka_unit_test(test_every_changed_letter_of_what_was_signed_is_noticed),
        cmocka_unit_test(test_changes_that_a_canonical_form_forgives_pass),
        cmocka_unit_test(test_a_malformed_signature_says_why),
        cmocka_unit_test(test_times_of_a_signature_are_kept_to),
        cmocka_unit_test(test_a_key_record_is_read_by_the_standard),
        cmocka_unit_test(test_an_rsa_key_is_read_in_both_forms),
        cmocka_unit_test(test_a_key_larger_than_receivers_verify_costs_no_verification),
        cmocka_unit_test(test_a_stray_record_beside_the_key_does_no_harm_but_a_second_key_does),
        cmocka_unit_test(test_keys_that_are_late_or_fail_are_unknown_not_wrong),
        cmocka_unit_test(test_a_message_that_was_cut_is_unknown),
        cmocka_unit_test(test_a_hundred_signatures_are_counted_ten_verified),
        cmocka_unit_test(test_names_in_h_are_bounded_and_counted),
        cmocka_unit_test(test_a_message_without_signatures_has_none),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
