#include "policy/ledger/ledger_sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    LOCK_WAIT = 2000, /* milliseconds */
    CACHE_KIB = 8192,
    /* Pages of the write-ahead log that start a checkpoint: a page of an index that many messages
     * share is then written into the file once for all of them. */
    CHECKPOINT = 4000,
    LOG_LEFT = 32 * 1024 * 1024 /* octets of the log's file that are kept for use again */
};

static const char *const SQL[OV_N_STATEMENTS] = {
#define STATEMENT(id, sql) [OV_STATEMENT_##id] = sql,
#include "policy/ledger/ledger_sqlite_statements.def"
#undef STATEMENT
};

const char *const ov_ledger_migrations[] = {
#define MIGRATION(sql) sql,
#include "policy/ledger/ledger_sqlite_migrations.def"
#undef MIGRATION
};

guint ov_ledger_n_migrations(void) {
    return G_N_ELEMENTS(ov_ledger_migrations);
}

/* What may pass by itself is worth trying again; the rest is for the administrator. */
static OvLedgerError code_of(int result) {
    switch (result & 0xff) {
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        return OV_LEDGER_ERROR_OPEN;
    default:
        return OV_LEDGER_ERROR_WRITE;
    }
}

gboolean ov_connection_fail(OvConnection *connection, GError **error) {
    int result = sqlite3_extended_errcode(connection->db);
    int reason = sqlite3_system_errno(connection->db);
    gboolean told = (result & 0xff) == SQLITE_IOERR || (result & 0xff) == SQLITE_CANTOPEN;
    g_set_error(error, OV_LEDGER_ERROR, (gint)code_of(result), "the ledger %s: %s%s%s%s",
                connection->path, sqlite3_errmsg(connection->db),
                (result & 0xff) == SQLITE_BUSY ? " by another process" : "",
                told && reason ? ": " : "", told && reason ? g_strerror(reason) : "");
    return FALSE;
}

static gboolean execute(OvConnection *connection, const char *sql, GError **error) {
    return sqlite3_exec(connection->db, sql, NULL, NULL, NULL) == SQLITE_OK ||
           ov_connection_fail(connection, error);
}

/* SQLite makes files by the umask; the ledger tells who wrote to whom. */
static void make_private(const char *path) {
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0)
        close(file);
}

static gboolean query_number(OvConnection *connection, const char *sql, gint64 *number,
                             GError **error) {
    sqlite3_stmt *statement = NULL;
    gboolean done = sqlite3_prepare_v2(connection->db, sql, -1, &statement, NULL) == SQLITE_OK &&
                    sqlite3_step(statement) == SQLITE_ROW;
    if (done)
        *number = sqlite3_column_int64(statement, 0);
    else
        ov_connection_fail(connection, error);
    sqlite3_finalize(statement);
    return done;
}

static gboolean version_error(const OvConnection *connection, gint64 version, guint wanted,
                              GError **error) {
    g_set_error(error, OV_LEDGER_ERROR, OV_LEDGER_ERROR_SCHEMA,
                version > wanted
                    ? "the ledger %s has schema %d, written by a newer Outvet; this one knows "
                      "schema %u"
                    : "the ledger %s has schema %d, written by an older Outvet; outvetd brings it "
                      "to schema %u when it starts",
                connection->path, (int)version, wanted);
    return FALSE;
}

static gboolean step_migrations(OvConnection *connection, const char *const *migrations, guint n,
                                GError **error) {
    gint64 version, tables = 0;
    if (!query_number(connection, "PRAGMA user_version", &version, error))
        return FALSE;
    if (version == 0 &&
        !query_number(connection, "SELECT count(*) FROM sqlite_schema", &tables, error))
        return FALSE;
    if (tables > 0) {
        g_set_error(error, OV_LEDGER_ERROR, OV_LEDGER_ERROR_OPEN,
                    "the file %s is a database, but no ledger of Outvet's", connection->path);
        return FALSE;
    }
    if (version < 0 || version > n)
        return version_error(connection, version, n, error);
    for (guint i = (guint)version; i < n; i++)
        if (!execute(connection, migrations[i], error))
            return FALSE;
    g_autofree char *done = g_strdup_printf("PRAGMA user_version = %u", n);
    return version == n || execute(connection, done, error);
}

gboolean ov_connection_migrate(OvConnection *connection, const char *const *migrations, guint n,
                               GError **error) {
    if (!execute(connection, "BEGIN IMMEDIATE", error))
        return FALSE;
    if (step_migrations(connection, migrations, n, error) && execute(connection, "COMMIT", error))
        return TRUE;
    sqlite3_exec(connection->db, "ROLLBACK", NULL, NULL, NULL);
    return FALSE;
}

