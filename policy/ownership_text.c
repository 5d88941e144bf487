#include "policy/ownership_text.h"

#include "rules/glob.h"

typedef struct {
    char *address;
    char **logins;
} Line;

struct OvOwnerText {
    GArray *wild;      /* Line: those with * or ? in the address */
    GHashTable *exact; /* address in lower case -> GPtrArray of logins (char **) */
};

G_DEFINE_QUARK(ov_owner_text_error, ov_owner_text_error)

static void line_clear(gpointer data) {
    Line *line = data;
    g_free(line->address);
    g_strfreev(line->logins);
}

static void logins_free(gpointer data) {
    g_ptr_array_unref(data);
}

static void strv_free(gpointer data) {
    g_strfreev(data);
}

void ov_owner_text_free(OvOwnerText *text) {
    if (!text)
        return;
    g_array_unref(text->wild);
    g_hash_table_unref(text->exact);
    g_free(text);
}

static const char *fault_of_address(char **words) {
    const char *at = strrchr(words[0], '@');
    if (words[1])
        return "one address a line";
    if (strlen(words[0]) > OV_OWNER_TEXT_MAX_PATTERN)
        return "an address has more than 1000 octets";
    return at && at[1] && !strpbrk(words[0], "*?") ? NULL
                                                   : "write user@example.com or @example.com";
}

/* What is wrong with the words of a line; NULL for nothing. */
static const char *fault_of(char **words, OvOwnerTextKind kind) {
    if (kind == OV_OWNER_TEXT_ADDRESSES)
        return fault_of_address(words);
    if (!words[1])
        return kind == OV_OWNER_TEXT_PLANS ? "no plan follows the name"
                                           : "no login follows the address";
    if (kind == OV_OWNER_TEXT_PLANS && words[2])
        return "a name has one plan";
    for (char **word = words; *word; word++)
        if (strlen(*word) > OV_OWNER_TEXT_MAX_PATTERN)
            return "a pattern has more than 1000 octets";
    if (kind == OV_OWNER_TEXT_LOGINS && !strpbrk(words[0], "@*?"))
        return "the address has no @; write user@example.com, *@example.com or *";
    return NULL;
}

/* Words up to a comment. */
static char **words_of(const char *line) {
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    g_auto(GStrv) all = g_strsplit_set(line, " \t,\r", -1);
    for (char **word = all; *word && **word != '#'; word++)
        if (**word)
            g_strv_builder_add(words, *word);
    return g_strv_builder_end(words);
}

/* Takes the words over. */
static void add(OvOwnerText *text, char **words) {
    char *address = words[0];
    memmove(words, words + 1, g_strv_length(words) * sizeof *words);
    if (strpbrk(address, "*?")) {
        Line line = {address, words};
        g_array_append_val(text->wild, line);
        return;
    }
    g_autofree char *key = g_ascii_strdown(address, -1);
    g_free(address);
    GPtrArray *all = g_hash_table_lookup(text->exact, key);
    if (!all) {
        all = g_ptr_array_new_with_free_func(strv_free);
        g_hash_table_insert(text->exact, g_steal_pointer(&key), all);
    }
    g_ptr_array_add(all, words);
}

/* What is wrong with the line; NULL for nothing. */
static const char *take_line(OvOwnerText *text, OvOwnerTextKind kind, const char *data,
                             gsize length) {
    if (!g_utf8_validate(data, (gssize)length, NULL))
        return "it is no valid UTF-8, or has a NUL";
    g_autofree char *line = g_strndup(data, length);
    g_auto(GStrv) words = words_of(line);
    if (!words[0])
        return NULL;
    const char *fault = fault_of(words, kind);
    if (!fault)
        add(text, g_steal_pointer(&words));
    return fault;
}

