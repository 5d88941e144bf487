#include "policy/provider/correlate.h"

#include "policy/ledger/trail.h"
#include "policy/message_id.h"
#include "policy/provider/likelihood.h"

enum {
    MAX_CANDIDATES = 20,
    MARGIN = 20,                   /* by which the likeliest of several is the one */
    LIKELY = 50,                   /* from here on one without Message-ID is a finding */
    MANY = 500,                    /* detections for which it pays to read ahead */
    MAX_SCRATCH = 8 * 1024 * 1024, /* octets that are read before they are forgotten */
    KEPT_OF_ID = 999,              /* octets that the ledger keeps of a Message-ID without its < */
    MIN_QUEUE_ID = 5,              /* characters */
    MAX_QUEUE_ID = 40,
};

static const gint64 MINUTE = G_GINT64_CONSTANT(60) * G_USEC_PER_SEC;
static const gint64 DAY = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;
/* The provider's clock and ours may differ by so much, and it tells minutes. */
static const gint64 CLOCK_NEAR = G_GINT64_CONSTANT(120) * G_USEC_PER_SEC;
static const gint64 CLOCK_FAR = G_GINT64_CONSTANT(600) * G_USEC_PER_SEC;
/* No time is later, so that sums don't overflow. */
static const gint64 LATEST = G_MAXINT64 / 4;

/* Detections are looked up one after the other, and those alike by one look at the ledger. */
typedef struct {
    OvLedger *ledger;
    OvIpAddress egress; /* the blocked address; may be none */
    OvArena *arena;     /* of what is read */
    GHashTable *ways;   /* gint64 id to OvWays, of messages that were read */
    const char *bare;   /* of the last look: Message-ID and time told; NULL: nothing was read yet */
    gint64 time;
    OvTrail *trails;
    guint n;
} Search;

static gint64 time_told(const OvDetection *detection) {
    return CLAMP(detection->time, 0, LATEST);
}

/* Without <> and white space: all of it, or around it alone; in lower case. */
static const char *bare_id(const char *text, gboolean all, OvArena *arena) {
    gsize length = strlen(text);
    char *bare = ov_arena_alloc(arena, length + 1), *end = bare;
    for (gsize i = 0; i < length; i++)
        if (!all || !g_ascii_isspace(text[i]))
            *end++ = g_ascii_tolower(text[i]);
    while (end > bare && (g_ascii_isspace(end[-1]) || end[-1] == '>'))
        end--;
    while (bare < end && (g_ascii_isspace(*bare) || *bare == '<'))
        bare++;
    if (end - bare > KEPT_OF_ID)
        for (end = bare + KEPT_OF_ID; end > bare && ((guchar)*end & 0xc0) == 0x80;)
            end--;
    *end = '\0';
    return bare;
}

/* "20261123120000.4XyZ12abcd@mx1.example" (Postfix), "202611231200.5ANC0abc012345@..." (Sendmail):
 * *time is the one it holds. */
static const char *queue_id_of(const char *text, OvArena *arena, gint64 *time) {
    text += strspn(text, "< \t\r\n");
    gsize digits = strspn(text, "0123456789");
    if ((digits != 12 && digits != 14) || text[digits] != '.')
        return NULL;
    const char *id = text + digits + 1;
    gsize length = 0;
    while (length <= MAX_QUEUE_ID && g_ascii_isalnum(id[length]))
        length++;
    if (length < MIN_QUEUE_ID || length > MAX_QUEUE_ID || id[length] != '@')
        return NULL;
    const char *stamp = ov_arena_printf(arena, "%.8sT%.4s00Z", text, text + 8);
    g_autoptr(GDateTime) made = g_date_time_new_from_iso8601(stamp, NULL);
    if (!made)
        return NULL;
    *time = g_date_time_to_unix(made) * G_USEC_PER_SEC;
    return ov_arena_strndup(arena, id, length);
}

static OvTrail *look_up_by_queue_id(const Search *search, const char *message_id, guint *n,
                                    GError **error) {
    gint64 time = 0;
    const char *queue_id = queue_id_of(message_id, search->arena, &time);
    *n = 0;
    if (!queue_id)
        return OV_ARENA_NEW(search->arena, OvTrail, 0);
    return ov_ledger_trails_of_queue_id(search->ledger, queue_id, time - DAY, time + DAY,
                                        search->arena, n, error);
}

static OvTrail *look_up_by_id(const Search *search, const OvDetection *detection, const char *bare,
                              guint *n, GError **error) {
    gint64 told = time_told(detection) ? time_told(detection) : LATEST;
    gint64 near = told + CLOCK_NEAR, far = told + CLOCK_FAR;
    OvTrail *trails = ov_ledger_trails(search->ledger, bare, near, far, search->arena, n, error);
    if (!trails || *n > 0)
        return trails;
    /* White space inside may be its own. */
    const char *other = bare_id(detection->message_id, FALSE, search->arena);
    if (!g_str_equal(other, bare)) {
        trails = ov_ledger_trails(search->ledger, other, near, far, search->arena, n, error);
        if (!trails || *n > 0)
            return trails;
    }
    return look_up_by_queue_id(search, detection->message_id, n, error);
}

