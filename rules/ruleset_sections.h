/* The sections of all rule files, those of one name laid over one another key by key. */
#pragma once

#include "rules/keyfile.h"

typedef enum { SECTION_RULE, SECTION_GROUP, SECTION_CLASS } SectionKind;

typedef enum {
    KEY_WHEN,
    KEY_SCORE,
    KEY_GROUP,
    KEY_SCALE,
    KEY_GUIDE,
    KEY_REFERENCE,
    KEY_ADVICE,
    KEY_EVIDENCE,
    KEY_ASK,
    KEY_SHADOW,
    KEY_ENABLED,
    KEY_FINE,
    KEY_CAP,
    KEY_TITLE,
    KEY_APPLIES,
    KEY_CONTENT,
    KEY_SENDERS,
    KEY_PRIVATE,
    N_KEYS
} KeyId;

/* A key as the last file that has it says. */
typedef struct {
    const char *file;
    const OvKey *key; /* NULL where no file has it */
} SectionValue;

typedef struct {
    SectionKind kind;
    const char *heading; /* "group subject", as it stands in brackets */
    const char *name;    /* "subject" */
    const char *file;    /* of the last section of that heading */
    guint line;
    SectionValue values[N_KEYS];
} Section;

typedef struct {
    GPtrArray *files;    /* OvKeyFile, owned: sections point into them */
    GPtrArray *sections; /* Section, owned, in order of their first appearance */
    GHashTable *by_heading;
} Sections;

/* Reads every *.conf of the directories. Checks headings and names of keys, not values. */
Sections *sections_read(const char *const *directories, GError **error);
void sections_free(Sections *sections);

const char *section_key_name(KeyId key);

/* Sets "file:line: [heading] key, column N: sentence", character counted in the value from 0;
 * FALSE. */
gboolean section_blame_value(const Section *section, KeyId key, guint character, gint code,
                             GError **error, const char *sentence);
/* Sets "file:line: [heading]: sentence" for the section as a whole; FALSE. */
gboolean section_blame(const char *file, guint line, const char *heading, gint code, GError **error,
                       const char *sentence);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sections, sections_free)
