#include "policy/ownership_table.h"

#include <sqlite3.h>
#include <string.h>

enum {
    MAX_SETTINGS = 64 * 1024, /* octets of the file */
    MAX_PARTS = 9,            /* of a domain: %1 to %9 */
    STEPS_BETWEEN_CHECKS = 1000,
};

typedef struct {
    OvOwnerTable table; /* first: what the outside sees */
    char *path;
} Sqlite;

/* What one file says; NULL where it says nothing. */
typedef struct {
    char *dbpath, *query, *domain, *result_format, *expansion_limit;
    char *table, *select_field, *where_field, *additional_conditions; /* of old files */
} Source;

static const struct {
    const char *name;
    gsize offset;
} SOURCE_NAMES[] = {
#define NAME(member)                                                                               \
    { #member, G_STRUCT_OFFSET(Source, member) }
    NAME(dbpath),        NAME(query),       NAME(domain),
    NAME(result_format), NAME(table),       NAME(expansion_limit),
    NAME(select_field),  NAME(where_field), NAME(additional_conditions),
#undef NAME
};

static gboolean fail(GError **error, const char *path, const char *trouble) {
    g_set_error(error, OV_TABLE_ERROR, OV_TABLE_ERROR_LOOKUP, "%s: %s", path, trouble);
    return FALSE;
}

static char **member_of(Source *source, guint i) {
    return (char **)(gpointer)((char *)source + SOURCE_NAMES[i].offset);
}

static void source_clear(Source *source) {
    for (guint i = 0; i < G_N_ELEMENTS(SOURCE_NAMES); i++)
        g_free(*member_of(source, i));
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Source, source_clear)

static void take_setting(Source *source, const char *line) {
    const char *equals = strchr(line, '=');
    if (!equals)
        return;
    g_autofree char *name = g_strstrip(g_strndup(line, (gsize)(equals - line)));
    for (guint i = 0; i < G_N_ELEMENTS(SOURCE_NAMES); i++)
        if (g_str_equal(name, SOURCE_NAMES[i].name)) {
            g_free(*member_of(source, i));
            *member_of(source, i) = g_strstrip(g_strdup(equals + 1));
        }
}

/* `name = value`, comments with #, lines that start with white space go on (postconf(5)). */
static void parse_source(Source *source, const char *text) {
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GString) logical = g_string_new(NULL);
    for (char **line = lines; *line; line++) {
        const char *start = *line + strspn(*line, " \t\r");
        if (!*start || *start == '#')
            continue;
        if (start == *line) {
            take_setting(source, logical->str);
            g_string_assign(logical, *line);
        } else {
            g_string_append(logical, *line);
        }
    }
    take_setting(source, logical->str);
}

static gboolean read_source(const char *path, Source *source, GError **error) {
    g_autofree char *text = NULL;
    gsize length;
    g_autoptr(GError) inner = NULL;
    if (!g_file_get_contents(path, &text, &length, &inner)) {
        g_set_error_literal(error, OV_TABLE_ERROR, OV_TABLE_ERROR_LOOKUP, inner->message);
        return FALSE;
    }
    if (length > MAX_SETTINGS || strlen(text) != length)
        return fail(error, path, "it is no file of settings");
    parse_source(source, text);
    if (!source->dbpath || !*source->dbpath)
        return fail(error, path, "dbpath is missing");
    if (!source->query && source->table && source->select_field && source->where_field)
        source->query =
            g_strdup_printf("SELECT %s FROM %s WHERE %s = '%%s' %s", source->select_field,
                            source->table, source->where_field,
                            source->additional_conditions ? source->additional_conditions : "");
    return source->query || fail(error, path, "query is missing");
}

/* Which part of a key a % means; -1 where the key has none of it. *part points into key. */
static gssize part_of(const char *key, char letter, const char **part) {
    const char *at = strrchr(key, '@');
    switch (letter) {
    case 's':
    case 'S':
        *part = key;
        return (gssize)strlen(key);
    case 'u':
    case 'U':
        *part = key;
        return at ? at - key : (gssize)strlen(key);
    case 'd':
    case 'D':
        *part = at ? at + 1 : key;
        return at ? (gssize)strlen(at + 1) : -1;
    default:
        break;
    }
    /* %1 is the last label of the domain. */
    const char *end = at ? key + strlen(key) : NULL;
    for (int wanted = letter - '0'; end; wanted--) {
        const char *dot = g_strrstr_len(at + 1, end - at - 1, ".");
        *part = dot ? dot + 1 : at + 1;
        if (wanted == 1)
            return end - *part;
        end = dot;
    }
    return -1;
}

static gboolean is_part(char letter) {
    return letter && strchr("sudSUD123456789", letter);
}

/* format with its % replaced, quoted for SQL. NULL where the key lacks something that it names:
 * then the table is not asked. In a result (value not NULL) lower-case letters mean the value. */