/* A search begins anew. */
static void forget(Search *search) {
    g_hash_table_remove_all(search->ways);
    ov_arena_reset(search->arena);
    search->bare = NULL;
}

/* Sets trails and n. bare outlives the search. */
static gboolean look_up(Search *search, const OvDetection *detection, const char *bare,
                        GError **error) {
    gint64 told = time_told(detection);
    if ((search->bare && !g_str_equal(search->bare, bare)) ||
        ov_arena_used(search->arena) > MAX_SCRATCH)
        forget(search);
    if (search->bare && search->time == told)
        return TRUE;
    search->n = 0;
    if (*bare)
        search->trails = look_up_by_id(search, detection, bare, &search->n, error);
    else if (told)
        search->trails =
            ov_ledger_nameless_trails(search->ledger, told - 10 * MINUTE, told + CLOCK_NEAR,
                                      search->arena, &search->n, error);
    else
        search->trails = OV_ARENA_NEW(search->arena, OvTrail, 0);
    search->bare = search->trails ? bare : NULL;
    search->time = told;
    return search->trails != NULL;
}

static const OvWays *ways_of(const Search *search, const OvTrail *trail, GError **error) {
    OvWays *ways = g_hash_table_lookup(search->ways, &trail->id);
    if (ways)
        return ways;
    guint n = 0;
    const OvTrailRelay *relays =
        ov_ledger_trail_relays(search->ledger, trail->id, search->arena, &n, error);
    if (!relays)
        return NULL;
    ways = ov_ways_new(relays, n, search->arena);
    g_hash_table_insert(search->ways, (gpointer)&trail->id, ways);
    return ways;
}

static gint compare(gconstpointer a, gconstpointer b) {
    const OvLikelihood *one = a, *other = b;
    if (one->points != other->points)
        return one->points > other->points ? -1 : 1;
    if (one->distance != other->distance)
        return one->distance < other->distance ? -1 : 1;
    return one->trail->id > other->trail->id ? -1 : one->trail->id < other->trail->id;
}

/* The messages that it may be, likeliest first; they live until the next look. */
static OvLikelihood *weigh_all(Search *search, const OvDetection *detection, const OvTold *told,
                               const char *bare, guint *n, GError **error) {
    if (!look_up(search, detection, bare, error))
        return NULL;
    OvLikelihood *likelihoods = OV_ARENA_NEW(search->arena, OvLikelihood, search->n);
    for (guint i = 0; i < search->n; i++) {
        const OvWays *ways = ways_of(search, &search->trails[i], error);
        if (!ways)
            return NULL;
        likelihoods[i] = ov_likelihood_weigh(&search->trails[i], ways, told);
    }
    if (search->n > 0)
        qsort(likelihoods, search->n, sizeof *likelihoods, compare);
    *n = MIN(search->n, MAX_CANDIDATES);
    return likelihoods;
}

static OvTold told_by(const Search *search, const OvDetection *detection, const char *bare) {
    OvTold told = {.nameless = !*bare, .time = time_told(detection), .egress = search->egress};
    ov_ip_address_parse(ov_slice(detection->destination), &told.destination);
    return told;
}

static const OvLedgerRecord *read_record(OvLedger *ledger, gint64 id, OvArena *arena,
                                         GError **error) {
    char text[OV_ID_TEXT_SIZE];
    guint n = 0;
    ov_id_format(id, text);
    OvLedgerRecord **records = ov_ledger_find(ledger, OV_LEDGER_BY_ID, text, 1, arena, &n, error);
    return n > 0 ? records[0] : NULL;
}

OvCandidate *ov_correlate(OvLedger *ledger, const char *address, const OvDetection *detection,
                          OvArena *arena, guint *n, GError **error) {
    g_autoptr(OvArena) ids = ov_arena_new();
    g_autoptr(OvArena) scratch = ov_arena_new();
    g_autoptr(GHashTable) ways = g_hash_table_new(g_int64_hash, g_int64_equal);
    Search search = {.ledger = ledger, .arena = scratch, .ways = ways};
    ov_ip_address_parse(ov_slice(address), &search.egress);
    guint n_found = 0;
    const char *bare = bare_id(detection->message_id, TRUE, ids);
    OvTold told = told_by(&search, detection, bare);
    const OvLikelihood *found = weigh_all(&search, detection, &told, bare, &n_found, error);
    if (!found)
        return NULL;
    OvCandidate *candidates = OV_ARENA_NEW(arena, OvCandidate, n_found);
    *n = 0;
    for (guint i = 0; i < n_found; i++) {
        GError *trouble = NULL;
        const OvLedgerRecord *record = read_record(ledger, found[i].trail->id, arena, &trouble);
        if (trouble) {
            g_propagate_error(error, trouble);
            return NULL;
        }
        if (record) /* it may have left the ledger just now */
            candidates[(*n)++] = (OvCandidate){record, found[i].sent, found[i].points,
                                               ov_likelihood_text(&found[i], arena)};
    }
    return candidates;
}

