#include "rules/glob.h"
#include "rules/measure.h"
#include "rules/parameter.h"

enum {
    BULK_RECIPIENTS = 50,
    PERSONAL_RECIPIENTS = 10,
    PERSONAL_PHRASES = 2, /* of tier A: as many make a text no letter */
    /* Of the last 24 hours' mail with such a text: */
    BULK_SHAPE_RECIPIENTS = 100,
    PERSONAL_SHAPE_SEEN = 20,
};

static gboolean is_word(OvSlice text, const char *word) {
    return ov_slice_equal_nocase(text, ov_slice(word));
}

/* A delivery report (RFC 6522) with the null sender, or a disposition notification (RFC 8098). */
static gboolean is_report(const OvMeasure *measure) {
    const OvPart *part = &measure->message->mime->parts[0];
    if (strcmp(part->type, "multipart") != 0 || strcmp(part->subtype, "report") != 0)
        return FALSE;
    if (ov_facts_truth(measure->facts, OV_FACT_MESSAGE_SENDER_NULL))
        return TRUE;
    const OvField *field = ov_header_find(part->header, OV_FIELD_CONTENT_TYPE);
    return field && is_word(ov_parameter_find(measure->arena, field->value, "report-type"),
                            "disposition-notification");
}

static gboolean starts_with(OvSlice text, const char *start) {
    gsize length = strlen(start);
    return text.length >= length && g_ascii_strncasecmp(text.data, start, length) == 0;
}

/* Programs that send to lists, by the start of X-Mailer. */
static gboolean is_list_tool(OvSlice mailer) {
    static const char *const tools[] = {
        "acymailing",  "aweber",     "brevo",    "campaign",    "cleverreach",
        "emarsys",     "inxmail",    "listmonk", "mailchimp",   "mailerlite",
        "mailjet",     "mailman",    "mailpoet", "mailtrain",   "mailwizz",
        "mautic",      "newsletter", "optivo",   "phplist",     "rapidmail",
        "sendblaster", "sendinblue", "sendy",    "supermailer", "the-email-server",
    };
    for (guint i = 0; i < G_N_ELEMENTS(tools); i++)
        if (starts_with(mailer, tools[i]))
            return TRUE;
    return FALSE;
}

static gboolean is_sent_by_list_tool(const OvMeasure *measure) {
    const OvHeader *header = measure->message->header;
    const OvField *mailer = ov_header_find(header, OV_FIELD_X_MAILER);
    if (mailer && is_list_tool(ov_slice_trim(mailer->value)))
        return TRUE;
    for (guint i = 0; i < header->n_fields; i++)
        if (header->fields[i].id == OV_FIELD_OTHER &&
            starts_with(header->fields[i].name, "X-Campaign"))
            return TRUE;
    return FALSE;
}

static gboolean is_bulk(const OvMeasure *measure) {
    const guint *count = measure->message->header->count;
    OvSlice precedence = ov_facts_text(measure->facts, OV_FACT_HEADER_PRECEDENCE);
    return count[OV_FIELD_LIST_UNSUBSCRIBE] > 0 || count[OV_FIELD_LIST_ID] > 0 ||
           count[OV_FIELD_FEEDBACK_ID] > 0 || is_word(precedence, "bulk") ||
           is_word(precedence, "list") || is_word(precedence, "junk") ||
           measure->message->envelope->n_recipients >= BULK_RECIPIENTS ||
           is_sent_by_list_tool(measure);
}

static gboolean is_template_sender(const OvMeasure *measure) {
    const char *sender = measure->message->envelope->sender;
    const char *const *globs = ov_ruleset_class_senders(measure->ruleset, OV_CLASS_TRANSACTIONAL);
    for (; sender && *globs; globs++)
        if (ov_glob_match(*globs, sender))
            return TRUE;
    return FALSE;
}

/* Many got such a text, in mails of their own. */
static gboolean is_sent_to_many(const OvMeasure *measure) {
    return ov_facts_number(measure->facts, OV_FACT_MESSAGE_SHAPE_RECIPIENTS, 0.0) >=
           BULK_SHAPE_RECIPIENTS;
}

