#include "policy/provider/interlock.h"

#include "policy/ledger/delivery.h"
#include "policy/limits/suspension.h"
#include "policy/network.h"
#include "policy/provider/response.h"
#include "policy/time_text.h"

#include <string.h>

static const gint64 SILENCE = 60 * G_USEC_PER_SEC; /* of a node that runs: some reports left out */
static const gint64 LOOK_AGE = 3 * 60 * G_USEC_PER_SEC; /* looks at a calm queue are rare */
static const gint64 GONE = G_GINT64_CONSTANT(7) * 24 * 3600 * G_USEC_PER_SEC;

const char *ov_obstacle_name(OvObstacleKind kind) {
    static const char NAMES[][12] = {
        [OV_OBSTACLE_SENDING] = "sending",
        [OV_OBSTACLE_NODE] = "node",
        [OV_OBSTACLE_QUEUE] = "queue",
        [OV_OBSTACLE_DELIVERED] = "delivered",
        [OV_OBSTACLE_UNEXPLAINED] = "unexplained",
    };
    return NAMES[kind];
}

typedef struct {
    OvLedger *ledger;
    const OvSettings *settings;
    const OvIncident *incident;
    gint64 now;
    OvArena *arena;
    GArray *found; /* OvObstacle */
    /* The suspensions that stop the spam: */
    guint n_stops;
    gint64 last_row, last_time; /* of the newest of them */
} Look;

static void add(Look *look, OvObstacleKind kind, const char *text, const char *command) {
    OvObstacle obstacle = {.kind = kind, .text = text, .command = command};
    g_array_append_val(look->found, obstacle);
}

/* --- who sent it is suspended --- */

/* Takes note of a suspension where it stops the subject, or all that leaves from the address. */
static gboolean stops(Look *look, const OvSuspensionRow *row, const OvSubject *wanted) {
    OvSubject subject;
    OvNetwork network;
    if (!ov_subject_parse(&subject, row->subject, look->arena, NULL))
        return FALSE;
    gboolean stopped =
        subject.kind == OV_SUBJECT_EVERYTHING || (wanted && ov_subject_equal(&subject, wanted)) ||
        (subject.kind == OV_SUBJECT_EGRESS && ov_network_parse(subject.name, &network) &&
         ov_network_contains(&network, look->incident->address));
    if (!stopped)
        return FALSE;
    look->n_stops++;
    look->last_row = MAX(look->last_row, row->id);
    look->last_time = MAX(look->last_time, row->time);
    return TRUE;
}

static gboolean is_stopped(Look *look, const OvSuspensionRow *rows, guint n,
                           const OvSubject *wanted) {
    gboolean stopped = FALSE;
    for (guint i = 0; i < n; i++)
        stopped = stops(look, &rows[i], wanted) || stopped;
    return stopped;
}

static const char *suspend_command(const Look *look, const char *subject) {
    g_autofree char *quoted = g_shell_quote(subject);
    const char *word = strpbrk(subject, " '\"\\$`&|;<>()*?[]!#~\t") ? quoted : subject;
    return ov_arena_printf(look->arena,
                           "outvet suspend %s --queue --reason 'incident %" G_GINT64_FORMAT "'",
                           word, look->incident->id);
}

