#include "rules/language.h"

enum {
    SHORT_SUBJECT = 6, /* tokens; fewer do not tell a language */
    SHORT_TEXT = 30,   /* tokens; fewer may be without a stop word in any language */
    LEAST = 2,
    LEAST_OF_HUNDRED = 3,
    LEAST_OF_FOREMOST = 4, /* one part in */
};

static OvLanguages english(const OvPhraseSet *set) {
    gint language = ov_phrase_set_find_language(set, OV_SLICE_LITERAL("en"));
    return language < 0 ? 0 : 1u << language;
}

OvLanguages ov_language_hints(const OvPhraseSet *set, OvSlice tags) {
    OvLanguages hints = 0;
    gsize at = 0;
    while (at < tags.length) {
        gsize start = at;
        while (at < tags.length && (g_ascii_isalnum(tags.data[at]) || tags.data[at] == '-'))
            at++;
        gint language = ov_phrase_set_find_language(set, (OvSlice){tags.data + start, at - start});
        if (language >= 0)
            hints |= 1u << language;
        if (at == start)
            at++;
    }
    return hints & ~english(set);
}

OvLanguage ov_language_of(const OvPhraseSet *set, const OvPhraseScan *scan, OvLanguages hinted) {
    OvLanguage language = {.english = english(set), .told = hinted};
    guint foremost = 0;
    for (guint i = 0; i < ov_phrase_set_n_languages(set); i++)
        foremost = MAX(foremost, scan->stop_words[i]);
    for (guint i = 0; i < ov_phrase_set_n_languages(set); i++) {
        guint64 n = scan->stop_words[i];
        if (n >= LEAST && n * 100 >= (guint64)scan->n_tokens * LEAST_OF_HUNDRED &&
            n * LEAST_OF_FOREMOST >= foremost)
            language.told |= 1u << i;
    }
    language.open = language.told == 0 && scan->n_tokens < SHORT_TEXT;
    return language;
}

OvLanguage ov_language_of_subject(const OvPhraseSet *set, const OvPhraseScan *subject,
                                  OvLanguage body) {
    OvLanguage language = ov_language_of(set, subject, 0);
    return subject->n_tokens < SHORT_SUBJECT || language.told == 0 ? body : language;
}

gboolean ov_language_admits(OvLanguage language, const OvPhraseList *list, OvTier tier) {
    if ((list->languages & language.told) != 0 || list->languages == OV_ALL_LANGUAGES)
        return TRUE;
    if (list->english)
        return tier != OV_TIER_C || language.told == 0;
    return language.open && tier != OV_TIER_C;
}

OvLanguages ov_language_lexicons(OvLanguage language) {
    return language.open ? OV_ALL_LANGUAGES : language.told | language.english;
}
