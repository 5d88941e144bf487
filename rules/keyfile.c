#include "rules/keyfile.h"

#include "rules/arena.h"

#include <errno.h>
#include <stdio.h>

struct OvKeyFile {
    OvArena *arena;
    GArray *sections; /* OvKeySection */
    GArray *keys;     /* OvKey, of all sections in order */
    GArray *lines;    /* OvKeyLine, of all keys in order */
};

/* The parser's state; keys and lines are pointed to from sections only when all are read. */
typedef struct {
    OvKeyFile *keyfile;
    const char *file;
    guint line;
    gboolean in_value;        /* a line that starts with white space goes on with the last key */
    GString *value;           /* of the last key, while in_value */
    guint value_characters;   /* its length */
    GHashTable *seen_section; /* name to line */
    GHashTable *seen_key;     /* of the section at hand */
} Parser;

GQuark ov_keyfile_error_quark(void) {
    return g_quark_from_static_string("ov-keyfile-error");
}

static gboolean G_GNUC_PRINTF(3, 4)
    fail(const Parser *parser, GError **error, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *sentence = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, OV_KEYFILE_ERROR, OV_KEYFILE_ERROR_SYNTAX, "%s:%u: %s", parser->file,
                parser->line, sentence);
    return FALSE;
}

static gboolean is_space(char c) {
    return c == ' ' || c == '\t';
}

static guint n_characters(const char *start, const char *end) {
    return (guint)g_utf8_strlen(start, end - start);
}

/* UTF-8 without control characters; offset of the first octet that is not. */
static gboolean check_text(const Parser *parser, const char *start, const char *end,
                           GError **error) {
    const char *bad;
    if (!g_utf8_validate_len(start, (gsize)(end - start), &bad))
        return fail(parser, error, "column %u: the text is not UTF-8.",
                    n_characters(start, bad) + 1);
    for (const char *c = start; c < end; c++)
        if ((guchar)*c < ' ' && *c != '\t')
            return fail(parser, error, "column %u: a control character (code %u) is not allowed.",
                        n_characters(start, c) + 1, (guint)(guchar)*c);
    return TRUE;
}

/* Remembers name; FALSE with error where it was there before. */
static gboolean check_once(const Parser *parser, GHashTable *seen, const char *what,
                           const char *name, GError **error) {
    gpointer before = g_hash_table_lookup(seen, name);
    if (before) {
        g_set_error(error, OV_KEYFILE_ERROR, OV_KEYFILE_ERROR_DUPLICATE,
                    "%s:%u: %s stands twice; it is on line %u already.", parser->file, parser->line,
                    what, GPOINTER_TO_UINT(before));
        return FALSE;
    }
    g_hash_table_insert(seen, (gpointer)name, GUINT_TO_POINTER(parser->line));
    return TRUE;
}

static OvKeySection *last_section(const Parser *parser) {
    GArray *sections = parser->keyfile->sections;
    return &g_array_index(sections, OvKeySection, sections->len - 1);
}

static OvKey *last_key(const Parser *parser) {
    GArray *keys = parser->keyfile->keys;
    return &g_array_index(keys, OvKey, keys->len - 1);
}

/* The value of the last key is whole. */
static void end_value(Parser *parser) {
    if (!parser->in_value)
        return;
    last_key(parser)->value =
        ov_arena_strndup(parser->keyfile->arena, parser->value->str, parser->value->len);
    parser->in_value = FALSE;
}

/* One line of the last key's value; line is the whole line, [start, end) the value in it. */
static void add_value_line(Parser *parser, const char *line, const char *start, const char *end) {
    OvKey *key = last_key(parser);
    if (parser->value->len > 0) {
        g_string_append_c(parser->value, ' ');
        parser->value_characters++;
    }
    OvKeyLine place = {
        .at = parser->value_characters,
        .line = parser->line,
        .column = n_characters(line, start) + 1,
    };
    g_array_append_val(parser->keyfile->lines, place);
    key->n_lines++;
    g_string_append_len(parser->value, start, end - start);
    parser->value_characters += n_characters(start, end);
}

