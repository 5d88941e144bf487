#include "policy/provider/alert_text.h"

#include "policy/provider/alert_mail.h"
#include "rules/auth/ip_address.h"

enum {
    MAX_LABEL = 60, /* octets, blanks not counted */
    MAX_ID = 1000,  /* octets */
    MAX_DIGITS = 9,
    MAX_ADDRESS = 45, /* octets */
};

/* What a character is read as: itself, another, or 0 for none. */
static gunichar plain_character(gunichar c) {
    switch (c) {
    case '\t':
    case 0xa0:   /* no-break space */
    case 0x202f: /* narrow no-break space */
        return ' ';
    case 0x2010: /* hyphen */
    case 0x2011: /* non-breaking hyphen */
    case 0x2012: /* figure dash */
    case 0x2013: /* en dash */
    case 0x2014: /* em dash */
    case 0x2212: /* minus sign */
        return '-';
    case 0xff1a: /* fullwidth colon */
        return ':';
    case '\n':
        return '\n';
    default:
        break;
    }
    GUnicodeType type = g_unichar_type(c);
    if (type == G_UNICODE_SPACE_SEPARATOR)
        return ' ';
    if (type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR)
        return '\n';
    return type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT ? 0 : c;
}

OvSlice ov_alert_text_plain(OvArena *arena, OvSlice text) {
    char *plain = ov_arena_alloc(arena, text.length + 1), *to = plain;
    gboolean start = TRUE; /* of a line, where marks of quoting may stand */
    if (text.length == 0)
        return text;
    for (const char *at = text.data, *end = at + text.length; at < end; at = g_utf8_next_char(at)) {
        gunichar c = plain_character(g_utf8_get_char(at));
        if (c == 0 || (start && (c == '>' || c == ' ')))
            continue;
        start = c == '\n';
        /* No character gets longer. */
        to += g_unichar_to_utf8(c, to);
    }
    return (OvSlice){plain, (gsize)(to - plain)};
}

typedef struct {
    const char *at, *end;
} Place;

static gboolean is_blank(char c) {
    return c == ' ' || c == '\n';
}

static void skip_blanks(Place *place) {
    while (place->at < place->end && is_blank(*place->at))
        place->at++;
}

static gboolean take(Place *place, char c) {
    if (place->at == place->end || *place->at != c)
        return FALSE;
    place->at++;
    return TRUE;
}

static gboolean is_address_octet(char c) {
    return g_ascii_isxdigit(c) || c == '.' || c == ':';
}

/* Whether an address that stands next to c is a part of something else: a host's name, a network.
 */
static gboolean is_inner(char c) {
    return g_ascii_isalnum(c) || (c != '\0' && strchr(".:@_-/", c)) || (guchar)c >= 0x80;
}

/* Nothing that goes on stands before at: "IP:192.0.2.1" is one, "@[192.0.2.1]" is none. */
static gboolean begins_word(const char *at, const char *start) {
    if (at == start)
        return TRUE;
    if (at[-1] == '[')
        return at - 1 == start || at[-2] != '@';
    return at[-1] == ':' || !is_inner(at[-1]);
}

/* The address at place, where one stands there by itself; place is then behind it. */
static gboolean take_address(Place *place, const char *start, OvIpAddress *address) {
    const char *at = place->at, *word = at;
    if (!begins_word(at, start))
        return FALSE;
    while (word < place->end && is_address_octet(*word) && word - at <= MAX_ADDRESS)
        word++;
    /* The end of a sentence is none of the address. */
    const char *stop = word;
    while (stop > at && (stop[-1] == '.' || stop[-1] == ':'))
        stop--;
    if (stop - at > MAX_ADDRESS || !ov_ip_address_parse((OvSlice){at, (gsize)(stop - at)}, address))
        return FALSE;
    /* A single address, as the provider writes it among networks. */
    if (word == stop && place->end - word >= 3 && memcmp(word, "/32", 3) == 0)
        word = stop = word + 3;
    if (word < place->end && is_inner(*word))
        return FALSE;
    place->at = stop;
    return TRUE;
}

/* "Message-ID", "Wiadomość-ID": letters and hyphens, maybe blanks, that end in "ID". */
static gboolean take_id_label(Place *place) {
    char before = '\0', last = '\0';
    guint n = 0;
    for (; place->at < place->end && n < MAX_LABEL; place->at++) {
        char c = *place->at;
        if (is_blank(c))
            continue;
        if (!g_ascii_isalpha(c) && c != '-' && (guchar)c < 0x80)
            break;
        before = last;
        last = c;
        n++;
    }
    return before == 'I' && (last == 'D' || last == 'd');
}

/* "Spam score: 300", "Spam score 300" */
static gboolean take_score(Place *place, gint64 *score) {
    guint letters = 0, digits = 0;
    *score = 0;
    for (; place->at < place->end && letters < MAX_LABEL; place->at++) {
        char c = *place->at;
        if (is_blank(c))
            continue;
        if (!g_ascii_isalpha(c) && (guchar)c < 0x80)
            break;
        letters++;
    }
    if (letters == 0)
        return FALSE;
    take(place, ':');
    skip_blanks(place);
    gint64 sign = take(place, '-') ? -1 : 1;
    for (; place->at < place->end && g_ascii_isdigit(*place->at) && digits < MAX_DIGITS;
         place->at++, digits++)
        *score = *score * 10 + (*place->at - '0');
    *score *= sign;
    return digits > 0 && (place->at == place->end || !g_ascii_isalnum(*place->at));
}

/* The Message-ID up to a hyphen between blanks, without the blanks of line breaks in it. Without
 * such a hyphen it is the next word. */
