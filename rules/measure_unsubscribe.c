#include "rules/link_hosts.h"
#include "rules/measure_content.h"
#include "rules/measure_header.h"

enum {
    MAX_ADDRESSES = 20,
    MAX_FIELD = 998, /* octets: no address is that long by intention */
    MAX_LIST_ID = 255,
};

typedef struct {
    OvTarget addresses[MAX_ADDRESSES];
    guint n_addresses;
    guint n_https, n_http, n_mailto;
    const char *fault; /* NULL for none */
} Header;

static void note(Header *header, const char *fault) {
    if (!header->fault)
        header->fault = fault;
}

static gboolean is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What stands between < and >, without the white space that folding left in it. */
static OvSlice without_blanks(OvArena *arena, OvSlice text, gboolean *had_blanks) {
    text = ov_slice_trim(text);
    char *copy = ov_arena_alloc(arena, text.length);
    gsize length = 0;
    for (gsize i = 0; i < text.length; i++)
        if (!is_blank(text.data[i]))
            copy[length++] = text.data[i];
    *had_blanks = length < text.length;
    return (OvSlice){copy, length};
}

static void take_address(OvArena *arena, Header *header, OvSlice text) {
    gboolean blanks;
    text = without_blanks(arena, text, &blanks);
    if (text.length == 0) {
        note(header, "there is nothing between < and >");
        return;
    }
    if (blanks)
        note(header, "an address has white space in it");
    OvTarget target = ov_target_read(arena, text, NULL);
    header->n_https += target.kind == OV_TARGET_WEB && target.tls;
    header->n_http += target.kind == OV_TARGET_WEB && !target.tls;
    header->n_mailto += target.kind == OV_TARGET_MAIL;
    if (target.kind == OV_TARGET_WEB && target.host.length == 0)
        note(header, "a web address has no valid host");
    if (header->n_addresses < MAX_ADDRESSES)
        header->addresses[header->n_addresses++] = target;
}

/* <URI>, <URI> with comments between them (RFC 2369 2). */
static void read_addresses(OvArena *arena, OvSlice value, Header *header) {
    gboolean comma = TRUE;
    guint comment = 0;
    for (gsize i = 0; i < value.length; i++) {
        char c = value.data[i];
        if (comment > 0 || c == '(') {
            comment += c == '(';
            comment -= c == ')';
        } else if (c == '<') {
            const char *end = memchr(value.data + i, '>', value.length - i);
            if (!end) {
                note(header, "a < has no >");
                return;
            }
            if (!comma)
                note(header, "a comma is missing between two addresses");
            gsize close = (gsize)(end - value.data);
            take_address(arena, header, (OvSlice){value.data + i + 1, close - i - 1});
            comma = FALSE;
            i = close;
        } else if (c == ',') {
            comma = TRUE;
        } else if (!is_blank(c)) {
            note(header, "an address is not between < and >");
        }
    }
    if (header->n_addresses == 0)
        note(header, "there is no address in it");
}

static void read_field(OvMeasure *measure, Header *header) {
    const OvHeader *fields = measure->message->header;
    const OvField *field = ov_header_find(fields, OV_FIELD_LIST_UNSUBSCRIBE);
    if (!field)
        return;
    /* Some mail systems make encoded-words of a long field on its way, and undo them at its end. */
    OvSlice value = ov_slice_trim(ov_field_text(measure->arena, field));
    if (fields->count[OV_FIELD_LIST_UNSUBSCRIBE] > 1)
        note(header, "the field stands in the message more than once");
    read_addresses(measure->arena, value, header);
    if (value.length > MAX_FIELD)
        note(header, "it is longer than 998 octets");
    ov_facts_set_text(measure->facts, OV_FACT_UNSUBSCRIBE_HEADER_TEXT, value);
}

/* Octets of a word that tell it from words of a language: all, where it has a digit or a capital
 * behind a small letter. */
static guint secret_octets(OvSlice word) {
    gboolean digit = FALSE, mixed = FALSE;
    for (gsize i = 0; i < word.length; i++) {
        digit = digit || g_ascii_isdigit(word.data[i]);
        mixed =
            mixed || (i > 0 && g_ascii_isupper(word.data[i]) && g_ascii_islower(word.data[i - 1]));
    }
    return digit || mixed ? (guint)word.length : 0;
}

/* Words around an @ or %40 are the recipient's address, which anybody knows. */
static gboolean is_part_of_address(OvSlice text, gsize start, gsize end) {
    const char *data = text.data;
    gboolean before = (start > 0 && data[start - 1] == '@') ||
                      (start > 2 && memcmp(data + start - 3, "%40", 3) == 0);
    gboolean after = (end < text.length && data[end] == '@') ||
                     (end + 2 < text.length && memcmp(data + end, "%40", 3) == 0);
    return before || after;
}

