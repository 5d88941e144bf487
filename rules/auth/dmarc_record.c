#include "rules/auth/dmarc_record.h"

static OvSlice trim(OvSlice s) {
    while (s.length > 0 && (s.data[0] == ' ' || s.data[0] == '\t'))
        s.data++, s.length--;
    while (s.length > 0 && (s.data[s.length - 1] == ' ' || s.data[s.length - 1] == '\t'))
        s.length--;
    return s;
}

/* Cuts at the first separator; FALSE where *rest is used up. */
static gboolean cut(OvSlice *rest, char separator, OvSlice *part) {
    if (!rest->data)
        return FALSE;
    const char *end = rest->length > 0 ? memchr(rest->data, separator, rest->length) : NULL;
    gsize length = end ? (gsize)(end - rest->data) : rest->length;
    *part = trim((OvSlice){rest->data, length});
    *rest = end ? (OvSlice){end + 1, rest->length - length - 1} : (OvSlice){NULL, 0};
    return TRUE;
}

gboolean ov_dmarc_next_tag(OvSlice *rest, OvDmarcTag *tag) {
    if (!cut(rest, ';', &tag->whole))
        return FALSE;
    OvSlice value = tag->whole;
    tag->name = tag->value = (OvSlice){NULL, 0};
    if (value.length == 0 || !memchr(value.data, '=', value.length))
        return TRUE;
    cut(&value, '=', &tag->name);
    tag->value = trim(value);
    return TRUE;
}

static gboolean is(OvSlice text, const char *name) {
    return ov_slice_equal_nocase(text, ov_slice(name));
}

gboolean ov_dmarc_record_is(OvSlice text) {
    const char *start = text.data;
    OvDmarcTag tag;
    return ov_dmarc_next_tag(&text, &tag) && tag.whole.data == start && is(tag.name, "v") &&
           ov_slice_equal(tag.value, OV_SLICE_LITERAL("DMARC1"));
}

gboolean ov_dmarc_record_was_meant(OvSlice text) {
    if (ov_dmarc_record_is(text))
        return FALSE;
    for (gsize i = 0; i + 5 <= text.length; i++)
        if (g_ascii_strncasecmp(text.data + i, "dmarc", 5) == 0)
            return TRUE;
    return FALSE;
}

static OvDmarcPolicy read_policy(OvSlice value) {
    return is(value, "none")         ? OV_DMARC_NONE
           : is(value, "quarantine") ? OV_DMARC_QUARANTINE
           : is(value, "reject")     ? OV_DMARC_REJECT
                                     : OV_DMARC_INVALID;
}

/* scheme:rest; of mailto an address. */
static gboolean is_uri(OvSlice uri) {
    gsize scheme = 0;
    while (scheme < uri.length && (g_ascii_isalnum(uri.data[scheme]) ||
                                   (uri.data[scheme] && strchr("+-.", uri.data[scheme]))))
        scheme++;
    if (scheme == 0 || scheme + 1 >= uri.length || uri.data[scheme] != ':')
        return FALSE;
    for (gsize i = 0; i < uri.length; i++)
        if (!g_ascii_isgraph(uri.data[i]))
            return FALSE;
    if (!is((OvSlice){uri.data, scheme}, "mailto"))
        return TRUE;
    const char *at = memchr(uri.data, '@', uri.length);
    return at && at > uri.data + scheme + 1 && at + 1 < uri.data + uri.length;
}

static gboolean has_uri(OvSlice list) {
    OvSlice uri;
    while (cut(&list, ',', &uri))
        if (is_uri(uri))
            return TRUE;
    return FALSE;
}

/* One of the letters in valid; else otherwise, and *wrong is set. */
static char read_letter(OvSlice value, const char *valid, char otherwise, gboolean *wrong) {
    char letter = value.length == 1 ? g_ascii_tolower(value.data[0]) : '\0';
    if (letter && strchr(valid, letter))
        return letter;
    *wrong = TRUE;
    return otherwise;
}

/* FALSE: the tag is wrong. */
static gboolean read_tag(const OvDmarcTag *tag, OvDmarcRecord *record) {
    const struct {
        const char *name;
        OvDmarcPolicy *policy;
    } policies[] = {{"p", &record->p}, {"sp", &record->sp}, {"np", &record->np}};
    gboolean wrong = FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(policies); i++)
        if (is(tag->name, policies[i].name)) {
            if (*policies[i].policy != OV_DMARC_ABSENT)
                return FALSE;
            *policies[i].policy = read_policy(tag->value);
            return *policies[i].policy != OV_DMARC_INVALID;
        }
    if (is(tag->name, "psd"))
        record->psd = read_letter(tag->value, "ynu", 'u', &wrong);
    else if (is(tag->name, "t"))
        record->testing = read_letter(tag->value, "yn", 'n', &wrong) == 'y';
    else if (is(tag->name, "adkim"))
        record->strict_dkim = read_letter(tag->value, "rs", 'r', &wrong) == 's';
    else if (is(tag->name, "aspf"))
        record->strict_spf = read_letter(tag->value, "rs", 'r', &wrong) == 's';
    else if (is(tag->name, "rua"))
        wrong = !(record->reports = has_uri(tag->value));
    else if (is(tag->name, "pct") || is(tag->name, "rf") || is(tag->name, "ri"))
        record->old_tags = TRUE;
    else
        wrong = tag->name.length == 0;
    return !wrong;
}

void ov_dmarc_record_read(OvSlice text, OvDmarcRecord *record) {
    *record = (OvDmarcRecord){.text = text, .psd = 'u'};
    OvDmarcTag tag;
    ov_dmarc_next_tag(&text, &tag); /* v */
    while (ov_dmarc_next_tag(&text, &tag)) {
        if (tag.whole.length == 0 && !text.data)
            return;
        if (!read_tag(&tag, record) && record->fault.length == 0)
            record->fault = tag.whole.length > 0 ? tag.whole : OV_SLICE_LITERAL(";;");
    }
}

const char *ov_dmarc_policy_name(OvDmarcPolicy policy) {
    static const char *const names[] = {
        [OV_DMARC_ABSENT] = "absent", [OV_DMARC_INVALID] = "invalid",
        [OV_DMARC_NONE] = "none",     [OV_DMARC_QUARANTINE] = "quarantine",
        [OV_DMARC_REJECT] = "reject",
    };
    return names[policy];
}
