#include "policy/samples/sample.h"

#include <openssl/evp.h>
#include <string.h>
#include <sys/random.h>
#include <zlib.h>

/* The file: mark, nonce, what is encrypted, tag. The nonce is the id and some random octets: ids
 * are given once, so that no nonce is used twice, also where the ledger's key lives for years.
 * Encrypted: size of the message and octets kept (64 bits each, the highest first), then these
 * octets as zlib has them (RFC 1950). */
enum {
    MARK = 4,
    NONCE = 12,
    TAG = 16,
    SIZES = 16,
    OVERHEAD = MARK + NONCE + SIZES + TAG,
    LEVEL = Z_BEST_SPEED,
    MOST_RATIO = 1040, /* of zlib, to one: see its "Technical Details" */
};
static const char mark[MARK + 1] = "OVS1";

typedef EVP_CIPHER_CTX Cipher;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Cipher, EVP_CIPHER_CTX_free)

GQuark ov_sample_error_quark(void) {
    return g_quark_from_static_string("ov-sample-error");
}

void ov_sample_free(OvSample *sample) {
    if (!sample)
        return;
    g_free(sample->data);
    g_free(sample);
}

static void put_number(guint8 *octets, guint64 number) {
    number = GUINT64_TO_BE(number);
    memcpy(octets, &number, sizeof number);
}

static guint64 take_number(const guint8 *octets) {
    guint64 number;
    memcpy(&number, octets, sizeof number);
    return GUINT64_FROM_BE(number);
}

/* In place: length octets after mark and nonce; the tag follows them. */
static gboolean encrypt(guint8 *file, gsize length, const guint8 *key) {
    g_autoptr(Cipher) cipher = EVP_CIPHER_CTX_new();
    guint8 *octets = file + MARK + NONCE;
    int done = 0;
    return cipher && EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key, file + MARK) == 1 &&
           EVP_EncryptUpdate(cipher, NULL, &done, file, MARK) == 1 &&
           EVP_EncryptUpdate(cipher, octets, &done, octets, (int)length) == 1 &&
           EVP_EncryptFinal_ex(cipher, octets + length, &done) == 1 &&
           EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, TAG, octets + length) == 1;
}

static gboolean decrypt(guint8 *plain, const guint8 *file, gsize length, const guint8 *key) {
    g_autoptr(Cipher) cipher = EVP_CIPHER_CTX_new();
    const guint8 *octets = file + MARK + NONCE;
    guint8 tag[TAG];
    int done = 0;
    memcpy(tag, octets + length, TAG);
    return cipher && EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key, file + MARK) == 1 &&
           EVP_DecryptUpdate(cipher, NULL, &done, file, MARK) == 1 &&
           EVP_DecryptUpdate(cipher, plain, &done, octets, (int)length) == 1 &&
           EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, TAG, tag) == 1 &&
           EVP_DecryptFinal_ex(cipher, plain + length, &done) == 1;
}

guint8 *ov_sample_seal(const OvSample *sample, const guint8 key[OV_SAMPLE_KEY_SIZE], gsize *length,
                       GError **error) {
    g_assert(sample->length <= OV_SAMPLE_MAX);
    uLongf packed = compressBound(sample->length);
    g_autofree guint8 *file = g_try_malloc(OVERHEAD + packed);
    guint8 *plain = file ? file + MARK + NONCE : NULL;
    if (!file ||
        compress2(plain + SIZES, &packed, (const Bytef *)sample->data, sample->length, LEVEL) !=
            Z_OK ||
        getrandom(file + MARK + sizeof sample->id, NONCE - sizeof sample->id, 0) !=
            NONCE - sizeof sample->id) {
        g_set_error_literal(error, OV_SAMPLE_ERROR, OV_SAMPLE_ERROR_FILE,
                            "no memory to compress a sample");
        return NULL;
    }
    memcpy(file, mark, MARK);
    put_number(file + MARK, (guint64)sample->id);
    put_number(plain, sample->size);
    put_number(plain + sizeof(guint64), sample->length);
    if (!encrypt(file, SIZES + packed, key)) {
        g_set_error_literal(error, OV_SAMPLE_ERROR, OV_SAMPLE_ERROR_FILE,
                            "libcrypto can't encrypt by AES-256-GCM");
        return NULL;
    }
    *length = OVERHEAD + packed;
    return g_steal_pointer(&file);
}

/* From what was decrypted; NULL where it makes no sense. */
static OvSample *unpack(const guint8 *plain, gsize length, gint64 id) {
    guint64 size = take_number(plain), kept = take_number(plain + sizeof(guint64));
    gsize packed = length - SIZES;
    if (kept > size || kept > OV_SAMPLE_MAX || kept / MOST_RATIO > packed)
        return NULL;
    g_autoptr(OvSample) sample = g_new0(OvSample, 1);
    sample->id = id;
    sample->size = size;
    sample->length = kept;
    sample->data = g_try_malloc(kept + 1);
    uLongf unpacked = kept;
    if (!sample->data ||
        uncompress((Bytef *)sample->data, &unpacked, plain + SIZES, packed) != Z_OK ||
        unpacked != kept)
        return NULL;
    sample->data[kept] = '\0';
    return g_steal_pointer(&sample);
}

OvSample *ov_sample_open(const guint8 *octets, gsize length, gint64 id,
                         const guint8 key[OV_SAMPLE_KEY_SIZE], GError **error) {
    g_autofree guint8 *plain = NULL;
    OvSample *sample = NULL;
    if (length < OVERHEAD || length > G_MAXINT || memcmp(octets, mark, MARK) != 0 ||
        take_number(octets + MARK) != (guint64)id) {
        g_set_error_literal(error, OV_SAMPLE_ERROR, OV_SAMPLE_ERROR_BROKEN,
                            "it is not the whole sample of this message");
        return NULL;
    }
    gsize encrypted = length - (OVERHEAD - SIZES);
    plain = g_try_malloc(encrypted);
    if (plain && decrypt(plain, octets, encrypted, key))
        sample = unpack(plain, encrypted, id);
    if (!sample)
        g_set_error_literal(error, OV_SAMPLE_ERROR, OV_SAMPLE_ERROR_BROKEN,
                            "the sample is damaged, or was written with another [ledger] key");
    return sample;
}
