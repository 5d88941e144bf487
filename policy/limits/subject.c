#include "policy/limits/subject.h"

#include "policy/account.h"
#include "rules/address.h"
#include "rules/nearest.h"
#include "rules/provider.h"

#include <string.h>

static const struct {
    const char *name, *title;
} KINDS[] = {
    [OV_SUBJECT_ACCOUNT] = {"account", "account"},
    [OV_SUBJECT_SENDER_DOMAIN] = {"sender_domain", "sender domain"},
    [OV_SUBJECT_SCRIPT] = {"script", "script"},
    [OV_SUBJECT_CLIENT] = {"client", "client"},
    [OV_SUBJECT_EGRESS] = {"egress", "egress address"},
    [OV_SUBJECT_PROVIDER] = {"provider", "provider"},
    [OV_SUBJECT_EVERYTHING] = {"everything", "everything"},
};
G_STATIC_ASSERT(G_N_ELEMENTS(KINDS) == OV_N_SUBJECT_KINDS);

G_DEFINE_QUARK(ov_subject_error, ov_subject_error)

const char *ov_subject_kind_name(OvSubjectKind kind) {
    g_assert((guint)kind < OV_N_SUBJECT_KINDS);
    return KINDS[kind].name;
}

const char *ov_subject_kind_title(OvSubjectKind kind) {
    g_assert((guint)kind < OV_N_SUBJECT_KINDS);
    return KINDS[kind].title;
}

gboolean ov_subject_kind_from_name(const char *name, OvSubjectKind *kind) {
    for (guint i = 0; i < OV_N_SUBJECT_KINDS; i++)
        if (g_str_equal(name, KINDS[i].name)) {
            *kind = (OvSubjectKind)i;
            return TRUE;
        }
    return FALSE;
}

/* Without final dots, and the white space beside them. */
static OvSlice without_end(OvSlice domain) {
    domain = ov_slice_trim(domain);
    while (domain.length > 1 && domain.data[domain.length - 1] == '.') {
        domain.length--;
        domain = ov_slice_trim(domain);
    }
    return domain;
}

/* Mail may come from a domain that is none by the standards: it has a name all the same, of ASCII,
 * so that the name is its own. */
static const char *domain_name(const char *name, OvArena *arena) {
    OvSlice domain = ov_domain_canonical(arena, without_end(ov_slice(name)), NULL);
    domain = without_end(domain);
    char *text = ov_arena_strndup(arena, domain.data ? domain.data : "", domain.length);
    if (strpbrk(text, "@ \t\r\n"))
        return NULL;
    if (!g_str_is_ascii(text)) {
        g_autofree char *escaped = g_strescape(text, NULL);
        text = ov_arena_strndup(arena, escaped, strlen(escaped));
    }
    return ov_account_text(arena, ov_slice(text), TRUE);
}

static const char *network_name(const char *name, OvArena *arena) {
    OvNetwork network;
    char form[OV_NETWORK_TEXT_SIZE];
    if (!ov_network_parse(name, &network))
        return NULL;
    ov_network_format(&network, form);
    return ov_arena_strndup(arena, form, strlen(form));
}

static const char *provider_name(const char *name) {
    for (guint i = 0; i <= OV_PROVIDER_OTHER; i++)
        if (g_ascii_strcasecmp(name, ov_provider_name((OvProvider)i)) == 0)
            return ov_provider_name((OvProvider)i);
    return NULL;
}

gboolean ov_subject_set(OvSubject *subject, OvSubjectKind kind, const char *name, OvArena *arena) {
    *subject = (OvSubject){.kind = kind};
    if (!name && kind != OV_SUBJECT_EVERYTHING)
        return FALSE;
    switch (kind) {
    case OV_SUBJECT_ACCOUNT:
        subject->name = ov_account_text(arena, ov_slice(name), TRUE);
        break;
    case OV_SUBJECT_SCRIPT:
        subject->name = ov_account_text(arena, ov_slice(name), FALSE);
        break;
    case OV_SUBJECT_SENDER_DOMAIN:
        subject->name = domain_name(name, arena);
        break;
    case OV_SUBJECT_CLIENT:
    case OV_SUBJECT_EGRESS:
        subject->name = network_name(name, arena);
        break;
    case OV_SUBJECT_PROVIDER:
        subject->name = provider_name(name);
        break;
    case OV_SUBJECT_EVERYTHING:
        subject->name = "";
        break;
    case OV_N_SUBJECT_KINDS:
        g_assert_not_reached();
    }
    return subject->name != NULL;
}

