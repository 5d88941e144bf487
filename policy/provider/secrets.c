#include "policy/provider/secrets.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

struct OvSecrets {
    char *memory; /* OV_SECRETS_SIZE octets of pages of their own */
    gsize used;
};

OvSecrets *ov_secrets_new(void) {
    OvSecrets *secrets = g_new0(OvSecrets, 1);
    secrets->memory =
        mmap(NULL, OV_SECRETS_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (secrets->memory == MAP_FAILED)
        g_error("no memory for keys: %s", g_strerror(errno));
    madvise(secrets->memory, OV_SECRETS_SIZE, MADV_DONTDUMP);
    /* An unprivileged user's limit may be lower: swapped out is better than not to work at all. */
    (void)mlock(secrets->memory, OV_SECRETS_SIZE);
    return secrets;
}

void ov_secrets_free(OvSecrets *secrets) {
    if (!secrets)
        return;
    ov_secrets_reset(secrets);
    munmap(secrets->memory, OV_SECRETS_SIZE);
    g_free(secrets);
}

char *ov_secrets_room(OvSecrets *secrets, gsize size) {
    if (size > OV_SECRETS_SIZE - secrets->used)
        return NULL;
    char *room = secrets->memory + secrets->used;
    secrets->used += size;
    return room;
}

char *ov_secrets_keep(OvSecrets *secrets, const char *text, gsize length) {
    char *kept = length < OV_SECRETS_SIZE ? ov_secrets_room(secrets, length + 1) : NULL;
    if (kept)
        memcpy(kept, text, length);
    return kept;
}

void ov_secrets_reset(OvSecrets *secrets) {
    explicit_bzero(secrets->memory, secrets->used);
    secrets->used = 0;
}
