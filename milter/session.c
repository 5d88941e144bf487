#include "milter/session.h"

#include "policy/alert/seal.h"
#include "rules/auth/early.h"
#include "rules/submission.h"

#include <stdlib.h>
#include <string.h>

/* A larger buffer is given back after its message: most messages are small. */
enum { KEEP_CAPACITY = 64 * 1024, FIRST_CAPACITY = 8 * 1024 };

static const char forged_prefix[] = "X-Outvet-";

OvSession *ov_session_new(void) {
    OvSession *session = g_new0(OvSession, 1);

    session->arena = ov_arena_new();
    session->recipients = g_ptr_array_new();
    session->forged = g_array_new(FALSE, FALSE, sizeof(OvForged));
    return session;
}

void ov_session_free(OvSession *session, OvDaemon *daemon) {
    if (!session)
        return;
    ov_session_reset(session, daemon);
    ov_limits_leave(ov_daemon_parts(daemon)->limits, session->ticket);
    ov_arena_free(session->arena);
    g_ptr_array_unref(session->recipients);
    g_array_unref(session->forged);
    free(session->raw);
    g_free(session->client_address);
    g_free(session->client_name);
    g_free(session->helo);
    g_free(session);
}

static void replace(char **member, const char *text) {
    g_free(*member);
    *member = g_strdup(text);
}

void ov_session_connect(OvSession *session, OvDaemon *daemon, const char *address, const char *port,
                        const char *name) {
    ov_limits_leave(ov_daemon_parts(daemon)->limits, session->ticket);
    session->ticket = ov_limits_ticket(address, port);
    ov_limits_attend(ov_daemon_parts(daemon)->limits, session->ticket);
    if (name && (name[0] == '[' || name[0] == '\0' || g_ascii_strcasecmp(name, "unknown") == 0))
        name = NULL;
    replace(&session->client_address, address);
    replace(&session->client_name, name);
    replace(&session->helo, NULL);
}

void ov_session_helo(OvSession *session, const char *helo) {
    replace(&session->helo, helo);
}

/* An address of the envelope without <>. */
static const char *bare_address(OvArena *arena, const char *text) {
    gsize length = strlen(text);

    if (length >= 2 && text[0] == '<' && text[length - 1] == '>')
        return ov_arena_strndup(arena, text + 1, length - 2);
    return ov_arena_strndup(arena, text, length);
}

void ov_session_begin(OvSession *session, OvDaemon *daemon, const char *sender,
                      const char *const *arguments) {
    ov_session_reset(session, daemon);
    session->open = TRUE;
    session->in_hand = ov_daemon_begin(daemon);
    session->snapshot = ov_daemon_snapshot(daemon);
    if (session->snapshot->resolver)
        session->dns = ov_resolver_open(session->snapshot->resolver);
    /* The watch ends with the last message in hand. */
    session->standing = session->in_hand ? ov_daemon_standing(daemon) : NULL;
    session->sender = bare_address(session->arena, sender);
    for (; arguments && *arguments; arguments++) {
        if (g_ascii_strcasecmp(*arguments, "SMTPUTF8") == 0)
            session->smtputf8 = TRUE;
        else if (g_ascii_strncasecmp(*arguments, "SIZE=", 5) == 0)
            session->declared = (gsize)g_ascii_strtoull(*arguments + 5, NULL, 10);
    }
}

static const char *keep(OvSession *session, const char *text) {
    return text ? ov_arena_strndup(session->arena, text, strlen(text)) : NULL;
}

void ov_session_submission(OvSession *session, const char *login, const char *tls_version) {
    session->login = keep(session, login);
    session->tls_version = keep(session, tls_version);
    if (!session->open || !login || !*session->sender || !session->snapshot->owners)
        return;
    const OvOwnership *ownership = ov_owners_ownership(session->snapshot->owners);
    ownership->ask(ownership->data, login, ov_slice(session->sender));
}

void ov_session_recipient(OvSession *session, const char *recipient) {
    if (!session->open)
        return;
    session->n_recipients++;
    if (ov_arena_used(session->arena) < OV_ENVELOPE_LIMIT)
        g_ptr_array_add(session->recipients,
                        (gpointer)(guintptr)bare_address(session->arena, recipient));
}

/* Room for more octets, but never beyond limit. FALSE when there is no memory. */
static gboolean grow(OvSession *session, gsize more, gsize limit) {
    gsize needed = MIN(session->raw_length + more, limit);
    gsize capacity = MAX(session->raw_capacity, FIRST_CAPACITY);

    if (needed <= session->raw_capacity)
        return TRUE;
    while (capacity < needed)
        capacity *= 2;
    char *raw = realloc(session->raw, capacity);
    if (!raw)
        return FALSE;
    session->raw = raw;
    session->raw_capacity = capacity;
    return TRUE;
}

static void append(OvSession *session, const char *data, gsize length) {
    if (!session->open)
        return;
    gsize limit = session->snapshot->settings->scan_limit;

    session->size += length;
    if (session->broken || session->raw_length >= limit)
        return;
    if (!grow(session, length, limit)) {
        session->broken = TRUE;
        return;
    }
    gsize n = MIN(length, limit - session->raw_length);
    memcpy(session->raw + session->raw_length, data, n);
    session->raw_length += n;
}

