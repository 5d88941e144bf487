#include "policy/limits/allowance.h"

#include "policy/network.h"

#include <string.h>

struct OvAllowanceList {
    OvArena *arena;
    GHashTable *by_subject[OV_N_ALLOWANCE_KINDS]; /* OvSubject to OvAllowance */
    gboolean has[OV_N_SUBJECT_KINDS];
};

static const char *keep_text(const char *text, OvArena *arena) {
    return text ? ov_arena_strndup(arena, text, strlen(text)) : "";
}

/* Mail is counted by each address, not by the network that it is in. */
static gboolean is_counted_by(const OvSubject *subject) {
    OvNetwork network;
    if (subject->kind == OV_SUBJECT_CLIENT || subject->kind == OV_SUBJECT_EGRESS)
        return ov_network_parse(subject->name, &network) && network.bits == 128;
    return subject->kind != OV_SUBJECT_EVERYTHING;
}

gboolean ov_allowance_read(OvAllowance *allowance, const OvAllowanceRow *row, OvArena *arena) {
    *allowance = (OvAllowance){
        .kind = row->kind,
        .since = row->time,
        .until = row->until,
        .recipients = (guint64)MAX(row->recipients, 0),
        .messages = (guint64)(row->messages > 0 ? row->messages : MAX(row->recipients, 0)),
        .operator_name = keep_text(row->operator_name, arena),
        .reason = keep_text(row->reason, arena),
    };
    return ov_subject_parse(&allowance->subject, row->subject, arena, NULL) &&
           is_counted_by(&allowance->subject) &&
           (row->kind != OV_ALLOWANCE_EASING ||
            (row->span && ov_span_from_name(row->span, &allowance->span)));
}

OvAllowanceList *ov_allowance_list_new(const OvAllowanceRow *rows, guint n) {
    OvAllowanceList *list = g_atomic_rc_box_new0(OvAllowanceList);
    list->arena = ov_arena_new();
    for (guint i = 0; i < OV_N_ALLOWANCE_KINDS; i++)
        list->by_subject[i] = g_hash_table_new(ov_subject_hash, ov_subject_equal);
    for (guint i = 0; i < n; i++) {
        OvAllowance *allowance = OV_ARENA_NEW(list->arena, OvAllowance, 1);
        if (!ov_allowance_read(allowance, &rows[i], list->arena))
            continue;
        list->has[allowance->subject.kind] = TRUE;
        g_hash_table_insert(list->by_subject[allowance->kind], &allowance->subject, allowance);
    }
    return list;
}

static void clear(gpointer data) {
    OvAllowanceList *list = data;
    for (guint i = 0; i < OV_N_ALLOWANCE_KINDS; i++)
        g_hash_table_unref(list->by_subject[i]);
    ov_arena_free(list->arena);
}

void ov_allowance_list_unref(OvAllowanceList *list) {
    if (list)
        g_atomic_rc_box_release_full(list, clear);
}

guint ov_allowance_list_length(const OvAllowanceList *list) {
    guint length = 0;
    for (guint i = 0; list && i < OV_N_ALLOWANCE_KINDS; i++)
        length += g_hash_table_size(list->by_subject[i]);
    return length;
}

const OvAllowance *ov_allowance_list_get(const OvAllowanceList *list, const OvSubject *subject,
                                         OvAllowanceKind kind, gint64 now) {
    const OvAllowance *allowance = list && list->has[subject->kind]
                                       ? g_hash_table_lookup(list->by_subject[kind], subject)
                                       : NULL;
    return allowance && now < allowance->until ? allowance : NULL;
}

gboolean ov_allowance_list_has(const OvAllowanceList *list, OvSubjectKind kind) {
    return list && list->has[kind];
}

void ov_allowance_list_ending(const OvAllowanceList *list, gint64 after, gint64 until,
                              OvAllowanceFunc take, gpointer data) {
    for (guint i = 0; i < OV_N_ALLOWANCE_KINDS; i++) {
        GHashTableIter iter;
        gpointer value;
        g_hash_table_iter_init(&iter, list->by_subject[i]);
        while (g_hash_table_iter_next(&iter, NULL, &value)) {
            const OvAllowance *allowance = value;
            if (allowance->until > after && allowance->until <= until)
                take(allowance, data);
        }
    }
}

static const char *rate_text(const OvAllowance *allowance, OvArena *arena) {
    if (allowance->kind == OV_ALLOWANCE_EASING)
        return ov_arena_printf(arena, "%" G_GUINT64_FORMAT " recipients in %s at most",
                               allowance->recipients, ov_span_words(allowance->span));
    return allowance->messages < allowance->recipients
               ? ov_arena_printf(arena,
                                 "%" G_GUINT64_FORMAT " recipients and %" G_GUINT64_FORMAT
                                 " messages more",
                                 allowance->recipients, allowance->messages)
               : ov_arena_printf(arena, "%" G_GUINT64_FORMAT " recipients more",
                                 allowance->recipients);
}

const char *ov_allowance_text(const OvAllowance *allowance, OvArena *arena) {
    g_autoptr(GDateTime) until = g_date_time_new_from_unix_utc(allowance->until / G_USEC_PER_SEC);
    g_autofree char *time = until ? g_date_time_format(until, "%F %R UTC") : g_strdup("?");
    return ov_arena_printf(arena, "%s until %s, by %s%s%s", rate_text(allowance, arena), time,
                           allowance->operator_name, *allowance->reason ? ": " : "",
                           allowance->reason);
}
