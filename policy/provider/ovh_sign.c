#include "policy/provider/ovh_sign.h"

#include <openssl/evp.h>
#include <string.h>

enum { SHA1_SIZE = 20 };

void ov_ovh_sign(const char *secret, const char *consumer, const char *method, const char *url,
                 const char *body, gint64 time, char signature[OV_OVH_SIGNATURE_SIZE]) {
    g_autofree char *stamp = g_strdup_printf("%" G_GINT64_FORMAT, time);
    const char *const parts[] = {secret, consumer, method, url, body, stamp};
    guint8 digest[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *sha = EVP_MD_CTX_new(); /* wipes itself when it is freed */
    int fine = sha && EVP_DigestInit_ex(sha, EVP_sha1(), NULL);
    for (guint i = 0; fine && i < G_N_ELEMENTS(parts); i++)
        fine = (i == 0 || EVP_DigestUpdate(sha, "+", 1)) &&
               EVP_DigestUpdate(sha, parts[i], strlen(parts[i]));
    fine = fine && EVP_DigestFinal_ex(sha, digest, NULL);
    EVP_MD_CTX_free(sha);
    if (!fine)
        g_error("OpenSSL gives no SHA-1, by which OVH's API has calls signed");
    g_strlcpy(signature, "$1$", OV_OVH_SIGNATURE_SIZE);
    for (guint i = 0; i < SHA1_SIZE; i++)
        g_snprintf(signature + 3 + 2 * (gsize)i, 3, "%02x", digest[i]);
}
