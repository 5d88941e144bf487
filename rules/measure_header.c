#include "rules/measure_header.h"

/* Fields that RFC 5322 3.6, RFC 2045, RFC 2369, RFC 2919 and RFC 8058 allow once; From has a rule
 * of its own. */
static const struct {
    OvFieldId field;
    const char *name;
} once[] = {
    {OV_FIELD_DATE, "Date"},
    {OV_FIELD_SENDER, "Sender"},
    {OV_FIELD_REPLY_TO, "Reply-To"},
    {OV_FIELD_TO, "To"},
    {OV_FIELD_CC, "Cc"},
    {OV_FIELD_MESSAGE_ID, "Message-ID"},
    {OV_FIELD_IN_REPLY_TO, "In-Reply-To"},
    {OV_FIELD_REFERENCES, "References"},
    {OV_FIELD_SUBJECT, "Subject"},
    {OV_FIELD_MIME_VERSION, "MIME-Version"},
    {OV_FIELD_CONTENT_TYPE, "Content-Type"},
    {OV_FIELD_CONTENT_TRANSFER_ENCODING, "Content-Transfer-Encoding"},
    {OV_FIELD_LIST_UNSUBSCRIBE, "List-Unsubscribe"},
    {OV_FIELD_LIST_UNSUBSCRIBE_POST, "List-Unsubscribe-Post"},
    {OV_FIELD_LIST_ID, "List-Id"},
};

/* Facts that are no more than the number of a field. */
static const struct {
    OvFieldId field;
    OvFactId fact;
} counted[] = {
    {OV_FIELD_FROM, OV_FACT_HEADER_FROM_COUNT},
    {OV_FIELD_SENDER, OV_FACT_HEADER_SENDER_COUNT},
    {OV_FIELD_REPLY_TO, OV_FACT_HEADER_REPLY_TO_COUNT},
    {OV_FIELD_TO, OV_FACT_HEADER_TO_COUNT},
    {OV_FIELD_CC, OV_FACT_HEADER_CC_COUNT},
    {OV_FIELD_BCC, OV_FACT_HEADER_BCC_COUNT},
    {OV_FIELD_DATE, OV_FACT_HEADER_DATE_COUNT},
    {OV_FIELD_MESSAGE_ID, OV_FACT_HEADER_MESSAGE_ID_COUNT},
    {OV_FIELD_RECEIVED, OV_FACT_HEADER_RECEIVED_COUNT},
    {OV_FIELD_RETURN_PATH, OV_FACT_HEADER_RETURN_PATH_COUNT},
    {OV_FIELD_FEEDBACK_ID, OV_FACT_HEADER_FEEDBACK_ID_COUNT},
};

static void measure_counts(OvMeasure *measure) {
    const OvHeader *header = measure->message->header;
    for (guint i = 0; i < G_N_ELEMENTS(counted); i++)
        ov_facts_set_number(measure->facts, counted[i].fact, header->count[counted[i].field]);
    ov_facts_set_number(measure->facts, OV_FACT_HEADER_BAD_LINES, header->n_bad_lines);

    const char *names = "";
    guint repeated = 0;
    for (guint i = 0; i < G_N_ELEMENTS(once); i++)
        if (header->count[once[i].field] > 1) {
            names = repeated == 0 ? once[i].name
                                  : ov_arena_printf(measure->arena, "%s, %s", names, once[i].name);
            repeated++;
        }
    ov_facts_set_number(measure->facts, OV_FACT_HEADER_REPEATED, repeated);
    ov_facts_set_text(measure->facts, OV_FACT_HEADER_REPEATED_NAMES, ov_slice(names));
}

/* The first word of a field in lower case: `auto-replied (vacation); x=y` gives auto-replied. */
static OvSlice keyword_of(OvMeasure *measure, OvFieldId id) {
    const OvField *field = ov_header_find(measure->message->header, id);
    if (!field)
        return OV_SLICE_LITERAL("");
    OvSlice value = ov_field_unfolded(measure->arena, field);
    gsize length = 0;
    while (length < value.length && length < 64 &&
           (g_ascii_isalnum(value.data[length]) || strchr("-_", value.data[length])) &&
           value.data[length] != '\0')
        length++;
    char *word = ov_arena_strndup(measure->arena, value.data, length);
    for (gsize i = 0; i < length; i++)
        word[i] = g_ascii_tolower(word[i]);
    return (OvSlice){word, length};
}