/* finding, message and account by what was found. */
static void conclude(OvDetection *detection, const OvLikelihood *found, guint n, guint least,
                     OvArena *arena) {
    if (n == 0 || found[0].points < least) {
        if (detection->finding != OV_DETECTION_NEW && detection->finding != OV_DETECTION_UNKNOWN)
            return; /* what was found once may have left the ledger since */
        detection->finding = OV_DETECTION_UNKNOWN;
        detection->message = 0;
        detection->account = NULL;
        return;
    }
    const char *account = found[0].trail->account;
    guint contenders = 1;
    for (; contenders < n && found[contenders].points >= least &&
           found[contenders].points + MARGIN > found[0].points;
         contenders++)
        if (g_strcmp0(found[contenders].trail->account, account) != 0)
            account = NULL;
    detection->finding = contenders > 1 ? OV_DETECTION_SEVERAL : OV_DETECTION_FOUND;
    detection->message = found[0].trail->id;
    detection->account = account ? ov_arena_strndup(arena, account, strlen(account)) : NULL;
}

typedef struct {
    const char *bare;
    OvDetection *detection;
} Wanted;

/* In the order of the ledger's index by Message-ID, so that it is read from front to back, and of
 * time. */
static gint compare_wanted(gconstpointer a, gconstpointer b) {
    const Wanted *one = a, *other = b;
    int order = strcmp(one->bare, other->bare);
    gint64 first = one->detection->time, second = other->detection->time;
    return order ? order : first < second ? -1 : first > second;
}

/* Those to look for, in order. */
static Wanted *select_wanted(OvDetection *detections, guint n, OvArena *arena, guint *n_wanted) {
    Wanted *wanted = OV_ARENA_NEW(arena, Wanted, n);
    *n_wanted = 0;
    for (guint i = 0; i < n; i++)
        if (detections[i].finding != OV_DETECTION_MARKED)
            wanted[(*n_wanted)++] =
                (Wanted){bare_id(detections[i].message_id, TRUE, arena), &detections[i]};
    if (*n_wanted > 0)
        qsort(wanted, *n_wanted, sizeof *wanted, compare_wanted);
    return wanted;
}

/* For thousands of Message-IDs the disk is the slowest part. */
static void read_ahead(OvLedger *ledger, const Wanted *wanted, guint n, OvArena *arena) {
    if (n < MANY)
        return;
    const char **ids = OV_ARENA_NEW(arena, const char *, n);
    guint n_ids = 0;
    gint64 first = LATEST, last = 0;
    for (guint i = 0; i < n; i++) {
        gint64 told = time_told(wanted[i].detection);
        if (*wanted[i].bare && (n_ids == 0 || !g_str_equal(wanted[i].bare, ids[n_ids - 1])))
            ids[n_ids++] = wanted[i].bare;
        first = told ? MIN(first, told) : first;
        last = MAX(last, told);
    }
    ov_ledger_read_ahead(ledger, ids, n_ids, first - 10 * MINUTE, last + CLOCK_NEAR);
}

gboolean ov_correlate_all(OvLedger *ledger, const char *address, OvDetection *detections, guint n,
                          OvArena *arena, GError **error) {
    g_autoptr(OvArena) ids = ov_arena_new();
    g_autoptr(OvArena) scratch = ov_arena_new();
    g_autoptr(GHashTable) ways = g_hash_table_new(g_int64_hash, g_int64_equal);
    Search search = {.ledger = ledger, .arena = scratch, .ways = ways};
    ov_ip_address_parse(ov_slice(address), &search.egress);
    guint n_wanted, n_found = 0;
    const Wanted *wanted = select_wanted(detections, n, ids, &n_wanted);
    read_ahead(ledger, wanted, n_wanted, ids);
    for (guint i = 0; i < n_wanted; i++) {
        const char *bare = wanted[i].bare;
        OvDetection *detection = wanted[i].detection;
        OvTold told = told_by(&search, detection, bare);
        const OvLikelihood *found = weigh_all(&search, detection, &told, bare, &n_found, error);
        if (!found)
            return FALSE;
        conclude(detection, found, n_found, *bare ? 1 : LIKELY, arena);
    }
    return TRUE;
}
