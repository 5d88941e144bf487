#include <openssl/core_names.h>
#include <openssl/x509.h>

#include "rules/auth/dkim_internal.h"
#include "rules/auth/tags.h"
#include "rules/transfer.h"

enum { MAX_RECORD = 4096, MAX_EXPONENT_BITS = 64, ED25519_OCTETS = 32 };

/* Whether a colon-separated list has word, or is absent. */
static gboolean lists(const OvTag *tag, const char *word, gboolean absent) {
    if (!tag)
        return absent;
    OvSlice words = tag->value, one;
    while (ov_dkim_next_name(&words, &one))
        if (ov_slice_equal_nocase(one, ov_slice(word)))
            return TRUE;
    return FALSE;
}

/* Whether a TXT record means to be a key: one of another kind may stand beside it. */
static gboolean is_key(const OvDnsRecord *record, OvTag *tags, gint *n_tags) {
    *n_tags = record->data.length > MAX_RECORD ? -1 : ov_tags_cut(record->data, tags);
    return *n_tags > 0 && ov_tags_find(tags, *n_tags, "p");
}

/* The one record at the name that is a key. */
static OvDkimFault choose(const OvDnsAnswer *answer, OvTag *tags, gint *n_tags) {
    guint n_keys = 0;
    OvTag candidate[OV_TAGS_MAX];
    gint n_candidate;
    for (guint i = 0; i < answer->n_records; i++) {
        if (!is_key(&answer->records[i], candidate, &n_candidate))
            continue;
        memcpy(tags, candidate, sizeof candidate);
        *n_tags = n_candidate;
        n_keys++;
    }
    if (n_keys == 0)
        return OV_DKIM_KEY_SYNTAX;
    return n_keys == 1 ? OV_DKIM_NO_FAULT : OV_DKIM_SEVERAL_KEYS;
}

/* The RSAPublicKey within a SubjectPublicKeyInfo of rsaEncryption (RFC 5280 4.1, RFC 8017 A.1.1);
 * NULL where der is none. */
static ASN1_BIT_STRING *inner_key(OvSlice der) {
    const guchar *at = (const guchar *)der.data;
    long length;
    int tag, class;
    if (ASN1_get_object(&at, &length, &tag, &class, (long)der.length) != V_ASN1_CONSTRUCTED ||
        tag != V_ASN1_SEQUENCE || class != V_ASN1_UNIVERSAL)
        return NULL;
    const guchar *end = at + length;
    X509_ALGOR *algorithm = d2i_X509_ALGOR(NULL, &at, length);
    if (!algorithm)
        return NULL;
    const ASN1_OBJECT *kind;
    X509_ALGOR_get0(&kind, NULL, NULL, algorithm);
    gboolean rsa = OBJ_obj2nid(kind) == NID_rsaEncryption;
    X509_ALGOR_free(algorithm);
    return rsa ? d2i_ASN1_BIT_STRING(NULL, &at, end - at) : NULL;
}

/* RFC 6376 3.6.1 asks for an RSAPublicKey; what everybody publishes is a SubjectPublicKeyInfo. Not
 * by d2i_PUBKEY, which takes five times as long as the verification. */
static EVP_PKEY *rsa_key(OvSlice der) {
    ASN1_BIT_STRING *inner = inner_key(der);
    const guchar *at = inner ? ASN1_STRING_get0_data(inner) : (const guchar *)der.data;
    long length = inner ? ASN1_STRING_length(inner) : (long)der.length;
    EVP_PKEY *key = d2i_PublicKey(EVP_PKEY_RSA, NULL, &at, length);
    ASN1_BIT_STRING_free(inner);
    return key;
}

static gboolean small_exponent(const EVP_PKEY *key) {
    BIGNUM *exponent = NULL;
    gboolean small = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) &&
                     BN_num_bits(exponent) <= MAX_EXPONENT_BITS;
    BN_free(exponent);
    return small;
}