static gboolean is_transactional(const OvMeasure *measure) {
    return measure->message->envelope->n_recipients == 1 &&
           !ov_facts_truth(measure->facts, OV_FACT_MESSAGE_THREADED) &&
           ov_facts_number(measure->facts, OV_FACT_TEXT_PHRASES_A, 0.0) == 0.0 &&
           (is_word(ov_facts_text(measure->facts, OV_FACT_HEADER_AUTO_SUBMITTED),
                    "auto-generated") ||
            ov_facts_truth(measure->facts, OV_FACT_MESSAGE_SENDER_TRANSACTIONAL));
}

static gboolean is_automatic(const OvMeasure *measure) {
    OvSlice keyword = ov_facts_text(measure->facts, OV_FACT_HEADER_AUTO_SUBMITTED);
    return (keyword.length > 0 && !is_word(keyword, "no")) ||
           ov_facts_truth(measure->facts, OV_FACT_MESSAGE_SENDER_NULL);
}

/* What members write to one another. Beside RFC 2369's fields there are those by which list
 * programs know mail that they sent: Mailman's, Majordomo's, ezmlm's. */
static gboolean is_discussion_list(const OvMeasure *measure) {
    const OvHeader *header = measure->message->header;
    const OvField *post = ov_header_find(header, OV_FIELD_LIST_POST);
    /* NO: only its owner writes to it (RFC 2369 3.4). */
    if (post && starts_with(ov_slice_trim(post->value), "NO"))
        return FALSE;
    return (post && header->count[OV_FIELD_LIST_ID] > 0) ||
           header->count[OV_FIELD_X_BEENTHERE] > 0 || header->count[OV_FIELD_X_MAILING_LIST] > 0 ||
           header->count[OV_FIELD_MAILING_LIST] > 0;
}

/* People's mail programs write plain text, or text beside the HTML: what is HTML alone and no
 * answer comes from a program. Nor do people write, twice, what only deceivers do; a subject that
 * another wrote counts against nobody. */
static gboolean is_from_a_person(const OvMeasure *measure) {
    gboolean html = FALSE, plain = FALSE;
    for (guint i = 0; i < measure->shown->n_texts; i++)
        if (measure->shown->texts[i].kind == OV_SHOWN_PLAIN)
            plain = TRUE;
        else
            html = TRUE;
    return (plain || !html || ov_facts_truth(measure->facts, OV_FACT_MESSAGE_THREADED)) &&
           (ov_facts_number(measure->facts, OV_FACT_TEXT_PHRASES_A, 0.0) < PERSONAL_PHRASES ||
            ov_facts_truth(measure->facts, OV_FACT_SUBJECT_INHERITED));
}

static OvClass class_of(const OvMeasure *measure) {
    if (is_report(measure))
        return OV_CLASS_DSN;
    if (is_discussion_list(measure))
        return OV_CLASS_LIST;
    if (is_bulk(measure))
        return OV_CLASS_BULK;
    /* Every customer gets the same text from a shop; which senders those are is the
     * administrator's to say, what a message says of itself undoes nothing. */
    gboolean transactional = is_transactional(measure);
    if (is_sent_to_many(measure) &&
        !(transactional && ov_facts_truth(measure->facts, OV_FACT_MESSAGE_SENDER_TRANSACTIONAL)))
        return OV_CLASS_BULK;
    if (transactional)
        return OV_CLASS_TRANSACTIONAL;
    if (is_automatic(measure))
        return OV_CLASS_AUTO;
    if (measure->message->envelope->n_recipients <= PERSONAL_RECIPIENTS &&
        is_from_a_person(measure) &&
        ov_facts_number(measure->facts, OV_FACT_MESSAGE_SHAPE_SEEN, 0.0) < PERSONAL_SHAPE_SEEN)
        return OV_CLASS_PERSONAL;
    return OV_CLASS_OTHER;
}

void ov_measure_class(OvMeasure *measure) {
    ov_facts_set_truth(measure->facts, OV_FACT_MESSAGE_SENDER_TRANSACTIONAL,
                       is_template_sender(measure));
    measure->message_class = class_of(measure);
    ov_facts_set_text(measure->facts, OV_FACT_MESSAGE_CLASS,
                      ov_slice(ov_class_name(measure->message_class)));
}