static char *expand(const char *format, const char *key, const char *value) {
    g_autoptr(GString) text = g_string_new(NULL);
    for (; *format; format++) {
        if (format[0] != '%' || !format[1]) {
            g_string_append_c(text, *format);
            continue;
        }
        format++;
        if (!is_part(*format)) {
            if (*format != '%')
                g_string_append_c(text, '%');
            g_string_append_c(text, *format);
            continue;
        }
        const char *part;
        gssize length = part_of(value && g_ascii_islower(*format) ? value : key, *format, &part);
        if (length < 0 || (length == 0 && !value && strchr("uU", *format)))
            return NULL;
        for (gssize i = 0; i < length; i++) {
            g_string_append_c(text, part[i]);
            if (part[i] == '\'' && !value)
                g_string_append_c(text, '\'');
        }
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* domain = NAME ...: only keys of these domains are asked for. */
static gboolean is_wanted(const Source *source, const char *key) {
    if (!source->domain || !*source->domain)
        return TRUE;
    const char *at = strrchr(key, '@');
    if (!at)
        return FALSE;
    g_auto(GStrv) names = g_strsplit_set(source->domain, " \t,", -1);
    for (char **name = names; *name; name++)
        if (**name && g_ascii_strcasecmp(*name, at + 1) == 0)
            return TRUE;
    return FALSE;
}

static int is_late(void *deadline) {
    return g_get_monotonic_time() > *(gint64 *)deadline;
}

/* Every column of every row, with commas between. */
static gboolean run_query(sqlite3 *db, const Source *source, const char *key, GString *values,
                          const char *path, GError **error) {
    g_autofree char *sql = expand(source->query, key, NULL);
    if (!sql)
        return TRUE;
    guint64 limit =
                source->expansion_limit ? g_ascii_strtoull(source->expansion_limit, NULL, 10) : 0,
            n = 0;
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (result == SQLITE_OK && !statement)
        result = SQLITE_DONE;
    while (statement && (result = sqlite3_step(statement)) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const char *value = (const char *)sqlite3_column_text(statement, i);
            if (!value || !*value)
                continue;
            g_autofree char *shaped =
                expand(source->result_format ? source->result_format : "%s", key, value);
            if (shaped)
                g_string_append_printf(values, "%s%s", values->len > 0 ? "," : "", shaped);
            n++;
        }
        if ((limit > 0 && n > limit) || values->len > OV_TABLE_MAX_ANSWER) {
            sqlite3_finalize(statement);
            return fail(error, path, "the answer is too long");
        }
    }
    gboolean well = result == SQLITE_DONE || fail(error, path, sqlite3_errmsg(db));
    sqlite3_finalize(statement);
    return well;
}

static gboolean find_in(sqlite3 *db, const Source *source, const char *const *keys, guint n,
                        guint *which, char **owners, const char *path, GError **error) {
    for (*which = 0; *which < n; ++*which) {
        g_autofree char *key = g_ascii_strdown(keys[*which], -1);
        g_autoptr(GString) values = g_string_new(NULL);
        if (!is_wanted(source, key))
            continue;
        if (!run_query(db, source, key, values, path, error))
            return FALSE;
        if (values->len > 0) {
            *owners = g_string_free(g_steal_pointer(&values), FALSE);
            return TRUE;
        }
    }
    return TRUE;
}

/* File and database are opened for each question, so that what was put in their place counts. */
static gboolean find(OvOwnerTable *table, const char *const *keys, guint n, gint64 deadline,
                     guint *which, char **owners, GError **error) {
    const Sqlite *sqlite = (const Sqlite *)table;
    g_auto(Source) source = {.dbpath = NULL};
    *owners = NULL;
    if (!read_source(sqlite->path, &source, error))
        return FALSE;
    sqlite3 *db = NULL;
    gint64 left = MAX(deadline - g_get_monotonic_time(), 1000);
    gboolean well = sqlite3_open_v2(source.dbpath, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX,
                                    NULL) == SQLITE_OK ||
                    fail(error, source.dbpath, db ? sqlite3_errmsg(db) : "no memory");
    if (well) {
        sqlite3_busy_timeout(db, (int)(left / 1000));
        sqlite3_progress_handler(db, STEPS_BETWEEN_CHECKS, is_late, &deadline);
        well = find_in(db, &source, keys, n, which, owners, source.dbpath, error);
    }
    sqlite3_close(db);
    return well;
}

static void sqlite_free(OvOwnerTable *table) {
    Sqlite *sqlite = (Sqlite *)table;
    g_free(sqlite->path);
    g_free(sqlite);
}

OvOwnerTable *ov_sqlite_table_new(const char *path) {
    Sqlite *sqlite = g_new0(Sqlite, 1);
    sqlite->table.find = find;
    sqlite->table.free = sqlite_free;
    sqlite->path = g_strdup(path);
    return &sqlite->table;
}
