#include <stdio.h>
#include <string.h>

#include "rules/phrases_internal.h"

enum {
    MAX_FILE = 4 * 1024 * 1024,
    MAX_LINE = 1000, /* octets */
    MAX_PHRASES = 100000,
};

/* What editors and package managers leave beside a list. */
static gboolean is_leftover(const char *name) {
    static const char *const suffixes[] = {
        ".bak", ".old", ".orig", ".rej", ".tmp", ".swp", ".rpmnew", ".rpmsave", ".rpmorig",
    };
    if (name[0] == '.' || g_str_has_suffix(name, "~") || strstr(name, ".dpkg-") ||
        strstr(name, ".ucf-"))
        return TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(suffixes); i++)
        if (g_str_has_suffix(name, suffixes[i]))
            return TRUE;
    return FALSE;
}

/* Length of NAME in NAME.LANG, or 0 where the name is none of a list. */
static gsize list_name_length(const char *file) {
    gsize length = strspn(file, "abcdefghijklmnopqrstuvwxyz0123456789-");
    const char *language = file + length + 1;
    if (length == 0 || file[length] != '.')
        return 0;
    if (strcmp(language, "any") == 0)
        return length;
    gboolean two =
        strlen(language) == 2 && g_ascii_islower(language[0]) && g_ascii_islower(language[1]);
    return two ? length : 0;
}