/* Remembers a field that only we may write; names are compared without ASCII case (RFC 5322). */
static void note_forged(OvSession *session, const char *name) {
    session->n_forged++;
    if (session->n_forged > OV_MAX_FORGED)
        return;
    for (guint i = 0; i < session->forged->len; i++) {
        OvForged *forged = &g_array_index(session->forged, OvForged, i);
        if (g_ascii_strcasecmp(forged->name, name) == 0) {
            forged->count++;
            return;
        }
    }
    OvForged forged = {ov_arena_strndup(session->arena, name, strlen(name)), 1};
    g_array_append_val(session->forged, forged);
}

/* What tells an alert mail of ours, without white space around it. */
static void note_seal(OvSession *session, const char *name, const char *value) {
    const char **into = g_ascii_strcasecmp(name, OV_ALERT_FIELD_NAME) == 0 ? &session->seal
                        : g_ascii_strcasecmp(name, "Message-ID") == 0      ? &session->message_id
                                                                           : NULL;
    if (into && ov_arena_used(session->arena) < OV_ENVELOPE_LIMIT)
        *into = g_strstrip(ov_arena_strndup(session->arena, value, strnlen(value, OV_SEAL_LIMIT)));
}

void ov_session_header(OvSession *session, const char *name, const char *value,
                       gboolean leading_space) {
    if (!session->open)
        return;
    if (g_ascii_strncasecmp(name, forged_prefix, sizeof forged_prefix - 1) == 0)
        note_forged(session, name);
    note_seal(session, name, value);
    append(session, name, strlen(name));
    append(session, ": ", leading_space ? 1 : 2);

    const char *line_end;
    while ((line_end = strchr(value, '\n'))) {
        gsize length = (gsize)(line_end - value);
        append(session, value, length);
        gboolean has_return = length > 0 && value[length - 1] == '\r';
        append(session, has_return ? "\n" : "\r\n", has_return ? 1 : 2);
        value = line_end + 1;
    }
    append(session, value, strlen(value));
    append(session, "\r\n", 2);
}

void ov_session_end_header(OvSession *session) {
    if (session->header_ended)
        return;
    session->header_ended = TRUE;
    append(session, "\r\n", 2);
    if (!session->open)
        return;
    OvSlice header = {session->raw, session->raw_length};
    OvEnvelope envelope;
    ov_session_envelope(session, &envelope);
    ov_submission_ask(&envelope, header);
    if (session->dns)
        ov_early_ask(session->dns, &envelope, header);
}

void ov_session_body(OvSession *session, const char *data, gsize length) {
    ov_session_end_header(session);
    append(session, data, length);
}

gboolean ov_session_full(const OvSession *session) {
    return session->open && session->raw_length >= session->snapshot->settings->scan_limit;
}

void ov_session_reset(OvSession *session, OvDaemon *daemon) {
    if (session->in_hand)
        ov_daemon_end(daemon);
    g_clear_pointer(&session->dns, ov_resolver_close);
    g_clear_pointer(&session->standing, ov_standing_unref);
    g_clear_pointer(&session->snapshot, ov_snapshot_unref);
    if (session->raw_capacity > KEEP_CAPACITY) {
        free(session->raw);
        session->raw = NULL;
        session->raw_capacity = 0;
    }
    session->open = session->in_hand = session->broken = FALSE;
    session->smtputf8 = session->header_ended = FALSE;
    session->sender = session->login = session->queue_id = session->tls_version = NULL;
    session->egress = NULL;
    session->seal = session->message_id = NULL;
    session->n_recipients = session->n_forged = 0;
    session->declared = session->raw_length = session->size = 0;
    g_ptr_array_set_size(session->recipients, 0);
    g_array_set_size(session->forged, 0);
    ov_arena_reset(session->arena);
}

void ov_session_envelope(OvSession *session, OvEnvelope *envelope) {
    *envelope = (OvEnvelope){
        .sender = session->sender,
        .recipients = (const char *const *)session->recipients->pdata,
        .n_recipients = session->recipients->len,
        .client_address = session->client_address,
        .client_name = session->client_name,
        .helo = session->helo,
        .login = session->login,
        .tls_version = session->tls_version,
        .local = session->simulated,
        .smtputf8 = session->smtputf8,
        /* A simulated dialogue has no MAIL FROM with arguments. */
        .smtputf8_known = !session->simulated,
        /* Postfix shows the fields that it adds; Sendmail adds them later. */
        .completed_later = session->mta != OV_MTA_POSTFIX,
        .now = g_get_real_time(),
        .dns = session->dns,
        .egress = session->egress,
        .egress_all = &session->snapshot->settings->egress.all,
        .standing = session->standing,
        .ownership =
            session->snapshot->owners ? ov_owners_ownership(session->snapshot->owners) : NULL,
    };
    if (!session->egress)
        envelope->egress = session->egress =
            ov_egress_find(&session->snapshot->settings->egress, envelope, session->arena);
}

gsize ov_session_size(const OvSession *session) {
    return MAX(session->size, ov_session_full(session) ? session->declared : 0);
}
