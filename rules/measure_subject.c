#include "rules/placeholders.h"
#include "rules/price.h"
#include "rules/subject.h"
#include "rules/text.h"
#include "rules/zones_internal.h"

enum {
    SUBJECT_LIMIT = 8 * 1024, /* octets that are measured */
    SHORT_SUBJECT = 70,       /* characters that need no folding, and so no encoding */
    DOCUMENT_DIGITS = 3,
};

static gboolean is_ascii(OvSlice text) {
    for (gsize i = 0; i < text.length; i++)
        if ((guchar)text.data[i] >= 128)
            return FALSE;
    return TRUE;
}

static OvSlice cut(OvSlice text, gsize limit) {
    if (text.length <= limit)
        return text;
    while (limit > 0 && ((guchar)text.data[limit] & 0xC0) == 0x80)
        limit--;
    return (OvSlice){text.data, limit};
}

/* NFKC, without web and e-mail addresses: what is counted. */
static OvSlice counted_text(OvArena *arena, OvSlice text) {
    char *counted = ov_arena_alloc(arena, text.length + 1);
    return (OvSlice){counted, ov_line_without_addresses(text, counted)};
}

static OvSlice normalised(OvArena *arena, OvSlice text) {
    if (is_ascii(text))
        return text;
    g_autofree char *nfkc = g_utf8_normalize(text.data, (gssize)text.length, G_NORMALIZE_NFKC);
    return nfkc ? cut(ov_arena_dup(arena, ov_slice(nfkc)), SUBJECT_LIMIT) : text;
}

/* A subject may be missing in Autocrypt's key exchange, and in what programs write to their own
 * people. */
static gboolean is_expected(const OvMeasure *measure) {
    const OvHeader *header = measure->message->header;
    for (guint i = 0; i < header->n_fields; i++)
        if (header->fields[i].id == OV_FIELD_OTHER &&
            ov_slice_equal_nocase(header->fields[i].name, ov_slice("Autocrypt-Setup-Message")))
            return FALSE;
    const OvValue *automatic = &measure->facts->value[OV_FACT_HEADER_AUTO_SUBMITTED];
    gboolean program = (automatic->type == OV_TEXT && automatic->text.length > 0 &&
                        !ov_slice_equal_nocase(automatic->text, ov_slice("no"))) ||
                       ov_facts_truth(measure->facts, OV_FACT_MESSAGE_LOCAL);
    return !program || ov_facts_number(measure->facts, OV_FACT_MESSAGE_RECIPIENTS_FOREIGN, 1) > 0;
}

/* Prefixes of one letter (R, I) are Italian ones; in other languages they are words. */
static const OvSubjectPrefix *prefixes_of(const OvText *text, guint *n) {
    const OvPhraseSet *set = text->measure->phrases;
    guint n_replies, n_forwards, next = 0;
    const OvRange *replies =
        ov_text_ranges(text, "lexicon-reply-prefix", OV_ALL_LANGUAGES, &n_replies);
    const OvRange *forwards =
        ov_text_ranges(text, "lexicon-forward-prefix", OV_ALL_LANGUAGES, &n_forwards);
    gint italian = ov_phrase_set_find_language(set, ov_slice("it"));
    gboolean letters = italian >= 0 && (text->language.told & (1u << italian));
    OvSubjectPrefix *prefixes = OV_ARENA_NEW(text->measure->arena, OvSubjectPrefix, n_replies);
    *n = 0;
    for (guint i = 0; i < n_replies; i++) {
        if (replies[i].end - replies[i].start < 2 && !letters)
            continue;
        while (next < n_forwards && forwards[next].start < replies[i].start)
            next++;
        gboolean forward = next < n_forwards && forwards[next].start == replies[i].start &&
                           forwards[next].end == replies[i].end;
        prefixes[(*n)++] = (OvSubjectPrefix){replies[i], forward};
    }
    return prefixes;
}

