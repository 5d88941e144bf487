/* A map of our own: a text file of lines of words (patterns as in rules/glob.h; # starts a comment,
 * at the start of a line or after white space). Of addresses and logins: `ADDRESS-PATTERN
 * LOGIN-PATTERN...`; a login may use an address that a line with both lists; all lines count. Of
 * accounts and plans: `NAME-PATTERN PLAN`; a line with the very name counts before those with
 * patterns, and of several the first. Of addresses alone: one `ADDRESS` or `@DOMAIN` a line, no
 * patterns, so that a question costs the same whatever the length of the file. */
#pragma once

#include "rules/slice.h"

typedef enum {
    OV_LISTED_NOWHERE, /* the address is in no line */
    OV_LISTED_OTHERS,  /* it is, for other logins */
    OV_LISTED_LOGIN,   /* for this one */
} OvListed;

enum {
    OV_OWNER_TEXT_MAX_SIZE = 16 * 1024 * 1024, /* octets of the file */
    OV_OWNER_TEXT_MAX_PATTERN = 1000,          /* octets */
};

#define OV_OWNER_TEXT_ERROR (ov_owner_text_error_quark())
GQuark ov_owner_text_error_quark(void);
typedef enum { OV_OWNER_TEXT_ERROR_FILE, OV_OWNER_TEXT_ERROR_LINE } OvOwnerTextError;

typedef enum {
    OV_OWNER_TEXT_LOGINS,
    OV_OWNER_TEXT_PLANS,
    OV_OWNER_TEXT_ADDRESSES, /* that are listed is OV_LISTED_OTHERS: they are no login's */
} OvOwnerTextKind;

/* Immutable. */
typedef struct OvOwnerText OvOwnerText;

/* Errors start with "FILE:LINE: ", or with "FILE: " where no line is to blame. */
OvOwnerText *ov_owner_text_load(const char *file, OvOwnerTextKind kind, GError **error);
OvOwnerText *ov_owner_text_parse(const char *text, gsize length, const char *file,
                                 OvOwnerTextKind kind, GError **error);
void ov_owner_text_free(OvOwnerText *text);

/* keys: forms of one address, n of them, any of which may be listed. */
OvListed ov_owner_text_listed(const OvOwnerText *text, const char *login, const char *const *keys,
                              guint n);

/* Of plans: that of a name; NULL where no line takes it. The text's. */
const char *ov_owner_text_value(const OvOwnerText *text, const char *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvOwnerText, ov_owner_text_free)