static guint secret_in(OvSlice text) {
    guint octets = 0;
    for (gsize i = 0; i < text.length;) {
        if (text.data[i] == '%') {
            i += 3; /* an escape is no part of a word */
            continue;
        }
        gsize start = i;
        while (i < text.length && (g_ascii_isalnum(text.data[i]) || text.data[i] == '_' ||
                                   text.data[i] == '-' || text.data[i] == '.'))
            i++;
        if (!is_part_of_address(text, start, i))
            octets += secret_octets((OvSlice){text.data + start, i - start});
        i += i == start;
    }
    return octets;
}

static guint secret_of(const Header *header) {
    for (guint i = 0; i < header->n_addresses; i++) {
        const OvTarget *target = &header->addresses[i];
        if (target->kind == OV_TARGET_WEB && target->tls)
            return secret_in(target->path) + secret_in(target->query);
    }
    return 0;
}

/* The organisational domain of a web or mail address. */
static OvSlice organisation_of(OvArena *arena, const OvTarget *target) {
    if (target->kind != OV_TARGET_MAIL)
        return target->organisation;
    OvMailbox mailbox;
    gsize length = 0;
    while (length < target->rest.length && target->rest.data[length] != '?')
        length++;
    ov_address_parse(arena, (OvSlice){target->rest.data, length}, &mailbox);
    return ov_organisational_domain(mailbox.domain);
}

/* The organisational domain of List-Id: of who keeps the list, who may be another than who writes
 * to it. */
static OvSlice list_organisation(OvMeasure *measure) {
    const OvField *field = ov_header_find(measure->message->header, OV_FIELD_LIST_ID);
    OvSlice value = field ? ov_field_unfolded(measure->arena, field) : (OvSlice){NULL, 0};
    const char *open = value.length > 0 ? memrchr(value.data, '<', value.length) : NULL;
    if (!open || value.data[value.length - 1] != '>')
        return (OvSlice){NULL, 0};
    OvSlice id = {open + 1, (gsize)(value.data + value.length - open - 2)};
    return ov_organisational_domain(ov_domain_canonical(measure->arena, id, NULL));
}

static OvSlice foreign_organisation(OvMeasure *measure, const Header *header,
                                    const OvOwnDomains *own) {
    OvSlice foreign = OV_SLICE_LITERAL(""), list = list_organisation(measure);
    for (guint i = 0; i < header->n_addresses; i++) {
        const OvTarget *target = &header->addresses[i];
        OvSlice organisation = organisation_of(measure->arena, target);
        if (ov_own_domains_has(own, organisation) || ov_is_same_house(list, organisation) ||
            ov_link_host(target) == OV_LINK_HOST_MAILING)
            return OV_SLICE_LITERAL("");
        if (foreign.length == 0)
            foreign = organisation;
    }
    return foreign;
}

static void measure_header_field(OvMeasure *measure, const Header *header,
                                 const OvOwnDomains *own) {
    OvFacts *facts = measure->facts;
    ov_facts_set_number(facts, OV_FACT_UNSUBSCRIBE_HEADER_COUNT,
                        measure->message->header->count[OV_FIELD_LIST_UNSUBSCRIBE]);
    ov_facts_set_text(facts, OV_FACT_UNSUBSCRIBE_HEADER_FAULT,
                      ov_slice(header->fault ? header->fault : ""));
    ov_facts_set_number(facts, OV_FACT_UNSUBSCRIBE_HEADER_HTTPS, header->n_https);
    ov_facts_set_number(facts, OV_FACT_UNSUBSCRIBE_HEADER_HTTP, header->n_http);
    ov_facts_set_number(facts, OV_FACT_UNSUBSCRIBE_HEADER_MAILTO, header->n_mailto);
    ov_facts_set_number(facts, OV_FACT_UNSUBSCRIBE_HEADER_TOKEN, secret_of(header));
    ov_measure_set_text(measure, OV_FACT_UNSUBSCRIBE_HEADER_FOREIGN,
                        foreign_organisation(measure, header, own));
}