static gboolean text_error(GError **error, OvArena *arena, const char *text, const char *why) {
    const char *shown = ov_account_text(arena, ov_slice(text), FALSE);
    g_set_error(error, OV_SUBJECT_ERROR, OV_SUBJECT_ERROR_TEXT, "\"%s\": %s", shown ? shown : "",
                why);
    return FALSE;
}

static gboolean kind_error(GError **error, OvArena *arena, const char *text, const char *word) {
    OvNearest nearest = ov_nearest(word);
    GString *kinds = g_string_new(NULL);
    for (guint i = 0; i < OV_SUBJECT_EVERYTHING; i++) {
        ov_nearest_offer(&nearest, KINDS[i].name);
        g_string_append_printf(kinds, "%s%s", i > 0 ? ", " : "", KINDS[i].name);
    }
    g_autofree char *why =
        nearest.best ? g_strdup_printf("did you mean %s:? An account of this name is written with "
                                       "account: before it",
                                       nearest.best)
                     : g_strdup_printf("before the colon stands one of %s; an account of this name "
                                       "is written with account: before it",
                                       kinds->str);
    g_string_free(kinds, TRUE);
    return text_error(error, arena, text, why);
}

/* The word of letters before the first colon, or NULL. */
static const char *word_before_colon(const char *text, OvArena *arena) {
    gsize length = 0;
    while (g_ascii_isalpha(text[length]) || text[length] == '_' || text[length] == '-')
        length++;
    return length > 0 && text[length] == ':' ? ov_arena_strndup(arena, text, length) : NULL;
}

static const char *wrong_name(OvSubjectKind kind) {
    switch (kind) {
    case OV_SUBJECT_SENDER_DOMAIN:
        return "not a domain";
    case OV_SUBJECT_CLIENT:
    case OV_SUBJECT_EGRESS:
        return "not an IP address, nor a network such as 192.0.2.0/24";
    case OV_SUBJECT_PROVIDER:
        return "not a provider that Outvet knows, such as gmail";
    default:
        return "it has no name";
    }
}

gboolean ov_subject_parse(OvSubject *subject, const char *text, OvArena *arena, GError **error) {
    OvSubjectKind kind = OV_SUBJECT_ACCOUNT;
    OvNetwork address;
    const char *name = text;
    const char *word = word_before_colon(text, arena);
    if (g_str_equal(text, KINDS[OV_SUBJECT_EVERYTHING].name)) {
        kind = OV_SUBJECT_EVERYTHING;
    } else if (word && !ov_network_parse(text, &address)) {
        if (!ov_subject_kind_from_name(word, &kind) || kind == OV_SUBJECT_EVERYTHING)
            return kind_error(error, arena, text, word);
        name = text + strlen(word) + 1;
    }
    return ov_subject_set(subject, kind, name, arena) ||
           text_error(error, arena, text, wrong_name(kind));
}

const char *ov_subject_format(const OvSubject *subject, OvArena *arena) {
    if (subject->kind == OV_SUBJECT_EVERYTHING)
        return KINDS[OV_SUBJECT_EVERYTHING].name;
    return ov_arena_printf(arena, "%s:%s", KINDS[subject->kind].name, subject->name);
}

guint ov_subject_hash(gconstpointer subject) {
    const OvSubject *one = subject;
    return g_str_hash(one->name) * 31 + (guint)one->kind;
}

gboolean ov_subject_equal(gconstpointer one, gconstpointer other) {
    const OvSubject *a = one, *b = other;
    return a->kind == b->kind && g_str_equal(a->name, b->name);
}
