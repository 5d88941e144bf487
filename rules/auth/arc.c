#include "rules/auth/arc.h"

/* The fields of a set. */
static const char *const FIELDS[] = {"ARC-Seal", "ARC-Message-Signature",
                                     "ARC-Authentication-Results"};
enum { N_FIELDS = G_N_ELEMENTS(FIELDS) };

static gint field_kind(OvSlice name) {
    for (gint i = 0; i < N_FIELDS; i++)
        if (ov_slice_equal_nocase(name, ov_slice(FIELDS[i])))
            return i;
    return -1;
}

static gboolean is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static gsize skip_spaces(OvSlice text, gsize at) {
    while (at < text.length && is_space(text.data[at]))
        at++;
    return at;
}

/* The instance, which stands first in ARC-Authentication-Results and anywhere in the tag lists of
 * the others (RFC 8617 4.1); 0 where there is none that is allowed. */
static guint read_instance(OvSlice value) {
    for (gsize at = 0; at < value.length; at++) {
        at = skip_spaces(value, at);
        gsize name = at;
        while (at < value.length && value.data[at] != '=' && value.data[at] != ';')
            at++;
        gboolean found = at < value.length && value.data[at] == '=' && value.data[name] == 'i' &&
                         skip_spaces(value, name + 1) == at;
        if (found) {
            guint number = 0;
            for (at = skip_spaces(value, at + 1);
                 at < value.length && g_ascii_isdigit(value.data[at]) && number <= OV_ARC_MAX_SETS;
                 at++)
                number = 10 * number + (guint)(value.data[at] - '0');
            return number <= OV_ARC_MAX_SETS ? number : 0;
        }
        while (at < value.length && value.data[at] != ';')
            at++;
    }
    return 0;
}

gint ov_arc_sets(const OvHeader *header, OvArena *arena) {
    guint8 seen[OV_ARC_MAX_SETS + 1] = {0}; /* a bit for each field */
    guint last = 0;
    for (guint i = 0; i < header->n_fields; i++) {
        gint kind = field_kind(header->fields[i].name);
        if (kind < 0)
            continue;
        guint instance = read_instance(ov_field_unfolded(arena, &header->fields[i]));
        if (instance == 0 || (seen[instance] & (1U << kind)))
            return -1;
        seen[instance] |= (guint8)(1U << kind);
        last = MAX(last, instance);
    }
    for (guint i = 1; i <= last; i++)
        if (seen[i] != (1U << N_FIELDS) - 1)
            return -1;
    return (gint)last;
}