static gboolean look_at_sending(Look *look, GError **error) {
    guint n_rows, n_culprits;
    gboolean missing = FALSE;
    if (look->settings->shadow)
        add(look, OV_OBSTACLE_SENDING, "in shadow mode a suspension stops nothing",
            "outvet config reload, once [verdict] shadow is no");
    OvSuspensionRow *rows =
        ov_ledger_suspensions_in_force(look->ledger, look->now, look->arena, &n_rows, error);
    OvCulprit *culprits =
        rows ? ov_ledger_culprits(look->ledger, look->incident->id, look->arena, &n_culprits, error)
             : NULL;
    if (!culprits)
        return FALSE;
    for (guint i = 0; i < n_culprits; i++) {
        OvSubject account;
        if (!ov_response_is_culprit(&culprits[i], look->incident->detections) ||
            !ov_subject_set(&account, OV_SUBJECT_ACCOUNT, culprits[i].account, look->arena) ||
            is_stopped(look, rows, n_rows, &account))
            continue;
        missing = TRUE;
        add(look, OV_OBSTACLE_SENDING,
            ov_arena_printf(look->arena,
                            "account %s, which sent %" G_GINT64_FORMAT
                            " of the messages, is not suspended",
                            account.name, culprits[i].detections),
            suspend_command(look, ov_subject_format(&account, look->arena)));
    }
    if (missing || is_stopped(look, rows, n_rows, NULL) || look->n_stops > 0)
        return TRUE;
    add(look, OV_OBSTACLE_SENDING,
        ov_arena_printf(look->arena, "nobody is known who sent it, and mail still leaves from %s",
                        look->incident->address),
        suspend_command(look, ov_arena_printf(look->arena, "egress:%s", look->incident->address)));
    return TRUE;
}

/* --- on every node --- */

static gboolean sends_from(const OvNodeReport *node, const char *address) {
    g_auto(GStrv) addresses = g_strsplit(node->egress, " ", -1);
    return !*node->egress || g_strv_contains((const char *const *)addresses, address);
}

static void look_at_queue(Look *look, const OvNodeReport *node) {
    const char *start = "systemctl start outvet-queue";
    if (*node->trouble || node->looked == 0)
        add(look, OV_OBSTACLE_QUEUE,
            ov_arena_printf(look->arena, "the queue of %s can't be looked through: %s", node->node,
                            *node->trouble ? node->trouble : "outvet-queue does not run there"),
            start);
    else if (node->looked < look->last_time || node->looked < look->now - LOOK_AGE)
        add(look, OV_OBSTACLE_QUEUE,
            ov_arena_printf(look->arena,
                            "the queue of %s was last looked through at %s, which is "
                            "before the suspension or too long ago",
                            node->node, ov_clock_text(node->looked, look->arena)),
            NULL);
    else if (node->moving > 0)
        add(look, OV_OBSTACLE_QUEUE,
            ov_arena_printf(look->arena,
                            "%" G_GINT64_FORMAT " message%s of who is suspended still move%s in "
                            "the queue of %s",
                            node->moving, node->moving == 1 ? "" : "s",
                            node->moving == 1 ? "s" : "", node->node),
            "outvet suspensions");
}

static void look_at_node(Look *look, const OvNodeReport *node) {
    if (node->seen < look->now - SILENCE)
        add(look, OV_OBSTACLE_NODE,
            ov_arena_printf(look->arena,
                            "%s has said nothing since %s: whether it sends is not known",
                            node->node, ov_clock_text(node->seen, look->arena)),
            "systemctl start outvetd");
    else if (node->suspension < look->last_row)
        add(look, OV_OBSTACLE_NODE,
            ov_arena_printf(look->arena, "%s does not know the suspension yet", node->node), NULL);
    else
        look_at_queue(look, node);
}

static gboolean look_at_nodes(Look *look, GError **error) {
    guint n, n_senders = 0;
    OvNodeReport *nodes = ov_ledger_nodes(look->ledger, look->arena, &n, error);
    if (!nodes)
        return FALSE;
    for (guint i = 0; i < n; i++) {
        if (nodes[i].seen < look->now - GONE || !sends_from(&nodes[i], look->incident->address))
            continue;
        n_senders++;
        look_at_node(look, &nodes[i]);
    }
    if (n_senders == 0)
        add(look, OV_OBSTACLE_NODE,
            ov_arena_printf(look->arena, "no outvetd reports that it sends from %s",
                            look->incident->address),
            "outvet status");
    return TRUE;
}

/* --- nothing left through the address --- */