static gboolean is_system_user(OvSlice local) {
    static const char *const users[] = {"apache", "apache2", "httpd",    "nginx",
                                        "nobody", "www",     "www-data", "wwwrun"};
    for (guint i = 0; i < G_N_ELEMENTS(users); i++)
        if (ov_slice_equal_nocase(local, ov_slice(users[i])))
            return TRUE;
    return FALSE;
}

static OvSlice local_of(OvSlice address) {
    const char *at = address.length > 0 ? memrchr(address.data, '@', address.length) : NULL;
    return at ? (OvSlice){address.data, (gsize)(at - address.data)} : address;
}

static void measure_origin(OvMeasure *measure) {
    const OvHeader *header = measure->message->header;
    OvSlice user = OV_SLICE_LITERAL("");
    OvSlice sender = ov_slice(measure->message->envelope->sender);
    const OvValue *from = &measure->facts->value[OV_FACT_HEADER_FROM_ADDRESS];
    if (is_system_user(local_of(sender)))
        user = sender;
    else if (from->type == OV_TEXT && is_system_user(local_of(from->text)))
        user = from->text;
    ov_measure_set_text(measure, OV_FACT_HEADER_ORIGIN_SYSTEM_USER, user);
    ov_facts_set_truth(measure->facts, OV_FACT_HEADER_ORIGIN_SCRIPT,
                       user.length > 0 || header->count[OV_FIELD_X_PHP_ORIGINATING_SCRIPT] > 0 ||
                           header->count[OV_FIELD_X_PHP_SCRIPT] > 0 ||
                           header->count[OV_FIELD_X_AUTHENTICATED_SENDER] > 0);
}

/* Gmail: up to four fields with colons between, the last (SenderId) of 5 to 15 characters. */
static const char *feedback_id_fault(OvMeasure *measure) {
    const OvField *field = ov_header_find(measure->message->header, OV_FIELD_FEEDBACK_ID);
    if (!field)
        return "";
    if (measure->message->header->count[OV_FIELD_FEEDBACK_ID] > 1)
        return "it occurs more than once";
    OvSlice value = ov_field_unfolded(measure->arena, field);
    guint colons = 0;
    gsize last = 0;
    for (gsize i = 0; i < value.length; i++)
        if (value.data[i] == ':') {
            colons++;
            last = i + 1;
        }
    if (colons > 3)
        return "it has more than four fields";
    gsize sender_id = value.length - last;
    return sender_id < 5 || sender_id > 15 ? "its last field has not 5 to 15 characters" : "";
}

static gboolean has_field_with_prefix(const OvHeader *header, const char *prefix) {
    gsize length = strlen(prefix);
    for (guint i = 0; i < header->n_fields; i++) {
        OvSlice name = header->fields[i].name;
        if (name.length > length && g_ascii_strncasecmp(name.data, prefix, length) == 0)
            return TRUE;
    }
    return FALSE;
}

/* An empty fold: a line within a field that is nothing but white space (RFC 5322 4.2). */
static gboolean has_empty_fold(OvSlice value) {
    const char *at = value.data, *end = value.data + value.length;
    while (at < end && (at = memchr(at, '\n', (gsize)(end - at)))) {
        at++;
        const char *text = at;
        while (text < end && (*text == ' ' || *text == '\t' || *text == '\r'))
            text++;
        if (text > at && (text == end || *text == '\n'))
            return TRUE;
    }
    return FALSE;
}

/* Obsolete syntax of fields as such; that of dates and addresses is added by who reads them. */
static void measure_obsolete(OvMeasure *measure) {
    const OvHeader *header = measure->message->header;
    gboolean space = FALSE, empty = FALSE;
    for (guint i = 0; i < header->n_fields; i++) {
        const OvField *field = &header->fields[i];
        gsize after = field->name.length;
        space = space || (after < field->line.length &&
                          (field->line.data[after] == ' ' || field->line.data[after] == '\t'));
        empty = empty || has_empty_fold(field->value);
    }
    if (space)
        ov_measure_obsolete(measure, "space before a colon");
    if (empty)
        ov_measure_obsolete(measure, "a fold line with nothing but white space");
}

