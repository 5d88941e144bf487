#include "policy/provider/round.h"

#include "policy/log.h"
#include "policy/network.h"
#include "policy/provider/unblock.h"

#include <string.h>

static const gint64 MINUTE = 60 * G_USEC_PER_SEC;
static const gint64 NETWORKS_AGE = 60 * MINUTE;
static const gint64 DETAILS_AGE = 5 * MINUTE; /* of an address that stays blocked */
static const gint64 PAST_AGE = 10 * MINUTE;   /* blocks that came and went between two looks */
static const gint64 DAY = 24 * 60 * MINUTE;
enum { MOST_OPEN = 10000 };

typedef struct {
    char *name;
    gboolean ours; /* mail leaves from it */
    gint64 past;   /* when past blocks were asked for last, monotonic; 0 never */
    guint blocked;
} Network;

struct OvRound {
    GPtrArray *networks;  /* Network */
    gint64 listed;        /* when, monotonic; 0 never */
    guint next;           /* of the others, whose turn it is */
    GHashTable *looked;   /* address to when its details were asked for last, monotonic */
    GHashTable *troubles; /* network or address to the code of what is wrong with it, as logged */
};

/* A round at work. */
typedef struct {
    OvRound *round;
    const OvResponder *responder;
    OvHosting *hosting;
    guint calls; /* so far */
    guint n_asked;
    OvRoundStop stop;
    gpointer data;   /* of stop */
    GError *trouble; /* the first */
    gboolean halted; /* it is not of one network or address: no further one is asked for */
} Asking;

static void network_free(gpointer data) {
    Network *network = data;
    g_free(network->name);
    g_free(network);
}

OvRound *ov_round_new(void) {
    OvRound *round = g_new0(OvRound, 1);
    round->networks = g_ptr_array_new_with_free_func(network_free);
    round->looked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    round->troubles = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return round;
}

void ov_round_free(OvRound *round) {
    if (!round)
        return;
    g_ptr_array_unref(round->networks);
    g_hash_table_unref(round->looked);
    g_hash_table_unref(round->troubles);
    g_free(round);
}

void ov_round_status(const OvRound *round, OvRoundStatus *status) {
    *status = (OvRoundStatus){.networks = round->networks->len};
    for (guint i = 0; i < round->networks->len; i++)
        status->blocked += ((const Network *)round->networks->pdata[i])->blocked;
}

/* Once for each change; the message has another query id each time. */
static void log_trouble(OvRound *round, const char *what, const GError *trouble, gboolean gone) {
    gpointer code = GINT_TO_POINTER(trouble->code + 1);
    if (g_hash_table_lookup(round->troubles, what) == code)
        return;
    g_hash_table_insert(round->troubles, g_strdup(what), code);
    ov_log(gone ? OV_LOG_INFO : OV_LOG_WARNING, NULL, "event", "provider", "of", what, "error",
           trouble->message, NULL);
}

static gboolean is_of_all(const GError *trouble) {
    return trouble->domain != OV_HOSTING_ERROR || trouble->code == OV_HOSTING_ERROR_SETUP ||
           trouble->code == OV_HOSTING_ERROR_DENIED || trouble->code == OV_HOSTING_ERROR_BUSY ||
           trouble->code == OV_HOSTING_ERROR_AWAY;
}

/* Takes the error. */
static void take_trouble(Asking *asking, const char *what, GError *trouble) {
    gboolean gone = g_error_matches(trouble, OV_HOSTING_ERROR, OV_HOSTING_ERROR_GONE);
    asking->halted = asking->halted || is_of_all(trouble);
    if (!asking->halted)
        log_trouble(asking->round, what, trouble, gone);
    if (gone || asking->trouble)
        g_error_free(trouble);
    else
        asking->trouble = trouble;
}

/* --- networks --- */

static gboolean is_ours(const OvSettings *settings, const char *name) {
    g_autoptr(OvArena) arena = ov_arena_new();
    const OvEgress *all = &settings->egress.all;
    OvNetwork network;
    if (!ov_network_parse(name, &network))
        return FALSE;
    for (guint i = 0; i < all->n_points; i++)
        if (ov_network_contains(&network, ov_ip_address_text(arena, &all->points[i].address)))
            return TRUE;
    return FALSE;
}

static Network *known_network(const OvRound *round, const char *name) {
    for (guint i = 0; i < round->networks->len; i++) {
        Network *network = round->networks->pdata[i];
        if (strcmp(network->name, name) == 0)
            return network;
    }
    return NULL;
}