static gboolean parse_section(Parser *parser, const char *start, const char *end, GError **error) {
    if (end[-1] != ']')
        return fail(parser, error, "the section heading lacks its closing ].");
    g_autofree char *inner = g_strndup(start + 1, (gsize)(end - start - 2));
    if (strpbrk(inner, "[]"))
        return fail(parser, error, "a section's name can't hold [ or ].");
    g_auto(GStrv) words = g_strsplit_set(inner, " \t", -1);
    g_autoptr(GString) name = g_string_new(NULL);
    for (char **word = words; *word; word++)
        if (**word)
            g_string_append_printf(name, "%s%s", name->len > 0 ? " " : "", *word);
    if (name->len == 0)
        return fail(parser, error, "the section has no name.");

    OvKeySection section = {
        .name = ov_arena_strndup(parser->keyfile->arena, name->str, name->len),
        .file = parser->file,
        .line = parser->line,
    };
    g_autofree char *what = g_strdup_printf("section [%s]", section.name);
    if (!check_once(parser, parser->seen_section, what, section.name, error))
        return FALSE;
    g_array_append_val(parser->keyfile->sections, section);
    g_hash_table_remove_all(parser->seen_key);
    return TRUE;
}

static gboolean parse_key(Parser *parser, const char *start, const char *end, GError **error) {
    const char *equals = memchr(start, '=', (gsize)(end - start));
    if (!equals)
        return fail(parser, error,
                    "the line is no comment, [section] or \"name = value\"; a line that goes on "
                    "with a value starts with white space.");
    if (parser->keyfile->sections->len == 0)
        return fail(parser, error, "a [section] must stand before the first name.");
    const char *name_end = equals;
    while (name_end > start && is_space(name_end[-1]))
        name_end--;
    if (name_end == start)
        return fail(parser, error, "a name is missing before the =.");
    for (const char *c = start; c < name_end; c++)
        if (!g_ascii_isalnum(*c) && !strchr("_-.", *c))
            return fail(parser, error, "column %u: a name has letters, digits, _, - and . only.",
                        n_characters(start, c) + 1);

    OvKey key = {
        .name = ov_arena_strndup(parser->keyfile->arena, start, (gsize)(name_end - start)),
        .line = parser->line,
    };
    if (!check_once(parser, parser->seen_key, key.name, key.name, error))
        return FALSE;
    g_array_append_val(parser->keyfile->keys, key);
    last_section(parser)->n_keys++;

    const char *value = equals + 1;
    while (value < end && is_space(*value))
        value++;
    parser->in_value = TRUE;
    g_string_truncate(parser->value, 0);
    parser->value_characters = 0;
    add_value_line(parser, start, value, end);
    return TRUE;
}

static gboolean parse_line(Parser *parser, const char *line, const char *end, GError **error) {
    if (!check_text(parser, line, end, error))
        return FALSE;
    const char *start = line;
    while (start < end && is_space(*start))
        start++;
    while (end > start && is_space(end[-1]))
        end--;
    if (start < end && *start == '#')
        return TRUE;
    if (start < end && start > line && parser->in_value) {
        add_value_line(parser, line, start, end);
        return TRUE;
    }
    end_value(parser);
    if (start == end)
        return TRUE;
    if (start > line)
        return fail(parser, error,
                    "the line starts with white space, but there is no value that it could go on "
                    "with.");
    return *start == '[' ? parse_section(parser, start, end, error)
                         : parse_key(parser, start, end, error);
}

/* Lets sections point to their keys, and keys to their lines: the arrays move no more. */
static void link_all(OvKeyFile *keyfile) {
    OvKey *key = (OvKey *)(void *)keyfile->keys->data;
    const OvKeyLine *line = (const OvKeyLine *)(const void *)keyfile->lines->data;
    for (guint i = 0; i < keyfile->keys->len; i++) {
        key[i].lines = line;
        key[i].column = line->column;
        line += key[i].n_lines;
    }
    for (guint i = 0; i < keyfile->sections->len; i++) {
        OvKeySection *section = &g_array_index(keyfile->sections, OvKeySection, i);
        if (section->n_keys > 0) {
            section->keys = key;
            key += section->n_keys;
        }
    }
}

