/* Lookup tables as Postfix names them, TYPE:NAME: a key in, a list of logins out. For the maps of
 * policy/ownership.h. Each type is a variant behind OvOwnerTable:
 *   socketmap:inet:HOST:PORT:NAME, socketmap:unix:PATH:NAME   asked directly (socketmap_table(5))
 *   sqlite:/PATH.cf                                           read directly (sqlite_table(5))
 *   every other type                                          asked through postmap(1)
 * proxy:TYPE:NAME is TYPE:NAME, read with our own rights. */
#pragma once

#include <glib.h>

enum {
    OV_TABLE_MAX_ANSWER = 100 * 1000, /* octets of one answer, as of socketmap_table(5) */
    OV_TABLE_MAX_KEYS = 16,           /* of one question */
};

#define OV_TABLE_ERROR (ov_table_error_quark())
GQuark ov_table_error_quark(void);
typedef enum {
    OV_TABLE_ERROR_NAME,   /* no TYPE:NAME, or not as its type wants it */
    OV_TABLE_ERROR_LOOKUP, /* no answer, in time or at all */
} OvTableError;

typedef struct OvOwnerTable OvOwnerTable;
struct OvOwnerTable {
    char *name; /* as it was written */
    /* Takes parts of addresses for keys (user, @domain); Postfix asks tables of patterns and
     * sockets for whole addresses alone. */
    gboolean partial;
    /* Looks up keys, n of them, in their order. FALSE with error where that is not possible until
     * deadline (monotonic microseconds). *which gets the number of the first that is listed, and
     * *owners its value, which the caller frees; n and NULL where none is. Thread-safe. */
    gboolean (*find)(OvOwnerTable *table, const char *const *keys, guint n, gint64 deadline,
                     guint *which, char **owners, GError **error);
    void (*free)(OvOwnerTable *table); /* what the variant added, and the table */
};

/* How postmap(1) is run. */
typedef struct {
    const char *program;          /* absolute path; NULL where there is none */
    const char *config_directory; /* "" for Postfix's own */
} OvPostmap;

/* Opens nothing yet: trouble with what the name means shows at the first look-up. Keeps nothing of
 * its arguments. */
OvOwnerTable *ov_owner_table_new(const char *name, const OvPostmap *postmap, GError **error);
void ov_owner_table_free(OvOwnerTable *table);

/* The tables that a value names, parted by white space and commas that stand in no braces
 * (inline:{ {a = b} }). NULL-terminated, g_strfreev. NULL where a brace is not closed. */
char **ov_owner_table_names(const char *value);
/* What is wrong with one name, in words; NULL for nothing. The caller frees it. */
char *ov_owner_table_fault(const char *name);

/* The variants. name: what follows the type. The table's name is set by ov_owner_table_new. */
OvOwnerTable *ov_socketmap_table_new(const char *name, GError **error);
OvOwnerTable *ov_sqlite_table_new(const char *path);
OvOwnerTable *ov_postmap_table_new(const char *name, const OvPostmap *postmap);

/* A reply of a socketmap server without its netstring: TRUE for OK and NOTFOUND, *owners NULL for
 * the latter; FALSE with error for everything else. Pure. */
gboolean ov_socketmap_reply(const char *reply, gsize length, char **owners, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvOwnerTable, ov_owner_table_free)
