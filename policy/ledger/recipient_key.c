#include "policy/ledger/recipient_key.h"

#include "policy/ledger/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_SIZE = 32, DIGEST_SIZE = 32 };

struct OvRecipientKey {
    guint8 octets[KEY_SIZE];
};

static gboolean fail(GError **error, const char *path, const char *trouble) {
    g_set_error(error, OV_LEDGER_ERROR, OV_LEDGER_ERROR_OPEN, "the key of recipients' hashes %s %s",
                path, trouble);
    return FALSE;
}

static gboolean fail_errno(GError **error, const char *path, const char *action) {
    g_autofree char *trouble = g_strdup_printf("can't be %s: %s", action, g_strerror(errno));
    return fail(error, path, trouble);
}

static gboolean read_key(int file, const char *path, guint8 *octets, GError **error) {
    struct stat status;
    guint8 more[KEY_SIZE + 1];
    if (fstat(file, &status) != 0)
        return fail_errno(error, path, "read");
    if (!S_ISREG(status.st_mode))
        return fail(error, path, "is no file");
    if (status.st_mode & (S_IRWXG | S_IRWXO))
        return fail(error, path, "may be used by others than its owner: chmod 600 it");
    if (status.st_size != KEY_SIZE || read(file, more, sizeof more) != KEY_SIZE)
        return fail(error, path,
                    "does not hold 32 octets; restore it, or remove it to begin with a new one");
    memcpy(octets, more, KEY_SIZE);
    return TRUE;
}

static gboolean write_key(int file, const guint8 *octets) {
    return write(file, octets, KEY_SIZE) == KEY_SIZE && fsync(file) == 0;
}

/* Written under another name first: a key file that is there is whole. FALSE with errno. */
static gboolean make_key(const char *path, guint8 *octets) {
    if (getrandom(octets, KEY_SIZE, 0) != KEY_SIZE)
        return FALSE;
    g_autofree char *fresh = g_strdup_printf("%s.%d", path, (int)getpid());
    int file = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return FALSE;
    gboolean made = write_key(file, octets) && link(fresh, path) == 0;
    int reason = errno;
    close(file);
    unlink(fresh);
    errno = reason;
    return made;
}

/* make: a key that is not there is made. */
static OvRecipientKey *load(const char *path, gboolean make, GError **error) {
    g_autoptr(OvRecipientKey) key = g_new0(OvRecipientKey, 1);
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0 && errno == ENOENT && make) {
        if (make_key(path, key->octets))
            return g_steal_pointer(&key);
        if (errno != EEXIST) {
            fail_errno(error, path, "made");
            return NULL;
        }
        file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    }
    if (file < 0) {
        fail_errno(error, path, "read");
        return NULL;
    }
    gboolean done = read_key(file, path, key->octets, error);
    close(file);
    return done ? g_steal_pointer(&key) : NULL;
}

OvRecipientKey *ov_recipient_key_load(const char *path, GError **error) {
    return load(path, TRUE, error);
}

OvRecipientKey *ov_recipient_key_open(const char *path, GError **error) {
    return load(path, FALSE, error);
}

void ov_recipient_key_free(OvRecipientKey *key) {
    if (!key)
        return;
    explicit_bzero(key, sizeof *key);
    g_free(key);
}

static void digest_of(const OvRecipientKey *key, const char *text, guint8 digest[DIGEST_SIZE]) {
    g_autoptr(GHmac) hmac = g_hmac_new(G_CHECKSUM_SHA256, key->octets, KEY_SIZE);
    g_hmac_update(hmac, (const guchar *)text, -1);
    gsize length = DIGEST_SIZE;
    g_hmac_get_digest(hmac, digest, &length);
}

void ov_recipient_hash(const OvRecipientKey *key, const char *address,
                       guint8 hash[OV_RECIPIENT_HASH_SIZE]) {
    g_autofree char *lower = g_ascii_strdown(address, -1);
    guint8 digest[DIGEST_SIZE];
    digest_of(key, lower, digest);
    memcpy(hash, digest, OV_RECIPIENT_HASH_SIZE);
}

/* No address begins with a line feed. */
void ov_recipient_key_derive(const OvRecipientKey *key, const char *purpose,
                             guint8 derived[OV_DERIVED_KEY_SIZE]) {
    g_autofree char *text = g_strconcat("\n", purpose, NULL);
    digest_of(key, text, derived);
}