static void measure_post(OvMeasure *measure, const Header *header) {
    const OvHeader *fields = measure->message->header;
    guint count = fields->count[OV_FIELD_LIST_UNSUBSCRIBE_POST];
    ov_facts_set_number(measure->facts, OV_FACT_UNSUBSCRIBE_POST_COUNT, count);
    if (count == 0)
        return;
    const OvField *field = ov_header_find(fields, OV_FIELD_LIST_UNSUBSCRIBE_POST);
    OvSlice value = ov_field_unfolded(measure->arena, field);
    const char *fault = "";
    if (count > 1)
        fault = "List-Unsubscribe-Post stands in the message more than once";
    else if (!ov_slice_equal_nocase(value, OV_SLICE_LITERAL("List-Unsubscribe=One-Click")))
        fault = "the value is not List-Unsubscribe=One-Click";
    else if (header->n_https > 1)
        fault = "List-Unsubscribe has more than one https address";
    ov_facts_set_text(measure->facts, OV_FACT_UNSUBSCRIBE_POST_FAULT, ov_slice(fault));
    ov_measure_set_text(measure, OV_FACT_UNSUBSCRIBE_POST_TEXT, value);
}

/* What is wrong with `phrase <id>` (RFC 2919 3). */
static const char *list_id_fault(OvSlice value) {
    const char *open = value.length > 0 ? memrchr(value.data, '<', value.length) : NULL;
    if (!open || value.data[value.length - 1] != '>')
        return "the identifier is not between < and >";
    OvSlice id = {open + 1, (gsize)(value.data + value.length - open - 2)};
    if (id.length == 0)
        return "the identifier is empty";
    if (id.length > MAX_LIST_ID)
        return "the identifier is longer than 255 octets";
    for (gsize i = 0; i < id.length; i++)
        if (is_blank(id.data[i]) || id.data[i] == '@')
            return "the identifier has white space or @ in it";
    const char *dot = memchr(id.data, '.', id.length);
    return dot && dot > id.data && id.data[id.length - 1] != '.'
               ? ""
               : "the identifier has no domain behind a dot";
}

static void measure_list_id(OvMeasure *measure) {
    const OvHeader *fields = measure->message->header;
    ov_facts_set_number(measure->facts, OV_FACT_UNSUBSCRIBE_LIST_ID_COUNT,
                        fields->count[OV_FIELD_LIST_ID]);
    const OvField *field = ov_header_find(fields, OV_FIELD_LIST_ID);
    if (!field)
        return;
    OvSlice value = ov_field_unfolded(measure->arena, field);
    ov_facts_set_text(measure->facts, OV_FACT_UNSUBSCRIBE_LIST_ID_FAULT,
                      ov_slice(list_id_fault(value)));
    ov_measure_set_text(measure, OV_FACT_UNSUBSCRIBE_LIST_ID_TEXT, value);
}

/* Answers of machines carry Precedence: bulk so that no other machine answers them. */
static gboolean is_automatic_answer(const OvMeasure *measure) {
    const OvValue *keyword = &measure->facts->value[OV_FACT_HEADER_AUTO_SUBMITTED];
    return ov_facts_truth(measure->facts, OV_FACT_MESSAGE_SENDER_NULL) ||
           (keyword->type == OV_TEXT && keyword->text.length >= 12 &&
            g_ascii_strncasecmp(keyword->text.data, "auto-replied", 12) == 0);
}

void ov_measure_unsubscribe(OvMeasure *measure, const OvOwnDomains *own) {
    Header header = {.n_addresses = 0};
    read_field(measure, &header);
    measure_header_field(measure, &header, own);
    measure_post(measure, &header);
    measure_list_id(measure);
    ov_facts_set_truth(measure->facts, OV_FACT_UNSUBSCRIBE_EXPECTED,
                       measure->message_class == OV_CLASS_BULK && !is_automatic_answer(measure));
}

/* The first address of the field that starts so, without the brackets; the empty slice for none. */
static OvSlice first_address(const OvMeasure *measure, const char *opening) {
    OvSlice text = ov_facts_text(measure->facts, OV_FACT_UNSUBSCRIBE_HEADER_TEXT);
    const char *start =
        text.length > 0 ? memmem(text.data, text.length, opening, strlen(opening)) : NULL;
    if (!start)
        return (OvSlice){NULL, 0};
    gsize left = (gsize)(text.data + text.length - start - 1);
    const char *end = memchr(start, '>', left + 1);
    return (OvSlice){start + 1, end ? (gsize)(end - start - 1) : left};
}

OvSlice ov_unsubscribe_organisation(OvMeasure *measure) {
    OvSlice address = first_address(measure, "<http");
    return address.length > 0 ? ov_target_read(measure->arena, address, NULL).organisation
                              : (OvSlice){NULL, 0};
}

OvSlice ov_unsubscribe_https(const OvMeasure *measure) {
    return first_address(measure, "<https://");
}
