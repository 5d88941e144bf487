/* The ledger: the durable record. One interface; variants are ledger_sqlite.c and, later, others.
 *
 * Writing: any thread hands over a record and waits; one writer thread commits all that wait in one
 * transaction (group commit), full sync. Reading: a reader of one's own, also from other processes.
 * No bodies are kept; recipients are kept as domains and keyed hashes unless keep_recipients. Texts
 * are kept as valid UTF-8 and cut where they are absurdly long (Message-ID at 1,000 octets, subject
 * at 500). */
#pragma once

#include "policy/auth_results.h"
#include "policy/verdict.h"
#include "rules/auth/standing.h"
#include "rules/history.h"
#include "rules/requirements.h"

typedef struct OvLedger OvLedger;

typedef struct {
    const char *rule;
    double score;
    gboolean shadow, private;                          /* as OvRule has them */
    const char *guide, *reference, *advice, *evidence; /* "" where none when read */
} OvLedgerHit;

/* One message. Strings may be NULL; none is owned by the record when it is written; all are owned
 * by the arena it was read into when it is read. */
typedef struct {
    gint64 id;   /* policy/message_id.h */
    gint64 time; /* microseconds since the epoch */
    const char *node, *queue_id, *message_id;
    const char *account, *account_source, *login, *script, *claimed_script;
    const char *client_address, *client_name, *helo;
    const char *sender, *from, *subject;
    const char *const *recipients; /* writing: addresses. Reading: addresses if kept, else NULL */
    guint n_recipients;
    const char *recipient_domains; /* sorted, once each, separated by spaces; reading only */
    gint64 size;
    gboolean truncated, late, local;
    const char *message_class;
    double score;
    const char *verdict, *computed; /* given, and without shadow mode */
    const char *exempt;             /* why exempt, or NULL */
    const char *ruleset;            /* digest */
    OvAuthResults auth;
    /* What is counted of it by day; organisation NULL: nothing, as of mail that was not taken, or
     * stays on local hosts. Not read. */
    const char *organisation; /* organisational domain of From */
    OvRequirementMask requirements;
    guint copies[OV_N_DEMANDING]; /* recipients with personal mailboxes, by OvProvider */
    gboolean departed;            /* not held */
    /* What later mail is compared with; NULL for mail that was not taken. Not read. */
    const OvFingerprint *fingerprint;
    const OvLedgerHit *hits; /* heaviest first */
    guint n_hits;
} OvLedgerRecord;

#define OV_LEDGER_ERROR (ov_ledger_error_quark())
GQuark ov_ledger_error_quark(void);
typedef enum {
    OV_LEDGER_ERROR_OPEN,   /* wrong path, no right, no ledger, a key that others may read */
    OV_LEDGER_ERROR_SCHEMA, /* written by a newer Outvet, or by an older one and not migrated yet */
    OV_LEDGER_ERROR_WRITE,  /* full disk, locked, read-only: worth trying again */
    OV_LEDGER_ERROR_DUPLICATE, /* another message has this id */
    OV_LEDGER_ERROR_READ,
} OvLedgerError;

/* Opens for writing: makes the directory (0700) where its parent exists, makes or migrates the
 * schema, makes the key (0600), starts the writer and the pruning of what is older than the
 * retention (bounded deletes between commits). A disk that is full or a ledger that another process
 * has locked is no error here: the ledger is then failing, and recovers by itself. */
OvLedger *ov_ledger_open(const OvSettings *settings, GError **error);
/* Opens for reading only, beside a running writer. */
OvLedger *ov_ledger_open_reader(const OvSettings *settings, GError **error);
/* Waits for what was handed over, then closes. */
void ov_ledger_close(OvLedger *ledger);

/* A key of 32 octets for another purpose, the same as long as the ledger's key is. Of a writer. */
void ov_ledger_derive_key(OvLedger *ledger, const char *purpose, guint8 key[32]);

/* Returns when the record is on disk (TRUE) or can't be written now (FALSE, within some 2 s beyond
 * a commit; the same record may be handed over again). Thread-safe. */
gboolean ov_ledger_add(OvLedger *ledger, const OvLedgerRecord *record, GError **error);
/* TRUE while the last commit failed; the writer logs each change once. Thread-safe. */
gboolean ov_ledger_failing(OvLedger *ledger);
/* What a writer's commits came to since it was opened. Thread-safe. */
typedef struct {
    guint64 commits, failed; /* of all that waited at the time, together */
    guint waiting;           /* records and changes for the next one */
    gint64 last; /* when the last one was done, microseconds since the epoch; 0: never */
} OvLedgerCommits;
void ov_ledger_commits(OvLedger *ledger, OvLedgerCommits *commits);
/* Has change called at each of these changes, with the trouble or NULL, on the thread that wrote;
 * at once where the last commit failed. Of a writer. */
typedef void (*OvLedgerChange)(const char *trouble, gpointer data);
void ov_ledger_set_change(OvLedger *ledger, OvLedgerChange change, gpointer data);

/* Answers what earlier mail was like, from memory. Lives as long as the ledger. A writer's knows
 * what was recorded since it was opened, and fills in older mail in the background; a reader's is
 * filled when it is first asked for, before this returns. NULL with error where it can't be read.
 */
const OvHistory *ov_ledger_history(OvLedger *ledger, GError **error);

/* TRUE while older mail is being filled in. */
gboolean ov_ledger_recalling(OvLedger *ledger);

