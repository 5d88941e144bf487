#include "rules/auth/dkim_internal.h"
#include "rules/auth/tags.h"
#include "rules/transfer.h"

enum { CLOCK_DRIFT = 300, MAX_NAME = 253, MAX_VALUE = 64 * 1024 };

gboolean ov_dkim_next_name(OvSlice *names, OvSlice *name) {
    if (!names->data)
        return FALSE;
    const char *colon = names->length ? memchr(names->data, ':', names->length) : NULL;
    gsize length = colon ? (gsize)(colon - names->data) : names->length;
    *name = ov_slice_trim((OvSlice){names->data, length});
    *names = colon ? (OvSlice){colon + 1, names->length - length - 1} : (OvSlice){NULL, 0};
    return TRUE;
}

guint ov_dkim_signs(const OvDkimSignature *signature, const char *name) {
    OvSlice names = signature->signed_names, one, wanted = ov_slice(name);
    guint n = 0;
    while (ov_dkim_next_name(&names, &one))
        n += (guint)ov_slice_equal_nocase(one, wanted);
    return n;
}

static OvSlice lowered(OvArena *arena, OvSlice text) {
    char *copy = ov_arena_strndup(arena, text.data, text.length);
    for (gsize i = 0; i < text.length; i++)
        copy[i] = g_ascii_tolower(copy[i]);
    return (OvSlice){copy, text.length};
}

/* Labels of letters, digits, hyphens and underscores (RFC 6376 3.5, RFC 8616: A-labels). */
static gboolean is_name(OvSlice name) {
    if (name.length == 0 || name.length > MAX_NAME)
        return FALSE;
    gsize label = 0;
    for (gsize i = 0; i <= name.length; i++) {
        if (i == name.length || name.data[i] == '.') {
            if (label == 0 || label > 63)
                return FALSE;
            label = 0;
        } else if (g_ascii_isalnum(name.data[i]) || strchr("-_", name.data[i])) {
            label++;
        } else {
            return FALSE;
        }
    }
    return TRUE;
}

/* Decimal digits only; FALSE where there are none, others, or too many for a time or a length. */
static gboolean is_number(OvSlice text, guint64 *number) {
    *number = 0;
    if (text.length == 0 || text.length > 18)
        return FALSE;
    for (gsize i = 0; i < text.length; i++) {
        if (!g_ascii_isdigit(text.data[i]))
            return FALSE;
        *number = *number * 10 + (guint64)(text.data[i] - '0');
    }
    return TRUE;
}

/* The octets of a base64 value; empty where it is none. */
static OvSlice decoded(OvArena *arena, const OvTag *tag) {
    if (!tag || ov_base64_foreign(tag->value) > 0)
        return (OvSlice){NULL, 0};
    gsize room = OV_BASE64_ROOM(tag->value.length);
    char *octets = ov_arena_alloc(arena, room);
    return (OvSlice){octets, ov_base64_decode(tag->value, octets, room)};
}

static gboolean read_canonicalisation(const OvTag *tag, OvDkimWork *work) {
    if (!tag)
        return TRUE; /* simple/simple */
    OvSlice header = tag->value, body = OV_SLICE_LITERAL("simple");
    const char *slash = header.length ? memchr(header.data, '/', header.length) : NULL;
    if (slash) {
        gsize length = (gsize)(slash - header.data);
        body = ov_slice_trim((OvSlice){slash + 1, header.length - length - 1});
        header = ov_slice_trim((OvSlice){header.data, length});
    }
    work->relaxed_header = ov_slice_equal_nocase(header, OV_SLICE_LITERAL("relaxed"));
    work->relaxed_body = ov_slice_equal_nocase(body, OV_SLICE_LITERAL("relaxed"));
    return (work->relaxed_header || ov_slice_equal_nocase(header, OV_SLICE_LITERAL("simple"))) &&
           (work->relaxed_body || ov_slice_equal_nocase(body, OV_SLICE_LITERAL("simple")));
}

/* i= must be d= or below it (RFC 6376 3.5). */
static gboolean identity_fits(const OvTag *tag, OvSlice domain, OvDkimWork *work) {
    if (!tag)
        return TRUE;
    const char *at = tag->value.length ? memrchr(tag->value.data, '@', tag->value.length) : NULL;
    if (!at)
        return FALSE;
    OvSlice own = {at + 1, tag->value.length - (gsize)(at + 1 - tag->value.data)};
    if (own.length < domain.length)
        return FALSE;
    gsize extra = own.length - domain.length;
    work->strict_identity = extra > 0;
    return ov_slice_equal_nocase((OvSlice){own.data + extra, domain.length}, domain) &&
           (extra == 0 || own.data[extra - 1] == '.');
}

static gboolean read_names(const OvTag *tag, OvDkimSignature *signature) {
    OvSlice names = tag->value, name;
    guint n = 0;
    while (ov_dkim_next_name(&names, &name))
        if (name.length == 0 || ++n > OV_DKIM_MAX_SIGNED)
            return FALSE;
    signature->signed_names = tag->value;
    return TRUE;
}

