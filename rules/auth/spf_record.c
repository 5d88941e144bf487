#include "rules/auth/spf_record.h"
#include "rules/auth/spf_macro.h"

typedef enum { NO_ARGUMENT, DOMAIN_OPTIONAL, DOMAIN_NEEDED, NETWORK } Argument;

static const struct {
    const char *name;
    OvSpfKind kind;
    Argument argument;
    gboolean prefix; /* takes prefix lengths */
} mechanisms[] = {
    {"all", OV_SPF_ALL, NO_ARGUMENT, FALSE},     {"include", OV_SPF_INCLUDE, DOMAIN_NEEDED, FALSE},
    {"a", OV_SPF_A, DOMAIN_OPTIONAL, TRUE},      {"mx", OV_SPF_MX, DOMAIN_OPTIONAL, TRUE},
    {"ptr", OV_SPF_PTR, DOMAIN_OPTIONAL, FALSE}, {"ip4", OV_SPF_IP4, NETWORK, TRUE},
    {"ip6", OV_SPF_IP6, NETWORK, TRUE},          {"exists", OV_SPF_EXISTS, DOMAIN_NEEDED, FALSE},
};

static OvSlice from(OvSlice text, gsize start) {
    return (OvSlice){text.data + start, text.length - start};
}

static gboolean named(OvSlice text, const char *name) {
    return ov_slice_equal_nocase(text, ov_slice(name));
}

/* ip4-cidr-length and ip6-cidr-length without the slash: no leading zero, not over limit. */
static gboolean read_length(OvSlice digits, guint limit, guint *bits) {
    if (digits.length == 0 || digits.length > 3 || (digits.length > 1 && digits.data[0] == '0'))
        return FALSE;
    *bits = 0;
    for (gsize i = 0; i < digits.length; i++) {
        if (!g_ascii_isdigit(digits.data[i]))
            return FALSE;
        *bits = *bits * 10 + (guint)(digits.data[i] - '0');
    }
    return *bits <= limit;
}

/* Where digits behind one or two slashes end the text, the offset of the first slash; else its
 * length. */
static gsize length_start(OvSlice text, guint slashes) {
    gsize at = text.length;
    while (at > 0 && g_ascii_isdigit(text.data[at - 1]))
        at--;
    for (guint i = 0; i < slashes; i++)
        if (at == 0 || text.data[--at] != '/')
            return text.length;
    return at;
}

/* Takes dual-cidr-length off the end of *text. What is not of its form stays, and breaks the
 * grammar of what it then belongs to. */
static gboolean take_dual_length(OvSlice *text, OvSpfTerm *term) {
    gsize at = length_start(*text, 2);
    if (at < text->length && !read_length(from(*text, at + 2), 128, &term->bits6))
        return FALSE;
    text->length = at;
    at = length_start(*text, 1);
    if (at < text->length && !read_length(from(*text, at + 1), 32, &term->bits4))
        return FALSE;
    text->length = at;
    return TRUE;
}

static const char *read_network(OvSlice text, OvSpfTerm *term) {
    gboolean ip4 = term->kind == OV_SPF_IP4;
    const char *slash = text.length > 0 ? memchr(text.data, '/', text.length) : NULL;
    OvSlice address = {text.data, slash ? (gsize)(slash - text.data) : text.length};
    if (slash && !read_length(from(text, address.length + 1), ip4 ? 32 : 128,
                              ip4 ? &term->bits4 : &term->bits6))
        return "the prefix length is out of range";
    /* ::ffff:192.0.2.1 is written as IPv6, and means no IPv4 network in an ip6 mechanism. */
    gboolean colon = address.length > 0 && memchr(address.data, ':', address.length);
    if (colon == ip4 || !ov_ip_address_parse(address, &term->network))
        return ip4 ? "this is no IPv4 address" : "this is no IPv6 address";
    return NULL;
}