gboolean ov_subject_has_prefix(OvMeasure *measure) {
    const OvField *field = ov_header_find(measure->message->header, OV_FIELD_SUBJECT);
    if (!field)
        return FALSE;
    OvText text = {.measure = measure,
                   .text = cut(ov_field_text(measure->arena, field), SUBJECT_LIMIT)};
    ov_text_scan(&text);
    guint n_prefixes;
    const OvSubjectPrefix *prefixes = prefixes_of(&text, &n_prefixes);
    OvSubjectParts parts = ov_subject_parts(text.text, prefixes, n_prefixes);
    return parts.reply || parts.forward;
}

static gboolean covers(const OvRange *range, guint32 start, guint32 end) {
    return range->start <= start && range->end >= end;
}

/* Whether the topic's words, but for those without a letter, are an entry of the lexicon, or up to
 * three that each lie in one. */
static gboolean is_impersonal(const OvText *text, OvSlice topic) {
    guint n, words = 0;
    const OvRange *ranges = ov_text_ranges(text, "lexicon-impersonal-subject",
                                           ov_language_lexicons(text->language), &n);
    if (n == 0)
        return FALSE;
    gboolean all_in_one = TRUE;
    const OvRange *first = NULL;
    const char *end = topic.data + topic.length;
    for (const char *p = topic.data; p < end;) {
        const char *start = p;
        gboolean letter = FALSE;
        guint kind = 0;
        while (p < end) {
            const char *next = p;
            kind = ov_character(ov_character_next(&next));
            if (!(kind & (OV_CHARACTER_WORD | OV_CHARACTER_MARK)))
                break;
            letter |= (kind & OV_CHARACTER_LETTER) != 0;
            p = next;
        }
        if (letter) {
            guint32 from = (guint32)(start - text->text.data), to = (guint32)(p - text->text.data);
            const OvRange *cover = NULL;
            for (guint i = 0; i < n && !cover; i++)
                if (covers(&ranges[i], from, to))
                    cover = &ranges[i];
            if (!cover)
                return FALSE;
            words++;
            if (!first)
                first = cover;
            all_in_one &= covers(first, from, to);
        }
        if (p < end)
            p = g_utf8_next_char(p);
    }
    return words > 0 && (all_in_one || words <= 3);
}

/* A number of three digits or more, as invoices, orders and tickets have. */
static gboolean has_document_number(OvSlice text) {
    guint digits = 0;
    for (gsize i = 0; i < text.length; i++) {
        digits = g_ascii_isdigit(text.data[i]) ? digits + 1 : 0;
        if (digits >= DOCUMENT_DIGITS)
            return TRUE;
    }
    return FALSE;
}

static gboolean begins_with(const OvText *text, OvSlice topic, const char *lexicon) {
    guint n;
    const OvRange *ranges = ov_text_ranges(text, lexicon, OV_ALL_LANGUAGES, &n);
    for (guint i = 0; i < n; i++)
        if (topic.length > 0 && text->text.data + ranges[i].start == topic.data)
            return TRUE;
    return FALSE;
}

static void set_shape(OvText *text, OvSlice plain, const OvSubjectParts *parts) {
    OvMeasure *measure = text->measure;
    OvFacts *facts = measure->facts;
    ov_facts_set_text(facts, OV_FACT_SUBJECT_PREFIX, parts->prefixes);
    ov_facts_set_truth(facts, OV_FACT_SUBJECT_REPLY, parts->reply);
    ov_facts_set_truth(facts, OV_FACT_SUBJECT_FORWARD, parts->forward);
    ov_facts_set_truth(facts, OV_FACT_SUBJECT_INHERITED,
                       parts->reply && ov_facts_truth(facts, OV_FACT_MESSAGE_THREADED) &&
                           ov_facts_number(facts, OV_FACT_TEXT_QUOTED_LINES, 0) > 0);
    ov_facts_set_text(facts, OV_FACT_SUBJECT_TAG, parts->tag);
    ov_facts_set_text(facts, OV_FACT_SUBJECT_TOPIC, parts->topic);
    ov_facts_set_truth(facts, OV_FACT_SUBJECT_IMPERSONAL, is_impersonal(text, parts->topic));

    ov_facts_set_truth(facts, OV_FACT_SUBJECT_COMMAND,
                       begins_with(text, parts->topic, "lexicon-list-command") ||
                           begins_with(text, parts->topic, "lexicon-unsubscribe"));

    OvSlice placeholder = {"", 0};
    ov_placeholders_find(plain, &placeholder);
    ov_facts_set_text(facts, OV_FACT_SUBJECT_PLACEHOLDER, placeholder);
    ov_facts_set_text(facts, OV_FACT_SUBJECT_URL, ov_subject_url(plain));

    OvSlice price = ov_price_at_start(parts->topic);
    ov_facts_set_text(facts, OV_FACT_SUBJECT_PRICE, price);
    guint n_invoice;
    ov_text_ranges(text, "lexicon-invoice", OV_ALL_LANGUAGES, &n_invoice);
    OvSlice rest = {parts->topic.data + price.length, parts->topic.length - price.length};
    ov_facts_set_truth(facts, OV_FACT_SUBJECT_INVOICE, n_invoice > 0 || has_document_number(rest));
}

