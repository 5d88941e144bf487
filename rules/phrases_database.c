#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "rules/phrases_internal.h"

/* A cache file: MAGIC, key (SHA-256 over all that the database depends on), SHA-256 of the
 * serialized database, the serialized database. */
#define MAGIC   "outvet phrase database 1\n"
#define DAMAGED "it is damaged"
enum {
    DIGEST = 32,
    KEY = sizeof(MAGIC) - 1, /* where the key stands */
    HEAD = KEY + 2 * DIGEST,
    MAX_CACHE = 256 * 1024 * 1024,
};

static void take_digest(GChecksum *checksum, guint8 digest[DIGEST]) {
    gsize length = DIGEST;
    g_checksum_get_digest(checksum, digest, &length);
}

static void digest_of(const char *bytes, gsize length, guint8 digest[DIGEST]) {
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(checksum, (const guchar *)bytes, (gssize)length);
    take_digest(checksum, digest);
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
    take_digest(checksum, key);
}

/* The file's contents where it is an ordinary file that only we (or root) can have written: the
 * library trusts what it is given to read. trouble: why it can't be read; an absent file is none.
 */
static GBytes *read_own_file(const char *path, char **trouble) {
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0) {
        if (errno != ENOENT)
            *trouble = g_strdup_printf("it can't be read: %s", g_strerror(errno));
        return NULL;
    }
    struct stat status;
    gboolean ours = fstat(file, &status) == 0 && S_ISREG(status.st_mode) &&
                    (status.st_uid == geteuid() || status.st_uid == 0) &&
                    (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
    if (!ours)
        *trouble = g_strdup("it is no file that only this process's user or root can write");
    gsize length =
        ours && status.st_size > HEAD && status.st_size < MAX_CACHE ? (gsize)status.st_size : 0;
    g_autofree char *bytes = g_malloc(length);
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
    if (length > 0 && got == length)
        return g_bytes_new_take(g_steal_pointer(&bytes), length);
    if (ours)
        *trouble = g_strdup(DAMAGED);
    return NULL;
}

/* NULL, with trouble or because the file is not for this key. */
static hs_database_t *read_cache(const char *path, const guint8 key[DIGEST], char **trouble) {
    g_autoptr(GBytes) contents = read_own_file(path, trouble);
    if (!contents)
        return NULL;
    gsize size;
    const char *bytes = g_bytes_get_data(contents, &size);
    gboolean whole = memcmp(bytes, MAGIC, KEY) == 0;
    if (whole && memcmp(bytes + KEY, key, DIGEST) != 0)
        return NULL;
    guint8 digest[DIGEST];
    hs_database_t *database = NULL;
    digest_of(bytes + HEAD, size - HEAD, digest);
    if (whole && memcmp(bytes + KEY + DIGEST, digest, DIGEST) == 0 &&
        hs_deserialize_database(bytes + HEAD, size - HEAD, &database) == HS_SUCCESS)
        return database;
    *trouble = g_strdup(DAMAGED);
    return NULL;
}

static void write_cache(const char *path, const guint8 key[DIGEST], hs_database_t *database,
                        char **trouble) {
    char *bytes = NULL;
    size_t length = 0;
    if (hs_serialize_database(database, &bytes, &length) != HS_SUCCESS)
        return;
    g_autofree char *contents = g_malloc(HEAD + length);
    memcpy(contents, MAGIC, KEY);
    memcpy(contents + KEY, key, DIGEST);
    digest_of(bytes, length, (guint8 *)contents + KEY + DIGEST);
    memcpy(contents + HEAD, bytes, length);
    free(bytes);
    g_autoptr(GError) error = NULL;
    if (g_file_set_contents_full(path, contents, (gssize)(HEAD + length),
                                 G_FILE_SET_CONTENTS_CONSISTENT, 0640, &error) ||
        g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return;
    g_free(*trouble);
    *trouble = g_strdup_printf("it can't be written: %s", error->message);
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

gboolean phrases_compile(OvPhraseSet *set, const OvPhraseCache *cache, GError **error) {
    if (set->literals->len == 0)
        return TRUE;
    guint8 key[DIGEST];
    key_of(set, key);
    set->database = cache ? read_cache(cache->path, key, &set->cache_trouble) : NULL;
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
    if (cache && cache->write)
        write_cache(cache->path, key, set->database, &set->cache_trouble);
    return TRUE;
}
