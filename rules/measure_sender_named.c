#include "rules/address.h"
#include "rules/characters.h"
#include "rules/contact_details.h"
#include "rules/known_domains.h"
#include "rules/text.h"

enum {
    LEAST_LABEL = 3,   /* letters and digits of a domain's label that is looked for */
    LEAST_NAME = 3,    /* octets of a word of the display name */
    NAME_OCTETS = 200, /* of it that are read */
    MOST_NAMES = 8,    /* words of it */
    CONTACT_NEAR = 40, /* octets between a word like "phone" and its number */
    MOST_READ = 256 * 1024,
};

/* Words of a display name that say what somebody does, not who he is. */
static const char *const roles[] = {
    "about",     "admin",   "administrator", "alert",   "alerts",    "billing",    "center",
    "club",      "contact", "customer",      "deals",   "email",     "for",        "from",
    "hello",     "help",    "helpdesk",      "info",    "kontakt",   "mail",       "mailer",
    "marketing", "news",    "newsletter",    "noreply", "notice",    "notify",     "offer",
    "offers",    "office",  "online",        "order",   "orders",    "postmaster", "reply",
    "sales",     "service", "shop",          "store",   "support",   "system",     "team",
    "the",       "und",     "update",        "updates", "webmaster",
};

static gboolean is_role(OvSlice word) {
    for (gsize i = 0; i < G_N_ELEMENTS(roles); i++)
        if (ov_slice_equal_nocase(word, ov_slice(roles[i])))
            return TRUE;
    return FALSE;
}

static gboolean is_word_octet(char c) {
    return g_ascii_isalnum(c) || (guchar)c >= 0x80;
}

/* The letters and digits of word stand in text, from the start of a word on, whatever else stands
 * between them: kranich-werke in "Kranich Werke". word: ASCII, lower case. */
static gboolean holds(OvSlice text, OvSlice word) {
    if (text.length == 0)
        return FALSE;
    const char *end = text.data + MIN(text.length, MOST_READ);
    char first = word.data[0];
    for (const char *p = text.data; p < end; p++) {
        /* Most octets are told here: the bit that makes letters small leaves digits alone. */
        if ((*p | 0x20) != first || (p > text.data && is_word_octet(p[-1])))
            continue;
        gsize n = 0;
        for (const char *q = p; q < end && n < word.length; q++) {
            if (g_ascii_tolower(*q) == word.data[n])
                n++;
            else if (is_word_octet(*q))
                break;
        }
        if (n == word.length)
            return TRUE;
    }
    return FALSE;
}

/* Letters and digits alone, lower case; of ASCII. */
static OvSlice squeezed(OvArena *arena, OvSlice text) {
    char *out = ov_arena_alloc(arena, text.length + 1);
    gsize n = 0;
    for (gsize i = 0; i < text.length; i++)
        if (g_ascii_isalnum(text.data[i]))
            out[n++] = g_ascii_tolower(text.data[i]);
    return (OvSlice){out, n};
}

/* What the reader sees, HTML or plain text, and where its mail links go. */
static gboolean is_shown(OvMeasure *measure, OvSlice word) {
    const OvShown *shown = measure->shown;
    for (guint i = 0; i < shown->n_texts; i++) {
        const OvShownText *text = &shown->texts[i];
        if (text->replaced || text->kind == OV_SHOWN_AMP)
            continue;
        if (holds(text->html ? text->html->text : text->text, word))
            return TRUE;
        for (guint j = 0; text->html && j < text->html->n_links; j++) {
            OvSlice target = text->html->links[j].target;
            if (target.length > 7 && g_ascii_strncasecmp(target.data, "mailto:", 7) == 0 &&
                holds(target, word))
                return TRUE;
        }
    }
    return FALSE;
}

/* The first label of From's organisational domain; not that of a provider of mailboxes. */
static gboolean names_domain(const OvText *text) {
    OvMeasure *measure = text->measure;
    OvSlice organisation = ov_facts_text(measure->facts, OV_FACT_HEADER_FROM_ORGANISATION);
    if (organisation.length == 0)
        return FALSE;
    gboolean freemail = ov_domain_is_freemail(organisation);
    OvSlice word = squeezed(measure->arena, ov_first_label(organisation));
    if (freemail || word.length < LEAST_LABEL) /* too little: the address alone will do */
        word = squeezed(measure->arena,
                        freemail ? ov_facts_text(measure->facts, OV_FACT_HEADER_FROM_ADDRESS)
                                 : organisation);
    return word.length > 0 && (is_shown(measure, word) || holds(text->scan->text->text, word));
}

/* A word of From's display name. */
static gboolean names_name(const OvText *text) {
    OvSlice folded = ov_fold(text->measure->arena, text->names->display)->text;
    folded.length = MIN(folded.length, NAME_OCTETS);
    OvSlice all = text->scan->text->text;
    for (guint n = 0; all.length > 0 && folded.length > 0 && n < MOST_NAMES;) {
        gsize length = 0;
        while (length < folded.length &&
               (g_ascii_isalnum(folded.data[length]) || (guchar)folded.data[length] >= 0x80))
            length++;
        OvSlice word = {folded.data, length};
        gsize step = MAX(length, 1);
        folded.data += step;
        folded.length -= step;
        if (word.length < LEAST_NAME || is_role(word))
            continue;
        n++;
        for (const char *at = all.data, *end = all.data + all.length;
             end > at && (at = memmem(at, (gsize)(end - at), word.data, word.length)); at++)
            if (at == all.data || !g_ascii_isalnum(at[-1]))
                return TRUE;
    }
    return FALSE;
}

static gboolean has_digit(OvSlice text, guint32 from, guint32 to) {
    for (; from < to && from < text.length; from++)
        if (g_ascii_isdigit(text.data[from]))
            return TRUE;
    return FALSE;
}

static gboolean gives_contact(const OvText *text) {
    guint n;
    const OvRange *words = ov_text_ranges(text, "lexicon-contact", OV_ALL_LANGUAGES, &n);
    for (guint i = 0; i < n; i++)
        if (has_digit(text->text, words[i].start - MIN(words[i].start, CONTACT_NEAR),
                      words[i].start) ||
            has_digit(text->text, words[i].end, words[i].end + CONTACT_NEAR))
            return TRUE;
    return ov_contact_details_find(text->text).length > 0;
}

void ov_measure_sender_named(OvMeasure *measure) {
    const OvText *text = measure->body;
    ov_facts_set_truth(measure->facts, OV_FACT_BODY_SENDER_NAMED,
                       names_domain(text) || names_name(text) || gives_contact(text));
}
