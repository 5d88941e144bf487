#include <string.h>

#include "rules/phrases_internal.h"

G_DEFINE_QUARK(ov_phrase_error, ov_phrase_error)

OvPhraseSet *ov_phrase_set_load(const char *const *directories, const OvPhraseCache *cache,
                                GError **error) {
    g_autoptr(OvPhraseSet) set = g_new0(OvPhraseSet, 1);
    set->references = 1;
    set->categories = g_ptr_array_new();
    set->languages = g_ptr_array_new();
    set->phrases = g_array_new(FALSE, FALSE, sizeof(Phrase));
    set->spellings = g_array_new(FALSE, FALSE, sizeof(Spelling));
    set->literals = g_array_new(FALSE, FALSE, sizeof(Literal));
    set->strings = g_string_chunk_new(4096);
    if (!phrases_load(set, directories, error))
        return NULL;
    phrases_index(set);
    if (!phrases_compile(set, cache, error))
        return NULL;
    return g_steal_pointer(&set);
}

const char *ov_phrase_set_cache_trouble(const OvPhraseSet *set) {
    return set->cache_trouble;
}

OvPhraseSet *ov_phrase_set_ref(OvPhraseSet *set) {
    g_atomic_int_inc(&set->references);
    return set;
}

void ov_phrase_set_unref(OvPhraseSet *set) {
    if (!set || !g_atomic_int_dec_and_test(&set->references))
        return;
    g_free(set->cache_trouble);
    hs_free_scratch(set->scratch);
    hs_free_database(set->database);
    g_array_unref(set->literals);
    g_free(set->words.slots);
    g_free(set->words.hashes);
    g_free(set->unspaced.slots);
    g_free(set->unspaced.hashes);
    g_array_unref(set->spellings);
    g_array_unref(set->phrases);
    g_ptr_array_unref(set->categories);
    g_ptr_array_unref(set->languages);
    g_string_chunk_free(set->strings);
    g_free(set->lists);
    g_free(set->digest);
    g_free(set);
}

guint ov_phrase_set_n_lists(const OvPhraseSet *set) {
    return set->n_lists;
}

const OvPhraseList *ov_phrase_set_list(const OvPhraseSet *set, guint list) {
    g_assert(list < set->n_lists);
    return &set->lists[list];
}

guint ov_phrase_set_n_categories(const OvPhraseSet *set) {
    return set->categories->len;
}

const char *ov_phrase_set_category(const OvPhraseSet *set, guint category) {
    g_assert(category < set->categories->len);
    return g_ptr_array_index(set->categories, category);
}

gint ov_phrase_set_find_category(const OvPhraseSet *set, const char *name) {
    g_autofree char *wanted = g_strdelimit(g_strdup(name), "-", '_');
    guint index;
    if (!g_ptr_array_find_with_equal_func(set->categories, wanted, g_str_equal, &index))
        return -1;
    return (gint)index;
}

guint ov_phrase_set_n_languages(const OvPhraseSet *set) {
    return set->languages->len;
}

const char *ov_phrase_set_language(const OvPhraseSet *set, guint language) {
    g_assert(language < set->languages->len);
    return g_ptr_array_index(set->languages, language);
}

gint ov_phrase_set_find_language(const OvPhraseSet *set, OvSlice tag) {
    if (tag.length < 2 || (tag.length > 2 && g_ascii_isalnum(tag.data[2])))
        return -1;
    for (guint i = 0; i < set->languages->len; i++)
        if (g_ascii_strncasecmp(g_ptr_array_index(set->languages, i), tag.data, 2) == 0)
            return (gint)i;
    return -1;
}

guint ov_phrase_set_n_phrases(const OvPhraseSet *set) {
    return set->phrases->len;
}

const char *ov_phrase_set_text(const OvPhraseSet *set, guint phrase) {
    g_assert(phrase < set->phrases->len);
    return g_array_index(set->phrases, Phrase, phrase).text;
}

OvTier ov_phrase_set_tier(const OvPhraseSet *set, guint phrase) {
    g_assert(phrase < set->phrases->len);
    return g_array_index(set->phrases, Phrase, phrase).tier;
}

const OvPhraseList *ov_phrase_set_list_of(const OvPhraseSet *set, guint phrase) {
    g_assert(phrase < set->phrases->len);
    return &set->lists[g_array_index(set->phrases, Phrase, phrase).list];
}

gint ov_phrase_set_find_unspaced(const OvPhraseSet *set, OvSlice letters, gsize *length) {
    gint phrase = -1;
    guint32 hash = PHRASE_HASH_START;
    for (gsize i = 0; i < MIN(letters.length, set->unspaced.longest); i++) {
        hash = phrase_hash_step(hash, (guint8)letters.data[i]);
        const Word *word = phrase_find_word(&set->unspaced, hash | 1, letters.data, i + 1);
        if (!word)
            continue;
        phrase = (gint)word->first;
        *length = i + 1;
    }
    return phrase;
}

void ov_phrase_set_digest(const OvPhraseSet *set, GChecksum *checksum) {
    g_checksum_update(checksum, (const guchar *)set->digest, -1);
}

/* Whether hit is one of category in a list of languages. */
static gboolean is_of(const OvPhraseSet *set, const OvPhraseHit *hit, gint category,
                      OvLanguages languages) {
    const OvPhraseList *list = &set->lists[hit->list];
    return (gint)list->category == category && (list->languages & languages) != 0;
}

const OvPhraseHit *ov_phrase_scan_next(const OvPhraseSet *set, const OvPhraseScan *scan,
                                       gint category, OvLanguages languages, guint *from) {
    while (*from < scan->n_hits) {
        const OvPhraseHit *hit = &scan->hits[(*from)++];
        if (is_of(set, hit, category, languages))
            return hit;
    }
    return NULL;
}
