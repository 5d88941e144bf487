#include "rules/names.h"

static guint slot_of(OvSlice name) {
    guint32 hash = 2166136261u;
    for (gsize i = 0; i < name.length; i++)
        hash = (hash ^ ((guchar)name.data[i] | 0x20u)) * 16777619u;
    return (hash ^ hash >> 15) % OV_NAMES_SLOTS;
}

static gboolean is_name(const char *name, OvSlice candidate) {
    for (gsize i = 0; i < candidate.length; i++)
        if (g_ascii_tolower(candidate.data[i]) != name[i] || name[i] == '\0')
            return FALSE;
    return name[candidate.length] == '\0';
}

static void fill(OvNames *names) {
    g_assert(names->n <= OV_NAMES_MAX);
    for (guint i = 0; i < names->n; i++) {
        guint slot = slot_of(ov_slice(names->names[i]));
        while (names->slots[slot])
            slot = (slot + 1) % OV_NAMES_SLOTS;
        names->slots[slot] = (guint16)(i + 1);
    }
}

guint ov_names_find(OvNames *names, OvSlice name) {
    if (g_once_init_enter(&names->once)) {
        fill(names);
        g_once_init_leave(&names->once, 1);
    }
    for (guint slot = slot_of(name); names->slots[slot]; slot = (slot + 1) % OV_NAMES_SLOTS)
        if (is_name(names->names[names->slots[slot] - 1], name))
            return names->slots[slot] - 1u;
    return names->n;
}
