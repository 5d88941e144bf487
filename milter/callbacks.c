#include "milter/callbacks.h"

#include "milter/vet.h"
#include "policy/log.h"

#include <arpa/inet.h>
#include <libmilter/mfapi.h>
#include <string.h>

/* libmilter has no argument for its user's data before a connection has its own: written once by
 * ov_milter_register. */
static OvDaemon *shared;

/* Steps agreed on by the newest negotiation, for an MTA that tells of one connection after another
 * without negotiating again (SMFIC_QUIT_NC): it is the same MTA. Atomic. */
static guint agreed_steps, agreed_actions;

/* Octets of one packet. libmilter's own limit, 64 KiB, is less than a header field may have in
 * Postfix (header_size_limit), which could then never be sent. */
enum { PACKET_LIMIT = 2 * 1024 * 1024 };

enum {
    WANTED_ACTIONS = SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_QUARANTINE,
    /* Bytes as they came, and no waiting for replies that never say anything. */
    WANTED_STEPS = SMFIP_HDR_LEADSPC | SMFIP_SKIP | SMFIP_NOUNKNOWN | SMFIP_NODATA | SMFIP_NR_CONN |
                   SMFIP_NR_HELO | SMFIP_NR_MAIL | SMFIP_NR_RCPT | SMFIP_NR_HDR | SMFIP_NR_EOH |
                   SMFIP_NR_BODY,
};

/* Macros by step, "" for none. {client_resolve} and {mail_mailer} tell SMTP from a simulated
 * dialogue; an MTA that was asked for {tls_version} leaves it out where there is no TLS. */
static const struct {
    int step;
    char list[80];
} macros[] = {
    {SMFIM_CONNECT, "v {client_resolve}"},
    {SMFIM_HELO, ""},
    {SMFIM_ENVFROM, "{auth_authen} {mail_mailer} {tls_version}"},
    {SMFIM_ENVRCPT, ""},
    {SMFIM_DATA, ""},
    {SMFIM_EOH, ""},
    {SMFIM_EOM, "i"},
};

/* The answer of a step that only collects. */
static sfsistat go_on(const OvSession *session, guint32 no_reply) {
    return session && (session->steps & no_reply) ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

static OvSession *add_session(SMFICTX *ctx, guint32 steps, guint32 actions) {
    OvSession *session = ov_session_new();

    session->steps = steps;
    session->can_add = (actions & SMFIF_ADDHDRS) != 0;
    session->can_change = (actions & SMFIF_CHGHDRS) != 0;
    session->can_quarantine = (actions & SMFIF_QUARANTINE) != 0;
    session->tells_tls = (actions & SMFIF_SETSYMLIST) != 0;
    smfi_setpriv(ctx, session);
    ov_daemon_connected(shared, 1);
    return session;
}

/* Then the MTA is to wait until the connection is known here: the policy service is asked about it
 * beside the milter (ov_limits_attend). */
static gboolean has_policy_service(void) {
    g_autoptr(OvSnapshot) snapshot = ov_daemon_snapshot(shared);
    return *snapshot->settings->policy_socket != '\0';
}

static sfsistat on_negotiate(SMFICTX *ctx, unsigned long actions, unsigned long steps,
                             unsigned long unused2, unsigned long unused3,
                             unsigned long *wanted_actions, unsigned long *wanted_steps,
                             unsigned long *wanted2, unsigned long *wanted3) {
    (void)unused2, (void)unused3;
    *wanted_actions = actions & WANTED_ACTIONS;
    *wanted_steps = steps & WANTED_STEPS;
    if (has_policy_service())
        *wanted_steps &= ~(unsigned long)SMFIP_NR_CONN;
    *wanted2 = *wanted3 = 0;

    if (actions & SMFIF_SETSYMLIST) {
        *wanted_actions |= SMFIF_SETSYMLIST;
        for (guint i = 0; i < G_N_ELEMENTS(macros); i++)
            smfi_setsymlist(ctx, macros[i].step, (char *)(guintptr)macros[i].list);
    }
    g_atomic_int_set(&agreed_steps, (guint)*wanted_steps);
    g_atomic_int_set(&agreed_actions, (guint)*wanted_actions);
    add_session(ctx, (guint32)*wanted_steps, (guint32)*wanted_actions);
    return SMFIS_CONTINUE;
}

static OvMta find_mta(SMFICTX *ctx) {
    g_autoptr(OvSnapshot) snapshot = ov_daemon_snapshot(shared);
    const char *kind = snapshot->settings->mta;
    const char *version = smfi_getsymval(ctx, "v");

    if (g_str_equal(kind, "postfix") || (version && strstr(version, "Postfix")))
        return OV_MTA_POSTFIX;
    if (g_str_equal(kind, "sendmail") || (version && g_ascii_isdigit(version[0])))
        return OV_MTA_SENDMAIL;
    return OV_MTA_UNKNOWN;
}

/* The client, as the MTA tells of it. */
typedef struct {
    char text[INET6_ADDRSTRLEN], port[sizeof "65535"];
    const char *address; /* text, or NULL */
    gboolean portless_loopback;
} Client;

static void read_client(const _SOCK_ADDR *address, Client *client) {
    guint port = 0;
    *client = (Client){.address = NULL};
    if (address && address->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)address;
        port = ntohs(in->sin_port);
        client->portless_loopback = port == 0 && in->sin_addr.s_addr == htonl(INADDR_LOOPBACK);
        client->address = inet_ntop(AF_INET, &in->sin_addr, client->text, sizeof client->text);
    } else if (address && address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)address;
        port = ntohs(in6->sin6_port);
        client->portless_loopback = port == 0 && IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
        client->address = inet_ntop(AF_INET6, &in6->sin6_addr, client->text, sizeof client->text);
    }
    g_snprintf(client->port, sizeof client->port, "%u", port);
}

