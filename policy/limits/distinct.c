#include "policy/limits/distinct.h"

#include "rules/hash.h"

#include <string.h>

enum { ENTRY_OCTETS = 9 }; /* in the ledger: kind, mark, time, each lowest octet first */

static const guint MOST[OV_N_THINGS] = {
    [OV_THING_DOMAINS] = 2000, [OV_THING_FAILED] = 2000, [OV_THING_CLIENTS] = 64};

typedef struct {
    guint32 mark;
    guint32 seen; /* seconds since the epoch */
} Entry;

struct OvDistinct {
    GArray *entries[OV_N_THINGS]; /* of Entry, that which was seen last at the end; or NULL */
};

guint ov_thing_most(OvThing thing) {
    g_assert((guint)thing < OV_N_THINGS);
    return MOST[thing];
}

guint32 ov_thing_mark(const char *text, gsize length) {
    return (guint32)ov_hash_spread(ov_hash_nocase((OvSlice){text, length}, 1));
}

OvDistinct *ov_distinct_new(void) {
    return g_new0(OvDistinct, 1);
}

void ov_distinct_free(OvDistinct *distinct) {
    if (!distinct)
        return;
    for (guint i = 0; i < OV_N_THINGS; i++)
        if (distinct->entries[i])
            g_array_unref(distinct->entries[i]);
    g_free(distinct);
}

static const Entry *entry_at(const GArray *entries, guint i) {
    return &g_array_index(entries, Entry, i);
}

/* entries->len where it is not there; what was seen last is found first. */
static guint find(const GArray *entries, guint32 mark) {
    for (guint i = entries->len; i-- > 0;)
        if (entry_at(entries, i)->mark == mark)
            return i;
    return entries->len;
}

static void see(OvDistinct *distinct, OvThing thing, guint32 mark, guint32 seen) {
    GArray *entries = distinct->entries[thing];
    if (!entries)
        entries = distinct->entries[thing] = g_array_new(FALSE, FALSE, sizeof(Entry));
    guint at = find(entries, mark);
    Entry entry = {mark, seen};
    if (at < entries->len)
        entry.seen = MAX(seen, entry_at(entries, at)->seen);
    else if (entries->len >= MOST[thing])
        at = 0;
    if (at < entries->len)
        g_array_remove_index(entries, at);
    g_array_append_val(entries, entry);
}

void ov_distinct_see(OvDistinct *distinct, OvThing thing, OvThings marks, gint64 now) {
    for (guint i = 0; i < marks.n; i++)
        see(distinct, thing, marks.marks[i], (guint32)(now / G_USEC_PER_SEC));
}

void ov_distinct_merge(OvDistinct *distinct, const OvDistinct *other) {
    for (guint thing = 0; thing < OV_N_THINGS; thing++)
        for (guint i = 0; other->entries[thing] && i < other->entries[thing]->len; i++) {
            const Entry *entry = entry_at(other->entries[thing], i);
            see(distinct, (OvThing)thing, entry->mark, entry->seen);
        }
}

void ov_distinct_set_back(OvDistinct *distinct, gint64 by) {
    guint32 seconds = (guint32)CLAMP(by / G_USEC_PER_SEC, 0, G_MAXUINT32);
    for (guint thing = 0; thing < OV_N_THINGS; thing++)
        for (guint i = 0; distinct->entries[thing] && i < distinct->entries[thing]->len; i++) {
            Entry *entry = &g_array_index(distinct->entries[thing], Entry, i);
            entry->seen -= MIN(seconds, entry->seen);
        }
}

static gboolean repeats(OvThings marks, guint i) {
    for (guint j = 0; j < i; j++)
        if (marks.marks[j] == marks.marks[i])
            return TRUE;
    return FALSE;
}

guint ov_distinct_count(const OvDistinct *distinct, OvThing thing, OvSpan span, OvThings marks,
                        gint64 now) {
    const GArray *entries = distinct ? distinct->entries[thing] : NULL;
    gint64 from = (now - ov_span_length(span)) / G_USEC_PER_SEC;
    guint n = 0;
    for (guint i = 0; entries && i < entries->len; i++)
        n += entry_at(entries, i)->seen > from;
    for (guint i = 0; i < marks.n; i++) {
        guint at = entries ? find(entries, marks.marks[i]) : 0;
        gboolean counted = entries && at < entries->len && entry_at(entries, at)->seen > from;
        n += !counted && !repeats(marks, i);
    }
    return n;
}

static void put_number(GByteArray *octets, guint32 number) {
    guint32 little = GUINT32_TO_LE(number);
    g_byte_array_append(octets, (const guint8 *)&little, sizeof little);
}

static guint32 get_number(const guint8 *octets) {
    guint32 little;
    memcpy(&little, octets, sizeof little);
    return GUINT32_FROM_LE(little);
}

GByteArray *ov_distinct_write(const OvDistinct *distinct, gint64 now) {
    gint64 from = (now - ov_span_length(OV_SPAN_MONTH)) / G_USEC_PER_SEC;
    GByteArray *octets = g_byte_array_new();
    for (guint thing = 0; thing < OV_N_THINGS; thing++)
        for (guint i = 0; distinct->entries[thing] && i < distinct->entries[thing]->len; i++) {
            const Entry *entry = entry_at(distinct->entries[thing], i);
            if (entry->seen <= from)
                continue;
            guint8 kind = (guint8)thing;
            g_byte_array_append(octets, &kind, 1);
            put_number(octets, entry->mark);
            put_number(octets, entry->seen);
        }
    if (octets->len > 0)
        return octets;
    g_byte_array_unref(octets);
    return NULL;
}

gboolean ov_distinct_read(OvDistinct *distinct, const guint8 *octets, gsize length) {
    if (length % ENTRY_OCTETS != 0)
        return FALSE;
    for (gsize i = 0; i < length; i += ENTRY_OCTETS)
        if (octets[i] >= OV_N_THINGS)
            return FALSE;
    for (gsize i = 0; i < length; i += ENTRY_OCTETS)
        see(distinct, (OvThing)octets[i], get_number(octets + i + 1), get_number(octets + i + 5));
    return TRUE;
}
