#include "policy/limits/suspension.h"

#include "rules/provider.h"

#include <string.h>

typedef struct {
    OvNetwork network;
    const OvSuspension *suspension;
} Network;

struct OvSuspensionList {
    OvArena *arena;
    GHashTable *by_subject; /* OvSubject to OvSuspension */
    GArray *networks; /* Network: of clients and egress addresses that are no single address */
    gboolean has[OV_N_SUBJECT_KINDS];
};

static const char *or_empty(const char *text) {
    return text ? text : "";
}

static OvSuspension *keep(OvSuspensionList *list, const OvSuspensionRow *row) {
    OvSuspension *suspension = OV_ARENA_NEW(list->arena, OvSuspension, 1);
    const char *by = or_empty(row->operator_name), *reason = or_empty(row->reason);
    *suspension = (OvSuspension){
        .since = row->time,
        .until = row->until,
        .queue = row->queue,
        .operator_name = ov_arena_strndup(list->arena, by, strlen(by)),
        .reason = ov_arena_strndup(list->arena, reason, strlen(reason)),
    };
    if (!row->answer || !ov_verdict_from_name(row->answer, &suspension->answer))
        suspension->answer = OV_VERDICT_ACCEPT;
    OvSubject *subject = &suspension->subject;
    return ov_subject_parse(subject, row->subject, list->arena, NULL) ? suspension : NULL;
}

static void add(OvSuspensionList *list, OvSuspension *suspension) {
    OvSubjectKind kind = suspension->subject.kind;
    Network network = {.suspension = suspension};
    list->has[kind] = TRUE;
    g_hash_table_insert(list->by_subject, &suspension->subject, suspension);
    if ((kind == OV_SUBJECT_CLIENT || kind == OV_SUBJECT_EGRESS) &&
        ov_network_parse(suspension->subject.name, &network.network) && network.network.bits < 128)
        g_array_append_val(list->networks, network);
}

OvSuspensionList *ov_suspension_list_new(const OvSuspensionRow *rows, guint n) {
    OvSuspensionList *list = g_atomic_rc_box_new0(OvSuspensionList);
    list->arena = ov_arena_new();
    list->by_subject = g_hash_table_new(ov_subject_hash, ov_subject_equal);
    list->networks = g_array_new(FALSE, FALSE, sizeof(Network));
    for (guint i = 0; i < n; i++) {
        OvSuspension *suspension = keep(list, &rows[i]);
        if (suspension)
            add(list, suspension);
    }
    return list;
}

static void clear(gpointer data) {
    OvSuspensionList *list = data;
    g_hash_table_unref(list->by_subject);
    g_array_unref(list->networks);
    ov_arena_free(list->arena);
}

void ov_suspension_list_unref(OvSuspensionList *list) {
    if (list)
        g_atomic_rc_box_release_full(list, clear);
}

guint ov_suspension_list_length(const OvSuspensionList *list) {
    return list ? g_hash_table_size(list->by_subject) : 0;
}

const OvSuspension *ov_suspension_list_get(const OvSuspensionList *list, const OvSubject *subject) {
    return list ? g_hash_table_lookup(list->by_subject, subject) : NULL;
}

void ov_suspension_list_ending(const OvSuspensionList *list, gint64 after, gint64 until,
                               OvSuspensionFunc take, gpointer data) {
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, list->by_subject);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const OvSuspension *suspension = value;
        if (suspension->until > after && suspension->until <= until)
            take(suspension, data);
    }
}

/* A search through the list for one message. */
typedef struct {
    const OvSuspensionList *list;
    OvArena *arena;
    gint64 now;
    OvVerdictKind usual;       /* what [suspension] answer says */
    const OvSuspension *found; /* the gravest as yet, or NULL */
    OvVerdictKind answer;
} Search;

static void take(Search *search, const OvSuspension *suspension) {
    if (!suspension || suspension->until <= search->now)
        return;
    OvVerdictKind answer =
        suspension->answer == OV_VERDICT_ACCEPT ? search->usual : suspension->answer;
    if (search->found && answer <= search->answer)
        return;
    search->found = suspension;
    search->answer = answer;
}

/* name in the subject's form. */
static void look_up(Search *search, OvSubjectKind kind, const char *name) {
    OvSubject subject = {kind, name};
    if (search->list->has[kind] && name)
        take(search, g_hash_table_lookup(search->list->by_subject, &subject));
}

static void look_up_domain(Search *search, const char *sender) {
    const char *at = sender ? strrchr(sender, '@') : NULL;
    OvSubject subject;
    if (search->list->has[OV_SUBJECT_SENDER_DOMAIN] && at &&
        ov_subject_set(&subject, OV_SUBJECT_SENDER_DOMAIN, at + 1, search->arena))
        look_up(search, subject.kind, subject.name);
}