static sfsistat on_connect(SMFICTX *ctx, char *name, _SOCK_ADDR *address) {
    OvSession *session = smfi_getpriv(ctx);
    Client client;

    if (!session)
        session = add_session(ctx, (guint32)g_atomic_int_get(&agreed_steps),
                              (guint32)g_atomic_int_get(&agreed_actions));
    read_client(address, &client);
    ov_session_connect(session, shared, client.address, client.port, name);
    session->mta = find_mta(ctx);
    /* Postfix's cleanup(8) tells of mail from sendmail(1) as if it came from port 0 of the loopback
     * address. No TCP client has both; what smtpd(8) was told by a proxy (XCLIENT) could, but
     * smtpd(8) knows {client_resolve} and cleanup(8) does not. */
    session->simulated = session->mta == OV_MTA_POSTFIX && client.portless_loopback &&
                         !smfi_getsymval(ctx, "{client_resolve}");
    return go_on(session, SMFIP_NR_CONN);
}

static sfsistat on_helo(SMFICTX *ctx, char *helo) {
    OvSession *session = smfi_getpriv(ctx);

    if (session)
        ov_session_helo(session, helo);
    return go_on(session, SMFIP_NR_HELO);
}

static sfsistat on_sender(SMFICTX *ctx, char **arguments) {
    OvSession *session = smfi_getpriv(ctx);

    if (session) {
        ov_session_begin(session, shared, arguments[0], (const char *const *)arguments + 1);
        const char *login = smfi_getsymval(ctx, "{auth_authen}");
        const char *version = smfi_getsymval(ctx, "{tls_version}");
        ov_session_submission(session, login && *login ? login : NULL,
                              version || !session->tells_tls ? version : "");
        if (session->login || smfi_getsymval(ctx, "{mail_mailer}"))
            session->simulated = FALSE;
    }
    return go_on(session, SMFIP_NR_MAIL);
}

/* Recipients are never refused here: those of a simulated dialogue must not be (cleanup(8) takes it
 * for a configuration error), and of the others nothing is known yet. */
static sfsistat on_recipient(SMFICTX *ctx, char **arguments) {
    OvSession *session = smfi_getpriv(ctx);

    if (session)
        ov_session_recipient(session, arguments[0]);
    return go_on(session, SMFIP_NR_RCPT);
}

static sfsistat on_header(SMFICTX *ctx, char *name, char *value) {
    OvSession *session = smfi_getpriv(ctx);

    if (session)
        ov_session_header(session, name, value, (session->steps & SMFIP_HDR_LEADSPC) != 0);
    return go_on(session, SMFIP_NR_HDR);
}

static sfsistat on_end_of_header(SMFICTX *ctx) {
    OvSession *session = smfi_getpriv(ctx);

    if (session)
        ov_session_end_header(session);
    return go_on(session, SMFIP_NR_EOH);
}

static sfsistat on_body(SMFICTX *ctx, unsigned char *data, size_t length) {
    OvSession *session = smfi_getpriv(ctx);

    if (!session)
        return SMFIS_CONTINUE;
    ov_session_body(session, (const char *)data, length);
    if (session->steps & SMFIP_NR_BODY)
        return SMFIS_NOREPLY;
    return (session->steps & SMFIP_SKIP) && ov_session_full(session) ? SMFIS_SKIP : SMFIS_CONTINUE;
}

