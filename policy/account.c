#include "policy/account.h"

#include <pwd.h>

enum { DIGEST_DIGITS = 16, PASSWD_BUFFER = 16 * 1024 };

static const char *const SOURCES[] = {
    [OV_ACCOUNT_LOGIN] = "login",   [OV_ACCOUNT_SCRIPT] = "script", [OV_ACCOUNT_SENDER] = "sender",
    [OV_ACCOUNT_CLIENT] = "client", [OV_ACCOUNT_NONE] = "none",
};

const char *ov_account_source_name(OvAccountSource source) {
    g_assert((guint)source < G_N_ELEMENTS(SOURCES));
    return SOURCES[source];
}

gboolean ov_account_source_from_name(const char *name, OvAccountSource *source) {
    for (guint i = 0; i < G_N_ELEMENTS(SOURCES); i++)
        if (g_str_equal(name, SOURCES[i])) {
            *source = (OvAccountSource)i;
            return TRUE;
        }
    return FALSE;
}

static gboolean is_printable(gunichar c) {
    switch (g_unichar_type(c)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
        return FALSE;
    default:
        return TRUE;
    }
}

/* One character of the text at the start of rest, fit to be printed; returns its octets there. */
static gsize printable(OvSlice rest, gboolean lower, char piece[16], gsize *length) {
    gunichar c = g_utf8_get_char_validated(rest.data, (gssize)rest.length);
    if (c == (gunichar)-1 || c == (gunichar)-2 || c == 0) {
        *length = (gsize)g_snprintf(piece, 16, "\\x%02x", (guint)(guchar)rest.data[0]);
        return 1;
    }
    gsize octets = (gsize)g_utf8_skip[(guchar)rest.data[0]];
    if (!is_printable(c)) {
        *length = (gsize)g_snprintf(piece, 16, c < 0x80 ? "\\x%02x" : "\\u{%x}", (guint)c);
        return octets;
    }
    memcpy(piece, rest.data, octets);
    if (octets == 1 && lower)
        piece[0] = g_ascii_tolower(piece[0]);
    *length = octets;
    return octets;
}

const char *ov_account_text(OvArena *arena, OvSlice text, gboolean lower) {
    text = ov_slice_trim(text);
    if (text.length == 0)
        return NULL;
    char *name = ov_arena_alloc(arena, OV_ACCOUNT_NAME_MAX + 1);
    gsize used = 0, cut = 0; /* cut: where the digest would go */
    for (gsize at = 0; at < text.length;) {
        char piece[16];
        gsize length;
        OvSlice rest = {text.data + at, text.length - at};
        at += printable(rest, lower, piece, &length);
        if (used + length > OV_ACCOUNT_NAME_MAX) {
            g_autofree char *digest = g_compute_checksum_for_data(
                G_CHECKSUM_SHA256, (const guchar *)text.data, text.length);
            g_snprintf(name + cut, DIGEST_DIGITS + 2, "~%s", digest);
            return name;
        }
        memcpy(name + used, piece, length);
        used += length;
        if (used + 1 + DIGEST_DIGITS <= OV_ACCOUNT_NAME_MAX)
            cut = used;
    }
    name[used] = '\0';
    return name;
}

static OvSlice until(OvSlice text, const char *mark) {
    const char *at = text.length > 0 ? memmem(text.data, text.length, mark, strlen(mark)) : NULL;
    return at ? (OvSlice){text.data, (gsize)(at - text.data)} : text;
}

static OvSlice field_value(OvArena *arena, const OvHeader *header, OvFieldId id) {
    const OvField *field = ov_header_find(header, id);
    return field ? ov_slice_trim(ov_field_unfolded(arena, field)) : (OvSlice){NULL, 0};
}

const char *ov_account_of_uid(OvArena *arena, guint32 uid) {
    struct passwd entry, *found = NULL;
    char *buffer = ov_arena_alloc(arena, PASSWD_BUFFER);
    if (getpwuid_r((uid_t)uid, &entry, buffer, PASSWD_BUFFER, &found) == 0 && found)
        return ov_account_text(arena, ov_slice(found->pw_name), TRUE);
    return ov_arena_printf(arena, "uid %u", (guint)uid);
}

static const char *uid_name(OvArena *arena, const char *digits) {
    guint64 uid;
    return g_ascii_string_to_unsigned(digits, 10, 0, G_MAXUINT32 - 1, &uid, NULL)
               ? ov_account_of_uid(arena, (guint32)uid)
               : NULL;
}

/* script: the one the header tells of, or NULL. Returns its owner, or NULL. */
static const char *find_script(OvArena *arena, const OvHeader *header, const char **script) {
    OvSlice value = field_value(arena, header, OV_FIELD_X_PHP_ORIGINATING_SCRIPT);
    if (value.length > 0) {
        *script = ov_account_text(arena, value, FALSE);
        OvSlice uid = until(value, ":");
        if (uid.length == value.length)
            return NULL;
        return uid_name(arena, ov_arena_strndup(arena, uid.data, uid.length));
    }
    value = until(field_value(arena, header, OV_FIELD_X_PHP_SCRIPT), " for ");
    *script = ov_account_text(arena, value, FALSE);
    return ov_account_text(arena, until(value, "/"), TRUE);
}

void ov_account_find(OvAccount *account, const OvSettings *settings, const OvEnvelope *envelope,
                     const OvHeader *header, OvArena *arena) {
    *account = (OvAccount){.name = "unknown", .source = OV_ACCOUNT_NONE};
    const char *script, *owner = find_script(arena, header, &script);
    if (envelope->local)
        account->script = script;
    else
        account->claimed_script = script;

    for (guint i = 0; i < settings->n_account_order; i++) {
        const char *name = NULL;
        switch (settings->account_order[i]) {
        case OV_ACCOUNT_LOGIN:
            name = ov_account_text(arena, ov_slice(envelope->login), TRUE);
            break;
        case OV_ACCOUNT_SCRIPT:
            name = envelope->local ? owner : NULL;
            break;
        case OV_ACCOUNT_SENDER:
            name = ov_account_text(arena, ov_slice(envelope->sender), TRUE);
            break;
        case OV_ACCOUNT_CLIENT:
            name = ov_account_text(arena, ov_slice(envelope->client_address), TRUE);
            break;
        case OV_ACCOUNT_NONE:
            g_assert_not_reached();
        }
        if (name) {
            account->name = name;
            account->source = settings->account_order[i];
            return;
        }
    }
}
