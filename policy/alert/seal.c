#include "policy/alert/seal.h"

#include <openssl/crypto.h>
#include <string.h>
#include <sys/random.h>

static const char PREFIX[] = "<outvet-alert.";
static const gint64 GOOD_FOR = G_GINT64_CONSTANT(7) * 24 * 3600; /* seconds */
static const gint64 CLOCK_ERROR = 3600;                          /* seconds */

char *ov_seal_message_id(const char *host, gint64 time) {
    guint64 random = 0;
    while (getrandom(&random, sizeof random, 0) != sizeof random)
        continue;
    return g_strdup_printf("%s%" G_GINT64_FORMAT ".%016" G_GINT64_MODIFIER "x@%s>", PREFIX,
                           time / G_USEC_PER_SEC, random, host);
}

void ov_seal_make(const guint8 key[OV_ALERT_KEY_SIZE], const char *message_id,
                  char seal[OV_SEAL_SIZE]) {
    g_autofree char *digits = g_compute_hmac_for_string(G_CHECKSUM_SHA256, key, OV_ALERT_KEY_SIZE,
                                                        message_id, (gssize)strlen(message_id));
    g_strlcpy(seal, digits, OV_SEAL_SIZE);
}

static gboolean is_young(const char *message_id, gint64 now) {
    gint64 made = g_ascii_strtoll(message_id + strlen(PREFIX), NULL, 10);
    gint64 age = now / G_USEC_PER_SEC - made;
    return made > 0 && age >= -CLOCK_ERROR && age <= GOOD_FOR;
}

gboolean ov_seal_holds(const guint8 key[OV_ALERT_KEY_SIZE], const char *seal,
                       const char *message_id, gint64 now) {
    if (!seal || !message_id || !g_str_has_prefix(message_id, PREFIX) ||
        strlen(seal) != OV_SEAL_SIZE - 1 || !is_young(message_id, now))
        return FALSE;
    char right[OV_SEAL_SIZE];
    ov_seal_make(key, message_id, right);
    return CRYPTO_memcmp(seal, right, OV_SEAL_SIZE - 1) == 0;
}
