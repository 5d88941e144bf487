#include "rules/link_roles.h"

#include "rules/text.h"

enum {
    BEFORE = 80,     /* characters before a link that tell what it is for */
    AFTER = 40,      /* behind it, in its own block */
    MOST_TEXT = 200, /* octets of each text */
    N_TEXTS = 6,     /* of a link */
};

/* Where what is known of a link stands in the text that is looked through. */
typedef struct {
    guint link;
    guint32 start;
    guint32 own; /* from here on: its text, title and alternative text */
    guint32 own_end;
    guint32 end;
} Place;

typedef struct {
    OvMeasure *measure;
    OvLink *links;
    char *text;
    gsize length;
    Place *places;
    guint n_places;
} Reader;

static OvSlice cut_text(OvSlice text) {
    if (text.length <= MOST_TEXT)
        return text;
    gsize length = MOST_TEXT;
    while (length > 0 && ((guchar)text.data[length] & 0xC0) == 0x80)
        length--;
    return (OvSlice){text.data, length};
}

static void put(Reader *reader, OvSlice text) {
    if (text.length > 0)
        memcpy(reader->text + reader->length, text.data, text.length);
    reader->length += text.length;
}

/* The last characters of a text before an offset. */
static OvSlice before(OvSlice text, gsize offset) {
    gsize start = offset;
    for (guint n = 0; start > 0 && n < BEFORE && offset - start < MOST_TEXT; n++) {
        start--;
        while (start > 0 && ((guchar)text.data[start] & 0xC0) == 0x80)
            start--;
    }
    return (OvSlice){text.data + start, offset - start};
}

static OvSlice after(OvSlice text, gsize offset) {
    gsize end = offset;
    for (guint n = 0; end < text.length && n < AFTER && end - offset < MOST_TEXT; n++) {
        if (text.data[end] == '\n' && end + 1 < text.length && text.data[end + 1] == '\n')
            break;
        end += (gsize)g_utf8_skip[(guint8)text.data[end]];
    }
    end = MIN(end, text.length);
    return (OvSlice){text.data + offset, end - offset};
}

static void put_link(Reader *reader, guint number) {
    const OvLink *link = &reader->links[number];
    const OvHtmlLink *html = link->html;
    Place *place = &reader->places[reader->n_places++];
    gboolean seen = html->range.end > html->range.start;
    place->link = number;
    place->start = (guint32)reader->length;
    if (seen) {
        put(reader, before(link->page->text, html->range.start));
        put(reader, OV_SLICE_LITERAL(" "));
    }
    place->own = (guint32)reader->length;
    put(reader, cut_text(link->text));
    put(reader, OV_SLICE_LITERAL("\n\n"));
    put(reader, cut_text(html->title));
    put(reader, OV_SLICE_LITERAL("\n\n"));
    put(reader, cut_text(html->alt));
    place->own_end = (guint32)reader->length;
    put(reader, OV_SLICE_LITERAL("\n\n"));
    if (seen && link->text.length <= MOST_TEXT) {
        put(reader, cut_text(link->text));
        put(reader, OV_SLICE_LITERAL(" "));
        put(reader, after(link->page->text, html->range.end));
        put(reader, OV_SLICE_LITERAL("\n\n"));
    }
    place->end = (guint32)reader->length;
}

/* Puts together the texts of HTML links; FALSE where there are none. */
static gboolean read_texts(Reader *reader, guint n_links) {
    guint n = 0;
    for (guint i = 0; i < n_links; i++)
        n += reader->links[i].html != NULL;
    if (n == 0)
        return FALSE;
    /* Each with an empty line behind it, and a character that reaches over its limit. */
    reader->text = ov_arena_alloc(reader->measure->arena, (gsize)n * N_TEXTS * (MOST_TEXT + 8));
    reader->places = OV_ARENA_NEW(reader->measure->arena, Place, n);
    for (guint i = 0; i < n_links; i++)
        if (reader->links[i].html)
            put_link(reader, i);
    return TRUE;
}

static void set_role(Reader *reader, const Place *place, guint32 start, guint32 end,
                     OvLinkRole role) {
    OvLink *link = &reader->links[place->link];
    gboolean own = start >= place->own && end <= place->own_end;
    if (role == OV_LINK_UNSUBSCRIBE)
        link->role = role;
    else if (own && link->role == OV_LINK_CONTENT)
        link->role = role;
}