static gboolean list_networks(Asking *asking, GError **error) {
    OvRound *round = asking->round;
    g_autoptr(OvArena) arena = ov_arena_new();
    guint n;
    if (round->listed > 0 && g_get_monotonic_time() - round->listed < NETWORKS_AGE)
        return TRUE;
    asking->calls++;
    const char **names = ov_hosting_networks(asking->hosting, NULL, arena, &n, error);
    if (!names)
        return FALSE;
    GPtrArray *networks = g_ptr_array_new_with_free_func(network_free);
    for (guint i = 0; i < n; i++) {
        const Network *known = known_network(round, names[i]);
        Network *network = g_new0(Network, 1);
        if (known)
            *network = *known;
        network->name = g_strdup(names[i]);
        network->ours = is_ours(asking->responder->settings, names[i]);
        g_ptr_array_add(networks, network);
    }
    g_ptr_array_unref(round->networks);
    round->networks = networks;
    round->listed = g_get_monotonic_time();
    return TRUE;
}

/* --- one address --- */

/* From when on reports are of this block and not of others of the address: one may be dated a while
 * before its block, but is not nearer to the block before, where the ledger knows that. 0: all are.
 */
static gboolean find_own(const Asking *asking, const OvBlock *block, gint64 *from, OvArena *arena,
                         GError **error) {
    enum { LATEST = 10 };
    const char *hosting = ov_hosting_name(asking->hosting);
    guint n;
    *from = block->since > 0 ? block->since - 60 * MINUTE : 0;
    const OvIncident *known = ov_ledger_incidents(asking->responder->ledger, block->address, FALSE,
                                                  LATEST, arena, &n, error);
    for (guint i = 0; known && i < n; i++)
        if (strcmp(known[i].hosting, hosting) == 0 && known[i].since < block->since)
            *from = MAX(*from, known[i].since + (block->since - known[i].since) / 2);
    return known != NULL;
}

static gboolean is_own(gint64 period, gint64 from) {
    return period == 0 || period > from;
}

static guint keep_own(OvDetected *detected, guint n, gint64 from) {
    guint kept = 0;
    for (guint i = 0; i < n; i++)
        if (is_own(detected[i].period, from))
            detected[kept++] = detected[i];
    return kept;
}

static guint keep_own_reports(OvReport *reports, guint n, gint64 from) {
    guint kept = 0;
    for (guint i = 0; i < n; i++)
        if (is_own(reports[i].period, from))
            reports[kept++] = reports[i];
    return kept;
}

/* Reads what the block is about, and acts on it. */
static gboolean take_block(Asking *asking, const OvBlock *block, OvArena *arena, GError **error) {
    gint64 now = ov_hosting_now(asking->hosting), from;
    OvReport *reports = NULL;
    OvSight sight = {.hosting = ov_hosting_name(asking->hosting), .block = block};
    if (!find_own(asking, block, &from, arena, error))
        return FALSE;
    asking->calls++;
    OvDetected *detected =
        ov_hosting_detected(asking->hosting, block->network, block->address,
                            block->since > 0 ? block->since - DAY : now - 7 * DAY, now, arena,
                            &sight.n_detected, &reports, &sight.n_reports, error);
    if (detected) {
        sight.n_detected = keep_own(detected, sight.n_detected, from);
        sight.n_reports = keep_own_reports(reports, sight.n_reports, from);
    } else {
        sight.n_detected = sight.n_reports = 0;
    }
    /* That it is blocked is worth to be told, whatever its messages are. */
    sight.detected = detected;
    sight.reports = reports;
    return ov_response_take(asking->responder, &sight, NULL, detected ? error : NULL) &&
           detected != NULL;
}

static guint allowed(const OvSettings *settings) {
    gint64 calls = (gint64)settings->provider_calls * settings->provider_interval / MINUTE;
    return (guint)CLAMP(calls, 1, G_MAXINT);
}

static gboolean is_new(const Asking *asking, const char *address) {
    return !g_hash_table_contains(asking->round->looked, address);
}

/* So long that reading all again takes no more than half of the calls. */
static gint64 details_age(const Asking *asking) {
    enum { CALLS_EACH = 2, SHARE = 2 };
    OvRoundStatus status;
    ov_round_status(asking->round, &status);
    return MAX(DETAILS_AGE, status.blocked * CALLS_EACH * SHARE * MINUTE /
                                asking->responder->settings->provider_calls);
}

/* What is told of a block comes late and bit by bit: it is read each time, while there are calls
 * left for it. */