void ov_measure_obsolete(OvMeasure *measure, const char *form) {
    OvFacts *facts = measure->facts;
    double n = ov_facts_number(facts, OV_FACT_HEADER_OBSOLETE, 0.0);
    OvSlice names = facts->value[OV_FACT_HEADER_OBSOLETE_NAMES].text;
    ov_facts_set_number(facts, OV_FACT_HEADER_OBSOLETE, n + 1.0);
    ov_facts_set_text(facts, OV_FACT_HEADER_OBSOLETE_NAMES,
                      n == 0.0 ? ov_slice(form)
                               : ov_slice(ov_arena_printf(measure->arena, "%.*s, %s",
                                                          (int)names.length, names.data, form)));
}

static void measure_envelope(OvMeasure *measure) {
    const OvEnvelope *envelope = measure->message->envelope;
    OvFacts *facts = measure->facts;
    if (envelope->sender)
        ov_facts_set_truth(facts, OV_FACT_MESSAGE_SENDER_NULL, envelope->sender[0] == '\0');
    ov_facts_set_number(facts, OV_FACT_MESSAGE_RECIPIENTS, envelope->n_recipients);
    ov_facts_set_truth(facts, OV_FACT_MESSAGE_LOCAL, envelope->local);
    ov_facts_set_truth(facts, OV_FACT_MESSAGE_COMPLETED_LATER, envelope->completed_later);
    if (envelope->smtputf8_known)
        ov_facts_set_truth(facts, OV_FACT_MESSAGE_SMTPUTF8, envelope->smtputf8);
}

/* X-Priority: 1 (Highest) and 2 (High), as mail programs write it. */
static gboolean is_urgent(OvMeasure *measure) {
    const OvField *number = ov_header_find(measure->message->header, OV_FIELD_X_PRIORITY);
    OvSlice value = number ? ov_slice_trim(number->value) : (OvSlice){NULL, 0};
    if (value.length > 0 && (value.data[0] == '1' || value.data[0] == '2') &&
        (value.length == 1 || !g_ascii_isdigit(value.data[1])))
        return TRUE;
    return ov_slice_equal(keyword_of(measure, OV_FIELD_IMPORTANCE), OV_SLICE_LITERAL("high")) ||
           ov_slice_equal(keyword_of(measure, OV_FIELD_PRIORITY), OV_SLICE_LITERAL("urgent"));
}

void ov_measure_header(OvMeasure *measure) {
    const OvHeader *header = measure->message->header;
    OvFacts *facts = measure->facts;
    ov_facts_set_number(facts, OV_FACT_HEADER_OBSOLETE, 0.0);
    ov_facts_set_text(facts, OV_FACT_HEADER_OBSOLETE_NAMES, OV_SLICE_LITERAL(""));
    measure_envelope(measure);
    measure_counts(measure);
    measure_obsolete(measure);
    ov_facts_set_truth(facts, OV_FACT_MESSAGE_THREADED,
                       header->count[OV_FIELD_IN_REPLY_TO] > 0 ||
                           header->count[OV_FIELD_REFERENCES] > 0);
    ov_facts_set_truth(facts, OV_FACT_HEADER_RESENT, has_field_with_prefix(header, "Resent-"));
    ov_facts_set_text(facts, OV_FACT_HEADER_AUTO_SUBMITTED,
                      keyword_of(measure, OV_FIELD_AUTO_SUBMITTED));
    ov_facts_set_truth(facts, OV_FACT_HEADER_URGENT, is_urgent(measure));
    ov_facts_set_text(facts, OV_FACT_HEADER_PRECEDENCE, keyword_of(measure, OV_FIELD_PRECEDENCE));
    ov_facts_set_text(facts, OV_FACT_HEADER_FEEDBACK_ID_FAULT,
                      ov_slice(feedback_id_fault(measure)));
    ov_measure_octets(measure);
    ov_measure_identity(measure);
    ov_measure_recipients(measure);
    measure_origin(measure);
    ov_measure_stamp(measure);
    ov_measure_encoded_words(measure);
    if (ov_measure_late(measure))
        return;
    ov_measure_mime(measure);
    if (ov_measure_late(measure))
        return;
    ov_measure_attachments(measure);
}