typedef enum {
    OV_LEDGER_BY_ID,
    OV_LEDGER_BY_MESSAGE_ID,
    OV_LEDGER_BY_QUEUE_ID,
    OV_LEDGER_BY_ACCOUNT,
    OV_LEDGER_BY_OTHER_QUEUE_ID, /* that it had later, after a content filter or when requeued */
} OvLedgerKey;

/* The newest records with that key, newest first, at most limit, with their hits. An id is given as
 * ov_id_format writes it. Message-IDs are compared without <> and without ASCII case. Returns an
 * array of OvLedgerRecord* in the arena, or NULL with error. Thread-safe. */
OvLedgerRecord **ov_ledger_find(OvLedger *ledger, OvLedgerKey key, const char *value, guint limit,
                                OvArena *arena, guint *n_records, GError **error);
/* An operator's action on a message, kept for the auditor as long as the message: release, delete.
 * Works on a reader too, where the process may write the file. */
gboolean ov_ledger_add_action(OvLedger *ledger, gint64 message, const char *action,
                              const char *operator_name, const char *detail, GError **error);
typedef struct {
    gint64 time; /* microseconds since the epoch */
    const char *action, *operator_name, *detail;
} OvLedgerAction;
/* Oldest first; an empty array where there are none, NULL with error. */
OvLedgerAction *ov_ledger_actions(OvLedger *ledger, gint64 message, OvArena *arena, guint *n,
                                  GError **error);

/* Whether such an action is recorded of a message since then that is of that account, or with that
 * detail. since: microseconds since the epoch; messages that are later than now are of before the
 * clock was set back, and count no more. *done is set where TRUE is returned. */
gboolean ov_ledger_was_done(OvLedger *ledger, const char *action, const char *account,
                            const char *detail, gint64 since, gboolean *done, GError **error);

/* How one domain's mail of one day met the providers' requirements. */
typedef struct {
    gint64 day;         /* since the epoch, UTC */
    const char *domain; /* organisational domain of From, in lower case */
    gboolean departed;  /* FALSE: it was held */
    OvRequirementMask requirements;
    gint64 messages;
    gint64 copies[OV_N_DEMANDING]; /* recipients with personal mailboxes, by OvProvider */
} OvLedgerDay;
typedef void (*OvLedgerDayFunc)(const OvLedgerDay *day, gpointer data);

/* Calls take for each of the days from first to last, in order of days; of domain alone where that
 * is not NULL. What take is given lives as long as the call. */
gboolean ov_ledger_days(OvLedger *ledger, gint64 first, gint64 last, const char *domain,
                        OvLedgerDayFunc take, gpointer data, GError **error);

/* The names in the DNS of the DKIM keys whose signatures messages had since that day (since the
 * epoch, UTC), those used last first, at most OV_LEDGER_MAX_KEYS; NULL with error. Arena. */
enum { OV_LEDGER_MAX_KEYS = 1000 };
const char *const *ov_ledger_key_names(OvLedger *ledger, gint64 since, OvArena *arena, guint *n,
                                       GError **error);

/* A domain that once sent OV_VOLUME_BULK messages in 24 hours to a provider. */
typedef struct {
    const char *domain;
    OvProvider provider;
    gint64 since; /* microseconds since the epoch */
} OvBulkSender;
/* All of them, by domain; NULL with error. */
OvBulkSender *ov_ledger_bulk_senders(OvLedger *ledger, OvArena *arena, guint *n, GError **error);

/* What a mail server said last of a mailbox of its own, as abuse@. */
typedef struct {
    const char *address;
    OvMailboxState state;
    const char *answer;    /* of the server, or why it is not known; "" for none */
    gint64 since, checked; /* since when it is so, and when it was asked; microseconds */
} OvLedgerMailbox;
/* In place of what was kept of the address. Those that were asked for last over 60 days before it
 * are forgotten. */
gboolean ov_ledger_put_mailbox(OvLedger *ledger, const OvLedgerMailbox *mailbox, GError **error);
/* By address, at most OV_LEDGER_MAX_MAILBOXES; NULL with error. Arena. */
enum { OV_LEDGER_MAX_MAILBOXES = 1000 };
OvLedgerMailbox *ov_ledger_mailboxes(OvLedger *ledger, OvArena *arena, guint *n, GError **error);

/* A recipient's wish for no more mail. */
typedef struct {
    const char *sender;    /* organisational domain in lower case, or "*" for all */
    const char *recipient; /* address; when read, its keyed hash in hexadecimal digits */
    gint64 since;          /* microseconds since the epoch; 0: mail is wanted again */
    const char *operator_name;
    gint64 time;      /* when it was recorded; reading only */
    gint64 complaint; /* by which he told so (policy/ledger/complaint.h); 0: by none; likewise */
} OvSuppression;

/* Records all of them or none. *n_changed: those that were not so already; who is suppressed stays
 * so since the time told first. Works on a reader too, where the process may write the file;
 * outvetd knows of it within 5 s. */
gboolean ov_ledger_suppress(OvLedger *ledger, const OvSuppression *suppressions, guint n,
                            guint *n_changed, GError **error);
/* Those in force, in order of their record: all, or with recipient those of one address. NULL with
 * error. */
OvSuppression *ov_ledger_suppressions(OvLedger *ledger, const char *recipient, OvArena *arena,
                                      guint *n, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvLedger, ov_ledger_close)