/* Adds the lists of one directory to files: name to path. */
static gboolean find_lists(const char *directory, GTree *files, GError **error) {
    g_autoptr(GError) trouble = NULL;
    g_autoptr(GDir) dir = g_dir_open(directory, 0, &trouble);
    if (!dir && g_error_matches(trouble, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return TRUE;
    if (!dir) {
        g_set_error(error, OV_PHRASE_ERROR, OV_PHRASE_ERROR_FILE, "%s: %s", directory,
                    trouble->message);
        return FALSE;
    }
    const char *name;
    while ((name = g_dir_read_name(dir))) {
        if (is_leftover(name))
            continue;
        if (list_name_length(name) == 0) {
            g_set_error(error, OV_PHRASE_ERROR, OV_PHRASE_ERROR_FILE,
                        "%s/%s: a phrase list is named NAME.LANGUAGE in small letters, as in "
                        "urgency.en or lexicon-unsubscribe.any",
                        directory, name);
            return FALSE;
        }
        g_tree_replace(files, g_strdup(name), g_build_filename(directory, name, NULL));
    }
    return TRUE;
}

static void add_spelling(OvPhraseSet *set, const char *marked, guint32 phrase) {
    g_autofree char *folded = ov_fold_string(marked);
    Spelling spelling = {.length = (guint32)strlen(folded), .phrase = phrase};
    spelling.folded = g_string_chunk_insert(set->strings, folded);
    g_array_append_val(set->spellings, spelling);
}

/* The phrase with marks for `*` and `#`; NULL with a reason in *why where it is none. */
static char *mark_wildcards(const char *text, const char **why) {
    g_autoptr(GString) marked = g_string_new(NULL);
    for (const char *p = text; *p; p++) {
        gboolean starts = p == text || g_ascii_isspace(p[-1]);
        gboolean ends = p[1] == '\0' || g_ascii_isspace(p[1]);
        if (g_ascii_iscntrl(*p) && *p != '\t') {
            *why = "control characters can't stand in a phrase";
            return NULL;
        }
        if (*p == '*' && (starts || !ends)) {
            *why = "`*` stands only at the end of a word";
            return NULL;
        }
        if (*p == '*')
            g_string_append_c(marked, PHRASE_LETTERS);
        else if (*p == '#' && starts && ends)
            g_string_append_c(marked, PHRASE_NUMBER);
        else
            g_string_append_c(marked, *p);
    }
    return g_string_free(g_steal_pointer(&marked), FALSE);
}

/* The other way to write umlauts, or NULL where there are none. */
static char *without_umlauts(const char *text) {
    static const struct {
        const char *umlaut, *instead;
    } table[] = {{"ä", "ae"}, {"ö", "oe"}, {"ü", "ue"}, {"Ä", "Ae"}, {"Ö", "Oe"}, {"Ü", "Ue"}};
    g_autofree char *composed = g_utf8_normalize(text, -1, G_NORMALIZE_NFC);
    g_autoptr(GString) other = g_string_new(composed);
    guint changes = 0;
    for (guint i = 0; i < G_N_ELEMENTS(table); i++)
        changes += g_string_replace(other, table[i].umlaut, table[i].instead, 0);
    return changes > 0 ? g_string_free(g_steal_pointer(&other), FALSE) : NULL;
}

static gboolean tier_of(char letter, OvTier *tier) {
    switch (letter) {
    case 'A':
        *tier = OV_TIER_A;
        return TRUE;
    case 'B':
        *tier = OV_TIER_B;
        return TRUE;
    case 'C':
        *tier = OV_TIER_C;
        return TRUE;
    case '-':
        *tier = OV_TIER_EXCLUDE;
        return TRUE;
    default:
        return FALSE;
    }
}

static gboolean is_one_word(const char *folded) {
    for (const char *p = folded; *p; p = g_utf8_next_char(p))
        if (!g_unichar_isalnum(g_utf8_get_char(p)))
            return FALSE;
    return TRUE;
}

/* Adds the phrase of one line; returns what is wrong with it, NULL for nothing. seen: folded
 * phrases of this list. */
static const char *add_phrase(OvPhraseSet *set, guint list_number, const char *line,
                              GHashTable *seen) {
    OvPhraseList *list = &set->lists[list_number];
    Phrase phrase = {.list = list_number, .tier = OV_TIER_NONE};
    if (!list->lexicon) {
        if (!tier_of(line[0], &phrase.tier) || (line[1] != ' ' && line[1] != '\t'))
            return "a phrase stands behind its tier, as in `A last chance` (A, B, C, or - to "
                   "exclude)";
        line += 2;
        while (*line == ' ' || *line == '\t')
            line++;
    }
    const char *why = NULL;
    g_autofree char *marked = mark_wildcards(line, &why);
    if (!marked)
        return why;
    g_autofree char *folded = ov_fold_string(marked);
    if (strspn(folded, "\x01\x02 ") == strlen(folded))
        return "there is no word in this phrase";
    if (strchr(folded, '\n'))
        return "more than three spaces, dashes, commas, colons or quotes never match";
    if (strcmp(list->name, STOP_WORDS) == 0 && !is_one_word(folded))
        return "a stop word is one word of letters and digits";
    if (!g_hash_table_add(seen, g_strdup(folded)))
        return "this phrase stands in the list already";

    phrase.text = g_string_chunk_insert(set->strings, line);
    guint32 number = set->phrases->len;
    g_array_append_val(set->phrases, phrase);
    add_spelling(set, marked, number);
    g_autofree char *other = strcmp(list->language, "de") == 0 ? without_umlauts(marked) : NULL;
    if (other)
        add_spelling(set, other, number);
    list->n_phrases++;
    return NULL;
}

static gboolean add_list(OvPhraseSet *set, guint number, GChecksum *checksum, GError **error) {
    const OvPhraseList *list = &set->lists[number];
    g_autofree char *contents = NULL;
    gsize length = 0;
    g_autoptr(GError) trouble = NULL;
    if (!g_file_get_contents(list->path, &contents, &length, &trouble)) {
        g_set_error(error, OV_PHRASE_ERROR, OV_PHRASE_ERROR_FILE, "%s: %s", list->path,
                    trouble->message);
        return FALSE;
    }
    if (length > MAX_FILE) {
        g_set_error(error, OV_PHRASE_ERROR, OV_PHRASE_ERROR_FILE,
                    "%s: a phrase list has at most 4 MiB", list->path);
        return FALSE;
    }
    g_checksum_update(checksum, (const guchar *)list->name, (gssize)strlen(list->name) + 1);
    g_checksum_update(checksum, (const guchar *)list->language, (gssize)strlen(list->language) + 1);

    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint line_number = 0;
    for (char *line = contents, *next; line < contents + length; line = next) {
        char *end = memchr(line, '\n', (gsize)(contents + length - line));
        next = end ? end + 1 : contents + length;
        gsize line_length = (gsize)((end ? end : next) - line);
        line_number++;
        const char *wrong = NULL;
        if (line_length > MAX_LINE)
            wrong = "a phrase has at most 1000 octets";
        else if (!g_utf8_validate(line, (gssize)line_length, NULL))
            wrong = "this line is not UTF-8";
        g_autofree char *text = g_strndup(wrong ? "" : line, wrong ? 0 : line_length);
        g_assert(text);
        g_strstrip(text);
        if (!wrong && (text[0] == '\0' || text[0] == '#'))
            continue;
        if (!wrong)
            wrong = add_phrase(set, number, text, seen);
        if (!wrong && set->phrases->len > MAX_PHRASES)
            wrong = "with this one there are more than 100,000 phrases";
        if (wrong) {
            g_set_error(error, OV_PHRASE_ERROR, OV_PHRASE_ERROR_SYNTAX, "%s:%u: %s", list->path,
                        line_number, wrong);
            return FALSE;
        }
        g_checksum_update(checksum, (const guchar *)text, (gssize)strlen(text) + 1);
    }
    return TRUE;
}

static gint compare_strings(gconstpointer a, gconstpointer b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Adds name to names unless it is there. */
static void add_name(OvPhraseSet *set, GPtrArray *names, const char *name) {
    if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
        g_ptr_array_add(names, g_string_chunk_insert_const(set->strings, name));
}

static gboolean each_file(gpointer key, gpointer value, gpointer data) {
    OvPhraseSet *set = data;
    const char *file = key;
    OvPhraseList *list = &set->lists[set->n_lists++];
    gsize length = list_name_length(file);
    list->name = g_string_chunk_insert_len(set->strings, file, (gssize)length);
    list->language = g_string_chunk_insert(set->strings, file + length + 1);
    list->path = g_string_chunk_insert(set->strings, value);
    list->english = strcmp(list->language, "en") == 0;
    list->lexicon = g_str_has_prefix(list->name, "lexicon-");
    g_autofree char *category = g_strdelimit(g_strdup(list->name), "-", '_');
    add_name(set, set->categories, category);
    if (strcmp(list->language, "any") != 0)
        add_name(set, set->languages, list->language);
    return FALSE;
}

static gint compare_files(gconstpointer a, gconstpointer b, gpointer data) {
    (void)data;
    return strcmp(a, b);
}

gboolean phrases_load(OvPhraseSet *set, const char *const *directories, GError **error) {
    g_autoptr(GTree) files = g_tree_new_full(compare_files, NULL, g_free, g_free);
    for (; *directories; directories++)
        if (!find_lists(*directories, files, error))
            return FALSE;
    set->lists = g_new0(OvPhraseList, (gsize)MAX(g_tree_nnodes(files), 1));
    g_tree_foreach(files, each_file, set);
    g_ptr_array_sort(set->categories, compare_strings);
    g_ptr_array_sort(set->languages, compare_strings);
    if (set->languages->len > OV_MAX_LANGUAGES) {
        g_set_error(error, OV_PHRASE_ERROR, OV_PHRASE_ERROR_FILE,
                    "there are phrase lists of %u languages; at most %d are possible",
                    set->languages->len, OV_MAX_LANGUAGES);
        return FALSE;
    }

    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    for (guint i = 0; i < set->n_lists; i++) {
        OvPhraseList *list = &set->lists[i];
        list->category = (guint)ov_phrase_set_find_category(set, list->name);
        gint language = ov_phrase_set_find_language(set, ov_slice(list->language));
        list->languages = language < 0 ? OV_ALL_LANGUAGES : 1u << language;
        if (!add_list(set, i, checksum, error))
            return FALSE;
    }
    set->digest = g_strdup(g_checksum_get_string(checksum));
    return TRUE;
}