/* Roles by phrases that the lists have. */
static void apply_lexicons(Reader *reader) {
    OvMeasure *measure = reader->measure;
    OvSlice all = {reader->text, reader->length};
    const OvPhraseScan *scan = ov_phrase_set_scan(measure->phrases, measure->phrase_scratch,
                                                  measure->arena, ov_fold(measure->arena, all));
    const struct {
        const char *lexicon;
        OvLinkRole role;
    } lexicons[] = {
        {"lexicon-unsubscribe", OV_LINK_UNSUBSCRIBE},
        {"lexicon-legal-link", OV_LINK_LEGAL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(lexicons); i++) {
        gint category = ov_phrase_set_find_category(measure->phrases, lexicons[i].lexicon);
        guint place = 0, from = 0;
        const OvPhraseHit *hit;
        while ((
            hit = ov_phrase_scan_next(measure->phrases, scan, category, OV_ALL_LANGUAGES, &from))) {
            OvSlice found = ov_folded_original(scan->text, hit->start, hit->end);
            guint32 start = (guint32)(found.data - reader->text);
            while (place + 1 < reader->n_places && reader->places[place].end <= start)
                place++;
            set_role(reader, &reader->places[place], start, start + (guint32)found.length,
                     lexicons[i].role);
        }
    }
}

/* word is not empty. */
static gboolean starts_with_one_of(OvSlice word, const char *const *starts, gsize n) {
    char first = g_ascii_tolower(word.data[0]);
    for (gsize i = 0; i < n; i++) {
        if (starts[i][0] != first)
            continue;
        gsize length = strlen(starts[i]);
        if (word.length >= length && g_ascii_strncasecmp(word.data, starts[i], length) == 0)
            return TRUE;
    }
    return FALSE;
}

static const char *const unsubscribe_words[] = {
    "unsub",     "optout",    "opt-out", "opt_out",     "desinscri",       "desabonn",
    "abmeld",    "abbestell", "baja",    "disiscri",    "cancelar",        "afmeld",
    "uitschrij", "wypis",     "rezygn",  "preferences", "preference-cent",
};

static const char *const legal_words[] = {
    "privacy",          "terms",           "legal",      "imprint",
    "impressum",        "datenschutz",     "agb",        "cookie-policy",
    "mentions-legales", "confidentialite", "privacidad", "regulamin",
};

/* By how words of a part of the address start. */
static OvLinkRole role_of_words(OvSlice text) {
    enum { MOST_OCTETS = 500 };
    gboolean at_start = TRUE;
    OvLinkRole role = OV_LINK_CONTENT;
    for (gsize i = 0; i < text.length && i < MOST_OCTETS; i++) {
        char c = text.data[i];
        if (c == '%') {
            i += 2;
            at_start = TRUE;
            continue;
        }
        if (at_start && g_ascii_isalpha(c)) {
            OvSlice rest = {text.data + i, text.length - i};
            if (starts_with_one_of(rest, unsubscribe_words, G_N_ELEMENTS(unsubscribe_words)))
                return OV_LINK_UNSUBSCRIBE;
            if (starts_with_one_of(rest, legal_words, G_N_ELEMENTS(legal_words)))
                role = OV_LINK_LEGAL;
        }
        at_start = !g_ascii_isalnum(c);
    }
    return role;
}

static OvLinkRole role_of_target(const OvTarget *target) {
    if (target->kind == OV_TARGET_MAIL)
        return role_of_words(target->rest) == OV_LINK_UNSUBSCRIBE ? OV_LINK_UNSUBSCRIBE
                                                                  : OV_LINK_CONTENT;
    if (target->kind != OV_TARGET_WEB)
        return OV_LINK_CONTENT;
    /* Of a host's name only what can't be part of a house's own. */
    OvSlice host = target->host;
    if (host.length > 0 && starts_with_one_of(host, unsubscribe_words, 2))
        return OV_LINK_UNSUBSCRIBE;
    OvLinkRole path = role_of_words(target->path), query = role_of_words(target->query);
    return path == OV_LINK_CONTENT || query == OV_LINK_UNSUBSCRIBE ? query : path;
}

static gboolean is_social(const OvLink *link) {
    enum { MOST_PARTS = 3 };
    if (link->host == OV_LINK_HOST_SOCIAL) {
        guint parts = 0;
        for (gsize i = 0; i + 1 < link->target.path.length; i++)
            parts += link->target.path.data[i] == '/';
        return parts <= MOST_PARTS;
    }
    return ov_is_social_name(link->text) || (link->html && ov_is_social_name(link->html->alt)) ||
           (link->html && ov_is_social_name(link->html->title));
}

void ov_link_roles(OvMeasure *measure, OvLink *links, guint n_links) {
    for (guint i = 0; i < n_links; i++) {
        OvLink *link = &links[i];
        link->role = role_of_target(&link->target);
        if (link->role == OV_LINK_CONTENT && link->target.kind == OV_TARGET_WEB && is_social(link))
            link->role = OV_LINK_SOCIAL;
    }
    Reader reader = {.measure = measure, .links = links};
    if (read_texts(&reader, n_links))
        apply_lexicons(&reader);
}