static gboolean is_fresh(const Asking *asking, const char *address) {
    const gint64 *looked = g_hash_table_lookup(asking->round->looked, address);
    return looked && asking->calls >= allowed(asking->responder->settings) &&
           g_get_monotonic_time() - *looked < details_age(asking);
}

static void note_looked(OvRound *round, const char *address) {
    gint64 *now = g_new(gint64, 1);
    *now = g_get_monotonic_time();
    g_hash_table_insert(round->looked, g_strdup(address), now);
}

static gboolean look_at_address(Asking *asking, const char *network, const char *address,
                                GError **error) {
    g_autoptr(OvArena) arena = ov_arena_new();
    OvBlock block;
    if (is_fresh(asking, address))
        return TRUE;
    asking->calls++;
    if (!ov_hosting_block(asking->hosting, network, address, &block, arena, error) ||
        !take_block(asking, &block, arena, error))
        return FALSE;
    note_looked(asking->round, address);
    g_hash_table_remove(asking->round->troubles, address);
    return TRUE;
}

/* Halts where there is something more urgent. */
static gboolean goes_on(Asking *asking) {
    asking->halted = asking->halted || asking->stop(asking->data);
    return !asking->halted;
}

/* Those that are new, or the others. */
static void look_at_blocked(Asking *asking, const char *network, const char *const *blocked,
                            const gboolean *new, gboolean wanted, guint n) {
    GError *trouble = NULL;
    for (guint i = 0; i < n; i++) {
        if (new[i] != wanted)
            continue;
        if (!goes_on(asking))
            return;
        if (!look_at_address(asking, network, blocked[i], &trouble))
            take_trouble(asking, blocked[i], g_steal_pointer(&trouble));
    }
}

/* --- one network --- */

static gboolean holds(const char *const *addresses, guint n, const char *address) {
    for (guint i = 0; i < n; i++)
        if (strcmp(addresses[i], address) == 0)
            return TRUE;
    return FALSE;
}

/* An incident whose address is not blocked any more, though nobody asked for that. */
static gboolean look_at_ended(Asking *asking, const OvIncident *incident, GError **error) {
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(GError) trouble = NULL;
    OvBlock block;
    asking->calls++;
    if (ov_hosting_block(asking->hosting, incident->network, incident->address, &block, arena,
                         &trouble))
        return block.state != OV_BLOCK_UNBLOCKED ||
               ov_unblock_ended(asking->responder, incident, error);
    if (g_error_matches(trouble, OV_HOSTING_ERROR, OV_HOSTING_ERROR_GONE))
        return ov_unblock_ended(asking->responder, incident, error);
    g_propagate_error(error, g_steal_pointer(&trouble));
    return FALSE;
}

static void look_for_ended(Asking *asking, const char *network, const char *const *blocked,
                           guint n_blocked) {
    g_autoptr(OvArena) arena = ov_arena_new();
    GError *trouble = NULL;
    guint n = 0;
    OvIncident *open =
        ov_ledger_incidents(asking->responder->ledger, NULL, TRUE, MOST_OPEN, arena, &n, &trouble);
    for (guint i = 0; open && i < n; i++) {
        if (strcmp(open[i].network, network) != 0 || open[i].phase > OV_INCIDENT_ASKED ||
            holds(blocked, n_blocked, open[i].address) || look_at_ended(asking, &open[i], &trouble))
            continue;
        take_trouble(asking, open[i].address, g_steal_pointer(&trouble));
    }
    if (!open)
        take_trouble(asking, network, trouble);
}

/* The time from which on past blocks of the network are news. */
static gint64 past_mark(Asking *asking, const char *name, gint64 now, OvArena *arena) {
    const char *value = NULL;
    if (!ov_ledger_mark(asking->responder->ledger, name, arena, &value, NULL) || !value)
        return now;
    return g_ascii_strtoll(value, NULL, 10);
}

/* A block that began after the last look and is over: the cause may still be there. */
static gboolean look_at_past(Asking *asking, const char *network, const char *address, gint64 mark,
                             GError **error) {
    g_autoptr(OvArena) arena = ov_arena_new();
    OvBlock block;
    asking->calls++;
    if (!ov_hosting_block(asking->hosting, network, address, &block, arena, error))
        return FALSE;
    return block.state != OV_BLOCK_UNBLOCKED || block.since <= mark ||
           take_block(asking, &block, arena, error);
}

