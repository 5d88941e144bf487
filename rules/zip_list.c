#include "rules/zip_list.h"

enum {
    END_LENGTH = 22, /* end of central directory, without its comment */
    MAX_COMMENT = 65535,
    CENTRAL_LENGTH = 46,
    LOCAL_LENGTH = 30,
    FLAG_ENCRYPTED = 1,
};

static guint16 read16(const char *at) {
    const guchar *octets = (const guchar *)at;
    return (guint16)(octets[0] | octets[1] << 8);
}

static guint32 read32(const char *at) {
    return read16(at) | (guint32)read16(at + 2) << 16;
}

/* The offset of the end of central directory record, or G_MAXSIZE. */
static gsize find_end(OvSlice archive) {
    if (archive.length < END_LENGTH)
        return G_MAXSIZE;
    gsize last = archive.length - END_LENGTH;
    gsize first = last > MAX_COMMENT ? last - MAX_COMMENT : 0;
    for (gsize at = last + 1; at-- > first;)
        if (memcmp(archive.data + at, "PK\x05\x06", 4) == 0)
            return at;
    return G_MAXSIZE;
}

OvZipCursor ov_zip_open(OvSlice archive) {
    OvZipCursor cursor = {archive, 0, FALSE, OV_ZIP_MAX_ENTRIES};
    gsize end = find_end(archive);
    if (end == G_MAXSIZE)
        return cursor;
    /* Offsets are off by what somebody put before the archive; the directory ends at its end. */
    gsize length = read32(archive.data + end + 12);
    if (length <= end &&
        (length == 0 || memcmp(archive.data + end - length, "PK\x01\x02", 4) == 0)) {
        cursor.central = TRUE;
        cursor.at = end - length;
    }
    return cursor;
}

static gboolean next_central(OvZipCursor *cursor, OvZipEntry *entry) {
    gsize left = cursor->archive.length - cursor->at;
    const char *record = cursor->archive.data + cursor->at;
    if (left < CENTRAL_LENGTH || memcmp(record, "PK\x01\x02", 4) != 0)
        return FALSE;
    gsize name = read16(record + 28);
    gsize rest = name + read16(record + 30) + read16(record + 32);
    if (left - CENTRAL_LENGTH < name)
        return FALSE;
    entry->encrypted = (read16(record + 8) & FLAG_ENCRYPTED) != 0;
    entry->name = (OvSlice){record + CENTRAL_LENGTH, name};
    cursor->at += MIN(left, CENTRAL_LENGTH + rest);
    return TRUE;
}

static gboolean next_local(OvZipCursor *cursor, OvZipEntry *entry) {
    const char *start = cursor->archive.data + cursor->at;
    gsize left = cursor->archive.length - cursor->at;
    const char *record = left > 0 ? memmem(start, left, "PK\x03\x04", 4) : NULL;
    if (!record)
        return FALSE;
    left -= (gsize)(record - start);
    if (left < LOCAL_LENGTH)
        return FALSE;
    gsize name = MIN(read16(record + 26), left - LOCAL_LENGTH);
    entry->encrypted = (read16(record + 6) & FLAG_ENCRYPTED) != 0;
    entry->name = (OvSlice){record + LOCAL_LENGTH, name};
    cursor->at = cursor->archive.length - (left - LOCAL_LENGTH - name);
    return TRUE;
}

gboolean ov_zip_next(OvZipCursor *cursor, OvZipEntry *entry) {
    if (cursor->left == 0)
        return FALSE;
    cursor->left--;
    return cursor->central ? next_central(cursor, entry) : next_local(cursor, entry);
}
