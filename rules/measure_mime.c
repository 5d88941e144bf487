#include "rules/measure_header.h"

/* Text is decoded up to here to see whether it belongs to its charset. */
enum { MAX_DECODED = 64 * 1024 };

typedef struct {
    guint eight_bit;         /* text parts */
    const char *encoding;    /* what is wrong with a transfer encoding, NULL for nothing */
    double base64_bad;       /* largest share */
    gsize long_lines;        /* of quoted-printable */
    const char *bad_charset; /* the first that is not known */
    guint bad_sequences;     /* of the worst part */
    guint no_charset;        /* text parts */
    guint depth;
    gboolean binary;
} Findings;

/* MIME-Version without comments and white space (RFC 2045 section 4), its printable ASCII. */
static OvSlice version_of(OvMeasure *measure) {
    const OvField *field = ov_header_find(measure->message->header, OV_FIELD_MIME_VERSION);
    if (!field)
        return OV_SLICE_LITERAL("");
    char *version = ov_arena_alloc(measure->arena, field->value.length + 1);
    gsize length = 0;
    guint comment = 0;
    for (gsize i = 0; i < field->value.length; i++) {
        char c = field->value.data[i];
        if (c == '(')
            comment++;
        else if (c == ')' && comment > 0)
            comment--;
        else if (comment == 0 && g_ascii_isgraph(c))
            version[length++] = c;
    }
    return (OvSlice){version, length};
}

static gboolean is_composite(const OvPart *part) {
    return strcmp(part->type, "multipart") == 0 ||
           (strcmp(part->type, "message") == 0 && strcmp(part->subtype, "rfc822") == 0);
}

static void look_at_encoding(const OvPart *part, const OvPartFaults *faults, Findings *found) {
    gboolean encoded =
        part->encoding == OV_ENCODING_BASE64 || part->encoding == OV_ENCODING_QUOTED_PRINTABLE;
    found->binary = found->binary || part->encoding == OV_ENCODING_BINARY;
    if (part->encoding == OV_ENCODING_UNKNOWN)
        found->encoding = "there is no such encoding";
    else if (encoded && is_composite(part))
        found->encoding = "a part that holds other parts must not be encoded";
    if (part->encoding == OV_ENCODING_BASE64 && faults->octets > 0)
        found->base64_bad =
            MAX(found->base64_bad, (double)faults->foreign / (double)faults->octets);
    found->long_lines += faults->long_lines;
}

/* One that may lie as US-ASCII text without having to be decoded. */
static gboolean is_plain_ascii(const OvPart *part, const OvPartFaults *faults) {
    return faults->eight_bit == 0 && part->encoding != OV_ENCODING_BASE64 &&
           part->encoding != OV_ENCODING_QUOTED_PRINTABLE &&
           (g_str_has_prefix(part->charset, "utf-8") ||
            g_str_has_prefix(part->charset, "us-ascii") ||
            g_str_has_prefix(part->charset, "iso-8859-") ||
            g_str_has_prefix(part->charset, "windows-125"));
}

static void look_at_text(OvMeasure *measure, const OvPart *part, const OvPartFaults *faults,
                         Findings *found) {
    gboolean seven_bit = part->encoding == OV_ENCODING_NONE || part->encoding == OV_ENCODING_7BIT;
    found->eight_bit += seven_bit && faults->eight_bit > 0;
    if (!part->charset) {
        found->no_charset += faults->eight_bit > 0;
        return;
    }
    if (is_plain_ascii(part, faults))
        return;
    guint bad = 0;
    gboolean known = TRUE;
    ov_part_text(measure->arena, part, MAX_DECODED, &bad, &known);
    if (!known && !found->bad_charset)
        found->bad_charset = part->charset;
    else if (known)
        found->bad_sequences = MAX(found->bad_sequences, bad);
}

static void set_facts(OvMeasure *measure, const Findings *found) {
    OvFacts *facts = measure->facts;
    const OvMessage *message = measure->message;
    const OvMime *mime = message->mime;
    ov_facts_set_number(facts, OV_FACT_MIME_PARTS, mime->n_parts);
    ov_facts_set_number(facts, OV_FACT_MIME_DEPTH, found->depth);
    ov_facts_set_truth(facts, OV_FACT_MIME_BINARY, found->binary);
    ov_facts_set_text(facts, OV_FACT_MIME_CONTENT_TYPE_FAULT,
                      ov_slice(mime->bad_content_type ? "type or boundary cannot be read" : ""));
    ov_facts_set_truth(facts, OV_FACT_MIME_BOUNDARY_MISSING,
                       mime->boundary_missing && !message->cut);
    ov_facts_set_truth(facts, OV_FACT_MIME_BOUNDARY_UNCLOSED, mime->not_closed && !message->cut);
    ov_facts_set_number(facts, OV_FACT_MIME_EIGHT_BIT, found->eight_bit);
    ov_facts_set_text(facts, OV_FACT_MIME_ENCODING_FAULT,
                      ov_slice(found->encoding ? found->encoding : ""));
    ov_facts_set_number(facts, OV_FACT_MIME_BASE64_BAD, found->base64_bad);
    ov_facts_set_number(facts, OV_FACT_MIME_QUOTED_PRINTABLE_LONG, (double)found->long_lines);
    ov_measure_set_text(measure, OV_FACT_MIME_CHARSET_UNKNOWN,
                        ov_slice(found->bad_charset ? found->bad_charset : ""));
    ov_facts_set_number(facts, OV_FACT_MIME_CHARSET_BAD, found->bad_sequences);
    ov_facts_set_number(facts, OV_FACT_MIME_CHARSET_MISSING, found->no_charset);
}

void ov_measure_mime(OvMeasure *measure) {
    const OvMessage *message = measure->message;
    const guint *count = message->header->count;
    ov_facts_set_text(measure->facts, OV_FACT_MIME_VERSION, version_of(measure));
    ov_facts_set_number(measure->facts, OV_FACT_MIME_FIELDS,
                        count[OV_FIELD_CONTENT_TYPE] + count[OV_FIELD_CONTENT_TRANSFER_ENCODING] +
                            count[OV_FIELD_CONTENT_DISPOSITION] + count[OV_FIELD_CONTENT_ID]);
    Findings found = {.bad_charset = NULL};
    for (guint i = 0; i < message->mime->n_parts; i++) {
        const OvPart *part = &message->mime->parts[i];
        found.depth = MAX(found.depth, part->depth);
        if (part->forwarded)
            continue;
        OvPartFaults faults = {0};
        if (!part->container)
            ov_part_faults(part, &faults);
        look_at_encoding(part, &faults, &found);
        if (strcmp(part->type, "text") == 0 && !part->container)
            look_at_text(measure, part, &faults, &found);
        if (ov_measure_late(measure))
            return;
    }
    set_facts(measure, &found);
}
