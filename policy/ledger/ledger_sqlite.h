/* What the files of the SQLite ledger share; nobody else includes it. */
#pragma once

#include "policy/ledger/allowance.h"
#include "policy/ledger/complaint.h"
#include "policy/ledger/counter_rows.h"
#include "policy/ledger/delivery.h"
#include "policy/ledger/incident.h"
#include "policy/ledger/ledger.h"
#include "policy/ledger/recipient_key.h"
#include "policy/ledger/suspension.h"
#include "policy/ledger/window.h"

#include <sqlite3.h>

typedef enum {
#define STATEMENT(id, sql) OV_STATEMENT_##id,
#include "policy/ledger/ledger_sqlite_statements.def"
#undef STATEMENT
    OV_N_STATEMENTS
} OvStatement;

/* One connection to the file, used by one thread at a time. Statements are prepared at first use.
 */
typedef struct {
    sqlite3 *db;
    char *path;
    sqlite3_stmt *statements[OV_N_STATEMENTS];
    GHashTable *words; /* text to id, as far as known: the tables words and rules */
    GHashTable *rules;
    GHashTable *counts; /* what the transaction at hand adds to compliance_rows */
    gint64 pruned_day;  /* on which texts that nothing needs were looked for last */
} OvConnection;

/* Opens for writing (makes the file 0600 and migrates it) or for reading (it must be there and of
 * this version). No call on a connection waits longer than 2 s for another process's lock. */
OvConnection *ov_connection_open(const char *path, gboolean writing, GError **error);
void ov_connection_close(OvConnection *connection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvConnection, ov_connection_close)

/* TRUE where the file under the path is another one, or gone. */
gboolean ov_connection_moved(OvConnection *connection);

/* The prepared statement, reset and without values; NULL with error. */
sqlite3_stmt *ov_connection_statement(OvConnection *connection, OvStatement statement,
                                      GError **error);
/* Runs a statement that gives no row, and resets it. */
gboolean ov_connection_run(OvConnection *connection, sqlite3_stmt *statement, GError **error);
/* The same of a statement without values. */
gboolean ov_connection_execute(OvConnection *connection, OvStatement which, GError **error);
/* Has write called within a transaction, which is undone where it fails. */
typedef gboolean (*OvWriteFunc)(OvConnection *connection, gconstpointer data, GError **error);
gboolean ov_connection_transact(OvConnection *connection, OvWriteFunc write, gconstpointer data,
                                GError **error);
/* A column's text in the arena; NULL where it has none. */
const char *ov_column_text(sqlite3_stmt *row, int column, OvArena *arena);
/* A column's octets in hexadecimal digits, likewise. */
const char *ov_column_hex(sqlite3_stmt *row, int column, OvArena *arena);
/* All rows of a statement with its values, each appended by take as one of size octets; resets it.
 * An array in the arena; NULL with error. */
typedef void (*OvRowFunc)(sqlite3_stmt *row, OvArena *arena, GArray *rows);
gpointer ov_connection_rows(OvConnection *connection, sqlite3_stmt *statement, OvRowFunc take,
                            guint size, OvArena *arena, guint *n, GError **error);
/* The number that a statement without values gives as its one row. */
gboolean ov_connection_last_id(OvConnection *connection, OvStatement which, gint64 *id,
                               GError **error);
/* Sets error from what SQLite said last. FALSE. */
gboolean ov_connection_fail(OvConnection *connection, GError **error);

/* The schema, one step a version: step i brings version i to i + 1. */
extern const char *const ov_ledger_migrations[];
guint ov_ledger_n_migrations(void);
/* Brings the file to version n in one transaction. OV_LEDGER_ERROR_SCHEMA where it is newer,
 * OV_LEDGER_ERROR_OPEN where it is a database of something else. */
gboolean ov_connection_migrate(OvConnection *connection, const char *const *migrations, guint n,
                               GError **error);

/* Of the word that names a DKIM key: selector, this, domain (RFC 6376 3.6.2.1). */
#define OV_DKIM_KEY_INFIX "._domainkey."