static void set_counts(OvText *text, OvSlice topic) {
    OvFacts *facts = text->measure->facts;
    guint32 start = (guint32)(topic.data - text->text.data);
    OvBlock block = {start, start + (guint32)topic.length, OV_BLOCK_OWN, FALSE};
    OvText of_topic = *text;
    of_topic.blocks = &block;
    of_topic.n_blocks = 1;
    OvCapitals capitals = ov_text_capitals(&of_topic, FALSE);
    ov_facts_set_number(facts, OV_FACT_SUBJECT_CAPITALS, ov_capitals_share(&capitals));
    ov_facts_set_number(facts, OV_FACT_SUBJECT_LETTERS, capitals.cased);
    ov_facts_set_number(facts, OV_FACT_SUBJECT_WORDS, capitals.words);
    ov_facts_set_number(facts, OV_FACT_SUBJECT_SHOUT_WORDS, capitals.shout_words);
    ov_facts_set_text(facts, OV_FACT_SUBJECT_SHOUTED, capitals.shouted);

    OvExclamations exclamations = ov_text_exclamations(text, FALSE);
    ov_facts_set_number(facts, OV_FACT_SUBJECT_EXCLAMATIONS, exclamations.marks);
    ov_facts_set_number(facts, OV_FACT_SUBJECT_EXCLAMATION_RUN, exclamations.longest_run);
    ov_facts_set_text(facts, OV_FACT_SUBJECT_EXCLAIMED, exclamations.evidence);
    ov_facts_set_number(facts, OV_FACT_SUBJECT_QUESTIONS, exclamations.questions);

    OvDiscounts discounts = ov_text_discounts(text);
    ov_facts_set_number(facts, OV_FACT_SUBJECT_PERCENT_DISCOUNTS, discounts.distinct);
    ov_facts_set_number(facts, OV_FACT_SUBJECT_PERCENT_HIGHEST, discounts.highest);
    ov_facts_set_text(facts, OV_FACT_SUBJECT_PERCENT_TEXT, discounts.first);
}

/* The address of a recipient in the text, in any case of letters. */
static OvSlice recipient_in(const OvEnvelope *envelope, OvSlice text) {
    enum { MOST_RECIPIENTS = 10 };
    for (guint i = 0; i < MIN(envelope->n_recipients, MOST_RECIPIENTS); i++) {
        OvSlice address = ov_slice(envelope->recipients[i]);
        if (!address.length || !memchr(address.data, '@', address.length))
            continue;
        for (gsize at = 0; at + address.length <= text.length; at++)
            if (g_ascii_strncasecmp(text.data + at, address.data, address.length) == 0)
                return (OvSlice){text.data + at, address.length};
    }
    return OV_SLICE_LITERAL("");
}

static const OvKeywords *keywords_of(const OvText *text) {
    OvKeywordZone zone = {.factor = 1.5, .language = text->language};
    return ov_keywords(text->measure->phrases, text->scan, &zone, text->measure->arena);
}

