#include "policy/ownership_file.h"

#include <sys/stat.h>

/* A file as it was when it was read. */
typedef struct {
    struct timespec changed;
    off_t size;
    ino_t inode;
} FileState;

struct OvOwnerFile {
    char *path;
    OvOwnerTextKind kind;
    FileState state;
    GRWLock lock; /* guards text */
    OvOwnerText *text;
};

static FileState state_of(const char *path) {
    struct stat status;
    if (stat(path, &status) != 0)
        return (FileState){.size = -1};
    return (FileState){status.st_mtim, status.st_size, status.st_ino};
}

static gboolean is_same_state(const FileState *one, const FileState *other) {
    return one->changed.tv_sec == other->changed.tv_sec &&
           one->changed.tv_nsec == other->changed.tv_nsec && one->size == other->size &&
           one->inode == other->inode;
}

OvOwnerFile *ov_owner_file_new(const char *path, OvOwnerTextKind kind, GError **error) {
    FileState state = state_of(path);
    OvOwnerText *text = ov_owner_text_load(path, kind, error);
    if (!text)
        return NULL;
    OvOwnerFile *file = g_new0(OvOwnerFile, 1);
    file->path = g_strdup(path);
    file->kind = kind;
    file->state = state;
    file->text = text;
    g_rw_lock_init(&file->lock);
    return file;
}

void ov_owner_file_free(OvOwnerFile *file) {
    if (!file)
        return;
    ov_owner_text_free(file->text);
    g_rw_lock_clear(&file->lock);
    g_free(file->path);
    g_free(file);
}

OvListed ov_owner_file_listed(OvOwnerFile *file, const char *login, const char *const *keys,
                              guint n) {
    g_rw_lock_reader_lock(&file->lock);
    OvListed listed = ov_owner_text_listed(file->text, login, keys, n);
    g_rw_lock_reader_unlock(&file->lock);
    return listed;
}

char *ov_owner_file_value(OvOwnerFile *file, const char *key) {
    g_rw_lock_reader_lock(&file->lock);
    char *value = g_strdup(ov_owner_text_value(file->text, key));
    g_rw_lock_reader_unlock(&file->lock);
    return value;
}

/* The state is taken before the file is read: what is written meanwhile is read once more. */
gboolean ov_owner_file_refresh(OvOwnerFile *file, GError **error) {
    FileState state = state_of(file->path);
    if (is_same_state(&state, &file->state))
        return FALSE;
    OvOwnerText *fresh = ov_owner_text_load(file->path, file->kind, error);
    if (!fresh)
        return FALSE;
    g_rw_lock_writer_lock(&file->lock);
    OvOwnerText *old = file->text;
    file->text = fresh;
    g_rw_lock_writer_unlock(&file->lock);
    file->state = state;
    ov_owner_text_free(old);
    return TRUE;
}
