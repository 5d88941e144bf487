/* A value that names lookup tables of Postfix, listed whole: which keys there
 * are. Pure. */
#pragma once

#include <glib.h>

typedef struct {
    char *key; /* without ASCII capitals */
    char *value;
    char *table; /* TYPE:NAME in which it stands */
} OvPostfixEntry;

enum { OV_POSTFIX_MAX_ENTRIES = 2000 };

typedef struct {
    GPtrArray *entries;  /* OvPostfixEntry; of a key in several tables the first,
                            as Postfix does */
    GPtrArray *troubles; /* sentences: which table can't be listed, and why */
    gboolean truncated;  /* there are more entries */
    GHashTable *keys;    /* of entries */
} OvPostfixTable;

OvPostfixTable *ov_postfix_table_new(void);
void ov_postfix_table_free(OvPostfixTable *table);

/* Adds what `postmap -s name` printed: lines of a key, a tab and a value. */
void ov_postfix_table_add(OvPostfixTable *table, const char *name, const char *listing);
/* Adds that a table can't be listed. */
void ov_postfix_table_add_trouble(OvPostfixTable *table, const char *name, const char *why);
/* The entry of a key, which has no capitals; or NULL. */
const OvPostfixEntry *ov_postfix_table_find(const OvPostfixTable *table, const char *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvPostfixTable, ov_postfix_table_free)
