#include "policy/samples/sample_store.h"

#include "policy/message_id.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
    SHARD_CHARACTERS = 4,
    SHARD_BITS = 45, /* of an id, that the other characters hold */
    BLOCK = 4096,
    MAX_FILE = OV_SAMPLE_MAX + OV_SAMPLE_MAX / 1000 + 4096, /* zlib adds less */
};
/* What is being written; there is one at a time. */
static const char writing[] = ".writing";

struct OvSampleStore {
    char *path;
    int directory;
    guint8 key[OV_SAMPLE_KEY_SIZE];
    guint64 number, octets;
    GArray *shards; /* gint64: the highest bits of their ids, ascending */
    GArray *oldest; /* gint64: ids of the first shard, descending; more may have come since */
};

static gboolean fail(GError **error, const char *path, const char *trouble) {
    g_set_error(error, OV_SAMPLE_ERROR, OV_SAMPLE_ERROR_FILE, "[samples] directory %s %s", path,
                trouble);
    return FALSE;
}

static gboolean fail_errno(GError **error, const char *path, const char *action) {
    g_autofree char *trouble = g_strdup_printf("can't be %s: %s", action, g_strerror(errno));
    return fail(error, path, trouble);
}

/* "06V9/06V9WXYZ12345". */
enum { PLACE_SIZE = SHARD_CHARACTERS + 1 + OV_ID_TEXT_SIZE };
static void place_of(gint64 id, char place[PLACE_SIZE]) {
    ov_id_format(id, place + SHARD_CHARACTERS + 1);
    memcpy(place, place + SHARD_CHARACTERS + 1, SHARD_CHARACTERS);
    place[SHARD_CHARACTERS] = '/';
}

static void shard_name(gint64 shard, char name[SHARD_CHARACTERS + 1]) {
    char text[OV_ID_TEXT_SIZE];
    ov_id_format(shard << SHARD_BITS, text);
    memcpy(name, text, SHARD_CHARACTERS);
    name[SHARD_CHARACTERS] = '\0';
}

/* FALSE for a name that ov_id_format would not write. */
static gboolean id_of(const char *name, gint64 *id) {
    char text[OV_ID_TEXT_SIZE];
    if (strlen(name) != OV_ID_TEXT_SIZE - 1 || !ov_id_parse(name, id))
        return FALSE;
    ov_id_format(*id, text);
    return strcmp(text, name) == 0;
}

static gboolean shard_of(const char *name, gint64 *shard) {
    if (strlen(name) != SHARD_CHARACTERS)
        return FALSE;
    gint64 id;
    g_autofree char *first = g_strconcat(name, "000000001", NULL);
    gboolean is_one = id_of(first, &id);
    *shard = is_one ? id >> SHARD_BITS : 0;
    return is_one;
}

static guint64 blocks(goffset size) {
    return ((guint64)size + BLOCK - 1) / BLOCK * BLOCK;
}

static void note_shard(OvSampleStore *store, gint64 shard) {
    guint at = store->shards->len;
    while (at > 0 && g_array_index(store->shards, gint64, at - 1) > shard)
        at--;
    if (at > 0 && g_array_index(store->shards, gint64, at - 1) == shard)
        return;
    g_array_insert_val(store->shards, at, shard);
    if (at == 0)
        g_array_set_size(store->oldest, 0);
}

static DIR *open_shard(const OvSampleStore *store, gint64 shard) {
    char name[SHARD_CHARACTERS + 1];
    shard_name(shard, name);
    int file =
        openat(store->directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY);
    DIR *dir = file < 0 ? NULL : fdopendir(file);
    if (file >= 0 && !dir)
        close(file);
    return dir;
}

typedef void (*EachSample)(OvSampleStore *store, DIR *dir, gint64 id);

static void each_sample(OvSampleStore *store, gint64 shard, EachSample each) {
    DIR *dir = open_shard(store, shard);
    if (!dir)
        return;
    for (struct dirent *entry; (entry = readdir(dir));) {
        gint64 id;
        if (id_of(entry->d_name, &id) && id >> SHARD_BITS == shard)
            each(store, dir, id);
    }
    closedir(dir);
}