static const OvKeywords *set_phrases(OvText *text) {
    OvFacts *facts = text->measure->facts;
    const OvKeywords *keywords = keywords_of(text);
    ov_facts_set_number(facts, OV_FACT_SUBJECT_PHRASES, keywords->total);
    ov_facts_set_number(facts, OV_FACT_SUBJECT_PHRASES_BULK, keywords->bulk_total);
    ov_facts_set_text(facts, OV_FACT_SUBJECT_PHRASE_LIST, keywords->evidence);
    ov_measure_subject_disguise(text);
    return keywords;
}

/* Encoded although short and plain: then only the encoding shows. */
static gboolean is_encoded_needlessly(OvArena *arena, const OvField *field, OvSlice decoded) {
    if (decoded.length == 0 || decoded.length > SHORT_SUBJECT ||
        decoded.length > field->value.length)
        return FALSE;
    for (gsize i = 0; i < decoded.length; i++)
        if (decoded.data[i] < 0x20 || decoded.data[i] > 0x7E)
            return FALSE;
    OvSlice raw = ov_field_unfolded(arena, field);
    return memmem(raw.data, raw.length, "=?", 2) && !memmem(decoded.data, decoded.length, "=?", 2);
}

const OvKeywords *ov_measure_subject(OvMeasure *measure, const OvSenderNames *names,
                                     OvLanguage body) {
    OvFacts *facts = measure->facts;
    const OvField *field = ov_header_find(measure->message->header, OV_FIELD_SUBJECT);
    ov_facts_set_truth(facts, OV_FACT_SUBJECT_PRESENT, field != NULL);
    ov_facts_set_truth(facts, OV_FACT_SUBJECT_EXPECTED, is_expected(measure));
    if (!field)
        return NULL;
    OvSlice decoded = ov_field_text(measure->arena, field);
    ov_facts_set_text(facts, OV_FACT_SUBJECT_TEXT, decoded);
    ov_facts_set_truth(facts, OV_FACT_SUBJECT_ENCODED_NEEDLESSLY,
                       is_encoded_needlessly(measure->arena, field, decoded));
    OvSubjectSigns whole = ov_subject_signs(decoded);
    guint invisible = ov_subject_invisible(decoded);
    ov_facts_set_number(facts, OV_FACT_SUBJECT_CHARACTERS, whole.characters);
    ov_facts_set_number(facts, OV_FACT_SUBJECT_EMOJI, whole.emoji);
    ov_facts_set_number(facts, OV_FACT_SUBJECT_INVISIBLE, invisible);

    OvSlice plain = cut(decoded, SUBJECT_LIMIT);
    if (invisible > 0)
        plain = ov_subject_visible(measure->arena, plain);
    plain = normalised(measure->arena, plain);
    ov_facts_set_number(facts, OV_FACT_SUBJECT_STYLED, ov_styled_letters(decoded));
    ov_facts_set_text(facts, OV_FACT_SUBJECT_RECIPIENT,
                      recipient_in(measure->message->envelope, plain));
    OvText text = {.measure = measure, .names = names};
    text.text = counted_text(measure->arena, plain);
    OvBlock block = {0, (guint32)text.text.length, OV_BLOCK_OWN, FALSE};
    text.blocks = &block;
    text.n_blocks = 1;
    ov_text_scan(&text);
    text.language = ov_language_of_subject(measure->phrases, text.scan, body);
    OvSlice language = ov_text_language(&text);
    if (language.length > 0)
        ov_facts_set_text(facts, OV_FACT_SUBJECT_LANGUAGE, language);

    guint n_prefixes;
    const OvSubjectPrefix *prefixes = prefixes_of(&text, &n_prefixes);
    OvSubjectParts parts = ov_subject_parts(text.text, prefixes, n_prefixes);
    gsize prefixed = parts.prefixes.length > 0
                         ? (gsize)(parts.prefixes.data + parts.prefixes.length - text.text.data)
                         : 0;
    OvSubjectSigns signs =
        ov_subject_signs((OvSlice){text.text.data + prefixed, text.text.length - prefixed});
    ov_facts_set_number(facts, OV_FACT_SUBJECT_SIGNS, signs.signs + signs.emoji);
    set_shape(&text, plain, &parts);
    set_counts(&text, parts.topic);
    return set_phrases(&text);
}
