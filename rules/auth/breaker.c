#include "rules/auth/breaker.h"

enum { SUSPICIOUS = 5 };

static const gint64 first_pause = G_USEC_PER_SEC, longest_pause = 30 * G_USEC_PER_SEC;

static gboolean wants_probe(const OvBreaker *breaker) {
    return !breaker->probing && (breaker->down || breaker->failures >= SUSPICIOUS);
}

void ov_breaker_answered(OvBreaker *breaker) {
    breaker->down = breaker->probing = FALSE;
    breaker->failures = 0;
    breaker->pause = first_pause;
}

void ov_breaker_failed(OvBreaker *breaker) {
    breaker->failures++;
}

gboolean ov_breaker_begin_probe(OvBreaker *breaker, gint64 now) {
    if (!wants_probe(breaker) || now < breaker->next_probe)
        return FALSE;
    breaker->probing = TRUE;
    /* Domains that fail one after another must not make a probe each. */
    breaker->next_probe = now + first_pause;
    return TRUE;
}

void ov_breaker_probe_failed(OvBreaker *breaker, gint64 now) {
    if (!breaker->probing)
        return; /* something else was answered meanwhile */
    breaker->probing = FALSE;
    breaker->pause = breaker->down ? MIN(2 * breaker->pause, longest_pause) : first_pause;
    breaker->down = TRUE;
    breaker->next_probe = now + breaker->pause;
}

gint64 ov_breaker_next(const OvBreaker *breaker) {
    return wants_probe(breaker) ? breaker->next_probe : G_MAXINT64;
}