static const char *take_id(Place *place, OvArena *arena, gint64 *score) {
    const char *start = place->at, *hyphen = NULL;
    for (const char *at = start; at < place->end && at - start < 2 * MAX_ID && !hyphen; at++)
        if (*at == '-' && (at == start || is_blank(at[-1])) &&
            (at + 1 == place->end || is_blank(at[1])))
            hyphen = at;
    Place rest = {hyphen ? hyphen + 1 : place->end, place->end};
    gboolean whole = hyphen && take_score(&rest, score);
    const char *stop = whole ? hyphen : start;
    if (!whole) {
        *score = G_MININT64;
        while (stop < place->end && !is_blank(*stop))
            stop++;
    }
    place->at = whole ? rest.at : stop;
    GString *id = g_string_sized_new((gsize)(stop - start));
    for (const char *at = start; at < stop; at++)
        if (!is_blank(*at))
            g_string_append_c(id, *at);
    OvSlice bare = {id->str, id->len};
    if (bare.length >= 2 && bare.data[0] == '<' && bare.data[bare.length - 1] == '>')
        bare = (OvSlice){bare.data + 1, bare.length - 2};
    if (bare.length > MAX_ID)
        for (bare.length = MAX_ID; ((guchar)bare.data[bare.length] & 0xc0) == 0x80;)
            bare.length--;
    const char *kept = ov_arena_strndup(arena, bare.data, bare.length);
    g_string_free(id, TRUE);
    return kept;
}

/* What follows the destination: " - Message-ID: ID - Spam score: 300". */
static gboolean take_detection(Place *place, OvArena *arena, OvDetection *detection) {
    Place rest = *place;
    skip_blanks(&rest);
    if (!take(&rest, '-'))
        return FALSE;
    skip_blanks(&rest);
    if (!take_id_label(&rest) || !take(&rest, ':'))
        return FALSE;
    skip_blanks(&rest);
    detection->message_id = take_id(&rest, arena, &detection->score);
    detection->origin = "mail";
    *place = rest;
    return TRUE;
}

static void add_address(GPtrArray *addresses, OvArena *arena, const OvIpAddress *address) {
    if (address->length != 4 || ov_ip_address_is_private(address) ||
        addresses->len >= OV_ALERT_MAIL_MAX_ADDRESSES)
        return;
    const char *text = ov_ip_address_text(arena, address);
    for (guint i = 0; i < addresses->len; i++)
        if (g_str_equal(addresses->pdata[i], text))
            return;
    g_ptr_array_add(addresses, (gpointer)text);
}

void ov_alert_text_find(OvSlice text, OvArena *arena, GArray *detections, GPtrArray *addresses) {
    if (text.length == 0)
        return;
    Place place = {text.data, text.data + text.length};
    while (place.at < place.end && detections->len <= OV_ALERT_MAIL_MAX_DETECTIONS) {
        OvIpAddress address;
        OvDetection detection = {.finding = OV_DETECTION_NEW};
        if (!is_address_octet(*place.at) || !take_address(&place, text.data, &address)) {
            place.at++;
        } else if (take_detection(&place, arena, &detection)) {
            detection.destination = ov_ip_address_text(arena, &address);
            g_array_append_val(detections, detection);
        } else if (detections->len == 0) {
            add_address(addresses, arena, &address);
        }
    }
}

/* The line without what people put around a Message-ID. */
static OvSlice bare_item(OvSlice line) {
    static const OvSlice LABELS[] = {
        OV_SLICE_LITERAL("Message-ID:"), OV_SLICE_LITERAL("- "),
        OV_SLICE_LITERAL("* "),          OV_SLICE_LITERAL("\xe2\x80\xa2 "), /* bullet */
        OV_SLICE_LITERAL("\""),          OV_SLICE_LITERAL("<"),
    };
    line = ov_slice_trim(line);
    for (guint i = 0; i < G_N_ELEMENTS(LABELS); i++) {
        OvSlice label = LABELS[i];
        if (line.length >= label.length &&
            g_ascii_strncasecmp(line.data, label.data, label.length) == 0)
            line = ov_slice_trim((OvSlice){line.data + label.length, line.length - label.length});
    }
    while (line.length > 0 && strchr(",;\">", line.data[line.length - 1]))
        line = ov_slice_trim((OvSlice){line.data, line.length - 1});
    return line;
}

static gboolean is_message_id(OvSlice text) {
    const char *at = text.length > 0 ? memchr(text.data, '@', text.length) : NULL;
    return at && at > text.data && at + 1 < text.data + text.length && text.length <= MAX_ID &&
           !memchr(text.data, ' ', text.length);
}

guint ov_alert_text_list(OvSlice text, OvArena *arena, GArray *detections) {
    guint unread = 0;
    if (text.length == 0)
        return 0;
    for (const char *at = text.data, *end = at + text.length;
         at < end && detections->len <= OV_ALERT_MAIL_MAX_DETECTIONS;) {
        const char *feed = memchr(at, '\n', (gsize)(end - at));
        const char *stop = feed ? feed : end;
        OvSlice item = bare_item((OvSlice){at, (gsize)(stop - at)});
        at = stop + (feed != NULL);
        if (item.length == 0 || item.data[0] == '#')
            continue;
        if (!is_message_id(item)) {
            unread++;
            continue;
        }
        const OvDetection detection = {
            .message_id = ov_arena_strndup(arena, item.data, item.length),
            .score = G_MININT64,
            .origin = "list",
            .finding = OV_DETECTION_NEW,
        };
        g_array_append_val(detections, detection);
    }
    return unread;
}