static void look_for_past(Asking *asking, Network *network, const char *const *blocked,
                          guint n_blocked) {
    g_autoptr(OvArena) arena = ov_arena_new();
    GError *trouble = NULL;
    gint64 monotonic = g_get_monotonic_time(), now = ov_hosting_now(asking->hosting);
    const char *name = ov_arena_printf(arena, "past:%s", network->name);
    guint n;
    if (network->past > 0 && monotonic - network->past < (network->ours ? 1 : 6) * PAST_AGE)
        return;
    asking->calls++;
    const char **past =
        ov_hosting_blocked(asking->hosting, network->name, TRUE, arena, &n, &trouble);
    if (!past) {
        take_trouble(asking, network->name, trouble);
        return;
    }
    gint64 mark = past_mark(asking, name, now, arena);
    for (guint i = 0; i < n; i++)
        if (!holds(blocked, n_blocked, past[i]) &&
            !look_at_past(asking, network->name, past[i], mark, &trouble)) {
            take_trouble(asking, past[i], g_steal_pointer(&trouble));
            return; /* looked for again from the same mark */
        }
    /* An hour back: its list may be late. */
    const char *value = ov_arena_printf(arena, "%" G_GINT64_FORMAT, now - 60 * MINUTE);
    if (ov_ledger_put_mark(asking->responder->ledger, name, value, &trouble))
        network->past = monotonic;
    else
        take_trouble(asking, network->name, trouble);
}

static void look_at_network(Asking *asking, Network *network) {
    g_autoptr(OvArena) arena = ov_arena_new();
    GError *trouble = NULL;
    guint n;
    asking->calls++;
    const char *const *blocked = (const char *const *)ov_hosting_blocked(
        asking->hosting, network->name, FALSE, arena, &n, &trouble);
    if (!blocked) {
        take_trouble(asking, network->name, trouble);
        return;
    }
    asking->n_asked++;
    network->blocked = n;
    g_hash_table_remove(asking->round->troubles, network->name);
    gboolean *new = OV_ARENA_NEW(arena, gboolean, MAX(n, 1));
    for (guint i = 0; i < n; i++)
        new[i] = is_new(asking, blocked[i]);
    look_at_blocked(asking, network->name, blocked, new, TRUE, n);
    look_at_blocked(asking, network->name, blocked, new, FALSE, n);
    if (!asking->halted)
        look_for_ended(asking, network->name, blocked, n);
    if (!asking->halted)
        look_for_past(asking, network, blocked, n);
}

/* --- the round --- */

/* Those in turn, as many as there are calls for. */
static void look_at_others(Asking *asking) {
    OvRound *round = asking->round;
    guint most = allowed(asking->responder->settings);
    for (guint i = 0; i < round->networks->len && asking->calls < most && goes_on(asking); i++) {
        Network *network = round->networks->pdata[round->next++ % round->networks->len];
        if (!network->ours)
            look_at_network(asking, network);
    }
    if (round->networks->len > 0)
        round->next %= round->networks->len;
}

gboolean ov_round_run(OvRound *round, const OvResponder *responder, OvHosting *hosting,
                      OvRoundStop stop, gpointer data, GError **error) {
    Asking asking = {
        .round = round, .responder = responder, .hosting = hosting, .stop = stop, .data = data};
    if (!list_networks(&asking, error))
        return FALSE;
    for (guint i = 0; i < round->networks->len && goes_on(&asking); i++) {
        Network *network = round->networks->pdata[i];
        if (network->ours)
            look_at_network(&asking, network);
    }
    look_at_others(&asking);
    if (!asking.trouble)
        return TRUE;
    if (asking.n_asked > 0 && !asking.halted) {
        g_error_free(asking.trouble);
        return TRUE;
    }
    g_propagate_error(error, asking.trouble);
    return FALSE;
}

gboolean ov_round_step_incidents(const OvResponder *responder, OvHosting *hosting,
                                 OvRoundGoOn go_on, gpointer data, GError **error) {
    g_autoptr(OvArena) arena = ov_arena_new();
    gint64 now = g_get_real_time();
    guint n;
    OvIncident *open =
        ov_ledger_incidents(responder->ledger, NULL, TRUE, MOST_OPEN, arena, &n, error);
    if (!open)
        return FALSE;
    for (guint i = 0; i < n; i++) {
        if (open[i].phase == OV_INCIDENT_OPEN || open[i].wake > now)
            continue;
        if (!go_on(data))
            return TRUE;
        if (!ov_unblock_step(responder, hosting, open[i].id, error))
            return FALSE;
    }
    return TRUE;
}
