#include "tests/bench/lib/signer.h"

#include "rules/auth/dkim_internal.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static EVP_PKEY *read_key(const char *path) {
    FILE *file = fopen(path, "re");
    EVP_PKEY *key = file ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;
    if (file)
        fclose(file);
    if (!key) {
        fprintf(stderr, "%s: no key can be read\n", path);
        exit(EXIT_FAILURE);
    }
    return key;
}

static char *rsa_sign(EVP_PKEY *key, const guchar hash[32]) {
    guchar signature[1024];
    size_t length = sizeof signature;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    g_assert_true(EVP_PKEY_sign_init(context) == 1 &&
                  EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
                  EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) == 1 &&
                  EVP_PKEY_sign(context, signature, &length, hash, 32) == 1);
    EVP_PKEY_CTX_free(context);
    return g_base64_encode(signature, length);
}

/* The hash over header and unsigned field, by the code that verifies it. */
static void header_hash(const char *field, OvSlice raw, guchar hash[32]) {
    static const OvEnvelope envelope;
    OvArena *arena = ov_arena_new();
    OvDkimSignature signature;
    OvDkimWork work;
    g_autofree char *text =
        g_strdup_printf("DKIM-Signature:%sAAAA\r\n%.*s", field, (int)raw.length, raw.data);
    OvMessage *message = ov_message_parse(arena, &envelope, ov_slice(text), strlen(text), 0);
    ov_dkim_signature_read(arena, ov_header_find(message->header, OV_FIELD_DKIM_SIGNATURE), 0,
                           &signature, &work);
    g_assert_true(signature.result == OV_DKIM_PENDING);
    ov_dkim_header_hash(arena, message->header, &signature, &work, hash);
    ov_arena_free(arena);
}

char *ov_sign(const char *key_file, const char *domain, const char *selector, OvSlice raw) {
    static const OvEnvelope envelope;
    OvArena *arena = ov_arena_new();
    OvMessage *message = ov_message_parse(arena, &envelope, raw, raw.length, 0);
    guchar hash[32];
    gboolean longer;
    ov_dkim_body_hash(message->body, TRUE, G_MAXUINT64, hash, &longer);
    ov_arena_free(arena);
    g_autofree char *body_hash = g_base64_encode(hash, sizeof hash);
    g_autofree char *field = g_strdup_printf(
        " v=1; a=rsa-sha256; c=relaxed/relaxed; d=%s; s=%s; h=from:from:to:to:subject:subject:date:"
        "date:reply-to:mime-version:content-type; bh=%s; b=",
        domain, selector, body_hash);
    header_hash(field, raw, hash);
    EVP_PKEY *key = read_key(key_file);
    g_autofree char *signature = rsa_sign(key, hash);
    EVP_PKEY_free(key);
    return g_strconcat(field, signature, NULL);
}