/* "mx.example.net[192.0.2.25]:25" is a host of others, "local" and what is on this machine is
 * not. */
static gboolean is_abroad(const char *relay) {
    const char *open = relay ? strchr(relay, '[') : NULL;
    const char *close = open ? strchr(open, ']') : NULL;
    OvIpAddress address;
    return close && ov_ip_address_parse((OvSlice){open + 1, (gsize)(close - open - 1)}, &address) &&
           !ov_ip_address_is_private(&address);
}

/* Where the settings don't say by which address a message leaves, it may be this one. */
static gboolean may_leave_from(Look *look, const OvDeparture *departure,
                               const OvIpAddress *address) {
    const char *recipient = ov_arena_printf(look->arena, "x@%s", departure->domain);
    OvEnvelope envelope = {
        .sender = departure->sender, .recipients = &recipient, .n_recipients = 1};
    const OvEgress *egress = ov_egress_find(&look->settings->egress, &envelope, look->arena);
    for (guint i = 0; egress && i < egress->n_points; i++)
        if (memcmp(&egress->points[i].address, address, sizeof *address) == 0)
            return TRUE;
    return !egress || egress->n_points == 0;
}

static gboolean look_at_departures(Look *look, GError **error) {
    enum { MOST = 20000 };
    guint n;
    gint64 settle = look->settings->provider_settle, last = 0;
    const char *relay = NULL, *blocked = look->incident->address;
    OvIpAddress address;
    OvDeparture *departures =
        ov_ledger_departures(look->ledger, look->now - settle, MOST, look->arena, &n, error);
    if (!departures)
        return FALSE;
    if (!ov_ip_address_parse((OvSlice){blocked, strlen(blocked)}, &address))
        return TRUE;
    for (guint i = 0; i < n; i++) {
        if (departures[i].time <= last || !is_abroad(departures[i].relay) ||
            !may_leave_from(look, &departures[i], &address))
            continue;
        last = departures[i].time;
        relay = departures[i].relay;
    }
    if (last > 0)
        add(look, OV_OBSTACLE_DELIVERED,
            ov_arena_printf(look->arena,
                            "mail left through %s at %s, to %s; it must be quiet until %s", blocked,
                            ov_clock_text(last, look->arena), relay,
                            ov_clock_text(last + settle, look->arena)),
            NULL);
    return TRUE;
}

/* --- every message is explained --- */

static void look_at_detections(Look *look) {
    gint64 left = look->incident->detections - look->incident->explained;
    if (left <= 0)
        return;
    add(look, OV_OBSTACLE_UNEXPLAINED,
        ov_arena_printf(look->arena,
                        "%" G_GINT64_FORMAT " of the %" G_GINT64_FORMAT
                        " messages that the provider names %s not explained",
                        left, look->incident->detections, left == 1 ? "is" : "are"),
        ov_arena_printf(look->arena,
                        "outvet incident logs %" G_GINT64_FORMAT
                        " /var/log/mail.log*, or: outvet incident mark %" G_GINT64_FORMAT
                        " --unknown --as TEXT",
                        look->incident->id, look->incident->id));
}

OvObstacle *ov_interlock(OvLedger *ledger, const OvSettings *settings, const OvIncident *incident,
                         gint64 now, OvArena *arena, guint *n, GError **error) {
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(OvObstacle));
    Look look = {
        .ledger = ledger,
        .settings = settings,
        .incident = incident,
        .now = now,
        .arena = arena,
        .found = found,
    };
    if (!look_at_sending(&look, error) || !look_at_nodes(&look, error) ||
        !look_at_departures(&look, error))
        return NULL;
    look_at_detections(&look);
    OvObstacle *obstacles = OV_ARENA_NEW(arena, OvObstacle, MAX(found->len, 1));
    if (found->len > 0)
        memcpy(obstacles, found->data, found->len * sizeof(OvObstacle));
    *n = found->len;
    return obstacles;
}
