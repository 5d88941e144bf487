#include "policy/traps.h"

#include "policy/ownership_keys.h"

gboolean ov_traps_load(const OvSettings *settings, OvOwnerText **traps, GError **error) {
    *traps = NULL;
    if (*settings->trap_file)
        *traps = ov_owner_text_load(settings->trap_file, OV_OWNER_TEXT_ADDRESSES, error);
    return *traps || !*settings->trap_file;
}

/* Which extensions a receiver takes off is not known: addresses count as they are written. */
static gboolean is_trap(const OvOwnerText *traps, const char *recipient, OvArena *arena) {
    static const OvAddressRules as_written = {.delimiters = ""};
    OvOwnerKeys keys;
    return ov_owner_keys(arena, ov_slice(recipient), &as_written, &keys) &&
           ov_owner_text_listed(traps, "", keys.keys, keys.n) != OV_LISTED_NOWHERE;
}

void ov_traps_count(const OvOwnerText *traps, OvEnvelope *envelope) {
    if (!traps)
        return;
    g_autoptr(OvArena) arena = ov_arena_new();
    envelope->traps_known = TRUE;
    envelope->trap_recipients = 0;
    for (guint i = 0; i < envelope->n_recipients; i++) {
        envelope->trap_recipients += is_trap(traps, envelope->recipients[i], arena) ? 1 : 0;
        ov_arena_reset(arena);
    }
}