/* Inserts into the transaction at hand. hashes: OV_RECIPIENT_HASH_SIZE octets a recipient. */
gboolean ov_connection_insert(OvConnection *connection, const OvLedgerRecord *record,
                              const guint8 *hashes, gboolean keep_recipients, GError **error);
gboolean ov_connection_insert_action(OvConnection *connection, gint64 message,
                                     const OvLedgerAction *action, GError **error);

/* The id of a word, made where it is new. */
gboolean ov_connection_word(OvConnection *connection, const char *word, gint64 *id, GError **error);

/* What is counted by day. ov_connection_count keeps it in memory, until ov_connection_write_counts
 * writes it into the transaction at hand; with the connection what is not written goes away. */
GHashTable *ov_counts_new(void);
void ov_connection_count(OvConnection *connection, const OvLedgerRecord *record);
gboolean ov_connection_write_counts(OvConnection *connection, GError **error);
/* As ov_ledger_days. */
gboolean ov_connection_days(OvConnection *connection, gint64 first, gint64 last, const char *domain,
                            OvLedgerDayFunc take, gpointer data, GError **error);
/* Deletes the days before the one of before (microseconds since the epoch), in the transaction at
 * hand. */
gboolean ov_connection_prune_counts(OvConnection *connection, gint64 before, GError **error);

/* Nothing where it is marked already. */
gboolean ov_connection_mark_bulk(OvConnection *connection, const OvBulkSender *sender,
                                 GError **error);
/* As ov_ledger_keep_counters, into the transaction at hand, and ov_ledger_counters. */
typedef struct {
    const OvCounterRow *rows;
    guint n;
} OvCounterRows;
gboolean ov_connection_keep_counters(OvConnection *connection, const OvCounterRows *rows,
                                     GError **error);
gboolean ov_connection_counters(OvConnection *connection, const OvSubject *subject,
                                OvCounterRowFunc take, gpointer data, GError **error);
OvBulkSender *ov_connection_bulk_senders(OvConnection *connection, OvArena *arena, guint *n,
                                         GError **error);
/* What was sent in the last 24 hours before now, and who is a bulk sender. */
gboolean ov_connection_recall_volumes(OvConnection *connection, OvVolumes *volumes, gint64 now,
                                      GError **error);

/* As ov_ledger_add_deliveries, into the transaction at hand. */
typedef struct {
    const char *node;
    OvDelivery *deliveries;
    guint n;
    const OvLogMark *mark;
    const OvRecipientKey *key;
    gboolean keep_recipients;
    OvArena *arena;
} OvDeliveryBatch;
gboolean ov_connection_add_deliveries(OvConnection *connection, const OvDeliveryBatch *deliveries,
                                      GError **error);
/* As ov_ledger_log_position. */
gboolean ov_connection_log_position(OvConnection *connection, const char *name, OvArena *arena,
                                    const char **position, GError **error);

/* Deletes messages older than the retention (microseconds) at now, oldest first, as many as have
 * some 1,000 rows in all, in one transaction. *more: there are more of them. */
gboolean ov_connection_prune(OvConnection *connection, gint64 retention, gint64 now, gboolean *more,
                             GError **error);

OvLedgerRecord **ov_connection_find(OvConnection *connection, OvLedgerKey key, const char *value,
                                    guint limit, OvArena *arena, guint *n_records, GError **error);
gboolean ov_connection_was_done(OvConnection *connection, const char *action, const char *account,
                                const char *detail, gint64 since, gboolean *done, GError **error);

/* The writer: a thread of its own with a connection of its own. connection may be NULL where the
 * first try failed for why; it is taken over, as is the path. retention 0 prunes nothing. volumes
 * is filled from the file before anything is written, as soon as that can be read. */
typedef struct OvWriter OvWriter;
OvWriter *ov_writer_start(const char *path, OvConnection *connection, const GError *why,
                          gint64 retention, gboolean keep_recipients, OvVolumes *volumes);
void ov_writer_stop(OvWriter *writer);
gboolean ov_writer_add(OvWriter *writer, const OvLedgerRecord *record, const guint8 *hashes,
                       GError **error);
