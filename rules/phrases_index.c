#include <stdlib.h>
#include <string.h>

#include "rules/phrases_internal.h"

static gsize literal_length(const Spelling *spelling) {
    return strcspn(spelling->folded, "\x01\x02");
}

static const OvPhraseList *list_of(const OvPhraseSet *set, const Spelling *spelling) {
    return &set->lists[g_array_index(set->phrases, Phrase, spelling->phrase).list];
}

static SpellingKind kind_of(const OvPhraseSet *set, const Spelling *spelling) {
    if (strcmp(list_of(set, spelling)->name, STOP_WORDS) == 0)
        return KIND_STOP_WORD;
    if (spelling->folded[0] == PHRASE_NUMBER)
        return KIND_NUMBER;
    for (const char *p = spelling->folded; *p; p = g_utf8_next_char(p))
        if (!g_unichar_isalnum(g_utf8_get_char(p)))
            return KIND_LITERAL;
    return KIND_WORD;
}

/* By kind, literal start, phrase. */
static gint compare_spellings(gconstpointer first, gconstpointer second) {
    const Spelling *a = first;
    const Spelling *b = second;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    gsize length_a = literal_length(a);
    gsize length_b = literal_length(b);
    int order = memcmp(a->folded, b->folded, MIN(length_a, length_b));
    if (order == 0 && length_a != length_b)
        order = length_a < length_b ? -1 : 1;
    if (order == 0)
        order = a->phrase < b->phrase ? -1 : a->phrase > b->phrase;
    return order;
}

static void make_room(Words *words, guint n_words) {
    guint32 n_slots = 16;
    while (n_slots < n_words * 2)
        n_slots *= 2;
    words->mask = n_slots - 1;
    words->hashes = g_new0(guint32, n_slots);
    words->slots = g_new0(Word, n_slots);
}

static Word *slot_for(Words *words, const char *text, guint32 length) {
    guint32 hash = phrase_hash(text, length);
    guint32 i = hash & words->mask;
    while (words->hashes[i] != 0 &&
           (words->hashes[i] != hash || g_strcmp0(words->slots[i].word, text) != 0))
        i = (i + 1) & words->mask;
    words->hashes[i] = hash;
    words->slots[i].word = text;
    words->slots[i].length = length;
    words->longest = MAX(words->longest, length);
    return &words->slots[i];
}

static void index_words(OvPhraseSet *set, guint n_words) {
    Words *words = &set->words;
    make_room(words, n_words);
    for (guint i = 0; i < n_words; i++) {
        const Spelling *spelling = &g_array_index(set->spellings, Spelling, i);
        Word *word = slot_for(words, spelling->folded, spelling->length);
        if (spelling->kind == KIND_STOP_WORD) {
            word->stop_word |= list_of(set, spelling)->languages;
            continue;
        }
        if (word->n == 0)
            word->first = i;
        word->n = i - word->first + 1;
    }
}

static gboolean has_tier_a(const OvPhraseSet *set, const Spelling *spelling) {
    return g_array_index(set->phrases, Phrase, spelling->phrase).tier == OV_TIER_A;
}

static void index_unspaced(OvPhraseSet *set) {
    guint n = 0;
    for (guint i = 0; i < set->spellings->len; i++)
        n += has_tier_a(set, &g_array_index(set->spellings, Spelling, i)) ? 1 : 0;
    make_room(&set->unspaced, n);
    for (guint i = 0; i < set->spellings->len; i++) {
        const Spelling *spelling = &g_array_index(set->spellings, Spelling, i);
        if (!has_tier_a(set, spelling) || literal_length(spelling) < spelling->length)
            continue;
        g_autoptr(GString) letters = g_string_new(NULL);
        for (const char *p = spelling->folded; *p; p = g_utf8_next_char(p))
            if (g_unichar_isalnum(g_utf8_get_char(p)))
                g_string_append_unichar(letters, g_utf8_get_char(p));
        const char *kept = g_string_chunk_insert(set->strings, letters->str);
        slot_for(&set->unspaced, kept, (guint32)letters->len)->first = spelling->phrase;
    }
}

static void index_literals(OvPhraseSet *set, guint from, guint to) {
    const Spelling *spellings = (const Spelling *)(void *)set->spellings->data;
    for (guint i = from; i < to; i++) {
        gsize length = literal_length(&spellings[i]);
        Literal *last = set->literals->len > 0
                            ? &g_array_index(set->literals, Literal, set->literals->len - 1)
                            : NULL;
        if (last && last->length == length &&
            memcmp(spellings[last->first].folded, spellings[i].folded, length) == 0) {
            last->n++;
            continue;
        }
        Literal literal = {.length = (guint32)length, .first = i, .n = 1};
        g_array_append_val(set->literals, literal);
    }
}

void phrases_index(OvPhraseSet *set) {
    guint n[N_KINDS] = {0};
    for (guint i = 0; i < set->spellings->len; i++) {
        Spelling *spelling = &g_array_index(set->spellings, Spelling, i);
        spelling->kind = kind_of(set, spelling);
        n[spelling->kind]++;
    }
    g_array_sort(set->spellings, compare_spellings);
    guint n_words = n[KIND_STOP_WORD] + n[KIND_WORD];
    set->first_number = n_words + n[KIND_LITERAL];
    index_words(set, n_words);
    index_unspaced(set);
    index_literals(set, n_words, set->first_number);
}
