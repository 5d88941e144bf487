#include "rules/auth/sender_id.h"
#include "rules/auth/show.h"
#include "rules/auth/spf_record.h"

/* The fields that the PRA is told by, in order of the message. */
typedef enum { OTHER, RESENT_SENDER, RESENT_FROM, SENDER, FROM, TRACE } Role;

static const struct {
    const char *name;
    Role role;
} roles[] = {
    {"Resent-Sender", RESENT_SENDER},
    {"Resent-From", RESENT_FROM},
    {"Sender", SENDER},
    {"From", FROM},
    {"Received", TRACE},
    {"Return-Path", TRACE},
};

static Role role_of(const OvField *field) {
    for (gsize i = 0; i < G_N_ELEMENTS(roles); i++)
        if (ov_slice_equal_nocase(field->name, ov_slice(roles[i].name)))
            return roles[i].role;
    return OTHER;
}

static gboolean is_blank(const OvField *field) {
    return ov_slice_trim(field->value).length == 0;
}

typedef struct {
    const OvField *first[TRACE + 1]; /* that is not blank */
    guint n[TRACE + 1];
    gboolean
        resent_apart; /* a trace field stands between Resent-From and the Resent-Sender after */
} Candidates;

static void collect(const OvHeader *header, Candidates *found) {
    gboolean trace_since_from = FALSE;
    for (guint i = 0; i < header->n_fields; i++) {
        const OvField *field = &header->fields[i];
        Role role = role_of(field);
        if (role == OTHER || (role != TRACE && is_blank(field)))
            continue;
        if (role == TRACE)
            trace_since_from = found->n[RESENT_FROM] > 0;
        if (found->n[role]++ > 0)
            continue;
        found->first[role] = field;
        if (role == RESENT_SENDER)
            found->resent_apart = trace_since_from;
    }
}

/* Steps 1 to 4 of RFC 4407 2. NULL: there is none, and *why tells why. */
static const OvField *select_field(const Candidates *found, const char **why) {
    if (found->first[RESENT_SENDER] && !found->resent_apart)
        return found->first[RESENT_SENDER];
    if (found->first[RESENT_FROM])
        return found->first[RESENT_FROM];
    if (found->n[SENDER] > 1) {
        *why = "there are several Sender fields";
        return NULL;
    }
    if (found->first[SENDER])
        return found->first[SENDER];
    if (found->n[FROM] > 1)
        *why = "there are several From fields";
    else if (found->n[FROM] == 0)
        *why = "there is no From field";
    return found->n[FROM] == 1 ? found->first[FROM] : NULL;
}

gboolean ov_pra_find(OvArena *arena, const OvHeader *header, OvPra *pra) {
    Candidates found = {.resent_apart = FALSE};
    collect(header, &found);
    *pra = (OvPra){.field = NULL, .why = ""};
    const OvField *field = select_field(&found, &pra->why);
    if (!field)
        return FALSE;
    const OvAddressList *list = ov_address_list_parse(arena, field->value);
    if (list->n_mailboxes != 1 || list->n_groups > 0)
        pra->why = list->n_mailboxes > 1 ? "the field has several addresses"
                                         : "the field has no single address";
    else if (list->faults & OV_ADDRESS_INVALID)
        pra->why = "the address is malformed";
    if (*pra->why)
        return FALSE;
    pra->address = list->mailboxes[0];
    for (gsize i = 0; i < G_N_ELEMENTS(roles); i++)
        if (ov_slice_equal_nocase(field->name, ov_slice(roles[i].name)))
            pra->field = roles[i].name;
    return TRUE;
}

typedef enum { NO_SPF2, BROKEN_SPF2, OTHER_SCOPE, SCOPE_PRA } Spf2;

/* "spf2." minor version "/" scope *( "," scope ), then a space or the end (RFC 4406 3.1). */
static Spf2 read_version(OvSlice record, OvSlice *terms) {
    static const char start[] = "spf2.";
    gsize at = sizeof start - 1;
    if (record.length < at || g_ascii_strncasecmp(record.data, start, at) != 0)
        return NO_SPF2;
    const char *space = memchr(record.data, ' ', record.length);
    gsize end = space ? (gsize)(space - record.data) : record.length;
    gsize digits = at;
    while (at < end && g_ascii_isdigit(record.data[at]))
        at++;
    if (at == digits || at == end || record.data[at] != '/')
        return BROKEN_SPF2;
    gboolean pra = FALSE;
    while (at < end) {
        gsize first = ++at; /* behind "/" or "," */
        while (at < end && record.data[at] != ',') {
            char c = record.data[at++];
            if (!g_ascii_isalnum(c) && c != '-' && c != '_' && c != '.')
                return BROKEN_SPF2;
        }
        if (at == first || (at < end && at + 1 == end))
            return BROKEN_SPF2;
        OvSlice scope = {record.data + first, at - first};
        pra |= ov_slice_equal_nocase(scope, OV_SLICE_LITERAL("pra"));
    }
    *terms = (OvSlice){record.data + end, record.length - end};
    return pra ? SCOPE_PRA : OTHER_SCOPE;
}

/* Of spf2.0 with the scope, else of SPF. */
static OvSpfChoice choose(const OvDnsAnswer *txt) {
    OvSpfChoice scoped = {.n = 0}, plain = {.n = 0};
    for (guint i = 0; i < txt->n_records; i++) {
        OvSlice record = txt->records[i].data;
        OvSpfChoice *choice = read_version(record, &scoped.terms) == SCOPE_PRA ? &scoped
                              : ov_spf_record_is(record, &plain.terms)         ? &plain
                                                                               : NULL;
        if (choice) {
            choice->n++;
            choice->whole = record;
        }
    }
    return scoped.n > 0 ? scoped : plain;
}

static const char *find_fault(OvArena *arena, const OvDnsAnswer *txt) {
    guint n_scoped = 0;
    for (guint i = 0; txt->status == OV_DNS_FOUND && i < txt->n_records; i++) {
        OvSlice terms;
        Spf2 kind = read_version(txt->records[i].data, &terms);
        n_scoped += kind == SCOPE_PRA;
        if (kind == BROKEN_SPF2)
            return ov_arena_printf(arena, "malformed: %s", ov_show(arena, txt->records[i].data));
    }
    return n_scoped > 1 ? "two records have the scope pra" : "";
}

void ov_sender_id_check(OvArena *arena, OvDnsBook *book, const OvSpfQuestion *question,
                        const OvPra *pra, OvSenderId *sender_id) {
    OvSpfQuestion asked = *question;
    asked.sender = pra->address.address;
    OvSlice domain = pra->address.domain;
    ov_spf_check_host(arena, book, &asked, domain, choose, &sender_id->spf);
    const OvDnsAnswer *txt = ov_dns_look_up(book, domain, OV_DNS_TXT);
    sender_id->fault = find_fault(arena, txt);
    if (sender_id->spf.result == OV_SPF_NONE && txt->status == OV_DNS_NO_NAME) {
        sender_id->spf.result = OV_SPF_FAIL; /* RFC 4406 4.3 */
        sender_id->spf.reason = ov_arena_printf(arena, "%s does not exist", ov_show(arena, domain));
    }
}