static gboolean read_time(const OvTag *tag, gint64 *time) {
    guint64 number = 0;
    *time = -1;
    if (!tag)
        return TRUE;
    gboolean right = is_number(tag->value, &number);
    *time = (gint64)number;
    return right;
}

static OvDkimFault read_algorithm(const OvTag *tag, OvDkimSignature *signature) {
    signature->ed25519 = ov_slice_equal_nocase(tag->value, OV_SLICE_LITERAL("ed25519-sha256"));
    if (signature->ed25519 || ov_slice_equal_nocase(tag->value, OV_SLICE_LITERAL("rsa-sha256")))
        return OV_DKIM_NO_FAULT;
    return ov_slice_equal_nocase(tag->value, OV_SLICE_LITERAL("rsa-sha1")) ? OV_DKIM_SHA1
                                                                           : OV_DKIM_ALGORITHM;
}

/* q= lists ways to get the key; dns/txt is the only one there is (RFC 6376 3.5). */
static gboolean asks_dns(const OvTag *tag) {
    if (!tag)
        return TRUE;
    OvSlice names = tag->value, name;
    while (ov_dkim_next_name(&names, &name))
        if (ov_slice_equal_nocase(name, OV_SLICE_LITERAL("dns/txt")))
            return TRUE;
    return FALSE;
}

static OvDkimFault read_tags(OvArena *arena, const OvTag *tags, gint n_tags, gint64 now,
                             OvDkimSignature *signature, OvDkimWork *work) {
    const OvTag *version = ov_tags_find(tags, n_tags, "v");
    const OvTag *domain = ov_tags_find(tags, n_tags, "d");
    const OvTag *selector = ov_tags_find(tags, n_tags, "s");
    const OvTag *algorithm = ov_tags_find(tags, n_tags, "a");
    const OvTag *names = ov_tags_find(tags, n_tags, "h");
    const OvTag *b = ov_tags_find(tags, n_tags, "b");
    const OvTag *length = ov_tags_find(tags, n_tags, "l");
    if (domain && is_name(domain->value))
        signature->domain = lowered(arena, domain->value);
    if (selector && is_name(selector->value))
        signature->selector = lowered(arena, selector->value);
    signature->has_length = length != NULL;
    work->length = G_MAXUINT64;
    work->signature = decoded(arena, b);
    work->body_hash = decoded(arena, ov_tags_find(tags, n_tags, "bh"));
    gboolean times = read_time(ov_tags_find(tags, n_tags, "t"), &signature->signed_at);
    times = read_time(ov_tags_find(tags, n_tags, "x"), &signature->expires) && times;
    if (!version || !ov_slice_equal(version->value, OV_SLICE_LITERAL("1")) || !algorithm ||
        !names || signature->domain.length == 0 || signature->selector.length == 0 || !times ||
        work->signature.length == 0 || (length && !is_number(length->value, &work->length)) ||
        !read_canonicalisation(ov_tags_find(tags, n_tags, "c"), work) ||
        !read_names(names, signature) || !asks_dns(ov_tags_find(tags, n_tags, "q")))
        return OV_DKIM_SYNTAX;
    OvDkimFault fault = read_algorithm(algorithm, signature);
    if (fault != OV_DKIM_NO_FAULT)
        return fault;
    if (work->body_hash.length != 32)
        return OV_DKIM_SYNTAX;
    work->b_value = b->value;
    work->key_name = ov_slice(ov_arena_printf(
        arena, "%.*s._domainkey.%.*s", (int)signature->selector.length, signature->selector.data,
        (int)signature->domain.length, signature->domain.data));
    if (work->key_name.length > MAX_NAME)
        return OV_DKIM_SYNTAX;
    if (ov_dkim_signs(signature, "From") == 0)
        return OV_DKIM_FROM_NOT_SIGNED;
    if (!identity_fits(ov_tags_find(tags, n_tags, "i"), signature->domain, work))
        return OV_DKIM_IDENTITY;
    if (signature->expires >= 0 && signature->expires < signature->signed_at)
        return OV_DKIM_SYNTAX;
    if (signature->expires >= 0 && signature->expires < now)
        return OV_DKIM_EXPIRED;
    return signature->signed_at > now + CLOCK_DRIFT ? OV_DKIM_FUTURE : OV_DKIM_NO_FAULT;
}

void ov_dkim_signature_read(OvArena *arena, const OvField *field, gint64 now,
                            OvDkimSignature *signature, OvDkimWork *work) {
    OvTag tags[OV_TAGS_MAX];
    *signature = (OvDkimSignature){.field = field, .signed_at = -1, .expires = -1};
    *work = (OvDkimWork){.length = G_MAXUINT64};
    gint n_tags = field->value.length > MAX_VALUE ? -1 : ov_tags_cut(field->value, tags);
    signature->fault =
        n_tags < 0 ? OV_DKIM_SYNTAX : read_tags(arena, tags, n_tags, now, signature, work);
    signature->result = signature->fault == OV_DKIM_NO_FAULT ? OV_DKIM_PENDING : OV_DKIM_PERMERROR;
}
