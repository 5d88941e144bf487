#include "policy/provider/hosting.h"
#include "policy/provider/ini.h"
#include "policy/provider/ovh_credentials.h"
#include "policy/provider/ovh_credentials_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The new text, built in memory for secrets. */
typedef struct {
    char *text;
    gsize length, size;
} Draft;

static gboolean fail(const char *path, GError **error) {
    g_set_error(error, OV_HOSTING_ERROR, OV_HOSTING_ERROR_SETUP, "the credentials %s: %s", path,
                g_strerror(errno));
    return FALSE;
}

static void add(Draft *draft, const char *data, gsize length) {
    g_assert(length <= draft->size - draft->length);
    if (length > 0)
        memcpy(draft->text + draft->length, data, length);
    draft->length += length;
}

static void add_text(Draft *draft, const char *text) {
    add(draft, text, strlen(text));
}

static gboolean is_named(OvSlice name, const char *text) {
    return ov_slice_equal(name, ov_slice(text));
}

/* Where the key name stands in the section, else where it may be put in. */
typedef struct {
    gboolean section, key, value; /* found */
    gsize start, end;             /* of the key's line; of nothing at the end of the section */
} Place;

static Place find_place(OvSlice text, const char *section, const char *name) {
    OvSlice rest = text, current = {NULL, 0};
    Place place = {.section = FALSE};
    OvIniLine line;
    while (!place.key && ov_ini_next(&rest, &line)) {
        gsize end = text.length - rest.length;
        if (line.kind == OV_INI_SECTION)
            current = line.name;
        if (line.kind == OV_INI_BLANK || !current.data || !is_named(current, section))
            continue;
        place.section = TRUE;
        place.key = line.kind == OV_INI_KEY && is_named(line.name, name);
        place.value = place.key && line.value.length > 0;
        place.start = place.key ? end - line.whole.length : end;
        place.end = end;
    }
    return place;
}

/* The text with the key set. A section that is not there is put before all others. */
static OvSlice with_key(OvSlice text, const char *section, const char *name, const char *value,
                        OvSecrets *secrets) {
    Place place = find_place(text, section, name);
    Draft draft = {.size = text.length + strlen(section) + strlen(name) + strlen(value) + 16};
    draft.text = ov_secrets_room(secrets, draft.size);
    if (!draft.text)
        return (OvSlice){NULL, 0};
    add(&draft, text.data, place.start);
    if (!place.section) {
        add_text(&draft, "[");
        add_text(&draft, section);
        add_text(&draft, "]\n");
    } else if (place.start > 0 && text.data[place.start - 1] != '\n') {
        add_text(&draft, "\n");
    }
    add_text(&draft, name);
    add_text(&draft, " = ");
    add_text(&draft, value);
    add_text(&draft, "\n");
    add(&draft, text.data + place.end, text.length - place.end);
    return (OvSlice){draft.text, draft.length};
}

static gboolean write_all(int file, OvSlice text) {
    while (text.length > 0) {
        gssize n = write(file, text.data, text.length);
        if (n < 0 && errno != EINTR)
            return FALSE;
        n = MAX(n, 0);
        text = (OvSlice){text.data + n, text.length - (gsize)n};
    }
    return fsync(file) == 0;
}

static gboolean replace(const char *path, OvSlice text, const struct stat *status, GError **error) {
    g_autofree char *new_path = g_strconcat(path, ".XXXXXX", NULL);
    int file = mkstemp(new_path); /* mode 0600 */
    if (file < 0)
        return fail(new_path, error);
    gboolean same_owner = status->st_uid == geteuid() && status->st_gid == getegid();
    gboolean done = write_all(file, text) &&
                    (same_owner || fchown(file, status->st_uid, status->st_gid) == 0) &&
                    fchmod(file, status->st_mode & 0777) == 0 && rename(new_path, path) == 0;
    if (!done) {
        fail(path, error);
        unlink(new_path);
    }
    close(file);
    return done;
}

gboolean ov_ovh_credentials_write(const char *file, const char *endpoint, const char *consumer,
                                  GError **error) {
    g_autoptr(OvSecrets) secrets = ov_secrets_new();
    struct stat status;
    OvSlice text;
    g_autofree char *path = realpath(file, NULL);
    if (!path)
        return fail(file, error);
    if (!ov_ovh_credentials_file(path, secrets, &text, &status, error))
        return FALSE;
    text = with_key(text, endpoint, "consumer_key", consumer, secrets);
    if (text.data && !find_place(text, "default", "endpoint").value)
        text = with_key(text, "default", "endpoint", endpoint, secrets);
    if (!text.data) {
        errno = EFBIG;
        return fail(path, error);
    }
    return replace(path, text, &status, error);
}
