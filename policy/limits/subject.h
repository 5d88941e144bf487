/* What mail is counted by and stopped by: who sends it, and which way it goes. */
#pragma once

#include "policy/network.h"
#include "rules/arena.h"

typedef enum {
    OV_SUBJECT_ACCOUNT,       /* policy/account.h */
    OV_SUBJECT_SENDER_DOMAIN, /* of the envelope sender, itself and none below it */
    OV_SUBJECT_SCRIPT,        /* that handed it to sendmail(1) on this machine */
    OV_SUBJECT_CLIENT,        /* IP address or network that it came from */
    OV_SUBJECT_EGRESS,        /* IP address or network from which it would leave */
    OV_SUBJECT_PROVIDER,      /* whose mailboxes it goes to (rules/provider.h) */
    OV_SUBJECT_EVERYTHING,
    OV_N_SUBJECT_KINDS
} OvSubjectKind;

/* "sender_domain", as in settings and before the colon; "sender domain", for people. */
const char *ov_subject_kind_name(OvSubjectKind kind);
const char *ov_subject_kind_title(OvSubjectKind kind);
gboolean ov_subject_kind_from_name(const char *name, OvSubjectKind *kind);

enum { OV_SUBJECT_TEXT_MAX = 512 }; /* octets of the text form, its NUL counted */

typedef struct {
    OvSubjectKind kind;
    const char *name; /* one form for one subject, fit to be printed; "" of everything */
} OvSubject;

/* The subject of that kind. name is what mail or a person gives: an account or a script becomes
 * what the ledger has of it (control characters and stray octets escaped, a long one cut), a
 * domain lower case and A-labels, an address or a network its shortest form ("192.0.2.0/24").
 * FALSE where it can't be one: an empty name or NULL (but of everything), a domain with @ or
 * white space in it, no address, no provider.
 * The arena's. */
gboolean ov_subject_set(OvSubject *subject, OvSubjectKind kind, const char *name, OvArena *arena);

#define OV_SUBJECT_ERROR (ov_subject_error_quark())
GQuark ov_subject_error_quark(void);
typedef enum { OV_SUBJECT_ERROR_TEXT } OvSubjectError;

/* Reads "account:shop", "client:192.0.2.7", "everything"; a name alone is an account's. One that
 * has a word of letters and a colon before it that is no kind is refused: it is a misspelt kind
 * more often than a name. FALSE with a sentence. */
gboolean ov_subject_parse(OvSubject *subject, const char *text, OvArena *arena, GError **error);
/* "account:shop", which ov_subject_parse reads back. */
const char *ov_subject_format(const OvSubject *subject, OvArena *arena);

/* For a GHashTable whose keys are OvSubject. */
guint ov_subject_hash(gconstpointer subject);
gboolean ov_subject_equal(gconstpointer one, gconstpointer other);