static EVP_PKEY *decode(OvSlice octets, OvDkimSignature *signature) {
    EVP_PKEY *key = NULL;
    if (signature->ed25519) {
        if (octets.length == ED25519_OCTETS)
            key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, (const guchar *)octets.data,
                                              octets.length);
    } else {
        key = rsa_key(octets);
    }
    if (!key) {
        signature->fault = OV_DKIM_KEY_SYNTAX;
        return NULL;
    }
    if (signature->ed25519)
        return key;
    signature->key_bits = (guint)MAX(EVP_PKEY_get_bits(key), 0);
    if (signature->key_bits < OV_DKIM_MIN_BITS)
        signature->fault = OV_DKIM_WEAK_KEY;
    else if (signature->key_bits > OV_DKIM_MAX_BITS || !small_exponent(key))
        signature->fault = OV_DKIM_HUGE_KEY;
    if (signature->fault != OV_DKIM_NO_FAULT) {
        EVP_PKEY_free(key);
        return NULL;
    }
    return key;
}

static OvDkimFault check_record(const OvTag *tags, gint n_tags, const OvDkimWork *work,
                                const OvDkimSignature *signature) {
    const OvTag *version = ov_tags_find(tags, n_tags, "v");
    if (version && (version != tags || !ov_slice_equal(version->value, OV_SLICE_LITERAL("DKIM1"))))
        return OV_DKIM_KEY_SYNTAX;
    if (ov_tags_find(tags, n_tags, "p")->value.length == 0)
        return OV_DKIM_REVOKED;
    const OvTag *type = ov_tags_find(tags, n_tags, "k");
    OvSlice kind = type ? type->value : OV_SLICE_LITERAL("rsa");
    if (!ov_slice_equal_nocase(kind, ov_slice(signature->ed25519 ? "ed25519" : "rsa")) ||
        !lists(ov_tags_find(tags, n_tags, "h"), "sha256", TRUE))
        return OV_DKIM_KEY_TYPE;
    const OvTag *services = ov_tags_find(tags, n_tags, "s");
    if (!lists(services, "*", TRUE) && !lists(services, "email", FALSE))
        return OV_DKIM_NOT_FOR_MAIL;
    if (work->strict_identity && lists(ov_tags_find(tags, n_tags, "t"), "s", FALSE))
        return OV_DKIM_IDENTITY;
    return OV_DKIM_NO_FAULT;
}

static EVP_PKEY *key_of(OvArena *arena, const OvDnsAnswer *answer, const OvDkimWork *work,
                        OvDkimSignature *signature) {
    OvTag tags[OV_TAGS_MAX];
    gint n_tags = 0;
    signature->fault = choose(answer, tags, &n_tags);
    if (signature->fault != OV_DKIM_NO_FAULT)
        return NULL;
    signature->test_key = lists(ov_tags_find(tags, n_tags, "t"), "y", FALSE);
    signature->fault = check_record(tags, n_tags, work, signature);
    if (signature->fault != OV_DKIM_NO_FAULT)
        return NULL;
    OvSlice text = ov_tags_find(tags, n_tags, "p")->value;
    if (ov_base64_foreign(text) > 0) {
        signature->fault = OV_DKIM_KEY_SYNTAX;
        return NULL;
    }
    gsize room = OV_BASE64_ROOM(text.length);
    char *octets = ov_arena_alloc(arena, room);
    return decode((OvSlice){octets, ov_base64_decode(text, octets, room)}, signature);
}

EVP_PKEY *ov_dkim_key_read(OvArena *arena, const OvDnsAnswer *answer, const OvDkimWork *work,
                           OvDkimSignature *signature) {
    EVP_PKEY *key = NULL;
    switch (answer->status) {
    case OV_DNS_PENDING:
        return NULL;
    case OV_DNS_FAILED:
        signature->result = OV_DKIM_TEMPERROR;
        signature->fault = OV_DKIM_DNS;
        return NULL;
    case OV_DNS_NO_DATA:
    case OV_DNS_NO_NAME:
        signature->fault = OV_DKIM_NO_KEY;
        break;
    case OV_DNS_FOUND:
        key = key_of(arena, answer, work, signature);
        break;
    }
    if (!key)
        signature->result = OV_DKIM_PERMERROR;
    return key;
}
