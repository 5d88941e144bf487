#include "rules/wallet.h"

#include <string.h>

enum {
    SHORTEST = 26, /* of both kinds */
    LONGEST_BASE58 = 35,
    LONGEST_BECH32 = 74,
    DIGEST = 32, /* octets of SHA-256 */
    CHECK = 4,   /* of which an address ends in so many */
    PAYLOAD = 21,
    DECODED = PAYLOAD + CHECK,
};

static const char base58[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
static const char bech32[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/* Versions of addresses of keys and of scripts. */
static gboolean is_known_version(guint8 version) {
    static const guint8 versions[] = {
        0x00, 0x05, /* Bitcoin */
        0x30, 0x32, /* Litecoin */
        0x1E, 0x16, /* Dogecoin */
        0x4C, 0x10, /* Dash */
        0x41,       /* Tron */
    };
    return memchr(versions, version, sizeof versions) != NULL;
}

static gboolean decode_base58(OvSlice text, guint8 decoded[DECODED]) {
    memset(decoded, 0, DECODED);
    for (gsize i = 0; i < text.length; i++) {
        const char *digit = memchr(base58, text.data[i], sizeof base58 - 1);
        if (!digit)
            return FALSE;
        guint carry = (guint)(digit - base58);
        for (guint j = DECODED; j-- > 0;) {
            carry += 58u * decoded[j];
            decoded[j] = (guint8)carry;
            carry >>= 8;
        }
        if (carry > 0)
            return FALSE;
    }
    return TRUE;
}

static void sha256(const guint8 *data, gsize length, guint8 digest[DIGEST]) {
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    gsize digest_length = DIGEST;
    g_checksum_update(checksum, data, (gssize)length);
    g_checksum_get_digest(checksum, digest, &digest_length);
}

static gboolean is_base58check(OvSlice text) {
    guint8 decoded[DECODED], once[DIGEST], twice[DIGEST];
    if (text.length > LONGEST_BASE58 || !decode_base58(text, decoded) ||
        !is_known_version(decoded[0]))
        return FALSE;
    sha256(decoded, PAYLOAD, once);
    sha256(once, DIGEST, twice);
    return memcmp(twice, decoded + PAYLOAD, CHECK) == 0;
}

static guint32 bech32_step(guint32 check, guint32 value) {
    static const guint32 generator[] = {0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3};
    guint32 top = check >> 25;
    check = (check & 0x1FFFFFF) << 5 ^ value;
    for (guint i = 0; i < G_N_ELEMENTS(generator); i++)
        if (top >> i & 1)
            check ^= generator[i];
    return check;
}

/* Two letters for the currency, a 1, and the data; in capitals or small letters altogether, which
 * is not asked here: the checksum tells enough. */
static gboolean is_bech32(OvSlice text) {
    enum { CURRENCY = 2, BECH32 = 1 };
    static const guint32 bech32m = 0x2BC830A3;
    guint start = text.length > 3 && text.data[CURRENCY] == '1'       ? CURRENCY
                  : text.length > 4 && text.data[CURRENCY + 1] == '1' ? CURRENCY + 1
                                                                      : 0;
    OvSlice currency = {text.data, start};
    if (text.length > LONGEST_BECH32 || !(ov_slice_equal_nocase(currency, OV_SLICE_LITERAL("bc")) ||
                                          ov_slice_equal_nocase(currency, OV_SLICE_LITERAL("ltc"))))
        return FALSE;
    guint32 check = 1;
    for (guint i = 0; i < start; i++)
        check = bech32_step(check, (guint32)g_ascii_tolower(text.data[i]) >> 5);
    check = bech32_step(check, 0);
    for (guint i = 0; i < start; i++)
        check = bech32_step(check, (guint32)g_ascii_tolower(text.data[i]) & 31);
    for (gsize i = start + 1; i < text.length; i++) {
        const char *digit = memchr(bech32, g_ascii_tolower(text.data[i]), sizeof bech32 - 1);
        if (!digit)
            return FALSE;
        check = bech32_step(check, (guint32)(digit - bech32));
    }
    return check == BECH32 || check == bech32m;
}

OvSlice ov_wallet_next(OvSlice text, gsize *at, guint *tries) {
    while (*tries > 0 && *at < text.length) {
        gsize start = *at;
        while (*at < text.length &&
               (g_ascii_isalnum(text.data[*at]) || (guchar)text.data[*at] >= 0x80))
            (*at)++;
        OvSlice word = {text.data + start, *at - start};
        if (word.length >= SHORTEST && word.length <= LONGEST_BECH32) {
            (*tries)--;
            if (is_base58check(word) || is_bech32(word))
                return word;
        }
        if (word.length == 0)
            (*at)++;
    }
    return (OvSlice){NULL, 0};
}