static void count_sample(OvSampleStore *store, DIR *dir, gint64 id) {
    char name[OV_ID_TEXT_SIZE];
    struct stat status;
    ov_id_format(id, name);
    if (fstatat(dirfd(dir), name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return;
    store->number++;
    store->octets += blocks(status.st_size);
}

static gboolean count_all(OvSampleStore *store, GError **error) {
    int again = openat(store->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = again < 0 ? NULL : fdopendir(again);
    if (!dir) {
        fail_errno(error, store->path, "read");
        if (again >= 0)
            close(again);
        return FALSE;
    }
    for (struct dirent *entry; (entry = readdir(dir));) {
        gint64 shard;
        if (shard_of(entry->d_name, &shard))
            note_shard(store, shard);
    }
    closedir(dir);
    for (guint i = 0; i < store->shards->len; i++)
        each_sample(store, g_array_index(store->shards, gint64, i), count_sample);
    return TRUE;
}

static gboolean check_directory(int directory, const char *path, GError **error) {
    struct stat status;
    if (fstat(directory, &status) != 0)
        return fail_errno(error, path, "read");
    if (status.st_uid != geteuid())
        return fail(error, path, "belongs to another user than outvetd runs as");
    if (status.st_mode & (S_IRWXG | S_IRWXO))
        return fail(error, path, "may be used by others than its owner: chmod 700 it");
    return TRUE;
}

OvSampleStore *ov_sample_store_open(const char *directory, const guint8 key[OV_SAMPLE_KEY_SIZE],
                                    GError **error) {
    if (mkdir(directory, 0700) != 0 && errno != EEXIST) {
        fail_errno(error, directory, "made");
        return NULL;
    }
    g_autoptr(OvSampleStore) store = g_new0(OvSampleStore, 1);
    store->path = g_strdup(directory);
    memcpy(store->key, key, OV_SAMPLE_KEY_SIZE);
    store->shards = g_array_new(FALSE, FALSE, sizeof(gint64));
    store->oldest = g_array_new(FALSE, FALSE, sizeof(gint64));
    store->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (store->directory < 0) {
        fail_errno(error, directory, "opened");
        return NULL;
    }
    if (!check_directory(store->directory, directory, error))
        return NULL;
    unlinkat(store->directory, writing, 0); /* of a process that was killed */
    return count_all(store, error) ? g_steal_pointer(&store) : NULL;
}

void ov_sample_store_close(OvSampleStore *store) {
    if (!store)
        return;
    if (store->directory >= 0)
        close(store->directory);
    g_array_unref(store->shards);
    g_array_unref(store->oldest);
    explicit_bzero(store->key, sizeof store->key);
    g_free(store->path);
    g_free(store);
}

gboolean ov_sample_store_is_at(const OvSampleStore *store, const char *directory) {
    struct stat here, there;
    return strcmp(store->path, directory) == 0 && fstat(store->directory, &here) == 0 &&
           stat(directory, &there) == 0 && here.st_dev == there.st_dev &&
           here.st_ino == there.st_ino;
}

/* FALSE with errno. */
static gboolean write_all(int file, const guint8 *octets, gsize length) {
    while (length > 0) {
        gssize n = write(file, octets, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return FALSE;
        octets += n;
        length -= (gsize)n;
    }
    return TRUE;
}

/* Gives what is written its place; makes that of its shard. */
static gboolean settle(const OvSampleStore *store, gint64 id) {
    char place[PLACE_SIZE], shard[SHARD_CHARACTERS + 1];
    place_of(id, place);
    if (renameat(store->directory, writing, store->directory, place) == 0)
        return TRUE;
    shard_name(id >> SHARD_BITS, shard);
    return errno == ENOENT && mkdirat(store->directory, shard, 0700) == 0 &&
           renameat(store->directory, writing, store->directory, place) == 0;
}

static gboolean write_file(const OvSampleStore *store, gint64 id, const guint8 *octets,
                           gsize length) {
    int file = openat(store->directory, writing,
                      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0)
        return FALSE;
    gboolean done = write_all(file, octets, length);
    int reason = errno;
    if (close(file) != 0 && done) {
        done = FALSE;
        reason = errno;
    }
    if (done && settle(store, id))
        return TRUE;
    reason = done ? errno : reason;
    unlinkat(store->directory, writing, 0);
    errno = reason;
    return FALSE;
}

static gboolean has_room(const OvSampleStore *store, gsize length) {
    struct statvfs disk;
    return fstatvfs(store->directory, &disk) != 0 ||
           (guint64)disk.f_bavail * disk.f_frsize >= (guint64)length + OV_SAMPLE_SPARE;
}

gboolean ov_sample_store_put(OvSampleStore *store, const OvSample *sample, GError **error) {
    OvSample cut = *sample;
    cut.length = MIN(cut.length, OV_SAMPLE_MAX);
    gsize length = 0;
    g_autofree guint8 *octets = ov_sample_seal(&cut, store->key, &length, error);
    if (!octets)
        return FALSE;
    if (!has_room(store, length))
        return fail(error, store->path, "is on a disk with less than 64 MiB to spare");
    if (!write_file(store, cut.id, octets, length))
        return fail_errno(error, store->path, "written to");
    note_shard(store, cut.id >> SHARD_BITS);
    store->number++;
    store->octets += blocks((goffset)length);
    return TRUE;
}

static void list_sample(OvSampleStore *store, DIR *dir, gint64 id) {
    (void)dir;
    g_array_append_val(store->oldest, id);
}

static int newest_first(gconstpointer one, gconstpointer other) {
    gint64 a = *(const gint64 *)one, b = *(const gint64 *)other;
    return (a < b) - (a > b);
}

/* The oldest sample; FALSE where there is none. Shards that have become empty are removed. */
static gboolean find_oldest(OvSampleStore *store, gint64 *id) {
    while (store->oldest->len == 0 && store->shards->len > 0) {
        gint64 shard = g_array_index(store->shards, gint64, 0);
        each_sample(store, shard, list_sample);
        if (store->oldest->len > 0) {
            g_array_sort(store->oldest, newest_first);
            break;
        }
        char name[SHARD_CHARACTERS + 1];
        shard_name(shard, name);
        unlinkat(store->directory, name, AT_REMOVEDIR);
        g_array_remove_index(store->shards, 0);
    }
    if (store->oldest->len == 0)
        return FALSE;
    *id = g_array_index(store->oldest, gint64, store->oldest->len - 1);
    return TRUE;
}

static void remove_oldest(OvSampleStore *store, gint64 id) {
    char place[PLACE_SIZE];
    struct stat status;
    place_of(id, place);
    g_array_set_size(store->oldest, store->oldest->len - 1);
    if (fstatat(store->directory, place, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return;
    /* What can't be removed is not counted either: nothing would be gained by trying it again. */
    unlinkat(store->directory, place, 0);
    store->number -= MIN(store->number, 1);
    store->octets -= MIN(store->octets, blocks(status.st_size));
}

gboolean ov_sample_store_prune(OvSampleStore *store, gint64 before, guint64 most) {
    gint64 limit = before > 0 ? ov_id_first_at(before) : 0;
    for (guint removed = 0;; removed++) {
        gint64 id;
        gboolean full = store->octets > most;
        if (!full && (limit == 0 || store->shards->len == 0 ||
                      g_array_index(store->shards, gint64, 0) > limit >> SHARD_BITS))
            return FALSE;
        if (!find_oldest(store, &id) || (!full && id >= limit))
            return FALSE;
        if (removed == OV_SAMPLE_PRUNED)
            return TRUE;
        remove_oldest(store, id);
    }
}

guint64 ov_sample_store_number(const OvSampleStore *store) {
    return store->number;
}

guint64 ov_sample_store_octets(const OvSampleStore *store) {
    return store->octets;
}

static gboolean read_all(int file, guint8 *octets, gsize length) {
    while (length > 0) {
        gssize n = read(file, octets, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return FALSE;
        octets += n;
        length -= (gsize)n;
    }
    return TRUE;
}

/* NULL with error. */
static guint8 *read_file(const char *path, gsize *length, GError **error) {
    struct stat status;
    int file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (file < 0) {
        int reason = errno;
        g_set_error(error, OV_SAMPLE_ERROR,
                    reason == ENOENT ? OV_SAMPLE_ERROR_ABSENT : OV_SAMPLE_ERROR_FILE,
                    "the sample %s can't be read: %s", path, g_strerror(reason));
        return NULL;
    }
    g_autofree guint8 *octets = NULL;
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size <= MAX_FILE) {
        *length = (gsize)status.st_size;
        octets = g_try_malloc(*length + 1);
        if (octets && !read_all(file, octets, *length))
            g_clear_pointer(&octets, g_free);
    }
    close(file);
    if (!octets)
        g_set_error(error, OV_SAMPLE_ERROR, OV_SAMPLE_ERROR_BROKEN, "%s can't be read to its end",
                    path);
    return g_steal_pointer(&octets);
}

OvSample *ov_sample_read(const char *directory, const guint8 key[OV_SAMPLE_KEY_SIZE], gint64 id,
                         GError **error) {
    char place[PLACE_SIZE];
    place_of(id, place);
    g_autofree char *path = g_build_filename(directory, place, NULL);
    gsize length = 0;
    g_autofree guint8 *octets = read_file(path, &length, error);
    if (!octets)
        return NULL;
    OvSample *sample = ov_sample_open(octets, length, id, key, error);
    if (!sample)
        g_prefix_error(error, "%s: ", path);
    return sample;
}