/* Has write called within the transaction that is made next; what fails there fails the batch. */
gboolean ov_writer_write(OvWriter *writer, OvWriteFunc write, gconstpointer data, GError **error);
/* Their own trouble fails the deliveries alone, not what is committed with them. */
gboolean ov_writer_add_deliveries(OvWriter *writer, const OvDeliveryBatch *deliveries,
                                  GError **error);
gboolean ov_writer_failing(OvWriter *writer);
void ov_writer_commits(OvWriter *writer, OvLedgerCommits *commits);
void ov_writer_set_change(OvWriter *writer, OvLedgerChange change, gpointer data);

/* As ov_ledger_suppress and ov_ledger_suppressions. */
gboolean ov_connection_suppress(OvConnection *connection, const OvSuppression *suppressions,
                                guint n, const OvRecipientKey *key, guint *n_changed,
                                GError **error);
OvSuppression *ov_connection_suppressions(OvConnection *connection, const char *recipient,
                                          const OvRecipientKey *key, OvArena *arena, guint *n,
                                          GError **error);
/* Takes in what was recorded after the row *after, which becomes the last one. */
gboolean ov_connection_follow_suppressions(OvConnection *connection, OvSuppressions *suppressions,
                                           gint64 *after, GError **error);

/* As ov_ledger_add_complaint and ov_ledger_went_to. */
typedef struct {
    const OvComplaint *complaint;
    const OvComplaintWish *wish;
    const OvRecipientKey *key;
    OvComplaintDone *done;
} OvComplaintBatch;
gboolean ov_connection_add_complaint(OvConnection *connection, gconstpointer batch, GError **error);
gboolean ov_connection_went_to(OvConnection *connection, gint64 message, const char *address,
                               const OvRecipientKey *key, gboolean *went, GError **error);

/* Has write called within one transaction: the writer's next, or where there is none one of a
 * connection of its own. What write tells through data holds where TRUE is returned. */
gboolean ov_ledger_write(OvLedger *ledger, OvWriteFunc write, gconstpointer data, GError **error);
/* The same always by a connection of its own: of much at a time, which mail must not wait for. */
gboolean ov_ledger_write_apart(OvLedger *ledger, OvWriteFunc write, gconstpointer data,
                               GError **error);
/* Has read called with the reading connection, under the ledger's lock. */
typedef gboolean (*OvReadFunc)(OvConnection *connection, gpointer data, GError **error);
gboolean ov_ledger_read(OvLedger *ledger, OvReadFunc read, gpointer data, GError **error);
/* A reading connection of one's own. NULL with error. */
OvConnection *ov_ledger_connect(OvLedger *ledger, GError **error);

/* A statement that is asked for rows: ?1 is text, ?2 and on are the numbers, behind them text. */
enum { OV_QUERY_NUMBERS = 4 };
typedef struct {
    OvStatement which;
    const char *text, *last_text; /* either may be NULL */
    guint n_numbers;
    gint64 numbers[OV_QUERY_NUMBERS];
    OvRowFunc take;
    guint size;
} OvQuery;
/* As ov_connection_rows, under the ledger's lock. */
gpointer ov_ledger_rows(OvLedger *ledger, const OvQuery *query, OvArena *arena, guint *n,
                        GError **error);
/* A text as it is kept of incidents: valid UTF-8, at most so many octets. The text itself where it
 * is so, else a copy in the arena; NULL for NULL. */
enum { OV_FIT = 1000 };
const char *ov_fit_text(const char *text, gsize longest, OvArena *arena);
/* Binds such a text of at most OV_FIT, which must live until the statement was run; NULL as ''. */
void ov_bind_fit(sqlite3_stmt *statement, int index, const char *text, OvArena *arena);

/* Fills the window from the rows of the last 7 days, newest first, until it is full. */
gboolean ov_connection_recall(OvConnection *connection, OvWindow *window, GError **error);
/* The same by a thread of its own with a connection of its own, which tries again after trouble,
 * and then goes on taking in what is suppressed; the window must live until it is stopped. */
typedef struct OvRecall OvRecall;
OvRecall *ov_recall_start(const char *path, OvWindow *window);
gboolean ov_recall_filling(OvRecall *recall);
void ov_recall_stop(OvRecall *recall);