OvOwnerText *ov_owner_text_parse(const char *text, gsize length, const char *file,
                                 OvOwnerTextKind kind, GError **error) {
    g_autoptr(OvOwnerText) map = g_new0(OvOwnerText, 1);
    map->wild = g_array_new(FALSE, FALSE, sizeof(Line));
    g_array_set_clear_func(map->wild, line_clear);
    map->exact = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, logins_free);
    const char *end = text + length;
    for (guint number = 1; text < end; number++) {
        const char *feed = memchr(text, '\n', (gsize)(end - text));
        const char *stop = feed ? feed : end;
        gsize octets = (gsize)(stop - text);
        const char *fault = take_line(map, kind, text, octets);
        if (fault) {
            g_set_error(error, OV_OWNER_TEXT_ERROR, OV_OWNER_TEXT_ERROR_LINE, "%s:%u: %s.", file,
                        number, fault);
            return NULL;
        }
        text = stop + 1;
    }
    return g_steal_pointer(&map);
}

OvOwnerText *ov_owner_text_load(const char *file, OvOwnerTextKind kind, GError **error) {
    g_autofree char *text = NULL;
    gsize length;
    g_autoptr(GError) inner = NULL;
    if (!g_file_get_contents(file, &text, &length, &inner)) {
        g_set_error(error, OV_OWNER_TEXT_ERROR, OV_OWNER_TEXT_ERROR_FILE, "%s: %s.", file,
                    inner->message);
        return NULL;
    }
    if (length > OV_OWNER_TEXT_MAX_SIZE) {
        g_set_error(error, OV_OWNER_TEXT_ERROR, OV_OWNER_TEXT_ERROR_FILE,
                    "%s: it has more than 16 MiB.", file);
        return NULL;
    }
    return ov_owner_text_parse(text, length, file, kind, error);
}

static gboolean has_login(char **patterns, const char *login) {
    for (; *patterns; patterns++)
        if (ov_glob_match(*patterns, login))
            return TRUE;
    return FALSE;
}

static OvListed listed_exactly(const OvOwnerText *text, const char *login, const char *key) {
    g_autofree char *lower = g_ascii_strdown(key, -1);
    const GPtrArray *all = g_hash_table_lookup(text->exact, lower);
    for (guint i = 0; all && i < all->len; i++)
        if (has_login(g_ptr_array_index(all, i), login))
            return OV_LISTED_LOGIN;
    return all ? OV_LISTED_OTHERS : OV_LISTED_NOWHERE;
}

static OvListed listed_by_pattern(const OvOwnerText *text, const char *login, const char *key) {
    OvListed listed = OV_LISTED_NOWHERE;
    for (guint i = 0; i < text->wild->len; i++) {
        const Line *line = &g_array_index(text->wild, Line, i);
        if (!ov_glob_match(line->address, key))
            continue;
        if (has_login(line->logins, login))
            return OV_LISTED_LOGIN;
        listed = OV_LISTED_OTHERS;
    }
    return listed;
}

OvListed ov_owner_text_listed(const OvOwnerText *text, const char *login, const char *const *keys,
                              guint n) {
    OvListed listed = OV_LISTED_NOWHERE;
    for (guint i = 0; i < n && listed != OV_LISTED_LOGIN; i++) {
        OvListed exactly = listed_exactly(text, login, keys[i]);
        listed = MAX(listed, exactly);
        if (listed != OV_LISTED_LOGIN)
            listed = MAX(listed, listed_by_pattern(text, login, keys[i]));
    }
    return listed;
}

const char *ov_owner_text_value(const OvOwnerText *text, const char *key) {
    g_autofree char *lower = g_ascii_strdown(key, -1);
    const GPtrArray *exact = g_hash_table_lookup(text->exact, lower);
    if (exact)
        return ((char **)g_ptr_array_index(exact, 0))[0];
    for (guint i = 0; i < text->wild->len; i++) {
        const Line *line = &g_array_index(text->wild, Line, i);
        if (ov_glob_match(line->address, key))
            return line->logins[0];
    }
    return NULL;
}
