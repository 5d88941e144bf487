#include "rules/deobfuscate.h"

#include "rules/characters.h"
#include "rules/lookalike.h"

enum {
    LEAST_PHRASE = 5,    /* octets of a phrase in letters with gaps */
    MOST_GAPPED = 16384, /* octets of such letters that are looked at */
    CONTEXT = 60,        /* octets on either side of a place */
};

/* Places as they read. Octet i of text was made of the original's octets from[i] on. */
typedef struct {
    char *text;
    guint32 *from;
    guint8 *kind; /* of the place it lies in, 0 for none */
    gsize length;
} Copy;

typedef struct {
    const OvPhraseSet *set;
    OvPhraseScratch *scratch;
    OvArena *arena;
    OvSlice text;
    OvLanguage language;
    const OvDisguises *disguises;
    Copy copy;
    gsize gapped; /* octets of letters with gaps so far */
    OvHiddenPhrase *phrases;
    guint n_phrases;
} Search;

static void put(Copy *copy, const char *data, gsize length, gsize from, guint kind) {
    for (gsize i = 0; i < length; i++) {
        copy->text[copy->length] = data[i];
        copy->from[copy->length] = (guint32)from;
        copy->kind[copy->length++] = (guint8)kind;
    }
}

/* What a character of a place is read as; '\0' where as itself. */
static char read_as(OvSlice text, gsize at, gunichar c, guint kind, gboolean one_is_l) {
    if (kind & (OV_DISGUISE_DIGITS | OV_DISGUISE_GAPS)) {
        char letter = ov_leet_letter(c, one_is_l);
        if (letter)
            return letter;
    }
    if (c == 'I' && (kind & OV_DISGUISE_DIGITS) && at > 0 && g_ascii_islower(text.data[at - 1]))
        return 'l';
    if (c < 0x80)
        return '\0';
    char letter = ov_lookalike(c);
    return letter ? letter : ov_styled_letter(c);
}

/* Signs of a word that is split or has gaps are left out, and so is what is invisible, and marks.
 */
static gboolean is_kept(gunichar c, guint kind) {
    if (c < 0x80 && !(kind & (OV_DISGUISE_GAPS | OV_DISGUISE_SPLIT)))
        return TRUE;
    return (ov_character(c) & OV_CHARACTER_WORD) || ov_styled_letter(c) ||
           (ov_leet_letter(c, FALSE) && !(kind & OV_DISGUISE_GAPS));
}

static void put_place(Copy *copy, OvSlice text, const OvDisguise *place, gboolean one_is_l) {
    for (gsize at = place->range.start; at < place->range.end;) {
        gsize length = (gsize)g_utf8_skip[(guint8)text.data[at]];
        gunichar c = g_utf8_get_char(text.data + at);
        char letter = read_as(text, at, c, place->kind, one_is_l);
        if (is_kept(c, place->kind))
            put(copy, letter ? &letter : text.data + at, letter ? 1 : length, at, place->kind);
        at += length;
    }
}

static void put_reversed(Copy *copy, OvSlice text, const OvDisguise *place) {
    for (gsize end = place->range.end; end > place->range.start;) {
        gsize at = end - 1;
        while (at > place->range.start && (text.data[at] & 0xC0) == 0x80)
            at--;
        put(copy, text.data + at, end - at, at, place->kind);
        end = at;
    }
}

/* Where what stands beside a place begins: words that are whole, no more than CONTEXT octets. */
static gsize context_before(OvSlice text, gsize at, gsize least) {
    gsize start = at - least > CONTEXT ? at - CONTEXT : least;
    if (start > least)
        while (start < at && text.data[start] != ' ' && text.data[start] != '\n')
            start++;
    return start;
}

static gsize context_after(OvSlice text, gsize at, gsize most) {
    gsize end = most - at > CONTEXT ? at + CONTEXT : most;
    if (end < most)
        while (end > at && text.data[end] != ' ' && text.data[end] != '\n')
            end--;
    return end;
}

static OvSlice original_of(const Search *search, gsize start, gsize end) {
    const Copy *copy = &search->copy;
    /* What ends the reversing of letters is none of them. */
    const gsize mark = strlen("\u202C");
    if (end - start > mark && memcmp(copy->text + end - mark, "\u202C", mark) == 0)
        end -= mark;
    guint32 first = copy->from[start], last = first;
    for (gsize i = start; i < end; i++) {
        first = MIN(first, copy->from[i]);
        last = MAX(last, copy->from[i]);
    }
    const char *data = search->text.data;
    return (OvSlice){data + first, last - first + (gsize)g_utf8_skip[(guint8)data[last]]};
}

static guint kinds_in(const Copy *copy, gsize start, gsize end) {
    guint kind = 0;
    for (gsize i = start; i < end; i++)
        kind |= copy->kind[i];
    return kind;
}

static gboolean admits(const Search *search, guint phrase, const OvPhraseList *list, guint kind) {
    OvTier tier = ov_phrase_set_tier(search->set, phrase);
    gboolean counts = tier == OV_TIER_A;
    if (tier == OV_TIER_B)
        counts =
            (kind & OV_DISGUISE_LETTERS) || strchr(ov_phrase_set_text(search->set, phrase), ' ');
    else if (tier == OV_TIER_C)
        counts = (kind & OV_DISGUISE_LETTERS) != 0;
    return counts && ov_language_admits(search->language, list, tier);
}

static gboolean covers(OvSlice a, OvSlice b) {
    return a.data <= b.data && a.data + a.length >= b.data + b.length;
}

