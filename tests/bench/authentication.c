/* What authentication costs: CPU of judging a signed letter of 4 KB that leaves (SPF for MAIL FROM,
 * HELO and PRA, DKIM with one rsa-2048 signature, DMARC), its answers in the resolver's cache, less
 * that of the same letter staying here; and what OpenSSL takes of it: reading the key, verifying,
 * hashing, each by itself on as many octets. The fastest of several rounds counts.
 *
 *   authentication KEY SERVER
 *
 * KEY (PEM) signs as bench._domainkey.signed-test.net; SERVER is a name server that has its record.
 */
#include "tests/bench/lib/meter.h"
#include "tests/bench/lib/signer.h"
#include "tests/bench/lib/text.h"

#include "rules/auth/resolver.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define DOMAIN "signed-test.net"

enum { ROUNDS = 25, MESSAGES = 200 };

typedef struct {
    OvJudge *judge;
    OvResolver *resolver;
    const OvEgress *egress;
    OvSlice raw;
    guchar *der; /* the key as an RSAPublicKey */
    int der_length;
    EVP_PKEY *key;
    guchar signature[256], hash[32]; /* of hash by key */
} Bench;

/* The letter judged as mail to recipient. look: what to do with the judgement, or NULL. */
static void judge(const Bench *bench, const char *recipient,
                  void (*look)(const OvJudgement *judgement)) {
    OvEnvelope envelope = {
        .sender = "anna@" DOMAIN,
        .recipients = &recipient,
        .n_recipients = 1,
        .now = g_get_real_time(),
        .dns = ov_resolver_open(bench->resolver),
        .egress = bench->egress,
    };
    OvJudgement *judgement =
        ov_judge_message(bench->judge, &envelope, bench->raw, bench->raw.length, 0);
    if (look)
        look(judgement);
    ov_judgement_free(judgement);
    ov_resolver_close(envelope.dns);
}

static void judge_leaving(const Bench *bench) {
    judge(bench, "bert@elsewhere-test.net", NULL);
}

static void judge_staying(const Bench *bench) {
    judge(bench, "bert@host.example", NULL);
}

static void read_key(const Bench *bench) {
    const guchar *at = bench->der;
    EVP_PKEY_free(d2i_PublicKey(EVP_PKEY_RSA, NULL, &at, bench->der_length));
}

static void verify(const Bench *bench) {
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(bench->key, NULL);
    if (EVP_PKEY_verify_init(context) != 1 ||
        EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) != 1 ||
        EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) != 1 ||
        EVP_PKEY_verify(context, bench->signature, sizeof bench->signature, bench->hash,
                        sizeof bench->hash) != 1)
        g_error("OpenSSL does not verify what it signed");
    EVP_PKEY_CTX_free(context);
}

static void hash(const Bench *bench) {
    guchar digest[32];
    EVP_Digest(bench->raw.data, bench->raw.length, digest, NULL, EVP_sha256(), NULL);
}

/* Milliseconds of CPU a message. */
static double time_of(const Bench *bench, void (*part)(const Bench *bench)) {
    double best = G_MAXDOUBLE;
    for (guint round = 0; round < ROUNDS; round++) {
        double start = ov_meter_cpu();
        for (guint i = 0; i < MESSAGES; i++)
            part(bench);
        best = MIN(best, (ov_meter_cpu() - start) / MESSAGES);
    }
    return best;
}

static void must_pass(const OvJudgement *judgement) {
    static const struct {
        OvFactId id;
        const char *name;
    } facts[] = {
        {OV_FACT_AUTH_SPF, "SPF"}, {OV_FACT_AUTH_DKIM, "DKIM"}, {OV_FACT_AUTH_DMARC, "DMARC"}};
    for (guint i = 0; i < G_N_ELEMENTS(facts); i++) {
        const OvValue *value = &ov_judgement_facts(judgement)->value[facts[i].id];
        if (value->type == OV_TEXT && ov_slice_equal(value->text, OV_SLICE_LITERAL("pass")))
            continue;
        fprintf(stderr, "authentication: %s does not pass\n", facts[i].name);
        exit(EX_DATAERR);
    }
}

