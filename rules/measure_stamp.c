#include "rules/date.h"
#include "rules/known_domains.h"
#include "rules/measure_header.h"

#include <arpa/inet.h>

static const char *date_fault_words(guint faults) {
    if (faults & OV_DATE_SYNTAX)
        return "it is not day, month, year, time and zone";
    if (faults & OV_DATE_RANGE)
        return "there is no such day or time";
    if (faults & OV_DATE_ZONE)
        return "there is no such time zone";
    if (faults & OV_DATE_WEEKDAY)
        return "the day of the week is not that of the date";
    return "";
}

static void measure_date(OvMeasure *measure) {
    OvFacts *facts = measure->facts;
    const OvField *field = ov_header_find(measure->message->header, OV_FIELD_DATE);
    if (!field)
        return;
    OvDate date = ov_date_parse(field->value);
    ov_facts_set_text(facts, OV_FACT_HEADER_DATE_TEXT, ov_field_text(measure->arena, field));
    ov_facts_set_text(facts, OV_FACT_HEADER_DATE_FAULT, ov_slice(date_fault_words(date.faults)));
    if (date.obsolete & OV_DATE_OBS_YEAR)
        ov_measure_obsolete(measure, "a year of two digits");
    if (date.obsolete & OV_DATE_OBS_ZONE)
        ov_measure_obsolete(measure, "a time zone by name");
    gint64 now = measure->message->envelope->now;
    if (date.known && now != 0)
        ov_facts_set_number(facts, OV_FACT_HEADER_DATE_SKEW,
                            (double)(date.time - now) / G_USEC_PER_SEC);
}

static gboolean is_atext(char c) {
    return g_ascii_isalnum(c) || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

typedef enum { DOT_ATOM, LOOSE_ATOM, NO_ATOM } AtomForm;

/* Atoms with single dots between; with dots elsewhere; neither. */
static AtomForm atom_form(OvSlice text) {
    AtomForm form = DOT_ATOM;
    char before = '.';
    for (gsize i = 0; i < text.length; i++) {
        char c = text.data[i];
        if (c == '.' && before == '.')
            form = LOOSE_ATOM;
        else if (c != '.' && !is_atext(c))
            return NO_ATOM;
        before = c;
    }
    return before == '.' ? LOOSE_ATOM : form;
}

static gboolean is_enclosed(OvSlice text, char open, char close) {
    return text.length >= 2 && text.data[0] == open && text.data[text.length - 1] == close;
}

/* Without a comment at its end, which may stand there (RFC 5322 3.6.4). */
static OvSlice without_comment(OvSlice id) {
    const char *end = id.length > 0 ? memchr(id.data, '>', id.length) : NULL;
    gsize length = end ? (gsize)(end + 1 - id.data) : id.length;
    OvSlice rest = ov_slice_trim((OvSlice){id.data + length, id.length - length});
    return is_enclosed(rest, '(', ')') ? (OvSlice){id.data, length} : id;
}

/* What is wrong with an id (unfolded, trimmed). domain gets its right side; obsolete is set where
 * it is of a form that readers still accept. */
static const char *message_id_fault(OvSlice id, OvSlice *domain, gboolean *obsolete) {
    *domain = OV_SLICE_LITERAL("");
    *obsolete = FALSE;
    for (gsize i = 0; i < id.length; i++)
        if ((guchar)id.data[i] >= 0x80)
            return "it has octets that are not ASCII";
    id = without_comment(id);
    if (!is_enclosed(id, '<', '>') || memchr(id.data, '>', id.length - 1))
        return id.length == 0 ? "it is empty" : "it does not stand in < > alone";
    id = (OvSlice){id.data + 1, id.length - 2};
    const char *at = id.length > 0 ? memrchr(id.data, '@', id.length) : NULL;
    if (!at)
        return "there is no @";
    OvSlice left = {id.data, (gsize)(at - id.data)};
    OvSlice right = {at + 1, id.length - left.length - 1};
    *domain = right;
    for (gsize i = 0; i < id.length; i++)
        if (g_ascii_isspace(id.data[i]) || id.data[i] == '(')
            return "it has white space or a comment inside";
    if (left.length == 0 || right.length == 0)
        return "nothing stands on one side of the @";
    AtomForm form = atom_form(left);
    if (form == NO_ATOM && !is_enclosed(left, '"', '"'))
        return "it has characters that need quoting";
    *obsolete = form != DOT_ATOM;
    if (is_enclosed(right, '[', ']'))
        return "";
    form = atom_form(right);
    *obsolete = *obsolete || form == LOOSE_ATOM;
    return form == NO_ATOM ? "its right side is no domain" : "";
}

/* 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 127.0.0.0/8, 169.254.0.0/16, with or without []. */
static gboolean is_private_ip(OvSlice text) {
    if (is_enclosed(text, '[', ']'))
        text = (OvSlice){text.data + 1, text.length - 2};
    char copy[INET_ADDRSTRLEN];
    struct in_addr address;
    if (text.length == 0 || text.length >= sizeof copy)
        return FALSE;
    memcpy(copy, text.data, text.length);
    copy[text.length] = '\0';
    if (inet_pton(AF_INET, copy, &address) != 1)
        return FALSE;
    guint32 ip = g_ntohl(address.s_addr);
    return ip >> 24 == 10 || ip >> 24 == 127 || ip >> 20 == 0xac1 || ip >> 16 == 0xc0a8 ||
           ip >> 16 == 0xa9fe;
}

static void measure_message_id(OvMeasure *measure) {
    OvFacts *facts = measure->facts;
    const OvField *field = ov_header_find(measure->message->header, OV_FIELD_MESSAGE_ID);
    if (!field)
        return;
    OvSlice domain;
    gboolean obsolete;
    const char *fault =
        message_id_fault(ov_field_unfolded(measure->arena, field), &domain, &obsolete);
    ov_facts_set_text(facts, OV_FACT_HEADER_MESSAGE_ID_TEXT, ov_field_text(measure->arena, field));
    ov_facts_set_text(facts, OV_FACT_HEADER_MESSAGE_ID_FAULT, ov_slice(fault));
    ov_facts_set_truth(facts, OV_FACT_HEADER_MESSAGE_ID_OBSOLETE, obsolete);
    if (domain.length == 0)
        return;
    OvSlice canonical = ov_domain_canonical(measure->arena, domain, NULL);
    gboolean literal = domain.data[0] == '[';
    ov_measure_set_text(measure, OV_FACT_HEADER_MESSAGE_ID_DOMAIN, canonical);
    ov_facts_set_truth(facts, OV_FACT_HEADER_MESSAGE_ID_PRIVATE,
                       is_private_ip(domain) || ov_domain_is_reserved(canonical));
    ov_facts_set_truth(facts, OV_FACT_HEADER_MESSAGE_ID_DOTLESS,
                       !literal && !memchr(domain.data, '.', domain.length));
}

void ov_measure_stamp(OvMeasure *measure) {
    measure_date(measure);
    measure_message_id(measure);
}