/* A phrase that octets start to end of the copy are. */
static void add_phrase(Search *search, guint phrase, const OvPhraseList *list, gsize start,
                       gsize end) {
    guint kind = kinds_in(&search->copy, start, end);
    if (!kind || search->n_phrases == OV_HIDDEN_MAX || !admits(search, phrase, list, kind))
        return;
    OvHiddenPhrase added = {phrase, original_of(search, start, end), kind};
    for (guint i = 0; i < search->n_phrases; i++) {
        OvHiddenPhrase *known = &search->phrases[i];
        if (known->phrase == phrase || covers(known->found, added.found))
            return;
        if (covers(added.found, known->found)) {
            *known = added;
            return;
        }
    }
    search->phrases[search->n_phrases++] = added;
}

/* Phrases that lie in letters with gaps, without the spaces they have in their list. */
static void search_unspaced(Search *search, gsize start) {
    OvSlice letters = {search->copy.text + start, search->copy.length - start};
    search->gapped += letters.length;
    if (search->gapped > MOST_GAPPED)
        return;
    const OvFolded *folded = ov_fold(search->arena, letters);
    for (gsize at = 0; at < folded->text.length; at++) {
        OvSlice rest = {folded->text.data + at, folded->text.length - at};
        gsize length = 0;
        gint phrase = ov_phrase_set_find_unspaced(search->set, rest, &length);
        if (phrase < 0 || length < LEAST_PHRASE)
            continue;
        OvSlice found = ov_folded_original(folded, (guint32)at, (guint32)(at + length));
        gsize from = start + (gsize)(found.data - letters.data);
        add_phrase(search, (guint)phrase, ov_phrase_set_list_of(search->set, (guint)phrase), from,
                   from + found.length);
    }
}

static void search_copy(Search *search) {
    const Copy *copy = &search->copy;
    const OvFolded *folded = ov_fold(search->arena, (OvSlice){copy->text, copy->length});
    const OvPhraseScan *scan =
        ov_phrase_set_scan(search->set, search->scratch, search->arena, folded);
    for (guint i = 0; i < scan->n_hits; i++) {
        const OvPhraseHit *hit = &scan->hits[i];
        OvSlice found = ov_folded_original(folded, hit->start, hit->end);
        gsize start = (gsize)(found.data - copy->text);
        add_phrase(search, hit->phrase, ov_phrase_set_list(search->set, hit->list), start,
                   start + found.length);
    }
}

static void put_text(Search *search, gsize start, gsize end) {
    for (gsize i = start; i < end; i++)
        put(&search->copy, search->text.data + i, 1, i, 0);
}

/* Fills the copy. */
static void read_places(Search *search, gboolean one_is_l) {
    OvSlice text = search->text;
    const OvDisguises *disguises = search->disguises;
    Copy *copy = &search->copy;
    gsize done = 0;
    copy->length = 0;
    for (guint i = 0; i < disguises->n_places; i++) {
        const OvDisguise *place = &disguises->places[i];
        gsize before = context_before(text, place->range.start, done);
        gsize after = i > 0 ? context_after(text, done, place->range.start) : before;
        if (i > 0 && after < before) {
            put_text(search, done, after);
            put(copy, "\n\n", 2, after, 0);
        } else {
            before = i > 0 ? done : before;
        }
        put_text(search, before, place->range.start);
        gsize start = copy->length;
        if (place->kind & OV_DISGUISE_REVERSED)
            put_reversed(copy, text, place);
        else
            put_place(copy, text, place, one_is_l);
        if (place->kind & OV_DISGUISE_GAPS)
            search_unspaced(search, start);
        done = place->range.end;
    }
    put_text(search, done, context_after(text, done, text.length));
}

static gsize room_needed(const OvDisguises *disguises, gsize most) {
    gsize room = 0;
    for (guint i = 0; i < disguises->n_places; i++)
        room += disguises->places[i].range.end - disguises->places[i].range.start + 2 * CONTEXT;
    return MIN(room, most) + 2 * (gsize)disguises->n_places;
}

/* Digits that stand for either of two letters. */
static gboolean has_one(OvSlice text, const OvDisguises *disguises) {
    for (guint i = 0; i < disguises->n_places; i++) {
        const OvDisguise *place = &disguises->places[i];
        if (!(place->kind & (OV_DISGUISE_DIGITS | OV_DISGUISE_GAPS)))
            continue;
        for (gsize at = place->range.start; at < place->range.end; at++)
            if (text.data[at] == '1' || text.data[at] == '!')
                return TRUE;
    }
    return FALSE;
}

OvHiddenPhrases ov_deobfuscate(const OvPhraseSet *set, OvPhraseScratch *scratch, OvArena *arena,
                               OvSlice text, const OvDisguises *disguises, OvLanguage language) {
    if (disguises->n_places == 0)
        return (OvHiddenPhrases){0};
    gsize room = room_needed(disguises, text.length);
    Search search = {
        .set = set,
        .scratch = scratch,
        .arena = arena,
        .text = text,
        .language = language,
        .disguises = disguises,
        .copy = {.text = ov_arena_alloc(arena, room),
                 .from = ov_arena_alloc(arena, room * sizeof(guint32)),
                 .kind = ov_arena_alloc(arena, room)},
        .phrases = OV_ARENA_NEW(arena, OvHiddenPhrase, OV_HIDDEN_MAX),
    };
    for (gint one_is_l = 0; one_is_l <= has_one(text, disguises); one_is_l++) {
        read_places(&search, one_is_l);
        search_copy(&search);
    }
    return (OvHiddenPhrases){search.phrases, search.n_phrases};
}