/* SQLite opens a file that it may not write for reading, and then even begins a transaction. */
static gboolean check_writable(const OvConnection *connection, GError **error) {
    if (sqlite3_db_readonly(connection->db, "main") != 1)
        return TRUE;
    g_set_error(error, OV_LEDGER_ERROR, OV_LEDGER_ERROR_OPEN,
                "the ledger %s may not be written by this user (uid %u)", connection->path,
                (guint)geteuid());
    return FALSE;
}

static gboolean prepare_writing(OvConnection *connection, GError **error) {
    if (!check_writable(connection, error))
        return FALSE;
    g_autofree char *pragmas =
        g_strdup_printf("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                        "PRAGMA cache_size = -%d; PRAGMA wal_autocheckpoint = %d;"
                        "PRAGMA journal_size_limit = %d;",
                        CACHE_KIB, CHECKPOINT, LOG_LEFT);
    return execute(connection, pragmas, error) &&
           ov_connection_migrate(connection, ov_ledger_migrations, ov_ledger_n_migrations(), error);
}

static gboolean prepare_reading(OvConnection *connection, GError **error) {
    gint64 version;
    if (!query_number(connection, "PRAGMA user_version", &version, error))
        return FALSE;
    return version == ov_ledger_n_migrations() ||
           version_error(connection, version, ov_ledger_n_migrations(), error);
}

OvConnection *ov_connection_open(const char *path, gboolean writing, GError **error) {
    g_autoptr(OvConnection) connection = g_new0(OvConnection, 1);
    connection->path = g_strdup(path);
    connection->words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    connection->rules = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    connection->counts = ov_counts_new();
    if (writing)
        make_private(path);
    int flags = writing ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    if (sqlite3_open_v2(path, &connection->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        ov_connection_fail(connection, error);
        return NULL;
    }
    sqlite3_extended_result_codes(connection->db, 1);
    sqlite3_busy_timeout(connection->db, LOCK_WAIT);
    if (writing ? !prepare_writing(connection, error) : !prepare_reading(connection, error))
        return NULL;
    return g_steal_pointer(&connection);
}

void ov_connection_close(OvConnection *connection) {
    if (!connection)
        return;
    for (guint i = 0; i < OV_N_STATEMENTS; i++)
        sqlite3_finalize(connection->statements[i]);
    sqlite3_close(connection->db);
    g_hash_table_unref(connection->words);
    g_hash_table_unref(connection->rules);
    g_hash_table_unref(connection->counts);
    g_free(connection->path);
    g_free(connection);
}

gboolean ov_connection_moved(OvConnection *connection) {
    int moved = 0;
    return sqlite3_file_control(connection->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) ==
               SQLITE_OK &&
           moved;
}

sqlite3_stmt *ov_connection_statement(OvConnection *connection, OvStatement statement,
                                      GError **error) {
    sqlite3_stmt **prepared = &connection->statements[statement];
    if (*prepared) {
        sqlite3_reset(*prepared);
        sqlite3_clear_bindings(*prepared);
    } else if (sqlite3_prepare_v3(connection->db, SQL[statement], -1, SQLITE_PREPARE_PERSISTENT,
                                  prepared, NULL) != SQLITE_OK) {
        ov_connection_fail(connection, error);
        return NULL;
    }
    return *prepared;
}

gboolean ov_connection_run(OvConnection *connection, sqlite3_stmt *statement, GError **error) {
    gboolean done = sqlite3_step(statement) == SQLITE_DONE || ov_connection_fail(connection, error);
    sqlite3_reset(statement);
    return done;
}

gboolean ov_connection_execute(OvConnection *connection, OvStatement which, GError **error) {
    sqlite3_stmt *statement = ov_connection_statement(connection, which, error);
    return statement && ov_connection_run(connection, statement, error);
}

gboolean ov_connection_transact(OvConnection *connection, OvWriteFunc write, gconstpointer data,
                                GError **error) {
    if (!ov_connection_execute(connection, OV_STATEMENT_BEGIN, error))
        return FALSE;
    if (write(connection, data, error) &&
        ov_connection_execute(connection, OV_STATEMENT_COMMIT, error))
        return TRUE;
    ov_connection_execute(connection, OV_STATEMENT_ROLLBACK, NULL);
    return FALSE;
}