/* Deletes forged fields, from the last of each name to the first, so that the numbers hold. */
static gboolean clean(SMFICTX *ctx, OvSession *session) {
    for (guint i = 0; i < session->forged->len; i++) {
        const OvForged *forged = &g_array_index(session->forged, OvForged, i);
        for (guint n = forged->count; n > 0; n--)
            if (smfi_chgheader(ctx, (char *)(guintptr)forged->name, (int)n, NULL) != MI_SUCCESS)
                return FALSE;
    }
    return TRUE;
}

static gboolean add_field(SMFICTX *ctx, OvSession *session, const char *name, const char *value) {
    /* Where the space after the colon is told to us, it is ours to write. */
    const char *text =
        session->steps & SMFIP_HDR_LEADSPC ? ov_arena_printf(session->arena, " %s", value) : value;

    return smfi_insheader(ctx, 0, (char *)(guintptr)name, (char *)(guintptr)text) == MI_SUCCESS;
}

static sfsistat reply(SMFICTX *ctx, const OvReply *answer) {
    char *line[OV_REPLY_LINES] = {NULL};

    for (guint i = 0; i < answer->n_lines; i++)
        line[i] = (char *)(guintptr)answer->lines[i];
    smfi_setmlreply(ctx, answer->code, answer->enhanced, line[0], line[1], line[2], line[3],
                    line[4], line[5], NULL);
    return answer->code[0] == '5' ? SMFIS_REJECT : SMFIS_TEMPFAIL;
}

/* Tells the MTA. FALSE when it did not take it: nothing of the message is certain then. */
static gboolean carry_out(SMFICTX *ctx, OvSession *session, const OvAction *action) {
    if (action->clean && session->can_change && !clean(ctx, session))
        return FALSE;
    /* Each goes to the top, so the last is the first to be read. */
    if (action->tag && session->can_add &&
        !(add_field(ctx, session, OV_FIELD_ID_NAME, action->id) &&
          (!action->auth || add_field(ctx, session, OV_FIELD_AUTH_NAME, action->auth)) &&
          add_field(ctx, session, OV_FIELD_HITS_NAME, action->hits) &&
          add_field(ctx, session, OV_FIELD_SCORE_NAME, action->score)))
        return FALSE;
    return action->kind != OV_ACTION_HOLD ||
           smfi_quarantine(ctx, (char *)(guintptr)action->reason) == MI_SUCCESS;
}

static sfsistat on_end_of_message(SMFICTX *ctx) {
    OvSession *session = smfi_getpriv(ctx);
    OvAction action;
    sfsistat answer;

    if (!session)
        return SMFIS_TEMPFAIL;
    ov_session_end_header(session);
    /* Postfix gives a message its queue id after its first recipient. */
    const char *queue_id = smfi_getsymval(ctx, "i");
    if (queue_id && *queue_id)
        session->queue_id = ov_arena_strndup(session->arena, queue_id, strlen(queue_id));

    ov_vet(session, shared, &action);
    if (action.kind == OV_ACTION_REPLY) {
        answer = reply(ctx, &action.reply);
    } else if (carry_out(ctx, session, &action)) {
        answer = SMFIS_CONTINUE;
    } else {
        ov_vet_trouble(session, shared, &action, "the MTA did not take the answer");
        answer = action.kind == OV_ACTION_REPLY ? reply(ctx, &action.reply) : SMFIS_CONTINUE;
    }
    ov_session_reset(session, shared);
    return answer;
}

static sfsistat on_abort(SMFICTX *ctx) {
    OvSession *session = smfi_getpriv(ctx);

    if (session) {
        ov_session_reset(session, shared);
        ov_limits_drop(ov_daemon_parts(shared)->limits, session->ticket);
    }
    return SMFIS_CONTINUE;
}

static sfsistat on_close(SMFICTX *ctx) {
    OvSession *session = smfi_getpriv(ctx);

    if (session) {
        smfi_setpriv(ctx, NULL);
        ov_session_free(session, shared);
        ov_daemon_connected(shared, -1);
    }
    return SMFIS_CONTINUE;
}

gboolean ov_milter_register(OvDaemon *daemon) {
    struct smfiDesc description = {
        .xxfi_name = "outvetd",
        .xxfi_version = SMFI_VERSION,
        .xxfi_flags = WANTED_ACTIONS | SMFIF_SETSYMLIST,
        .xxfi_connect = on_connect,
        .xxfi_helo = on_helo,
        .xxfi_envfrom = on_sender,
        .xxfi_envrcpt = on_recipient,
        .xxfi_header = on_header,
        .xxfi_eoh = on_end_of_header,
        .xxfi_body = on_body,
        .xxfi_eom = on_end_of_message,
        .xxfi_abort = on_abort,
        .xxfi_close = on_close,
        .xxfi_negotiate = on_negotiate,
    };

    shared = daemon;
    smfi_setmaxdatasize(PACKET_LIMIT);
    return smfi_register(description) == MI_SUCCESS;
}
