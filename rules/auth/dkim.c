#include "rules/auth/dkim.h"

#include <openssl/rsa.h>

#include "rules/auth/dkim_internal.h"

/* A body's hash in one canonical form, which several signatures may share. */
typedef struct {
    gboolean relaxed, enough, longer;
    guint64 length;
    guchar hash[32];
} Body;

typedef struct {
    const OvMessage *message;
    guint n_bodies;
    Body bodies[OV_DKIM_MAX_BODIES];
} Bodies;

const char *ov_dkim_fault_text(OvDkimFault fault) {
    static const char *const texts[] = {
#define FAULT(id, text) [OV_DKIM_##id] = (text),
#include "rules/auth/dkim_faults.def"
#undef FAULT
    };
    return texts[fault];
}

OvDkim *ov_dkim_read(OvArena *arena, const OvHeader *header, OvDnsBook *book, gint64 now) {
    OvDkim *dkim = OV_ARENA_NEW(arena, OvDkim, 1);
    dkim->n_fields = header->count[OV_FIELD_DKIM_SIGNATURE];
    if (dkim->n_fields == 0)
        return dkim;
    guint room = MIN(dkim->n_fields, OV_DKIM_MAX_SIGNATURES);
    dkim->signatures = OV_ARENA_NEW(arena, OvDkimSignature, room);
    dkim->work = OV_ARENA_NEW(arena, OvDkimWork, room);
    for (guint i = 0; i < header->n_fields && dkim->n_signatures < room; i++) {
        if (header->fields[i].id != OV_FIELD_DKIM_SIGNATURE)
            continue;
        OvDkimSignature *signature = &dkim->signatures[dkim->n_signatures];
        OvDkimWork *work = &dkim->work[dkim->n_signatures++];
        ov_dkim_signature_read(arena, &header->fields[i], now, signature, work);
        if (signature->result == OV_DKIM_PENDING)
            ov_dns_look_up(book, work->key_name, OV_DNS_TXT);
    }
    return dkim;
}

static void set(OvDkimSignature *signature, OvDkimResult result, OvDkimFault fault) {
    signature->result = result;
    signature->fault = fault;
}

/* The body's hash as a signature wants it; NULL where there are too many forms already. */
static const Body *body_of(Bodies *bodies, const OvDkimWork *work) {
    for (guint i = 0; i < bodies->n_bodies; i++)
        if (bodies->bodies[i].relaxed == work->relaxed_body &&
            bodies->bodies[i].length == work->length)
            return &bodies->bodies[i];
    if (bodies->n_bodies == OV_DKIM_MAX_BODIES)
        return NULL;
    Body *body = &bodies->bodies[bodies->n_bodies++];
    body->relaxed = work->relaxed_body;
    body->length = work->length;
    body->enough = ov_dkim_body_hash(bodies->message->body, work->relaxed_body, work->length,
                                     body->hash, &body->longer);
    return body;
}

static gboolean body_matches(Bodies *bodies, const OvDkimWork *work, OvDkimSignature *signature) {
    if (bodies->message->cut) {
        set(signature, OV_DKIM_TEMPERROR, OV_DKIM_CUT);
        return FALSE;
    }
    const Body *body = body_of(bodies, work);
    if (!body) {
        set(signature, OV_DKIM_PERMERROR, OV_DKIM_TOO_MANY_BODIES);
        return FALSE;
    }
    signature->uncovered = body->longer;
    if (!body->enough)
        set(signature, OV_DKIM_PERMERROR, OV_DKIM_LENGTH);
    else if (memcmp(body->hash, work->body_hash.data, sizeof body->hash) != 0)
        set(signature, OV_DKIM_FAIL, OV_DKIM_BODY_HASH);
    else
        return TRUE;
    return FALSE;
}

static gboolean rsa_verifies(EVP_PKEY *key, const OvDkimWork *work, const guchar hash[32]) {
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    gboolean right = context && EVP_PKEY_verify_init(context) == 1 &&
                     EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
                     EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) == 1 &&
                     EVP_PKEY_verify(context, (const guchar *)work->signature.data,
                                     work->signature.length, hash, 32) == 1;
    EVP_PKEY_CTX_free(context);
    return right;
}

/* Ed25519 signs the hash, not the text (RFC 8463 3). */
static gboolean ed25519_verifies(EVP_PKEY *key, const OvDkimWork *work, const guchar hash[32]) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    gboolean right = EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
                     EVP_DigestVerify(context, (const guchar *)work->signature.data,
                                      work->signature.length, hash, 32) == 1;
    EVP_MD_CTX_free(context);
    return right;
}

static void verify(OvArena *arena, Bodies *bodies, const OvDkimWork *work, EVP_PKEY *key,
                   OvDkimSignature *signature) {
    if (!body_matches(bodies, work, signature))
        return;
    guchar hash[32];
    ov_dkim_header_hash(arena, bodies->message->header, signature, work, hash);
    if (signature->ed25519 ? ed25519_verifies(key, work, hash) : rsa_verifies(key, work, hash))
        set(signature, OV_DKIM_PASS, OV_DKIM_NO_FAULT);
    else
        set(signature, OV_DKIM_FAIL, OV_DKIM_BAD_SIGNATURE);
}

gboolean ov_dkim_verify(OvDkim *dkim, const OvMessage *message, OvDnsBook *book, OvArena *arena) {
    Bodies bodies = {.message = message};
    gboolean pending = FALSE;
    for (guint i = 0; i < dkim->n_signatures; i++) {
        OvDkimSignature *signature = &dkim->signatures[i];
        const OvDkimWork *work = &dkim->work[i];
        if (signature->result != OV_DKIM_PENDING)
            continue;
        const OvDnsAnswer *answer = ov_dns_look_up(book, work->key_name, OV_DNS_TXT);
        EVP_PKEY *key = ov_dkim_key_read(arena, answer, work, signature);
        if (key)
            verify(arena, &bodies, work, key, signature);
        EVP_PKEY_free(key);
        pending |= signature->result == OV_DKIM_PENDING;
    }
    return !pending;
}