static void look_up_address(Search *search, OvSubjectKind kind, const char *address) {
    OvSubject subject;
    if (!search->list->has[kind] || !ov_subject_set(&subject, kind, address, search->arena))
        return;
    look_up(search, kind, subject.name);
    for (guint i = 0; i < search->list->networks->len; i++) {
        const Network *network = &g_array_index(search->list->networks, Network, i);
        if (network->suspension->subject.kind == kind &&
            ov_network_contains(&network->network, subject.name))
            take(search, network->suspension);
    }
}

static void look_up_providers(Search *search, const OvEnvelope *envelope) {
    if (!search->list->has[OV_SUBJECT_PROVIDER])
        return;
    for (guint i = 0; i < envelope->n_recipients; i++) {
        gboolean pending = FALSE;
        /* Of the first recipients alone has the DNS been asked. */
        OvMailboxHost host = ov_provider_of_recipient(
            search->arena, i < OV_PROVIDER_MAX_ASKED ? envelope->dns : NULL,
            envelope->recipients[i], &pending);
        look_up(search, OV_SUBJECT_PROVIDER, ov_provider_name(host.provider));
    }
}

const OvSuspension *ov_suspension_find(const OvSuspensionList *list, const OvSettings *settings,
                                       const OvAccount *account, const OvEnvelope *envelope,
                                       OvArena *arena, OvVerdictKind *answer) {
    if (!list)
        return NULL;
    Search search = {
        .list = list,
        .arena = arena,
        .now = envelope->now,
        .usual = OV_VERDICT_HOLD + settings->suspended,
    };
    look_up(&search, OV_SUBJECT_ACCOUNT, account->name);
    look_up(&search, OV_SUBJECT_SCRIPT, account->script);
    look_up_domain(&search, envelope->sender);
    look_up_address(&search, OV_SUBJECT_CLIENT, envelope->client_address);
    for (guint i = 0; envelope->egress && i < envelope->egress->n_points; i++)
        look_up_address(&search, OV_SUBJECT_EGRESS,
                        ov_ip_address_text(arena, &envelope->egress->points[i].address));
    look_up_providers(&search, envelope);
    look_up(&search, OV_SUBJECT_EVERYTHING, "");
    *answer = search.answer;
    return search.found;
}

static const char *written(gint64 time, const char *format, OvArena *arena) {
    g_autoptr(GDateTime) moment = g_date_time_new_from_unix_utc(time / G_USEC_PER_SEC);
    g_autofree char *text = moment ? g_date_time_format(moment, format) : g_strdup("?");
    return ov_arena_strndup(arena, text, strlen(text));
}

/* Printable ASCII. */
static const char *plain(const char *text, OvArena *arena) {
    g_autofree char *ascii = g_str_to_ascii(text, "C");
    char *shown = ov_arena_strndup(arena, ascii, strlen(ascii));
    for (char *at = shown; *at; at++)
        if (!g_ascii_isprint(*at))
            *at = g_ascii_isspace(*at) ? ' ' : '?';
    return shown;
}

/* Before the subject's name. */
static const char *const WORDS[] = {
    [OV_SUBJECT_ACCOUNT] = "for account ",      [OV_SUBJECT_SENDER_DOMAIN] = "for senders at ",
    [OV_SUBJECT_SCRIPT] = "for script ",        [OV_SUBJECT_CLIENT] = "for client ",
    [OV_SUBJECT_EGRESS] = "from address ",      [OV_SUBJECT_PROVIDER] = "to provider ",
    [OV_SUBJECT_EVERYTHING] = "on this server",
};

const char *ov_suspension_sentence(const OvSuspension *suspension, OvArena *arena) {
    enum { NAME = 80, REASON = 240 };
    /* The minute after: who waits for it does not come back too early. */
    const char *until = suspension->until == G_MAXINT64
                            ? ""
                            : ov_arena_printf(arena, " until %s",
                                              written(suspension->until + 60 * G_USEC_PER_SEC - 1,
                                                      "%F %R UTC", arena));
    return ov_arena_printf(
        arena, "Sending is suspended %s%.*s%s%s%.*s", WORDS[suspension->subject.kind], NAME,
        plain(suspension->subject.name, arena), until, *suspension->reason ? ": " : "", REASON,
        plain(suspension->reason, arena));
}

const char *ov_suspension_evidence(const OvSuspension *suspension, OvArena *arena) {
    const char *until =
        suspension->until == G_MAXINT64
            ? "until it is resumed"
            : ov_arena_printf(arena, "until %s", written(suspension->until, "%FT%TZ", arena));
    return ov_arena_printf(
        arena, "%s since %s %s, by %s%s%s", ov_subject_format(&suspension->subject, arena),
        written(suspension->since, "%FT%TZ", arena), until, suspension->operator_name,
        *suspension->reason ? ": " : "", suspension->reason);
}
