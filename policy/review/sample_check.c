#include "policy/review/sample_check.h"

#include "policy/review/envelope.h"

#include <string.h>

enum { MOST_RECIPIENTS = 10000 };

/* The number of the domain in which an address is; n for none. */
static guint domain_of(const char *address, char *const *domains, guint n) {
    const char *at = strrchr(address, '@');
    for (guint i = 0; at && i < n; i++)
        if (g_ascii_strcasecmp(at + 1, domains[i]) == 0)
            return i;
    return n;
}

/* Those of the header that are in these domains, one for each domain first; then names without
 * meaning. */
static void guess_recipients(OvEnvelope *envelope, const OvLedgerRecord *record, OvArena *arena) {
    const char *known = record->recipient_domains;
    guint most = MIN(record->n_recipients, MOST_RECIPIENTS), n = 0;
    g_auto(GStrv) domains = g_strsplit(known ? known : "", " ", -1);
    guint n_domains = MIN(g_strv_length(domains), most);
    if (n_domains == 0 || !*domains[0])
        return;
    const char **guessed = OV_ARENA_NEW(arena, const char *, most);
    g_autofree gboolean *has = g_new0(gboolean, n_domains);
    g_autoptr(GPtrArray) further = g_ptr_array_new();
    for (guint i = 0; i < envelope->n_recipients; i++) {
        const char *address = envelope->recipients[i];
        guint domain = domain_of(address, domains, n_domains);
        if (domain == n_domains)
            continue;
        if (has[domain])
            g_ptr_array_add(further, (gpointer)(guintptr)address);
        else
            guessed[n++] = address;
        has[domain] = TRUE;
    }
    for (guint i = 0; i < n_domains; i++)
        if (!has[i])
            guessed[n++] = ov_arena_printf(arena, "recipient@%s", domains[i]);
    for (guint i = 0; i < further->len && n < most; i++)
        guessed[n++] = further->pdata[i];
    for (; n < most; n++)
        guessed[n] = ov_arena_printf(arena, "recipient-%u@%s", n, domains[n % n_domains]);
    envelope->recipients = guessed;
    envelope->n_recipients = n;
}

void ov_sample_envelope(OvEnvelope *envelope, const OvLedgerRecord *record, OvSlice raw,
                        OvArena *arena) {
    OvEnvelopeWish wish = {.known = {.now = g_get_real_time()}, .now_is_date = !record};
    if (record)
        wish.known = (OvEnvelope){
            .sender = record->sender ? record->sender : "",
            .recipients = record->recipients,
            .n_recipients = record->recipients ? record->n_recipients : 0,
            .client_address = record->client_address,
            .client_name = record->client_name,
            .helo = record->helo,
            .login = record->login,
            .local = record->local,
            .now = record->time,
        };
    ov_envelope_complete(envelope, &wish, raw, arena);
    if (record && !record->recipients)
        guess_recipients(envelope, record, arena);
}