OvKeyFile *ov_keyfile_parse(const char *text, gsize length, const char *file, GError **error) {
    if (length > OV_KEYFILE_MAX_SIZE) {
        g_set_error(error, OV_KEYFILE_ERROR, OV_KEYFILE_ERROR_FILE,
                    "%s: the file is larger than %d octets.", file, OV_KEYFILE_MAX_SIZE);
        return NULL;
    }
    g_autoptr(OvKeyFile) keyfile = g_new0(OvKeyFile, 1);
    keyfile->arena = ov_arena_new();
    keyfile->sections = g_array_new(FALSE, FALSE, sizeof(OvKeySection));
    keyfile->keys = g_array_new(FALSE, FALSE, sizeof(OvKey));
    keyfile->lines = g_array_new(FALSE, FALSE, sizeof(OvKeyLine));

    g_autoptr(GString) value = g_string_new(NULL);
    g_autoptr(GHashTable) seen_section = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) seen_key = g_hash_table_new(g_str_hash, g_str_equal);
    Parser parser = {
        .keyfile = keyfile,
        .file = ov_arena_strndup(keyfile->arena, file, strlen(file)),
        .value = value,
        .seen_section = seen_section,
        .seen_key = seen_key,
    };

    const char *stop = text + length;
    const char *line = text;
    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) /* editors' byte order mark */
        line += 3;
    while (line < stop) {
        const char *feed = memchr(line, '\n', (gsize)(stop - line));
        const char *end = feed ? feed : stop;
        parser.line++;
        if (!parse_line(&parser, line, end > line && end[-1] == '\r' ? end - 1 : end, error))
            return NULL;
        line = feed ? feed + 1 : stop;
    }
    end_value(&parser);
    link_all(keyfile);
    return g_steal_pointer(&keyfile);
}

OvKeyFile *ov_keyfile_load(const char *file, GError **error) {
    g_autofree char *text = g_malloc(OV_KEYFILE_MAX_SIZE + 1);
    gsize length = 0;
    errno = 0;
    FILE *stream = fopen(file, "re");
    if (stream)
        length = fread(text, 1, OV_KEYFILE_MAX_SIZE + 1, stream);
    gboolean failed = !stream || ferror(stream);
    int reason = errno;
    if (stream)
        fclose(stream);
    if (failed) {
        g_set_error(error, OV_KEYFILE_ERROR, OV_KEYFILE_ERROR_FILE,
                    "%s: the file can't be read: %s.", file, g_strerror(reason));
        return NULL;
    }
    return ov_keyfile_parse(text, length, file, error);
}

void ov_keyfile_free(OvKeyFile *keyfile) {
    if (!keyfile)
        return;
    ov_arena_free(keyfile->arena);
    g_array_unref(keyfile->sections);
    g_array_unref(keyfile->keys);
    g_array_unref(keyfile->lines);
    g_free(keyfile);
}

guint ov_keyfile_n_sections(const OvKeyFile *keyfile) {
    return keyfile->sections->len;
}

const OvKeySection *ov_keyfile_section(const OvKeyFile *keyfile, guint section) {
    g_assert(section < keyfile->sections->len);
    return &g_array_index(keyfile->sections, OvKeySection, section);
}

const OvKey *ov_key_find(const OvKeySection *section, const char *name) {
    for (guint i = 0; i < section->n_keys; i++)
        if (g_str_equal(section->keys[i].name, name))
            return &section->keys[i];
    return NULL;
}

void ov_key_position(const OvKey *key, guint character, guint *line, guint *column) {
    guint i = key->n_lines - 1;
    while (i > 0 && key->lines[i].at > character)
        i--;
    *line = key->lines[i].line;
    *column = key->lines[i].column + character - key->lines[i].at;
}

gboolean ov_key_truth(const char *value, gboolean *truth) {
    gboolean yes = g_ascii_strcasecmp(value, "yes") == 0 || g_ascii_strcasecmp(value, "true") == 0;
    gboolean no = g_ascii_strcasecmp(value, "no") == 0 || g_ascii_strcasecmp(value, "false") == 0;
    if (yes || no)
        *truth = yes;
    return yes || no;
}

char **ov_key_words(const char *value) {
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    g_auto(GStrv) all = g_strsplit_set(value, " \t,", -1);
    for (char **word = all; *word; word++)
        if (**word)
            g_strv_builder_add(words, *word);
    return g_strv_builder_end(words);
}