static const char *read_mechanism(OvSpfTerm *term) {
    OvSlice text = term->text;
    term->qualifier = '+';
    if (strchr("+-?~", text.data[0])) {
        term->qualifier = text.data[0];
        text = from(text, 1);
    }
    gsize end = 0;
    while (end < text.length && text.data[end] != ':' && text.data[end] != '/')
        end++;
    OvSlice name = {text.data, end}, rest = from(text, end);
    gsize i = 0;
    while (i < G_N_ELEMENTS(mechanisms) && !named(name, mechanisms[i].name))
        i++;
    if (i == G_N_ELEMENTS(mechanisms))
        return "there is no such mechanism";
    term->kind = mechanisms[i].kind;
    term->bits4 = 32;
    term->bits6 = 128;
    gboolean argument = rest.length > 0 && rest.data[0] == ':';
    if (mechanisms[i].argument == NETWORK)
        return argument ? read_network(from(rest, 1), term) : "an address is missing";
    if (mechanisms[i].prefix && !take_dual_length(&rest, term))
        return "the prefix length is out of range";
    if (!argument)
        return rest.length > 0                           ? "something follows that may not"
               : mechanisms[i].argument == DOMAIN_NEEDED ? "a domain is missing"
                                                         : NULL;
    if (mechanisms[i].argument == NO_ARGUMENT)
        return "it takes no domain";
    term->domain = from(rest, 1);
    return ov_spf_domain_spec_is(term->domain) ? NULL : "this is no domain name";
}

/* The length of the name before "=", or 0 where the term is no modifier. */
static gsize modifier_name(OvSlice text) {
    if (!g_ascii_isalpha(text.data[0]))
        return 0;
    gsize end = 1;
    while (end < text.length && (g_ascii_isalnum(text.data[end]) || text.data[end] == '-' ||
                                 text.data[end] == '_' || text.data[end] == '.'))
        end++;
    return end < text.length && text.data[end] == '=' ? end : 0;
}

static const char *read_modifier(gsize name_length, OvSpfTerm *term) {
    OvSlice name = {term->text.data, name_length}, value = from(term->text, name_length + 1);
    term->domain = value;
    term->kind = named(name, "redirect") ? OV_SPF_REDIRECT
                 : named(name, "exp")    ? OV_SPF_EXPLANATION
                                         : OV_SPF_UNKNOWN_MODIFIER;
    if (term->kind == OV_SPF_UNKNOWN_MODIFIER)
        return ov_spf_macro_string_is(value) ? NULL : "its macros are wrong";
    return ov_spf_domain_spec_is(value) ? NULL : "this is no domain name";
}

OvSpfNext ov_spf_term_next(OvSlice *rest, OvSpfTerm *term, const char **why) {
    gsize start = 0;
    while (start < rest->length && rest->data[start] == ' ')
        start++;
    *rest = from(*rest, start);
    const char *space = rest->length > 0 ? memchr(rest->data, ' ', rest->length) : NULL;
    gsize length = space ? (gsize)(space - rest->data) : rest->length;
    *term = (OvSpfTerm){.text = {rest->data, length}};
    if (length == 0)
        return OV_SPF_END;
    *rest = from(*rest, length);
    for (gsize i = 0; i < length; i++)
        if (!g_ascii_isgraph(term->text.data[i])) {
            *why = "an octet that is no visible ASCII character";
            return OV_SPF_FAULT;
        }
    gsize name = modifier_name(term->text);
    const char *fault = name > 0 ? read_modifier(name, term) : read_mechanism(term);
    if (fault)
        *why = fault;
    return fault ? OV_SPF_FAULT : OV_SPF_TERM;
}

gboolean ov_spf_record_is(OvSlice record, OvSlice *terms) {
    static const char version[] = "v=spf1";
    gsize length = sizeof version - 1;
    if (record.length < length || g_ascii_strncasecmp(record.data, version, length) != 0 ||
        (record.length > length && record.data[length] != ' '))
        return FALSE;
    *terms = from(record, length);
    return TRUE;
}