static char *letter(const char *key) {
    g_autoptr(GString) raw =
        g_string_new("From: Anna Muster <anna@" DOMAIN ">\r\n"
                     "To: Bert Beispiel <bert@elsewhere-test.net>\r\n"
                     "Subject: Minutes of the meeting, and the rooms for spring\r\n"
                     "Date: Mon, 23 Nov 2026 20:00:00 +0000\r\n"
                     "Message-ID: <20261123200000.4711@" DOMAIN ">\r\n"
                     "MIME-Version: 1.0\r\n"
                     "Content-Type: text/plain; charset=utf-8\r\n\r\n");
    ov_add_text(raw, 3500);
    g_autofree char *signature = ov_sign(key, DOMAIN, "bench", (OvSlice){raw->str, raw->len});
    return g_strconcat("DKIM-Signature:", signature, "\r\n", raw->str, NULL);
}

/* What OpenSSL is measured by alone. */
static void prepare_key(Bench *bench, const char *path) {
    FILE *file = fopen(path, "re");
    bench->key = file ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;
    if (!bench->key || EVP_PKEY_get_size(bench->key) != sizeof bench->signature)
        g_error("%s is no RSA key of 2048 bits", path);
    fclose(file);
    bench->der_length = i2d_PublicKey(bench->key, &bench->der);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(bench->key, NULL);
    size_t length = sizeof bench->signature;
    if (EVP_PKEY_sign_init(context) != 1 ||
        EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) != 1 ||
        EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) != 1 ||
        EVP_PKEY_sign(context, bench->signature, &length, bench->hash, sizeof bench->hash) != 1)
        g_error("OpenSSL does not sign");
    EVP_PKEY_CTX_free(context);
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: authentication KEY SERVER\n");
        return EX_USAGE;
    }
    const char *const servers[] = {argv[2], NULL};
    OvResolverSettings settings = {
        .servers = servers,
        .cache = 64 << 20,
        .time_limit = 10 * G_USEC_PER_SEC,
        .question_limit = 5 * G_USEC_PER_SEC,
    };
    g_autoptr(GError) error = NULL;
    OvEgressPoint point = {.helo = "mx." DOMAIN};
    ov_ip_address_parse(OV_SLICE_LITERAL("192.0.2.25"), &point.address);
    const OvEgress egress = {.points = &point, .n_points = 1, .signing = OV_SIGNING_BEFORE};
    g_autofree char *text = letter(argv[1]);
    Bench bench = {.judge = ov_meter_judge(), .egress = &egress, .raw = ov_slice(text)};
    bench.resolver = ov_resolver_new(&settings, NULL, NULL, &error);
    if (!bench.resolver)
        g_error("%s", error->message);
    prepare_key(&bench, argv[1]);
    judge(&bench, "bert@elsewhere-test.net", must_pass);

    double leaving = time_of(&bench, judge_leaving), staying = time_of(&bench, judge_staying);
    double all = leaving - staying;
    double reading = time_of(&bench, read_key), verifying = time_of(&bench, verify),
           hashing = time_of(&bench, hash);
    double openssl = reading + verifying + hashing;
    printf("authentication, answers in the cache, one rsa-2048 signature: %.3f ms CPU a message, "
           "the whole "
           "judgement %.3f ms; OpenSSL's share %.0f %% (%.3f ms: the key %.3f, verifying %.3f, "
           "hashing %.3f)\n",
           all, leaving, 100 * openssl / all, openssl, reading, verifying, hashing);
    EVP_PKEY_free(bench.key);
    OPENSSL_free(bench.der);
    ov_resolver_unref(bench.resolver);
    ov_judge_unref(bench.judge);
    return EX_OK;
}
