#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "rules/phrases_internal.h"

/* A cache file: MAGIC, key (SHA-256 over all that the database depends on), SHA-256 of the
 * serialized database, the serialized database. */
#define MAGIC "outvet phrase database 1\n"
enum { DIGEST = 32, HEAD = sizeof(MAGIC) - 1 + 2 * DIGEST, MAX_CACHE = 256 * 1024 * 1024 };

static void digest_of(GChecksum *checksum, guint8 digest[DIGEST]) {
    gsize length = DIGEST;
    g_checksum_get_digest(checksum, digest, &length);
}

static void key_of(const OvPhraseSet *set, guint8 key[DIGEST]) {
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    hs_platform_info_t platform = {0};
    if (hs_populate_platform(&platform) != HS_SUCCESS)
        platform = (hs_platform_info_t){0};
    g_checksum_update(checksum, (const guchar *)hs_version(), -1);
    g_checksum_update(checksum, (const guchar *)&platform.tune, sizeof platform.tune);
    g_checksum_update(checksum, (const guchar *)&platform.cpu_features,
                      sizeof platform.cpu_features);
    for (guint i = 0; i < set->literals->len; i++) {
        const Literal *literal = &g_array_index(set->literals, Literal, i);
        const Spelling *spelling = &g_array_index(set->spellings, Spelling, literal->first);
        g_checksum_update(checksum, (const guchar *)&literal->length, sizeof literal->length);
        g_checksum_update(checksum, (const guchar *)spelling->folded, (gssize)literal->length);
    }
    digest_of(checksum, key);
}

static void head_of(const guint8 key[DIGEST], const char *bytes, gsize length, char head[HEAD]) {
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(checksum, (const guchar *)bytes, (gssize)length);
    memcpy(head, MAGIC, sizeof(MAGIC) - 1);
    memcpy(head + sizeof(MAGIC) - 1, key, DIGEST);
    digest_of(checksum, (guint8 *)head + HEAD - DIGEST);
}

/* The file's contents where it is an ordinary file that only we (or root) can have written: the
 * library trusts what it is given to read. */
static GBytes *read_own_file(const char *path) {
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0)
        return NULL;
    struct stat status;
    gboolean ours = fstat(file, &status) == 0 && S_ISREG(status.st_mode) &&
                    (status.st_uid == geteuid() || status.st_uid == 0) &&
                    (status.st_mode & (S_IWGRP | S_IWOTH)) == 0 && status.st_size > HEAD &&
                    status.st_size < MAX_CACHE;
    gsize length = ours ? (gsize)status.st_size : 0;
    g_autofree char *bytes = length > 0 ? g_malloc(length) : NULL;
    gsize got = 0;
    while (got < length) {
        ssize_t n = read(file, bytes + got, length - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        got += (gsize)n;
    }
    close(file);
    return length > 0 && got == length ? g_bytes_new_take(g_steal_pointer(&bytes), length) : NULL;
}

static hs_database_t *read_cache(const char *path, const guint8 key[DIGEST]) {
    g_autoptr(GBytes) contents = read_own_file(path);
    if (!contents)
        return NULL;
    gsize size;
    const char *bytes = g_bytes_get_data(contents, &size);
    char head[HEAD];
    head_of(key, bytes + HEAD, size - HEAD, head);
    hs_database_t *database = NULL;
    if (memcmp(head, bytes, HEAD) != 0 ||
        hs_deserialize_database(bytes + HEAD, size - HEAD, &database) != HS_SUCCESS)
        return NULL;
    return database;
}

/* Trouble is no error: the next start compiles again. */
static void write_cache(const char *path, const guint8 key[DIGEST], hs_database_t *database) {
    char *bytes = NULL;
    size_t length = 0;
    if (hs_serialize_database(database, &bytes, &length) != HS_SUCCESS)
        return;
    g_autofree char *contents = g_malloc(HEAD + length);
    head_of(key, bytes, length, contents);
    memcpy(contents + HEAD, bytes, length);
    free(bytes);
    g_file_set_contents_full(path, contents, (gssize)(HEAD + length),
                             G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL);
}

static hs_database_t *compile(const OvPhraseSet *set, GError **error) {
    guint n = set->literals->len;
    g_autofree const char **texts = g_new(const char *, n);
    g_autofree size_t *lengths = g_new(size_t, n);
    g_autofree unsigned *flags = g_new0(unsigned, n);
    g_autofree unsigned *ids = g_new(unsigned, n);
    for (guint i = 0; i < n; i++) {
        const Literal *literal = &g_array_index(set->literals, Literal, i);
        texts[i] = g_array_index(set->spellings, Spelling, literal->first).folded;
        lengths[i] = literal->length;
        ids[i] = i;
    }
    hs_database_t *database = NULL;
    hs_compile_error_t *trouble = NULL;
    if (hs_compile_lit_multi(texts, flags, ids, lengths, n, HS_MODE_BLOCK, NULL, &database,
                             &trouble) != HS_SUCCESS) {
        g_set_error(error, OV_PHRASE_ERROR, OV_PHRASE_ERROR_COMPILE,
                    "the phrase lists can't be compiled: %s", trouble->message);
        hs_free_compile_error(trouble);
        return NULL;
    }
    return database;
}

gboolean phrases_compile(OvPhraseSet *set, const char *cache, GError **error) {
    if (set->literals->len == 0)
        return TRUE;
    guint8 key[DIGEST];
    key_of(set, key);
    set->database = cache ? read_cache(cache, key) : NULL;
    if (set->database && hs_alloc_scratch(set->database, &set->scratch) == HS_SUCCESS)
        return TRUE;
    hs_free_database(set->database);
    set->database = compile(set, error);
    if (!set->database)
        return FALSE;
    if (hs_alloc_scratch(set->database, &set->scratch) != HS_SUCCESS) {
        g_set_error_literal(error, OV_PHRASE_ERROR, OV_PHRASE_ERROR_COMPILE,
                            "no memory for the phrase lists, or a CPU without SSE4.2");
        return FALSE;
    }
    if (cache)
        write_cache(cache, key, set->database);
    return TRUE;
}
