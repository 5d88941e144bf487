#include "policy/seen_domains.h"

#include <stdlib.h>
#include <string.h>

static const gint64 DAY = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;

static const char infix[] = "._domainkey.";

static gint64 first_day(gint64 now) {
    return now / DAY - OV_SEEN_DAYS + 1;
}

static void take_day(const OvLedgerDay *day, gpointer data) {
    GHashTable *messages = data; /* char to gint64 */
    gint64 *sum = g_hash_table_lookup(messages, day->domain);
    if (!sum)
        g_hash_table_insert(messages, g_strdup(day->domain), sum = g_new0(gint64, 1));
    *sum += day->messages;
}

static void take_departed(const OvLedgerDay *day, gpointer data) {
    if (day->departed)
        take_day(day, data);
}

static int most_first(gconstpointer a, gconstpointer b) {
    const OvSeenDomain *one = a, *other = b;
    if (one->messages != other->messages)
        return one->messages > other->messages ? -1 : 1;
    return strcmp(one->domain, other->domain);
}

OvSeenDomain *ov_seen_domains(OvLedger *ledger, gint64 now, OvSeenMail which, guint limit,
                              OvArena *arena, guint *n, guint *n_all, GError **error) {
    g_autoptr(GHashTable) messages = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    OvLedgerDayFunc take = which == OV_SEEN_DEPARTED ? take_departed : take_day;
    if (!ov_ledger_days(ledger, first_day(now), now / DAY, NULL, take, messages, error))
        return NULL;
    *n_all = g_hash_table_size(messages);
    OvSeenDomain *domains = OV_ARENA_NEW(arena, OvSeenDomain, *n_all + 1);
    GHashTableIter iter;
    gpointer domain, sum;
    guint at = 0;
    g_hash_table_iter_init(&iter, messages);
    while (g_hash_table_iter_next(&iter, &domain, &sum))
        domains[at++] =
            (OvSeenDomain){ov_arena_strndup(arena, domain, strlen(domain)), *(gint64 *)sum};
    qsort(domains, at, sizeof *domains, most_first);
    *n = MIN(at, limit);
    return domains;
}

const char *const *ov_seen_selectors(OvLedger *ledger, gint64 now, const char *domain,
                                     OvArena *arena, GError **error) {
    guint n, n_selectors = 0;
    const char *const *names = ov_ledger_key_names(ledger, first_day(now), arena, &n, error);
    if (!names)
        return NULL;
    const char **selectors = OV_ARENA_NEW(arena, const char *, OV_SEEN_MAX_SELECTORS + 1);
    for (guint i = 0; i < n && n_selectors < OV_SEEN_MAX_SELECTORS; i++) {
        const char *end = strstr(names[i], infix);
        if (end && g_ascii_strcasecmp(end + strlen(infix), domain) == 0)
            selectors[n_selectors++] = ov_arena_strndup(arena, names[i], (gsize)(end - names[i]));
    }
    return selectors;
}
