#include "policy/review/detect_signing.h"

#include "policy/ownership_table.h"
#include "rules/keyfile.h"

/* Milters that sign, by what stands in their sockets' names, and by the ports
 * that their manuals use. OpenARC seals, and signs nothing. */
static const struct {
    const char *word, *name;
} SIGNERS[] = {
    {"opendkim", "opendkim"}, {"dkimpy", "dkimpy-milter"}, {"rspamd", "rspamd"}, {"dkim", "dkim"},
    {":8891", "opendkim"},    {":12301", "opendkim"},      {":11332", "rspamd"},
};

/* One list of milters, with its name, and what was found in it. */
typedef struct {
    const char *name;
    gboolean has_outvet;
    OvSigning signing; /* AUTO: no signer is known there */
    const char *signer;
} Door;

/* "{ unix:/x, default_action = tempfail }" is unix:/x. The caller frees it. */
static char *socket_of(const char *milter) {
    const char *start = milter + strspn(milter, "{ \t");
    return g_strndup(start, strcspn(start, ", \t}"));
}

/* Of inet:PORT@HOST (libmilter's) or inet:HOST:PORT (Postfix's); "" for no such
 * socket. */
static const char *port_of(const char *socket, gboolean postfix) {
    if (!g_str_has_prefix(socket, "inet"))
        return "";
    const char *colon = postfix ? strrchr(socket, ':') : strchr(socket, ':');
    return colon ? colon + 1 : "";
}

/* In a chroot Postfix's path is the end of ours. */
static gboolean is_outvet(const char *socket, const char *own) {
    const char *port = port_of(own, FALSE);
    gsize length = strcspn(port, "@");
    const char *theirs = port_of(socket, TRUE);
    if (length > 0)
        return strlen(theirs) == length && strncmp(theirs, port, length) == 0;
    const char *path = strchr(socket, '/');
    return (path && g_str_has_suffix(own, path)) || strstr(socket, "outvet");
}

static const char *signer_of(const char *socket) {
    for (guint i = 0; i < G_N_ELEMENTS(SIGNERS); i++)
        if (SIGNERS[i].word[0] == ':' ? g_str_has_suffix(socket, SIGNERS[i].word)
                                      : strstr(socket, SIGNERS[i].word) != NULL)
            return SIGNERS[i].name;
    return NULL;
}

static Door look_through(const char *name, const char *milters, const char *own) {
    Door door = {.name = name, .signing = OV_SIGNING_AUTO};
    g_auto(GStrv) words = ov_owner_table_names(milters);
    for (char **word = words; word && *word; word++) {
        g_autofree char *socket = socket_of(*word);
        const char *signer = signer_of(socket);
        if (is_outvet(socket, own)) {
            door.has_outvet = TRUE;
        } else if (signer && !door.signer) {
            door.signer = signer;
            door.signing = door.has_outvet ? OV_SIGNING_AFTER : OV_SIGNING_BEFORE;
        }
    }
    return door;
}

/* main.cf's two lists, and those of services of their own. */
static GArray *doors_of(const OvDetectInput *input, OvArena *arena) {
    static const char *const names[] = {"smtpd_milters", "non_smtpd_milters"};
    GArray *doors = g_array_new(FALSE, TRUE, sizeof(Door));
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        Door door = look_through(names[i], ov_postfix_config_value(input->postfix, NULL, names[i]),
                                 input->milter_socket);
        g_array_append_val(doors, door);
    }
    for (guint i = 0; i < ov_postfix_config_n_services(input->postfix); i++) {
        const OvPostfixService *service = ov_postfix_config_service(input->postfix, i);
        if (!ov_postfix_config_is_own(input->postfix, service, names[0]))
            continue;
        Door door = look_through(
            ov_arena_printf(arena, "%s of the service %s", names[0], service->name),
            ov_postfix_config_value(input->postfix, service, names[0]), input->milter_socket);
        g_array_append_val(doors, door);
    }
    return doors;
}

static const char *place_of(const Door *door, OvArena *arena) {
    static const char *const places[] = {
        [OV_SIGNING_AUTO] = "no known DKIM signer beside Outvet",
        [OV_SIGNING_BEFORE] = "before Outvet",
        [OV_SIGNING_AFTER] = "behind Outvet",
    };
    return ov_arena_printf(arena, "%s%s%s in %s", door->signer ? door->signer : "",
                           door->signer ? " " : "", places[door->signing], door->name);
}

/* The doors at which Outvet stands, in words; *agree is FALSE where they
 * differ. */
static const char *tell_doors(const GArray *doors, const Door **first, gboolean *agree,
                              OvArena *arena) {
    const char *text = "";
    *first = NULL;
    *agree = TRUE;
    for (guint i = 0; i < doors->len; i++) {
        const Door *door = &g_array_index(doors, Door, i);
        if (!door->has_outvet)
            continue;
        text = ov_arena_printf(arena, "%s%s%s", text, *text ? "; " : "", place_of(door, arena));
        *agree = *agree && (!*first || (*first)->signing == door->signing);
        *first = *first ? *first : door;
    }
    return text;
}

OvDetectedSetting ov_detect_signing(const OvDetectInput *input, OvArena *arena) {
    g_autoptr(GArray) doors = doors_of(input, arena);
    const Door *first;
    gboolean agree;
    const char *places = tell_doors(doors, &first, &agree, arena);
    OvDetectedSetting setting = {.name = "signing", .value = "auto", .source = places};
    const char *filter = ov_postfix_config_value(input->postfix, NULL, "content_filter");
    setting.certainty = OV_CERTAINTY_UNKNOWN;
    if (!first) {
        setting.source = "Outvet stands in no list of milters: see postfix-example.cf";
    } else if (!agree) {
        setting.source = ov_arena_printf(arena, "not the same for all mail: %s", places);
        setting.certainty = OV_CERTAINTY_KNOWN;
    } else if (first->signing != OV_SIGNING_AUTO) {
        setting.value = first->signing == OV_SIGNING_BEFORE ? "before" : "after";
        setting.certainty = OV_CERTAINTY_KNOWN;
    } else if (*filter) {
        setting.value = "after";
        setting.source = ov_arena_printf(arena, "%s; if the content_filter %s signs, this is right",
                                         places, filter);
    } else {
        setting.value = "none";
        setting.source = ov_arena_printf(arena, "%s; if nobody signs later, this is right", places);
    }
    return setting;
}
