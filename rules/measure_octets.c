#include "rules/measure_header.h"

/* So many lines are looked at, and so many NUL counted: more tells no more. */
enum { MOST_LINES = 500000, MOST_NUL = 100000 };

typedef struct {
    gsize longest; /* without line end */
    gsize bare_lf; /* LF without CR */
} Lines;

static Lines lines_of(OvSlice text) {
    Lines lines = {0, 0};
    const char *line = text.data, *end = text.data + text.length;
    for (guint n = 0; line < end && n < MOST_LINES; n++) {
        const char *feed = ov_find_feed(line, end);
        gsize length = (gsize)((feed ? feed : end) - line);
        if (length > 0 && line[length - 1] == '\r')
            length--;
        else if (feed)
            lines.bare_lf++;
        lines.longest = MAX(lines.longest, length);
        line = feed ? feed + 1 : end;
    }
    return lines;
}

/* CR that neither LF nor, as the last octet of a message that was cut, the end follows. */
static gsize bare_cr_of(OvSlice text, gboolean cut) {
    gsize bare = 0;
    const char *at = text.data, *end = text.data + text.length;
    for (guint n = 0; at < end && n < MOST_LINES; n++) {
        at = memchr(at, '\r', (gsize)(end - at));
        if (!at)
            break;
        at++;
        bare += at == end ? !cut : *at != '\n';
    }
    return bare;
}

static gsize count_octet(OvSlice text, char octet) {
    gsize n = 0;
    const char *at = text.data, *end = text.data + text.length;
    while (at < end && n < MOST_NUL && (at = memchr(at, octet, (gsize)(end - at))))
        at++, n++;
    return n;
}

static gsize count_eight_bit(OvSlice text) {
    gsize n = 0;
    for (gsize i = 0; i < text.length; i++)
        n += (guchar)text.data[i] >> 7;
    return n;
}

static gboolean first_line_ends_with_crlf(OvSlice text) {
    const char *feed = text.length > 0 ? memchr(text.data, '\n', text.length) : NULL;
    return feed && feed > text.data && feed[-1] == '\r';
}

/* Valid UTF-8 up to NUL, which is another fault. */
static gboolean is_utf8(OvSlice text) {
    while (text.length > 0) {
        const char *stop = NULL;
        if (g_utf8_validate_len(text.data, text.length, &stop))
            return TRUE;
        if (*stop != '\0')
            return FALSE;
        text.length -= (gsize)(stop + 1 - text.data);
        text.data = stop + 1;
    }
    return TRUE;
}

void ov_measure_octets(OvMeasure *measure) {
    OvFacts *facts = measure->facts;
    const OvMessage *message = measure->message;
    OvSlice header = message->header->raw;
    Lines head = lines_of(header), body = lines_of(message->body);
    ov_facts_set_number(facts, OV_FACT_HEADER_LINE_LONGEST, (double)head.longest);
    ov_facts_set_number(facts, OV_FACT_MESSAGE_LINE_LONGEST,
                        (double)MAX(head.longest, body.longest));
    /* A file with LF alone is how mail lies on disk; in SMTP form each lone LF is a fault. */
    gsize bare_lf = first_line_ends_with_crlf(message->raw) ? head.bare_lf + body.bare_lf : 0;
    ov_facts_set_number(facts, OV_FACT_MESSAGE_BARE_LF, (double)bare_lf);
    ov_facts_set_number(facts, OV_FACT_MESSAGE_BARE_CR,
                        (double)bare_cr_of(message->raw, message->cut));
    ov_facts_set_number(facts, OV_FACT_HEADER_NUL, (double)count_octet(header, '\0'));
    ov_facts_set_number(facts, OV_FACT_MESSAGE_NUL, (double)count_octet(message->raw, '\0'));
    gsize eight_bit = count_eight_bit(header);
    ov_facts_set_number(facts, OV_FACT_HEADER_EIGHT_BIT, (double)eight_bit);
    ov_facts_set_truth(facts, OV_FACT_HEADER_EIGHT_BIT_BROKEN, eight_bit > 0 && !is_utf8(header));
}
